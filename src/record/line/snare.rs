//! Snare: `MSWinEventLog` and fields separated by tabs. Relays change the tabs to `#011`, the agent
//! can be configured with another delimiter, and some collectors leave only blanks.
//!
//! Sources: appendix A of the Snare agent's guide; samples in the tests of rsyslog, which has a
//! module for them, and of syslog-ng, which writes this format.

use crate::{
    event::{Event, Scale, same_machine},
    record::{
        line::{Fill, is_number},
        names::Role,
        syslog,
        typed::Type,
    },
    swar::{self, Words},
};

const NAME: &str = "MSWinEventLog";

/// The kinds of users, which follow the user's name.
const KINDS: [&str; 9] = [
    " N/A",
    " Well Known Group",
    " Deleted Account",
    " User",
    " Group",
    " Domain",
    " Alias",
    " Invalid",
    " Unknown",
];

/// Reads the line.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let (host, rest) = beginning(header.host, header.rest)?;
    let tabs = ["\t", "\\t", ";", ",", "|", "#"];
    let delimits = |text: &str| tabs.into_iter().find(|tab| text.starts_with(tab));
    // rsyslog takes the name for a tag. Its templates write a colon after the tag, and maybe a blank.
    let tagged = rest.strip_prefix(':').map(|rest| rest.strip_prefix(' ').unwrap_or(rest));
    let (rest, first) = match tagged {
        Some(rest) if delimits(rest).is_none() => {
            (rest, rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        Some(rest) => (rest, rest),
        None => (rest, rest),
    };
    let fields = match delimits(first) {
        Some(tab) => Fields::delimited(rest.strip_prefix(tab).unwrap_or(rest), tab)?,
        None if tagged.is_some() => Fields::blanks(rest)?,
        None => Fields::blanks(rest.strip_prefix(' ')?)?,
    };
    let mut fill = Fill::new(event, part);
    // The host of a relay may precede the agent's own host.
    let second = !header.host.is_empty() && !host.is_empty() && host != header.host;
    if second && !same_machine(host, fields.computer) {
        fill.unread("the host before the name of the shape", host);
    }
    fill.check("the host before the name of the shape", Type::Computer, host);
    fill.check("the criticality", Type::Number, fields.criticality);
    fill.check("the counter", Type::Number, fields.counter);
    fill.check("the user", Type::NAME, fields.user);
    fill.check("the kind of user", Type::NAME, fields.kind);
    fill.say(Role::Log, fields.log);
    fill.say(Role::Time, fields.time);
    fill.say(Role::Id, fields.id);
    fill.say(Role::Source, fields.source);
    fill.say(Role::Level(Scale::Words), fields.level);
    fill.say(Role::Computer, if fields.computer.is_empty() { host } else { fields.computer });
    fill.say(Role::Category, fields.category);
    fill.say(Role::Data, fields.data);
    fill.say(Role::Message, fields.message);
    fill.header(&header, true);
    Some(())
}

/// Skips the start of the line up to and including the name. Only a host and its delimiter may
/// precede the name. If the header has a blank instead of the host, `host` is the name.
fn beginning<'a>(host: &'a str, rest: &'a str) -> Option<(&'a str, &'a str)> {
    if host == NAME {
        return Some(("", rest));
    }
    let start = after_delimiter(rest);
    if let Some(rest) = start.strip_prefix(NAME) {
        return Some((host, rest));
    }
    // There is no header, or the header precedes the agent's own host.
    let (own, rest) = start.split_at(start.find([' ', '\t', '\\'])?);
    Some((own, after_delimiter(rest).strip_prefix(NAME)?))
}

fn after_delimiter(text: &str) -> &str {
    text.strip_prefix("\\t").unwrap_or_else(|| text.trim_start_matches([' ', '\t']))
}

#[derive(Default)]
struct Fields<'a> {
    criticality: &'a str,
    counter: &'a str,
    user: &'a str,
    kind: &'a str,
    log: &'a str,
    time: &'a str,
    id: &'a str,
    source: &'a str,
    level: &'a str,
    computer: &'a str,
    category: &'a str,
    data: &'a str,
    message: &'a str,
}

impl<'a> Fields<'a> {
    /// `[CRITICALITY] LOG COUNTER TIME ID SOURCE USER SIDTYPE LEVEL COMPUTER CATEGORY [DATA] TEXT
    /// [COUNTER] [MD5]`.
    fn delimited(text: &'a str, tab: &str) -> Option<Self> {
        let mut rest = text;
        let mut next = || {
            let (field, after) = rest.split_words_once(tab)?;
            rest = after;
            Some(field)
        };
        let first = next()?;
        let (criticality, log) = if is_number(first) { (first, next()?) } else { ("", first) };
        let (counter, time, id, source) = (next()?, next()?, next()?, next()?);
        let (user, kind, level) = (next()?, next()?, next()?);
        let (computer, category) = (next()?, next()?);
        if !is_number(id) {
            return None;
        }
        // Some writers omit the data field.
        let (data, message) = match rest.split_words_once(tab) {
            Some((message, end)) if without_end(end, tab).is_empty() && !message.is_empty() => {
                ("", message)
            }
            Some((data, message)) => (data, without_end(message, tab)),
            None => ("", rest),
        };
        Some(Self {
            criticality,
            counter,
            user,
            kind,
            log,
            time,
            id,
            source,
            level,
            computer,
            category,
            data,
            message,
        })
    }

    /// The same fields, separated by blanks. The surrounding text delimits the fields that may
    /// contain blanks.
    fn blanks(text: &'a str) -> Option<Self> {
        const LEVELS: [&str; 5] =
            [" Error ", " Warning ", " Information ", " Success Audit ", " Failure Audit "];
        let (criticality, rest) = text.split_once(' ').filter(|(first, _)| is_number(first))?;
        let (log, rest) = rest.split_once(' ')?;
        let (counter, rest) = rest.split_once(' ').filter(|(counter, _)| is_number(counter))?;
        let (time, rest) = rest.split_at_checked("Mon Mar 15 11:27:57 2010".len())?;
        let (id, rest) = rest.strip_prefix(' ')?.split_once(' ').filter(|(id, _)| is_number(id))?;
        let (source, rest) = rest.split_once(' ')?;
        let found = LEVELS.into_iter().filter_map(|level| Some((rest.find_words(level)?, level)));
        let (at, level) = found.min()?;
        let (users, rest) = (&rest[..at], &rest[at + level.len()..]);
        let kinds = KINDS.iter().find(|kind| users.ends_with(**kind));
        let (user, kind) = users.split_at(users.len() - kinds.map_or(0, |kind| kind.len()));
        let (computer, rest) = rest.split_once(' ')?;
        let (category, rest) = rest.split_once(' ')?;
        let message = without_end(rest.trim_start_matches(' '), " ");
        Some(Self {
            criticality,
            counter,
            user,
            kind: kind.trim_ascii(),
            log,
            time,
            id,
            source,
            level: level.trim_ascii(),
            computer,
            category,
            data: "",
            message,
        })
    }
}

/// Removes the counter at the end, and the MD5 after it.
fn without_end<'a>(text: &'a str, tab: &str) -> &'a str {
    let is_md5 = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    let is_counter = |text: &str| !text.is_empty() && Type::Number.fits(text) || text == "N/A";
    let last = |text: &'a str| swar::rsplit_once(text, tab).unwrap_or(("", text));
    let mut text = text.trim_end_matches(['\r', '\n', ' ']);
    let (before, end) = last(text);
    if is_md5(end) && !is_counter(end) {
        text = before;
    }
    let (before, end) = last(text);
    if is_counter(end) { before } else { text }
}
