//! Readers: they turn the bytes of one record into events.
//!
//! A reader fills an [`Event`] and never decides anything. The names of JSON shapes are in
//! [`names`]; the text shapes are rows of a table in [`text`].

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Kind, NOTHING, Place},
    json::{Invalid, Token, Tokens},
};

mod attribute;
pub mod block;
pub mod cef;
mod class;
pub mod csv;
mod envelope;
pub mod json;
pub mod line;
mod loki;
mod markup;
pub mod names;
mod otlp;
pub mod prefix;
mod strings;
pub mod syslog;
pub mod text;
mod typed;
pub mod wildcards;
pub mod xml;

use line::rfc5424_data;
use names::Role;
use prefix::Behind;
use wildcards::WildcardSpans;

/// A callback that receives each event of a record.
pub type Emit<'e> = &'e mut dyn FnMut(&Event<'_>);

/// The result of reading a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One JSON object at offset `at`. The text before it is empty or a known prefix.
    Json {
        /// The offset of the object in the record, in bytes.
        at: usize,
        /// Where the tag goes. Its offsets count from `at`.
        layout: json::Layout,
    },
    /// A text shape.
    Text,
    /// The record starts like JSON, but is not one whole valid object in UTF-8.
    Broken,
    /// No reader knows the record.
    Unknown,
}

/// The record without its LF or CRLF.
pub fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// Reads one record without its line end. `key` is the name of the member that holds tags.
pub fn read(record: &[u8], key: &str, emit: Emit<'_>) -> Reading {
    read_noting(record, key, None, emit)
}

/// Like [`read`], and records in `slots` which byte ranges may vary between otherwise identical
/// records.
pub fn read_noting(
    record: &[u8],
    key: &str,
    slots: Option<&mut WildcardSpans>,
    emit: Emit<'_>,
) -> Reading {
    // Only these four bytes are whitespace in JSON.
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let start = &record[record.iter().take_while(blank).count()..];
    let json = matches!(start.first(), Some(b'{' | b'['));
    let Ok(record) = core::str::from_utf8(record) else {
        return if json { Reading::Broken } else { Reading::Unknown };
    };
    let nesting = Nesting::default();
    let at = record.len() - start.len();
    match start.first() {
        Some(b'{') => match json::read(&record[at..], key, nesting, slots, emit) {
            Ok(layout) => Reading::Json { at, layout },
            Err(Invalid) => like_json(&record[at..], emit),
        },
        Some(b'[') if !start.starts_with(prefix::POD.as_bytes()) => {
            text::read(record, emit).map_or(Reading::Broken, |()| Reading::Text)
        }
        Some(_) => {
            if let Some(slots) = slots {
                slots.refuse();
            }
            if let Some(Behind { at, object, data }) = prefix::json(record) {
                let read = nesting.behind_header(object, data, key, emit);
                return read.map_or(Reading::Broken, |layout| Reading::Json { at, layout });
            }
            text::read(record, emit).map_or(Reading::Unknown, |()| Reading::Text)
        }
        None => Reading::Unknown,
    }
}

fn like_json(record: &str, emit: Emit<'_>) -> Reading {
    let read = if STREAMS { text::like_json(record, emit) } else { None };
    read.map_or(Reading::Broken, |()| Reading::Text)
}

/// Reads a JSON array of records.
///
/// # Errors
///
/// [`Invalid`] if the text is not exactly one valid JSON array.
pub fn read_array(array: &str, emit: Emit<'_>) -> Result<(), Invalid> {
    Nesting::default().array(array, emit)
}

/// The shape of an event that was not read because it is nested too deeply.
const TOO_DEEP: &str = "too-deep";

/// Emits an event for a record that is nested too deeply, so that the record is not lost.
#[inline(never)]
fn emit_too_deep(emit: Emit<'_>) {
    emit(&Event::of(TOO_DEEP));
}

/// The number of nesting levels that are still allowed.
#[derive(Clone, Copy, Debug)]
pub struct Nesting {
    left: u8,
}

impl Default for Nesting {
    fn default() -> Self {
        Self { left: if STREAMS { 4 } else { 3 } }
    }
}

impl Nesting {
    fn deeper(self) -> Option<Self> {
        Some(Self { left: self.left.checked_sub(1)? })
    }

