//! Windows event XML, as `wevtutil`, Event Viewer and most collectors write it: whole `<Event>`
//! elements, and the `<Data>` and `<Param>` elements that some shapes use alone.
//!
//! The tables below are the whole grammar; everything else is reported as not understood. Entities
//! are the five of XML and character references. A CDATA section, a comment or an instruction is
//! well-formed, but it is reported too: Windows never writes one, and a program that searches the
//! text sees something else there than a parser does.
//!
//! Sources: the event schema of Windows (`event.xsd`); Azure's `ParameterXml` and `EventData`.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Kind, Place, Scale, Strings},
    record::{
        attribute,
        markup::{Piece, Pieces},
        names::Role,
        say,
        typed::{self, Type},
    },
    swar::{self, Words},
};

/// Reads `<Data>` or `<Param>` elements into a list. `None` if the text is not well-formed XML.
pub fn data(list: &mut Strings<'_>, text: &str) -> Option<()> {
    let mut event = Event::default();
    walk(text, 0, BARE, &mut event)?;
    for strings in event.strings.iter_mut() {
        list.absorb(core::mem::take(strings));
    }
    list.extra |= event.unread.is_some() || !event.data.is_empty();
    Some(())
}

/// Reads one `<Event>`. `None` if the text is anything else.
pub fn event<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    // Fast path: most texts begin with another character.
    let begins = |c: char| c == '<' || SIGNS.contains(&c);
    if STREAMS && !text.trim_start_matches(SPACE).starts_with(begins) {
        return None;
    }
    if STREAMS && let Some(plain) = without_tree(text) {
        let mut read = Event::default();
        whole(&plain, 0, &mut read)?;
        return event.say_copy(&read, part);
    }
    whole(text, part, event)
}

/// The signs that browsers and Event Viewer show before an element that has child elements.
const SIGNS: [char; 4] = ['-', '+', '\u{2212}', '\u{2013}'];

/// The start tag in a line that starts with such a sign.
fn in_tree(line: &str) -> Option<&str> {
    let rest = line.trim_start_matches(SPACE).strip_prefix(SIGNS)?.trim_start_matches(' ');
    let name = rest.strip_prefix('<')?;
    name.starts_with(|c: char| c.is_ascii_alphabetic()).then_some(rest)
}

/// Whether this line starts an event in a browser's tree view.
pub fn begins_tree(line: &str) -> bool {
    in_tree(line)
        .and_then(|rest| rest.strip_prefix("<Event"))
        .is_some_and(|rest| rest.starts_with([' ', '>']))
}

/// The text without the signs of a tree view; `None` if it has no signs.
fn without_tree(text: &str) -> Option<String> {
    let lines = || text.split_inclusive('\n');
    lines()
        .any(|line| in_tree(line).is_some())
        .then(|| lines().map(|line| in_tree(line).unwrap_or(line)).collect())
}

fn whole<'a>(text: &'a str, part: u8, event: &mut Event<'a>) -> Option<()> {
    let mut rest = text.trim_start_matches(SPACE);
    let (mut unread, mut first) = (None, true);
    while let Some(declaration) = rest.strip_prefix("<?xml") {
        let (inner, after) = declaration.split_words_once("?>")?;
        if !first || !is_standard(inner) {
            unread = Some(inner);
        }
        first = false;
        rest = after.trim_start_matches(SPACE);
    }
    let name = rest.strip_prefix('<')?;
    let name = name.split(['>', ' ', '\t', '\r', '\n', '/']).next()?;
    if name.rsplit(':').next()? != "Event" {
        return None;
    }
    walk(rest, part, "", event)?;
    if let Some(unread) = unread {
        event.leave_unread("the XML declaration", unread);
    }
    Some(())
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether this is an XML declaration or a tag of `<Events>`, without any other content.
pub fn is_wrapper(tag: &str) -> bool {
    if let Some(declaration) = tag.strip_prefix("<?xml") {
        return declaration.strip_suffix("?>").is_some_and(is_standard);
    }
    let Some(inner) = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')) else {
        return false;
    };
    let (name, attributes) = inner.split_at(inner.find(SPACE).unwrap_or(inner.len()));
    let namespace =
        |name: &str, value: &str| (name.starts_with("xmlns") && value == NAMESPACE).then_some(());
    matches!(name.rsplit(['/', ':']).next(), Some("Events"))
        && attribute::each(attributes.strip_suffix('/').unwrap_or(attributes), namespace).is_some()
}

