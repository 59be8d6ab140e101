//! The parts of a time text: numbers, times of day, zones.

use ::time::{Date, Duration, Month, PrimitiveDateTime};

use super::Moment;

/// A time of day.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) hour: u8,
    pub(super) minute: u8,
    pub(super) second: u8,
    pub(super) nano: u32,
}

impl Clock {
    /// The moment of this time on a day. `zone` is in minutes east of Greenwich.
    pub(super) fn on(self, year: u32, month: u32, day: u32, zone: Option<i64>) -> Option<Moment> {
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let year = i32::try_from(year).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        let time =
            ::time::Time::from_hms_nano(self.hour, self.minute, self.second.min(59), self.nano);
        let east = Duration::minutes(zone.unwrap_or(0));
        let mut at = PrimitiveDateTime::new(date, time.ok()?).checked_sub(east)?;
        if self.second > 59 {
            // A leap second can only be the last second of a day.
            if self.second > 60 || (at.hour(), at.minute()) != (23, 59) {
                return None;
            }
            at = at.checked_add(Duration::SECOND)?;
        }
        Moment::new(at, zone.is_some())
    }
}

/// Reads bytes from the front.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    fn run(&mut self, wanted: impl Fn(&u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !wanted(byte)).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(end);
        self.0 = rest;
        run
    }

    pub(super) fn digits(&mut self) -> &'a [u8] {
        self.run(u8::is_ascii_digit)
    }

    /// A number of `least` to `most` digits.
    pub(super) fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let digits = self.digits();
        if (least..=most).contains(&digits.len()) { value(digits)?.try_into().ok() } else { None }
    }

    pub(super) fn word(&mut self) -> &'a [u8] {
        self.run(u8::is_ascii_alphabetic)
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        match self.0 {
            [next, rest @ ..] if *next == byte => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    /// Skips blanks, including the no-break spaces that newer Windows puts before AM and PM.
    /// Returns whether there were any.
    pub(super) fn blanks(&mut self) -> bool {
        let before = self.0.len();
        loop {
            let length = match self.0 {
                [b' ' | b'\t', ..] => 1,
                _ if self.0.starts_with("\u{a0}".as_bytes()) => 2,
                _ if self.0.starts_with("\u{202f}".as_bytes()) => 3,
                _ => return self.0.len() < before,
            };
            self.0 = &self.0[length..];
        }
    }

    /// Reads a fraction such as `.5` or `,123456789` as nanoseconds, cut after the ninth digit; 0
    /// without one.
    pub(super) fn fraction(&mut self) -> Option<u32> {
        if !(self.eat(b'.') || self.eat(b',')) {
            return Some(0);
        }
        let digits = self.digits();
        if digits.is_empty() { None } else { Some(nanos(digits)) }
    }

    /// Reads `11:27:57.123`, `11.27.57` or `11:27`, with or without AM or PM. Also returns whether
    /// `AM` or `PM` is written as Windows writes it in the United States. `short`: the seconds may
    /// be missing.
    pub(super) fn clock(&mut self, short: bool) -> Option<(Clock, bool)> {
        let hour = self.number(1, 2)?;
        let separator = if self.eat(b':') { b':' } else { b'.' };
        let separated = separator == b':' || self.eat(b'.');
        let minute = if separated { self.number(2, 2)? } else { return None };
        let second = match self.eat(separator) {
            true => self.number(2, 2)?,
            false if short && separator == b':' => 0,
            false => return None,
        };
        let nano = self.fraction()?;
        let half = self.half();
        let hour = match (half, hour) {
            (None, hour) => hour,
            (Some((afternoon, _)), 1..=12) => hour % 12 + if afternoon { 12 } else { 0 },
            _ => return None,
        };
        let [hour, minute, second] = [hour, minute, second].map(|n| u8::try_from(n).ok());
        let clock = Clock { hour: hour?, minute: minute?, second: second?, nano };
        Some((clock, half.is_some_and(|(_, dotted)| !dotted)))
    }

    /// Reads `AM`, `pm`, or `a.m.` as in Spanish Windows. Returns whether it is afternoon, and
    /// whether it has dots.
    fn half(&mut self) -> Option<(bool, bool)> {
        let mut ahead = *self;
        ahead.blanks();
        let afternoon = match ahead.0.first()?.to_ascii_lowercase() {
            b'a' => false,
            b'p' => true,
            _ => return None,
        };
        ahead.0 = ahead.0.get(1..)?;
        let dotted = ahead.eat(b'.');
        let word = ahead.word();
        if !word.eq_ignore_ascii_case(b"m") || (dotted && !ahead.eat(b'.')) {
            return None;
        }
        self.0 = ahead.0;
        Some((afternoon, dotted))
    }

    /// Reads a zone after a time of day: `Z`, `UTC`, `GMT`, `+01:00`, `-0500`, `+01`, in minutes
    /// east of Greenwich. Consumes nothing if there is no zone.
    pub(super) fn zone(&mut self) -> Option<i64> {
        let mut ahead = *self;
        ahead.blanks();
        let west = match ahead.word() {
            [] if ahead.eat(b'+') => false,
            [] if ahead.eat(b'-') => true,
            name => {
                let utc = ["z", "utc", "gmt"];
                utc.iter().find(|utc| name.eq_ignore_ascii_case(utc.as_bytes()))?;
                self.0 = ahead.0;
                return Some(0);
            }
        };
        let (hours, minutes) = match ahead.digits() {
            [a, b] if ahead.eat(b':') => (value(&[*a, *b])?, ahead.number(2, 2)?.into()),
            [a, b] => (value(&[*a, *b])?, 0),
            [a, b, c, d] => (value(&[*a, *b])?, value(&[*c, *d])?),
            _ => return None,
        };
        if hours > 23 || minutes > 59 {
            return None;
        }
        self.0 = ahead.0;
        let east = i64::try_from(hours * 60 + minutes).ok()?;
        Some(if west { -east } else { east })
    }

    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

/// The value of at most 19 digits. More digits would not fit.
pub(super) fn value(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > 19 {
        return None;
    }
    let digit = |digit: &u8| u64::from(digit.wrapping_sub(b'0'));
    Some(digits.iter().fold(0_u64, |number, next| number.wrapping_mul(10) + digit(next)))
}

/// Converts the digits after the decimal point to nanoseconds. Smaller digits are cut off.
fn nanos(digits: &[u8]) -> u32 {
    let nine = digits.iter().copied().chain(core::iter::repeat(b'0')).take(9);
    nine.fold(0, |number, digit| number * 10 + u32::from(digit.wrapping_sub(b'0')))
}
