//! Syslog framing: where a header ends and the message begins.
//!
//! Headers are those of RFC 3164 (with the dates that relays write in its place) and RFC 5424,
//! with or without the length of RFC 6587 before them; and what `WinSyslog` and Kiwi Syslog write into
//! their files in their place.

use std::borrow::Cow;

use crate::{
    STREAMS,
    record::{line::split_unescaped, typed::Type},
    swar::{self, Words},
};

/// What stands before a message. Everything is optional: a line without a header is all `rest`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The time, as it is written. RFC 3164 has no year.
    pub time: &'a str,
    /// The machine that sent the line: perhaps only a relay.
    pub host: &'a str,
    /// The program, where the header has a field for it (RFC 5424).
    pub app: &'a str,
    /// The structured data of RFC 5424, with its brackets.
    pub data: &'a str,
    /// The message. Where the header has a host, the delimiter behind it is still there, as some
    /// agents write no blank.
    pub rest: &'a str,
}

/// Takes the header off a line.
pub fn header(line: &str) -> Header<'_> {
    let line = without_length(line);
    if !STREAMS {
        return sent(line);
    }
    let Some(written) = kiwi(line) else { return sent(line) };
    // It keeps the header that was sent, if there was one, whose time may have no year.
    let header = sent(written.rest);
    let whole = header.time.starts_with(|c: char| c.is_ascii_digit());
    let time = if whole { header.time } else { written.time };
    let host = if header.host.is_empty() { written.host } else { header.host };
    Header { time, host, ..header }
}

/// Takes off the header that a line was sent with.
fn sent(line: &str) -> Header<'_> {
    let (priority, rest) = priority(line);
    if priority && let Some(header) = rfc5424(rest) {
        return header;
    }
    let Some(length) = date(rest) else {
        return winsyslog(rest).unwrap_or(Header { rest, ..Header::default() });
    };
    let (time, rest) = rest.split_at(length);
    let rest = rest.trim_start_matches(' ');
    let (host, rest) = rest.split_at(rest.find([' ', '\t', '\\']).unwrap_or(rest.len()));
    // The runtime of a container has split the line: this is a part of it.
    if matches!(host, "stdout" | "stderr") && rest.starts_with(" P ") {
        return Header { rest: line, ..Header::default() };
    }
    // A colon ends a program's name, and a bracket its number: then nobody wrote a host.
    if host.ends_with(':') || host.find('[').is_some_and(|at| at > 0) {
        return Header {
            time,
            rest: &line[line.len() - rest.len() - host.len()..],
            ..Header::default()
        };
    }
    Header { time, host, rest, ..Header::default() }
}

/// Takes off the length of an octet-counted line, where it is the length of the rest.
fn without_length(line: &str) -> &str {
    match line.split_once(' ') {
        Some((length, rest))
            if rest.starts_with('<') && length.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            match swar::number(length, 10).and_then(|length| usize::try_from(length).ok()) {
                // The line's end, which is not here, may count too, or not.
                Some(length)
                    if (swar::trim_end(rest, swar::BLANKS).len()..=rest.len() + 2)
                        .contains(&length) =>
                {
                    rest
                }
                _ => line,
            }
        }
        _ => line,
    }
}

/// `<13>`, and what follows it.
fn priority(line: &str) -> (bool, &str) {
    match line.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((pri, rest))
            if (1..=3).contains(&pri.len()) && pri.bytes().all(|b| b.is_ascii_digit()) =>
        {
            (true, rest)
        }
        _ => (false, line),
    }
}

/// The length of the date that a line begins with: `Mar 15 11:27:57`, the same with a year in
/// either place, or as in RFC 3339. Anything but a blank behind it makes it something else.
fn date(line: &str) -> Option<usize> {
    const PATTERNS: [&str; 5] = [
        "aaa _9 99:99:99",
        "aaa 9 99:99:99",
        "aaa _9 9999 99:99:99",
        "aaa 9 9999 99:99:99",
        "9999-99-99T99:99:99",
    ];
    let pattern = PATTERNS
        .iter()
        .find(|pattern| line.get(..pattern.len()).is_some_and(|start| is_like(start, pattern)))?;
    // Fractions and a zone.
    let rest = &line[pattern.len()..];
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-' | ':' | 'Z'));
    let length = pattern.len() + end.unwrap_or(rest.len());
    line[length..].starts_with(' ').then_some(length)
}

