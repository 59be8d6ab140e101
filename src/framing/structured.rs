//! JSON objects and XML events in a stream: how they begin, and what happens if they end, break
//! off, or turn out to be invalid.

use memchr::{memchr, memmem};

use super::{BOM, Framer, Give, Kind, LOOK, Mode, json, json::Step, xml};
use crate::record::xml::is_wrapper as is_standard;

impl Framer {
    /// Decides what begins at `start`.
    pub(super) fn begin(&mut self, give: Give<'_>) -> bool {
        let rest = &self.buffer[self.start..];
        if rest.is_empty() || (BOM.starts_with(rest) && rest.len() < BOM.len() && !self.ended) {
            return false;
        }
        if let Some(behind) = rest.strip_prefix(BOM) {
            if behind.len() < BOM.len() && BOM.starts_with(behind) && !self.ended {
                return false;
            }
            // A second byte order mark is a character of the record.
            if behind.starts_with(BOM) {
                return self.line(give);
            }
            self.restart(self.start + BOM.len());
            return true;
        }
        // Records of a JSON sequence begin with a record separator.
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | 0x1E);
        let Some(at) = rest.iter().position(|b| !blank(b)).filter(|at| *at <= self.max) else {
            return self.line(give);
        };
        if at == 0 && rest[0] == b'{' && self.format.json() {
            match self.skip(give) {
                Some(false) => {}
                skipped => return skipped.is_some(),
            }
        }
        let at = self.start + at;
        let rest = &self.buffer[at..];
        match rest[0] {
            b',' | b'\n' | b'\r' if self.in_array => {
                self.restart(at + 1);
                true
            }
            b']' if self.in_array => {
                self.in_array = false;
                self.restart(at);
                self.mode = Mode::After { end: at + 1, json: true };
                true
            }
            b'{' if self.format.json() => match is_rubydebug(rest, self.ended) {
                Some(true) => self.line(give),
                Some(false) => {
                    self.restart(at);
                    self.mode = Mode::Json(json::Machine::new());
                    true
                }
                None => false,
            },
            b'[' if self.format.json() => match array_start(rest, self.ended) {
                Some(true) => {
                    self.in_array = true;
                    self.restart(at + 1);
                    true
                }
                Some(false) => self.line(give),
                None => false,
            },
            b'<' if self.format.xml() => match xml::tag(rest, self.ended) {
                xml::Tag::Event(name) => {
                    self.mode = Mode::Xml(xml::Machine::new(&rest[1..=name]));
                    (self.start, self.scan, self.look) = (at, at, at);
                    true
                }
                xml::Tag::Wrapper(length) => match is_wrapper(rest, length, self.ended) {
                    Some(true) => {
                        self.restart(at + length);
                        true
                    }
                    Some(false) => self.line(give),
                    None => false,
                },
                xml::Tag::More => false,
                xml::Tag::Other if rest.starts_with(b"<!--") => self.comment(at, give),
                xml::Tag::Other => self.line(give),
            },
            _ => self.line(give),
        }
    }

    /// Handles a line that begins a comment, which may end on a later line. What is inside it is no
    /// record.
    fn comment(&mut self, at: usize, give: Give<'_>) -> bool {
        let Some(end) = self.line_end() else { return false };
        if memmem::find(&self.buffer[at..end], b"-->").is_some() {
            return self.line(give);
        }
        self.mode = Mode::Xml(xml::Machine::comment());
        self.scan = at + "<!--".len();
        self.look = self.scan;
        true
    }

    /// Handles what a state machine returned for the current record.
    pub(super) fn fed(&mut self, step: Step, fed: usize, json: bool, give: Give<'_>) -> bool {
        match step {
            Step::More => {
                let before = self.scan;
                self.scan += fed;
                let cut = self.ended && self.scan >= before;
                if cut {
                    self.too_long(self.buffer.len());
                    self.broken(self.buffer.len(), give);
                }
                cut
            }
            Step::Done(length) => {
                let end = self.scan + length;
                self.mode = Mode::After { end, json };
                self.scan = end;
                self.look = end;
                true
            }
            Step::Broken(at) => {
                let at = self.scan + at;
                self.too_long(at);
                let tag = || xml::tag(&self.buffer[at..], self.ended);
                let another = !json && matches!(tag(), xml::Tag::Event(_));
                // Another event begins on the line where this one broke off.
                let one_line = memchr(b'\n', &self.buffer[self.start..at]).is_none();
                if another && (one_line || self.oversized.is_some()) {
                    self.give(at, Kind::Broken, give);
                } else {
                    self.scan = at;
                    self.look = at;
                    self.broken(at, give);
                }
                true
            }
        }
    }

    /// The current record began as an object or an event, but it is invalid, as detected at `at`.
    pub(super) fn broken(&mut self, at: usize, give: Give<'_>) {
        if self.oversized.is_some() {
            // Its lines are discarded, and the next line begins another record.
            self.mode = Mode::Line(Kind::Broken);
            if self.ended {
                self.give(self.buffer.len(), Kind::Broken, give);
            }
        } else {
            self.rewind(at, give);
        }
    }

    /// An object or an event has ended. The rest of its line decides whether it is whole.
    pub(super) fn after(&mut self, end: usize, json: bool, give: Give<'_>) -> bool {
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r') || (json && *b == b',');
        let rest = &self.buffer[end..];
        let rest = &rest[..rest.len().min(LOOK)];
        let far = end + rest.len();
        let Some(next) = rest.iter().position(|b| !blank(b)).map(|at| end + at) else {
            // If there are only blanks, this does not wait for more of them.
            let enough = self.ended || rest.len() == LOOK;
            if enough {
                self.end_after(end, far, give);
            }
            return enough;
        };
        match self.buffer[next] {
            b'\n' => self.end_after(end, next + 1, give),
            b'{' if json => self.end_after(end, next, give),
            b']' if json && self.in_array => self.end_after(end, next, give),
            b'<' if !json => return self.behind_event(end, next, give),
            _ => {
                self.scan = end;
                self.look = end;
                self.mode = Mode::Line(if json { Kind::Broken } else { Kind::Record });
            }
        }
        true
    }

    /// An element begins on the line of an event, after it. An element that does not belong to a
    /// log belongs to the event, up to the next element that does.
    fn behind_event(&mut self, end: usize, next: usize, give: Give<'_>) -> bool {
        match xml::tag(&self.buffer[next..], self.ended) {
            xml::Tag::Event(_) | xml::Tag::Wrapper(_) => self.end_after(end, next, give),
            xml::Tag::More => return false,
            xml::Tag::Other => {
                let rest = &self.buffer[next + 1..];
                let rest = &rest[..rest.len().min(LOOK)];
                let marks = [&b"\n"[..], b"<Event", b"</Events"];
                let found = marks.iter().filter_map(|mark| memmem::find(rest, mark)).min();
                let end = match found {
                    Some(at) => next + 1 + at,
                    None if self.ended => self.buffer.len(),
                    None if rest.len() < LOOK => return false,
                    None => {
                        self.mode = Mode::Line(Kind::Record);
                        return true;
                    }
                };
                self.mode = Mode::After { end, json: false };
                self.scan = end;
                self.look = end;
            }
        }
        true
    }

    pub(super) fn end_after(&mut self, end: usize, next: usize, give: Give<'_>) {
        // The end of an array is not a record.
        if self.buffer.get(self.start) == Some(&b']') && self.oversized.is_none() {
            self.restart(next);
        } else {
            self.give_under(end, next, Kind::Record, false, give);
        }
    }
}

