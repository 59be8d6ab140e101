//! A verdict cache for repeated records. Two copies of the noise usually differ only in the time,
//! in a number that no condition checks, or in the computer. The cache compares a record with
//! earlier ones and returns the verdict on a hit, without reading the record again.
//!
//! Only the wildcard spans that the reader found may differ: the value of a member whose name is
//! not in [`crate::record::names`]; a time, because no verdict depends on it; and the computer, if
//! all members that name it have the same text in both records. All other bytes must be equal, so
//! both records have the same members with the same values, and the same verdict.

use crate::{
    engine::ledger::Origin,
    event::{Event, typed::Type},
    record::{
        Reading,
        json::Layout,
        wildcards::{MOST, Wildcard, WildcardSpan, WildcardSpans},
    },
    swar,
    verdict::Verdict,
};

/// The maximum number of entries.
const COUNT: usize = 16;
/// The number of entries if all memory is reserved at once. A larger number exceeds the two
/// megabytes that the module for Fluent Bit may use.
const RESERVED: usize = 8;
/// The maximum length of a cached record, in bytes.
pub const LONGEST: usize = 4 << 10;
/// The offsets of the time and the computers of a record's event.
#[derive(Debug, Default)]
pub struct EventOffsets {
    events: usize,
    time: Option<usize>,
    computers: Vec<usize>,
}

impl EventOffsets {
    fn clear(&mut self) {
        (self.events, self.time) = (0, None);
        self.computers.clear();
    }
}

/// A cached record with its verdict.
#[derive(Debug, Default)]
struct Entry {
    record: Vec<u8>,
    wildcards: Vec<WildcardSpan>,
    /// The index of the wildcard span that has the time.
    time: Option<usize>,
    object: usize,
    layout: Layout,
    origin: Origin,
    verdict: Option<Verdict>,
    /// The count of cache hits and inserts at the last use of this entry.
    came: u64,
}

/// The last records that were read, and the wildcard spans of the record that is being read.
#[derive(Debug, Default)]
pub struct VerdictCache {
    entries: Vec<Entry>,
    /// The index of the entry that was used last.
    last: usize,
    /// The number of cache hits and inserts.
    times: u64,
    /// Whether all memory is reserved in advance, so that no record causes an allocation.
    fixed: bool,
    /// Whether the memory is reserved.
    reserved: bool,
    wildcards: WildcardSpans,
    offsets: EventOffsets,
}

impl VerdictCache {
    /// The verdict for a record that equals a cached one outside of the wildcard spans. Sets
    /// `origin` to the computer and the time of the new record.
    pub fn get(&mut self, record: &[u8], origin: &mut Origin) -> Option<(Verdict, Reading)> {
        if record.len() > LONGEST {
            return None;
        }
        // The entry that was used last is the most likely hit.
        let mut index = self.last;
        for _ in 0..self.entries.len() {
            if let Some(layout) = self.entries.get(index)?.repeated(record, origin) {
                let entry = self.came(index)?;
                return Some((entry.verdict?, Reading::Json { at: entry.object, layout }));
            }
            index += 1;
            if index == self.entries.len() {
                index = 0;
            }
        }
        None
    }

    /// Prepares to read the next record. Returns where the reader notes the wildcard spans, and the
    /// offsets of the event.
    pub fn begin(&mut self) -> (&mut WildcardSpans, &mut EventOffsets) {
        self.wildcards.clear();
        self.offsets.clear();
        (&mut self.wildcards, &mut self.offsets)
    }

    /// Caches the record that was read since [`Self::begin`], unless it is unsuitable.
    pub fn insert(&mut self, record: &[u8], reading: &Reading, verdict: &Verdict, origin: &Origin) {
        let Reading::Json { at: object, layout } = reading else { return };
        if self.wildcards.refused || self.offsets.events != 1 || record.len() > LONGEST {
            return;
        }
        if !self.fixed && self.entries.len() < COUNT && self.entries.try_reserve(1).is_ok() {
            self.entries.push(Entry::default());
        }
        let Self { wildcards, offsets, .. } = self;
        for wildcard in &mut wildcards.list {
            wildcard.at.start += object;
            wildcard.at.end += object;
        }
        let text = |wildcard: &WildcardSpan| record.get(wildcard.at.clone());
        let computers =
            || wildcards.list.iter().filter(|wildcard| wildcard.why == Wildcard::Computer);
        let first = computers().next().and_then(text).unwrap_or_default();
        let one_computer = computers().count() == offsets.computers.len()
            && computers().all(|wildcard| {
                !wildcard.at.is_empty()
                    && text(wildcard) == Some(first)
                    && offsets.computers.contains(&wildcard.at.start)
            });
        if !one_computer {
            wildcards.list.retain(|wildcard| wildcard.why != Wildcard::Computer);
        }
        let time = offsets.time.and_then(|at| wildcards.starting(at));
        let oldest = self.entries.iter().enumerate().min_by_key(|(_, entry)| entry.came);
        let Some((oldest, _)) = oldest else { return };
        let entry = &mut self.entries[oldest];
        let more = record.len().saturating_sub(entry.record.len());
        if !self.fixed && entry.record.try_reserve_exact(more).is_err() {
            return;
        }
        entry.record.clear();
        entry.record.extend_from_slice(record);
        core::mem::swap(&mut entry.wildcards, &mut wildcards.list);
        entry.time = time;
        entry.object = *object;
        entry.layout = layout.clone();
        entry.origin = origin.clone();
        entry.verdict = Some(*verdict);
        self.came(oldest);
    }

