//! Formats with a whole event on one line: the output of the agents of the XP years, over syslog or
//! into files, and exports with one line per event.
//!
//! Every reader parses the line from its start, and takes all text after the last field as part of
//! the message. So a reader never finds a record that another record quotes, and appended text is
//! never lost: the message no longer fits its grammar.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place},
    record::{
        names::{self, Known, Node, OBJECTS, Role, Step},
        say,
        syslog::Header,
        typed::{self, Type},
        xml,
    },
    swar::{self, Words},
};

pub mod collectors;
pub mod message_alone;
pub mod name_value;
pub mod ossec;
pub mod plaso;
pub mod rfc5424_data;
pub mod snare;
pub mod syslog_agents;
pub mod telegraf;
pub mod tln;

/// The row of the values in a syslog header.
const HEADER: u16 = 1000;
/// The row of text that belongs to no field.
const LEFT_OVER: u16 = 1001;
/// The first row of the names that only other formats have.
const ELSEWHERE: u16 = 3000;

/// An event that is being filled. A reader creates it only after it has recognised the format.
pub(super) struct Fill<'e, 'a> {
    event: &'e mut Event<'a>,
    part: u8,
}

impl<'e, 'a> Fill<'e, 'a> {
    pub(super) fn new(event: &'e mut Event<'a>, part: u8) -> Self {
        Self { event, part }
    }

    /// Adds a value that the format has once.
    pub(super) fn say(&mut self, role: Role, value: impl Into<Cow<'a, str>>) {
        self.say_at(0, role, value);
    }

    /// Adds a value with a label. A label always has the same `row`, so repetitions are noticed.
    pub(super) fn say_at(&mut self, row: u16, role: Role, value: impl Into<Cow<'a, str>>) {
        self.put(Place { part: self.part, row }, role, value.into());
    }

    fn put(&mut self, place: Place, role: Role, value: Cow<'a, str>) {
        // The format has one string here, which may contain both.
        let role = if role == Role::Strings { Role::StringAt(0) } else { role };
        say(self.event, place, role, Kind::Text, value);
    }

    /// Checks the type of a value that feeds no field.
    pub(super) fn check(
        &mut self,
        place: &'static str,
        holds: Type,
        value: impl Into<Cow<'a, str>>,
    ) {
        typed::check(self.event, place, holds, value);
    }

    /// Like [`Self::check`], for a name that may occur twice only with the same value.
    pub(super) fn check_name(
        &mut self,
        name: &'static str,
        holds: Type,
        value: impl Into<Cow<'a, str>>,
    ) {
        typed::check_name(self.event, self.part, name, holds, value);
    }

