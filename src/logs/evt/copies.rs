//! Finds records in slack that are copies of a live record or of another record in slack.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::layout::Ring;

/// The maximum number of known records. A log of Windows XP has fewer. Beyond this number, copies
/// are no longer detected, and every record counts.
const MOST: usize = 1 << 20;

/// The records so far, by their content. Record numbers are no key, because in a forged file they
/// can be in any order or all equal.
pub(super) struct Known<'w, 'a> {
    ring: &'w Ring<'a>,
    /// The offset and the length of the first record with this hash.
    records: HashMap<u64, (usize, usize)>,
}

impl<'w, 'a> Known<'w, 'a> {
    /// The live records, which are the `distance` bytes from `start`.
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

    /// Whether a record with the same bytes is already known. If not, adds this record.
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
