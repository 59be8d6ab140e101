//! The commands that look into records: `classify`, `explain` and `report`.

use std::fs;

use serde_json::Value;

use crate::{folder, run, text};

#[test]
fn check_tells_by_its_exit_code() {
    let review = b"{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"x\"}\n";
    for command in ["classify", "report"] {
        assert_eq!(run(&[command, "--check"], review).status.code(), Some(1));
        assert_eq!(run(&[command], review).status.code(), Some(0));
        assert_eq!(run(&[command, "--check"], b"{}\n").status.code(), Some(0));
    }
}

/// No content of a record can control a terminal, and the output stays valid JSON.
#[test]
fn classify_prints_what_is_hidden_as_escapes() {
    let name = "A\u{7f}\u{80}\u{9b}31m\u{202e}\u{2066}\u{2069}\u{200b}\u{feff}\u{ad}Z";
    let record = format!(
        "{{\"SourceName\":\"crypt32{name}\",\"EventID\":8,\"ComputerName\":\"{name}\",\
          \"Message\":\"{name}\\u001b]0;x\\u0007\"}}\n"
    );
    let output = run(&["classify"], record.as_bytes());
    let line = text(&output.stdout);
    assert!(line.contains("A\\u007f\\u0080\\u009b31m\\u202e\\u2066\\u2069\\u200b\\ufeff\\u00adZ"));
    assert!(line.trim_end().chars().all(|c| (' '..='~').contains(&c)), "{line:?}");
    let row: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(row["computer"], name);
}

#[test]
fn classify_says_what_it_cannot_read() {
    for (head, what) in [
        (
            &b"PK\x03\x04"[..],
            "is a zip archive, which is not read here: unpack it first, or give the file",
        ),
        (b"\xFD7zXZ\0", "is xz, which is not read: unpack it first"),
        (b"BZh91AY&SY", "is bzip2, which is not read: unpack it first"),
        (b"\x04\x22\x4D\x18", "is LZ4, which is not read: unpack it first"),
        (b"\xFF\xFE\0\0a\0\0\0", "is UTF-32, which is not read: make it UTF-8 first"),
    ] {
        for command in ["classify", "explain", "report"] {
            let output = run(&[command], head);
            assert_eq!(output.status.code(), Some(2));
            let error = text(&output.stderr);
            assert!(error.contains(what), "{error}");
        }
    }
}

#[test]
fn classify_finds_out_the_order_of_month_and_day() {
    let folder = folder("dates");
    let path = folder.join("export.csv");
    let row = |date: &str| format!("{date},11:27:57,crypt32,Error,None,8,N/A,SERVER1,\"x\"\r\n");
    let time = |dates: [&str; 2], args: &[&str]| {
        fs::write(&path, dates.map(row).concat()).unwrap();
        let output = run(&[&["classify"], args, &[path.to_str().unwrap()]].concat(), b"");
        let first = text(&output.stdout);
        let row: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
        row["time"].clone()
    };
    // The second record shows how to read the first one.
    assert_eq!(time(["3/4/2010", "3/15/2010"], &[]), "2010-03-04T11:27:57");
    assert_eq!(time(["3/4/2010", "15/3/2010"], &[]), "2010-04-03T11:27:57");
    assert_eq!(time(["3/4/2010", "3/4/2010"], &[]), Value::Null);
    assert_eq!(
        time(["3/4/2010", "3/4/2010"], &["--date-order", "day-first"]),
        "2010-04-03T11:27:57"
    );
}

#[test]
fn explain_says_so_where_there_is_nothing_to_explain() {
    for input in [&b""[..], b"\n\r\n", b"no log\n"] {
        let output = run(&["explain"], input);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stdout), "Nothing to explain: no record was recognised.\n");
    }
    for (args, which) in
        [(["--line", "7"], " on line 7"), (["--only", "benign"], " with such a verdict")]
    {
        let output = run(&[&["explain"][..], &args].concat(), b"{\"a\":1}\n");
        let wanted = format!("Nothing to explain: no record was recognised{which}.\n");
        assert_eq!(text(&output.stdout), wanted);
    }
    // The message is absent if there is any explanation, also one of an unrelated record.
    let other = text(&run(&["explain"], b"no log\n{\"a\":1}\n").stdout);
    assert!(other.starts_with("Line 2, event 1: unrelated"), "{other}");
    assert!(!other.contains("Nothing to explain"), "{other}");
}

