//! Windows event XML, as `wevtutil`, Event Viewer and most collectors write it: whole `<Event>`
//! elements, and the `<Data>` and `<Param>` elements that some shapes keep by themselves.
//!
//! Entities are the five of XML and character references; a document type is never looked at.

use std::borrow::Cow;

use quick_xml::{Reader, events::BytesStart, events::Event as Xml};

use crate::{
    event::{Event, Kind, Place, Scale, Strings},
    reader::{attribute, names::Role, say},
};

/// The namespace of the event schema.
pub const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// Reads `<Data>` or `<Param>` elements into a list. `None` where it is no well-formed XML.
pub fn data(list: &mut Strings<'_>, text: &str) -> Option<()> {
    let mut event = Event::default();
    walk(text, 0, true, &mut event)?;
    for strings in event.strings.iter_mut() {
        list.absorb(core::mem::take(strings));
    }
    Some(())
}

/// Reads one `<Event>`. `None` where the text is anything else.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut rest = text.trim_start();
    if let Some(declaration) = rest.strip_prefix("<?xml") {
        rest = declaration.split_once("?>")?.1.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let name = name.split(['>', ' ', '\t', '\r', '\n', '/']).next()?;
    if name.rsplit(':').next()? != "Event" {
        return None;
    }
    walk(rest, part, false, event)
}

/// The elements that are read, by the name of their parent and their own.
fn role(parent: &str, name: &str) -> Option<Role> {
    Some(match (parent, name) {
        ("System", "EventID") => Role::Id,
        ("System", "Level") => Role::Level(Scale::Modern),
        ("System", "Task") => Role::Category,
        ("System", "Channel") => Role::Log,
        ("System", "Computer") => Role::Computer,
        ("RenderingInfo", "Message") => Role::Message,
        ("RenderingInfo", "Level") => Role::Level(Scale::Words),
        (_, "Binary") => Role::Data,
        (_, "Data" | "Param") => Role::Strings,
        _ => return None,
    })
}

/// The attributes that are read.
fn attribute_role(element: &str, name: &str) -> Option<Role> {
    Some(match (element, name) {
        ("Provider", "Name" | "EventSourceName") => Role::Source,
        ("EventID", "Qualifiers") => Role::Qualifiers,
        ("TimeCreated", "SystemTime") => Role::Time,
        _ => return None,
    })
}

/// Walks through the elements. `bare`: without an `<Event>` around them. Then all there is are insertion
/// strings, so text that is in none is more than the event has, and nothing is read.
fn walk<'a>(text: &'a str, part: u8, bare: bool, event: &mut Event<'a>) -> Option<()> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    // Only the innermost two names matter; how deep they are does not.
    let mut open: Vec<&'static str> = Vec::new();
    let mut content: Content = None;
    let (mut ended, mut more) = (false, false);
    loop {
        match reader.read_event().ok()? {
            Xml::Start(element) => {
                if ended && !bare {
                    return None;
                }
                let name = known_name(&element);
                attributes(&element, name, part, event)?;
                let parent = open.last().copied().unwrap_or_default();
                extra(event, part, parent, name);
                // An element inside the text of another is not a thing that the event has.
                if let Some((role, ..)) = content
                    && role != Role::Strings
                {
                    say(event, place(part, u16::MAX), role, Kind::Other, Cow::Borrowed(name));
                }
                content = role(parent, name).map(|role| (role, row(parent, name), String::new()));
                open.try_reserve(1).ok()?;
                open.push(name);
            }
            Xml::Empty(element) => {
                let name = known_name(&element);
                attributes(&element, name, part, event)?;
                extra(event, part, open.last().copied().unwrap_or_default(), name);
                if matches!(name, "Data" | "Param") {
                    push_string(event, part, String::new());
                }
            }
            Xml::Text(piece) => more |= take(&mut content, &piece, bare, &open)?,
            Xml::CData(piece) => more |= take(&mut content, &piece, bare, &open)?,
            Xml::GeneralRef(entity) => {
                let c = match attribute::reference(&entity) {
                    None if content.is_some() => return None,
                    // Where nothing is read, it only matters whether it is white space.
                    c => c.unwrap_or('&'),
                };
                more |= take(&mut content, c.encode_utf8(&mut [0; 4]), bare, &open)?;
            }
            Xml::End(_) => {
                open.pop();
                if let Some((role, row, text)) = content.take() {
                    match role {
                        Role::Strings => push_string(event, part, text),
                        _ => say(event, place(part, row), role, Kind::Text, Cow::Owned(text)),
                    }
                }
                ended |= open.is_empty();
            }
            Xml::Decl(_) | Xml::Comment(_) | Xml::PI(_) => {}
            // Never expanded, so never trusted.
            Xml::DocType(_) => return None,
            Xml::Eof => {
                if more {
                    set_extra(event, part);
                }
                return (open.is_empty() && (bare || ended)).then_some(());
            }
        }
    }
}

