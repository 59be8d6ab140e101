//! Skips the lines of NDJSON that mention no event of the family, so that most of a large log is only
//! searched. Skipped lines are counted, but not read.
//!
//! The skipped lines do not affect the frames around them: a line that begins with an object and
//! ends with a brace is framed by itself if another object begins on the next line, whether it is
//! valid or not. A sample is still read, for statements about records that are not of the family.
//! If a sampled line is not one record, the next lines are read, too. What is skipped depends only
//! on the bytes of the stream, not on its chunks.

use memchr::{memchr, memrchr};

use super::{Frame, Framer, Give, Kind, NO_HEADING};
use crate::{prefilter, record::without_line_end};

/// How many bytes at the beginning of a stream are read, and after a line that is not one record.
const READ: u64 = 1 << 20;
/// One of this many lines is read.
const SAMPLE: u64 = 64;

/// What was found out about the next lines.
#[derive(Debug)]
pub(super) struct Skip {
    /// Everything before this offset in the stream is read.
    from: u64,
    /// Everything from the current record to this offset in the stream was searched.
    searched: u64,
    /// Whether the search found a mention there, and not the end of the lines so far.
    met: bool,
}

impl Framer {
    /// Skips lines of NDJSON that mention no event of the family.
    #[must_use]
    pub fn skip_unrelated(mut self) -> Self {
        self.skip = Some(Skip { from: READ, searched: 0, met: false });
        self
    }

    /// Reads the lines after the current record, because it is not one readable event.
    pub(super) fn read_on(&mut self, end: usize) {
        if let Some(skip) = &mut self.skip {
            skip.from = self.base + end as u64 + READ;
        }
    }

    /// Skips as many lines as possible at the start of an object. Returns whether there were any,
    /// or `None` until enough bytes have come.
    pub(super) fn skip(&mut self, give: Give<'_>) -> Option<bool> {
        let begin = self.base + self.start as u64;
        if self.in_array || self.skip.as_ref().is_none_or(|skip| begin < skip.from) {
            return Some(false);
        }
        let Some(mut next) = self.line_end().filter(|_| !self.ended) else {
            let may_end = !self.ended && self.buffer.len() - self.start <= self.max;
            return if may_end { None } else { Some(false) };
        };
        let Self { skip: Some(skip), buffer, base, .. } = self else { return Some(false) };
        let (mut end, mut lines) = (self.start, 0);
        loop {
            let line = without_line_end(&buffer[end..next]);
            let whole = line.starts_with(b"{\"") && line.ends_with(b"}") && line.len() < self.max;
            let sampled = (self.line + lines).is_multiple_of(SAMPLE);
            if !whole || sampled || skip.mentions(buffer, *base, end, next) {
                break;
            }
            match buffer.get(next) {
                Some(b'{') => {}
                None if lines == 0 => return None,
                _ => break,
            }
            end = next;
            lines += 1;
            let Some(length) = memchr(b'\n', &buffer[end..]) else { break };
            next = end + length + 1;
        }
        if lines == 0 {
            return Some(false);
        }
        self.begun = true;
        give(Frame {
            offset: self.base + self.start as u64,
            line: self.line,
            length: (end - self.start) as u64,
            kind: Kind::Skipped(lines),
            heading: NO_HEADING,
            bytes: &[],
            mentions: false,
            has_guessed_end: false,
            quoted_from: None,
            odd: &self.odd,
        });
        self.restart(end);
        Some(true)
    }
}

impl Skip {
    /// Whether a whole line mentions an event of the family. A line with a NUL counts, too, because
    /// it may be UTF-16.
    fn mentions(&mut self, buffer: &[u8], base: u64, start: usize, end: usize) -> bool {
        let (from, to) = (base + start as u64, base + end as u64);
        if self.searched <= from || (self.searched < to && !self.met) {
            let whole = memrchr(b'\n', buffer).map_or(end, |at| at + 1);
            let lines = &buffer[start..whole];
            let found = prefilter::find_family(lines, 0);
            let before = &lines[..found.unwrap_or(lines.len())];
            let found = memchr(0, before).or(found);
            self.searched = from + found.unwrap_or(lines.len()) as u64;
            self.met = found.is_some();
        }
        self.searched < to
    }
}
