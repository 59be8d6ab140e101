//! A run of a command. It only converts input bytes to output bytes. The caller opens the files.

use crate::{
    args::{Cli, Command, Exit, completions},
    classify::Classifying,
    explain::Explaining,
    filter::Filtering,
    reading::Reading,
    report::Reporting,
};
use crypt32_filter::{engine::ledger::Ledger, report::style::Style};

/// Receives output. Each call has complete records, or the beginning of a record that the next call
/// completes.
pub type Write<'w> = &'w mut dyn FnMut(&[u8]);

/// The number of input bytes after which the events are written. It limits the memory, because each
/// of the smallest records needs a few hundred bytes while it is pending.
const PIECE: usize = 16 << 10;

/// A run of a command over its inputs. Call it in this order:
///
/// 1. [`Session::begin_input`], then [`Session::push`] for each chunk of an input;
/// 2. after each chunk, if [`Session::wants_survey`] is true, [`Session::survey`] for each chunk of
///    the same input from its beginning, until it returns true or the input ends (an input that
///    cannot be read twice is not pre-scanned);
/// 3. [`Session::flush`];
/// 4. [`Session::end_input`], then 2 and 3 once more, then [`Session::next_input`];
/// 5. after the last input, [`Session::finish`].
pub struct Session {
    job: Job,
    /// Whether at least one input could be opened and read, at least in part.
    read: bool,
}

enum Job {
    Filter(Box<Filtering>),
    Classify(Box<Classifying>),
    Explain(Box<Explaining>),
    Report(Box<Reporting>),
}

impl Session {
    /// Starts the command. `style` is the style of standard output.
    ///
    /// # Errors
    /// Returns an [`Exit`] for invalid options, and for a command that only prints a text.
    pub fn new(cli: &Cli, style: Style) -> Result<Self, Exit> {
        let job = match &cli.command {
            Command::Filter(args) => Job::Filter(Box::new(Filtering::new(args)?)),
            Command::Classify(args) => Job::Classify(Box::new(Classifying::new(args)?)),
            Command::Explain(args) => Job::Explain(Box::new(Explaining::new(args, style)?)),
            Command::Report(args) => Job::Report(Box::new(Reporting::new(args, style)?)),
            Command::Completions { shell } => return Err(completions(*shell)),
        };
        Ok(Self { job, read: false })
    }

    fn reading(&mut self) -> Option<&mut Reading> {
        match &mut self.job {
            Job::Filter(job) => job.reading(),
            Job::Classify(job) => Some(&mut job.reading),
            Job::Explain(job) => Some(&mut job.reading),
            Job::Report(job) => Some(&mut job.reading),
        }
    }

    /// Begins an input. Messages use `name` for it. Results use it too if there are several inputs.
    /// A live input can go on for hours, unlike a file.
    pub fn begin_input(&mut self, name: &str, several: bool, live: bool) {
        match &mut self.job {
            Job::Filter(job) => job.begin_input(name, several, live),
            Job::Classify(job) if several => job.begin_input(name),
            Job::Report(job) if several => job.begin_input(name),
            _ => {}
        }
    }

    /// The current input is an archive, whose bytes are filtered. The summary of `filter` reads the
    /// files in it instead, for which [`Session::begin_inside`] is called.
    pub fn begin_archive(&mut self) {
        if let Job::Filter(job) = &mut self.job {
            job.begin_archive();
        }
    }

    /// The current input is a file in an archive.
    pub fn begin_inside(&mut self) {
        if let Job::Filter(job) = &mut self.job {
            job.begin_inside();
        }
    }

    /// Reads a chunk of the current input. Chunk boundaries can be anywhere.
    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        if let Job::Filter(job) = &mut self.job {
            return job.push(chunk, write);
        }
        for piece in chunk.chunks(PIECE) {
            if let Some(reading) = self.reading() {
                reading.push(piece);
            }
            if !self.wants_survey() {
                self.flush(write);
            }
        }
    }

    /// Ends the current input.
    pub fn end_input(&mut self, write: Write<'_>) {
        self.read = true;
        if let Job::Filter(job) = &mut self.job {
            return job.end_input(write);
        }
        if let Some(reading) = self.reading() {
            reading.end_input();
        }
    }

    /// Whether the order of month and day needs a pre-scan of the whole input.
    pub fn wants_survey(&mut self) -> bool {
        self.reading().is_some_and(|reading| reading.wants_survey())
    }

    /// Pre-scans the next chunk of the input, from its beginning. Returns whether the order is
    /// known, so that the pre-scan can stop.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.reading().is_none_or(|reading| reading.survey(chunk))
    }

    /// Writes the output for the input since the last call.
    pub fn flush(&mut self, write: Write<'_>) {
        match &mut self.job {
            Job::Filter(job) => job.flush(),
            Job::Classify(job) => job.flush(write),
            Job::Explain(job) => job.flush(write),
            Job::Report(job) => job.flush(),
        }
    }

    /// Prepares for the next input.
    pub fn next_input(&mut self) {
        if let Some(reading) = self.reading() {
            reading.next_input();
        }
    }

    /// Ends the command, and writes the rest of the output. If no input could be read, there is no
    /// output, because the errors are enough.
    pub fn finish(&mut self, write: Write<'_>) {
        if !self.read {
            return;
        }
        match &mut self.job {
            Job::Filter(_) | Job::Classify(_) => {}
            Job::Explain(job) => job.finish(write),
            Job::Report(job) => job.finish(write),
        }
    }

    /// The ledger, if the command has one.
    pub fn ledger(&self) -> Option<Ledger> {
        match &self.job {
            Job::Filter(job) => Some(job.ledger()),
            _ => None,
        }
    }

    /// The text of `filter --summary` for standard error at the end.
    pub fn summary(&mut self, style: Style) -> Option<String> {
        match &mut self.job {
            Job::Filter(job) if self.read => job.summary(style),
            _ => None,
        }
    }

    /// The message before standard input is read from a terminal.
    pub const WAITS: &str =
        "Reading standard input; end it with Ctrl+D (Ctrl+Z and Enter on Windows).";

    /// Whether at least one input was read.
    pub fn has_read(&self) -> bool {
        self.read
    }

    /// The result of `filter` in one line.
    pub fn closing_line(&self) -> Option<String> {
        match &self.job {
            Job::Filter(job) => Some(job.closing_line()),
            _ => None,
        }
    }

    /// Returns the warnings for standard error since the last call, one per line. `filter` also has
    /// some while it reads. `now` is a time in seconds.
    pub fn warnings(&mut self, now: u64) -> Vec<String> {
        if let Job::Filter(job) = &mut self.job {
            return job.warnings(now);
        }
        self.reading().map(Reading::notes).unwrap_or_default()
    }

    /// The exit code. `failed` is that of an error in an input. A record to review decides over it.
    pub fn exit_code(&mut self, failed: Option<u8>) -> u8 {
        let to_review = match &self.job {
            Job::Classify(job) => job.check_failed(),
            Job::Report(job) => job.check_failed(),
            _ => false,
        };
        // The filter passes what it cannot read, which is not an error.
        let reads = !matches!(self.job, Job::Filter(_));
        let cut = reads && self.reading().is_some_and(|reading| reading.failed());
        if to_review { 1 } else { failed.unwrap_or(u8::from(cut) * 2) }
    }
}
