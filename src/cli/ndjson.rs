//! `--output ndjson`: lines that are no JSON object become one, so that a tag has a place.

use base64::Engine as _;

use crate::{
    json::{Tokens, write_string},
    reader::without_line_end,
};

/// Turns lines into JSON objects. Longer lines than `max_record` pass as they are, as in the filter.
pub struct Wrapper {
    max_record: usize,
    held: Vec<u8>,
    oversized: bool,
    added: u64,
}

impl Wrapper {
    pub fn new(max_record: usize) -> Self {
        Self { max_record, held: Vec::new(), oversized: false, added: 0 }
    }

    /// How many bytes more came out than went in, so far.
    pub fn added(&self) -> u64 {
        self.added
    }

    /// Takes in a chunk and gives all complete lines.
    pub fn push(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(chunk.len() * 2);
        for line in chunk.split_inclusive(|&byte| byte == b'\n') {
            let complete = line.ends_with(b"\n");
            if self.oversized || self.held.len() + line.len() > self.max_record + 1 {
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
        let mut out = Vec::new();
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.wrap(&held, &mut out);
        }
        out
    }

    fn wrap(&mut self, line: &[u8], out: &mut Vec<u8>) {
        let text = without_line_end(line);
        let object = |text: &str| Tokens::new(text.trim_start_matches('\u{feff}')).whole_object();
        let before = out.len();
        match core::str::from_utf8(text) {
            Ok(text) if text.is_empty() || object(text) => {
                out.extend_from_slice(line);
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
        out.extend_from_slice(&line[text.len()..]);
        self.added += (out.len() - before - line.len()) as u64;
    }
}
