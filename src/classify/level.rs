//! The level: words and numbers, each on the scale of its shape.

use super::{
    integer::{Integer, integer},
    met,
};
use crate::{
    event::{Event, Kind, Said, Scale},
    verdict::State,
};

/// Whether the level is Error. A word decides over a number.
pub(super) fn severity(event: &Event<'_>) -> State {
    let mut word = None;
    let mut number = None;
    for said in event.level.iter().filter(|said| said.kind != Kind::Other) {
        let (slot, holds) = if is_numeral(said) {
            (&mut number, level_number(integer(said), said.scale))
        } else {
            (&mut word, level_word(&said.value))
        };
        if let Some(holds) = holds {
            *slot = Some(slot.unwrap_or(true) && holds);
        }
    }
    word.or(number).map_or(State::Assumed, met)
}

/// Whether a value is meant as a number, also where it is none that a level can be (`4.0`).
fn is_numeral(said: &Said<'_>) -> bool {
    said.kind == Kind::Number || said.value.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn level_number(level: Option<Integer>, scale: Scale) -> Option<bool> {
    let number = match level {
        Some(Integer { low, high: Some(0) }) => low,
        _ => u16::MAX,
    };
    match scale {
        Scale::Legacy => Some(number == 1),
        Scale::Modern => Some(number == 2),
        Scale::Nxlog => Some(number == 4),
        Scale::Otlp => Some((17..=20).contains(&number)),
        Scale::Azure => Some(number == 1 || number == 2),
        Scale::Gelf => Some(number == 3),
        Scale::Words => None,
    }
}

/// Whether a word says Error; `None` for a word that is not known (another language).
fn level_word(word: &str) -> Option<bool> {
    const ERROR: [&str; 4] = ["error", "error event", "[err]", "failure"];
    const OTHER: [&str; 26] = [
        "information",
        "informational",
        "information event",
        "info",
        "warning",
        "warning event",
        "warn",
        "success",
        "success event",
        "critical",
        "fatal",
        "verbose",
        "debug",
        "trace",
        "notice",
        "alert",
        "emergency",
        "emerg",
        "crit",
        "panic",
        "[inf]",
        "[wrn]",
        "[warn]",
        "[info]",
        "success audit",
        "failure audit",
    ];
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    if ERROR.iter().any(is) {
        return Some(true);
    }
    let is_audit = |part: Option<&str>| part.is_some_and(|part| part.eq_ignore_ascii_case("audit"));
    let end = word.len().checked_sub(5).and_then(|at| word.get(at..));
    let audit = is_audit(word.get(..5)) || is_audit(end);
    (audit || OTHER.iter().any(is)).then_some(false)
}
