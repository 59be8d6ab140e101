//! Structured data of RFC 5424 that names an event: the names of `NXLog` and of the syslog-ng
//! agent, and the names in the RFC's own example.

use std::borrow::Cow;

use crate::{
    event::{Event, Place, Scale},
    record::{
        line::{Fill, message_alone, split_unescaped, unescape},
        names::{self, Known, Node, Role, Step},
        syslog,
        typed::Type,
    },
    swar::{self, Words},
};

/// The row of the first name.
const ROW: u16 = 2000;

/// The names that lines of other formats may have, too, and the row of the first one.
pub(super) const SHARED: (u16, &[(&str, Role)]) = (ROW, NAMES);

/// The roles of the parameters.
const NAMES: &[(&str, Role)] = &[
    ("EventID", Role::Id),
    ("eventID", Role::Id),
    ("EVENT_ID", Role::Id),
    ("EventCode", Role::Id),
    ("EventIdentifier", Role::Id),
    ("InstanceId", Role::Id),
    ("Qualifiers", Role::Qualifiers),
    ("SourceName", Role::Source),
    ("ProviderName", Role::Source),
    ("Provider", Role::Source),
    ("Source", Role::Source),
    ("eventSource", Role::Source),
    ("EVENT_SOURCE", Role::Source),
    ("Channel", Role::Log),
    ("LogName", Role::Log),
    ("Logfile", Role::Log),
    ("FileName", Role::Log),
    ("EVENT_NAME", Role::Log),
    ("EventType", Role::Level(Scale::Legacy)),
    ("EVENT_TYPE", Role::Level(Scale::Words)),
    ("EVENT_LEVEL", Role::Level(Scale::Modern)),
    ("Level", Role::Level(Scale::Modern)),
    ("LevelDisplayName", Role::Level(Scale::Words)),
    ("EntryType", Role::Level(Scale::Words)),
    ("Severity", Role::Level(Scale::Words)),
    ("SeverityValue", Role::Level(Scale::Nxlog)),
    ("Hostname", Role::Computer),
    ("Computer", Role::Computer),
    ("EventTime", Role::Time),
    ("Category", Role::Category),
    ("EVENT_CATEGORY", Role::Category),
    ("Task", Role::Category),
    ("TaskCategory", Role::Category),
    ("CategoryNumber", Role::Category),
    ("CategoryString", Role::Category),
    ("EventCategory", Role::Category),
    ("TaskDisplayName", Role::Category),
    ("TaskValue", Role::Category),
    ("Message", Role::Message),
    ("Description", Role::Message),
    ("RenderedDescription", Role::Message),
    ("EventData", Role::Strings),
    ("Strings", Role::Strings),
    ("InsertionStrings", Role::Strings),
    ("ReplacementStrings", Role::Strings),
    ("param1", Role::StringAt(0)),
    ("param2", Role::StringAt(1)),
    ("param3", Role::StringAt(2)),
    ("Data", Role::Data),
    ("Binary", Role::Data),
];

/// The parameters that feed no field.
const TYPES: &[(&str, Type)] = &[
    ("RecordNumber", Type::Number),
    ("EventRecordID", Type::Number),
    ("RecordID", Type::Number),
    ("ProcessID", Type::Number),
    ("ThreadID", Type::Number),
    ("ProviderGuid", Type::NoGuid),
    ("UserID", Type::Sid),
    ("Keywords", Type::Keyword),
    ("Opcode", Type::Word),
];

/// Reads a line whose structured data names the source or the id. The rest is the event's message.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let (mut id, mut source, mut computer) = (false, false, false);
    each(header.data, &mut |name, _| match role(name) {
        Some(Role::Id) => id = true,
        Some(Role::Source) => source = true,
        Some(Role::Computer) => computer = true,
        _ => {}
    });
    if !id && !source {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.header(&header, computer);
    if !source {
        message_alone::say_program(&mut fill, header.app);
    }
    fill.say(Role::Message, header.rest);
    Some(())
}

fn role(name: &str) -> Option<Role> {
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role)
}

/// Adds the structured data of an event that was read from the message. Both must agree.
pub fn say_beside<'a>(data: &'a str, event: &mut Event<'a>) {
    each(data, &mut |name, value| {
        // A second identity belongs to the record.
        let part = match role(name) {
            Some(Role::Id | Role::Source) => u8::MAX,
            _ => Place::BESIDE,
        };
        say_one(&mut Fill::new(event, part), name, value, "");
    });
}

/// Adds all parameters of an event. `text` is the message after the structured data.
pub(super) fn say_all<'a>(fill: &mut Fill<'_, 'a>, data: &'a str, text: &str) {
    each(data, &mut |name, value| say_one(fill, name, value, text));
}

fn say_one<'a>(fill: &mut Fill<'_, 'a>, name: &'a str, value: &'a str, text: &str) {
    let value = plain_value(value);
    // A copy of the text says nothing new.
    if swar::trim(&value) == swar::trim(text) && is_copy(name) {
        return;
    }
    match TYPES.iter().find(|(known, _)| *known == name) {
        Some((known, holds)) => fill.check_name(known, *holds, value),
        None => drop(fill.say_named(NAMES, ROW, name, value)),
    }
}

/// Whether a JSON member of this name holds a copy of the record.
fn is_copy(name: &str) -> bool {
    let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, name) else {
        return false;
    };
    matches!(names::row(row).role, Role::EmbeddedCopy | Role::NestedRecord)
}

fn plain_value(value: &str) -> Cow<'_, str> {
    unescape(value, |char| matches!(char, '"' | '\\' | ']').then_some(char))
}

/// Passes every parameter to `take`: its name, and its value with the escapes.
fn each<'a>(data: &'a str, take: &mut dyn FnMut(&'a str, &'a str)) {
    let mut rest = data;
    // Element names have no `=`, so they become the start of the first name.
    while let Some((name, value)) = rest.split_words_once("=\"") {
        let name = name.rsplit([' ', '[', '"', ']']).next().unwrap_or(name);
        let (value, end) = split_unescaped(value, b"\"");
        take(name, value);
        rest = end.strip_prefix('"').unwrap_or(end);
    }
}
