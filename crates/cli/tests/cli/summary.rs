//! Tests of `filter --summary` and of the closing line.

use std::fs;

use rawzip::CompressionMethod;

use crate::{folder, run, text, zipped};

const URL: &str =
    "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";

fn record(computer: &str, url: &str, error: &str, time: &str) -> String {
    format!(
        "{{\"EventTime\":\"{time}\",\"Hostname\":\"{computer}\",\"SourceName\":\"crypt32\",\
         \"EventID\":8,\"EventType\":\"ERROR\",\"Message\":\"Failed auto update retrieval of \
         third-party root list sequence number from: <{url}> with error: {error}\"}}\n"
    )
}

const NAME: &str = "The server name or address could not be resolved";
const GONE: &str = "This network connection does not exist.";
const CANNOT: &str = "A connection with the server could not be established";

/// Two computers, one record to review, one that cannot be judged.
fn log() -> String {
    [
        record("TILL-01", URL, NAME, "2010-03-15 11:17:57"),
        record("TILL-01", URL, NAME, "2010-03-15 11:27:57"),
        record("TILL-02", URL, GONE, "2010-03-15 11:20:00"),
        record("TILL-02", URL, CANNOT, "2010-03-15 11:30:00"),
        "{\"a\":1}\n\n".to_owned(),
        record("TILL-02", "http://roots.example/x", NAME, "2010-03-15 11:40:00"),
        format!("prose about {URL}\n"),
    ]
    .concat()
}

fn summary(args: &[&str], input: &[u8]) -> String {
    let output = run(&[&["filter", "--summary"], args].concat(), input);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    // The output is the same without `--summary`.
    assert!(output.stdout == run(&[&["filter"], args].concat(), input).stdout);
    text(&output.stderr)
}

fn assert_lines(summary: &str, lines: &[&str]) {
    for line in lines {
        let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(summary.lines().any(|found| squeezed(found) == *line), "{line}\n{summary}");
    }
}

#[test]
fn it_has_the_counts_the_ledger_and_the_records_to_review() {
    let tagged = summary(&[], log().as_bytes());
    assert!(tagged.starts_with("8 records, 1."), "{tagged}");
    assert_lines(
        &tagged,
        &[
            "COMPUTER 12007 2250 12029 BENIGN REVIEW FIRST 2010 LAST 2010",
            "TILL-01 2 · · 2 · 03-15 11:17 03-15 11:27",
            "TILL-02 1 1 1 2 1 03-15 11:20 03-15 11:40",
            "2 computers 3 1 1 4 1",
            "12029 cause A connection with the server could not be established",
            "Line 7 TILL-02 2010-03-15 11:40",
            "url http://roots.example/x",
        ],
    );
    assert!(tagged.contains("4   50.0 %") && tagged.contains("tagged with the reasons"));
    let dropped = summary(&["--action", "drop"], log().as_bytes());
    assert_lines(
        &dropped,
        &[
            "TILL-02 1 1 1 2 1 1 03-15 11:20 03-15 11:40",
            "12029 cause A connection with the server could not be established (kept: not in accept)",
        ],
    );
    assert!(dropped.contains(" dropped + "), "{dropped}");
    for said in [&tagged, &dropped] {
        assert!(!said.contains('\u{1b}') && !said.contains("NaN"), "{said}");
        assert!(said.contains("1 record mentions the event and could not be judged (line 8)"));
        assert!(!said.contains("warning:"), "it is said once\n{said}");
    }
}

/// For these inputs, the filter and `report` read the same records.
#[test]
fn it_says_no_only_where_that_is_known() {
    const NO: &str = "No crypt32 event 8 found";
    for input in ["nothing\nof interest\n", ""] {
        let said = summary(&[], input.as_bytes());
        assert!(said.contains(NO) && !said.contains("Read whole"), "{said}");
    }
    let said = summary(&[], format!("x\nsomething about {URL}\n").as_bytes());
    assert!(!said.contains(NO), "{said}");
    assert!(said.contains("could not be judged (line 2)"), "{said}");
}

