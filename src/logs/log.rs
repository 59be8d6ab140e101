//! Reads a log file of any kind, which is detected from its content: compressed or not, text in any
//! shape or a binary log. Bytes go in, events come out.

use core::ops::ControlFlow;

use super::{
    binary,
    container::{Content, Decoder, Limits},
    evt, evtx,
    stream::{Events, Found, MAX_RECORD, Places},
};
use crate::{
    engine::unjudged::{self, Similar},
    framing::Format,
};

/// The maximum size of a legacy log, which is read into memory as a whole. On Windows XP and Server
/// 2003, all logs together were limited to about 300 MB.
const LARGEST_EVT: usize = 512 << 20;

/// Reads the events of one file: text of any shape, `.evt` or `.evtx`, packed or not.
///
/// ```
/// use crypt32_filter::{Format, Log, Outcome, Policy, classify};
///
/// let mut log = Log::new(Format::Auto);
/// let mut outcomes = Vec::new();
/// let mut see = |found: crypt32_filter::Found<'_>| {
///     outcomes.push((found.line, classify(found.event_read, &Policy::default()).outcome));
/// };
/// log.push(b"{\"SourceName\":\"crypt32\",\"EventID\":7}\n{\"SourceName\":", &mut see);
/// log.push(b"\"crypt32\",\"EventID\":8}\n", &mut see);
/// log.finish(&mut see);
///
/// assert_eq!(outcomes, [(Some(1), Outcome::Unrelated), (Some(2), Outcome::Review)]);
/// assert!(!log.failed());
/// ```
pub struct Log {
    decoder: Decoder,
    inside: Inside,
    format: Format,
    /// The decoder's output that was not read yet, for example while the content is unknown.
    decoded: Vec<u8>,
    /// The reason why the rest cannot be read.
    fault: Option<String>,
    /// Part of a binary log could not be read.
    damaged: bool,
    /// Whether lines may be skipped, and how many were.
    skips: bool,
    skipped: u64,
    notes: Vec<String>,
    /// The places that mention the event and could not be judged.
    unjudged: Vec<Similar>,
    /// The records of a binary log that mention the event, and do not say which event they are.
    open: Open,
}

/// The number of such records, and the offsets of the first.
#[derive(Default)]
struct Open {
    count: u64,
    offsets: Vec<u64>,
}

enum Inside {
    Unknown,
    Text(Box<Events>),
    Evt(Vec<u8>),
    Evtx(Box<evtx::Reader>),
}

impl Log {
    /// Creates a reader for one file. The format applies only to text.
    pub fn new(format: Format) -> Self {
        Self {
            decoder: Decoder::new(Limits::default()),
            inside: Inside::Unknown,
            format,
            decoded: Vec::new(),
            fault: None,
            damaged: false,
            skips: false,
            skipped: 0,
            notes: Vec::new(),
            unjudged: Vec::new(),
            open: Open::default(),
        }
    }

    /// Skips lines of NDJSON that mention no event of the family: they are only counted.
    #[must_use]
    pub fn skip_unrelated(self) -> Self {
        Self { skips: true, ..self }
    }

