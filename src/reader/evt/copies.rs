//! Whether a record in slack is a copy of a live one.

use super::{layout::Ring, record};

/// How often the live records are gone through again. Slack is in the order of its numbers, once or
/// twice broken; a file that was made to break it often must not cost time.
const PASSES: u8 = 8;

/// A cursor through the live records, which follows the numbers of those in slack.
pub(super) struct Live<'w, 'a> {
    ring: &'w Ring<'a>,
    start: usize,
    length: usize,
    done: usize,
    passes: u8,
    /// The number of the live record at the cursor.
    number: u32,
}

impl<'w, 'a> Live<'w, 'a> {
    pub fn new(ring: &'w Ring<'a>, start: usize, length: usize) -> Self {
        Self { ring, start, length, done: 0, passes: PASSES, number: 0 }
    }

    /// Whether some live record has the same bytes.
    pub fn holds(&mut self, record: &[u8]) -> bool {
        let wanted = record::number(record);
        if wanted < self.number && self.done > 0 {
            let Some(passes) = self.passes.checked_sub(1) else {
                return false;
            };
            self.passes = passes;
            self.done = 0;
        }
        while self.done < self.length {
            let at = self.ring.advance(self.start, self.done);
            match self.ring.record(at, self.length - self.done) {
                Ok(length) => {
                    self.number = self.ring.u32(self.ring.advance(at, 8));
                    if self.number >= wanted {
                        return self.number == wanted && *self.ring.slice(at, length) == *record;
                    }
                    self.done += length;
                }
                Err(_) => self.done += self.ring.search(at, self.length - self.done),
            }
        }
        false
    }
}
