//! `Key=value` lines with the message at or near the end: Splunk's `WinEventLog` input on Windows
//! XP and on Vista and later, on several lines or on one; its WMI input and `wmic /format:list`,
//! with keys in alphabetical order. The text of Fluent Bit's `in_winevtlog` begins in the same way,
//! so [`begins`] finds it in a whole log, and [`crate::record::line::name_value`] reads it.
//!
//! Sources: public Splunk samples; `Win32_NTLogEvent`.

use super::{check_label, clean, first_line, junk, lines, put};
use crate::{
    event::{Event, Place, Scale, Strings},
    record::{names::Role, typed::Type},
    swar::split_once,
};

/// The keys that feed a field.
pub(super) const KEYS: &[(&str, Role)] = &[
    ("SourceName", Role::Source),
    ("ProviderName", Role::Source),
    ("EventCode", Role::Id),
    ("EventIdentifier", Role::Id),
    ("EventID", Role::Id),
    ("Qualifiers", Role::Qualifiers),
    ("Type", Role::Level(Scale::Words)),
    ("Level", Role::Level(Scale::Modern)),
    // The scale depends on the system of the record; see `event`.
    ("EventType", Role::Level(Scale::Legacy)),
    ("LogName", Role::Log),
    ("Logfile", Role::Log),
    ("Channel", Role::Log),
    ("wmi_type", Role::Log),
    ("ComputerName", Role::Computer),
    ("Computer", Role::Computer),
    ("TimeGenerated", Role::Time),
    ("TimeCreated", Role::Time),
    ("Category", Role::Category),
    ("CategoryString", Role::Category),
    ("TaskCategory", Role::Category),
    ("Task", Role::Category),
    ("InsertionStrings", Role::Strings),
    ("Data", Role::Data),
];

/// The keys that feed no field.
pub(super) const OTHERS: &[(&str, Type)] = &[
    ("RecordNumber", Type::Number),
    ("Keywords", Type::Keyword),
    ("OpCode", Type::NAME),
    ("Opcode", Type::NAME),
    ("User", Type::NAME),
    ("Sid", Type::Word),
    ("SidType", Type::Word),
    ("TimeWritten", Type::Time),
    ("Version", Type::Number),
    ("ProviderGuid", Type::NoGuid),
    ("EventRecordID", Type::Number),
];

/// The properties of `Win32_NTLogEvent`.
const WMI: [&str; 16] = [
    "Category",
    "CategoryString",
    "ComputerName",
    "Data",
    "EventCode",
    "EventIdentifier",
    "EventType",
    "InsertionStrings",
    "Logfile",
    "Message",
    "RecordNumber",
    "SourceName",
    "TimeGenerated",
    "TimeWritten",
    "Type",
    "User",
];

/// The keys that begin a record without a time in front.
const FIRST: [&str; 4] = ["LogName", "Category", "ProviderName", "SourceName"];

/// Whether a record without a time in front can begin with this line.
pub fn begins(line: &str) -> bool {
    key(clean(line)).is_some_and(|(key, _)| FIRST.contains(&key))
}

/// Whether these are the first two lines of a list of chosen properties, in the alphabetical
/// order of `wmic ntevent get NAMES /format:list`.
pub fn is_list(first: &str, second: &str) -> bool {
    let property = |line| key(clean(line)).map(|(key, _)| key).filter(|key| WMI.contains(key));
    let next = property(second);
    property(first).is_some_and(|first| next.is_some_and(|next| first < next && first < "Message"))
}

/// Whether a line is a property of WMI.
pub fn is_property(line: &str) -> bool {
    key(clean(line)).is_some_and(|(key, _)| WMI.contains(&key))
}

/// Whether the first of two lines is in the place of the first key of a record, but in another
/// spelling: the second line has a key or is blank.
pub fn is_unknown_first(first: &str, second: &str) -> bool {
    may_begin(first) && (clean(second).is_empty() || key(clean(second)).is_some())
}

/// Whether a line may have the first key in another spelling.
pub fn may_begin(line: &str) -> bool {
    split_once(line, b'=').is_some_and(|(name, _)| clean(name).eq_ignore_ascii_case(FIRST[0]))
}

/// The maximum length of a key.
const LONGEST: usize = 40;

/// A key and its value. The search stops at the maximum length of a key, because this is called at
/// each blank of a line.
pub fn key(line: &str) -> Option<(&str, &str)> {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let end = line.bytes().take(LONGEST + 1).position(|b| !word(&b))?;
    let (key, value) = line.split_at_checked(end)?;
    let begins = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins { Some((key, value.strip_prefix('=')?)) } else { None }
}

/// Whether a line is only a time, as Splunk writes it before a record: `03/15/2010 11:27:57 AM`, or
/// `20100315112757.000000`.
pub fn is_time(line: &str) -> bool {
    let line = clean(line);
    let digits = || line.bytes().filter(u8::is_ascii_digit).count();
    let other = |b: u8| b" /:.-+APM".contains(&b) || b.is_ascii_digit();
    line.len() <= 40
        && line.starts_with(|c: char| c.is_ascii_digit())
        && digits() >= 12
        && line.bytes().all(other)
}

