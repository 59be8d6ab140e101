//! From a stream of bytes to whole records, whatever their shape and wherever the chunks are cut:
//! JSON objects on a line, over many lines, one behind the other or in an array; XML events; text
//! blocks; CSV with line breaks in its quotes; and single lines. Shapes may change within a file.
//!
//! Nothing is read ahead and nothing is kept but the record at hand: one that is longer than the
//! bound is passed over and said to be too long. One that turns out to be none gives up its first
//! line only, and the next line is looked at afresh, as long as that takes linear time in all.

use memchr::{memchr, memchr_iter, memrchr};

use crate::{
    prefilter::Trail,
    record::{
        csv::{self, Quotes},
        without_line_end,
    },
    str_enum::words,
};

pub mod block_start;
mod heading;
pub mod json;
mod structured;
mod text;
pub mod xml;

use block_start::{Block, Reach};
pub use heading::Heading;
use heading::NO_HEADING;

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
    /// The line on which it begins, from 1 on.
    pub line: u64,
    /// How long it is, with its line end.
    pub length: u64,
    /// What it is.
    pub kind: Kind,
    /// The heading under which it stands.
    pub heading: &'a Heading,
    /// Its bytes, without the line end.
    pub bytes: &'a [u8],
    /// It is oversized, and mentions the event in what is gone.
    pub mentions: bool,
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
/// How long a message with nothing around it may be.
const LONGEST_MESSAGE: usize = 4096;
/// How much of the line after it.
const LOOK_SECOND: usize = 256;
/// How many times the length of the stream may be looked at again, beyond one record of full length.
/// Real logs need a fraction of it.
const AGAIN: u64 = 1;
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
    /// The line there, from 1 on.
    line: u64,
    /// How far it has been looked at.
    scan: usize,
    /// How far the line at `scan` has been searched for its end.
    look: usize,
    mode: Mode,
    ends: xml::Ends,
    heading: Heading,
    in_array: bool,
    /// Whether a record was given out.
    begun: bool,
    ended: bool,
    /// How many bytes were looked at again.
    again: u64,
    /// Where the record at hand begins in the stream, and on which line, once it is too long to be kept.
    oversized: Option<(u64, u64)>,
    /// What is gone of it.
    gone: Trail,
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
            line: 1,
            scan: 0,
            look: 0,
            mode: Mode::Start,
            ends: xml::Ends::default(),
            heading: Heading::None,
            in_array: false,
            begun: false,
            ended: false,
            again: 0,
            oversized: None,
            gone: Trail::default(),
        }
    }

    /// Takes in the next bytes.
    pub fn push(&mut self, chunk: &[u8], give: Give<'_>) {
        for piece in chunk.chunks(PIECE) {
            self.buffer.extend_from_slice(piece);
            self.run(give);
        }
    }

    /// So many lines of the stream are left out here, between two records.
    pub fn pass_lines(&mut self, count: u64) {
        self.line += count;
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
                // Whether it has an end is decided by what is within the bound, however that came.
                let far = self.buffer.len().min(self.start + self.max);
                let (from, bytes) = (self.base + self.scan as u64, &self.buffer[self.scan..far]);
                let (step, fed) = machine.feed(bytes, from, &mut self.ends);
                if step == json::Step::More && far == self.start + self.max {
                    self.rewind(far, give);
                    return true;
                }
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
        self.give_under(end, end, kind, false, give);
    }

    fn give_under(&mut self, end: usize, next: usize, kind: Kind, headed: bool, give: Give<'_>) {
        self.too_long(end);
        let oversized = self.oversized.take();
        let bytes = &self.buffer[self.start..end];
        let (kind, bytes, mentions) = if oversized.is_some() {
            self.gone.add(bytes);
            (Kind::Oversized, &[][..], self.gone.end())
        } else {
            (kind, without_line_end(bytes), false)
        };
        let (offset, line) = oversized.unwrap_or((self.base + self.start as u64, self.line));
        let length = self.base + end as u64 - offset;
        let heading = if headed { &self.heading } else { NO_HEADING };
        self.begun |= !matches!(kind, Kind::Blank | Kind::Heading);
        give(Frame { offset, line, length, kind, heading, bytes, mentions });
        self.restart(next);
    }

    fn restart(&mut self, at: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.start..at]).count() as u64;
        (self.start, self.scan, self.look) = (at, at, at);
        self.mode = Mode::Start;
        self.ends.looked = 0;
    }

    /// Notes that the record at hand is too long if it reaches up to here.
    fn too_long(&mut self, end: usize) {
        if end - self.start > self.max && self.oversized.is_none() {
            self.oversized = Some((self.base + self.start as u64, self.line));
        }
    }

    /// The record at hand is none, as was found at `at`: its first line is given up, and the next one
    /// begins another record. So bytes are looked at again; where that would be too often, all lines in
    /// front of that place are given up.
    fn rewind(&mut self, at: usize, give: Give<'_>) {
        self.rewind_as(Kind::Broken, at, give);
    }

    /// The same, where its first line is of this kind by itself.
    fn rewind_as(&mut self, kind: Kind, at: usize, give: Give<'_>) {
        let again = match self.mode {
            Mode::Xml(_) => self.ends.looked,
            _ => at - self.start,
        } as u64;
        let most = AGAIN * (self.base + at as u64) + self.max as u64;
        let line = memrchr(b'\n', &self.buffer[self.start..at]).map(|end| self.start + end + 1);
        if let Some(line) = line.filter(|_| self.again + again > most) {
            while let Some(end) = memchr(b'\n', &self.buffer[self.start..line]) {
                self.give(self.start + end + 1, kind, give);
            }
            return;
        }
        self.again += again;
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
                    self.rewind(self.scan, give);
                }
                return over;
            }
            Mode::Block { .. } if no_end && length - self.scan > self.max => {
                self.too_long(length);
                self.mode = Mode::Line(Kind::Record);
                self.scan = length;
            }
            Mode::After { .. } | Mode::Xml(_) => return false,
            Mode::Json(_) | Mode::Block { .. } => self.too_long(self.scan),
        }
        if self.oversized.is_some() {
            let gone = &self.buffer[self.start..self.scan];
            self.gone.add(gone);
            self.line += memchr_iter(b'\n', gone).count() as u64;
            self.start = self.scan;
        }
        false
    }
}
