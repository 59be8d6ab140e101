//! The closed-world verdict about one record, and the known records.

use std::{fs, path::Path};

use crypt32_filter::{policy::Policy, verdict::Outcome};
use serde_json::Value;

use super::{
    embedded::{self, Read},
    verdict,
};

/// A verdict, with the violated rules.
#[derive(Debug)]
pub struct Opinion {
    pub outcome: Outcome,
    pub reasons: Vec<&'static str>,
    pub unread: Vec<String>,
}

/// The verdict about a whole record, or none if it may have a text shape and nothing else
/// contradicts the event.
pub fn opinion(record: &[u8], policy: &Policy) -> Option<Opinion> {
    let mut read = embedded::read(record, 0);
    let mut data = None;
    // JSON at the end of a syslog line.
    if record.first() == Some(&b'<') && record.get(1).is_some_and(u8::is_ascii_digit) {
        let at = record.iter().position(|b| *b == b'{')?;
        data = embedded::header(&record[..at]);
        read = if data.is_some() { embedded::read(&record[at..], 0) } else { Read::Nothing };
    }
    let mut events = match read {
        Read::Events(events) => events,
        Read::Unknown => return None,
        Read::Nothing => Vec::new(),
    };
    if let (Some(first), Some(data)) = (events.first_mut(), data) {
        first.absorb(data);
    }
    let unread: Vec<String> = events.iter().flat_map(|event| event.unread.clone()).collect();
    if unread.is_empty() && events.iter().any(|event| event.unknown) {
        return None;
    }
    let verdicts: Vec<_> = events.iter().map(|event| verdict::classify(event, policy)).collect();
    if verdicts.is_empty() {
        return Some(Opinion { outcome: Outcome::Unrelated, reasons: Vec::new(), unread });
    }
    let verdict = verdict::of_all(verdicts);
    Some(Opinion { outcome: verdict.outcome, reasons: verdict.reasons, unread })
}

/// A record with its known verdict.
pub struct Known {
    pub name: String,
    pub record: String,
    pub policy: Policy,
    pub want: String,
    /// Exactly the failed conditions, if the record's row lists them.
    pub reasons: Option<Vec<String>>,
}

/// The golden cases, the samples and the generated records.
pub fn known() -> Vec<Known> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files =
        vec![tests.join("fixtures/records.jsonl"), tests.join("fixtures/adversarial.jsonl")];
    files.extend(fs::read_dir(tests.join("golden")).unwrap().map(|entry| entry.unwrap().path()));
    let mut known = Vec::new();
    for file in files {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let record = if row["payload"].is_null() { &row["record"] } else { &row["payload"] };
            let want = if row["want"].is_object() { &row["want"]["outcome"] } else { &row["want"] };
            let name = if row["id"].is_null() { &row["name"] } else { &row["id"] };
            // The oracle knows neither translations nor all texts for a missing description.
            let name = name.as_str().unwrap();
            let wording = [
                "wording:",
                "missing description:",
                "a wording that",
                "insertion strings joined",
                "source without id, Splunk",
                "Vector: the bare URL and more",
            ];
            let other = wording.iter().any(|start| name.starts_with(start));
            if row["required"] == false || other || !row["options"]["localised"].is_null() {
                continue;
            }
            known.push(Known {
                name: format!("{}: {name}", file.file_stem().unwrap().to_string_lossy()),
                record: record.as_str().map_or_else(|| record.to_string(), str::to_owned),
                policy: match &row["options"] {
                    Value::Null => Policy::default(),
                    options => Policy::from_json(options).unwrap(),
                },
                want: want.as_str().unwrap().to_owned(),
                reasons: serde_json::from_value(row["want"]["reasons"].clone()).ok(),
            });
        }
    }
    known
}
