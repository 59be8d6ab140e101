//! Reads the events of the inputs for `classify`, `explain` and `report`, with their verdicts and
//! with the detected order of month and day ([`LogReader`]).

use crate::args::{Format, ReadingFlags};
use crypt32_filter::{
    classify::{
        classify,
        related::{Related, related},
    },
    engine::unjudged::{Similar, told},
    framing,
    logs::{
        reader::{LogReader, Timed},
        stream::Found,
    },
    policy::Policy,
    report::{Place, assessment::Assessment},
    time::{DateOrder, Moment, Time},
    verdict::{Outcome, Verdict},
};

/// One event, and the number of equal events after it.
pub struct Item {
    /// The number of its record in the input, from 1.
    pub record: u64,
    /// The number of the event in its record, from 1.
    pub event: u64,
    /// The number of equal events that follow it in the same record.
    repeats: u64,
    /// The first line of its record, or the offset of its record in a binary log.
    pub place: Place,
    pub verdict: Verdict,
    pub related: Option<Related>,
    pub computer: Option<String>,
    pub carved: bool,
    /// The shape of its record.
    pub shape: &'static str,
    /// The assessment, if the command prints it.
    pub finding: Option<Assessment>,
    pub moment: Option<Moment>,
    time: Option<Time>,
}

impl Item {
    /// Counts the next event as a repeat, if it is equal and in the same record. This saves memory,
    /// because a record of one megabyte can contain half a million events.
    fn repeat(&mut self, next: &Self) -> bool {
        let same = self.record == next.record
            && (self.verdict, self.related, self.time) == (next.verdict, next.related, next.time)
            && (&self.computer, self.shape) == (&next.computer, next.shape)
            && self.finding == next.finding;
        self.repeats += u64::from(same);
        same
    }

    /// The number of equal events.
    pub fn count(&self) -> u64 {
        1 + self.repeats
    }

    /// The numbers of the equal events in their record.
    pub fn events(&self) -> core::ops::RangeInclusive<u64> {
        self.event..=self.event + self.repeats
    }
}

/// Selects the events for which a command needs an assessment.
#[derive(Clone, Copy)]
pub enum Findings {
    All,
    /// The first events with the verdict `review`, up to this number.
    Reviews(usize),
}

impl Findings {
    /// Whether the next event, which has this verdict, needs an assessment.
    fn next(&mut self, verdict: &Verdict) -> bool {
        match self {
            Self::All => true,
            Self::Reviews(left) => {
                let wanted = verdict.outcome == Outcome::Review && *left > 0;
                *left -= usize::from(wanted);
                wanted
            }
        }
    }
}

/// The inputs of a command, one after another.
pub struct Reading {
    pub policy: Policy,
    findings: Findings,
    reader: LogReader<Item>,
    notes: Vec<String>,
    failed: bool,
    /// The number of unjudged places in all inputs.
    unjudged: u64,
    /// Those that [`Self::take_unjudged`] did not return yet.
    similar: Vec<Similar>,
}

impl Reading {
    /// Creates a reader with the options in these arguments.
    pub fn of(policy: Policy, flags: &ReadingFlags, findings: Findings) -> Self {
        Self::new(policy, flags.format, flags.date_order, findings)
    }

    pub fn new(
        policy: Policy,
        format: Format,
        order: Option<DateOrder>,
        findings: Findings,
    ) -> Self {
        Self {
            policy,
            findings,
            reader: LogReader::new(format.into(), order),
            notes: Vec::new(),
            failed: false,
            unjudged: 0,
            similar: Vec::new(),
        }
    }

    /// Skips lines of NDJSON that mention no event of the family. They are only counted.
    #[must_use]
    pub fn skip_unrelated(self) -> Self {
        Self { reader: self.reader.skip_unrelated(), ..self }
    }

    /// The number of skipped lines since the last call.
    pub fn take_skipped(&mut self) -> u64 {
        self.reader.take_skipped()
    }

    /// Reads a chunk. Its events are pending until [`Self::take`].
    pub fn push(&mut self, chunk: &[u8]) {
        let Self { policy, findings, reader, .. } = self;
        reader.push(chunk, &mut |found, time, waiting| {
            keep(&found, time, policy, findings, waiting);
        });
    }

    /// Ends the current input.
    pub fn end_input(&mut self) {
        let Self { policy, findings, reader, .. } = self;
        reader.finish(&mut |found, time, waiting| {
            keep(&found, time, policy, findings, waiting);
        });
        let log = reader.log();
        self.notes.extend_from_slice(log.notes());
        self.failed |= log.failed();
        self.unjudged += log.unjudged().iter().map(|similar| similar.count).sum::<u64>();
        self.similar.extend_from_slice(log.unjudged());
    }

    /// Whether the pending events need a pre-scan of the whole file.
    pub fn wants_survey(&self) -> bool {
        self.reader.needs_prescan()
    }

    /// Pre-scans the next chunk of the file, from its beginning. Returns whether the order is
    /// known, so that the pre-scan can stop.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.reader.look(chunk)
    }

    /// Returns all pending events. If they needed a pre-scan, no further one is needed for this
    /// input.
    pub fn take(&mut self) -> Vec<Item> {
        let (mut items, order) = self.reader.take();
        for item in &mut items {
            item.moment = item.time.and_then(|time| time.resolve(order));
            if let Some(finding) = &mut item.finding {
                finding.time = item.moment;
            }
        }
        items
    }

    /// Prepares for the next input.
    pub fn next_input(&mut self) {
        self.reader.next_log();
    }

    pub fn notes(&mut self) -> Vec<String> {
        core::mem::take(&mut self.notes)
    }

    /// The number of places in the inputs that mention the event and could not be judged.
    pub fn unjudged(&self) -> u64 {
        self.unjudged
    }

    /// The unjudged places of the inputs that ended since the last call, by kind.
    pub fn take_unjudged(&mut self) -> Vec<Similar> {
        core::mem::take(&mut self.similar)
    }

    /// Whether at least one input could not be read to its end.
    pub fn failed(&self) -> bool {
        self.failed
    }
}

impl Timed for Item {
    fn time(&self) -> Option<Time> {
        self.time
    }
}

/// Classifies an event, and adds it to the pending events.
fn keep(
    found: &Found<'_>,
    time: Option<Time>,
    policy: &Policy,
    findings: &mut Findings,
    waiting: &mut Vec<Item>,
) {
    let event = found.event_read;
    let verdict = classify(event, policy);
    found.told.add(told(event, &verdict));
    let item = Item {
        record: found.record,
        event: found.event,
        repeats: 0,
        place: found.line.map_or(Place::Offset(found.offset), Place::Line),
        related: related(event),
        computer: event.computer().map(str::to_owned),
        carved: found.carved,
        shape: event.shape,
        finding: findings.next(&verdict).then(|| Assessment {
            carved: found.carved,
            ..Assessment::about(event, policy, &verdict)
        }),
        verdict,
        moment: None,
        time,
    };
    if !waiting.last_mut().is_some_and(|last| last.repeat(&item)) {
        waiting.push(item);
    }
}

impl From<Format> for framing::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Auto => Self::Auto,
            Format::Json => Self::Json,
            Format::Syslog => Self::Syslog,
            Format::Text => Self::Text,
            Format::Xml => Self::Xml,
            Format::Csv => Self::Csv,
        }
    }
}
