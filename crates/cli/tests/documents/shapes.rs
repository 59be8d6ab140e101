//! Compares the shapes in the guide with those in the readers.

use std::collections::BTreeSet;

use crypt32_filter::record::{names, text};

use crate::{files, read, spans};

const PAGE: &str = "docs/shapes.md";

#[test]
fn every_shape_is_in_the_guide() {
    let page = read(PAGE);
    let told: BTreeSet<_> = spans(&page).into_iter().collect();
    let json = names::SHAPES.iter().map(|(name, _)| *name);
    let all: BTreeSet<_> = json.chain(text::shapes().map(|shape| shape.name)).collect();
    let missing: Vec<_> = all.difference(&told).collect();
    assert!(missing.is_empty(), "not in {PAGE}: {missing:?}");
}

#[test]
fn every_shape_in_the_guide_is_one_of_the_readers() {
    let page = read(PAGE);
    let readers: String = files("src/record", &[".rs"]).into_iter().map(read).collect();
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let told: Vec<_> =
        rows.flat_map(|row| spans(row.split(" | ").next().expect("a cell"))).collect();
    assert!(told.len() > 40);
    for name in told {
        assert!(readers.contains(&format!("\"{name}\"")), "no reader names the shape {name}");
    }
}
