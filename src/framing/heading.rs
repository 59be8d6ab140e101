//! Headings: lines that describe the records below them. Each record is emitted together with its
//! heading. A heading is parsed only once, however many records follow it.

use crate::record::{
    block::{clean, eventquery, forum_logs},
    csv,
};

/// The maximum length of the lines above a table, in bytes: those of `eventquery /V` have nearly a
/// thousand bytes each.
const LONGEST: usize = 4096;

/// The heading that currently applies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Heading {
    /// No heading.
    #[default]
    None,
    /// A CSV header, perhaps below PowerShell's type line.
    Csv(String, csv::Header),
    /// The name of a log, in the logs that people post in forums.
    Section(String),
    /// The lines above an `eventquery` table. The table is `None` until these lines are complete.
    Table(String, Option<eventquery::Table>),
}

/// A heading to borrow where there is no heading.
pub const NO_HEADING: &Heading = &Heading::None;

impl Heading {
    /// The heading that this line forms, alone or with the lines before it.
    pub fn next(&self, line: &str) -> Option<Self> {
        match self {
            Self::Table(text, None)
                if text.len() + line.len() < LONGEST
                    && (eventquery::is_names(line) || eventquery::is_ruler(line)) =>
            {
                let text = format!("{text}\n{line}");
                let table = if eventquery::is_ruler(line) {
                    eventquery::Table::of(&mut text.lines())
                } else {
                    None
                };
                return Some(Self::Table(text, table));
            }
            Self::Section(_) if !line.is_empty() && line.bytes().all(|b| b == b'=') => {
                return Some(self.clone());
            }
            _ => {}
        }
        if eventquery::heading(line).is_some() || eventquery::is_names(line) {
            return Some(Self::Table(clean(line).to_owned(), None));
        }
        forum_logs::section(line).map(|_| Self::Section(clean(line).to_owned()))
    }

    /// A blank line ends a table.
    pub fn blank(&mut self) {
        if self.is_table() {
            *self = Self::None;
        }
    }

    /// Whether rows of a table may follow.
    pub fn is_table(&self) -> bool {
        matches!(self, Self::Table(_, Some(_)))
    }

    /// The CSV header, if the heading is one.
    pub fn csv(&self) -> Option<&csv::Header> {
        match self {
            Self::Csv(_, header) => Some(header),
            _ => None,
        }
    }

    /// The text of the heading, unchanged.
    pub fn text(&self) -> &str {
        match self {
            Self::None => "",
            Self::Csv(text, _) | Self::Section(text) | Self::Table(text, _) => text,
        }
    }
}
