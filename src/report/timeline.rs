//! Counts events by hour of the day, and along the calendar in rows that widen as the log grows.

use std::collections::BTreeMap;

use super::{HourCount, Hours, Seen, Span, Timeline};
use crate::{time::Moment, verdict::Outcome};

/// The maximum number of rows of the calendar.
const ROWS: usize = 240;
/// The possible widths of a row, in hours. Each is a multiple of the one before it, so that rows
/// can be joined. The last one puts all possible years into few rows.
const WIDTHS: [i64; 10] = [1, 3, 6, 12, 24, 168, 672, 8736, 87_360, 873_600];
/// 0000-01-01T00:00:00, the earliest possible time.
const BEGINNING: i64 = -62_167_219_200;

/// Counts of benign and review events.
type Pair = [u64; 2];

#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    hours: [Pair; 24],
    with_zone: bool,
    without_zone: bool,
    /// The index in [`WIDTHS`] of the narrowest width that has few enough rows, in any order of
    /// events.
    width: usize,
    rows: BTreeMap<(i64, bool), Pair>,
}

impl Gathered {
    pub(super) fn see(&mut self, seen: Seen<'_>) {
        let Some(when) = seen.when else { return };
        let one = match seen.verdict.outcome {
            Outcome::Benign => [1, 0],
            Outcome::Review => [0, 1],
            Outcome::Unrelated => return,
        };
        if let Some(hour) = self.hours.get_mut(usize::from(when.hour())) {
            add(hour, one);
        }
        self.with_zone |= when.has_zone();
        self.without_zone |= !when.has_zone();
        let from = start(when.seconds(), self.seconds());
        add(self.rows.entry((from, when.has_zone())).or_default(), one);
        while self.rows.len() > ROWS && self.width + 1 < WIDTHS.len() {
            self.width += 1;
            let width = self.seconds();
            for ((from, zone), counts) in core::mem::take(&mut self.rows) {
                add(self.rows.entry((start(from, width), zone)).or_default(), counts);
            }
        }
    }

    fn seconds(&self) -> i64 {
        WIDTHS.get(self.width).map_or(3600, |hours| hours * 3600)
    }

    pub(super) fn finish(self) -> (Hours, Timeline) {
        let clock = match (self.with_zone, self.without_zone) {
            (false, true) => "wall clock",
            (true, true) => "UTC, or wall clock where no zone is given",
            (_, false) => "UTC",
        };
        let rows = (0..).zip(self.hours);
        let rows = rows.map(|(hour, [benign, review])| HourCount { hour, benign, review });
        let hours = Hours { clock, rows: rows.collect() };
        let hours_per_row = self.seconds() / 3600;
        let spans = self.rows.into_iter().filter_map(|((from, zone), [benign, review])| {
            Some(Span { from: Moment::at(from, zone)?, benign, review })
        });
        (hours, Timeline { hours_per_row, rows: spans.collect() })
    }
}

fn start(seconds: i64, width: i64) -> i64 {
    (seconds - seconds.rem_euclid(width)).max(BEGINNING)
}

fn add(counts: &mut Pair, more: Pair) {
    for (count, more) in counts.iter_mut().zip(more) {
        *count += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_holds_whole_rows_of_the_one_before() {
        assert!(WIDTHS.windows(2).all(|pair| pair[1] % pair[0] == 0));
        assert_eq!(Moment::at(BEGINNING, true).unwrap().to_string(), "0000-01-01T00:00:00Z");
        assert!(Moment::at(BEGINNING - 1, true).is_none());
    }
}
