//! Lines with little more than the message: the message alone or after a syslog tag, the texts of
//! readers that found no message, XML after a syslog header, and the list that the diagnostic tool
//! DDS prints.

use crate::{
    STREAMS, article,
    event::{Event, Scale},
    message,
    record::{
        block,
        line::{Fill, is_number},
        names::Role,
        syslog,
        typed::Type,
        xml,
    },
    swar::Words,
};

/// Reads a line that is a whole message, with or without a syslog header and a tag. Only the
/// message identifies the event, or a text that names the source and the id.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    if STREAMS && text.trim_end().has(b'\n') && !is_message(text) {
        let one_line = block::unwrapped(text);
        if is_message(&one_line) {
            Fill::new(event, part).say(Role::Message, one_line);
            return Some(());
        }
    }
    let whole = is_message;
    let rest = header.rest.trim_start_matches(' ');
    let behind = header.rest.len() < text.len();
    let (tag, text) = if whole(rest) {
        ("", rest)
    } else if behind {
        tagged(rest).filter(|(_, rest)| whole(rest))?
    } else {
        return None;
    };
    let mut fill = Fill::new(event, part);
    fill.say(Role::Message, text);
    say_program(&mut fill, tag);
    say_program(&mut fill, header.app);
    fill.header(&header, false);
    Some(())
}

/// Whether a text is a whole message.
fn is_message(text: &str) -> bool {
    message::parse(text, None, &[]).is_some_and(|message| message.whole)
}

/// Like `is_message`, for a text that may be broken into lines.
pub fn is_message_in_lines(text: &str) -> bool {
    is_message(text) || is_message(&block::unwrapped(text))
}

/// Reads an XML `<Event>` after a syslog header.
pub fn xml<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (header, rest) = behind_header(text)?;
    xml::event(rest, part, event)?;
    Fill::new(event, part).header(&header, true);
    Some(())
}

/// A syslog header, and the text after it and after a tag, if it may be XML.
pub fn behind_header(text: &str) -> Option<(syslog::Header<'_>, &str)> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ');
    if rest.starts_with('<') {
        Some((header, rest))
    } else if header.rest.len() < text.len() {
        Some((header, tagged(rest)?.1))
    } else {
        None
    }
}

/// Reads a line of DDS: `DATE TIME, LEVEL: SOURCE [ID]  - TEXT`.
pub fn dds<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (time, rest) = text.split_words_once(", ")?;
    let (level, rest) = rest.split_words_once(": ")?;
    let (source, rest) = rest.split_words_once(" [")?;
    let (id, rest) = rest.split_once(']')?;
    let message = rest.trim_start_matches(' ').strip_prefix("- ")?;
    let date = |c: char| c.is_ascii_digit() || matches!(c, '/' | '.' | '-' | ':' | ' ');
    let time_fits = time.trim_end_matches(['A', 'P', 'M', ' ']).chars().all(date);
    if !time_fits || !time.has(b':') || !is_word(level) || !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.say(Role::Time, time);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Source, source);
    fill.say(Role::Id, id);
    fill.say(Role::Message, message);
    Some(())
}

/// Reads the program name of a syslog line as the source, if it is the source. Other programs are
/// collectors.
pub(super) fn say_program<'a>(fill: &mut Fill<'_, 'a>, program: &'a str) {
    if program.eq_ignore_ascii_case(article::SOURCE) {
        fill.say(Role::Source, program);
    }
}

/// Splits a line after `TAG: ` or `TAG[PID]: `, and returns the tag and the text. The caller
/// accepts a tag only after a syslog header.
fn tagged(text: &str) -> Option<(&str, &str)> {
    let (tag, rest) = text.split_words_once(": ")?;
    Type::Word.fits(tag).then(|| (without_process(tag), rest))
}

/// Removes the process id from a program name.
pub(super) fn without_process(tag: &str) -> &str {
    let process = tag.strip_suffix(']').and_then(|tag| tag.rsplit_once('['));
    process.filter(|(_, number)| Type::Number.fits(number)).map_or(tag, |(name, _)| name)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic())
}
