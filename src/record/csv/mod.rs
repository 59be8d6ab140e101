//! Reads CSV: a header and one record, or one record of a layout without a header. The meaning of
//! columns is in [`names`]. The framer decides where a record ends in a stream, and uses this
//! module for that.

use core::ops::RangeInclusive;
use std::borrow::Cow;

use crate::{
    article,
    event::{Event, Place, Strings},
    json::Tokens,
    record::{
        block::put,
        line::{syslog_agents::adiscon, tln},
        names::Role,
        strings,
        text::Read,
        typed::{self, Type},
        xml,
    },
    swar::{self, split_once},
};

mod members;
pub mod names;
pub mod plaso;
mod row;

use row::{Row, record};

use names::{COLUMNS, Column, Layout, PLASO_SIGNS};

/// The delimiters. They are tried in this order.
pub const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// The maximum length of a column name in bytes.
const LONGEST_NAME: usize = 64;
/// The maximum length of a name that a program took from its data.
const LONGEST_FREE: usize = 256;
/// The minimum number of names in a header that cannot be read.
const FEWEST: usize = 4;
/// The number of bytes at the start of a row that contain its time.
const NEAR: usize = 64;
/// The minimum length of a header in bytes.
const SHORTEST: usize = "a,b,c".len();
/// The maximum number of columns.
const MOST_COLUMNS: usize = 256;

/// The number of columns that the layouts without a header, and headers with unknown names, can
/// have.
pub const LAID_OUT: RangeInclusive<usize> = 5..=9;

/// The place of a cell in a column without a name.
const UNNAMED: &str = "a cell without a name";

/// The row for text where no text belongs.
const JUNK: u16 = 0x7FFF;

/// The columns of a table, as its header describes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The delimiter between fields.
    pub delimiter: u8,
    /// The field that each column feeds.
    columns: Vec<Option<Column>>,
    /// The columns without a role, with their names and types.
    types: Vec<(usize, &'static (&'static str, Type))>,
    /// The columns that hold an id.
    ids: Vec<usize>,
    /// The columns whose names say that the times are UTC.
    utc: Vec<usize>,
    /// The columns without a name.
    unnamed: Vec<usize>,
    layout: Rows,
    /// Whether the header is Event Viewer's.
    viewer: bool,
    /// Whether a quote after a blank opens a field of a row.
    pub spaced: bool,
    /// The log that PowerShell's type line names.
    log: Option<String>,
}

/// The form of the rows below a header.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rows {
    /// Each column is a field of the event.
    Fields,
    /// plaso's message contains the event.
    Plaso,
    /// The columns are the members of a JSON record, with these names.
    Members(Vec<String>),
    /// The rows have a layout without a header, but the column names are unknown, so the columns
    /// may differ.
    Unknown,
}

impl Header {
    /// Reads a header line. `None` if the header is unknown.
    pub fn of(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\r', '\n']);
        // A record in JSON or XML is no header, and neither is text with labels.
        let bytes = line.as_bytes();
        if !(SHORTEST..=4096).contains(&line.len())
            || swar::trim_start(line).starts_with('{')
            || memchr::memchr2(b'<', b'>', bytes).is_some()
            || memchr::memchr_iter(b':', bytes).any(|at| bytes.get(at + 1) == Some(&b' '))
        {
            return None;
        }
        DELIMITERS.iter().find_map(|&delimiter| {
            let columns = memchr::memchr_iter(delimiter, bytes).count() + 1;
            if !(3..=MOST_COLUMNS).contains(&columns) {
                return None;
            }
            // These checks are cheaper than parsing the row. Most lines have no piece that can
            // identify a table, and most others are rows or text.
            let pieces = || line.split(char::from(delimiter));
            let fits = |piece: &str| heading(piece.trim_matches([' ', '"'])).is_some();
            if !pieces().map(unquoted).any(names::may_identify)
                || starts_with_digit(line.trim_start_matches(['"', '\u{feff}']))
                || !pieces().all(fits)
            {
                return None;
            }
            let (row, _) = record(line, delimiter)?;
            let names: Vec<_> = row.iter().map(heading).collect::<Option<_>>()?;
            Self::named(delimiter, &names)
        })
    }

