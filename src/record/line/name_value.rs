//! Lines of `Key=value` pairs: IBM's `WinCollect`, separated by tabs, and the text mode of Fluent
//! Bit's `in_winevtlog` (5.0 and later), separated by line ends. In both, the message is the last
//! pair, and all text after its name belongs to it.
//!
//! Sources: the samples in the documentation of Azure ATP; `pack.c` of Fluent Bit.

use crate::{
    event::{Event, Scale},
    record::{
        line::{Fill, tab},
        names::Role,
        syslog,
        typed::Type,
    },
    swar::Words,
};

const WIN_COLLECT: &[(&str, Role)] = &[
    ("AgentLogFile", Role::Log),
    ("Source", Role::Source),
    ("Computer", Role::Computer),
    ("EventID", Role::Id),
    ("EventIDCode", Role::Id),
    ("EventType", Role::Level(Scale::Legacy)),
    ("Level", Role::Level(Scale::Modern)),
    ("EventCategory", Role::Category),
    ("Task", Role::Category),
    ("TimeGenerated", Role::Time),
    ("TimeWritten", Role::Time),
];

/// The names that feed no field.
const WIN_COLLECT_TYPES: &[(&str, Type)] = &[
    ("AgentDevice", Type::Word),
    ("PluginVersion", Type::Word),
    ("OriginatingComputer", Type::Computer),
    ("User", Type::NAME),
    ("Domain", Type::NAME),
    ("RecordNumber", Type::Number),
    ("Keywords", Type::Keyword),
    ("Opcode", Type::Word),
];

const FLUENT_BIT: &[(&str, Role)] = &[
    ("ProviderName", Role::Source),
    ("EventID", Role::Id),
    ("Qualifiers", Role::Qualifiers),
    ("Level", Role::Level(Scale::Modern)),
    ("Task", Role::Category),
    ("TimeCreated", Role::Time),
    ("Channel", Role::Log),
    ("Computer", Role::Computer),
];

const FLUENT_BIT_TYPES: &[(&str, Type)] = &[
    ("ProviderGuid", Type::NoGuid),
    ("Version", Type::Number),
    ("Opcode", Type::Number),
    ("Keywords", Type::Bits),
    ("EventRecordID", Type::Number),
    ("ActivityID", Type::Guid),
    ("RelatedActivityID", Type::Guid),
    ("ProcessID", Type::Number),
    ("ThreadID", Type::Number),
    ("UserID", Type::Sid),
];

/// Reads a line of `WinCollect`.
pub fn win_collect<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ');
    if !rest.starts_with("AgentDevice=") {
        return None;
    }
    // Documents and some relays have blanks instead of the tabs.
    let tab = tab(rest.split_words("Message=").next()?).unwrap_or(" ");
    let mut fill = Fill::new(event, part);
    let names_computer = rest.has_words("Computer=");
    say_pairs(&mut fill, rest, tab, WIN_COLLECT, WIN_COLLECT_TYPES);
    fill.header(&header, names_computer);
    Some(())
}

/// Reads the text mode of Fluent Bit.
pub fn fluent_bit<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    if !text.starts_with("ProviderName=") || !text.has_words("\nEventID=") {
        return None;
    }
    say_pairs(&mut Fill::new(event, part), text, "\n", FLUENT_BIT, FLUENT_BIT_TYPES);
    Some(())
}

fn say_pairs<'a>(
    fill: &mut Fill<'_, 'a>,
    text: &'a str,
    between: &str,
    names: &[(&str, Role)],
    types: &[(&'static str, Type)],
) {
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(message) = rest.strip_prefix("Message=") {
            return fill.say(Role::Message, message);
        }
        let (pair, after) = rest.split_words_once(between).unwrap_or((rest, ""));
        match pair.split_once('=') {
            // A level of 0 means that there is no level, because the old API has no such field.
            Some(("Level", "0")) => {}
            Some((name, value)) => {
                let value = value.trim_end_matches(['\r', ' ']);
                fill.check_tabs(value);
                if !fill.say_named(names, 0, name, value) {
                    fill.check_named(types, name, value);
                }
            }
            // The rest of a value with several words, or inserted text.
            None => fill.left_over(pair),
        }
        rest = after;
    }
}
