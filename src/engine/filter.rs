//! The stream filter: chunks in, bytes out. Every streaming surface uses it.
//!
//! A record is a line. The prefilter skips runs of lines without a candidate, and such a run leaves
//! as a span of the chunk. Between chunks the filter holds back only the unfinished line, a line to be
//! dropped until it is clear that its record ends there, or a line that may be a part of a block.
//!
//! A line inside a record that spans several lines is a part of it, and passes (`spans.rs`).
//!
//! Input that does not begin as text passes unread.

pub mod spans;

use core::ops::Range;

use crate::{
    engine::{
        decide::{Context, Decision, Engine, Judgement, Span, Unread},
        ledger::Ledger,
        unjudged::{Opening, Unjudged, may_hide_event},
    },
    framing::Format,
    input_kind::{HEAD, Kind},
    json::{Token, Tokens},
    policy::Policy,
    prefilter::{self, Passed, Trail},
    record::without_line_end,
};
use spans::{Behind, Spans};

/// The maximum number of blank bytes that are read after a record to be dropped. If nothing else
/// follows within them, the record stays.
const AHEAD: usize = 1024;

/// A piece of output.
///
/// ```
/// use crypt32_filter::{Filter, Piece, Policy};
///
/// let mut filter = Filter::new(Policy::default());
/// let mut pieces = Vec::new();
/// filter.push(b"a line\nan unfinished", &mut |piece| pieces.push(format!("{piece:?}")));
/// filter.finish(&mut |piece| {
///     if let Piece::Bytes(bytes) = piece {
///         pieces.push(String::from_utf8_lossy(bytes).into_owned());
///     }
/// });
/// assert_eq!(pieces, ["Chunk(0..7)", "an unfinished"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'p> {
    /// A span of the chunk that was just pushed.
    Chunk(Range<usize>),
    /// Other bytes: insertions, and bytes that were held back earlier.
    Bytes(&'p [u8]),
}

/// Receives the output, piece by piece, in order.
///
/// ```
/// use crypt32_filter::{Filter, Out, Policy};
///
/// fn count(filter: &mut Filter, out: Out<'_>) {
///     filter.push(b"a line\n", out);
/// }
/// let mut pieces = 0;
/// count(&mut Filter::new(Policy::default()), &mut |_| pieces += 1);
/// assert_eq!(pieces, 1);
/// ```
pub type Out<'o> = &'o mut dyn FnMut(Piece<'_>);

/// The state of the input.
#[derive(Clone, Copy, Debug, Default)]
enum Input {
    /// Too few bytes have arrived to detect the kind.
    #[default]
    Begins,
    Is(Kind),
    /// The input has ended. The next bytes begin another input.
    Was(Kind),
}

/// The state after the last line that affects the next line.
#[derive(Clone, Copy, Debug, Default)]
struct Came {
    /// The last line is an action of an Elasticsearch `_bulk` body, so its document comes next.
    bulk_action: bool,
    /// The next line may be an element of a JSON array: the last byte was a comma, or began one.
    in_array: bool,
    /// The last input ended in a line without a line end, so the next line is the rest of it.
    unfinished: bool,
}

/// Tags, drops or observes the records of a stream.
///
/// ```
/// use crypt32_filter::{Filter, Piece, Policy};
///
/// let mut filter = Filter::new(Policy::default());
/// let chunk = b"first line\nsecond";
/// let mut spans = Vec::new();
/// filter.push(chunk, &mut |piece| match piece {
///     Piece::Chunk(span) => spans.push(span),
///     Piece::Bytes(_) => {}
/// });
/// // The second line may continue in the next chunk.
/// assert_eq!(spans, [0..11]);
/// ```
#[derive(Debug, Default)]
pub struct Filter {
    engine: Engine,
    ledger: Ledger,
    input: Input,
    /// The undecided bytes of earlier chunks: the start of the input, an unfinished line, or a
    /// waiting line and the blanks after it.
    held: Vec<u8>,
    waiting: Option<Waiting>,
    /// Whether the current line is too long, so that its bytes pass.
    oversized: bool,
    came: Came,
    /// The records of this input that mention the event but could not be judged.
    unjudged: Unjudged,
    /// Searches the current line if it is too long.
    trail: Trail,
    /// The open records that span several lines.
    spans: Spans,
    /// Whether the caller said that the next lines are parts of such records.
    parts: bool,
    /// The record that they are parts of.
    opening: Option<Opening>,
}

/// A line that waits for the bytes after it.
#[derive(Debug)]
enum Waiting {
    /// A line that is not judged yet, because it may be a part of a block.
    Doubtful { length: usize, context: Context },
    /// A line to be dropped.
    Dropped(Dropped),
}

/// A line to be dropped. Until it stays, it counts as dropped, because a caller that stops here
/// never gets it.
#[derive(Debug)]
struct Dropped {
    length: usize,
    /// The length of the byte order mark in front of the line.
    mark: usize,
    /// The tag that the line gets if it stays.
    edits: Vec<(usize, String)>,
    /// Whether the line should be tagged if it stays, but has no place for a tag.
    untagged: bool,
    computer: String,
}

/// The place of a line in a chunk.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// The start of the run of passing bytes before the line.
    run: usize,
    /// The start of the line.
    start: usize,
}

