//! Pending events, and the encoding of a row for the worker.

use std::fmt::Write as _;

use crate::{known::Answer, texts::shown};
use crypt32_filter::{
    classify::related::RelatedKind,
    event::{Event, Strings},
    logs::reader::Timed,
    report::Review,
    time::{Moment, Time},
    verdict::{Basis, Outcome},
};

/// The number of numbers in a row.
pub(super) const WIDTH: usize = 17;

/// An event that waits until the order of month and day is known.
pub(super) enum Waiting {
    Row(Box<Row>),
    Unrelated(Option<String>, Option<Time>),
}

impl Timed for Waiting {
    fn time(&self) -> Option<Time> {
        match self {
            Self::Row(row) => row.time,
            Self::Unrelated(_, time) => *time,
        }
    }
}

/// An event that becomes a row.
pub(super) struct Row {
    /// Record number, line, number of the event in the record, offset and length.
    pub(super) found: [f64; 5],
    pub(super) answer: Answer,
    pub(super) time: Option<Time>,
    pub(super) computer: Option<String>,
    pub(super) carved: bool,
    /// The number of the text that represents a record of a binary log.
    pub(super) raw: u32,
    /// Its entry in the report's list of records to review.
    pub(super) review: Option<Box<Review>>,
}

impl Row {
    /// Appends the row to `out`: record, line (0 in a binary log), event, offset, length, seconds
    /// (NaN: unknown), whether the time has a zone, verdict (0 benign, 1 review, 2 related), basis
    /// (0 none, 1 listed, 2 sibling, 3 cause), failed conditions as bits, kind of related event (0
    /// none, 1 reached, 2 problem, 3 suspended, 4 other), and six text numbers: computer, error or
    /// event, shape, message, finding, record.
    pub(super) fn put(&self, when: Option<Moment>, out: &mut Vec<f64>) {
        let Answer { verdict, related, texts } = &self.answer;
        #[allow(clippy::cast_precision_loss)] // Years have four digits.
        let seconds = when.map_or(f64::NAN, |when| when.seconds() as f64);
        let outcome = match verdict.outcome {
            Outcome::Benign => 0.0,
            Outcome::Review => 1.0,
            Outcome::Unrelated => 2.0,
        };
        let basis = match verdict.basis {
            None => 0.0,
            Some(Basis::Listed) => 1.0,
            Some(Basis::Sibling) => 2.0,
            Some(Basis::Cause) => 3.0,
        };
        let failed = match verdict.outcome {
            Outcome::Review => verdict.reasons().fold(0_u16, |bits, code| bits | 1 << code as u8),
            _ => 0,
        };
        let candidate = verdict.outcome != Outcome::Unrelated;
        let kind = match related.filter(|_| !candidate).map(|related| related.kind) {
            None => 0.0,
            Some(RelatedKind::Reached) => 1.0,
            Some(RelatedKind::Problem) => 2.0,
            Some(RelatedKind::Suspended) => 3.0,
            Some(_) => 4.0,
        };
        let zone = f64::from(u8::from(when.is_some_and(Moment::has_zone)));
        let [record, line, event, offset, length] = self.found;
        let [computer, what, shape, message, finding] = texts.map(f64::from);
        let row: [f64; WIDTH] = [
            record,
            line,
            event,
            offset,
            length,
            seconds,
            zone,
            outcome,
            basis,
            f64::from(failed),
            kind,
            computer,
            what,
            shape,
            message,
            finding,
            f64::from(self.raw),
        ];
        out.extend(row);
    }
}

/// Converts a record number or an offset, which is always far below 2^53.
#[allow(clippy::cast_precision_loss)]
pub(super) fn number(number: u64) -> f64 {
    number as f64
}

/// A text that represents a record of a binary log: the values that were read from it.
pub(super) fn plain(event: &Event<'_>, carved: bool) -> String {
    let mut out = String::new();
    if carved {
        out.push_str(
            "carved: found outside the log's own list; it was deleted, or stands behind damage\n",
        );
    }
    let fields = [
        ("source", &event.source),
        ("id", &event.id),
        ("qualifiers", &event.qualifiers),
        ("level", &event.level),
        ("log", &event.log),
        ("computer", &event.computer),
        ("time", &event.time),
        ("category", &event.category),
        ("message", &event.message),
        ("data", &event.data),
    ];
    for (name, field) in fields {
        for text in field.texts() {
            let _ = writeln!(out, "{name}: {}", shown(text));
        }
    }
    for text in event.strings.iter().flat_map(Strings::iter) {
        let _ = writeln!(out, "string: {}", shown(text));
    }
    out
}
