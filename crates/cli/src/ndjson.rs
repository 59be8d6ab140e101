//! `--output ndjson`: each line that is not a JSON object becomes one, so that it can have a tag.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crypt32_filter::{
    Format,
    engine::{
        filter::spans::{Behind, Spans},
        unjudged::Opening,
    },
    input_kind::Kind,
    json::{Tokens, write_string},
    record::without_line_end,
};

/// Receives lines as objects, whether they are parts of records, and the record that is open.
pub type Give<'g> = &'g mut dyn FnMut(&[u8], bool, Option<Opening>);

/// Converts lines to JSON objects. Lines longer than `max_record` pass unchanged, like in the
/// filter.
///
/// As an object, a line no longer shows whether it is a part of a record, so this information is
/// passed with it. If only the next line decides this, the line is held back until then.
pub struct Wrapper {
    max_record: usize,
    /// The beginning of the input, until its kind is known.
    head: Vec<u8>,
    kind: Option<Kind>,
    /// A line was read, so a byte order mark is no longer that of the stream.
    begun: bool,
    held: Vec<u8>,
    oversized: bool,
    spans: Spans,
    /// A line that may continue on the next line, and the blank lines after it.
    waiting: Vec<u8>,
    /// Objects that were not output yet, and whether they are parts of records.
    out: Vec<u8>,
    parts: bool,
    opening: Option<Opening>,
    /// The object of the current line.
    json: String,
    added: u64,
}

impl Wrapper {
    pub fn new(max_record: usize, format: Format) -> Self {
        Self {
            max_record,
            head: Vec::new(),
            kind: None,
            begun: false,
            held: Vec::new(),
            oversized: false,
            spans: Spans::new(format),
            waiting: Vec::new(),
            out: Vec::new(),
            parts: false,
            opening: None,
            json: String::new(),
            added: 0,
        }
    }

    /// The state at the start of another input.
    pub fn next_input(&self) -> Self {
        let spans = self.spans.next_input();
        Self { spans, ..Self::new(self.max_record, Format::Auto) }
    }

    /// The number of bytes added to the input so far.
    pub fn added(&self) -> u64 {
        self.added
    }

    /// Reads a chunk, and outputs all complete lines.
    pub fn push(&mut self, chunk: &[u8], give: Give<'_>) {
        match self.kind {
            None => self.begin(chunk, false, give),
            Some(Kind::Text) => {
                self.lines(chunk, give);
                self.flush(give);
            }
            // The filter passes such input unchanged.
            Some(_) => give(chunk, false, None),
        }
    }

    /// Detects the kind of the input.
    fn begin(&mut self, chunk: &[u8], whole: bool, give: Give<'_>) {
        self.head.extend_from_slice(chunk);
        self.kind = Kind::told(&self.head, whole);
        if self.kind.is_some() {
            let head = core::mem::take(&mut self.head);
            self.push(&head, give);
        }
    }

    fn lines(&mut self, chunk: &[u8], give: Give<'_>) {
        for line in chunk.split_inclusive(|&byte| byte == b'\n') {
            let complete = line.ends_with(b"\n");
            if self.oversized || self.held.len() + line.len() > self.max_record + 1 {
                if self.oversized {
                    self.spans.more(line);
                } else {
                    let held = core::mem::take(&mut self.held);
                    let begin = [&held, line].concat();
                    self.settle(&begin, give);
                    self.spans.line(&begin, self.max_record);
                    self.begun = true;
                    self.add(&held, false, give);
                }
                self.add(line, false, give);
                self.oversized = !complete;
            } else if complete && self.held.is_empty() {
                self.line(line, give);
            } else {
                self.held.extend_from_slice(line);
                if complete {
                    let held = core::mem::take(&mut self.held);
                    self.line(&held, give);
                }
            }
        }
    }

    /// Outputs the rest, including a last line without a line end.
    pub fn finish(&mut self, give: Give<'_>) {
        if self.kind.is_none() {
            self.begin(&[], true, give);
        }
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.line(&held, give);
        }
        self.settle(&[], give);
        self.flush(give);
    }

    /// Reads a complete line.
    fn line(&mut self, line: &[u8], give: Give<'_>) {
        let waits = !self.waiting.is_empty() && self.waiting.len() < self.max_record;
        if waits && line.trim_ascii().is_empty() {
            self.spans.line(line, self.max_record);
            self.waiting.extend_from_slice(line);
            return;
        }
        self.settle(line, give);
        let opening = self.spans.opening();
        let inside = self.spans.line(line, self.max_record) || self.spans.goes_on();
        let part = inside || self.spans.is_part(line);
        if !part && self.spans.asks(line) {
            self.waiting.extend_from_slice(line);
        } else {
            let opening = opening.or_else(|| self.spans.opening()).filter(|_| part);
            self.wrap(line, part, opening, give);
        }
    }

    /// Outputs the waiting line, now that the next line is known. `next` is empty at the end of the
    /// input.
    fn settle(&mut self, next: &[u8], give: Give<'_>) {
        let waiting = core::mem::take(&mut self.waiting);
        let mut lines = waiting.split_inclusive(|&byte| byte == b'\n');
        let Some(line) = lines.next() else { return };
        let behind = Behind { line: next, blank: line.len() < waiting.len() };
        let doubt = self.spans.doubt();
        let part = match doubt {
            Some(_) => !behind.is_record(),
            None => self.spans.last_goes_on(line, &behind) && !next.is_empty(),
        };
        self.wrap(line, part, doubt.filter(|_| part), give);
        for blank in lines {
            self.wrap(blank, false, None, give);
        }
    }

    fn add(&mut self, bytes: &[u8], parts: bool, give: Give<'_>) {
        self.set_parts(parts, None, give);
        self.out.extend_from_slice(bytes);
    }

    fn set_parts(&mut self, parts: bool, opening: Option<Opening>, give: Give<'_>) {
        if (self.parts, self.opening) != (parts, opening) {
            self.flush(give);
            (self.parts, self.opening) = (parts, opening);
        }
    }

    fn flush(&mut self, give: Give<'_>) {
        if !self.out.is_empty() {
            give(&self.out, self.parts, self.opening);
            self.out.clear();
        }
    }

    /// Outputs a line as an object.
    fn wrap(&mut self, line: &[u8], part: bool, opening: Option<Opening>, give: Give<'_>) {
        self.set_parts(part, opening, give);
        let before = self.out.len();
        let mark = if self.begun { None } else { line.strip_prefix(b"\xEF\xBB\xBF") };
        self.begun = true;
        if let Some(rest) = mark {
            self.out.extend_from_slice(&line[..line.len() - rest.len()]);
        }
        let rest = mark.unwrap_or(line);
        let text = without_line_end(rest);
        self.json.clear();
        match core::str::from_utf8(text) {
            Ok(text) if text.is_empty() || Tokens::new(text).whole_object() => {
                self.out.extend_from_slice(rest);
                return;
            }
            Ok(text) => {
                self.json.push_str("{\"message\":");
                write_string(&mut self.json, text);
            }
            Err(_) => {
                self.json.push_str("{\"message_base64\":\"");
                STANDARD.encode_string(text, &mut self.json);
                self.json.push('"');
            }
        }
        self.json.push('}');
        self.out.extend_from_slice(self.json.as_bytes());
        self.out.extend_from_slice(&rest[text.len()..]);
        self.added += (self.out.len() - before - line.len()) as u64;
    }
}
