//! The line of OSSEC and Wazuh: `WinEvtLog: LOG: LEVEL(ID): SOURCE: USER: DOMAIN: COMPUTER: TEXT`,
//! after a date. In archives, the manager's date and the agent come before that.
//!
//! Source: `read_win_el.c` of OSSEC. If it finds no message text, it writes the insertion strings,
//! joined by blanks. Old versions print the id in hexadecimal. `no source` means none.

use crate::{
    event::{Event, Scale},
    record::{
        line::{Fill, is_number},
        names::Role,
        prefix, syslog,
        typed::Type,
    },
    swar::{self, Words},
};

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let Beginning { agent, received, time, rest } = beginning(header.rest.trim_start_matches(' '))?;
    let (log, rest) = rest.split_words_once(": ")?;
    let (level, rest) = rest.split_words_once(": ")?;
    let (level, id) = level.strip_suffix(')')?.split_once('(')?;
    let (source, rest) = rest.split_words_once(": ")?;
    let (user, rest) = rest.split_words_once(": ")?;
    let (domain, rest) = rest.split_words_once(": ")?;
    let (computer, message) = rest.split_once(':')?;
    if !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.say(Role::Source, if source == "no source" { "" } else { source });
    fill.say(Role::Computer, computer);
    fill.say(Role::Message, message.strip_prefix(' ').unwrap_or(message));
    fill.say(Role::Time, if time.is_empty() { received } else { time });
    fill.check("the time of the manager", Type::Time, received);
    fill.check("the user", Type::NAME, user);
    fill.check("the domain", Type::NAME, domain);
    if !prefix::is_agent(agent) {
        fill.unread("the agent", agent);
    }
    fill.header(&header, true);
    Some(())
}

/// The start of an alert in `alerts.log`.
pub const ALERT: &str = "** Alert ";

/// The labels of an alert between its first line and the log.
const HEAD: [&str; 6] = ["Rule: ", "Src IP: ", "Src Port: ", "Dst IP: ", "Dst Port: ", "User: "];

/// Reads an alert: lines with its properties, and then the line of the log that caused it.
pub fn alert<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let (head, log) = swar::rsplit_once(swar::trim(text), "\n")?;
    let mut lines = head.strip_prefix(ALERT)?.split('\n').skip(1).map(swar::trim);
    self::event(log, part, event)?;
    let (date, origin) = prefix::ossec_date(lines.next().unwrap_or_default());
    let known = !date.is_empty()
        && origin
            .split_words_once("->")
            .is_some_and(|(agent, location)| prefix::is_agent(agent) && Type::File.fits(location));
    if !known || !lines.all(|line| HEAD.iter().any(|name| line.starts_with(name))) {
        event.leave_unread("the head of the alert", head);
    }
    Some(())
}

/// The fields before the name of the log.
struct Beginning<'a> {
    agent: &'a str,
    /// The date of the manager, in archives.
    received: &'a str,
    time: &'a str,
    rest: &'a str,
}

fn beginning(text: &str) -> Option<Beginning<'_>> {
    let (time, rest) = prefix::ossec_date(dated(text));
    if let Some(rest) = rest.strip_prefix("WinEvtLog: ") {
        return Some(Beginning { agent: "", received: "", time, rest });
    }
    let (agent, inner) = rest.split_words_once("->WinEvtLog ")?;
    if agent.has_words(": ") {
        return None;
    }
    let (inner_time, rest) = prefix::ossec_date(inner);
    let rest = rest.strip_prefix("WinEvtLog: ")?;
    Some(Beginning { agent, received: time, time: inner_time, rest })
}

/// Removes the file name that `grep` prints in front of a line, if a date follows it.
fn dated(text: &str) -> &str {
    match prefix::without_file(text) {
        Some(rest) if !prefix::ossec_date(rest).0.is_empty() => rest,
        _ => text,
    }
}
