//! The account of what was seen and done: counts that add up, and who wrote what when.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    event::Event,
    time::{DateOrderHints, Moment, Time},
    verdict::{Outcome, Verdict},
};

/// How many bytes the computers may take, about, before further ones share one row, where nothing
/// else was said.
const BOUND: usize = 1 << 20;
/// What a row takes beside its name: numbers, times and tree nodes.
const ROW: usize = 200;
/// What an error takes in a row.
const ERROR: usize = 40;
/// The row of all computers that no longer fit.
const OTHER: &str = "other";
/// The row of records that name no computer.
const UNNAMED: &str = "-";

/// The account. `records = unrelated + benign + review + oversized`, and
/// `bytes_out = bytes_in - bytes_dropped + bytes_inserted`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Records seen: lines, the last one also without a line end.
    pub records: u64,
    /// Records that are none of this event.
    pub unrelated: u64,
    /// Records with the verdict benign.
    pub benign: u64,
    /// Records with the verdict review.
    pub review: u64,
    /// Records longer than `max_record`, passed unread.
    pub oversized: u64,
    /// Records that got a tag.
    pub tagged: u64,
    /// Records that were removed.
    pub dropped: u64,
    /// Records that should have been tagged, and are of a shape that has no place for it.
    pub untagged: u64,
    /// Records with something else under the tag's key.
    pub conflicts: u64,
    /// Records that mention a candidate and begin like JSON, but are not one whole valid object;
    /// counted in `unrelated` too.
    pub unparsed: u64,
    /// Bytes taken in.
    pub bytes_in: u64,
    /// Bytes given out.
    pub bytes_out: u64,
    /// Bytes of the records that were removed.
    pub bytes_dropped: u64,
    /// Bytes of the tags.
    pub bytes_inserted: u64,
    /// Benign and review records by the computer that wrote them.
    pub computers: Computers,
}

/// What one computer wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Computer {
    /// Its benign records.
    pub benign: u64,
    /// Its records to review.
    pub review: u64,
    /// Its records that were removed.
    pub dropped: u64,
    /// The earliest time in its benign and review records.
    #[serde(serialize_with = "as_text")]
    pub first: Option<Moment>,
    /// The latest one.
    #[serde(serialize_with = "as_text")]
    pub last: Option<Moment>,
    /// How often each error was named: by code, or by `HRESULT` where there is no code.
    pub errors: BTreeMap<String, u64>,
}

#[allow(clippy::ref_option)]
fn as_text<S: Serializer>(moment: &Option<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => serializer.collect_str(moment),
        None => serializer.serialize_none(),
    }
}

impl Computer {
    fn add(&mut self, other: &Self) {
        self.benign += other.benign;
        self.review += other.review;
        self.dropped += other.dropped;
        self.span(other.first);
        self.span(other.last);
        for (code, count) in &other.errors {
            *self.errors.entry(code.clone()).or_default() += count;
        }
    }

    fn span(&mut self, moment: Option<Moment>) {
        if let Some(moment) = moment {
            self.first = Some(self.first.map_or(moment, |first| first.min(moment)));
            self.last = Some(self.last.map_or(moment, |last| last.max(moment)));
        }
    }
}

/// The computers, by name; bounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computers {
    rows: BTreeMap<String, Computer>,
    size: usize,
    bound: usize,
}

impl Default for Computers {
    fn default() -> Self {
        Self { rows: BTreeMap::new(), size: 0, bound: BOUND }
    }
}

impl Serialize for Computers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.rows.len()))?;
        for (name, row) in &self.rows {
            map.serialize_entry(name, row)?;
        }
        map.end()
    }
}

impl Computers {
    /// The rows, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Computer)> {
        self.rows.iter().map(|(name, row)| (name.as_str(), row))
    }

    /// The row of a computer, or the one of all others once there is no room.
    fn row(&mut self, name: &str) -> &mut Computer {
        let mut name = if name.is_empty() { UNNAMED } else { cut(name) };
        if !self.rows.contains_key(name) {
            if self.size + name.len() + ROW > self.bound {
                name = OTHER;
            } else {
                self.size += name.len() + ROW;
            }
        }
        self.rows.entry(name.to_owned()).or_default()
    }

    fn count_error(&mut self, name: &str, code: String) {
        let room = self.size + ERROR <= self.bound;
        let row = self.row(name);
        if let Some(count) = row.errors.get_mut(&code) {
            *count += 1;
        } else if room {
            row.errors.insert(code, 1);
            self.size += ERROR;
        }
    }
}

