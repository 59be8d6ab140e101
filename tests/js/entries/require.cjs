// The suite in Node, by require.
const library = require("crypt32-filter");

import("./in-node.mjs").then(({ runInNode }) => runInNode(library));
