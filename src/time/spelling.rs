//! The spellings of times, with one function for each. A text fits at most one of them.

use super::{
    Moment, Time,
    cursor::{Clock, Cursor, value},
};

/// The length of the longest spelling, in bytes. Longer texts are not read.
const LONGEST: usize = 64;

/// Reads a time in any spelling.
pub(super) fn read(text: &[u8]) -> Option<Time> {
    if text.len() > LONGEST {
        return None;
    }
    // The number of leading digits tells most spellings apart.
    match Cursor(text).digits().len() {
        8 | 14 => compact(text),
        9.. => number(text),
        1 | 2 | 4 => numeric(text).or_else(|| named(text)),
        _ => json_date(text).or_else(|| named(text)),
    }
}

/// `/Date(1268652477000)/`, as .NET writes times in JSON. An offset inside names the writer's zone
/// and does not move the moment.
fn json_date(text: &[u8]) -> Option<Time> {
    let mut inner = Cursor(text.strip_prefix(b"/Date(")?.strip_suffix(b")/")?);
    let before = inner.eat(b'-');
    let millis = i64::try_from(value(inner.digits())?).ok()?;
    inner.zone();
    let millis = if before { -millis } else { millis };
    let nano = u32::try_from(millis.rem_euclid(1000)).ok()? * 1_000_000;
    let moment = Moment::unix(millis.div_euclid(1000), nano)?;
    inner.is_empty().then(|| Time::certain(moment))
}