    /// Checks a value that feeds no field, by its name in a table. If the table does not have the
    /// name, the value is noted as unread.
    pub(super) fn check_named(
        &mut self,
        names: &[(&'static str, Type)],
        name: &'a str,
        value: impl Into<Cow<'a, str>>,
    ) {
        match names.iter().find(|(known, _)| *known == name) {
            Some((known, holds)) => self.check_name(known, *holds, value),
            None => self.event.leave_unread(name, value),
        }
    }

    /// Notes a value that was not understood.
    pub(super) fn unread(&mut self, place: &'a str, held: impl Into<Cow<'a, str>>) {
        self.event.leave_unread(place, held);
    }

    /// Adds the event in this XML text. Returns false if the text is not an event.
    pub(super) fn say_xml(&mut self, text: &str) -> bool {
        let mut copy = Event::default();
        xml::event(swar::trim(text), self.part, &mut copy).is_some()
            && self.event.say_copy(&copy, self.part).is_some()
    }

    /// Adds a value by its name in a table, or by the name that agents use in other formats.
    /// Returns false if neither the table nor these agents have the name.
    pub(super) fn say_named(
        &mut self,
        names: &[(&str, Role)],
        base: u16,
        name: &str,
        value: impl Into<Cow<'a, str>>,
    ) -> bool {
        self.say_cow(names, base, name, value.into())
    }

    fn say_cow(
        &mut self,
        names: &[(&str, Role)],
        base: u16,
        name: &str,
        value: Cow<'a, str>,
    ) -> bool {
        let known = |names: &[(&str, Role)]| {
            names.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
        };
        let (base, names) = if known(names) { (base, names) } else { rfc5424_data::SHARED };
        let rows = || (base..).zip(names);
        if let Some((row, (_, role))) = rows().find(|(_, (known, _))| *known == name) {
            self.say_at(row, *role, value);
            return true;
        }
        // A program that ignores the case takes this name for the known one.
        let same = rows()
            .find(|(_, (known, role))| known.eq_ignore_ascii_case(name) && typed::decides(*role));
        if let Some((row, (_, role))) = same {
            self.put(Place { part: Place::BESIDE, row }, *role, value);
        } else {
            self.say_elsewhere(name, value);
        }
        same.is_some()
    }

    /// Adds a value whose name only other formats have. A program that knows this name reads the
    /// value, so it must agree with the event, or have the type of the name, or be empty.
    fn say_elsewhere(&mut self, name: &str, value: Cow<'a, str>) {
        // Agents number the insertion strings from 1.
        let number = ["Data_", "param"].iter().find_map(|list| name.strip_prefix(list));
        let index = number.and_then(|number| swar::number(number, 10)?.checked_sub(1));
        if let Some(index) = index {
            return self.say(Role::string_at(index), value);
        }
        let spelled = names::as_spelled(name);
        let row = match names::step_or_in_any_case(Node::TOP, Node::TOP, &spelled).0 {
            Step::Known(Known { row: Some(row), .. }) => row,
            Step::Unknown => return,
            Step::Known(_) if OBJECTS.contains(&name) => return,
            // In other formats, the name is in an object or is one itself.
            _ if value.is_empty() => return,
            _ => return self.event.leave_unread(name.to_owned(), value),
        };
        let beside = Place { part: Place::BESIDE, row: ELSEWHERE + row };
        let row = names::row(row);
        let holds = match row.role {
            Role::EmbeddedCopy | Role::NestedRecord => {
                if !self.say_xml(&value) {
                    self.put(beside, Role::Message, value);
                }
                return;
            }
            Role::ShapeMarker => Type::Text,
            Role::Time => Type::Time,
            Role::Computer | Role::Host => Type::Computer,
            _ if row.is_generic() => Type::Text,
            role if let Some(holds) = role.unread_type() => holds,
            role if typed::decides(role) && role.is_field() && role != Role::Strings => {
                return self.put(beside, role, value);
            }
            _ => Type::Nothing,
        };
        self.check_name(row.path(), holds, value);
    }

    /// Notes a name and value inside a value, after a character that another program may take for a
    /// delimiter.
    pub(super) fn check_tabs(&mut self, value: &'a str) {
        if tab(value)
            .and_then(|tab| value.split_words_once(tab))
            .is_some_and(|(_, more)| more.has(b'='))
        {
            self.unread("a pair after a tab", value);
        }
    }

    /// Appends an insertion string.
    pub(super) fn string(&mut self, value: Cow<'a, str>) {
        if let Some(list) = self.event.strings.at(Place { part: self.part, row: u16::MAX }) {
            list.push(value);
        }
    }

    /// Adds text that the format has no field for. Then no message fits.
    pub(super) fn left_over(&mut self, text: &'a str) {
        if !swar::trim(text).is_empty() {
            self.say_at(LEFT_OVER, Role::Message, text);
        }
    }

    /// Adds the values of a syslog header. Its host counts only if the format names no computer,
    /// because a relay may have replaced the host with its own name.
    pub(super) fn header(&mut self, header: &Header<'a>, names_computer: bool) {
        if names_computer {
            self.check("the host of the syslog header", Type::Computer, header.host);
        } else {
            self.say_at(HEADER, Role::Computer, header.host);
        }
        rfc5424_data::say_all(self, header.data, header.rest);
        self.say_at(HEADER, Role::Time, header.time);
    }
}

/// Whether a text is a plain number, as ids are written: decimal, or hexadecimal with `0x`.
pub(super) fn is_number(text: &str) -> bool {
    let (digits, hex) = match text.strip_prefix("0x") {
        Some(digits) => (digits, true),
        None => (text.strip_prefix('-').unwrap_or(text), false),
    };
    let digit = |b: u8| if hex { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
    !digits.is_empty() && digits.bytes().all(digit)
}

/// Splits at the first of these bytes (ASCII only) that is not escaped with a backslash. The second
/// part begins with that byte, or is empty if there is no such byte.
pub(super) fn split_unescaped<'a>(text: &'a str, at: &[u8]) -> (&'a str, &'a str) {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let found = !escaped && at.contains(&byte);
        escaped = !escaped && byte == b'\\';
        found
    });
    text.split_at(end.unwrap_or(text.len()))
}

/// Replaces a backslash and the character after it if `meaning` knows that character. Other
/// backslashes stay.
pub(super) fn unescape(text: &str, meaning: fn(char) -> Option<char>) -> Cow<'_, str> {
    if !text.has(b'\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        let escape = if char == '\\' { chars.clone().next().and_then(meaning) } else { None };
        plain.push(escape.unwrap_or(char));
        if escape.is_some() {
            chars.next();
        }
    }
    Cow::Owned(plain)
}

/// The tab delimiter of a line. Some relays write it as `\t`.
pub(super) fn tab(text: &str) -> Option<&'static str> {
    let found = ["\t", "\\t"].into_iter().filter_map(|tab| Some((text.find_words(tab)?, tab)));
    found.min().map(|(_, tab)| tab)
}
