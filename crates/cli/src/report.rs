//! `report`: summarises the inputs by computer, error and hour.

use crate::{
    args::{Exit, Report as Args},
    reading::{Findings, Item, Reading},
    session::Write,
};
use crypt32_filter::{
    report::{
        Format, REVIEWS, Report, Review, Seen, Summary, View, assessment::Assessment, style::Style,
    },
    verdict::Outcome,
};

/// A run of `report`.
pub struct Reporting {
    /// The reader of the inputs.
    pub reading: Reading,
    report: Report,
    /// The name of the current input, if there are several.
    input: Option<String>,
    output: Format,
    view: View,
    check: bool,
    reviews: u64,
}

impl Reporting {
    pub fn new(args: &Args, style: Style) -> Result<Self, Exit> {
        let top = if args.top == 0 { usize::MAX } else { args.top };
        let view = View { style, top, hours: args.hours };
        let findings = Findings::Reviews(top.max(REVIEWS));
        let reading = Reading::of(args.policy()?, &args.reading, findings);
        Ok(Self { check: args.check, view, ..Self::of(reading, args.output) })
    }

    /// Creates a report on the inputs of `reading`.
    pub fn of(reading: Reading, output: Format) -> Self {
        let report = Report::default();
        let view = View::default();
        let reading = reading.skip_unrelated();
        Self { reading, report, input: None, output, view, check: false, reviews: 0 }
    }

    /// Begins one of several inputs, with its name.
    pub fn begin_input(&mut self, name: &str) {
        self.input = Some(name.to_owned());
    }

    /// Ends an input, and returns the notes about it, with its name if there are several inputs.
    pub fn end_input(&mut self) -> Vec<String> {
        self.reading.end_input();
        let named = |note| match &self.input {
            Some(input) => format!("{input}: {note}"),
            None => note,
        };
        self.reading.notes().into_iter().map(named).collect()
    }

    /// Counts the pending events, and the unjudged places of an input that has ended.
    pub fn flush(&mut self) {
        for similar in self.reading.take_unjudged() {
            self.report.leave_unjudged(self.input.as_deref(), &similar);
        }
        self.report.pass(self.reading.take_skipped());
        for item in self.reading.take() {
            if item.verdict.outcome == Outcome::Review {
                self.reviews += item.count();
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
            let count = item.count();
            if let Some(review) = review(item, self.input.as_deref()) {
                self.report.name_reviews((0..count).map(|_| review.clone()));
            }
        }
    }

    /// The report on all inputs.
    pub fn summary(&mut self) -> Summary {
        core::mem::take(&mut self.report).finish()
    }

    /// Writes the report on all inputs.
    pub fn finish(&mut self, write: Write<'_>) {
        let summary = self.summary();
        let mut text = Vec::new();
        // Writing to memory cannot fail.
        let _ = summary.write(self.output, self.view, &mut text);
        write(&text);
    }

    /// Whether `--check` was given, and a record needs review or could not be judged.
    pub fn check_failed(&self) -> bool {
        self.check && self.reviews + self.reading.unjudged() > 0
    }
}

/// The entry for the list of records to review, if this event has an assessment.
fn review(item: Item, input: Option<&str>) -> Option<Review> {
    let Item { place, moment, finding: Some(finding), .. } = item else { return None };
    let finding = Assessment { time: moment, ..finding };
    Some(Review::of(finding, place, input.map(str::to_owned)))
}
