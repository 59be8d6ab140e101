//! Ways to hide behind a rule that ignores Crypt32 event 8, each with the expected verdict and the
//! reason. None may be benign, and a filter that drops every basis must pass all of them.
//!
//! The numbers are those of the table of abuses in the project's facts (named in
//! `tests/golden.rs`), which are not in this tree. Cases without a number come from reading this
//! program as an attacker.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod containers;
mod fields;
#[path = "../filtered/mod.rs"]
mod filtered;
#[path = "../recorded/mod.rs"]
mod recorded;
mod shapes;
mod texts;
mod trust;
#[path = "../whole/mod.rs"]
mod whole;

use crypt32_filter::{
    article,
    engine::filter::Filter,
    policy::Policy,
    verdict::{Condition, Outcome, Verdict},
};
use serde_json::{Value, json};

/// One evasion.
pub struct Trick {
    pub name: String,
    /// Why it must not be benign.
    pub why: &'static str,
    pub record: String,
    /// The condition that must fail, or none if the record must be unrelated.
    pub fails: Option<Condition>,
}

/// An evasion whose expected verdict is a review with this condition.
pub fn review(
    name: impl Into<String>,
    why: &'static str,
    fails: Condition,
    record: impl Into<String>,
) -> Trick {
    Trick { name: name.into(), why, record: record.into(), fails: Some(fails) }
}

/// An evasion whose record must be unrelated, because it is not a candidate or has other content.
pub fn unrelated(name: impl Into<String>, why: &'static str, record: impl Into<String>) -> Trick {
    Trick { name: name.into(), why, record: record.into(), fails: None }
}

pub const ERROR: &str = "The server name or address could not be resolved";

/// The message of the article's first event with other parts.
pub fn message(url: &str, error: &str) -> String {
    format!("{}<{url}>{}{error}", article::PREFIX, article::BEFORE_ERROR)
}

/// The benign record that the evasions imitate.
pub fn good() -> Value {
    json!({
        "SourceName": "crypt32", "EventID": 8, "Qualifiers": 49154, "EventType": "Error",
        "Channel": "Application", "ComputerName": "SERVER1", "EventCategory": 0,
        "Message": message(article::URL, ERROR),
        "StringInserts": [article::URL, format!("{ERROR}\r\n")],
    })
}

/// The same with one member set to another value.
pub fn set(name: &str, value: impl Into<Value>) -> Value {
    let mut record = good();
    record[name] = value.into();
    record
}

/// The same with members as text after its last one, or before its first.
pub fn behind(members: &str) -> String {
    let good = good().to_string();
    format!("{},{members}}}", &good[..good.len() - 1])
}

pub fn before(members: &str) -> String {
    format!("{{{members},{}", &good().to_string()[1..])
}

/// A record that an attacker wants to hide.
pub fn bad() -> Value {
    json!({
        "SourceName": "Security", "EventID": 4625, "EventType": "Audit Failure",
        "Channel": "Security", "ComputerName": "SERVER1",
        "Message": "An account failed to log on.",
    })
}

fn verdict(record: &str) -> Verdict {
    recorded::keep(record);
    whole::verdict(record)
}

/// The output of a filter that accepts every basis and drops.
fn filtered<const N: usize>(records: [&str; N]) -> Vec<u8> {
    let options =
        json!({"action": "drop", "accept": ["listed", "sibling", "cause"], "tags": false});
    let mut filter = Filter::new(Policy::from_json(&options).unwrap());
    filtered::filtered(&mut filter, records.map(str::as_bytes))
}

/// Whether the output has all bytes of the record, in order, with at most one insertion.
fn kept(record: &[u8], out: &[u8]) -> bool {
    let same = record.iter().zip(out).take_while(|(a, b)| a == b).count();
    out.len() >= record.len() && out.ends_with(&record[same..])
}

#[test]
fn the_imitated_record_is_benign_and_dropped() {
    let record = good().to_string();
    assert_eq!(verdict(&record).outcome, Outcome::Benign);
    assert!(filtered([&record]).is_empty());
}

/// Strictness must not affect records that the article excuses.
#[test]
fn what_is_benign_stays_so() {
    for (name, record) in trust::benign().into_iter().chain(shapes::benign()) {
        let verdict = verdict(&record);
        let reasons: Vec<Condition> = verdict.reasons().collect();
        assert_eq!(verdict.outcome, Outcome::Benign, "{name}: {reasons:?} {record}");
        assert!(filtered([&record]).is_empty(), "{name}: kept: {record}");
    }
}

#[test]
fn no_trick_comes_out_benign() {
    let tricks: Vec<Trick> = [
        fields::tricks(),
        texts::tricks(),
        containers::tricks(),
        trust::tricks(),
        shapes::tricks(),
    ]
    .into_iter()
    .flatten()
    .collect();
    println!("{} tricks", tricks.len());
    assert!(tricks.len() > 540, "only {} tricks", tricks.len());
    let benign = format!("{}\n", good());
    let mut wrong = Vec::new();
    for Trick { name, why, record, fails } in &tricks {
        let verdict = verdict(record);
        let right = match fails {
            Some(condition) => {
                verdict.outcome == Outcome::Review && verdict.reasons().any(|c| c == *condition)
            }
            None => verdict.outcome == Outcome::Unrelated,
        };
        if !right {
            let reasons: Vec<&str> = verdict.reasons().map(Condition::as_str).collect();
            let want = fails.map_or("unrelated", Condition::as_str);
            wrong.push(format!(
                "{name}: {} {reasons:?}, want {want}, because {why}: {record}",
                verdict.outcome
            ));
        }
        if !kept(record.as_bytes(), &filtered([record])) {
            wrong.push(format!("{name}: lost in the filter, because {why}: {record}"));
        }
        // The filter caches benign records, and must still read a record that only looks like one.
        if !kept(record.as_bytes(), &filtered([&benign, &benign, record])) {
            wrong.push(format!("{name}: lost behind a benign record, because {why}: {record}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
