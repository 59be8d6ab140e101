//! The filter against a second implementation that is slow and obvious: the same bytes, the same
//! ledger, for random records, random cuts and random policies. `ORACLE_CASES` sets how many,
//! `ORACLE_SEED` which.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracle;

use std::collections::BTreeMap;

use crypt32_filter::{
    filter::{Filter, Piece},
    ledger::Ledger,
    policy::{Action, Policy},
    verdict::Basis,
};
use oracle::{
    bytes, filter as expected, generator,
    shapes::{self, Dice, Json},
};
use proptest::{prelude::*, test_runner::RngSeed};

/// One line of a stream: from which shape, changed in which ways, written and broken how.
#[derive(Clone, Debug)]
struct Line {
    shape: usize,
    ways: Vec<(usize, u64)>,
    style: usize,
    spoil: usize,
    end: usize,
    seed: u64,
    /// Letters and digits that become others, once the record is written.
    edits: Vec<u64>,
}

/// A line, and lines much like it behind: what the filter knows of one must not be taken for the next.
fn repeated(line: impl Strategy<Value = Line>, most: usize) -> impl Strategy<Value = Vec<Line>> {
    let ways = prop::collection::vec((0..generator::WAYS, 0..4096_u64), 0..=most.min(1));
    let edits = prop::collection::vec(any::<u64>(), 0..=most);
    let twins = prop::collection::vec((ways, edits), 0..4);
    (line, twins).prop_map(|(line, twins)| {
        let twin = |(ways, edits)| Line {
            ways: [line.ways.clone(), ways].concat(),
            edits,
            ..line.clone()
        };
        let twins: Vec<Line> = twins.into_iter().map(twin).collect();
        [vec![line.clone()], twins].concat()
    })
}

/// Changes one letter or digit into another one.
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

/// Lines, some of them repeated; with up to that many changes, down to single letters.
fn lines(changes: usize) -> impl Strategy<Value = Vec<Line>> {
    let ways = prop::collection::vec((0..generator::WAYS, 0..4096_u64), 0..4);
    // Most records stay whole.
    let spoil = prop_oneof![8 => Just(0), 2 => 1..13_usize];
    let end = prop_oneof![6 => Just(0), 1 => Just(1), 1 => Just(2)];
    let line = (0..33_usize, ways, 0..4_usize, spoil, end, 0..4096_u64).prop_map(
        |(shape, ways, style, spoil, end, seed)| Line {
            shape,
            ways,
            style,
            spoil,
            end,
            seed,
            edits: Vec::new(),
        },
    );
    prop::collection::vec(repeated(line, changes), 0..5).prop_map(|lines| lines.concat())
}

fn policies() -> impl Strategy<Value = Policy> {
    let action =
        prop_oneof![3 => Just(Action::Tag), 3 => Just(Action::Drop), 1 => Just(Action::Observe)];
    let accept = (any::<bool>(), any::<bool>(), any::<bool>());
    let rest = (0..4_u64, prop::bool::weighted(0.1), any::<bool>(), any::<bool>(), any::<bool>());
    let max = prop_oneof![5 => Just(1 << 20), 1 => Just(400_usize), 1 => 500..2000_usize];
    (action, accept, rest, max).prop_map(|(action, accept, rest, max_record)| {
        let bases = [Basis::Listed, Basis::Sibling, Basis::Cause];
        let accept = [accept.0, accept.1, accept.2];
        let (keep_every, require_system, logs, key, tags) = rest;
        Policy {
            action,
            accept: bases.into_iter().zip(accept).filter(|(_, a)| *a).map(|(b, _)| b).collect(),
            keep_every,
            require_system,
            logs: if logs { vec!["Extra".to_owned()] } else { Vec::new() },
            key: if key { "kb" } else { "k\"b2" }.to_owned(),
            tags,
            max_record,
            ..Policy::default()
        }
    })
}

