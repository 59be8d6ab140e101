//! Tests of whole binary logs: every file that was made to hide content, and every place in a
//! record of our own where content can be added.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../../../../tests/binxml/mod.rs"]
mod binxml;
mod cases;
#[path = "../command/mod.rs"]
#[allow(dead_code)] // Other tests need more of it.
mod command;
mod evt;
mod evtx;

use crypt32_filter::{
    classify::classify,
    event::Strings,
    logs::{
        binary::{Found, Summary},
        evt as old, evtx as new,
    },
    policy::Policy,
    verdict::Outcome,
};

pub const URL: &str = crypt32_filter::article::URL;
pub const ERROR: &str = "The server name or address could not be resolved\r\n";

/// The parts of a record that the article is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub outcome: Outcome,
    pub source: String,
    pub id: String,
    pub strings: Vec<String>,
}

impl Row {
    /// Whether the record is event 8, by its source and its id.
    pub fn is_event_8(&self) -> bool {
        let id = self.id.parse::<u32>().is_ok_and(|id| id & 0xFFFF == 8);
        self.source.eq_ignore_ascii_case("crypt32") && id
    }
}

/// Reads a log into its records and its summary.
pub fn read(bytes: &[u8]) -> (Vec<Row>, Summary) {
    let (policy, mut rows) = (Policy::default(), Vec::new());
    let mut visit = |found: &Found<'_>| {
        let event = found.event;
        let strings = event.strings.iter().flat_map(Strings::iter).map(str::to_owned);
        rows.push(Row {
            outcome: classify(event, &policy).outcome,
            source: event.source.first().unwrap_or_default().to_owned(),
            id: event.id.first().unwrap_or_default().to_owned(),
            strings: strings.collect(),
        });
        core::ops::ControlFlow::Continue(())
    };
    let summary = if old::is_evt(bytes) {
        old::read(bytes, &mut visit)
    } else {
        new::read(bytes, &mut visit)
    };
    (rows, summary)
}

/// The step between tested cases in a slow test: one case of each `of` runs. `CLOSED_WORLD=1` runs
/// all.
pub fn share(of: usize) -> usize {
    if std::env::var_os("CLOSED_WORLD").is_some() { 1 } else { of }
}

/// Numbers near this one, and numbers far from it.
pub fn moved(number: u64, bits: u32) -> impl Iterator<Item = u64> {
    let most = u64::MAX >> (64 - bits);
    let near = [1_u64, 2, 4, 8, 28, 60, 256, 4096, 1 << 15]
        .into_iter()
        .flat_map(move |by| [number.wrapping_add(by) & most, number.wrapping_sub(by) & most]);
    near.chain([0, 1, 4, 8, 56, most >> 1, most]).filter(move |&other| other != number)
}