/// Whether an XML declaration is one that events have: a version, then a Unicode encoding and
/// `standalone`, in this order.
fn is_standard(declaration: &str) -> bool {
    const SAYS: [(&str, &[&str]); 3] = [
        ("version", &["1.0", "1.1"]),
        ("encoding", &["utf-8", "utf-16"]),
        ("standalone", &["yes", "no"]),
    ];
    let (mut next, mut standard) = (0, true);
    let read = attribute::each(declaration, |name, value| {
        let at = SAYS.iter().position(|(known, _)| *known == name)?;
        standard &= at >= next && (next > 0 || at == 0);
        standard &= SAYS[at].1.iter().any(|known| value.eq_ignore_ascii_case(known));
        next = at + 1;
        Some(())
    });
    standard && next > 0 && read.is_some()
}

/// The parent of the outermost elements in XML without an `<Event>`.
const BARE: &str = "#";

/// The namespace of the event schema.
pub const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// A known element or attribute: its parent, its name, the field that it feeds, and the type of its
/// text. An element without text may still have attributes and child elements.
struct Named {
    inside: &'static str,
    name: &'static str,
    role: Option<Role>,
    holds: Type,
}

const fn says(inside: &'static str, name: &'static str, role: Role, holds: Type) -> Named {
    Named { inside, name, role: Some(role), holds }
}

const fn holds(inside: &'static str, name: &'static str, holds: Type) -> Named {
    Named { inside, name, role: None, holds }
}

/// All elements of the schema.
static ELEMENTS: [Named; 39] = [
    holds("", "Event", Type::Nothing),
    holds("Event", "System", Type::Nothing),
    holds("System", "Provider", Type::Nothing),
    says("System", "EventID", Role::Id, Type::Text),
    holds("System", "Version", Type::Number),
    says("System", "Level", Role::Level(Scale::Modern), Type::Number),
    says("System", "Task", Role::Category, Type::Text),
    holds("System", "Opcode", Type::Number),
    holds("System", "Keywords", Type::Bits),
    holds("System", "TimeCreated", Type::Nothing),
    holds("System", "EventRecordID", Type::Number),
    holds("System", "Correlation", Type::Nothing),
    holds("System", "Execution", Type::Nothing),
    says("System", "Channel", Role::Log, Type::Text),
    says("System", "Computer", Role::Computer, Type::Computer),
    holds("System", "Security", Type::Nothing),
    holds("Event", "EventData", Type::Nothing),
    says("EventData", "Data", Role::Strings, Type::Text),
    says("EventData", "Binary", Role::Data, Type::Text),
    // All text in these elements is binary data, which this event does not have.
    says("Event", "BinaryEventData", Role::Data, Type::Text),
    holds("Event", "UserData", Type::Nothing),
    holds("Event", "DebugData", Type::Nothing),
    holds("Event", "ProcessingErrorData", Type::Nothing),
    holds("Event", "RenderingInfo", Type::Nothing),
    says("RenderingInfo", "Message", Role::Message, Type::Text),
    says("RenderingInfo", "Level", Role::Level(Scale::Words), Type::Word),
    says("RenderingInfo", "Task", Role::Category, Type::Text),
    holds("RenderingInfo", "Opcode", Type::Word),
    says("RenderingInfo", "Channel", Role::Log, Type::Text),
    says("RenderingInfo", "Provider", Role::Source, Type::Text),
    holds("RenderingInfo", "Keywords", Type::Nothing),
    holds("Keywords", "Keyword", Type::Word),
    says(BARE, "Data", Role::Strings, Type::Text),
    // python-evtx writes this element inside the text of `<Data>`.
    says(BARE, "string", Role::Strings, Type::Text),
    says(BARE, "Param", Role::Strings, Type::Text),
    says(BARE, "Binary", Role::Data, Type::Text),
    holds(BARE, "EventData", Type::Nothing),
    holds(BARE, "DataItem", Type::Nothing),
    holds("DataItem", "EventData", Type::Nothing),
];

/// All attributes of the schema, except those of `<Data>` and the namespace declarations.
static ATTRIBUTES: [Named; 22] = [
    says("Provider", "Name", Role::Source, Type::Text),
    says("Provider", "EventSourceName", Role::Source, Type::Text),
    holds("Provider", "Guid", Type::NoGuid),
    says("EventID", "Qualifiers", Role::Qualifiers, Type::Text),
    says("TimeCreated", "SystemTime", Role::Time, Type::Time),
    holds("TimeCreated", "RawTime", Type::Number),
    holds("Correlation", "ActivityID", Type::Guid),
    holds("Correlation", "RelatedActivityID", Type::Guid),
    holds("Execution", "ProcessID", Type::Number),
    holds("Execution", "ThreadID", Type::Number),
    holds("Execution", "ProcessorID", Type::Number),
    holds("Execution", "SessionID", Type::Number),
    holds("Execution", "KernelTime", Type::Number),
    holds("Execution", "UserTime", Type::Number),
    holds("Execution", "ProcessorTime", Type::Number),
    holds("Security", "UserID", Type::Sid),
    holds("Event", "xml:lang", Type::Language),
    holds("RenderingInfo", "Culture", Type::Language),
    holds("RenderingInfo", "xml:lang", Type::Language),
    holds("DataItem", "type", Type::Word),
    holds("DataItem", "time", Type::Time),
    holds("DataItem", "sourceHealthServiceId", Type::Word),
];

