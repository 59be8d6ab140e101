//! Checks the verdicts, bases, conditions and errors that documents name.

use crypt32_filter::{
    article::{ERRORS, Error},
    verdict::{Basis, Condition, Outcome, State},
};

use crate::{documents, headings, read, section, sorted, spans, table};

const PAGE: &str = "docs/verdict.md";

/// The words in the first cells of a table.
fn first<'a>(page: &'a str, header: &str) -> Vec<&'a str> {
    table(page, header).iter().flat_map(|row| spans(row[0])).collect()
}

#[test]
fn every_condition_has_its_heading_in_the_order_of_the_reasons() {
    let page = read(PAGE);
    assert_eq!(headings(section(&page, "## The conditions"), "### "), Condition::WORDS);
}

#[test]
fn the_runbook_has_every_condition_that_can_fail() {
    let page = read("docs/runbook.md");
    let sections =
        headings(&page, "## ").into_iter().filter(|name| Condition::WORDS.contains(name));
    let can_fail = Condition::ALL.iter().filter(|code| !code.when_failed().is_empty());
    let can_fail = can_fail.map(|code| code.as_str());
    assert_eq!(sections.collect::<Vec<_>>(), can_fail.collect::<Vec<_>>());
}

#[test]
fn outcomes_bases_and_states_are_all_there() {
    let page = read(PAGE);
    let outcomes = first(&page, "| verdict | when");
    assert_eq!(sorted(outcomes), sorted(Outcome::WORDS.iter().copied()));
    assert_eq!(first(&page, "| basis | the error"), Basis::WORDS);
    assert_eq!(first(&page, "| state | means"), State::WORDS);
}

/// The numbers of four or five digits in a text, and the two smaller ones that the articles print.
fn codes(text: &str) -> Vec<u32> {
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
    numbers.filter_map(|word| word.parse().ok()).filter(|&code| code >= 58).collect()
}

#[test]
fn each_basis_names_its_own_errors_and_those_of_the_articles_all() {
    let page = read(PAGE);
    for row in table(&page, "| basis | the error") {
        let basis: Basis = spans(row[0])[0].parse().expect("a basis");
        let named = codes(row[1]);
        assert!(!named.is_empty());
        for &code in &named {
            let error = Error::by_code(code).unwrap_or_else(|| panic!("{code} is no known error"));
            assert_eq!(error.tier.basis(), Some(basis), "{code}");
        }
        let all = ERRORS.iter().filter(|error| error.tier.basis() == Some(basis));
        for error in all.filter(|_| basis != Basis::Cause) {
            assert!(error.code.is_some_and(|code| named.contains(&code)), "{}", error.symbol);
        }
    }
    let rows = section(&page, "### error");
    for (article, basis) in [("KB2253680 for ", Basis::Listed), ("KB317541 for ", Basis::Sibling)] {
        let text = rows.split(article).nth(1).expect("what each article prints");
        let text = text.split(',').next().expect("a list");
        for code in codes(text) {
            assert_eq!(Error::by_code(code).and_then(|e| e.tier.basis()), Some(basis), "{code}");
        }
    }
}

/// Every tag in an example could come from the filter.
#[test]
fn errors_in_examples_are_known_and_of_the_basis_that_stands_beside_them() {
    let mut seen = 0;
    for path in documents() {
        let text = read(&path);
        for (at, _) in text.match_indices("\"basis\":\"") {
            let rest = &text[at + 9..];
            let (basis, rest) = rest.split_once('"').expect("a string");
            let Some(error) = rest.strip_prefix(",\"error\":") else { continue };
            let code = codes(error).first().copied().expect("a code");
            let basis: Basis =
                basis.parse().unwrap_or_else(|()| panic!("{}: {basis}", path.display()));
            assert_eq!(Error::by_code(code).and_then(|e| e.tier.basis()), Some(basis));
            seen += 1;
        }
    }
    assert!(seen > 0);
}
