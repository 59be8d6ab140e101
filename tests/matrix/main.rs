//! The same event gives the same verdict in every JSON shape, and each failed condition is detected
//! in every shape that can express it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod consumers;
mod event;
mod outputs;
#[path = "../recorded/mod.rs"]
mod recorded;
mod shapes;
mod wrapped;

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    record,
    verdict::{Condition, Outcome, Verdict},
};
use event::{Level, Said};
use serde_json::{Value, json};
use shapes::{JOINED, LEVEL, LOG, QUALIFIERS, SOURCE, STRINGS, Shape, TEXT};

/// The result of reading a record with one event.
struct Answer {
    verdict: Verdict,
    computer: String,
    time: String,
    shape: &'static str,
}

fn answer(record: &str) -> Vec<Answer> {
    recorded::keep(record);
    let mut answers = Vec::new();
    record::read(record.as_bytes(), "kb", &mut |event| {
        answers.push(Answer {
            verdict: classify(event, &Policy::default()),
            computer: event.computer().unwrap_or("-").to_owned(),
            time: event.time().unwrap_or("-").to_owned(),
            shape: event.shape,
        });
    });
    answers
}

fn shapes() -> impl Iterator<Item = &'static Shape> {
    shapes::SHAPES.iter().chain(wrapped::SHAPES).chain(outputs::SHAPES)
}

/// Checks a record of a shape that contains one event with this outcome, and returns an error.
fn check(shape: &Shape, record: &str, want: &str, reason: Option<Condition>) -> Option<String> {
    let answers = answer(record);
    let [answer] = &answers[..] else {
        return Some(format!("{}: {} events: {record}", shape.name, answers.len()));
    };
    let verdict = &answer.verdict;
    let mut is = verdict.outcome.to_string();
    if let (Some(basis), Some(error)) = (verdict.basis, verdict.error) {
        is = format!("{is} {basis} {}", error.code.unwrap_or_default());
    }
    let reasons: Vec<Condition> = verdict.reasons().collect();
    let right = is == want
        && reason.is_none_or(|reason| reasons.contains(&reason))
        && answer.computer == "SERVER1"
        && answer.time == shape.time;
    (!right).then(|| {
        let Answer { computer, time, shape: read_as, .. } = answer;
        format!(
            "{} (read as {read_as}): {is} {reasons:?} {computer} {time}, want {want} {reason:?} \
             {}: {record}",
            shape.name, shape.time
        )
    })
}

