//! JSON records: one pass over the tokens, names looked up by their dotted path, everything else
//! passed over. Nothing recurses as deep as the input goes: known names are at most [`DEPTH`] deep.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place, Strings},
    json::{Invalid, Str, Token, Tokens},
    reader::{
        Emit, Nesting, envelope,
        names::{self, LONGEST, NAMES, Role, Seen},
        say, strings,
    },
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
    /// How much of the path is its own.
    path: usize,
    /// Row and start of an object that may be a record of its own.
    inner: Option<(u16, usize)>,
}

/// What was read of one object.
pub(super) struct Read<'a> {
    pub event: Event<'a>,
    pub parts: [Option<Part<'a>>; 6],
    pub seen: Seen,
}

/// Reads one JSON object: emits the event it says, or the events inside it. `key` is the member
/// that holds tags.
pub fn read(text: &str, key: &str, nesting: Nesting, emit: Emit<'_>) -> Result<Layout, Invalid> {
    let (layout, read) = parse(text, key)?;
    envelope::finish(read, nesting, emit);
    Ok(layout)
}

/// Not in one function with the above: what an envelope holds is read while that one waits, and
/// hosts have a stack of a few kilobytes.
#[inline(never)]
fn parse<'a>(text: &'a str, key: &str) -> Result<(Layout, Read<'a>), Invalid> {
    let mut reader = Reader {
        tokens: Tokens::new(text),
        text,
        path: [0; LONGEST],
        frames: [Frame::default(); DEPTH],
        depth: 0,
        read: Read { event: Event::default(), parts: [const { None }; 6], seen: Seen::default() },
    };
    let layout = reader.object(key)?;
    Ok((layout, reader.read))
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    text: &'a str,
    path: [u8; LONGEST],
    frames: [Frame; DEPTH],
    depth: usize,
    read: Read<'a>,
}

impl<'a> Reader<'a> {
    fn object(&mut self, key: &str) -> Result<Layout, Invalid> {
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
                if name.is(key) {
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
        let Some(length) = self.extend_path(name) else {
            return self.tokens.skip_value().map(drop);
        };
        let Some(known) = names::find(&self.path[..length]) else {
            return self.dotted_string(length);
        };
        let role = known.row.map(|row| {
            self.read.seen.insert(row);
            (row, NAMES[usize::from(row)].role)
        });
        let strings = matches!(role, Some((_, Role::Strings)));
        if known.inner && !strings && self.tokens.peek() == Some(b'{') && self.depth + 1 < DEPTH {
            let inner = match role {
                Some((row, Role::Inner)) => Some((row, self.tokens.position())),
                _ => None,
            };
            self.tokens.next()?;
            self.depth += 1;
            self.frames[self.depth] = Frame { path: length, inner };
            return Ok(());
        }
        match role {
            Some((row, Role::Strings)) => self.strings(row),
            Some((row, role)) => self.value(row, role),
            None => self.tokens.skip_value().map(drop),
        }
    }

    /// Appends a name to the open object's path; `None` where the result is too long to be known.
    fn extend_path(&mut self, name: Str<'a>) -> Option<usize> {
        let decoded = if name.escaped { name.decode()? } else { Cow::Borrowed(name.raw) };
        let mut at = self.frames[self.depth].path;
        if at > 0 {
            *self.path.get_mut(at)? = b'.';
            at += 1;
        }
        let end = at + decoded.len();
        self.path.get_mut(at..end)?.copy_from_slice(decoded.as_bytes());
        Some(end)
    }

    /// A name that is not known: perhaps a dotted one whose beginning holds insertion strings.
    fn dotted_string(&mut self, length: usize) -> Result<(), Invalid> {
        let value = self.tokens.skip_value()?;
        let base = self.frames[self.depth].path;
        for dot in (base + 1..length).rev().filter(|&i| self.path[i] == b'.') {
            if let Some(row) = names::find(&self.path[..dot]).and_then(|known| known.row)
                && NAMES[usize::from(row)].role == Role::Strings
            {
                let name =
                    core::str::from_utf8(&self.path[dot + 1..length]).map_err(|_| Invalid)?;
                if let Some(list) = self.read.event.strings.at(Place { part: 0, row }) {
                    strings::member(list, name, value, false)?;
                }
                break;
            }
        }
        Ok(())
    }

    fn strings(&mut self, row: u16) -> Result<(), Invalid> {
        let place = Place { part: 0, row };
        let value = self.tokens.skip_value()?;
        let lists = &mut self.read.event.strings;
        // An empty object is an empty list.
        if value.starts_with('{') && !value[1..].trim_start().starts_with('}') {
            // Wazuh 3.8 writes the two insertion strings as two members called Data.
            let appends = NAMES[usize::from(row)].path.starts_with("EventChannel.");
            return lists.at(place).map_or(Ok(()), |list| strings::read(list, value, appends));
        }
        let mut list = Strings::default();
        strings::read(&mut list, value, false)?;
        lists.say(place, list);
        Ok(())
    }

    fn value(&mut self, row: u16, role: Role) -> Result<(), Invalid> {
        if let Some(b'{' | b'[') = self.tokens.peek() {
            let raw = self.tokens.skip_value()?;
            match role {
                Role::Inner | Role::Many | Role::Loki | Role::Otlp => {
                    self.part(row, Cow::Borrowed(raw));
                }
                // An empty list of bytes is no data.
                Role::Data if raw[1..].trim_start().starts_with(']') => {}
                _ => {
                    say(
                        &mut self.read.event,
                        Place { part: 0, row },
                        role,
                        Kind::Other,
                        raw.into(),
                    );
                }
            }
            return Ok(());
        }
        let (kind, text) = match self.tokens.next()? {
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
            _ => say(&mut self.read.event, Place { part: 0, row }, role, kind, text),
        }
        Ok(())
    }

    fn part(&mut self, row: u16, text: Cow<'a, str>) {
        match self.read.parts.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(Part { row, text }),
            // More than any shape has: what is in them cannot be vouched for.
            None => self.read.event.strings.repeated = true,
        }
    }
}
