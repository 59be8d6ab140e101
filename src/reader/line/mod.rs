//! Shapes that put a whole event on one line: what the agents of the XP years sent over syslog or
//! wrote into files, and the exports that print a line an event.
//!
//! Every reader takes the line apart from its beginning and hands on whatever stands behind the
//! last field as part of the message. So a record that another one quotes is never found, and text
//! that somebody appended never gets lost: the message no longer fits its grammar.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place},
    reader::{names::Role, say},
};

pub mod ossec;

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
        say(self.event, Place { part: self.part, row }, role, Kind::Text, value.into());
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
