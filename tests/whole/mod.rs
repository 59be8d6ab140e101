//! The filter's verdict about a whole record with all its events.

use crypt32_filter::{classify::classify, policy::Policy, record, verdict::Verdict};

pub fn verdict(record: &str) -> Verdict {
    let mut whole: Option<Verdict> = None;
    record::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, &Policy::default());
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
    });
    whole.unwrap_or(Verdict::UNRELATED)
}
