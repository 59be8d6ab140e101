// The contestants and logs of `make bench`. A contestant has the name that its worker uses. A
// separate command is a shell line with $LOG as the log.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const COMMAND = root("target/release/crypt32-filter");
const NPX = `node ${root("pkg/bin.js")}`;
const NEEDLE = "'authrootseq.txt'";

/** The logs for the peers of a goal. */
const MAIN = ["sparse", "dense"];
const JSON_LOGS = ["sparse", "realistic", "dense", "escapes", "tiny", "huge"];

/** grep exits with 1 if it selects no line. */
const grep = (command) => `{ ${command} -vF ${NEEDLE} || [ $? = 1 ]; }`;

/** A shell line with pipes on both sides. */
const piped = (command) => `cat "$LOG" | ${command} | cat >/dev/null`;

const here = (command) => {
  try {
    execFileSync("sh", ["-c", `command -v ${command}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** Label, actions, worker with the contestant's name for each action, and logs (default: all). */
const LIST = [
  ["memcpy", ["observe"], "rust", () => "memcpy", { exact: false }],
  ["memchr::memmem", ["observe"], "rust", () => "memmem", { exact: false }],
  ["Node Buffer.indexOf", ["observe"], "byHand", () => "indexOf", { exact: false }],
  ["native library", ["observe", "tag", "drop"], "rust", (action) => `native ${action}`],
  ["native library, into a buffer", ["tag", "drop"], "rust", (action) => `native ${action} push`],
  ["WASM in Node, pieces", ["observe", "tag", "drop"], "node", (action) => `node ${action} pieces`],
  ["WASM in Node, push", ["observe", "tag", "drop"], "node", (action) => `node ${action} push`],
  ["WASM in wasmtime", ["observe", "tag", "drop"], "rust", (action) => `wasmtime ${action}`],
  [
    "host module in wasmtime",
    ["observe", "tag", "drop"],
    "rust",
    (action) => `wasmtime-host ${action}`,
    { exact: false },
  ],
  [
    "host module in wasmi",
    ["observe", "tag", "drop"],
    "rust",
    (action) => `wasmi ${action}`,
    { exact: false },
  ],
  [
    "command, a file",
    ["observe", "tag", "drop"],
    "shell",
    (action) => `${COMMAND} filter --action ${action} "$LOG" >/dev/null`,
  ],
  [
    "command, pipes",
    ["tag", "drop"],
    "shell",
    (action) => piped(`${COMMAND} filter --action ${action}`),
  ],
  ["npx, pipes", ["tag", "drop"], "shell", (action) => piped(`${NPX} filter --action ${action}`)],
  [
    "Node JSON.parse",
    ["observe", "tag", "drop"],
    "byHand",
    (action) => `JSON.parse ${action}`,
    { logs: JSON_LOGS },
  ],
  [
    "Node regex, then JSON.parse",
    ["observe", "tag", "drop"],
    "byHand",
    (action) => `includes ${action}`,
    { logs: JSON_LOGS },
  ],
  [
    "Rust serde_json",
    ["observe", "tag"],
    "rust",
    (action) => `serde_json ${action}`,
    { logs: JSON_LOGS },
  ],
  ["VRL", ["observe", "tag", "drop"], "rust", (action) => `vrl ${action}`, { logs: JSON_LOGS }],
  ["jaq", ["observe", "tag"], "rust", (action) => `jaq ${action}`, { logs: MAIN }],
  [
    "jq, pipes",
    ["drop"],
    "shell",
    () =>
      piped(
        `jq -c 'select(((.EventID // .winlog.event_id) == 8 and ((.SourceName // .winlog.provider_name) | ascii_downcase) == "crypt32" and ((.Message // .message) | startswith("Failed auto update retrieval of third-party root list sequence number from:"))) | not)'`,
      ),
    { logs: MAIN, need: "jq", exact: false },
  ],
  ["ripgrep's library", ["observe", "drop"], "rust", (action) => `ripgrep ${action}`],
  ["rg -v, pipes", ["drop"], "shell", () => piped(grep("rg")), { need: "rg", exact: false }],
  ["grep -v, pipes", ["drop"], "shell", () => piped(grep("LC_ALL=C grep"))],
];

/** The contestants for a log. `only` selects those of a goal. */
export function contestants(log) {
  const list = [];
  for (const [label, actions, worker, name, { logs, exact = true, need } = {}] of LIST) {
    if ((logs && !logs.includes(log)) || (need && !here(need))) continue;
    for (const action of actions) {
      list.push({ row: `${action}: ${label}`, worker, name: name(action), exact });
    }
  }
  return list;
}

/** The rows of the table, in order. */
export const ROWS = ["observe", "tag", "drop"].flatMap((action) =>
  LIST.filter(([, actions]) => actions.includes(action)).map(([label]) => `${action}: ${label}`),
);
