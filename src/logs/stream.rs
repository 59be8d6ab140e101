//! From a decoded stream to its events: what `classify`, `explain`, `report` and the page look at.
//!
//! Every record is read, none is kept. What could not be read is counted by kind, with the places
//! where it stood, so that nothing is passed over in silence.

use std::borrow::Cow;

use memchr::memchr;

use crate::{
    engine::unjudged::{Known, Unjudged},
    event::Event,
    prefilter, swar,
};
use crate::{
    framing::{Format, Frame, Framer, Heading, Kind, block_start},
    record::{Reading, read, text},
};

/// The bound on the size of one record, where nothing else is said.
pub const MAX_RECORD: usize = 1 << 20;

/// One event and where it was found.
#[derive(Clone, Copy, Debug)]
pub struct Found<'e> {
    /// The number of its record in the stream, from 1 on. Blank lines and headings do not count.
    pub record: u64,
    /// The number of the event in its record, from 1 on.
    pub event: u64,
    /// Where the record begins in the stream.
    pub offset: u64,
    /// The line on which it begins, from 1 on; nothing in a binary log.
    pub line: Option<u64>,
    /// How long it is there, with its line end.
    pub length: u64,
    /// Its bytes; empty for a record of a binary log.
    pub bytes: &'e [u8],
    /// It was found outside the list of its log: a record that was deleted, or stands behind damage.
    pub carved: bool,
    /// What it says.
    pub event_read: &'e Event<'e>,
    /// What is known of the events of its record.
    pub told: &'e Known,
}

/// How many places are remembered.
const PLACES: usize = 8;

/// What happened more than once in a stream, and where first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// How often.
    pub count: u64,
    /// Where: the lines on which the first few records begin.
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

/// What a stream held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// All records, read or not.
    pub records: u64,
    /// The events in them.
    pub events: u64,
    /// Blank lines.
    pub blank: u64,
    /// Headings: of CSV, of tables, of sections.
    pub headings: u64,
    /// Lines and blocks that no reader knows.
    pub unknown: Places,
    /// Records that began like JSON or XML and are none, or were cut off.
    pub broken: Places,
    /// Records that are longer than the bound.
    pub oversized: Places,
    /// Records that are not valid UTF-8; they were read with the bad bytes replaced.
    pub not_utf8: Places,
    /// Of these records, and of those whose events do not say what they are, the ones that mention the
    /// event.
    pub unjudged: Unjudged,
}

/// Reads the events of a stream.
#[derive(Debug)]
pub struct Events {
    framer: Framer,
    summary: Summary,
}

impl Events {
    /// At the start of a stream of this format; `None` for whatever each record looks like.
    pub fn new(format: Option<Format>, max_record: usize) -> Self {
        let framer = Framer::new(format.unwrap_or_default(), max_record);
        Self { framer, summary: Summary::default() }
    }

    /// Takes in the next bytes, which must be decoded: UTF-8, or close to it.
    pub fn push(&mut self, chunk: &[u8], found: &mut dyn FnMut(Found<'_>)) {
        let Self { framer, summary } = self;
        framer.push(chunk, &mut |frame| summary.frame(frame, found));
    }

    /// So many lines of the stream are left out here, between two records.
    pub fn pass_lines(&mut self, count: u64) {
        self.framer.pass_lines(count);
    }

    /// Reads what is left.
    pub fn finish(&mut self, found: &mut dyn FnMut(Found<'_>)) {
        let Self { framer, summary } = self;
        framer.finish(&mut |frame| summary.frame(frame, found));
    }

    /// What was there so far.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// How many bytes are kept at the moment.
    pub fn buffered(&self) -> usize {
        self.framer.buffered()
    }
}

impl Summary {
    fn frame(&mut self, frame: Frame<'_>, found: &mut dyn FnMut(Found<'_>)) {
        match frame.kind {
            Kind::Blank => return self.blank += 1,
            Kind::Heading => return self.headings += 1,
            Kind::Record | Kind::Broken | Kind::Oversized => self.records += 1,
        }
        if frame.kind == Kind::Oversized {
            if frame.mentions {
                self.unjudged.add(frame.line, frame.bytes);
            }
            return self.oversized.add(frame.line);
        }
        let text = swar::lossy(frame.bytes);
        if let Cow::Owned(_) = text {
            self.not_utf8.add(frame.line);
        }
        let mut number = 0;
        let told = Known::default();
        let mut emit = |event: &Event<'_>| {
            number += 1;
            found(Found {
                record: self.records,
                event: number,
                offset: frame.offset,
                line: Some(frame.line),
                length: frame.length,
                bytes: frame.bytes,
                carved: false,
                event_read: event,
                told: &told,
            });
        };
        let reading = match frame.kind {
            Kind::Broken => Reading::Broken,
            _ if below(frame.heading, &text, &mut emit) => Reading::Text,
            _ => read(text.as_bytes(), "", &mut emit),
        };
        self.events += number;
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
        if open && !told.this.get() && prefilter::names_event(frame.bytes) {
            self.unjudged.add(frame.line, frame.bytes);
        } else if !told.this.get() && reading == Reading::Text {
            self.note_inside(&frame);
        }
    }

    /// Notes the records that mention the event on the lines of one about something else. It may quote
    /// them, or end before them: that cannot be told.
    fn note_inside(&mut self, frame: &Frame<'_>) {
        if memchr(b'\n', frame.bytes).is_none() || !prefilter::names_event(frame.bytes) {
            return;
        }
        let lines = frame.bytes.split(|byte| *byte == b'\n');
        for (number, line) in (frame.line..).zip(lines).skip(1) {
            if prefilter::names_event(line)
                && block_start::is_record(&String::from_utf8_lossy(line))
            {
                self.unjudged.add(number, line);
            }
        }
    }
}

/// Reads a record below a heading; says whether it belongs to it.
fn below(heading: &Heading, record: &str, emit: crate::record::Emit<'_>) -> bool {
    if let Heading::None | Heading::Table(_, None) = heading {
        return false;
    }
    let mut event = Event::default();
    let shape = match heading {
        // Not every line below a header or a table fits it: other shapes may follow.
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
