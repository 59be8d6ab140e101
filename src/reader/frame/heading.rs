//! Headings: lines that say something about the records below them. A record is given out together
//! with the heading that applies, so that readers see one text.

use crate::reader::block::{clean, forum, query};

/// The heading that applies at the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Heading {
    /// None.
    #[default]
    None,
    /// A CSV header, and what stands between its fields.
    Csv(String, u8),
    /// The name of a log, in the logs that people paste into forums.
    Section(String),
    /// The lines above an `eventquery` table; whether they are complete.
    Table(String, bool),
}

impl Heading {
    /// The heading that this line makes, alone or with the lines in front of it.
    pub fn next(&self, line: &str) -> Option<Self> {
        match self {
            Self::Table(text, false) if query::is_names(line) || query::is_ruler(line) => {
                let complete = query::is_ruler(line) && text.lines().any(query::is_names);
                return Some(Self::Table(format!("{text}\n{line}"), complete));
            }
            Self::Section(_) if !line.is_empty() && line.bytes().all(|b| b == b'=') => {
                return Some(self.clone());
            }
            _ => {}
        }
        if query::heading(line).is_some() || query::is_names(line) {
            return Some(Self::Table(clean(line).to_owned(), false));
        }
        forum::section(line).map(|_| Self::Section(line.to_owned()))
    }

    /// A blank line ends a table.
    pub fn blank(&mut self) {
        if let Self::Table(_, true) = self {
            *self = Self::None;
        }
    }

    /// The delimiter of a CSV header.
    pub fn delimiter(&self) -> Option<u8> {
        match self {
            Self::Csv(_, delimiter) => Some(*delimiter),
            _ => None,
        }
    }

    /// The whole heading.
    pub fn text(&self) -> &str {
        match self {
            Self::None => "",
            Self::Csv(text, _) | Self::Section(text) | Self::Table(text, _) => text,
        }
    }

    /// The heading of a line in a table.
    pub fn of_row(&self) -> &str {
        if let Self::Table(text, true) = self { text } else { "" }
    }

    /// The heading of a block in a section.
    pub fn of_section(&self) -> &str {
        if let Self::Section(text) = self { text } else { "" }
    }
}