/// `20100315112757.000000+060`, as CIM (WMI) writes it: the zone is in minutes, or `+***` if it is
/// unknown. Also `20100315T112757Z`.
fn compact(text: &[u8]) -> Option<Time> {
    let mut cursor = Cursor(text);
    let (date, time) = match cursor.digits() {
        run if run.len() == 14 => run.split_at(8),
        run if run.len() == 8 && (cursor.eat(b'T') || cursor.eat(b't')) => (run, cursor.digits()),
        _ => return None,
    };
    let [date, time] = [value(date)?, value(if time.len() == 6 { time } else { return None })?]
        .map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let part = |divisor: u32| u8::try_from(time / divisor % 100).unwrap_or(u8::MAX);
    let nano = cursor.fraction()?;
    let clock = Clock { hour: part(10_000), minute: part(100), second: part(1), nano };
    let zone = match cursor.0 {
        b"" | b"+***" | b"-***" => None,
        // The zone is cut short and could be in minutes or hours.
        [b'+' | b'-', _, _] => return None,
        [sign @ (b'+' | b'-'), minutes @ ..]
            if minutes.len() == 3 && minutes.iter().all(u8::is_ascii_digit) =>
        {
            let minutes = i64::try_from(value(minutes)?).ok()?;
            Some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => {
            let zone = cursor.zone()?;
            cursor.is_empty().then_some(Some(zone))?
        }
    };
    clock.on(date / 10_000, date / 100 % 100, date % 100, zone).map(Time::certain)
}

/// A bare number: Unix time in seconds (perhaps with a fraction), or in milli-, micro- or
/// nanoseconds. The size tells the unit, because the ranges do not meet for any time between 1980
/// and 2280. They exclude `FILETIME`s, years, dates of eight digits, and 0, which means no time.
fn number(text: &[u8]) -> Option<Time> {
    let mut cursor = Cursor(text);
    let digits = cursor.digits();
    let whole = value(digits)?;
    let per_second = match (digits.len(), whole) {
        (9 | 10, _) => 1,
        (12 | 13, _) => 1_000,
        (15 | 16, _) => 1_000_000,
        (18 | 19, 300_000_000_000_000_000..) => 1_000_000_000,
        _ => return None,
    };
    let fraction = u64::from(cursor.fraction()?);
    let nano = if per_second == 1 {
        fraction
    } else {
        // A fraction of a smaller unit is more exact than a log can mean, but no reason to refuse
        // the time.
        whole % per_second * (1_000_000_000 / per_second) + fraction / per_second
    };
    let moment = Moment::unix(i64::try_from(whole / per_second).ok()?, u32::try_from(nano).ok()?)?;
    cursor.is_empty().then(|| Time::certain(moment))
}

/// A numeric date and a time: `2010-03-15T11:27:57.0000000+00:00`, `2010/03/15 11:27:57.0`,
/// `3/15/2010 11:27:57 AM`, `28/11/2012 11:36:22`, `15.03.2010 11:27:57`. Spreadsheets save the
/// formats of Windows' regions without the seconds.
fn numeric(text: &[u8]) -> Option<Time> {
    let mut cursor = Cursor(text);
    let first = cursor.digits();
    let separator = *cursor.0.first().filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    cursor.eat(separator);
    let second = cursor.number(1, 2)?;
    let last = if cursor.eat(separator) { cursor.digits() } else { return None };
    let split = cursor.eat(b'T') || cursor.eat(b't') || {
        let comma = cursor.eat(b',');
        cursor.blanks() || comma
    };
    let (clock, american) = if split { cursor.clock(separator != b'-')? } else { return None };
    let zone = cursor.zone();
    if !cursor.is_empty() {
        return None;
    }
    let [outer_first, outer_last] =
        [first, last].map(|digits| u32::try_from(value(digits).unwrap_or(0)).unwrap_or(0));
    match (first.len(), last.len()) {
        (4, 1 | 2) => clock.on(outer_first, second, outer_last, zone).map(Time::certain),
        // No region of Windows combines dots with the month first.
        (1 | 2, 4) if separator == b'.' => {
            clock.on(outer_last, second, outer_first, zone).map(Time::certain)
        }
        (1 | 2, 4) => {
            let month_first = clock.on(outer_last, outer_first, second, zone);
            let day_first = clock.on(outer_last, second, outer_first, zone);
            month_first.or(day_first)?;
            Some(Time { readings: [month_first, day_first], meridiem: american })
        }
        _ => None,
    }
}

/// A date with the month's English name, whose parts may be in any unambiguous order:
/// `Mon Mar 15 11:27:57 2010`, `2010 Mar 15 11:27:57`, `Mar 15 11:27:57` (no year),
/// `Monday, March 15, 2010 11:27:57 AM`, `15-Mar-2010 11:27:57 +0000`,
/// `Mar 15, 2010 @ 11:27:57.000`.
fn named(text: &[u8]) -> Option<Time> {
    let mut cursor = Cursor(text);
    let (mut year, mut month, mut day, mut clock, mut zone) = (None, None, None, None, None);
    while let Some(&next) = cursor.0.first() {
        if next.is_ascii_digit() {
            let mut ahead = cursor;
            let digits = ahead.digits();
            match digits.len() {
                1 | 2 if ahead.eat(b':') => set(&mut clock, cursor.clock(false)?.0)?,
                1 | 2 => set(&mut day, cursor.number(1, 2)?)?,
                _ => set(&mut year, cursor.number(4, 4)?)?,
            }
        } else if next.is_ascii_alphabetic() {
            let mut ahead = cursor;
            let word = ahead.word();
            if let Some(number) = month_of(word) {
                set(&mut month, number)?;
            } else if clock.is_some() {
                set(&mut zone, cursor.zone()?)?;
                continue;
            } else if position(&WEEKDAYS, word).is_none() {
                return None;
            }
            cursor = ahead;
        } else if clock.is_some() && matches!(next, b'+' | b'-') {
            set(&mut zone, cursor.zone()?)?;
        } else if !(cursor.eat(b',')
            || cursor.eat(b'@')
            || cursor.eat(b'-')
            || cursor.eat(b'/')
            || cursor.blanks())
        {
            return None;
        }
    }
    let (month, day, clock): (u32, u32, Clock) = (month?, day?, clock?);
    let Some(year) = year else {
        // A leap year accepts 29 February.
        clock.on(2000, month, day, None)?;
        return Some(Time { readings: [None, None], meridiem: false });
    };
    clock.on(year, month, day, zone).map(Time::certain)
}

/// Fills a slot; `None` if it is already filled.
fn set<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    if slot.is_some() {
        return None;
    }
    *slot = Some(value);
    Some(())
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The index of the name that a word is, in full or as its first three letters.
fn position(names: &[&str], word: &[u8]) -> Option<usize> {
    names.iter().map(|name| name.as_bytes()).position(|name| {
        word.eq_ignore_ascii_case(name)
            || name.get(..3).is_some_and(|short| word.eq_ignore_ascii_case(short))
    })
}

fn month_of(word: &[u8]) -> Option<u32> {
    u32::try_from(position(&MONTHS, word)? + 1).ok()
}
