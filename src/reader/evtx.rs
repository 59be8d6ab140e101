//! Event logs of Windows Vista and later (`.evtx`), with the crate `evtx`.
//!
//! An XP log that was opened and saved on a newer Windows, or forwarded to one, arrives this way:
//! with the source `crypt32`, the id 8, its high word as `Qualifiers`, and two `Data` without
//! names. Each record is rendered as the JSON of `evtx_dump` and read by [`super::json`], so that
//! there is one home for the names.
//!
//! A file is a header of 4 KiB and chunks of 64 KiB, each with its own strings and templates
//! (libevtx documentation). So each chunk is read by itself: memory does not grow with the file,
//! and a broken chunk costs no other. Once a log is full, new chunks overwrite the oldest ones:
//! [`read`] begins with the chunk that has the lowest record number; [`Reader`], which is pushed
//! bytes as they come, keeps the order of the file.

use std::{error::Error, fmt::Write as _, ops::ControlFlow, sync::Arc};

use evtx::{EvtxChunkData, EvtxRecord, ParserSettings, err::EvtxError};
use memchr::memmem;

use super::{
    Nesting,
    binary::{Found, Loss, Span, Summary, Visit},
    json,
};
use crate::event::Event;

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
/// How long the records of one chunk may be together, as JSON. Those of real chunks have some hundred
/// kilobytes; a chunk can be made to repeat its templates without end.
const RENDERED: usize = 2 << 20;
/// How many records of one chunk may be unreadable: each can cost as much as the chunk itself. Real chunks
/// hold some hundred in all.
const UNREADABLE: u64 = 256;
/// Bytes of a record's header.
const RECORD_HEADER: u64 = 24;

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
    /// How long the records of this chunk were so far, as JSON.
    rendered: usize,
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
            settings: Arc::new(ParserSettings::new().num_threads(1)),
            summary: Summary::default(),
            pending: Vec::new(),
            at: 0,
            chunks: 0,
            rendered: 0,
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
            self.lost(0, header.len(), "the file's header is missing, damaged or cut off");
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
            self.lost(self.at, 0, why);
        }
    }

    fn lost(&mut self, offset: u64, length: usize, why: impl Into<String>) {
        let why = why.into().into();
        self.summary.lost(Span {
            offset,
            length: length as u64,
            loss: Loss::Damage,
            mentions: false,
            why,
        });
    }

    /// Reads one chunk, which begins at `offset`.
    fn chunk(&mut self, offset: u64, bytes: &[u8], visit: &mut Visit<'_>) -> ControlFlow<()> {
        // Windows lets files grow by chunks that are still empty.
        if bytes.iter().all(|&byte| byte == 0) {
            return ControlFlow::Continue(());
        }
        let length = bytes.len();
        if length < CHUNK {
            self.lost(offset, length, "the file is cut off within this chunk");
        }
        let holds_record = holds_record(bytes);
        let mut bytes = bytes.to_vec();
        let marked = bytes.starts_with(MAGIC);
        if !marked {
            let Some(magic) = bytes.first_chunk_mut().filter(|_| holds_record) else {
                self.summary.lost(Span {
                    offset,
                    length: bytes.len() as u64,
                    loss: Loss::Overwritten,
                    mentions: false,
                    why: "space that was never a chunk: it holds no record".into(),
                });
                return ControlFlow::Continue(());
            };
            *magic = *MAGIC;
            self.lost(offset, MAGIC.len(), "the mark of a chunk with records is damaged");
        }
        let mut data = match EvtxChunkData::new(bytes, false) {
            Ok(data) => data,
            Err(error) => {
                self.lost(offset, length, told("this chunk cannot be read", &error));
                return ControlFlow::Continue(());
            }
        };
        // The checksum does not decide anything: in a log that is open it is often out of date.
        if length == CHUNK && !data.validate_checksum() {
            self.summary.unverified += 1;
        }
        let mut chunk = match data.parse(Arc::clone(&self.settings)) {
            Ok(chunk) => chunk,
            Err(error) => {
                self.lost(offset, length, told("this chunk cannot be read", &error));
                return ControlFlow::Continue(());
            }
        };
        let bytes = chunk.data;
        self.rendered = 0;
        let lost = self.summary.damaged;
        for record in chunk.iter() {
            if self.summary.damaged - lost > UNREADABLE {
                self.lost(
                    offset,
                    length,
                    "too many of its records cannot be read; the rest is not",
                );
                break;
            }
            if self.rendered > RENDERED {
                self.lost(
                    offset,
                    length,
                    "its records take more than 2 MiB as JSON; the rest is not read",
                );
                break;
            }
            match record {
                Ok(record) => self.record(offset, !marked, &record, visit)?,
                Err(error) => {
                    let (at, length) = place(bytes, &error);
                    self.lost(offset + at, length, told("this record cannot be read", &error));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn record(
        &mut self,
        chunk: u64,
        carved: bool,
        record: &EvtxRecord<'_>,
        visit: &mut Visit<'_>,
    ) -> ControlFlow<()> {
        let offset = chunk + record.binxml_offset.saturating_sub(RECORD_HEADER);
        let length = usize::try_from(record.binxml_size).unwrap_or(0);
        let text = match record.clone().into_json() {
            Ok(record) => record.data,
            Err(error) => {
                self.lost(offset, length, told("this record cannot be read", &error));
                return ControlFlow::Continue(());
            }
        };
        self.rendered += text.len();
        let number = record.event_record_id;
        let whole = u64::from(record.binxml_size) + RECORD_HEADER + 4;
        let mut flow = ControlFlow::Continue(());
        let mut emit = |event: &Event<'_>| {
            if flow.is_continue() {
                let event = &Event { shape: "evtx", ..event.clone() };
                flow = visit(&Found { offset, length: whole, number, carved, event });
            }
        };
        match json::read(&text, "", Nesting { left: 4 }, None, &mut emit) {
            Ok(_) if carved => self.summary.carved += 1,
            Ok(_) => self.summary.read += 1,
            Err(_) => self.lost(offset, length, "this record does not render as JSON"),
        }
        flow
    }
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
fn place(chunk: &[u8], error: &EvtxError) -> (u64, usize) {
    match error {
        EvtxError::FailedToReadRecordAt { offset, .. } => (*offset, 0),
        EvtxError::FailedToParseRecord { record_id, .. } => {
            let records = chunk.get(CHUNK_HEADER..).unwrap_or_default();
            let number = |at: usize| records.get(at + 8..at + 16);
            let found = memmem::find_iter(records, RECORD)
                .find(|&at| number(at) == Some(&record_id.to_le_bytes()));
            let size = found.and_then(|at| records.get(at + 4..)?.first_chunk());
            let size = size.map_or(0, |size| u32::from_le_bytes(*size)).min(1 << 16);
            ((CHUNK_HEADER + found.unwrap_or(0)) as u64, usize::try_from(size).unwrap_or(0))
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
