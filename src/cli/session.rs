//! A command at work: bytes in, bytes out, nothing else. Whoever runs it opens the files.

use super::{
    args::{Cli, Command, Ended},
    classify::Classifying,
    explain::Explaining,
    filter::Filtering,
};

/// Takes output; each call gives whole records.
pub type Write<'w> = &'w mut dyn FnMut(&[u8]);

/// A command at work on its inputs, one after another.
pub struct Session(Job);

enum Job {
    Filter(Box<Filtering>),
    Classify(Box<Classifying>),
    Explain(Box<Explaining>),
}

impl Session {
    /// Starts the command. `color`: output is for a person who sees colours.
    pub fn new(cli: &Cli, color: bool) -> Result<Self, Ended> {
        Ok(Self(match &cli.command {
            Command::Filter(args) => Job::Filter(Box::new(Filtering::new(args)?)),
            Command::Classify(args) => Job::Classify(Box::new(Classifying::new(args)?)),
            Command::Explain(args) => Job::Explain(Box::new(Explaining::new(args, color)?)),
        }))
    }

    /// Takes in a chunk of the current input, cut anywhere.
    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        match &mut self.0 {
            Job::Filter(job) => job.push(chunk, write),
            Job::Classify(job) => job.push(chunk, write),
            Job::Explain(job) => job.push(chunk, write),
        }
    }

    /// Ends the current input; another may follow.
    pub fn end_input(&mut self, write: Write<'_>) {
        match &mut self.0 {
            Job::Filter(job) => job.end_input(write),
            Job::Classify(job) => job.end_input(write),
            Job::Explain(job) => job.end_input(write),
        }
    }

    /// The ledger as JSON, where the command keeps one.
    pub fn ledger(&self) -> Option<String> {
        match &self.0 {
            Job::Filter(job) => Some(job.ledger()),
            _ => None,
        }
    }

    /// What is to be said on standard error since the last call, a line each.
    pub fn warnings(&mut self) -> Vec<String> {
        match &mut self.0 {
            Job::Filter(job) => job.warnings(),
            Job::Classify(job) => job.warnings(),
            Job::Explain(job) => job.warnings(),
        }
    }

    /// The exit code, if all inputs could be read.
    pub fn exit_code(&self) -> u8 {
        match &self.0 {
            Job::Classify(job) => job.exit_code(),
            _ => 0,
        }
    }
}