    /// Reads a header with unknown names. Rows of a layout without a header may follow it.
    pub fn unknown(line: &str) -> Option<Self> {
        let line = line.trim_end_matches(['\r', '\n']);
        if line.bytes().any(|byte| b"{}<>=:".contains(&byte)) {
            return None;
        }
        let delimiter = *DELIMITERS.iter().find(|&&delimiter| {
            let columns = line.bytes().filter(|byte| *byte == delimiter).count() + 1;
            LAID_OUT.contains(&columns)
        })?;
        let (row, _) = record(line, delimiter)?;
        let name = |name: &str| !starts_with_digit(name) && is_heading(swar::trim(name));
        let known = names::VISTA_HEADERS.iter().any(|known| row.iter().eq(known.iter().copied()));
        (!known && row.iter().all(|piece| !piece.is_empty() && name(piece)))
            .then(|| Self { spaced: row.spaced, ..Self::not_understood(delimiter) })
    }

    /// The header directly above a row of a layout without a header that has this delimiter: it may
    /// say something else about the row. `None` for the known headers of Event Viewer.
    pub fn above_layout(line: &str, delimiter: u8) -> Option<Self> {
        let names = line.trim_end_matches(['\r', '\n']).split(char::from(delimiter));
        let names = names.map(|name| unquoted(name.trim_start_matches('\u{feff}')));
        let known =
            names::VISTA_HEADERS.iter().any(|known| names.clone().eq(known.iter().copied()));
        (!known).then(|| Self::not_understood(delimiter))
    }

    /// The header if the row directly below it fits it, or is no row of a layout without a header.
    #[must_use]
    pub fn above_row(self, row: &str) -> Self {
        let denied = !self.viewer
            && row_of_layout(row) == Some(self.delimiter)
            && !self.begins(row.trim_end_matches(['\r', '\n']));
        if denied { Self::not_understood(self.delimiter) } else { self }
    }

    /// A header that cannot be read.
    pub fn not_understood(delimiter: u8) -> Self {
        Self {
            delimiter,
            columns: Vec::new(),
            types: Vec::new(),
            ids: Vec::new(),
            utc: Vec::new(),
            unnamed: Vec::new(),
            layout: Rows::Unknown,
            viewer: false,
            spaced: false,
            log: None,
        }
    }

    /// The header with these names. The flag of a name is true if the name says that its times are
    /// UTC.
    fn named(delimiter: u8, names: &[(&str, bool)]) -> Option<Self> {
        let all = || names.iter().map(|(name, _)| *name);
        let plaso = all().any(|name| PLASO_SIGNS.contains(&name));
        let types = if plaso { names::PLASO_TYPES } else { names::TYPES };
        let mut columns: Vec<_> = all().map(|name| names::column(plaso, name, all)).collect();
        let types: Vec<_> = (0..)
            .zip(all())
            .filter_map(|(i, name)| Some((i, types.iter().find(|(known, _)| *known == name)?)))
            .collect();
        let is = |column: &Column, role: Role| column.exact && column.role == role;
        let has = |role: Role| columns.iter().flatten().any(|column| is(column, role));
        let layout = if plaso {
            Rows::Plaso
        } else {
            members::of(all()).map_or(Rows::Fields, Rows::Members)
        };
        let known = match layout {
            Rows::Plaso => has(Role::EmbeddedCopy),
            Rows::Fields => has(Role::Id) && (has(Role::Source) || has(Role::Message)),
            Rows::Members(_) => true,
            Rows::Unknown => false,
        };
        if !known {
            return None;
        }
        if matches!(layout, Rows::Fields | Rows::Plaso) {
            // The input of Splunk, for example, is no source beside one with a specific name.
            let specific = |(column, name): (&Option<Column>, &str)| {
                column.is_some_and(|c| is(&c, Role::Source)) && !names::is_generic(name)
            };
            let any_source = columns.iter().zip(all()).any(specific);
            for (i, (column, name)) in columns.iter_mut().zip(all()).enumerate() {
                let input = any_source && name == "source";
                if column.is_none() && !input && !types.iter().any(|(typed, _)| *typed == i) {
                    *column = names::elsewhere(plaso, name);
                }
            }
        }
        let is_id = |column: &Column| is(column, Role::Id);
        let ids = (0..).zip(&columns).filter(|(_, column)| column.is_some_and(|c| is_id(&c)));
        let ids = ids.map(|(i, _)| i).collect();
        let utc = (0..).zip(names).filter(|(_, (_, utc))| *utc).map(|(i, _)| i).collect();
        let unnamed =
            (0..).zip(all()).filter(|(_, name)| name.is_empty()).map(|(i, _)| i).collect();
        let viewer = names::VISTA_HEADERS.iter().any(|known| all().eq(known.iter().copied()));
        Some(Self {
            delimiter,
            columns,
            types,
            ids,
            utc,
            unnamed,
            layout,
            viewer,
            spaced: true,
            log: None,
        })
    }

