//! What a finished report holds, in a fixed order: the same log gives the same bytes.

use core::fmt;

use serde::Serialize;

use crate::{
    classify::related::RelatedKind,
    report::assessment::Assessment,
    str_enum::words,
    time::Moment,
    verdict::{Basis, Condition, State},
};

/// The whole report.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// Of the whole log.
    pub totals: Totals,
    /// The first records to review, at most [`REVIEWS`](super::REVIEWS) unless more were asked for.
    pub reviews: Vec<Review>,
    /// One row per computer, those with the most event 8 first.
    pub computers: Vec<Computer>,
    /// By error, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// Why events are to be reviewed, in the order of the conditions.
    pub reasons: Vec<ReasonCount>,
    /// By hour of the day.
    pub hours: Hours,
    /// Along the calendar.
    pub timeline: Timeline,
    /// Minutes in which several computers began.
    pub together: Vec<Together>,
    /// What to keep in mind when reading this report.
    pub remarks: Vec<String>,
}

/// Counts of the whole log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Totals {
    /// All events.
    pub records: u64,
    /// Events that are not event 8 of `crypt32`.
    pub unrelated: u64,
    /// Of these, other events of the family.
    pub related: u64,
    /// Event 8 as the article describes it.
    pub benign: u64,
    /// Event 8 that somebody has to look at.
    pub review: u64,
    /// Of both, records that are carved: deleted ones, or such as stand behind damage.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// Places that mention event 8 and could not be judged.
    #[serde(skip_serializing_if = "is_none")]
    pub unjudged: u64,
    /// Benign ones with an error that KB2253680 prints.
    pub listed: u64,
    /// Benign ones with an error that KB317541 prints.
    pub sibling: u64,
    /// Benign ones whose error says that the server could not be reached.
    pub cause: u64,
    /// Event 8 without a time that can be read.
    pub untimed: u64,
    /// The first event 8.
    pub first: Option<Moment>,
    /// The last event 8.
    pub last: Option<Moment>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // As serde asks for it.
fn is_none(count: &u64) -> bool {
    *count == 0
}

/// A record to review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Review {
    /// The input that holds it, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Where it begins there.
    #[serde(flatten)]
    pub place: Place,
    /// The computer that wrote it.
    pub computer: Option<String>,
    /// When.
    pub time: Option<Moment>,
    /// The conditions that failed.
    pub failed: Vec<Failed>,
}

impl Review {
    /// What is found in a record that begins there.
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
    /// What the record has, where it says anything.
    pub seen: Option<String>,
}

/// Where a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// The number of its line, from 1.
    Line(u64),
    /// Its offset in a binary log.
    Offset(u64),
}

impl Place {
    /// What its number is, for a person, and the number.
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

/// One computer, or all that are not kept apart.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Computer {
    /// Its name as the log first spells it; `-` where records name none.
    pub name: String,
    /// The row is no computer but the sum of all that had no room.
    pub other: bool,
    /// Event 8 as the article describes it.
    pub benign: u64,
    /// Event 8 that somebody has to look at.
    pub review: u64,
    /// Of both, records that are carved: deleted ones, or such as stand behind damage.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// Event 8 without a time that can be read.
    pub untimed: u64,
    /// The first event 8.
    pub first: Option<Moment>,
    /// The last event 8.
    pub last: Option<Moment>,
    /// By error, the most frequent first.
    pub errors: Vec<ErrorCount>,
    /// Why events are to be reviewed.
    pub reasons: Vec<ReasonCount>,
    /// How often it repeats.
    pub interval: Interval,
    /// Long silences, in the order of time.
    pub gaps: Vec<Gap>,
    /// Other events of the family on this computer.
    pub neighbours: Vec<Neighbour>,
    /// How it began, where the log shows that it did not always do it.
    pub start: Option<Start>,
}

/// How many events name one error.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorCount {
    /// The Win32, Winsock or `WinInet` code.
    pub code: Option<u32>,
    /// Its name in Microsoft's headers; `unknown` for a text that is not known.
    pub symbol: &'static str,
    /// Why it makes a record benign; none if it does not.
    pub basis: Option<Basis>,
    /// How many events.
    pub count: u64,
}

/// How many events failed one condition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReasonCount {
    /// The condition.
    pub reason: Condition,
    /// How many events.
    pub count: u64,
}

