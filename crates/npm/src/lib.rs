//! The bindings of the npm package. Thin: TypeScript in `ts` gives them their shape.
//!
//! A chunk costs three calls. [`FilterCore::push`] takes it in and says how many pieces come out;
//! where these are not simply the chunk, a table of its spans and one buffer with everything else
//! are fetched, and TypeScript slices its own chunk by the table. So bytes that pass are never
//! copied out, and nothing in JavaScript ever looks into the memory of the module.

#[cfg(feature = "full")]
pub mod log;
#[cfg(feature = "full")]
pub mod npx;

// Its comparison of bytes is what the whole module links.
use crypt32_host as _;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        unjudged::Unjudged,
    },
    input_kind::Kind,
    policy::Policy,
    report::{assessment::assess, explain::card, style::Style},
};

/// In the table in place of a span's start: that many of the fresh bytes. Also what
/// [`FilterCore::push`] returns when the whole chunk passes.
const MARK: u32 = u32::MAX;

fn policy(options: &str) -> Result<Policy, String> {
    let options: Value = serde_json::from_str(options).map_err(|error| error.to_string())?;
    Policy::from_json(&options).map_err(|error| error.to_string())
}

/// What is said of a record that was not read and mentions the event.
const UNJUDGED: &str = "unjudged: this mentions the event, but it could not be read as one record in UTF-8, so \
                        nothing is known of it. `report` and the command read whole logs.\n";

/// The version of the package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// The verdict about a record, as JSON.
///
/// # Errors
/// What is wrong with the options.
#[wasm_bindgen]
pub fn classify(record: &[u8], options: &str) -> Result<String, String> {
    serde_json::to_string(&assess(record, &policy(options)?)).map_err(|error| error.to_string())
}

/// The verdict about a record, for a person: a card for each of its events.
///
/// # Errors
/// What is wrong with the options.
#[wasm_bindgen]
pub fn explain(record: &[u8], options: &str) -> Result<String, String> {
    let answer = assess(record, &policy(options)?);
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

/// A filter, and what came out of it last.
#[wasm_bindgen]
pub struct FilterCore {
    filter: Filter,
    pieces: Pieces,
}

/// Pieces of output as numbers and bytes.
#[derive(Default)]
struct Pieces {
    /// Two numbers per piece: start and end of a span of the chunk, or [`MARK`] and a length.
    table: Vec<u32>,
    /// What is no span of the chunk, one after another.
    fresh: Vec<u8>,
}

impl Pieces {
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

/// Addresses of a WASM module have 32 bits.
fn word(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[wasm_bindgen]
impl FilterCore {
    /// A filter with these options, which are a JSON object.
    ///
    /// # Errors
    /// What is wrong with the options.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<FilterCore, String> {
        Ok(Self { filter: Filter::new(policy(options)?), pieces: Pieces::default() })
    }

    /// Filters a chunk. Returns how many numbers the table has, or `u32::MAX` when the chunk
    /// passes as it is and there is nothing to fetch.
    pub fn push(&mut self, chunk: &[u8]) -> u32 {
        let pieces = &mut self.pieces;
        pieces.table.clear();
        pieces.fresh.clear();
        self.filter.push(chunk, &mut |piece| pieces.add(&piece));
        match *pieces.table.as_slice() {
            [0, end] if end == word(chunk.len()) => MARK,
            _ => word(pieces.table.len()),
        }
    }

    /// Gives the table of the last chunk away. A thousand filters that wait must not each keep
    /// the memory of their largest chunk.
    pub fn table(&mut self) -> Vec<u32> {
        core::mem::take(&mut self.pieces.table)
    }

    /// Gives the bytes of the last chunk's output away that are no span of it.
    pub fn fresh(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.pieces.fresh)
    }

    /// Ends the stream and returns what was held back.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.filter.finish(&mut |piece| {
            // There is no chunk any more that a piece could be a span of.
            if let Piece::Bytes(held) = piece {
                bytes.extend_from_slice(held);
            }
        });
        bytes
    }

    /// What passed because it could not be judged, as JSON: how many lines that mention the event, the
    /// numbers of the first, and what the whole input is where it is no text.
    pub fn unjudged(&self) -> String {
        let unjudged = self.filter.unjudged();
        let input = self.filter.kind().filter(|kind| *kind != Kind::Text).map(Kind::name);
        let Unjudged { count, lines, .. } = unjudged;
        json!({ "count": count, "lines": lines, "note": unjudged.note(), "input": input })
            .to_string()
    }

    /// The ledger, as JSON.
    pub fn ledger(&self) -> String {
        serde_json::to_string(&self.filter.ledger()).unwrap_or_default()
    }
}
