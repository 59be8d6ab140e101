//! The closed-world rule (`docs/verdict.md#integrity`) for all inputs: compares the filter's
//! verdicts with those of a second implementation, which is written only from the rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// Another test uses the other parts.
#[allow(dead_code)]
mod oracle;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use crypt32_filter::{
    classify::classify,
    policy::Policy,
    record,
    verdict::{Outcome, Verdict},
};
use oracle::{
    closed,
    dice::Dice,
    everything::{self, Bases, Case, Visit},
};

/// The second implementation gives the golden cases, samples and generated records their known
/// verdicts.
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
    record::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, &Policy::default());
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
    });
    whole.map_or(Outcome::Unrelated, |verdict| verdict.outcome)
}

/// For each place, how the smallest record was generated, and the record.
type Places = BTreeMap<String, (String, String)>;

/// The differences between both implementations, by kind.
#[derive(Default)]
struct Differences(BTreeMap<String, (usize, Places)>);

impl Differences {
    fn add(&mut self, kind: String, count: usize, places: Places) {
        let known = self.0.entry(kind).or_default();
        known.0 += count;
        for (place, new) in places {
            let smallest = known.1.entry(place).or_insert_with(|| new.clone());
            if new.1.len() < smallest.1.len() {
                *smallest = new;
            }
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

/// Runs one case of a number of cases.
#[derive(Default)]
struct Trial {
    share: u64,
    /// The number of the job. Each job has its own random numbers, so threads change nothing.
    job: u64,
    number: u64,
    tried: u64,
    benign: u64,
    differences: Differences,
}

impl Trial {
    fn add(&mut self, other: Self) {
        self.number += other.number;
        self.tried += other.tried;
        self.benign += other.benign;
        for (kind, (count, places)) in other.differences.0 {
            self.differences.add(kind, count, places);
        }
    }
}

impl Visit for Trial {
    fn wants(&mut self) -> bool {
        self.number += 1;
        // The choice must not follow the loops of the generator.
        Dice(self.job << 32 | self.number).roll().is_multiple_of(self.share)
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
            let record = (case.made.to_owned(), case.record.to_owned());
            self.differences.add(kind, 1, Places::from([(place.to_owned(), record)]));
        }
    }
}

/// The cases of one kind.
type Job<'b> = (&'static str, Box<dyn Fn(&mut Trial) + Sync + 'b>);

fn jobs(bases: &Bases) -> Vec<Job<'_>> {
    let mut jobs: Vec<Job> = Vec::new();
    for (_, base) in &bases.json {
        jobs.push(("names", Box::new(|trial| everything::members(base, trial))));
        jobs.push(("signs of other shapes", Box::new(|trial| everything::switches(base, trial))));
        jobs.push(("parts of records", Box::new(|trial| everything::parts(base, trial))));
    }
    for (_, base) in bases.json.iter().step_by(bases.json.len() / 5) {
        for envelope in everything::envelopes(base) {
            let parts = move |trial: &mut Trial| everything::parts(&envelope, trial);
            jobs.push(("parts of envelopes", Box::new(parts)));
        }
    }
    for (_, base) in &bases.xml {
        jobs.push(("places in XML", Box::new(|trial| everything::xml(base, trial))));
    }
    for (_, base) in &bases.csv {
        jobs.push(("columns", Box::new(|trial| everything::columns(base, trial))));
    }
    for (_, base) in &bases.text {
        jobs.push(("places in text", Box::new(|trial| everything::words(base, trial))));
        jobs.push(("pairs in text", Box::new(|trial| everything::pairs(base, trial))));
    }
    jobs
}

/// Runs one of `CLOSED_WORLD` cases; all of them if it is 1.
#[test]
fn the_filter_agrees_about_everything() {
    let share = std::env::var("CLOSED_WORLD").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let bases = everything::bases();
    let jobs = jobs(&bases);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::<&str, Trial>::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    let Some((kind, run)) = jobs.get(job) else { return };
                    // Where there are few, more of them.
                    let few = ![
                        "names",
                        "signs of other shapes",
                        "parts of records",
                        "parts of envelopes",
                    ]
                    .contains(kind);
                    let share = match *kind {
                        _ if few => u64::max(share / 30, 1),
                        "signs of other shapes" => share * 2,
                        _ => share,
                    };
                    let mut trial = Trial { share, job: job as u64, ..Trial::default() };
                    run(&mut trial);
                    done.lock().unwrap().entry(kind).or_default().add(trial);
                }
            });
        }
    });
    let mut all = Trial::default();
    for (kind, trial) in done.into_inner().unwrap() {
        println!("{kind}: {} cases, {} tried", trial.number, trial.tried);
        all.add(trial);
    }
    println!("{} cases, {} tried, {} of them benign", all.number, all.tried, all.benign);
    assert!(all.tried > 1000 && all.benign > 100, "{} tried", all.tried);
    let kinds = all.differences.0.len();
    assert!(kinds == 0, "{kinds} kinds of differences\n{}", all.differences.show());
}
