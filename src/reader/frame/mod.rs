//! From a stream of bytes to whole records, whatever their shape and wherever the chunks are cut:
//! JSON objects on a line, over many lines, one behind the other or in an array; XML events; text
//! blocks; CSV with line breaks in its quotes; and single lines. Shapes may change within a file.
//!
//! Nothing is read ahead and nothing is kept but the record at hand: one that is longer than the
//! bound is passed over and said to be too long. One that turns out to be none gives up its first
//! line only, and the next line is looked at afresh.

use std::borrow::Cow;

use memchr::memchr;

use crate::verdict::words;

mod heading;
pub mod json;
pub mod starts;
pub mod xml;

use heading::Heading;
use json::Step;
use starts::{Block, Reach};

use super::csv::{self, Quotes};

/// What a stream is taken for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Whatever each record looks like.
    #[default]
    Auto,
    /// JSON objects only.
    Json,
    /// Text blocks and lines.
    Text,
    /// XML events only.
    Xml,
    /// CSV.
    Csv,
    /// Lines only.
    Syslog,
}
words!(Format: Auto = "auto", Json = "json", Text = "text", Xml = "xml", Csv = "csv", Syslog = "syslog");

impl Format {
    fn json(self) -> bool {
        matches!(self, Self::Auto | Self::Json)
    }
    fn xml(self) -> bool {
        matches!(self, Self::Auto | Self::Xml)
    }
    fn blocks(self) -> bool {
        matches!(self, Self::Auto | Self::Text)
    }
    fn csv(self) -> bool {
        matches!(self, Self::Auto | Self::Csv)
    }
}

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record, or a line that no framing claims.
    Record,
    /// It began like JSON or XML and turned out to be none, or was cut off.
    Broken,
    /// A line of white space.
    Blank,
    /// A heading: it is not a record, but says something about those that follow.
    Heading,
    /// Longer than the bound; its bytes are gone.
    Oversized,
}

/// A piece of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Where in the stream it begins.
    pub offset: u64,
    /// How long it is, with its line end.
    pub length: u64,
    /// What it is.
    pub kind: Kind,
    /// The heading under which it stands; empty where none applies.
    pub heading: &'a str,
    /// Its bytes, without the line end.
    pub bytes: &'a [u8],
}

