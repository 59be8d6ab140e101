//! The state of one computer while the log is read.

use std::collections::{BTreeMap, VecDeque};

use super::{Seen, interval::Rhythm, sides::Sides};
use crate::{
    article::Error,
    classify::related::{ProblemCause, Related},
    time::Moment,
    verdict::{Condition, Outcome},
};

/// Counts of candidates: in the whole log, of one computer, or of the computers without their own
/// state.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) benign: u64,
    pub(super) review: u64,
    pub(super) carved: u64,
    /// Benign events by basis: listed, sibling, cause.
    pub(super) bases: [u64; 3],
    pub(super) reasons: [u64; Condition::ALL.len()],
    /// Events by the name of the error; `None` for an unknown error.
    pub(super) errors: BTreeMap<Option<&'static str>, (Option<&'static Error>, u64)>,
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
    /// The number of events without a readable time.
    pub(super) untimed: u64,
}

impl Tally {
    pub(super) fn see(&mut self, seen: Seen<'_>) {
        match seen.verdict.outcome {
            Outcome::Benign => self.benign += 1,
            Outcome::Review => self.review += 1,
            Outcome::Unrelated => return,
        }
        self.carved += u64::from(seen.carved);
        if let Some(count) = seen.verdict.basis.and_then(|basis| self.bases.get_mut(basis as usize))
        {
            *count += 1;
        }
        for reason in seen.verdict.reasons() {
            if let Some(count) = self.reasons.get_mut(reason as usize) {
                *count += 1;
            }
        }
        let error = seen.verdict.error;
        self.errors.entry(error.map(|error| error.symbol)).or_insert((error, 0)).1 += 1;
        self.untimed += u64::from(seen.when.is_none());
        self.first = earlier(self.first, seen.when);
        self.last = self.last.max(seen.when);
    }

    pub(super) fn candidates(&self) -> u64 {
        self.benign + self.review
    }
}

/// The earlier of two times, each of them possibly unknown.
pub(super) fn earlier(a: Option<Moment>, b: Option<Moment>) -> Option<Moment> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The related events of a computer, by source, id and cause.
pub(super) type Neighbours = BTreeMap<(&'static str, u32, Option<ProblemCause>), Group>;

/// One computer that writes events of the family.
#[derive(Clone, Debug)]
pub(super) struct Host {
    /// The name in the spelling that the log uses first.
    pub(super) name: String,
    pub(super) tally: Tally,
    pub(super) rhythm: Rhythm,
    /// Whether its times have a zone; the first time decides. Times of the other kind are counted,
    /// but cannot be compared.
    pub(super) zone: Option<bool>,
    pub(super) neighbours: Neighbours,
    /// The earliest time of any of its records.
    pub(super) present: Option<Moment>,
}

impl Host {
    pub(super) fn new(name: &str, present: Option<Moment>) -> Self {
        Self {
            name: name.to_owned(),
            tally: Tally::default(),
            rhythm: Rhythm::default(),
            zone: None,
            neighbours: BTreeMap::new(),
            present,
        }
    }

    pub(super) fn present(&mut self, when: Option<Moment>) {
        self.present = earlier(self.present, when);
    }

    pub(super) fn see(&mut self, seen: Seen<'_>) {
        self.present(seen.when);
        if let Some(related) = seen.related {
            let group = (related.source, related.id, related.cause);
            let span = self.tally.first.zip(self.tally.last);
            let group = self.neighbours.entry(group).or_insert_with(|| Group::new(related));
            group.see(seen.when, span);
            group.carved += u64::from(seen.carved);
        }
        if seen.verdict.outcome == Outcome::Unrelated {
            return;
        }
        let before = (self.tally.first, self.tally.last);
        self.tally.see(seen);
        let span = (self.tally.first, self.tally.last);
        if span != before
            && let (Some(first), Some(last)) = span
        {
            for group in self.neighbours.values_mut() {
                group.sides.widen(first, last);
            }
        }
        if let Some(when) = seen.when
            && *self.zone.get_or_insert(when.has_zone()) == when.has_zone()
        {
            self.rhythm.see(when.seconds());
        }
    }
}

/// The number of times that are kept of one related event from the start of the log, and from its
/// end.
const KEPT: usize = 64;

/// All events of one event id of the family, with one cause.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) related: Related,
    pub(super) count: u64,
    pub(super) carved: u64,
    pub(super) first: Option<Moment>,
    pub(super) last: Option<Moment>,
    /// Their positions relative to the events 8.
    pub(super) sides: Sides,
    beginning: Vec<Moment>,
    end: VecDeque<Moment>,
}

impl Group {
    fn new(related: Related) -> Self {
        Self {
            related,
            count: 0,
            carved: 0,
            first: None,
            last: None,
            sides: Sides::default(),
            beginning: Vec::new(),
            end: VecDeque::new(),
        }
    }

    fn see(&mut self, when: Option<Moment>, span: Option<(Moment, Moment)>) {
        self.count += 1;
        self.first = earlier(self.first, when);
        self.last = self.last.max(when);
        let Some(when) = when else { return };
        self.sides.see(when, span);
        if self.beginning.len() < KEPT {
            self.beginning.push(when);
            return;
        }
        if self.end.len() >= KEPT {
            self.end.pop_front();
        }
        self.end.push_back(when);
    }

    /// The known times: all of them if they are few, otherwise the first and last ones.
    pub(super) fn times(&self) -> impl Iterator<Item = Moment> + '_ {
        let outer = self.first.into_iter().chain(self.last);
        self.beginning.iter().chain(&self.end).copied().chain(outer)
    }
}
