//! `explain`: the verdict about each event, for a person.

use crate::{
    args::{Exit, Explain as Args, Selection},
    reading::{Findings, Item, Reading},
    session::Write,
};
use crypt32_filter::{
    json::write_number,
    report::{
        assessment::Assessment,
        explain::write_card,
        style::{Style, counted},
    },
    verdict::Outcome,
};

/// A run of `explain`.
pub struct Explaining {
    pub reading: Reading,
    style: Style,
    selection: Selection,
    /// The number of events that may still be explained.
    left: u64,
    cards: u64,
    /// The buffer of a card, which is reused.
    card: String,
    /// The first event of each kind without the verdict `review`, and the number of events of that
    /// kind.
    alike: Vec<(Item, u64)>,
}

impl Explaining {
    pub fn new(args: &Args, style: Style) -> Result<Self, Exit> {
        Ok(Self {
            reading: Reading::of(args.policy()?, &args.reading, Findings::All),
            style,
            left: args.selection.limit.unwrap_or(u64::MAX),
            selection: args.selection.clone(),
            cards: 0,
            card: String::new(),
            alike: Vec::new(),
        })
    }

    /// Writes the cards of the pending events. Events of one kind without the verdict `review` are
    /// only counted, and their first one is kept as an example.
    pub fn flush(&mut self, write: Write<'_>) {
        for item in self.reading.take() {
            let outcome = item.verdict.outcome;
            if !self.selection.includes(outcome, item.place) {
                continue;
            }
            let count = item.count();
            let Selection { only, line, .. } = &self.selection;
            if outcome == Outcome::Review || only.is_some() || line.is_some() {
                for event in item.events() {
                    self.write(&item, event, 1, write);
                }
            } else if let Some((_, all)) =
                self.alike.iter_mut().find(|(known, _)| kind(known) == kind(&item))
            {
                *all += count;
            } else {
                self.alike.push((item, count));
            }
        }
    }

    fn write(&mut self, item: &Item, event: u64, alike: u64, write: Write<'_>) {
        let Some(finding) = item.finding.as_ref().filter(|_| self.left > 0) else { return };
        self.left -= 1;
        let card = &mut self.card;
        card.clear();
        card.push_str(if self.cards > 0 { "\n" } else { "" });
        self.cards += 1;
        if alike > 1 {
            card.push_str(&counted(alike, "event", "events"));
            card.push_str(" of the same kind; the first is:\n");
        }
        for (text, number) in [item.place.parts(), (", event ", event)] {
            card.push_str(text);
            write_number(card, number);
        }
        card.push_str(": ");
        write_card(card, finding, self.style);
        write(card.as_bytes());
    }

    /// Writes the examples. If there was nothing to explain, writes a sentence that says so.
    pub fn finish(&mut self, write: Write<'_>) {
        for (item, count) in core::mem::take(&mut self.alike) {
            self.write(&item, item.event, count, write);
        }
        if self.cards == 0 {
            let which = match (self.selection.line, &self.selection.only) {
                (Some(line), _) => format!(" on line {line}"),
                (None, Some(_)) => " with such a verdict".to_owned(),
                (None, None) => String::new(),
            };
            write(format!("Nothing to explain: no record was recognised{which}.\n").as_bytes());
        }
    }
}

/// The key of a kind: events with equal keys are of one kind.
fn kind(item: &Item) -> impl PartialEq + use<> {
    let error = item.finding.as_ref().and_then(|finding: &Assessment| finding.error);
    (item.verdict.outcome, item.verdict.basis, error, item.related, item.carved)
}