    /// Reads a header after PowerShell's type line, which names the log:
    /// `System.Diagnostics.EventLogEntry#Application/crypt32/3221356552`. The source and the id in
    /// that line are those of the first record, so they are ignored.
    pub fn below_type(type_line: &str, line: &str) -> Option<Self> {
        if !Type::Computer.fits(swar::trim(type_line)) {
            return None;
        }
        let log = type_line.split_once('#').and_then(|(_, names)| names.split('/').next());
        let log = log.map(|log| swar::trim(log).to_owned());
        Some(Self { log, ..Self::of(line)? })
    }

    /// Whether a record of this header can start with this line.
    pub fn begins(&self, line: &str) -> bool {
        self.may_read(line)
            && record(line, self.delimiter)
                .is_some_and(|(fields, _)| fields.len() >= self.columns.len() && self.fits(&fields))
    }

    /// Whether this line certainly starts a record of this header, even if it also fits another
    /// shape: there is a number in the id column. False for Event Viewer's header, whose rows are
    /// recognised without it.
    pub fn claims(&self, line: &str) -> bool {
        if self.layout == Rows::Unknown {
            return row_of_layout(line) == Some(self.delimiter);
        }
        let told = self.layout != Rows::Plaso && !self.ids.is_empty() && !self.viewer;
        told && self.begins(line)
    }

    /// Whether a record can belong to this header: if the header has an id column, it must hold a
    /// number.
    fn fits(&self, fields: &Row) -> bool {
        if self.layout == Rows::Plaso {
            return fields.len() >= 3 && fields.get(0).is_some_and(starts_with_digit);
        }
        if self.ids.is_empty() {
            return fields.len() >= self.columns.len();
        }
        let ids = self.ids.iter().map_while(|&i| fields.get(i));
        ids.into_iter().any(|id| is_hex(swar::trim(id)))
    }

    /// Fast path: whether a line may have a field for each column. Most lines after a header do not
    /// if they are something else, and this check is cheaper than reading one.
    pub fn may_read(&self, text: &str) -> bool {
        text.len() + 1 >= self.columns.len()
            && memchr::memchr_iter(self.delimiter, text.as_bytes()).count() + 1
                >= self.columns.len()
    }

