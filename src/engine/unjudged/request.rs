//! Recognises lines in the access logs of proxies and web servers. Such a line names the URL because
//! a computer requested it. It is read whole, and is no record of Windows.
//!
//! Each grammar covers the whole line, and nothing but the requested URL may mention the event. Any
//! other line about the URL stays unjudged.
//!
//! Sources: the formats `squid`, `common` and `combined` of squid's directive `logformat`; Apache's
//! `mod_log_config`; W3C's working draft "Extended Log File Format", with the fields that IIS and
//! proxies write into it.

use core::net::IpAddr;

use crate::{
    article::URL,
    json::{Invalid, Token, Tokens},
    prefilter,
    record::syslog,
};

/// The end of the URL, which JSON writes without escapes.
const FILE: &[u8] = b"authrootseq.txt";
/// The maximum length of the program's name and process number in a syslog line.
const TAG: usize = 48;

/// The parts of a line that say what was requested: the URL, or its path and its host.
type Requested<'a> = [&'a str; 2];

/// Whether a record is a line of an access log, or a JSON object with such a line as a value, that
/// mentions the event nowhere else.
pub fn is_request(record: &[u8]) -> bool {
    // Most records that reach this function do not have the URL.
    if memchr::memmem::find(record, FILE).is_none() {
        return false;
    }
    let Ok(text) = core::str::from_utf8(record.trim_ascii()) else { return false };
    if text.starts_with('{') { holds_request(text) } else { is_line(text) }
}

/// Whether one value of a JSON object is a line of an access log, and nothing else in the object
/// mentions the event.
fn holds_request(object: &str) -> bool {
    let mut tokens = Tokens::new(object);
    let mut rest = String::new();
    let mut from = 0;
    loop {
        match tokens.next() {
            Ok(Token::End) => break,
            Ok(Token::String(value)) => {
                let line = value.decode().unwrap_or_default();
                if is_line(line.trim_ascii_end()) {
                    let end = tokens.position();
                    let start = end.saturating_sub(value.raw.len() + 1);
                    rest.push_str(object.get(from..start).unwrap_or_default());
                    from = end;
                }
            }
            Ok(_) => {}
            Err(Invalid) => return false,
        }
    }
    rest.push_str(object.get(from..).unwrap_or_default());
    from > 0 && !mentions(&rest)
}

/// Whether a text is a line of an access log, possibly behind a syslog header.
fn is_line(text: &str) -> bool {
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return false;
    }
    let sent = syslog::header(text).rest.trim_ascii_start();
    let behind = sent.split_once(": ").filter(|(tag, _)| tag.len() <= TAG && !tag.contains(' '));
    let lines = [Some(text), behind.map(|(_, line)| line)];
    lines.into_iter().flatten().any(|line| {
        let requested = squid(line).or_else(|| common(line)).or_else(|| extended(line));
        requested.is_some_and(|[url, host]| {
            if url != URL && !(url.starts_with("/msdownload/") && URL.ends_with(url)) {
                return false;
            }
            let rest = text.replacen(url, "", 1);
            !mentions(&if host.is_empty() { rest } else { rest.replacen(host, "", 1) })
        })
    })
}

/// Whether a text has any word of the event. This is stricter than the search for a mention.
fn mentions(text: &str) -> bool {
    prefilter::find(text.as_bytes(), 0).is_some()
}

/// Splits a text at blanks into exactly `N` fields.
fn fields<const N: usize>(text: &str) -> Option<[&str; N]> {
    let mut all = text.split(' ').filter(|field| !field.is_empty());
    let mut out = [""; N];
    for field in &mut out {
        *field = all.next()?;
    }
    all.next().is_none().then_some(out)
}

/// Squid's own format: time, duration, client, result, bytes, method, URL, user, server and type.
fn squid(line: &str) -> Option<Requested<'_>> {
    let [time, took, client, result, bytes, method, url, _, server, kind] = fields(line)?;
    let (seconds, thousandths) = time.split_once('.')?;
    let (word, status) = result.split_once('/')?;
    let (hierarchy, _) = server.split_once('/')?;
    let known = digits(seconds)
        && digits(thousandths)
        && digits(took)
        && is_address(client)
        && is_word(word)
        && is_status(status)
        && digits(bytes)
        && is_method(method)
        && is_url(url)
        && is_word(hierarchy)
        && (kind == "-" || is_type(kind));
    known.then_some([url, ""])
}

/// The common and the combined format: client, identity, user, `[time]`, `"request"`, status and
/// bytes, then possibly the quoted referrer and agent.
fn common(line: &str) -> Option<Requested<'_>> {
    let (clients, rest) = line.split_once(" [")?;
    let (time, rest) = rest.split_once("] \"")?;
    let (request, rest) = rest.split_once("\" ")?;
    let [client, _, _] = fields(clients)?;
    let [day, zone] = fields(time)?;
    let [method, url, protocol] = fields(request)?;
    let (answer, quoted) = rest.split_once('"').unwrap_or((rest, ""));
    let [status, bytes] = fields(answer)?;
    let known = is_address(client)
        && day.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/:".contains(&byte))
        && digits(zone.trim_start_matches(['+', '-']))
        && is_method(method)
        && is_url(url)
        && protocol.starts_with("HTTP/")
        && is_status(status)
        && (bytes == "-" || digits(bytes))
        && (quoted.is_empty() || (quoted.ends_with('"') && quoted.matches('"').count() == 3));
    known.then_some([url, ""])
}