/// Runs one event through all shapes that can express the needed values.
fn everywhere(said: &Said, takes: u8, want: &str, reason: Option<Condition>) {
    let fitting: Vec<&Shape> = shapes().filter(|shape| shape.carries & takes == takes).collect();
    assert!(fitting.len() >= 4, "only {} shapes", fitting.len());
    let check = |shape: &&Shape| check(shape, &(shape.make)(said), want, reason);
    let wrong: Vec<String> = fitting.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn both_events_of_the_article_are_listed() {
    everywhere(&Said::first(), 0, "benign listed 12007", None);
    let second = Said::with_error("This network connection does not exist.");
    everywhere(&second, 0, "benign listed 2250", None);
}

#[test]
fn forwarded_events_are_accepted() {
    everywhere(&Said { log: "ForwardedEvents", ..Said::first() }, 0, "benign listed 12007", None);
}

#[test]
fn siblings_and_causes_are_told_apart() {
    let sibling = "This operation returned because the timeout period expired.";
    everywhere(&Said::with_error(sibling), 0, "benign sibling 1460", None);
    everywhere(&Said::with_error("The operation timed out"), 0, "benign cause 12002", None);
}

#[test]
fn every_failed_condition_is_found() {
    let fails = |said: Said, takes, reason| everywhere(&said, takes, "review", Some(reason));
    let first = Said::first;
    fails(Said { qualifiers: 0x4002, ..first() }, 0, Condition::EventId);
    fails(Said { level: Level::Information, ..first() }, LEVEL, Condition::Severity);
    fails(Said { log: "System", ..first() }, LOG, Condition::Log);
    fails(Said { tail: "\r\nUser x was added.", ..first() }, TEXT, Condition::Message);
    fails(Said { tail: " User x was added.", ..first() }, TEXT, Condition::Error);
    fails(
        Said { url: "http://www.download.windowsupdate.com.example.org/", ..first() },
        0,
        Condition::Url,
    );
    fails(Said::with_error("Access is denied."), 0, Condition::Error);
    fails(Said::with_error("The operation\u{200b} timed out"), 0, Condition::Integrity);
    fails(Said { third: true, ..first() }, STRINGS, Condition::Integrity);
    // Joined with the others, it is text after the error.
    fails(Said { third: true, ..first() }, JOINED, Condition::Error);
    fails(Said { qualifiers: 0, ..first() }, QUALIFIERS, Condition::EventId);
}

#[test]
fn other_events_are_unrelated() {
    for (source, id, qualifiers) in [
        ("crypt32", 7, 0x4002),
        ("crypt32", 11, 0xC002),
        ("crypt32", 3, 0xC002),
        ("crypt32", 6, 0x8002),
        ("Microsoft-Windows-CAPI2", 8, 0xC002),
        ("Microsoft-Windows-CAPI2", 4104, 0),
        ("Microsoft-Windows-CAPI2", 4107, 0),
        ("Microsoft-Windows-Sysmon", 8, 0),
    ] {
        let said = Said { source, id, qualifiers, ..Said::first() };
        everywhere(&said, SOURCE, "unrelated", None);
    }
}

/// Members that pipelines add, with generic names that could be mistaken for the event's.
fn extras() -> Value {
    json!({
        "source": "tcp", "level": "info", "type": "syslog", "host": "collector", "id": "abc",
        "name": "x", "tags": ["x"], "@version": "1", "log": {"file": {"path": "x"}},
        "event": {"created": "x", "category": ["x"]}, "facility": "user", "pri": 14, "offset": 8,
        "stream": "stdout", "note": "Another event 8: Failed auto update retrieval",
    })
}

#[test]
fn what_pipelines_add_does_not_disturb() {
    let mut wrong = Vec::new();
    for shape in shapes() {
        let record = (shape.make)(&Said::first());
        // The shape's own names must not be overwritten, because that would change its values.
        let Ok(Value::Object(own)) = serde_json::from_str(&record) else { continue };
        for (name, value) in extras().as_object().unwrap() {
            if own.keys().any(|key| key.split('.').next() == Some(name)) {
                continue;
            }
            let member = format!("{}:{value}", json!(name));
            let first = record.replacen('{', &format!("{{{member},"), 1);
            let last = format!("{},{member}}}", &record[..record.len() - 1]);
            wrong.extend(
                [first, last].iter().filter_map(|r| check(shape, r, "benign listed 12007", None)),
            );
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn hayabusa_without_provider_is_to_be_reviewed() {
    let reasons = |said: &Said| {
        let answers = answer(&wrapped::hayabusa(said).to_string());
        let [answer] = &answers[..] else { panic!("{} events", answers.len()) };
        assert_eq!((&*answer.computer, answer.shape), ("SERVER1", "hayabusa"));
        let verdict = answer.verdict;
        (verdict.outcome, verdict.reasons().collect::<Vec<_>>())
    };
    // It names no provider, and shortens Application to App.
    let (outcome, found) = reasons(&Said::first());
    assert_eq!((outcome, found), (Outcome::Review, vec![Condition::Source, Condition::Log]));
    let (outcome, _) = reasons(&Said { id: 7, ..Said::first() });
    assert_eq!(outcome, Outcome::Unrelated);
}

#[test]
fn an_operating_system_counts_where_the_shape_names_one() {
    let outcome = |host: &str, version: &str| {
        let mut record = shapes::ecs(&Said::first(), "8".into());
        record["host"] = json!({"name": host, "os": {"version": version, "family": "windows"}});
        let answers = answer(&record.to_string());
        answers[0].verdict.reasons().collect::<Vec<_>>()
    };
    assert_eq!(outcome("SERVER1", "5.1"), []);
    assert_eq!(outcome("SERVER1", "6.1"), [Condition::System]);
    assert_eq!(outcome("WEC01", "10.0"), []);
}
