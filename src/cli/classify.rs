//! `classify`: one JSON object an event.

use serde::Serialize;

use super::{
    args::{Classify as Args, Ended},
    events::{Events, Found},
    session::Write,
};
use crate::{finding::Finding, policy::Policy, time::DateOrder, verdict::Outcome};

/// `classify` at work.
pub struct Classifying {
    policy: Policy,
    candidates: bool,
    check: bool,
    order: Option<DateOrder>,
    events: Events,
    reviews: u64,
}

/// A line of output.
#[derive(Serialize)]
struct Row<'f> {
    record: u64,
    event: u64,
    #[serde(flatten)]
    finding: &'f Finding,
}

impl Classifying {
    pub fn new(args: &Args) -> Result<Self, Ended> {
        Ok(Self {
            policy: args.policy()?,
            candidates: args.candidates,
            check: args.check,
            order: args.date_order,
            events: Events::default(),
            reviews: 0,
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
        let Self { policy, candidates, order, events, reviews, .. } = self;
        let mut line = Vec::new();
        run(events, &mut |found| {
            let finding = Finding::of(found.said, policy, *order);
            *reviews += u64::from(finding.verdict == Outcome::Review);
            if *candidates && finding.verdict == Outcome::Unrelated {
                return;
            }
            let row = Row { record: found.record, event: found.event, finding: &finding };
            line.clear();
            if serde_json::to_writer(&mut line, &row).is_ok() {
                line.push(b'\n');
                write(&line);
            }
        });
    }

    pub fn warnings(&mut self) -> Vec<String> {
        Vec::new()
    }

    pub fn exit_code(&self) -> u8 {
        u8::from(self.check && self.reviews > 0)
    }
}
