//! An event as XML with a complete grammar. Well-formed content outside of the
//! event's schema is left unread; other content is not XML.

use crypt32_filter::event::Scale;

use super::{
    event::{Event, Meaning},
    typed,
};

const SPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// The allowed children of each element, with their attributes.
#[rustfmt::skip]
const SCHEMA: [(&str, &str, &[&str]); 30] = [
    ("", "Event", &["xmlns"]),
    ("Event", "System", &[]),
    ("System", "Provider", &["Name", "Guid", "EventSourceName"]),
    ("System", "EventID", &["Qualifiers"]),
    ("System", "Version", &[]),
    ("System", "Level", &[]),
    ("System", "Task", &[]),
    ("System", "Opcode", &[]),
    ("System", "Keywords", &[]),
    ("System", "TimeCreated", &["SystemTime"]),
    ("System", "EventRecordID", &[]),
    ("System", "Correlation", &["ActivityID", "RelatedActivityID"]),
    ("System", "Execution", &["ProcessID", "ThreadID", "ProcessorID", "SessionID", "KernelTime", "UserTime", "ProcessorTime"]),
    ("System", "Channel", &[]),
    ("System", "Computer", &[]),
    ("System", "Security", &["UserID"]),
    ("Event", "EventData", &[]),
    ("EventData", "Data", &["Name"]),
    ("EventData", "Binary", &[]),
    ("Event", "BinaryEventData", &[]),
    ("Event", "UserData", &[]),
    ("Event", "RenderingInfo", &["Culture"]),
    ("RenderingInfo", "Message", &[]),
    ("RenderingInfo", "Level", &[]),
    ("RenderingInfo", "Task", &[]),
    ("RenderingInfo", "Opcode", &[]),
    ("RenderingInfo", "Channel", &[]),
    ("RenderingInfo", "Provider", &[]),
    ("RenderingInfo", "Keywords", &[]),
    ("Keywords", "Keyword", &[]),
];

/// Text with decoded entities, and XML line ends; none if an entity is unknown.
fn decode(text: &str) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';')?;
        out.push_str(before);
        out.push(match name {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let point = match number.strip_prefix('x') {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(point)?
            }
        });
        rest = after;
    }
    Some(out + rest)
}

/// A start tag: its name, and its attributes.
fn tag(inside: &str) -> Option<(&str, Vec<(String, String)>)> {
    let end = inside.find(|c: char| c.is_ascii_whitespace()).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(end);
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        let bare = rest.trim_ascii_start();
        if bare.is_empty() {
            return Some((name, attributes));
        }
        if bare.len() == rest.len() {
            return None;
        }
        let (key, value) = bare.split_once('=')?;
        let quote = value.trim_ascii_start().chars().next().filter(|c| "'\"".contains(*c))?;
        let (value, after) = value.trim_ascii_start()[1..].split_once(quote)?;
        let key = key.trim_ascii().to_owned();
        if value.contains('<') || attributes.iter().any(|(k, _)| *k == key) {
            return None;
        }
        attributes.push((key, decode(value)?));
        rest = after;
    }
}

/// The end of a tag: the first `>` outside of quotes.
fn close(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| match (quote, c) {
        (None, '>') => Some(at),
        (None, '"' | '\'') => {
            quote = Some(c);
            None
        }
        (Some(q), c) if q == c => {
            quote = None;
            None
        }
        _ => None,
    })
}