fn stream(lines: &[Line], shapes: &[(String, Json)], policy: &Policy, tail: bool) -> Vec<u8> {
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
        // What we have tagged comes back.
        if line.seed % 7 == 3 {
            let tagging = Policy { action: Action::Tag, ..policy.clone() };
            record = expected::filter(&record, &tagging).0;
        }
        // Text in a syslog line is another reader's.
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

/// What the filter gives for a stream cut in pieces of these sizes, over and over.
fn real(input: &[u8], cuts: &[usize], policy: &Policy) -> (Vec<u8>, Ledger) {
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
        // Nothing is held back but the one unfinished line, and that only up to `max_record`.
        let ledger = filter.ledger();
        let given = ledger.bytes_out + ledger.bytes_dropped - ledger.bytes_inserted;
        assert!(fed - given <= policy.max_record as u64 + 1, "holds {} bytes", fed - given);
        assert_eq!(ledger.bytes_out, out.len() as u64);
    }
    filter.finish(&mut |piece| match piece {
        Piece::Chunk(_) => panic!("there is no chunk"),
        Piece::Bytes(bytes) => out.extend(bytes),
    });
    (out, filter.ledger().clone())
}

fn sums(ledger: &Ledger) {
    let l = ledger;
    assert_eq!(l.records, l.unrelated + l.benign + l.review + l.oversized);
    assert_eq!(l.bytes_out, l.bytes_in - l.bytes_dropped + l.bytes_inserted);
    assert!(l.unparsed <= l.unrelated && l.dropped <= l.benign);
    assert!(l.tagged + l.dropped + l.untagged + l.conflicts <= l.benign + l.review);
    let sum = |of: fn(&crypt32_filter::ledger::Computer) -> u64| -> u64 {
        l.computers.iter().map(|(_, row)| of(row)).sum()
    };
    assert_eq!(sum(|row| row.benign), l.benign);
    assert_eq!(sum(|row| row.review), l.review);
    assert_eq!(sum(|row| row.dropped), l.dropped);
}

/// The real ledger in the oracle's words; `unparsed` lies between its bounds.
fn same_ledger(real: &Ledger, oracle: &expected::Ledger) -> expected::Ledger {
    let row = |row: &crypt32_filter::ledger::Computer| expected::Row {
        benign: row.benign,
        review: row.review,
        dropped: row.dropped,
        errors: row.errors.clone(),
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

fn show(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string().replace("\\n", "\n").replace("\\\"", "\"")
}

fn check(input: &[u8], cuts: &[usize], policy: &Policy) -> Result<Ledger, TestCaseError> {
    let (want, want_ledger) = expected::filter(input, policy);
    let (got, ledger) = real(input, cuts, policy);
    prop_assert!(
        got == want,
        "\ninput:\n{}\ngot:\n{}\nwant:\n{}",
        show(input),
        show(&got),
        show(&want)
    );
    let got = same_ledger(&ledger, &want_ledger);
    prop_assert!(
        got == want_ledger,
        "\ninput:\n{}\ngot:  {got:?}\nwant: {want_ledger:?}",
        show(input)
    );
    sums(&ledger);
    Ok(ledger)
}

/// Whether `small` is `large` with spans taken out.
fn is_within(small: &[u8], large: &[u8]) -> bool {
    let mut rest = large.iter();
    small.iter().all(|byte| rest.any(|other| other == byte))
}

fn config() -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u32>().ok());
    ProptestConfig {
        cases: number("ORACLE_CASES").unwrap_or(1500),
        rng_seed: RngSeed::Fixed(number("ORACLE_SEED").unwrap_or(2_253_680).into()),
        failure_persistence: None,
        max_shrink_iters: 4000,
        ..ProptestConfig::default()
    }
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(Vec::new()),
        Just(vec![1]),
        prop::collection::vec(1..40_usize, 1..5),
        prop::collection::vec(1..2000_usize, 1..9),
    ]
}

