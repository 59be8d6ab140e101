//! The content of a finished report, in a fixed order, so that the same log gives the same bytes.

use core::fmt;

use serde::Serialize;

use crate::{
    classify::related::{ProblemCause, RelatedKind},
    engine::unjudged::{FURTHER, Similar},
    report::{advice::Advice, assessment::Assessment, style::counted},
    str_enum::words,
    time::Moment,
    verdict::{Basis, Condition, State},
};

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Counts of the whole log.
    pub totals: Totals,
    /// The first 200 records to review, or more if the caller asked for more.
    pub reviews: Vec<Review>,
    /// The places that mention event 8 but could not be judged, one row per input and kind.
    pub unjudged: Vec<UnjudgedPlaces>,
    /// One row per computer, ordered by the number of events 8, the most first.
    pub computers: Vec<Computer>,
    /// Counts by error, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// The failed conditions of events with the verdict review, in the order of the conditions.
    pub reasons: Vec<ReasonCount>,
    /// Counts by hour of the day.
    pub hours: Hours,
    /// Counts along the calendar.
    pub timeline: Timeline,
    /// The minutes when several computers began.
    pub together: Vec<Together>,
    /// What to do, the most important first.
    pub advice: Vec<Advice>,
    /// Remarks for the reader of the report.
    pub remarks: Vec<String>,
}

/// Counts of the whole log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// The number of all events.
    pub records: u64,
    /// Events other than event 8 of `crypt32`.
    pub unrelated: u64,
    /// Unrelated events that are other events of the family.
    pub related: u64,
    /// Events 8 as the article describes them.
    pub benign: u64,
    /// Events 8 that somebody has to check.
    pub review: u64,
    /// Benign and review events that were carved: deleted records, or records after a damaged part.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// Places that mention event 8 but could not be judged.
    #[serde(skip_serializing_if = "is_none")]
    pub unjudged: u64,
    /// Benign events with an error that KB2253680 prints.
    pub listed: u64,
    /// Benign events with an error that KB317541 prints.
    pub sibling: u64,
    /// Benign events with an error that says the server could not be reached.
    pub cause: u64,
    /// Events 8 without a readable time.
    pub untimed: u64,
    /// The first event 8.
    pub first: Option<Moment>,
    /// The last event 8.
    pub last: Option<Moment>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde requires a reference.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A record to review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The input that holds the record, if there are several inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// The place in the input where the record begins.
    #[serde(flatten)]
    pub place: Place,
    /// The computer that wrote the record.
    pub computer: Option<String>,
    /// The time of the event, if it could be resolved.
    pub time: Option<Moment>,
    /// The conditions that failed.
    pub failed: Vec<Failed>,
}

impl Review {
    /// Builds the row of a record that begins at `place`.
    pub fn of(finding: Assessment, place: Place, input: Option<String>) -> Self {
        let Assessment { computer, time, evidence, .. } = finding;
        let failed = evidence.into_iter().filter(|evidence| evidence.state == State::Failed);
        let failed = failed.map(|evidence| Failed { reason: evidence.code, seen: evidence.seen });
        Self { input, place, computer, time, failed: failed.collect() }
    }
}

/// A condition that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// The condition.
    pub reason: Condition,
    /// The value in the record, if it has one.
    pub seen: Option<String>,
}

/// The place where a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The number of the line, from 1.
    Line(u64),
    /// The offset in a binary log, in bytes.
    Offset(u64),
}

impl Place {
    /// The name of the unit for a person, and the number.
    pub fn parts(self) -> (&'static str, u64) {
        match self {
            Self::Line(line) => ("Line ", line),
            Self::Offset(offset) => ("Offset ", offset),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, number) = self.parts();
        write!(f, "{word}{number}")
    }
}

/// Places of one kind that mention event 8 but could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UnjudgedPlaces {
    /// The input that holds the places, if there are several inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// What the places resemble.
    pub like: &'static str,
    /// The number of places.
    pub count: u64,
    /// The numbers of the first lines.
    pub lines: Vec<u64>,
    /// The offsets of the first places in bytes, in a binary log or where lines cannot be counted.
    pub offsets: Vec<u64>,
    /// The same facts for a person, with a few of the places.
    pub words: String,
}

