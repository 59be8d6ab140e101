//! The level, which is a word or a number. The record's shape determines the scale of a number.

use super::{
    integer::{Integer, integer},
    met,
};
use crate::{
    event::{Event, Kind, Said, Scale},
    verdict::State,
};

/// Whether the level is Error. A word takes precedence over a number.
pub(super) fn severity(event: &Event<'_>) -> State {
    let levels = || event.level.iter().filter(|said| said.kind != Kind::Other);
    let (mut all, mut last) = (None, None);
    for Said { place, .. } in levels() {
        // Most values belong to the record itself.
        if last == Some(place.part) {
            continue;
        }
        last = Some(place.part);
        // A copy in the record is a record of its own, so a word outside it decides nothing inside
        // it.
        let (mut word, mut number) = (None, None);
        for said in levels().filter(|said| said.place.part == place.part) {
            let slot = if is_numeral(said) { &mut number } else { &mut word };
            if let Some(holds) = holds(said) {
                *slot = Some(slot.unwrap_or(true) && holds);
            }
        }
        if let Some(holds) = word.or(number) {
            all = Some(all.unwrap_or(true) && holds);
        }
    }
    all.map_or(State::Assumed, met)
}

/// Whether a value beside the event can be its level.
pub(super) fn is_error(said: &Said<'_>) -> bool {
    said.kind != Kind::Other && holds(said) != Some(false)
}

/// Whether a value begins like a number but is not one.
pub(super) fn is_broken(said: &Said<'_>) -> bool {
    is_numeral(said) && integer(said).is_none()
}

/// Whether a value means Error; `None` if the value does not tell.
fn holds(said: &Said<'_>) -> Option<bool> {
    let text = trimmed(&said.value);
    if text.is_empty() {
        None
    } else if said.kind == Kind::Number && matches!(said.scale, Scale::Words) {
        // The value has the wrong kind, which the integrity condition reports.
        None
    } else if is_numeral(said) {
        Some(level_number(integer(said), said.scale))
    } else {
        level_word(text)
    }
}

/// Whether a value is meant as a number, even if no level has such a number (`4.0`).
fn is_numeral(said: &Said<'_>) -> bool {
    said.kind == Kind::Number || matches!(trimmed(&said.value).as_bytes(), [b'-' | b'0'..=b'9', ..])
}

/// The text without the white space at both ends. Most texts have none, and the standard library
/// decodes characters to find out.
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => text,
        _ => text.trim(),
    }
}

fn level_number(level: Option<Integer>, scale: Scale) -> bool {
    let number = match level {
        Some(Integer { low, high: Some(0) }) => low,
        _ => u16::MAX,
    };
    match scale {
        Scale::Legacy => number == 1,
        Scale::Modern => number == 2,
        Scale::Nxlog => number == 4,
        Scale::Otlp => (17..=20).contains(&number),
        Scale::Azure => number == 1 || number == 2,
        Scale::Gelf => number == 3,
        Scale::Words => false,
    }
}

/// Whether a word means Error; `None` for an unknown word, which may be in another language.
fn level_word(word: &str) -> Option<bool> {
    const ERROR: [&str; 4] = ["error", "error event", "[err]", "failure"];
    /// Substrings of the words for other levels, in lower case.
    const OTHER: [&str; 15] = [
        "info", "[inf]", "warn", "wrn", "success", "audit", "crit", "fatal", "verbose", "debug",
        "trace", "notice", "alert", "emerg", "panic",
    ];
    /// Words that say no level, and that are not in another language either.
    const NONE: [&str; 8] =
        ["ok", "none", "noerror", "logalways", "unknown", "undefined", "i", "w"];
    let is = |known: &&str| word.eq_ignore_ascii_case(known);
    if ERROR.iter().any(is) {
        return Some(true);
    }
    if NONE.iter().any(is) {
        return Some(false);
    }
    let holds = |known: &&str| {
        let mut windows = word.as_bytes().windows(known.len());
        windows.any(|window| window.eq_ignore_ascii_case(known.as_bytes()))
    };
    (!is_foreign(word) || OTHER.iter().any(holds)).then_some(false)
}

/// The longest word in another language, in bytes.
const LONGEST: usize = 24;

/// Whether a word may be a level in another language: it is one word, and it does not imitate an
/// English one by mixing in letters of another alphabet.
fn is_foreign(word: &str) -> bool {
    if word.len() > LONGEST {
        return false;
    }
    let latin = word.chars().all(|c| c.is_ascii_alphabetic() || ('\u{C0}'..'\u{250}').contains(&c));
    let other = word.chars().all(|c| ('\u{250}'..'\u{FE00}').contains(&c) && !is_space(c));
    latin || other
}

/// White space and invisible characters.
fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{2000}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}
