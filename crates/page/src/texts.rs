//! The texts of rows: each different one once, and bounded in all.

use std::collections::HashMap;

/// Where a text is cut, in bytes.
const CUT: usize = 4096;
/// How many different texts there are at most, and how many bytes in all.
const COUNT: usize = 1 << 18;
const BYTES: usize = 64 << 20;

/// Different texts by number.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<Box<str>, u32>,
    bytes: usize,
    fresh: Vec<String>,
}

impl Texts {
    /// The number of a text. Once there is no room, that of a text that says so.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let full = "(too many different texts to show)";
        let text = if self.numbers.len() < COUNT && self.bytes + text.len() <= BYTES {
            text
        } else if let Some(number) = self.numbers.get(full) {
            return *number;
        } else {
            full
        };
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.bytes += text.len();
        self.numbers.insert(text.into(), number);
        self.fresh.push(text.to_owned());
        number
    }

    /// What is new since the last call.
    pub(super) fn take(&mut self) -> Vec<String> {
        core::mem::take(&mut self.fresh)
    }
}

/// A text, cut to its bound.
pub(super) fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(CUT)).unwrap_or_default()
}
