//! Compares the JSON reader with `serde_json` for generated documents with all kinds of values,
//! duplicate names, escapes, and errors. `JSON_CASES` is the number of documents, `JSON_SEED` the
//! seed. Some are stored for `tests/js/json.test.mjs`, which compares the reader with `JSON.parse`.
#![allow(missing_docs)]

#[path = "oracle/dice.rs"]
#[allow(dead_code)]
mod dice;
#[path = "fuzz/src/json.rs"]
#[allow(dead_code)]
mod json;

use std::fmt::Write as _;

use dice::Dice;
use json::{Tree, compare, ours};

/// Names that are equal, and names that only look equal.
const NAMES: [&str; 14] = [
    "a",
    "\\u0061",
    "\\u0041",
    "A",
    "",
    "a.b",
    "\\\"",
    "\\/",
    "/",
    "\\ud83d\\ude00",
    "\u{1f600}",
    "\\u00e9",
    "e\\u0301",
    "é",
];

/// The possible content of a string.
const PIECES: [&str; 24] = [
    "x",
    "crypt32",
    "\\n",
    "\\r\\n",
    "\\t",
    "\\b\\f",
    "\\\\",
    "\\\"",
    "\\/",
    "\\u0000",
    "\\u001F",
    "\\u007f",
    "\\u00E9",
    "\\u2028",
    "\\uFEFF",
    "\\uffff",
    "\\ud83d\\ude00",
    "\\uD834\\uDD1E",
    "\\\\u0063",
    "é",
    "\u{2028}",
    "\u{7f}",
    "\u{1f600}",
    "0123456789abcdef",
];

const NUMBERS: [&str; 18] = [
    "0",
    "-0",
    "8",
    "-1",
    "0.5",
    "-0.0",
    "1e3",
    "1E+3",
    "1e-3",
    "12.34e-5",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "9007199254740993",
    "1e308",
    "1e-400",
    "123456789012345678901234567890",
    "0.1",
];

/// Invalid JSON, to be inserted into an otherwise valid document.
const WRONG: [&str; 40] = [
    ",",
    ":",
    "}",
    "]",
    "{",
    "[",
    "\"",
    "'",
    "\\",
    "01",
    "-",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "0x8",
    "NaN",
    "Infinity",
    "True",
    "nul",
    "truex",
    "//",
    "/* */",
    "\\u00",
    "\\ug000",
    "\\x",
    "\"\\",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800x\"",
    "\u{1}",
    "\u{b}",
    "\u{a0}",
    "\u{feff}",
    "\0",
    "\n",
    "1e999",
    "\"\t\"",
];

fn blank(dice: &mut Dice, out: &mut String) {
    if dice.below(6) == 0 {
        out.push_str(dice.pick(&[" ", "\t", "\r", "\n", "  \r\n\t"]));
    }
}

fn string(dice: &mut Dice, out: &mut String) {
    out.push('"');
    for _ in 0..dice.below(5) {
        match dice.below(8) {
            0 => drop(write!(out, "\\u{:04x}", dice.roll() & 0xD7FF)),
            1 => {
                out.push(char::from_u32((dice.roll() & 0xFFFF) as u32 | 0x20).unwrap_or('\u{e000}'))
            }
            _ => out.push_str(dice.pick(&PIECES)),
        }
    }
    out.push('"');
}

/// A value with at most `deep` more levels.
fn value(dice: &mut Dice, deep: usize, out: &mut String) {
    blank(dice, out);
    match dice.below(if deep == 0 { 6 } else { 11 }) {
        0 => out.push_str(dice.pick(&["true", "false", "null"])),
        1 => out.push_str(dice.pick(&NUMBERS)),
        2 => drop(write!(out, "{}", dice.roll() as i64 >> dice.below(64))),
        3 => drop(write!(out, "{:e}", f64::from_bits(dice.roll() & 0xBFEF_FFFF_FFFF_FFFF))),
        4 | 5 => string(dice, out),
        6..=7 => {
            out.push('[');
            for i in 0..dice.below(4) {
                out.push_str(if i > 0 { "," } else { "" });
                value(dice, deep - 1, out);
            }
            blank(dice, out);
            out.push(']');
        }
        _ => {
            out.push('{');
            for i in 0..dice.below(5) {
                out.push_str(if i > 0 { "," } else { "" });
                blank(dice, out);
                if dice.below(4) > 0 {
                    let _ = write!(out, "\"{}\"", dice.pick(&NAMES));
                } else {
                    string(dice, out);
                }
                blank(dice, out);
                out.push(':');
                value(dice, deep - 1, out);
            }
            blank(dice, out);
            out.push('}');
        }
    }
    blank(dice, out);
}

/// A document. One in four is invalid, or at least unusual.
fn document(dice: &mut Dice) -> String {
    let mut text = String::new();
    let deep = dice.pick(&[0, 1, 2, 3, 5, 8]);
    value(dice, deep, &mut text);
    if dice.below(4) == 0 {
        let place = |dice: &mut Dice, text: &str| {
            let from = dice.below(text.len() + 1);
            (from..=text.len()).find(|at| text.is_char_boundary(*at)).expect("the end is one")
        };
        let at = place(dice, &text);
        match dice.below(4) {
            0 => text.truncate(at),
            1 => {
                let to = place(dice, &text);
                text.replace_range(at.min(to)..at.max(to), "");
            }
            _ => text.insert_str(at, dice.pick(&WRONG)),
        }
    }
    text
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|n| n.parse().expect("a number"))
}

/// The value as JSON, with lists of pairs for objects, so that nothing is lost.
fn shown(tree: &Tree) -> serde_json::Value {
    use serde_json::json;
    match tree {
        Tree::Word(word) => json!(word),
        Tree::Number(number) => json!({ "number": number.to_bits().to_string() }),
        Tree::Text(text) => json!(text),
        Tree::List(items) => json!(items.iter().map(shown).collect::<Vec<_>>()),
        Tree::Map(members) => {
            let pairs = members.iter().map(|(name, value)| json!([name, shown(value)]));
            json!({ "members": pairs.collect::<Vec<_>>() })
        }
    }
}

#[test]
fn both_readers_agree() {
    let mut dice = Dice(number("JSON_SEED").unwrap_or(8259));
    let (mut valid, mut twice) = (0, 0);
    let cases = number("JSON_CASES").unwrap_or(60_000);
    for _ in 0..cases {
        let text = document(&mut dice);
        compare(&text);
        if let Ok(Some(tree)) = ours(&text) {
            valid += 1;
            twice += u64::from(has_twice(&tree));
        }
    }
    println!("{cases} documents: {valid} valid, {twice} of them with a name twice");
    assert!(valid > cases / 2 && valid < cases * 9 / 10 && twice > cases / 50);
}

fn has_twice(tree: &Tree) -> bool {
    match tree {
        Tree::Map(members) => {
            let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair[0] == pair[1])
                || members.iter().any(|(_, value)| has_twice(value))
        }
        Tree::List(items) => items.iter().any(has_twice),
        _ => false,
    }
}

/// Stores documents and the reader's results for the test in JavaScript.
#[test]
fn documents_are_kept_for_the_test_in_node() {
    let mut dice = Dice(20_100_315);
    let mut rows = String::new();
    for _ in 0..20_000 {
        let text = document(&mut dice);
        let tree = ours(&text).ok().map(|tree| shown(&tree.expect("not deep")));
        let row = serde_json::json!({ "text": text, "valid": tree.is_some(), "tree": tree });
        rows += &row.to_string();
        rows.push('\n');
    }
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/json.documents.jsonl"), rows)
        .expect("disk space");
}
