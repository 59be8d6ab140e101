//! Skips the lines of uncompressed NDJSON that mention no event of the family, which makes the page
//! faster. Skipped lines are counted. A sample is still read, so that the report knows computers
//! without the event, and the notes mention unreadable records.
//!
//! A line is skipped only if it and the line before it are whole objects, and only past the
//! beginning of the file, so that no line is removed from a record that spans several lines.

use std::collections::VecDeque;

use memchr::{memchr, memmem};

use crypt32_filter::{logs::stream::MAX_RECORD, prefilter};

/// How many bytes at the beginning are always read, and one of how many lines after them.
const BEGINNING: u64 = 1 << 20;
const SAMPLE: u64 = 64;
/// The other event source of the family, as shippers spell it.
const NAMES: [&[u8]; 2] = [b"CAPI2", b"capi2"];

/// The skipped lines of one file.
#[derive(Default)]
pub(super) struct Skip {
    /// How many bytes were passed to the reader.
    fed: u64,
    bytes: u64,
    pub(super) records: u64,
    /// Each entry is an offset of the reader, and how many bytes and records were skipped before it
    /// in total.
    marks: VecDeque<(u64, u64, u64)>,
    lines: u64,
    /// Whether the last line was one whole object.
    whole: bool,
    /// Whether the unfinished line of the last chunk began like an object; `None` if the chunk
    /// ended with a line end.
    open: Option<bool>,
}

impl Skip {
    /// Passes the parts of a chunk that are not skipped to the reader.
    pub(super) fn feed(&mut self, chunk: &[u8], feed: &mut dyn FnMut(&mut Self, &[u8])) {
        if self.fed == 0 && chunk.starts_with(b"\xEF\xBB\xBF") {
            // The reader removes the byte order mark and does not count it.
            feed(self, &chunk[..3]);
            return self.lines(&chunk[3..], feed);
        }
        self.lines(chunk, feed);
    }

    fn lines(&mut self, chunk: &[u8], feed: &mut dyn FnMut(&mut Self, &[u8])) {
        let mut mention = Mention::default();
        let (mut from, mut at) = (0, 0);
        while let Some(length) = memchr(b'\n', &chunk[at..]) {
            let (start, end) = (at, at + length + 1);
            at = end;
            let line = &chunk[start..end - 1];
            let begins = self.open.take();
            let ends = line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"}");
            let before = core::mem::replace(
                &mut self.whole,
                ends && begins.unwrap_or_else(|| line.starts_with(b"{\"")),
            );
            self.lines += 1;
            let skip = before
                && self.whole
                && begins.is_none()
                && self.fed + self.bytes > BEGINNING
                && !self.lines.is_multiple_of(SAMPLE)
                && line.len() < MAX_RECORD
                && mention.from(chunk, start) >= end;
            if skip {
                self.give(&chunk[from..start], feed);
                from = end;
                self.bytes += (end - start) as u64;
                self.records += 1;
                let mark = (self.fed, self.bytes, self.records);
                match self.marks.back_mut() {
                    Some(last) if last.0 == self.fed => *last = mark,
                    _ => self.marks.push_back(mark),
                }
            }
        }
        if at < chunk.len() && self.open.is_none() {
            self.open = Some(chunk[at..].starts_with(b"{\""));
        }
        self.give(&chunk[from..], feed);
    }

    fn give(&mut self, bytes: &[u8], feed: &mut dyn FnMut(&mut Self, &[u8])) {
        if !bytes.is_empty() {
            feed(self, bytes);
            self.fed += bytes.len() as u64;
        }
    }

    /// Converts a record number and an offset of the reader to those in the file. Offsets must not
    /// decrease from call to call.
    pub(super) fn place(&mut self, record: u64, offset: u64) -> (u64, u64) {
        while self.marks.get(1).is_some_and(|mark| mark.0 <= offset) {
            self.marks.pop_front();
        }
        match self.marks.front() {
            Some(&(from, bytes, records)) if from <= offset => (record + records, offset + bytes),
            _ => (record, offset),
        }
    }
}

/// The next mention of each name in a chunk, so that each part of it is searched once.
#[derive(Default)]
struct Mention([Option<usize>; 3]);

impl Mention {
    fn from(&mut self, chunk: &[u8], from: usize) -> usize {
        let mut nearest = usize::MAX;
        for (index, known) in self.0.iter_mut().enumerate() {
            if known.is_none_or(|at| at < from) {
                let found = match index.checked_sub(1).and_then(|name| NAMES.get(name)) {
                    Some(name) => memmem::find(&chunk[from..], name).map(|at| from + at),
                    None => prefilter::find(chunk, from),
                };
                *known = Some(found.unwrap_or(usize::MAX));
            }
            nearest = nearest.min(known.unwrap_or(usize::MAX));
        }
        nearest
    }
}
