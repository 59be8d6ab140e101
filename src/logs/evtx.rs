//! Event logs of Windows Vista and later (`.evtx`), with the crate `evtx`.
//!
//! An XP log that was opened and saved on a newer Windows, or forwarded to one, has this form: the
//! source `crypt32`, the id 8, its high word as `Qualifiers`, and two `Data` without names. Each
//! record is rendered as XML and read by [`xml`], so that the same rules apply to the event in both
//! formats. `tokens` finds what the rendered XML omits.
//!
//! A file has a header of 4 KiB and chunks of 64 KiB, each with its own strings and templates
//! (libevtx documentation). So each chunk is read separately: memory does not grow with the file,
//! and a damaged chunk does not affect the others. When a log is full, new chunks overwrite the
//! oldest ones. [`read`] begins with the chunk that has the lowest record number. [`Reader`]
//! receives the bytes as a stream, and keeps the order of the file.
//!
//! A chunk's header gives the end of its records. The header is stale while the log is open, and it
//! can be forged, so records are searched up to the end of the chunk. Remains of older records are
//! common there. They are reported if they cannot be read and mention the event.

mod tokens;

use std::{
    error::Error,
    fmt::Write as _,
    ops::{ControlFlow, Range, RangeInclusive},
    sync::Arc,
};

use evtx::{EvtxChunkData, EvtxChunkHeader, EvtxRecord, ParserSettings, err::EvtxError};
use memchr::memmem;
use tokens::{Hidden, Tokens};

use super::binary::{self, Found, Loss, Span, Summary, Visit};
use crate::record::xml;
use crate::{
    article,
    event::{Event, Kind, Place},
    prefilter,
};

/// The length of the file's header in bytes.
const HEADER: usize = 4096;
/// The length of a chunk in bytes.
const CHUNK: usize = 1 << 16;
/// The length of a chunk's header in bytes.
const CHUNK_HEADER: usize = 512;
/// The signature at the beginning of a chunk.
const MAGIC: &[u8; 8] = b"ElfChnk\0";
/// The signature at the beginning of a record.
const RECORD: &[u8; 4] = b"\x2a\x2a\0\0";
/// The maximum length of the records of one chunk together, as XML. Real chunks have at most 234
/// kB. A forged chunk can repeat its templates without end.
const RENDERED: usize = 256 << 10;
/// How many chunks of one file may exceed [`RENDERED`]. In real files, no chunk does.
const GIVEN_UP: u8 = 2;
/// Parts of the crate's error messages for records that repeat their template too often: one is
/// about the length, one about the number of elements, and one about all records of the chunk.
const ENDLESS: [&str; 3] = ["renders to more than", "renders more than", "spent its render budget"];
/// The maximum number of unreadable records in one chunk, because each can cost as much time as the
/// whole chunk. Real chunks have a few hundred records.
const UNREADABLE: u64 = 256;
/// The length of a record's header in bytes.
const RECORD_HEADER: usize = 24;

/// Whether these bytes are the beginning of an `.evtx` file.
pub fn is_evtx(head: &[u8]) -> bool {
    head.starts_with(b"ElfFile\0")
}

/// Reads a whole log, with the oldest chunk first.
pub fn read(bytes: &[u8], visit: &mut Visit<'_>) -> Summary {
    let mut reader = Reader::new();
    let (header, body) = bytes.split_at(HEADER.min(bytes.len()));
    reader.header(header);
    let first = |chunk: &[u8]| {
        let number = |at: usize| Some(u64::from_le_bytes(*chunk.get(at..)?.first_chunk()?));
        let (first, last) = (number(24)?, number(32)?);
        (chunk.starts_with(MAGIC) && first <= last).then_some(first)
    };
    let numbers = body.chunks(CHUNK).enumerate();
    let oldest = numbers.filter_map(|(index, chunk)| Some((first(chunk)?, index))).min();
    let at = oldest.map_or(0, |(_, index)| index * CHUNK);
    reader.summary.wrapped = at > 0;
    for (from, to) in [(at, body.len()), (0, at)] {
        for (index, chunk) in body.get(from..to).unwrap_or_default().chunks(CHUNK).enumerate() {
            let offset = (HEADER + from + index * CHUNK) as u64;
            if reader.chunk(offset, chunk, visit).is_break() {
                return reader.summary;
            }
        }
    }
    reader.at = bytes.len() as u64;
    reader.end();
    reader.summary
}