/// `DATE,TIME,[DATE,TIME,]HOST,FACILITY,PRIORITY,`: the first time is that of the reception, the second
/// that of the sender.
fn winsyslog(line: &str) -> Option<Header<'_>> {
    let (received, mut rest) = comma_time(line)?;
    let mut time = received;
    if let Some((sent, after)) = comma_time(rest) {
        (time, rest) = (sent, after);
    }
    let mut fields = rest.splitn(4, ',');
    let (host, facility, priority) = (fields.next()?, fields.next()?, fields.next()?);
    let rest = fields.next()?;
    let known = [facility, priority].iter().all(|n| !n.is_empty() && Type::Number.fits(n))
        && [received, time].iter().all(|time| Type::Time.fits(time))
        && !host.is_empty()
        && Type::Computer.fits(host);
    known.then_some(Header { time, host, rest, ..Header::default() })
}

/// `DATE TIME`, `FACILITY.LEVEL` and `HOST`, each with a tab behind it; also with one between date and time.
fn kiwi(line: &str) -> Option<Header<'_>> {
    const LENGTH: usize = "2010-03-15 11:27:57".len();
    let (time, rest) = line.split_at_checked(LENGTH)?;
    let mut fields = rest.strip_prefix('\t')?.splitn(3, '\t');
    let (priority, host, rest) = (fields.next()?, fields.next()?, fields.next()?);
    let date = is_like(time, "9999-99-99 99:99:99")
        || is_like(time, "9999-99-99\t99:99:99")
        || is_like(time, "99-99-9999\t99:99:99");
    let (facility, level) = priority.split_once('.')?;
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
    let known = date && word(facility) && word(level) && !host.is_empty();
    let fits = known && Type::Time.fits(time) && Type::Computer.fits(host);
    fits.then_some(Header { time, host, rest, ..Header::default() })
}

/// `2010-03-15,11:27:57,`, without its last comma, and what follows it.
fn comma_time(text: &str) -> Option<(&str, &str)> {
    let end = text.match_indices(',').nth(1)?.0;
    let (time, rest) = text.split_at(end);
    is_like(time, "9999-99-99,99:99:99").then_some((time, &rest[1..]))
}

/// Whether a text has a digit for each `9` of a pattern, a letter for each `a`, and the rest as it is.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, pattern)| match pattern {
            b'9' => byte.is_ascii_digit(),
            b'_' => byte.is_ascii_digit() || byte == b' ',
            b'a' => byte.is_ascii_alphabetic(),
            pattern => byte == pattern,
        })
}

/// `1 TIME HOST APP PROCID MSGID DATA MESSAGE`, behind the priority.
fn rfc5424(text: &str) -> Option<Header<'_>> {
    let mut words = text.splitn(7, ' ');
    if words.next()? != "1" {
        return None;
    }
    let mut word = || words.next().map(|word| if word == "-" { "" } else { word });
    let (time, host) = (word()?, word()?);
    let (app, process, message_id) = (word()?, word()?, word()?);
    let rest = words.next()?;
    if ![app, process, message_id].iter().all(|word| Type::Word.fits(word)) {
        return None;
    }
    let length = match rest.strip_prefix('-') {
        Some(_) => 1,
        None => data_length(rest)?,
    };
    let (data, rest) = rest.split_at(length);
    if !rest.is_empty() && !rest.starts_with(' ') {
        return None;
    }
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    let rest = rest.strip_prefix('\u{feff}').unwrap_or(rest);
    Some(Header { time, host, app, data, rest })
}

