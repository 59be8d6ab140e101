//! The logs that people paste into forums: RSIT, OTL, `MiniToolBox`, FRST, and Sysinternals'
//! `psloglist`. All readers are written from memory of such pages, and none from the source of a
//! program. The verdict assumes nothing that a record does not say.

use super::{clean, first_line, joined, junk, lines, put};
use crate::{
    event::{Event, Scale},
    record::{
        names::Role,
        typed::{self, Type},
    },
    swar,
};

const SOURCE: usize = 0;
const ID: usize = 1;
const LEVEL: usize = 2;
const TIME: usize = 3;
const COMPUTER: usize = 4;
const LOG: usize = 5;
const MESSAGE: usize = 6;

const WORD: Role = Role::Level(Scale::Words);

/// The words that a line of these logs may begin with.
const LEVELS: [&str; 6] =
    ["Error", "Warning", "Information", "Info", "Success Audit", "Failure Audit"];

/// The name of the log in the heading of a section: `[ Application Events ]`,
/// `Application errors:`, `======Application event log======` or `Application log on \\SERVER1:`.
pub fn section(line: &str) -> Option<&str> {
    let line = clean(line);
    if line.len() > 256 {
        return None;
    }
    let name = line
        .strip_prefix("[ ")
        .and_then(|rest| rest.strip_suffix(" Events ]"))
        .or_else(|| line.strip_suffix(" errors:"))
        .or_else(|| {
            let name = line.strip_prefix("=====")?.strip_suffix("=====")?;
            name.trim_matches('=').strip_suffix(" event log")
        })
        .or_else(|| {
            let (name, computer) = line.strip_suffix(':')?.split_once(" log on \\\\")?;
            Type::Computer.fits(computer).then_some(name)
        })?;
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b' ' || b == b'-';
    (!name.is_empty() && name.len() <= 40 && name.bytes().all(word)).then_some(name)
}

/// Reads the heading, if there is one. Returns the first line of the record and the text after it.
fn head<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<(&'a str, &'a str)> {
    let (mut first, mut rest) = first_line(text)?;
    if let Some(log) = section(first) {
        put(event, part, LOG, Role::Log, log);
        (first, rest) = first_line(rest)?;
        if first.bytes().all(|b| b == b'=') {
            (first, rest) = first_line(rest)?;
        }
    }
    Some((first, rest))
}

/// Whether a line begins with a level and this text after it.
fn begins_with_level(line: &str, behind: &str) -> bool {
    let line = clean(line);
    let rest = LEVELS.iter().find_map(|level| line.strip_prefix(level));
    rest.is_some_and(|rest| rest.starts_with(behind))
}

/// Whether a record of OTL begins with this line.
pub fn is_otl(line: &str) -> bool {
    begins_with_level(line, " - ") && line.contains(" | Source = ") && line.contains(" | ID = ")
}

/// OTL (`Extras.txt`): one line of fields, and then the description, which is wrapped.
pub fn otl<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = head(text, part, event)?;
    if !is_otl(first) {
        return None;
    }
    let (level, fields) = first.split_once(" - ")?;
    put(event, part, LEVEL, WORD, level);
    for (i, field) in fields.split(" | ").enumerate() {
        match field.split_once('=').map(|(name, value)| (swar::trim(name), swar::trim(value))) {
            Some(("Computer Name", value)) => put(event, part, COMPUTER, Role::Computer, value),
            Some(("Source", value)) => put(event, part, SOURCE, Role::Source, value),
            Some(("ID", value)) => put(event, part, ID, Role::Id, value),
            None if i == 0 => put(event, part, TIME, Role::Time, field),
            _ => event.leave_unread("a field of the first line", field),
        }
    }
    description(rest, "Description =", part, event);
    Some(())
}

/// Adds the description below the first line. Without its label, the text is not a description.
fn description<'a>(rest: &'a str, label: &str, part: u8, event: &mut Event<'a>) {
    match clean(rest).strip_prefix(label) {
        Some(text) => put(event, part, MESSAGE, Role::Message, joined(text)),
        None if clean(rest).is_empty() => {}
        None => junk(event, part, clean(rest)),
    }
}

/// Whether a record of FRST or `MiniToolBox` begins with this line.
pub fn is_frst(line: &str) -> bool {
    begins_with_level(line, ": (") && line.contains(") (Source: ")
}

