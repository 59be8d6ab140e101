//! The messages of a stream engine: a record each, a tag in its body, and marks beside it.

use crypt32_filter::{
    article,
    engine::{
        judge::{Decision, Judge, Marks},
        ledger::Ledger,
        tag::Edits,
    },
    policy::{Action, Policy},
    prefilter,
    record::without_line_end,
};

use crate::preflight;

/// The names under which metadata or headers say what is known about a message. Who drops by them must
/// not believe what a sender wrote, so what is there goes before anything else is done.
pub const NAMES: [&str; 3] = ["kb_verdict", "kb_id", "kb_basis"];

/// Names and values to mark a message with.
pub type Named = [Option<(&'static str, &'static str)>; 3];

/// Judges messages.
#[derive(Debug)]
pub struct Messages {
    judge: Judge,
}

impl Messages {
    /// With this action, and otherwise the defaults.
    pub fn new(action: Action) -> Self {
        let policy = Policy { action, ..Policy::default() };
        // An engine drops instances as it likes, so that an account would be none.
        Self { judge: Judge::new(policy, Ledger::bounded(0)) }
    }

    /// Decides about a message. What cannot be read for lack of memory passes.
    pub fn judge(&mut self, message: &[u8]) -> (Decision, Option<Marks>) {
        // A message may hold a line end; a line of a file does not.
        let record = without_line_end(message);
        let read = record.len() <= self.judge.policy().max_record
            && prefilter::find(record, 0).is_some()
            && preflight::can_reserve(record.len());
        if !read {
            return (Decision::Pass, None);
        }
        (self.judge.judge(record, false), self.judge.marks())
    }

    /// What [`Decision::Tag`] is to insert.
    pub fn insertions(&self) -> &Edits {
        &self.judge.insertions
    }
}

/// Marks as names and values.
pub fn named(marks: Option<Marks>) -> Named {
    let [verdict, id, basis] = NAMES;
    let Some(marks) = marks else { return Named::default() };
    [
        Some((verdict, marks.verdict.as_str())),
        Some((id, article::ID)),
        marks.basis.map(|value| (basis, value.as_str())),
    ]
}