#[test]
fn an_input_that_cannot_be_read_gives_an_error_and_no_empty_result() {
    let folder = folder("nothing");
    let missing = folder.join("missing");
    for bad in [&missing, &folder] {
        for args in [
            &["explain"][..],
            &["classify"],
            &["report"],
            &["report", "--output", "json"],
            &["report", "--output", "csv"],
            &["report", "--output", "markdown"],
        ] {
            let output = run(&[args, &[bad.to_str().unwrap()]].concat(), b"");
            assert_eq!(output.status.code(), Some(2));
            assert_eq!(text(&output.stdout), "", "{args:?}");
            assert!(text(&output.stderr).starts_with("error: cannot "));
        }
    }
    // The other inputs are reported, also one without a record, because it could be read.
    let good = folder.join("good");
    for (content, said) in [("{\"a\":1}\n{}", "2 events."), ("{}", "1 event."), ("", "0 events.")] {
        fs::write(&good, content).unwrap();
        let files = [missing.to_str().unwrap(), good.to_str().unwrap()];
        let output = run(&[&["report"][..], &files].concat(), b"");
        assert_eq!(output.status.code(), Some(2));
        let report = text(&output.stdout);
        assert_eq!(report.lines().next(), Some(&*format!("No crypt32 event 8 in {said}")));
    }
}

/// DDS omits what it has already printed.
#[test]
fn a_tool_that_merges_events_gives_lower_bounds() {
    let line = "3/15/2010 11:17:57 AM, error: crypt32 [8]  - Failed auto update retrieval of \
        third-party root list sequence number from: \
        <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> \
        with error: The server name or address could not be resolved\n";
    let report = |input: &str| text(&run(&["report"], input.as_bytes()).stdout);
    let table = report(line);
    assert!(table.starts_with("crypt32 event 8: 1 benign"), "{table}");
    assert!(table.contains("* Lower bounds: "), "{table}");
    let other = report(&line.replace("[8]", "[7]"));
    assert!(other.starts_with("No crypt32 event 8") && !other.contains("Lower bounds"), "{other}");
}

#[test]
fn a_file_that_is_no_log_is_an_error_and_an_empty_one_is_named() {
    for (head, code, said) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\n\n"[..], 2, "it is a binary file, not a log"),
        (b"\x7FELF\x02\x01\x01\0\0\0\0\n\0\x03\n", 2, "it is a binary file, not a log"),
        (b"", 0, "the file is empty"),
    ] {
        for command in ["classify", "report"] {
            let output = run(&[command], head);
            assert_eq!(text(&output.stderr), format!("warning: standard input: {said}\n"));
            assert_eq!(output.status.code(), Some(code), "{said}");
        }
    }
    let program = b"\x7FELF\x02\x01\x01\0\0\0\0\n\0third-party root list sequence number from:\0\n";
    for (args, code) in [
        (&["classify"][..], 2),
        (&["report"], 2),
        (&["classify", "--check"], 1),
        (&["report", "--check"], 1),
    ] {
        let output = run(args, program);
        let warnings = text(&output.stderr);
        for said in ["1 record mentions the event", "a binary file and no record in it can be read"]
        {
            assert!(warnings.contains(said), "{args:?}: {warnings}");
        }
        assert_eq!(output.status.code(), Some(code), "{args:?}");
    }
    // A log with a damaged beginning is still a log.
    let damaged =
        [&b"\x01\x02\0\x03\n"[..], b"{\"SourceName\":\"crypt32\",\"EventID\":8}\n"].concat();
    let output = run(&["report", "--check"], &damaged);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
}

