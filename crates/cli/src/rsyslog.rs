//! `--reply rsyslog`: answers rsyslog's module `mmexternal`, instead of writing records.
//!
//! rsyslog sends each message as a JSON object on one line (`interface.input="fulljson"`), and its
//! queue waits until exactly one line comes back, with the variables to set. The record is `rawmsg`,
//! the message as it was received, which may contain line ends.
//!
//! Source: `plugins/mmexternal/mmexternal.c` of rsyslog 8.2302.

use std::borrow::Cow;

use serde::Deserialize;

use crate::session::Write;
use crypt32_filter::{
    article,
    engine::{
        decide::{Context, Decision, Engine, Unread},
        ledger::Ledger,
        unjudged::Unjudged,
    },
    policy::Policy,
    record::without_line_end,
};

/// A line is at most this many times as long as a record may be. It has the record twice, and an
/// escape has six characters.
const EXPANSION: usize = 16;

/// Decides about messages of rsyslog.
#[derive(Default)]
pub struct Replies {
    engine: Engine,
    ledger: Ledger,
    unjudged: Unjudged,
    /// The unfinished line.
    held: Vec<u8>,
    /// The unfinished line is too long, so it is not kept.
    oversized: bool,
    messages: u64,
    /// Lines that are not messages of rsyslog.
    foreign: u64,
}

/// The members of a message that the filter needs.
#[derive(Deserialize)]
struct Message<'m> {
    #[serde(borrow)]
    rawmsg: Cow<'m, str>,
}

impl Replies {
    /// Creates the state for this policy.
    pub fn new(policy: Policy) -> Self {
        Self { engine: Engine::new(policy), ..Self::default() }
    }

    /// Reads a chunk, and replies to each complete line.
    pub fn push(&mut self, chunk: &[u8], write: Write<'_>) {
        let longest = self.engine.policy().max_record.saturating_mul(EXPANSION);
        for part in chunk.split_inclusive(|&byte| byte == b'\n') {
            self.oversized |= self.held.len() + part.len() > longest;
            if self.oversized {
                self.held.clear();
            } else {
                self.held.extend_from_slice(part);
            }
            if part.ends_with(b"\n") {
                let line = core::mem::take(&mut self.held);
                write(self.reply(&line).as_bytes());
                self.held = line;
                self.held.clear();
                self.oversized = false;
            }
        }
    }

    /// The reply to a line. It sets every variable, so that no value from a sender is left.
    fn reply(&mut self, line: &[u8]) -> String {
        self.messages += 1;
        let Ok(Message { rawmsg }) = serde_json::from_slice(line) else {
            self.foreign += 1;
            self.ledger.count_passed(1, line.len() as u64);
            return variables("pass", "", "", "");
        };
        let record = without_line_end(rawmsg.as_bytes());
        self.ledger.take_in(record.len());
        let judgement = self.engine.decide(record, Context::default(), &mut self.ledger);
        if judgement.unread.is_some_and(|unread| unread != Unread::NoMention) {
            self.unjudged.note_record(self.messages, record, None);
        }
        let action = if judgement.decision == Decision::Drop { "drop" } else { "pass" };
        if judgement.decision != Decision::Drop {
            self.ledger.give_out(record.len());
        }
        if judgement.decision == Decision::Tag {
            // The message itself gets no tag.
            self.ledger.take_tag_back(judgement.edits.len());
        }
        let Some(marks) = judgement.marks else { return variables(action, "", "", "") };
        let basis = marks.basis.map_or("", |basis| basis.as_str());
        variables(action, marks.verdict.as_str(), article::ID, basis)
    }

    /// The ledger so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The messages that mention the event and could not be judged, by their number.
    pub fn unjudged(&self) -> &Unjudged {
        &self.unjudged
    }

    /// The warning about the input so far, if any.
    pub fn warning(&self) -> Option<String> {
        (self.foreign > 0).then(|| {
            format!(
                "{} of {} lines are not rsyslog messages and were not judged; set \
                 interface.input=\"fulljson\"",
                self.foreign, self.messages
            )
        })
    }
}

/// A reply. No word in it needs an escape.
fn variables(action: &str, verdict: &str, id: &str, basis: &str) -> String {
    format!(
        "{{\"$!\":{{\"kb_action\":\"{action}\",\"kb_verdict\":\"{verdict}\",\"kb_id\":\"{id}\",\
         \"kb_basis\":\"{basis}\"}}}}\n"
    )
}