/// How a computer repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At one interval, mostly.
    Regular,
    /// At no fixed interval.
    Irregular,
    /// Too seldom to tell.
    Few,
}
words!(Pace: Regular = "regular", Irregular = "irregular", Few = "few");

/// The interval at which a computer repeats.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// How it repeats.
    pub pace: Pace,
    /// The interval that most are like, in seconds; none unless it is regular.
    pub seconds: Option<u64>,
    /// The standard deviation of these, in seconds.
    pub jitter: Option<u64>,
    /// How much of all intervals are like it, in percent.
    pub share: Option<u8>,
    /// How many intervals there are. Events within two seconds are one attempt.
    pub count: u64,
    /// The shortest, in seconds.
    pub shortest: Option<u64>,
    /// The median, in seconds.
    pub median: Option<u64>,
    /// The longest, in seconds.
    pub longest: Option<u64>,
    /// The same for a person, beside what the article says.
    pub words: String,
}

/// What explains a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explained {
    /// `crypt32` had suspended its own logging.
    Suspended,
    /// Windows Update was reached meanwhile.
    Reached,
    /// Nothing in this log.
    Open,
}
words!(Explained: Suspended = "suspended", Reached = "reached", Open = "open");

/// A long silence between two events 8 of a computer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gap {
    /// The last event before it.
    pub from: Moment,
    /// The first event after it.
    pub to: Moment,
    /// How long.
    pub seconds: u64,
    /// What explains it.
    pub explained: Explained,
    /// The same for a person.
    pub words: String,
}

/// Where an event lies beside the events 8 of the same computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the first.
    Before,
    /// Between the first and the last.
    Between,
    /// After the last.
    After,
    /// There is no event 8, or the times cannot be compared.
    Unknown,
}
words!(Side: Before = "before", Between = "between", After = "after", Unknown = "unknown");

/// Another event of the family on the same computer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Neighbour {
    /// Its name, such as `crypt32 7`.
    pub event: String,
    /// What it says about reaching Windows Update.
    pub kind: RelatedKind,
    /// How many of them.
    pub count: u64,
    /// Of these, records that are carved.
    #[serde(skip_serializing_if = "is_none")]
    pub carved: u64,
    /// The first.
    pub first: Option<Moment>,
    /// The last.
    pub last: Option<Moment>,
    /// How many of them lie before the first event 8.
    pub before: u64,
    /// How many between the first and the last.
    pub between: u64,
    /// How many after the last.
    pub after: u64,
    /// Where it lies; for several, the side that says most: between, before, after.
    pub side: Side,
    /// Whether it speaks against the article's cause.
    pub contradicts: bool,
    /// The same for a person.
    pub words: String,
}

/// What went before the first event 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartKind {
    /// Windows Update was reached.
    AfterSuccess,
    /// The log shows the computer, but no event 8.
    AfterQuiet,
}
words!(StartKind: AfterSuccess = "after-success", AfterQuiet = "after-quiet");

/// A computer that began to write event 8 within the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Start {
    /// What went before.
    pub kind: StartKind,
    /// The last success, or the first record of the computer.
    pub since: Moment,
    /// The first event 8.
    pub at: Moment,
    /// The same for a person.
    pub words: String,
}

/// Events by hour of the day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hours {
    /// Which clock the hours are of.
    pub clock: &'static str,
    /// All 24.
    pub rows: Vec<HourCount>,
}

/// One hour of the day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HourCount {
    /// 0 to 23.
    pub hour: u8,
    /// Benign events.
    pub benign: u64,
    /// Events to review.
    pub review: u64,
}

/// Events along the calendar. Hours without any are left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    /// How many hours one row spans; more than one only in long logs.
    pub hours_per_row: i64,
    /// In the order of time.
    pub rows: Vec<Span>,
}

/// One row of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Span {
    /// Where it begins.
    pub from: Moment,
    /// Benign events.
    pub benign: u64,
    /// Events to review.
    pub review: u64,
}

/// Computers that began within the same minute: more likely one change in the network than
/// several of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Together {
    /// The minute.
    pub minute: Moment,
    /// How many.
    pub count: usize,
    /// The first of them by name.
    pub computers: Vec<String>,
}