    /// Reads a nested record. An unknown record is emitted as an empty event, so that it is not
    /// lost next to others.
    fn record(self, record: &str, emit: Emit<'_>) {
        if !self.try_record(record, emit) {
            emit(&NOTHING);
        }
    }

    /// Reads a nested record and tells whether it is one: it must give a source or an id.
    fn try_record(self, record: &str, emit: Emit<'_>) -> bool {
        let record = record.trim_matches([' ', '\t', '\r', '\n']);
        let (mut found, mut rest) = (false, false);
        let mut emit_found = |event: &Event<'_>| {
            let unread = event.unread.as_ref().is_some_and(envelope::holds_record);
            let named = !event.source.is_empty() || !event.id.is_empty();
            if named || unread || event.shape == TOO_DEEP {
                found = true;
                emit(event);
            } else {
                rest = true;
            }
        };
        let object = match record.as_bytes().first() {
            Some(b'{') => Some((record, "")),
            Some(b'[') if !record.starts_with(prefix::POD) => {
                // An array counts as a level, so that the recursion depth does not depend on the
                // input.
                let Some(inner) = self.deeper() else {
                    emit_too_deep(emit);
                    return true;
                };
                let broken = inner.array(record, &mut emit_found).is_err();
                // Some text shapes also start with a bracket.
                if broken && text::read(record, &mut emit_found).is_some() {
                    return found;
                }
                // Next to records, an element that is not a record must still be reported.
                if found && (rest || broken) {
                    emit(&NOTHING);
                }
                return found;
            }
            Some(_) => prefix::json(record).map(|Behind { object, data, .. }| (object, data)),
            None => None,
        };
        let read = object.is_some_and(|(object, data)| {
            self.behind_header(object, data, "", &mut emit_found).is_ok()
        });
        if !read && !record.starts_with('{') {
            text::read(record, &mut emit_found);
        }
        // In a nested envelope, an element that is not a record must still be reported.
        if found && rest {
            emit(&NOTHING);
        }
        found
    }

    /// Reads a JSON object. `data` is the structured data of the syslog header before it, or empty.
    fn behind_header(
        self,
        object: &str,
        data: &str,
        key: &str,
        emit: Emit<'_>,
    ) -> Result<json::Layout, Invalid> {
        if data.is_empty() {
            return json::read(object, key, self, None, emit);
        }
        json::read(object, key, self, None, &mut |event| {
            let mut event = event.clone();
            rfc5424_data::say_beside(data, &mut event);
            emit(&event);
        })
    }

    /// Reads a JSON array of records.
    fn array(self, array: &str, emit: Emit<'_>) -> Result<(), Invalid> {
        let mut tokens = Tokens::new(array);
        if tokens.next()? != Token::ArrayStart {
            return Err(Invalid);
        }
        while let Some(element) = tokens.element()? {
            self.record(element, emit);
        }
        tokens.end()
    }
}

/// Adds one value to the field for its role.
pub(crate) fn say<'a>(
    event: &mut Event<'a>,
    place: Place,
    role: Role,
    kind: Kind,
    text: Cow<'a, str>,
) {
    let field = match role {
        Role::Source => &mut event.source,
        Role::Id => &mut event.id,
        Role::Qualifiers => &mut event.qualifiers,
        Role::Level(scale) => return event.level.say_on(place, kind, scale, text),
        Role::Log => &mut event.log,
        Role::Computer => &mut event.computer,
        Role::Host => &mut event.host,
        Role::Time => &mut event.time,
        Role::Message => &mut event.message,
        Role::Category => &mut event.category,
        Role::Data => &mut event.data,
        Role::OsVersion => &mut event.os_version,
        Role::OsName => &mut event.os_name,
        Role::StringAt(index) => {
            // All strings with an index form one list, wherever they occur.
            if let Some(list) = event.strings.at(Place { row: u16::MAX, ..place }) {
                if text.is_empty() {
                    list.set_null(index.into());
                } else {
                    list.set(index.into(), text);
                }
            }
            return;
        }
        Role::Strings
        | Role::EmbeddedCopy
        | Role::NestedRecord
        | Role::RecordList
        | Role::Loki
        | Role::Otlp
        | Role::Fields
        | Role::Foreign
        | Role::Counter
        | Role::Guid
        | Role::NoGuid
        | Role::Bits
        | Role::OtherTime
        | Role::ShapeMarker => return,
    };
    field.say(place, kind, text);
}
