//! Every golden case names its sources: sections of the guide, with a note where that helps, as in
//! `docs/verdict.md#url: byte for byte; docs/facts/abuse.md#look-alike-urls`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{files, read};

/// The anchor of a heading, as code hosting sites generate it.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The anchors of a document. Hash signs in code are no headings, but no source names them.
fn anchors(path: &str) -> BTreeSet<String> {
    let page = read(path);
    let headings = page.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| anchor(line.trim_start_matches('#').trim())).collect()
}

#[test]
fn each_source_of_a_golden_case_is_a_section_of_a_document() {
    let mut known = BTreeMap::new();
    let mut sources = 0;
    for path in files("tests/golden", &[".jsonl"]) {
        for line in read(&path).lines() {
            let case: Value = serde_json::from_str(line).expect("JSON");
            let source = case["source"].as_str().expect("a source");
            for part in source.split("; ") {
                let reference = part.split(": ").next().unwrap_or_default();
                let found = reference.split_once('#').is_some_and(|(page, section)| {
                    page.starts_with("docs/")
                        && known
                            .entry(page.to_owned())
                            .or_insert_with(|| anchors(page))
                            .contains(section)
                });
                assert!(found, "{}, {}: {part} leads nowhere", path.display(), case["name"]);
                sources += 1;
            }
        }
    }
    assert!(sources > 1000, "{sources}");
}

#[test]
fn anchors_are_those_of_code_hosting_sites() {
    assert_eq!(anchor("The `error`, or: .NET and PowerShell"), "the-error-or-net-and-powershell");
    assert_eq!(anchor("keep_every"), "keep_every");
}
