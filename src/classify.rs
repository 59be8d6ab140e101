//! Turns an event into a verdict. The function is pure and total: the same event gives the same
//! verdict, there is no clock and no panic, and an unrelated record costs no allocation.
//!
//! Every value that the record gives for a field counts, not only the first one. A record that says
//! `crypt32` in one place and something else in another gets the verdict review.

mod candidate;
mod integer;
mod level;
pub mod related;
mod system;

use serde::Serialize;

use candidate::Facts;
pub(crate) use integer::integer;

use crate::{
    article::{Error, Tier},
    event::{Event, Strings},
    message,
    policy::Policy,
    verdict::{Condition, Outcome, State, Verdict},
};

/// The verdict about one event.
///
/// ```
/// use crypt32_filter::{Event, Outcome, Policy, classify};
///
/// let event = Event::nothing("");
/// assert_eq!(classify(&event, &Policy::default()).outcome, Outcome::Unrelated);
/// ```
pub fn classify(event: &Event<'_>, policy: &Policy) -> Verdict {
    let Some(facts) = Facts::of_candidate(event, policy) else {
        return Verdict::UNRELATED;
    };
    let error = facts.error();
    let states = Condition::ALL.map(|condition| match condition {
        Condition::Source => facts.source(),
        Condition::EventId => facts.event_id(),
        Condition::Severity => level::severity(event),
        Condition::Log => system::log(event, policy),
        Condition::Message => facts.message(),
        Condition::Url => facts.url(),
        Condition::Error => met(error.is_some_and(|error| error.tier.basis().is_some())),
        Condition::System => system::system(event, policy),
        Condition::Integrity => met(facts.contradiction().is_none()),
        Condition::Unreachable => match error {
            // Code 58 means that a server answered, so it is only an assumption that Windows Update
            // was out of reach.
            Some(Error { code: Some(58), .. }) | None => State::Assumed,
            Some(error) if error.tier <= Tier::Unreachable => State::Met,
            Some(_) => State::Assumed,
        },
        // One record alone can never show these.
        Condition::SecurityProduct | Condition::NoFailure => State::Assumed,
    });
    Verdict::of(states, error)
}

fn met(holds: bool) -> State {
    if holds { State::Met } else { State::Failed }
}

/// What the record shows about one condition.
///
/// ```
/// use crypt32_filter::{Condition, Policy, State, assess};
///
/// let record = br#"{"SourceName":"crypt32","EventID":8,"Message":"something else"}"#;
/// let evidence = assess(record, &Policy::default()).record.evidence;
/// let message = evidence.iter().find(|one| one.code == Condition::Message).unwrap();
///
/// assert_eq!((message.state, message.seen.as_deref()), (State::Failed, Some("something else")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The condition.
    pub code: Condition,
    /// The state of the condition.
    pub state: State,
    /// The values in the record, separated by ` / `; `None` if it says nothing. A message that
    /// begins like the known one appears from its first difference: `… differs at: ‹added text›`.
    pub seen: Option<String>,
}

/// The evidence for a verdict, one entry for each condition. It is empty for an unrelated event.
pub fn evidence(event: &Event<'_>, policy: &Policy, verdict: &Verdict) -> Vec<Evidence> {
    if verdict.outcome == Outcome::Unrelated {
        return Vec::new();
    }
    let Some(facts) = Facts::of_candidate(event, policy) else {
        return Vec::new();
    };
    let all = |texts: &mut dyn Iterator<Item = &str>| {
        let mut distinct: Vec<&str> = Vec::new();
        for text in texts {
            if !distinct.contains(&text) {
                distinct.push(text);
            }
        }
        (!distinct.is_empty()).then(|| message::shown(&distinct.join(" / ")).into_owned())
    };
    let seen = |condition| match condition {
        Condition::Source => all(&mut facts.sources()),
        Condition::EventId => {
            let ids = all(&mut event.id.iter().map(|said| &*said.value))
                .or_else(|| facts.named().map(|(_, id)| id.to_owned()));
            match (ids, event.qualifiers.first()) {
                (Some(ids), Some(qualifiers)) => Some(format!("{ids}, qualifiers {qualifiers}")),
                (ids, _) => ids,
            }
        }
        Condition::Severity => all(&mut event.level.texts()),
        Condition::Log => all(&mut event.log.texts()),
        Condition::Message => {
            // Texts that begin alike must not hide the one that differs.
            let failed = verdict.state(condition) == State::Failed;
            let differs = |text| message::difference(text, &policy.localised).filter(|_| failed);
            let found = event.message.texts().filter_map(differs);
            let found: Vec<_> =
                found.map(|text| format!("\u{2026} differs at: ‹{text}›")).collect();
            all(&mut found.iter().map(String::as_str))
                .or_else(|| all(&mut event.message.texts()))
                .or_else(|| all(&mut event.strings.iter().flat_map(Strings::iter)))
        }
        Condition::Url => all(&mut facts.urls()),
        Condition::Error => all(&mut facts.error_texts()),
        Condition::System => all(&mut event.os_name.texts().chain(event.os_version.texts())),
        Condition::Integrity => {
            facts.contradiction().map(|found| message::shown(&found.to_string()).into_owned())
        }
        Condition::Unreachable => facts.error().map(|error| error.symbol.to_owned()),
        Condition::SecurityProduct | Condition::NoFailure => None,
    };
    let evidence = |code| Evidence { code, state: verdict.state(code), seen: seen(code) };
    Condition::ALL.map(evidence).into()
}
