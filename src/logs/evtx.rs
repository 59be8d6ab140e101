//! Event logs of Windows Vista and later (`.evtx`), with the crate `evtx`.
//!
//! An XP log that was opened and saved on a newer Windows, or forwarded to one, arrives this way:
//! with the source `crypt32`, the id 8, its high word as `Qualifiers`, and two `Data` without
//! names. Each record is rendered as XML and read by [`super::xml`], so that one set of rules holds for
//! the event in both; [`tokens`] finds what a rendering leaves out.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB, each with its own strings and templates
//! (libevtx documentation). So each chunk is read by itself: memory does not grow with the file,
//! and a broken chunk costs no other. Once a log is full, new chunks overwrite the oldest ones:
//! [`read`] begins with the chunk that has the lowest record number; [`Reader`], which is pushed
//! bytes as they come, keeps the order of the file.
//!
//! A chunk's header says where its records end. It is out of date while the log is open, and can be made
//! to say anything, so records are looked for up to the end of the chunk. What older records left there
//! is common; if it cannot be read and mentions the event, it is told.

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

/// Bytes of the file's header.
const HEADER: usize = 4096;
/// Bytes of a chunk.
const CHUNK: usize = 1 << 16;
/// Bytes of a chunk's header.
const CHUNK_HEADER: usize = 512;
/// How a chunk begins.
const MAGIC: &[u8; 8] = b"ElfChnk\0";
/// How a record begins.
const RECORD: &[u8; 4] = b"\x2a\x2a\0\0";
/// How long the records of one chunk may be together, as XML. Those of real chunks have at most 234 kB;
/// a chunk can be made to repeat its templates without end.
const RENDERED: usize = 256 << 10;
/// How many chunks of one file may take more than that. No real one has any.
const GIVEN_UP: u8 = 2;
/// What the crate says of a record that repeats its template so often that it was given up.
const ENDLESS: &str = "renders more than";
/// How many records of one chunk may be unreadable: each can cost as much as the chunk itself. Real chunks
/// hold some hundred in all.
const UNREADABLE: u64 = 256;
/// Bytes of a record's header.
const RECORD_HEADER: usize = 24;

/// Whether this is how a `.evtx` file begins.
pub fn is_evtx(head: &[u8]) -> bool {
    head.starts_with(b"ElfFile\0")
}

/// Reads a whole log, oldest chunk first.
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

/// Reads a log whose bytes come piece by piece.
pub struct Reader {
    settings: Arc<ParserSettings>,
    summary: Summary,
    /// The bytes of the header, or of a chunk, that have come so far.
    pending: Vec<u8>,
    /// Where in the file they begin.
    at: u64,
    /// How many chunks the header counts.
    chunks: u64,
    /// How many chunks were given up because their records take too much.
    given_up: u8,
}

/// A chunk that is being read.
struct Chunk<'c> {
    /// Where in the file it begins.
    offset: u64,
    bytes: &'c [u8],
    /// Where it mentions the event.
    mentions: Vec<usize>,
    /// Where its header says that its records end, and which numbers they have.
    live: usize,
    numbers: RangeInclusive<u64>,
    /// Its mark is there.
    marked: bool,
    tokens: Tokens<'c>,
    /// The same for what its arrays hold.
    arrays: Tokens<'c>,
    /// Up to where it was read.
    done: usize,
    /// How long its records were so far, as XML.
    rendered: usize,
    /// How many places were tried in vain.
    failed: u64,
    /// Zeros where a record should begin, and what is wrong with them: if others follow, one is missing.
    hole: Option<(usize, String)>,
}

