// The suite in Node, by import.
import * as library from "crypt32-filter";
import { runInNode } from "./in-node.mjs";

await runInNode(library);
