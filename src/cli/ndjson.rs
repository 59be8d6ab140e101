//! `--output ndjson`: lines that are no JSON object become one, so that a tag has a place.

use base64::Engine as _;

use crate::{
    json::{Tokens, write_string},
    reader::{container::Kind, without_line_end},
};

/// Turns lines into JSON objects. Longer lines than `max_record` pass as they are, as in the filter.
pub struct Wrapper {
    max_record: usize,
    /// How the input begins, until it is known what it is.
    head: Vec<u8>,
    kind: Option<Kind>,
    /// A line has come: a byte order mark no longer belongs to the stream.
    begun: bool,
    held: Vec<u8>,
    oversized: bool,
    added: u64,
}

impl Wrapper {
    pub fn new(max_record: usize) -> Self {
        Self {
            max_record,
            head: Vec::new(),
            kind: None,
            begun: false,
            held: Vec::new(),
            oversized: false,
            added: 0,
        }
    }

    /// How many bytes more came out than went in, so far.
    pub fn added(&self) -> u64 {
        self.added
    }

    /// Takes in a chunk and gives all complete lines.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        match self.kind {
            None => self.begin(chunk, false),
            Some(Kind::Text) => self.lines(chunk),
            // The filter passes it.
            Some(_) => chunk.to_vec(),
        }
    }

    /// Finds out what the input is.
    fn begin(&mut self, chunk: &[u8], whole: bool) -> Vec<u8> {
        self.head.extend_from_slice(chunk);
        self.kind = Kind::told(&self.head, whole);
        if self.kind.is_none() {
            return Vec::new();
        }
        let head = core::mem::take(&mut self.head);
        self.push(&head)
    }

    fn lines(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len() * 2);
        for line in chunk.split_inclusive(|&byte| byte == b'\n') {
            let complete = line.ends_with(b"\n");
            if self.oversized || self.held.len() + line.len() > self.max_record + 1 {
                self.begun = true;
                out.append(&mut self.held);
                out.extend_from_slice(line);
                self.oversized = !complete;
            } else if complete && self.held.is_empty() {
                self.wrap(line, &mut out);
            } else {
                self.held.extend_from_slice(line);
                if complete {
                    let held = core::mem::take(&mut self.held);
                    self.wrap(&held, &mut out);
                }
            }
        }
        out
    }

    /// Gives the last line, which has no line end.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut out = if self.kind.is_none() { self.begin(&[], true) } else { Vec::new() };
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.wrap(&held, &mut out);
        }
        out
    }

    fn wrap(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let mark = if self.begun { None } else { line.strip_prefix(b"\xEF\xBB\xBF") };
        self.begun = true;
        let before = out.len();
        if let Some(rest) = mark {
            out.extend_from_slice(&line[..line.len() - rest.len()]);
        }
        let rest = mark.unwrap_or(line);
        let text = without_line_end(rest);
        match core::str::from_utf8(text) {
            Ok(text) if text.is_empty() || Tokens::new(text).whole_object() => {
                out.extend_from_slice(rest);
                return;
            }
            Ok(text) => {
                let mut json = String::from("{\"message\":");
                write_string(&mut json, text);
                out.extend_from_slice(json.as_bytes());
            }
            Err(_) => {
                out.extend_from_slice(b"{\"message_base64\":\"");
                let base64 = base64::engine::general_purpose::STANDARD.encode(text);
                out.extend_from_slice(base64.as_bytes());
                out.push(b'"');
            }
        }
        out.push(b'}');
        out.extend_from_slice(&rest[text.len()..]);
        self.added += (out.len() - before - line.len()) as u64;
    }
}