    /// Reads one record. `None` if it has fewer fields than the header has columns, because it is
    /// cut off or not a record.
    pub fn read(&self, text: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
        if !self.may_read(text) {
            return None;
        }
        // An event is large, and below an open quote there may be very many lines.
        memchr::memchr(self.delimiter, text.as_bytes())?;
        if self.layout == Rows::Unknown {
            let readers: [Read; 6] = [xp, vista, psloglist, adiscon, tln::csv, tln::event];
            let mut row = Event::default();
            readers.iter().find_map(|read| read(text, part, &mut row))?;
            event.leave_unread("the header", "column names that were not understood");
            return event.say_copy(&row, part);
        }
        let (fields, more) = record(text, self.delimiter)?;
        if fields.len() < self.columns.len() || !self.fits(&fields) {
            return None;
        }
        check_quotes(event, text, self.delimiter);
        if fields.spaced {
            event.leave_unread("a quote behind a blank", "");
        }
        if let Some(log) = &self.log {
            put(event, part, COLUMNS.len(), Role::Log, log.clone());
        }
        for (i, (name, holds)) in &self.types {
            let value = swar::trim(fields.get(*i).unwrap_or_default());
            typed::check_name(event, part, name, *holds, value.to_owned());
        }
        let mut unnamed = self.unnamed.iter().filter_map(|i| fields.get(*i));
        if let Some(field) = unnamed.find(|field| !says_nothing(field)) {
            event.leave_unread(UNNAMED, field.to_owned());
        }
        let is_plaso = self.layout == Rows::Plaso;
        let mut columns = self.columns.iter();
        let members = if let Rows::Members(names) = &self.layout {
            columns.by_ref().take(names.len()).for_each(drop);
            members::read(names, &fields, &self.utc, part, event)?;
            names.len()
        } else {
            0
        };
        for (i, field) in fields.iter().enumerate().skip(members) {
            match columns.next() {
                Some(Some(column)) if !column.exact && says_nothing(field) => {}
                Some(Some(column @ Column { role, row, exact })) => {
                    let part = if *exact { part } else { Place::BESIDE };
                    match role {
                        Role::Strings if is_plaso => plaso::strings(field, *row, part, event),
                        Role::Strings => list(event, part, *row, field),
                        Role::EmbeddedCopy | Role::NestedRecord if !exact => {
                            copy(event, *row, field)?;
                        }
                        Role::EmbeddedCopy => plaso::message(field, part, event)?,
                        Role::NestedRecord => plaso::xml(field, part, event)?,
                        Role::Id if is_plaso => {
                            put(event, part, *row, *role, plaso::number(field).to_owned());
                        }
                        Role::Log => put(event, part, *row, *role, log_of(field).to_owned()),
                        Role::Time if self.utc.contains(&i) && !field.is_empty() => {
                            put(event, part, *row, *role, format!("{field} UTC"));
                        }
                        _ => match column.holds() {
                            Some((name, holds)) => {
                                typed::check_name(event, part, name, holds, field.to_owned());
                            }
                            None => put(event, part, *row, *role, field.to_owned()),
                        },
                    }
                }
                Some(None) => {}
                // Event Viewer of Vista and later names five columns but writes six.
                None if i == 5 && self.columns.len() == 5 => {
                    put(event, part, COLUMNS.len() + 1, Role::Message, field.to_owned());
                }
                // With an additional cell, the names can no longer be matched to the cells.
                None => event.leave_unread(UNNAMED, field.to_owned()),
            }
        }
        if !more.is_empty() {
            junk(event, part, more);
        }
        Some(())
    }
}

/// The name of a column, and whether it says that the times are UTC: `TimeGenerated [UTC]`,
/// `TO_UTCTIME(TimeGenerated)`. `None` if no column can have this name, in any language.
fn heading(name: &str) -> Option<(&str, bool)> {
    let name = swar::trim(name);
    if let Some(plain) = name.strip_suffix(" [UTC]") {
        return is_heading(plain).then_some((plain, true));
    }
    // Azure's portal also writes the time of the browser.
    if let Some(plain) = name.strip_suffix(" [Local Time]") {
        return is_heading(plain).then_some((plain, false));
    }
    if let Some((function, inner)) = name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        if names::KEEPING.contains(&function) {
            return is_heading(inner).then_some((inner, function == "TO_UTCTIME"));
        }
        // The result of any other function is unknown.
        return is_heading(&name.replace([',', '"'], " ")).then_some((name, false));
    }
    (is_heading(name) || is_free(name)).then_some((name, false))
}

/// The log that a column names. Log Parser writes the path of the file there.
fn log_of(field: &str) -> &str {
    let Some((_, file)) = field.rsplit_once(['\\', '/']) else {
        return field;
    };
    let stem = file.rsplit_once('.').filter(|(_, end)| end.to_ascii_lowercase().starts_with("evt"));
    let Some((stem, _)) = stem else { return field };
    let known = names::FILES.iter().find(|(known, _)| known.eq_ignore_ascii_case(stem));
    known.map_or("", |(_, log)| log)
}

/// The name of a column without quotes.
fn unquoted(name: &str) -> &str {
    let name = swar::trim(name);
    name.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(name)
}

/// Whether this can be the name of a column, in any language.
fn is_heading(name: &str) -> bool {
    Type::Words(6).fits(name) && !name.contains('"')
}

/// Whether this can be the name of a column that a program took from its data. Such a name is one
/// word with any characters.
fn is_free(name: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    name.len() <= LONGEST_FREE && !name.contains(odd)
}

fn starts_with_digit(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
}

