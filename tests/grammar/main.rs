//! Shapes with a complete grammar: inserts content at every place of a benign record. None of the
//! resulting records may be benign.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

#[path = "../shapes_line/places.rs"]
mod places;
#[path = "../recorded/mod.rs"]
mod recorded;
mod texts;
#[path = "../whole/mod.rs"]
mod whole;
mod xml;

use crypt32_filter::{
    article,
    classify::{classify, evidence},
    policy::Policy,
    record,
    verdict::{Condition, Outcome, Verdict},
};

pub const ERROR: &str = "The server name or address could not be resolved";

/// Content that an attacker wants to hide.
pub const PAYLOAD: &str = "User x was added to Administrators by powershell -enc SQBFAFgA";

/// The verdict about a whole record.
pub fn verdict(record: &str) -> Verdict {
    recorded::keep(record);
    whole::verdict(record)
}

pub fn is_benign(record: &str) -> bool {
    verdict(record).outcome == Outcome::Benign
}

/// The `integrity` evidence about the whole record.
pub fn integrity(record: &str) -> Option<String> {
    let mut said = None;
    record::read(record.as_bytes(), "kb", &mut |event| {
        let policy = Policy::default();
        let evidence = evidence(event, &policy, &classify(event, &policy));
        said = evidence
            .into_iter()
            .find(|said| said.code == Condition::Integrity)
            .and_then(|said| said.seen);
    });
    said
}

/// The message of the article's first event.
pub fn message() -> String {
    format!("{}<{}>{}{ERROR}", article::PREFIX, article::URL, article::BEFORE_ERROR)
}
