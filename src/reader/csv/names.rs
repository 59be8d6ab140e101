//! The one home of CSV column names: which column feeds which field of the event.
//!
//! Sources: `Get-EventLog` and `Get-WinEvent` through `Export-Csv`; `EvtxECmd`; Log Parser 2.2;
//! `eventquery.vbs /FO CSV`; `wmic /format:csv`; Event Viewer of Vista and later; plaso.

use crate::{
    event::Scale,
    reader::{
        names::Role,
        typed::{self, Type},
    },
};

/// Every column that feeds an event, as its header spells it.
pub const COLUMNS: &[(&str, Role)] = &[
    ("Source", Role::Source),
    ("SourceName", Role::Source),
    ("ProviderName", Role::Source),
    ("Provider", Role::Source),
    ("EventID", Role::Id),
    ("Event ID", Role::Id),
    ("EventId", Role::Id),
    ("InstanceId", Role::Id),
    ("Id", Role::Id),
    ("Event", Role::Id),
    ("EventCode", Role::Id),
    ("EventIdentifier", Role::Id),
    ("Qualifiers", Role::Qualifiers),
    ("Level", Role::Level(Scale::Modern)),
    ("EntryType", Role::Level(Scale::Legacy)),
    ("EventType", Role::Level(Scale::Legacy)),
    ("EventTypeName", Role::Level(Scale::Words)),
    ("LevelDisplayName", Role::Level(Scale::Words)),
    ("Type", Role::Level(Scale::Words)),
    ("Channel", Role::Log),
    ("LogName", Role::Log),
    ("Log Name", Role::Log),
    ("Logfile", Role::Log),
    ("EventLog", Role::Log),
    ("MachineName", Role::Computer),
    ("ComputerName", Role::Computer),
    ("Computer", Role::Computer),
    ("TimeGenerated", Role::Time),
    ("TimeCreated", Role::Time),
    ("Date and Time", Role::Time),
    ("Date Time", Role::Time),
    ("Message", Role::Message),
    ("Description", Role::Message),
    ("Strings", Role::Strings),
    ("ReplacementStrings", Role::Strings),
    ("InsertionStrings", Role::Strings),
    ("Payload", Role::Strings),
    ("Category", Role::Category),
    ("CategoryNumber", Role::Category),
    ("EventCategory", Role::Category),
    ("EventCategoryName", Role::Category),
    ("Task Category", Role::Category),
    ("Task", Role::Category),
    ("TaskDisplayName", Role::Category),
    ("Data", Role::Data),
];

/// Columns that feed nothing, but whose values have a type.
pub(super) const TYPES: &[(&str, Type)] = &[
    ("Index", Type::Number),
    ("RecordNumber", Type::Number),
    ("RecordId", Type::Number),
    ("EventRecordId", Type::Number),
    ("ProcessId", Type::Number),
    ("ThreadId", Type::Number),
    ("UserId", Type::Sid),
    ("User", Type::NAME),
    ("UserName", Type::NAME),
    ("SID", Type::Sid),
    ("TimeWritten", Type::Time),
];

/// Names that other columns have too, in another case: in that they are not read.
const GENERIC: [&str; 10] =
    ["id", "source", "type", "level", "name", "data", "host", "log", "body", "event"];

/// What a column feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field.
    pub role: Role,
    /// The row of its name.
    pub row: usize,
    /// Whether its name is the known one. One that differs only in case must not say anything else.
    pub exact: bool,
}

/// What the column of this name feeds.
pub fn column(table: &[(&str, Role)], name: &str) -> Option<Column> {
    let find = |same: &dyn Fn(&str) -> bool| {
        let row = table.iter().position(|(column, _)| same(column))?;
        Some(Column { role: table.get(row)?.1, row, exact: false })
    };
    if let Some(column) = find(&|column| column == name) {
        return Some(Column { exact: true, ..column });
    }
    let generic = GENERIC.iter().any(|generic| generic.eq_ignore_ascii_case(name));
    find(&|column| column.eq_ignore_ascii_case(name))
        .filter(|column| !generic && typed::decides(column.role))
}

/// The columns of plaso, in its own layout and in that of log2timeline. Its `source` is a kind of
/// artefact, and its message holds the whole event.
pub const PLASO: &[(&str, Role)] =
    &[("datetime", Role::Time), ("message", Role::Again), ("desc", Role::Again)];

/// Columns of plaso that feed nothing.
pub(super) const PLASO_TYPES: &[(&str, Type)] = &[
    ("timestamp_desc", Type::NAME),
    ("source", Type::Word),
    ("source_long", Type::NAME),
    ("parser", Type::Word),
    ("display_name", Type::File),
    ("tag", Type::NAME),
    ("date", Type::Word),
    ("time", Type::Word),
    ("timezone", Type::Word),
    ("MACB", Type::Word),
    ("sourcetype", Type::NAME),
    ("type", Type::NAME),
    ("user", Type::NAME),
    ("host", Type::Computer),
    ("version", Type::Number),
    ("filename", Type::File),
    ("inode", Type::Word),
    ("notes", Type::NAME),
    ("format", Type::Word),
];

/// The columns that make a header plaso's.
pub const PLASO_SIGNS: [&str; 2] = ["timestamp_desc", "MACB"];

/// Layouts that come without a header, or with one in the language of the computer: what each
/// column means, and which of them must look like a time, a number, or the hour of a time.
#[derive(Debug)]
pub struct Layout {
    /// The columns. The last one is the message, which reaches to the end of the record.
    pub columns: &'static [Role],
    /// Must be a date.
    pub date: usize,
    /// Must be a time of day.
    pub clock: Option<usize>,
    /// Must be whole numbers.
    pub numbers: &'static [usize],
    /// Must be capital letters.
    pub capitals: Option<usize>,
}

use Role::{Category, Computer, Id, Log, Message, Sign, Source, Time};

pub(super) const WORD: Role = Role::Level(Scale::Words);

/// Event Viewer of Windows XP and Server 2003: CSV, and TXT with tabs.
pub const XP: Layout = Layout {
    columns: &[Time, Sign, Source, WORD, Category, Id, Sign, Computer, Message],
    date: 0,
    clock: Some(1),
    numbers: &[5],
    capitals: None,
};

/// Event Viewer of Vista and later. Its header names five of the six columns, in the language of
/// the computer, so that it is known by its rows.
pub const VISTA: Layout = Layout {
    columns: &[WORD, Time, Source, Id, Category, Message],
    date: 1,
    clock: None,
    numbers: &[3],
    capitals: None,
};

/// `psloglist -s`.
pub const PSLOGLIST: Layout = Layout {
    columns: &[Sign, Log, Source, WORD, Computer, Time, Id, Sign, Message],
    date: 5,
    clock: None,
    numbers: &[0, 6],
    capitals: Some(3),
};