#[test]
fn events_are_selected_by_verdict_line_and_number() {
    let record = r#"{"SourceName":"crypt32","EventID":8,"Message":"x"}"#;
    let log = format!("{{}}\n\n{record}\n{record}\n{record}\n");
    let lines = |args: &[&str]| -> Vec<u64> {
        let output = text(&run(&[&["classify"], args].concat(), log.as_bytes()).stdout);
        let rows = output.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        rows.map(|row| row["line"].as_u64().unwrap()).collect()
    };
    assert_eq!(lines(&[]), [1, 3, 4, 5]);
    assert_eq!(lines(&["--only", "review"]), [3, 4, 5]);
    assert_eq!(lines(&["--only", "review", "--limit", "2"]), [3, 4]);
    assert_eq!(lines(&["--line", "4"]), [4]);
    assert!(lines(&["--line", "2"]).is_empty());
    assert!(lines(&["--limit", "0"]).is_empty());
    // Events that are not shown still count.
    let check = run(&["classify", "--limit", "0", "--check"], log.as_bytes());
    assert_eq!(check.status.code(), Some(1));
    // A record of a binary log is named by its offset.
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let all = text(&run(&["classify"], &evt).stdout);
    let second: Value = serde_json::from_str(all.lines().nth(1).unwrap()).unwrap();
    let offset = second["offset"].to_string();
    let one = text(&run(&["classify", "--line", &offset], &evt).stdout);
    assert_eq!(one.lines().collect::<Vec<_>>(), [all.lines().nth(1).unwrap()]);
    let card = text(&run(&["explain", "--line", &offset], &evt).stdout);
    assert_eq!(card.matches(&format!("Offset {offset}, ")).count(), 1, "{card}");
    assert_eq!(card.matches(", event ").count(), 1, "{card}");
}

#[test]
fn one_record_is_not_told_as_many() {
    let said = |input: &[u8]| text(&run(&["classify"], input).stderr);
    assert!(said(b"no log\n").contains(": 1 record is in an unrecognised format (line 1)"));
    assert!(
        said(b"no log\nnone\n").contains(": 2 records are in an unrecognised format (lines 1, 2)")
    );
    assert!(said(b"{\n").contains(": 1 record begins like JSON or XML, but is invalid or cut off"));
    assert!(said(b"{\"a\":\"\xFF\"}\n").contains(": 1 record is not valid UTF-8; bad bytes were"));
}

/// Equal parts of an envelope are separate events with their own numbers.
#[test]
fn each_part_of_an_envelope_is_an_event() {
    let input =
        br#"{"hits":{"hits":[0,0,{},{},{"_source":{"SourceName":"crypt32","EventID":8}},0]}}"#;
    let rows = text(&run(&["classify"], input).stdout);
    let rows: Vec<Value> = rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect();
    let said: Vec<_> = rows
        .iter()
        .map(|row| (row["event"].as_u64().unwrap(), row["verdict"].as_str().unwrap()))
        .collect();
    let none = "unrelated";
    assert_eq!(said, [(1, none), (2, none), (3, none), (4, none), (5, "review"), (6, none)]);
    assert!(rows.iter().all(|row| row["record"] == 1 && row["line"] == 1), "{rows:?}");
    let cards = text(&run(&["explain"], input).stdout);
    assert!(cards.starts_with("Line 1, event 5: review"), "{cards}");
    assert!(
        cards.contains("\n5 events of the same kind; the first is:\nLine 1, event 1: "),
        "{cards}"
    );
    let cards = text(&run(&["explain", "--only", "review,unrelated"], input).stdout);
    assert_eq!(cards.matches("Line 1, event ").count(), 6, "{cards}");
    let report = text(&run(&["report", "--output", "json"], input).stdout);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["totals"]["records"], 6, "{report}");
    let input = r#"{"hits":{"hits":[X,X,X]}}"#;
    let input = input.replace('X', r#"{"_source":{"SourceName":"crypt32","EventID":8}}"#);
    let report = text(&run(&["report", "--output", "json"], input.as_bytes()).stdout);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["totals"]["review"], 3, "{report}");
    assert_eq!(report["reviews"].as_array().unwrap().len(), 3, "{report}");
}

const URL: &str =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";

