//! JSON records: one pass over the tokens, names looked up by their dotted path, everything else
//! passed over. Nothing recurses as deep as the input goes: known names are at most [`DEPTH`] deep.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place, Strings},
    json::{Invalid, Str, Token, Tokens},
    reader::{
        Emit, Nesting, TOO_DEEP, envelope,
        names::{self, NAMES, Node, Role, Seen, Step},
        say, strings,
    },
    repeat::{Free, Slots},
};

/// How deep names go.
const DEPTH: usize = 8;

/// Where the tag goes, and what stands there already. Offsets count from the record's first byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Behind the last member's value (behind `{` where there is none).
    pub end: usize,
    /// Whether there is any member.
    pub members: bool,
    /// The value of the tag's member, where it is there once.
    pub key: Member,
    /// The value of `tags`.
    pub tags: Member,
}

/// A top-level member that the tag cares about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Member {
    /// Not there.
    #[default]
    Absent,
    /// There once: the span of its value.
    Once(core::ops::Range<usize>),
    /// There more than once.
    Twice,
}

impl Layout {
    /// Moves what stands behind a value that begins at `at`, when another one takes its place.
    pub fn shift(&mut self, at: usize, old: usize, new: usize) {
        let spans = [&mut self.key, &mut self.tags].into_iter().filter_map(|member| match member {
            Member::Once(span) => Some([&mut span.start, &mut span.end]),
            _ => None,
        });
        for place in spans.flatten().chain([&mut self.end]) {
            if *place > at {
                *place = place.saturating_sub(old) + new;
            }
        }
    }
}

impl Member {
    fn add(&mut self, span: core::ops::Range<usize>) {
        *self = if *self == Self::Absent { Self::Once(span) } else { Self::Twice };
    }
}

/// Text inside the record that is read after it, and the row of its name.
pub(super) struct Part<'a> {
    pub row: u16,
    pub text: Cow<'a, str>,
}

/// An object that is being read.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// Where its names go on.
    node: Node,
    /// Row and start of an object that may be a record of its own.
    inner: Option<(u16, usize)>,
    /// Whether it is somewhere inside such an object.
    within: bool,
}

impl Frame {
    /// Whether what is in it may be in a record of its own.
    fn is_in_record(&self) -> bool {
        self.within || self.inner.is_some()
    }
}

/// All parts of one record: more than any shape has.
pub(super) type Parts<'a> = [Option<Part<'a>>; 6];

/// Reads one JSON object: emits the event it says, or the events inside it. `key` is the member
/// that holds tags.
pub fn read(
    text: &str,
    key: &str,
    nesting: Nesting,
    mut slots: Option<&mut Slots>,
    emit: Emit<'_>,
) -> Result<Layout, Invalid> {
    let mut parts = [const { None }; 6];
    let mut event = Event::default();
    let parsed = parse(text, key, &mut event, &mut parts, slots.as_deref_mut());
    // It must not vanish: it is an event of which nothing was read.
    if parsed.is_err() && event.shape == TOO_DEEP {
        emit(&Event { shape: TOO_DEEP, ..Event::default() });
    }
    let (layout, seen) = parsed?;
    let alone = envelope::finish(&mut event, &parts, seen, nesting, emit);
    if let Some(slots) = slots.filter(|_| !alone) {
        slots.refuse();
    }
    Ok(layout)
}

/// Not in one function with the above: what an envelope holds is read while that one waits, and
/// hosts have a stack of a few kilobytes. The event is filled where it stays: it is large.
#[inline(never)]
fn parse<'a>(
    text: &'a str,
    key: &str,
    event: &mut Event<'a>,
    parts: &mut Parts<'a>,
    slots: Option<&mut Slots>,
) -> Result<(Layout, Seen), Invalid> {
    let mut reader = Reader {
        tokens: Tokens::new(text),
        text,
        frames: [Frame::default(); DEPTH],
        depth: 0,
        event,
        parts,
        seen: Seen::default(),
        key,
        slots,
    };
    let layout = reader.object();
    if reader.tokens.is_too_deep() {
        reader.event.shape = TOO_DEEP;
    }
    Ok((layout?, reader.seen))
}

struct Reader<'r, 'a> {
    tokens: Tokens<'a>,
    text: &'a str,
    frames: [Frame; DEPTH],
    depth: usize,
    event: &'r mut Event<'a>,
    parts: &'r mut Parts<'a>,
    seen: Seen,
    /// The member that holds tags.
    key: &'r str,
    slots: Option<&'r mut Slots>,
}