    /// Reads the next bytes, and calls `found` for each event.
    pub fn push(&mut self, bytes: &[u8], found: &mut dyn FnMut(Found<'_>)) {
        if self.failed() {
            return;
        }
        let Self { decoder, decoded, .. } = self;
        let fault = decoder.push(bytes, &mut |bytes| decoded.extend_from_slice(bytes)).err();
        self.read_decoded(found);
        if let Some(fault) = fault {
            self.fail(format!("stopped {fault}"));
        }
    }

    /// Reads the rest, and completes the notes.
    pub fn finish(&mut self, found: &mut dyn FnMut(Found<'_>)) {
        if !self.failed() {
            let Self { decoder, decoded, .. } = self;
            let fault = decoder.finish(&mut |bytes| decoded.extend_from_slice(bytes)).err();
            self.read_decoded(found);
            if let Some(fault) = fault {
                self.fail(format!("stopped {fault}"));
            }
        }
        match core::mem::replace(&mut self.inside, Inside::Unknown) {
            Inside::Unknown => {}
            Inside::Text(_) if self.decoder.unpacked() == 0 => {
                self.notes.push("the file is empty".to_owned());
            }
            Inside::Text(mut events) => {
                events.finish(found);
                self.skipped = events.summary().skipped;
                self.note_text(&events);
            }
            Inside::Evt(bytes) => {
                let mut record = 0;
                let open = &mut self.open;
                let summary =
                    evt::read(&bytes, &mut |inner| visit(inner, &mut record, open, found));
                self.note_binary(&summary);
            }
            Inside::Evtx(reader) => {
                let mut record = reader.records();
                let open = &mut self.open;
                let summary = reader.finish(&mut |inner| visit(inner, &mut record, open, found));
                self.note_binary(&summary);
            }
        }
        if let Some((count, first)) = self.decoder.strays() {
            let kind = Similar::first("a line in another encoding than the rest", first, true);
            self.unjudged.push(Similar { count, ..kind });
            let what = counted(
                count,
                "line in another encoding than the rest mentions the event and could not be judged",
                "lines in another encoding than the rest mention the event and could not be judged",
            );
            self.notes.push(format!("{what} (byte {first})"));
        }
        if self.decoder.replaced() > 0 {
            let units = self.decoder.replaced();
            self.notes.push(counted(
                units,
                "broken UTF-16 unit was replaced",
                "broken UTF-16 units were replaced",
            ));
        }
    }

    /// Notes about what could not be read, and where, one per line. They are complete after
    /// [`Self::finish`].
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The number of lines that were skipped so far. Each counts as one event.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The places that mention the event and could not be judged, by kind. They are complete after
    /// [`Self::finish`].
    pub fn unjudged(&self) -> &[Similar] {
        &self.unjudged
    }

    /// Whether the file could not be read to its end.
    pub fn failed(&self) -> bool {
        self.fault.is_some()
    }

    /// The reason why the file could not be read to its end. It is also one of the notes.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Whether the file was read completely. The answer is final after [`Self::finish`].
    pub fn is_whole(&self) -> bool {
        !self.failed() && !self.damaged
    }

    /// The decoder, which knows the compression and the content of the file.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    fn fail(&mut self, note: String) {
        self.fault = Some(note.clone());
        self.notes.push(note);
    }

    fn read_decoded(&mut self, found: &mut dyn FnMut(Found<'_>)) {
        if let (Inside::Unknown, Some(content)) = (&self.inside, self.decoder.content()) {
            self.inside = match content {
                Content::Evt => Inside::Evt(Vec::new()),
                Content::Evtx => Inside::Evtx(Box::default()),
                _ => {
                    let events = Events::new(Some(self.format), MAX_RECORD);
                    let events = if self.skips { events.skip_unrelated() } else { events };
                    Inside::Text(Box::new(events))
                }
            };
        }
        let bytes = &self.decoded;
        match &mut self.inside {
            // Too few bytes have arrived to detect the content.
            Inside::Unknown => return,
            Inside::Text(events) => {
                events.push(bytes, found);
                self.skipped = events.summary().skipped;
            }
            Inside::Evt(whole) => {
                if whole.len() + bytes.len() > LARGEST_EVT
                    || whole.try_reserve(bytes.len()).is_err()
                {
                    let note = format!("an .evt file of more than {LARGEST_EVT} bytes is not read");
                    return self.fail(note);
                }
                whole.extend_from_slice(bytes);
            }
            Inside::Evtx(reader) => {
                let mut record = reader.records();
                let open = &mut self.open;
                let _ = reader.push(bytes, &mut |inner| visit(inner, &mut record, open, found));
            }
        }
        self.decoded.clear();
    }

    fn note_text(&mut self, events: &Events) {
        let summary = events.summary();
        self.unjudged.extend_from_slice(&summary.unjudged.kinds);
        self.notes.extend(summary.unjudged.note());
        if self.decoder.is_binary() && summary.events == 0 {
            // A program can contain the words of the event, and so can a log with a broken header.
            let mentions = summary.unjudged.count > 0;
            let why = if mentions { " and no record in it can be read" } else { ", not a log" };
            return self.fail(format!("it is a binary file{why}"));
        }
        // Oversized lines are never skipped.
        let least = if self.skipped > 0 { "at least " } else { "" };
        for (places, least, one, many) in [
            (
                &summary.broken,
                least,
                "record begins like JSON or XML, but is invalid or cut off",
                "records begin like JSON or XML, but are invalid or cut off",
            ),
            (
                &summary.oversized,
                "",
                "record is longer than 1 MiB and was not read",
                "records are longer than 1 MiB and were not read",
            ),
            (
                &summary.not_utf8,
                least,
                "record is not valid UTF-8; bad bytes were replaced",
                "records are not valid UTF-8; bad bytes were replaced",
            ),
            (
                &summary.unknown,
                least,
                "record is in an unrecognised format",
                "records are in an unrecognised format",
            ),
        ] {
            if let Places { count: 1.., lines } = places {
                let at = unjudged::lines(&lines[..lines.len().min(3)], places.count);
                let what = counted(places.count, one, many);
                self.notes.push(format!("{least}{what} ({at})"));
            }
        }
    }

    fn note_binary(&mut self, summary: &binary::Summary) {
        if summary.carved > 0 {
            self.notes.push(counted(
                summary.carved,
                "record is carved: found outside the log's own list",
                "records are carved: found outside the log's own list",
            ));
        }
        if summary.remains > 0 {
            self.notes.push(counted(
                summary.remains,
                "record outside the log's own list could not be read",
                "records outside the log's own list could not be read",
            ));
        }
        if summary.unjudged > 0 {
            let spans = summary.spans.iter().filter(|span| span.is_unjudged());
            self.unjudged.push(Similar {
                like: "bytes without a readable record",
                count: summary.unjudged,
                places: spans.map(|span| span.offset).collect(),
                offsets: true,
            });
        }
        let Open { count, offsets } = core::mem::take(&mut self.open);
        if let Some(first) = offsets.first() {
            let [one, many] = unjudged::SAID;
            let what = counted(count, &format!("record {one}"), &format!("records {many}"));
            self.notes.push(format!("{what} (byte {first})"));
            let like = "a record that does not say which event it is";
            self.unjudged.push(Similar { like, count, places: offsets, offsets: true });
        }
        // In a log that was not closed, the checksums may be those of earlier records.
        if summary.unverified > 0 && !summary.dirty {
            self.notes.push(counted(
                summary.unverified,
                "chunk has a wrong checksum: it is damaged, or was changed",
                "chunks have a wrong checksum: they are damaged, or were changed",
            ));
        }
        self.damaged |= !summary.complete();
        for span in &summary.spans {
            let binary::Span { offset, length, loss, mentions, why } = span;
            let mention = match (loss, mentions) {
                (binary::Loss::Overwritten, false) => continue,
                (_, false) => "",
                (binary::Loss::Overwritten, true) => "; it mentions the event",
                (binary::Loss::Damage, true) => {
                    "; it mentions the event, which could not be judged"
                }
            };
            let bytes = counted(*length, "byte", "bytes");
            self.notes.push(format!("{bytes} at byte {offset} gave no record: {why}{mention}"));
        }
        if let Some(at) = summary.cut {
            self.fail(format!("stopped at byte {at}: the .evtx file is cut off"));
        }
    }
}

/// A number, followed by the singular or plural text.
fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn visit(
    inner: &binary::Found<'_>,
    record: &mut u64,
    open: &mut Open,
    found: &mut dyn FnMut(Found<'_>),
) -> ControlFlow<()> {
    *record += 1;
    let told = unjudged::Known::default();
    found(Found {
        record: *record,
        event: 1,
        offset: inner.offset,
        line: None,
        length: inner.length,
        bytes: &[],
        carved: inner.carved,
        is_line: false,
        event_read: inner.event,
        told: &told,
    });
    if inner.mentions && told.open.get() && !told.this.get() {
        open.count += 1;
        if open.offsets.len() < binary::SPANS {
            open.offsets.push(inner.offset);
        }
    }
    ControlFlow::Continue(())
}
