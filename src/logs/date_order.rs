//! The order of month and day in the dates of one file.
//!
//! A date such as 3/4/2010 can be read either way until a value over 12 turns up somewhere in the
//! file. So events wait, a chunk long, while whoever reads the file looks through it for one: as
//! long as [`DateOrderScan::needs_prescan`], it gives the file to [`DateOrderScan::look`] from its beginning.

use super::log::Log;
use crate::framing::Format;
use crate::time::{DateOrder, DateOrderHints, Time};

/// What is known about the dates of one file.
pub struct DateOrderScan {
    format: Format,
    hints: DateOrderHints,
    /// The file was looked through, or cannot be.
    done: bool,
    /// Reads the file ahead, for dates only.
    ahead: Option<Box<Log>>,
}

impl DateOrderScan {
    /// At the beginning of a file of this format.
    pub fn new(format: Format) -> Self {
        Self { format, hints: DateOrderHints::default(), done: false, ahead: None }
    }

    /// Takes in the time of an event that was read.
    pub fn see(&mut self, time: Option<Time>) {
        if let Some(time) = time {
            self.hints.see(time);
        }
    }

    /// Whether events with these times need a look through the whole file.
    pub fn needs_prescan(&self, mut waiting: impl Iterator<Item = Time>) -> bool {
        !self.done && !self.hints.is_decided() && waiting.any(Time::is_ambiguous)
    }

    /// Looks at a chunk of the file; says whether that was enough.
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

    /// The order for events with these times, which wait no longer. `given` is the user's. If a look
    /// was wanted, it is over: none will be wanted again in this file.
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
