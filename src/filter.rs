//! Chunks in, bytes out: the engine under every surface that streams.
//!
//! A record is a line. Lines that mention no candidate are never looked at one by one: whole runs of
//! them leave as spans of the chunk. What is held back between chunks is the one unfinished line.

use core::ops::Range;

use crate::{
    judge::{Decision, Judge},
    ledger::Ledger,
    policy::Policy,
    scan,
};

/// A piece of output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// A span of the chunk that was just pushed.
    Chunk(Range<usize>),
    /// Anything else: insertions, and what was held back before.
    Bytes(&'p [u8]),
}

/// Takes the output, piece by piece, in order.
pub type Out<'o> = &'o mut dyn FnMut(Piece<'_>);

/// Tags, drops or observes the records of one stream.
#[derive(Debug, Default)]
pub struct Filter {
    judge: Judge,
    /// The line that the last chunk left unfinished.
    held: Vec<u8>,
    /// The line that is passing was found to be too long.
    oversized: bool,
    /// The last line was an action of an Elasticsearch `_bulk` body: its document comes next.
    bulk_action: bool,
}

impl Filter {
    /// A filter for one stream.
    pub fn new(policy: Policy) -> Self {
        Self { judge: Judge::new(policy, Ledger::default()), ..Self::default() }
    }

    /// The account so far. What is held back is counted when its line is complete.
    pub fn ledger(&self) -> &Ledger {
        &self.judge.ledger
    }

    /// Takes in a chunk, cut anywhere, and gives out all lines that are complete.
    pub fn push(&mut self, chunk: &[u8], out: Out<'_>) {
        self.judge.ledger.bytes_in += chunk.len() as u64;
        let mut start = 0;
        if self.oversized || !self.held.is_empty() {
            start = self.end_of_held(chunk, out);
        }
        let end = memchr::memrchr(b'\n', &chunk[start..]).map_or(start, |at| start + at + 1);
        self.lines(chunk, start..end, out);
        self.hold(&chunk[end..], end, out);
    }

    /// Ends the stream: gives out the last line, which has no line end.
    pub fn finish(&mut self, out: Out<'_>) {
        self.oversized = false;
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            self.line(&held, None, out);
        }
        self.bulk_action = false;
    }

    /// Passes bytes of the chunk.
    fn pass(&mut self, span: Range<usize>, out: Out<'_>) {
        if !span.is_empty() {
            self.judge.ledger.bytes_out += span.len() as u64;
            out(Piece::Chunk(span));
        }
    }

    /// Passes bytes that are no span of the chunk.
    fn give(&mut self, bytes: &[u8], out: Out<'_>) {
        if !bytes.is_empty() {
            self.judge.ledger.bytes_out += bytes.len() as u64;
            out(Piece::Bytes(bytes));
        }
    }

    /// Continues the line that the last chunk left unfinished; gives where the next line starts.
    fn end_of_held(&mut self, chunk: &[u8], out: Out<'_>) -> usize {
        let line_end = memchr::memchr(b'\n', chunk);
        let end = line_end.map_or(chunk.len(), |at| at + 1);
        let length = self.held.len() + line_end.unwrap_or(chunk.len());
        let fits = !self.oversized
            && length <= self.judge.policy().max_record
            && self.held.try_reserve(end).is_ok();
        if !fits {
            let held = core::mem::take(&mut self.held);
            self.give(&held, out);
            self.pass(0..end, out);
            self.count_oversized();
            self.oversized = line_end.is_none();
            return end;
        }
        self.held.extend_from_slice(&chunk[..end]);
        if line_end.is_some() {
            let mut held = core::mem::take(&mut self.held);
            self.line(&held, None, out);
            held.clear();
            self.held = held;
        }
        end
    }

    /// Counts an oversized line once, when it is found to be one.
    fn count_oversized(&mut self) {
        if !self.oversized {
            self.judge.ledger.records += 1;
            self.judge.ledger.oversized += 1;
            self.bulk_action = false;
        }
    }

    /// Holds the unfinished line at the end of a chunk back, or lets it pass if it is too long.
    fn hold(&mut self, rest: &[u8], at: usize, out: Out<'_>) {
        if rest.is_empty() || self.oversized {
            return;
        }
        if rest.len() > self.judge.policy().max_record || self.held.try_reserve(rest.len()).is_err()
        {
            self.count_oversized();
            self.oversized = true;
            self.pass(at..at + rest.len(), out);
        } else {
            self.held.extend_from_slice(rest);
        }
    }

    /// Filters complete lines.
    fn lines(&mut self, chunk: &[u8], span: Range<usize>, out: Out<'_>) {
        let Range { mut start, end } = span;
        // Where the run of passing bytes begins that was not given out yet.
        let mut run = start;
        let mut records = 0;
        while let Some(mention) = scan::find_counting(&chunk[..end], start, &mut records) {
            let line =
                memchr::memrchr(b'\n', &chunk[start..mention]).map_or(start, |at| start + at + 1);
            let line_end =
                memchr::memchr(b'\n', &chunk[mention..end]).map_or(end, |at| mention + at + 1);
            self.count_passing(chunk, start..line, core::mem::take(&mut records));
            run = self.line(&chunk[line..line_end], Some((run, line)), out);
            start = line_end;
        }
        self.count_passing(chunk, start..end, records);
        self.pass(run..end, out);
    }

    /// Counts complete lines that mention nothing: so many.
    fn count_passing(&mut self, chunk: &[u8], span: Range<usize>, records: u64) {
        let lines = &chunk[span];
        if lines.is_empty() {
            return;
        }
        let oversized = self.count_too_long(lines);
        let last = last_line(lines);
        // The same as where a line is filtered by itself: cuts must not matter.
        let skipped = if self.judge.ledger.records == 0 && records == 1 { bom(last) } else { 0 };
        self.bulk_action =
            last.len() <= self.judge.policy().max_record && is_bulk_action(&last[skipped..]);
        self.judge.ledger.records += records;
        self.judge.ledger.oversized += oversized;
        self.judge.ledger.unrelated += records - oversized;
    }

    /// How many of these lines are too long: looks for one line end in each stretch of that
    /// length, and so at few bytes.
    fn count_too_long(&self, lines: &[u8]) -> u64 {
        let most = self.judge.policy().max_record;
        let (mut at, mut count) = (0, 0);
        while lines.len() - at > most + 1 {
            if let Some(end) = memchr::memrchr(b'\n', &lines[at..=at + most]) {
                at += end + 1;
            } else {
                count += 1;
                let rest = &lines[at + most..];
                at += most + memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            }
        }
        count
    }

    /// Filters one line. Of one within a chunk, which was found because it mentions a candidate, `at`
    /// says where the run of passing bytes before it begins and where the line does; the return value
    /// is where the run after it begins.
    fn line(&mut self, line: &[u8], at: Option<(usize, usize)>, out: Out<'_>) -> usize {
        self.judge.ledger.records += 1;
        let fate = self.fate(line, at.is_some());
        let (run, start) = at.unwrap_or_default();
        match fate {
            Decision::Pass => {
                if at.is_none() {
                    self.give(line, out);
                }
                run
            }
            Decision::Drop => {
                self.pass(run..start, out);
                // A byte order mark belongs to the stream, not to its first record.
                let kept = if self.judge.ledger.records == 1 { bom(line) } else { 0 };
                self.give(&line[..kept], out);
                self.judge.count_dropped(line.len() - kept);
                start + line.len()
            }
            Decision::Tag(object) => {
                self.judge.ledger.tagged += 1;
                let insertions = core::mem::take(&mut self.judge.insertions);
                let mut from = 0;
                let mut run = run;
                for (offset, text) in insertions.iter() {
                    let to = object + offset;
                    match at {
                        Some(_) => {
                            self.pass(run..start + to, out);
                            run = start + to;
                        }
                        None => self.give(&line[from..to], out),
                    }
                    self.give(text.as_bytes(), out);
                    self.judge.ledger.bytes_inserted += text.len() as u64;
                    from = to;
                }
                if at.is_none() {
                    self.give(&line[from..], out);
                }
                self.judge.insertions = insertions;
                run
            }
        }
    }

    /// Decides about one line. One that is known to mention a candidate is not searched again.
    fn fate(&mut self, line: &[u8], mentions: bool) -> Decision {
        let document = core::mem::take(&mut self.bulk_action);
        let record = line.strip_suffix(b"\n").unwrap_or(line);
        if record.len() > self.judge.policy().max_record {
            self.judge.ledger.oversized += 1;
            return Decision::Pass;
        }
        let record = record.strip_suffix(b"\r").unwrap_or(record);
        let skipped = if self.judge.ledger.records == 1 { bom(record) } else { 0 };
        let record = &record[skipped..];
        self.bulk_action = is_bulk_action(record);
        if !mentions && scan::find(record, 0).is_none() {
            return self.judge.pass();
        }
        match self.judge.judge(record, document) {
            Decision::Tag(at) => Decision::Tag(skipped + at),
            other => other,
        }
    }
}