/// The maximum number of places in the words about them.
const SHOWN: usize = 20;

impl UnjudgedPlaces {
    /// Builds the row of similar places.
    pub(super) fn of(similar: &Similar, input: Option<&str>) -> Self {
        let Similar { like, count, ref places, offsets } = *similar;
        let [lines, offsets] =
            if offsets { [Vec::new(), places.clone()] } else { [places.clone(), Vec::new()] };
        let words = String::new();
        let row = Self { input: input.map(str::to_owned), like, count, lines, offsets, words };
        Self { words: row.words(), ..row }
    }

    fn words(&self) -> String {
        let count = counted(self.count, "place", "places");
        format!("{count} not judged, {}: {}", self.like, self.places(SHOWN))
    }

    /// The row of the places that have no row of their own.
    pub(super) fn without_places(self) -> Self {
        let (lines, offsets, words) = (Vec::new(), Vec::new(), FURTHER.to_owned());
        Self { input: None, like: FURTHER, lines, offsets, words, ..self }
    }

    /// The first places for a person, at most `most`, and the number of the others.
    pub(super) fn places(&self, most: usize) -> String {
        let listed = self.lines.iter().chain(&self.offsets);
        let mut words: Vec<_> = listed.take(most).map(u64::to_string).collect();
        let more = self.count - words.len() as u64;
        if more > 0 && !words.is_empty() {
            words.push(format!("and {more} more"));
        }
        let unit = match (self.lines.len(), self.offsets.len()) {
            (0, 0) => return "-".to_owned(),
            (0, _) => "byte",
            (1, _) => "line",
            _ => "lines",
        };
        let input = self.input.as_ref().map_or_else(String::new, |input| format!(" of {input}"));
        format!("{unit} {}{input}", words.join(", "))
    }
}

/// One computer, or the sum of all computers without their own state.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Computer {
    /// The name in the spelling that the log uses first; `-` for records that name no computer.
    pub name: String,
    /// Whether the row is the sum of all computers that had no room.
    pub other: bool,
    /// Events 8 as the article describes them.
    pub benign: u64,
    /// Events 8 that somebody has to check.
    pub review: u64,
    /// Benign and review events that were carved: deleted records, or records after a damaged part.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// Events 8 without a readable time.
    pub untimed: u64,
    /// The time of the first event 8.
    pub first: Option<Moment>,
    /// The time of the last event 8.
    pub last: Option<Moment>,
    /// Counts by error, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// The failed conditions of events with the verdict review.
    pub reasons: Vec<ReasonCount>,
    /// The interval between its events 8.
    pub interval: Interval,
    /// Long silences, in the order of time.
    pub gaps: Vec<Gap>,
    /// Other events of the family on this computer.
    pub neighbours: Vec<Neighbour>,
    /// How it began, if the log shows a time before the first event 8.
    pub start: Option<Start>,
}

/// The number of events that name one error.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorCount {
    /// The Win32, Winsock or `WinInet` code.
    pub code: Option<u32>,
    /// The error's name in Microsoft's headers; `unknown` for an unknown text.
    pub symbol: &'static str,
    /// The basis of a benign record with this error; `None` if the error is never benign.
    pub basis: Option<Basis>,
    /// The number of events.
    pub count: u64,
}

/// The number of events that failed one condition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReasonCount {
    /// The condition.
    pub reason: Condition,
    /// The number of events.
    pub count: u64,
}

/// The regularity of a computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Most intervals are similar.
    Regular,
    /// There is no fixed interval.
    Irregular,
    /// There are too few events to decide.
    Few,
}
words!(Pace: Regular = "regular", Irregular = "irregular", Few = "few");