/// FRST (`Addition.txt`) and `MiniToolBox`, which omits the id.
pub fn frst<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = head(text, part, event)?;
    if !is_frst(first) {
        return None;
    }
    let (level, fields) = first.split_once(": (")?;
    put(event, part, LEVEL, WORD, level);
    for (i, field) in swar::trim(fields).trim_end_matches(')').split(") (").enumerate() {
        match field.split_once(": ") {
            Some(("Source", value)) => put(event, part, SOURCE, Role::Source, value),
            Some(("EventID", value)) => put(event, part, ID, Role::Id, value),
            Some(("User", user)) => typed::check_name(event, part, "User", Type::NAME, user),
            None if i == 0 => put(event, part, TIME, Role::Time, field),
            _ => event.leave_unread("a field of the first line", field),
        }
    }
    description(rest, "Description:", part, event);
    Some(())
}

/// Whether these two lines begin a record of `psloglist`.
pub fn is_psloglist(first: &str, second: &str) -> bool {
    psloglist_source(clean(first)).is_some() && clean(second).starts_with("Type:")
}

/// `[04242] crypt32`
fn psloglist_source(line: &str) -> Option<&str> {
    let (number, source) = line.strip_prefix('[')?.split_once("] ")?;
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| clean(source))
}

/// `psloglist`: the number and the source, indented fields that end with the id, and the message.
pub fn psloglist<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = head(text, part, event)?;
    if !is_psloglist(first, first_line(rest)?.0) {
        return None;
    }
    put(event, part, SOURCE, Role::Source, psloglist_source(first)?);
    for (at, line) in lines(rest) {
        let Some((name, value)) = clean(line).split_once(':') else {
            if clean(line).is_empty() {
                continue;
            }
            put(event, part, MESSAGE, Role::Message, clean(&rest[at..]));
            break;
        };
        match name {
            "Type" => put(event, part, LEVEL, WORD, clean(value)),
            "Computer" => put(event, part, COMPUTER, Role::Computer, clean(value)),
            "User" => typed::check_name(event, part, "User", Type::NAME, clean(value)),
            "Time" => {
                let (time, id) = value.split_once(" ID:").unwrap_or((value, ""));
                put(event, part, TIME, Role::Time, clean(time));
                put(event, part, ID, Role::Id, clean(id));
                // The fields end here.
                put(event, part, MESSAGE, Role::Message, clean(&rest[at + line.len()..]));
                break;
            }
            _ => junk(event, part, clean(line)),
        }
    }
    Some(())
}

/// The labels of RSIT before the message and after it.
const RSIT_HEAD: [&str; 3] = ["Computer Name: ", "Event Code: ", "Message: "];
const RSIT_TAIL: [&str; 5] =
    ["Record Number:", "Source Name:", "Time Written:", "Event Type:", "User:"];

/// Whether these two lines begin a record of RSIT.
pub fn is_rsit(first: &str, second: &str) -> bool {
    first.starts_with(RSIT_HEAD[0]) && clean(second).starts_with(RSIT_HEAD[1])
}

/// RSIT (`info.txt`): WMI properties in a fixed order, with the message between them. The message
/// ends at the last block of labels.
pub fn rsit<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (first, rest) = head(text, part, event)?;
    let (second, rest) = first_line(rest)?;
    if !is_rsit(first, second) {
        return None;
    }
    put(event, part, COMPUTER, Role::Computer, clean(&first[RSIT_HEAD[0].len()..]));
    put(event, part, ID, Role::Id, clean(&second[RSIT_HEAD[1].len()..]));
    let text = swar::trim_start(rest).strip_prefix(RSIT_HEAD[2])?;
    let start = lines(text).filter(|(_, line)| line.starts_with(RSIT_TAIL[0])).last();
    let Some((start, _)) = start else {
        put(event, part, MESSAGE, Role::Message, clean(text));
        return Some(());
    };
    put(event, part, MESSAGE, Role::Message, clean(&text[..start]));
    let mut labels = RSIT_TAIL.iter();
    for (_, line) in lines(&text[start..]).filter(|(_, line)| !clean(line).is_empty()) {
        let value = labels.next().and_then(|label| Some((label, line.strip_prefix(label)?)));
        match value {
            Some((&"Source Name:", value)) => put(event, part, SOURCE, Role::Source, clean(value)),
            Some((&"Time Written:", value)) => put(event, part, TIME, Role::Time, clean(value)),
            Some((&"Event Type:", value)) => put(event, part, LEVEL, WORD, clean(value)),
            Some((&"User:", value)) => typed::check(event, "User", Type::NAME, clean(value)),
            Some((label, value)) => typed::check(event, label, Type::Number, clean(value)),
            None => junk(event, part, clean(line)),
        }
    }
    Some(())
}
