//! Repeats every name of a benign record, with another value or in another case.

use crate::places::is_benign;

/// A name, the sign after it, and the position of both in a record, including the text before them.
struct Named<'r> {
    at: usize,
    between: &'r str,
    name: &'r str,
    sign: &'r str,
    value: &'r str,
}

/// The separators between two names, and between a name and its value.
const BETWEEN: [&str; 9] = ["&&", "#011", "\\t", "\t", "\n", ",", " ", "|", "["];
const SIGNS: [&str; 5] = ["\\=", "=\"", "=", ":\t", ": "];

/// Every name before the message of a record.
fn names(record: &str) -> Vec<Named<'_>> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.[]".contains(c);
    let mut names = Vec::new();
    for (end, _) in record.match_indices(['\\', '=', ':']) {
        let (before, rest) = record.split_at(end);
        let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) else { continue };
        let name = before.rsplit(|c| !is_name(c)).next().unwrap().trim_start_matches('[');
        let (before, _) = before.split_at(end - name.len());
        let Some(between) = BETWEEN.iter().find(|between| before.ends_with(**between)) else {
            continue;
        };
        let value = &rest[sign.len()..];
        let ends = if *sign == "=\"" { &["\""][..] } else { &BETWEEN[..] };
        let length = ends.iter().filter_map(|end| value.find(end)).min().unwrap_or(value.len());
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let at = end - name.len();
            names.push(Named { at, between, name, sign, value: &value[..length] });
        }
    }
    names
}

/// Repeats every name. No such record may be benign, unless `is_free` knows the name.
pub fn try_all(records: &[(&str, String)], is_free: fn(&str) -> bool, least: usize) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (shape, record) in records {
        for Named { at, between, name, sign, value } in names(record) {
            let end = if sign == "=\"" { "\"" } else { "" };
            let between = if between == "[" { " " } else { between };
            let other = match value.as_bytes() {
                [] => "7".to_owned(),
                [.., b'0'..=b'9'] => format!("{value}7"),
                // One word without a digit could be a translation.
                _ => format!("{value}x7"),
            };
            let (before, after) = record.split_at(at);
            let lower = name.to_ascii_lowercase();
            for name in [name, if lower == name { "" } else { &lower }] {
                let twice = format!("{before}{name}{sign}{other}{end}{between}{after}");
                count += 1;
                if !name.is_empty() && is_benign(&twice, count) && !is_free(name) {
                    wrong.push(format!("{shape} {name}: {twice}"));
                }
            }
        }
    }
    println!("{count} records");
    assert!(count > least, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}
