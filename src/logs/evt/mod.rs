//! Legacy Windows event logs (`.evt`), as XP and Server 2003 write them.
//!
//! The format is that of Microsoft's "Event Log File Format" pages (`ELF_LOGFILE_HEADER`,
//! `EVENTLOGRECORD`, `ELF_EOF_RECORD`) and of the libevt documentation; what those leave open was
//! measured on real logs of both systems. All numbers are little endian.
//!
//! ```text
//! 0   header, 48 bytes: size, "LfLe", 1, 1, offset of the oldest record, offset of the
//!     end-of-file record, number of the *next* record, number of the oldest, maximal size,
//!     flags (1 dirty, 2 wrapped, 4 full, 8 archive), retention, size
//! 48  a ring of records, with the end-of-file record behind the newest one
//! ```
//!
//! Three things make a simple loop from offset 48 fail on real files:
//! - **The header is stale** while the log is open: the service writes it when it closes the log.
//!   A copied log of a running machine has the dirty flag and old offsets. The end-of-file record
//!   is current, since it moves with each record (measured: a log whose header ends at record 87
//!   holds 95). So the file is searched for it, and it is believed over the header.
//! - **The log wraps**: once the file has its maximal size, records go on at offset 48, over the
//!   oldest ones. A record that does not fit is split: its rest stands at offset 48 (measured:
//!   240 of 344 bytes before the end). A rest too short for a record's header is filled with
//!   `0x27`.
//! - **Slack**: between the end-of-file record and the oldest record stand older records, the first
//!   of them half overwritten. They really happened, so they are carved, and said to be. But when
//!   the log was once allowed to grow, slack holds *copies* of live records (measured: of 437
//!   records behind 6,063 live ones, 180 are byte for byte live ones), which must not count twice.
//!   Nor must one that stands in slack twice.
//!
//! The file is read as a ring, beginning just behind the end-of-file record: so the carved older
//! records come first, and the live ones follow in the order of their numbers. Memory: one split
//! record, at most [`LARGEST`] bytes.

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

/// Reads a whole log, record by record. Total: any bytes give a summary.
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
    let mut walk = Walk { ring: &ring, visit, summary, known: None };
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
    /// In slack: the records of which one there may be a copy.
    known: Option<Known<'w, 'a>>,
}

impl Walk<'_, '_, '_> {
    /// From behind the end-of-file record to it again.
    fn around(&mut self, eof: &Eof, header: Option<&Header>) -> ControlFlow<()> {
        let ring = self.ring;
        let behind = ring.advance(eof.at, layout::EOF);
        // The header's offset is the second opinion, should the other be damaged.
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
                why: "the oldest record should stand outside of the file: it is cut off".into(),
            });
            ring.front()
        });
        self.summary.wrapped = start > eof.at;
        self.summary.expected = eof.expected();
        let live = ring.distance(start, eof.at);
        let slack = (ring.len() - live).saturating_sub(layout::EOF);
        // Most logs have none, and are not gone through for it.
        if ring.search(behind, slack) < slack || ring.record(behind, slack).is_ok() {
            self.known = Some(Known::live(ring, start, live));
        }
        self.run(behind, slack, false)?;
        self.known = None;
        self.run(start, live, true)
    }

    /// Without an end-of-file record the oldest record is the one where the numbers fall.
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
        let scouting = Walk { ring, visit: &mut scout, summary: Summary::default(), known: None }
            .run(front, ring.len(), true);
        debug_assert!(scouting.is_continue());
        self.summary.wrapped = seam != front;
        self.run(seam, ring.len(), true)
    }

    /// Reads the records within `distance` bytes from `from`, around the end of the file where
    /// that is in between. `live` says that records follow each other here without gaps.
    fn run(&mut self, from: usize, distance: usize, live: bool) -> ControlFlow<()> {
        let ring = self.ring;
        let mut done = 0;
        // Whether the place of the next record is known, rather than found.
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
                    // Filling at the end of the file leads to its front.
                    chained = live && !something && ring.advance(from, done) == ring.front();
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// What hides in a record may be another one.
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

    /// Accounts for `length` bytes from `at` without a record, and says whether something was
    /// there. No reason: an expected gap. Newer records end where the `first` one begins.
    fn skip(&mut self, at: usize, length: usize, why: &'static str, first: bool) -> bool {
        let mut something = false;
        let head = length.min(self.ring.end() - at);
        let front = self.ring.front();
        for (at, length, ends) in [(at, head, head == length), (front, length - head, true)] {
            // Only at the end of the file, and in slack, zeros are nothing.
            let blank = why.is_empty() || at + length == self.ring.end();
            let whole = (length > 0).then_some((at as u64, length as u64));
            let span = if blank { self.ring.used(at, length) } else { whole };
            if let Some((offset, length)) = span {
                let bytes = self.ring.bytes(offset, length);
                let mentions = mentions(bytes);
                let near = first && offset < (at + ZEROS) as u64;
                let (loss, why) = match why {
                    "" if mentions && !(near && is_rest(bytes, ends)) => {
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

/// How many zeros a record can have behind each other among its numbers, so that its rest begins with them.
const ZEROS: usize = 16;
/// The longest record of which there can be a rest. No UTF-16 text ends in a smaller number, but for one
/// that ends in a control character.
const LONGEST_REST: usize = 1 << 17;

/// Whether bytes in slack can be what newer records left of an older one: neither all of it, nor its
/// beginning, nor text of another encoding, and, if it `ends` here, its length in front of any filling.
fn is_rest(bytes: &[u8], ends: bool) -> bool {
    let filled = bytes.iter().rev().take_while(|&&byte| byte == 0x27).count();
    let closing = bytes.len().checked_sub(filled + 4).map(|at| layout::offset_at(bytes, at));
    let lengths = bytes.len() - filled + 1..LONGEST_REST;
    let closed = closing.is_some_and(|length| lengths.contains(&length));
    (closed || !ends)
        && memmem::find(bytes, &layout::SIGNATURE).is_none()
        && prefilter::find(bytes, 0).is_none()
}
