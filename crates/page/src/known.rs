//! A cache of answers by the content of events. Most records of a large log differ only in their
//! time, and no verdict depends on the time, so texts are made once for each different event.

use std::collections::HashMap;

use crate::texts::{Texts, shown};
use crypt32_filter::{
    classify::{
        classify,
        related::{Related, related},
    },
    event::{Event, Field, Strings},
    policy::Policy,
    report::assessment::Assessment,
    time::Time,
    verdict::{Outcome, Verdict},
};

/// The maximum number of cached events, and the maximum length of a cache key in bytes.
const COUNT: usize = 1 << 14;
const LONGEST: usize = 8 << 10;

/// The answer about an event, without its time.
#[derive(Clone, Copy)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) related: Option<Related>,
    /// The text numbers of: computer, error or event, shape, message, finding.
    pub(super) texts: [u32; 5],
}

/// The answers, by the content of the events.
#[derive(Default)]
pub(super) struct Known {
    answers: HashMap<Box<[u8]>, Answer>,
    key: Vec<u8>,
}

impl Known {
    /// Returns the answer about an event, from the cache if possible.
    pub(super) fn answer(
        &mut self,
        event: &Event<'_>,
        carved: bool,
        policy: &Policy,
        texts: &mut Texts,
    ) -> Answer {
        // Fast path: most events are unrelated and all different, so a cache would not help.
        let verdict = classify(event, policy);
        let related = related(event);
        if verdict.outcome == Outcome::Unrelated && related.is_none() {
            return Answer { verdict, related, texts: [0; 5] };
        }
        key(event, carved, &mut self.key);
        // Only texts come from the cache: a key that lacks something must not change a verdict.
        if let Some(answer) = self.answers.get(self.key.as_slice())
            && (answer.verdict, answer.related) == (verdict, related)
        {
            return *answer;
        }
        let answer =
            Answer { verdict, related, texts: texts_of(event, carved, policy, &verdict, texts) };
        if self.key.len() <= LONGEST && self.answers.len() < COUNT {
            self.answers.insert(self.key.as_slice().into(), answer);
        }
        answer
    }
}

/// Writes the cache key: all values of an event, in an unambiguous encoding. For the time, the key
/// holds only whether it is valid.
fn key(event: &Event<'_>, carved: bool, out: &mut Vec<u8>) {
    out.clear();
    out.push(u8::from(carved));
    out.extend_from_slice(event.shape.as_bytes());
    for field in event.fields() {
        out.extend([0xFF, u8::from(field.repeated)]);
        if core::ptr::eq::<Field<'_>>(field, &raw const event.time) {
            let valid = |time: &str| Time::parse(time).is_some();
            out.push(u8::from(field.texts().all(valid)));
            out.push(u8::from(field.beside().all(|said| valid(&said.value))));
            continue;
        }
        for said in field.iter().chain(field.beside()) {
            out.extend([0xFE, said.kind as u8, said.scale as u8, said.place.part]);
            out.extend(said.place.row.to_le_bytes());
            text(&said.value, out);
        }
    }
    if let Some(unread) = &event.unread {
        out.push(0xFD);
        text(&unread.place, out);
        text(&unread.held, out);
    }
    out.extend([0xFF, u8::from(event.strings.repeated)]);
    let beside = event.strings.beside().map(|list| (1, list));
    for (beside, list) in event.strings.iter().map(|list| (0, list)).chain(beside) {
        out.extend([0xFE, beside, u8::from(list.extra), u8::from(list.repeated())]);
        // An absent string differs from an empty one. The third shows whether there are too many.
        for string in (0..3).map(|index| list.get(index)) {
            out.push(u8::from(string.is_some()));
            text(string.unwrap_or_default(), out);
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    out.extend((text.len() as u64).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn texts_of(
    event: &Event<'_>,
    carved: bool,
    policy: &Policy,
    verdict: &Verdict,
    texts: &mut Texts,
) -> [u32; 5] {
    let finding = Assessment { time: None, carved, ..Assessment::of(event, policy, None) };
    let what = match (&finding.related, verdict.error) {
        (Some(related), _) if verdict.outcome == Outcome::Unrelated => related.to_string(),
        (_, Some(error)) => error.symbol.to_owned(),
        (_, None) => "unknown".to_owned(),
    };
    [
        texts.add(event.computer().map_or("-", shown)),
        texts.add(&what),
        texts.add(event.shape),
        texts.add(shown(&message(event))),
        texts.add(&serde_json::to_string(&finding).unwrap_or_default()),
    ]
}

/// The message, or the insertion strings of an event without a message.
fn message(event: &Event<'_>) -> String {
    match event.message.first() {
        Some(message) => message.to_owned(),
        None => event.strings.iter().flat_map(Strings::iter).collect::<Vec<_>>().join(" | "),
    }
}
