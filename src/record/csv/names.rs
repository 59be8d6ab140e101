//! The table of CSV column names: which column feeds which field of the event.
//!
//! Sources: `Get-EventLog` and `Get-WinEvent` through `Export-Csv`; `EvtxECmd`; Log Parser 2.2;
//! `eventquery.vbs /FO CSV`; `wmic /format:csv`; Event Viewer of Vista and later; plaso; the
//! exports of Kibana, Splunk, Graylog and Azure's portal, whose columns are members of JSON
//! records.

use crate::{
    event::Scale,
    record::{
        names::{self, Known, NAMES, Node, Role, Step},
        typed::{self, Type},
    },
};

/// All columns that feed an event, as the header spells them.
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
    ("_time", Role::Time),
    ("Message", Role::Message),
    ("Description", Role::Message),
    ("Strings", Role::Strings),
    ("ReplacementStrings", Role::Strings),
    ("InsertionStrings", Role::Strings),
    ("Payload", Role::Strings),
    ("Category", Role::Category),
    ("CategoryString", Role::Category),
    ("CategoryNumber", Role::Category),
    ("EventCategory", Role::Category),
    ("EventCategoryName", Role::Category),
    ("Task Category", Role::Category),
    ("TaskCategory", Role::Category),
    ("Task", Role::Category),
    ("TaskDisplayName", Role::Category),
    ("Data", Role::Data),
];

/// The types that PowerShell names in the column `Properties`, in place of the list that it cannot
/// write there.
pub(super) const ILIST: &str =
    "System.Collections.Generic.IList`1[System.Diagnostics.Eventing.Reader.EventProperty]";
pub(super) const LIST: &str =
    "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]";

/// Columns that feed no field, with the types of their values.
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
    // The maps of `EvtxECmd` fill these columns. There is no map for this event.
    ("MapDescription", Type::Nothing),
    ("RemoteHost", Type::Nothing),
    ("ExecutableInfo", Type::Nothing),
    ("PayloadData1", Type::Nothing),
    ("PayloadData2", Type::Nothing),
    ("PayloadData3", Type::Nothing),
    ("PayloadData4", Type::Nothing),
    ("PayloadData5", Type::Nothing),
    ("PayloadData6", Type::Nothing),
];

/// Names that other programs also use for other columns in another case. They are only read in
/// their exact case.
const GENERIC: [&str; 10] =
    ["id", "source", "type", "level", "name", "data", "host", "log", "body", "event"];

/// The field that a column feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field that the column feeds.
    pub role: Role,
    /// The row of the column name.
    pub row: usize,
    /// Whether the name is spelled exactly. A column in another case must agree with the event.
    pub exact: bool,
}

/// Whether a column of this name can identify a table: it is the name of an id column or of a
/// column with a whole record. Most lines have no such column.
pub(super) fn may_identify(name: &str) -> bool {
    let name = name.as_bytes();
    let last = name.get(name.len().saturating_sub(2)..).unwrap_or_default();
    let id = [&b"id"[..], b"de", b"er"].iter().any(|end| last.eq_ignore_ascii_case(end));
    id || name.eq_ignore_ascii_case(b"event")
        || name == b"_raw"
        || PLASO_SIGNS.iter().any(|sign| sign.as_bytes() == name)
}

/// The column of this name, in plaso's output or in any other; `all` gives the names of the whole
/// header.
pub fn column<'n, I: Iterator<Item = &'n str>>(
    plaso: bool,
    name: &str,
    all: impl Fn() -> I,
) -> Option<Column> {
    let table = if plaso { PLASO } else { COLUMNS };
    if let Some(row) = table.iter().position(|(column, _)| *column == name) {
        return Some(Column { role: table.get(row)?.1, row, exact: true });
    }
    // No column has a shorter name.
    if plaso || name.len() < 2 {
        return None;
    }
    if is_machine(name, &all) {
        return Some(Column { role: Role::Host, row: usize::from(u16::MAX >> 1) - 1, exact: true });
    }
    if let Some(column) = member(table, name) {
        return Some(column);
    }
    let row = table.iter().position(|(column, _)| column.eq_ignore_ascii_case(name))?;
    let (known, role) = *table.get(row)?;
    // Without the exact name in the header, this column takes its role.
    let alone = !all().any(|other| other == known);
    (!is_generic(name) && (alone || typed::decides(role))).then_some(Column {
        role,
        row,
        exact: alone,
    })
}

/// Whether a name is a short one that other programs use for other things.
pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.iter().any(|generic| generic.eq_ignore_ascii_case(name))
}

/// Whether a column names the machine that a record came from. Every export of Graylog or Splunk
/// has such a column.
pub(super) fn is_machine<'n, I: Iterator<Item = &'n str>>(name: &str, all: impl Fn() -> I) -> bool {
    let beside = match name {
        "source" => "timestamp",
        "host" => "_time",
        _ => return false,
    };
    all().any(|name| name == beside)
}

/// The column for a name that is known as a JSON member.
fn member(table: &[(&str, Role)], name: &str) -> Option<Column> {
    let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, name) else {
        return None;
    };
    let reads = NAMES.get(usize::from(row))?.only.is_empty();
    if reads { field(table, row, true) } else { None }
}

/// The field of a JSON member with this row of [`NAMES`]. Its rows follow those of the table.
fn field(table: &[(&str, Role)], row: u16, exact: bool) -> Option<Column> {
    let role = NAMES.get(usize::from(row))?.role;
    let row = table.len() + 2 + usize::from(row);
    role.is_field().then_some(Column { role, row, exact })
}

