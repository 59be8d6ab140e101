//! What a reader does with a value that has a type.

use std::borrow::Cow;

pub(crate) use crate::event::typed::{LONGEST_WORD, Type};
use crate::{event::Event, record::names::Role};

/// Whether a field of this role decides something: a name of it in another case is then read too.
/// Collectors add computers and times in every spelling.
pub(super) fn decides(role: Role) -> bool {
    use Role::{Computer, Host, OsName, OsVersion, ShapeMarker, Time};
    !matches!(role, Computer | Host | Time | OsName | OsVersion | ShapeMarker)
}

/// Whether a name is that of the number of a record.
pub(super) fn is_record_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let names = ["RecordNumber", "record_number", "EventRecordID", "RecordId", "record_id"];
    names.iter().any(|known| last.eq_ignore_ascii_case(known))
}

/// Notes a value that is not of the type that its place has.
pub(super) fn check<'a>(
    event: &mut Event<'a>,
    place: &'static str,
    holds: Type,
    value: impl Into<Cow<'a, str>>,
) {
    let value = value.into();
    if !holds.fits(&value) {
        event.leave_unread(place, value);
    }
}

/// The same for a name, which may stand twice only with one value.
pub(super) fn check_name<'a>(
    event: &mut Event<'a>,
    part: u8,
    name: &'static str,
    holds: Type,
    value: impl Into<Cow<'a, str>>,
) {
    let value = value.into();
    if holds.fits(&value) {
        event.say_other(part, name, value);
    } else {
        event.leave_unread(name, value);
    }
}
