//! Tests of layouts from real pastes, exports and tools. Each row of the table gives the number of
//! benign events and of events to review in a file, and the computer and the beginning of the time
//! of the first benign event.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, path::Path, process::Command};

use serde_json::Value;

const FIELD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/field");

/// The result of the command for each event in a file.
fn classify(path: &Path) -> Vec<Value> {
    let command = env!("CARGO_BIN_EXE_crypt32-filter");
    let output = Command::new(command).args(["classify", "-q"]).arg(path).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_layout_of_the_field_is_read() {
    let table = fs::read_to_string(Path::new(FIELD).join("expected.tsv")).unwrap();
    let rows: Vec<Vec<_>> = table.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    let files = fs::read_dir(FIELD).unwrap().count() - 1;
    assert_eq!(rows.len(), files, "a row for each file");
    let mut wrong = Vec::new();
    for row in rows {
        let [file, benign, review, computer, time, ..] = row[..] else { panic!("{row:?}") };
        let events = classify(&Path::new(FIELD).join(file));
        let are = |verdict: &str| events.iter().filter(|e| e["verdict"] == verdict).count();
        let first = events.iter().find(|event| event["verdict"] == "benign");
        let said = |name: &str| first.and_then(|event| event[name].as_str()).unwrap_or_default();
        let counts = (are("benign").to_string(), are("review").to_string());
        let same = counts == (benign.to_owned(), review.to_owned())
            && (computer.is_empty() || said("computer") == computer)
            && (first.is_none() || said("time").starts_with(time));
        if !same {
            wrong.push(format!("{file}: {counts:?}, {}, {}", said("computer"), said("time")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