/// The column of a name that the table does not have, but that other shapes have in any case. Its
/// cells must agree with the event, or have the type of the name. `plaso` says whether the table is
/// that of plaso, which also has columns of other sources than event logs.
pub(super) fn elsewhere(plaso: bool, name: &str) -> Option<Column> {
    let spelled = names::as_spelled(name);
    // In the other shapes, the names of the last kind hold no text.
    let (role, row) = match names::step_or_in_any_case(Node::TOP, Node::TOP, &spelled).0 {
        Step::Known(Known { row: Some(row), .. }) => (names::row(row).role, usize::from(row)),
        Step::Unknown => return None,
        Step::Known(_) if plaso && names::OBJECTS.contains(&name) => return None,
        _ => (Role::Foreign, NAMES.len()),
    };
    // A type that only some shapes have holds for their own members.
    let typed = names::rows().get(row).is_some_and(|name| name.is_generic()) && !role.is_field();
    let free =
        role == Role::ShapeMarker || typed || plaso && role.is_field() && !typed::decides(role);
    (!free).then_some(Column { role, row: COLUMNS.len() + 2 + row, exact: false })
}

impl Column {
    /// The name and the type of the cells, if the column feeds no field.
    pub(super) fn holds(&self) -> Option<(&'static str, Type)> {
        let name = names::rows().get(self.row.checked_sub(COLUMNS.len() + 2)?);
        if self.role.is_field() {
            return None;
        }
        let holds = self.role.unread_type().unwrap_or(Type::Nothing);
        Some((name.map_or("a column with a name of other shapes", |name| name.path()), holds))
    }
}

/// The functions of Log Parser that keep the meaning of a value.
pub(super) const KEEPING: [&str; 8] = [
    "TO_UTCTIME",
    "TO_LOCALTIME",
    "TO_STRING",
    "TO_INT",
    "TO_UPPERCASE",
    "TO_LOWERCASE",
    "TRIM",
    "RESOLVE_SID",
];

/// The log files of Windows, and the names of their logs.
pub(super) const FILES: [(&str, &str); 6] = [
    ("AppEvent", "Application"),
    ("SysEvent", "System"),
    ("SecEvent", "Security"),
    ("Application", "Application"),
    ("System", "System"),
    ("Security", "Security"),
];

/// The columns of plaso, in its own layout and in that of log2timeline. `source` is a kind of
/// artefact, and the message contains the whole event.
///
/// Timesketch also writes the attributes of the event.
pub const PLASO: &[(&str, Role)] = &[
    ("datetime", Role::Time),
    ("message", Role::EmbeddedCopy),
    ("desc", Role::EmbeddedCopy),
    ("source_name", Role::Source),
    ("event_identifier", Role::Id),
    ("message_identifier", Role::Id),
    ("event_type", Role::Level(Scale::Legacy)),
    ("event_level", Role::Level(Scale::Modern)),
    ("event_category", Role::Category),
    ("computer_name", Role::Computer),
    ("strings", Role::Strings),
    ("xml_string", Role::NestedRecord),
];

/// Columns of plaso that feed no field.
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
    ("__ts_timeline_id", Type::Number),
    ("data_type", Type::Word),
    ("facility", Type::Number),
    ("label", Type::NAME),
    ("offset", Type::Number),
    ("record_number", Type::Number),
    ("recovered", Type::Word),
    ("severity", Type::Number),
    ("source_short", Type::Word),
    ("timestamp", Type::Number),
    ("user_sid", Type::Sid),
];

/// The columns that identify a header of plaso.
pub const PLASO_SIGNS: [&str; 2] = ["timestamp_desc", "MACB"];

/// A layout without a header, or with a header in the language of the computer: the meaning of each
/// column, and the columns that must look like a date, a time of day or a number.
#[derive(Debug)]
pub struct Layout {
    /// The roles of the columns. The last one is the message, which extends to the end of the
    /// record.
    pub columns: &'static [Role],
    /// The column that must be a date.
    pub date: usize,
    /// The column that must be a time of day.
    pub clock: Option<usize>,
    /// The columns that must be whole numbers.
    pub numbers: &'static [usize],
    /// The column that must be in capital letters.
    pub capitals: Option<usize>,
}

use Role::{Category, Computer, Id, Log, Message, ShapeMarker, Source, Time};

pub(super) const WORD: Role = Role::Level(Scale::Words);

/// Event Viewer of Windows XP and Server 2003: CSV, and TXT with tabs.
pub const XP: Layout = Layout {
    columns: &[Time, ShapeMarker, Source, WORD, Category, Id, ShapeMarker, Computer, Message],
    date: 0,
    clock: Some(1),
    numbers: &[5],
    capitals: None,
};

/// Event Viewer of Vista and later. Its header names five of the six columns in the language of the
/// computer, so the layout is recognised by its rows.
pub const VISTA: Layout = Layout {
    columns: &[WORD, Time, Source, Id, Category, Message],
    date: 1,
    clock: None,
    numbers: &[3],
    capitals: None,
};

/// The known headers of [`VISTA`].
pub(super) const VISTA_HEADERS: [[&str; 5]; 3] = [
    ["Level", "Date and Time", "Source", "Event ID", "Task Category"],
    ["Ebene", "Datum und Uhrzeit", "Quelle", "Ereignis-ID", "Aufgabenkategorie"],
    ["レベル", "日付と時刻", "ソース", "イベント ID", "タスクのカテゴリ"],
];

/// The output of `psloglist -s`.
pub const PSLOGLIST: Layout = Layout {
    columns: &[ShapeMarker, Log, Source, WORD, Computer, Time, Id, ShapeMarker, Message],
    date: 5,
    clock: None,
    numbers: &[0, 6],
    capitals: Some(3),
};