/// The maximum nesting depth of elements.
const DEEPEST: usize = 256;

/// Reads the elements of one `<Event>`, or of XML without an `<Event>`.
fn walk<'a>(text: &'a str, part: u8, root: &'static str, event: &mut Event<'a>) -> Option<()> {
    let mut pieces = Pieces::of(text);
    let mut walk = Walk {
        event,
        part,
        root,
        prefix: "",
        open: Vec::new(),
        content: None,
        seen: [""; ELEMENTS.len()],
        strings: 0,
    };
    loop {
        let from = pieces.at;
        let piece = pieces.next()?;
        let at = pieces.at;
        let source = text.get(from..at).unwrap_or_default();
        let ended = match piece {
            Piece::Start(name, attributes, ends) => {
                walk.start(name, attributes, from, source)?;
                ends.then_some(name)
            }
            Piece::End(name) => Some(name),
            Piece::Text(piece) => {
                walk.text(piece, source)?;
                None
            }
            Piece::Reference(name) => {
                match attribute::reference(name) {
                    Some(c) => walk.text(c.encode_utf8(&mut [0; 4]), source)?,
                    None => walk.event.leave_unread("an XML entity", source),
                }
                None
            }
            Piece::Section(piece) => {
                walk.text(piece, source)?;
                walk.event.leave_unread("a CDATA section", source);
                None
            }
            Piece::Other(what) => {
                walk.event.leave_unread(what, source);
                None
            }
            Piece::Nothing => return (root == BARE && walk.open.is_empty()).then_some(()),
        };
        let Some(name) = ended else { continue };
        let open = walk.open.pop().filter(|open| is(open.name, name))?;
        walk.end(&open, text.get(open.from..at).unwrap_or_default());
        if walk.open.is_empty() && root != BARE {
            let behind = text.get(at..).unwrap_or_default();
            if !behind.trim_matches(SPACE).is_empty() {
                event.leave_unread("the content after the event", behind);
            }
            return Some(());
        }
    }
}

/// The state of reading one event.
struct Walk<'e, 'a> {
    event: &'e mut Event<'a>,
    part: u8,
    root: &'static str,
    /// The namespace prefix of the root. All elements must have the same one.
    prefix: &'a str,
    open: Vec<Open<'a>>,
    content: Option<Content>,
    /// The raw text of the first element of each kind.
    seen: [&'a str; ELEMENTS.len()],
    /// The number of insertion strings so far.
    strings: u64,
}

/// An element that has started.
struct Open<'a> {
    /// The name with its prefix.
    name: &'a str,
    /// The index in [`ELEMENTS`], if the name is known.
    row: Option<usize>,
    /// Whether the element also has the right parent and prefix.
    understood: bool,
    /// The offset in the text where the element starts.
    from: usize,
}

/// The text of an element so far.
struct Content {
    /// The number of open elements while this element is the innermost.
    depth: usize,
    text: String,
}