impl Chunk<'_> {
    fn mentions(&self, range: &Range<usize>) -> bool {
        let first = self.mentions.partition_point(|&at| at < range.start);
        self.mentions.get(first).is_some_and(|&at| at < range.end)
    }

    /// Whether this is about a record that an earlier use of the chunk left.
    fn is_left(&self, error: &EvtxError) -> bool {
        match error {
            EvtxError::FailedToParseRecord { record_id, .. } => !self.numbers.contains(record_id),
            _ => false,
        }
    }

    /// The number at this place.
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
    /// A reader at the beginning of a file.
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

    /// How many records were found so far.
    pub fn records(&self) -> u64 {
        self.summary.records()
    }

    /// Takes in the next bytes. After a `Break` the rest of these bytes is not read.
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

    /// Reads what is left, and gives the account.
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

    /// Whether there are as many chunks as the header says; an open log has more.
    fn end(&mut self) {
        let found = self.at.saturating_sub(HEADER as u64).div_ceil(CHUNK as u64);
        if found < self.chunks {
            let why = format!("the file is cut off: {found} of {} chunks are there", self.chunks);
            self.lost(self.at, 0, false, why);
        }
    }

    fn lost(&mut self, offset: u64, length: usize, mentions: bool, why: impl Into<String>) {
        let (why, length) = (why.into().into(), length as u64);
        self.summary.lost(Span { offset, length, loss: Loss::Damage, mentions, why });
    }

    /// Reads one chunk, which begins at `offset`.
    fn chunk(&mut self, offset: u64, bytes: &[u8], visit: &mut Visit<'_>) -> ControlFlow<()> {
        // Windows lets files grow by chunks that are still empty.
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
        // The checksum does not decide anything: in a log that is open it is often out of date.
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
            arrays: Tokens::new(bytes),
            done: 0,
            rendered: 0,
            failed: 0,
            hole: None,
        };
        for record in parsed.iter() {
            let stop = if chunk.failed > UNREADABLE {
                "too many of its records cannot be read; the rest is not"
            } else if chunk.rendered > RENDERED {
                "its records take more than 256 KiB as XML; the rest is not read"
            } else {
                match record {
                    Ok(record) => self.record(&mut chunk, &record, visit)?,
                    Err(error) => self.unreadable(&mut chunk, &error),
                }
                continue;
            };
            self.given_up += u8::from(chunk.rendered > RENDERED);
            // Names can be put together from pieces, so that nothing in the chunk mentions the event.
            self.lost(offset, length, true, stop);
            return ControlFlow::Continue(());
        }
        self.gap(&mut chunk, length);
        ControlFlow::Continue(())
    }

    /// Takes in a place where the crate could read no record. Where none should be, there may be the
    /// remains of any.
    fn unreadable(&mut self, chunk: &mut Chunk<'_>, error: &EvtxError) {
        chunk.failed += 1;
        let (at, length) = place(chunk.bytes, error);
        let why = told("this record cannot be read", error);
        if why.contains(ENDLESS) {
            chunk.rendered = usize::MAX;
        }
        if at >= chunk.live || chunk.is_left(error) {
            let closing = (at + length).checked_sub(4).and_then(|end| chunk.u32(end));
            let whole = length > RECORD_HEADER && chunk.u32(at + 4) == closing;
            // The strings of a record may be those of its template.
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
        // The strings of a record may be those of its template.
        let mentions = !chunk.mentions.is_empty();
        self.lost(chunk.offset + at as u64, length, mentions, why);
        if length > 0 {
            self.gap(chunk, at);
            chunk.done = chunk.done.max((at + length).min(chunk.bytes.len()));
        }
    }

    /// Accounts for the bytes in front of `end` that no record has.
    fn gap(&mut self, chunk: &mut Chunk<'_>, end: usize) {
        let gap = chunk.done..end;
        chunk.done = chunk.done.max(end);
        if chunk.mentions(&gap) {
            let offset = chunk.offset + gap.start as u64;
            let why = "space of the chunk that no record has mentions the event";
            self.lost(offset, gap.len(), true, why);
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
        if !chunk.arrays.may_render(&body) {
            chunk.failed += 1;
            let why = "this record shows more values than events have";
            self.lost(offset, length, mentions, why);
            return ControlFlow::Continue(());
        }
        let text = match record.clone().into_xml() {
            Ok(record) => record.data,
            Err(error) => {
                chunk.failed += 1;
                let why = told("this record cannot be read", &error);
                if why.contains(ENDLESS) {
                    chunk.rendered = usize::MAX;
                }
                self.lost(offset, length, mentions, why);
                return ControlFlow::Continue(());
            }
        };
        chunk.rendered = chunk.rendered.saturating_add(text.len());
        // Names and texts can be put together from pieces, so that nothing mentions the event.
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
            && let Some(Hidden { at, what }) = hidden(chunk, &body)
        {
            let rest = at.max(body.start).min(body.end)..body.end;
            let held = chunk.bytes.get(at..body.end.max(at)).unwrap_or_default();
            event.leave_unread(
                format!("{what} at byte {}", chunk.offset + at as u64),
                binary::shown(held),
            );
            // What hides in a record of another event may be this one.
            let id = |id: &str| {
                id.parse::<u32>().is_ok_and(|id| id & 0xFFFF == u32::from(article::EVENT_ID))
            };
            let judged = source && event.id.texts().any(id);
            let inside = chunk.bytes.get(rest.clone()).unwrap_or_default();
            if mentions && (!judged || memmem::find(inside, RECORD).is_some()) {
                self.lost(chunk.offset + rest.start as u64, rest.len(), true, what);
            }
        }
        *(if carved { &mut self.summary.carved } else { &mut self.summary.read }) += 1;
        visit(&Found { offset, length: length as u64, number, carved, event: &event })
    }
}

/// Has the crate look for records in all of the chunk; gives where its header says that they end, and which
/// numbers they have.
fn look_everywhere(header: &mut EvtxChunkHeader) -> (usize, RangeInclusive<u64>) {
    let numbers = header.first_event_record_id..=header.last_event_record_id;
    let live = usize::try_from(header.free_space_offset).unwrap_or(CHUNK).min(CHUNK);
    header.first_event_record_id = 0;
    header.last_event_record_id = u64::MAX;
    header.last_event_record_data_offset = u32::MAX;
    header.free_space_offset = u32::MAX;
    (live, numbers)
}

/// The identity of an event that has nothing to do with this one: most records of most logs are such, and
/// nobody looks at the rest of them. `None` where all of it is to be read.
fn bystander(text: &str) -> Option<Event<'_>> {
    let bytes = text.as_bytes();
    // A reference can stand for a letter.
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

/// What a record has that its rendering does not show.
fn hidden(chunk: &mut Chunk<'_>, body: &Range<usize>) -> Option<Hidden> {
    if let Err(hidden) = chunk.tokens.check(body.clone()) {
        return Some(hidden);
    }
    let (at, start) = (body.end, body.start.saturating_sub(RECORD_HEADER));
    let what = "a length at the record's end that is not that at its beginning";
    (chunk.u32(at) != chunk.u32(start + 4)).then_some(Hidden { at, what })
}

fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0)
}

