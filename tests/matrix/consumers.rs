//! Other programs must see the same event: every benign record, read and written by other parsers,
//! is the same event to us. If equal keys, a name in another case or a comment could mean something
//! else to them, the record is not benign.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use crypt32_filter::{
    policy::Policy,
    record::names::NAMES,
    report::assessment::{Assessment, RecordAssessment, assess},
    verdict::{Condition, Outcome},
};
use serde_json::Value;

use crate::event::Said;

/// Source, id, level, message, computer and verdict of every event.
fn said(answer: &RecordAssessment) -> Vec<Vec<String>> {
    let seen = |finding: &Assessment, code| {
        let evidence = finding.evidence.iter().find(|evidence| evidence.code == code);
        let seen = evidence.and_then(|evidence| evidence.seen.as_deref()).unwrap_or_default();
        // A struct has its own order.
        let mut values: Vec<&str> = seen.split(" / ").collect();
        values.sort_unstable();
        values.join(" / ")
    };
    let of = |finding: &Assessment| {
        use Condition::{EventId, Message, Severity, Source};
        let mut said: Vec<String> =
            [Source, EventId, Severity, Message].map(|code| seen(finding, code)).to_vec();
        let computer = finding.computer.as_deref().unwrap_or_default().to_ascii_lowercase();
        said.push(computer.split('.').next().unwrap_or_default().to_owned());
        said.push(finding.verdict.to_string());
        // An XML reader normalises line ends.
        said.iter().map(|text| text.replace("\r\n", "\n")).collect()
    };
    let events = if answer.events.is_empty() {
        std::slice::from_ref(&answer.record)
    } else {
        &answer.events
    };
    events.iter().map(of).collect()
}

/// The benign records of all suites.
fn benign() -> BTreeSet<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files =
        vec![tests.join("fixtures/records.jsonl"), tests.join("fixtures/adversarial.jsonl")];
    let golden = fs::read_dir(tests.join("golden")).unwrap();
    files.extend(golden.map(|entry| entry.unwrap().path()));
    let mut records: BTreeSet<String> =
        super::shapes().map(|shape| (shape.make)(&Said::first())).collect();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            // For some records, only the filter's result for a whole file counts.
            if row["by"] == "filter" {
                continue;
            }
            let record = if row["payload"].is_null() { &row["record"] } else { &row["payload"] };
            records.insert(record.as_str().map_or_else(|| record.to_string(), str::to_owned));
        }
    }
    records.retain(|record| {
        let answer = assess(record.as_bytes(), &Policy::default());
        answer.record.verdict == Outcome::Benign
    });
    records
}

/// Whether a program is installed. If tests must be complete, it has to be.
fn is_there(program: &str) -> bool {
    let version = if program == "go" { "version" } else { "--version" };
    let status = Command::new(program).arg(version).stdout(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    assert!(there || env::var("CI").as_deref() != Ok("true"), "there is no {program}");
    if !there {
        eprintln!("SKIPPED: there is no {program}");
    }
    there
}

/// Reads the records with a program, and compares the results.
fn compare(program: &str, arguments: &[&str], records: &[&String]) {
    if !is_there(program) {
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix/consumers");
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines: Vec<String> =
        records.iter().map(|record| Value::from(record.as_str()).to_string()).collect();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all((lines.join("\n") + "\n").as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{program} failed");
    let output = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.lines().count(), records.len());
    let mut wrong = Vec::new();
    for (record, line) in records.iter().zip(output.lines()) {
        let want = said(&assess(record.as_bytes(), &Policy::default()));
        let seen: Vec<String> = serde_json::from_str(line).unwrap();
        for seen in seen {
            let is = said(&assess(seen.as_bytes(), &Policy::default()));
            if is != want {
                wrong.push(format!("{record}\n  is to {program}: {seen}\n  {is:?}\n  {want:?}"));
            }
        }
    }
    println!("{program} {arguments:?}: {} records", records.len());
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn benign_records_are_the_same_to_other_readers() {
    let records = benign();
    let is_json = |record: &&String| serde_json::from_str::<Value>(record).is_ok();
    // Wazuh 3.8 writes both strings under one key, and readers of its alerts know that.
    let json: Vec<&String> = records
        .iter()
        .filter(is_json)
        .filter(|record| !record.contains("\"EventChannel\""))
        .collect();
    let is_xml = |record: &&String| record.trim_start().starts_with("<Event");
    let xml: Vec<&String> = records.iter().filter(is_xml).collect();
    // Telegraf's lines also have commas.
    let is_csv = |record: &&String| {
        let first = record.lines().next().unwrap_or_default();
        let row = first.split(',').count() > 4 && !first.starts_with("win_eventlog,");
        !record.starts_with(['{', '<']) && (row || first.starts_with("#TYPE "))
    };
    let csv: Vec<&String> = records.iter().filter(is_csv).collect();
    assert!(
        json.len() > 500 && xml.len() > 2 && csv.len() > 4,
        "{} {} {}",
        json.len(),
        xml.len(),
        csv.len()
    );
    compare("node", &["read.mjs"], &json);
    compare("python3", &["read.py", "json"], &json);
    compare("python3", &["read.py", "xml"], &xml);
    compare("python3", &["read.py", "csv"], &csv);
    let mut names: Vec<&str> = NAMES.iter().map(|name| name.path).collect();
    // Every program has one of these short names, in its own spelling.
    names.extend(["id", "source", "type", "level", "name"]);
    // Graylog adds the name of the Beat as a prefix.
    let keys = json.iter().flat_map(|record| record.split('"'));
    names.extend(keys.filter(|key| key.starts_with("winlogbeat_")).collect::<BTreeSet<_>>());
    names.dedup();
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/names.txt");
    fs::write(file, names.join("\n")).unwrap();
    // A whole record in a member that otherwise begins names does not belong to the struct.
    let whole = |record: &&&String| {
        let record: Value = serde_json::from_str(record).unwrap();
        ["event", "log"].iter().all(|name| {
            let inner = assess(record[*name].to_string().as_bytes(), &Policy::default());
            inner.record.verdict != Outcome::Benign
        })
    };
    let own: Vec<&String> = json.iter().filter(whole).copied().collect();
    assert!(own.len() > 500);
    compare("go", &["run", "read.go", file], &own);
}
