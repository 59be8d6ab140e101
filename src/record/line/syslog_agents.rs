//! The syslog agents of the XP years: evtsys ("Eventlog to Syslog"), `EventReporter` and related
//! programs, the syslog-ng agent, `NTsyslog`, and Log Parser's syslog output.
//!
//! Sources: `eventlog.c` of evtsys; samples of `EventReporter` in rsyslog's tests, and of the
//! syslog-ng agent in syslog-ng's; `msgparser.eventlog.class.php` of Adiscon's `LogAnalyzer`;
//! OSSEC's decoder for `NTsyslog`.

use crate::{
    event::{Event, Scale},
    record::{
        line::{Fill, is_number, message_alone::without_process},
        names::Role,
        syslog,
        typed::{LONGEST_WORD, Type},
    },
    swar::{self, Words},
};

/// evtsys: `[TAG: ]SOURCE: ID: [USER: ]TEXT`, where the source has underscores instead of blanks.
/// If it finds no message text, it writes `(Facility: 2, Status: Failure)`.
pub fn evtsys<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    if header.host.is_empty() {
        return None;
    }
    let rest = header.rest.trim_start_matches(' ');
    let (first, rest) = rest.split_words_once(": ")?;
    let (second, message) = rest.split_words_once(": ")?;
    let (tag, source, id, message) = if is_number(second) {
        ("", first, second, message)
    } else {
        let (id, message) = message.split_words_once(": ")?;
        (first, second, id, message)
    };
    if !is_number(id) || source.has(b' ') {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.header(&header, false);
    fill.check("the tag", Type::Word, tag);
    fill.say(Role::Source, source);
    fill.say(Role::Id, id);
    if let Some((facility, status)) = message.strip_prefix("(Facility: ").and_then(|rest| {
        let (facility, status) = rest.split_words_once(", Status: ")?;
        Some((facility, swar::trim(status).strip_suffix(')')?))
    }) {
        fill.check("the facility", Type::Number, facility);
        fill.say(Role::Level(Scale::Words), status);
    }
    fill.say(Role::Message, without_user(message));
    Some(())
}

/// Removes `DOMAIN\USER: `, if it is certain that the text is one.
fn without_user(message: &str) -> &str {
    let is_name = |name: &str| {
        let byte = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'$');
        !name.is_empty() && name.len() <= LONGEST_WORD && name.bytes().all(byte)
    };
    message
        .split_words_once(": ")
        .filter(|(user, _)| {
            user.split_once('\\').is_some_and(|(domain, name)| {
                (is_name(domain) || domain == "NT AUTHORITY") && is_name(name)
            })
        })
        .map_or(message, |(_, message)| message)
}

/// `EventReporter`: `EvntSLog: [ERR] TIME: [USER/LOG/]COMPUTER/SOURCE (ID) - "TEXT"`.
pub fn event_reporter<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ');
    let rest = rest.strip_prefix("EvntSLog: ").or_else(|| rest.strip_prefix("EvntSlog: "))?;
    let (level, rest) = rest.split_once(' ')?;
    let (time, rest) = rest.split_words_once(": ")?;
    let (origin, rest) = rest.split_words_once(" (")?;
    let (id, message) = rest.split_words_once(") - ")?;
    let mut origin = origin.rsplit('/');
    let (source, computer) = (origin.next()?, origin.next()?);
    if !is_number(id) {
        return None;
    }
    let quoted = swar::trim(message).strip_prefix('"').and_then(|inner| inner.strip_suffix('"'));
    let mut fill = Fill::new(event, part);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Time, time);
    fill.say(Role::Source, source);
    fill.say(Role::Computer, computer);
    fill.say(Role::Log, origin.next().unwrap_or_default());
    fill.check("the user", Type::NAME, origin.next().unwrap_or_default());
    if let Some(more) = origin.next() {
        fill.unread("the words before the user", more);
    }
    fill.say(Role::Id, id);
    fill.say(Role::Message, quoted.unwrap_or(message));
    fill.header(&header, true);
    Some(())
}

