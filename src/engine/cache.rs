//! Records that repeat. The noise says the same over and over: of two records most often only the
//! time differs, a number that no condition looks at, or the computer. Such a record is compared with
//! one that was read before, and gets its verdict without being read again.
//!
//! What may differ is only what the reader found to be free: the value of a member that has no name
//! in [`crate::record::names`]; a time, which no verdict depends on; and the computer, where every
//! member that names it gives the same text, before and now. All other bytes must be the same, so
//! the record has the same members with the same values, and the verdict follows.

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

/// How many records are remembered.
const COUNT: usize = 16;
/// The same where all memory is reserved at once: with more, the module for Fluent Bit takes more than the
/// two megabytes that it may have.
const RESERVED: usize = 8;
/// How long one may be.
pub const LONGEST: usize = 4 << 10;
/// Where the event of a record has its time and its computers from.
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

/// A record that was read.
#[derive(Debug, Default)]
struct Entry {
    record: Vec<u8>,
    wildcards: Vec<WildcardSpan>,
    /// Which wildcard gives the time.
    time: Option<usize>,
    object: usize,
    layout: Layout,
    origin: Origin,
    verdict: Option<Verdict>,
    /// When it, or one like it, came last, counted in such records.
    came: u64,
}

/// The last records that were read, and what was noted of the one that is being read.
#[derive(Debug, Default)]
pub struct VerdictCache {
    entries: Vec<Entry>,
    /// Which of them came last.
    last: usize,
    /// How often one of them came.
    times: u64,
    /// Memory is reserved at once, and none as records come.
    fixed: bool,
    /// It was reserved.
    reserved: bool,
    wildcards: WildcardSpans,
    offsets: EventOffsets,
}

impl VerdictCache {
    /// The verdict about a record like one that was read before; `origin` is what it says itself.
    pub fn get(&mut self, record: &[u8], origin: &mut Origin) -> Option<(Verdict, Reading)> {
        if record.len() > LONGEST {
            return None;
        }
        // What came last often comes again.
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

    /// Where the reader of the next record notes what may differ, and its event where it is from.
    pub fn begin(&mut self) -> (&mut WildcardSpans, &mut EventOffsets) {
        self.wildcards.clear();
        self.offsets.clear();
        (&mut self.wildcards, &mut self.offsets)
    }

    /// Remembers the record that was read since [`Self::begin`], if it may be.
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

    /// Reserves all the memory there will be, once, in a module that must. Bit by bit, it would lie between
    /// what a host's large records leave free, and these would not fit there any more.
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

    /// Notes that this one came now.
    fn came(&mut self, index: usize) -> Option<&Entry> {
        self.last = index;
        self.times += 1;
        let entry = self.entries.get_mut(index)?;
        entry.came = self.times;
        Some(entry)
    }
}

impl EventOffsets {
    /// Notes an event of the record.
    pub fn add(&mut self, record: &[u8], event: &Event<'_>) {
        let offset = |text: &str| text.as_ptr().addr().wrapping_sub(record.as_ptr().addr());
        self.events += 1;
        self.time = event.time().map(offset);
        self.computers.clear();
        for computer in event.computer.texts().chain(event.host.texts()) {
            if self.computers.try_reserve(1).is_err() {
                // Two are never remembered.
                self.events += 1;
                return;
            }
            self.computers.push(offset(computer));
        }
    }
}

impl Entry {
    /// Whether a record is this one but for what may differ: then where its tag goes.
    fn repeated(&self, record: &[u8], origin: &mut Origin) -> Option<Layout> {
        // Most often the end tells them apart: an error stands there, or the name of a program. Its own
        // end comes first, because what is before an error is long and the same.
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
                // It must be one, and of the kind of the other.
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
        // It ends with what comes now.
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

/// Whether two values are of one type, and there is something of both.
fn both(kind: Type, new: &[u8], old: &[u8]) -> bool {
    [new, old].into_iter().all(|value| {
        !value.is_empty() && core::str::from_utf8(value).is_ok_and(|value| kind.fits(value))
    })
}

/// How long the value is that stands in place of `old`: plain text, a whole number, or the same.
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
