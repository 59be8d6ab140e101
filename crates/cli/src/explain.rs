//! `explain`: the verdict about each event, for a person.

use crate::{
    args::{Ended, Explain as Args},
    reading::{Place, Reading},
    session::Write,
};
use crypt32_filter::{
    explain::{Style, write_card},
    json::write_number,
};

/// `explain` at work.
pub struct Explaining {
    pub reading: Reading,
    style: Style,
    cards: u64,
    /// The last card, so that its memory is used again.
    card: String,
}

impl Explaining {
    pub fn new(args: &Args, color: bool) -> Result<Self, Ended> {
        Ok(Self {
            reading: Reading::new(
                args.policy()?,
                args.reading.format,
                args.reading.date_order,
                true,
            ),
            style: Style { color },
            cards: 0,
            card: String::new(),
        })
    }

    /// Writes the cards of what was read.
    pub fn flush(&mut self, write: Write<'_>) {
        for item in self.reading.take() {
            let Some(finding) = &item.finding else { continue };
            for event in item.events() {
                let rule = if self.cards > 0 { "\n" } else { "" };
                self.cards += 1;
                self.card.clear();
                self.card.push_str(rule);
                let (word, place) = match item.place {
                    Place::Line(line) => ("Line ", line),
                    Place::Offset(offset) => ("Offset ", offset),
                };
                for (text, number) in [(word, place), (", event ", event)] {
                    self.card.push_str(text);
                    write_number(&mut self.card, number);
                }
                self.card.push_str(": ");
                write_card(&mut self.card, finding, self.style);
                write(self.card.as_bytes());
            }
        }
    }

    /// Says so where there was nothing to explain: a person waits for an answer.
    pub fn finish(&mut self, write: Write<'_>) {
        if self.cards == 0 {
            write(b"Nothing to explain: no record was recognised.\n");
        }
    }
}
