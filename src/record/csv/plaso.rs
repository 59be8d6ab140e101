//! The message column that plaso writes for Windows event logs: the ids in brackets, then labels
//! and values in one line. The order of the labels differs between versions, so they are found at
//! any position. A repeated label adds another value.
//!
//! Source: plaso's formatters for `winevt` and `winevtx`, and their tests.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place, Scale, Strings},
    record::{
        line::{is_number, split_unescaped, unescape},
        names::Role,
        say,
        typed::Type,
        xml,
    },
    swar,
};

/// The labels, and whether the value is one word. A label without a role only ends the value before
/// it.
const LABELS: &[(&str, Option<Role>, bool)] = &[
    ("Source Name: ", Some(Role::Source), false),
    ("Message string: ", Some(Role::Message), false),
    ("Strings: ", Some(Role::Strings), false),
    ("Computer Name: ", Some(Role::Computer), true),
    ("Severity: ", Some(Role::Level(Scale::Words)), true),
    ("Event Type: ", Some(Role::Level(Scale::Legacy)), false),
    ("Event Level: ", Some(Role::Level(Scale::Modern)), true),
    ("Event Category: ", Some(Role::Category), true),
    ("Record Number: ", None, true),
    ("Provider identifier: ", None, true),
    ("User SID: ", None, true),
];

/// The types of the last three labels.
const TYPES: [Type; 3] = [Type::Number, Type::Guid, Type::Sid];

/// The rows after those of the labels.
const DECIMAL: usize = LABELS.len();
const HEX: usize = LABELS.len() + 1;
const LEFT_OVER: usize = LABELS.len() + 2;

/// The bit in a part number that marks the XML next to the attributes.
const INSIDE: u8 = 0x40;

/// Reads one message.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    message(text, part, event)
}

/// Like [`event`], for a text with a shorter lifetime than the event.
pub fn message(text: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
    let (ids, mut rest) = swar::trim_start(text).strip_prefix('[')?.split_once("] ")?;
    let (id, hex) = ids.split_once(" / ")?;
    if !is_number(id) || !hex.starts_with("0x") || !is_number(hex) {
        return None;
    }
    put(event, part, DECIMAL, Role::Id, id);
    put(event, part, HEX, Role::Id, hex);
    let mut seen = [false; LABELS.len()];
    while let Some(row) = label_at(rest) {
        let (label, role, one_word) = LABELS[row];
        let value;
        (value, rest) = split_at_label(&rest[label.len()..]);
        let value = swar::trim(value);
        let (value, more) = match value.split_once(' ') {
            Some(words) if one_word => words,
            _ => (value, ""),
        };
        match role {
            Some(Role::Strings) => strings(value, row, part, event),
            Some(role) => put(event, part, row, role, value),
            None if !TYPES[row + TYPES.len() - LABELS.len()].fits(value) => {
                event.leave_unread(label, value.to_owned());
            }
            // A message can contain such a label too. The label must not hide the text after it.
            None if seen[row] => left_over(event, part, value),
            None => {}
        }
        seen[row] = true;
        left_over(event, part, more);
    }
    left_over(event, part, rest);
    Some(())
}

fn label_at(text: &str) -> Option<usize> {
    LABELS.iter().position(|(label, ..)| text.starts_with(label))
}

/// Splits a text before the first label that follows whitespace.
fn split_at_label(text: &str) -> (&str, &str) {
    let mut starts = text.match_indices([' ', '\r', '\n']).map(|(at, _)| at + 1);
    let at = starts.find(|&at| label_at(&text[at..]).is_some()).unwrap_or(text.len());
    text.split_at(at)
}

fn put(event: &mut Event<'_>, part: u8, row: usize, role: Role, value: &str) {
    let row = u16::try_from(row).unwrap_or(u16::MAX);
    say(event, Place { part, row }, role, Kind::Text, Cow::Owned(value.to_owned()));
}

/// Adds text that is not the value of a label. As a second message, it prevents a benign verdict.
fn left_over(event: &mut Event<'_>, part: u8, text: &str) {
    if !swar::trim(text).is_empty() {
        put(event, part, LEFT_OVER, Role::Message, text);
    }
}

/// An identifier. Timesketch writes it as `3221356552.0` if other rows have none.
pub(super) fn number(text: &str) -> &str {
    text.strip_suffix(".0").filter(|digits| is_number(digits)).unwrap_or(text)
}

/// Reads the XML of the event, next to its attributes, as a copy. `None` if memory runs out.
pub(super) fn xml(text: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
    if swar::trim(text).is_empty() {
        return Some(());
    }
    let mut copy = Event::default();
    if xml::event(text, part, &mut copy).is_some() {
        return event.say_copy(&copy, part | INSIDE);
    }
    event.leave_unread("xml_string", text.to_owned());
    Some(())
}

/// Reads a list in Python's notation. plaso replaces the commas between items by blanks. An item
/// without quotes, such as `None`, counts too.
pub(super) fn strings(list: &str, row: usize, part: u8, event: &mut Event<'_>) {
    let mut strings = Strings::default();
    let mut rest = list.trim_start_matches('[');
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        let quoted = rest.strip_prefix('u').unwrap_or(rest);
        let item;
        if let Some(quote @ (b'\'' | b'"')) = quoted.as_bytes().first() {
            (item, rest) = split_unescaped(&quoted[1..], &[*quote]);
            strings.push(Cow::Owned(unescape(item, python_escape).into_owned()));
            strings.extra |= rest.is_empty();
            rest = rest.get(1..).unwrap_or_default();
        } else if let Some(after) = rest.strip_prefix(']') {
            left_over(event, part, after);
            break;
        } else if rest.is_empty() {
            break;
        } else {
            (item, rest) = rest.split_at(rest.find([' ', ',', ']']).unwrap_or(rest.len()));
            strings.push(Cow::Owned(item.to_owned()));
        }
    }
    let place = Place { part, row: u16::try_from(row).unwrap_or(u16::MAX) };
    event.strings.say(place, strings);
}

fn python_escape(char: char) -> Option<char> {
    Some(match char {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\'' | '"' | '\\' => char,
        _ => return None,
    })
}
