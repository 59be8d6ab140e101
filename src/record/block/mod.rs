//! Text blocks: records of several lines, each line a label and a value, as people copy them from
//! Event Viewer or as programs print them. One file a way of writing labels; each shape is a table
//! of its labels and the few lines that know where its message ends.
//!
//! Three rules hold for all of them. A label that is not known is not understood. A label that stands
//! twice is said twice. Whatever follows the message, or stands between the labels and is none, is
//! message too, so that the grammar refuses a record to which something was added.

use std::borrow::Cow;

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

/// The row of text that stands where no text belongs.
const JUNK: u16 = 0x7FFF;
/// The row of a time that is put together from two labels.
const MOMENT: u16 = 0x7FFE;

/// A value without the white space around it, and without the NULs that `wevtutil` leaves behind it.
pub(crate) fn clean(value: &str) -> &str {
    // Every line is asked for this many times, so it goes by bytes.
    let shown = |byte: &u8| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0);
    let bytes = value.as_bytes();
    let start = bytes.iter().position(|byte| *byte == 0 || shown(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(shown).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

/// The lines of a text with the place where each begins.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

/// The first line that is not blank, and what follows it.
pub(super) fn first_line(text: &str) -> Option<(&str, &str)> {
    let (at, line) = lines(text).find(|(_, line)| !clean(line).is_empty())?;
    Some((clean(line), &text[at + line.len()..]))
}

/// A text without the `> ` that quotes it in a mail, or in Markdown, in front of each line.
pub fn unquoted(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let line = line.strip_prefix('>')?;
        plain.push_str(line.strip_prefix(' ').unwrap_or(line));
    }
    Some(plain)
}

/// Says the value of one label; an empty one says nothing.
fn put<'a>(
    event: &mut Event<'a>,
    part: u8,
    row: usize,
    role: Role,
    value: impl Into<Cow<'a, str>>,
) {
    let row = u16::try_from(row).unwrap_or(JUNK);
    say(event, Place { part, row }, role, Kind::Text, value.into());
}

/// Says text that stands where none belongs.
fn junk<'a>(event: &mut Event<'a>, part: u8, text: &'a str) {
    put(event, part, usize::from(JUNK), Role::Message, text);
}

/// Says a time whose day and hour stand under two labels.
fn moment<'a>(event: &mut Event<'a>, part: u8, date: Option<&'a str>, clock: Option<&'a str>) {
    let text = match (date.unwrap_or_default(), clock.unwrap_or_default()) {
        ("", "") => return,
        // Copies leave lines out. Half a time is none, but it must be the half of one.
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

/// Takes in a value that feeds no field by the label that a table gives it; one that the table does not
/// have may hold anything.
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

/// Puts together a message that was broken into lines to fit a page or a console: a space for each
/// break, except within the known URL, where a console breaks the word itself.
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
    use super::unwrapped;

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
        }
        assert_eq!(unwrapped("resolved\r\n\r\nand more"), "resolved and more");
        assert_eq!(unwrapped(&format!("<{a}\n/other>")), format!("<{a} /other>"));
    }
}