/// The length of the structured data's elements: `[ID NAME="VALUE" ...]`, one or more, and nothing
/// else.
fn data_length(text: &str) -> Option<usize> {
    let mut rest = text;
    while let Some(element) = rest.strip_prefix('[') {
        rest = element.get(name_length(element)?..)?;
        while let Some(parameter) = rest.strip_prefix(' ') {
            let value = parameter.get(name_length(parameter)?..)?.strip_prefix("=\"")?;
            rest = split_unescaped(value, b"\"]").1.strip_prefix('"')?;
        }
        rest = rest.strip_prefix(']')?;
    }
    Some(text.len() - rest.len()).filter(|&length| length > 0)
}

/// The length of the name of an element or a parameter.
fn name_length(text: &str) -> Option<usize> {
    let end = text.find([' ', '=', ']', '"'])?;
    let name = text.get(..end).filter(|name| !name.is_empty())?;
    Type::Word.fits(name).then_some(end)
}

/// What begins like a JSON object behind a syslog header, and the structured data in front of it.
pub fn behind_header(line: &str) -> Option<(&str, &str)> {
    if !has_header(line) {
        return None;
    }
    let header = header(line);
    let host = Type::Computer.fits(header.host) && !header.host.starts_with('{');
    let known = Type::Time.fits(header.time) && host;
    // A header of RFC 5424 has the name of the program: behind it stands no other.
    let app = (!header.data.is_empty()).then_some(header.app);
    known.then(|| Some((behind_tag(header.rest, app)?, header.data))).flatten()
}

/// What rsyslog writes for the control characters that Windows has in messages: `#` and the octal number.
const ESCAPES: [(&str, char); 3] = [("#011", '\t'), ("#012", '\n'), ("#015", '\r')];

/// A line with the control characters for which rsyslog has written something else.
pub fn unescaped(line: &str) -> Cow<'_, str> {
    // It leaves no tab, and what has both is read in two ways.
    let mixed = line.has(b'\t') && line.has_words(ESCAPES[0].0);
    if mixed || !line.has_words("#01") || swar::trim_end(line, swar::BLANKS).has(b'\n') {
        return Cow::Borrowed(line);
    }
    let mut plain = String::new();
    let mut rest = line;
    while let Some(at) = rest.find_words("#01") {
        let (before, escape) = rest.split_at(at);
        plain.push_str(before);
        let known =
            ESCAPES.iter().find_map(|(known, char)| Some((escape.strip_prefix(known)?, char)));
        rest = if let Some((after, char)) = known {
            plain.push(*char);
            after
        } else {
            plain.push('#');
            &escape[1..]
        };
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

/// A line without the white space at its end, as it is or as rsyslog writes it.
pub fn without_line_ends(line: &str) -> &str {
    let mut rest = swar::trim_end(line, swar::BLANKS);
    while let Some(before) = ESCAPES.iter().find_map(|(escape, _)| rest.strip_suffix(escape)) {
        rest = swar::trim_end(before, swar::BLANKS);
    }
    rest
}

/// The object behind the program's name, if there is one. Any other text in front of it is part of
/// the record, and would vanish with it.
fn behind_tag<'a>(text: &'a str, app: Option<&str>) -> Option<&'a str> {
    const BLANKS: [char; 3] = [' ', '\t', '\u{feff}'];
    let text = text.trim_start_matches(BLANKS);
    let length = text.find([' ', '\t', ':', '{'])?;
    let (tag, rest) = text.split_at(length);
    let own = matches!(tag, "" | "@cee") || app.is_none_or(|app| app == tag);
    if !own || !Type::Word.fits(tag) {
        return None;
    }
    // Between a name and the object stands something.
    if length > 0 && rest.starts_with('{') {
        return None;
    }
    let rest = if length > 0 { rest.strip_prefix(':').unwrap_or(rest) } else { rest };
    let rest = rest.trim_start_matches(BLANKS);
    // The cookie that says that JSON follows.
    let rest = rest.strip_prefix("@cee:").unwrap_or(rest).trim_start_matches(BLANKS);
    rest.starts_with('{').then_some(rest)
}

/// Whether a line begins like syslog: with a priority, or with a time as headers write it.
fn has_header(line: &str) -> bool {
    let line = without_length(line);
    let kiwi = || STREAMS && kiwi(line).is_some();
    priority(line).0 || date(line).is_some() || winsyslog(line).is_some() || kiwi()
}
