//! `report`: what the inputs hold, by computer, error and hour.

use crate::{
    args::{Ended, Report as Args},
    reading::Reading,
    session::Write,
};
use crypt32_filter::{
    report::{Format, Report, Seen},
    verdict::Outcome,
};

/// `report` at work.
pub struct Reporting {
    /// What reads the inputs.
    pub reading: Reading,
    report: Report,
    output: Format,
    check: bool,
    reviews: u64,
}

impl Reporting {
    pub fn new(args: &Args) -> Result<Self, Ended> {
        let reading =
            Reading::new(args.policy()?, args.reading.format, args.reading.date_order, false);
        Ok(Self { check: args.check, ..Self::of(reading, args.output) })
    }

    /// A report on what `reading` reads.
    pub fn of(reading: Reading, output: Format) -> Self {
        Self { reading, report: Report::default(), output, check: false, reviews: 0 }
    }

    /// Counts what was read.
    pub fn flush(&mut self) {
        for item in self.reading.take() {
            if item.verdict.outcome == Outcome::Review {
                self.reviews += 1 + item.repeats;
            }
            if item.verdict.outcome != Outcome::Unrelated {
                self.report.see_shape(item.shape);
            }
            for _ in item.events() {
                self.report.see(Seen {
                    computer: item.computer.as_deref(),
                    when: item.moment,
                    verdict: &item.verdict,
                    related: item.related,
                    carved: item.carved,
                });
            }
        }
    }

    /// Writes the report on all inputs.
    pub fn finish(&mut self, write: Write<'_>) {
        self.report.leave_unjudged(self.reading.unjudged());
        let summary = core::mem::take(&mut self.report).finish();
        let mut text = Vec::new();
        // Writing to memory cannot fail.
        let _ = summary.write(self.output, &mut text);
        write(&text);
    }

    /// Whether `--check` was given and something is to review, or could not be judged.
    pub fn check_failed(&self) -> bool {
        self.check && self.reviews + self.reading.unjudged() > 0
    }
}
