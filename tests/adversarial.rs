//! Records made to pass as benign, and genuine records that look like them. In each row of the
//! table, `want` is the verdict, or `any-not-benign`; `reasons` are among the conditions that fail;
//! `kind` is the fault that the row shows. With `by`, only the filter's verdict counts. If
//! `required` is false, the contract leaves the verdict open, so it is printed but not checked.

mod filtered;
mod recorded;

use crypt32_filter::{
    engine::filter::Filter,
    policy::{Action, Policy},
    report::assessment,
    verdict::{Basis, Condition, Outcome},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    want: String,
    #[serde(default)]
    reasons: Vec<String>,
    #[serde(default)]
    by: String,
    #[serde(default)]
    kind: String,
    #[serde(default = "yes")]
    required: bool,
    payload: String,
}

fn yes() -> bool {
    true
}

/// The difference between the verdict about one record and the expected one.
fn by_answer(row: &Row) -> Option<String> {
    let answer = assessment::assess(row.payload.as_bytes(), &Policy::default()).record;
    let reasons: Vec<&str> =
        answer.reasons.iter().map(|reason| Condition::as_str(*reason)).collect();
    let right = match row.want.as_str() {
        "any-not-benign" => answer.verdict != Outcome::Benign,
        want => answer.verdict.as_str() == want,
    };
    let named = row.reasons.iter().all(|reason| reasons.contains(&reason.as_str()));
    (!right || !named).then(|| format!("{} {reasons:?}", answer.verdict))
}

/// The difference between the filter's output and the expected one, for a file with this record.
fn by_filter(row: &Row) -> Option<String> {
    let accept = [Basis::Listed, Basis::Sibling, Basis::Cause].into_iter().collect();
    let policy = Policy { action: Action::Drop, accept, ..Policy::default() };
    for end in ["", "\n"] {
        let bytes = format!("{}{end}", row.payload);
        let mut filter = Filter::new(policy.clone());
        let out = filtered::filtered(&mut filter, [bytes.as_bytes()]);
        let ledger = filter.ledger();
        let right = match row.want.as_str() {
            "benign" => ledger.benign == 1 && ledger.dropped + ledger.untagged == 1,
            "review" => ledger.benign == 0 && ledger.review == 1,
            _ => ledger.benign == 0 && out.len() >= bytes.len(),
        };
        if !right {
            let (benign, review, dropped) = (ledger.benign, ledger.review, ledger.dropped);
            return Some(format!("filter: {benign} benign, {review} review, {dropped} dropped"));
        }
    }
    None
}

#[test]
fn every_record_gets_its_verdict() {
    let rows = include_str!("fixtures/adversarial.jsonl").lines();
    let rows: Vec<Row> = rows.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(rows.len() > 180, "only {} rows", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        recorded::keep(&row.payload);
        let answer = if row.by == "filter" { None } else { by_answer(row) };
        for what in answer.into_iter().chain(by_filter(row)) {
            let Row { id, kind, want, .. } = row;
            let line = format!("{id} ({kind}): {what}, want {want} {:?}", row.reasons);
            if row.required {
                wrong.push(line);
            } else {
                println!("left open: {line}");
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}
