//! Summarises a whole log: which computers write event 8, their errors, times and intervals, and
//! which of their other events contradict the article's cause.
//!
//! One record shows what failed. Only the log around it shows whether the computer really cannot
//! reach Windows Update, whether that began one day, and whether silence means recovery. The report
//! prints the interval of each computer next to the article's statement about it. The interval
//! proves nothing by itself, because the article allows continuous, regular and occasional records.
//!
//! Memory is bounded for any log: a fixed number of computers has its own state (the others are
//! summed up), and each state is bounded (`interval.rs` folds times as they come).

use std::collections::BTreeMap;

use crate::{
    classify::related::Related,
    engine::{ledger, unjudged::Similar},
    time::Moment,
    verdict::{Outcome, Verdict},
};

pub mod advice;
pub mod assessment;
mod conditions;
pub mod escape;
pub mod explain;
mod findings;
mod grid;
mod groups;
mod host;
mod interval;
mod render;
mod sides;
pub mod style;
mod summary;
pub mod table;
pub mod text;
mod timeline;

pub use render::{Format, View};
pub use summary::{
    Computer, ErrorCount, Explained, Failed, Gap, HourCount, Hours, Interval, Neighbour, Pace,
    Place, ReasonCount, Review, Side, Span, Start, StartKind, Summary, Timeline, Together, Totals,
    UnjudgedPlaces,
};

use host::{Host, Tally};

/// Shapes of tools that omit an event if it says the same as another one.
const MERGED: [&str; 1] = ["dds"];
/// The maximum number of computers with events of the family that have their own state.
pub const COMPUTERS: usize = 4096;
/// The maximum number of other computers whose earliest time is kept.
const QUIET: usize = 16_384;
/// The maximum number of rows about places that could not be judged. A row has at most a thousand
/// places.
const UNJUDGED: usize = 256;
/// The maximum number of records to review that are listed.
pub const REVIEWS: usize = 200;

/// The facts about one event that the report uses.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// The computer, if the record names one.
    pub computer: Option<&'a str>,
    /// The time, if it could be resolved.
    pub when: Option<Moment>,
    /// The verdict.
    pub verdict: &'a Verdict,
    /// The related event that it is, if any.
    pub related: Option<Related>,
    /// Whether it was found outside the list of its log.
    pub carved: bool,
}

/// Collects a report. Give it every event, including unrelated ones, because they show since when a
/// computer is in the log.
///
/// ```
/// use crypt32_filter::{Report, Verdict, report::Seen};
///
/// let (computer, verdict) = (Some("SERVER1"), &Verdict::UNRELATED);
/// let mut report = Report::default();
/// report.see(Seen { computer, verdict, when: None, related: None, carved: false });
/// assert_eq!(report.finish().totals.records, 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Report {
    records: u64,
    related: u64,
    carved: u64,
    unjudged: Vec<UnjudgedPlaces>,
    reviews: Vec<Review>,
    total: Tally,
    hosts: BTreeMap<String, Host>,
    /// Computers without an event of the family so far, with their earliest time.
    quiet: BTreeMap<String, Option<Moment>>,
    /// The first name with a domain of each name without one: both are the same machine.
    domains: BTreeMap<String, String>,
    /// Whether every remaining computer has an event 8, so that none can be removed.
    crowded: bool,
    /// Whether a tool may have omitted events.
    merged: bool,
    other: Option<Tally>,
    timeline: timeline::Gathered,
}

impl Report {
    /// Adds one event.
    pub fn see(&mut self, seen: Seen<'_>) {
        self.records += 1;
        let candidate = seen.verdict.outcome != Outcome::Unrelated;
        // An event 8 with a second id may also look like a related event.
        let seen = Seen { related: seen.related.filter(|_| !candidate), ..seen };
        // The event says nothing about any computer.
        if seen.computer.is_none() && seen.when.is_none() && !candidate && seen.related.is_none() {
            return;
        }
        let name = &*ledger::row_name(seen.computer.unwrap_or_default());
        let key = self.machine(name.to_ascii_lowercase());
        if !candidate && seen.related.is_none() {
            self.see_quiet(key, seen.when);
            return;
        }
        self.related += u64::from(seen.related.is_some());
        if candidate {
            self.carved += u64::from(seen.carved);
            self.total.see(seen);
            self.timeline.see(seen);
        }
        if let Some(host) = self.hosts.get_mut(&key) {
            return host.see(seen);
        }
        if self.hosts.len() >= COMPUTERS && !(candidate && self.make_room()) {
            let other = self.other.get_or_insert_default();
            if candidate {
                other.see(seen);
            }
            return;
        }
        let mut host = Host::new(name, self.quiet.remove(&key).flatten());
        host.see(seen);
        self.hosts.insert(key, host);
    }

    /// Lists records to review. The caller limits their number.
    pub fn name_reviews(&mut self, reviews: impl IntoIterator<Item = Review>) {
        self.reviews.extend(reviews);
    }

    /// Notes the shape of the record of an event 8.
    pub fn see_shape(&mut self, shape: &str) {
        self.merged |= MERGED.contains(&shape);
    }

    /// The key of the machine with this name. A name with and without its domain is the same
    /// machine, unless the same name occurs in another domain.
    fn machine(&mut self, name: String) -> String {
        let Some((short, _)) = name.split_once('.') else { return name };
        // An address has no domain.
        if short.is_empty() || short.bytes().all(|byte| byte.is_ascii_digit()) {
            return name;
        }
        match self.domains.get(short) {
            Some(known) if *known == name => short.to_owned(),
            Some(_) => name,
            None if self.domains.len() >= COMPUTERS + QUIET => name,
            None => {
                let short = short.to_owned();
                self.domains.insert(short.clone(), name);
                short
            }
        }
    }

    /// Removes a computer without an event 8, to make room for one that has an event 8.
    fn make_room(&mut self) -> bool {
        if self.crowded {
            return false;
        }
        let found = self.hosts.iter().rfind(|(_, host)| host.tally.candidates() == 0);
        let Some(key) = found.map(|(key, _)| key.clone()) else {
            self.crowded = true;
            return false;
        };
        self.hosts.remove(&key);
        true
    }

    /// Counts events that were not read, because they mention no event of the family.
    pub fn pass(&mut self, count: u64) {
        self.records += count;
    }

    /// Adds places that mention the event but could not be judged. `input` names their input if
    /// there are several inputs. The last row sums up what has no room.
    pub fn leave_unjudged(&mut self, input: Option<&str>, similar: &Similar) {
        let row = UnjudgedPlaces::of(similar, input);
        let full = self.unjudged.len() == UNJUDGED;
        match self.unjudged.get_mut(UNJUDGED) {
            Some(rest) => rest.count += row.count,
            None if full => self.unjudged.push(row.without_places()),
            None => self.unjudged.push(row),
        }
    }

    fn see_quiet(&mut self, key: String, when: Option<Moment>) {
        if let Some(host) = self.hosts.get_mut(&key) {
            host.present(when);
        } else if self.quiet.len() < QUIET || self.quiet.contains_key(&key) {
            let since = self.quiet.entry(key).or_default();
            *since = host::earlier(*since, when);
        }
    }

    /// Finishes the report.
    pub fn finish(self) -> Summary {
        findings::summary(self)
    }
}
