//! A judge of records in the middle of a stream, for [`crate::parallel`]: what depends on the order of
//! the stream is only noted, and counted when the records have their turn.

use core::ops::Range;

use super::Judge;
use crate::{
    ledger::{Ledger, Origin},
    policy::Policy,
    time::Time,
    verdict::Verdict,
};

/// Records that were judged and are still to be counted, in their order.
#[derive(Debug, Default)]
pub struct Notes {
    list: Vec<Note>,
    /// The names of their computers, one after another.
    names: String,
}

#[derive(Debug)]
struct Note {
    verdict: Verdict,
    name: Range<usize>,
    time: Option<Time>,
    /// That many bytes went with it.
    dropped: Option<usize>,
}

impl Notes {
    pub fn add(&mut self, verdict: &Verdict, origin: &Origin) {
        let start = self.names.len();
        self.names.push_str(&origin.computer);
        let name = start..self.names.len();
        self.list.push(Note { verdict: *verdict, name, time: origin.time, dropped: None });
    }

    /// The last record was removed.
    pub fn dropped(&mut self, bytes: usize) {
        self.set_dropped(Some(bytes));
    }

    /// It was not.
    pub fn kept(&mut self) {
        self.set_dropped(None);
    }

    fn set_dropped(&mut self, bytes: Option<usize>) {
        if let Some(note) = self.list.last_mut() {
            note.dropped = bytes;
        }
    }
}

impl Judge {
    /// A judge that notes.
    pub(crate) fn part(policy: Policy) -> Self {
        // A record came before: no byte order mark is looked for.
        let ledger = Ledger { records: 1, ..Ledger::default() };
        Self { notes: Some(Notes::default()), ..Self::new(policy, ledger) }
    }

    /// Takes over what a judge that notes has done with the records that come next.
    pub(crate) fn absorb(&mut self, part: Self) {
        let mut counts = part.ledger;
        counts.records -= 1;
        self.ledger.add_counts(&counts);
        let Notes { list, names } = part.notes.unwrap_or_default();
        for note in list {
            self.origin.computer.clear();
            self.origin.computer.push_str(&names[note.name]);
            self.origin.time = note.time;
            self.ledger.count(&note.verdict, &self.origin, &mut self.hints);
            if let Some(bytes) = note.dropped {
                self.ledger.count_dropped(bytes, &self.origin);
            }
        }
    }
}
