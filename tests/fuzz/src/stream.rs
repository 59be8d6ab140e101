//! The stream filter: its invariants for any bytes, and the oracle for records of known shapes.

use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        ledger::Ledger,
    },
    input_kind::Kind,
    policy::{Action, Policy},
};

use super::{
    oracle::{
        compare::{Line, check, stream, sums},
        generator, shapes,
    },
    take::{Take, pieces},
};

/// Checks the invariants for any bytes, options and chunk sizes.
pub fn filter(data: &[u8]) {
    let mut take = Take::from(data);
    let (policy, cuts) = (take.policy(), take.cuts());
    let input = take.rest();
    let whole = run(&[input], &policy);
    let cut = run(&pieces(input, &cuts), &policy);
    assert_eq!(cut, whole, "cuts must not matter");
    let with = |action| Policy { action, ..policy.clone() };

    let (observed, ledger) = run(&[input], &with(Action::Observe));
    assert!(observed == input, "observing changes nothing");
    assert_eq!(ledger.tagged + ledger.dropped + ledger.bytes_inserted, 0);

    let unread = Policy { max_record: 1 << 20, ..policy.clone() };
    let tag = Policy { action: Action::Tag, ..unread.clone() };
    let (tagged, first) = run(&[input], &tag);
    let (again, second) = run(&[&tagged], &tag);
    assert!(again == tagged, "tagging twice is tagging once");
    assert_eq!(second.bytes_inserted, 0);
    assert_eq!(
        (first.records, first.benign, first.review),
        (second.records, second.benign, second.review)
    );
    let drop = Policy { action: Action::Drop, ..unread };
    let (dropped, one) = run(&[input], &drop);
    let (later, two) = run(&[&tagged], &drop);
    assert!(later == dropped, "tagging first and dropping later is dropping");
    assert_eq!(one.dropped, two.dropped);
    // The number of records equals the number of lines, and only benign records are dropped.
    let mut rest = input.split_inclusive(|b| *b == b'\n');
    let untagged = Policy { accept: drop.accept, ..drop };
    let text = Kind::told(input, true) == Some(Kind::Text);
    assert_eq!(if text { rest.by_ref().count() as u64 } else { 0 }, one.records);
    assert!(one.dropped <= one.benign && untagged.action == Action::Drop);
}

fn run(chunks: &[&[u8]], policy: &Policy) -> (Vec<u8>, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let mut out = Vec::new();
    let mut held = 0;
    for chunk in chunks {
        filter.push(chunk, &mut |piece| match piece {
            Piece::Chunk(span) => out.extend_from_slice(&chunk[span]),
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
        });
        let ledger = filter.ledger();
        let given = ledger.bytes_out + ledger.bytes_dropped - ledger.bytes_inserted;
        held = held.max(ledger.bytes_in - given);
    }
    assert!(held <= policy.max_record as u64 + 1 + 1024, "holds {held} bytes");
    filter.finish(&mut |piece| match piece {
        Piece::Chunk(_) => panic!("there is no chunk"),
        Piece::Bytes(bytes) => out.extend_from_slice(bytes),
    });
    let ledger = filter.ledger().clone();
    sums(&ledger);
    assert_eq!(ledger.bytes_out, out.len() as u64);
    (out, ledger)
}

/// Compares streams that the bytes choose with the second implementation.
pub fn oracle(data: &[u8]) {
    thread_local! {
        static SHAPES: Vec<(String, shapes::Json)> = shapes::shapes();
    }
    let mut take = Take::from(data);
    let (policy, cuts, tail) = (take.policy(), take.cuts(), take.byte());
    let mut lines = Vec::new();
    while !take.is_empty() && lines.len() < 9 {
        let shape = take.below(33);
        let ways = take.below(4);
        let ways = (0..ways).map(|_| (take.below(generator::WAYS), take.number() % 4096)).collect();
        let (style, spoil, end) = (take.below(4), take.byte(), take.below(8));
        lines.push(Line {
            shape,
            ways,
            style,
            spoil: if spoil < 200 { 0 } else { 1 + usize::from(spoil - 200) % 12 },
            end: end.saturating_sub(5),
            seed: take.number() % 4096,
            edits: Vec::new(),
        });
    }
    let mut input = SHAPES.with(|shapes| stream(&lines, shapes, &policy, tail & 1 == 0));
    // Random bytes may look like a binary file, so the input begins as text.
    if input.split(|byte| *byte == b'\n').next().is_some_and(|line| line.contains(&0)) {
        input.splice(0..0, *b"x\n");
    }
    if tail & 6 == 6 {
        input.splice(0..0, *b"\xEF\xBB\xBF");
    }
    if let Err(difference) = check(&input, &cuts, &policy) {
        panic!("{difference}\npolicy: {policy:?}\ncuts: {cuts:?}");
    }
}