/// Whether this is a decimal or hexadecimal number, also without `0x`.
fn is_hex(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let digits = digits.strip_prefix("0x").unwrap_or(digits);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Whether a cell is empty, or has what exporters write in its place.
fn says_nothing(cell: &str) -> bool {
    matches!(swar::trim(cell), "" | "-" | "[]" | "{}" | "NULL")
}

/// Reads a copy of the event beside its fields: XML, or its message. `None` if memory runs out.
fn copy(event: &mut Event<'_>, row: usize, field: &str) -> Option<()> {
    let mut copy = Event::default();
    if xml::event(swar::trim(field), 0, &mut copy).is_some() {
        return event.say_copy(&copy, Place::COPY);
    }
    put(event, Place::BESIDE, row, Role::Message, field.to_owned());
    Some(())
}

fn junk(event: &mut Event<'_>, part: u8, text: &str) {
    put(event, part, usize::from(JUNK), Role::Message, text.to_owned());
}

/// Reads a header and one record. PowerShell's type line may come before the header.
pub fn with_header<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start_matches(['\r', '\n']);
    let (line, rest) = text.split_once('\n')?;
    let (header, rest) = match line.strip_prefix("#TYPE ") {
        Some(type_line) => {
            let (line, rest) = rest.split_once('\n')?;
            (Header::below_type(type_line, line)?, rest)
        }
        None => (Header::of(line)?, rest),
    };
    header.read(rest, part, event)
}

/// Reads a column of insertion strings: `EvtxECmd`'s JSON, or the joined strings.
fn list(event: &mut Event<'_>, part: u8, row: usize, field: &str) {
    let field = swar::trim(field);
    let mut read = Strings::default();
    if field.starts_with("{\"") {
        let mut tokens = Tokens::new(field);
        let whole = strings::read(&mut read, &mut tokens, false).and_then(|()| tokens.end());
        if whole.is_err() {
            event.leave_unread("the payload", field.to_owned());
        }
    } else if let Some(error) =
        field.strip_prefix(article::URL).and_then(|rest| rest.strip_prefix(['|', ';']))
    {
        read.push(Cow::Borrowed(article::URL));
        error.split('|').for_each(|string| read.push(Cow::Borrowed(string)));
    } else if !matches!(field, "" | "System.String[]" | "NULL" | names::ILIST | names::LIST) {
        read.push(Cow::Borrowed(field));
    }
    let mut owned = Strings::default();
    owned.absorb(read);
    let place = Place { part, row: u16::try_from(row).unwrap_or(JUNK) };
    event.strings.say(place, owned);
}

/// Reads a row of Event Viewer of Windows XP and Server 2003, which writes no header.
pub fn xp<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    [b',', b'\t', b';']
        .iter()
        .find_map(|&delimiter| laid_out(text, delimiter, &names::XP, part, event))
}

/// Reads a row of Event Viewer of Vista and later, with a header in any language or without one.
pub fn vista<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    [b',', b'\t', b';'].iter().find_map(|&delimiter| {
        laid_out(text, delimiter, &names::VISTA, part, event).or_else(|| {
            let (header, rest) = split_once(text, b'\n')?;
            let names = header.split(char::from(delimiter)).map(unquoted);
            (names.clone().count() == 5 && names.clone().all(is_heading)).then_some(())?;
            laid_out(rest, delimiter, &names::VISTA, part, event)?;
            if !names::VISTA_HEADERS.iter().any(|known| { names.clone() }.eq(known.iter().copied()))
            {
                event.leave_unread("the header", header);
            }
            Some(())
        })
    })
}

/// Reads a row of `psloglist -s`, whose delimiter is an option.
pub fn psloglist<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    [b',', b'\t', b';']
        .iter()
        .find_map(|&delimiter| laid_out(text, delimiter, &names::PSLOGLIST, part, event))
}

/// Splits a record of a layout into all columns but the last, and the text of the last one.
fn split<'a>(
    text: &'a str,
    delimiter: u8,
    layout: &Layout,
) -> Option<(Vec<Cow<'a, str>>, &'a str)> {
    let last = layout.columns.len() - 1;
    let mut fields = Vec::new();
    let mut rest = text;
    for _ in 0..last {
        // This is cheaper than the full parser, because it runs on every line of a file.
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = split_once(quoted, b'"')?;
            (field, after.strip_prefix(char::from(delimiter))?)
        } else {
            split_once(rest, delimiter)?
        };
        if field.len() > 512
            || memchr::memchr(b'\n', field.as_bytes()).is_some()
            || !layout.fits(fields.len(), swar::trim(field))
        {
            return None;
        }
        if fields.is_empty() {
            fields.reserve_exact(last);
        }
        fields.push(Cow::Borrowed(field));
        rest = after;
    }
    Some((fields, rest))
}

