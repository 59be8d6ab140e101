//! `classify`: one JSON object per event.

use crate::{
    args::{Classify as Args, Exit, Selection},
    reading::{Findings, Item, Reading},
    session::Write,
};
use crypt32_filter::{
    json::{write_number, write_string},
    report::{Place, assessment::Assessment, escape},
    verdict::Outcome,
};

/// A run of `classify`.
pub struct Classifying {
    pub reading: Reading,
    selection: Selection,
    /// The number of events that may still be printed.
    left: u64,
    check: bool,
    reviews: u64,
    lines: Lines,
}

/// The output lines. A megabyte can contain half a million small, equal records, so the finding is
/// formatted again only if it differs from the last one.
#[derive(Default)]
struct Lines {
    line: String,
    /// The member with the name of the input, if there are several inputs.
    input: String,
    last: Option<Assessment>,
    /// The last finding, as JSON.
    written: String,
}

impl Lines {
    /// The line of an event.
    fn line(&mut self, item: &Item, event: u64) -> Option<&str> {
        if self.last != item.finding {
            let json = serde_json::to_string(item.finding.as_ref()?).ok()?;
            self.written = escape::json(&json).into_owned();
            self.last.clone_from(&item.finding);
        }
        let place = match item.place {
            Place::Line(line) => (",\"line\":", line),
            Place::Offset(offset) => (",\"offset\":", offset),
        };
        self.line.clear();
        self.line.push('{');
        self.line.push_str(&self.input);
        for (name, value) in [("\"record\":", item.record), (",\"event\":", event), place] {
            self.line.push_str(name);
            write_number(&mut self.line, value);
        }
        self.line.push(',');
        self.line.push_str(self.written.strip_prefix('{')?);
        self.line.push('\n');
        Some(&self.line)
    }
}

impl Classifying {
    pub fn new(args: &Args) -> Result<Self, Exit> {
        let reading = Reading::of(args.policy()?, &args.reading, Findings::All);
        let mut selection = args.selection.clone();
        if args.candidates {
            let only = selection.only.get_or_insert_with(|| vec![Outcome::Benign, Outcome::Review]);
            only.retain(|outcome| *outcome != Outcome::Unrelated);
        }
        Ok(Self { check: args.check, ..Self::of(reading, selection) })
    }

    /// Classifies the events of `reading` that `selection` includes.
    pub fn of(reading: Reading, selection: Selection) -> Self {
        let unrelated =
            selection.only.as_ref().is_none_or(|only| only.contains(&Outcome::Unrelated));
        let reading = if unrelated { reading } else { reading.skip_unrelated() };
        Self {
            reading,
            left: selection.limit.unwrap_or(u64::MAX),
            selection,
            check: false,
            reviews: 0,
            lines: Lines::default(),
        }
    }

    /// Begins one of several inputs, with its name. Control characters are escaped, as in messages.
    pub fn begin_input(&mut self, name: &str) {
        self.lines.input.clear();
        self.lines.input.push_str("\"input\":");
        write_string(&mut self.lines.input, &escape::visible(name));
        self.lines.input.push(',');
    }

    /// Writes the pending events.
    pub fn flush(&mut self, write: Write<'_>) {
        for item in self.reading.take() {
            let outcome = item.verdict.outcome;
            if outcome == Outcome::Review {
                self.reviews += item.count();
            }
            if !self.selection.includes(outcome, item.place) {
                continue;
            }
            for event in item.events() {
                if self.left == 0 {
                    break;
                }
                self.left -= 1;
                if let Some(line) = self.lines.line(&item, event) {
                    write(line.as_bytes());
                }
            }
        }
    }

    pub fn check_failed(&self) -> bool {
        self.check && self.reviews + self.reading.unjudged() > 0
    }
}
