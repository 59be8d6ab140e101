//! Lines that need not be read: of NDJSON that is stored as it is, those that mention none of the
//! family. They are counted, and a sample of them is read all the same, for what the report knows
//! of computers without the noise and for notes about records that cannot be read.
//!
//! Only a line between two that are whole objects can be skipped, and only past the beginning of the
//! file: so a line is never taken out of a record that spans several.

use std::collections::VecDeque;

use memchr::{memchr, memmem};

use crypt32_filter::{logs::stream::MAX_RECORD, prefilter};

/// What is always read, in bytes, and one of how many lines beyond.
const BEGINNING: u64 = 1 << 20;
const SAMPLE: u64 = 64;
/// The other source of the family, as shippers spell it.
const NAMES: [&[u8]; 2] = [b"CAPI2", b"capi2"];

/// What was skipped in one file, and where.
#[derive(Default)]
pub(super) struct Skip {
    /// Bytes given to the reader.
    fed: u64,
    bytes: u64,
    pub(super) records: u64,
    /// From these offsets of the reader's on, so many bytes and records were skipped.
    marks: VecDeque<(u64, u64, u64)>,
    lines: u64,
    /// The last line was one whole object.
    whole: bool,
    /// How the unfinished line of the last chunk began; `None` if there is none.
    open: Option<bool>,
}

impl Skip {
    /// Gives the reader what it has to read of a chunk.
    pub(super) fn feed(&mut self, chunk: &[u8], feed: &mut dyn FnMut(&mut Self, &[u8])) {
        if self.fed == 0 && chunk.starts_with(b"\xEF\xBB\xBF") {
            // The reader takes the mark off and does not count it.
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

    /// The number and the offset in the file of what the reader found. Offsets must not go back.
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

/// The next mention of the family in a chunk, looked for once.
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
