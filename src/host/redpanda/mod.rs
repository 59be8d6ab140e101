//! Redpanda's data transforms, in brokers and in Redpanda Connect's `redpanda_data_transform`: a
//! program that never ends asks for record after record, and writes what is to be kept.
//!
//! There is a module that tags and one that drops, because Redpanda Connect hands no options in.
//! `write_record_with_options` and timestamps are not used: Redpanda Connect loses a record that is
//! written with options, and says no time.
//!
//! Sources: `src/v/wasm/transform_module.cc` and `src/transform-sdk` of Redpanda,
//! `internal/impl/redpanda` of Redpanda Connect 4.105.0.

use crate::{
    host::{
        messages::{self, Messages, Named},
        splice,
    },
    judge::Decision,
    policy::Action,
};

#[cfg(target_arch = "wasm32")]
mod abi;
mod wire;

/// What the headers may take: three of them, with lengths.
const HEADERS: usize = 128;

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It is written as it came.
    Unchanged,
    /// It is not written.
    Nothing,
    /// This is written in its place.
    Instead(&'a [u8]),
}

/// Transforms records.
#[derive(Debug)]
pub struct Transform {
    messages: Messages,
    out: Vec<u8>,
}

impl Transform {
    /// That tags or drops.
    pub fn new(action: Action) -> Self {
        Self { messages: Messages::new(action), out: Vec::new() }
    }

    /// What becomes of a record. What cannot be read stays as it is.
    pub fn record(&mut self, payload: &[u8]) -> Answer<'_> {
        let Some(record) = wire::read(payload) else { return Answer::Unchanged };
        let value = payload.get(record.value.clone()).unwrap_or_default();
        let (decision, marks) = self.messages.judge(value);
        if decision == Decision::Drop {
            return Answer::Nothing;
        }
        let last = |name| wire::last_header(payload, &record, name);
        let marked = record.headers > 0 && last(messages::VERDICT).is_some();
        let mut headers = messages::named(marks, marked);
        for header in &mut headers {
            // What the last header of its name says already is not said again.
            *header = header.filter(|(name, text)| last(name) != Some(text.as_bytes()));
        }
        if headers == Named::default() && !matches!(decision, Decision::Tag(_)) {
            return Answer::Unchanged;
        }
        match self.write(payload, &record, decision, headers) {
            Some(()) => Answer::Instead(&self.out),
            None => Answer::Unchanged,
        }
    }

    /// Writes the record anew; `None` if memory ran out.
    fn write(
        &mut self,
        payload: &[u8],
        record: &wire::Record,
        decision: Decision,
        new: Named,
    ) -> Option<()> {
        let Self { messages, out } = self;
        let insertions = messages.insertions();
        let inserted = match decision {
            Decision::Tag(_) => splice::length(insertions),
            _ => 0,
        };
        out.clear();
        out.try_reserve_exact(payload.len() + inserted + HEADERS).ok()?;
        match decision {
            Decision::Tag(object) => {
                let value = payload.get(record.value.clone())?;
                out.extend_from_slice(payload.get(..record.value_length)?);
                wire::write_length(out, value.len() + inserted);
                splice::splice(out, value, object, insertions)?;
            }
            _ => out.extend_from_slice(payload.get(..record.value.end)?),
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
}