/// Reads a log from a stream of bytes.
pub struct Reader {
    settings: Arc<ParserSettings>,
    summary: Summary,
    /// The incomplete header or chunk.
    pending: Vec<u8>,
    /// The offset of `pending` in the file.
    at: u64,
    /// The number of chunks according to the header.
    chunks: u64,
    /// How many chunks were abandoned because their records exceed [`RENDERED`].
    given_up: u8,
}

/// A chunk that is being read.
struct Chunk<'c> {
    /// The offset of the chunk in the file.
    offset: u64,
    bytes: &'c [u8],
    /// The offsets in the chunk where the event is mentioned.
    mentions: Vec<usize>,
    /// The end of the records according to the chunk's header, and the range of their numbers.
    live: usize,
    numbers: RangeInclusive<u64>,
    /// Whether the signature of the chunk is intact.
    marked: bool,
    tokens: Tokens<'c>,
    /// The end of the part that was read or accounted for.
    done: usize,
    /// The total length of the rendered records so far, or [`usize::MAX`] if one is too long.
    rendered: usize,
    /// How many places were not readable as a record.
    failed: u64,
    /// The offset of zeros where a record should begin, and the error. If more records follow, one
    /// is missing here.
    hole: Option<(usize, String)>,
}

impl Chunk<'_> {
    fn mentions(&self, range: &Range<usize>) -> bool {
        let first = self.mentions.partition_point(|&at| at < range.start);
        self.mentions.get(first).is_some_and(|&at| at < range.end)
    }

    /// Whether the error is about a record from an earlier use of the chunk.
    fn is_left(&self, error: &EvtxError) -> bool {
        match error {
            EvtxError::FailedToParseRecord { record_id, .. } => !self.numbers.contains(record_id),
            _ => false,
        }
    }

    /// Gives up the chunk if this error is about a record that has no reasonable length as XML.
    fn note_endless(&mut self, error: &str) {
        if ENDLESS.iter().any(|endless| error.contains(endless)) {
            self.rendered = usize::MAX;
        }
    }

    /// The little-endian number at this offset.
    fn u32(&self, at: usize) -> Option<u32> {
        Some(u32::from_le_bytes(*self.bytes.get(at..)?.first_chunk()?))
    }
}

impl Default for Reader {
    fn default() -> Self {
        Self::new()
    }
}

impl Reader {
    /// Creates a reader for one file.
    pub fn new() -> Self {
        Self {
            settings: Arc::new(ParserSettings::new().num_threads(1).indent(false)),
            summary: Summary::default(),
            pending: Vec::new(),
            at: 0,
            chunks: 0,
            given_up: 0,
        }
    }

    /// The number of records so far.
    pub fn records(&self) -> u64 {
        self.summary.records()
    }

