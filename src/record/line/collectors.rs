//! Lines of collectors that read Windows logs remotely or through their own agent.
//!
//! Sources: samples of RSA enVision's and `NetWitness`'s NIC Windows service in public parsers for
//! its `winevent_nic`; `test_section_eventlog.py` of Checkmk, which documents its output.

use crate::{
    event::{Event, Scale},
    record::{
        line::{Fill, is_number},
        names::Role,
        syslog,
        typed::Type,
    },
    swar::Words,
};

/// The NIC Windows service: `%NICWIN-4-LOG_ID_SOURCE: LOG,rn=N cid=N eid=N,TIME,ID,SOURCE,USER,LEVEL,
/// COMPUTER,CATEGORY,DATA,TEXT`.
pub fn nic_windows<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ').strip_prefix("%NICWIN-")?;
    let (severity, rest) = rest.split_once('-')?;
    let (tag, rest) = rest.split_words_once(": ")?;
    let mut fields = rest.splitn(11, ',');
    let mut next = || fields.next();
    let (log, numbers, time, id, source) = (next()?, next()?, next()?, next()?, next()?);
    let (user, level, computer, category) = (next()?, next()?, next()?, next()?);
    let (data, message) = (next()?, next()?);
    if !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.check("the severity", Type::Number, severity);
    let same = tag.strip_prefix(log).and_then(|rest| rest.strip_prefix('_')?.strip_prefix(id));
    if same.and_then(|rest| rest.strip_prefix('_')) != Some(source) {
        fill.unread("the name of the message", tag);
    }
    let mut names = ["rn=", "cid=", "eid="].iter();
    for number in numbers.split(' ') {
        match names.next().and_then(|name| number.strip_prefix(name)) {
            Some(value) => {
                let value = value.strip_prefix('-').unwrap_or(value);
                fill.check("a number of the record", Type::Bits, value);
            }
            None => fill.unread("the numbers of the record", numbers),
        }
    }
    fill.say(Role::Log, log);
    fill.say(Role::Time, time);
    fill.say(Role::Id, id);
    fill.say(Role::Source, source);
    fill.check("the user", Type::NAME, user);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Computer, computer);
    // The service writes this text if the source has no file with category names.
    fill.say(Role::Category, if category == "No category file" { "" } else { category });
    fill.say(Role::Data, data);
    fill.say(Role::Message, message);
    fill.header(&header, true);
    Some(())
}

/// The agent of Checkmk: `STATE Mon DD HH:MM:SS QUALIFIERS.ID SOURCE TEXT`, where the source has
/// underscores instead of blanks.
pub fn check_mk<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let level = match text.as_bytes() {
        [b'C', b' ', ..] => "Error",
        [b'W', b' ', ..] => "Warning",
        [b'O' | b'.' | b'u', b' ', ..] => "Information",
        _ => return None,
    };
    let header = syslog::header(text.get(2..)?);
    let (qualifiers, id) = header.host.split_once('.')?;
    let (source, message) = header.rest.strip_prefix(' ')?.split_once(' ')?;
    if qualifiers.is_empty() || !Type::Number.fits(qualifiers) || !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Time, header.time);
    fill.say(Role::Qualifiers, qualifiers);
    fill.say(Role::Id, id);
    fill.say(Role::Source, source);
    fill.say(Role::Message, message);
    Some(())
}
