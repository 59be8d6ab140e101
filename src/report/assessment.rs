//! The assessment of one event: the verdict with its evidence, as `classify` prints it.

use std::borrow::Cow;

use serde::Serialize;

use crate::{
    classify::{
        Evidence, classify, evidence,
        related::{Related, related},
    },
    engine::unjudged::{Known, may_hide_event, told},
    event::Event,
    policy::Policy,
    record::{self, Reading},
    time::{DateOrder, Moment, Time},
    verdict::{Basis, Condition, Outcome, Verdict},
};

/// One event with the verdict about it.
///
/// ```
/// use crypt32_filter::{Assessment, Event, Policy};
///
/// let about = Assessment::of(&Event::nothing(""), &Policy::default(), None);
/// assert_eq!(serde_json::to_value(about).unwrap()["verdict"], "unrelated");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// The outcome in one word.
    pub verdict: Outcome,
    /// The basis, if the event is benign.
    pub basis: Option<Basis>,
    /// The conditions that failed.
    pub reasons: Vec<Condition>,
    /// The evidence for every condition. It is empty for an unrelated event.
    pub evidence: Vec<Evidence>,
    /// The code of the error, if the error is known and has one.
    pub error: Option<u32>,
    /// The error as an `HRESULT`.
    pub hresult: Option<String>,
    /// The computer that wrote the event.
    pub computer: Option<String>,
    /// The time, which displays as RFC 3339, with a zone only if the record gives one.
    pub time: Option<Moment>,
    /// The shape of the record.
    pub shape: Option<Cow<'static, str>>,
    /// The related event that this event is, if any.
    pub related: Option<Related>,
    /// Whether the event was found outside the list of its log, because the record was deleted or
    /// follows a damaged part.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub carved: bool,
}

impl Assessment {
    /// Classifies an event and collects its assessment.
    pub fn of(event: &Event<'_>, policy: &Policy, order: Option<DateOrder>) -> Self {
        let time = event.time().and_then(Time::parse).and_then(|time| time.resolve(order));
        Self { time, ..Self::about(event, policy, &classify(event, policy)) }
    }

    /// Like [`Self::of`], but without the time, for an event whose verdict is known.
    pub fn about(event: &Event<'_>, policy: &Policy, verdict: &Verdict) -> Self {
        Self {
            evidence: evidence(event, policy, verdict),
            computer: event.computer().map(str::to_owned),
            shape: Some(event.shape.into()).filter(|shape: &Cow<'_, str>| !shape.is_empty()),
            related: related(event),
            ..Self::verdict(verdict)
        }
    }

    /// The part of an assessment that follows from the verdict alone.
    fn verdict(verdict: &Verdict) -> Self {
        let candidate = verdict.outcome != Outcome::Unrelated;
        let error = verdict.error.filter(|_| candidate);
        Self {
            verdict: verdict.outcome,
            basis: verdict.basis,
            reasons: if candidate { verdict.reasons().collect() } else { Vec::new() },
            evidence: Vec::new(),
            error: error.and_then(|error| error.code),
            hresult: error.map(|error| format!("0x{:08X}", error.hresult)),
            computer: None,
            time: None,
            shape: None,
            related: None,
            carved: false,
        }
    }
}

/// The assessment of one record: that of its event or, for an envelope, the filter's verdict about
/// the whole envelope and the assessment of each event.
///
/// ```
/// use crypt32_filter::{Outcome, Policy, assess};
///
/// let record = br#"[{"SourceName":"crypt32","EventID":8},{"SourceName":"crypt32","EventID":7}]"#;
/// let about = assess(record, &Policy::default());
/// let verdicts: Vec<_> = about.events.iter().map(|event| event.verdict).collect();
///
/// assert_eq!(about.record.verdict, Outcome::Review);
/// assert_eq!(verdicts, [Outcome::Review, Outcome::Unrelated]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecordAssessment {
    /// The assessment of the record.
    #[serde(flatten)]
    pub record: Assessment,
    /// The assessments of the events in an envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Assessment>,
    /// Whether the record mentions the event but was not read, so that nothing is known about it:
    /// it is broken, has an unknown shape, or is not a single record of text.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub unjudged: bool,
}

/// Classifies one whole record. A byte order mark before it does not count.
///
/// ```
/// use crypt32_filter::{Outcome, Policy, assess};
///
/// let record = r#"{"SourceName":"crypt32","EventID":8,"Message":"something else"}"#;
/// let about = assess(record.as_bytes(), &Policy::default());
///
/// assert_eq!(about.record.verdict, Outcome::Review);
/// assert_eq!(about.record.reasons.first().map(|reason| reason.as_str()), Some("message"));
/// ```
pub fn assess(record: &[u8], policy: &Policy) -> RecordAssessment {
    let record = record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record);
    let mut findings = Vec::new();
    let mut whole: Option<Verdict> = None;
    let known = Known::default();
    let mut emit = |event: &Event<'_>| {
        let verdict = classify(event, policy);
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
        known.add(told(event, &verdict));
        findings.push(Assessment::of(event, policy, None));
    };
    if record::read(record, &policy.key, &mut emit) == Reading::Broken
        && let Ok(text) = core::str::from_utf8(record)
    {
        // For the filter, a JSON array of records is not a record, but a person may ask about it.
        let _ = record::read_array(text.trim(), &mut emit);
    }
    let unjudged = known.is_open() && may_hide_event(record);
    let first = if findings.len() == 1 { findings.pop() } else { None };
    let record = first.unwrap_or_else(|| Assessment::verdict(&whole.unwrap_or(Verdict::UNRELATED)));
    RecordAssessment { record, events: findings, unjudged }
}
