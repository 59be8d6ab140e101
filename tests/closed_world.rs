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
    everything::{self, Case, Visit},
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
        let same = known.reasons.as_ref().is_none_or(|reasons| *reasons == opinion.reasons);
        if !right || !same {
            let (want, reasons) = (&known.want, &known.reasons);
            wrong.push(format!(
                "{}: {opinion:?}, want {want} {reasons:?}: {}",
                known.name, known.record
            ));
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

/// What the two do not agree on: by kind, the number, and the smallest records of some places.
#[derive(Default)]
struct Differences(BTreeMap<String, (usize, BTreeMap<String, (String, String)>)>);

impl Differences {
    fn add(&mut self, kind: String, place: String, case: &Case) {
        let (count, places) = self.0.entry(kind).or_default();
        *count += 1;
        let new = || (case.made.to_owned(), case.record.to_owned());
        let smallest = places.entry(place).or_insert_with(new);
        if case.record.len() < smallest.1.len() {
            *smallest = new();
        }
    }

    fn show(&self) -> String {
        let mut out = String::new();
        for (kind, (count, places)) in &self.0 {
            out += &format!("\n{count} x {kind} ({} places)\n", places.len());
            let mut places: Vec<_> = places.iter().collect();
            places.sort_by_key(|(_, (_, record))| record.len());
            for (place, (made, record)) in places.iter().take(12) {
                out += &format!("    {place}: {made}\n        {record}\n");
            }
        }
        out
    }
}

/// Tries one case of so many.
struct Trial {
    share: u64,
    number: u64,
    tried: u64,
    benign: u64,
    differences: Differences,
}

impl Visit for Trial {
    fn wants(&mut self) -> bool {
        self.number += 1;
        // Which ones are tried must not follow the generator's loops.
        Dice(self.number).roll().is_multiple_of(self.share)
    }

    fn case(&mut self, case: &Case) {
        self.tried += 1;
        let is = filter(case.record);
        let benign = is == Outcome::Benign;
        self.benign += u64::from(benign);
        let opinion = closed::opinion(case.record.as_bytes(), &Policy::default());
        if opinion.is_none() && !(case.never && benign) {
            return;
        }
        let (want, rule) = opinion.map_or((None, String::new()), |opinion| {
            let rule = opinion.unread.into_iter().next();
            let reasons = opinion.reasons.join(" ");
            (Some(opinion.outcome), rule.unwrap_or(reasons))
        });
        let differs = want.is_some_and(|want| (want == Outcome::Benign) != benign);
        if differs || case.never && benign {
            let (rule, place) = rule.split_once(": ").unwrap_or((&rule, ""));
            let never = if case.never { ", never benign" } else { "" };
            let want = want.map_or("nothing".to_owned(), |want| want.to_string());
            let kind = format!("{}: filter {is}, oracle {want} by {rule}{never}", case.kind);
            let place = if place.is_empty() { case.made } else { place };
            self.differences.add(kind, place.to_owned(), case);
        }
    }
}

/// One case of as many as `CLOSED_WORLD` says: all of them where it is 1.
#[test]
fn the_filter_agrees_about_everything() {
    let share = std::env::var("CLOSED_WORLD").ok().and_then(|n| n.parse().ok()).unwrap_or(300);
    let differences = Differences::default();
    let mut trial = Trial { share, number: 0, tried: 0, benign: 0, differences };
    let bases = everything::bases();
    let (json, xml, text) = (&bases.json, &bases.xml, &bases.text);
    println!("bases: {} JSON, {} XML, {} text", json.len(), xml.len(), text.len());
    let mut total = 0;
    let mut count = |what: &str, trial: &Trial| {
        println!("{what}: {} cases", trial.number - total);
        total = trial.number;
    };
    json.iter().for_each(|(_, base)| everything::members(base, &mut trial));
    count("names, values and places", &trial);
    json.iter().for_each(|(_, base)| everything::parts(base, &mut trial));
    count("parts of records", &trial);
    for (_, base) in json.iter().step_by(json.len() / 5) {
        let envelopes = everything::envelopes(base);
        envelopes.iter().for_each(|envelope| everything::parts(envelope, &mut trial));
    }
    count("parts of envelopes", &trial);
    xml.iter().for_each(|(_, base)| everything::xml(base, &mut trial));
    count("places in XML", &trial);
    text.iter().for_each(|(_, base)| everything::words(base, &mut trial));
    count("places in text", &trial);
    println!("{} cases, {} tried, {} benign", trial.number, trial.tried, trial.benign);
    assert!(trial.tried > 1000 && trial.benign > 100, "{} tried", trial.tried);
    let kinds = trial.differences.0.len();
    assert!(kinds == 0, "{kinds} kinds of differences\n{}", trial.differences.show());
}
