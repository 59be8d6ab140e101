//! Plaso's CSV, both the `dynamic` output and `l2tcsv`: columns of which one holds
//! `[8 / 0x0008] Source Name: crypt32 ... Strings: ['...'  '...'] Computer Name: ...`.
//!
//! Plaso writes blanks for the commas inside a column. The labels' order changed between versions,
//! so they are found wherever they stand; one that stands twice is said twice.
//! Source: plaso's event formatters and their tests.

use std::borrow::Cow;

use crate::{
    event::{Event, Scale},
    reader::{
        line::{Fill, is_number, split_unescaped, unescape},
        names::Role,
    },
};

/// The labels; with a role, and whether the value is one word.
const LABELS: &[(&str, Option<Role>, bool)] = &[
    ("Source Name: ", Some(Role::Source), false),
    ("Strings: ", Some(Role::Strings), false),
    ("Message string: ", Some(Role::Message), false),
    ("Computer Name: ", Some(Role::Computer), true),
    ("Severity: ", Some(Role::Level(Scale::Words)), true),
    ("Event Type: ", Some(Role::Level(Scale::Legacy)), false),
    ("Event Level: ", Some(Role::Level(Scale::Modern)), true),
    ("Event Category: ", Some(Role::Category), true),
    ("Record Number: ", None, true),
    ("Provider identifier: ", None, true),
    ("User SID: ", None, true),
];

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (time, message, after) = columns(text)?;
    let message = message.strip_prefix('"').and_then(|m| m.strip_suffix('"')).unwrap_or(message);
    let (ids, labels) = message.strip_prefix('[')?.split_once("] ")?;
    let (decimal, hex) = ids.split_once(" / ")?;
    if !is_number(decimal) || !is_number(hex) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.say_at(0, Role::Id, decimal);
    fill.say_at(1, Role::Id, hex);
    fill.say(Role::Time, time);
    say_labels(&mut fill, labels);
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
        let at = rest.rfind(",winevt")?;
        let (message, rest) = rest.split_at(at);
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
            format!("{year}-{month}-{day}T{time}{zone}")
        }
        _ => String::new(),
    }
}

fn say_labels<'a>(fill: &mut Fill<'_, 'a>, text: &'a str) {
    let label_at = |text: &str| LABELS.iter().position(|(label, ..)| text.starts_with(label));
    let mut rest = text;
    while let Some(row) = label_at(rest) {
        let (label, role, one_word) = LABELS[row];
        let value = &rest[label.len()..];
        // Up to the next label, which stands behind a blank.
        let blanks = value.match_indices(' ').map(|(at, _)| at);
        let end = blanks.into_iter().find(|at| label_at(&value[at + 1..]).is_some());
        let (value, after) = value.split_at(end.unwrap_or(value.len()));
        rest = after.strip_prefix(' ').unwrap_or(after);
        let (value, more) =
            if one_word { value.split_once(' ').unwrap_or((value, "")) } else { (value, "") };
        fill.left_over(more);
        match role {
            Some(Role::Strings) => say_strings(fill, value),
            Some(role) => fill.say_at(u16::try_from(row).unwrap_or(0), role, value),
            None => {}
        }
    }
    fill.left_over(rest);
}

/// Python's way to print a list of strings.
fn say_strings<'a>(fill: &mut Fill<'_, 'a>, list: &'a str) {
    let mut rest = list.strip_prefix('[').unwrap_or(list);
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        let quoted = rest.strip_prefix('u').unwrap_or(rest);
        let quote = quoted.as_bytes().first().filter(|quote| matches!(quote, b'\'' | b'"'));
        let value;
        if let (Some(quote), Some(string)) = (quote, quoted.get(1..)) {
            (value, rest) = split_unescaped(string, &[*quote]);
            rest = rest.get(1..).unwrap_or_default();
            fill.string(unescape(value, python_escape));
        } else if let Some(after) = rest.strip_prefix(']') {
            return fill.left_over(after);
        } else if rest.is_empty() {
            return;
        } else {
            // `None`, or no list at all.
            (value, rest) = rest.split_at(rest.find([' ', ',', ']']).unwrap_or(rest.len()));
            fill.string(Cow::Borrowed(value));
        }
    }
}

fn python_escape(char: char) -> Option<char> {
    Some(match char {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '\'' | '"' | '\\' => char,
        _ => return None,
    })
}
