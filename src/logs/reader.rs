//! Reads one log after another, for the command, the npm package and the page. The events of a log
//! are pending until the order of month and day in its dates is known.

use super::{date_order::DateOrderScan, log::Log, stream::Found};
use crate::{
    framing::Format,
    time::{DateOrder, Time},
};

/// The data of a pending event.
pub trait Timed {
    /// The time of the event.
    fn time(&self) -> Option<Time>;
}

/// Receives an event and its time, and adds its data to the pending events.
pub type Keep<'k, T> = &'k mut dyn FnMut(Found<'_>, Option<Time>, &mut Vec<T>);

/// Reads one log after another.
pub struct LogReader<T> {
    format: Format,
    /// The order from the user.
    order: Option<DateOrder>,
    log: Log,
    dates: DateOrderScan,
    waiting: Vec<T>,
    /// Whether lines may be skipped, and how many of the skipped lines were taken.
    skips: bool,
    taken: u64,
}

impl<T: Timed> LogReader<T> {
    /// Creates a reader for logs in this format. `order` is the order from the user.
    pub fn new(format: Format, order: Option<DateOrder>) -> Self {
        let (log, dates) = (Log::new(format), DateOrderScan::new(format));
        Self { format, order, log, dates, waiting: Vec::new(), skips: false, taken: 0 }
    }

    /// Skips lines of NDJSON that mention no event of the family. They are only counted
    /// ([`Self::take_skipped`]). A sample of them is read.
    #[must_use]
    pub fn skip_unrelated(mut self) -> Self {
        self.skips = true;
        self.next_log();
        self
    }

    /// Reads the next bytes of the log.
    pub fn push(&mut self, chunk: &[u8], keep: Keep<'_, T>) {
        self.read(|log, found| log.push(chunk, found), keep);
    }

    /// Ends the log.
    pub fn finish(&mut self, keep: Keep<'_, T>) {
        self.read(|log, found| log.finish(found), keep);
    }

    fn read(&mut self, run: impl FnOnce(&mut Log, &mut dyn FnMut(Found<'_>)), keep: Keep<'_, T>) {
        let Self { log, dates, waiting, .. } = self;
        run(log, &mut |found| {
            let time = found.event_read.time().and_then(Time::parse);
            dates.see(time);
            keep(found, time, waiting);
        });
    }

    /// The number of skipped lines since the last call, if [`Self::skip_unrelated`] was called.
    pub fn take_skipped(&mut self) -> u64 {
        let skipped = self.log.skipped();
        skipped - core::mem::replace(&mut self.taken, skipped)
    }

    /// Whether the pending events need a pre-scan of the whole log.
    pub fn needs_prescan(&self) -> bool {
        self.dates.needs_prescan(times(&self.waiting))
    }

    /// Pre-scans the next chunk of the log, from its beginning. Returns whether the order is known,
    /// so that the pre-scan can stop.
    pub fn look(&mut self, chunk: &[u8]) -> bool {
        self.dates.look(chunk)
    }

    /// Returns all pending events, and the order of their dates. If they needed a pre-scan, no
    /// further one is needed for this log.
    pub fn take(&mut self) -> (Vec<T>, Option<DateOrder>) {
        let order = self.dates.order(self.order, times(&self.waiting));
        (core::mem::take(&mut self.waiting), order)
    }

    /// Prepares for the next log.
    pub fn next_log(&mut self) {
        let log = Log::new(self.format);
        self.log = if self.skips { log.skip_unrelated() } else { log };
        self.taken = 0;
        self.dates = DateOrderScan::new(self.format);
    }

    /// The current log, with its kind and the notes about what could not be read.
    pub fn log(&self) -> &Log {
        &self.log
    }
}

fn times<T: Timed>(waiting: &[T]) -> impl Iterator<Item = Time> {
    waiting.iter().filter_map(T::time)
}