impl<'a> Reader<'_, 'a> {
    fn object(&mut self) -> Result<Layout, Invalid> {
        if self.tokens.next()? != Token::ObjectStart {
            return Err(Invalid);
        }
        let mut layout = Layout { end: self.tokens.position(), ..Layout::default() };
        // The top-level member that is being read: its name and where its value starts.
        let mut member = (Str { raw: "", escaped: false }, 0);
        loop {
            match self.tokens.next()? {
                Token::Key(name) => {
                    self.tokens.peek();
                    if self.depth == 0 {
                        member = (name, self.tokens.position());
                    }
                    self.member(name)?;
                }
                Token::ObjectEnd if self.depth == 0 => break,
                Token::ObjectEnd => {
                    if let Some((row, start)) = self.frames[self.depth].inner {
                        self.part(row, Cow::Borrowed(&self.text[start..self.tokens.position()]));
                    }
                    self.depth -= 1;
                }
                _ => return Err(Invalid),
            }
            if self.depth == 0 {
                layout.end = self.tokens.position();
                layout.members = true;
                let (name, start) = member;
                if name.is(self.key) {
                    layout.key.add(start..layout.end);
                } else if name.is("tags") {
                    layout.tags.add(start..layout.end);
                }
            }
        }
        self.tokens.end()?;
        Ok(layout)
    }

    /// Reads the value of one member; only objects that lead to names are left open.
    fn member(&mut self, name: Str<'a>) -> Result<(), Invalid> {
        let decoded;
        let name = if name.escaped {
            decoded = name.decode().ok_or(Invalid)?;
            &*decoded
        } else {
            name.raw
        };
        let known = match names::step(self.frames[self.depth].node, name) {
            Step::Known(known) => known,
            Step::Within(row, name) => {
                return match self.event.strings.at(Place { part: 0, row }) {
                    Some(list) => strings::member(list, name, &mut self.tokens, false),
                    None => self.tokens.skip_value().map(drop),
                };
            }
            Step::Unknown => return self.ignore(name),
        };
        let role = known.row.map(|row| {
            self.seen.insert(row);
            (row, NAMES[usize::from(row)].role)
        });
        let strings = matches!(role, Some((_, Role::Strings)));
        if known.inner && !strings && self.tokens.peek() == Some(b'{') && self.depth + 1 < DEPTH {
            let inner = match role {
                Some((row, Role::Inner)) => Some((row, self.tokens.position())),
                _ => None,
            };
            let within = self.frames[self.depth].is_in_record();
            self.tokens.next()?;
            self.depth += 1;
            self.frames[self.depth] = Frame { node: known.node, inner, within };
            return Ok(());
        }
        match role {
            Some((row, Role::Strings)) => self.strings(row),
            Some((row, role)) => self.value(row, role),
            None => self.tokens.skip_value().map(drop),
        }
    }

    /// Passes over the value of a member that no name is for.
    fn ignore(&mut self, name: &str) -> Result<(), Invalid> {
        let value = self.tokens.skip_value()?;
        let end = self.tokens.position();
        let free = self.slots.is_some() && self.is_free(name);
        if free && let Some(slots) = &mut self.slots {
            let start = end - value.len();
            match value.as_bytes() {
                [b'"', .., b'"'] => slots.add(Free::Ignored, start + 1..end - 1),
                [b'0'..=b'9', ..] => slots.add(Free::Ignored, start..end),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether nothing looks at the value of a member that no name is for. A tag's own members matter
    /// all the same; and those of an object that may be a record are read once more as such.
    fn is_free(&self, name: &str) -> bool {
        let frame = &self.frames[self.depth];
        let tag = self.depth == 0 && (name == self.key || name == "tags");
        let unread =
            || frame.inner.is_none() || matches!(names::step(Node::TOP, name), Step::Unknown);
        !tag && !frame.within && unread()
    }

    /// Notes a time or a computer that was just read.
    fn note(&mut self, row: u16, role: Role, token: &Token<'_>) {
        let why = match role {
            Role::Time => Free::Time,
            Role::Computer | Role::Host => Free::Computer,
            _ => return,
        };
        let end = self.tokens.position();
        let within = self.frames[self.depth].is_in_record();
        let Some(slots) = &mut self.slots else { return };
        slots.given(row);
        if within {
            return;
        }
        match token {
            Token::String(string) if !string.escaped => {
                slots.add(why, end - 1 - string.raw.len()..end - 1);
            }
            Token::Number(number) if why == Free::Time => slots.add(why, end - number.len()..end),
            _ => {}
        }
    }

    fn strings(&mut self, row: u16) -> Result<(), Invalid> {
        let place = Place { part: 0, row };
        let lists = &mut self.event.strings;
        // An empty object is an empty list.
        if self.tokens.at_members() {
            // Wazuh 3.8 writes the two insertion strings as two members called Data.
            let appends = NAMES[usize::from(row)].path.starts_with("EventChannel.");
            return match lists.at(place) {
                Some(list) => strings::read(list, &mut self.tokens, appends),
                None => self.tokens.skip_value().map(drop),
            };
        }
        let mut list = Strings::default();
        strings::read(&mut list, &mut self.tokens, false)?;
        lists.say(place, list);
        Ok(())
    }

    fn value(&mut self, row: u16, role: Role) -> Result<(), Invalid> {
        if let Some(b'{' | b'[') = self.tokens.peek() {
            let raw = self.tokens.skip_value()?;
            self.note(row, role, &Token::ObjectEnd);
            match role {
                Role::Inner | Role::Many | Role::Loki | Role::Otlp => {
                    self.part(row, Cow::Borrowed(raw));
                }
                // An empty list of bytes is no data.
                Role::Data if raw[1..].trim_start().starts_with(']') => {}
                _ => {
                    say(self.event, Place { part: 0, row }, role, Kind::Other, raw.into());
                }
            }
            return Ok(());
        }
        let token = self.tokens.next()?;
        self.note(row, role, &token);
        let (kind, text) = match token {
            Token::String(string) => (Kind::Text, string.decode().ok_or(Invalid)?),
            Token::Number(number) => (Kind::Number, Cow::Borrowed(number)),
            Token::Word("null") => (Kind::Text, Cow::Borrowed("")),
            Token::Word(word) => (Kind::Other, Cow::Borrowed(word)),
            _ => return Err(Invalid),
        };
        match role {
            Role::Inner | Role::Again => {
                if kind == Kind::Text && !text.is_empty() {
                    self.part(row, text);
                }
            }
            _ => say(self.event, Place { part: 0, row }, role, kind, text),
        }
        Ok(())
    }

    fn part(&mut self, row: u16, text: Cow<'a, str>) {
        match self.parts.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(Part { row, text }),
            // More than any shape has: what is in them cannot be vouched for.
            None => self.event.strings.repeated = true,
        }
    }
}
