//! The prefixes that programs write before a JSON object or before an OSSEC line, when they print a
//! record or write it into a file.
//!
//! A JSON object is a record only if the whole text before it is one of these prefixes. With any
//! other text before it, no reader knows the record.
//!
//! Sources: fluentd's `out_file` and `stdout` formatters; `archives.log` of OSSEC and Wazuh; GNU
//! `grep`; Docker Compose; `kubectl`.

use crate::{
    STREAMS,
    json::Tokens,
    record::{syslog, typed::Type},
    swar::Words,
};

/// A JSON object after a prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind<'a> {
    /// The offset of the object in the line, in bytes.
    pub at: usize,
    /// The JSON object.
    pub object: &'a str,
    /// The structured data of the syslog header before it, or empty.
    pub data: &'a str,
}

/// The maximum length of a prefix in bytes. Times, tags and paths are shorter.
const LONGEST: usize = 1024;

/// The start of a line of `kubectl logs --prefix`.
pub const POD: &str = "[pod/";

/// The JSON object at the end of a line, if the whole text before it is a known prefix.
pub fn json(line: &str) -> Option<Behind<'_>> {
    let line = syslog::without_line_ends(line);
    if !line.ends_with('}') {
        return None;
    }
    let rest = without_file(line).or_else(|| without_service(line));
    let more = || without_pod(line).or_else(|| behind_labels(line));
    let rest = if STREAMS { rest.or_else(more) } else { rest };
    let (object, data) = match rest {
        Some(rest) if rest.starts_with('{') => (rest, ""),
        _ => {
            let rest = rest.unwrap_or(line);
            syslog::behind_header(rest).or_else(|| Some((behind_time(rest)?, "")))?
        }
    };
    let at = line.len() - object.len();
    Tokens::new(object).whole_object().then_some(Behind { at, object, data })
}

/// The object after `TIME {NAME="VALUE", ...} `, as Loki's `logcli` prints a line with its labels.
fn behind_labels(line: &str) -> Option<&str> {
    let (time, rest) = line.split_once(' ')?;
    let mut rest = rest.strip_prefix('{').filter(|_| is_time(time))?;
    while !rest.starts_with('}') {
        let (name, value) = rest.split_words_once("=\"")?;
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let mut escaped = false;
        let end = value.find(|c: char| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        })?;
        let behind = &value[end + 1..];
        rest = behind.strip_prefix(", ").unwrap_or(behind);
        let known = !name.is_empty() && name.bytes().all(word);
        (known && (rest.len() < behind.len() || rest.starts_with('}'))).then_some(())?;
    }
    let object = rest[1..].trim_start_matches(' ');
    object.starts_with('{').then_some(object)
}

/// The object after a prefix of fluentd or Wazuh, which starts with a time.
fn behind_time(line: &str) -> Option<&str> {
    let (prefix, object) = line.split_at(line.find('{').filter(|&at| at <= LONGEST)?);
    let known = is_fluentd_file(prefix) || is_fluentd_print(prefix) || is_archive(prefix);
    known.then_some(object)
}

/// `TIME TAG`, each followed by a tab or a comma.
fn is_fluentd_file(prefix: &str) -> bool {
    ['\t', ','].iter().any(|&delimiter| {
        let mut fields = prefix.split(delimiter);
        fields.next().is_some_and(is_time)
            && fields.next().is_some_and(is_tag)
            && fields.next() == Some("")
            && fields.next().is_none()
    })
}

/// `TIME TAG: `.
fn is_fluentd_print(prefix: &str) -> bool {
    let words = prefix.strip_suffix(": ").and_then(|words| words.rsplit_once(' '));
    words.is_some_and(|(time, tag)| is_time(time) && is_tag(tag))
}

/// `DATE AGENT->LOCATION `.
fn is_archive(prefix: &str) -> bool {
    let (date, rest) = ossec_date(prefix);
    let words = rest.strip_suffix(' ').and_then(|rest| rest.split_words_once("->"));
    !date.is_empty()
        && words.is_some_and(|(agent, location)| {
            is_agent(agent) && (is_tag(location) || is_path(location))
        })
}

fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && Type::Time.fits(text)
}

fn is_tag(text: &str) -> bool {
    !text.is_empty() && Type::Word.fits(text)
}

fn is_path(name: &str) -> bool {
    name.contains(['/', '\\', '.']) && Type::Computer.fits(name)
}

