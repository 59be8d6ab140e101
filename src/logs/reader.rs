//! One log after another, as people look at them: the events of a log wait until the order of month and
//! day in its dates is known. The command, the npm package and the page read logs with it.

use super::{date_order::DateOrderScan, log::Log, stream::Found};
use crate::{
    framing::Format,
    time::{DateOrder, Time},
};

/// What is kept of an event while it waits.
pub trait Timed {
    /// The time of the event.
    fn time(&self) -> Option<Time>;
}

/// Takes an event and its time, and adds what is kept of it to what waits.
pub type Keep<'k, T> = &'k mut dyn FnMut(Found<'_>, Option<Time>, &mut Vec<T>);

/// Reads one log after another.
pub struct LogReader<T> {
    format: Format,
    /// The order that the user gave.
    order: Option<DateOrder>,
    log: Log,
    dates: DateOrderScan,
    waiting: Vec<T>,
}

impl<T: Timed> LogReader<T> {
    /// A reader at the beginning of a log of this format; `order` is the user's.
    pub fn new(format: Format, order: Option<DateOrder>) -> Self {
        let (log, dates) = (Log::new(format), DateOrderScan::new(format));
        Self { format, order, log, dates, waiting: Vec::new() }
    }

    /// Takes in the next bytes of the log.
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

    /// So many lines of the log are left out here, each of them a record.
    pub fn pass_lines(&mut self, count: u64) {
        self.log.pass_lines(count);
    }

    /// Whether what waits needs a look through the whole log.
    pub fn needs_prescan(&self) -> bool {
        self.dates.needs_prescan(times(&self.waiting))
    }

    /// Looks at a chunk of the log, from its beginning; says whether that was enough.
    pub fn look(&mut self, chunk: &[u8]) -> bool {
        self.dates.look(chunk)
    }

    /// Gives everything that waits, and the order of its dates. No further look at this log is needed.
    pub fn take(&mut self) -> (Vec<T>, Option<DateOrder>) {
        let order = self.dates.order(self.order, times(&self.waiting));
        (core::mem::take(&mut self.waiting), order)
    }

    /// Makes ready for the next log.
    pub fn next_log(&mut self) {
        self.log = Log::new(self.format);
        self.dates = DateOrderScan::new(self.format);
    }

    /// The log: what it is, and what of it could not be read.
    pub fn log(&self) -> &Log {
        &self.log
    }
}

fn times<T: Timed>(waiting: &[T]) -> impl Iterator<Item = Time> {
    waiting.iter().filter_map(T::time)
}