impl<'p> Piece<'p> {
    /// The same piece, for a chunk that the caller does not have.
    fn of<'c: 'p>(self, chunk: &'c [u8]) -> Self {
        match self {
            Self::Chunk(span) => Self::Bytes(&chunk[span]),
            Self::Bytes(_) => self,
        }
    }
}

impl Filter {
    /// Creates a filter for a stream.
    pub fn new(policy: Policy) -> Self {
        Self { engine: Engine::new(policy), ..Self::default() }
    }

    /// Sets the format of the lines. In JSON and syslog each line is a record, so no line can begin
    /// one that spans several lines, such as a row with an open quote.
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.spans = Spans::new(format);
        self
    }

    /// Creates a filter for the next input, with its own ledger.
    #[must_use]
    pub fn next_input(&self) -> Self {
        let spans = self.spans.next_input();
        Self { came: self.came, spans, ..Self::new(self.engine.policy().clone()) }
    }

    /// The ledger so far. Bytes that are held back are counted when their line is complete.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The lines of this input that mention the event and passed because they could not be judged.
    pub fn unjudged(&self) -> &Unjudged {
        &self.unjudged
    }

    /// The kind of the input, or `None` if it is not detected yet. Only text is searched.
    pub fn kind(&self) -> Option<Kind> {
        match self.input {
            Input::Begins => None,
            Input::Is(kind) | Input::Was(kind) => Some(kind),
        }
    }

    /// Sets whether the next lines are parts of records that span several lines, and the record that
    /// is open before them. The lines must be whole. Parts pass, whatever they look like.
    pub fn set_parts(&mut self, parts: bool, opening: Option<Opening>) {
        (self.parts, self.opening) = (parts, opening);
    }

    /// Takes a chunk, cut anywhere, and outputs all complete lines.
    pub fn push(&mut self, chunk: &[u8], out: Out<'_>) {
        self.ledger.take_in(chunk.len());
        match self.input {
            Input::Begins | Input::Was(_) => self.begin(chunk, false, out),
            Input::Is(Kind::Text) => self.text(chunk, out),
            Input::Is(_) => pass(&mut self.ledger, 0..chunk.len(), out),
        }
    }

    /// Ends the input, and outputs the last line, which has no line end. Later chunks are another
    /// input with the same ledger and the same output. So a document stays with the action that
    /// ends this input, and an element stays in an array that continues in the next one.
    pub fn finish(&mut self, out: Out<'_>) {
        if let Input::Begins = self.input {
            self.begin(&[], true, out);
        }
        if let Input::Is(kind) = self.input {
            self.input = Input::Was(kind);
        }
        while self.waiting.is_some() {
            self.settle(&[], true, out);
        }
        if core::mem::take(&mut self.oversized) {
            self.end_oversized();
            self.came.unfinished = true;
        }
        let held = core::mem::take(&mut self.held);
        if !held.is_empty() {
            let dropped = self.ledger.dropped;
            self.line(&held, None, None, out);
            self.came.unfinished = self.ledger.dropped == dropped && !held.ends_with(b"\n");
        }
        self.spans = self.spans.next_input();
        self.set_parts(false, None);
    }

    /// Detects the kind of the input.
    fn begin(&mut self, chunk: &[u8], whole: bool, out: Out<'_>) {
        let mut held = core::mem::take(&mut self.held);
        let before = held.len();
        held.extend_from_slice(&chunk[..chunk.len().min(HEAD - before)]);
        let Some(kind) = Kind::told(&held, whole) else {
            self.input = Input::Begins;
            self.held = held;
            return;
        };
        self.input = Input::Is(kind);
        held.truncate(before);
        if kind == Kind::Text {
            self.text(&held, &mut |piece| out(piece.of(&held)));
            self.text(chunk, out);
        } else {
            give(&mut self.ledger, &held, out);
            pass(&mut self.ledger, 0..chunk.len(), out);
        }
    }

    /// Filters text.
    fn text(&mut self, chunk: &[u8], out: Out<'_>) {
        // After one waiting line, another one may wait.
        while self.waiting.is_some() {
            if !self.settle(chunk, false, out) {
                self.held.extend_from_slice(chunk);
                return;
            }
        }
        let mut start = 0;
        if self.oversized || !self.held.is_empty() {
            start = self.end_of_held(chunk, out);
        }
        let end = memchr::memrchr(b'\n', &chunk[start..]).map_or(start, |at| start + at + 1);
        self.lines(chunk, start..end, out);
        if self.waiting.is_none() {
            self.hold(&chunk[end..], end, out);
        }
    }

    /// Decides about a waiting line from the bytes after it. `ended` says that the input ends after
    /// `rest`. Returns `false` if the line must still wait.
    fn settle(&mut self, rest: &[u8], ended: bool, out: Out<'_>) -> bool {
        let Some(waiting) = &self.waiting else { return true };
        let length = waiting.length();
        let Some(stays) = self.waits_for(length, rest, ended) else { return false };
        let Some(waiting) = self.waiting.take() else { return true };
        let held = core::mem::take(&mut self.held);
        let (line, behind) = held.split_at(length);
        match waiting {
            Waiting::Doubtful { mut context, .. } => {
                let block = self.spans.doubt().filter(|_| stays);
                if stays {
                    context.span = Span::Part;
                }
                self.judge(line, context, block, None, Some(behind), out);
            }
            Waiting::Dropped(dropped) if stays => {
                self.ledger.take_drop_back(length - dropped.mark, &dropped.computer);
                self.ledger.count_kept(
                    dropped.edits.iter().map(|(_, text)| text.len()).sum(),
                    dropped.untagged,
                );
                let edits = dropped.edits.iter().map(|(at, text)| (*at, text.as_str()));
                tagged(&mut self.ledger, line, None, edits, out);
            }
            Waiting::Dropped(dropped) => give(&mut self.ledger, &line[..dropped.mark], out),
        }
        self.text(behind, &mut |piece| out(piece.of(behind)));
        true
    }

    /// Whether the record of the waiting line continues in the held bytes or in the new ones.
    fn waits_for(&mut self, length: usize, rest: &[u8], ended: bool) -> Option<bool> {
        let (line, behind) = self.held.split_at(length);
        let short = !ended && behind.len() + rest.len() < spans::LOOK;
        if short && self.spans.doubt().is_some() && memchr::memchr(b'\n', rest).is_none() {
            return None;
        }
        if behind.is_empty() {
            return goes_on(&mut self.spans, line, rest, ended);
        }
        let rest = &rest[..rest.len().min(AHEAD + spans::LOOK)];
        goes_on(&mut self.spans, line, &[behind, rest].concat(), ended)
    }

    /// Continues the unfinished line of the last chunk. Returns where the next line starts.
    fn end_of_held(&mut self, chunk: &[u8], out: Out<'_>) -> usize {
        let line_end = memchr::memchr(b'\n', chunk);
        let end = line_end.map_or(chunk.len(), |at| at + 1);
        let length = self.held.len() + line_end.unwrap_or(chunk.len());
        let fits = !self.oversized
            && length <= self.engine.policy().max_record
            && self.held.try_reserve(end).is_ok();
        if !fits {
            let mut held = core::mem::take(&mut self.held);
            self.count_oversized(&mut held, &chunk[..end]);
            self.follow(&held);
            self.follow(&chunk[..end]);
            self.trail.add(&held);
            self.trail.add(&chunk[..end]);
            give(&mut self.ledger, &held, out);
            pass(&mut self.ledger, 0..end, out);
            self.oversized = line_end.is_none();
            if !self.oversized {
                self.end_oversized();
            }
            return end;
        }
        self.held.extend_from_slice(&chunk[..end]);
        if line_end.is_some() {
            let mut held = core::mem::take(&mut self.held);
            self.line(&held, None, Some(&chunk[end..]), out);
            if self.waiting.is_some() {
                return chunk.len();
            }
            held.clear();
            self.held = held;
        }
        end
    }

    /// Counts an oversized line once, when its length exceeds the limit. `held` is its start,
    /// and `more` are its new bytes.
    fn count_oversized(&mut self, held: &mut Vec<u8>, more: &[u8]) {
        if self.oversized {
            self.spans.more(more);
            return;
        }
        self.ledger.count_oversized();
        self.came.unfinished = false;
        let length = held.len();
        let missing = self.engine.policy().max_record.saturating_sub(length).min(more.len());
        self.came.bulk_action = held.try_reserve(missing).is_err() || {
            held.extend_from_slice(&more[..missing]);
            self.is_bulk_action(held)
        };
        self.spans.begin_line(held, self.engine.policy().max_record);
        self.spans.more(&more[missing..]);
        held.truncate(length);
    }

    /// Ends an oversized line.
    fn end_oversized(&mut self) {
        if self.trail.end() {
            self.leave_unjudged(self.spans.count(), b"");
        }
    }

    /// Counts a line that mentions the event, and that the engine did not see.
    fn leave_unjudged(&mut self, line: u64, record: &[u8]) {
        self.ledger.count_unjudged(1);
        self.unjudged.add(line, record);
    }

    /// Whether a line is an action of a `_bulk` body. Checks at most `max_record` bytes.
    fn is_bulk_action(&self, line: &[u8]) -> bool {
        is_bulk_action(&line[..line.len().min(self.engine.policy().max_record)])
    }

    /// Holds back the unfinished line at the end of a chunk, or passes it if it is too long.
    fn hold(&mut self, rest: &[u8], at: usize, out: Out<'_>) {
        if rest.is_empty() || self.oversized {
            return;
        }
        if rest.len() > self.engine.policy().max_record
            || self.held.try_reserve(rest.len()).is_err()
        {
            self.count_oversized(&mut Vec::new(), rest);
            self.follow(rest);
            self.trail.add(rest);
            self.oversized = true;
            pass(&mut self.ledger, at..at + rest.len(), out);
        } else {
            self.held.extend_from_slice(rest);
        }
    }

    /// Filters complete lines.
    fn lines(&mut self, chunk: &[u8], span: Range<usize>, out: Out<'_>) {
        let Range { mut start, end } = span;
        // The start of the run of passing bytes that is not output yet.
        let mut run = start;
        let mut passed = Passed::default();
        while let Some(mention) = prefilter::find_counting(&chunk[..end], start, &mut passed) {
            let line =
                memchr::memrchr(b'\n', &chunk[start..mention]).map_or(start, |at| start + at + 1);
            let line_end =
                memchr::memchr(b'\n', &chunk[mention..end]).map_or(end, |at| mention + at + 1);
            self.count_passing(chunk, start..line, core::mem::take(&mut passed));
            let rest = Some(&chunk[line_end..]);
            let place = Place { run, start: line };
            run = self.line(&chunk[line..line_end], Some(place), rest, out);
            if self.waiting.is_some() {
                return;
            }
            start = line_end;
        }
        self.count_passing(chunk, start..end, passed);
        pass(&mut self.ledger, run..end, out);
    }

    /// Counts complete lines without a candidate.
    fn count_passing(&mut self, chunk: &[u8], span: Range<usize>, passed: Passed) {
        let lines = &chunk[span];
        if lines.is_empty() {
            return;
        }
        self.came.unfinished = false;
        self.follow(lines);
        self.look_for_utf16(lines);
        self.spans.lines(lines, passed, self.engine.policy().max_record);
        let oversized = self.count_too_long(lines);
        let last = last_line(lines);
        self.came.bulk_action = self.is_bulk_action(last);
        self.ledger.count_lines(passed.lines, oversized);
    }

    /// Notes the lines that mention the event in UTF-16.
    fn look_for_utf16(&mut self, lines: &[u8]) {
        if memchr::memchr(0, lines).is_none() {
            return;
        }
        for (number, line) in (self.spans.count() + 1..).zip(lines.split(|byte| *byte == b'\n')) {
            if may_hide_event(line) {
                self.leave_unjudged(number, line);
            }
        }
    }

    /// Counts the lines that are too long. It searches one line end backwards in each stretch of
    /// the maximum length, so it reads few bytes.
    fn count_too_long(&self, lines: &[u8]) -> u64 {
        let most = self.engine.policy().max_record;
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

    /// Filters one line. Inside a chunk, the line has a candidate. `rest` is what follows the line
    /// so far. Returns the start of the run of passing bytes after the line.
    fn line(
        &mut self,
        line: &[u8],
        place: Option<Place>,
        rest: Option<&[u8]>,
        out: Out<'_>,
    ) -> usize {
        let before = self.spans.opening().or(self.opening);
        let mut context = self.context(line, place.is_some());
        let doubt = self.spans.doubt().filter(|_| {
            context.span == Span::Line && (context.mentions || prefilter::find(line, 0).is_some())
        });
        if doubt.is_none() {
            return self.judge(line, context, before, place, rest, out);
        }
        match goes_on(&mut self.spans, line, rest.unwrap_or_default(), rest.is_none()) {
            Some(true) => context.span = Span::Part,
            Some(false) => {}
            None => {
                if let Some(place) = place {
                    pass(&mut self.ledger, place.run..place.start, out);
                }
                self.waiting = Some(Waiting::Doubtful { length: line.len(), context });
                self.held = [line, rest.unwrap_or_default()].concat();
                return 0;
            }
        }
        self.judge(line, context, doubt, place, rest, out)
    }

    /// Judges one line, which is inside the record that is open before it.
    fn judge(
        &mut self,
        line: &[u8],
        context: Context,
        before: Option<Opening>,
        place: Option<Place>,
        rest: Option<&[u8]>,
        out: Out<'_>,
    ) -> usize {
        let run = place.map_or(0, |place| place.run);
        let Self { engine, ledger, spans, unjudged, .. } = self;
        let judgement = engine.decide_accounting(line, context, ledger);
        if judgement.unjudged {
            let record = match judgement.unread {
                // Nothing else is known of such a line if it comes in pieces.
                Some(Unread::TooLong) => &[],
                _ => without_line_end(line.get(context.mark..).unwrap_or_default()),
            };
            let opening = before.or_else(|| spans.opening());
            unjudged.add_inside(opening, spans.count(), record);
        }
        if judgement.decision == Decision::Drop {
            let dropped = line.len() - context.mark;
            // The lines after a doubtful one have decided already.
            let goes_on = match spans.doubt() {
                Some(_) => Some(false),
                None => goes_on(spans, line, rest.unwrap_or_default(), rest.is_none()),
            };
            match goes_on {
                Some(true) => {
                    ledger.take_drop_back(dropped, judgement.computer);
                    ledger.count_kept(judgement.edits.len(), judgement.untagged);
                }
                Some(false) => {
                    if let Some(place) = place {
                        pass(ledger, run..place.start, out);
                    }
                    // A byte order mark belongs to the stream, not to its first record.
                    give(ledger, &line[..context.mark], out);
                    return place.map_or(0, |place| place.start) + line.len();
                }
                None => {
                    if let Some(place) = place {
                        pass(ledger, run..place.start, out);
                    }
                    let dropped = Dropped::of(&judgement, line.len(), context.mark);
                    self.waiting = Some(Waiting::Dropped(dropped));
                    self.held = [line, rest.unwrap_or_default()].concat();
                    return 0;
                }
            }
        }
        tagged(ledger, line, place, judgement.edits.iter(), out)
    }

    /// Updates the state with a line, and returns its context.
    fn context(&mut self, line: &[u8], mentions: bool) -> Context {
        let document = core::mem::take(&mut self.came.bulk_action);
        let element = self.came.in_array && is_value(line);
        let rest = core::mem::take(&mut self.came.unfinished);
        self.follow(line);
        // A record that continues after this line is not judged by the line alone.
        let inside = self.spans.line(line, self.engine.policy().max_record) || self.spans.is_open();
        self.came.bulk_action = self.is_bulk_action(line.strip_suffix(b"\n").unwrap_or(line));
        let part = inside || self.parts || self.spans.is_part(line);
        Context {
            span: if part { Span::Part } else { Span::Line },
            mark: if self.spans.count() == 1 { bom(line) } else { 0 },
            mentions,
            pinned: document || element || rest || self.came.bulk_action,
        }
    }

    /// Updates `in_array` from the last byte that is not blank.
    fn follow(&mut self, bytes: &[u8]) {
        if let Some(last) = bytes.iter().rfind(|byte| !is_blank(**byte)) {
            self.came.in_array = matches!(last, b',' | b'[');
        }
    }
}

