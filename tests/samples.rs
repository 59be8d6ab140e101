//! Every sample record gets its known verdict.

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    record,
    verdict::{Condition, Outcome, Verdict},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Sample {
    id: String,
    want: String,
    #[serde(default)]
    reasons: Vec<String>,
    required: bool,
    payload: String,
}

/// The verdict about a whole record, and the shape of its first event.
fn verdict(record: &str) -> (Verdict, String) {
    let mut whole: Option<Verdict> = None;
    let mut shape = String::new();
    record::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, &Policy::default());
        if let Some(whole) = &mut whole {
            whole.merge(&verdict)
        } else {
            shape = event.shape.to_owned();
            whole = Some(verdict);
        }
    });
    (whole.unwrap_or(Verdict::UNRELATED), shape)
}

#[test]
fn samples_get_their_verdict() {
    let mut wrong = Vec::new();
    let samples = include_str!("fixtures/records.jsonl");
    for line in samples.lines() {
        let sample: Sample = serde_json::from_str(line).unwrap();
        let (verdict, shape) = verdict(&sample.payload);
        let reasons: Vec<&str> = verdict.reasons().map(Condition::as_str).collect();
        let right = verdict.outcome.as_str() == sample.want
            && sample.reasons.iter().all(|reason| reasons.contains(&reason.as_str()));
        if !right {
            let Sample { id, want, required, .. } = sample;
            wrong.push(format!(
                "{id} ({shape}): {} {reasons:?}, want {want}; required {required}",
                verdict.outcome
            ));
        } else if verdict.outcome != Outcome::Unrelated {
            println!("{} ({shape}): {}", sample.id, sample.want);
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
