//! Every text for a person is written once: TypeScript does not repeat the texts of Rust.

use std::collections::BTreeSet;

use crate::{files, read};

/// The files of the Node command that repeat the native command around the session, with the same
/// texts. `bin.test.mjs` compares both commands.
const AROUND: [&str; 3] =
    ["crates/npm/ts/wasm-command.ts", "crates/npm/ts/output.ts", "crates/npm/ts/ledger-file.ts"];

/// The texts for a person in a program: quoted texts of at least three words.
fn texts(program: &str, quotes: &[char]) -> BTreeSet<String> {
    let mut texts = BTreeSet::new();
    let mut rest = program;
    while let Some(at) = rest.find(|c| quotes.contains(&c) || c == '/') {
        let quote = rest[at..].chars().next().expect("it was found");
        rest = &rest[at + 1..];
        if quote == '/' {
            // A comment.
            let end = match rest.chars().next() {
                Some('/') => rest.find('\n'),
                Some('*') => rest.find("*/"),
                _ => Some(0),
            };
            rest = &rest[end.unwrap_or(rest.len())..];
            continue;
        }
        let mut text = String::new();
        let mut chars = rest.char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    // A text that continues on the next line of the program.
                    Some((_, '\n')) => text.push('\0'),
                    Some((_, c)) => text.push(c),
                    None => {}
                },
                c if c == quote => {
                    rest = &rest[at + 1..];
                    break;
                }
                c => text.push(c),
            }
        }
        let lines = text.split('\0').map(str::trim_start).collect::<String>();
        texts.insert(lines.split_whitespace().collect::<Vec<_>>().join(" ").replace('’', "'"));
    }
    texts.retain(|text| {
        text.split(' ').filter(|word| word.chars().all(char::is_alphabetic)).count() > 2
    });
    texts
}

fn of(folder: &str, end: &str, quotes: &[char]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files(folder, &[end]) {
        let test = file.components().any(|part| part.as_os_str() == "tests");
        if test || AROUND.iter().any(|around| file.ends_with(around)) {
            continue;
        }
        let program = read(file);
        let program = program.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(texts(program, quotes));
    }
    assert!(found.len() > 10, "{folder}: {found:?}");
    found
}

#[test]
fn no_text_is_in_rust_and_in_typescript() {
    let mut rust = of("src", ".rs", &['"']);
    rust.extend(of("crates", ".rs", &['"']));
    let mut typescript = of("www/src", ".ts", &['"', '`']);
    typescript.extend(of("crates/npm/ts", ".ts", &['"', '`']));
    // Two texts can share three words by chance. With five words, one text is a copy of the other.
    let long = |text: &str| text.split(' ').count() > 4;
    let twice = |text: &&String| {
        rust.contains(*text)
            || (long(text) && rust.iter().any(|other| other.contains(text.as_str())))
    };
    let twice: Vec<_> = typescript.iter().filter(twice).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn texts_are_found() {
    let program = "// no \"one of these\"\nlet a = \"what is \\\n    said here\"; b(\"x\", \"one \\\"two\\\" three four\")";
    let found = texts(program, &['"']);
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    assert_eq!(found, ["one \"two\" three four", "what is said here"]);
}
