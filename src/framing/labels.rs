//! Labels in a language that is not known. Event Viewer translates its labels, so the text below them
//! is recognised by their number and form.

use memchr::memchr;

use crate::{record::block::event_viewer, swar};

/// The minimum number of labels above a text. Event Viewer writes eight or more.
const LEAST: usize = 5;
/// The maximum length of a label and its colon, in bytes.
const LABEL: usize = 50;

/// Consecutive lines that look like labels.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels {
    count: usize,
    /// Whether a value is a number, as an event id is.
    number: bool,
    first: u64,
}

impl Labels {
    /// The number of the first line.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Processes the line with this number. Returns whether it is the label of the text that follows
    /// the other labels.
    pub fn line(&mut self, line: &[u8], number: u64) -> bool {
        let Some(first) = line.trim_ascii_start().first() else { return false };
        // Fast path: most lines of text have no colon near their start.
        let may_begin = first.is_ascii_alphabetic() || *first >= 0x80;
        let colon = memchr(b':', &line[..line.len().min(LABEL)]).filter(|_| may_begin);
        let label = |colon: &usize| {
            let name = &line[..=*colon];
            // Fast path: lines of logs begin with a time.
            !name.iter().any(u8::is_ascii_digit) && event_viewer::may_be_label(&swar::lossy(name))
        };
        let Some(colon) = colon.filter(label) else {
            *self = Self::default();
            return false;
        };
        let value = line[colon + 1..].trim_ascii();
        if value.is_empty() && self.count >= LEAST && self.number {
            return true;
        }
        if self.count == 0 {
            self.first = number;
        }
        self.count += 1;
        self.number |= !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        false
    }
}
