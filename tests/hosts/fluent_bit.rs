//! Compares Fluent Bit's functions with the native filter, record by record.

use crypt32_filter::policy::Policy;
use serde_json::{Value, json};

use crate::{
    driver::{Back, Host},
    functions, native, samples, text_rendered,
};

/// The expected result for a record: that of the filter.
fn expected(policy: Policy, record: &str) -> Back {
    match native(policy, record.as_bytes()) {
        None => Back::Text(Vec::new()),
        Some(out) if out == record.as_bytes() => Back::Same,
        Some(out) => Back::Text(out),
    }
}

#[test]
fn every_sample_comes_back_as_from_the_native_filter() {
    let mut host = Host::new();
    let (mut tagged, mut dropped) = (0, 0);
    for (id, record) in samples() {
        // The record without blanks, as Fluent Bit writes it.
        let compact = serde_json::from_str::<Value>(&record).map(|value| value.to_string());
        for record in [Ok(record), compact].into_iter().flatten() {
            for (function, policy) in functions() {
                let back = host.record(function, 0, record.as_bytes());
                assert_eq!(back, expected(policy, &record), "{function} of {id}: {record}");
                dropped += usize::from(back == Back::Text(Vec::new()));
                tagged += usize::from(matches!(&back, Back::Text(text) if !text.is_empty()));
            }
        }
    }
    assert!(tagged > 50 && dropped > 150, "{tagged} tagged, {dropped} dropped");
}

#[test]
fn records_inside_log_and_message_are_found() {
    let mut host = Host::new();
    let mut dropped = 0;
    for (id, sample) in samples() {
        for key in ["log", "message"] {
            let record = json!({"date": 1_268_652_477.0, key: sample, "host": "a"}).to_string();
            for (function, policy) in functions() {
                let back = host.record(function, 0, record.as_bytes());
                assert_eq!(back, expected(policy, &record), "{function} of {id} in {key}");
                dropped += usize::from(back == Back::Text(Vec::new()));
            }
        }
    }
    assert!(dropped > 100, "{dropped}");
}

#[test]
fn each_shape_of_the_windows_inputs_is_dropped_tagged_and_left_alone() {
    let mut host = Host::new();
    let samples = samples();
    for shape in ["\"fluentbit-winlog\"", "\"fluentbit-winevtlog\"", "xml", "text"] {
        let (_, record) = samples.iter().find(|(id, _)| id == shape).expect(shape);
        let record = record.as_bytes();
        assert_eq!(host.record("crypt32_observe", 0, record), Back::Same, "{shape}");
        assert_eq!(host.record("crypt32_drop", 0, record), Back::Text(Vec::new()), "{shape}");
        let Back::Text(tagged) = host.record("crypt32_tag", 0, record) else {
            panic!("{shape} was not tagged")
        };
        let tagged: Value = serde_json::from_slice(&tagged).expect("JSON");
        assert_eq!(tagged["kb"]["basis"], "listed", "{shape}");
    }
    // Another id, and an error that only matches the article's cause.
    let other = text_rendered("12007", "7");
    assert_eq!(host.record("crypt32_drop_cause", 0, other.as_bytes()), Back::Same);
    let cause = text_rendered("A connection with the server could not be established", "8");
    let dropped = Back::Text(Vec::new());
    assert_eq!(host.record("crypt32_drop_cause", 0, cause.as_bytes()), dropped);
    assert_ne!(host.record("crypt32_drop", 0, cause.as_bytes()), dropped);
}

#[test]
fn filtering_twice_is_filtering_once() {
    let mut host = Host::new();
    for (id, record) in samples() {
        if let Back::Text(tagged) = host.record("crypt32_tag", 0, record.as_bytes()) {
            assert_eq!(host.record("crypt32_tag", 0, &tagged), Back::Same, "{id}");
            let drop = |host: &mut Host, record: &[u8]| {
                host.record("crypt32_drop", 0, record) == Back::Text(Vec::new())
            };
            assert_eq!(drop(&mut host, &tagged), drop(&mut host, record.as_bytes()), "{id}");
        }
    }
}

/// In an interpreter, the time depends on the number of instructions. Most records are other
/// events, so they must be cheap. This test counts instructions, because tests must not depend on
/// time.
#[test]
fn a_record_that_mentions_nothing_costs_few_instructions() {
    let mut host = Host::new();
    let (_, sample) = samples().into_iter().find(|(id, _)| id == "\"nm-id7\"").expect("there");
    let mut record: Value = serde_json::from_str(&sample).expect("JSON");
    record["SourceName"] = json!("Service Control Manager");
    record["Message"] =
        json!("The Windows Installer service entered the running state. ".repeat(4));
    record["StringInserts"] = json!(["Windows Installer", "running"]);
    let record = record.to_string();
    host.record("crypt32_drop", 0, record.as_bytes());
    let before = host.store.get_fuel().expect("fuel is on");
    assert_eq!(host.record("crypt32_drop", 0, record.as_bytes()), Back::Same);
    let used = before - host.store.get_fuel().expect("fuel is on");
    println!("{used} for {} bytes", record.len());
    assert!(used < 1500 + record.len() as u64, "{used} for {} bytes", record.len());
}
