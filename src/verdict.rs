//! What the classifier answers: an outcome, the state of every condition, and why.

use crate::{
    article::{self, Tier},
    str_enum::words,
};

/// The answer in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Not this event. Never touched.
    #[default]
    Unrelated,
    /// The event of the article, with no condition failed.
    Benign,
    /// The event of the article by source and id, but some condition failed. Never dropped.
    Review,
}

/// Why a benign record is benign. Ordered from the strongest to the weakest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// KB2253680 prints this error.
    Listed,
    /// KB317541 prints this error for the same event and cause.
    Sibling,
    /// The error itself says that the server could not be reached; no article prints it.
    Cause,
}

/// One thing that must hold, in the order in which reasons are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Condition {
    /// Every source field is `crypt32`.
    Source,
    /// Every id field is 8, with the right high word.
    EventId,
    /// The level is Error.
    Severity,
    /// The log is Application or `ForwardedEvents`.
    Log,
    /// The whole message fits the grammar.
    Message,
    /// The URL is the known one.
    Url,
    /// The error is of tier A, B or C.
    Error,
    /// The computer runs XP or Server 2003.
    System,
    /// Nothing is said twice with different values, and nothing is added.
    Integrity,
    /// The article's first condition: Windows Update is out of reach.
    Unreachable,
    /// The article's second condition: a product that talks to the Security Center.
    SecurityProduct,
    /// The article's symptom: nothing else fails.
    NoFailure,
}

/// How a condition stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The record shows it.
    Met,
    /// The record does not say; nothing speaks against it.
    Assumed,
    /// The record contradicts it, or does not show what it must.
    Failed,
}

impl Tier {
    /// Why a record with such an error is benign; `None` where it is not.
    pub const fn basis(self) -> Option<Basis> {
        match self {
            Self::PrintedByKb => Some(Basis::Listed),
            Self::PrintedBySibling => Some(Basis::Sibling),
            Self::Unreachable => Some(Basis::Cause),
            Self::ServerAnswered | Self::Other => None,
        }
    }
}

impl Basis {
    /// The article that excuses a record of this basis.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listed => article::ID,
            Self::Sibling => article::SIBLING_ID,
            Self::Cause => "inferred",
        }
    }
}

impl Condition {
    /// All of them, in the order in which reasons are listed.
    pub const ALL: [Self; 12] = [
        Self::Source,
        Self::EventId,
        Self::Severity,
        Self::Log,
        Self::Message,
        Self::Url,
        Self::Error,
        Self::System,
        Self::Integrity,
        Self::Unreachable,
        Self::SecurityProduct,
        Self::NoFailure,
    ];
}

/// The answer about one event. A plain value: nothing is allocated for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The answer in one word.
    pub outcome: Outcome,
    states: [State; 12],
    /// Why it is benign; `None` unless it is.
    pub basis: Option<Basis>,
    /// The error that the record names, where it is a known one.
    pub error: Option<&'static article::Error>,
}

impl Verdict {
    /// No candidate: nothing was looked at.
    pub const UNRELATED: Self = Self {
        outcome: Outcome::Unrelated,
        states: [State::Assumed; 12],
        basis: None,
        error: None,
    };

    /// The verdict that follows from the states of all conditions.
    pub fn of(states: [State; 12], error: Option<&'static article::Error>) -> Self {
        let basis = error.and_then(|error| error.tier.basis());
        match basis {
            Some(basis) if !states.contains(&State::Failed) => {
                Self { outcome: Outcome::Benign, states, basis: Some(basis), error }
            }
            _ => Self { outcome: Outcome::Review, states, basis: None, error },
        }
    }

    /// How one condition stands. Meaningless for an unrelated record.
    pub fn state(&self, condition: Condition) -> State {
        self.states[condition as usize]
    }

    /// The conditions that failed, in the order of [`Condition::ALL`].
    pub fn reasons(&self) -> impl Iterator<Item = Condition> + '_ {
        Condition::ALL.into_iter().filter(|&c| self.state(c) == State::Failed)
    }

    /// The verdict about an envelope, folded from the verdicts about its events: benign only if
    /// all are, review if any is. The weakest basis stands for all; a condition failed if it
    /// failed anywhere; the error is kept only where all name the same one.
    pub fn merge(&mut self, other: &Self) {
        use Outcome::{Benign, Review, Unrelated};
        let outcome = match (self.outcome, other.outcome) {
            (Review, _) | (_, Review) => Review,
            (Benign, Benign) => Benign,
            _ => Unrelated,
        };
        if self.outcome == Unrelated {
            self.states = other.states;
            self.error = other.error;
        } else if other.outcome != Unrelated {
            for (mine, theirs) in self.states.iter_mut().zip(other.states) {
                if theirs == State::Failed || (theirs == State::Assumed && *mine == State::Met) {
                    *mine = theirs;
                }
            }
            if self.error != other.error {
                self.error = None;
            }
        }
        self.basis = if outcome == Benign { self.basis.max(other.basis) } else { None };
        self.outcome = outcome;
    }
}

words!(Outcome: Unrelated = "unrelated", Benign = "benign", Review = "review");
words!(Basis: Listed = "listed", Sibling = "sibling", Cause = "cause");
words!(State: Met = "met", Assumed = "assumed", Failed = "failed");
words!(Condition:
    Source = "source",
    EventId = "event-id",
    Severity = "severity",
    Log = "log",
    Message = "message",
    Url = "url",
    Error = "error",
    System = "system",
    Integrity = "integrity",
    Unreachable = "unreachable",
    SecurityProduct = "security-product",
    NoFailure = "no-failure",
);
