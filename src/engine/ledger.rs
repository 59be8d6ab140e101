//! The ledger: counts of what was read and done that add up, and a row per computer.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::{
    article::Error,
    event::Event,
    time::{DateOrderHints, Moment, Time},
    verdict::{Outcome, Verdict},
};

/// The default limit for the rows of the computers, in bytes, approximately. Further computers
/// share one row.
const BOUND: usize = 1 << 20;
/// The size of a row without its name, in bytes: counts, times and spare capacity.
const ROW: usize = 200;
/// The size of an error in a row, in bytes.
const ERROR: usize = 40;
/// The row of all computers above the limit.
pub const OTHER: &str = "other";
/// The row of the records without a computer.
pub(crate) const UNNAMED: &str = "-";

/// The account of a run. `records = unrelated + benign + review + oversized`,
/// `bytes_out = bytes_in - bytes_dropped + bytes_inserted`, and `unjudged <= unrelated + oversized`.
///
/// ```
/// use crypt32_filter::{Filter, Ledger, Policy};
///
/// let mut filter = Filter::new(Policy::default());
/// filter.push(b"a line\n", &mut |_| {});
/// filter.finish(&mut |_| {});
///
/// let mut sum = Ledger::default();
/// sum.merge(filter.ledger());
/// sum.merge(filter.ledger());
/// assert_eq!((sum.records, sum.bytes_in, sum.bytes_out), (2, 14, 14));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// Records read. A record is a line, and the last line may have no line end.
    pub records: u64,
    /// Records that are not this event.
    pub unrelated: u64,
    /// Records with the verdict benign.
    pub benign: u64,
    /// Records with the verdict review.
    pub review: u64,
    /// Records longer than `max_record`, which passed unread.
    pub oversized: u64,
    /// Records that got a tag.
    pub tagged: u64,
    /// Records that were removed.
    pub dropped: u64,
    /// Records that should be tagged, but whose format has no place for a tag.
    pub untagged: u64,
    /// Records whose tag key has another value.
    pub conflicts: u64,
    /// Records that mention a candidate and begin like JSON, but are not one valid object. They are
    /// also counted in `unrelated`.
    pub unparsed: u64,
    /// Records that mention the event but could not be judged. They are also counted in `unrelated`
    /// or `oversized`.
    pub unjudged: u64,
    /// Bytes read.
    pub bytes_in: u64,
    /// Bytes written.
    pub bytes_out: u64,
    /// Bytes of the removed records.
    pub bytes_dropped: u64,
    /// Bytes of the tags.
    pub bytes_inserted: u64,
    /// Benign and review records by the computer that wrote them.
    pub computers: Computers,
}

/// The records of one computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Computer {
    /// Benign records.
    pub benign: u64,
    /// Records to review.
    pub review: u64,
    /// Removed records.
    pub dropped: u64,
    /// The earliest time in the benign and review records.
    #[serde(serialize_with = "as_text")]
    pub first: Option<Moment>,
    /// The latest time in the benign and review records.
    #[serde(serialize_with = "as_text")]
    pub last: Option<Moment>,
    /// The number of times that each error occurred.
    pub errors: Errors,
}

/// Errors and how often each occurred. The key is the code, or the `HRESULT` if there is no code.
/// They are sorted by this key as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(&'static Error, u64)>);

impl Errors {
    /// The errors and their counts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(error, count)| (error.number(), *count))
    }

    fn get_mut(&mut self, error: &Error) -> Option<&mut u64> {
        let row = self.0.iter_mut().find(|(known, _)| known.same_number(error));
        row.map(|(_, count)| count)
    }

    fn add(&mut self, error: &'static Error, count: u64) {
        if let Some(sum) = self.get_mut(error) {
            *sum += count;
        } else if self.0.try_reserve(1).is_ok() {
            let at = self.0.partition_point(|(known, _)| known.number() < error.number());
            self.0.insert(at, (error, count));
        }
    }
}

impl Serialize for Errors {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[allow(clippy::ref_option)]
fn as_text<S: Serializer>(moment: &Option<Moment>, serializer: S) -> Result<S::Ok, S::Error> {
    match moment {
        Some(moment) => moment.serialize(serializer),
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
        for (error, count) in &other.errors.0 {
            self.errors.add(error, *count);
        }
    }

    fn span(&mut self, moment: Option<Moment>) {
        if let Some(moment) = moment {
            self.first = Some(self.first.map_or(moment, |first| first.min(moment)));
            self.last = Some(self.last.map_or(moment, |last| last.max(moment)));
        }
    }
}

/// The computers, sorted by name. Their memory is limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computers {
    rows: Vec<(String, Computer)>,
    size: usize,
    bound: usize,
}