impl Layout {
    /// Whether a field can be in this column.
    fn fits(&self, column: usize, field: &str) -> bool {
        let number = |field: &str| is_hex(field) && starts_with_digit(field);
        (!self.numbers.contains(&column) || number(field))
            // A number in this column is the time and the facility of another program.
            && !(self.columns[column] == names::WORD && starts_with_digit(field))
            && (self.date != column || is_date(field))
            && (self.clock != Some(column) || is_clock(field))
            && (self.capitals != Some(column) || is_capitals(field))
    }
}

fn laid_out<'a>(
    text: &'a str,
    delimiter: u8,
    layout: &Layout,
    part: u8,
    event: &mut Event<'a>,
) -> Option<()> {
    let text = text.trim_start_matches(['\r', '\n']);
    let (fields, rest) = split(text, delimiter, layout)?;
    for (row, (field, role)) in fields.iter().zip(layout.columns).enumerate() {
        let mut field = field.clone();
        if *role == Role::ShapeMarker && !layout.numbers.contains(&row) && layout.clock != Some(row)
        {
            typed::check(event, "the user", Type::NAME, field.clone());
        }
        if *role == Role::Time
            && let Some(clock) = layout.clock
        {
            field = Cow::Owned(format!("{field} {}", fields[clock]));
        }
        put(event, part, row, *role, field);
    }
    let row = layout.columns.len();
    if !rest.starts_with('"') {
        put(event, part, row, Role::Message, rest.trim_matches(['\r', '\n', ' ']));
        return Some(());
    }
    let (fields, more) = record(rest, delimiter)?;
    check_quotes(event, rest, delimiter);
    for (i, field) in fields.iter().enumerate() {
        match i {
            0 => put(event, part, row, Role::Message, field.to_owned()),
            _ => junk(event, part, field),
        }
    }
    if !more.is_empty() {
        junk(event, part, more);
    }
    Some(())
}

/// Reports quotes that are not closed at the end of their field, because programs read such a row
/// differently.
fn check_quotes(event: &mut Event<'_>, row: &str, delimiter: u8) {
    let mut quotes = Quotes::default();
    quotes.line(row.as_bytes(), delimiter);
    if !quotes.sound() {
        event.leave_unread("a quote inside a field, or one that is not closed", "");
    }
}

/// Whether a text starts with a date in digits, in any order.
fn is_date(text: &str) -> bool {
    let mut rest = text;
    for part in 0..3 {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=4).contains(&digits) {
            return false;
        }
        rest = &rest[digits..];
        if part < 2 {
            // Some languages write a blank after the dot.
            let Some(after) = rest.strip_prefix(['/', '.', '-']) else { return false };
            rest = after.trim_start();
        }
    }
    rest.is_empty() || rest.starts_with([' ', 'T', '.', '\u{a0}', ','])
}

/// Whether a text is a time of day: hours, a separator and minutes.
fn is_clock(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let clock =
        |at: &str| (1..=2).contains(&digits) && at.starts_with([':', '.']) && text.len() <= 24;
    // Some languages write AM and PM first.
    clock(&text[digits..])
        || text.split_once(' ').is_some_and(|(_, rest)| starts_with_digit(rest) && text.len() <= 24)
}

fn is_capitals(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b' ' || b == b'_')
}

/// Whether a line can start a record of a layout without a header. Most lines have too few
/// delimiters, or no number in the first or second field, where every layout has one.
pub fn may_begin(line: &[u8], delimiter: u8) -> bool {
    let mut delimiters = memchr::memchr_iter(delimiter, line);
    let Some(first) = delimiters.next() else { return false };
    let number = |field: &[u8]| {
        field.iter().find(|byte| !b" \t\r\n\"".contains(byte)).is_some_and(u8::is_ascii_digit)
    };
    // Text in quotes may contain the delimiter.
    (line.starts_with(b"\"") || number(line) || number(&line[first + 1..]))
        && delimiters.nth(2).is_some()
}

