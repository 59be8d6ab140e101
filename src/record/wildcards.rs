//! The byte ranges of a record that may vary between records with the same verdict, as the reader
//! finds them.

use core::ops::Range;

/// The maximum number of ranges per record.
pub(crate) const MOST: usize = 64;

/// Why a value may vary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcard {
    /// No reader and no condition uses the value.
    Ignored,
    /// The value is a time.
    Time,
    /// The value is a number, for example the record number.
    Counter,
    /// The value names the computer.
    Computer,
}

/// The span of a value that may vary: a number, or a string without its quotes.
#[derive(Clone, Debug)]
pub(crate) struct WildcardSpan {
    pub at: Range<usize>,
    pub why: Wildcard,
}

/// The values of one record that may vary, collected while it is read.
#[derive(Debug, Default)]
pub struct WildcardSpans {
    pub(crate) list: Vec<WildcardSpan>,
    /// The rows of the names that gave a time or a computer.
    rows: Vec<u16>,
    /// The verdict of this record must not be reused for another one.
    pub(crate) refused: bool,
}

impl WildcardSpans {
    /// Adds the span of a value. Calls must be in the order of the record.
    pub fn add(&mut self, why: Wildcard, at: Range<usize>) {
        if self.list.len() < MOST && self.list.try_reserve(1).is_ok() {
            self.list.push(WildcardSpan { at, why });
        }
    }

    /// Records that this name gave a time or a computer. A second value refuses the record, because
    /// it matters whether the two are equal.
    pub fn given(&mut self, row: u16) {
        if self.rows.contains(&row) || self.rows.try_reserve(1).is_err() {
            self.refused = true;
        } else {
            self.rows.push(row);
        }
    }

    /// Refuses the record: its event also comes from something other than the recorded members.
    pub fn refuse(&mut self) {
        self.refused = true;
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
        self.rows.clear();
        self.refused = false;
    }

    pub(crate) fn starting(&self, at: usize) -> Option<usize> {
        self.list.iter().position(|slot| slot.at.start == at)
    }
}
