//! Checks the names of modules and their functions in documents, configurations, SQL and the page:
//! a host with a wrong name loses records.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use crate::{driver, engines, functions};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const OURS: &str = "crypt32_";

/// The exports of the module for Fluent Bit and `ClickHouse` with our prefix. Only our processor calls
/// those of the module with options.
fn exports() -> BTreeSet<String> {
    let (_, exports) = engines::names(&driver::bytes());
    exports.into_iter().filter(|name| name.starts_with(OURS)).collect()
}

/// The modules of `make build`.
fn modules() -> BTreeSet<String> {
    let entries = fs::read_dir(Path::new(ROOT).join("dist")).expect("`make build` makes dist");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string());
    names.flatten().filter(|name| name.ends_with(".wasm")).collect()
}

fn walk(path: PathBuf, found: &mut Vec<(PathBuf, String)>) {
    const ENDINGS: [&str; 5] = ["md", "yaml", "conf", "sql", "service"];
    if path.is_dir() {
        for entry in fs::read_dir(path).expect("a folder") {
            walk(entry.expect("an entry").path(), found);
        }
    } else if path.extension().is_some_and(|ending| ENDINGS.iter().any(|e| ending == *e))
        || path.ends_with("snippets.ts")
    {
        let text = fs::read_to_string(&path).expect("text");
        found.push((path, text));
    }
}

/// All texts that show existing names. CONTRIBUTING is excluded, because it shows how to create new
/// ones.
fn texts() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for path in ["README.md", "crates", "docs", "www/src"] {
        walk(Path::new(ROOT).join(path), &mut found);
    }
    found
}

/// Every name with our prefix in a text, with the text before and after it on its line.
fn names(text: &str) -> Vec<(&str, &str, &str)> {
    let mut found = Vec::new();
    for line in text.lines() {
        for (at, _) in line.match_indices(OURS) {
            let rest = &line[at..];
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let name = rest.split(|c| !part(c)).next().expect("a word");
            if line[..at].chars().next_back().is_none_or(|c| !part(c)) {
                found.push((name, line[..at].trim(), &rest[name.len()..]));
            }
        }
    }
    found
}

/// Whether the configuration itself defines the name: of a metric, or of an emitter.
fn is_made_up(before: &str) -> bool {
    ["name:", "Emitter_Name", "emitter_name:"].contains(&before)
}

#[test]
fn every_name_that_is_shown_is_one_that_was_built() {
    let (exports, modules) = (exports(), modules());
    let texts = texts();
    let own: BTreeSet<_> = texts
        .iter()
        .flat_map(|(_, text)| names(text))
        .filter_map(|(name, before, _)| is_made_up(before).then_some(name))
        .collect();
    let mut seen = BTreeSet::new();
    for (path, text) in &texts {
        for (name, _, after) in names(text) {
            // The npm package lists its own files.
            let fine = if after.starts_with(".wasm") {
                modules.contains(&format!("{name}.wasm")) || name.ends_with("_bg")
            } else {
                exports.contains(name)
                    || modules.contains(&format!("{name}.wasm"))
                    || own.contains(name)
            };
            assert!(fine, "{}: {name} is neither a function nor a module", path.display());
            seen.insert(name.to_owned());
        }
    }
    let missing: Vec<_> = exports.difference(&seen).collect();
    assert!(missing.is_empty(), "shown nowhere: {missing:?}");
}

#[test]
fn every_function_is_explained_in_the_guide_and_beside_the_modules() {
    let texts = texts();
    for name in exports() {
        for pages in ["docs", "crates/hosts/functions/README.md"] {
            let pages = Path::new(ROOT).join(pages);
            let told = texts.iter().filter(|(path, _)| path.starts_with(&pages));
            let mut told = told.flat_map(|(_, text)| names(text));
            assert!(told.any(|(shown, ..)| shown == name), "{name} is not in {}", pages.display());
        }
    }
}

#[test]
fn the_functions_that_are_tested_are_all_there_are() {
    let sql = ["crypt32_benign", "crypt32_verdict"].map(str::to_owned);
    let tested: BTreeSet<_> =
        functions().into_iter().map(|(name, _)| name.to_owned()).chain(sql).collect();
    assert_eq!(exports(), tested);
}

/// Each configuration of Fluent Bit names one of its functions; SQL creates functions from exports.
#[test]
fn configurations_call_what_is_exported() {
    let exports = exports();
    let (mut fluent_bit, mut sql) = (0, 0);
    for (path, text) in texts() {
        for line in text.lines().map(str::trim) {
            let mut words = line.split([' ', ':']).filter(|word| !word.is_empty());
            let first = words.next().unwrap_or_default();
            if first.eq_ignore_ascii_case("function_name") && !line.contains("${") {
                let name = words.next().expect("a function");
                assert!(exports.contains(name), "{}: {name}", path.display());
                fluent_bit += 1;
            } else if let Some(rest) = line.strip_prefix("CREATE OR REPLACE FUNCTION ") {
                let name = rest.split(' ').next().expect("a function");
                assert!(exports.contains(name), "{}: {name}", path.display());
                sql += 1;
            }
        }
    }
    assert!(fluent_bit >= 6 && sql >= 2, "{fluent_bit} {sql}");
}

/// Processors of Redpanda Connect and Bento call `process`, unless a pipeline names another
/// function.
#[test]
fn pipelines_call_what_is_exported() {
    for name in ["connect", "bento"] {
        let (_, exports) = engines::names(&driver::file(name));
        assert!(exports.iter().any(|name| name == "process"));
        let mut seen = 0;
        for (path, text) in texts() {
            let yaml = path.extension().is_some_and(|ending| ending == "yaml");
            for line in text.lines() {
                let (_, shown) = line.split_once("`function: ").unwrap_or_default();
                let (_, set) = line.split_once(" function: ").filter(|_| yaml).unwrap_or_default();
                for function in [shown, set].into_iter().filter(|rest| !rest.is_empty()) {
                    let function = function.split([' ', '`']).next().expect("a function");
                    let known = exports.iter().any(|name| name == function);
                    assert!(known, "{}: {function}", path.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 0);
    }
}
