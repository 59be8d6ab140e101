//! Text blocks: records of several lines that have labels and values, as people copy them from
//! Event Viewer or as programs print them. There is one file per style of labels. Each format is a
//! table of its labels, and a few lines of code that find the end of its message.
//!
//! Three rules hold for all formats. An unknown label is noted as unread. A repeated label is a
//! repeated value. Text after the message, and text without a label between the labels, counts as
//! message text, so the grammar rejects a record with added text.

use std::borrow::Cow;

use memchr::memchr;

use crate::{
    article,
    event::{Event, Kind, Place},
    record::{
        names::Role,
        say,
        typed::{self, Type},
    },
};

pub mod brackets;
pub mod details;
pub mod event_viewer;
pub mod eventquery;
pub mod evtexport;
pub mod forum_logs;
pub mod mof;
pub mod powershell_list;
pub mod splunk;

/// The row of text in a place where no text belongs.
const JUNK: u16 = 0x7FFF;
/// The row of a time that is combined from two labels.
const MOMENT: u16 = 0x7FFE;

/// A value without the surrounding white space, and without the NULs that `wevtutil` appends.
pub(crate) fn clean(value: &str) -> &str {
    // This compares bytes, because it is called many times per line.
    let shown = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0);
    let bytes = value.as_bytes();
    let start = bytes.iter().position(|byte| *byte == 0 || shown(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(shown).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// The lines of a text, each with its offset.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let start = at;
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        at += length;
        Some((start, rest.get(..length)?))
    })
}

/// The first line that is not blank, and the text after it.
pub(super) fn first_line(text: &str) -> Option<(&str, &str)> {
    let (at, line) = lines(text).find(|(_, line)| !clean(line).is_empty())?;
    Some((clean(line), &text[at + line.len()..]))
}

/// A text without the `> ` that quotes each line in a mail or in Markdown.
pub fn unquoted(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let line = line.strip_prefix('>')?;
        plain.push_str(line.strip_prefix(' ').unwrap_or(line));
    }
    Some(plain)
}

/// Adds the value of a label. An empty value has no effect.
pub(super) fn put<'a>(
    event: &mut Event<'a>,
    part: u8,
    row: usize,
    role: Role,
    value: impl Into<Cow<'a, str>>,
) {
    let row = u16::try_from(row).unwrap_or(JUNK);
    say(event, Place { part, row }, role, Kind::Text, value.into());
}

/// Adds text in a place where no text belongs.
fn junk<'a>(event: &mut Event<'a>, part: u8, text: &'a str) {
    put(event, part, usize::from(JUNK), Role::Message, text);
}

/// Adds a time whose date and time of day have separate labels.
fn moment<'a>(event: &mut Event<'a>, part: u8, date: Option<&'a str>, clock: Option<&'a str>) {
    let text = match (date.unwrap_or_default(), clock.unwrap_or_default()) {
        ("", "") => return,
        // Copies may omit lines. One half alone is not a time, but it must be a valid half.
        (date, "") => {
            let whole = format!("{date} 00:00:00");
            return typed::check(event, "the date", Type::Time, whole);
        }
        ("", clock) => {
            let whole = format!("2000-01-01 {clock}");
            return typed::check(event, "the time of day", Type::Time, whole);
        }
        (date, clock) => format!("{date} {clock}"),
    };
    put(event, part, usize::from(MOMENT), Role::Time, text);
}

/// Checks a value that feeds no field, by its label in a table. If the table does not have the
/// label, the value is noted as unread.
fn check_label<'a>(
    event: &mut Event<'a>,
    part: u8,
    labels: &[(&'static str, Type)],
    label: &'a str,
    value: impl Into<Cow<'a, str>>,
) {
    match labels.iter().find(|(known, _)| *known == label) {
        Some((known, holds)) => typed::check_name(event, part, known, *holds, value),
        None => event.leave_unread(label, value),
    }
}

/// Joins a message that was wrapped between words for a page. Each line break becomes a space.
pub(super) fn joined(text: &str) -> Cow<'_, str> {
    let text = clean(text);
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let lines: Vec<_> = text.split('\n').map(clean).filter(|line| !line.is_empty()).collect();
    Cow::Owned(lines.join(" "))
}

/// Like [`joined`], for a message that was wrapped for a console, which also breaks inside a long
/// word. A line break within the known URL is removed.
pub(super) fn unwrapped(text: &str) -> Cow<'_, str> {
    let text = clean(text);
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let mut whole = String::new();
    for line in text.split('\n').map(clean).filter(|line| !line.is_empty()) {
        let word = whole.rsplit(' ').next().unwrap_or_default();
        let one_word = match article::URL.strip_prefix(word.trim_start_matches(['<', '{'])) {
            _ if word.is_empty() => whole.is_empty(),
            Some("") => line.starts_with(['>', ',']),
            Some(rest) => line.starts_with(rest) || rest.starts_with(line),
            None => false,
        };
        if !one_word {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::{joined, unwrapped};

    #[test]
    fn a_break_is_a_space_but_not_inside_the_url() {
        let url = crate::article::URL;
        let (a, b) = url.split_at(40);
        let text = format!("sequence number\n from: <{a}\n   {b}>\n with error");
        assert_eq!(unwrapped(&text), format!("sequence number from: <{url}> with error"));
        for at in 0..=url.len() {
            let (a, b) = url.split_at(at);
            assert_eq!(unwrapped(&format!("from: <{a}\n{b}> x")), format!("from: <{url}> x"));
            assert_eq!(unwrapped(&format!("{{{a}\n{b}, x}}")), format!("{{{url}, x}}"));
            let inside = !a.is_empty() && !b.is_empty();
            assert_eq!(joined(&format!("from: <{a}\n{b}> x")).contains(url), !inside, "{at}");
        }
        assert_eq!(unwrapped("resolved\r\n\r\nand more"), "resolved and more");
        assert_eq!(unwrapped(&format!("<{a}\n/other>")), format!("<{a} /other>"));
    }
}
