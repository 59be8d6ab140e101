//! How many events lie before the first event 8 of a computer, between the first and the last, and behind
//! the last, while these two still move apart.
//!
//! What lies between them stays there. What lies outside is held in a few heaps, of which those nearest in
//! time become one where there is no room; of a heap that an end comes to lie in, only its own ends are known.

use std::collections::VecDeque;

use crate::time::Moment;

/// How many heaps are kept on each side.
const HEAPS: usize = 64;

/// Events beside the events 8.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    /// Of these, no event 8 has come yet.
    open: Heaps,
    before: Heaps,
    between: u64,
    after: Heaps,
}

/// Events in the order of time: from when, to when and how many.
#[derive(Clone, Debug, Default)]
struct Heaps(VecDeque<(Moment, Moment, u64)>);

/// Where an event lies; `None` where the times cannot be compared.
fn order(time: Moment, first: Moment, last: Moment) -> Option<core::cmp::Ordering> {
    let comparable = time.has_zone() == first.has_zone() && time.has_zone() == last.has_zone();
    comparable.then(|| if time < first { time.cmp(&first) } else { time.max(last).cmp(&last) })
}

impl Sides {
    /// Takes in an event, beside the first and the last event 8 so far.
    pub(super) fn see(&mut self, time: Moment, span: Option<(Moment, Moment)>) {
        self.put((time, time, 1), span);
    }

    fn put(&mut self, heap: (Moment, Moment, u64), span: Option<(Moment, Moment)>) {
        use core::cmp::Ordering::{Equal, Greater, Less};
        let Some((first, last)) = span else { return self.open.add(heap) };
        let (from, to, count) = heap;
        match (order(from, first, last), order(to, first, last)) {
            (Some(Less), Some(Less)) => self.before.add(heap),
            (Some(Equal), Some(Equal)) => self.between += count,
            (Some(Greater), Some(Greater)) => self.after.add(heap),
            (Some(Less), Some(_)) => {
                self.before.add((from, from, count - 1));
                self.put((to, to, 1), span);
            }
            (Some(Equal), Some(_)) => {
                self.between += 1;
                self.after.add((to, to, count - 1));
            }
            _ => {}
        }
    }

    /// The first and the last event 8 have moved apart.
    pub(super) fn widen(&mut self, first: Moment, last: Moment) {
        let span = Some((first, last));
        for heap in core::mem::take(&mut self.open.0) {
            self.put(heap, span);
        }
        while let Some(heap) = self.before.0.pop_back_if(|heap| heap.1 >= first) {
            self.put(heap, span);
        }
        while let Some(heap) = self.after.0.pop_front_if(|heap| heap.0 <= last) {
            self.put(heap, span);
        }
    }

    /// How many lie before the first, between, and behind the last.
    pub(super) fn counts(&self) -> [u64; 3] {
        [self.before.count(), self.between, self.after.count()]
    }

    /// The last of those before the first event 8.
    pub(super) fn last_before(&self) -> Option<Moment> {
        self.before.0.back().map(|heap| heap.1)
    }
}

impl Heaps {
    fn add(&mut self, heap: (Moment, Moment, u64)) {
        let at = self.0.partition_point(|other| other.1 < heap.0);
        match self.0.get_mut(at) {
            Some(other) if other.0 <= heap.1 => {
                *other = (other.0.min(heap.0), other.1.max(heap.1), other.2 + heap.2);
            }
            _ => self.0.insert(at, heap),
        }
        if self.0.len() > HEAPS {
            self.join();
        }
    }

    /// Makes one of the two that are nearest.
    fn join(&mut self) {
        let next = self.0.iter().skip(1);
        let gaps = self.0.iter().zip(next).map(|(a, b)| b.0.seconds().abs_diff(a.1.seconds()));
        let nearest = gaps.enumerate().min_by_key(|(_, gap)| *gap);
        if let Some((at, _)) = nearest
            && let Some((_, to, count)) = self.0.remove(at + 1)
            && let Some(heap) = self.0.get_mut(at)
        {
            heap.1 = to;
            heap.2 += count;
        }
    }

    fn count(&self) -> u64 {
        self.0.iter().map(|heap| heap.2).sum()
    }
}