/// Removes the file name and the optional line number that `grep` prints before a line.
pub fn without_file(line: &str) -> Option<&str> {
    // The colon after a drive letter is part of the path.
    let drive = match line.as_bytes() {
        [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic() => 2,
        _ => 0,
    };
    let (path, rest) = line.split_at(drive + line.get(drive..)?.find(':')?);
    let rest = rest.strip_prefix(':').filter(|_| is_path(path))?;
    let numbered =
        rest.split_once(':').filter(|(number, _)| !number.is_empty() && Type::Number.fits(number));
    Some(numbered.map_or(rest, |(_, rest)| rest))
}

/// Removes the service name that Docker Compose prints before a line: `NAME  | `.
fn without_service(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once('|')?;
    let name = name.strip_suffix(' ')?.trim_end_matches(' ');
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (is_tag(name) && name.bytes().all(plain)).then(|| rest.strip_prefix(' ')).flatten()
}

/// Removes the prefix of `kubectl logs --prefix`: `[pod/NAME/CONTAINER] `.
fn without_pod(line: &str) -> Option<&str> {
    let (names, rest) = line.strip_prefix(POD)?.split_words_once("] ")?;
    let name = |name: &str| !name.is_empty() && Type::Computer.fits(name);
    names.split_once('/').is_some_and(|(pod, of)| name(pod) && name(of)).then_some(rest)
}

/// Whether this is an agent of OSSEC: `(name) address`, or one word.
pub fn is_agent(agent: &str) -> bool {
    match agent.strip_prefix('(').and_then(|rest| rest.split_words_once(") ")) {
        Some((name, address)) => Type::NAME.fits(name) && Type::Word.fits(address),
        None => Type::Word.fits(agent),
    }
}

/// The date that OSSEC writes before a line, `2010 Mar 15 11:27:57 `, and the text after it. The
/// date is empty if the line has none.
pub fn ossec_date(text: &str) -> (&str, &str) {
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

#[cfg(test)]
mod tests {
    use super::json;

    const KIWI: &str = "2010-03-15 11:27:58\tLocal0.Info\t192.0.2.5\t";

    #[test]
    fn an_object_stands_behind_a_known_prefix_or_is_none() {
        for prefix in [
            "2022-01-28 10:11:12.000000000 +0900 winevt.raw: ",
            "2022-01-28T10:11:13+09:00\twinevt.raw\t",
            "2022-01-28T10:11:13+09:00,winevt.raw,",
            "2022 Jul 19 09:15:52 (SERVER1) any->EventChannel ",
            "2022 Jul 19 09:15:52 wazuh->/var/log/app.json ",
            "./logs/archives/2022/Jul/ossec-archive-19.log:2022 Jul 19 09:15:52 (a b) any->EventChannel ",
            "logs/app.ndjson:",
            "logs/app.ndjson:42:",
            "C:\\logs\\app.ndjson:",
            "fluentd-1  | ",
            "[pod/fluent-bit-x7/fluent-bit] ",
            KIWI,
            "2010-03-15 11:27:58\tLocal0.Info\t192.0.2.5\tapp: ",
            "fluentd-1  | 2022-01-28 10:11:12 +0900 winevt.raw: ",
            "<13>Mar 15 11:27:57 SERVER1 app: ",
            "2023-11-01T10:00:00Z {computer=\"SERVER1\", job=\"a \\\"b\\\" }\"} ",
            "2023-11-01T10:00:00Z {} ",
        ] {
            let line = format!("{prefix}{{\"a\":1}}");
            let found = json(&line).map(|behind| (behind.at, behind.object));
            assert_eq!(found, Some((prefix.len(), "{\"a\":1}")), "{line}");
            // One word after a host is the name of a program.
            let text = if prefix == KIWI { "x y" } else { "x" };
            for line in [format!("User x was added. {line}"), format!("{prefix}{text} {{\"a\":1}}")]
            {
                assert_eq!(json(&line), None, "{line}");
            }
            for end in ["#015", "#015#012", " "] {
                assert_eq!(json(&format!("{line}{end}")).map(|b| b.object), Some("{\"a\":1}"));
            }
        }
        for prefix in [
            "",
            "app: ",
            "app.log ",
            "a b/app.log:",
            "yesterday\twinevt.raw\t",
            "2022-01-28T10:11:13+09:00\tuser x was added\t",
            "2022-01-28T10:11:13+09:00\ta\tb\t",
            "2022-01-28 10:11:12 +0900 [info]: user x was added: ",
            "2022 Jul 19 09:15:52 user x was added->EventChannel ",
            "2022 Jul 19 09:15:52 (SERVER1) any->user x ",
            "two words | ",
            "a|",
            "[pod/a] ",
            "2010-03-15 11:27:58\tuser x\t192.0.2.5\t",
        ] {
            assert_eq!(json(&format!("{prefix}{{\"a\":1}}")), None, "{prefix}");
        }
    }
}
