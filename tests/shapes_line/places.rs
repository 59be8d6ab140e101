//! Something is put into every place of a benign record: in front, between its words and behind them,
//! and in place of each.

use crypt32_filter::verdict::Outcome;

use crate::{recorded, whole};

/// What somebody would like to see gone, as words, and with the signs that shapes have
/// between their fields.
const PIECES: [&str; 5] = [
    "User x was added to Administrators by powershell -enc SQBFAFgA",
    ": User x was added to Administrators by powershell: x",
    "\tUser x was added to Administrators by powershell\t",
    "[User x was added to Administrators by powershell] ",
    "\nUser x was added to Administrators by powershell\n",
];

/// Every place at which a word begins or ends.
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

/// The records that come out, each with the place.
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

/// Whether a record is benign. Of so many, only some are kept for other tests.
pub fn is_benign(record: &str, number: usize) -> bool {
    if number.is_multiple_of(50) {
        recorded::keep(record);
    }
    whole::verdict(record).outcome == Outcome::Benign
}

/// Changes benign records in every place, but where text is free. None may be benign then.
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
