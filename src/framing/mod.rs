//! Cuts a stream of bytes into whole records, whatever their shape and wherever the chunks are cut:
//! JSON objects on one line, over many lines, in sequence or in an array; XML events; text blocks;
//! CSV with line breaks in quotes; and single lines. The shape may change within a file.
//!
//! The framer does not read ahead, and it keeps only the current record in memory. It skips a
//! record that is longer than the bound and reports it as too long. If a record turns out to be
//! invalid, the framer emits only its first line and starts again at the next line, as long as the
//! total time stays linear.

use std::cell::Cell;

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
pub mod labels;
mod skip;
mod structured;
mod text;
pub mod xml;

use block_start::{Below, Block, LOOK, Reach};
pub use heading::Heading;
use heading::NO_HEADING;
use labels::Labels;
use skip::Skip;

/// The format that a stream is assumed to have.
///
/// ```
/// use crypt32_filter::Format;
///
/// assert_eq!("csv".parse(), Ok(Format::Csv));
/// assert_eq!(Format::default(), Format::Auto);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// The format is detected for each record.
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

/// The kind of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A record, or a line that no framing claims.
    Record,
    /// It began like JSON or XML, but it is invalid or cut off.
    Broken,
    /// A line of white space.
    Blank,
    /// A heading, which is not a record but describes the records that follow.
    Heading,
    /// Longer than the bound. Its bytes are not kept.
    Oversized,
    /// This many lines that were skipped. Their bytes are not kept.
    Skipped(u64),
}

/// A frame: a piece of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The offset of its first byte in the stream.
    pub offset: u64,
    /// The number of its first line, from 1 on.
    pub line: u64,
    /// Its length in bytes, with the line end.
    pub length: u64,
    /// The kind of the frame.
    pub kind: Kind,
    /// The heading that applies to it.
    pub heading: &'a Heading,
    /// Its bytes, without the line end.
    pub bytes: &'a [u8],
    /// Whether it is oversized and its discarded bytes mention the event.
    pub mentions: bool,
    /// Whether it is a block of text without an end of its own, so that its last lines may not
    /// belong to it.
    pub has_guessed_end: bool,
    /// The line where a block begins, if the record is directly below its text, which may quote it.
    pub quoted_from: Option<u64>,
    /// The callback sets this if the record is not one readable event. Then no lines are skipped
    /// for a while.
    pub odd: &'a Cell<bool>,
}

