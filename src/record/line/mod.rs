//! Shapes that put a whole event on one line: what the agents of the XP years sent over syslog or
//! wrote into files, and the exports that print a line per event.
//!
//! Every reader takes the line apart from its beginning and hands on whatever stands behind the
//! last field as part of the message. So a record that another one quotes is never found, and text
//! that somebody appended never gets lost: the message no longer fits its grammar.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place},
    record::{
        names::Role,
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

/// Row of what a syslog header says.
const HEADER: u16 = 1000;
/// Row of text that belongs to no field.
const LEFT_OVER: u16 = 1001;

/// An event that is being filled. A reader makes one when it is sure of its shape, not before.
pub(super) struct Fill<'e, 'a> {
    event: &'e mut Event<'a>,
    part: u8,
}

impl<'e, 'a> Fill<'e, 'a> {
    pub(super) fn new(event: &'e mut Event<'a>, part: u8) -> Self {
        Self { event, part }
    }

    /// Says a value of which the shape has one.
    pub(super) fn say(&mut self, role: Role, value: impl Into<Cow<'a, str>>) {
        self.say_at(0, role, value);
    }

    /// Says a value that stands under a label: the same label twice is the same `row` twice.
    pub(super) fn say_at(&mut self, row: u16, role: Role, value: impl Into<Cow<'a, str>>) {
        self.put(Place { part: self.part, row }, role, value.into());
    }

    fn put(&mut self, place: Place, role: Role, value: Cow<'a, str>) {
        // They are one string here, which may hold both.
        let role = if role == Role::Strings { Role::StringAt(0) } else { role };
        say(self.event, place, role, Kind::Text, value);
    }

    /// Takes in a value that feeds no field.
    pub(super) fn check(
        &mut self,
        place: &'static str,
        holds: Type,
        value: impl Into<Cow<'a, str>>,
    ) {
        typed::check(self.event, place, holds, value);
    }

    /// The same for a name, which may stand twice only with one value.
    pub(super) fn check_name(
        &mut self,
        name: &'static str,
        holds: Type,
        value: impl Into<Cow<'a, str>>,
    ) {
        typed::check_name(self.event, self.part, name, holds, value);
    }

    /// Takes in a value that feeds no field by the name that a table gives it; one that the table does not
    /// have may hold anything.
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

    /// Notes what was not understood.
    pub(super) fn unread(&mut self, place: &'a str, held: impl Into<Cow<'a, str>>) {
        self.event.leave_unread(place, held);
    }

    /// Says the event that this text has in XML. False where it is none.
    pub(super) fn say_xml(&mut self, text: &str) -> bool {
        let mut copy = Event::default();
        xml::event(swar::trim(text), self.part, &mut copy).is_some()
            && self.event.say_copy(&copy, self.part).is_some()
    }

    /// Says a value by the name that a table gives it, or that agents have for it in other shapes. False
    /// where nobody has such a name.
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
        // A program that does not look at the case takes such a name for the same one.
        let same = rows()
            .find(|(_, (known, role))| known.eq_ignore_ascii_case(name) && typed::decides(*role));
        if let Some((row, (_, role))) = same {
            self.put(Place { part: Place::BESIDE, row }, *role, value);
        }
        same.is_some()
    }

    /// Notes a pair within a value, behind what another program takes for a delimiter.
    pub(super) fn check_tabs(&mut self, value: &'a str) {
        if tab(value)
            .and_then(|tab| value.split_words_once(tab))
            .is_some_and(|(_, more)| more.has(b'='))
        {
            self.unread("a pair behind a tab", value);
        }
    }

    /// Appends an insertion string.
    pub(super) fn string(&mut self, value: Cow<'a, str>) {
        if let Some(list) = self.event.strings.at(Place { part: self.part, row: u16::MAX }) {
            list.push(value);
        }
    }

    /// Says text that the shape has no field for. No message fits then.
    pub(super) fn left_over(&mut self, text: &'a str) {
        if !swar::trim(text).is_empty() {
            self.say_at(LEFT_OVER, Role::Message, text);
        }
    }

    /// Says what a syslog header says: its host only where the shape itself names no computer,
    /// for a relay may have put its own there.
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

/// Whether this is a plain number, as ids are written: decimal, or hex with `0x`.
pub(super) fn is_number(text: &str) -> bool {
    let (digits, hex) = match text.strip_prefix("0x") {
        Some(digits) => (digits, true),
        None => (text.strip_prefix('-').unwrap_or(text), false),
    };
    let digit = |b: u8| if hex { b.is_ascii_hexdigit() } else { b.is_ascii_digit() };
    !digits.is_empty() && digits.bytes().all(digit)
}

/// Splits at the first of these bytes (ASCII only) that no backslash escapes; the byte itself
/// stays at the beginning of the second part. Without one, the second part is empty.
pub(super) fn split_unescaped<'a>(text: &'a str, at: &[u8]) -> (&'a str, &'a str) {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let found = !escaped && at.contains(&byte);
        escaped = !escaped && byte == b'\\';
        found
    });
    text.split_at(end.unwrap_or(text.len()))
}

/// Replaces a backslash and the character behind it, where `meaning` knows that character; other
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

/// The delimiter of a shape that means tabs: some relays write `\t`.
pub(super) fn tab(text: &str) -> Option<&'static str> {
    let found = ["\t", "\\t"].into_iter().filter_map(|tab| Some((text.find_words(tab)?, tab)));
    found.min().map(|(_, tab)| tab)
}
