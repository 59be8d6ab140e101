//! `explain`: the verdict about each event, for a person.

use crate::{
    args::{Ended, Explain as Args},
    reading::Reading,
    session::Write,
};
use crypt32_filter::explain::{Style, card};

/// `explain` at work.
pub struct Explaining {
    pub reading: Reading,
    style: Style,
    cards: u64,
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
        })
    }

    /// Writes the cards of what was read.
    pub fn flush(&mut self, write: Write<'_>) {
        for item in self.reading.take() {
            let Some(finding) = &item.finding else { continue };
            let rule = if self.cards > 0 { "\n" } else { "" };
            self.cards += 1;
            let card = card(finding, self.style);
            write(format!("{rule}{}, event {}: {card}", item.place, item.event).as_bytes());
        }
    }

    /// Says so where there was nothing to explain: a person waits for an answer.
    pub fn finish(&mut self, write: Write<'_>) {
        if self.cards == 0 {
            write(b"Nothing to explain: no record was recognised.\n");
        }
    }
}
