//! The ledger records that replace some dropped records.

use crypt32_filter::policy::{Action, Policy};
use serde_json::{Value, json};

use crate::{
    driver::{Back, Host},
    native, samples,
};

/// A record of this computer that is dropped.
fn noise(computer: &str) -> Vec<u8> {
    let samples = samples();
    let (_, record) = samples.iter().find(|(id, _)| id == "\"fluentbit-winlog\"").expect("there");
    let mut record: Value = serde_json::from_str(record).expect("JSON");
    record["ComputerName"] = json!(computer);
    record.to_string().into_bytes()
}

/// The ledger in the result.
fn ledger(back: &Back) -> Option<Value> {
    match back {
        Back::Text(text) if text.is_empty() => None,
        Back::Text(text) => {
            let notice: Value = serde_json::from_slice(text).expect("a notice is JSON");
            let drop = Policy { action: Action::Drop, ..Policy::default() };
            assert_eq!(native(drop, text).as_ref(), Some(text), "a notice must pass the filter");
            Some(notice["kb"]["ledger"].clone())
        }
        Back::Same => panic!("the record was kept"),
    }
}

#[test]
fn every_thousandth_drop_carries_the_totals() {
    let mut host = Host::new();
    for function in ["crypt32_drop_ledger", "crypt32_drop_cause_ledger"] {
        let mut notices = Vec::new();
        for i in 0..3500_u64 {
            let record = noise(&format!("SERVER{}", i % 3));
            if let Some(ledger) = ledger(&host.record(function, 1_268_652_477, &record)) {
                assert_eq!(ledger["dropped"], i + 1);
                assert_eq!(ledger["records"], i + 1);
                assert_eq!(ledger["bytes_out"], 0);
                notices.push(i + 1);
            }
        }
        assert_eq!(notices, [1000, 2000, 3000], "{function}");
    }
    assert_eq!(host.record("crypt32_drop", 0, &noise("A")), Back::Text(Vec::new()));
}

#[test]
fn an_hour_of_record_time_is_enough() {
    let mut host = Host::new();
    let record = noise("SERVER1");
    let mut call = |seconds| ledger(&host.record("crypt32_drop_ledger", seconds, &record));
    let hour = 3600;
    assert_eq!(call(10 * hour), None);
    assert_eq!(call(11 * hour - 1), None);
    assert_eq!(call(11 * hour).expect("an hour went by")["dropped"], 3);
    assert_eq!(call(11 * hour + 5), None);
    // A clock that goes back must not cause a ledger record for every record.
    assert_eq!(call(0), None);
    assert_eq!(call(11 * hour), None);
    assert!(call(12 * hour).is_some());
}

#[test]
fn at_most_twenty_computers_are_named() {
    let mut host = Host::new();
    let mut last = None;
    for i in 0..1000_u32 {
        // Computer n writes n records, with nearly arbitrary names.
        let n = (f64::from(i) * 2.0).sqrt();
        let record = noise(&format!("crypt32-{n:.0}\\\u{1F600}"));
        last = ledger(&host.record("crypt32_drop_ledger", 0, &record));
    }
    let ledger = last.expect("the 1000th drop");
    let computers = ledger["computers"].as_object().expect("an object");
    assert_eq!(computers.len(), 20);
    let sum: u64 = computers.values().map(|row| row["dropped"].as_u64().expect("a count")).sum();
    assert_eq!(sum, 1000);
    assert!(computers.contains_key("crypt32-44\\\u{1F600}"), "{computers:?}");
    assert!(computers.contains_key("other"));
}

#[test]
fn many_computers_do_not_take_the_memory() {
    let mut host = Host::new();
    let mut sizes = Vec::new();
    for i in 0..4000 {
        host.record("crypt32_drop", 0, &noise(&format!("{i:0250}")));
        if i % 1000 == 999 {
            sizes.push(host.memory_size());
        }
    }
    assert!(sizes[3] == sizes[0] && sizes[3] < 2 << 20, "{sizes:?}");
}
