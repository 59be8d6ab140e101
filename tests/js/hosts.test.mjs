// The test of every host compares its decisions about the same fixtures with the same command. The
// tests of the real hosts take too long to run here, so this test reads them.
import { deepStrictEqual, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { root } from "./project.mjs";

/** The tests of the hosts in the table of the guide. */
const TESTS = {
  "Node, Deno, Bun, browsers": "tests/built/fixtures.test.mjs",
  "Fluent Bit": "tests/hosts/fluent-bit/main.mjs",
  "ClickHouse, chDB": "tests/hosts/clickhouse.py",
  "Redpanda Connect, Bento": "tests/hosts/streams/engines.test.mjs",
  "Redpanda Connect, data transform; Redpanda brokers": "tests/hosts/streams/engines.test.mjs",
  "Kafka Connect with Debezium": "tests/hosts/streams/worker.test.mjs",
  "OpenTelemetry Collector": "tests/hosts/collector/collector.test.mjs",
  rsyslog: "tests/hosts/syslog/syslog.test.mjs",
  "syslog-ng": "tests/hosts/syslog/syslog.test.mjs",
  Logstash: "tests/hosts/logstash/logstash.test.mjs",
  "Apache Camel": "tests/hosts/camel/camel.test.mjs",
  "programs in Go, Python, Java, Rust": "tests/hosts/embed/embed.test.mjs",
};

/** The module that reads the fixtures and runs the command for most tests. */
const SHARED = "tests/hosts/streams/records.mjs";

/** A file and those that it imports from the repository, except the shared one. */
function sources(path, found = new Map()) {
  if (path === SHARED || found.has(path)) return found;
  const text = readFileSync(join(root, path), "utf8");
  found.set(path, text);
  for (const [, name] of text.matchAll(/ from "(\.[^"]+\.mjs)"/g))
    sources(join(dirname(path), name), found);
  return found;
}

const imports = (name) =>
  new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "[^"]*/records\\.mjs"`);

test("the table of the guide has these hosts", () => {
  const guide = readFileSync(join(root, "docs/README.md"), "utf8");
  const [, table] = /\n\| host \|.*\n\|[-|: ]+\n((?:\|.*\n)+)/.exec(guide);
  const hosts = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, host]) => host);
  // The shell runs the command itself.
  deepStrictEqual(hosts, ["shell", ...Object.keys(TESTS)]);
});

for (const [host, path] of Object.entries(TESTS)) {
  test(`${host}: compares every fixture with the command`, () => {
    const text = [...sources(path).values()].join("\n");
    ok(imports("(?:all|samples)").test(text) || text.includes("fixtures/records.jsonl"), path);
    ok(imports("native").test(text) || text.includes("target/release/crypt32-filter"), path);
  });
}
