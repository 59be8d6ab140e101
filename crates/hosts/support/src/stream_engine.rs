//! The messages of a stream engine: a record each, a tag in its body, and marks beside it.

use crypt32_filter::{
    article,
    engine::{
        decide::{Context, Engine, Judgement, Marks},
        ledger::Ledger,
    },
    policy::{Action, Policy},
    record::without_line_end,
};

/// The names under which metadata or headers say what is known about a message. Who drops by them must
/// not believe what a sender wrote, so what is there goes before anything else is done.
pub const NAMES: [&str; 3] = ["kb_verdict", "kb_id", "kb_basis"];

/// Names and values to mark a message with.
pub type Named = [Option<(&'static str, &'static str)>; 3];

/// Judges messages.
#[derive(Debug)]
pub struct Messages {
    engine: Engine,
    /// Not shown: an engine drops instances as it likes, so that an account would be none.
    ledger: Ledger,
}

impl Messages {
    /// With this action, and otherwise the defaults.
    pub fn new(action: Action) -> Self {
        let policy = Policy { action, ..Policy::default() };
        Self { engine: Engine::in_little_memory(policy), ledger: Ledger::bounded(0) }
    }

    /// Decides about a message. What cannot be read for lack of memory passes.
    pub fn decide(&mut self, message: &[u8]) -> Judgement<'_> {
        // A message may hold a line end; a line of a file does not.
        self.engine.decide(without_line_end(message), Context::default(), &mut self.ledger)
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
