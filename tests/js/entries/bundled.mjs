// The suite as a bundled application, for browsers and Node.
import * as library from "crypt32-filter";
import { runSuite } from "./suite/index.mjs";

globalThis.runBundledSuite = async (kit) => {
  await library.init();
  return runSuite(library, kit);
};
