//! Finds the lines that are inside a record that began on an earlier line: a row whose quoted field
//! is open, a frame that counts its octets, an event in XML, a block of text. Such a line belongs
//! to that record, whatever the line says by itself.
//!
//! Each kind is tracked separately, and a line is inside a record as soon as one kind says so. The
//! kinds need not be told apart then: if there is any doubt, the line passes unchanged. The shape
//! of a record determines its end, however long it is, and a part of a record is never judged.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

use super::bom;
use crate::{
    engine::{
        decide::counted_frame,
        unjudged::{Opened, Opening},
    },
    framing::{
        Format,
        block_start::{self, Below, Block, Part, Reach},
        labels::Labels,
        xml::{self, Ends, Machine, Step, Tag},
    },
    message,
    prefilter::Passed,
    record::{
        csv::{self, DELIMITERS},
        line::{message_alone, telegraf},
    },
    swar,
};

pub use block_start::LOOK;
/// The maximum length of the first line of a block whose text follows it, and of a line that is only
/// a time.
const FIRST: usize = 512;
const TIME: usize = 64;
/// The minimum number of digits in a time.
const DIGITS: usize = 12;

/// The records that the lines so far have left open.
#[derive(Debug)]
pub struct Spans {
    format: Format,
    /// The number of lines so far.
    lines: u64,
    /// The number of the line where the open record begins.
    begin: u64,
    rows: [Row; 8],
    /// The number of bytes of a counted frame that are still to come.
    frame: usize,
    element: Option<Element>,
    text: Option<Text>,
    /// Whether the next line is the rest of one that a container runtime has split.
    split: bool,
    /// The last header of a table.
    header: Option<csv::Header>,
    /// The last line, as far as it is read, if it may be a header that cannot be read.
    above: Vec<u8>,
    /// The last line that is not blank, if it may begin a block, and its number.
    before: Vec<u8>,
    kept: u64,
    /// Whether one blank line follows it.
    doubled: bool,
    /// The kind of block that the last line and the next one begin, with the number of the next one,
    /// if that is already known. It takes as long as everything else about a short line.
    begins: Option<(u64, Option<Block>)>,
    /// The labels before the next line.
    labels: Labels,
    /// The number of the line where the last block begins.
    block: u64,
    below: Below,
}

/// The state for rows with one delimiter: whether a quoted field is open.
#[derive(Clone, Copy, Debug)]
struct Row {
    delimiter: u8,
    /// Whether quotes inside a field are not doubled, as in the output of Event Viewer.
    plain: bool,
    open: bool,
    /// Whether the field was open when a line became too long to be held.
    long: bool,
}

/// An open event in XML.
#[derive(Debug)]
struct Element {
    machine: Machine,
    /// The last bytes of the previous line, if they may be a part of a tag.
    rest: Vec<u8>,
}

/// An open block of text.
#[derive(Debug)]
struct Text {
    block: Block,
    reach: Reach,
    blank: bool,
    /// Whether the block may have ended, because the last line is a record by itself.
    doubtful: bool,
    /// Whether this is a row with tabs, which may end with its line.
    row: bool,
    begin: String,
}

impl Default for Spans {
    fn default() -> Self {
        Self::new(Format::Auto)
    }
}

impl Spans {
    /// The state at the start of an input in this format.
    pub fn new(format: Format) -> Self {
        let row = |delimiter, plain| Row { delimiter, plain, open: false, long: false };
        let doubled = |delimiter| row(delimiter, false);
        let [comma, tab, semicolon, bar] = DELIMITERS.map(doubled);
        let [a, b, c] = [b',', b'\t', b';'].map(|delimiter| row(delimiter, true));
        let rows = [comma, tab, semicolon, bar, a, b, c, row(b'=', false)];
        Self {
            format,
            lines: 0,
            begin: 0,
            rows,
            frame: 0,
            element: None,
            text: None,
            split: false,
            header: None,
            above: Vec::new(),
            before: Vec::new(),
            kept: 0,
            doubled: false,
            begins: None,
            labels: Labels::default(),
            block: 0,
            below: Below::default(),
        }
    }

    /// The state at the start of another input in the same format.
    #[must_use]
    pub fn next_input(&self) -> Self {
        Self::new(self.format)
    }

    /// The number of lines so far.
    pub fn count(&self) -> u64 {
        self.lines
    }

