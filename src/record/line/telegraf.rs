//! Telegraf's `win_eventlog` in line protocol: `MEASUREMENT,TAG=VALUE,... FIELD=VALUE,... TIME`.
//!
//! In tags, a backslash escapes commas, equals signs and blanks. In string fields, it escapes
//! quotes. Source: the plugin's README and the line protocol's reference.

use std::borrow::Cow;

use crate::{
    event::{Event, Scale},
    record::{
        line::{Fill, split_unescaped, unescape},
        names::Role,
        typed::{LONGEST_WORD, Type},
    },
    swar::{self, Words},
};

const NAMES: &[(&str, Role)] = &[
    ("Source", Role::Source),
    ("EventID", Role::Id),
    ("Channel", Role::Log),
    ("Computer", Role::Computer),
    ("host", Role::Host),
    ("Level", Role::Level(Scale::Modern)),
    ("LevelText", Role::Level(Scale::Words)),
    ("Task", Role::Category),
    ("TaskText", Role::Category),
    ("Message", Role::Message),
    ("TimeCreated", Role::Time),
    ("Binary", Role::Data),
];

/// The fields that feed no field of the event.
const TYPES: &[(&str, Type)] = &[
    ("EventRecordID", Type::Number),
    ("Version", Type::Number),
    ("Opcode", Type::Number),
    ("OpcodeText", Type::NAME),
    ("Keywords", Type::Keyword),
    ("ProcessID", Type::Number),
    ("ThreadID", Type::Number),
    ("ProcessName", Type::NAME),
    ("UserID", Type::Sid),
    ("UserName", Type::NAME),
    ("ActivityID", Type::Guid),
    ("RelatedActivityID", Type::Guid),
];

/// The row of the time after the fields.
const ROW_OF_TIME: u16 = 100;

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut rest = behind_measurement(text)?;
    if !rest.has_words("EventID=") || !rest.has_words("Source=") {
        return None;
    }
    let mut fill = Fill::new(event, part);
    while let Some(tag) = rest.strip_prefix(',') {
        let (name, value) = split_unescaped(tag, b"=, ");
        let Some(value) = value.strip_prefix('=') else { break };
        let (value, after) = split_unescaped(value, b", ");
        let value = unescape(value, tag_escape);
        fill.check("the name of a tag", Type::Word, name);
        // Other tags describe the machine, as the administrator of the agent configured them.
        let own = name.starts_with("Data") || TYPES.iter().any(|(known, _)| *known == name);
        if own {
            say_field(&mut fill, name, value);
        } else {
            fill.say_named(NAMES, 0, name, value);
        }
        rest = after;
    }
    // A blank precedes the first field, and commas precede the others.
    let mut start = ' ';
    while let Some(field) = rest.strip_prefix(start) {
        let (name, value) = split_unescaped(field, b"=, ");
        let Some(value) = value.strip_prefix('=') else { break };
        let (value, after) = field_value(value)?;
        say_field(&mut fill, name, value);
        (start, rest) = (',', after);
    }
    // The rest is the time in nanoseconds.
    let time = swar::trim(rest);
    if time.bytes().all(|b| b.is_ascii_digit()) {
        fill.say_at(ROW_OF_TIME, Role::Time, time);
    } else {
        fill.left_over(rest);
    }
    Some(())
}

/// The tags and fields after the name of the measurement, which is an option of the agent.
fn behind_measurement(text: &str) -> Option<&str> {
    let (measurement, rest) = split_unescaped(text, b", ");
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
    let length = 1..=LONGEST_WORD;
    let named = length.contains(&measurement.len()) && measurement.bytes().all(is_name);
    (named && has_tag(rest)).then_some(rest)
}

/// Whether a record may begin with this line: it has a measurement, a tag, and a field.
pub fn begins(line: &str) -> bool {
    let tags = behind_measurement(line);
    let fields = tags.and_then(|tags| split_unescaped(tags, b" ").1.strip_prefix(' '));
    fields.is_some_and(|fields| split_unescaped(fields, b"=, ").1.starts_with('='))
}

fn has_tag(rest: &str) -> bool {
    rest.strip_prefix(',').is_some_and(|tag| split_unescaped(tag, b"=, ").1.starts_with('='))
}

fn tag_escape(char: char) -> Option<char> {
    matches!(char, ',' | '=' | ' ').then_some(char)
}

/// A value and the text after it, or `None` if a string is not closed. An integer ends in a letter
/// for its type.
fn field_value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(string) = text.strip_prefix('"') else {
        let (value, rest) = split_unescaped(text, b", ");
        let digits = value.strip_suffix(['i', 'u']).unwrap_or(value);
        let integer = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        return Some((Cow::Borrowed(if integer { digits } else { value }), rest));
    };
    let (value, rest) = split_unescaped(string, b"\"");
    let escape = |char| matches!(char, '"' | '\\').then_some(char);
    Some((unescape(value, escape), rest.strip_prefix('"')?))
}

/// Adds a field. Insertion strings are `Data_1` and so on, or `Data` if there is only one.
fn say_field<'a>(fill: &mut Fill<'_, 'a>, name: &'a str, value: Cow<'a, str>) {
    match name.strip_prefix("Data").map(|rest| rest.strip_prefix('_').unwrap_or(rest)) {
        Some(number) => match swar::number(number, 10).and_then(|n| n.checked_sub(1)) {
            Some(index) => fill.say(Role::string_at(index), value),
            None => fill.string(value),
        },
        None => {
            if !fill.say_named(NAMES, 0, name, value.clone()) {
                fill.check_named(TYPES, name, value);
            }
        }
    }
}
