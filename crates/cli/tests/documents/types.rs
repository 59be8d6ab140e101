//! Compares the TypeScript of the package and of the page with the Rust code behind it.

use crypt32_filter::{
    classify::related::{ProblemCause, RelatedKind},
    engine::ledger::Ledger,
    policy::{Action, OPTIONS},
    report::{Explained, Pace, Side, StartKind},
    verdict::{Basis, Condition, Outcome, State},
};
use serde_json::Value;

use crate::{read, sorted, spans, table};

/// The strings in the declaration that begins with this text.
fn strings<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    let declaration = text.split(start).nth(1).unwrap_or_else(|| panic!("no {start}"));
    let declaration = declaration.split(';').next().expect("an end");
    declaration.split('"').skip(1).step_by(2).collect()
}

/// The members of an interface.
fn members<'a>(text: &'a str, interface: &str) -> Vec<&'a str> {
    let start = format!("export interface {interface} ");
    let body = text.split(&start).nth(1).unwrap_or_else(|| panic!("no {interface}"));
    let body = body.split("\n}").next().expect("an end");
    let names = body.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(':'));
    let names = names.map(|(name, _)| name.trim_end_matches('?'));
    names.filter(|name| !name.contains([' ', '*', '/'])).collect()
}

/// The names of the members of a JSON object.
fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn unions_are_the_words_of_the_library() {
    let answers = read("crates/npm/ts/answers.ts");
    for (name, words) in [
        ("Basis", Basis::WORDS),
        ("Outcome", Outcome::WORDS),
        ("Condition", Condition::WORDS),
        ("State", State::WORDS),
        ("RelatedKind", RelatedKind::WORDS),
        ("ProblemCause", ProblemCause::WORDS),
        ("Pace", Pace::WORDS),
        ("Explained", Explained::WORDS),
        ("Side", Side::WORDS),
        ("StartKind", StartKind::WORDS),
    ] {
        assert_eq!(strings(&answers, &format!("type {name} =")), words, "{name}");
    }
    assert_eq!(strings(&read("crates/npm/ts/types.ts"), "type Action ="), Action::WORDS);
}

#[test]
fn options_are_those_of_the_library() {
    let types = read("crates/npm/ts/types.ts");
    let mut found = members(&types, "ClassifyOptions");
    found.extend(members(&types, "FilterOptions extends ClassifyOptions"));
    let camel_case = |name: &str| {
        let mut words = name.split('_');
        let first = words.next().expect("a word").to_owned();
        words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..])
    };
    let options = OPTIONS.map(camel_case);
    assert_eq!(sorted(found), sorted(options.iter().map(String::as_str)));
}

#[test]
fn ledgers_are_as_they_are_written() {
    let types = read("crates/npm/ts/answers.ts");
    let ledger = serde_json::to_value(Ledger::default()).expect("JSON");
    assert_eq!(sorted(members(&types, "Ledger")), sorted(keys(&ledger)));
    let computer =
        serde_json::to_value(crypt32_filter::engine::ledger::Computer::default()).expect("JSON");
    assert_eq!(sorted(members(&types, "ComputerLedger")), sorted(keys(&computer)));
}

/// The report of `tests/report`, which has every kind of finding once.
#[test]
fn reports_are_as_they_are_written() {
    let types = read("crates/npm/ts/answers.ts");
    let report: Value = serde_json::from_str(&read("tests/report/report.json")).expect("JSON");
    let of_some = |list: &str| {
        let rows = report["computers"].as_array().expect("a list").iter();
        rows.map(|row| &row[list]).find(|list| list.get(0).is_some()).expect("a row")[0].clone()
    };
    let start = report["computers"].as_array().expect("a list").iter().map(|row| &row["start"]);
    let start = start.clone().find(|start| start.is_object()).expect("a start");
    for (interface, value, left_out) in [
        ("Summary", &report, &[][..]),
        ("Totals", &report["totals"], &["carved"]),
        ("UnjudgedPlaces", &report["unjudged"][0], &[]),
        ("Failed", &report["reviews"][0]["failed"][0], &[]),
        ("ComputerReport", &report["computers"][0], &["carved"]),
        ("ErrorCount", &report["errors"][0], &[]),
        ("ReasonCount", &report["reasons"][0], &[]),
        ("Interval", &report["computers"][0]["interval"], &[]),
        ("Gap", &of_some("gaps"), &[]),
        ("Neighbour", &of_some("neighbours"), &["carved", "cause"]),
        ("Start", start, &[]),
    ] {
        let found = members(&types, interface).into_iter().filter(|name| !left_out.contains(name));
        assert_eq!(sorted(found), sorted(keys(value)), "{interface}");
    }
}

#[test]
fn the_guide_explains_every_count_of_the_ledger() {
    let page = read("docs/ledger.md");
    let rows = table(&page, "| count | records that");
    let told: Vec<_> = rows.iter().flat_map(|row| spans(row[0])).collect();
    let ledger = serde_json::to_value(Ledger::default()).expect("JSON");
    for key in keys(&ledger).into_iter().filter(|key| *key != "computers") {
        let named = |name: &&str| {
            *name == key || name.strip_suffix("...").is_some_and(|n| key.starts_with(n))
        };
        assert!(told.iter().any(named), "{key} is not explained");
    }
    for name in told {
        assert!(
            keys(&ledger).iter().any(|key| key.starts_with(name.trim_end_matches('.'))),
            "{name}"
        );
    }
}

/// The page stores rows as numbers. Each number must have the same meaning in TypeScript and in
/// Rust.
#[test]
fn the_page_counts_verdicts_bases_and_columns_as_the_module_does() {
    let protocol = read("www/src/protocol.ts");
    let bases = strings(&protocol, "export const BASES: (\"\" | Basis)[] =");
    assert_eq!(bases[0], "");
    assert_eq!(bases[1..], *Basis::WORDS);
    let row = read("crates/page/src/row.rs");
    let number = |text: &str, name: &str| {
        let rest = text.split(name).nth(1).unwrap_or_else(|| panic!("no {name}"));
        let digits = rest.trim_start().split(|c: char| !c.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse::<usize>().ok()).expect("a number")
    };
    for (index, basis) in bases.iter().enumerate().skip(1) {
        let variant = format!("{}{}", basis[..1].to_uppercase(), &basis[1..]);
        assert_eq!(number(&row, &format!("Some(Basis::{variant}) =>")), index);
    }
    let verdicts = strings(&protocol, "export const VERDICTS =");
    for (index, verdict) in verdicts.iter().enumerate() {
        // A related event has the verdict `unrelated`. The page shows no other unrelated events.
        let word = if *verdict == "related" { "unrelated" } else { verdict };
        let variant = format!("{}{}", word[..1].to_uppercase(), &word[1..]);
        assert_eq!(number(&row, &format!("Outcome::{variant} =>")), index);
    }
    let store = read("www/src/store.ts");
    let columns = store.split("const COLUMNS = {").nth(1).expect("columns");
    let columns = columns.split('}').next().expect("an end").matches(": ").count();
    assert_eq!(columns, number(&row, "const WIDTH: usize ="));
    assert_eq!(columns, number(&store, "const WIDTH ="));
}