impl<'a> Walk<'_, 'a> {
    fn place(&self, row: usize) -> Place {
        // The high bit separates these rows from those of a text shape with the same event as XML
        // below it.
        Place { part: self.part, row: u16::try_from(row).unwrap_or(u16::MAX) | 0x8000 }
    }

    fn start(
        &mut self,
        whole: &'a str,
        attributes: &'a str,
        from: usize,
        source: &'a str,
    ) -> Option<()> {
        let (prefix, name) = split_name(whole);
        if self.open.is_empty() && self.root != BARE {
            self.prefix = prefix;
        }
        let inside = match self.open.last() {
            Some(open) => open.row.map_or("", |row| ELEMENTS[row].name),
            None => self.root,
        };
        let find = |fits: &dyn Fn(&Named) -> bool| ELEMENTS.iter().position(fits);
        let named = |known: &Named| is(known.name, name);
        let exact = find(&|known| named(known) && is(known.inside, inside));
        let exact = exact.filter(|_| is(prefix, self.prefix));
        // An element with the wrong parent can still tell what the record is about.
        let row = exact.or_else(|| find(&named));
        self.attributes(attributes, row, source)?;
        if self.content.is_none() && row.is_some_and(|row| ELEMENTS[row].holds != Type::Nothing) {
            self.content = Some(Content { depth: self.open.len() + 1, text: String::new() });
        }
        // No event is nested this deeply.
        if self.open.len() == DEEPEST {
            return None;
        }
        self.open.try_reserve(1).ok()?;
        self.open.push(Open { name: whole, row, understood: exact.is_some(), from });
        Some(())
    }

    fn attributes(
        &mut self,
        attributes: &'a str,
        row: Option<usize>,
        source: &'a str,
    ) -> Option<()> {
        let name = row.map_or("", |row| ELEMENTS[row].name);
        let is_string = row.is_some_and(|row| ELEMENTS[row].role == Some(Role::Strings));
        let mut declared = self.prefix.is_empty() || !self.open.is_empty();
        attribute::each(attributes, |key, raw| {
            let value = attribute::value(raw)?;
            let known =
                ATTRIBUTES.iter().position(|known| is(known.inside, name) && is(known.name, key));
            let understood = if let Some(index) = known {
                let Named { role, holds, .. } = &ATTRIBUTES[index];
                let fits = holds.fits(&value);
                if let Some(role) = *role {
                    let place = self.place(ELEMENTS.len() + index);
                    say(self.event, place, role, Kind::Text, Cow::Owned(value.into_owned()));
                }
                fits
            } else if key.strip_prefix("xmlns").is_some_and(|rest| {
                is(rest.strip_prefix(':').unwrap_or(rest), self.prefix) && !rest.ends_with(':')
            }) {
                declared = true;
                value == NAMESPACE
            } else {
                // Any other attribute names a datum that this event does not have.
                let number =
                    value.strip_prefix("param").and_then(|number| swar::number(number, 10));
                is_string && key == "Name" && (value.is_empty() || number == Some(self.strings + 1))
            };
            if !understood {
                self.event.leave_unread("an XML attribute", source);
            }
            Some(())
        })?;
        if !declared {
            self.event.leave_unread("the prefix of the XML names", source);
        }
        Some(())
    }

    /// Adds text. In an element without text, only whitespace is allowed.
    fn text(&mut self, piece: &str, source: &'a str) -> Option<()> {
        match &mut self.content {
            Some(content) if content.depth == self.open.len() => {
                content.text.try_reserve(piece.len()).ok()?;
                content.text.push_str(piece);
            }
            _ if piece.trim_matches(SPACE).is_empty() => {}
            // The whole element is reported at its end.
            _ if self.open.last().is_some_and(|open| !open.understood) => {}
            _ => self.event.leave_unread("text beside XML elements", source),
        }
        Some(())
    }

    /// Finishes an element that has just ended.
    fn end(&mut self, open: &Open<'_>, source: &'a str) {
        if !open.understood {
            self.event.leave_unread("an XML element", source);
        }
        let Some(row) = open.row else { return };
        let Named { name, role, holds, .. } = &ELEMENTS[row];
        if let Some(content) = self.content.take_if(|content| content.depth > self.open.len()) {
            if !holds.fits(&content.text) {
                self.event.leave_unread(*name, source);
            }
            match *role {
                Some(Role::Strings) => {
                    self.strings += 1;
                    let place = Place { part: self.part, row: u16::MAX };
                    if let Some(list) = self.event.strings.at(place) {
                        let several = self.root != BARE && content.text.starts_with("<string>");
                        if !several || data(list, &content.text).is_none() {
                            list.push(Cow::Owned(content.text));
                        }
                    }
                    return;
                }
                Some(role) => {
                    let place = self.place(row);
                    say(self.event, place, role, Kind::Text, Cow::Owned(content.text));
                }
                None if typed::is_record_number(name) => {
                    self.event.say_other(self.part, name, Cow::Owned(content.text));
                }
                None => {}
            }
        }
        // A repeated element must be identical to the first one. This event has only one keyword.
        match self.seen[row] {
            "" => self.seen[row] = source,
            first if first == source && *name != "Keyword" => {}
            _ => self.event.leave_unread("an XML element that occurs twice", source),
        }
    }
}

/// Whether two names are equal. Most prefixes are empty, and the C library's `memcmp` with AVX-512
/// takes a hundred nanoseconds for empty texts, because their pointers lead nowhere.
fn is(known: &str, name: &str) -> bool {
    known.len() == name.len() && known.bytes().zip(name.bytes()).all(|(a, b)| a == b)
}

/// Splits a name into its prefix and its local name.
fn split_name(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}
