//! Fluent Bit's `filter_wasm`: one function call per record, JSON in, JSON out.
//!
//! Fluent Bit keeps a record if its own pointer is returned, drops it on an empty string, and
//! replaces it with any other result. It loses a record on a trap, on null and on invalid JSON, so
//! a module never returns these. No option reaches a module, so each function has its own policy.
//!
//! Sources: `src/wasm/flb_wasm.c` and `plugins/filter_wasm/filter_wasm.c` of Fluent Bit 5.1.1.

use crypt32_filter::{
    engine::{
        cache::VerdictCache,
        decide::{Context, Decision, Engine},
        ledger::Ledger,
        preflight,
    },
    policy::{Accept, Action, Policy},
    prefilter,
    verdict::Basis,
};
use crypt32_host::edits;

#[cfg(target_arch = "wasm32")]
mod abi;
mod ledger_record;

use ledger_record::Notices;

/// The maximum size of a function's ledger, in bytes.
const LEDGER: usize = 64 << 10;

/// The maximum length of a record that is searched, in bytes. The engine has the same limit, and
/// counts longer records.
const LARGEST: usize = 1 << 20;

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
    /// All functions.
    pub const ALL: [Self; 6] = [
        Self::Observe,
        Self::Tag,
        Self::Drop,
        Self::DropCause,
        Self::DropLedger,
        Self::DropCauseLedger,
    ];

    /// The name for `Function_Name`.
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

    /// The policy of the function.
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
        Policy { action, accept, max_record: LARGEST, ..Policy::default() }
    }

    fn has_notices(self) -> bool {
        matches!(self, Self::DropLedger | Self::DropCauseLedger)
    }
}

/// The answer for a record.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// The record stays unchanged.
    Unchanged,
    /// The record is dropped.
    Nothing,
    /// This JSON object replaces the record. It ends with a NUL.
    Instead(&'a [u8]),
}

/// The state that a module keeps between calls. A host may call any function.
#[derive(Debug, Default)]
pub struct Functions {
    passed: [Passed; Function::ALL.len()],
    each: [Option<State>; Function::ALL.len()],
    /// The cache for all functions, because a verdict does not depend on the policy's action.
    repeats: Option<Box<VerdictCache>>,
    out: Vec<u8>,
}

/// The number and the bytes of the records without a candidate. They are added to the ledger later,
/// because every counter costs time in an interpreter.
#[derive(Clone, Copy, Debug, Default)]
struct Passed {
    records: u64,
    bytes: u64,
}

/// The state of one function.
#[derive(Debug)]
struct State {
    engine: Engine,
    ledger: Ledger,
    notices: Notices,
}

impl Functions {
    /// Creates the state before any call.
    pub const fn new() -> Self {
        Self {
            passed: [const { Passed { records: 0, bytes: 0 } }; Function::ALL.len()],
            each: [const { None }; Function::ALL.len()],
            repeats: None,
            out: Vec::new(),
        }
    }

    /// Judges a record of this time, in seconds since 1970.
    pub fn call(&mut self, function: Function, seconds: u32, record: &[u8]) -> Answer<'_> {
        if self.passes(function, record) {
            return Answer::Unchanged;
        }
        self.candidate(function, seconds, record)
    }

    /// Whether a record passes because the prefilter finds no candidate. Counts such a record.
    #[allow(clippy::inline_always)] // See `abi::call`.
    #[inline(always)]
    fn passes(&mut self, function: Function, record: &[u8]) -> bool {
        if record.len() > LARGEST || prefilter::may_contain_candidate(record) {
            return false;
        }
        let passed = &mut self.passed[function as usize];
        passed.records += 1;
        passed.bytes += record.len() as u64;
        true
    }

    /// Judges a record that mentions a candidate.
    #[inline(never)]
    fn candidate(&mut self, function: Function, seconds: u32, record: &[u8]) -> Answer<'_> {
        let state = &mut self.each[function as usize];
        if state.is_none() && !preflight::can_reserve(0) {
            return Answer::Unchanged;
        }
        let repeats = self.repeats.get_or_insert_default();
        repeats.reserve();
        let State { engine, ledger, notices } = state.get_or_insert_with(|| State {
            engine: Engine::in_little_memory(function.policy()),
            ledger: Ledger::bounded(LEDGER),
            notices: Notices::default(),
        });
        let Passed { records, bytes } = core::mem::take(&mut self.passed[function as usize]);
        ledger.count_passed(records, bytes);
        ledger.take_in(record.len());
        let context = Context { mentions: true, ..Context::default() };
        engine.exchange(repeats);
        let judgement = engine.decide(record, context, ledger);
        let edits = judgement.edits;
        let answer = match judgement.decision {
            Decision::Pass => Answer::Unchanged,
            Decision::Drop if !function.has_notices() || !notices.due(seconds) => Answer::Nothing,
            Decision::Drop if ledger_record::write(&mut self.out, ledger) => {
                Answer::Instead(&self.out)
            }
            Decision::Drop => Answer::Nothing,
            Decision::Tag => {
                self.out.clear();
                if edits::splice(&mut self.out, record, &edits).is_some() {
                    self.out.push(0);
                    ledger.give_out(edits.len());
                    Answer::Instead(&self.out)
                } else {
                    ledger.take_tag_back(edits.len());
                    Answer::Unchanged
                }
            }
        };
        if judgement.decision != Decision::Drop {
            ledger.give_out(record.len());
        }
        engine.exchange(repeats);
        answer
    }
}