/// Reads one record.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = first_line(text)?;
    let (time, rest) = if is_time(first) {
        (Some(first), rest)
    } else if let Some(one_line) = in_one_line(first) {
        return self::one_line(one_line.0, one_line.1, rest, part, event);
    } else {
        (None, text)
    };
    let (second, below) = first_line(rest)?;
    let listed = is_list(second, first_line(below).map_or("", |(line, _)| line));
    let unknown = time.is_none() && !begins(second) && !listed;
    if unknown && is_unknown_first(second, first_line(below)?.0) && begins(first_line(below)?.0) {
        event.leave_unread("the first key", second);
        return self::event(below, part, event);
    }
    if key(second)?.0 == "Message" || unknown {
        return None;
    }
    // Two keys on one line belong to the other layout.
    if second.contains(" EventCode=") {
        return self::one_line(time, second, below, part, event);
    }
    let (mut message, mut known) = (None, 0);
    for (at, line) in lines(rest) {
        let shown = clean(line);
        match key(shown) {
            _ if shown.is_empty() || at < known => {}
            Some(("Message", _)) => {
                message = Some(&rest[at + line.find('=').map_or(0, |i| i + 1)..]);
                break;
            }
            // A string in a list keeps its line ends.
            Some((key, value)) if value.starts_with('{') && !value.ends_with('}') => {
                let start = at + line.find('{').unwrap_or_default();
                let below = &rest[start..];
                let closing = lines(below).find(|(_, line)| clean(line).ends_with('}'));
                let length = closing.map_or(below.len(), |(at, line)| at + line.len());
                known = start + length;
                say(key, &below[..length], part, event);
            }
            Some((key, value)) => say(key, value, part, event),
            None => junk(event, part, shown),
        }
    }
    if let Some(message) = message {
        let message = if event.source.is_empty() { tail(message, part, event) } else { message };
        put(event, part, KEYS.len(), Role::Message, clean(message));
    }
    finish(time, part, event)
}

/// Reads the keys that follow the message in alphabetical order: the longest run of such lines at
/// the end. Returns the message before them.
fn tail<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> &'a str {
    let (mut start, mut last) = (text.len(), "Message");
    for (at, line) in lines(text) {
        let shown = clean(line);
        match key(shown) {
            _ if shown.is_empty() => {}
            Some((key, _)) if WMI.contains(&key) && key > last => {
                start = start.min(at);
                last = key;
            }
            // Splunk adds its own keys at the end.
            Some((key, _)) if start < text.len() && KEYS.iter().any(|(known, _)| *known == key) => {
            }
            // Another run of keys may begin here.
            Some((key, _)) if WMI.contains(&key) && key > "Message" => (start, last) = (at, key),
            _ => (start, last) = (text.len(), "Message"),
        }
    }
    for (key, value) in lines(&text[start..]).filter_map(|(_, line)| key(clean(line))) {
        say(key, value, part, event);
    }
    &text[..start]
}

/// The time and the keys of a record on one line.
fn in_one_line(line: &str) -> Option<(Option<&str>, &str)> {
    let at = FIRST.iter().find_map(|key| {
        let at = line.find(key)?;
        let begins = line.as_bytes().get(at + key.len()) == Some(&b'=');
        (begins && (at == 0 || line[..at].ends_with(' '))).then_some(at)
    })?;
    let time = clean(&line[..at]);
    ((time.is_empty() || is_time(time)) && line[at..].contains(" EventCode="))
        .then(|| ((!time.is_empty()).then_some(time), &line[at..]))
}

/// Reads a record with its keys on one line. The message may continue below.
fn one_line<'a>(
    time: Option<&'a str>,
    line: &'a str,
    below: &'a str,
    part: u8,
    event: &mut Event<'a>,
) -> Option<()> {
    let (head, message) = match line.split_once(" Message=") {
        Some((head, message)) => (head, Some(message)),
        None => (line, None),
    };
    // A value may contain blanks, so it ends where the next key begins.
    let mut rest = head;
    while let Some((name, value)) = key(rest) {
        let next = value
            .match_indices(' ')
            .map(|(at, _)| at)
            .find(|at| key(&value[at + 1..]).is_some())
            .unwrap_or(value.len());
        say(name, &value[..next], part, event);
        rest = value.get(next + 1..).unwrap_or_default();
    }
    if let Some(message) = message {
        put(event, part, KEYS.len(), Role::Message, clean(message));
    }
    if !clean(below).is_empty() {
        junk(event, part, clean(below));
    }
    finish(time, part, event)
}

fn say<'a>(name: &'a str, value: &'a str, part: u8, event: &mut Event<'a>) {
    // WMI writes `NULL` for an empty value.
    let value = Some(clean(value)).filter(|value| *value != "NULL").unwrap_or_default();
    let Some(row) = KEYS.iter().position(|(key, _)| *key == name) else {
        return check_label(event, part, OTHERS, name, value);
    };
    match KEYS[row].1 {
        Role::Strings => {
            let mut strings = Strings::default();
            let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let inner = inner.unwrap_or(value);
            match inner.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
                Some(quoted) => {
                    quoted.split("\",\"").for_each(|item| strings.push(item.to_owned().into()));
                }
                None if inner.is_empty() => {}
                None => strings.push(inner.into()),
            }
            let place = Place { part, row: u16::try_from(row).unwrap_or(super::JUNK) };
            event.strings.say(place, strings);
        }
        role => {
            let value = value.strip_prefix("WinEventLog:").unwrap_or(value);
            put(event, part, row, role, value);
        }
    }
}

fn finish<'a>(time: Option<&'a str>, part: u8, event: &mut Event<'a>) -> Option<()> {
    if let Some(time) = time {
        put(event, part, usize::from(super::MOMENT), Role::Time, time);
    }
    // Only Vista and later write a task. Then the event type is a level.
    let task = KEYS.iter().position(|(key, _)| *key == "TaskCategory");
    let modern = event.category.iter().any(|said| Some(usize::from(said.place.row)) == task);
    if modern {
        event.level.rescale(&|said| said.scale == Scale::Legacy, Scale::Modern);
    }
    (!event.source.is_empty() || !event.id.is_empty()).then_some(())
}
