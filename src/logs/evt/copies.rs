//! Whether a record in slack is a copy of a live one, or of another one there.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::layout::Ring;

/// How many records are told apart. A log of Windows XP holds fewer; behind them every record counts.
const MOST: usize = 1 << 20;

/// The records that were met, by what they hold: in a file that was made for it, their numbers may be
/// in any order, and may all be the same.
pub(super) struct Known<'w, 'a> {
    ring: &'w Ring<'a>,
    /// Where a record with this hash stands, and its length.
    records: HashMap<u64, (usize, usize)>,
}

impl<'w, 'a> Known<'w, 'a> {
    /// Those within `distance` bytes from `start`, where the live ones are.
    pub fn live(ring: &'w Ring<'a>, start: usize, distance: usize) -> Self {
        let mut known = Self { ring, records: HashMap::new() };
        let mut done = 0;
        while done < distance {
            let at = ring.advance(start, done);
            match ring.record(at, distance - done) {
                Ok(length) => {
                    known.holds(at, length);
                    done += length;
                }
                Err(_) => done += ring.search(at, distance - done),
            }
        }
        known
    }

    /// Whether a record with the same bytes was met before; from now on, this one was.
    pub fn holds(&mut self, at: usize, length: usize) -> bool {
        let mut hasher = DefaultHasher::new();
        for part in self.ring.parts(at, length) {
            hasher.write(part);
        }
        length.hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(&(known, its)) = self.records.get(&hash) {
            return its == length && self.ring.same(known, at, length);
        }
        if self.records.len() < MOST {
            self.records.insert(hash, (at, length));
        }
        false
    }
}
