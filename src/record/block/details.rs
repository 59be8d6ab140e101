//! The friendly view of an event's details in Event Viewer of Vista and later, as copied text: a
//! tree with `+` or `-` before each node that can be folded.
//!
//! Source: copies in public threads, such as issue 13 of nsacyber/Event-Forwarding-Guidance. The
//! view shows the event's XML element by element, so the reader rebuilds the XML.

use super::{clean, lines};
use crate::{event::Event, record::xml, swar};

/// A line without its indentation and its `+` or `-`.
fn item(line: &str) -> &str {
    let line = clean(line);
    ["+ ", "- "].iter().find_map(|sign| line.strip_prefix(sign)).map_or(line, clean)
}

/// Whether a record begins with this line.
pub fn begins(line: &str) -> bool {
    line.starts_with(['+', '-']) && item(line) == "System"
}

/// Reads one record.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let text = swar::trim_start(text);
    if !begins(text.lines().next()?) {
        return None;
    }
    let xml = as_xml(text)?;
    let mut copy = Event::default();
    xml::event(&xml, 0, &mut copy)?;
    event.say_copy(&copy, part)
}

/// Rebuilds the XML that the view shows.
fn as_xml(text: &str) -> Option<String> {
    let mut xml = String::from("<Event><System>");
    let (mut data, mut element) = (false, None);
    for line in lines(text).map(|(_, line)| item(line)).filter(|line| !line.is_empty()).skip(1) {
        if data {
            xml.push_str("<Data>");
            escape(&mut xml, line);
            xml.push_str("</Data>");
        } else if line == "EventData" {
            close(&mut xml, element.take());
            data = true;
            xml.push_str("</System><EventData>");
        } else if let Some(attribute) = line.strip_prefix("[ ") {
            let (name, value) = attribute.split_once(']')?;
            element.as_ref()?;
            name_into(&mut xml, " ", name)?;
            xml.push_str("='");
            escape(&mut xml, clean(value));
            xml.push('\'');
        } else {
            close(&mut xml, element.take());
            let (name, value) = line.split_once(' ').unwrap_or((line, ""));
            name_into(&mut xml, "<", name)?;
            element = Some((name, value));
        }
    }
    close(&mut xml, element);
    xml.push_str(if data { "</EventData></Event>" } else { "</System></Event>" });
    Some(xml)
}

/// Writes the value and the end of an element.
fn close(xml: &mut String, element: Option<(&str, &str)>) {
    if let Some((name, value)) = element {
        xml.push('>');
        escape(xml, value);
        xml.push_str("</");
        xml.push_str(name);
        xml.push('>');
    }
}

/// Writes a name, if it is valid.
fn name_into(xml: &mut String, before: &str, name: &str) -> Option<()> {
    let fits = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    xml.push_str(before);
    xml.push_str(name);
    fits.then_some(())
}

fn escape(xml: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '\'' => xml.push_str("&apos;"),
            char => xml.push(char),
        }
    }
}
