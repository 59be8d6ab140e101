//! A command at work: bytes in, bytes out, nothing else. Whoever runs it opens the files.

use crate::{
    args::{Cli, Command, Ended},
    classify::Classifying,
    explain::Explaining,
    filter::Filtering,
    reading::Reading,
    report::Reporting,
};
use crypt32_filter::ledger::Ledger;

/// Takes output; each call gives whole records, or the beginning of one that ends in the next.
pub type Write<'w> = &'w mut dyn FnMut(&[u8]);

/// How much is read before what it holds is written: of the smallest records, each becomes some hundred
/// bytes while it waits.
const PIECE: usize = 16 << 10;

/// A command at work on its inputs, one after another:
///
/// 1. [`Session::push`] each chunk of an input;
/// 2. after each, if [`Session::wants_survey`], [`Session::survey`] the same input from its
///    beginning until it says that this is enough, or the input ends (an input that cannot be read
///    twice is not surveyed);
/// 3. [`Session::flush`];
/// 4. [`Session::end_input`], then 2 and 3 once more, then [`Session::next_input`];
/// 5. after the last input, [`Session::finish`].
pub struct Session {
    job: Job,
    /// Some input could be opened, and was read to its end or as far as that went.
    read: bool,
}

enum Job {
    Filter(Box<Filtering>),
    Classify(Box<Classifying>),
    Explain(Box<Explaining>),
    Report(Box<Reporting>),
}

impl Session {
    /// Starts the command. `color`: output is for a person who sees colours.
    pub fn new(cli: &Cli, color: bool) -> Result<Self, Ended> {
        let job = match &cli.command {
            Command::Filter(args) => Job::Filter(Box::new(Filtering::new(args)?)),
            Command::Classify(args) => Job::Classify(Box::new(Classifying::new(args)?)),
            Command::Explain(args) => Job::Explain(Box::new(Explaining::new(args, color)?)),
            Command::Report(args) => Job::Report(Box::new(Reporting::new(args)?)),
        };
        Ok(Self { job, read: false })
    }

    fn reading(&mut self) -> Option<&mut Reading> {
        match &mut self.job {
            Job::Filter(_) => None,
            Job::Classify(job) => Some(&mut job.reading),
            Job::Explain(job) => Some(&mut job.reading),
            Job::Report(job) => Some(&mut job.reading),
        }
    }

    /// Takes in a chunk of the current input, cut anywhere.
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

    /// Whether dates cannot be told without looking through the whole input.
    pub fn wants_survey(&mut self) -> bool {
        self.reading().is_some_and(|reading| reading.wants_survey())
    }

    /// Looks at a chunk of the input, from its beginning; says whether that was enough.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.reading().is_none_or(|reading| reading.survey(chunk))
    }

    /// Writes what was read since the last call.
    pub fn flush(&mut self, write: Write<'_>) {
        match &mut self.job {
            Job::Filter(_) => {}
            Job::Classify(job) => job.flush(write),
            Job::Explain(job) => job.flush(write),
            Job::Report(job) => job.flush(),
        }
    }

    /// Makes ready for the next input.
    pub fn next_input(&mut self) {
        if let Some(reading) = self.reading() {
            reading.next_input();
        }
    }

    /// Ends the command. Where no input could be read, the errors say all there is to say.
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

    /// The ledger, where the command keeps one.
    pub fn ledger(&self) -> Option<Ledger> {
        match &self.job {
            Job::Filter(job) => Some(job.ledger()),
            _ => None,
        }
    }

    /// What is to be said on standard error since the last call, a line each.
    pub fn warnings(&mut self) -> Vec<String> {
        if let Job::Filter(job) = &mut self.job {
            return job.warnings();
        }
        self.reading().map(Reading::notes).unwrap_or_default()
    }

    /// The exit code, if all inputs could be opened and read.
    pub fn exit_code(&mut self) -> u8 {
        if self.reading().is_some_and(|reading| reading.failed()) {
            return 2;
        }
        match &self.job {
            Job::Classify(job) => u8::from(job.check_failed()),
            Job::Report(job) => u8::from(job.check_failed()),
            _ => 0,
        }
    }
}