    /// The record that is open now.
    pub fn opening(&self) -> Option<Opening> {
        let kind = if let Some(element) = &self.element {
            if element.machine.is_comment() { Opened::Comment } else { Opened::Event }
        } else if self.rows.iter().any(|row| row.open) {
            Opened::Row
        } else if self.frame > 0 {
            Opened::Frame
        } else if self.split {
            Opened::Split
        } else if self.goes_on() {
            Opened::Block
        } else {
            return None;
        };
        Some(Opening { line: self.begin, kind })
    }

    /// Whether every record is on one line, according to the format.
    fn are_lines(&self) -> bool {
        matches!(self.format, Format::Json | Format::Syslog)
    }

    /// Whether a record is open that continues below the last line, so that nothing is known about
    /// it yet.
    pub fn is_open(&self) -> bool {
        let text = self.text.as_ref().is_some_and(|text| !text.doubtful && !text.row);
        self.element.is_some() || text || self.rows.iter().any(|row| row.open)
    }

    /// Whether a line is a row of the table with the last header, or the first line of a section.
    pub fn is_part(&self, line: &[u8]) -> bool {
        // Fast path: most records are objects, and no section begins like one.
        if self.are_lines() || (self.header.is_none() && line.starts_with(b"{")) {
            return false;
        }
        let line = shown(line, LOOK);
        block_start::is_section(&line)
            || self.header.as_ref().is_some_and(|header| header.claims(&line))
    }

    /// Whether the next line is inside a record, unless a block ends there.
    pub fn goes_on(&self) -> bool {
        self.frame > 0 || self.split || self.is_open()
    }

    /// Processes complete lines whose result nobody needs.
    pub fn lines(&mut self, lines: &[u8], passed: Passed, most: usize) {
        let last = self.lines + passed.lines;
        let mut rest = lines;
        while let Some(first) = rest.first() {
            // Fast path for most lines of most logs: no record of several lines begins with an
            // object. But such a line may be the second one of a record.
            let free =
                *first == b'{' && self.before.is_empty() && !self.goes_on() && self.text.is_none();
            if free {
                if !passed.others {
                    break;
                }
                self.lines += 1;
            }
            let end = memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            if !free {
                self.line(&rest[..end], most);
            }
            rest = &rest[end..];
        }
        self.lines = last;
    }

    /// Processes a line with its end, and returns whether it is inside a record. Only the first
    /// `most` bytes decide what begins on the line.
    pub fn line(&mut self, line: &[u8], most: usize) -> bool {
        let (line, more) = line.split_at_checked(most).unwrap_or((line, b""));
        let inside = self.begin_line(line, most);
        if !more.is_empty() {
            self.more(more);
        }
        inside
    }

    /// Processes a line, or as many of its bytes as a record may have.
    pub fn begin_line(&mut self, line: &[u8], most: usize) -> bool {
        self.lines += 1;
        let was_open = self.goes_on();
        let inside = self.parts(line, most);
        if !was_open {
            // The second line of a block may show that the line before was its first.
            self.begin = if inside { self.block } else { self.lines };
        }
        inside
    }

    fn parts(&mut self, line: &[u8], most: usize) -> bool {
        let frame = self.format != Format::Json && self.frame(line, most);
        let line = &line[bom(line)..];
        let first = line.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        let first = first.copied().unwrap_or_default();
        let split = self.split;
        if split || first.is_ascii_digit() {
            self.split = is_split(line);
        }
        if self.are_lines() {
            return frame || split;
        }
        let row = self.rows(line, first);
        self.rows.iter_mut().for_each(|row| row.long = row.open);
        let element = self.element(line, first);
        let text = self.text(line, first);
        let inside = frame || row || element || text || split;
        self.headers(line, first, inside);
        inside
    }

    /// Updates the header of a table.
    fn headers(&mut self, line: &[u8], first: u8, inside: bool) {
        // A name may have a line break.
        if inside {
            return;
        }
        if !self.above.is_empty() {
            let header = self.header_above(line);
            self.header = header.or(self.header.take());
            self.above.clear();
        }
        if !may_be_header(line, first) {
            return;
        }
        if line.len() <= LOOK {
            let names = shown(line, LOOK);
            let header = csv::Header::of(&names).or_else(|| csv::Header::unknown(&names));
            self.header = header.or(self.header.take());
        }
        // Most lines like this one are no names, but that takes long, and the next line is seldom a
        // row.
        self.above.extend_from_slice(&line[..line.len().min(LOOK)]);
    }