impl Waiting {
    fn length(&self) -> usize {
        match self {
            Self::Doubtful { length, .. } | Self::Dropped(Dropped { length, .. }) => *length,
        }
    }
}

impl Dropped {
    fn of(judgement: &Judgement<'_>, length: usize, mark: usize) -> Self {
        let Judgement { edits, untagged, computer, .. } = *judgement;
        let edits = edits.iter().map(|(at, text)| (at, text.to_owned())).collect();
        Self { length, mark, edits, untagged, computer: computer.to_owned() }
    }
}

/// Passes a span of the chunk.
fn pass(ledger: &mut Ledger, span: Range<usize>, out: Out<'_>) {
    if !span.is_empty() {
        ledger.give_out(span.len());
        out(Piece::Chunk(span));
    }
}

/// Outputs bytes that are not a span of the chunk.
fn give(ledger: &mut Ledger, bytes: &[u8], out: Out<'_>) {
    if !bytes.is_empty() {
        ledger.give_out(bytes.len());
        out(Piece::Bytes(bytes));
    }
}

/// Outputs a line with edits. Returns the same as [`Filter::line`].
fn tagged<'t>(
    ledger: &mut Ledger,
    line: &[u8],
    place: Option<Place>,
    edits: impl Iterator<Item = (usize, &'t str)>,
    out: Out<'_>,
) -> usize {
    let mut from = 0;
    let mut run = place.map_or(0, |place| place.run);
    for (to, text) in edits {
        match place {
            Some(Place { start, .. }) => {
                pass(ledger, run..start + to, out);
                run = start + to;
            }
            None => give(ledger, &line[from..to], out),
        }
        give(ledger, text.as_bytes(), out);
        from = to;
    }
    if place.is_none() {
        give(ledger, &line[from..], out);
    }
    run
}