#[cfg(not(target_family = "wasm"))]
impl Filter {
    /// A filter for whole lines in the middle of a stream, whose own filter
    /// [absorbs](Self::absorb) it when they have their turn. `before` is the line before them, which
    /// is not the first of the stream.
    pub(crate) fn part(policy: Policy, before: &[u8]) -> Self {
        let mut filter = Self { judge: Judge::part(policy), ..Self::default() };
        let line = before.strip_suffix(b"\n").unwrap_or(before);
        let fits = line.len() <= filter.judge.policy().max_record;
        filter.bulk_action = fits && is_bulk_action(line);
        filter
    }

    /// Takes over what another filter did with the lines that come next, as if it had been done
    /// here. Nothing is held back now.
    pub(crate) fn absorb(&mut self, part: Self) {
        self.bulk_action = part.bulk_action;
        self.judge.absorb(part.judge);
    }
}

/// How long the byte order mark at the start is.
fn bom(line: &[u8]) -> usize {
    if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
}

/// The last of some complete lines.
fn last_line(lines: &[u8]) -> &[u8] {
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    memchr::memrchr(b'\n', lines).map_or(lines, |at| &lines[at + 1..])
}

/// Whether a line is an action of an Elasticsearch `_bulk` body that a document follows. Dropping
/// either would shift all that comes after.
fn is_bulk_action(line: &[u8]) -> bool {
    let Some(rest) = line.trim_ascii_start().strip_prefix(b"{") else { return false };
    let rest = rest.trim_ascii_start();
    [&b"\"index\""[..], b"\"create\"", b"\"update\""].iter().any(|action| {
        rest.strip_prefix(*action)
            .and_then(|rest| rest.trim_ascii_start().strip_prefix(b":"))
            .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    })
}