/// The interval between the events of a computer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The regularity.
    pub pace: Pace,
    /// The mean of the similar intervals, in seconds; `None` unless the pace is regular.
    pub seconds: Option<u64>,
    /// The standard deviation of the similar intervals, in seconds.
    pub jitter: Option<u64>,
    /// The share of similar intervals among all, in percent.
    pub share: Option<u8>,
    /// The number of intervals. Events within two seconds are one attempt.
    pub count: u64,
    /// The shortest interval, in seconds.
    pub shortest: Option<u64>,
    /// The median interval, in seconds.
    pub median: Option<u64>,
    /// The longest interval, in seconds.
    pub longest: Option<u64>,
    /// The same facts for a person, with the article's statement.
    pub words: String,
}

/// The explanation of a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explained {
    /// `crypt32` had suspended its own logging.
    Suspended,
    /// Windows Update was reached in the meantime.
    Reached,
    /// This log does not explain the silence.
    Open,
}
words!(Explained: Suspended = "suspended", Reached = "reached", Open = "open");

/// A long silence between two events 8 of a computer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// The time of the last event before the silence.
    pub from: Moment,
    /// The time of the first event after the silence.
    pub to: Moment,
    /// The length, in seconds.
    pub seconds: u64,
    /// The explanation.
    pub explained: Explained,
    /// The same facts for a person.
    pub words: String,
}

/// The position of an event relative to the events 8 of the same computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the first event 8.
    Before,
    /// Between the first and the last event 8.
    Between,
    /// After the last event 8.
    After,
    /// There is no event 8, or the times cannot be compared.
    Unknown,
}
words!(Side: Before = "before", Between = "between", After = "after", Unknown = "unknown");

/// Another event of the family on the same computer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// The name of the event, such as `crypt32 7`.
    pub event: String,
    /// The kind of statement about reaching Windows Update.
    pub kind: RelatedKind,
    /// Why the root list could not be used, if these events say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<ProblemCause>,
    /// The number of these events.
    pub count: u64,
    /// The number of carved ones among them.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// The time of the first one.
    pub first: Option<Moment>,
    /// The time of the last one.
    pub last: Option<Moment>,
    /// The number of them before the first event 8.
    pub before: u64,
    /// The number of them between the first and the last event 8.
    pub between: u64,
    /// The number of them after the last event 8.
    pub after: u64,
    /// The position. If there are several, the most significant one counts: between, then before,
    /// then after.
    pub side: Side,
    /// Whether the event contradicts the article's cause.
    pub contradicts: bool,
    /// The same facts for a person.
    pub words: String,
}

/// The situation before the first event 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartKind {
    /// Windows Update was reached.
    AfterSuccess,
    /// The log has records of the computer, but no event 8.
    AfterQuiet,
}
words!(StartKind: AfterSuccess = "after-success", AfterQuiet = "after-quiet");

/// A computer that began to write event 8 within the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// The situation before the first event 8.
    pub kind: StartKind,
    /// The time of the last success, or of the computer's first record.
    pub since: Moment,
    /// The time of the first event 8.
    pub at: Moment,
    /// The same facts for a person.
    pub words: String,
}

/// Counts by hour of the day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hours {
    /// The clock that the hours refer to.
    pub clock: &'static str,
    /// All 24 hours.
    pub rows: Vec<HourCount>,
}

/// One hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HourCount {
    /// The hour, 0 to 23.
    pub hour: u8,
    /// Benign events.
    pub benign: u64,
    /// Review events.
    pub review: u64,
}

/// Counts along the calendar. Hours without events are omitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// The number of hours in one row. It is more than one only for long logs.
    pub hours_per_row: i64,
    /// The rows in the order of time.
    pub rows: Vec<Span>,
}

/// One row of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// The start of the row.
    pub from: Moment,
    /// Benign events.
    pub benign: u64,
    /// Review events.
    pub review: u64,
}

/// Computers that began within the same minute, which more likely shows one change in the network
/// than several changes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// The minute.
    pub minute: Moment,
    /// The number of computers.
    pub count: usize,
    /// The first of the computers by name.
    pub computers: Vec<String>,
}
