//! The layout of the file: the header, the end-of-file record, and the ring of records.

use std::borrow::Cow;

use memchr::memmem;

/// The length of the file header in bytes.
pub(super) const HEADER: usize = 48;
/// The length of the end-of-file record in bytes.
pub(super) const EOF: usize = 40;
/// The length of the fixed part of a record in bytes. No record is shorter.
const RECORD: usize = 56;
/// The maximum length of a record in bytes. The Windows API accepts 64 KiB per event, so a length
/// far above that is damage.
pub const LARGEST: usize = 1 << 20;

/// The signature of a record, after its length.
pub(super) const SIGNATURE: [u8; 4] = *b"LfLe";
/// The signature of the end-of-file record, after its length.
const MARKS: [u8; 16] = [
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x33, 0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44,
];

/// Whether these bytes are the beginning of an `.evt` file.
pub fn is_evt(head: &[u8]) -> bool {
    head.starts_with(&crate::input_kind::EVT)
}

/// The little-endian number at this offset of a slice.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// The offset that is stored at this position of a slice. A missing or too large one becomes
/// `usize::MAX`, which is outside every slice.
pub(super) fn offset_at(bytes: &[u8], at: usize) -> usize {
    u32_at(bytes, at).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX)
}

/// The file's header. It is stale if `dirty` is set.
pub(super) struct Header {
    pub start: usize,
    pub end: usize,
    pub dirty: bool,
}

impl Header {
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if !is_evt(bytes) || bytes.len() < HEADER {
            return None;
        }
        Some(Self {
            start: offset_at(bytes, 16),
            end: offset_at(bytes, 20),
            dirty: u32_at(bytes, 36)? & 1 != 0,
        })
    }

    /// Whether the header has the same offsets as the end-of-file record.
    pub fn agrees(&self, eof: &Eof) -> bool {
        self.end == eof.at && self.start == eof.start
    }
}

/// The end-of-file record.
pub(super) struct Eof {
    /// Its actual offset.
    pub at: usize,
    /// The offset of the oldest record.
    pub start: usize,
    /// Its own offset according to itself.
    own: usize,
    next: u32,
    oldest: u32,
}

impl Eof {
    /// The end-of-file record at this offset, if there is one.
    pub fn at(ring: &Ring<'_>, at: usize) -> Option<Self> {
        // Fast path: most offsets fail here, before anything is copied.
        if ring.len() < EOF || ring.u32(at) != 40 || ring.u32(ring.advance(at, 4)) != 0x1111_1111 {
            return None;
        }
        let bytes = ring.slice(at, EOF);
        (bytes.get(4..20)? == MARKS && u32_at(&bytes, 36)? == 40).then(|| Self {
            at,
            start: offset_at(&bytes, 20),
            own: offset_at(&bytes, 24),
            next: u32_at(&bytes, 28).unwrap_or(0),
            oldest: u32_at(&bytes, 32).unwrap_or(0),
        })
    }

    /// Finds the end-of-file record of the log. Slack may contain stale copies, so the best one is
    /// chosen: its own offset is right, a clean header agrees with it, and its next record number
    /// is the highest.
    pub fn find(ring: &Ring<'_>, header: Option<&Header>) -> Option<Self> {
        let mut best: Option<Self> = None;
        let rank = |eof: &Self| {
            let trusted = header.is_some_and(|header| !header.dirty && header.agrees(eof));
            (eof.own == eof.at, trusted, eof.next)
        };
        // Near the end of the file, the signature may continue at the front of the ring.
        let late = ring.end().saturating_sub(EOF).max(ring.front())..ring.end();
        let marks = memmem::find_iter(ring.bytes, &MARKS).filter_map(|mark| mark.checked_sub(4));
        for at in marks.chain(late).filter(|&at| ring.contains(at)) {
            if let Some(eof) = Self::at(ring, at)
                && best.as_ref().is_none_or(|best| rank(best) <= rank(&eof))
            {
                best = Some(eof);
            }
        }
        best
    }

    /// Whether records were overwritten since the log was created or cleared, so that the oldest one
    /// is no longer the first.
    pub fn overwrote(&self) -> bool {
        self.oldest > 1
    }

    /// The number of records according to the log.
    pub fn expected(&self) -> Option<u64> {
        // An empty log has no oldest record.
        if self.oldest == 0 { Some(0) } else { Some(self.next.checked_sub(self.oldest)?.into()) }
    }
}

/// The part of the file with records. It is a ring: its first byte follows its last byte.
pub(super) struct Ring<'a> {
    bytes: &'a [u8],
    front: usize,
}

impl<'a> Ring<'a> {
    pub fn of(bytes: &'a [u8], header: bool) -> Self {
        // If the header is cut off, the file may begin with a record. If it is damaged, it does
        // not.
        let whole = Self { bytes, front: 0 };
        let headless = !header && whole.record(0, bytes.len()).is_ok();
        let front = if headless { 0 } else { HEADER.min(bytes.len()) };
        Self { bytes, front }
    }

    pub fn front(&self) -> usize {
        self.front
    }

    pub fn end(&self) -> usize {
        self.bytes.len()
    }