/// The filter reads lines of text. The summary also reads the other inputs.
#[test]
fn it_reads_what_report_reads() {
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let wide: Vec<u8> = log().encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&b"\xFF\xFE"[..], &wide].concat();
    let pretty = record("TILL-03", URL, NAME, "2010-03-15 11:17:57").replace(",\"", ",\n \"");
    for (input, left, found, row) in [
        (&evt[..], "it is an .evt file", "2 benign, 0 to review, 0 unjudged", "SERVER1"),
        (&wide, "it is UTF-16", "4 benign, 1 to review, 1 unjudged", "TILL-02"),
        (pretty.as_bytes(), "could not be judged", "1 benign, 0 to review, 0 unjudged", "TILL-03"),
    ] {
        let said = summary(&[], input);
        assert!(said.contains(left) && said.contains(found) && said.contains(row), "{said}");
        assert!(!said.contains("No crypt32 event 8"), "{said}");
    }
}

/// The archive itself passes unchanged; the summary reads the files in it, and names them.
#[test]
fn it_reads_the_files_in_an_archive() {
    let path = folder("summary-zip").join("x.zip");
    let files = [("a/app.log", log()), ("b/app.log", log())];
    let files: Vec<_> = files.iter().map(|(name, log)| (*name, log.as_bytes())).collect();
    let bytes = zipped::archive(CompressionMethod::DEFLATE, &files);
    fs::write(&path, &bytes).unwrap();
    for action in ["tag", "drop"] {
        let path = path.to_str().unwrap();
        let output = run(&["filter", "--summary", "--action", action, path], b"");
        let said = text(&output.stderr);
        assert!(output.stdout == bytes && output.status.success(), "{said}");
        for words in [
            "it is a zip archive and passes unchanged",
            "8 benign, 2 to review, 2 unjudged",
            "x.zip/a/app.log: 1 record mentions the event",
            "x.zip/b/app.log: 1 record mentions the event",
            "Line 7 of ",
            "x.zip/b/app.log  TILL-02",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}

#[test]
fn records_of_several_inputs_are_named_with_their_input() {
    let folder = folder("summary");
    let (a, b) = (folder.join("a"), folder.join("b \u{1b}[31m"));
    fs::write(&a, "{}\n").unwrap();
    fs::write(&b, log()).unwrap();
    let said = summary(&[a.to_str().unwrap(), b.to_str().unwrap()], b"");
    assert!(said.contains("Line 7 of ") && said.contains("b \\u{1b}[31m  TILL-02"), "{said}");
    let missing = folder.join("missing");
    let output = run(&["filter", "--summary", missing.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).starts_with("error: ") && !text(&output.stderr).contains("records")
    );
}

#[test]
fn long_lists_end_in_a_count() {
    let mut log = String::new();
    for n in 0..40 {
        log += &record(&format!("PC{n:02}"), "http://roots.example/x", NAME, "2010-03-15 11:17:57");
    }
    let said = summary(&[], log.as_bytes());
    assert!(
        said.contains("and 20 more computers") && said.contains("and 20 more records"),
        "{said}"
    );
}

/// If the user stops a stream, the summary covers the records so far.
#[cfg(unix)]
#[test]
fn a_signal_prints_it() {
    use std::{
        io::{Read, Write},
        process::{Command, Stdio},
    };
    let mut child = Command::new(crate::command::COMMAND)
        .args(["filter", "--summary"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(log().as_bytes()).unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0; 8]).unwrap();
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stderr).contains("Line 7  TILL-02"), "{}", text(&output.stderr));
    drop(stdin);
}

/// A pipe gets no unrequested output. A terminal gets one line, unless `-q` is set.
#[cfg(target_os = "linux")]
#[test]
fn a_terminal_gets_one_line_at_the_end() {
    assert_eq!(text(&run(&["filter"], b"{}\n").stderr), "");
    let folder = folder("closing");
    let path = folder.join("log");
    fs::write(&path, log()).unwrap();
    let on_a_terminal = |flags: &str| {
        let command = format!(
            "{} {flags} filter {} > /dev/null",
            crate::command::COMMAND,
            path.to_str().unwrap()
        );
        let output = std::process::Command::new("script")
            .args(["-qec", &command, "/dev/null"])
            .stdin(std::process::Stdio::null())
            .output();
        output.ok().map(|output| text(&output.stdout))
    };
    // Not every machine has a program that opens a pseudo-terminal.
    let (Some(said), Some(quiet)) = (on_a_terminal(""), on_a_terminal("-q")) else { return };
    let line =
        "8 records: 4 benign, 1 to review, 3 unrelated; 5 tagged, 0 dropped; 1 could not be judged";
    assert!(said.contains(line), "{said}");
    assert!(!quiet.contains("records:"), "{quiet}");
}
