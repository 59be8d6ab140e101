//! Parses the time texts of all shapes into a value that keeps apart what the text does not say.
//!
//! Records of one event spell its time in a dozen ways, and a parser easily loses three facts:
//! whether the record gave a zone, whether `3/4/2010` is in March or in April, and whether there
//! was a year (RFC 3164 has none). [`Time`] keeps all three. If the text does not say, the whole
//! file decides ([`DateOrderHints`]), then the user; otherwise the fact stays unknown. Nothing here
//! reads a clock or the machine's zone.
//!
//! The spellings are those of Windows, of the agents and of the export tools, according to their
//! own sources and documentation: RFC 3339, C's `asctime`, CIM `DATETIME` (zone in minutes), the
//! `/Date(ms)/` of .NET's JSON, Unix time in any unit, and the short dates of Windows' regions.

use core::fmt;

use ::time::{Duration, PrimitiveDateTime};

use crate::{str_enum::words, swar};

mod cursor;
mod spelling;

/// A point in time as the record gives it: in UTC if the record names a zone, otherwise the reading
/// of the wall clock.
///
/// Moments are ordered by that reading. Of two equal readings, the one with a zone comes second.
/// The order of a moment with a zone and one without is therefore only as exact as the unknown
/// zone. A moment displays as RFC 3339, with `Z` only if the zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    at: PrimitiveDateTime,
    zone: bool,
}

impl Moment {
    /// The moment this long after 1970-01-01T00:00:00Z; `None` outside the years 0 to 9999.
    pub fn unix(seconds: i64, nanoseconds: u32) -> Option<Self> {
        let since = Duration::new(seconds, i32::try_from(nanoseconds).ok()?);
        Self::new(EPOCH.checked_add(since)?, true)
    }

    /// The moment with this many [`Self::seconds`], with or without a zone.
    pub fn at(seconds: i64, zone: bool) -> Option<Self> {
        Self::unix(seconds, 0).map(|moment| Self { zone, ..moment })
    }

    fn new(at: PrimitiveDateTime, zone: bool) -> Option<Self> {
        // RFC 3339 has four digits for the year.
        (0..=9999).contains(&at.year()).then_some(Self { at, zone })
    }

    /// Whole seconds since 1970-01-01T00:00:00, in UTC or, without a zone, on the wall clock.
    pub fn seconds(self) -> i64 {
        self.at.assume_utc().unix_timestamp()
    }

    /// Nanoseconds after [`Self::seconds`].
    pub fn nanoseconds(self) -> u32 {
        self.at.nanosecond()
    }

    /// Whether the record gave a zone.
    pub fn has_zone(self) -> bool {
        self.zone
    }

    /// The same day at this full hour; `None` unless `hour` is 0 to 23.
    pub fn at_hour(self, hour: u8) -> Option<Self> {
        Some(Self { at: self.at.date().with_hms(hour, 0, 0).ok()?, ..self })
    }

    /// The same time on the next day; `None` after the last day that can be represented.
    pub fn next_day(self) -> Option<Self> {
        Some(Self { at: self.at.replace_date(self.at.date().next_day()?), ..self })
    }

    /// Whether the day is a Sunday in a month when clocks go forward somewhere.
    pub fn may_change_clocks(self) -> bool {
        use time::{Month, Weekday};
        let months = [Month::March, Month::April, Month::September, Month::October];
        self.at.weekday() == Weekday::Sunday && months.contains(&self.at.month())
    }

