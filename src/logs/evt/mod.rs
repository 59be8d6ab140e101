//! Legacy Windows event logs (`.evt`) of XP and Server 2003.
//!
//! The format is documented in Microsoft's "Event Log File Format" pages (`ELF_LOGFILE_HEADER`,
//! `EVENTLOGRECORD`, `ELF_EOF_RECORD`) and in the libevt documentation. Details that are missing
//! there were measured on real logs of both systems. All numbers are little endian.
//!
//! ```text
//! 0   header, 48 bytes: size, "LfLe", 1, 1, offset of the oldest record, offset of the
//!     end-of-file record, number of the *next* record, number of the oldest, maximal size,
//!     flags (1 dirty, 2 wrapped, 4 full, 8 archive), retention, size
//! 48  a ring of records, with the end-of-file record after the newest one
//! ```
//!
//! A simple loop from offset 48 fails on real files for three reasons:
//! - **The header is stale** while the log is open: the service writes it when it closes the log.
//!   A copied log of a running machine has the dirty flag and old offsets. The end-of-file record
//!   is current, because it moves with each record (measured: a log whose header ends at record 87
//!   has 95 records). So the file is searched for it, and it overrides the header.
//! - **The log wraps**: when the file has its maximum size, new records continue at offset 48 and
//!   overwrite the oldest ones. A record that does not fit is split, and its rest is at offset 48
//!   (measured: 240 of 344 bytes before the end). If the space at the end is too short for a
//!   record's header, it is filled with `0x27`.
//! - **Slack**: older records remain between the end-of-file record and the oldest record, and the
//!   first of them is partly overwritten. These events really happened, so the records are carved
//!   and marked as carved. But if the log was once allowed to grow, slack contains *copies* of live
//!   records (measured: of 437 records after 6,063 live ones, 180 are byte-for-byte copies of live
//!   ones), which must not count twice. Two equal records in slack must not count twice either.
//!
//! The file is read as a ring that begins directly after the end-of-file record. So the carved
//! older records come first, and the live ones follow in the order of their numbers. The memory is
//! one split record, at most [`LARGEST`] bytes.

mod copies;
mod layout;
mod record;

use std::ops::{ControlFlow, Range};

use copies::Known;
use layout::{Eof, Header, Ring};
use memchr::memmem;
use record::Record;

use super::binary::{Found, Loss, Span, Summary, Visit};
use crate::prefilter;

pub use layout::{LARGEST, is_evt};

/// Reads a whole log, record by record. The function is total: it returns a summary for any bytes.
pub fn read(bytes: &[u8], visit: &mut Visit<'_>) -> Summary {
    let header = Header::of(bytes);
    let ring = Ring::of(bytes, header.is_some());
    let eof = Eof::find(&ring, header.as_ref());
    let mut summary = Summary::default();
    if let Some(header) = &header {
        summary.dirty = header.dirty;
        summary.stale = eof.as_ref().is_some_and(|eof| !header.agrees(eof));
    } else {
        summary.lost(Span {
            offset: 0,
            length: ring.front() as u64,
            loss: Loss::Damage,
            mentions: false,
            why: "the file's header is missing or damaged".into(),
        });
    }
    let mut walk = Walk { ring: &ring, visit, summary, known: None, overwrote: false };
    let _ = match eof {
        Some(eof) => walk.around(&eof, header.as_ref()),
        None => walk.without_eof(),
    };
    walk.summary
}

struct Walk<'w, 'a, 'v> {
    ring: &'w Ring<'a>,
    visit: &'w mut Visit<'v>,
    summary: Summary,
    /// Used in slack: the records that may have a copy there.
    known: Option<Known<'w, 'a>>,
    /// Whether the log overwrites records, so that slack can begin with the rest of one.
    overwrote: bool,
}

