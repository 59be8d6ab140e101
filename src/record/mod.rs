//! Readers: from the bytes of one record to the events it says.
//!
//! A reader fills an [`Event`] and never decides anything. JSON shapes are names in [`names`]; text
//! shapes are rows of a table in [`text`].

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Kind, NOTHING, Place},
    json::{Invalid, Token, Tokens},
};

mod attribute;
pub mod block;
pub mod cef;
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

/// Takes each event of a record.
pub type Emit<'e> = &'e mut dyn FnMut(&Event<'_>);

/// How a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One JSON object, from `at` on; what stands before it is a known prefix.
    Json {
        /// Where the object begins.
        at: usize,
        /// Where in the object the tag goes; offsets count from `at`.
        layout: json::Layout,
    },
    /// A text shape.
    Text,
    /// It begins like JSON, but is not one whole valid object in UTF-8.
    Broken,
    /// No record that any reader knows.
    Unknown,
}

/// A record without its line end.
pub fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// Reads one record, given without its line end. `key` is the member that holds tags.
pub fn read(record: &[u8], key: &str, emit: Emit<'_>) -> Reading {
    read_noting(record, key, None, emit)
}

/// The same; in `slots` is noted what may differ in a record like it.
pub fn read_noting(
    record: &[u8],
    key: &str,
    slots: Option<&mut WildcardSpans>,
    emit: Emit<'_>,
) -> Reading {
    // What JSON has as white space, and no other.
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
pub fn read_array(array: &str, emit: Emit<'_>) -> Result<(), Invalid> {
    Nesting::default().array(array, emit)
}

/// The shape of what is inside more records than any shape has, and was not read.
const TOO_DEEP: &str = "too-deep";

/// Emits the event of what is too deep: it must not vanish.
#[inline(never)]
fn emit_too_deep(emit: Emit<'_>) {
    emit(&Event::of(TOO_DEEP));
}

/// How many records may still be inside each other.
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

    /// Reads a record inside another one; one that no reader knows is an event that says nothing,
    /// so that it does not vanish with others beside it.
    fn record(self, record: &str, emit: Emit<'_>) {
        if !self.try_record(record, emit) {
            emit(&NOTHING);
        }
    }

    /// Reads a record inside another one, if it is one: it must name a source or an id.
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
                // An array inside a record is a level of its own: the depth of the recursion must not
                // depend on the input.
                let Some(inner) = self.deeper() else {
                    emit_too_deep(emit);
                    return true;
                };
                let broken = inner.array(record, &mut emit_found).is_err();
                // Some text shapes begin with a bracket, too.
                if broken && text::read(record, &mut emit_found).is_some() {
                    return found;
                }
                // Beside records, what is none counts.
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
        // An envelope in an envelope: what is no record there counts too.
        if found && rest {
            emit(&NOTHING);
        }
        found
    }

    /// Reads a JSON object, behind this structured data if anything.
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

/// Puts one value into the field that its role feeds.
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
            // All of them make one list, wherever they stand.
            if !text.is_empty()
                && let Some(list) = event.strings.at(Place { row: u16::MAX, ..place })
            {
                list.set(usize::from(index), text);
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
        | Role::OtherTime
        | Role::ShapeMarker => return,
    };
    field.say(place, kind, text);
}