/// The event of a text that is exactly one XML document.
pub fn event(text: &str) -> Option<Event> {
    let mut event = Event::default();
    let mut rest = text.trim_ascii();
    if let Some(declared) = rest.strip_prefix("<?xml ") {
        let (declaration, after) = declared.split_once("?>")?;
        let (_, attributes) = tag(&format!("xml {declaration}"))?;
        let names: Vec<_> = attributes.iter().map(|(name, _)| name.as_str()).collect();
        // The order of the XML specification, in which only the version must be there.
        let order = [
            &["version"][..],
            &["version", "encoding"],
            &["version", "standalone"],
            &["version", "encoding", "standalone"],
        ];
        if !order.contains(&&names[..]) {
            event.leave("3.1.6", "declaration");
        }
        rest = after.trim_ascii_start();
    }
    let mut open: Vec<String> = Vec::new();
    let mut text_of = String::new();
    let mut data = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut begun = false;
    while !rest.is_empty() {
        if let Some(special) = rest.strip_prefix("<!--") {
            event.leave("3.1.6", "comment");
            rest = special.split_once("-->")?.1;
            continue;
        }
        if let Some(special) = rest.strip_prefix("<?") {
            event.leave("3.1.6", "instruction");
            rest = special.split_once("?>")?.1;
            continue;
        }
        if let Some(special) = rest.strip_prefix("<![CDATA[") {
            event.leave("3.1.6", "CDATA");
            rest = special.split_once("]]>")?.1;
            continue;
        }
        if let Some(special) = rest.strip_prefix("<!") {
            event.leave("3.1.6", "DOCTYPE");
            rest = special.split_once('>')?.1;
            continue;
        }
        if let Some(name) = rest.strip_prefix("</") {
            let (name, after) = name.split_once('>')?;
            if open.last()?.as_str() != name.trim_ascii_end() {
                return None;
            }
            element(&open, &decode(&text_of)?, &mut data, &mut event);
            open.pop();
            text_of.clear();
            rest = after;
            continue;
        }
        if let Some(begin) = rest.strip_prefix('<') {
            stray(&text_of, &mut event);
            text_of.clear();
            let end = close(begin)?;
            let inside = &begin[..end];
            rest = &begin[end + 1..];
            let (inside, empty) = inside.strip_suffix('/').map_or((inside, false), |i| (i, true));
            let (name, attributes) = tag(inside)?;
            if open.is_empty() && begun {
                event.leave("3.1.6", "a second root");
            }
            begun = true;
            let parent = open.last().map_or("", String::as_str);
            let row = SCHEMA.iter().find(|(p, n, _)| *p == parent && *n == name);
            let place = format!("{parent}/{name}");
            match row {
                None => event.leave("3.1.6, element", &place),
                Some((_, _, known)) => {
                    for (key, value) in &attributes {
                        if known.contains(&key.as_str()) {
                            attribute(name, key, value, &mut event);
                        } else {
                            event.leave("3.1.6, attribute", &format!("{place}@{key}"));
                        }
                    }
                }
            }
            // Repeated elements, except insertion strings.
            if name != "Data" {
                if seen.contains(&place) {
                    event.leave("3.1.2", &place);
                }
                seen.push(place);
            }
            open.push(name.to_owned());
            if empty {
                element(&open, "", &mut data, &mut event);
                open.pop();
            }
            continue;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        text_of.push_str(&rest[..end]);
        if open.is_empty() {
            stray(&text_of, &mut event);
            text_of.clear();
        }
        rest = &rest[end..];
    }
    if !begun || !open.is_empty() {
        return None;
    }
    if !data.is_empty() {
        event.lists.push(data);
    }
    Some(event)
}

/// Text between elements.
fn stray(text: &str, event: &mut Event) {
    if !text.trim_ascii().is_empty() {
        event.leave("3.1.6", "text between elements");
    }
}

fn attribute(name: &str, key: &str, value: &str, event: &mut Event) {
    let guid = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit() || "{}-".contains(c));
    let fits = match (name, key) {
        ("Event", "xmlns") => value == SPACE,
        ("Provider", "Name" | "EventSourceName") => {
            if !value.is_empty() {
                event.sources.push(value.into());
            }
            true
        }
        ("EventID", _) => {
            event.qualifiers.push(value.to_owned());
            true
        }
        ("TimeCreated", _) => value.is_empty() || typed::time(value),
        ("Data", _) => value.is_empty() || value == "param1" || value == "param2",
        ("Provider", _) => value.is_empty() || typed::no_guid(value),
        ("Correlation", _) => guid(value),
        ("Execution", _) => value.bytes().all(|b| b.is_ascii_digit()),
        ("Security", _) => value.bytes().all(|b| b.is_ascii_digit() || b == b'S' || b == b'-'),
        ("RenderingInfo", _) => value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
        _ => false,
    };
    if !fits {
        event.leave("3.2", &format!("{name}@{key}"));
    }
}

/// An element that ends, with its text.
fn element(open: &[String], text: &str, data: &mut Vec<Option<Vec<u8>>>, event: &mut Event) {
    let name = open.last().map_or("", String::as_str);
    let parent = open.len().checked_sub(2).map_or("", |at| open[at].as_str());
    let bare = text.trim_ascii();
    let digits = bare.bytes().all(|b| b.is_ascii_digit());
    let fits = match (parent, name) {
        ("System", "EventID") => {
            event.ids.push(text.to_owned());
            true
        }
        ("System", "Level") => {
            event.severities.push((text.to_owned(), Meaning(Scale::Modern)));
            true
        }
        ("RenderingInfo", "Level") => {
            event.severities.push((text.to_owned(), Meaning(Scale::Words)));
            true
        }
        (_, "Task") => {
            event.categories.push(text.to_owned());
            true
        }
        (_, "Channel") => {
            event.logs.push(text.into());
            true
        }
        ("System", "Computer") => {
            event.computers.push(text.into());
            typed::computer(text.as_bytes())
        }
        ("RenderingInfo", "Message") => {
            event.messages.push(text.into());
            true
        }
        ("EventData", "Data") => {
            data.push(Some(text.into()));
            true
        }
        ("System", "EventRecordID") => {
            if !bare.is_empty() {
                event.numbers.push(text.to_owned());
            }
            digits
        }
        ("System", "Version" | "Opcode") => digits,
        ("System", "Keywords") => {
            bare.strip_prefix("0x").unwrap_or(bare).bytes().all(|b| b.is_ascii_hexdigit())
        }
        ("RenderingInfo", "Provider") => {
            if !bare.is_empty() {
                event.sources.push(text.into());
            }
            true
        }
        ("RenderingInfo", "Opcode") | ("Keywords", "Keyword") => {
            bare.split_ascii_whitespace().count() <= 1
        }
        _ => bare.is_empty(),
    };
    if !fits {
        event.leave("3.1.6, text", &format!("{parent}/{name}"));
    }
}

/// The `<Data>` or `<Param>` elements of a fragment, alone or in an element around them. With any
/// other content, nothing is read.
pub fn fragment(text: &str) -> Option<Vec<Option<Vec<u8>>>> {
    let mut list = Vec::new();
    let mut rest = text.trim_ascii();
    if rest.starts_with("<DataItem ") || rest.starts_with("<EventData") {
        rest = &rest[rest.find("<Data>")?..];
        rest = rest[..rest.rfind("</Data>")? + 7].trim_ascii();
    }
    while !rest.is_empty() {
        let name = if rest.starts_with("<Param>") { "Param" } else { "Data" };
        let inside = rest.strip_prefix(&format!("<{name}>"))?;
        let (value, after) = inside.split_once(&format!("</{name}>"))?;
        if value.contains('<') {
            return None;
        }
        list.push(Some(decode(value)?.into_bytes()));
        rest = after.trim_ascii_start();
    }
    Some(list)
}
