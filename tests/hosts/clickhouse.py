"""The module in the real ClickHouse (chDB), against the native command.

One chDB process holds one data directory, so each test runs in a process of its own:
clickhouse.py runs all, `clickhouse.py NAME` one, and `clickhouse.py measure` measures the CPU time.
The SQL is that of dist/clickhouse.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULE = ROOT / "dist/crypt32_filter.wasm"
COMMAND = ROOT / "target/release/crypt32-filter"
SAMPLES = [json.loads(row) for row in (ROOT / "tests/fixtures/records.jsonl").open()]
LINES = [row["payload"] for row in SAMPLES if "\n" not in row["payload"]]
ROWS = 1_000_000


def script(name):
    """The statements of a file in dist/clickhouse."""
    return statements((ROOT / "dist/clickhouse" / name).read_text())


def statements(text):
    code = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
    return [statement for statement in code.split(";") if statement.strip()]


class Database:
    def __init__(self, directory):
        from chdb import session

        shutil.copy(MODULE, directory)
        self.directory = directory
        self.session = session.Session(f"{directory}/data?allow_experimental_webassembly_udf=1")
        for statement in script("install.sql"):
            self.install(statement)

    def install(self, statement):
        # chDB reads files from any folder; a server only from its `user_files_path`.
        self.run(statement.replace("'crypt32_filter.wasm'", f"'{self.directory}/crypt32_filter.wasm'"))

    def run(self, sql, format="TabSeparated"):
        return str(self.session.query(sql, format))

    def rows(self, sql):
        return [json.loads(row) for row in self.run(sql, "JSONEachRow").splitlines()]

    def load(self, table, lines):
        file = Path(self.directory) / f"{table}.txt"
        file.write_text("".join(line + "\n" for line in lines))
        self.run(f"INSERT INTO {table} SELECT line FROM file('{file}', 'LineAsString')")


def native(*arguments, data):
    run = subprocess.run([COMMAND, *arguments], input=data, capture_output=True, check=True)
    return run.stdout


def test_verdicts_are_those_of_the_native_command(db):
    db.run("CREATE TABLE logs (line String) ENGINE = MergeTree ORDER BY tuple()")
    db.load("logs", LINES)
    rows = db.rows("SELECT line, crypt32_verdict(line) AS verdict, crypt32_benign(line) AS benign FROM logs")
    assert len(rows) == len(LINES)
    wanted = {row["payload"]: row["want"] for row in SAMPLES}
    for row in rows:
        assert row["verdict"] == wanted[row["line"]], row
        kept = native("filter", "--action", "drop", "-q", data=row["line"].encode())
        assert row["benign"] == (kept == b""), row
    assert sum(row["benign"] for row in rows) > 30


def shown():
    """The SQL that documents show."""
    listing = ["node", ROOT / "tests/documents/shown.mjs", "clickhouse"]
    blocks = json.loads(subprocess.run(listing, capture_output=True, check=True).stdout)
    return [statement.strip() for block in blocks for statement in block["text"].split(";") if statement.strip()]


def test_what_documents_show_runs_and_is_shipped(db):
    shipped = {statement.strip() for name in ["query.sql", "materialized-view.sql"] for statement in script(name)}
    for statement in shipped:
        if statement.startswith("CREATE TABLE"):
            db.run(statement)
    statements = shown()
    assert len(statements) >= 2
    for statement in statements:
        assert statement in shipped, statement
        db.run(statement)


def test_the_query_of_the_guide(db):
    db.run("CREATE TABLE logs (line String) ENGINE = MergeTree ORDER BY tuple()")
    db.load("logs", LINES)
    (query,) = script("query.sql")
    counts = {row["verdict"]: int(row["records"]) for row in db.rows(query)}
    wanted = [row["want"] for row in SAMPLES if row["payload"] in LINES]
    assert counts == {verdict: wanted.count(verdict) for verdict in set(wanted)}, counts
    # The Enum sorts in its own order.
    assert list(counts) == ["unrelated", "benign", "review"], counts


def test_a_materialized_view_keeps_what_the_native_command_keeps(db):
    lines = test_lines()
    data = "".join(line + "\n" for line in lines).encode()
    for statement in script("materialized-view.sql"):
        db.run(statement)
    db.load("incoming", lines)
    kept = Path(db.directory) / "kept.txt"
    db.run(f"SELECT line FROM logs INTO OUTFILE '{kept}' FORMAT LineAsString")
    # Dropped rows are missing. Rows to review arrive unchanged, because nothing is tagged here.
    expected = native("filter", "--action", "drop", "-q", data=data).splitlines()
    untagged = untag(expected, lines)
    got = kept.read_bytes().splitlines()
    assert len(got) == len(untagged) < len(lines), (len(got), len(untagged))
    assert sorted(got) == sorted(untagged)
    print(f"    {len(lines)} rows in, {len(got)} kept, as natively", file=sys.stderr)


def test_an_update_takes_a_new_name(db):
    for statement in script("materialized-view.sql"):
        db.run(statement)
    with (Path(db.directory) / "crypt32_filter.wasm").open("ab") as module:
        module.write(b"\x00\x04\x01abc")  # A custom section makes it another module.
    try:
        db.install(script("install.sql")[0])
    except Exception as error:
        assert "Code: 504" in str(error), error
    else:
        raise AssertionError("the module was replaced")
    for statement in script("install.sql"):
        db.install(statement.replace("'crypt32_filter'", "'filter_2'"))
    db.run("DELETE FROM system.webassembly_modules WHERE name = 'crypt32_filter'")
    assert db.run("SELECT name FROM system.webassembly_modules").split() == ["filter_2"]
    db.load("incoming", LINES)
    kept = int(db.run("SELECT count() FROM logs"))
    assert kept == int(db.run(f"SELECT countIf(NOT crypt32_benign(line)) FROM file('{db.directory}/incoming.txt', 'LineAsString')"))
    assert 0 < kept < len(LINES), kept


def test_no_record_stops_an_insert(db):
    """What takes long to read or is deep, each before a record that goes and one that stays."""
    deep = 60_000
    # No record ends in a comma or a bracket: the command would keep the record after it, as in a
    # stream.
    odd = [
        *('{"x":"crypt32","event":' + value for value in ["[" * deep + "1", "[" * deep + "]" * deep + "}"]),
        '{"x":"crypt32","event":' + '{"a":' * deep + "1" + "}" * deep + "}",
        *(json.dumps({"System": "<Event>" + text * deep + "crypt32"}) for text in ["<a>", "&amp;", "<!-- "]),
        *("crypt32" + byte * 1_000_000 + "." for byte in " \"=[<,\t"),
        *('{"SourceName":"crypt32","EventID":8,"Message":"' + byte * 500_000 + "." for byte in ["\\\"", " ", "["]),
    ]
    other = json.dumps({"EventID": 7036, "SourceName": "Service Control Manager"})
    lines = [line for record in odd for line in (record, LINES[0], other)]
    for statement in script("materialized-view.sql"):
        db.run(statement)
    db.load("incoming", lines)
    kept = [row["line"] for row in db.rows("SELECT line FROM logs")]
    data = "".join(line + "\n" for line in lines).encode()
    assert sorted(kept) == sorted(native("filter", "--action", "drop", "-q", data=data).decode().splitlines())
    assert kept.count(other) == len(odd) and LINES[0] not in kept


def test_lines():
    """A million rows: every hundredth a sample, the others unrelated, each with a number."""
    lines = []
    for i in range(ROWS):
        if i % 100 == 7:
            lines.append(LINES[i // 100 % len(LINES)])
        else:
            lines.append(json.dumps({"EventID": i % 9000, "SourceName": "Service Control Manager", "n": i}))
    return lines


def untag(kept, lines):
    """The rows that came out of the native filter without their tags: what it kept is what went in."""
    known = {line.encode() for line in lines}
    rows = []
    for row in kept:
        if row not in known:
            head, _, tail = row.rpartition(b',"kb":{')
            end = tail.index(b"}") + 1
            rest = tail[end:]
            if rest.startswith(b',"tags":['):
                rest = rest[rest.index(b"]") + 1 :]
            row = head + rest
            assert row in known, row
        rows.append(row)
    return rows


def test_what_the_page_gives_out(db):
    log = Path(db.directory) / "page.ndjson"
    log.write_text("".join(line + "\n" for line in LINES))
    node = ["node", ROOT / "tests/page/given.mjs", log, "ClickHouse"]
    run = subprocess.run(node, capture_output=True)
    if run.returncode == 3:
        print("    SKIPPED, no Chromium", file=sys.stderr)
        return
    assert run.returncode == 0, run.stderr
    given = json.loads(run.stdout)
    # The page's statements must be enough, so the functions are first removed.
    for name in ["crypt32_benign", "crypt32_verdict"]:
        db.run(f"DROP FUNCTION {name}")
    db.run("DELETE FROM system.webassembly_modules WHERE name = 'crypt32_filter'")
    for statement in statements(given["text"]):
        db.install(statement)
    db.load("incoming", LINES)
    kept = [row["line"].encode() for row in db.rows("SELECT line FROM logs")]
    untagged = untag(given["filtered"].encode().splitlines(), LINES)
    assert sorted(kept) == sorted(untagged)
    assert 0 < len(kept) < len(LINES), (len(kept), len(LINES))


def test_types(db):
    sample = LINES[0].replace("\\", "\\\\").replace("'", "\\'")
    one = f"'{sample}'"
    ask = lambda sql: db.run(f"SELECT {sql}").strip()
    assert ask(f"crypt32_benign({one})") == "1"
    assert ask(f"crypt32_benign(toLowCardinality({one}))") == "1"
    assert ask(f"crypt32_benign(toNullable({one}))") == "1"
    assert ask("crypt32_benign(CAST(NULL, 'Nullable(String)'))") == "\\N"
    assert ask(f"toTypeName(crypt32_verdict({one}))") == "String"
    assert ask(f"CAST(crypt32_verdict({one}), 'Enum8(\\'benign\\' = 1, \\'review\\' = 2)')") == "benign"
    assert ask("crypt32_verdict('')") == "unrelated"
    assert ask("count() FROM (SELECT crypt32_benign(line) FROM (SELECT '' AS line WHERE 0))") == "0"
    # A record whose members are columns, as the guide puts it together again.
    member = f"JSONExtractString({one}, 'message') AS Message"
    columns = f"(SELECT arrayJoin([7, 8]) AS EventID, 'crypt32' AS SourceName, {member})"
    assert ask(f"sum(crypt32_benign(formatRowNoNewline('JSONEachRow', *))) FROM {columns}") == "1"
    for wrong in ["crypt32_benign(8)", "crypt32_verdict([''])", "crypt32_benign()"]:
        try:
            ask(wrong)
        except Exception as error:
            assert "Code: 43" in str(error) or "Code: 42" in str(error), error
        else:
            raise AssertionError(f"{wrong} was answered")
    assert ask(f"crypt32_benign({one})") == "1"


def measure(db):
    """The CPU time of the functions for each row, compared with a function of ClickHouse."""
    from resource import RUSAGE_SELF, getrusage

    db.run("CREATE TABLE logs (line String) ENGINE = MergeTree ORDER BY tuple()")
    benign = json.loads(next(row["payload"] for row in SAMPLES if row["id"] == "fluentbit-winlog"))
    other = benign | {"SourceName": "Service Control Manager", "EventID": 7036}
    rows = ((benign if i % 10 == 0 else other) | {"RecordNumber": i} for i in range(ROWS))
    db.load("logs", [json.dumps(row) for row in rows])
    times = {}
    for _ in range(3):
        for function in ["length(line)", "crypt32_benign(line)", "crypt32_verdict(line) = 'benign'"]:
            start = getrusage(RUSAGE_SELF)
            db.run(f"SELECT sum({function}) FROM logs")
            end = getrusage(RUSAGE_SELF)
            used = end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime
            times[function] = min(used, times.get(function, used))
    for function, used in times.items():
        print(f"{function}: {used / ROWS * 1e6:.2f} µs of CPU time for each of {ROWS} rows")


TESTS = {
    name: test
    for name, test in list(globals().items())
    if name.startswith("test_") and name != "test_lines"
}


def main():
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as directory:
            (TESTS | {"measure": measure})[sys.argv[1]](Database(directory))
        return
    failed = 0
    for name in TESTS:
        done = subprocess.run([sys.executable, __file__, name])
        failed += done.returncode != 0
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name}", file=sys.stderr)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