/// The callback that gets each frame.
pub type Give<'g> = &'g mut dyn FnMut(Frame<'_>);

/// The state of the current record.
#[derive(Clone, Debug)]
enum Mode {
    Start,
    Line(Kind),
    Json(json::Machine),
    Xml(xml::Machine),
    /// After the end of an object or an event. The rest of its line decides what follows.
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

/// A block that ended where another record begins, but may go on below that.
#[derive(Clone, Copy, Debug)]
struct Doubt {
    /// The line where it begins.
    line: u64,
    /// The offset in the stream where it ended.
    end: u64,
    /// The kind of block, if it ended within its labels, which may then continue after that record.
    labels: Option<Block>,
    /// Whether a blank line follows it.
    blank: bool,
}

/// The number of bytes of a chunk that are processed at once.
const PIECE: usize = 64 << 10;
/// The maximum length of a message that is alone, in bytes.
const LONGEST_MESSAGE: usize = 4096;
/// The number of bytes of the next line that are read.
const LOOK_SECOND: usize = 256;
/// The maximum number of bytes that are read again, as a multiple of the stream's length so far,
/// beyond one record of full length. Real logs need a fraction of it.
const AGAIN: u64 = 1;
const BOM: &[u8] = "\u{feff}".as_bytes();

/// Cuts a stream into frames.
#[derive(Debug)]
pub struct Framer {
    format: Format,
    max: usize,
    buffer: Vec<u8>,
    /// The offset in the stream where the buffer begins.
    base: u64,
    /// The offset in the buffer where the current record begins.
    start: usize,
    /// The line number there, from 1 on.
    line: u64,
    /// The offset in the buffer where the processed part of the record ends.
    scan: usize,
    /// The offset in the buffer where the search for the end of the line at `scan` continues.
    look: usize,
    mode: Mode,
    ends: xml::Ends,
    heading: Heading,
    /// The last line before a blank line, if it may be a header of unknown names, and the number of the
    /// line where a row may begin.
    names: Option<(u64, String)>,
    in_array: bool,
    /// The line where a record above begins, if the next lines may be a part of it, and the offset in
    /// the stream where that ends. A blank line ends a block.
    quoting: Option<(u64, u64)>,
    /// The block that may not have ended yet. A new block ends it, unless it is a part of it.
    doubt: Option<Doubt>,
    below: Below,
    labels: Labels,
    /// Whether a record was emitted.
    begun: bool,
    ended: bool,
    /// The number of bytes that were read again.
    again: u64,
    /// The offset and the line number of the current record in the stream, once it is too long to
    /// be kept.
    oversized: Option<(u64, u64)>,
    /// The search through its discarded bytes.
    gone: Trail,
    /// The state for skipping lines, if they may be skipped.
    skip: Option<Skip>,
    odd: Cell<bool>,
}

impl Framer {
    /// Creates a framer for the start of a stream. `max_record` is the maximum size of a record in
    /// bytes.
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
            names: None,
            in_array: false,
            quoting: None,
            doubt: None,
            below: Below::default(),
            labels: Labels::default(),
            begun: false,
            ended: false,
            again: 0,
            oversized: None,
            gone: Trail::default(),
            skip: None,
            odd: Cell::new(false),
        }
    }

    /// Processes the next bytes.
    pub fn push(&mut self, chunk: &[u8], give: Give<'_>) {
        for piece in chunk.chunks(PIECE) {
            self.buffer.extend_from_slice(piece);
            self.run(give);
        }
    }

    /// Emits the rest of the stream.
    pub fn finish(&mut self, give: Give<'_>) {
        self.ended = true;
        self.run(give);
    }

    /// The number of bytes that are buffered.
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

    /// Performs one step. Returns whether there may be more to do.
    fn step(&mut self, give: Give<'_>) -> bool {
        match &mut self.mode {
            Mode::Start => self.settle() && self.begin(give),
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
                // Only the bytes within the bound decide whether the event has an end, whatever the
                // chunks were.
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

    /// The offset after the line at `scan` and its line break.
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

    /// Emits the current record, which ends at `end`, and starts the next one there.
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
        self.doubt = self.doubt.filter(|_| kind != Kind::Heading);
        let has_guessed_end = match self.mode {
            Mode::Block { reach: Reach::Xml, .. } => !bytes.trim_ascii_end().ends_with(b"</Event>"),
            Mode::Block { block, .. } => !block.has_end_of_its_own(),
            _ => false,
        };
        let block = matches!(self.mode, Mode::Block { .. });
        self.quoting = self.quoting.filter(|(_, end)| offset < *end);
        // The first line of a record that was given up does not quote itself.
        let quoting =
            self.quoting.filter(|(begin, _)| (!block || self.doubt.is_some()) && line > *begin);
        let quoted_from = quoting.map(|(begin, _)| begin);
        let odd = &self.odd;
        give(Frame {
            offset,
            line,
            length,
            kind,
            heading,
            bytes,
            mentions,
            has_guessed_end,
            quoted_from,
            odd,
        });
        if self.odd.take() {
            self.read_on(end);
        }
        self.restart(next);
    }

    fn restart(&mut self, at: usize) {
        self.line += memchr_iter(b'\n', &self.buffer[self.start..at]).count() as u64;
        (self.start, self.scan, self.look) = (at, at, at);
        self.mode = Mode::Start;
        self.ends.looked = 0;
    }

    /// Marks the current record as too long if it extends to `end`.
    fn too_long(&mut self, end: usize) {
        if end - self.start > self.max && self.oversized.is_none() {
            self.oversized = Some((self.base + self.start as u64, self.line));
        }
    }

    /// The current record is invalid, as detected at `at`. Its first line is emitted, and the next
    /// line begins another record, so bytes are read again. If that happens too often, all lines
    /// before `at` are emitted.
    fn rewind(&mut self, at: usize, give: Give<'_>) {
        self.rewind_as(Kind::Broken, at, give);
    }

    /// Like [`Self::rewind`], but the first line alone has this kind.
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
        // The record may be whole for a program that is less strict, or only cut off.
        let inside = matches!(self.mode, Mode::Xml(_) | Mode::Quoted { .. });
        let quoting = inside.then_some((self.line, self.base + at as u64));
        self.scan = self.start;
        self.look = self.start;
        self.mode = Mode::Line(kind);
        if let Some(end) = self.line_end() {
            self.give(end, kind, give);
        }
        self.quoting = quoting.or(self.quoting);
    }

    /// Keeps the buffer within the bound. Returns whether there may be more to do.
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
