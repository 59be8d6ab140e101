//! The same event gets the same verdict in every text block and CSV layout, whatever is wrong in
//! it. Added content never goes unnoticed.
#![allow(clippy::unwrap_used)]

mod commands;
mod forum;
mod hostile;
#[path = "../shapes_line/places.rs"]
mod places;
#[path = "../recorded/mod.rs"]
mod recorded;
mod records;
mod rows;
mod splunk;
mod stream;
mod viewer;
#[path = "../whole/mod.rs"]
mod whole;

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    record,
    verdict::{Condition, Verdict},
};

use records::{Shape, Spec};

fn shapes() -> impl Iterator<Item = &'static Shape> {
    [viewer::SHAPES, commands::SHAPES, splunk::SHAPES, forum::SHAPES, rows::SHAPES]
        .into_iter()
        .flatten()
}

/// The event in the shape with this name.
fn record(name: &str) -> String {
    let shape = shapes().find(|shape| shape.name == name).unwrap();
    (shape.write)(&Spec::new())
}

/// The verdict about a record, and the computer and the time of its event.
fn read(record: &str) -> (Verdict, Option<String>, Option<String>) {
    recorded::keep(record);
    let mut read = Vec::new();
    record::read(record.as_bytes(), "kb", &mut |event| {
        let computer = event.computer().map(str::to_owned);
        let time = event.time.first().map(str::to_owned);
        read.push((classify(event, &Policy::default()), computer, time));
    });
    assert!(read.len() < 2, "one event only: {record}");
    read.pop().unwrap_or((Verdict::UNRELATED, None, None))
}

fn reasons(record: &str) -> Vec<&'static str> {
    read(record).0.reasons().map(Condition::as_str).collect()
}

/// `benign` with its basis, `unrelated`, or the reasons of a review.
fn verdict(record: &str) -> String {
    let (verdict, ..) = read(record);
    let reasons: Vec<_> = verdict.reasons().map(Condition::as_str).collect();
    match verdict.basis {
        Some(basis) => format!("{} {basis}", verdict.outcome),
        None if reasons.is_empty() => verdict.outcome.as_str().to_owned(),
        None => reasons.join(" "),
    }
}

/// A change of one value, and the condition that then fails.
type Change = (&'static str, fn(&mut Spec), &'static str);

const CHANGES: &[Change] = &[
    ("nothing", |_| {}, "benign listed"),
    ("error", |s| s.error = "This network connection does not exist.".into(), "benign listed"),
    (
        "error",
        |s| s.error = "The specified server cannot perform the requested operation.".into(),
        "benign sibling",
    ),
    ("error", |s| s.error = "The operation timed out".into(), "benign cause"),
    ("error", |s| s.error = "The data is invalid.".into(), "error"),
    ("error", |s| s.error += " or so", "error"),
    ("url", |s| s.url = s.url.replace("/en/", "/de/"), "url"),
    ("id", |s| s.id = "7".into(), "unrelated"),
    ("source", |s| s.source = "crypt33".into(), "unrelated"),
    (
        "level",
        |s| {
            s.level = "Warning".into();
            s.number = "2".into();
        },
        "severity",
    ),
    ("log", |s| s.log = "System".into(), "log"),
    ("category", |s| s.category = "Disk".into(), "integrity"),
    ("data", |s| s.data = true, "integrity"),
];

#[test]
fn every_shape_fails_what_the_event_fails() {
    let mut wrong = Vec::new();
    for shape in shapes() {
        for (what, change, want) in CHANGES {
            if shape.silent.contains(what) {
                continue;
            }
            let mut spec = Spec::new();
            change(&mut spec);
            let record = (shape.write)(&spec);
            let got = verdict(&record);
            // A joined list with another URL cannot be split, and neither can one with data bytes
            // in it.
            let joined = ["EvtxECmd", "Log Parser, with functions"].contains(&shape.name)
                && got.split(' ').any(|reason| reason == *want);
            if got != *want && !joined {
                wrong.push(format!("{}, {what}: {got}, want {want}\n{record}\n", shape.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shape_gives_its_computer_and_time() {
    for shape in shapes() {
        let (_, computer, time) = read(&(shape.write)(&Spec::new()));
        let computer_said = !shape.silent.contains(&"computer");
        assert_eq!(computer.as_deref(), computer_said.then_some("SERVER1"), "{}", shape.name);
        let time_said = !shape.name.starts_with("the article") && !shape.silent.contains(&"time");
        assert_eq!(time.is_some(), time_said, "{}: {time:?}", shape.name);
        assert!(time.is_none_or(|time| time.contains("11:27:57") || time.contains("112757")));
    }
}

#[test]
fn nothing_may_be_put_into_a_record() {
    let records: Vec<_> = shapes()
        .map(|shape| (shape.name, (shape.write)(&Spec::new())))
        // Other members of an object are free in every printed form.
        .filter(|(_, record)| verdict(record).starts_with("benign") && !record.starts_with('{'))
        .collect();
    assert!(records.len() > 20, "only {} shapes", records.len());
    places::try_all(&records, is_free, 30_000);
}

/// Whether text at this position is in a column that no shape knows, or in an empty member of
/// EvtxECmd's JSON.
fn is_free(record: &str, at: usize) -> bool {
    let before = &record[..at];
    let row = before.rsplit('\n').next().unwrap_or_default();
    let bookmark =
        record.starts_with("#TYPE System.Diagnostics.Eventing") && row.contains("\"Error\",");
    let evtxecmd =
        record.starts_with("RecordNumber,EventRecordId,") && row.matches(',').count() >= 9;
    // The path of a file.
    let path = row.contains(",winevt,") || (row.contains("+00:00,") && !row.contains(",0,8,"));
    bookmark || evtxecmd || path || is_member(record, at)
}

/// Whether text at this position changes a name in Fluent Bit's printed record, or the value of a
/// name that nobody reads. The printed form is JSON with other separators.
fn is_member(record: &str, at: usize) -> bool {
    let Some(start) = record.find("{\"").filter(|start| record.starts_with("[0] ") && *start < at)
    else {
        return false;
    };
    let before = &record[start..at];
    let value = before.rfind("=>").map_or("", |end| &before[end..]);
    let name = before.rfind("=>").map_or("", |end| &before[..end]);
    // After the end of the value, another name begins.
    let names = value.is_empty() || value.contains(", \"") && !name.ends_with("StringInserts\"");
    names || ["\"RecordNumber\"", "\"Sid\""].iter().any(|free| name.ends_with(free))
}
