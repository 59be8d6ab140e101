//! Syslog framing: it finds the end of the header and the start of the message.
//!
//! The headers are those of RFC 3164 (also with the other dates that relays write) and RFC 5424,
//! with or without the length of RFC 6587, and the headers that `WinSyslog` and Kiwi Syslog write
//! into their files.

use std::borrow::Cow;

use crate::{
    STREAMS,
    record::{line::split_unescaped, typed::Type},
    swar::{self, Words},
};

/// The header of a message. Every field can be empty: in a line without a header, everything is in
/// `rest`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header<'a> {
    /// The time as written. RFC 3164 has no year.
    pub time: &'a str,
    /// The machine that sent the line, which can be a relay.
    pub host: &'a str,
    /// The program, if the header has a field for it (RFC 5424).
    pub app: &'a str,
    /// The structured data of RFC 5424, with its brackets.
    pub data: &'a str,
    /// The message. After a host it still starts with the delimiter, because some agents write no
    /// blank.
    pub rest: &'a str,
}

/// Splits a line into its header and its message.
pub fn header(line: &str) -> Header<'_> {
    let line = without_length(line);
    if !STREAMS {
        return sent(line);
    }
    let Some(written) = kiwi(line) else { return sent(line) };
    // Kiwi Syslog keeps the header that was sent. The sent time may have no year.
    let header = sent(written.rest);
    let whole = header.time.starts_with(|c: char| c.is_ascii_digit());
    let time = if whole { header.time } else { written.time };
    let host = if header.host.is_empty() { written.host } else { header.host };
    Header { time, host, ..header }
}

/// Splits off the header that the sender wrote.
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
    // A container runtime has split the line, so this is only a part of it.
    if matches!(host, "stdout" | "stderr") && rest.starts_with(" P ") {
        return Header { rest: line, ..Header::default() };
    }
    // A colon ends a program name, and a bracket starts its process number. Then the line has no
    // host.
    if host.ends_with(':') || host.find('[').is_some_and(|at| at > 0) {
        return Header {
            time,
            rest: &line[line.len() - rest.len() - host.len()..],
            ..Header::default()
        };
    }
    Header { time, host, rest, ..Header::default() }
}

/// Splits off the length of an octet-counted line, if it is the length of the rest.
fn without_length(line: &str) -> &str {
    match line.split_once(' ') {
        Some((length, rest))
            if rest.starts_with('<') && length.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            match swar::number(length, 10).and_then(|length| usize::try_from(length).ok()) {
                // The line end is already removed, but the length may include it.
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

/// The priority, such as `<13>`, and the text after it.
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

/// The length of the date at the start of a line: `Mar 15 11:27:57`, the same with a year in either
/// position, or as in RFC 3339. A blank must follow.
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
    // A fraction and a time zone may follow.
    let rest = &line[pattern.len()..];
    let end = rest.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-' | ':' | 'Z'));
    let length = pattern.len() + end.unwrap_or(rest.len());
    line[length..].starts_with(' ').then_some(length)
}

/// `DATE,TIME,[DATE,TIME,]HOST,FACILITY,PRIORITY,`: the first time is when the line was received,
/// the second one is when it was sent.
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

/// `DATE TIME`, `FACILITY.LEVEL` and `HOST`, each followed by a tab. Date and time may also be
/// separated by a tab.
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

/// A time such as `2010-03-15,11:27:57`, and the text after the comma that follows it.
fn comma_time(text: &str) -> Option<(&str, &str)> {
    const PATTERN: &str = "9999-99-99,99:99:99";
    let (time, rest) = text.split_at_checked(PATTERN.len())?;
    is_like(time, PATTERN).then_some((time, rest.strip_prefix(',')?))
}

/// Whether a text matches a pattern: `9` is a digit, `a` is a letter, `_` is a digit or a blank,
/// and any other character is itself.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, pattern)| match pattern {
            b'9' => byte.is_ascii_digit(),
            b'_' => byte.is_ascii_digit() || byte == b' ',
            b'a' => byte.is_ascii_alphabetic(),
            pattern => byte == pattern,
        })
}

/// `1 TIME HOST APP PROCID MSGID DATA MESSAGE`, without the priority.
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

/// Whether a text is structured data, or its sign that there is none.
pub fn is_data(text: &str) -> bool {
    text == "-" || data_length(text) == Some(text.len())
}

/// The length of the structured data: one or more elements `[ID NAME="VALUE" ...]`.
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

/// The text after a syslog header that starts like a JSON object, and the structured data of the
/// header.
pub fn behind_header(line: &str) -> Option<(&str, &str)> {
    if !has_header(line) {
        return None;
    }
    let header = header(line);
    let host = Type::Computer.fits(header.host) && !header.host.starts_with('{');
    let known = Type::Time.fits(header.time) && host;
    // A header of RFC 5424 gives the program, so no other name may follow.
    let app = (!header.data.is_empty()).then_some(header.app);
    known.then(|| Some((behind_tag(header.rest, app)?, header.data))).flatten()
}

/// rsyslog replaces control characters by `#` and the octal number. Windows has these three in
/// messages.
const ESCAPES: [(&str, char); 3] = [("#011", '\t'), ("#012", '\n'), ("#015", '\r')];

/// The line with rsyslog's escapes replaced by the control characters.
pub fn unescaped(line: &str) -> Cow<'_, str> {
    // Most lines have no escape, so this check comes first.
    if !line.has_words("#01") {
        return Cow::Borrowed(line);
    }
    // rsyslog leaves no tab. A line with both a tab and an escape is ambiguous, so it stays
    // unchanged.
    let mixed = line.has(b'\t') && line.has_words(ESCAPES[0].0);
    if mixed || swar::trim_end(line, swar::BLANKS).has(b'\n') {
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

/// The line without whitespace at its end, including whitespace that rsyslog has escaped.
pub fn without_line_ends(line: &str) -> &str {
    let mut rest = swar::trim_end(line, swar::BLANKS);
    while let Some(before) = ESCAPES.iter().find_map(|(escape, _)| rest.strip_suffix(escape)) {
        rest = swar::trim_end(before, swar::BLANKS);
    }
    rest
}

/// The JSON object after the program name, if there is one. Any other text before it is a part of
/// the record and would be lost.
fn behind_tag<'a>(text: &'a str, app: Option<&str>) -> Option<&'a str> {
    const BLANKS: [char; 3] = [' ', '\t', '\u{feff}'];
    let text = text.trim_start_matches(BLANKS);
    let length = text.find([' ', '\t', ':', '{'])?;
    let (tag, rest) = text.split_at(length);
    let own = matches!(tag, "" | "@cee") || app.is_none_or(|app| app == tag);
    if !own || !Type::Word.fits(tag) {
        return None;
    }
    // The program name and the object must be separated.
    if length > 0 && rest.starts_with('{') {
        return None;
    }
    let rest = if length > 0 { rest.strip_prefix(':').unwrap_or(rest) } else { rest };
    let rest = rest.trim_start_matches(BLANKS);
    // The `@cee:` cookie announces JSON.
    let rest = rest.strip_prefix("@cee:").unwrap_or(rest).trim_start_matches(BLANKS);
    rest.starts_with('{').then_some(rest)
}

/// Whether a line starts like syslog: with a priority, or with a time in the form of a header.
fn has_header(line: &str) -> bool {
    let line = without_length(line);
    let kiwi = || STREAMS && kiwi(line).is_some();
    priority(line).0 || date(line).is_some() || winsyslog(line).is_some() || kiwi()
}
