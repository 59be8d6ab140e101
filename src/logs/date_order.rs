//! The order of month and day in the dates of one file.
//!
//! A date such as 3/4/2010 is ambiguous until a value over 12 is found somewhere in the file. So
//! the events of a chunk wait while the caller pre-scans the file: if
//! [`DateOrderScan::needs_prescan`] returns true, the caller passes the file to
//! [`DateOrderScan::look`] from its beginning.

use super::log::Log;
use crate::framing::Format;
use crate::time::{DateOrder, DateOrderHints, Time};

/// Finds the order of month and day in one file.
pub struct DateOrderScan {
    format: Format,
    hints: DateOrderHints,
    /// The pre-scan is over, or impossible.
    done: bool,
    /// The reader of the pre-scan, which looks only at dates.
    ahead: Option<Box<Log>>,
}

impl DateOrderScan {
    /// Starts at the beginning of a file with this format.
    pub fn new(format: Format) -> Self {
        Self { format, hints: DateOrderHints::default(), done: false, ahead: None }
    }

    /// Learns from the time of an event.
    pub fn see(&mut self, time: Option<Time>) {
        if let Some(time) = time {
            self.hints.see(time);
        }
    }

    /// Whether pending events with these times need a pre-scan of the whole file.
    pub fn needs_prescan(&self, mut waiting: impl Iterator<Item = Time>) -> bool {
        !self.done && !self.hints.is_decided() && waiting.any(Time::is_ambiguous)
    }

    /// Pre-scans the next chunk of the file. Returns whether the order is known, so that the
    /// pre-scan can stop.
    pub fn look(&mut self, chunk: &[u8]) -> bool {
        let ahead = self.ahead.get_or_insert_with(|| Box::new(Log::new(self.format)));
        let hints = &mut self.hints;
        ahead.push(chunk, &mut |found| {
            if let Some(time) = found.event_read.time().and_then(Time::parse) {
                hints.see(time);
            }
        });
        hints.is_decided()
    }

    /// Returns the order for pending events with these times, and ends a pre-scan. `given` is the
    /// order from the user. If these events needed a pre-scan, no further one is needed in this
    /// file.
    pub fn order(
        &mut self,
        given: Option<DateOrder>,
        waiting: impl Iterator<Item = Time>,
    ) -> Option<DateOrder> {
        self.done |= self.needs_prescan(waiting);
        self.ahead = None;
        self.hints.order(given)
    }
}
