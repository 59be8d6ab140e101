//! Compares the documents, the types and the page with the code: if a name changes in one of them,
//! a test names the others. The expected values come from the library, and are never listed here.
#![allow(missing_docs)]

mod answers;
mod architecture;
mod commands;
mod options;
mod shapes;
mod sizes;
mod sources;
mod types;
mod verdict;
mod words;

use std::{
    fs,
    path::{Path, PathBuf},
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

fn read(path: impl AsRef<Path>) -> String {
    let path = Path::new(ROOT).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a folder with one of these endings, by their path from the root.
fn files(folder: &str, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path.strip_prefix(ROOT).expect("below the root").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Every document: those of the root, the guide, and the READMEs beside the code.
fn documents() -> Vec<PathBuf> {
    let top = fs::read_dir(ROOT).expect("the root").map(|entry| entry.expect("an entry").path());
    let mut all: Vec<_> = top
        .filter(|path| path.extension().is_some_and(|ending| ending == "md"))
        .map(|path| path.strip_prefix(ROOT).expect("below the root").to_owned())
        .collect();
    all.extend(files("docs", &[".md"]));
    all.extend(files("crates", &[".md"]));
    assert!(all.len() > 10);
    all
}

/// The part of a page under a heading, up to the next one of the same rank or a higher one.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let rank = heading.split(' ').next().expect("a rank");
    let mut lines = page.split_inclusive('\n');
    let start: usize =
        lines.by_ref().take_while(|line| line.trim_end() != heading).map(str::len).sum();
    let start = start + heading.len();
    assert!(start < page.len(), "no heading {heading}");
    let ends = |line: &&str| {
        let marks = line.bytes().take_while(|&byte| byte == b'#').count();
        !(marks > 0 && marks <= rank.len())
    };
    let length: usize = lines.take_while(ends).map(str::len).sum();
    page[start..].get(..length + 1).unwrap_or(&page[start..])
}

/// The headings of one rank, such as `### `.
fn headings<'a>(text: &'a str, rank: &str) -> Vec<&'a str> {
    text.lines().filter_map(|line| line.strip_prefix(rank)).collect()
}

/// The code spans of a text.
fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The rows of the table with this header, as cells.
fn table<'a>(text: &'a str, header: &str) -> Vec<Vec<&'a str>> {
    let rows = text.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows: Vec<Vec<_>> = rows
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    assert!(!rows.is_empty(), "no table {header}");
    rows
}

fn sorted<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words: Vec<_> = words.into_iter().collect();
    words.sort_unstable();
    words
}
