//! The common interface of the readers of binary logs: the records they find, and the account of
//! the rest of the file.
//!
//! A binary log is read as far as possible, and nothing in it is silently left out. Every span
//! without a record is reported with its offset, its length and the reason.

use std::{borrow::Cow, ops::ControlFlow};

use crate::{
    article,
    event::{Event, Strings},
};

/// One record that a reader found.
#[derive(Clone, Debug)]
pub struct Found<'e> {
    /// The offset of the record in the file, in bytes.
    pub offset: u64,
    /// The length of the record in the file, in bytes.
    pub length: u64,
    /// The record number in the log.
    pub number: u64,
    /// The record was found by its signature, not through the structure of the log. It may be older
    /// than the log's oldest record, or follow a damaged span.
    pub carved: bool,
    /// The record mentions the event. This is known only if the record does not say that it is another
    /// event.
    pub mentions: bool,
    /// The values of the record.
    pub event: &'e Event<'e>,
}

/// Receives each record that a reader finds. `Break` stops the reader.
pub type Visit<'v> = dyn FnMut(&Found<'_>) -> ControlFlow<()> + 'v;

/// The reason why a span of the file has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Loss {
    /// The span is damaged: a record that should be there could not be read.
    Damage,
    /// The span is the rest of older records after newer ones overwrote them. No record of the log
    /// is missing.
    Overwritten,
}

/// A span of the file without a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The offset of the span in the file, in bytes.
    pub offset: u64,
    /// The length of the span, in bytes.
    pub length: u64,
    /// Whether something was lost there.
    pub loss: Loss,
    /// The span mentions the event. If it is also damaged, it may contain the event, which cannot
    /// be judged.
    pub mentions: bool,
    /// The reason in words.
    pub why: Cow<'static, str>,
}

impl Span {
    /// Whether the span may contain the event, which cannot be judged.
    pub fn is_unjudged(&self) -> bool {
        self.loss == Loss::Damage && self.mentions
    }
}

/// The maximum number of listed spans, so that a completely damaged file does not fill the memory.
pub const SPANS: usize = 64;

/// The account of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that were found through the structure of the log.
    pub read: u64,
    /// Records that were found by their signature.
    pub carved: u64,
    /// Records that are byte-for-byte copies of other records, and were not reported again.
    pub copies: u64,
    /// Complete records outside the log's own list that could not be read.
    pub remains: u64,
    /// Parts with a wrong checksum (`.evtx`: chunks). They were still read.
    pub unverified: u64,
    /// The number of records according to the log itself, if that number is credible.
    pub expected: Option<u64>,
    /// All damaged spans, including those that are not in `spans`.
    pub damaged: u64,
    /// Bytes in damaged spans.
    pub damaged_bytes: u64,
    /// Damaged spans that mention the event.
    pub unjudged: u64,
    /// Bytes of older records that newer ones partly overwrote.
    pub overwritten_bytes: u64,
    /// The first [`SPANS`] spans without a record.
    pub spans: Vec<Span>,
    /// The offset where the file ends, although its header says that more follows (`.evtx`).
    pub cut: Option<u64>,
    /// The log was not closed: the machine was still running, or it crashed.
    pub dirty: bool,
    /// The newest records are before the oldest ones in the file.
    pub wrapped: bool,
    /// The file's header contradicts its end-of-file record. The end-of-file record was used.
    pub stale: bool,
}

impl Summary {
    /// The number of all records, including carved ones.
    pub fn records(&self) -> u64 {
        self.read + self.carved
    }

    /// Whether every record that should be in the file was read.
    pub fn complete(&self) -> bool {
        self.damaged == 0 && self.expected.is_none_or(|expected| expected <= self.read)
    }

    /// Counts one span, and lists it if the list is not full.
    pub(crate) fn lost(&mut self, span: Span) {
        match span.loss {
            Loss::Damage => {
                self.damaged += 1;
                self.damaged_bytes += span.length;
                self.unjudged += u64::from(span.is_unjudged());
            }
            Loss::Overwritten => self.overwritten_bytes += span.length,
        }
        if self.spans.len() < SPANS {
            self.spans.push(span);
        }
    }
}

/// Leaves an insertion string unread that ends in the escape of a line end. The message's grammar allows
/// them for texts that print them so, but a binary log has the line ends themselves.
pub(super) fn leave_escapes(event: &mut Event<'_>) {
    let ours = event.source.texts().any(|name| name.eq_ignore_ascii_case(article::SOURCE));
    let escaped = |text: &&str| {
        let text = text.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
        ours && (text.ends_with("\\n") || text.ends_with("\\r"))
    };
    let held = event.strings.iter().flat_map(Strings::iter).find(escaped).map(str::to_owned);
    if let Some(held) = held {
        event.leave_unread("the escape in an insertion string", held);
    }
}

/// How many of the unreadable bytes are shown.
const SHOWN: usize = 64;

/// Shows unreadable bytes to a person: the text in them, or else hexadecimal digits.
pub(super) fn shown(bytes: &[u8]) -> String {
    let bytes = bytes.get(..SHOWN).unwrap_or(bytes);
    let mut text = String::new();
    // In UTF-16, every second byte of ASCII is zero.
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
