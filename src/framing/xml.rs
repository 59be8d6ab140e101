//! Finds the end of an `<Event>` element. Comments and CDATA sections are skipped, so that an end
//! tag inside them ends nothing. The reader checks whether the rest is XML.

use memchr::{memchr, memchr2, memmem};

pub use super::json::Step;

/// The kind of element that a `<` at the beginning of a line starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// An event, with the length of its name.
    Event(usize),
    /// An XML declaration, `<Events>` or `</Events>`: only a wrapper, with its length.
    Wrapper(usize),
    /// More bytes are needed to decide.
    More,
    /// None of these.
    Other,
}

/// The maximum length of a tag that is read before it counts as something else, and of a name.
const LONGEST: usize = 512;
const NAME: usize = 64;

/// Decides what the `<` at the start of `bytes` begins.
pub fn tag(bytes: &[u8], ended: bool) -> Tag {
    let near = bytes.iter().take(NAME);
    let Some(end) = near.skip(1).position(|b| b" \t\r\n><".contains(b)).map(|at| at + 1) else {
        return if bytes.len() < NAME && !ended { Tag::More } else { Tag::Other };
    };
    let name = &bytes[1..end];
    let name = name.strip_suffix(b"/").unwrap_or(name);
    match local(name) {
        b"Event" if !name.starts_with(b"/") => Tag::Event(name.len()),
        b"Events" | b"?xml" | b"/Events" => {
            match memchr(b'>', &bytes[..bytes.len().min(LONGEST)]) {
                Some(close) => Tag::Wrapper(close + 1),
                None if bytes.len() < LONGEST && !ended => Tag::More,
                None => Tag::Other,
            }
        }
        _ => Tag::Other,
    }
}

/// A name without its namespace prefix.
fn local(name: &[u8]) -> &[u8] {
    name.rsplit(|b| *b == b':').next().unwrap_or_default()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    /// Before the `<`.
    Name,
    /// In the event's own tag.
    Start,
    Text,
    Comment,
    Data,
}

/// The places where comments and sections of an event were found to have no end. What follows such
/// an event is read again, and these searches need not be repeated.
#[derive(Clone, Debug, Default)]
pub struct Ends {
    comment: Missing,
    data: Missing,
    /// The number of bytes of the current event that were read for the first time.
    pub looked: usize,
}

/// A range of the stream that does not contain the start of a needle.
#[derive(Clone, Debug, Default)]
struct Missing {
    from: u64,
    to: u64,
}

impl Missing {
    /// The number of bytes, of `length` at this offset, that need not be searched.
    fn known(&self, offset: u64, length: usize) -> usize {
        let known = if (self.from..self.to).contains(&offset) { self.to - offset } else { 0 };
        usize::try_from(known).unwrap_or(usize::MAX).min(length)
    }

    /// Finds `needle` in bytes that begin at this offset of the stream.
    fn find(&mut self, needle: &[u8], bytes: &[u8], offset: u64) -> Option<usize> {
        let found = memmem::find(bytes, needle);
        let none = found.unwrap_or((bytes.len() + 1).saturating_sub(needle.len()));
        let to = offset + none as u64;
        if (self.from..=self.to).contains(&offset) {
            self.to = self.to.max(to);
        } else {
            (self.from, self.to) = (offset, to);
        }
        found
    }
}

/// The state of the parser at the end of the bytes seen so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    name: Vec<u8>,
    inside: Inside,
}

impl Machine {
    /// The state at the `<` of an event with this name.
    pub fn new(name: &[u8]) -> Self {
        Self { name: name.to_vec(), inside: Inside::Name }
    }

    /// The state inside a comment that is in no event. It is done where the comment ends.
    pub fn comment() -> Self {
        Self { name: Vec::new(), inside: Inside::Comment }
    }

    /// Whether this is such a comment.
    pub fn is_comment(&self) -> bool {
        self.name.is_empty()
    }