impl Default for Computers {
    fn default() -> Self {
        Self { rows: Vec::new(), size: 0, bound: BOUND }
    }
}

impl Serialize for Computers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl Computers {
    /// The rows, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Computer)> {
        self.rows.iter().map(|(name, row)| (name.as_str(), row))
    }

    /// The index of the row with this name, or where it would be inserted.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.rows.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    /// The index of the row with this name, or of the shared row if the limit is reached. The row
    /// is inserted if it is missing.
    fn place(&mut self, mut name: &str) -> Option<usize> {
        let mut place = self.find(name);
        if place.is_err() {
            self.rows.try_reserve(1).ok()?;
            let size = self.size + name.len() + ROW;
            if size > self.bound {
                name = OTHER;
                place = self.find(name);
            } else {
                self.size = size;
            }
        }
        if let Err(at) = place {
            self.rows.insert(at, (name.to_owned(), Computer::default()));
        }
        let (Ok(at) | Err(at)) = place;
        Some(at)
    }

    /// The row with this name.
    fn row(&mut self, name: &str) -> Option<&mut Computer> {
        let at = self.place(name)?;
        self.rows.get_mut(at).map(|(_, row)| row)
    }

    /// Like [`Self::row`], and counts an error in it. If the row has the error already, nothing is
    /// allocated.
    fn row_with_error(
        &mut self,
        name: &str,
        error: Option<&'static Error>,
    ) -> Option<&mut Computer> {
        let room = self.size + ERROR <= self.bound;
        let at = self.place(name)?;
        let (_, row) = self.rows.get_mut(at)?;
        if let Some(error) = error {
            if let Some(count) = row.errors.get_mut(error) {
                *count += 1;
            } else if room {
                row.errors.add(error, 1);
                self.size += ERROR;
            }
        }
        Some(row)
    }
}

/// The name of a computer's row, in the ledger and in a report: at most 255 bytes. A computer that
/// is named like one of the two special rows is put in quotes, and so is a name that already has
/// such quotes.
pub(crate) fn row_name(computer: &str) -> Cow<'_, str> {
    let name = cut(computer);
    match name.trim_matches('"') {
        _ if name.is_empty() => Cow::Borrowed(UNNAMED),
        UNNAMED | OTHER => Cow::Owned(["\"", name, "\""].concat()),
        _ => Cow::Borrowed(name),
    }
}

fn cut(name: &str) -> &str {
    let mut end = name.len().min(255);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// What the ledger keeps of an event in addition to its verdict.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The computer that wrote the event, or empty if the record does not name it.
    pub computer: String,
    /// The time of the event.
    pub time: Option<Time>,
}

impl Origin {
    /// Sets the computer and the time from an event.
    pub fn set(&mut self, event: &Event<'_>) {
        self.set_computer(event.computer().unwrap_or_default());
        self.time = None;
        if let Some(time) = event.time() {
            self.set_time(time);
        }
    }

    /// Sets the computer.
    pub fn set_computer(&mut self, name: &str) {
        self.computer.clear();
        self.computer.push_str(cut(name));
    }

    /// Parses and sets the time.
    pub fn set_time(&mut self, text: &str) {
        self.time = Time::parse(text);
    }

    /// Clears the computer and the time.
    pub fn clear(&mut self) {
        self.computer.clear();
        self.time = None;
    }
}

impl Ledger {
    /// Creates a ledger whose computers take about `bytes` at most.
    pub fn bounded(bytes: usize) -> Self {
        let computers = Computers { bound: bytes, ..Computers::default() };
        Self { computers, ..Self::default() }
    }

    /// Whether JSON text is a saved ledger. A ledger of an earlier version has no `unjudged`.
    pub fn is_in(json: &[u8]) -> bool {
        let ledger: serde_json::Value = serde_json::from_slice(json).unwrap_or_default();
        let counts =
            ["records", "unrelated", "benign", "review", "dropped", "bytes_in", "bytes_out"];
        let unjudged = &ledger["unjudged"];
        counts.iter().all(|count| ledger[count].is_u64())
            && (unjudged.is_null() || unjudged.is_u64())
            && ledger["computers"].is_object()
    }

