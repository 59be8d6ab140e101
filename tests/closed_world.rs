//! The closed-world rule (design 3.1) over everything: the filter's answers against the second
//! implementation's, which is written from the rule alone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracle;

use std::collections::BTreeMap;

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    reader,
    verdict::{Outcome, Verdict},
};
use oracle::{
    closed,
    dice::Dice,
    everything::{self, Case},
};

/// The second implementation gives the golden cases, samples and made-up records the verdicts that they
/// are known to deserve.
#[test]
fn the_oracle_itself_is_right() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    for known in closed::known() {
        let opinion = closed::opinion(known.record.as_bytes(), &known.policy);
        let Some(opinion) = opinion else { continue };
        judged += 1;
        let right = match known.want.as_str() {
            "any-not-benign" => opinion.outcome != Outcome::Benign,
            want => opinion.outcome.as_str() == want,
        };
        if !right {
            wrong
                .push(format!("{}: {opinion:?}, want {} {}", known.name, known.want, known.record));
        }
    }
    println!("{judged} judged");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

/// The filter's verdict about a record.
fn filter(record: &str) -> Outcome {
    let mut whole: Option<Verdict> = None;
    reader::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, &Policy::default());
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
    });
    whole.map_or(Outcome::Unrelated, |verdict| verdict.outcome)
}

/// What two implementations do not agree on, by kind, each with its smallest record.
#[derive(Default)]
struct Differences(BTreeMap<String, (usize, String, String)>);

impl Differences {
    fn add(&mut self, kind: String, made: &str, record: &str) {
        let row = self.0.entry(kind).or_insert_with(|| (0, made.to_owned(), record.to_owned()));
        row.0 += 1;
        if record.len() < row.2.len() {
            (row.1, row.2) = (made.to_owned(), record.to_owned());
        }
    }
}

/// One case of `CLOSED_WORLD` is tried; all of them where it is 1.
struct Trial {
    share: u64,
    number: u64,
    tried: u64,
    differences: Differences,
}

impl Trial {
    fn case(&mut self, case: &Case) {
        self.number += 1;
        // Which ones are tried must not follow the generator's loops.
        if Dice(self.number).roll() % self.share != 0 {
            return;
        }
        self.tried += 1;
        let is = filter(case.record);
        let opinion = closed::opinion(case.record.as_bytes(), &Policy::default());
        let benign = is == Outcome::Benign;
        let rule = |opinion: &closed::Opinion| {
            let first = opinion.unread.first().map(String::as_str);
            let first = first.or(opinion.reasons.first().copied()).unwrap_or_default();
            format!("{} ({first})", opinion.outcome)
        };
        if case.never && benign {
            let want = opinion.as_ref().map(rule);
            self.differences.add(
                format!("{}: never benign; oracle {want:?}", case.kind),
                case.made,
                case.record,
            );
        } else if let Some(opinion) = opinion
            && (opinion.outcome == Outcome::Benign) != benign
        {
            let kind = format!("{}: filter {is}, oracle {}", case.kind, rule(&opinion));
            self.differences.add(kind, case.made, case.record);
        } else if case.kind == "word" && benign {
            self.differences.add(format!("word: {}", case.made), case.made, case.record);
        }
    }
}

#[test]
fn the_filter_agrees_about_everything() {
    let share = std::env::var("CLOSED_WORLD").ok().and_then(|n| n.parse().ok()).unwrap_or(500);
    let mut trial = Trial { share, number: 0, tried: 0, differences: Differences::default() };
    let bases = everything::bases();
    println!(
        "bases: {} json, {} xml, {} text",
        bases.json.len(),
        bases.xml.len(),
        bases.text.len()
    );
    for (_, base) in &bases.json {
        everything::members(base, &mut |case| trial.case(case));
    }
    let count = trial.number;
    for (_, base) in &bases.json {
        everything::parts(base, &mut |case| trial.case(case));
    }
    let parts = trial.number - count;
    for (_, base) in bases.json.iter().take(4) {
        for envelope in everything::envelopes(base) {
            everything::parts(&envelope, &mut |case| trial.case(case));
        }
    }
    for (_, base) in &bases.xml {
        everything::xml(base, &mut |case| trial.case(case));
    }
    for (_, base) in &bases.text {
        everything::words(base, &mut |case| trial.case(case));
    }
    println!("{} members, {parts} parts, {} cases, {} tried", count, trial.number, trial.tried);
    let mut lines = String::new();
    for (kind, (count, made, record)) in &trial.differences.0 {
        lines += &format!("{count} x {kind}\n    {made}\n    {record}\n");
    }
    let kinds = trial.differences.0.len();
    assert!(kinds == 0, "{kinds} kinds of differences\n{lines}");
}
