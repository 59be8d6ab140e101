//! Inserts text at every place of a benign record (before, between and after its words), and
//! replaces each word.

use crypt32_filter::verdict::Outcome;

use crate::{recorded, whole};

/// Content that an attacker wants to hide, as words, and with the separators of the shapes.
const PIECES: [&str; 5] = [
    "User x was added to Administrators by powershell -enc SQBFAFgA",
    ": User x was added to Administrators by powershell: x",
    "\tUser x was added to Administrators by powershell\t",
    "[User x was added to Administrators by powershell] ",
    "\nUser x was added to Administrators by powershell\n",
];

/// Every position at which a word begins or ends.
fn places(record: &str) -> Vec<usize> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut places = vec![0, record.len()];
    let mut before = false;
    for (at, c) in record.char_indices() {
        if is_word(c) != before {
            places.push(at);
        }
        before = is_word(c);
    }
    places.sort_unstable();
    places.dedup();
    places
}

/// The resulting records, each with the position.
fn changed(record: &str) -> Vec<(usize, String)> {
    let places = places(record);
    let mut changed = Vec::new();
    for (i, &at) in places.iter().enumerate() {
        let next = places.get(i + 1).copied();
        for piece in PIECES {
            changed.push((at, format!("{}{piece}{}", &record[..at], &record[at..])));
            if let Some(next) = next {
                changed.push((at, format!("{}{piece}{}", &record[..at], &record[next..])));
            }
        }
    }
    changed
}

/// Whether a record is benign. Only some of the many records are stored for other tests.
pub fn is_benign(record: &str, number: usize) -> bool {
    if number.is_multiple_of(50) {
        recorded::keep(record);
    }
    whole::verdict(record).outcome == Outcome::Benign
}

/// Changes benign records in every place, except in free text. None may then be benign.
pub fn try_all(records: &[(&str, String)], is_free: fn(&str, usize) -> bool, least: usize) {
    let (mut count, mut wrong) = (0, Vec::new());
    for (name, record) in records {
        assert!(is_benign(record, 0), "{record}");
        for (at, changed) in changed(record) {
            count += 1;
            if is_benign(&changed, count) && !is_free(&changed, at) {
                wrong.push(format!("{name} {at}: {changed}"));
            }
        }
    }
    println!("{count} records");
    assert!(count > least, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}
