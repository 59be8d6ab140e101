//! The table that `eventquery.vbs` of Windows XP and Server 2003 prints: a heading with the log and
//! the host, a line of column names, a ruler, and one line per event. It has no message, so none of
//! its records can be benign.

use core::ops::Range;

use super::{clean, junk, lines, put};
use crate::{
    event::{Event, Scale},
    record::{
        line::is_number,
        names::Role,
        typed::{self, Type},
    },
};

/// The columns that feed a field.
const COLUMNS: &[(&str, Role)] = &[
    ("Type", Role::Level(Scale::Words)),
    ("Event", Role::Id),
    ("Date Time", Role::Time),
    ("Source", Role::Source),
    ("ComputerName", Role::Computer),
    ("Category", Role::Category),
    ("Description", Role::Message),
];

/// Whether a line has only dashes. Such lines surround the heading, and one with gaps is below the
/// column names.
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

/// Whether a line has the column names.
pub fn is_names(line: &str) -> bool {
    let mut words = line.split_ascii_whitespace();
    words.next() == Some("Type") && words.next() == Some("Event") && line.contains("Source")
}

/// The lines above the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The logs and hosts in the headings.
    origins: Vec<(String, String)>,
    /// The span of each column, and its row in [`COLUMNS`] if it feeds a field.
    columns: Vec<(Range<usize>, Option<usize>)>,
}

/// The limit for the number of columns and of headings. Real tables have fewer.
const MOST: usize = 16;

impl Table {
    /// Reads the lines down to the ruler below the column names.
    pub fn of(lines: &mut dyn Iterator<Item = &str>) -> Option<Self> {
        let (mut origins, mut names) = (Vec::new(), None);
        let ruler = loop {
            let line = lines.next()?;
            if let Some((log, host)) = heading(line) {
                origins.push((log.to_owned(), host.to_owned()));
            } else if is_names(line) {
                names = Some(line);
            } else if !is_ruler(line) {
                return None;
            } else if names.is_some() {
                break line;
            }
        };
        let (names, mut columns, mut at, mut words) = (names?, Vec::new(), 0, 0);
        let count = |text: &str| text.split_ascii_whitespace().count();
        for dashes in ruler.split(' ') {
            let span = at..at + dashes.len();
            at = span.end + 1;
            let name = clean(names.get(span.start..span.end.min(names.len())).unwrap_or_default());
            if !Type::NAME.fits(name) {
                return None;
            }
            words += count(name);
            columns.push((span, COLUMNS.iter().position(|(column, _)| *column == name)));
        }
        // All words of the line are inside columns.
        (words == count(names) && origins.len() <= MOST && columns.len() <= MOST)
            .then_some(Self { origins, columns })
    }

    /// Whether a record begins with a row: it has a number in the column of the id.
    pub fn has_row(&self, record: &str) -> bool {
        let row = lines(record).map(|(_, line)| line).find(|line| !clean(line).is_empty());
        let is_id = |column: usize| COLUMNS[column].1 == Role::Id;
        let id = self.columns.iter().find(|(_, column)| column.is_some_and(is_id));
        let value = |row: &str, span: &Range<usize>| {
            row.get(span.start..span.end.min(row.len()))
                .is_some_and(|value| is_number(clean(value)))
        };
        row.zip(id).is_some_and(|(row, (span, _))| value(row, span))
    }

    /// Reads one row, if there [is one](Self::has_row).
    pub fn read<'a>(&self, text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
        let mut lines = lines(text).map(|(_, line)| line).filter(|line| !clean(line).is_empty());
        let row = lines.next()?;
        for (log, host) in &self.origins {
            put(event, part, COLUMNS.len(), Role::Log, log.clone());
            put(event, part, COLUMNS.len() + 1, Role::Computer, host.clone());
        }
        let mut at = 0;
        for (span, column) in &self.columns {
            let end = span.end.min(row.len());
            let start = span.start.min(end);
            let value = clean(row.get(start..end)?);
            // A line with text outside of the columns is not a row.
            if !clean(row.get(at..start)?).is_empty() {
                return None;
            }
            match column {
                Some(column) => put(event, part, *column, COLUMNS[*column].1, value),
                None => typed::check(event, "a column", Type::NAME, value),
            }
            at = end;
        }
        typed::check(event, "behind the last column", Type::Nothing, clean(row.get(at..)?));
        for more in lines {
            junk(event, part, clean(more));
        }
        (!event.id.is_empty()).then_some(())
    }
}

/// Reads the heading and the row below it.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut at = 0;
    let mut above = lines(text).filter(|(_, line)| !clean(line).is_empty()).map(|(start, line)| {
        at = start + line.len();
        line
    });
    let table = Table::of(&mut above)?;
    let rows = &text[at..];
    if table.has_row(rows) { table.read(rows, part, event) } else { None }
}
