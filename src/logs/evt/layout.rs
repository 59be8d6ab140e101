//! The parts of the file around the records: header, end-of-file record, and the ring.

use std::borrow::Cow;

use memchr::memmem;

/// Bytes of the file header.
pub(super) const HEADER: usize = 48;
/// Bytes of the end-of-file record.
pub(super) const EOF: usize = 40;
/// Bytes of the fixed part of a record; no record is shorter.
const RECORD: usize = 56;
/// The longest record that is read, in bytes. The interface that writes events takes 64 KiB in
/// all; a length far beyond that is a damaged one.
pub const LARGEST: usize = 1 << 20;

/// How a record begins, behind its length.
pub(super) const SIGNATURE: [u8; 4] = *b"LfLe";
/// What marks the end-of-file record, behind its length.
const MARKS: [u8; 16] = [
    0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x33, 0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44,
];

/// Whether this is how a `.evt` file begins.
pub fn is_evt(head: &[u8]) -> bool {
    head.starts_with(&crate::input_kind::EVT)
}

/// A number at this place of a slice.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// An offset at this place of a slice; one that no slice can have becomes one that none has.
pub(super) fn offset_at(bytes: &[u8], at: usize) -> usize {
    u32_at(bytes, at).and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX)
}

/// What the file's header says; stale where `dirty`.
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

    /// Whether it gives the same offsets as the end-of-file record.
    pub fn agrees(&self, eof: &Eof) -> bool {
        self.end == eof.at && self.start == eof.start
    }
}

/// The end-of-file record.
pub(super) struct Eof {
    /// Where it stands.
    pub at: usize,
    /// Where the oldest record stands.
    pub start: usize,
    /// Where it says that it stands.
    own: usize,
    next: u32,
    oldest: u32,
}

impl Eof {
    /// The end-of-file record here, if there is one.
    pub fn at(ring: &Ring<'_>, at: usize) -> Option<Self> {
        // Most places end here, before anything is copied.
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

    /// The end-of-file record of the log. A copy left in slack says less than the current one.
    pub fn find(ring: &Ring<'_>, header: Option<&Header>) -> Option<Self> {
        let mut best: Option<Self> = None;
        let rank = |eof: &Self| {
            let trusted = header.is_some_and(|header| !header.dirty && header.agrees(eof));
            (eof.own == eof.at, trusted, eof.next)
        };
        // Also where it begins so late that its marks continue at the front.
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

    /// How many records the log holds, by its own account.
    pub fn expected(&self) -> Option<u64> {
        // An empty log has no oldest record.
        if self.oldest == 0 { Some(0) } else { Some(self.next.checked_sub(self.oldest)?.into()) }
    }
}

/// The part of the file that holds records: behind its last byte comes its first.
pub(super) struct Ring<'a> {
    bytes: &'a [u8],
    front: usize,
}

impl<'a> Ring<'a> {
    pub fn of(bytes: &'a [u8], header: bool) -> Self {
        // Without a header the first bytes may be a record; with a damaged one they hold none.
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

    /// The place `distance` bytes further on; both are within the ring.
    pub fn advance(&self, at: usize, distance: usize) -> usize {
        let rest = self.end().saturating_sub(at);
        if distance < rest {
            at + distance
        } else {
            self.front + (distance - rest).checked_rem(self.len()).unwrap_or(0)
        }
    }

    /// How far it is from one place to another, forwards.
    pub fn distance(&self, from: usize, to: usize) -> usize {
        if to >= from { to - from } else { (self.len() + to).saturating_sub(from) }
    }

    /// These bytes: up to the end of the file, and those that continue at its front.
    pub fn parts(&self, at: usize, length: usize) -> [&'a [u8]; 2] {
        let head = self.bytes.get(at..).unwrap_or_default();
        if let Some(all) = head.get(..length) {
            return [all, &[]];
        }
        let rest = self.bytes.get(self.front..).unwrap_or_default();
        [head, rest.get(..length - head.len()).unwrap_or(rest)]
    }

    /// These bytes of the file, none of them behind its end.
    pub fn bytes(&self, offset: u64, length: u64) -> &'a [u8] {
        let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
        self.bytes.get(at(offset)..at(offset.saturating_add(length))).unwrap_or_default()
    }

    /// These bytes; copied where they continue at the front.
    pub fn slice(&self, at: usize, length: usize) -> Cow<'a, [u8]> {
        match self.parts(at, length) {
            [all, []] => Cow::Borrowed(all),
            parts => Cow::Owned(parts.concat()),
        }
    }

    /// Whether the same bytes stand in two places.
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

    /// The length of the record here, which has at most `limit` bytes; or why there is none.
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
        // libevt has seen records whose end is zeros; what follows must then prove the length.
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

    /// How many bytes from `at`, which is no record, the next record begins; `limit` if none does.
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

    /// The part of a span that was ever written: no zeros and no filling around it.
    pub fn used(&self, at: usize, length: usize) -> Option<(u64, u64)> {
        let span = self.bytes.get(at..at + length)?;
        let written = |byte: &u8| !matches!(byte, 0 | 0x27);
        span.iter().position(written)?;
        // Numbers are little endian: a zero at the end may belong to one.
        let first = span.iter().position(|&byte| byte != 0)? & !3;
        let last = span.iter().rposition(|&byte| byte != 0)? | 3;
        let length = (last + 1).min(span.len()) - first;
        Some(((at + first) as u64, length as u64))
    }
}
