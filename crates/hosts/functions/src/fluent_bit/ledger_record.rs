//! The ledger, shown from inside a host that gives a module no output of its own: now and then, a
//! dropped record is replaced by one that carries the account.

use std::io;

use serde::Serialize;

use crypt32_filter::{article, engine::ledger::Ledger};

/// At most so many drops from one notice to the next ...
const DROPS: u32 = 1000;
/// ... or so many seconds, in the time of the records.
const SECONDS: u32 = 3600;
/// How many computers a notice names.
const COMPUTERS: usize = 20;

/// When the next one is due.
#[derive(Debug, Default)]
pub struct Notices {
    drops: u32,
    /// The time of the last notice, or of the first drop.
    last: Option<u32>,
}

impl Notices {
    /// Counts a drop, and says whether a notice is due in its place.
    pub fn due(&mut self, seconds: u32) -> bool {
        self.drops += 1;
        let last = *self.last.get_or_insert(seconds);
        // Time that goes back does not count: it would only have to come again.
        let due = self.drops >= DROPS || seconds.saturating_sub(last) >= SECONDS;
        if due {
            self.drops = 0;
            self.last = Some(seconds);
        }
        due
    }
}

#[derive(Serialize)]
struct Notice<'a> {
    kb: Member<'a>,
}

#[derive(Serialize)]
struct Member<'a> {
    id: &'a str,
    ledger: Ledger,
}

/// Writes a notice and a NUL; `false` if memory ran out. The totals are since the start, so a
/// notice that gets lost costs nothing.
pub fn write(out: &mut Vec<u8>, ledger: &Ledger) -> bool {
    out.clear();
    let notice = Notice { kb: Member { id: article::ID, ledger: ledger.summary(COMPUTERS) } };
    serde_json::to_writer(Fallible(out), &notice).is_ok() && Fallible(out).add(&[0]).is_ok()
}

/// A writer that fails where memory runs out.
struct Fallible<'a>(&'a mut Vec<u8>);

impl Fallible<'_> {
    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.try_reserve(bytes.len()).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

impl io::Write for Fallible<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