    /// The line above a row without a header, if it is a header that cannot be read.
    fn header_above(&self, row: &[u8]) -> Option<csv::Header> {
        if !csv::may_be_row(&row[..row.len().min(LOOK)]) {
            return None;
        }
        let row = shown(row, LOOK);
        let delimiter = csv::row_of_layout(&row)?;
        let read = self.header.as_ref().is_some_and(|header| header.begins(&row));
        let names = swar::lossy(&self.above);
        let unread = !read
            && csv::may_name(&names, delimiter)
            && csv::Header::above_layout(&names, delimiter).is_some();
        unread.then(|| csv::Header::not_understood(delimiter))
    }

    /// Processes more bytes of a line that is too long to be held.
    pub fn more(&mut self, piece: &[u8]) {
        self.frame = self.frame.saturating_sub(piece.len());
        // The parity of the quotes does not depend on where the line is cut.
        let odd = memchr_iter(b'"', piece).count() % 2 == 1;
        for row in self.rows.iter_mut().filter(|row| row.long) {
            row.open ^= odd;
        }
        if self.element.is_some() {
            self.element(piece, 0);
        }
    }

    fn frame(&mut self, line: &[u8], most: usize) -> bool {
        let inside = self.frame > 0;
        let mut rest = if inside { line } else { &line[bom(line)..] };
        loop {
            let here = self.frame.min(rest.len());
            self.frame -= here;
            rest = &rest[here..];
            // The next frame begins at the end of the last one.
            let Some((count, digits)) = counted_frame(rest, most) else { return inside };
            self.frame = count;
            rest = &rest[digits + 1..];
        }
    }

    fn rows(&mut self, line: &[u8], first: u8) -> bool {
        let inside = self.rows.iter().any(|row| row.open);
        if let Some(row) = self.rows.last_mut().filter(|row| row.open) {
            // The quotes of such a line do not belong to any other row.
            row.open = row.is_open_behind(line, true, false);
            return true;
        }
        // Fast path: in most lines with quotes, no quote is at the start of a field.
        let field =
            |quote: &usize| csv::before(line, *quote).is_none_or(|b| DELIMITERS.contains(&b));
        let mut quotes = memchr_iter(b'"', line);
        let one = if inside { quotes.next() } else { quotes.find(field) };
        // A string in a line of Telegraf may continue on the next line.
        let telegraf = !matches!(first, b'{' | b'[' | b'<' | b'"')
            && memchr_iter(b'"', line).any(|quote| line[..quote].ends_with(b"="))
            && telegraf::begins(&shown(line, LOOK));
        if one.is_none() && !telegraf {
            return inside;
        }
        // A row is neither an object nor a line of syslog.
        let may_begin = !matches!(first, b'{' | b'[' | b'<');
        let layout = if may_begin { csv::begins(&shown(line, LOOK)) } else { None };
        let header = self.header.as_ref().filter(|header| header.spaced);
        let below = header.map(|header| header.delimiter);
        for row in &mut self.rows {
            let spaced = row.plain || below == Some(row.delimiter);
            // A quote at the beginning of a line may also end an open field.
            let first = first == b'"' && !inside;
            let begins = match row.delimiter {
                b'=' => telegraf,
                delimiter if row.plain => layout == Some(delimiter),
                _ => first || row.splits(line),
            };
            row.open = (may_begin && begins && row.is_open_behind(line, false, spaced))
                || (row.open && row.is_open_behind(line, true, spaced));
        }
        inside
    }

