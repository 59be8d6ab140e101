//! Fluent Bit's `filter_wasm`: a function call a record, JSON in, JSON out.
//!
//! Fluent Bit keeps a record by getting its own pointer back, drops it on an empty string and
//! replaces it by what else is returned. It loses a record on a trap, on null and on invalid JSON,
//! so there is none of these. No option reaches a module: each function has its policy.
//!
//! Sources: `src/wasm/flb_wasm.c` and `plugins/filter_wasm/filter_wasm.c` of Fluent Bit 5.1.1.

use crate::{
    host::room,
    judge::{Decision, Judge},
    ledger::Ledger,
    policy::{Accept, Action, Policy},
    scan,
    verdict::Basis,
};

#[cfg(target_arch = "wasm32")]
mod abi;
mod notice;

use notice::Notices;

/// How many bytes the ledger of a function may take.
const LEDGER: usize = 64 << 10;

/// The exported functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `crypt32_observe`
    Observe,
    /// `crypt32_tag`
    Tag,
    /// `crypt32_drop`
    Drop,
    /// `crypt32_drop_cause`
    DropCause,
    /// `crypt32_drop_ledger`
    DropLedger,
    /// `crypt32_drop_cause_ledger`
    DropCauseLedger,
}

impl Function {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Observe,
        Self::Tag,
        Self::Drop,
        Self::DropCause,
        Self::DropLedger,
        Self::DropCauseLedger,
    ];

    /// The name that `Function_Name` is set to.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observe => "crypt32_observe",
            Self::Tag => "crypt32_tag",
            Self::Drop => "crypt32_drop",
            Self::DropCause => "crypt32_drop_cause",
            Self::DropLedger => "crypt32_drop_ledger",
            Self::DropCauseLedger => "crypt32_drop_cause_ledger",
        }
    }

    /// What it does with verdicts.
    pub fn policy(self) -> Policy {
        let action = match self {
            Self::Observe => Action::Observe,
            Self::Tag => Action::Tag,
            _ => Action::Drop,
        };
        let accept = match self {
            Self::DropCause | Self::DropCauseLedger => {
                [Basis::Listed, Basis::Sibling, Basis::Cause].into_iter().collect()
            }
            _ => Accept::default(),
        };
        Policy { action, accept, ..Policy::default() }
    }

    fn has_notices(self) -> bool {
        matches!(self, Self::DropLedger | Self::DropCauseLedger)
    }
}

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It stays as it is.
    Unchanged,
    /// It goes.
    Nothing,
    /// This takes its place: a JSON object, and a NUL behind it.
    Instead(&'a [u8]),
}

/// What a module keeps between calls: a host may call any of its functions.
#[derive(Debug, Default)]
pub struct Functions {
    judges: [Option<Judge>; Function::ALL.len()],
    notices: Notices,
    out: Vec<u8>,
}

impl Functions {
    /// With nothing called yet.
    pub const fn new() -> Self {
        Self {
            judges: [const { None }; Function::ALL.len()],
            notices: Notices::new(),
            out: Vec::new(),
        }
    }

    /// The account of one function.
    pub fn ledger(&self, function: Function) -> Option<&Ledger> {
        self.judges[function as usize].as_ref().map(|judge| &judge.ledger)
    }

    /// What becomes of a record of this time (seconds since 1970).
    pub fn call(&mut self, function: Function, seconds: u32, record: &[u8]) -> Answer<'_> {
        let judge = match &mut self.judges[function as usize] {
            Some(judge) => judge,
            empty => {
                if !room::is_there(0) {
                    return Answer::Unchanged;
                }
                empty.insert(Judge::new(function.policy(), Ledger::bounded(LEDGER)))
            }
        };
        let length = record.len() as u64;
        judge.ledger.records += 1;
        judge.ledger.bytes_in += length;
        let decision = if record.len() > judge.policy().max_record {
            judge.ledger.oversized += 1;
            Decision::Pass
        } else if !scan::mentions(record) {
            judge.pass()
        } else if room::is_there(record.len()) {
            judge.judge(record, false)
        } else {
            // Not too long for the policy, but for the memory that is left.
            judge.ledger.oversized += 1;
            Decision::Pass
        };
        match decision {
            Decision::Pass => {}
            Decision::Drop => {
                judge.count_dropped(record.len());
                if function.has_notices()
                    && self.notices.due(seconds)
                    && notice::write(&mut self.out, &judge.ledger)
                {
                    return Answer::Instead(&self.out);
                }
                return Answer::Nothing;
            }
            Decision::Tag(object) => {
                if let Some(inserted) = splice(&mut self.out, record, object, judge) {
                    judge.ledger.tagged += 1;
                    judge.ledger.bytes_out += length + inserted;
                    judge.ledger.bytes_inserted += inserted;
                    return Answer::Instead(&self.out);
                }
                judge.ledger.untagged += 1;
            }
        }
        judge.ledger.bytes_out += length;
        Answer::Unchanged
    }
}

/// Writes the record with its insertions and a NUL, and gives how many bytes were inserted. `None`
/// if memory ran out.
fn splice(out: &mut Vec<u8>, record: &[u8], object: usize, judge: &Judge) -> Option<u64> {
    let inserted: usize = judge.insertions.iter().map(|(_, text)| text.len()).sum();
    out.clear();
    out.try_reserve(record.len() + inserted + 1).ok()?;
    let mut from = 0;
    for (offset, text) in judge.insertions.iter() {
        let to = object + offset;
        out.extend_from_slice(record.get(from..to)?);
        out.extend_from_slice(text.as_bytes());
        from = to;
    }
    out.extend_from_slice(record.get(from..)?);
    out.push(0);
    Some(inserted as u64)
}
