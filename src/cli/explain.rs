//! `explain`: the verdict about each event, for a person.

use super::{
    args::{Ended, Explain as Args},
    events::{Events, Found},
    session::Write,
};
use crate::{
    explain::{Style, card},
    finding::Finding,
    policy::Policy,
    time::DateOrder,
};

/// `explain` at work.
pub struct Explaining {
    policy: Policy,
    order: Option<DateOrder>,
    style: Style,
    events: Events,
    cards: u64,
}

impl Explaining {
    pub fn new(args: &Args, color: bool) -> Result<Self, Ended> {
        Ok(Self {
            policy: args.policy()?,
            order: args.date_order,
            style: Style { color },
            events: Events::default(),
            cards: 0,
        })
    }

    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        self.each(write, |events, found| events.push(chunk, found));
    }

    pub fn end_input(&mut self, write: Write<'_>) {
        self.each(write, Events::finish);
        self.events = Events::default();
    }

    fn each(
        &mut self,
        write: Write<'_>,
        run: impl FnOnce(&mut Events, &mut dyn FnMut(&Found<'_>)),
    ) {
        let Self { policy, order, style, events, cards } = self;
        run(events, &mut |found| {
            let finding = Finding::of(found.said, policy, *order);
            let rule = if *cards > 0 { "\n" } else { "" };
            *cards += 1;
            let head = format!("{rule}Record {}, event {}: ", found.record, found.event);
            write((head + &card(&finding, *style)).as_bytes());
        });
    }

    pub fn warnings(&mut self) -> Vec<String> {
        Vec::new()
    }
}