/// The extended format: date and time, then fields without blanks, of which exactly one is a method,
/// and at least one each an address, a status and a URL. A heading says which field is which. This
/// function does not know it, so every field must have a type, which a word of prose does not have.
fn extended(line: &str) -> Option<Requested<'_>> {
    let mut fields = line.split(' ').filter(|field| !field.is_empty());
    let (date, time) = (fields.next()?, fields.next()?);
    let dated = |text: &str, with: u8| text.bytes().all(|b| b.is_ascii_digit() || b == with);
    if date.len() != 10 || !dated(date, b'-') || time.len() < 8 || !dated(time, b':') {
        return None;
    }
    let (mut methods, mut addresses, mut statuses) = (0, 0, 0);
    let (mut url, mut host) = ("", "");
    for field in fields {
        if is_method(field) {
            methods += 1;
        } else if is_status(field) {
            statuses += 1;
        } else if field.parse::<IpAddr>().is_ok() {
            addresses += 1;
        } else if is_url(field) {
            url = if mentions(url) { url } else { field };
        } else if is_address(field) && field.contains('.') {
            host = if mentions(host) { host } else { field };
        } else {
            let agent = field.contains('/') && field.contains(['+', '.']);
            if !(field == "-" || digits(field) || is_word(field) || is_type(field) || agent) {
                return None;
            }
        }
    }
    let known = methods == 1 && addresses > 0 && statuses > 0 && !url.is_empty();
    known.then_some([url, host])
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A word in capitals, such as `TCP_DENIED`.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

fn is_method(text: &str) -> bool {
    matches!(text, "GET" | "HEAD" | "POST" | "PUT" | "OPTIONS" | "CONNECT" | "PROPFIND")
}

fn is_status(text: &str) -> bool {
    text.len() == 3 && digits(text)
}

fn is_url(text: &str) -> bool {
    text.starts_with('/') || text.starts_with("http://") || text.starts_with("https://")
}

/// An IP address, or the name of a computer.
fn is_address(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".:-_".contains(&byte))
}

/// A media type.
fn is_type(text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+.".contains(&b))
    };
    text.split_once('/').is_some_and(|(kind, subtype)| word(kind) && word(subtype))
}

#[cfg(test)]
mod tests {
    use super::{URL, is_request};

    fn lines() -> Vec<String> {
        let (_, path) = URL.split_at("http://www.download.windowsupdate.com".len());
        let squid = format!(
            "1773670700.123      0 10.20.0.71 TCP_DENIED/403 3917 GET {URL} - HIER_NONE/- text/html"
        );
        let common =
            format!("10.20.0.71 - - [16/Mar/2026:14:18:20 +0000] \"GET {URL} HTTP/1.1\" 403 3917");
        vec![
            format!("<13>Mar 16 14:18:20 proxy01 squid[2114]: {squid}"),
            format!("2026-03-16T14:18:20Z proxy01 (squid-1)[2114]: {squid}\r"),
            format!("{common} \"-\" \"Microsoft-CryptoAPI/5.131.2600.5512\""),
            format!(
                "2026-03-16 14:18:20 10.20.0.2 GET {URL} - 80 - 10.20.0.71 \
                 Microsoft-CryptoAPI/5.131.2600.5512 - 403 0 0 15"
            ),
            format!(
                "2026-03-16 14:18:20 10.20.0.71 DENIED GET www.download.windowsupdate.com 80 {path} - \
                 Mozilla/4.0+(compatible;+MSIE+6.0) 403 5"
            ),
            format!(
                r#"{{"log":"{}\n","stream":"stdout","time":"2026-03-16T14:18:20Z"}}"#,
                common.replace('"', r#"\""#)
            ),
            squid,
            common,
        ]
    }

    #[test]
    fn a_line_of_an_access_log_is_read_whole() {
        for line in lines() {
            assert!(is_request(line.as_bytes()), "{line}");
        }
    }

    /// Another mention, wherever it is, keeps the line unjudged.
    #[test]
    fn another_mention_is_not_excused() {
        for line in lines() {
            for (at, _) in line.match_indices(' ').chain([(0, ""), (line.len(), "")]) {
                for more in [" crypt32 8 ", " CRYPT32 ", URL, "\0"] {
                    let (before, behind) = line.split_at(at);
                    let changed = format!("{before}{more}{behind}");
                    assert!(!is_request(changed.as_bytes()), "{changed}");
                }
            }
        }
    }

    #[test]
    fn other_lines_about_the_url_are_not_excused() {
        for line in [
            URL.to_owned(),
            format!("GET {URL}"),
            format!("prose about {URL}"),
            format!("1268652477 10.0.0.1 TCP_MISS/200 GET {URL} - DIRECT text/plain"),
            format!("2026-03-16 14:18:20 10.20.0.71 GET {URL} 403 failed with error"),
            format!("2026-03-16 14:18:20 TILL-01 Error crypt32 8 {URL} 12007"),
            format!("{{\"method\":\"GET\",\"url\":\"{URL}\",\"status\":403}}"),
            lines().concat(),
        ] {
            assert!(!is_request(line.as_bytes()), "{line}");
        }
        for line in lines() {
            assert!(!is_request(line.replace("GET", "crypt32").as_bytes()), "{line}");
            assert!(!is_request(line.replace("403", "8").as_bytes()), "{line}");
        }
    }
}
