//! Counts how much dropping would save. A record with several events is dropped only if all of them
//! are benign, so a record is counted when the next one begins.

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

/// The savings so far, and the state of the current record.
#[derive(Default)]
pub(super) struct Savings {
    accepted: Sum,
    benign: Sum,
    record: u64,
    length: u64,
    /// Whether all events of the record are benign, and whether all are benign with a basis that
    /// is accepted by default.
    all: [bool; 2],
}

impl Savings {
    pub(super) fn see(&mut self, found: &Found<'_>, verdict: &Verdict) {
        if found.event == 1 || found.record != self.record {
            self.end_record();
            (self.record, self.length, self.all) = (found.record, found.length, [true; 2]);
        }
        let benign = verdict.outcome == Outcome::Benign;
        self.all[0] &= benign;
        self.all[1] &= benign && verdict.basis != Some(Basis::Cause);
    }

    /// Counts the current record.
    pub(super) fn end_record(&mut self) {
        let all = core::mem::take(&mut self.all);
        for (sum, all) in [&mut self.benign, &mut self.accepted].into_iter().zip(all) {
            if all {
                sum.records += 1;
                sum.bytes += self.length;
            }
        }
    }

    pub(super) fn numbers(&self) -> [u64; 4] {
        let Self { accepted, benign, .. } = self;
        [accepted.records, accepted.bytes, benign.records, benign.bytes]
    }
}
