//! The result of classifying: an outcome, the state of every condition, and the basis.

use crate::{
    article::{self, Tier},
    str_enum::words,
};

/// The outcome in one word.
///
/// ```
/// use crypt32_filter::Outcome;
///
/// assert_eq!("benign".parse(), Ok(Outcome::Benign));
/// assert_eq!(Outcome::Review.as_str(), "review");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Not this event. The filter never changes such a record.
    #[default]
    Unrelated,
    /// The event of the article, and no condition failed.
    Benign,
    /// The event of the article by source and id, but a condition failed. Such a record is never
    /// dropped.
    Review,
}

/// Why a benign record is benign, ordered from the strongest basis to the weakest.
///
/// ```
/// use crypt32_filter::Basis;
///
/// assert!(Basis::Listed < Basis::Cause);
/// assert_eq!((Basis::Sibling.as_str(), Basis::Sibling.label()), ("sibling", "KB317541"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// KB2253680 prints this error.
    Listed,
    /// KB317541 prints this error for the same event and cause.
    Sibling,
    /// The error itself says that the server could not be reached, but no article prints it.
    Cause,
}

/// A condition that must hold. Reasons are listed in this order.
///
/// ```
/// use crypt32_filter::Condition;
///
/// assert_eq!(Condition::EventId.as_str(), "event-id");
/// assert!(Condition::Source < Condition::Error);
/// ```
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
    /// The error is a known one that has a [`Basis`].
    Error,
    /// The computer runs XP or Server 2003.
    System,
    /// No field has two different values, and nothing is added.
    Integrity,
    /// The article's first condition: Windows Update is out of reach.
    Unreachable,
    /// The article's second condition: a product that talks to the Security Center.
    SecurityProduct,
    /// The article's symptom: nothing else fails.
    NoFailure,
}

/// The state of a condition.
///
/// ```
/// use crypt32_filter::{Condition, Policy, State, assess};
///
/// let record = br#"{"SourceName":"crypt32","EventID":8,"EventType":"WARNING"}"#;
/// let evidence = assess(record, &Policy::default()).record.evidence;
/// let state = |code| evidence.iter().find(|one| one.code == code).map(|one| one.state);
///
/// assert_eq!(state(Condition::EventId), Some(State::Met));
/// assert_eq!(state(Condition::Log), Some(State::Assumed));
/// assert_eq!(state(Condition::Severity), Some(State::Failed));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// The record shows that the condition holds.
    Met,
    /// The record does not say, and nothing speaks against the condition.
    Assumed,
    /// The record contradicts the condition, or does not show what it must.
    Failed,
}

impl Tier {
    /// The basis of a benign record with such an error; `None` if no such record is benign.
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
    /// The article that excuses a record of this basis, or `inferred`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listed => article::ID,
            Self::Sibling => article::SIBLING_ID,
            Self::Cause => "inferred",
        }
    }
}

impl Condition {
    /// All conditions, in the order of reasons.
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

/// The verdict about one event. It is a plain value and allocates nothing.
///
/// ```
/// use crypt32_filter::{Condition, Outcome, State, Verdict};
///
/// // Every condition is met, but the record names no error that an article explains.
/// let verdict = Verdict::of([State::Met; Condition::ALL.len()], None);
/// assert_eq!((verdict.outcome, verdict.basis), (Outcome::Review, None));
/// assert_eq!(verdict.state(Condition::Url), State::Met);
/// assert_eq!(verdict.reasons().count(), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome in one word.
    pub outcome: Outcome,
    states: [State; 12],
    /// The basis, if the event is benign.
    pub basis: Option<Basis>,
    /// The error that the record names, if it is known.
    pub error: Option<&'static article::Error>,
}

impl Verdict {
    /// The verdict about an event that is no candidate, so that no condition was checked.
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

    /// The state of one condition. It means nothing for an unrelated record.
    pub fn state(&self, condition: Condition) -> State {
        self.states[condition as usize]
    }

    /// The conditions that failed, in the order of [`Condition::ALL`].
    pub fn reasons(&self) -> impl Iterator<Item = Condition> + '_ {
        Condition::ALL.into_iter().filter(|&c| self.state(c) == State::Failed)
    }

    /// Merges the verdict about another event of the same envelope. The result is benign only if
    /// all are, and review if any is. The weakest basis counts; a condition failed if it failed in
    /// any event; the error stays only if all events name the same one.
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
