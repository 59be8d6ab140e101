//! The map of the code: every module has a place in it, and every place is there.

use std::path::Path;

use crate::{ROOT, files, read, section, spans, table};

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
