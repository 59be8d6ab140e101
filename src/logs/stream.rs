//! Reads the events of a decoded stream, for `classify`, `explain`, `report` and the page.
//!
//! Every record is read, and none is kept. Records that could not be read are counted by kind, with
//! their positions, so that nothing is silently ignored.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use crate::{
    article,
    classify::related::{RelatedKind, related},
    engine::{
        decide::counted_frame,
        unjudged::{Known, Opened, Opening, Unjudged, may_hide_event},
    },
    event::Event,
    prefilter, swar,
};
use crate::{
    framing::{Format, Frame, Framer, Heading, Kind, block_start},
    record::{Reading, read, text},
};

/// The default limit on the size of one record, in bytes.
pub const MAX_RECORD: usize = 1 << 20;

/// One event and its position.
///
/// ```
/// use crypt32_filter::{Format, Log};
///
/// let mut log = Log::new(Format::Auto);
/// let mut places = Vec::new();
/// let mut see = |found: crypt32_filter::Found<'_>| {
///     places.push((found.record, found.line, found.is_line));
/// };
/// log.push(b"{\"EventID\":7}\n{\"EventID\":\n8}\n", &mut see);
/// log.finish(&mut see);
///
/// assert_eq!(places, [(1, Some(1), true), (2, Some(2), false)]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Found<'e> {
    /// The number of the record in the stream, from 1. Blank lines and headings do not count.
    pub record: u64,
    /// The number of the event in its record, from 1.
    pub event: u64,
    /// The offset of the record in the stream, in bytes.
    pub offset: u64,
    /// The number of the record's first line, from 1; `None` in a binary log.
    pub line: Option<u64>,
    /// The length of the record in the stream with its line end, in bytes.
    pub length: u64,
    /// The bytes of the record; empty for a record of a binary log.
    pub bytes: &'e [u8],
    /// The record is outside the log's own list: it was deleted, or it follows a damaged span.
    pub carved: bool,
    /// The record is one line, and no heading is needed to read it. The stream filter passes other
    /// records unchanged.
    pub is_line: bool,
    /// The values of the event.
    pub event_read: &'e Event<'e>,
    /// What the caller found out about the events of this record. The caller adds to it.
    pub told: &'e Known,
}

/// How many positions are kept.
const PLACES: usize = 8;

/// The number and the first positions of similar records in a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The number of records.
    pub count: u64,
    /// The line numbers of the first few records.
    pub lines: Vec<u64>,
}

impl Places {
    fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < PLACES {
            self.lines.push(line);
        }
    }
}

/// The account of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The number of all records, including unreadable ones.
    pub records: u64,
    /// The number of events in them.
    pub events: u64,
    /// The number of blank lines.
    pub blank: u64,
    /// The number of headings: of CSV, of tables, of sections.
    pub headings: u64,
    /// The number of lines that were skipped. Each counts as a record with one event.
    pub skipped: u64,
    /// Lines and blocks that no reader recognises.
    pub unknown: Places,
    /// Records that begin like JSON or XML but are invalid or cut off.
    pub broken: Places,
    /// Records that are longer than the limit.
    pub oversized: Places,
    /// Records that are not valid UTF-8. They were read with the invalid bytes replaced.
    pub not_utf8: Places,
    /// Records that mention the event and could not be judged: unreadable ones, and those whose
    /// events do not say which event they are.
    pub unjudged: Unjudged,
    /// Whether the last block that is no quotation is not this event.
    below_another: bool,
    /// The line where the last frame that counts its octets begins, and the offset where it ends.
    counted: Option<(u64, u64)>,
    /// Whether there are such frames, according to the format.
    counts: bool,
}

/// Reads the events of a stream.
#[derive(Debug)]
pub struct Events {
    framer: Framer,
    summary: Summary,
}

impl Events {
    /// Creates a reader for a stream in this format; `None` detects the format of each record.
    pub fn new(format: Option<Format>, max_record: usize) -> Self {
        let framer = Framer::new(format.unwrap_or_default(), max_record);
        let summary = Summary { counts: format != Some(Format::Json), ..Summary::default() };
        Self { framer, summary }
    }

    /// Skips lines of NDJSON that mention no event of the family: they are only counted.
    #[must_use]
    pub fn skip_unrelated(self) -> Self {
        Self { framer: self.framer.skip_unrelated(), ..self }
    }

