//! An instance of `Win32_NTLogEvent` in MOF, the language of WMI's repository: `Name = value;`
//! between braces. Sumo Logic's remote source stores records in this form, and WMI's own
//! `GetObjectText_` returns it.
//!
//! Sources: Sumo Logic's documentation; a public dump of Windows XP; the grammar of MOF, DSP0004.

use std::borrow::Cow;

use super::{
    check_label, put,
    splunk::{self, KEYS},
};
use crate::{
    event::{Event, Place, Strings},
    record::{
        line::{split_unescaped, unescape},
        names::Role,
    },
    swar,
};

/// The start of an instance.
const START: &str = "instance of Win32_NTLogEvent";

/// Whether an instance begins with this line.
pub fn begins(line: &str) -> bool {
    line.strip_prefix(START)
        .is_some_and(|rest| rest.trim_start_matches(' ').trim_start_matches('{').trim().is_empty())
}

/// Whether a string is open at the end of a line, if one was `open` at its beginning.
pub fn leaves_open(line: &str, mut open: bool) -> bool {
    let mut escaped = false;
    for byte in line.bytes() {
        open ^= byte == b'"' && !escaped;
        escaped = open && byte == b'\\' && !escaped;
    }
    open
}

/// Reads one instance.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut rest = swar::trim_start(text).strip_prefix(START).map(swar::trim_start)?;
    rest = swar::trim_start(rest.strip_prefix('{')?);
    // The values go to the caller's event only if the whole text is MOF.
    let mut read = Event::default();
    let mut behind = rest.strip_prefix('}');
    while behind.is_none() {
        let (name, after) = rest.split_at(rest.find(|c: char| !is_name(c))?);
        let (value, after) = Value::read(swar::trim_start(after).strip_prefix('=')?)?;
        rest = swar::trim_start(after).strip_prefix(';').map(swar::trim_start)?;
        say(name, value, &mut read);
        behind = rest.strip_prefix('}');
    }
    let behind = swar::trim_start(behind?).strip_prefix(';')?;
    if !swar::trim(behind).is_empty() || read.source.is_empty() {
        return None;
    }
    event.say_copy(&read, part)
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The value of a property.
enum Value<'a> {
    One(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
}

impl<'a> Value<'a> {
    /// Reads the next value, and returns the text after it.
    fn read(text: &'a str) -> Option<(Self, &'a str)> {
        let text = swar::trim_start(text);
        let Some(mut rest) = text.strip_prefix('{') else {
            let (one, rest) = scalar(text)?;
            return Some((Self::One(one), rest));
        };
        let mut list = Vec::new();
        rest = swar::trim_start(rest);
        if let Some(after) = rest.strip_prefix('}') {
            return Some((Self::List(list), after));
        }
        loop {
            let (item, after) = scalar(rest)?;
            list.push(item);
            let after = swar::trim_start(after);
            if let Some(after) = after.strip_prefix('}') {
                return Some((Self::List(list), after));
            }
            rest = after.strip_prefix(',').map(swar::trim_start)?;
        }
    }
}

/// A string or a word: a number, `TRUE`, `NULL`.
fn scalar(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let word = |c: char| is_name(c) || matches!(c, '-' | '+' | '.');
        let (word, rest) = text.split_at(text.find(|c| !word(c))?);
        let value = if word == "NULL" { "" } else { word };
        return (!word.is_empty()).then_some((Cow::Borrowed(value), rest));
    };
    let (string, after) = split_unescaped(rest, b"\"");
    let mut whole = unescape(string, escape);
    rest = after.strip_prefix('"')?;
    // Adjacent strings are one string.
    while let Some(more) = swar::trim_start(rest).strip_prefix('"') {
        let (string, after) = split_unescaped(more, b"\"");
        whole.to_mut().push_str(&unescape(string, escape));
        rest = after.strip_prefix('"')?;
    }
    Some((whole, rest))
}

fn escape(char: char) -> Option<char> {
    Some(match char {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '"' | '\'' | '\\' => char,
        _ => return None,
    })
}

fn say<'a>(name: &'a str, value: Value<'a>, event: &mut Event<'a>) {
    let known = KEYS.iter().chain(&[("Message", Role::Message)]).position(|(key, _)| *key == name);
    let role = known.map(|row| KEYS.get(row).map_or(Role::Message, |(_, role)| *role));
    match (known, role, value) {
        (Some(row), Some(Role::Strings), Value::List(list)) => {
            let mut strings = Strings::default();
            for item in list {
                strings.push(item);
            }
            let place = Place { part: 0, row: u16::try_from(row).unwrap_or(super::JUNK) };
            event.strings.say(place, strings);
        }
        (Some(row), Some(Role::Data), Value::List(bytes)) => {
            put(event, 0, row, Role::Data, bytes.join(" "));
        }
        (Some(row), Some(role), Value::One(value)) if role != Role::Strings => {
            put(event, 0, row, role, value);
        }
        (_, _, Value::One(value)) => check_label(event, 0, splunk::OTHERS, name, value),
        (_, _, Value::List(list)) => event.leave_unread(name, list.join(", ")),
    }
}
