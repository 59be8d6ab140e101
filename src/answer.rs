//! The answer about one record as `classify` gives it on every surface: as JSON.

use serde::Serialize;

use crate::{
    classify::{Evidence, classify, evidence},
    event::Event,
    policy::Policy,
    reader,
    related::{Related, related},
    time::{DateOrder, Moment, Time},
    verdict::{Basis, Condition, Outcome, Verdict},
};

/// The answer about one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The answer in one word.
    pub verdict: Outcome,
    /// Why it is benign, where it is.
    pub basis: Option<Basis>,
    /// The conditions that failed.
    pub reasons: Vec<Condition>,
    /// Every condition; empty for an unrelated event.
    pub evidence: Vec<Evidence>,
    /// The code of the error, where it is a known one that has a code.
    pub error: Option<u32>,
    /// The same error as an `HRESULT`.
    pub hresult: Option<String>,
    /// The computer that wrote the event.
    pub computer: Option<String>,
    /// When; `None` where the year or the order of day and month is not known.
    pub time: Option<Moment>,
    /// How the record spells its event; `None` where no shape was recognised.
    pub shape: Option<&'static str>,
    /// The event of the same family that it is.
    pub related: Option<Related>,
}

impl Answer {
    /// The answer about an event; `order` is that of day and month, where something says it.
    pub fn about(event: &Event<'_>, policy: &Policy, order: Option<DateOrder>) -> Self {
        let verdict = classify(event, policy);
        let time = event.time().and_then(Time::parse);
        Self {
            evidence: evidence(event, policy, &verdict),
            computer: event.computer().map(str::to_owned),
            time: time.and_then(|time| time.resolve(order)),
            shape: Some(event.shape).filter(|shape| !shape.is_empty()),
            related: related(event),
            ..Self::of(&verdict)
        }
    }

    /// What a verdict says by itself.
    fn of(verdict: &Verdict) -> Self {
        let review = verdict.outcome == Outcome::Review;
        Self {
            verdict: verdict.outcome,
            basis: verdict.basis,
            reasons: verdict.reasons().filter(|_| review).collect(),
            evidence: Vec::new(),
            error: verdict.error.and_then(|error| error.code),
            hresult: verdict.error.map(|error| format!("{:#010X}", error.hresult)),
            computer: None,
            time: None,
            shape: None,
            related: None,
        }
    }
}

/// The answer about a record: the one that the filter acts on and, for an envelope, those about
/// the events in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordAnswer {
    /// About the whole record. Where there is one event, about that.
    #[serde(flatten)]
    pub whole: Answer,
    /// About each event of an envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Answer>,
}

/// The answer about a record. What no reader knows is unrelated.
pub fn answer(record: &[u8], policy: &Policy) -> RecordAnswer {
    let mut whole: Option<Verdict> = None;
    let mut events = Vec::new();
    reader::read(record, &policy.key, &mut |event| {
        let verdict = classify(event, policy);
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
        events.push(Answer::about(event, policy, None));
    });
    match (events.len(), events.pop(), whole) {
        (1, Some(whole), _) => RecordAnswer { whole, events: Vec::new() },
        (_, Some(last), Some(whole)) => {
            events.push(last);
            RecordAnswer { whole: Answer::of(&whole), events }
        }
        _ => RecordAnswer { whole: Answer::of(&Verdict::UNRELATED), events },
    }
}
