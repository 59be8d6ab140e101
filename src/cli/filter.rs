//! `filter`: a [`Filter`] over each input, one ledger for all.

use super::{
    args::{Ended, Filter as Args, Format, Output},
    ndjson::Wrapper,
    session::Write,
};
#[cfg(not(target_family = "wasm"))]
use crate::parallel::Crew;
use crate::{
    filter::{Filter, Piece},
    ledger::Ledger,
    policy::{Action, Policy},
    reader::container::{self, Content, Packing},
};

/// `filter` at work.
pub struct Filtering {
    policy: Policy,
    filter: Filter,
    wrapper: Option<Wrapper>,
    /// The ledger of the inputs before this one.
    before: Ledger,
    /// The current input has given bytes.
    begun: bool,
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
            begun: false,
            warnings: Vec::new(),
        })
    }

    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        self.look_at_head(chunk);
        match &mut self.wrapper {
            Some(wrapper) => {
                let objects = wrapper.push(chunk);
                give(&objects, write, |out| self.filter.push(&objects, out));
            }
            None => give(chunk, write, |out| self.filter.push(chunk, out)),
        }
    }

    /// Whether records are made to objects before they are filtered.
    #[cfg(not(target_family = "wasm"))]
    pub fn wraps(&self) -> bool {
        self.wrapper.is_some()
    }

    /// As many threads for large inputs; `None` where one does the work.
    #[cfg(not(target_family = "wasm"))]
    pub fn crew(&self, threads: usize) -> std::io::Result<Option<Crew>> {
        Crew::new(&self.policy, threads)
    }

    /// Takes the next block in from a crew; `false` if there is none.
    #[cfg(not(target_family = "wasm"))]
    pub fn take(&mut self, crew: &mut Crew, write: Write<'_>) -> std::io::Result<bool> {
        crew.take(&mut self.filter, write)
    }

    pub fn end_input(&mut self, write: Write<'_>) {
        if let Some(wrapper) = &mut self.wrapper {
            let objects = wrapper.finish();
            give(&objects, write, |out| self.filter.push(&objects, out));
        }
        give(&[], write, |out| self.filter.finish(out));
        self.before = self.total();
        self.filter = Filter::new(self.policy.clone());
        if let Some(wrapper) = &mut self.wrapper {
            *wrapper = Wrapper::new(self.policy.max_record);
        }
        self.begun = false;
    }

    /// Says why nothing will be found in input that is no plain text.
    pub fn look_at_head(&mut self, head: &[u8]) {
        if self.begun || head.is_empty() {
            return;
        }
        self.begun = true;
        let kind = match (container::packing(head), container::content(head)) {
            (Packing::Gzip, _) => "gzip",
            (Packing::Zstd, _) => "zstd",
            (_, Content::Utf16Le | Content::Utf16Be) => "UTF-16",
            (_, Content::Evt) => "an .evt file",
            (_, Content::Evtx) => "an .evtx file",
            (Packing::Plain, Content::Utf8) => return,
        };
        self.warnings
            .push(format!("it is {kind} and passes unchanged; decode it first, or use classify"));
    }

    fn total(&self) -> Ledger {
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

    pub fn ledger(&self) -> String {
        serde_json::to_string(&self.total()).unwrap_or_default()
    }

    pub fn warnings(&mut self) -> Vec<String> {
        core::mem::take(&mut self.warnings)
    }
}

/// Runs the filter over a chunk and writes its pieces.
fn give(chunk: &[u8], write: Write<'_>, run: impl FnOnce(crate::filter::Out<'_>)) {
    run(&mut |piece| match piece {
        Piece::Chunk(span) => write(&chunk[span]),
        Piece::Bytes(bytes) => write(bytes),
    });
}
