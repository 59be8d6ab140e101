//! A command at work: bytes in, bytes out, nothing else. Whoever runs it opens the files.

use crate::{
    args::{Cli, Command, Exit},
    classify::Classifying,
    explain::Explaining,
    filter::Filtering,
    reading::Reading,
    report::Reporting,
};
use crypt32_filter::{engine::ledger::Ledger, report::style::Style};

/// Takes output; each call gives whole records, or the beginning of one that ends in the next.
pub type Write<'w> = &'w mut dyn FnMut(&[u8]);

/// How much is read before what it holds is written: of the smallest records, each becomes some hundred
/// bytes while it waits.
const PIECE: usize = 16 << 10;

/// A command at work on its inputs, one after another:
///
/// 1. [`Session::begin_input`], then [`Session::push`] each chunk of an input;
/// 2. after each, if [`Session::wants_survey`], [`Session::survey`] the same input from its
///    beginning until it says that this is enough, or the input ends (an input that cannot be read
///    twice is not surveyed);
/// 3. [`Session::flush`];
/// 4. [`Session::end_input`], then 2 and 3 once more, then [`Session::next_input`];
/// 5. after the last input, [`Session::finish`].
pub struct Session {
    job: Job,
    /// There is more than one input.
    several: bool,
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
    /// Starts the command. `style` is that of standard output.
    pub fn new(cli: &Cli, style: Style) -> Result<Self, Exit> {
        let job = match &cli.command {
            Command::Filter(args) => Job::Filter(Box::new(Filtering::new(args)?)),
            Command::Classify(args) => Job::Classify(Box::new(Classifying::new(args)?)),
            Command::Explain(args) => Job::Explain(Box::new(Explaining::new(args, style)?)),
            Command::Report(args) => Job::Report(Box::new(Reporting::new(args, style)?)),
        };
        Ok(Self { job, several: cli.files().len() > 1, read: false })
    }

    fn reading(&mut self) -> Option<&mut Reading> {
        match &mut self.job {
            Job::Filter(job) => job.reading(),
            Job::Classify(job) => Some(&mut job.reading),
            Job::Explain(job) => Some(&mut job.reading),
            Job::Report(job) => Some(&mut job.reading),
        }
    }

    /// Begins an input, which messages call by this name.
    pub fn begin_input(&mut self, name: &str) {
        match &mut self.job {
            Job::Filter(job) => job.begin_input(name, self.several),
            Job::Report(job) if self.several => job.begin_input(name),
            _ => {}
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
            Job::Filter(job) => job.flush(),
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

    /// What `filter --summary` prints on standard error at the end.
    pub fn summary(&mut self, style: Style) -> Option<String> {
        match &mut self.job {
            Job::Filter(job) if self.read => job.summary(style),
            _ => None,
        }
    }

    /// What is said before standard input is read from a terminal.
    pub const WAITS: &str =
        "Reading standard input; end it with Ctrl+D (Ctrl+Z and Enter on Windows).";

    /// Whether some input was read.
    pub fn has_read(&self) -> bool {
        self.read
    }

    /// What `filter` did, in one line.
    pub fn closing_line(&self) -> Option<String> {
        match &self.job {
            Job::Filter(job) => Some(job.closing_line()),
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
        // A filter passes what it cannot read.
        let reads = !matches!(self.job, Job::Filter(_));
        if reads && self.reading().is_some_and(|reading| reading.failed()) {
            return 2;
        }
        match &self.job {
            Job::Classify(job) => u8::from(job.check_failed()),
            Job::Report(job) => u8::from(job.check_failed()),
            _ => 0,
        }
    }
}