/// The delimiter of a line that starts a record of a layout without a header.
pub fn begins(line: &str) -> Option<u8> {
    let may_begin = |delimiter: &u8| may_begin(line.as_bytes(), *delimiter);
    let fits = |layout, delimiter: &u8| split(line, *delimiter, layout).is_some();
    [b',', b'\t', b';']
        .into_iter()
        .filter(may_begin)
        .find(|d| fits(&names::XP, d) || fits(&names::VISTA, d) || fits(&names::PSLOGLIST, d))
}

/// The signs near the start of rows of evtparse and of TLN.
const EVTPARSE: &[u8] = b" Z,";
const TLN: &[u8] = b"|EVT";

/// Whether this sign is near the start of a line. Setting up a search for words would take longer.
fn is_near(line: &[u8], sign: &[u8]) -> bool {
    let near = &line[..line.len().min(NEAR)];
    let mut found = memchr::memchr_iter(sign[1], near);
    found.any(|at| at > 0 && near[at - 1..].starts_with(sign))
}

/// Fast path: whether a line may start a record of any layout without a header.
pub fn may_be_row(line: &[u8]) -> bool {
    [b',', b'\t', b';'].iter().any(|delimiter| may_begin(line, *delimiter))
        || line.first().is_some_and(u8::is_ascii_digit)
        || is_near(line, EVTPARSE)
        || is_near(line, TLN)
}

/// The delimiter of a line that starts a record of any layout without a header.
pub fn row_of_layout(line: &str) -> Option<u8> {
    let reads = |read: Read| read(line, 0, &mut Event::default()).is_some();
    let near = |sign| is_near(line.as_bytes(), sign);
    begins(line).or_else(|| match () {
        // The reader also takes a syslog header, but no row of a table has one.
        () if starts_with_digit(line) && line.contains(",[") && reads(adiscon) => Some(b','),
        () if near(EVTPARSE) && reads(tln::csv) => Some(b','),
        () if near(TLN) && reads(tln::event) => Some(b'|'),
        () => None,
    })
}

/// Whether a line may be the names of columns with this delimiter, if a row of a layout without a
/// header follows it. A name can have any character, but no row begins with a name.
pub fn may_name(line: &str, delimiter: u8) -> bool {
    let line = line.trim_end_matches(['\r', '\n']);
    let first = line.trim_start_matches([' ', '\t', '"', '\u{feff}']);
    if starts_with_digit(first) || first.starts_with(['{', '<']) {
        return false;
    }
    // The last line of a message is a sentence, and has fewer commas.
    let sentence = line.ends_with(['.', '!', '?']) || line.ends_with(".\"");
    // The header continues if a quote is open.
    let fewest = if line.split('"').count().is_multiple_of(2) { FEWEST - 1 } else { FEWEST };
    let names = || line.split(char::from(delimiter));
    let short =
        |name: &str| name.len() <= LONGEST_NAME && name.split_ascii_whitespace().nth(6).is_none();
    !sentence
        && names().nth(fewest - 1).is_some()
        && names().all(short)
        && row_of_layout(line).is_none()
}

/// The byte before a quote and before the blanks in front of the quote.
pub fn before(line: &[u8], quote: usize) -> Option<u8> {
    line.get(..quote)?.iter().rfind(|byte| **byte != b' ').copied()
}

/// The state of quotes in a record, line by line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quotes {
    open: bool,
    odd: bool,
}

impl Quotes {
    /// Reads one line with its line end. Returns whether the record continues on the next line.
    pub fn line(&mut self, line: &[u8], delimiter: u8) -> bool {
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'"', line.get(at..).unwrap_or_default()) {
            let quote = at + found;
            at = quote + 1;
            let before = before(line, quote);
            match line.get(at) {
                Some(b'"') if self.open => at += 1,
                next if self.open => {
                    let next = next.copied().unwrap_or(b'\n');
                    self.open = false;
                    self.odd |= next != delimiter && !matches!(next, b'\r' | b'\n');
                }
                // A quote at the start of a field, or behind blanks there.
                _ if before.is_none_or(|byte| byte == delimiter) => self.open = true,
                _ => {}
            }
        }
        self.open
    }

    /// Whether every quote so far was closed at the end of its field.
    pub fn sound(self) -> bool {
        !self.open && !self.odd
    }
}
