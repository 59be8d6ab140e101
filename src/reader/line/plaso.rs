//! A line of plaso's CSV without the file's header, as it is cut out or searched for: both the
//! `dynamic` output and `l2tcsv`. Plaso writes blanks for the commas inside a column.

use std::borrow::Cow;

use crate::{
    bytes,
    event::Event,
    reader::{csv::plaso, line::Fill, names::Role},
};

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (time, message, after) = columns(text)?;
    let message = message.strip_prefix('"').and_then(|m| m.strip_suffix('"')).unwrap_or(message);
    plaso::message(message, part, event)?;
    let mut fill = Fill::new(event, part);
    fill.say(Role::Time, time);
    fill.left_over(after);
    Some(())
}

/// The time, the message's column, and text that follows the columns.
fn columns(text: &str) -> Option<(Cow<'_, str>, &str, &str)> {
    let mut head = text.splitn(5, ',');
    let columns = [head.next()?, head.next()?, head.next()?, head.next()?];
    let rest = head.next()?;
    let dated =
        |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | ':' | '.' | '+' | 'T' | 'Z' | ' ');
    if columns[0].is_empty() || !columns[0].chars().all(dated) {
        return None;
    }
    if columns[2] == "EVT" && columns[3].starts_with("WinEVT") {
        let (message, _) = bytes::rsplit_once(rest, ",winevt")?;
        // Behind the parser's name: the file's name perhaps, and tags, which are words.
        let tags = rest.rsplit(',').next().unwrap_or_default();
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ' | b'\r');
        let fits = tags.trim_end() == "-" || tags.bytes().all(word);
        return Some((Cow::Borrowed(columns[0]), message, if fits { "" } else { tags }));
    }
    // date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,...
    let mut rest = rest.splitn(13, ',');
    if rest.next()? != "EVT" || !rest.next()?.starts_with("WinEVT") {
        return None;
    }
    let message = rest.nth(4)?;
    // The last column is nothing, or `name: value` pairs.
    let extra = rest.nth(5).unwrap_or_default();
    let after = match extra.strip_prefix('-') {
        Some(after) => after,
        None if extra.contains(": ") => "",
        None => extra,
    };
    Some((Cow::Owned(l2t_time(&columns)), message, after))
}

/// `MM/DD/YYYY` and the time, the way everybody else writes it.
fn l2t_time(columns: &[&str; 4]) -> String {
    let [date, time, zone, _] = columns;
    let mut date = date.splitn(3, '/');
    let (month, day, year) = (date.next(), date.next(), date.next());
    match (month, day, year) {
        (Some(month), Some(day), Some(year)) => {
            let zone = if *zone == "UTC" { "Z" } else { "" };
            [year, "-", month, "-", day, "T", time, zone].concat()
        }
        _ => String::new(),
    }
}
