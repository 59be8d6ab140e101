//! Which values of a record may differ in another one that gets the same verdict, as its reader finds.

use core::ops::Range;

/// How many values of one may differ.
pub(crate) const MOST: usize = 64;

/// Why a value may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wildcard {
    /// Nothing looks at it.
    Ignored,
    /// It is a time.
    Time,
    /// It is a number, of the record for one.
    Counter,
    /// It names the computer.
    Computer,
}

/// A value that may differ: a number, or the text of a string without its quotes.
#[derive(Clone, Debug)]
pub(crate) struct WildcardSpan {
    pub at: Range<usize>,
    pub why: Wildcard,
}

/// The values of one record that may differ, as its reader meets them.
#[derive(Debug, Default)]
pub struct WildcardSpans {
    pub(crate) list: Vec<WildcardSpan>,
    /// The rows of times and computers.
    rows: Vec<u16>,
    /// Something about the record does not allow its verdict to be used for another one.
    pub(crate) refused: bool,
}

impl WildcardSpans {
    /// Notes a value that stands there as written, in their order.
    pub fn add(&mut self, why: Wildcard, at: Range<usize>) {
        if self.list.len() < MOST && self.list.try_reserve(1).is_ok() {
            self.list.push(WildcardSpan { at, why });
        }
    }

    /// Notes that a time or a computer was given under this name. Twice, and it matters whether the
    /// two are the same.
    pub fn given(&mut self, row: u16) {
        if self.rows.contains(&row) || self.rows.try_reserve(1).is_err() {
            self.refused = true;
        } else {
            self.rows.push(row);
        }
    }

    /// The record says its event elsewhere than in members that were noted.
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