    fn element(&mut self, line: &[u8], first: u8) -> bool {
        let (inside, mut element) = (self.element.is_some(), self.element.take());
        let line = if inside { line } else { behind_header(line, first) };
        if !inside && first != b'<' && !line.starts_with(b"<") {
            return false;
        }
        let mut bytes = Cow::Borrowed(line);
        if let Some(open) = element.as_mut().filter(|open| !open.rest.is_empty()) {
            open.rest.extend_from_slice(line);
            bytes = Cow::Owned(core::mem::take(&mut open.rest));
        }
        let mut at = 0;
        loop {
            let Some(open) = &mut element else {
                let rest = &bytes[at..];
                let blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
                let Some(start) = rest.iter().position(|byte| !blank(byte)) else { break };
                at += start;
                if bytes[at] != b'<' {
                    break;
                }
                let machine = match xml::tag(&bytes[at..], true) {
                    _ if bytes[at..].starts_with(b"<!--") => {
                        at += "<!--".len();
                        Machine::comment()
                    }
                    Tag::Event(name) => Machine::new(&bytes[at + 1..=at + name]),
                    Tag::Wrapper(length) => {
                        at += length;
                        continue;
                    }
                    _ => break,
                };
                element = Some(Element { machine, rest: Vec::new() });
                continue;
            };
            let (step, fed) = open.machine.feed(&bytes[at..], 0, &mut Ends::default());
            match step {
                Step::More => {
                    open.rest.extend_from_slice(&bytes[at + fed..]);
                    break;
                }
                Step::Done(end) | Step::Broken(end) => {
                    at += end;
                    element = None;
                }
            }
        }
        self.element = element;
        inside
    }

    fn text(&mut self, line: &[u8], first: u8) -> bool {
        if is_row(line) && self.text.as_ref().is_none_or(|open| open.row) {
            self.text = Some(Text::new(Block::Free, String::new(), true));
            self.before.clear();
            return false;
        }
        if self.text.is_none() && self.labels.line(line, self.lines) {
            let text = Text::new(Block::Free, String::new(), false);
            self.text = Some(Text { reach: Reach::Described, ..text });
            self.block = self.labels.first();
            self.labels = Labels::default();
            self.before.clear();
            return true;
        }
        if self.text.is_none() && self.before.is_empty() {
            self.keep(line, first);
            return false;
        }
        let text = shown(line, LOOK);
        let before = swar::lossy(&self.before);
        // Some sections have indented labels of their own.
        let own = |block| {
            let open = self.text.as_ref().filter(|open| !open.blank);
            block == Block::Labels && open.is_some_and(|open| open.block == Block::Section)
        };
        let last = !before.is_empty() && self.kept + 1 == self.lines;
        let known = self.begins.filter(|(next, _)| last && *next == self.lines);
        let block = known.map_or_else(|| block_start::block(&before, &text), |(_, block)| block);
        if let Some(block) = block.filter(|block| !own(*block)) {
            self.text = Some(Text::new(block, before.into_owned(), false));
            self.block = self.kept;
        } else if self.text.is_none() && text.trim().is_empty() && !self.doubled {
            // Forums double the line ends.
            self.doubled = true;
            return false;
        }
        let mut inside = false;
        if let Some(open) = &mut self.text {
            let goes_on = open.line(&text);
            inside = goes_on.is_some();
            if goes_on == Some(false) || (open.row && !inside) {
                self.text = None;
            }
        }
        self.keep(line, first);
        inside
    }

    /// Keeps a line that may begin a block.
    fn keep(&mut self, line: &[u8], first: u8) {
        self.before.clear();
        self.doubled = false;
        let shown = line.trim_ascii_start();
        let may_begin = match first {
            b'0'..=b'9' => {
                let digits = || line.iter().filter(|byte| byte.is_ascii_digit()).count();
                (DIGITS..=TIME).contains(&line.len()) && digits() >= DIGITS
            }
            b'[' => {
                let number = || shown.get(1).is_some_and(u8::is_ascii_digit);
                line.len() <= LOOK && (number() || memmem::find(shown, b"] [").is_some())
            }
            // An event in XML as a browser shows it, with any sign for a minus, or the friendly view
            // of Event Viewer.
            b'-' | b'+' | 0xE2 => {
                let system = || memmem::find(shown, b" System").is_some();
                line.len() <= FIRST && (memmem::find(shown, b"<Event").is_some() || system())
            }
            // MOF
            b'i' => line.len() <= FIRST && shown.starts_with(b"instance of "),
            b'*' => line.len() <= FIRST && shown.starts_with(b"** Alert "),
            b'A'..=b'Z' | b'_' => line.len() <= FIRST && is_labelled(shown),
            _ => false,
        };
        if may_begin {
            self.before.extend_from_slice(line);
            self.kept = self.lines;
        }
    }
}

