//! What the readers of binary logs have in common: how they hand over what they found, and how
//! they account for what they did not.
//!
//! A binary log is read as far as it can be. Nothing in it is silently left out: every span that
//! gave no record is named with its offset, its length and the reason.

use std::{borrow::Cow, ops::ControlFlow};

use crate::event::Event;

/// One record that a reader found.
#[derive(Clone, Debug)]
pub struct Found<'e> {
    /// Where in the file it begins, in bytes.
    pub offset: u64,
    /// How long it is there.
    pub length: u64,
    /// The number that the log gave it.
    pub number: u64,
    /// It was found by its signature, not by following the structure of the log: it may be older
    /// than the log's oldest record, or stand behind damage.
    pub carved: bool,
    /// What it says.
    pub event: &'e Event<'e>,
}

/// Takes in what a reader finds. `Break` ends the reading.
pub type Visit<'v> = dyn FnMut(&Found<'_>) -> ControlFlow<()> + 'v;

/// Why a span of the file gave no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// Something is wrong there: a record that should be there could not be read.
    Damage,
    /// What newer records left of older ones; no record of the log is missing.
    Overwritten,
}

/// A span of the file that gave no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins, in bytes.
    pub offset: u64,
    /// How many bytes it has.
    pub length: u64,
    /// Whether something was lost there.
    pub loss: Loss,
    /// It mentions the event. If it is damaged too, the event may be there, and cannot be judged.
    pub mentions: bool,
    /// What is wrong, for a person.
    pub why: Cow<'static, str>,
}

/// How many spans are named one by one; a file of nothing but damage must not fill the memory.
pub const SPANS: usize = 64;

/// The account of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records found by following the structure of the log.
    pub read: u64,
    /// Records found by their signature.
    pub carved: u64,
    /// Records that are copies of others, byte for byte, and were not handed over again.
    pub copies: u64,
    /// Whole records outside the log's own list that could not be read.
    pub remains: u64,
    /// Parts whose checksum differs (`.evtx`: chunks); they were read all the same.
    pub unverified: u64,
    /// How many records the log itself says it holds, where it says so credibly.
    pub expected: Option<u64>,
    /// Damaged spans, also those that are not named.
    pub damaged: u64,
    /// Bytes in damaged spans.
    pub damaged_bytes: u64,
    /// Damaged spans that mention the event.
    pub unjudged: u64,
    /// Bytes that newer records left of older ones.
    pub overwritten_bytes: u64,
    /// The first [`SPANS`] spans that gave no record.
    pub spans: Vec<Span>,
    /// The log was not closed: the machine was running, or went down.
    pub dirty: bool,
    /// The newest records stand before the oldest ones in the file.
    pub wrapped: bool,
    /// The file's header contradicts its end-of-file record, which was believed.
    pub stale: bool,
}

impl Summary {
    /// All records.
    pub fn records(&self) -> u64 {
        self.read + self.carved
    }

    /// Whether everything that should be there was read.
    pub fn complete(&self) -> bool {
        self.damaged == 0 && self.expected.is_none_or(|expected| expected <= self.read)
    }

    /// Counts one span and names it, while there is room.
    pub(crate) fn lost(&mut self, span: Span) {
        match span.loss {
            Loss::Damage => {
                self.damaged += 1;
                self.damaged_bytes += span.length;
                self.unjudged += u64::from(span.mentions);
            }
            Loss::Overwritten => self.overwritten_bytes += span.length,
        }
        if self.spans.len() < SPANS {
            self.spans.push(span);
        }
    }
}

/// How many bytes that were not understood are shown.
const SHOWN: usize = 64;

/// Bytes that were not understood, for a person: the text in them, or else numbers.
pub(super) fn shown(bytes: &[u8]) -> String {
    let bytes = bytes.get(..SHOWN).unwrap_or(bytes);
    let mut text = String::new();
    // In UTF-16, every other byte is a zero.
    for &byte in bytes.iter().filter(|&&byte| byte != 0) {
        if byte == b' ' || byte.is_ascii_graphic() {
            text.push(byte.into());
        } else if !text.ends_with('…') {
            text.push('…');
        }
    }
    if text.split('…').any(|run| run.len() >= 3) { text } else { hex(bytes) }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
