//! What plaso writes into its message column for Windows event logs: the id in brackets, then
//! labels and values in one line.
//!
//! Source: plaso's formatters for `winevt` and `winevtx`.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place, Scale, Strings},
    reader::{names::Role, say},
};

/// The labels; those without a role only end the value in front of them.
const LABELS: &[(&str, Option<Role>)] = &[
    ("Source Name: ", Some(Role::Source)),
    ("Message string: ", Some(Role::Message)),
    ("Strings: ", Some(Role::Strings)),
    ("Computer Name: ", Some(Role::Computer)),
    ("Severity: ", Some(Role::Level(Scale::Words))),
    ("Event Type: ", Some(Role::Level(Scale::Legacy))),
    ("Event Level: ", Some(Role::Level(Scale::Modern))),
    ("Event Category: ", Some(Role::Category)),
    ("Record Number: ", None),
    ("Provider identifier: ", None),
];

/// Whether a value is one that plaso writes under this label. A message can hold such labels too,
/// and must not get rid of text by them.
fn plausible(label: &str, value: &str) -> bool {
    let short = value.len() <= 40;
    match label {
        "Message string: " | "Strings: " | "Source Name: " => true,
        "Severity: " | "Event Type: " => {
            short && value.bytes().all(|b| b.is_ascii_alphanumeric() || b" ()".contains(&b))
        }
        "Computer Name: " => !value.contains(char::is_whitespace),
        "Provider identifier: " => short && value.starts_with('{') && value.ends_with('}'),
        _ => short && value.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// Reads one message.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    message(text, part, event)
}

/// Reads one message that need not live as long as the event.
pub fn message(text: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
    let (id, rest) = text.trim_start().strip_prefix('[')?.split_once(" / 0x")?;
    let (hex, mut rest) = rest.split_once("] ")?;
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if !plain(id) || !plain(hex) {
        return None;
    }
    put(event, part, LABELS.len(), Role::Id, id);
    put(event, part, LABELS.len() + 1, Role::Id, &format!("0x{hex}"));
    // What stands in front of the first label belongs nowhere.
    let mut open: Option<usize> = None;
    let mut seen = [false; LABELS.len()];
    loop {
        let next = LABELS
            .iter()
            .enumerate()
            .filter_map(|(row, (label, _))| Some((find(rest, label)?, row)))
            .min();
        let end = next.map_or(rest.len(), |(at, _)| at);
        let value = rest[..end].trim();
        if let Some(row) = open
            && (core::mem::replace(&mut seen[row], true) || !plausible(LABELS[row].0, value))
        {
            put(event, part, LABELS.len() + 2, Role::Message, value);
        }
        match open.map(|row| (row, LABELS[row].1)) {
            Some((row, Some(Role::Strings))) => strings(value, row, part, event),
            Some((row, Some(role))) => put(event, part, row, role, value),
            Some((_, None)) => {}
            None => put(event, part, LABELS.len() + 2, Role::Message, value),
        }
        let Some((at, row)) = next else { return Some(()) };
        rest = &rest[at + LABELS[row].0.len()..];
        open = Some(row);
    }
}

/// Where a label stands as a word of its own.
fn find(text: &str, label: &str) -> Option<usize> {
    text.match_indices(label)
        .map(|(at, _)| at)
        .find(|&at| at == 0 || text[..at].ends_with([' ', '\r', '\n']))
}

fn put(event: &mut Event<'_>, part: u8, row: usize, role: Role, value: &str) {
    let row = u16::try_from(row).unwrap_or(u16::MAX);
    say(event, Place { part, row }, role, Kind::Text, Cow::Owned(value.to_owned()));
}

/// A list as Python prints it; plaso turns the commas between its items into blanks.
fn strings(list: &str, row: usize, part: u8, event: &mut Event<'_>) {
    let mut strings = Strings::default();
    let mut rest = list.trim_start_matches('[');
    while let Some(open) = rest.find(['\'', '"']) {
        let (quote, inner) = rest[open..].split_at(1);
        let Some((item, after)) = inner.split_once(quote) else {
            strings.extra = true;
            break;
        };
        strings.push(Cow::Owned(item.to_owned()));
        rest = after;
    }
    let place = Place { part, row: u16::try_from(row).unwrap_or(u16::MAX) };
    event.strings.say(place, strings);
}