impl Walk<'_, '_, '_> {
    /// Reads the ring once, beginning after the end-of-file record.
    fn around(&mut self, eof: &Eof, header: Option<&Header>) -> ControlFlow<()> {
        let ring = self.ring;
        let behind = ring.advance(eof.at, layout::EOF);
        // The header's offset is the fallback if the offset in the end-of-file record is damaged.
        let starts = [Some(eof.start), header.map(|header| header.start)];
        let holds = |&at: &usize| {
            let live = ring.distance(at, eof.at);
            ring.contains(at) && (live == 0 || ring.record(at, live).is_ok())
        };
        let start = starts.into_iter().flatten().find(holds);
        let start = start.or(Some(eof.start).filter(|&at| ring.contains(at)));
        let start = start.unwrap_or_else(|| {
            self.summary.lost(Span {
                offset: ring.end() as u64,
                length: 0,
                loss: Loss::Damage,
                mentions: false,
                why: "the oldest record is outside the file, so the file is cut off".into(),
            });
            ring.front()
        });
        self.summary.wrapped = start > eof.at;
        self.overwrote = self.summary.wrapped || eof.overwrote();
        self.summary.expected = eof.expected();
        let live = ring.distance(start, eof.at);
        let slack = (ring.len() - live).saturating_sub(layout::EOF);
        // Fast path: most logs have no slack, so their live records need no index.
        if ring.search(behind, slack) < slack || ring.record(behind, slack).is_ok() {
            self.known = Some(Known::live(ring, start, live));
        }
        self.run(behind, slack, false)?;
        self.known = None;
        self.run(start, live, true)
    }

    /// Reads a log without an end-of-file record. The oldest record is the one where the record
    /// numbers decrease.
    fn without_eof(&mut self) -> ControlFlow<()> {
        self.summary.lost(Span {
            offset: self.ring.end() as u64,
            length: 0,
            loss: Loss::Damage,
            mentions: false,
            why: "there is no end-of-file record: the file is cut off, or damaged".into(),
        });
        let front = self.ring.front();
        let (mut seam, mut last) = (front, 0);
        let mut scout = |found: &Found<'_>| {
            if found.number < last {
                seam = usize::try_from(found.offset).unwrap_or(front);
            }
            last = found.number;
            ControlFlow::Continue(())
        };
        let ring = self.ring;
        let scouting = Walk {
            ring,
            visit: &mut scout,
            summary: Summary::default(),
            known: None,
            overwrote: false,
        }
        .run(front, ring.len(), true);
        debug_assert!(scouting.is_continue());
        self.summary.wrapped = seam != front;
        self.run(seam, ring.len(), true)
    }

    /// Reads the records in the `distance` bytes from `from`, which may wrap around the end of the
    /// file. `live` means that the records follow each other without gaps.
    fn run(&mut self, from: usize, distance: usize, live: bool) -> ControlFlow<()> {
        let ring = self.ring;
        let mut done = 0;
        // Whether the position of the next record is known, not found by a search.
        let mut chained = live;
        while done < distance {
            let at = ring.advance(from, done);
            match ring.record(at, distance - done) {
                Ok(length) => {
                    done += length;
                    if self.known.as_mut().is_some_and(|known| known.holds(at, length)) {
                        self.summary.copies += 1;
                        continue;
                    }
                    let bytes = ring.slice(at, length);
                    let Record { event, hidden } = record::read(&bytes);
                    self.tell(at, &bytes, &hidden);
                    *(if chained { &mut self.summary.read } else { &mut self.summary.carved }) += 1;
                    (self.visit)(&Found {
                        offset: at as u64,
                        length: length as u64,
                        number: record::number(&bytes).into(),
                        carved: !chained,
                        // Every record has an id, so only the source can be missing.
                        mentions: event.source.first().is_none_or(str::is_empty)
                            && mentions(&bytes),
                        event: &event,
                    })?;
                    chained = live;
                }
                Err(_) if Eof::at(ring, at).is_some() && distance - done >= layout::EOF => {
                    done += layout::EOF;
                }
                Err(why) => {
                    let skipped = ring.search(at, distance - done);
                    let something = self.skip(at, skipped, if live { why } else { "" }, done == 0);
                    done += skipped;
                    // After filling at the end of the file, the next record is at the front.
                    chained = live && !something && ring.advance(from, done) == ring.front();
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Reports hidden bytes of a record that mention the event, because they may be another record.
    fn tell(&mut self, at: usize, record: &[u8], hidden: &[Range<usize>]) {
        for range in hidden {
            let bytes = record.get(range.clone()).unwrap_or_default();
            if mentions(bytes) {
                self.summary.lost(Span {
                    offset: self.ring.advance(at, range.start) as u64,
                    length: range.len() as u64,
                    loss: Loss::Damage,
                    mentions: true,
                    why: "these bytes of a record belong to no field".into(),
                });
            }
        }
    }

    /// Accounts for `length` bytes from `at` without a record. Returns whether these bytes were
    /// ever written. An empty `why` means an expected gap. `first` means that newer records end at
    /// `at`.
    fn skip(&mut self, at: usize, length: usize, why: &'static str, first: bool) -> bool {
        let mut something = false;
        let head = length.min(self.ring.end() - at);
        let front = self.ring.front();
        for (at, length, ends) in [(at, head, head == length), (front, length - head, true)] {
            // Zeros are ignored only at the end of the file and in slack.
            let blank = why.is_empty() || at + length == self.ring.end();
            let whole = (length > 0).then_some((at as u64, length as u64));
            let span = if blank { self.ring.used(at, length) } else { whole };
            if let Some((offset, length)) = span {
                let bytes = self.ring.bytes(offset, length);
                let mentions = mentions(bytes);
                let near = first && offset < (at + ZEROS) as u64;
                let (loss, why) = match why {
                    "" if mentions && !(near && self.overwrote && is_rest(bytes, ends)) => {
                        (Loss::Damage, "no record, where older ones may be")
                    }
                    "" => (Loss::Overwritten, "the rest of an overwritten record"),
                    why => (Loss::Damage, why),
                };
                self.summary.lost(Span { offset, length, loss, mentions, why: why.into() });
                something = true;
            }
        }
        something
    }
}

fn mentions(bytes: &[u8]) -> bool {
    prefilter::find_in_binary(bytes).next().is_some()
}

/// The maximum number of consecutive zeros among the numbers of a record. The rest of an
/// overwritten record may begin with them.
const ZEROS: usize = 16;
/// The maximum length of a record that can leave a rest. The last four bytes of a UTF-16 text are a
/// larger number, unless it ends in a control character.
const LONGEST_REST: usize = 1 << 17;

/// Whether bytes in slack can be the rest of an older record that newer ones overwrote. A rest
/// contains no beginning of a record and no text in another encoding. If the rest `ends` here, it
/// ends with the record's length, before any filling.
fn is_rest(bytes: &[u8], ends: bool) -> bool {
    let (_, numbers) = bytes.as_rchunks::<4>();
    let filling = |number: &&[u8; 4]| matches!(number, [0x27, 0, 0, 0] | [0x27, 0x27, 0x27, 0x27]);
    let filled = 4 * numbers.iter().rev().take_while(filling).count();
    let closing = bytes.len().checked_sub(filled + 4).map(|at| layout::offset_at(bytes, at));
    let lengths = bytes.len() - filled + 1..LONGEST_REST;
    let closed = closing.is_some_and(|length| lengths.contains(&length));
    (closed || !ends)
        && memmem::find(bytes, &layout::SIGNATURE).is_none()
        && prefilter::find(bytes, 0).is_none()
}
