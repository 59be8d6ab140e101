//! `classify`: one JSON object per event.

use serde::Serialize;

use crate::{
    args::{Classify as Args, Ended},
    reading::{Place, Reading},
    session::Write,
};
use crypt32_filter::{finding::Finding, report::escape, verdict::Outcome};

/// `classify` at work.
pub struct Classifying {
    pub reading: Reading,
    candidates: bool,
    check: bool,
    reviews: u64,
}

/// A line of output.
#[derive(Serialize)]
struct Row<'f> {
    record: u64,
    event: u64,
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    finding: &'f Finding,
}

impl Classifying {
    pub fn new(args: &Args) -> Result<Self, Ended> {
        Ok(Self {
            reading: Reading::new(
                args.policy()?,
                args.reading.format,
                args.reading.date_order,
                true,
            ),
            candidates: args.candidates,
            check: args.check,
            reviews: 0,
        })
    }

    /// Writes what was read.
    pub fn flush(&mut self, write: Write<'_>) {
        for item in self.reading.take() {
            let outcome = item.verdict.outcome;
            self.reviews += u64::from(outcome == Outcome::Review);
            if self.candidates && outcome == Outcome::Unrelated {
                continue;
            }
            let Some(finding) = &item.finding else { continue };
            let row = Row { record: item.record, event: item.event, place: item.place, finding };
            if let Ok(mut line) = serde_json::to_string(&row) {
                line.push('\n');
                write(escape::json(&line).as_bytes());
            }
        }
    }

    pub fn check_failed(&self) -> bool {
        self.check && self.reviews + self.reading.unjudged() > 0
    }
}
