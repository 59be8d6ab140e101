//! `--reply rsyslog`: answers rsyslog's module `mmexternal`, instead of writing records.
//!
//! rsyslog sends each message as a JSON object on one line (`interface.input="fulljson"`), and its
//! queue waits until exactly one line comes back, with the variables to set. The record is `rawmsg`,
//! the message as it was received, which may contain line ends.
//!
//! rsyslog also writes the text behind the header (`msg`) and the variables that earlier actions set
//! (`$!`), which the next actions may store in place of the record. Both must agree with it.
//!
//! Source: `plugins/mmexternal/mmexternal.c` of rsyslog 8.2302.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::session::Write;
use crypt32_filter::{
    article,
    engine::{
        decide::{Context, Decision, Engine},
        ledger::Ledger,
        unjudged::Unjudged,
    },
    json::write_string,
    policy::Policy,
    prefilter,
    record::without_line_end,
};

/// A line is at most this many times as long as a record may be. It has the record twice, and an
/// escape has six characters.
const EXPANSION: usize = 16;

/// A message has at most this many members. rsyslog writes 19.
const MOST_MEMBERS: usize = 64;

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

/// The members of a message that the filter needs. No member may occur twice.
struct Message<'m> {
    rawmsg: Cow<'m, str>,
    msg: Cow<'m, str>,
    variables: &'m str,
}

/// A name or a text. It is borrowed if it has no escapes.
#[derive(Deserialize)]
struct Text<'m>(#[serde(borrow)] Cow<'m, str>);

impl<'m> Deserialize<'m> for Message<'m> {
    fn deserialize<D: Deserializer<'m>>(members: D) -> Result<Self, D::Error> {
        members.deserialize_map(Members)
    }
}

struct Members;

impl<'m> Visitor<'m> for Members {
    type Value = Message<'m>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message of rsyslog")
    }

    fn visit_map<A: MapAccess<'m>>(self, mut map: A) -> Result<Message<'m>, A::Error> {
        let (mut names, mut rawmsg) = (Vec::new(), None);
        let (mut msg, mut variables) = (Cow::Borrowed(""), "");
        while let Some(Text(name)) = map.next_key()? {
            match &*name {
                "rawmsg" => rawmsg = Some(map.next_value::<Text>()?.0),
                "msg" => msg = map.next_value::<Text>()?.0,
                "$!" => variables = map.next_value::<&RawValue>()?.get(),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            if names.len() == MOST_MEMBERS || names.contains(&name) {
                return Err(A::Error::custom("a member occurs twice, or there are too many"));
            }
            names.push(name);
        }
        let rawmsg = rawmsg.ok_or_else(|| A::Error::missing_field("rawmsg"))?;
        Ok(Message { rawmsg, msg, variables })
    }
}

impl<'m> Message<'m> {
    /// The record to judge. If the other members may say something else, it is an envelope of all,
    /// which is benign only if they agree.
    fn record(self) -> Cow<'m, str> {
        let Self { rawmsg, msg, variables } = self;
        let agrees = rawmsg.trim_end().ends_with(msg.trim_end());
        let inner = variables.trim_start_matches('{').trim_start();
        let says = !matches!(inner, "" | "null" | "}");
        // Most messages do not mention the event.
        if (agrees && !says) || prefilter::find(rawmsg.as_bytes(), 0).is_none() {
            return rawmsg;
        }
        let mut envelope = String::from("{\"body\":");
        write_string(&mut envelope, &rawmsg);
        if !agrees {
            envelope.push_str(",\"message\":");
            write_string(&mut envelope, &msg);
        }
        if says {
            envelope.push(',');
            envelope.push_str(inner);
        } else {
            envelope.push('}');
        }
        Cow::Owned(envelope)
    }
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
        let Ok(message) = serde_json::from_slice::<Message<'_>>(line) else {
            self.foreign += 1;
            self.ledger.count_passed(1, line.len() as u64);
            return variables("pass", "", "", "");
        };
        let record = message.record();
        let record = without_line_end(record.as_bytes());
        self.ledger.take_in(record.len());
        let judgement = self.engine.decide_accounting(record, Context::default(), &mut self.ledger);
        if judgement.unjudged {
            self.unjudged.add(self.messages, record);
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
