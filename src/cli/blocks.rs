//! Large files: read in blocks, and filtered by several threads.

use std::{
    io::{self, Read},
    num::NonZeroUsize,
    path::Path,
    sync::Mutex,
    thread,
};

use indicatif::ProgressBar;

use super::{
    args::Ended,
    native::{Shared, ended, lock},
};
use crate::parallel::Crew;

/// How much a thread gets at once: it stays in the cache of its core.
const BLOCK: u64 = 512 * 1024;
/// A smaller file is done before threads have started.
const LARGE: u64 = 8 * BLOCK;

/// The threads for a file of that size. `None` where the one that reads does the work, also because
/// the system gives no others.
pub fn crew(
    size: Option<u64>,
    threads: Option<NonZeroUsize>,
    shared: &Mutex<Shared>,
) -> Option<Crew> {
    size.filter(|size| *size >= LARGE)?;
    let threads = threads.or_else(|| thread::available_parallelism().ok())?.get();
    lock(shared).session.filter()?.crew(threads).ok()?
}

/// Reads a file to its end; gives how many bytes it had.
pub fn copy(
    input: &mut impl Read,
    path: &Path,
    crew: &mut Crew,
    progress: &ProgressBar,
    shared: &Mutex<Shared>,
) -> Result<u64, Ended> {
    let mut read = 0;
    let mut end = None;
    loop {
        while end.is_none() && !crew.is_full() {
            let mut block = crew.buffer();
            match input.take(BLOCK).read_to_end(&mut block) {
                Ok(_) if block.len() as u64 == BLOCK => {}
                Ok(_) => end = Some(Ok(())),
                Err(error) => end = Some(Err(error)),
            }
            read += block.len() as u64;
            crew.give(block).map_err(|error| failed(path, &error))?;
        }
        if !lock(shared).take(path, crew)? {
            break;
        }
        progress.set_position(read);
    }
    // What was read so far is whole records and a rest; none of it is lost.
    lock(shared).end_input(Some(path))?;
    match end {
        Some(Err(error)) => {
            Err(ended(&format!("cannot read {} beyond byte {read}: {error}", path.display())))
        }
        _ => Ok(read),
    }
}

impl Shared {
    /// Writes what comes of the next block; `false` if there is none.
    fn take(&mut self, path: &Path, crew: &mut Crew) -> Result<bool, Ended> {
        let Self { session, output, .. } = self;
        let Some(filtering) = session.filter() else { return Ok(false) };
        let took = filtering.take(crew, &mut |bytes| output.add(bytes));
        self.write()?;
        self.settle();
        took.map_err(|error| failed(path, &error))
    }
}

fn failed(path: &Path, error: &io::Error) -> Ended {
    ended(&format!("cannot filter {}: {error}", path.display()))
}