fn mentions(bytes: &[u8]) -> bool {
    prefilter::find_in_binary(bytes).next().is_some()
}

/// Whether a whole record stands in these bytes: its length is at its beginning and at its end.
fn holds_record(chunk: &[u8]) -> bool {
    let number = |at: usize| Some(u32::from_le_bytes(*chunk.get(at..)?.first_chunk()?));
    memmem::find_iter(chunk, RECORD).any(|at| {
        let length = number(at + 4).and_then(|length| usize::try_from(length).ok());
        let last = length.filter(|length| (28..CHUNK).contains(length)).map(|n| at + n - 4);
        last.is_some_and(|last| number(last) == number(at + 4))
    })
}

/// Where in its chunk the record is that an error is about, and its length if it is known.
fn place(chunk: &[u8], error: &EvtxError) -> (usize, usize) {
    match error {
        EvtxError::FailedToReadRecordAt { offset, .. } => {
            (usize::try_from(*offset).unwrap_or(chunk.len()), 0)
        }
        EvtxError::FailedToParseRecord { record_id, .. } => {
            let records = chunk.get(CHUNK_HEADER..).unwrap_or_default();
            let number = |at: usize| records.get(at + 8..at + 16);
            let found = memmem::find_iter(records, RECORD)
                .find(|&at| number(at) == Some(&record_id.to_le_bytes()));
            let size = found.and_then(|at| records.get(at + 4..)?.first_chunk());
            let size = size.map_or(0, |size| u32::from_le_bytes(*size)).min(1 << 16);
            (CHUNK_HEADER + found.unwrap_or(0), usize::try_from(size).unwrap_or(0))
        }
        _ => (0, 0),
    }
}

/// What is wrong, with the chain of causes, in a bounded text.
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
