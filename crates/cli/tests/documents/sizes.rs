//! Compares the sizes in documents with the recorded sizes, which the tests of the files check.

use serde_json::Value;

use crate::read;

/// The first number of kB in a cell.
fn kilobytes(cell: &str) -> f64 {
    let number = cell.split(" kB").next().and_then(|text| text.split(' ').next_back());
    number.and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no kB in {cell}"))
}

#[test]
fn in_the_guide_are_those_of_the_files() {
    let sizes = read("tests/hosts/sizes.snap");
    let module = sizes.lines().find_map(|line| line.strip_prefix("filter ")).expect("a size");
    let package: Value = serde_json::from_str(&read("tests/js/package-sizes.json")).expect("JSON");
    let core = package["crypt32_filter_bg.wasm"]["gzipped"].as_f64().expect("a size");
    let page = read("docs/performance.md");
    for (name, bytes) in [
        ("crypt32_filter.wasm", module.parse().expect("a number")),
        ("core module of the package, gzipped", core),
    ] {
        let row = page.lines().find(|line| line.starts_with(&format!("| {name} |")));
        let row = row.unwrap_or_else(|| panic!("no row {name}"));
        let figures: Vec<_> =
            row.split('|').filter(|cell| cell.contains("kB")).map(kilobytes).collect();
        let [most, is] = figures[..] else { panic!("{row}") };
        assert!(is <= most || row.contains("missed"), "{row}");
        // The same tolerance as in the tests of the files.
        assert!((is * 1000.0 / bytes - 1.0).abs() < 0.05, "{row} but recorded is {bytes}");
    }
}