    /// Continues through `bytes`, which begin at this offset of the stream. Returns the result and
    /// the number of bytes consumed.
    pub fn feed(&mut self, bytes: &[u8], offset: u64, ends: &mut Ends) -> (Step, usize) {
        let mut at = 0;
        loop {
            at += match self.inside {
                Inside::Comment => ends.comment.known(offset + at as u64, bytes.len() - at),
                Inside::Data => ends.data.known(offset + at as u64, bytes.len() - at),
                Inside::Name | Inside::Start | Inside::Text => 0,
            };
            let rest = &bytes[at..];
            let from = offset + at as u64;
            let (found, length) = match self.inside {
                Inside::Name => (Some(0), 1),
                Inside::Start => (memchr2(b'<', b'>', rest), 1),
                Inside::Text => (memchr(b'<', rest), 0),
                Inside::Comment => (ends.comment.find(b"-->", rest, from), 3),
                Inside::Data => (ends.data.find(b"]]>", rest, from), 3),
            };
            let Some(found) = found else {
                // The bytes may end with the start of the needle, or with the slash of an
                // empty-element tag, so these are kept.
                let keep = match self.inside {
                    Inside::Comment | Inside::Data => 2.min(rest.len()),
                    Inside::Start => usize::from(rest.ends_with(b"/")),
                    Inside::Name | Inside::Text => 0,
                };
                ends.looked += rest.len() - keep;
                return (Step::More, bytes.len() - keep);
            };
            ends.looked += found;
            at += found + length;
            match self.inside {
                Inside::Name => self.inside = Inside::Start,
                // The value of an attribute cannot contain a `<`.
                Inside::Start if bytes[at - 1] == b'<' => {
                    let more = tag(&bytes[at - 1..], false) == Tag::More;
                    return (if more { Step::More } else { Step::Broken(at - 1) }, at - 1);
                }
                Inside::Start if found > 0 && bytes[at - 2] == b'/' => return (Step::Done(at), at),
                Inside::Comment if self.is_comment() => return (Step::Done(at), at),
                Inside::Start | Inside::Comment | Inside::Data => self.inside = Inside::Text,
                Inside::Text => match self.opened(&bytes[at..]) {
                    Opened::More => return (Step::More, at),
                    Opened::End(length) => return (Step::Done(at + length), at + length),
                    Opened::Another | Opened::Invalid => return (Step::Broken(at), at),
                    Opened::Inside(inside, length) => {
                        self.inside = inside;
                        at += length;
                    }
                },
            }
        }
    }

    /// Decides what a `<` inside the event begins.
    fn opened(&self, bytes: &[u8]) -> Opened {
        for (mark, inside) in [(&b"<!--"[..], Inside::Comment), (b"<![CDATA[", Inside::Data)] {
            if bytes.starts_with(mark) {
                return Opened::Inside(inside, mark.len());
            }
            if mark.starts_with(bytes) {
                return Opened::More;
            }
        }
        let other = Opened::Inside(Inside::Text, 1);
        let rest = match bytes.get(1) {
            None => return Opened::More,
            // A processing instruction.
            Some(b'?') => return other,
            Some(b'/') if bytes.len() == 2 => return Opened::More,
            Some(b'/') => &bytes[2..],
            Some(_) => {
                return match start_tag(&bytes[1..]) {
                    Start::Element(name) if local(name) == b"Event" => Opened::Another,
                    Start::Element(_) => other,
                    Start::More => Opened::More,
                    Start::Invalid => Opened::Invalid,
                };
            }
        };
        if !begins_name(rest[0]) {
            return Opened::Invalid;
        }
        if rest.len() <= self.name.len() {
            return if self.name.starts_with(rest) { Opened::More } else { other };
        }
        let Some(after) = rest.strip_prefix(&self.name[..]) else { return other };
        // The number of blanks is limited, so that the result does not depend on the chunks.
        match after.iter().take(16).position(|b| !b" \t\r\n".contains(b)) {
            Some(space) if after[space] == b'>' => {
                Opened::End(bytes.len() - after.len() + space + 1)
            }
            None if after.len() < 16 => Opened::More,
            _ => other,
        }
    }
}

/// The kind of markup that a `<` inside an event begins.
enum Opened {
    More,
    /// The event's end tag, with its length.
    End(usize),
    /// Another event, although this one has not ended.
    Another,
    /// No markup, so this is not XML.
    Invalid,
    /// Something else, with the number of bytes consumed.
    Inside(Inside, usize),
}

/// What a start tag begins with.
enum Start<'b> {
    /// The name of the element.
    Element(&'b [u8]),
    More,
    Invalid,
}

/// Decides what the bytes behind a `<` are. A line that is not XML, such as a message with an
/// address in angle brackets, shows that the event above it was cut off.
fn start_tag(bytes: &[u8]) -> Start<'_> {
    if !begins_name(bytes[0]) {
        return Start::Invalid;
    }
    let in_name = |byte: &u8| begins_name(*byte) || byte.is_ascii_digit() || b"-.".contains(byte);
    let Some(end) = bytes.iter().take(NAME).position(|byte| !in_name(byte)) else {
        return if bytes.len() < NAME { Start::More } else { Start::Element(&[]) };
    };
    match (bytes[end], bytes.get(end + 1)) {
        (b' ' | b'\t' | b'\r' | b'\n' | b'>', _) | (b'/', Some(b'>')) => {
            Start::Element(&bytes[..end])
        }
        (b'/', None) => Start::More,
        _ => Start::Invalid,
    }
}

/// Whether a name may begin with this byte, in UTF-8.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':' | 0x80..)
}
