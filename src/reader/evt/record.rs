//! One record (`EVENTLOGRECORD`): 56 bytes, source, computer, SID, strings, data, its length again.
//!
//! ```text
//! 0 length  4 "LfLe"  8 number  12 generated  16 written (Unix seconds, UTC)  20 event id
//! 24 type  26 number of strings  28 category  30 flags  32 closing number
//! 36 strings at  40 SID length  44 SID at  48 data length  52 data at
//! ```
//!
//! Texts are UTF-16 and end in a zero. The padding before the last length is 1 to 4 bytes or more,
//! and strings begin at any even offset (measured on 6,501 records), so nothing here depends on
//! alignment. The name of the log is not in the file.

use std::borrow::Cow;

use time::OffsetDateTime;

use super::layout::{offset_at, u32_at};
use crate::event::{Event, Kind, Place, Scale, Strings};

/// How many insertion strings are worth decoding: one more than the event has.
const STRINGS: usize = 3;
/// How many bytes of binary data are shown.
const SHOWN: usize = 32;

const PLACE: Place = Place { part: 0, row: 0 };

/// The record's number in its log.
pub(super) fn number(record: &[u8]) -> u32 {
    u32_at(record, 8).unwrap_or(0)
}

/// What the record says. Whatever lies outside of it was not said.
pub(super) fn event(record: &[u8]) -> Event<'static> {
    let mut event = Event { shape: "evt", ..Event::default() };
    let word = |at: usize| u32_at(record, at).unwrap_or(0);
    let [kind_low, kind_high, count_low, count_high] = word(24).to_le_bytes();
    let [category_low, category_high, ..] = word(28).to_le_bytes();
    let number = |n: u32| Cow::Owned(n.to_string());
    let end = record.len().saturating_sub(4);

    event.id.say(PLACE, Kind::Number, number(word(20)));
    let kind = u16::from_le_bytes([kind_low, kind_high]);
    event.level.say_on(PLACE, Kind::Number, Scale::Legacy, number(kind.into()));
    let category = u16::from_le_bytes([category_low, category_high]);
    event.category.say(PLACE, Kind::Number, number(category.into()));
    if let Some(time) = utc(word(12)) {
        event.time.say(PLACE, Kind::Text, Cow::Owned(time));
    }

    let mut texts = Texts { record, at: 56, end };
    if let Some(source) = texts.next() {
        event.source.say(PLACE, Kind::Text, Cow::Owned(source));
    }
    if let Some(computer) = texts.next() {
        event.computer.say(PLACE, Kind::Text, Cow::Owned(computer));
    }

    let count = usize::from(u16::from_le_bytes([count_low, count_high]));
    let mut strings = Strings::default();
    for text in (Texts { record, at: offset_at(record, 36), end }).take(count.min(STRINGS)) {
        strings.push(Cow::Owned(text));
    }
    strings.extra |= count > STRINGS;
    event.strings.say(PLACE, strings);

    let length = offset_at(record, 48);
    // Without data its offset can be anything (libevt).
    if length > 0 {
        let data = record.get(..end).and_then(|record| record.get(offset_at(record, 52)..));
        let (kind, shown) = match data.and_then(|data| data.get(..length)) {
            Some(data) => (Kind::Text, hex(data.get(..SHOWN).unwrap_or(data))),
            None => (Kind::Other, format!("{length} bytes outside of the record")),
        };
        event.data.say(PLACE, kind, Cow::Owned(shown));
    }
    event
}

/// Zero-terminated UTF-16 texts, one behind the other. Broken units become U+FFFD.
struct Texts<'a> {
    record: &'a [u8],
    at: usize,
    end: usize,
}

impl Iterator for Texts<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let rest = self.record.get(self.at..self.end).filter(|rest| rest.len() >= 2)?;
        let (units, _) = rest.as_chunks::<2>();
        let length = units.iter().position(|&unit| unit == [0, 0]).unwrap_or(units.len());
        self.at += 2 * (length + 1);
        let units = units.get(..length)?.iter().map(|&unit| u16::from_le_bytes(unit));
        let texts = char::decode_utf16(units);
        Some(texts.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}

/// Unix seconds as RFC 3339; zero is a time that nobody set.
fn utc(seconds: u32) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds.into()).ok().filter(|_| seconds > 0)?;
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    Some(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", u8::from(month)))
}

fn hex(data: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    let digits = data.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}
