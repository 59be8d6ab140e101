//! The output of `evtexport` of libevt: `Label<TABs>: value` lines with one line per insertion
//! string, and a blank line after each record.
//!
//! Source: `evttools/export_handle.c` and `message_string.c` of libevt, and plaso's tests.

use super::{clean, lines, put};
use crate::{
    event::{Event, Scale},
    record::{
        names::Role,
        typed::{self, Type},
    },
    swar,
};

/// The meaning of a label.
enum Label {
    Is(Role),
    /// A word, followed by its number in brackets.
    Both(Role),
    /// A value of this type that feeds no field.
    Other(Type),
    /// The number of insertion strings that follow.
    Count,
}

use Label::{Both, Count, Is, Other};

const LABELS: &[(&str, Label)] = &[
    ("Event number", Other(Type::Number)),
    ("Creation time", Is(Role::Time)),
    ("Written time", Other(Type::Time)),
    ("Event type", Both(Role::Level(Scale::Legacy))),
    ("User security identifier", Other(Type::Sid)),
    ("Computer name", Is(Role::Computer)),
    ("Source name", Is(Role::Source)),
    ("Category message filename", Other(Type::File)),
    ("Event category", Both(Role::Category)),
    ("Event identifier", Both(Role::Id)),
    ("Event identifier: code", Is(Role::Id)),
    ("Event identifier: facility", Other(Type::Number)),
    ("Event identifier: reserved", Other(Type::Number)),
    ("Event identifier: customer flags", Other(Type::Number)),
    ("Event identifier: severity", Other(Type::NAME)),
    ("Message filename", Other(Type::File)),
    ("Number of strings", Count),
    ("Message format string", Other(Type::Text)),
    ("Message string", Is(Role::Message)),
];

/// The first row of the numbers in brackets.
const NUMBERS: usize = LABELS.len();

/// The label of a line, and the offset of its value after white space and a colon.
fn label(line: &str) -> Option<(&str, usize)> {
    let colon = line
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|&at| line.get(..at).is_some_and(|before| before.ends_with(['\t', ' '])))?;
    let name = line.get(..colon)?.trim_end_matches(['\t', ' ']);
    let known = LABELS.iter().any(|(known, _)| *known == name) || number(name).is_some();
    known.then_some((name, colon + 1))
}

/// The number in a label such as `String: 1`.
fn number(name: &str) -> Option<usize> {
    name.strip_prefix("String: ").filter(|digits| Type::Number.fits(digits))?.parse().ok()
}

/// Whether a record begins with this line.
pub fn begins(line: &str) -> bool {
    line.starts_with(LABELS[0].0) && label(line).is_some_and(|(name, _)| name == LABELS[0].0)
}

/// Whether a record continues with this line.
pub fn goes_on(line: &str) -> bool {
    label(line).is_some() && !begins(line)
}

/// Reads one record.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, _) = super::first_line(text)?;
    if !begins(first) {
        return None;
    }
    let (mut open, mut count, mut strings) = (None, None, 0);
    let mut say = |name: &'a str, value: &'a str, event: &mut Event<'a>| {
        if let Some(number) = number(name) {
            strings += 1;
            match event.strings.at(crate::event::Place { part, row: u16::MAX }) {
                Some(list) if number == strings => list.push(swar::trim(value).into()),
                _ => event.leave_unread(name, value),
            }
            return;
        }
        value_of(name, clean(value), &mut count, part, event);
    };
    for (at, line) in lines(text) {
        let Some((name, value)) = label(line) else { continue };
        if let Some((name, start)) = open.replace((name, at + value)) {
            say(name, text.get(start..at)?, event);
        }
    }
    let (name, start) = open?;
    say(name, text.get(start..)?, event);
    if let Some(count) = count.filter(|count| count.parse() != Ok(strings)) {
        event.leave_unread("the number of strings", count);
    }
    (!event.source.is_empty() && !event.id.is_empty()).then_some(())
}

fn value_of<'a>(
    name: &'a str,
    value: &'a str,
    count: &mut Option<&'a str>,
    part: u8,
    event: &mut Event<'a>,
) {
    let Some(row) = LABELS.iter().position(|(known, _)| *known == name) else { return };
    match &LABELS[row].1 {
        Is(role) => put(event, part, row, *role, value),
        Both(role) => {
            let number = value.strip_suffix(')').and_then(|rest| rest.rsplit_once(" ("));
            let (words, number) = number.unwrap_or((value, ""));
            put(event, part, row, *role, words);
            put(event, part, NUMBERS + row, *role, number);
        }
        Other(holds) => typed::check_name(event, part, LABELS[row].0, *holds, value),
        Count if count.is_some_and(|old| old != value) => event.leave_unread(name, value),
        Count => *count = Some(value),
    }
}
