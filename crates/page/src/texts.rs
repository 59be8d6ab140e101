//! Interned texts of the rows, with a limit on their total size.

use std::collections::HashMap;

/// The length at which a text is cut, in bytes.
const CUT: usize = 4096;
/// The maximum number of different texts, and the maximum of their bytes together.
const COUNT: usize = 1 << 18;
const BYTES: usize = 64 << 20;

/// The different texts, and their numbers.
#[derive(Default)]
pub(super) struct Texts {
    numbers: HashMap<Box<str>, u32>,
    bytes: usize,
    fresh: Vec<String>,
}

impl Texts {
    /// Returns the number of a text. When the limit is reached, a new text gets the number of a
    /// text that says so.
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

    /// Returns the new texts since the last call.
    pub(super) fn take(&mut self) -> Vec<String> {
        core::mem::take(&mut self.fresh)
    }
}

/// Returns a text, cut to the maximum length.
pub(super) fn shown(text: &str) -> &str {
    text.get(..text.floor_char_boundary(CUT)).unwrap_or_default()
}
