//! Checks of values that have a type.

use std::borrow::Cow;

pub(crate) use crate::event::typed::{LONGEST_WORD, Type};
use crate::{event::Event, record::names::Role};

/// Whether a field of this role affects the verdict, so that its name is also read in another case.
/// Computers and times do not: collectors add them in every spelling.
pub(super) fn decides(role: Role) -> bool {
    use Role::{Computer, Host, OsName, OsVersion, ShapeMarker, Time};
    !matches!(role, Computer | Host | Time | OsName | OsVersion | ShapeMarker)
}

/// Whether a name is one of those for the record number.
pub(super) fn is_record_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    let last = last.trim_start_matches('_');
    let names = ["RecordNumber", "record_number", "EventRecordID", "RecordId", "record_id"];
    names.iter().any(|known| last.eq_ignore_ascii_case(known))
}

/// Records a value as unread if it does not have the type of its place.
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

/// Like [`check`], for a name that may be repeated only with the same value.
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
