// Records that try to stop the module, each followed by one record of each verdict.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, sample } from "../streams/records.mjs";

const DEPTHS = [20, 60, 512, 513, 1000, 60_000];

/** A repeated beginning and its end. NAME is replaced by the name of the member. */
const CONTAINERS = [
  ["[", "]"],
  ['{"a":', "}"],
  ['{"NAME":', "}"],
  ['[[{"NAME":[', "]}]]"],
];

/** The names of members that may contain a record, several records, or the event's text. */
function names() {
  const text = readFileSync(join(root, "src/record/names.rs"), "utf8");
  const rows = [
    ...text.matchAll(/^ {4}(Again|Inner|Loki|Many|Message|Otlp|Strings) => \{([^}]*)\}/gm),
  ];
  return rows.flatMap(([, , paths]) => paths.match(/(?<=")[\w.@#-]+(?="[,\n }])/g) ?? []);
}

/** Nested arrays, objects and mixtures, directly and in a string, open and closed. */
function deep() {
  return names().flatMap((name, i) =>
    DEPTHS.flatMap((depth, j) => {
      const [open, close] = CONTAINERS[(i + j) % CONTAINERS.length];
      const times = Math.ceil(depth / close.length);
      const opened = open.replace("NAME", name.split(".").at(-1)).repeat(times);
      const value = `${opened}1${i % 3 ? close.repeat(times) : ""}`;
      const as = (value) => `{"x":"crypt32","${name}":${value}}`;
      const ways = [as(value), as(JSON.stringify(value)), JSON.stringify({ log: as(value) })];
      // The deepest ones are long, so only one of the three variants is used.
      return depth > 1000 ? [ways[i % 3]] : ways;
    }),
  );
}

/** Other inputs that need much stack, memory or time. */
function others() {
  const benign = sample("fluentbit-winlog");
  const inside = (member) => benign.replace("{", `{${member},`);
  const xml = (text) => JSON.stringify({ System: text });
  const sizes = [64 << 10, 256 << 10, (1 << 20) - 1000, 1 << 20, 2 << 20];
  return [
    ...sizes.map((size) => inside(`"x":"${"y".repeat(size - benign.length)}"`)),
    ...['\\"', "\\u0000", "\\ud800", "[", "<", " ", "%", "="].map((text) =>
      inside(`"Data":"${text.repeat(100_000)}"`),
    ),
    inside(`"EventID":${"9".repeat(100_000)}`),
    inside('"EventID":1e999999'),
    inside(`"kb":[${"1,".repeat(50_000)}1]`),
    xml(`<Event>${"<a>".repeat(60_000)}crypt32`),
    xml(`<Event>${"<Data>".repeat(1000)}crypt32${"</Data>".repeat(1000)}</Event>`),
    xml(`<Event>${"<!-- ".repeat(20_000)}crypt32`),
    xml(`<Event ${"a='1' ".repeat(20_000)}>crypt32</Event>`),
    `{"SourceName":"crypt32","EventID":8,"Message":"${'\\"'.repeat(1000)}`,
  ];
}

/** All hostile records, each followed by three numbered records. */
export function hostile() {
  const benign = sample("fluentbit-winlog");
  const next = [benign, benign.replaceAll("authrootseq", "other"), '{"log":"crypt32: nothing"}'];
  const records = [...deep(), ...others()];
  const numbered = (record, i) => record.replace("{", `{"n":${i},`);
  return records
    .flatMap((record, i) => [record, ...next.map((record) => numbered(record, i))])
    .map((record) => `${record}\n`)
    .join("");
}
