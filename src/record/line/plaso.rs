//! A line of plaso's CSV without the header of the file, as people cut it out or search for it: the
//! `dynamic` output and `l2tcsv`. Plaso replaces commas inside a column with blanks.

use std::borrow::Cow;

use crate::{
    event::Event,
    record::{csv::plaso, line::Fill, names::Role, typed::Type},
    swar::{self, Words},
};

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let Columns { time, message, others, after } = columns(text)?;
    let message = message.strip_prefix('"').and_then(|m| m.strip_suffix('"')).unwrap_or(message);
    plaso::message(message, part, event)?;
    let mut fill = Fill::new(event, part);
    fill.say(Role::Time, time);
    for (place, holds, value) in others {
        fill.check(place, holds, value);
    }
    fill.left_over(after);
    Some(())
}

/// The columns of a line.
struct Columns<'a> {
    time: Cow<'a, str>,
    message: &'a str,
    /// The columns that feed no field.
    others: [(&'static str, Type, &'a str); 10],
    /// The text that belongs to no column.
    after: &'a str,
}

fn columns(text: &str) -> Option<Columns<'_>> {
    let mut head = text.splitn(5, ',');
    let columns = [head.next()?, head.next()?, head.next()?, head.next()?];
    let rest = head.next()?;
    let dated =
        |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | ':' | '.' | '+' | 'T' | 'Z' | ' ');
    if columns[0].is_empty() || !columns[0].chars().all(dated) {
        return None;
    }
    let is_log = |name: &str| matches!(name, "WinEVT" | "WinEVTX");
    let mut others = [("a column", Type::Nothing, ""); 10];
    if columns[2] == "EVT" && is_log(columns[3]) {
        let (message, behind) = swar::rsplit_once(rest, ",winevt")?;
        let behind = behind.strip_prefix('x').unwrap_or(behind);
        // The name of the file, if there is one, and the tags.
        let (file, tags) = match behind.strip_prefix(',') {
            // Commas within columns are blanks here.
            Some(behind) => behind.split_once(',').unwrap_or(("", behind)),
            None => ("", behind),
        };
        others[0] = ("the kind of time", Type::NAME, columns[1]);
        others[1] = ("the file", Type::File, file);
        let tags = swar::trim(tags);
        others[2] = ("the tags", Type::NAME, tags);
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b' ');
        let after = if tags == "-" || tags.bytes().all(word) { "" } else { tags };
        return Some(Columns { time: Cow::Borrowed(columns[0]), message, others, after });
    }
    // date,time,timezone,MACB,source,sourcetype,type,user,host,short,desc,version,file,inode,notes,format,
    // extra
    let mut rest = rest.splitn(13, ',');
    if rest.next()? != "EVT" || !is_log(rest.next()?) {
        return None;
    }
    let (kind, user, host, short) = (rest.next()?, rest.next()?, rest.next()?, rest.next()?);
    let message = rest.next()?;
    let mut next = || rest.next().unwrap_or_default();
    others = [
        ("the zone", Type::Word, columns[2]),
        ("the kinds of time", Type::Word, columns[3]),
        ("the kind of time", Type::NAME, kind),
        ("the user", Type::NAME, user),
        ("the host", Type::Computer, host),
        ("the version", Type::Number, next()),
        ("the file", Type::File, next()),
        ("the inode", Type::Word, next()),
        ("the notes", Type::NAME, next()),
        ("the format", Type::Word, next()),
    ];
    // The last column is empty, or has `name: value` pairs.
    let extra = next();
    let after = match extra.strip_prefix('-') {
        _ if !is_short(short, message) => short,
        Some(after) => after,
        None if is_pairs(extra) => "",
        None => extra,
    };
    Some(Columns { time: Cow::Owned(l2t_time(&columns)), message, others, after })
}

/// Whether a text is `name: value; name: value`, with any values. Commas are blanks there.
fn is_pairs(extra: &str) -> bool {
    let named =
        |pair: &str| pair.split_words_once(": ").is_some_and(|(name, _)| Type::Word.fits(name));
    !extra.has(b',') && extra.split(';').all(|pair| named(swar::trim(pair)))
}

/// Whether a message is the short form of the other one: its start, and then a truncated part.
fn is_short(short: &str, message: &str) -> bool {
    let Some((ids, part)) = short.split_words_once("] ") else { return false };
    message.trim_start_matches('"').starts_with(ids) && message.contains(part.trim_end_matches('.'))
}

/// `MM/DD/YYYY` and the time, in the usual format.
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
