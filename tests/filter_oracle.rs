//! Compares the filter with a second implementation that is slow and simple: the same bytes and the
//! same ledger for random records, chunks and policies. `ORACLE_CASES` is the number of cases,
//! `ORACLE_SEED` the seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// Another test uses the other parts.
#[allow(dead_code)]
mod oracle;

use crypt32_filter::{
    engine::ledger::Ledger,
    policy::{Action, OnlyComputers, Policy},
    verdict::Basis,
};
use oracle::{
    compare::{Line, check, real, show, stream, sums},
    generator, shapes,
};
use proptest::{prelude::*, test_runner::RngSeed};

/// A line, followed by similar lines: the filter must not mistake one for another.
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

/// Lines, some of them repeated, with up to that many changes, including single letters.
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
        // Two other choices select the patterns, because nothing relates them.
        let only: &[&str] = match (logs, key) {
            (true, true) => &["server1.*", r"xp-\d"],
            (true, false) => &["[^s].*"],
            (false, true) => &[".*"],
            (false, false) => &[],
        };
        Policy {
            action,
            accept: bases.into_iter().zip(accept).filter(|(_, a)| *a).map(|(b, _)| b).collect(),
            keep_every,
            require_system,
            logs: if logs { vec!["Extra".to_owned()] } else { Vec::new() },
            key: if key { "kb" } else { "k\"b2" }.to_owned(),
            tags,
            max_record,
            only_computers: OnlyComputers::new(only).unwrap(),
            ..Policy::default()
        }
    })
}

/// Whether `small` equals `large` after removing spans.
fn is_within(small: &[u8], large: &[u8]) -> bool {
    let mut rest = large.iter();
    small.iter().all(|byte| rest.any(|other| other == byte))
}

fn config() -> ProptestConfig {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u32>().ok());
    ProptestConfig {
        cases: number("ORACLE_CASES").unwrap_or(1000),
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
        // Random bytes may look like a binary file, so the input begins as text.
        if input.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&0)) {
            input.splice(0..0, *b"x\n");
        }
        if end == 5 {
            input.splice(0..0, *b"\xEF\xBB\xBF");
        }
        let ledger = check(&input, &cuts, &policy).map_err(TestCaseError::fail)?;
        seen.borrow_mut().merge(&ledger);
    });
    // There were records of every kind.
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

/// The cache must not mistake one record for another: a stream gives the same output as its
/// separate records.
#[test]
fn a_record_is_judged_as_if_it_were_alone() {
    let shapes = shapes::shapes();
    let tagged = std::cell::Cell::new(0);
    proptest!(config(), |(lines in lines(3), policy in policies())| {
        let policy = Policy { action: Action::Tag, ..policy };
        // This is not at the start of the stream, where a byte order mark counts. Random bytes must
        // not look like a binary file either.
        let first = b"x\n";
        let input = [first, &*stream(&lines, &shapes, &policy, true)].concat();
        let (mut alone, mut sum) = (first.to_vec(), Ledger::default());
        for line in input[2..].split_inclusive(|byte| *byte == b'\n') {
            let (out, ledger) = real(&[first, line].concat(), &[], &policy);
            alone.extend(&out[2..]);
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

        // Observing changes nothing.
        let (observed, ledger) = real(&input, &cuts, &with(Action::Observe));
        prop_assert_eq!(&observed, &input);
        prop_assert_eq!(ledger.dropped + ledger.tagged + ledger.bytes_inserted, 0);
        sums(&ledger);

        // Tagging only adds bytes, and tagging twice adds nothing more.
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

        // Tagging and then dropping equals dropping, except for the tags.
        let drop = Policy { action: Action::Drop, ..unread };
        let (dropped, first) = real(&input, &cuts, &drop);
        let (later, second) = real(&once, &cuts, &drop);
        prop_assert_eq!(show(&later), show(&dropped));
        prop_assert_eq!(first.dropped, second.dropped);
    });
}