/// The format that Adiscon's products write for `LogAnalyzer`:
/// `ID,USER,SOURCE,LOG,[LEVEL],CATEGORY,TEXT`, alone or after a tag.
pub fn adiscon<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ');
    let (tag, rest) =
        rest.split_words_once(": ").filter(|(tag, _)| !tag.has(b',')).unwrap_or(("", rest));
    let mut fields = rest.splitn(7, ',');
    let (id, user, source) = (fields.next()?, fields.next()?, fields.next()?);
    let (log, level, category) = (fields.next()?, fields.next()?, fields.next()?);
    let message = fields.next()?;
    let code = level.strip_prefix('[').and_then(|code| code.strip_suffix(']'))?;
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if !is_code || !is_number(id) || !is_number(category) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.header(&header, false);
    fill.check("the tag", Type::Word, tag);
    fill.say(Role::Id, id);
    fill.check("the user", Type::NAME, user);
    fill.say(Role::Source, source);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Category, category);
    fill.say(Role::Message, message);
    Some(())
}

/// The syslog-ng agent: `USER: LOG SOURCE: [LEVEL] TEXT (EventID ID)`.
pub fn syslog_ng<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let (origin, rest) = header.rest.trim_start_matches(' ').split_words_once(": [")?;
    let (level, rest) = rest.split_words_once("] ")?;
    let (user, origin) = swar::rsplit_once(origin, ": ")?;
    let (log, source) = origin.split_once(' ')?;
    // The program name may be there, too. It is the source.
    let nobody = user.strip_suffix(':').map(|program| (program, ""));
    let (program, user) = user.split_words_once(": ").or(nobody).unwrap_or(("", user));
    let program = without_process(program);
    let spelled = source.bytes().map(|byte| if byte == b' ' { b'_' } else { byte });
    let is_program = program.is_empty() || program.bytes().eq(spelled);
    // The agent writes the last one. The message may contain the same words.
    let (message, rest) = swar::rsplit_once(rest, "(EventID ")?;
    let (id, after) = rest.split_once(')')?;
    if !is_program || !is_user(user) || !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.header(&header, false);
    fill.check("the user", Type::NAME, user);
    fill.say(Role::Log, log);
    fill.say(Role::Source, source);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.say(Role::Message, message.strip_suffix(' ').unwrap_or(message));
    fill.left_over(after);
    Some(())
}

/// Whether Windows accepts this as a user name. `N/A` and an empty name mean that there is no user.
fn is_user(name: &str) -> bool {
    const NEVER: [char; 15] =
        ['"', '/', '[', ']', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '\t'];
    // Only the system's own users have names of several words.
    let own = |name: &str| name.has(b'\\') || !name.contains(char::is_lowercase);
    name == "N/A" || !name.contains(NEVER) && (!name.has(b' ') || own(name))
}

/// `NTsyslog`: `LOG[LEVEL] ID USER TEXT`. It names no source.
pub fn ntsyslog<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ');
    let (log, rest) = rest.split_once('[')?;
    let (level, rest) = rest.split_words_once("] ")?;
    let (id, rest) = rest.split_once(' ')?;
    let (user, message) = rest.split_once(' ')?;
    let word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphabetic());
    if header.host.is_empty() || !word(log) || !word(level) || !is_number(id) {
        return None;
    }
    let mut fill = Fill::new(event, part);
    fill.header(&header, false);
    fill.say(Role::Log, log);
    fill.say(Role::Level(Scale::Words), level);
    fill.say(Role::Id, id);
    fill.check("the user", Type::NAME, user);
    fill.say(Role::Message, message);
    Some(())
}

/// Log Parser's syslog output: `LogParser:SOURCE: TEXT`. It names no id.
pub fn log_parser<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let header = syslog::header(text);
    let rest = header.rest.trim_start_matches(' ').strip_prefix("LogParser:")?;
    let (source, message) = rest.split_words_once(": ")?;
    let mut fill = Fill::new(event, part);
    fill.header(&header, false);
    fill.say(Role::Source, source);
    fill.say(Role::Message, message);
    Some(())
}
