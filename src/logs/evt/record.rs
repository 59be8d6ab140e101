//! Reads one record (`EVENTLOGRECORD`): 56 fixed bytes, source, computer, SID, strings, data, and
//! its length again.
//!
//! ```text
//! 0 length  4 "LfLe"  8 number  12 generated  16 written (Unix seconds, UTC)  20 event id
//! 24 type  26 number of strings  28 category  30 flags  32 closing number
//! 36 strings at  40 SID length  44 SID at  48 data length  52 data at
//! ```
//!
//! Texts are UTF-16 and end in a zero. The padding before the last length is 1 to 4 bytes or more,
//! and strings begin at any even offset (measured on 6,501 records), so this reader does not depend
//! on alignment. The name of the log is not in the file.

use std::{borrow::Cow, ops::Range};

use time::OffsetDateTime;

use super::layout::{offset_at, u32_at};
use crate::{
    event::{Event, Kind, Place, Scale, Strings, typed::Type},
    logs::binary::{hex, leave_escapes, shown},
};

/// The length of the fixed part in bytes.
const FIXED: usize = 56;
/// The maximum number of decoded insertion strings: one more than the event has.
const STRINGS: usize = 3;
/// How many bytes of binary data are shown.
const SHOWN: usize = 32;

const PLACE: Place = Place { part: 0, row: 0 };

/// The record's number in its log.
pub(super) fn number(record: &[u8]) -> u32 {
    u32_at(record, 8).unwrap_or(0)
}

/// The content of a record.
pub(super) struct Record {
    pub event: Event<'static>,
    /// The ranges of bytes that are neither a valid field nor padding.
    pub hidden: Vec<Range<usize>>,
}

/// Reads the values of a record. Bytes outside of it are never read.
pub(super) fn read(record: &[u8]) -> Record {
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

    let mut account = Account { record, done: FIXED, event: &mut event, hidden: Vec::new() };
    let mut texts = Texts { record, at: FIXED, end };
    let names = [texts.next(), texts.next()];
    account.texts("the names", FIXED, &texts, names.iter().flatten().count() == 2);
    let length = offset_at(record, 40);
    if length > 0 {
        account.field("the user", offset_at(record, 44), length, is_sid);
    }
    let start = offset_at(record, 36);
    let count = usize::from(u16::from_le_bytes([count_low, count_high]));
    let mut strings = Strings::default();
    if count > 0 {
        let mut texts = Texts { record, at: start, end };
        let mut missing = count;
        for text in texts.by_ref().take(count.min(STRINGS)) {
            strings.push(Cow::Owned(text));
            missing -= 1;
        }
        let whole = missing == 0 || texts.nth(missing - 1).is_some();
        account.texts("the insertion strings", start, &texts, whole);
    }
    strings.extra |= count > STRINGS;
    let length = offset_at(record, 48);
    // If there is no data, its offset is arbitrary (libevt).
    if length > 0 {
        account.field("the data", offset_at(record, 52), length, |_| true);
    }
    let hidden = account.end(end);

    let [source, computer] = names;
    if let Some(source) = source {
        event.source.say(PLACE, Kind::Text, Cow::Owned(source));
    }
    if let Some(computer) = computer {
        if !Type::Computer.fits(&computer) {
            event.leave_unread("the computer", computer.clone());
        }
        event.computer.say(PLACE, Kind::Text, Cow::Owned(computer));
    }
    event.strings.say(PLACE, strings);
    leave_escapes(&mut event);
    if length > 0 {
        let data = record.get(..end).and_then(|record| record.get(offset_at(record, 52)..));
        let (kind, shown) = match data.and_then(|data| data.get(..length)) {
            Some(data) => (Kind::Text, hex(data.get(..SHOWN).unwrap_or(data))),
            None => (Kind::Other, format!("{length} bytes outside of the record")),
        };
        event.data.say(PLACE, kind, Cow::Owned(shown));
    }
    Record { event, hidden }
}

/// Checks the fields in the order of the file: every byte of the record must belong to a field, or
/// be a zero between two fields.
struct Account<'r, 'e> {
    record: &'r [u8],
    /// The end of the last field.
    done: usize,
    event: &'e mut Event<'static>,
    hidden: Vec<Range<usize>>,
}

impl Account<'_, '_> {
    fn hide(&mut self, place: String, bytes: Range<usize>) {
        let held = shown(self.record.get(bytes.clone()).unwrap_or_default());
        self.event.leave_unread(place, held);
        self.hidden.push(bytes);
    }

    /// Checks the position of a field, and its content with `holds`.
    fn field(&mut self, name: &str, at: usize, length: usize, holds: impl Fn(&[u8]) -> bool) {
        let end = at.saturating_add(length);
        self.gap(name, at);
        match self.record.get(at..end).filter(|_| end + 4 <= self.record.len()) {
            Some(bytes) if at >= self.done && holds(bytes) => {}
            Some(_) => self.hide(name.to_owned(), at..end),
            None => return self.hide(format!("{name} outside of the record"), 0..0),
        }
        self.done = self.done.max(end);
    }

    /// Checks texts that begin at `at`. `whole` says whether all expected texts were found.
    fn texts(&mut self, name: &str, at: usize, texts: &Texts<'_>, whole: bool) {
        self.gap(name, at);
        let bytes = at..texts.at.min(texts.end).max(at);
        if at < self.done || !whole || texts.at > texts.end || !texts.is_whole(at) {
            self.hide(name.to_owned(), bytes.clone());
        }
        if bytes.end <= texts.end {
            self.done = self.done.max(bytes.end);
        }
    }

    /// Checks the bytes between the last field and the next one.
    fn gap(&mut self, next: &str, at: usize) {
        let gap = self.record.get(self.done..at).unwrap_or_default();
        if let Some(first) = gap.iter().position(|&byte| byte != 0) {
            self.hide(format!("the bytes before {next}"), self.done + first..at);
        }
    }

    fn end(mut self, end: usize) -> Vec<Range<usize>> {
        self.gap("the end", end);
        self.hidden
    }
}

/// Whether these bytes are a SID: a revision, the number of parts, six bytes of authority, and the
/// parts ([MS-DTYP] 2.4.2.2).
fn is_sid(bytes: &[u8]) -> bool {
    match bytes {
        [1, parts @ 0..=15, ..] => bytes.len() == 8 + 4 * usize::from(*parts),
        _ => false,
    }
}

/// A sequence of zero-terminated UTF-16 texts. Invalid units become U+FFFD.
struct Texts<'a> {
    record: &'a [u8],
    at: usize,
    end: usize,
}

impl Texts<'_> {
    /// Whether the texts since the offset `from` have no invalid units.
    fn is_whole(&self, from: usize) -> bool {
        let (units, _) = self.record.get(from..self.at).unwrap_or_default().as_chunks::<2>();
        let units = units.iter().map(|&unit| u16::from_le_bytes(unit));
        char::decode_utf16(units).all(|c| c.is_ok())
    }
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

/// Formats Unix seconds as RFC 3339; `None` for zero, which means that no time was set.
fn utc(seconds: u32) -> Option<String> {
    let time = OffsetDateTime::from_unix_timestamp(seconds.into()).ok().filter(|_| seconds > 0)?;
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    Some(format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", u8::from(month)))
}
