//! When: the time texts of all shapes, read into a value that admits what it does not know.
//!
//! Records of one event spell its time in a dozen ways. Three things are easily lost on the way:
//! whether the record gave a zone at all, whether `3/4/2010` is in March or in April, and whether
//! there was a year (RFC 3164 has none). [`Time`] keeps all three apart. What the text does not
//! say is asked of the whole file ([`DateOrderHints`]), then of the user, and otherwise stays
//! unknown; nothing here looks at a clock or at the machine's zone.
//!
//! The spellings are those of Windows, of the agents and of the export tools as their own sources
//! and documentation show them: RFC 3339, C's `asctime`, CIM `DATETIME` (zone in minutes), the
//! `/Date(ms)/` of .NET's JSON, Unix time in any unit, and the short dates of Windows' regions.

use core::fmt;

use ::time::{Duration, PrimitiveDateTime};

use crate::{str_enum::words, swar};

mod cursor;
mod spelling;

/// A point in time as the record gives it: normalised to UTC where it names a zone, the wall
/// clock's own reading where it does not.
///
/// Ordered by that reading; of two equal ones the one with a zone comes second. Between a moment
/// with a zone and one without, the order is therefore only right to within the unknown zone.
/// Displays as RFC 3339, with `Z` only where the zone is known.
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

    /// The moment with this [`Self::seconds`], with or without a zone.
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

    /// The same day at this hour.
    pub fn at_hour(self, hour: u8) -> Option<Self> {
        Some(Self { at: self.at.date().with_hms(hour, 0, 0).ok()?, ..self })
    }

    /// The same time on the next day.
    pub fn next_day(self) -> Option<Self> {
        Some(Self { at: self.at.replace_date(self.at.date().next_day()?), ..self })
    }

    /// Whether it is on a Sunday in a month in which clocks are put forward somewhere.
    pub fn may_change_clocks(self) -> bool {
        use time::{Month, Weekday};
        let months = [Month::March, Month::April, Month::September, Month::October];
        self.at.weekday() == Weekday::Sunday && months.contains(&self.at.month())
    }

    /// Hour of the day, 0 to 23, in UTC or on the wall clock.
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

/// Which of two numbers in `3/4/2010` is the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// The fourth of March.
    MonthFirst,
    /// The third of April.
    DayFirst,
}
words!(DateOrder: MonthFirst = "month-first", DayFirst = "day-first");

/// What a record says about its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// The reading with the month first and the one with the day first. Equal where the text
    /// leaves no choice; one is missing where it is no date; both where there is no year.
    readings: [Option<Moment>; 2],
    /// A date of numbers in unsaid order, with AM or PM.
    meridiem: bool,
}

impl Time {
    /// Reads a time text of any shape. `None` where it is none, or not one on the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        spelling::read(swar::trim(text).as_bytes())
    }

    /// The moment, with this order for a date that can be read either way. `None` where the order
    /// is needed and not known, or where the text has no year.
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

/// What the dates of one file tell about the order of month and day in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateOrderHints {
    month_first: bool,
    day_first: bool,
    meridiem: bool,
}

impl DateOrderHints {
    /// Takes in one time of the file.
    pub fn see(&mut self, time: Time) {
        self.month_first |= matches!(time.readings, [Some(_), None]);
        self.day_first |= matches!(time.readings, [None, Some(_)]);
        self.meridiem |= time.meridiem;
    }

    /// Whether nothing that is still to come can change the answer to the better: a value over 12
    /// was seen.
    pub fn is_decided(self) -> bool {
        self.month_first || self.day_first
    }

    /// The order: a value over 12 decides, else AM or PM mean month first, else the user's option.
    /// A file with values over 12 in both places mixes orders; then only the option counts.
    pub fn order(self, option: Option<DateOrder>) -> Option<DateOrder> {
        match (self.month_first, self.day_first) {
            (true, false) => Some(DateOrder::MonthFirst),
            (false, true) => Some(DateOrder::DayFirst),
            (false, false) if self.meridiem => Some(DateOrder::MonthFirst),
            _ => option,
        }
    }
}

/// 1970-01-01T00:00:00.
const EPOCH: PrimitiveDateTime = ::time::OffsetDateTime::UNIX_EPOCH.date().midnight();
