//! The output of PowerShell's `Format-List` for `Get-EventLog`, `Get-WinEvent` and WMI's
//! `Win32_NTLogEvent`. All colons are in one column, and a long value continues on indented lines.
//! So a label must begin its line and have its colon in that column.
//!
//! Sources: the .NET classes `EventLogEntry` and `EventLogRecord`, `Win32_NTLogEvent`.

use std::borrow::Cow;

use super::{check_label, clean, first_line, junk, lines, put, unwrapped};
use crate::{
    event::{Event, Place, Scale, Strings},
    record::{names::Role, typed::Type},
    swar,
};

/// The properties that feed a field.
const LABELS: &[(&str, Role)] = &[
    ("Source", Role::Source),
    ("ProviderName", Role::Source),
    ("SourceName", Role::Source),
    ("EventID", Role::Id),
    ("InstanceId", Role::Id),
    ("Id", Role::Id),
    ("EventCode", Role::Id),
    ("EventIdentifier", Role::Id),
    ("Qualifiers", Role::Qualifiers),
    ("EntryType", Role::Level(Scale::Words)),
    ("Type", Role::Level(Scale::Words)),
    ("LevelDisplayName", Role::Level(Scale::Words)),
    ("Level", Role::Level(Scale::Modern)),
    ("EventType", Role::Level(Scale::Legacy)),
    ("LogName", Role::Log),
    ("Logfile", Role::Log),
    ("MachineName", Role::Computer),
    ("ComputerName", Role::Computer),
    ("TimeGenerated", Role::Time),
    ("TimeCreated", Role::Time),
    ("Message", Role::Message),
    ("ReplacementStrings", Role::Strings),
    ("InsertionStrings", Role::Strings),
    ("Category", Role::Category),
    ("CategoryString", Role::Category),
    ("CategoryNumber", Role::Category),
    ("Task", Role::Category),
    ("TaskDisplayName", Role::Category),
    ("Data", Role::Data),
];

/// The properties that feed no field.
const OTHERS: &[(&str, Type)] = &[
    ("Index", Type::Number),
    ("TimeWritten", Type::Time),
    ("UserName", Type::NAME),
    ("User", Type::NAME),
    ("Site", Type::NAME),
    ("Container", Type::NAME),
    ("PSComputerName", Type::Computer),
    ("RunspaceId", Type::Guid),
    ("PSShowComputerName", Type::Word),
    ("Version", Type::Number),
    ("Opcode", Type::NAME),
    ("OpcodeDisplayName", Type::NAME),
    ("Keywords", Type::Bits),
    ("KeywordsDisplayNames", Type::Keyword),
    ("RecordId", Type::Number),
    ("RecordNumber", Type::Number),
    ("ProviderId", Type::NoGuid),
    ("ProcessId", Type::Number),
    ("ThreadId", Type::Number),
    ("UserId", Type::Sid),
    ("ActivityId", Type::Guid),
    ("RelatedActivityId", Type::Guid),
    ("ContainerLog", Type::File),
    ("MatchedQueryIds", Type::Word),
    ("Bookmark", Type::Word),
    ("Properties", Type::List),
    ("SystemProperties", Type::List),
    ("Scope", Type::Word),
    ("Options", Type::Word),
    ("Path", Type::File),
    ("ClassPath", Type::File),
];

/// The column of the colon, if the line begins with a property name.
pub fn column(line: &str) -> Option<usize> {
    // Fast path: most lines begin with another character.
    if !line.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') {
        return None;
    }
    let bytes = line.as_bytes();
    let blank = |at: &usize| at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b' ');
    let colon = memchr::memchr_iter(b':', bytes).find(blank)?;
    let name = swar::trim_end(line.get(..colon)?, b" ");
    let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let value = line.get(colon + 1..)?;
    (word && (value.starts_with(' ') || clean(value).is_empty())).then_some(colon)
}

/// The name, if the line is a label with its colon in this column.
pub fn name(line: &str, at: usize) -> Option<&str> {
    (column(line)? == at).then(|| line.get(..at)).flatten().map(str::trim_end)
}

/// Whether these two lines begin such a record, and cannot be anything else.
pub fn begins(first: &str, second: &str) -> bool {
    let known = |name: &str| {
        let others = ["Index", "RecordNumber", "Version", "PSComputerName", "__GENUS"];
        LABELS.iter().any(|(label, _)| *label == name) || others.contains(&name)
    };
    column(first).is_some_and(|at| {
        name(first, at).is_some_and(known)
            && (name(second, at).is_some() || second.starts_with("  "))
    })
}

/// Reads one object.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, _) = first_line(text)?;
    let column = column(first)?;
    let mut open: Option<(&str, usize)> = None;
    for (at, line) in lines(text) {
        let Some(name) = name(line, column) else {
            // A value continues on indented lines. Other lines belong to no field.
            if !clean(line).is_empty() && !line.starts_with([' ', '\t']) {
                junk(event, part, clean(line));
            }
            continue;
        };
        if let Some((name, start)) = open.replace((name, at + column + 1)) {
            value(name, &text[start..at], part, event);
        }
    }
    let (name, start) = open?;
    value(name, &text[start..], part, event);
    let named = !event.source.is_empty() || !event.message.is_empty();
    (!event.id.is_empty() && named).then_some(())
}

fn value<'a>(name: &'a str, text: &'a str, part: u8, event: &mut Event<'a>) {
    let text = unwrapped(text);
    let Some(row) = LABELS.iter().position(|(label, _)| *label == name) else {
        // These are WMI's own properties of any object.
        if !(name.starts_with("__") && Type::Computer.fits(&text)) {
            check_label(event, part, OTHERS, name, text);
        }
        return;
    };
    let role = LABELS[row].1;
    if role == Role::Strings {
        let mut strings = Strings::default();
        if let Some(joined) = list(&text) {
            strings.push(joined);
        }
        let place = Place { part, row: u16::try_from(row).unwrap_or(super::JUNK) };
        return event.strings.say(place, strings);
    }
    // An empty list of bytes means that there is no data.
    if role == Role::Data && matches!(&*text, "{}" | "System.Byte[]") {
        return;
    }
    put(event, part, row, role, text);
}

/// The text between the braces of a printed list. PowerShell joins the items with a comma and a
/// blank, and [`crate::message::split_joined`] splits them.
fn list<'a>(text: &str) -> Option<Cow<'a, str>> {
    let inner = text.strip_prefix('{').unwrap_or(text);
    let inner = clean(inner.strip_suffix('}').unwrap_or(inner));
    (!inner.is_empty() && inner != "System.String[]").then(|| Cow::Owned(inner.to_owned()))
}
