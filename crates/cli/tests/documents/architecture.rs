//! Tests of the code map: it lists every module, every listed path exists, and dependencies point
//! in one direction.

use std::{collections::BTreeSet, path::Path, process::Command};

use serde_json::Value;

use crate::{ROOT, files, read, section, spans, table};

/// The modules of the library. Each uses only those before it.
const ORDER: [&str; 17] = [
    "str_enum",
    "swar",
    "article",
    "json",
    "time",
    "verdict",
    "policy",
    "message",
    "event",
    "prefilter",
    "record",
    "classify",
    "input_kind",
    "framing",
    "engine",
    "logs",
    "report",
];

/// The modules that decide. Modules for hosts must not use them.
const DECIDES: [&str; 4] = ["classify", "event", "message", "prefilter"];

/// The code of a file before its tests, without comments.
fn code(path: &Path) -> String {
    let text = read(path);
    let text = text.split("#[cfg(test)]\nmod").next().unwrap_or_default();
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that a file names after `root::`, also in a list.
fn used(text: &str, root: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in text.match_indices(&format!("{root}::")) {
        let rest = &text[at + root.len() + 2..];
        let word = |text: &str| {
            let text = text.trim_start();
            let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
            text[..end].to_owned()
        };
        let Some(list) = rest.strip_prefix('{') else {
            used.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (1, 0);
        for (at, c) in list.char_indices() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 || (depth == 1 && c == ',') {
                used.insert(word(&list[start..at]));
                start = at + 1;
            }
            if depth == 0 {
                break;
            }
        }
    }
    // Constants are no modules.
    used.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    used
}

#[test]
fn modules_use_only_those_before_them() {
    let mut seen = BTreeSet::new();
    for path in files("src", &[".rs"]) {
        let shown = path.to_string_lossy().into_owned();
        let top = shown["src/".len()..].split('/').next().unwrap_or_default();
        let top = top.strip_suffix(".rs").unwrap_or(top);
        if top == "lib" {
            continue;
        }
        let text = code(&path);
        let place = ORDER.iter().position(|name| *name == top);
        let place = place.unwrap_or_else(|| panic!("{top} has no place in the order"));
        seen.insert(top.to_owned());
        let mut all = used(&text, "crate");
        if shown.matches('/').count() == 1 || shown == format!("src/{top}/mod.rs") {
            all.extend(used(&text, "use super"));
        }
        for name in all.iter().filter(|name| *name != top) {
            let before = ORDER[..place].contains(&&**name);
            assert!(before, "{shown} uses {name}, which comes after {top}");
        }
    }
    assert_eq!(seen.len(), ORDER.len());
}

#[test]
fn hosts_decide_nothing() {
    for path in files("crates/hosts", &[".rs"]) {
        let (shown, text) = (path.display(), code(&path));
        let names = used(&text, "crypt32_filter");
        let decides = names.iter().filter(|name| DECIDES.contains(&name.as_str()));
        // The function that Fluent Bit calls for every record may use the prefilter once.
        let search =
            path.ends_with("fluent_bit/mod.rs") && text.matches("prefilter::").count() == 1;
        let decides: Vec<_> = decides.filter(|name| *name != "prefilter" || !search).collect();
        assert!(
            decides.is_empty() || shown.to_string().contains("/tests/"),
            "{shown}: {decides:?}"
        );
    }
}

#[test]
fn only_the_ledger_counts() {
    let all = [files("src", &[".rs"]), files("crates", &[".rs"])].concat();
    let test = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
    let others = all.iter().filter(|path| !path.ends_with("engine/ledger.rs") && !test(path));
    for path in others {
        for line in code(path).lines() {
            let counts =
                line.contains("ledger.") && (line.contains(" += ") || line.contains(" -= "));
            assert!(!counts, "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_library_knows_no_surface() {
    let cargo = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(ROOT)
        .output()
        .expect("cargo runs");
    let about: Value = serde_json::from_slice(&cargo.stdout).expect("JSON");
    let packages = about["packages"].as_array().expect("packages");
    let library = packages.iter().find(|package| package["name"] == "crypt32-filter");
    let needs = library.expect("the library")["dependencies"].as_array().expect("a list");
    for need in needs.iter().filter(|need| need["kind"].is_null()) {
        let name = need["name"].as_str().expect("a name");
        let surface = name.starts_with("crypt32") || ["clap", "wasm-bindgen"].contains(&name);
        assert!(!surface, "the library needs {name}");
    }
    let features = library.expect("the library")["features"].as_object().expect("features");
    assert!(features.keys().filter(|name| *name != "default").count() <= 3);
}

/// The table, as the paths that it names.
fn homes() -> Vec<String> {
    let text = read("ARCHITECTURE.md");
    let homes = section(&text, "## Where each idea has its home");
    table(homes, "| idea | home |")
        .iter()
        .flat_map(|row| spans(row[1]))
        .filter(|path| path.starts_with("src/"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn names_every_module() {
    let homes = homes();
    for path in files("src", &[".rs"]) {
        let path = path.to_string_lossy();
        // A module of one file, or a folder.
        let (top, rest) =
            path["src/".len()..].split_once('/').unwrap_or((&path["src/".len()..], ""));
        let name = if rest.is_empty() { format!("src/{top}") } else { format!("src/{top}/") };
        assert!(
            path == "src/lib.rs" || homes.iter().any(|home| home.starts_with(&name)),
            "ARCHITECTURE.md does not say what {name} is for"
        );
    }
}

#[test]
fn names_only_what_is_there() {
    for home in homes().iter().filter(|home| !home.contains('*')) {
        assert!(Path::new(ROOT).join(home).exists(), "{home}");
    }
}