/// The length of the byte order mark at the start.
fn bom(line: &[u8]) -> usize {
    if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 }
}

/// White space, and the bytes of a byte order mark. They may surround the elements of an array.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, 0xEF | 0xBB | 0xBF)
}

/// Whether a line begins like a JSON value that can hold a record, so that it may be an element of
/// an array.
fn is_value(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !is_blank(**byte));
    matches!(first, Some(b'{' | b'[' | b'"'))
}

/// Whether a record to be dropped continues after its line, or an earlier block may do so, judged by
/// the bytes after it so far. `None` if that is not decided yet.
fn goes_on(spans: &mut Spans, line: &[u8], rest: &[u8], ended: bool) -> Option<bool> {
    if spans.doubt().is_none() {
        return goes_on_alone(spans, line, rest, ended);
    }
    // No line after the record may be a part of the block.
    spans.below(rest, ended)
}

/// Like [`goes_on`], if no block may continue.
fn goes_on_alone(spans: &Spans, line: &[u8], rest: &[u8], ended: bool) -> Option<bool> {
    let value = is_value(line);
    if !value && !spans.asks(line) {
        return Some(false);
    }
    let Some(at) = rest.iter().take(AHEAD).position(|byte| !is_blank(*byte)) else {
        return if rest.len() >= AHEAD { Some(true) } else { ended.then_some(false) };
    };
    if value {
        return Some(matches!(rest[at], b',' | b']' | b'}'));
    }
    let start = memchr::memrchr(b'\n', &rest[..at]).map_or(0, |end| end + 1);
    let next = &rest[start..];
    let next = match memchr::memchr(b'\n', next) {
        Some(end) => &next[..end],
        None if ended || next.len() >= spans::LOOK => next,
        None => return None,
    };
    Some(Behind { line: next, blank: start > 0 }.goes_on(line))
}

/// The last of several complete lines.
fn last_line(lines: &[u8]) -> &[u8] {
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    memchr::memrchr(b'\n', lines).map_or(lines, |at| &lines[at + 1..])
}

/// Whether a line is an action of an Elasticsearch `_bulk` body with a document after it. Dropping
/// either one would shift all later lines. A broken action counts, too.
fn is_bulk_action(line: &[u8]) -> bool {
    let line = line[bom(line)..].trim_ascii_start();
    let Some(inside) = line.strip_prefix(b"{") else { return false };
    // Fast path: most lines end here.
    if !matches!(inside.trim_ascii_start(), [b'"', b'i' | b'c' | b'u' | b'\\', ..]) {
        return false;
    }
    let text = line.utf8_chunks().next().map_or("", |chunk| chunk.valid());
    let mut tokens = Tokens::new(text);
    let named = matches!((tokens.next(), tokens.next()), (Ok(Token::ObjectStart), Ok(Token::Key(key)))
        if ["index", "create", "update"].iter().any(|action| key.is(action)));
    named && tokens.peek() == Some(b'{')
}
