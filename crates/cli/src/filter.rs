//! `filter`: runs a [`Filter`] over each input, with one ledger for all inputs.

use crate::{
    args::{Exit, Filter as Args, Format, Output, Reply},
    ndjson::Wrapper,
    reading::{Findings, Reading},
    report::Reporting,
    rsyslog::Replies,
    session::Write,
    summary,
};
use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        ledger::{Ledger, OTHER},
        unjudged::{Opening, Unjudged},
    },
    policy::{Action, Policy},
    report::{self, REVIEWS, style::Style},
};

/// The number of seconds between the first two warnings about what could not be judged. It doubles
/// with each warning up to the second number, so that a run of weeks does not fill a log.
const WARN_EVERY: [u64; 2] = [60, 3600];

/// Who reads an input.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The filter and the summary.
    Whole,
    /// The filter, because it is an archive.
    Archive,
    /// The summary, because it is a file in an archive.
    Inside,
}

/// A run of `filter`.
pub struct Filtering {
    policy: Policy,
    filter: Filter,
    wrapper: Option<Wrapper>,
    /// For `--reply`: answers a host instead of writing records.
    replies: Option<Replies>,
    /// The ledger of the previous inputs.
    before: Ledger,
    /// Whether the kind of the current input was checked.
    told: bool,
    /// For a summary: reads the inputs like `report`.
    whole: Option<Reporting>,
    /// The name of the current input in messages.
    input: Option<String>,
    /// Who reads the current input.
    part: Part,
    /// For a summary: what could not be judged in each input.
    left: Vec<String>,
    /// Whether the current input can go on for hours, unlike a file.
    live: bool,
    /// The number of places in the current input that were warned about.
    warned: u64,
    /// When that was, in seconds.
    warned_at: Option<u64>,
    /// The number of seconds from then to the next warning.
    pause: u64,
    /// For a summary: the reader's notes about each input.
    notes: Vec<String>,
    warnings: Vec<String>,
}

impl Filtering {
    pub fn new(args: &Args) -> Result<Self, Exit> {
        let policy = args.policy()?;
        let text = !matches!(args.format, Format::Auto | Format::Json);
        if text && policy.action == Action::Tag && args.output == Output::Same {
            return Err(Exit {
                text: "error: plain text has no place for a tag: add --output ndjson, or use \
                       --action drop or --action observe\n"
                    .to_owned(),
                exit_code: 2,
            });
        }
        if policy.action != Action::Drop
            && let Some(flag) = args.only_for_drop()
        {
            return Err(Exit {
                text: format!("error: {flag} has an effect only with --action drop\n"),
                exit_code: 2,
            });
        }
        let whole = args.summary.then(|| {
            let findings = Findings::Reviews(REVIEWS);
            let reading = Reading::new(policy.clone(), args.format, None, findings);
            Reporting::of(reading, report::Format::Table)
        });
        Ok(Self {
            filter: Filter::new(policy.clone()).with_format(args.format.into()),
            wrapper: (args.output == Output::Ndjson)
                .then(|| Wrapper::new(policy.max_record, args.format.into())),
            replies: args.reply.map(|Reply::Rsyslog| Replies::new(policy.clone())),
            policy,
            before: Ledger::default(),
            told: false,
            whole,
            input: None,
            part: Part::Whole,
            left: Vec::new(),
            live: false,
            warned: 0,
            // A summary soon says it, unless the run is a long one.
            warned_at: args.summary.then_some(0),
            pause: WARN_EVERY[0],
            notes: Vec::new(),
            warnings: Vec::new(),
        })
    }

    /// Begins an input. If there are several inputs, the summary uses their names. A live input can
    /// go on for hours.
    pub fn begin_input(&mut self, name: &str, several: bool, live: bool) {
        self.part = Part::Whole;
        self.input = Some(name.to_owned());
        // rsyslog would take a warning for the reply to its next message.
        self.live = live && self.replies.is_none();
        if let Some(whole) = self.whole.as_mut().filter(|_| several) {
            whole.begin_input(name);
        }
    }

    /// The current input is an archive: the summary reads the files in it instead.
    pub fn begin_archive(&mut self) {
        self.part = Part::Archive;
    }

    /// The current input is a file in the last archive, which only the summary reads.
    pub fn begin_inside(&mut self) {
        self.part = Part::Inside;
        if let (Some(whole), Some(input)) = (&mut self.whole, &self.input) {
            whole.begin_input(input);
        }
    }

    /// The reader for the summary, if it reads the current input.
    pub fn reading(&mut self) -> Option<&mut Reading> {
        let whole = self.whole.as_mut().filter(|_| self.part != Part::Archive);
        whole.map(|whole| &mut whole.reading)
    }