    /// Reads the next bytes. They must be decoded text: UTF-8, possibly with a few invalid bytes.
    pub fn push(&mut self, chunk: &[u8], found: &mut dyn FnMut(Found<'_>)) {
        let Self { framer, summary } = self;
        framer.push(chunk, &mut |frame| summary.frame(frame, found));
    }

    /// Reads the rest of the stream.
    pub fn finish(&mut self, found: &mut dyn FnMut(Found<'_>)) {
        let Self { framer, summary } = self;
        framer.finish(&mut |frame| summary.frame(frame, found));
    }

    /// The account so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The number of bytes in the buffer.
    pub fn buffered(&self) -> usize {
        self.framer.buffered()
    }
}

impl Summary {
    fn frame(&mut self, frame: Frame<'_>, found: &mut dyn FnMut(Found<'_>)) {
        match frame.kind {
            Kind::Blank => return self.blank += 1,
            Kind::Heading => return self.headings += 1,
            Kind::Skipped(lines) => {
                self.records += lines;
                self.events += lines;
                return self.skipped += lines;
            }
            Kind::Record | Kind::Broken | Kind::Oversized => self.records += 1,
        }
        if frame.kind == Kind::Oversized {
            if frame.mentions {
                self.unjudged.add(frame.line, frame.bytes);
            }
            return self.oversized.add(frame.line);
        }
        let quoted = frame.quoted_from.filter(|_| self.below_another);
        let quoted = quoted.map(|line| Opening { line, kind: Opened::Block });
        let counted = self.counted.filter(|(_, end)| frame.offset < *end);
        let counted = counted.map(|(line, _)| Opening { line, kind: Opened::Frame });
        if self.counts {
            self.count_octets(&frame);
        }
        let opening = counted.or(quoted).filter(|_| may_hide_event(frame.bytes));
        if opening.is_some() {
            return self.unjudged.add_inside(opening, frame.line, frame.bytes);
        }
        let text = swar::lossy(frame.bytes);
        if let Cow::Owned(_) = text {
            self.not_utf8.add(frame.line);
        }
        let mut number = 0;
        let told = Known::default();
        let one_line = memchr(b'\n', frame.bytes).is_none();
        let mut kind = None;
        let mut emit = |event: &Event<'_>, headed: bool| {
            number += 1;
            if frame.has_guessed_end && !one_line {
                kind = related(event).map(|related| related.kind);
            }
            found(Found {
                record: self.records,
                event: number,
                offset: frame.offset,
                line: Some(frame.line),
                length: frame.length,
                bytes: frame.bytes,
                carved: false,
                is_line: one_line && !headed,
                event_read: event,
                told: &told,
            });
        };
        let reading = match frame.kind {
            Kind::Broken => Reading::Broken,
            _ if below(frame.heading, &text, &mut |event| emit(event, true)) => Reading::Text,
            _ => read(text.as_bytes(), "", &mut |event| emit(event, false)),
        };
        self.events += number;
        let odd = number != 1
            || matches!(text, Cow::Owned(_))
            || !matches!(reading, Reading::Json { .. });
        frame.odd.set(odd);
        let read = match reading {
            Reading::Json { .. } | Reading::Text => true,
            Reading::Unknown if !text.starts_with("<Event") => {
                self.unknown.add(frame.line);
                false
            }
            Reading::Unknown | Reading::Broken => {
                self.broken.add(frame.line);
                false
            }
        };
        let open = !read || told.open.get();
        if open && !told.this.get() && may_hide_event(frame.bytes) {
            self.unjudged.add(frame.line, frame.bytes);
        } else if !told.this.get() && reading == Reading::Text {
            self.note_inside(&frame, kind);
        }
        if frame.quoted_from.is_none() && (frame.has_guessed_end || !read) {
            self.below_another = !told.this.get();
        }
    }

    /// Notes where the counted frames end that begin in a record, one behind the other.
    fn count_octets(&mut self, frame: &Frame<'_>) {
        let mut at = self.counted.map_or(0, |(_, end)| end).max(frame.offset);
        while let Some(rest) =
            usize::try_from(at - frame.offset).ok().and_then(|at| frame.bytes.get(at..))
            && let Some((count, digits)) = counted_frame(rest, MAX_RECORD)
        {
            at += (digits + 1 + count) as u64;
            self.counted = Some((frame.line, at));
        }
    }

    /// Counts lines that mention the event inside a record about another event. That record may
    /// quote them, or end before them. The reader cannot tell which. Within a record that has an
    /// end of its own, only a line that is a record counts. The message of a related event has the
    /// URL, so the first line with it does not count if the record is an event of this `kind`.
    fn note_inside(&mut self, frame: &Frame<'_>, mut kind: Option<RelatedKind>) {
        if memchr(b'\n', frame.bytes).is_none() || !prefilter::names_event(frame.bytes) {
            return;
        }
        let lines = frame.bytes.split(|byte| *byte == b'\n');
        for (number, line) in (frame.line..).zip(lines).skip(1) {
            if !may_hide_event(line) {
                continue;
            }
            let has = |text: &str| memmem::find(line, text.as_bytes()).is_some();
            let own = kind.is_some_and(|kind| {
                has(article::URL) && (kind == RelatedKind::Twin || !has(article::PREFIX))
            });
            if block_start::is_record(&String::from_utf8_lossy(line)) {
                self.unjudged.add(number, line);
            } else if own {
                kind = None;
            } else if frame.has_guessed_end {
                self.unjudged.add(number, line);
            }
        }
    }
}

/// Reads a record below a heading. Returns whether the record belongs to the heading.
fn below(heading: &Heading, record: &str, emit: crate::record::Emit<'_>) -> bool {
    match heading {
        Heading::None | Heading::Table(_, None) => return false,
        // The event is large, so it is not created for each line.
        Heading::Csv(_, header) if !header.may_read(record) => return false,
        Heading::Table(_, Some(table)) if !table.has_row(record) => return false,
        Heading::Csv(..) | Heading::Table(..) | Heading::Section(_) => {}
    }
    let mut event = Event::default();
    let shape = match heading {
        // A line below a header may not fit it, because other shapes may follow.
        Heading::Csv(_, header) => header.read(record, 0, &mut event).map(|()| "csv"),
        Heading::Table(_, Some(table)) => table.read(record, 0, &mut event).map(|()| "eventquery"),
        Heading::Section(name) => {
            return text::read(&format!("{name}\n{record}"), emit).is_some();
        }
        Heading::None | Heading::Table(_, None) => None,
    };
    if let Some(shape) = shape {
        event.shape = shape;
        emit(&event);
    }
    shape.is_some()
}
