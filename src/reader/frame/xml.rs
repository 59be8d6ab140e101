//! Where an `<Event>` element ends. Comments and CDATA sections are passed over, so that an end tag
//! in them ends nothing; whether the rest is XML is the reader's business.

use memchr::{memchr, memmem};

pub use super::json::Step;

/// What stands at the beginning of a line with a `<`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// An event; the length of its name.
    Event(usize),
    /// An XML declaration, `<Events>` or `</Events>`: nothing but a wrapper, so many bytes long.
    Wrapper(usize),
    /// More bytes are needed to tell.
    More,
    /// None of these.
    Other,
}

/// The longest tag that is looked at before it is taken for something else.
const LONGEST: usize = 512;

/// Tells what the `<` at the start of `bytes` begins.
pub fn tag(bytes: &[u8], ended: bool) -> Tag {
    let end = bytes.iter().skip(1).position(|b| b" \t\r\n>".contains(b)).map(|at| at + 1);
    let Some(end) = end else {
        return if bytes.len() < 64 && !ended { Tag::More } else { Tag::Other };
    };
    let name = &bytes[1..end];
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let local = name.rsplit(|b| *b == b':').next().unwrap_or_default();
    match local {
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Inside {
    Start,
    Text,
    Comment,
    Data,
}

/// Where in an event the bytes seen so far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    name: Vec<u8>,
    inside: Inside,
}

impl Machine {
    /// At the `<` of an event with this name.
    pub fn new(name: &[u8]) -> Self {
        Self { name: name.to_vec(), inside: Inside::Start }
    }

    /// Goes on through `bytes`; gives what it led to and how much of them is done with.
    pub fn feed(&mut self, bytes: &[u8]) -> (Step, usize) {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let (found, length) = match self.inside {
                Inside::Start => (memchr(b'>', rest), 1),
                Inside::Text => (memchr(b'<', rest), 0),
                Inside::Comment => (memmem::find(rest, b"-->"), 3),
                Inside::Data => (memmem::find(rest, b"]]>"), 3),
            };
            let Some(found) = found else {
                // The start of what is looked for may be the end of these bytes, and so may the slash
                // of an event that ends where it begins.
                let keep = match self.inside {
                    Inside::Comment | Inside::Data => 2.min(rest.len()),
                    Inside::Start => usize::from(rest.ends_with(b"/")),
                    Inside::Text => 0,
                };
                return (Step::More, bytes.len() - keep);
            };
            at += found + length;
            match self.inside {
                Inside::Start if found > 0 && bytes[at - 2] == b'/' => return (Step::Done(at), at),
                Inside::Start | Inside::Comment | Inside::Data => self.inside = Inside::Text,
                Inside::Text => match self.opened(&bytes[at..]) {
                    Opened::More => return (Step::More, at),
                    Opened::End(length) => return (Step::Done(at + length), at + length),
                    Opened::Another => return (Step::Broken(at), at),
                    Opened::Inside(inside, length) => {
                        self.inside = inside;
                        at += length;
                    }
                },
            }
        }
    }

    /// Tells what a `<` inside the event begins.
    fn opened(&self, bytes: &[u8]) -> Opened {
        for (mark, inside) in [(&b"<!--"[..], Inside::Comment), (b"<![CDATA[", Inside::Data)] {
            if bytes.starts_with(mark) {
                return Opened::Inside(inside, mark.len());
            }
            if mark.starts_with(bytes) {
                return Opened::More;
            }
        }
        let (closing, rest) = match bytes.get(1) {
            None => return Opened::More,
            Some(b'/') => (true, &bytes[2..]),
            Some(_) => (false, &bytes[1..]),
        };
        let other = Opened::Inside(Inside::Text, 1);
        if rest.len() <= self.name.len() {
            return if self.name.starts_with(rest) { Opened::More } else { other };
        }
        let Some(after) = rest.strip_prefix(&self.name[..]) else { return other };
        if !closing {
            return if b" \t\r\n>/".contains(&after[0]) { Opened::Another } else { other };
        }
        // As many blanks, however many bytes have come.
        match after.iter().take(16).position(|b| !b" \t\r\n".contains(b)) {
            Some(space) if after[space] == b'>' => {
                Opened::End(bytes.len() - after.len() + space + 1)
            }
            None if after.len() < 16 => Opened::More,
            _ => other,
        }
    }
}

/// What a `<` begins.
enum Opened {
    More,
    /// The event's end tag, so many bytes long.
    End(usize),
    /// Another event, although this one has not ended.
    Another,
    /// Something else; so many bytes are done with.
    Inside(Inside, usize),
}