    /// Reserves all memory at once, for a module with little memory. Small allocations over time
    /// would fragment the memory between the large records of the host, so that those no longer
    /// fit.
    pub fn reserve(&mut self) {
        self.fixed = true;
        if self.reserved || self.entries.try_reserve_exact(RESERVED).is_err() {
            return;
        }
        self.reserved = true;
        for _ in 0..RESERVED {
            let mut one = Entry::default();
            if one.record.try_reserve_exact(LONGEST).is_err()
                || one.wildcards.try_reserve_exact(MOST).is_err()
            {
                return;
            }
            self.entries.push(one);
        }
    }

    /// Marks an entry as the one that was used last.
    fn came(&mut self, index: usize) -> Option<&Entry> {
        self.last = index;
        self.times += 1;
        let entry = self.entries.get_mut(index)?;
        entry.came = self.times;
        Some(entry)
    }
}

impl EventOffsets {
    /// Adds the offsets of an event of the record.
    pub fn add(&mut self, record: &[u8], event: &Event<'_>) {
        let offset = |text: &str| text.as_ptr().addr().wrapping_sub(record.as_ptr().addr());
        self.events += 1;
        self.time = event.time().map(offset);
        self.computers.clear();
        for computer in event.computer.texts().chain(event.host.texts()) {
            if self.computers.try_reserve(1).is_err() {
                // Records with more than one event are never cached.
                self.events += 1;
                return;
            }
            self.computers.push(offset(computer));
        }
    }
}

impl Entry {
    /// Compares a record with this entry. Returns its layout, which says where the tag goes, if the
    /// two differ only in the wildcard spans.
    fn repeated(&self, record: &[u8], origin: &mut Origin) -> Option<Layout> {
        // Fast path: records usually differ at the end, in an error or in the name of a program.
        // The last bytes are compared first, because the text before an error is long and always
        // the same.
        let end = self.wildcards.last().map_or(0, |wildcard| wildcard.at.end);
        let same = self.record.get(end..)?;
        let few = |bytes: &[u8]| bytes.last_chunk::<8>().copied().map(u64::from_le_bytes);
        if few(same).is_some_and(|last| few(record) != Some(last)) || !record.ends_with(same) {
            return None;
        }
        let mut rest = record;
        let mut from = 0;
        let mut layout = self.layout.clone();
        let (mut time, mut computer) = (None, None);
        for (index, wildcard) in self.wildcards.iter().enumerate() {
            rest = rest.strip_prefix(self.record.get(from..wildcard.at.start)?)?;
            from = wildcard.at.end;
            let old = self.record.get(wildcard.at.clone())?;
            let quoted = matches!(self.record.get(wildcard.at.start.checked_sub(1)?), Some(b'"'));
            let start = record.len() - rest.len();
            let (new, after) = rest.split_at_checked(length(rest, old, quoted)?)?;
            rest = after;
            match wildcard.why {
                // The new value must have the same type as the old one.
                Wildcard::Time if new != old && !both(Type::Time, new, old) => return None,
                Wildcard::Time if self.time == Some(index) => time = Some(new),
                Wildcard::Counter if new != old && !both(Type::Number, new, old) => {
                    return None;
                }
                Wildcard::Ignored | Wildcard::Time | Wildcard::Counter => {}
                Wildcard::Computer if computer.is_some_and(|other| other != new) => return None,
                Wildcard::Computer if new != old && !both(Type::Computer, new, old) => return None,
                Wildcard::Computer => computer = Some(new),
            }
            if new.len() != old.len() {
                layout.shift(start.checked_sub(self.object)?, old.len(), new.len());
            }
        }
        // The rest must reach to the end of the record.
        if rest.len() != self.record.len() - end {
            return None;
        }
        let text = |bytes| core::str::from_utf8(bytes).ok();
        match computer {
            Some(computer) => origin.set_computer(text(computer)?),
            None => origin.set_computer(&self.origin.computer),
        }
        match time {
            Some(time) => origin.set_time(text(time)?),
            None => origin.time = self.origin.time,
        }
        Some(layout)
    }
}

/// Whether both values are of this type and not empty.
fn both(kind: Type, new: &[u8], old: &[u8]) -> bool {
    [new, old].into_iter().all(|value| {
        !value.is_empty() && core::str::from_utf8(value).is_ok_and(|value| kind.fits(value))
    })
}

/// The length of the value in the place of `old`: plain text if it is quoted, otherwise a whole
/// number or the same bytes.
fn length(rest: &[u8], old: &[u8], quoted: bool) -> Option<usize> {
    let (length, whole) = if quoted {
        let length = swar::simple(rest);
        (length, matches!(rest.get(length), Some(b'"')))
    } else {
        let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (length, length == 1 || (length > 1 && !matches!(rest, [b'0', ..])))
    };
    if whole { Some(length) } else { rest.starts_with(old).then_some(old.len()) }
}