/// Takes each frame.
pub type Give<'g> = &'g mut dyn FnMut(Frame<'_>);

/// The record at hand, as far as it is known what it is.
#[derive(Clone, Debug)]
enum Mode {
    Start,
    Line(Kind),
    Json(json::Machine),
    Xml(xml::Machine),
    /// Behind an object or an event that ended here; what follows on its line?
    After {
        end: usize,
        json: bool,
    },
    Block {
        block: Block,
        reach: Reach,
        blank: bool,
    },
    Quoted {
        quotes: Quotes,
        delimiter: u8,
        headed: bool,
    },
}

/// How much of a chunk is taken in at once.
const PIECE: usize = 64 << 10;
/// How much of a line is looked at to tell what it is.
const LOOK: usize = 4096;
/// How much of the line after it.
const LOOK_SECOND: usize = 256;
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Cuts a stream into frames.
#[derive(Debug)]
pub struct Framer {
    format: Format,
    max: usize,
    buffer: Vec<u8>,
    /// Where in the stream the buffer begins.
    base: u64,
    /// Where in the buffer the record at hand begins.
    start: usize,
    /// How far it has been looked at.
    scan: usize,
    /// How far the line at `scan` has been searched for its end.
    look: usize,
    mode: Mode,
    heading: Heading,
    in_array: bool,
    ended: bool,
    /// Where the record at hand begins in the stream, once it is too long to be kept.
    oversized: Option<u64>,
}

impl Framer {
    /// A framer at the start of a stream, with a bound on the size of one record.
    pub fn new(format: Format, max_record: usize) -> Self {
        Self {
            format,
            max: max_record,
            buffer: Vec::new(),
            base: 0,
            start: 0,
            scan: 0,
            look: 0,
            mode: Mode::Start,
            heading: Heading::None,
            in_array: false,
            ended: false,
            oversized: None,
        }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, chunk: &[u8], give: Give<'_>) {
        for piece in chunk.chunks(PIECE) {
            self.buffer.extend_from_slice(piece);
            self.run(give);
        }
    }

    /// Gives out what is left.
    pub fn finish(&mut self, give: Give<'_>) {
        self.ended = true;
        self.run(give);
    }

    /// How many bytes are kept at the moment.
    pub fn buffered(&self) -> usize {
        self.buffer.len()
    }

    fn run(&mut self, give: Give<'_>) {
        loop {
            while self.step(give) {}
            if !self.bound(give) {
                break;
            }
        }
        self.buffer.drain(..self.start);
        self.base += self.start as u64;
        self.scan = self.scan.saturating_sub(self.start);
        self.look = self.look.saturating_sub(self.start);
        if let Mode::After { end, .. } = &mut self.mode {
            *end -= self.start;
        }
        self.start = 0;
    }

    /// Does one thing; whether there may be more to do.
    fn step(&mut self, give: Give<'_>) -> bool {
        match &mut self.mode {
            Mode::Start => self.begin(give),
            Mode::Line(kind) => {
                let kind = *kind;
                let length = self.buffer.len();
                let rest = self.ended && (length > self.start || self.oversized.is_some());
                let Some(end) = self.line_end().or(rest.then_some(length)) else { return false };
                self.give(end, kind, give);
                true
            }
            Mode::Json(machine) => {
                let step = machine.feed(&self.buffer[self.scan..]);
                let fed = self.buffer.len() - self.scan;
                self.fed(step, fed, true, give)
            }
            Mode::Xml(machine) => {
                let (step, fed) = machine.feed(&self.buffer[self.scan..]);
                self.fed(step, fed, false, give)
            }
            Mode::After { end, json } => {
                let (end, json) = (*end, *json);
                self.after(end, json, give)
            }
            Mode::Block { .. } => self.block(give),
            Mode::Quoted { .. } => self.quoted(give),
        }
    }

    /// The end of the line at `scan`, with its line break.
    fn line_end(&mut self) -> Option<usize> {
        let from = self.look.max(self.scan);
        if let Some(at) = memchr(b'\n', &self.buffer[from..]) {
            self.look = from + at;
            Some(from + at + 1)
        } else {
            self.look = self.buffer.len();
            (self.ended && self.buffer.len() > self.scan).then_some(self.buffer.len())
        }
    }

    /// Gives out the record at hand, which ends here, and begins anew behind it.
    fn give(&mut self, end: usize, kind: Kind, give: Give<'_>) {
        self.give_under(end, end, kind, "", give);
    }

    fn give_under(&mut self, end: usize, next: usize, kind: Kind, heading: &str, give: Give<'_>) {
        self.too_long(end);
        let offset = self.oversized.take();
        let (kind, bytes) = match offset {
            Some(_) => (Kind::Oversized, &[][..]),
            None => (kind, without_line_end(&self.buffer[self.start..end])),
        };
        let offset = offset.unwrap_or(self.base + self.start as u64);
        let length = self.base + end as u64 - offset;
        give(Frame { offset, length, kind, heading, bytes });
        self.restart(next);
    }

    fn restart(&mut self, at: usize) {
        (self.start, self.scan, self.look) = (at, at, at);
        self.mode = Mode::Start;
    }

    /// Notes that the record at hand is too long if it reaches up to here.
    fn too_long(&mut self, end: usize) {
        if end - self.start > self.max && self.oversized.is_none() {
            self.oversized = Some(self.base + self.start as u64);
        }
    }

    /// The record at hand is none: its first line is given up, the next one begins another.
    fn rewind(&mut self, kind: Kind, give: Give<'_>) {
        self.scan = self.start;
        self.look = self.start;
        self.mode = Mode::Line(kind);
        if let Some(end) = self.line_end() {
            self.give(end, kind, give);
        }
    }

    /// Keeps what is held within the bound; whether that changed anything.
    fn bound(&mut self, give: Give<'_>) -> bool {
        let length = self.buffer.len();
        let no_end = self.look == length;
        match &self.mode {
            Mode::Start | Mode::Line(_) => {
                let newline = !no_end && memchr(b'\n', &self.buffer[self.start..]).is_some();
                if length - self.start <= self.max || newline {
                    return false;
                }
                self.too_long(length);
                self.mode = Mode::Line(Kind::Record);
                self.scan = length;
            }
            Mode::Quoted { .. } => {
                let over = no_end && length - self.start > self.max;
                if over {
                    self.rewind(Kind::Broken, give);
                }
                return over;
            }
            Mode::Block { .. } if no_end && length - self.scan > self.max => {
                self.too_long(length);
                self.mode = Mode::Line(Kind::Record);
                self.scan = length;
            }
            Mode::After { .. } => return false,
            Mode::Json(_) | Mode::Xml(_) | Mode::Block { .. } => self.too_long(self.scan),
        }
        if self.oversized.is_some() {
            self.start = self.scan;
        }
        false
    }

    /// Looks at what begins at `start`.
    fn begin(&mut self, give: Give<'_>) -> bool {
        let rest = &self.buffer[self.start..];
        if rest.is_empty() || (BOM.starts_with(rest) && rest.len() < BOM.len() && !self.ended) {
            return false;
        }
        if rest.starts_with(BOM) {
            self.restart(self.start + BOM.len());
            return true;
        }
        // Records of a JSON sequence begin with a record separator.
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | 0x1E);
        let Some(at) = rest.iter().position(|b| !blank(b)).filter(|at| *at <= self.max) else {
            return self.line(give);
        };
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
            b'{' if self.format.json() => {
                self.restart(at);
                self.mode = Mode::Json(json::Machine::new());
                true
            }
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
                xml::Tag::Wrapper(length) => {
                    self.restart(at + length);
                    true
                }
                xml::Tag::More => false,
                xml::Tag::Other => self.line(give),
            },
            _ => self.line(give),
        }
    }

    /// A machine went on through the record at hand.
    fn fed(&mut self, step: Step, fed: usize, json: bool, give: Give<'_>) -> bool {
        match step {
            Step::More => {
                let before = self.scan;
                self.scan += fed;
                let cut = self.ended && self.scan >= before;
                if cut {
                    self.too_long(self.buffer.len());
                    self.broken(give);
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
                // An event that begins within the line in which this one broke off.
                let one_line = memchr(b'\n', &self.buffer[self.start..at]).is_none();
                if !json && (one_line || self.oversized.is_some()) {
                    self.give(at, Kind::Broken, give);
                } else {
                    self.scan = at;
                    self.look = at;
                    self.broken(give);
                }
                true
            }
        }
    }

    /// What began as an object or an event is none.
    fn broken(&mut self, give: Give<'_>) {
        if self.oversized.is_some() {
            // Its lines are gone; what follows the one at hand is looked at.
            self.mode = Mode::Line(Kind::Broken);
            if self.ended {
                self.give(self.buffer.len(), Kind::Broken, give);
            }
        } else {
            self.rewind(Kind::Broken, give);
        }
    }

    /// An object or an event has ended; what follows in its line decides whether it is whole.
    fn after(&mut self, end: usize, json: bool, give: Give<'_>) -> bool {
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r') || (json && *b == b',');
        let rest = &self.buffer[end..];
        let rest = &rest[..rest.len().min(LOOK)];
        let far = end + rest.len();
        let Some(next) = rest.iter().position(|b| !blank(b)).map(|at| end + at) else {
            // Nothing but blanks: no more are waited for.
            let enough = self.ended || rest.len() == LOOK;
            if enough {
                self.end_after(end, far, give);
            }
            return enough;
        };
        match self.buffer[next] {
            b'\n' => self.end_after(end, next + 1, give),
            b'{' | b'[' if json => self.end_after(end, next, give),
            b']' if json && self.in_array => self.end_after(end, next, give),
            b'<' if !json => self.end_after(end, next, give),
            _ => {
                self.scan = end;
                self.look = end;
                self.mode = Mode::Line(if json { Kind::Broken } else { Kind::Record });
            }
        }
        true
    }

    fn end_after(&mut self, end: usize, next: usize, give: Give<'_>) {
        // The end of an array is no record.
        if self.buffer.get(self.start) == Some(&b']') && self.oversized.is_none() {
            self.restart(next);
        } else {
            self.give_under(end, next, Kind::Record, "", give);
        }
    }

    /// A line, as far as it tells what it is.
    fn shown(&self, from: usize, end: usize, most: usize) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.buffer[from..end.min(from + most)])
    }

    /// The line behind `end`, cut short; `None` where it has not come yet.
    fn second(&self, end: usize, most: usize) -> Option<Cow<'_, str>> {
        let rest = &self.buffer[end..];
        let line = match memchr(b'\n', &rest[..rest.len().min(most)]) {
            Some(at) => at + 1,
            None if rest.len() >= most => most,
            None if self.ended => rest.len(),
            None => return None,
        };
        Some(String::from_utf8_lossy(&rest[..line]))
    }

    /// Looks at a whole line that begins neither JSON nor XML.
    fn line(&mut self, give: Give<'_>) -> bool {
        let Some(end) = self.line_end() else { return false };
        let first = self.shown(self.start, end, LOOK);
        let text = first.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            self.heading.blank();
            self.give(end, Kind::Blank, give);
            return true;
        }
        if end - self.start > self.max {
            self.give(end, Kind::Record, give);
            return true;
        }
        let second = match self.second(end, LOOK_SECOND) {
            Some(second) => second,
            None if starts::wants_second(text) => return false,
            None => Cow::Borrowed(""),
        };
        let whole = end - self.start <= LOOK;
        if self.format.csv() && whole {
            if text.starts_with("#TYPE ") {
                let Some(second) = self.second(end, LOOK) else { return false };
                if let Some(header) = csv::Header::of(&second) {
                    let next = end + second.len();
                    let text = format!("{text}\n{}", second.trim_end());
                    self.heading = Heading::Csv(text, header.delimiter);
                    self.give(next, Kind::Heading, give);
                    return true;
                }
            }
            if let Some(header) = csv::Header::of(text) {
                self.heading = Heading::Csv(text.to_owned(), header.delimiter);
                self.give(end, Kind::Heading, give);
                return true;
            }
        }
        if self.format.csv() && starts::is_foreign_header(text, &second) {
            self.give(end, Kind::Heading, give);
            return true;
        }
        let block = if self.format.blocks() { starts::block(text, &second) } else { None };
        let delimiter = if self.format.csv() { csv::begins(text) } else { None };
        if let (None, None) = (block, delimiter)
            && self.format.blocks()
            && let Some(heading) = self.heading.next(text)
        {
            self.heading = heading;
            self.give(end, Kind::Heading, give);
            return true;
        }
        if let Some(block) = block {
            self.scan = end;
            self.look = end;
            self.mode = Mode::Block { block, reach: Reach::Labels, blank: false };
        } else if delimiter == Some(b'\t') {
            // Event Viewer's TXT has no quotes: a message goes on until another record begins.
            self.scan = end;
            self.look = end;
            self.mode = Mode::Block { block: Block::Free, reach: Reach::Message, blank: false };
        } else if let Some(delimiter) = delimiter {
            self.mode = Mode::Quoted { quotes: Quotes::default(), delimiter, headed: false };
        } else if let Some(delimiter) = self.heading.delimiter() {
            self.mode = Mode::Quoted { quotes: Quotes::default(), delimiter, headed: true };
        } else {
            let heading = self.heading.of_row().to_owned();
            self.give_under(end, end, Kind::Record, &heading, give);
        }
        true
    }

    /// Looks at the next line of a CSV record.
    fn quoted(&mut self, give: Give<'_>) -> bool {
        let end = self.line_end();
        let Mode::Quoted { quotes, delimiter, headed } = &mut self.mode else { return false };
        let Some(end) = end else {
            let headed = *headed;
            if self.ended {
                self.end_quoted(headed, false, give);
            }
            return self.ended;
        };
        let open = quotes.line(&self.buffer[self.scan..end], *delimiter);
        let (headed, sound) = (*headed, quotes.sound());
        let several = self.scan > self.start;
        self.scan = end;
        self.look = end;
        if several && end - self.start > self.max {
            self.rewind(Kind::Broken, give);
        } else if !open {
            self.end_quoted(headed, sound, give);
        }
        true
    }

    /// A CSV record ends, or the stream does. `sound`: its quotes are closed as they should be.
    fn end_quoted(&mut self, headed: bool, sound: bool, give: Give<'_>) {
        if !sound && self.holds_others() {
            // A quote was never meant to be one. Its line alone may lack half of its message.
            return self.rewind(Kind::Broken, give);
        }
        let heading = if headed { self.heading.text().to_owned() } else { String::new() };
        self.give_under(self.scan, self.scan, Kind::Record, &heading, give);
    }

    /// Whether other records begin on the later lines of the one at hand.
    fn holds_others(&self) -> bool {
        let text = String::from_utf8_lossy(&self.buffer[self.start..self.scan]);
        let header = self.heading.text().lines().next_back().and_then(csv::Header::of);
        let mut lines = text.lines().skip(1).peekable();
        while let Some(line) = lines.next() {
            let second = lines.peek().unwrap_or(&"");
            if header.as_ref().is_some_and(|header| header.begins(line))
                || starts::interrupts(line, second, false)
            {
                return true;
            }
        }
        false
    }

    /// Looks at the next line of a text block.
    fn block(&mut self, give: Give<'_>) -> bool {
        let Some(end) = self.line_end() else {
            if self.ended {
                self.end_block(give);
            }
            return self.ended;
        };
        let Mode::Block { block, reach, blank } = self.mode else { return false };
        if end - self.scan > self.max {
            // Whatever it is, it is too long, and the block with it.
            self.give(end, Kind::Record, give);
            return true;
        }
        let first = self.shown(self.scan, end, LOOK);
        let second = match self.second(end, LOOK_SECOND) {
            Some(second) => second,
            None if starts::wants_second(&first) => return false,
            None => Cow::Borrowed(""),
        };
        let begin = self.shown(self.start, self.start + LOOK_SECOND.min(end - self.start), LOOK);
        let begin = begin.lines().next().unwrap_or_default();
        let begin = if self.oversized.is_some() { "" } else { begin };
        let line = starts::Line { first: &first, second: &second, blank, begin };
        let part = starts::goes_on(block, reach, line);
        match part {
            starts::Part::Another => self.end_block(give),
            starts::Part::Goes(reach) => {
                let blank = first.trim().is_empty();
                self.mode = Mode::Block { block, reach, blank };
                self.scan = end;
                self.look = end;
                self.too_long(end);
            }
            starts::Part::Last => {
                self.scan = end;
                self.end_block(give);
            }
        }
        true
    }

    fn end_block(&mut self, give: Give<'_>) {
        let Mode::Block { block, .. } = self.mode else { return };
        let section = block == Block::Section;
        let heading = if section { self.heading.of_section().to_owned() } else { String::new() };
        let end = self.scan;
        self.give_under(end, end, Kind::Record, &heading, give);
    }
}

/// Whether a `[` begins an array of objects; `None` where that has not come yet.
fn array_start(bytes: &[u8], ended: bool) -> Option<bool> {
    let bytes = &bytes[1..bytes.len().min(LOOK)];
    match bytes.iter().find(|b| !b" \t\r\n".contains(b)) {
        Some(byte) => Some(*byte == b'{'),
        None => (ended || bytes.len() + 1 >= LOOK).then_some(false),
    }
}

/// A record without its line end.
fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}