    /// Counts the pending events for the summary.
    pub fn flush(&mut self) {
        if let Some(whole) = &mut self.whole {
            whole.flush();
        }
    }

    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        if let Some(replies) = &mut self.replies {
            return replies.push(chunk, write);
        }
        if let Some(reading) = self.reading() {
            reading.push(chunk);
        }
        if self.part == Part::Inside {
            return;
        }
        match &mut self.wrapper {
            Some(wrapper) => {
                let filter = &mut self.filter;
                wrapper.push(chunk, &mut |objects, parts, opening| {
                    filter.set_parts(parts, opening);
                    give(objects, write, |out| filter.push(objects, out));
                });
            }
            None => give(chunk, write, |out| self.filter.push(chunk, out)),
        }
        self.tell();
    }

    pub fn end_input(&mut self, write: Write<'_>) {
        if let Some(replies) = self.replies.take() {
            self.replies = Some(Replies::new(self.policy.clone()));
            if let Some(warning) = replies.warning() {
                self.warn(warning);
            }
            self.warn_at_end(replies.unjudged());
            self.before.merge(replies.ledger());
            return;
        }
        if self.part == Part::Inside {
            return self.end_reading();
        }
        if let Some(wrapper) = &mut self.wrapper {
            let filter = &mut self.filter;
            wrapper.finish(&mut |objects, parts, opening| {
                filter.set_parts(parts, opening);
                give(objects, write, |out| filter.push(objects, out));
            });
        }
        give(&[], write, |out| self.filter.finish(out));
        self.tell();
        self.end_reading();
        let unjudged = self.filter.unjudged().clone();
        self.warn_at_end(&unjudged);
        if let Some(note) = self.no_computer_matched() {
            self.warn(note);
        }
        self.before = self.ledger();
        self.filter = self.filter.next_input();
        if let Some(wrapper) = &mut self.wrapper {
            *wrapper = wrapper.next_input();
        }
        self.told = false;
    }

    /// Ends the current input for the summary.
    fn end_reading(&mut self) {
        if let Some(whole) = self.whole.as_mut().filter(|_| self.part != Part::Archive) {
            self.notes.append(&mut whole.end_input());
        }
    }

    /// A warning if no computer with a benign record in this input matches `only_computers`, as when
    /// the names in the log have a domain and the patterns have none.
    fn no_computer_matched(&self) -> Option<String> {
        let computers = self.filter.ledger().computers.iter();
        let mut noisy =
            computers.filter(|(_, row)| row.benign > 0).map(|(name, _)| name).peekable();
        let first = *noisy.peek()?;
        let matches = |name| self.policy.only_computers.includes(|| name).holds();
        let some = noisy.any(|name| name == OTHER || matches(name));
        (!some && self.policy.action == Action::Drop).then(|| {
            format!("only-computers matches no computer with benign records, such as {first}")
        })
    }

    /// Warns that nothing will be found if the input is not text.
    fn tell(&mut self) {
        let Some(kind) = self.filter.kind().filter(|_| !self.told) else { return };
        self.told = true;
        if let Some(warning) = kind.passes() {
            self.warn(warning);
        }
    }

    /// Adds a warning about the current input: for the summary, or else for standard error.
    fn warn(&mut self, warning: String) {
        match (&self.whole, &self.input) {
            (Some(_), Some(input)) => self.left.push(format!("{input}: {warning}")),
            _ => self.warnings.push(warning),
        }
    }

    /// The text of `--summary`, if it was requested.
    pub fn summary(&mut self, style: Style) -> Option<String> {
        let whole = self.whole.as_mut()?;
        let whole = whole.summary();
        let ledger = self.ledger();
        let found = summary::Found {
            ledger: &ledger,
            policy: &self.policy,
            left: &self.left,
            whole: &whole,
            notes: &self.notes,
        };
        Some(found.text(style))
    }

    /// The result of the run in one line.
    pub fn closing_line(&self) -> String {
        summary::closing_line(&self.ledger())
    }

    /// The ledger of all inputs so far.
    pub fn ledger(&self) -> Ledger {
        let mut ledger = self.filter.ledger().clone();
        if let Some(wrapper) = &self.wrapper {
            // The bytes that the wrapper added were not in the input.
            ledger.move_to_inserted(wrapper.added());
        }
        let mut total = self.before.clone();
        total.merge(&ledger);
        if let Some(replies) = &self.replies {
            total.merge(replies.ledger());
        }
        total
    }

    /// Returns the warnings since the last call. `now` is a time in seconds.
    ///
    /// In a live input, the first place that could not be judged is reported at once, because the
    /// record that an earlier line has opened can go on for hours. Later places are summed.
    pub fn warnings(&mut self, now: u64) -> Vec<String> {
        let unjudged = match &self.replies {
            Some(replies) => replies.unjudged(),
            None => self.filter.unjudged(),
        };
        let due = self.warned_at.is_none_or(|at| now.saturating_sub(at) >= self.pause);
        if self.live && due && unjudged.count > self.warned {
            let first = self.warned_at.is_none().then(|| unjudged.first());
            let said = first.as_ref().unwrap_or(unjudged);
            if first.is_none() {
                self.pause = WARN_EVERY[1].min(2 * self.pause);
            }
            self.warned = said.count;
            self.warned_at = Some(now);
            self.warnings.extend(note(said));
        }
        core::mem::take(&mut self.warnings)
    }

    /// Adds a warning about all places in the input that has ended, unless they were all reported.
    /// The summary always has it.
    fn warn_at_end(&mut self, unjudged: &Unjudged) {
        let more = unjudged.count > core::mem::take(&mut self.warned);
        let Some(note) = note(unjudged) else { return };
        self.warned_at.get_or_insert(0);
        if more || self.whole.is_some() {
            self.warn(note);
        }
    }
}

/// A note about places that could not be judged, and what to do.
fn note(unjudged: &Unjudged) -> Option<String> {
    let note = unjudged.note()?;
    let helps = |opening: Opening| opening.kind.depends_on_format();
    let remedy = if unjudged.inside().is_some_and(helps) {
        "; if each line is a record, use --format json or --format syslog"
    } else {
        ""
    };
    Some(note + remedy)
}

/// Runs the filter over a chunk, and writes the output pieces.
fn give(chunk: &[u8], write: Write<'_>, run: impl FnOnce(crypt32_filter::engine::filter::Out<'_>)) {
    run(&mut |piece| match piece {
        Piece::Chunk(span) => write(&chunk[span]),
        Piece::Bytes(bytes) => write(bytes),
    });
}
