//! The adapter for messages of a stream engine: one record per message, a tag in its body, and
//! marks in its metadata or headers.

use crypt32_filter::{
    article,
    engine::{
        decide::{Context, Engine, Judgement, Marks},
        ledger::Ledger,
    },
    policy::{Action, Policy},
    record::without_line_end,
};

/// The names of the metadata or headers with the marks of a message. A pipeline drops by them, so
/// it must not trust what a sender wrote: existing values are removed before anything else.
pub const NAMES: [&str; 3] = ["kb_verdict", "kb_id", "kb_basis"];

/// The names and values of the marks.
pub type Named = [Option<(&'static str, &'static str)>; 3];

/// Judges messages.
#[derive(Debug)]
pub struct Messages {
    engine: Engine,
    /// The ledger is never shown, because an engine discards instances at any time, so it would be
    /// incomplete.
    ledger: Ledger,
}

impl Messages {
    /// Creates a judge with this action and the default policy.
    pub fn new(action: Action) -> Self {
        let policy = Policy { action, ..Policy::default() };
        Self { engine: Engine::in_little_memory(policy), ledger: Ledger::bounded(0) }
    }

    /// Decides about a message. A message that cannot be read for lack of memory passes.
    pub fn decide(&mut self, message: &[u8]) -> Judgement<'_> {
        // A message may contain a line end, while a line of a file does not.
        self.engine.decide(without_line_end(message), Context::default(), &mut self.ledger)
    }
}

/// Converts marks to names and values.
pub fn named(marks: Option<Marks>) -> Named {
    let [verdict, id, basis] = NAMES;
    let Some(marks) = marks else { return Named::default() };
    [
        Some((verdict, marks.verdict.as_str())),
        Some((id, article::ID)),
        marks.basis.map(|value| (basis, value.as_str())),
    ]
}