#[test]
fn both_implementations_agree() {
    let shapes = shapes::shapes();
    let seen = std::cell::RefCell::new(Ledger::default());
    proptest!(config(), |(lines in lines(0), policy in policies(), cuts in cuts(), end in 0..6_usize)| {
        let mut input = stream(&lines, &shapes, &policy, end > 0);
        if end == 5 {
            input.splice(0..0, *b"\xEF\xBB\xBF");
        }
        seen.borrow_mut().merge(&check(&input, &cuts, &policy)?);
    });
    // The records were of every kind.
    let seen = seen.into_inner();
    for (name, count) in [
        ("unrelated", seen.unrelated),
        ("benign", seen.benign),
        ("review", seen.review),
        ("oversized", seen.oversized),
        ("tagged", seen.tagged),
        ("dropped", seen.dropped),
        ("untagged", seen.untagged),
        ("conflicts", seen.conflicts),
        ("unparsed", seen.unparsed),
    ] {
        assert!(count > 9, "{count} {name}");
    }
}

/// What is known of one record must not be taken for the next: a stream gives what its records give
/// each by itself.
#[test]
fn a_record_is_judged_as_if_it_were_alone() {
    let shapes = shapes::shapes();
    let tagged = std::cell::Cell::new(0);
    proptest!(config(), |(lines in lines(3), policy in policies())| {
        let policy = Policy { action: Action::Tag, ..policy };
        let input = stream(&lines, &shapes, &policy, true);
        let (mut alone, mut sum) = (Vec::new(), Ledger::default());
        for line in input.split_inclusive(|byte| *byte == b'\n') {
            // Not at the start of a stream, the only place where a byte order mark counts.
            let before = if alone.is_empty() { &b""[..] } else { b"\n" };
            let (out, ledger) = real(&[before, line].concat(), &[], &policy);
            alone.extend(&out[before.len()..]);
            sum.merge(&ledger);
        }
        let (together, ledger) = real(&input, &[], &policy);
        prop_assert_eq!(show(&together), show(&alone));
        tagged.set(tagged.get() + ledger.tagged);
        let counts = |ledger: &Ledger| {
            let rows = ledger.computers.iter();
            let rows: Vec<_> =
                rows.map(|(name, row)| (name.to_owned(), row.benign, row.errors.clone())).collect();
            (ledger.benign, ledger.review, ledger.tagged, ledger.unparsed, rows)
        };
        prop_assert_eq!(counts(&ledger), counts(&sum));
    });
    assert!(tagged.get() > 1000);
}

#[test]
fn what_is_promised_holds() {
    let shapes = shapes::shapes();
    let config = ProptestConfig { cases: config().cases / 3, ..config() };
    proptest!(config, |(lines in lines(0), policy in policies(), cuts in cuts())| {
        let input = stream(&lines, &shapes, &policy, true);
        let with = |action| Policy { action, ..policy.clone() };

        // Observing is the identity.
        let (observed, ledger) = real(&input, &cuts, &with(Action::Observe));
        prop_assert_eq!(&observed, &input);
        prop_assert_eq!(ledger.dropped + ledger.tagged + ledger.bytes_inserted, 0);
        sums(&ledger);

        // What tagging adds is all that it does, and doing it twice adds nothing.
        let (tagged, ledger) = real(&input, &cuts, &with(Action::Tag));
        sums(&ledger);
        prop_assert_eq!(ledger.dropped, 0);
        prop_assert!(is_within(&input, &tagged));
        let unread = Policy { max_record: 1 << 20, ..policy.clone() };
        let tag = Policy { action: Action::Tag, ..unread.clone() };
        let (once, _) = real(&input, &cuts, &tag);
        let (twice, again) = real(&once, &cuts, &tag);
        prop_assert_eq!(show(&twice), show(&once));
        prop_assert_eq!(again.bytes_inserted, 0);

        // Tagging first and dropping later is dropping, but for the tags.
        let drop = Policy { action: Action::Drop, ..unread };
        let (dropped, first) = real(&input, &cuts, &drop);
        let (later, second) = real(&once, &cuts, &drop);
        prop_assert_eq!(show(&later), show(&dropped));
        prop_assert_eq!(first.dropped, second.dropped);
    });
}