/// Whether the first `length` bytes are a wrapper and nothing else, and no second declaration
/// follows the first one; `None` until enough bytes have come.
fn is_wrapper(bytes: &[u8], length: usize, ended: bool) -> Option<bool> {
    const BLANKS: usize = 16;
    let (wrapper, behind) = bytes.split_at(length);
    let mut near = behind.iter().take(BLANKS);
    let again = match near.position(|b| !b" \t".contains(b)) {
        Some(at) if b"<?xml".starts_with(&behind[at..]) && !ended => return None,
        Some(at) => behind[at..].starts_with(b"<?xml"),
        None if behind.len() < BLANKS && !ended => return None,
        None => false,
    };
    Some(!again && core::str::from_utf8(wrapper).is_ok_and(is_standard))
}

/// Whether a map in Logstash's style begins here, and not an object; `None` until enough bytes have
/// come.
fn is_rubydebug(bytes: &[u8], ended: bool) -> Option<bool> {
    // A name nearly always follows.
    if !matches!(bytes.get(1), None | Some(b' ' | b'\t' | b'\r' | b'\n')) {
        return Some(false);
    }
    let bytes = &bytes[..bytes.len().min(LOOK)];
    let more = !ended && bytes.len() < LOOK;
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let (first, second) = (lines.next(), lines.next());
    if first.is_some_and(|line| line.trim_ascii() != b"{") {
        return Some(false);
    }
    match second {
        Some([b' ', line @ ..]) if memmem::find(line, b"\" => ").is_some() => Some(true),
        None | Some([] | [b' ', ..]) if more && lines.next().is_none() => None,
        _ => Some(false),
    }
}

/// Whether a `[` begins an array of objects; `None` until enough bytes have come.
fn array_start(bytes: &[u8], ended: bool) -> Option<bool> {
    let bytes = &bytes[1..bytes.len().min(LOOK)];
    match bytes.iter().find(|b| !b" \t\r\n".contains(b)) {
        Some(byte) => Some(*byte == b'{'),
        None => (ended || bytes.len() + 1 >= LOOK).then_some(false),
    }
}
