//! Runs both implementations on the same stream and compares bytes and ledgers.

use std::collections::BTreeMap;

use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        ledger::{Computer, Ledger},
    },
    policy::{Action, Policy},
};

use super::{bytes, dice::Dice, filter as expected, generator, shapes::Json};

/// One line of a stream: its shape, its changes, its style and its damage.
#[derive(Clone, Debug)]
pub struct Line {
    pub shape: usize,
    pub ways: Vec<(usize, u64)>,
    pub style: usize,
    pub spoil: usize,
    pub end: usize,
    pub seed: u64,
    /// Letters and digits that are replaced after the record was written.
    pub edits: Vec<u64>,
}

/// Changes one letter or digit into another.
fn edit(record: &mut [u8], edit: u64) {
    let places = record.iter().enumerate().filter(|(_, byte)| byte.is_ascii_alphanumeric());
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    if let Some(&at) = places.get(edit as usize % places.len().max(1)) {
        let by = (edit >> 32) as u8;
        record[at] = match record[at] {
            b'0'..=b'9' => b'0' + by % 10,
            b'a'..=b'z' => b'a' + by % 26,
            _ => b'A' + by % 26,
        };
    }
}

/// The bytes of some lines; `tail` adds the last line end.
pub fn stream(lines: &[Line], shapes: &[(String, Json)], policy: &Policy, tail: bool) -> Vec<u8> {
    let mut stream = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let mut dice = Dice(line.seed);
        let mut record = match shapes.get(line.shape) {
            Some((_, shape)) => {
                let mut json = shape.clone();
                for (way, seed) in &line.ways {
                    generator::change(&mut json, *way, &mut Dice(*seed));
                }
                bytes::write(&json, line.style, &mut dice).into_bytes()
            }
            None => bytes::other(&mut dice),
        };
        for change in &line.edits {
            edit(&mut record, *change);
        }
        // A tagged record may come back.
        if line.seed % 7 == 3 {
            let tagging = Policy { action: Action::Tag, ..policy.clone() };
            record = expected::filter(&record, &tagging).0;
        }
        // Another reader handles text in a syslog line.
        let text = line.shape >= shapes.len() && line.spoil == 10;
        bytes::spoil(&mut record, if text { 0 } else { line.spoil }, &mut dice);
        record.retain(|b| *b != b'\n' || line.spoil == 1);
        stream.extend(record);
        if line.end != 2 || tail || number + 1 < lines.len() {
            stream.extend(if line.end == 1 { &b"\r\n"[..] } else { b"\n" });
        }
    }
    stream
}

/// The filter's output for a stream in chunks of these sizes, repeated.
pub fn real(input: &[u8], cuts: &[usize], policy: &Policy) -> (Vec<u8>, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let mut out = Vec::new();
    let mut rest = input;
    let mut sizes = cuts.iter().copied().cycle();
    let mut fed = 0;
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let (chunk, after) = rest.split_at(size);
        filter.push(chunk, &mut |piece| match piece {
            Piece::Chunk(span) => out.extend(&chunk[span]),
            Piece::Bytes(bytes) => out.extend(bytes),
        });
        rest = after;
        fed += size as u64;
        // The filter holds only one line, up to `max_record`, and either the beginning of the input
        // or the blanks after a record that will be dropped.
        let ledger = filter.ledger();
        let given = ledger.bytes_out + ledger.bytes_dropped - ledger.bytes_inserted;
        assert!(fed - given <= policy.max_record as u64 + 1 + 1024, "holds {} bytes", fed - given);
        assert_eq!(ledger.bytes_out, out.len() as u64);
    }
    filter.finish(&mut |piece| match piece {
        Piece::Chunk(_) => panic!("there is no chunk"),
        Piece::Bytes(bytes) => out.extend(bytes),
    });
    assert_eq!(filter.ledger().unjudged, filter.unjudged().count);
    (out, filter.ledger().clone())
}

/// The invariants of every ledger.
pub fn sums(ledger: &Ledger) {
    let l = ledger;
    assert_eq!(l.records, l.unrelated + l.benign + l.review + l.oversized);
    assert_eq!(l.bytes_out, l.bytes_in - l.bytes_dropped + l.bytes_inserted);
    assert!(l.unparsed <= l.unrelated && l.dropped <= l.benign);
    assert!(l.unjudged <= l.unrelated + l.oversized);
    assert!(l.tagged + l.dropped + l.untagged + l.conflicts <= l.benign + l.review);
    let sum =
        |of: fn(&Computer) -> u64| -> u64 { l.computers.iter().map(|(_, row)| of(row)).sum() };
    assert_eq!(sum(|row| row.benign), l.benign);
    assert_eq!(sum(|row| row.review), l.review);
    assert_eq!(sum(|row| row.dropped), l.dropped);
}

/// Converts the real ledger to the oracle's; `unparsed` must be between its bounds.
fn same_ledger(real: &Ledger, oracle: &expected::Ledger) -> expected::Ledger {
    let row = |row: &Computer| expected::Row {
        benign: row.benign,
        review: row.review,
        dropped: row.dropped,
        errors: row.errors.iter().map(|(number, count)| (number.to_owned(), count)).collect(),
    };
    let computers: BTreeMap<_, _> =
        real.computers.iter().map(|(name, r)| (name.to_owned(), row(r))).collect();
    let within = (oracle.unparsed_least..=oracle.unparsed_most).contains(&real.unparsed);
    let (least, most) = if within {
        (oracle.unparsed_least, oracle.unparsed_most)
    } else {
        (real.unparsed, real.unparsed)
    };
    expected::Ledger {
        records: real.records,
        unrelated: real.unrelated,
        benign: real.benign,
        review: real.review,
        oversized: real.oversized,
        tagged: real.tagged,
        dropped: real.dropped,
        untagged: real.untagged,
        conflicts: real.conflicts,
        unparsed_least: least,
        unparsed_most: most,
        bytes_in: real.bytes_in,
        bytes_out: real.bytes_out,
        bytes_dropped: real.bytes_dropped,
        bytes_inserted: real.bytes_inserted,
        computers,
    }
}

/// Bytes in readable form.
pub fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\n", "\n").replace("\\\"", "\"")
}

/// Runs both implementations, and returns the difference as an error.
pub fn check(input: &[u8], cuts: &[usize], policy: &Policy) -> Result<Ledger, String> {
    let (want, want_ledger) = expected::filter(input, policy);
    let (got, ledger) = real(input, cuts, policy);
    if got != want {
        let [input, got, want] = [input, &got, &want].map(show);
        return Err(format!("\ninput:\n{input}\ngot:\n{got}\nwant:\n{want}"));
    }
    let got = same_ledger(&ledger, &want_ledger);
    if got != want_ledger {
        return Err(format!("\ninput:\n{}\ngot:  {got:?}\nwant: {want_ledger:?}", show(input)));
    }
    sums(&ledger);
    Ok(ledger)
}
