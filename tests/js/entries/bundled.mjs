// The suite as an application that is bundled; it runs in browsers, and in Node.
import * as library from "crypt32-filter";
import { runSuite } from "./suite/index.mjs";

globalThis.runBundledSuite = async (kit) => {
  await library.init();
  return runSuite(library, kit);
};
