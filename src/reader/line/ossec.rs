//! The line of OSSEC and Wazuh: `WinEvtLog: LOG: LEVEL(ID): SOURCE: USER: DOMAIN: COMPUTER: TEXT`,
//! with a date before it, and in archives with the manager's date and the agent before that.
//!
//! Source: `read_win_el.c` of OSSEC, which writes the insertion strings joined by blanks where it
//! finds no message text. Old versions print the id in hex.

use crate::{
    event::{Event, Scale},
    reader::{
        line::{Fill, is_number},
        names::Role,
        syslog,
    },
};

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let (time, rest) = beginning(header.rest.trim_start_matches(' '))?;
    let (log, rest) = rest.split_once(": ")?;
    let (level, rest) = rest.split_once(": ")?;
    let (level, id) = level.strip_suffix(')')?.split_once('(')?;
    let (source, rest) = rest.split_once(": ")?;
    let (_user, rest) = rest.split_once(": ")?;
    let (_domain, rest) = rest.split_once(": ")?;
    let (computer, message) = rest.split_once(':')?;
    if !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.say(Role::Source, source);
    fill.say(Role::Computer, computer);
    fill.say(Role::Message, message.strip_prefix(' ').unwrap_or(message));
    fill.say(Role::Time, time);
    fill.header(&header, true);
    Some(())
}

/// Passes over everything before the log's name, and gives the innermost date.
fn beginning(text: &str) -> Option<(&str, &str)> {
    let (mut time, mut rest) = date(text);
    if !rest.starts_with("WinEvtLog: ") {
        // `(agent) address->WinEvtLog `, or `host->WinEvtLog `.
        let (agent, inner) = rest.split_once("->WinEvtLog ")?;
        if agent.contains(": ") {
            return None;
        }
        let inner_time;
        (inner_time, rest) = date(inner);
        if !inner_time.is_empty() {
            time = inner_time;
        }
    }
    Some((time, rest.strip_prefix("WinEvtLog: ")?))
}

/// `2010 Mar 15 11:27:57 `, if it is there.
fn date(text: &str) -> (&str, &str) {
    const LENGTH: usize = "2010 Mar 15 11:27:57".len();
    match text.split_at_checked(LENGTH) {
        Some((date, rest)) if is_date(date.as_bytes()) && rest.starts_with(' ') => {
            (date, &rest[1..])
        }
        _ => ("", text),
    }
}

fn is_date(date: &[u8]) -> bool {
    const PATTERN: &[u8] = b"9999 aaa 99 99:99:99";
    date.iter().zip(PATTERN).all(|(byte, pattern)| match pattern {
        b'9' => byte.is_ascii_digit() || *byte == b' ',
        b'a' => byte.is_ascii_alphabetic(),
        pattern => byte == pattern,
    })
}