impl Row {
    /// Whether a line has the fields of a row.
    fn splits(self, line: &[u8]) -> bool {
        let mut delimiters = memchr_iter(self.delimiter, line);
        // A single delimiter counts only in UTF-8 text, in a line with an odd number of quotes.
        let odd = || memchr_iter(b'"', line).count() % 2 == 1;
        delimiters.next().is_some()
            && (delimiters.nth(1).is_some() || (odd() && core::str::from_utf8(line).is_ok()))
    }

    /// Whether a quoted field is open after a line. `open` says whether one was open before it, and
    /// `spaced` whether a quote after a blank opens one.
    fn is_open_behind(self, line: &[u8], mut open: bool, spaced: bool) -> bool {
        let mut at = 0;
        while let Some(found) = memchr(b'"', &line[at..]) {
            let quote = at + found;
            at = quote + 1;
            // Telegraf escapes a quote, while rows double it.
            if self.delimiter == b'=' && line[..quote].ends_with(b"\\") {
                continue;
            }
            if !open {
                // In text, such a quote is a quotation.
                let direct = line[..quote].last() == Some(&self.delimiter);
                let before = csv::before(line, quote);
                open = before.is_none() || direct || spaced && before == Some(self.delimiter);
            } else if line.get(at) == Some(&b'"') {
                at += 1;
            } else {
                let next = line.get(at).copied().unwrap_or(b'\n');
                let ends = next == self.delimiter || matches!(next, b'\r' | b'\n');
                open = self.plain && !ends;
            }
        }
        open
    }
}

impl Text {
    fn new(block: Block, begin: String, row: bool) -> Self {
        let reach = if row { Reach::Message } else { Reach::Labels };
        Self { block, reach, blank: false, doubtful: false, row, begin }
    }

    /// Processes a line. Returns whether the block continues after it, or `None` if the block ended
    /// before it.
    fn line(&mut self, line: &str) -> Option<bool> {
        let Self { block, reach, blank, doubtful, ref begin, .. } = *self;
        let is_blank = line.trim().is_empty();
        if doubtful && is_blank {
            return None;
        }
        let blank = blank || doubtful;
        let part = block_start::goes_on(
            block,
            reach,
            block_start::Line { first: line, second: "", blank, begin },
        );
        self.doubtful = false;
        // A record directly below its message may be a quotation in that message.
        let labels = matches!(block, Block::Labels | Block::Numbered) && reach == Reach::Labels;
        let quoted = !labels && !self.row && (!blank || reach == Reach::Described);
        self.blank = is_blank;
        match part {
            Part::Last => Some(false),
            Part::Goes(reach) => {
                self.reach = reach;
                Some(true)
            }
            Part::Another if quoted => {
                self.reach = if reach == Reach::Described { Reach::Message } else { reach };
                Some(true)
            }
            Part::Another => {
                self.doubtful = !self.row;
                None
            }
        }
    }
}

/// The event in XML that follows a syslog header on the same line; any other line unchanged. Most
/// files of syslog servers do not have the priority.
fn behind_header(line: &[u8], first: u8) -> &[u8] {
    let priority = matches!(line, [b'<', b'0'..=b'9', ..]);
    if !priority && !first.is_ascii_alphanumeric() {
        return line;
    }
    let tag = memchr_iter(b'<', line).find(|at| line[*at..].starts_with(b"<Event"));
    let header = || {
        let shown = shown(line, LOOK);
        message_alone::behind_header(&shown).is_some_and(|(_, rest)| rest.starts_with("<Event"))
    };
    tag.filter(|_| priority || header()).map_or(line, |at| &line[at..])
}

/// Whether a line is the first part of one that a container runtime has split:
/// `TIME STREAM P TEXT`.
fn is_split(line: &[u8]) -> bool {
    let mut words = line.splitn(4, |byte| *byte == b' ').skip(1);
    matches!(words.next(), Some(b"stdout" | b"stderr")) && words.next() == Some(b"P")
}

/// Whether a line is a row with tabs, whose quotes do not show where the record ends. No level
/// begins with a brace.
fn is_row(line: &[u8]) -> bool {
    !line.starts_with(b"{")
        && csv::may_begin(line, b'\t')
        && csv::begins(&shown(line, LOOK)) == Some(b'\t')
}