    /// The hour of the day, 0 to 23, in UTC or on the wall clock.
    pub fn hour(self) -> u8 {
        self.at.hour()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Moment {
    /// In RFC 3339. Written here because what Rust has for numbers is 4 kB of a small module.
    pub fn text(self) -> String {
        let (date, (hour, minute, second, nano)) = (self.at.date(), self.at.as_hms_nano());
        // A year has four digits: `Date` goes no further.
        let year = date.year().unsigned_abs();
        let (month, day) = (u8::from(date.month()).into(), date.day().into());
        let (hour, minute, second) = (hour.into(), minute.into(), second.into());
        let mut text = String::with_capacity("2010-03-15T11:27:57.123456789Z".len());
        for (mark, width, mut number) in [
            (None, 1000, year),
            (Some('-'), 10, month),
            (Some('-'), 10, day),
            (Some('T'), 10, hour),
            (Some(':'), 10, minute),
            (Some(':'), 10, second),
            (Some('.'), 100_000_000, nano),
        ] {
            if mark == Some('.') && nano == 0 {
                break;
            }
            text.extend(mark);
            let mut unit = width;
            while unit > 0 && (number > 0 || width < 10_000) {
                text.push(char::from(b'0' + (number / unit % 10) as u8));
                number %= unit;
                unit /= 10;
            }
        }
        text.push_str(if self.zone { "Z" } else { "" });
        text
    }
}

impl serde::Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

/// The order of month and day in a date such as `3/4/2010`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// The fourth of March.
    MonthFirst,
    /// The third of April.
    DayFirst,
}
words!(DateOrder: MonthFirst = "month-first", DayFirst = "day-first");

/// The time as the record gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The readings with the month first and with the day first. Both are equal if the text leaves
    /// no choice. One is `None` if it is no date. Both are `None` if the text has no year.
    readings: [Option<Moment>; 2],
    /// Whether this is a numeric date in an unknown order, with AM or PM.
    meridiem: bool,
}

impl Time {
    /// Parses a time text of any shape. Returns `None` if it is no time, or not on the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        spelling::read(swar::trim(text).as_bytes())
    }

    /// The moment, with `order` for a date that can be read both ways. Returns `None` if the order
    /// is needed but unknown, or if the text has no year.
    pub fn resolve(self, order: Option<DateOrder>) -> Option<Moment> {
        match (self.readings, order) {
            ([Some(month_first), Some(day_first)], _) if month_first == day_first => {
                Some(day_first)
            }
            ([Some(moment), None] | [None, Some(moment)], _) => Some(moment),
            ([month_first, _], Some(DateOrder::MonthFirst)) => month_first,
            ([_, day_first], Some(DateOrder::DayFirst)) => day_first,
            (_, None) => None,
        }
    }

    /// Whether month and day could be swapped.
    pub fn is_ambiguous(self) -> bool {
        let [month_first, day_first] = self.readings;
        month_first.is_some() && day_first.is_some() && month_first != day_first
    }

    fn certain(moment: Moment) -> Self {
        Self { readings: [Some(moment); 2], meridiem: false }
    }
}

/// The hints that the dates of one file give about the order of month and day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateOrderHints {
    month_first: bool,
    day_first: bool,
    meridiem: bool,
}

impl DateOrderHints {
    /// Adds one time of the file.
    pub fn see(&mut self, time: Time) {
        self.month_first |= matches!(time.readings, [Some(_), None]);
        self.day_first |= matches!(time.readings, [None, Some(_)]);
        self.meridiem |= time.meridiem;
    }

    /// Whether no later time can improve the answer, because a value over 12 was seen.
    pub fn is_decided(self) -> bool {
        self.month_first || self.day_first
    }

    /// The order in the file. A value over 12 decides; otherwise AM or PM means month first;
    /// otherwise the user's option decides. A file with values over 12 in both places mixes orders,
    /// so only the option counts.
    pub fn order(self, option: Option<DateOrder>) -> Option<DateOrder> {
        match (self.month_first, self.day_first) {
            (true, false) => Some(DateOrder::MonthFirst),
            (false, true) => Some(DateOrder::DayFirst),
            (false, false) if self.meridiem => Some(DateOrder::MonthFirst),
            _ => option,
        }
    }
}

const EPOCH: PrimitiveDateTime = ::time::OffsetDateTime::UNIX_EPOCH.date().midnight();
