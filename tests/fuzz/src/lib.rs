//! Properties that hold for any bytes, one function for each target.
//!
//! libFuzzer runs these (`make fuzz`, see `../targets`), and `tests/smoke.rs` runs them with its
//! own bytes. A violation panics. Each fixed bug has a separate test elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

pub mod binary;
pub mod host;
pub mod json;
#[path = "../../oracle/mod.rs"]
#[allow(dead_code)]
pub mod oracle;
pub mod readers;
pub mod record;
pub mod repeat;
pub mod seeds;
pub mod stream;
pub mod tag;
pub mod take;

/// A target: its name, its function, and its initial corpus.
pub struct Target {
    pub name: &'static str,
    pub body: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

pub static TARGETS: &[Target] = &[
    Target { name: "json", body: readers::json, seeds: seeds::json },
    Target { name: "xml", body: readers::xml, seeds: seeds::xml },
    Target { name: "block", body: readers::block, seeds: seeds::text },
    Target { name: "line", body: readers::line, seeds: seeds::text },
    Target { name: "csv", body: readers::csv, seeds: seeds::csv },
    Target { name: "cef", body: readers::cef, seeds: seeds::text },
    Target { name: "envelope", body: readers::envelope, seeds: seeds::records },
    Target { name: "container", body: binary::container, seeds: seeds::containers },
    Target { name: "filter", body: stream::filter, seeds: seeds::streams },
    Target { name: "oracle", body: stream::oracle, seeds: seeds::choices },
    Target { name: "tag", body: tag::tag, seeds: seeds::objects },
    Target { name: "repeat", body: repeat::repeat, seeds: seeds::twins },
    Target { name: "fluent_bit", body: host::fluent_bit, seeds: seeds::calls },
    Target { name: "evt", body: binary::evt, seeds: seeds::evt },
    Target { name: "evtx", body: binary::evtx, seeds: seeds::evtx },
];

/// Runs the target with this name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of the table");
    (target.body)(data);
}