    /// Reads the next bytes. After a `Break`, the rest of these bytes is not read.
    pub fn push(&mut self, mut bytes: &[u8], visit: &mut Visit<'_>) -> ControlFlow<()> {
        while !bytes.is_empty() {
            let size = if self.at == 0 { HEADER } else { CHUNK };
            let taken = bytes.len().min(size - self.pending.len());
            let (now, rest) = bytes.split_at(taken);
            self.pending.extend_from_slice(now);
            bytes = rest;
            if self.pending.len() == size {
                self.flush(visit)?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Reads the rest, and returns the summary.
    pub fn finish(mut self, visit: &mut Visit<'_>) -> Summary {
        if self.at == 0 || !self.pending.is_empty() {
            let _ = self.flush(visit);
        }
        self.end();
        self.summary
    }

    fn flush(&mut self, visit: &mut Visit<'_>) -> ControlFlow<()> {
        let pending = std::mem::take(&mut self.pending);
        let at = self.at;
        self.at += pending.len() as u64;
        let flow = if at == 0 {
            self.header(&pending);
            ControlFlow::Continue(())
        } else {
            self.chunk(at, &pending, visit)
        };
        self.pending = pending;
        self.pending.clear();
        flow
    }

    fn header(&mut self, header: &[u8]) {
        if !is_evtx(header) || header.len() < HEADER {
            let mentions = mentions(header);
            let why = "the file's header is missing, damaged or cut off";
            self.lost(0, header.len(), mentions, why);
        } else if mentions(header) {
            self.lost(0, header.len(), true, "the file's header mentions the event");
        }
        let chunks = header.get(42..).and_then(|rest| rest.first_chunk());
        self.chunks = chunks.map_or(0, |chunks| u16::from_le_bytes(*chunks)).into();
        self.summary.dirty = header.get(120).is_some_and(|flags| flags & 1 != 0);
    }

    /// Reports missing chunks: fewer than the header says. An open log may have more.
    fn end(&mut self) {
        let found = self.at.saturating_sub(HEADER as u64).div_ceil(CHUNK as u64);
        if found < self.chunks {
            let why = format!("the file is cut off: {found} of {} chunks are there", self.chunks);
            self.lost(self.at, 0, false, why);
            self.summary.cut = Some(self.at);
        }
    }

    fn lost(&mut self, offset: u64, length: usize, mentions: bool, why: impl Into<String>) {
        let (why, length) = (why.into().into(), length as u64);
        self.summary.lost(Span { offset, length, loss: Loss::Damage, mentions, why });
    }

    /// Reads one chunk, whose offset in the file is `offset`.
    fn chunk(&mut self, offset: u64, bytes: &[u8], visit: &mut Visit<'_>) -> ControlFlow<()> {
        // Windows extends files with empty chunks.
        if is_zero(bytes) {
            return ControlFlow::Continue(());
        }
        let length = bytes.len();
        if self.given_up >= GIVEN_UP {
            let why = "it is not read: other chunks take more than 256 KiB as XML";
            self.lost(offset, length, true, why);
            return ControlFlow::Continue(());
        }
        let mut mentions: Vec<_> = prefilter::find_in_binary(bytes).collect();
        mentions.sort_unstable();
        let mention = !mentions.is_empty();
        if length < CHUNK {
            self.lost(offset, length, false, "the file is cut off within this chunk");
            self.summary.cut = Some(offset + length as u64);
        }
        let holds_record = holds_record(bytes);
        let mut bytes = bytes.to_vec();
        let marked = bytes.starts_with(MAGIC);
        if !marked {
            let Some(magic) = bytes.first_chunk_mut().filter(|_| holds_record) else {
                self.summary.lost(Span {
                    offset,
                    length: bytes.len() as u64,
                    loss: if mention { Loss::Damage } else { Loss::Overwritten },
                    mentions: mention,
                    why: "space that was never a chunk: it holds no record".into(),
                });
                return ControlFlow::Continue(());
            };
            *magic = *MAGIC;
            self.lost(offset, MAGIC.len(), false, "the mark of a chunk with records is damaged");
        }
        let mut data = match EvtxChunkData::new(bytes, false) {
            Ok(data) => data,
            Err(error) => {
                self.lost(offset, length, mention, told("this chunk cannot be read", &error));
                return ControlFlow::Continue(());
            }
        };
        // The checksum is only counted: in an open log it is often stale.
        if length == CHUNK && !data.validate_checksum() {
            self.summary.unverified += 1;
        }
        let (live, numbers) = look_everywhere(&mut data.header);
        let mut parsed = match data.parse(Arc::clone(&self.settings)) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.lost(offset, length, mention, told("this chunk cannot be read", &error));
                return ControlFlow::Continue(());
            }
        };
        let bytes = parsed.data;
        let mut chunk = Chunk {
            offset,
            bytes,
            mentions,
            live,
            numbers,
            marked,
            tokens: Tokens::new(bytes),
            done: 0,
            rendered: 0,
            failed: 0,
            hole: None,
        };
        let mut stop = None;
        for record in parsed.iter() {
            match record {
                Ok(record) => self.record(&mut chunk, &record, visit)?,
                Err(error) => self.unreadable(&mut chunk, &error),
            }
            if chunk.failed > UNREADABLE {
                stop = Some("too many of its records cannot be read; the rest is not");
            } else if chunk.rendered > RENDERED {
                stop = Some("its records take more than 256 KiB as XML; the rest is not read");
            }
            if stop.is_some() {
                break;
            }
        }
        self.given_up += u8::from(chunk.rendered > RENDERED);
        match stop {
            // The event may be in the rest even if no mention was found: names can consist of
            // pieces.
            Some(stop) => self.lost(offset, length, true, stop),
            None => self.gap(&mut chunk, length),
        }
        ControlFlow::Continue(())
    }

    /// Accounts for a place where the crate could not read a record. Outside the live part of the
    /// chunk, remains of older records are normal.
    fn unreadable(&mut self, chunk: &mut Chunk<'_>, error: &EvtxError) {
        chunk.failed += 1;
        let (at, length) = place(chunk.bytes, chunk.done, error);
        let why = told("this record cannot be read", error);
        chunk.note_endless(&why);
        if at >= chunk.live || chunk.is_left(error) {
            let closing = (at + length).checked_sub(4).and_then(|end| chunk.u32(end));
            let whole = length > RECORD_HEADER && chunk.u32(at + 4) == closing;
            // A record can use strings of its template, so a mention anywhere in the chunk counts.
            match whole {
                true if !chunk.mentions.is_empty() => {
                    self.lost(chunk.offset + at as u64, length, true, why);
                }
                whole => self.summary.remains += u64::from(whole),
            }
            return;
        }
        if chunk.bytes.get(at..at + RECORD_HEADER).is_some_and(is_zero) {
            chunk.hole = Some((at, why));
            return;
        }
        // A record can use strings of its template, so a mention anywhere in the chunk counts.
        let mentions = !chunk.mentions.is_empty();
        self.lost(chunk.offset + at as u64, length, mentions, why);
        if length > 0 {
            self.gap(chunk, at);
            chunk.done = chunk.done.max((at + length).min(chunk.bytes.len()));
        }
    }

    /// Accounts for the bytes before `end` that belong to no record.
    fn gap(&mut self, chunk: &mut Chunk<'_>, end: usize) {
        let gap = chunk.done..end;
        chunk.done = chunk.done.max(end);
        if chunk.mentions(&gap) {
            let offset = chunk.offset + gap.start as u64;
            let why = "space of the chunk that no record has mentions the event";
            self.lost(offset, gap.len(), true, why);
        }
    }

    /// Gives up the file if a record whose length was not known before takes too much as XML. So this
    /// happens once.
    fn give_up_unmeasured(&mut self, chunk: &Chunk<'_>, checked: &Result<(), Hidden>) {
        if checked.is_err() && chunk.rendered > RENDERED {
            self.given_up = GIVEN_UP;
        }
    }

    fn record(
        &mut self,
        chunk: &mut Chunk<'_>,
        record: &EvtxRecord<'_>,
        visit: &mut Visit<'_>,
    ) -> ControlFlow<()> {
        let place = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let body = place(record.binxml_offset)
            ..place(record.binxml_offset + u64::from(record.binxml_size));
        let start = body.start.saturating_sub(RECORD_HEADER);
        let offset = chunk.offset + start as u64;
        let length = body.len() + RECORD_HEADER + 4;
        self.gap(chunk, start);
        chunk.done = chunk.done.max(start + length);
        let number = record.event_record_id;
        let carved = !chunk.marked || start >= chunk.live || !chunk.numbers.contains(&number);
        if let Some((at, why)) = chunk.hole.take().filter(|_| !carved) {
            self.lost(chunk.offset + at as u64, 0, false, why);
        }
        let mentions = !chunk.mentions.is_empty();
        let checked = chunk.tokens.check(body.clone());
        if !chunk.tokens.may_render(&body, checked.is_ok()) {
            chunk.failed += 1;
            let why = "this record shows more values than events have";
            self.lost(offset, length, mentions, why);
            return ControlFlow::Continue(());
        }
        // The crate has a limit of 16 MiB for each record, which takes far too long to reach.
        let rendered = chunk.rendered.saturating_add(chunk.tokens.rendered);
        if rendered > RENDERED {
            chunk.rendered = usize::MAX;
            return ControlFlow::Continue(());
        }
        let text = match record.clone().into_xml() {
            Ok(record) => record.data,
            Err(error) => {
                chunk.failed += 1;
                // The error may come after most of the text.
                let least = if checked.is_ok() { 0 } else { RENDERED / 4 };
                chunk.rendered = rendered.saturating_add(least);
                let why = told("this record cannot be read", &error);
                chunk.note_endless(&why);
                self.give_up_unmeasured(chunk, &checked);
                self.lost(offset, length, mentions, why);
                return ControlFlow::Continue(());
            }
        };
        chunk.rendered = chunk.rendered.saturating_add(text.len());
        self.give_up_unmeasured(chunk, &checked);
        // Names and texts can consist of pieces, so that no mention was found.
        let odd = !tokens::is_instance(chunk.bytes.get(body.clone()).unwrap_or_default());
        let close = mentions || odd;
        let mut event = if close { None } else { bystander(&text) }.unwrap_or_default();
        if event.is_untouched() && xml::event(&text, 0, &mut event).is_none() {
            self.lost(offset, length, mentions, "this record is no event as XML");
            return ControlFlow::Continue(());
        }
        event.shape = "evtx";
        let source = event.source.texts().any(|name| name.eq_ignore_ascii_case(article::SOURCE));
        if (close || source)
            && let Some(Hidden { at, what }) = hidden(chunk, &body, checked)
        {
            let rest = at.max(body.start).min(body.end)..body.end;
            let held = chunk.bytes.get(at..body.end.max(at)).unwrap_or_default();
            event.leave_unread(
                format!("{what} at byte {}", chunk.offset + at as u64),
                binary::shown(held),
            );
            // A record of another event may hide this event.
            let id = |id: &str| {
                id.parse::<u32>().is_ok_and(|id| id & 0xFFFF == u32::from(article::EVENT_ID))
            };
            let judged = source && event.id.texts().any(id);
            let inside = chunk.bytes.get(rest.clone()).unwrap_or_default();
            if mentions && (!judged || memmem::find(inside, RECORD).is_some()) {
                self.lost(chunk.offset + rest.start as u64, rest.len(), true, what);
            }
        }
        if let Some(at) = chunk.tokens.odd.filter(|_| close || source) {
            let held = binary::shown(chunk.bytes.get(at..).unwrap_or_default());
            let place =
                format!("a value that XML cannot show at byte {}", chunk.offset + at as u64);
            event.leave_unread(place, held);
        }
        *(if carved { &mut self.summary.carved } else { &mut self.summary.read }) += 1;
        binary::leave_escapes(&mut event);
        let mentions = (close || source) && prefilter::names_event(text.as_bytes());
        visit(&Found { offset, length: length as u64, number, carved, mentions, event: &event })
    }
}

/// Changes the header so that the crate searches the whole chunk for records. Returns the end of
/// the records and the range of their numbers according to the original header.
fn look_everywhere(header: &mut EvtxChunkHeader) -> (usize, RangeInclusive<u64>) {
    let numbers = header.first_event_record_id..=header.last_event_record_id;
    let live = usize::try_from(header.free_space_offset).unwrap_or(CHUNK).min(CHUNK);
    header.first_event_record_id = 0;
    header.last_event_record_id = u64::MAX;
    header.last_event_record_data_offset = u32::MAX;
    header.free_space_offset = u32::MAX;
    (live, numbers)
}

/// Fast path for unrelated events, which are most records of most logs: reads only the identity of
/// the event. Returns `None` if the whole event must be read.
fn bystander(text: &str) -> Option<Event<'_>> {
    let bytes = text.as_bytes();
    // A character reference can replace a letter.
    let family = ["CAPI2", "&#"].iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some());
    if family || prefilter::find(bytes, 0).is_some() {
        return None;
    }
    let (head, _) = text.split_once("</System>").filter(|(head, _)| !head.contains('&'))?;
    let between = |open: &str, close: char| {
        let rest = head.get(memmem::find(head.as_bytes(), open.as_bytes())? + open.len()..)?;
        rest.split_once(close).map(|(value, _)| value)
    };
    let mut event = Event::default();
    let id = between("<EventID", '<').and_then(|id| id.split_once('>')).map(|(_, id)| id);
    for (field, value) in [
        (&mut event.source, between("<Provider Name=\"", '"')),
        (&mut event.id, id),
        (&mut event.time, between("<TimeCreated SystemTime=\"", '"')),
        (&mut event.computer, between("<Computer>", '<')),
    ] {
        field.say(Place { part: 0, row: 0 }, Kind::Text, value?.into());
    }
    Some(event)
}

