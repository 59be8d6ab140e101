//! Counts how much dropping would save. The filter drops a line only if all events on it are benign,
//! so a line is counted when the next one begins. It passes records that are not lines: those of
//! binary logs, those of several lines, and rows below a heading.

use crypt32_filter::{
    logs::stream::Found,
    verdict::{Basis, Outcome, Verdict},
};

/// A number of records, and of their bytes.
#[derive(Clone, Copy, Default)]
struct Sum {
    records: u64,
    bytes: u64,
}

/// The savings so far, and the state of the current line.
#[derive(Default)]
pub(super) struct Savings {
    accepted: Sum,
    benign: Sum,
    /// The benign records that are not lines.
    passed: u64,
    line: Option<u64>,
    length: u64,
    /// Whether all events of the line are benign, and whether all are benign with a basis that is
    /// accepted by default.
    all: [bool; 2],
}

impl Savings {
    pub(super) fn see(&mut self, found: &Found<'_>, verdict: &Verdict) {
        let benign = verdict.outcome == Outcome::Benign;
        if !found.is_line {
            self.passed += u64::from(benign);
            return;
        }
        if found.line != self.line {
            self.end_line();
            (self.line, self.all) = (found.line, [true; 2]);
        }
        self.length = found.length;
        self.all[0] &= benign;
        self.all[1] &= benign && verdict.basis != Some(Basis::Cause);
    }

    /// Counts the current line.
    pub(super) fn end_line(&mut self) {
        self.line = None;
        let all = core::mem::take(&mut self.all);
        for (sum, all) in [&mut self.benign, &mut self.accepted].into_iter().zip(all) {
            if all {
                sum.records += 1;
                sum.bytes += self.length;
            }
        }
    }

    pub(super) fn numbers(&self) -> [u64; 5] {
        let Self { accepted, benign, passed, .. } = self;
        [accepted.records, accepted.bytes, benign.records, benign.bytes, *passed]
    }
}
