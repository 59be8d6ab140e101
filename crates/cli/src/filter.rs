//! `filter`: a [`Filter`] over each input, one ledger for all.

use crate::{
    args::{Ended, Filter as Args, Format, Output},
    ndjson::Wrapper,
    session::Write,
};
use crypt32_filter::{
    filter::{Filter, Piece},
    ledger::Ledger,
    policy::{Action, Policy},
    reader::container::Kind,
};

/// `filter` at work.
pub struct Filtering {
    policy: Policy,
    filter: Filter,
    wrapper: Option<Wrapper>,
    /// The ledger of the inputs before this one.
    before: Ledger,
    /// What the current input is was looked at.
    told: bool,
    warnings: Vec<String>,
}

impl Filtering {
    pub fn new(args: &Args) -> Result<Self, Ended> {
        let policy = args.policy()?;
        let text = !matches!(args.format, Format::Auto | Format::Json);
        if text && policy.action == Action::Tag && args.output == Output::Same {
            return Err(Ended {
                text: "error: plain text has no place for a tag: add --output ndjson, or use \
                       --action drop or --action observe\n"
                    .to_owned(),
                exit_code: 2,
            });
        }
        Ok(Self {
            filter: Filter::new(policy.clone()),
            wrapper: (args.output == Output::Ndjson).then(|| Wrapper::new(policy.max_record)),
            policy,
            before: Ledger::default(),
            told: false,
            warnings: Vec::new(),
        })
    }

    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        match &mut self.wrapper {
            Some(wrapper) => {
                let filter = &mut self.filter;
                wrapper.push(chunk, &mut |objects, parts| {
                    filter.set_parts(parts);
                    give(objects, write, |out| filter.push(objects, out));
                });
            }
            None => give(chunk, write, |out| self.filter.push(chunk, out)),
        }
        self.tell();
    }

    pub fn end_input(&mut self, write: Write<'_>) {
        if let Some(wrapper) = &mut self.wrapper {
            let filter = &mut self.filter;
            wrapper.finish(&mut |objects, parts| {
                filter.set_parts(parts);
                give(objects, write, |out| filter.push(objects, out));
            });
        }
        give(&[], write, |out| self.filter.finish(out));
        self.tell();
        self.warnings.extend(self.filter.unjudged().note());
        self.before = self.ledger();
        self.filter = self.filter.next_input();
        if let Some(wrapper) = &mut self.wrapper {
            *wrapper = Wrapper::new(self.policy.max_record);
        }
        self.told = false;
    }

    /// Says why nothing will be found in input that is no text.
    fn tell(&mut self) {
        let Some(kind) = self.filter.kind().filter(|_| !self.told) else { return };
        self.told = true;
        if kind != Kind::Text {
            let instead = if kind.is_read() { ", or use classify" } else { "" };
            let (name, remedy) = (kind.name(), kind.remedy());
            self.warnings.push(format!("it is {name} and passes unchanged; {remedy}{instead}"));
        }
    }

    /// The account of all inputs so far.
    pub fn ledger(&self) -> Ledger {
        let mut ledger = self.filter.ledger().clone();
        if let Some(wrapper) = &self.wrapper {
            // What the wrapping added was never in the input.
            ledger.bytes_in -= wrapper.added();
            ledger.bytes_inserted += wrapper.added();
        }
        let mut total = self.before.clone();
        total.merge(&ledger);
        total
    }

    pub fn warnings(&mut self) -> Vec<String> {
        core::mem::take(&mut self.warnings)
    }
}

/// Runs the filter over a chunk and writes its pieces.
fn give(chunk: &[u8], write: Write<'_>, run: impl FnOnce(crypt32_filter::filter::Out<'_>)) {
    run(&mut |piece| match piece {
        Piece::Chunk(span) => write(&chunk[span]),
        Piece::Bytes(bytes) => write(bytes),
    });
}
