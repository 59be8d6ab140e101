//! The bindings of the npm package. They are thin: the public API is the TypeScript in `ts`.
//!
//! A chunk costs at most three calls. [`FilterCore::push`] reads it and returns the length of the
//! table of output pieces. If the output differs from the chunk, JavaScript fetches the table and
//! one buffer with the bytes that are not in the chunk, and slices its own chunk by the table. So
//! bytes that pass are never copied out of the module. [`FilterCore::reserve`] and
//! [`FilterCore::commit`] do the same without the copy into the module: JavaScript reads a file into
//! its memory, and slices this memory.

#[cfg(feature = "full")]
pub mod log;
#[cfg(feature = "full")]
pub mod npx;
mod options;
#[cfg(feature = "archives")]
pub mod zip;

// The crate provides `memcmp` for the module.
use crypt32_host as _;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        unjudged::Unjudged,
    },
    input_kind::Kind,
    report::{assessment::assess, explain::card, style::Style},
};

/// In the table, this value replaces the start of a span, and a length in the fresh bytes follows.
/// [`FilterCore::push`] returns it if the whole chunk passes unchanged.
const MARK: u32 = u32::MAX;

/// The lines that passed a filter because they could not be judged.
#[derive(Serialize)]
struct UnjudgedLines<'u> {
    /// The number of lines that mention the event.
    count: u64,
    /// The line numbers of the first of them, from 1.
    lines: &'u [u64],
    /// The same as text, with the most similar format of the first line, if known.
    note: Option<String>,
    /// The kind of the whole input if it is not text and passed unchanged, such as `gzip`.
    input: Option<&'static str>,
}

/// The explanation of a record that mentions the event but could not be read.
const UNJUDGED: &str = "unjudged: this mentions the event, but it could not be read as one record in UTF-8, so \
                        nothing is known of it. `report` and the command read whole logs.\n";

/// The version of the package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Returns the verdict about a record, as JSON. `options` is a JSON object.
///
/// # Errors
/// The message says which option is invalid.
#[wasm_bindgen]
pub fn classify(record: &[u8], options: &str) -> Result<String, String> {
    serde_json::to_string(&assess(record, &options::policy(options, &[])?))
        .map_err(|error| error.to_string())
}

/// Explains the verdict about a record in words, with a card for each of its events.
///
/// # Errors
/// The message says which option is invalid.
#[wasm_bindgen]
pub fn explain(record: &[u8], options: &str) -> Result<String, String> {
    let answer = assess(record, &options::policy(options, &[])?);
    if answer.unjudged {
        return Ok(UNJUDGED.to_owned());
    }
    let style = Style::default();
    if answer.events.is_empty() {
        return Ok(card(&answer.record, style));
    }
    let cards = answer.events.iter().zip(1..);
    let cards = cards.map(|(event, i)| format!("Event {i}: {}", card(event, style)));
    Ok(cards.collect::<Vec<_>>().join("\n"))
}

/// A filter, and its output for the last chunk.
#[wasm_bindgen]
pub struct FilterCore {
    filter: Filter,
    pieces: Pieces,
    /// The memory that JavaScript reads chunks into.
    input: Vec<u8>,
}

/// The pieces of the output, encoded as numbers and bytes.
#[derive(Default)]
struct Pieces {
    /// Two numbers per piece: the start and the end of a span of the chunk, or [`MARK`] and a
    /// length in `fresh`.
    table: Vec<u32>,
    /// The bytes of all pieces that are not spans of the chunk.
    fresh: Vec<u8>,
}

impl Pieces {
    /// Filters a chunk and keeps its output. Returns what [`FilterCore::push`] returns.
    fn take(&mut self, filter: &mut Filter, chunk: &[u8]) -> u32 {
        self.table.clear();
        self.fresh.clear();
        filter.push(chunk, &mut |piece| self.add(&piece));
        match *self.table.as_slice() {
            [0, end] if end == word(chunk.len()) => MARK,
            _ => word(self.table.len()),
        }
    }

    fn add(&mut self, piece: &Piece<'_>) {
        let (start, end) = match piece {
            Piece::Chunk(span) => (word(span.start), word(span.end)),
            Piece::Bytes(bytes) => {
                self.fresh.extend_from_slice(bytes);
                (MARK, word(bytes.len()))
            }
        };
        if let [.., last_start, last_end] = self.table.as_mut_slice() {
            if start == MARK && *last_start == MARK {
                *last_end = last_end.saturating_add(end);
                return;
            }
            if start == *last_end && *last_start != MARK {
                *last_end = end;
                return;
            }
        }
        self.table.extend([start, end]);
    }
}

/// Converts a length, which has at most 32 bits in a WASM module.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[wasm_bindgen]
impl FilterCore {
    /// Creates a filter. `options` is a JSON object. `others` are the names of options that the
    /// caller also takes, with commas, for the message about an unknown option.
    ///
    /// # Errors
    /// The message says which option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, others: Option<String>) -> Result<FilterCore, String> {
        let others = others.unwrap_or_default();
        let policy = options::policy(options, &options::names(&others))?;
        let filter = Filter::new(policy);
        Ok(Self { filter, pieces: Pieces::default(), input: Vec::new() })
    }

    /// Filters a chunk. Returns the number of numbers in the table, or `u32::MAX` if the chunk
    /// passes unchanged and there is nothing to fetch.
    pub fn push(&mut self, chunk: &[u8]) -> u32 {
        self.pieces.take(&mut self.filter, chunk)
    }

    /// The address of `length` bytes that the caller fills for [`Self::commit`]. It changes only if
    /// a later call reserves more.
    pub fn reserve(&mut self, length: usize) -> *const u8 {
        if self.input.len() < length {
            // The old bytes are not needed, so they are released first and never copied.
            self.input = Vec::new();
            self.input = vec![0; length];
        }
        self.input.as_ptr()
    }

    /// Filters the first `length` reserved bytes, like [`Self::push`]. The spans of the table refer
    /// to these bytes.
    pub fn commit(&mut self, length: usize) -> u32 {
        let chunk = self.input.get(..length).unwrap_or(&self.input);
        self.pieces.take(&mut self.filter, chunk)
    }

    /// Returns the table of the last chunk and releases its memory, so that idle filters do not
    /// keep the memory of their largest chunk.
    pub fn table(&mut self) -> Vec<u32> {
        core::mem::take(&mut self.pieces.table)
    }

    /// Returns the output bytes that are not in the last chunk, and releases their memory.
    pub fn fresh(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.pieces.fresh)
    }

    /// Ends the stream and returns the buffered output.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.filter.finish(&mut |piece| {
            // At the end there is no chunk, so no piece is a span.
            if let Piece::Bytes(held) = piece {
                bytes.extend_from_slice(held);
            }
        });
        bytes
    }

    /// The lines that passed because they could not be judged, as JSON.
    pub fn unjudged(&self) -> String {
        let unjudged = self.filter.unjudged();
        let kind = self.filter.kind();
        let input = kind.filter(|kind| *kind != Kind::Text).map(Kind::name);
        let note = unjudged.note().or_else(|| kind.and_then(Kind::passes));
        let Unjudged { count, lines, .. } = unjudged;
        let lines = UnjudgedLines { count: *count, lines, note, input };
        serde_json::to_string(&lines).unwrap_or_default()
    }

    /// Returns the ledger as JSON.
    pub fn ledger(&self) -> String {
        serde_json::to_string(&self.filter.ledger()).unwrap_or_default()
    }
}