/// A name of at most 255 bytes.
fn cut(name: &str) -> &str {
    let mut end = name.len().min(255);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// What the ledger keeps of an event beside its verdict.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The computer that wrote it; empty where the record does not say.
    pub computer: String,
    /// When.
    pub time: Option<Time>,
}

impl Origin {
    /// Takes over what an event says.
    pub fn set(&mut self, event: &Event<'_>) {
        self.computer.clear();
        self.computer.push_str(cut(event.computer().unwrap_or_default()));
        self.time = event.time().and_then(Time::parse);
    }

    /// Forgets it.
    pub fn clear(&mut self) {
        self.computer.clear();
        self.time = None;
    }
}

impl Ledger {
    /// An account whose computers take about that many bytes at most.
    pub fn bounded(bytes: usize) -> Self {
        let computers = Computers { bound: bytes, ..Computers::default() };
        Self { computers, ..Self::default() }
    }

    /// Counts a record with a verdict other than unrelated, and gives how many benign records the
    /// computer had before.
    pub(crate) fn count(
        &mut self,
        verdict: &Verdict,
        origin: &Origin,
        hints: &mut DateOrderHints,
    ) -> u64 {
        let moment = origin.time.and_then(|time| {
            hints.see(time);
            time.resolve(hints.order(None))
        });
        if let Some(error) = verdict.error {
            let code = match error.code {
                Some(code) => code.to_string(),
                None => format!("{:#010X}", error.hresult),
            };
            self.computers.count_error(&origin.computer, code);
        }
        let row = self.computers.row(&origin.computer);
        row.span(moment);
        let before = row.benign;
        if verdict.outcome == Outcome::Benign {
            self.benign += 1;
            row.benign += 1;
        } else {
            self.review += 1;
            row.review += 1;
        }
        before
    }

    pub(crate) fn count_dropped(&mut self, bytes: usize, origin: &Origin) {
        self.dropped += 1;
        self.bytes_dropped += bytes as u64;
        self.computers.row(&origin.computer).dropped += 1;
    }

    /// The same account with at most that many computers: those with the most records, and the
    /// others as one.
    #[must_use]
    pub fn summary(&self, computers: usize) -> Self {
        let mut summary = Self::default();
        summary.add_counts(self);
        let rank = |(name, row): (&str, &Computer)| (name != OTHER, row.benign + row.review);
        let few = self.computers.rows.len() <= computers;
        let named = if few { computers } else { computers.saturating_sub(1) };
        // A few passes over a few hundred rows cost a small module less than sorting them.
        let mut above = (true, u64::MAX);
        let mut count = 0;
        while let Some(next) = self.computers.iter().map(rank).filter(|next| *next < above).max() {
            for (name, row) in self.computers.iter().filter(|row| rank(*row) == next) {
                count += 1;
                summary.computers.row(if count > named { OTHER } else { name }).add(row);
            }
            above = next;
        }
        summary
    }

    /// Adds another account: of another filter, or of an earlier run.
    pub fn merge(&mut self, other: &Self) {
        self.add_counts(other);
        for (name, row) in other.computers.iter() {
            self.computers.row(name).add(row);
        }
    }

    fn add_counts(&mut self, other: &Self) {
        let Self {
            records,
            unrelated,
            benign,
            review,
            oversized,
            tagged,
            dropped,
            untagged,
            conflicts,
            unparsed,
            bytes_in,
            bytes_out,
            bytes_dropped,
            bytes_inserted,
            computers: _,
        } = other;
        self.records += records;
        self.unrelated += unrelated;
        self.benign += benign;
        self.review += review;
        self.oversized += oversized;
        self.tagged += tagged;
        self.dropped += dropped;
        self.untagged += untagged;
        self.conflicts += conflicts;
        self.unparsed += unparsed;
        self.bytes_in += bytes_in;
        self.bytes_out += bytes_out;
        self.bytes_dropped += bytes_dropped;
        self.bytes_inserted += bytes_inserted;
    }
}