    pub fn len(&self) -> usize {
        self.end() - self.front
    }

    pub fn contains(&self, at: usize) -> bool {
        (self.front..self.end()).contains(&at)
    }

    /// The offset `distance` bytes after `at`. Both are within the ring.
    pub fn advance(&self, at: usize, distance: usize) -> usize {
        let rest = self.end().saturating_sub(at);
        if distance < rest {
            at + distance
        } else {
            self.front + (distance - rest).checked_rem(self.len()).unwrap_or(0)
        }
    }

    /// The forward distance from one offset to another.
    pub fn distance(&self, from: usize, to: usize) -> usize {
        if to >= from { to - from } else { (self.len() + to).saturating_sub(from) }
    }

    /// The `length` bytes from `at`, in two parts: up to the end of the file, and from the front of
    /// the ring.
    pub fn parts(&self, at: usize, length: usize) -> [&'a [u8]; 2] {
        let head = self.bytes.get(at..).unwrap_or_default();
        if let Some(all) = head.get(..length) {
            return [all, &[]];
        }
        let rest = self.bytes.get(self.front..).unwrap_or_default();
        [head, rest.get(..length - head.len()).unwrap_or(rest)]
    }

    /// These bytes of the file, or nothing if they reach past its end.
    pub fn bytes(&self, offset: u64, length: u64) -> &'a [u8] {
        let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        self.bytes.get(at(offset)..at(offset.saturating_add(length))).unwrap_or_default()
    }

    /// The `length` bytes from `at`. They are copied if they continue at the front of the ring.
    pub fn slice(&self, at: usize, length: usize) -> Cow<'a, [u8]> {
        match self.parts(at, length) {
            [all, []] => Cow::Borrowed(all),
            parts => Cow::Owned(parts.concat()),
        }
    }

    /// Whether the bytes at two offsets are equal.
    pub fn same(&self, a: usize, b: usize, length: usize) -> bool {
        let bytes = |at| self.parts(at, length);
        match (bytes(a), bytes(b)) {
            ([a, []], [b, []]) => a == b,
            (a, b) => a.into_iter().flatten().eq(b.into_iter().flatten()),
        }
    }

    pub fn u32(&self, at: usize) -> u32 {
        u32_at(self.bytes, at).or_else(|| u32_at(&self.slice(at, 4), 0)).unwrap_or(0)
    }

    /// The length of the record at this offset, which has at most `limit` bytes, or the reason why
    /// this is not a record.
    pub fn record(&self, at: usize, limit: usize) -> Result<usize, &'static str> {
        if limit < RECORD {
            return Err("too few bytes for a record");
        }
        if self.u32(self.advance(at, 4)) != u32::from_le_bytes(SIGNATURE) {
            return Err("no record begins where one should");
        }
        let length = usize::try_from(self.u32(at)).unwrap_or(usize::MAX);
        if !(RECORD..=LARGEST).contains(&length) {
            return Err("a record's length is impossible");
        }
        if length > limit {
            return Err("a record is cut off: it is longer than what is left of the file");
        }
        let closing = self.u32(self.advance(at, length - 4));
        // According to libevt, some records end in zeros. Then the next record must prove the
        // length.
        if usize::try_from(closing) == Ok(length)
            || (closing == 0 && self.proves(at, length, limit))
        {
            Ok(length)
        } else {
            Err("a record's length at its end differs from that at its beginning")
        }
    }

    fn proves(&self, at: usize, length: usize, limit: usize) -> bool {
        let next = self.advance(at, length);
        let left = limit - length;
        left >= 8 && self.u32(self.advance(next, 4)) == u32::from_le_bytes(SIGNATURE)
            || Eof::at(self, next).is_some()
    }

    /// The distance from `at`, which is not a record, to the next record; `limit` if there is no
    /// record.
    pub fn search(&self, at: usize, limit: usize) -> usize {
        let head = limit.min(self.end() - at);
        let finder = memmem::Finder::new(&SIGNATURE);
        for (base, from, length) in [(0, at, head), (head, self.front, limit - head)] {
            let span = self.bytes.get(from..from + length).unwrap_or_default();
            for signature in finder.find_iter(span) {
                let Some(start) = signature.checked_sub(4).filter(|&start| base + start > 0) else {
                    continue;
                };
                if self.record(from + start, limit - base - start).is_ok() {
                    return base + start;
                }
            }
        }
        limit
    }

    /// The offset and the length of the written part of a span, without the zeros and filling
    /// around it; `None` if nothing was written.
    pub fn used(&self, at: usize, length: usize) -> Option<(u64, u64)> {
        let span = self.bytes.get(at..at + length)?;
        let written = |byte: &u8| !matches!(byte, 0 | 0x27);
        span.iter().position(written)?;
        // Numbers are little endian, so the span is extended to multiples of four: a zero at the
        // end may belong to a number.
        let first = span.iter().position(|&byte| byte != 0)? & !3;
        let last = span.iter().rposition(|&byte| byte != 0)? | 3;
        let length = (last + 1).min(span.len()) - first;
        Some(((at + first) as u64, length as u64))
    }
}