/// Finds a part of a record that its rendered XML does not show. `checked` is what its tokens say.
fn hidden(chunk: &Chunk<'_>, body: &Range<usize>, checked: Result<(), Hidden>) -> Option<Hidden> {
    if let Err(hidden) = checked {
        return Some(hidden);
    }
    let (at, start) = (body.end, body.start.saturating_sub(RECORD_HEADER));
    let what = "a length at the record's end that differs from the one at its beginning";
    (chunk.u32(at) != chunk.u32(start + 4)).then_some(Hidden { at, what })
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

fn mentions(bytes: &[u8]) -> bool {
    prefilter::find_in_binary(bytes).next().is_some()
}

/// Whether these bytes contain a complete record: its length is at its beginning and at its end.
fn holds_record(chunk: &[u8]) -> bool {
    let number = |at: usize| Some(u32::from_le_bytes(*chunk.get(at..)?.first_chunk()?));
    memmem::find_iter(chunk, RECORD).any(|at| {
        let length = number(at + 4).and_then(|length| usize::try_from(length).ok());
        let last = length.filter(|length| (28..CHUNK).contains(length)).map(|n| at + n - 4);
        last.is_some_and(|last| number(last) == number(at + 4))
    })
}

/// The offset in the chunk of the record that an error is about, and its length or 0 if it is
/// unknown. A record can have the number of one before `done`, which was read.
fn place(chunk: &[u8], done: usize, error: &EvtxError) -> (usize, usize) {
    match error {
        EvtxError::FailedToReadRecordAt { offset, .. } => {
            (usize::try_from(*offset).unwrap_or(chunk.len()), 0)
        }
        EvtxError::FailedToParseRecord { record_id, .. } => {
            let records = chunk.get(CHUNK_HEADER..).unwrap_or_default();
            let number = |at: usize| records.get(at + 8..at + 16);
            let places = memmem::find_iter(records, RECORD)
                .filter(|&at| number(at) == Some(&record_id.to_le_bytes()));
            let behind = places.clone().find(|&at| CHUNK_HEADER + at >= done);
            let found = behind.or_else(|| places.clone().next());
            let size = found.and_then(|at| records.get(at + 4..)?.first_chunk());
            let size = size.map_or(0, |size| u32::from_le_bytes(*size)).min(1 << 16);
            (CHUNK_HEADER + found.unwrap_or(0), usize::try_from(size).unwrap_or(0))
        }
        _ => (0, 0),
    }
}

/// Describes an error with its chain of causes, in a text of limited length.
fn told(what: &str, error: &dyn Error) -> String {
    let mut text = what.to_owned();
    let mut next = Some(error);
    while let Some(error) = next.filter(|_| text.len() < 200) {
        let _ = write!(text, ": {error}");
        next = error.source();
    }
    if text.len() > 300 {
        text.truncate(text.floor_char_boundary(300));
        text.push('…');
    }
    text
}