/// The element that is read: its role and number, and its text so far.
type Content = Option<(Role, u16, String)>;

/// Takes in text of the element that is read. `None` where only elements can be; else, whether it is
/// text that the event has nowhere: beside the elements of those that hold no other.
fn take(content: &mut Content, piece: &str, bare: bool, open: &[&str]) -> Option<bool> {
    if let Some((_, _, content)) = content {
        content.try_reserve(piece.len()).ok()?;
        content.push_str(piece);
        return Some(false);
    }
    if piece.trim_ascii().is_empty() {
        return Some(false);
    }
    let parent = open.last().filter(|_| !bare)?;
    Some(matches!(*parent, "Event" | "System" | "EventData" | "UserData" | "RenderingInfo"))
}

fn place(part: u8, row: u16) -> Place {
    Place { part, row }
}

/// A number for an element, so that the same element twice is one thing said twice.
fn row(parent: &str, name: &str) -> u16 {
    let hash = |hash: u16, byte: u8| hash.wrapping_mul(31) ^ u16::from(byte);
    parent.bytes().chain(name.bytes()).fold(7, hash) | 0x8000
}

/// Notes data that the event never has: elements with names of their own, elements inside data, and
/// any `<UserData>`.
fn extra(event: &mut Event<'_>, part: u8, parent: &str, name: &str) {
    let known = matches!(name, "Data" | "Param" | "Binary");
    let extra = match parent {
        "UserData" | "Data" | "Param" => true,
        "EventData" => !known,
        _ => false,
    };
    if extra {
        set_extra(event, part);
    }
}

fn set_extra(event: &mut Event<'_>, part: u8) {
    if let Some(list) = event.strings.at(place(part, u16::MAX)) {
        list.extra = true;
    }
}

fn push_string(event: &mut Event<'_>, part: u8, text: String) {
    if let Some(list) = event.strings.at(place(part, u16::MAX)) {
        list.push(Cow::Owned(text));
    }
}

/// The element's name without prefix. The names that matter are few; all others are alike.
fn known_name(element: &BytesStart<'_>) -> &'static str {
    const KNOWN: [&str; 16] = [
        "Event",
        "System",
        "Provider",
        "EventID",
        "Level",
        "Task",
        "Channel",
        "Computer",
        "TimeCreated",
        "EventData",
        "UserData",
        "Data",
        "Param",
        "Binary",
        "RenderingInfo",
        "Message",
    ];
    let name = element.local_name().into_inner();
    KNOWN.into_iter().find(|known| *known == name).unwrap_or("?")
}

fn attributes(element: &BytesStart<'_>, name: &str, part: u8, event: &mut Event<'_>) -> Option<()> {
    attribute::each(element.attributes_raw(), |key, raw| {
        if let Some(role) = attribute_role(name, key) {
            let value = attribute::value(raw)?.into_owned();
            say(event, place(part, row(name, key)), role, Kind::Text, Cow::Owned(value));
        }
        Some(())
    })
}
