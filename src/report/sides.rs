//! Counts the events before the first event 8 of a computer, between the first and the last, and
//! after the last, while the log still moves these two apart.
//!
//! An event between the two stays there. The events outside are kept in a few heaps. If there are
//! too many heaps, those nearest in time are joined. If the first or last event 8 moves into a
//! heap, only the ends of that heap have known times.

use std::collections::VecDeque;

use crate::time::Moment;

/// The maximum number of heaps on each side.
const HEAPS: usize = 64;

/// The events of one event id, relative to the events 8.
#[derive(Clone, Debug, Default)]
pub(super) struct Sides {
    /// Events that came before any event 8 was read.
    open: Heaps,
    before: Heaps,
    between: u64,
    after: Heaps,
}

/// Heaps of events in the order of time: first time, last time, count.
#[derive(Clone, Debug, Default)]
struct Heaps(VecDeque<(Moment, Moment, u64)>);

/// The position of an event; `None` if the times cannot be compared.
fn order(time: Moment, first: Moment, last: Moment) -> Option<core::cmp::Ordering> {
    let comparable = time.has_zone() == first.has_zone() && time.has_zone() == last.has_zone();
    comparable.then(|| if time < first { time.cmp(&first) } else { time.max(last).cmp(&last) })
}

impl Sides {
    /// Adds an event. `span` is the first and the last event 8 so far.
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

    /// Updates the positions after the first and the last event 8 have moved apart.
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

    /// The numbers of events before the first event 8, between the two, and after the last.
    pub(super) fn counts(&self) -> [u64; 3] {
        [self.before.count(), self.between, self.after.count()]
    }

    /// The last event before the first event 8.
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

    /// Joins the two heaps that are nearest in time.
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
