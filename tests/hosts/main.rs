//! Tests the built modules for hosts (`make test-module` builds them first) in an interpreter, with
//! the stack, the allocations and the frees of the hosts.
#![allow(missing_docs)]

mod after;
mod benthos;
mod clickhouse;
mod driver;
mod engines;
mod files;
#[path = "../filtered/mod.rs"]
mod filtered;
mod fluent_bit;
mod generated;
mod hostile;
#[path = "../cost/module/inputs.rs"]
mod inputs;
mod linear;
mod memory;
mod module;
mod notices;
mod plain;
mod redpanda;
mod shown;

use crypt32_filter::{
    engine::filter::Filter,
    policy::{Accept, Action, Policy},
    verdict::Basis,
};
use filtered::filtered;
use serde_json::Value;

/// The native filter's output for one record; `None` if it is dropped.
fn native(policy: Policy, record: &[u8]) -> Option<Vec<u8>> {
    let mut filter = Filter::new(policy);
    let out = filtered(&mut filter, [record]);
    (filter.ledger().dropped == 0).then_some(out)
}

/// The functions for Fluent Bit, each with the equivalent options.
fn functions() -> [(&'static str, Policy); 6] {
    let drop = || Policy { action: Action::Drop, ..Policy::default() };
    let all: Accept = [Basis::Listed, Basis::Sibling, Basis::Cause].into_iter().collect();
    [
        ("crypt32_observe", Policy { action: Action::Observe, ..Policy::default() }),
        ("crypt32_tag", Policy::default()),
        ("crypt32_drop", drop()),
        ("crypt32_drop_cause", Policy { accept: all, ..drop() }),
        ("crypt32_drop_ledger", drop()),
        ("crypt32_drop_cause_ledger", Policy { accept: all, ..drop() }),
    ]
}

/// The samples of one line, by name.
fn samples() -> Vec<(String, String)> {
    let rows = include_str!("../fixtures/records.jsonl").lines();
    let mut samples: Vec<_> = rows
        .map(|row| serde_json::from_str::<Value>(row).expect("the fixture is JSON"))
        .map(|row| (row["id"].to_string(), row["payload"].as_str().expect("a payload").to_owned()))
        .collect();
    // Fluent Bit's formats for an event as XML and as text.
    let xml = samples.iter().find(|(id, _)| id == "\"event-xml\"").expect("the XML sample");
    samples.push(("xml".to_owned(), serde_json::json!({"System": xml.1}).to_string()));
    samples.push(("text".to_owned(), text_rendered("12007", "8")));
    samples.retain(|(_, record)| !record.contains('\n'));
    assert!(samples.len() > 40);
    samples
}

/// Possible content of a stream: the samples, a source with an escape, another value under `kb`,
/// and text that is not a record.
fn messages() -> Vec<Vec<u8>> {
    let samples: Vec<String> = samples().into_iter().map(|(_, record)| record).collect();
    let hidden = samples[0].replace("crypt32", "\\u0063rypt32");
    let foreign = samples[0].replacen('{', "{\"kb\":1,", 1);
    let mut messages: Vec<Vec<u8>> =
        samples.into_iter().chain([hidden, foreign]).map(String::into_bytes).collect();
    messages.extend([b"".to_vec(), b"\xFF\xFE".to_vec(), vec![b'{'; 70_000]]);
    messages
}

/// An event in the format of `render_event_as_text`.
fn text_rendered(error: &str, id: &str) -> String {
    let error = match error {
        "12007" => "The server name or address could not be resolved",
        other => other,
    };
    let url = crypt32_filter::article::URL;
    let message = format!("{}<{url}> with error: {error}\r\n", crypt32_filter::article::PREFIX);
    let text = format!(
        "ProviderName=crypt32\nProviderGuid=\nQualifiers=\nEventID={id}\nVersion=0\nLevel=2\n\
         Task=0\nOpcode=0\nKeywords=0x80000000000000\nTimeCreated=2010-03-15 11:27:57 +0000\n\
         EventRecordID=4242\nActivityID=\nRelatedActivityID=\nProcessID=0\nThreadID=0\n\
         Channel=Application\nComputer=SERVER1\nUserID=\nMessage={message}"
    );
    serde_json::json!({ "log": text }).to_string()
}
