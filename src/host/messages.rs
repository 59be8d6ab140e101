//! The messages of a stream engine: a record each, a tag in its body, and marks beside it.

use crate::{
    article,
    host::room,
    judge::{Decision, Judge, Marks},
    ledger::Ledger,
    policy::{Action, Policy},
    reader::without_line_end,
    scan,
    tag::Insertions,
    verdict::Outcome,
};

/// The name under which metadata or a header says the verdict; `kb_id` and `kb_basis` go with it.
pub const VERDICT: &str = "kb_verdict";

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
            && scan::find(record, 0).is_some()
            && room::is_there(record.len());
        if !read {
            return (Decision::Pass, None);
        }
        (self.judge.judge(record, false), self.judge.marks())
    }

    /// What [`Decision::Tag`] is to insert.
    pub fn insertions(&self) -> &Insertions {
        &self.judge.insertions
    }
}

/// Marks as names and values. A message that is `marked` but has no marks was marked by somebody
/// else; who drops by marks must not believe that, so its verdict becomes the true one.
pub fn named(marks: Option<Marks>, marked: bool) -> Named {
    match marks {
        Some(Marks { verdict, basis }) => [
            Some((VERDICT, verdict.as_str())),
            Some(("kb_id", article::ID)),
            basis.map(|basis| ("kb_basis", basis.as_str())),
        ],
        None => [marked.then_some((VERDICT, Outcome::Unrelated.as_str())), None, None],
    }
}
