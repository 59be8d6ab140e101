//! The message grammar of the design, which tries every way to split the message.

use crypt32_filter::article;

pub const URL: &str = article::URL;
pub const PREFIX: &str = article::PREFIX;

/// The kind of a message.
#[derive(Debug, PartialEq)]
pub enum Message {
    /// The template, whether its URL is the known one, and the error text.
    Template { url: bool, error: String },
    /// A text for a missing description that keeps the insertion strings.
    Wording { url: String, error: String, source: String, id: String },
    /// A text for a missing description without them.
    Lost { source: String, id: String },
    /// Any other message.
    Other,
}

pub fn read(message: &str) -> Message {
    let bare = unquote(message);
    for text in [message, bare] {
        if let Some(found) = template(text) {
            return found;
        }
    }
    wording(message).unwrap_or(Message::Other)
}

/// Removes one pair of double quotes around it.
fn unquote(message: &str) -> &str {
    message.strip_prefix('"').and_then(|m| m.strip_suffix('"')).unwrap_or(message)
}

fn template(message: &str) -> Option<Message> {
    let rest = message.strip_prefix(PREFIX)?;
    let rest = rest.strip_prefix('<').unwrap_or(rest);
    if let Some(after) = rest.strip_prefix(URL) {
        let after = after.strip_prefix('>').unwrap_or(after);
        if let Some(end) = after.strip_prefix(" with error: ") {
            return Some(Message::Template { url: true, error: error(end)? });
        }
    }
    // Another URL: the split at the first place where the rest matches.
    let (url, end) = rest.split_once(" with error: ")?;
    if url.chars().any(char::is_control) {
        return None;
    }
    Some(Message::Template { url: false, error: error(end)? })
}

/// The error text before a matching tail: a known one if some split gives one, otherwise the
/// longest.
fn error(text: &str) -> Option<String> {
    let mut cuts: Vec<&str> = Vec::new();
    for at in (0..=text.len()).filter(|&at| text.is_char_boundary(at)) {
        let (error, tail) = text.split_at(at);
        if error.chars().any(char::is_control) || error.ends_with("\\r") || error.ends_with("\\n") {
            break;
        }
        if is_tail(tail) {
            cuts.push(error);
        }
    }
    let all = || cuts.iter().rev();
    let known = all().find(|cut| known(cut).is_some());
    known.or_else(|| all().next()).map(|cut| (*cut).to_owned())
}

/// Whether text is an error text and a tail.
pub fn is_error(text: &str) -> bool {
    error(text).is_some()
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

/// At most one dot, white space, at most one dot, white space, at most one of the two help lines,
/// white space.
fn is_tail(tail: &str) -> bool {
    // The two-character escapes are decoded.
    let tail = tail.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
    let tail = tail.strip_prefix('.').unwrap_or(&tail).trim_start_matches(BLANK);
    let tail = tail.strip_prefix('.').unwrap_or(tail).trim_matches(BLANK);
    tail.is_empty() || article::HELP_LINES.contains(&tail)
}

/// The known error of a text or a number, after removing one final dot.
pub fn known(text: &str) -> Option<&'static article::Error> {
    let text = text.strip_suffix('.').unwrap_or(text);
    // A number followed by its hexadecimal number, if both mean the same error.
    if let Some((number, hex)) = text.strip_suffix(')').and_then(|text| text.split_once(" ("))
        && number.bytes().all(|b| b.is_ascii_digit())
        && hex.starts_with("0x")
    {
        let (number, hex) = (known(number)?, known(hex)?);
        return (number == hex).then_some(number);
    }
    article::ERRORS.iter().find(|error| {
        let mut spelled = vec![
            error.text.to_owned(),
            format!("0x{:X}", error.hresult),
            format!("{:X}", error.hresult),
            error.hresult.cast_signed().to_string(),
        ];
        if let Some(code) = error.code {
            spelled.extend([code.to_string(), format!("0x{code:X}")]);
        }
        let number = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit() || b == b'x' || b == b'-');
        spelled.iter().any(|s| s == text || number(s) && s.eq_ignore_ascii_case(text))
    })
}

/// The error of an insertion string, without one CR LF (or LF, after an XML reader) at its end.
pub fn trim(error: &str) -> &str {
    error.strip_suffix("\r\n").or_else(|| error.strip_suffix('\n')).unwrap_or(error)
}

/// The texts of `docs/facts/descriptions.md` that the test's records use.
fn wording(message: &str) -> Option<Message> {
    const XP: &str = "The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. You may be able to use the /AUXSOURCE= flag to retrieve this description; see Help and Support for details. The following information is part of the event: ";
    const NET: &str = "The local computer may not have the necessary registry information or message DLL files to display the message, or you may not have permission to access them.  The following information is part of the event:";
    if let Some(rest) = message.strip_prefix("The description for EventID ") {
        let (id, rest) = rest.split_once(" from source ")?;
        let source = rest.strip_suffix(" cannot be found.")?;
        return Some(Message::Lost { source: source.into(), id: id.into() });
    }
    if let Some(rest) = message.strip_prefix("The description for Event ID ( ") {
        let (id, rest) = rest.split_once(" ) in Source ( ")?;
        let (source, rest) = rest.split_once(" ) cannot be found. ")?;
        let strings = rest.strip_prefix(XP)?.strip_suffix('.')?;
        // A URL contains neither; otherwise nobody can tell where it ends.
        let end = strings.find([',', ' ']).filter(|end| *end > 0)?;
        let (url, error) = strings.split_at(end);
        let error = error.strip_prefix(',').unwrap_or(error).strip_prefix(' ')?;
        return Some(Message::Wording {
            url: url.into(),
            error: trim(error).into(),
            source: source.into(),
            id: id.into(),
        });
    }
    let rest = message.strip_prefix("The description for Event ID '")?;
    let (id, rest) = rest.split_once("' in Source '")?;
    let (source, rest) = rest.split_once("' cannot be found.  ")?;
    let strings = rest.strip_prefix(NET)?.strip_prefix('\'')?.strip_suffix('\'')?;
    let (url, error) = strings.split_once("', '")?;
    Some(Message::Wording {
        url: url.into(),
        error: trim(error).into(),
        source: source.into(),
        id: id.into(),
    })
}

/// Winlogbeat's two reasons for a message that it does not have, about the file and the key of crypt32.
pub fn is_missing(text: &str) -> bool {
    let low = text.to_ascii_lowercase();
    let place = low
        .strip_prefix("the system cannot find message text for message number 3221356552 in the message file for ")
        .and_then(|rest| rest.strip_suffix("\\crypt32.dll."))
        .or_else(|| low.strip_prefix("failed to open hklm\\system\\")?.strip_suffix("\\crypt32"));
    place.is_some_and(|place| !place.contains(|c: char| c.is_whitespace() || c.is_control()))
}