/// Fast path: whether a line may be the header of a table. A record in JSON or XML is none, and most
/// rows begin with a digit.
fn may_be_header(line: &[u8], first: u8) -> bool {
    let line = &line[..line.len().min(LOOK)];
    !first.is_ascii_digit()
        && !matches!(first, b'{' | b'<')
        && DELIMITERS.iter().any(|delimiter| memchr_iter(*delimiter, line).nth(1).is_some())
}

/// Fast path: whether a line begins like a label, a key, or the level of a record. Most lines of
/// text do not.
fn is_labelled(line: &[u8]) -> bool {
    let name = |byte: &u8| byte.is_ascii_alphabetic() || b" -_()\t\0".contains(byte);
    let end = line.iter().position(|byte| !name(byte)).unwrap_or(line.len());
    match line.get(end) {
        Some(b':' | b'=' | b'[') => true,
        // `Error - 3/15/2010`
        Some(byte) => byte.is_ascii_digit() && line[..end].ends_with(b"- "),
        None => false,
    }
}

/// The part of a line that is read to detect its kind.
fn shown(line: &[u8], most: usize) -> Cow<'_, str> {
    swar::lossy(&line[..line.len().min(most)])
}

/// The surroundings of a line that may be a record by itself.
pub struct Behind<'l> {
    /// The next line that is not blank, as far as it was read.
    pub line: &'l [u8],
    /// Whether there are blank lines before it.
    pub blank: bool,
}

impl Spans {
    /// Whether the next lines decide whether a record ends with this line, which was the last one
    /// processed.
    pub fn asks(&self, line: &[u8]) -> bool {
        let line = shown(line, LOOK);
        self.doubt().is_some()
            || is_row(line.as_bytes())
            || message::begins(&line)
            || block_start::wants_second(&line)
    }

    /// Like [`Behind::goes_on`] for the last line, if the line behind it is processed next.
    pub fn last_goes_on(&mut self, line: &[u8], behind: &Behind<'_>) -> bool {
        let (goes_on, begins) = behind.goes_on_with(line);
        let plain = bom(line) == 0 && bom(behind.line) == 0;
        self.begins = begins.filter(|_| plain).map(|block| (self.lines + 1, block));
        goes_on
    }

    /// The block that may have ended before the last line, or not.
    pub fn doubt(&self) -> Option<Opening> {
        let text = self.text.as_ref().filter(|text| text.doubtful);
        text.map(|_| Opening { line: self.block, kind: Opened::Block })
    }

    /// Whether this block may go on below the last line; `None` if more bytes must decide.
    pub fn below(&mut self, rest: &[u8], ended: bool) -> Option<bool> {
        let goes_on = self.below.goes_on(rest, self.lines + 1, ended);
        if goes_on == Some(false) {
            self.text = None;
        }
        goes_on
    }
}

impl Behind<'_> {
    /// Whether another record begins after the line, too. Otherwise, the block that the line may
    /// have ended continues.
    pub fn is_record(&self) -> bool {
        self.is_another(Block::Free, Reach::Message, true)
    }

    /// Whether the record that begins with this line continues, if [`Spans::asks`] is true for the
    /// line.
    pub fn goes_on(&self, line: &[u8]) -> bool {
        self.goes_on_with(line).0
    }

    /// Like [`Self::goes_on`], with the kind of block that the line and this one begin, if that
    /// decides.
    #[expect(clippy::option_option, reason = "not asked; no block; a block")]
    fn goes_on_with(&self, line: &[u8]) -> (bool, Option<Option<Block>>) {
        let line = shown(line, LOOK);
        if message::begins(&line) {
            return (!self.is_another(Block::Message, Reach::Labels, self.blank), None);
        }
        // Event Viewer's rows with tabs have no quotes, so a message ends where another record
        // begins.
        if csv::begins(&line) == Some(b'\t') {
            return (!self.is_another(Block::Free, Reach::Message, self.blank), None);
        }
        if self.blank {
            let another = |block| self.is_another(block, Reach::Labels, true);
            let block = block_start::block(&line, "");
            return (block.is_some_and(|block| !another(block)), None);
        }
        let block = block_start::block(&line, &shown(self.line, LOOK));
        (block.is_some(), Some(block))
    }

    /// Whether another record begins here, for a block that has reached this point.
    fn is_another(&self, block: Block, reach: Reach, blank: bool) -> bool {
        block_start::is_another(self.line, block, reach, blank)
    }
}