fn record(id: &str, level: &str, error: &str) -> String {
    format!(
        "{{\"SourceName\":\"crypt32\",{id},\"EventType\":\"{level}\",\"Message\":\"Failed auto update \
         retrieval of third-party root list sequence number from: <{URL}> with error: {error}\"}}\n"
    )
}

const ID: &str = "\"EventID\":8";
const NAME: &str = "The server name or address could not be resolved";

/// For a log, `explain` prints the records to review first, and then one example of each other
/// kind.
#[test]
fn explain_begins_with_what_is_to_review() {
    let log = [
        record(ID, "ERROR", NAME),
        record(ID, "ERROR", NAME),
        record(ID, "INFO", NAME),
        "{\"a\":1}\n".to_owned(),
        record(ID, "WARNING", NAME),
    ]
    .concat();
    let heads = |args: &[&str]| {
        let said = text(&run(&[&["explain"], args].concat(), log.as_bytes()).stdout);
        let heads =
            said.lines().filter(|line| line.contains(", event 1: ") || line.contains("same kind"));
        heads.map(|line| line.split([',', '(']).take(2).collect::<String>()).collect::<Vec<_>>()
    };
    assert_eq!(
        heads(&[]),
        [
            "Line 3 event 1: review",
            "Line 5 event 1: review",
            "2 events of the same kind; the first is:",
            "Line 1 event 1: benign ",
            "Line 4 event 1: unrelated",
        ]
    );
    assert_eq!(
        heads(&["--only", "benign"]),
        ["Line 1 event 1: benign ", "Line 2 event 1: benign "]
    );
    assert_eq!(heads(&["--only", "review", "--limit", "1"]), ["Line 3 event 1: review"]);
    assert_eq!(heads(&["--line", "2"]), ["Line 2 event 1: benign "]);
    let rows = text(&run(&["classify", "--only", "review,unrelated"], log.as_bytes()).stdout);
    assert_eq!(rows.lines().count(), 3);
}

/// For a failed condition, `explain` prints the expected and the observed value.
#[test]
fn explain_says_what_was_expected_and_found() {
    let said = |record: &str| text(&run(&["explain"], record.as_bytes()).stdout);
    let forged = said(&record("\"EventID\":8,\"winlog.event_id\":11", "INFO", NAME));
    let lines: Vec<_> = forged.lines().map(str::trim).collect();
    let at = lines.iter().position(|line| line.starts_with("FAILED")).unwrap();
    // Failed conditions come before the others.
    assert!(lines[..at].iter().all(|line| !line.starts_with("met")), "{forged}");
    for found in [
        "FAILED  event-id",
        "expected: The event id is 8 (full identifier 0xC0020008).",
        "found:    fields disagree: 8 and 11",
        "expected: The record is of type Error.",
        "found:    INFO",
    ] {
        assert!(lines.contains(&found), "{found}\n{forged}");
    }
    // `explain` does not say that a server answered if the record names no error, or an error that
    // does not show it.
    let answered = "A server answered";
    assert!(!said(&record(ID, "ERROR", "x")).contains(answered));
    assert!(!said(&record(ID, "ERROR", "Access is denied.")).contains(answered));
    let fifty_eight = "The specified server cannot perform the requested operation.";
    assert!(said(&record(ID, "ERROR", fifty_eight)).contains(answered));
}

/// A record that names its source and id is no part of a message that is alone.
#[test]
fn the_filter_drops_what_classify_calls_benign() {
    let message = "Failed auto update retrieval of third-party root list sequence number from: \
                   <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/\
                   authrootseq.txt> with error: ";
    let good = format!("{message}The server name or address could not be resolved");
    for first in [format!("{message}Access is denied."), good.clone()] {
        let log = format!("{first}\n3/15/2010 11:27:57 AM, error: crypt32 [8]  - {good}\n");
        let verdicts = text(&run(&["classify"], log.as_bytes()).stdout);
        let benign = verdicts.matches("\"benign\"").count();
        let kept = run(&["filter", "--action", "drop"], log.as_bytes()).stdout;
        assert_eq!((verdicts.lines().count(), text(&kept).lines().count()), (2, 2 - benign));
        assert!(benign > 0, "{verdicts}");
    }
}
