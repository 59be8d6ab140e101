//! The table that `eventquery.vbs` of Windows XP and Server 2003 prints: a heading with the log and
//! the host, a line of column names, a ruler, and a line per event. It has no message, so that
//! nothing in it can be called benign.

use super::{clean, junk, lines, put};
use crate::{
    event::{Event, Scale},
    reader::names::Role,
};

/// The columns that feed an event.
const COLUMNS: &[(&str, Role)] = &[
    ("Type", Role::Level(Scale::Words)),
    ("Event", Role::Id),
    ("Date Time", Role::Time),
    ("Source", Role::Source),
    ("ComputerName", Role::Computer),
    ("Category", Role::Category),
    ("Description", Role::Message),
];

/// Whether a line is nothing but dashes: around the heading, or, with gaps, below the names.
pub fn is_ruler(line: &str) -> bool {
    let line = clean(line);
    line.len() >= 20 && line.bytes().all(|b| b == b'-' || b == b' ')
}

/// The log and the host that the heading names.
pub fn heading(line: &str) -> Option<(&str, &str)> {
    let rest = clean(line).strip_prefix("Listing the events in '")?;
    let (log, rest) = rest.split_once("' log of host '")?;
    Some((log, rest.strip_suffix('\'')?))
}

/// Whether a line is the one with the column names.
pub fn is_names(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    words.next() == Some("Type") && words.next() == Some("Event") && line.contains("Source")
}

/// Reads the heading and the row below it.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut lines = lines(text).map(|(_, line)| line).filter(|line| !clean(line).is_empty());
    let mut names = None;
    let ruler = loop {
        let line = lines.next()?;
        if let Some((log, host)) = heading(line) {
            put(event, part, COLUMNS.len(), Role::Log, log);
            put(event, part, COLUMNS.len() + 1, Role::Computer, host);
        } else if is_names(line) {
            names = Some(line);
        } else if !is_ruler(line) {
            return None;
        } else if names.is_some() {
            break line;
        }
    };
    let names = names?;
    let row = lines.next()?;
    let mut at = 0;
    for dashes in ruler.split(' ') {
        let span = at..at + dashes.len();
        at = span.end + 1;
        let name = clean(names.get(span.start..span.end.min(names.len())).unwrap_or_default());
        let end = span.end.min(row.len());
        let value = clean(row.get(span.start.min(end)..end)?);
        if let Some(column) = COLUMNS.iter().position(|(column, _)| *column == name) {
            put(event, part, column, COLUMNS[column].1, value);
        }
    }
    for more in lines {
        junk(event, part, clean(more));
    }
    (!event.id.is_empty()).then_some(())
}
