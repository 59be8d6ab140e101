//! Redpanda's data transforms, in brokers and in Redpanda Connect's `redpanda_data_transform`: a
//! program that never ends reads one record after another, and writes those to keep.
//!
//! One module tags and another one drops, because Redpanda Connect passes no options. The module
//! does not use `write_record_with_options` or timestamps, because Redpanda Connect loses a record
//! that is written with options, and provides no time.
//!
//! Sources: `src/v/wasm/transform_module.cc` and `src/transform-sdk` of Redpanda,
//! `internal/impl/redpanda` of Redpanda Connect 4.105.0.

use crypt32_filter::{
    engine::decide::{Decision, Judgement},
    policy::Action,
};
use crypt32_host::{
    edits,
    stream_engine::{self, Messages},
};

#[cfg(target_arch = "wasm32")]
mod abi;
mod wire;

/// The maximum size of the three headers with their lengths, in bytes.
const HEADERS: usize = 128;

/// The maximum capacity of a buffer that is kept after a record, in bytes. A broker does not have
/// memory for a larger one and the next record.
const KEPT: usize = 64 << 10;

/// Transforms records.
#[derive(Debug)]
pub struct Transform {
    messages: Messages,
    out: Vec<u8>,
}

impl Transform {
    /// Creates a transform that tags or drops.
    pub fn new(action: Action) -> Self {
        Self { messages: Messages::new(action), out: Vec::new() }
    }

    /// Returns the record to write, or `None` if the record is dropped. An unreadable record stays
    /// unchanged, except that headers with the names of marks are removed.
    pub fn record<'a>(&'a mut self, payload: &'a mut [u8]) -> Option<&'a [u8]> {
        self.out.clear();
        if self.out.capacity() > KEPT {
            self.out = Vec::new();
        }
        let length = wire::remove_headers(payload, &stream_engine::NAMES);
        let payload = payload.get(..length).unwrap_or_default();
        let Some(record) = wire::read(payload) else { return Some(payload) };
        let value = payload.get(record.value.clone()).unwrap_or_default();
        let judgement = self.messages.decide(value);
        if judgement.decision == Decision::Drop {
            return None;
        }
        if judgement.marks.is_none() && judgement.decision != Decision::Tag {
            return Some(payload);
        }
        match write(&mut self.out, payload, &record, &judgement) {
            Some(()) => Some(&self.out),
            None => Some(payload),
        }
    }
}

/// Writes the record with its changes. Returns `None` if memory ran out.
fn write(
    out: &mut Vec<u8>,
    payload: &[u8],
    record: &wire::Record,
    judgement: &Judgement<'_>,
) -> Option<()> {
    let Judgement { edits, .. } = judgement;
    let new = stream_engine::named(judgement.marks);
    out.try_reserve_exact(payload.len() + edits.len() + HEADERS).ok()?;
    if edits.is_empty() {
        out.extend_from_slice(payload.get(..record.value.end)?);
    } else {
        let value = payload.get(record.value.clone())?;
        out.extend_from_slice(payload.get(..record.value_length)?);
        wire::write_length(out, value.len() + edits.len());
        edits::splice(out, value, edits)?;
    }
    let more = new.iter().flatten().count();
    wire::write_number(out, record.headers.checked_add(i64::try_from(more).ok()?)?);
    out.extend_from_slice(payload.get(record.headers_at..)?);
    for (name, text) in new.into_iter().flatten() {
        wire::write_sized(out, name.as_bytes());
        wire::write_sized(out, text.as_bytes());
    }
    Some(())
}