    /// Counts a benign or review record, and returns the number of earlier benign records of its
    /// computer.
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
        let benign = verdict.outcome == Outcome::Benign;
        *(if benign { &mut self.benign } else { &mut self.review }) += 1;
        let name = row_name(&origin.computer);
        let row = self.computers.row_with_error(&name, verdict.error);
        row.map_or(0, |row| {
            let before = row.benign;
            row.span(moment);
            *(if benign { &mut row.benign } else { &mut row.review }) += 1;
            before
        })
    }

    /// Counts bytes that were read.
    pub fn take_in(&mut self, bytes: usize) {
        self.bytes_in += bytes as u64;
    }

    /// Counts bytes that were written.
    pub fn give_out(&mut self, bytes: usize) {
        self.bytes_out += bytes as u64;
    }

    /// Counts records without a candidate, and their bytes, which were read and written.
    pub fn count_passed(&mut self, records: u64, bytes: u64) {
        self.count_lines(records, 0);
        self.bytes_in += bytes;
        self.bytes_out += bytes;
    }

    /// Counts lines without a candidate. `oversized` of them are too long.
    pub(crate) fn count_lines(&mut self, lines: u64, oversized: u64) {
        self.records += lines;
        self.oversized += oversized;
        self.unrelated += lines - oversized;
    }

    /// Counts a record that is too long, or that does not fit into memory.
    pub(crate) fn count_oversized(&mut self) {
        self.count_lines(1, 1);
    }

    /// Counts a record that is read. Next: [`Self::count`] or [`Self::count_unrelated`].
    pub(crate) fn count_read(&mut self) {
        self.records += 1;
    }

    pub(crate) fn count_unrelated(&mut self, broken: bool) {
        self.unrelated += 1;
        self.unparsed += u64::from(broken);
    }

    /// Counts records that mention the event but could not be judged.
    pub(crate) fn count_unjudged(&mut self, records: u64) {
        self.unjudged += records;
    }

    pub(crate) fn count_conflict(&mut self) {
        self.conflicts += 1;
    }

    /// Counts a record that stays, with the length of its tag, or whether it should have one.
    pub(crate) fn count_kept(&mut self, tag: usize, untagged: bool) {
        self.tagged += u64::from(tag > 0);
        self.bytes_inserted += tag as u64;
        self.untagged += u64::from(untagged);
    }

    /// Reverts the count of a tag that could not be written for lack of memory.
    pub fn take_tag_back(&mut self, tag: usize) {
        self.tagged -= 1;
        self.bytes_inserted -= tag as u64;
        self.untagged += 1;
    }

    pub(crate) fn count_dropped(&mut self, bytes: usize, computer: &str) {
        self.dropped += 1;
        self.bytes_dropped += bytes as u64;
        if let Some(row) = self.computers.row(&row_name(computer)) {
            row.dropped += 1;
        }
    }

    /// Reverts the last [`count_dropped`](Self::count_dropped), because the record stays after all.
    pub(crate) fn take_drop_back(&mut self, bytes: usize, computer: &str) {
        self.dropped -= 1;
        self.bytes_dropped -= bytes as u64;
        if let Some(row) = self.computers.row(&row_name(computer)) {
            row.dropped -= 1;
        }
    }

    /// Moves bytes from `bytes_in` to `bytes_inserted`, because the caller inserted them.
    pub fn move_to_inserted(&mut self, bytes: u64) {
        self.bytes_in -= bytes;
        self.bytes_inserted += bytes;
    }

    /// The same ledger with at most `computers` rows: those with the most
    /// records, and one for the others.
    #[must_use]
    pub fn summary(&self, computers: usize) -> Self {
        let mut summary = Self::default();
        summary.add_counts(self);
        let rank = |(name, row): (&str, &Computer)| (name != OTHER, row.benign + row.review);
        let few = self.computers.rows.len() <= computers;
        let named = if few { computers } else { computers.saturating_sub(1) };
        // A few passes over a few hundred rows need less code in a small module than sorting.
        let mut above = (true, u64::MAX);
        let mut count = 0;
        while let Some(next) = self.computers.iter().map(rank).filter(|next| *next < above).max() {
            for (name, row) in self.computers.iter().filter(|row| rank(*row) == next) {
                count += 1;
                if let Some(sum) = summary.computers.row(if count > named { OTHER } else { name }) {
                    sum.add(row);
                }
            }
            above = next;
        }
        summary
    }

    /// Adds another ledger: of another filter, or of an earlier run.
    pub fn merge(&mut self, other: &Self) {
        self.add_counts(other);
        for (name, row) in other.computers.iter() {
            if let Some(sum) = self.computers.row(name) {
                sum.add(row);
            }
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
            unjudged,
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
        self.unjudged += unjudged;
        self.bytes_in += bytes_in;
        self.bytes_out += bytes_out;
        self.bytes_dropped += bytes_dropped;
        self.bytes_inserted += bytes_inserted;
    }
}
