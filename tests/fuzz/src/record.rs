//! Properties of one record, for every reader.

use crypt32_filter::{
    classify::classify,
    engine::filter::{Filter, Piece},
    policy::{Accept, Action, Policy},
    prefilter,
    record::{self, Reading},
    report::{assessment, explain, style::Style},
    verdict::{Basis, Outcome, Verdict},
};

use super::json::{Tree, tree};

/// The verdict about a record, and how it was read.
pub fn verdict(record: &[u8], policy: &Policy) -> (Verdict, Reading) {
    let mut whole: Option<Verdict> = None;
    let reading = record::read(record, &policy.key, &mut |event| {
        let verdict = classify(event, policy);
        match &mut whole {
            Some(whole) => whole.merge(&verdict),
            None => whole = Some(verdict),
        }
    });
    (whole.unwrap_or(Verdict::UNRELATED), reading)
}

pub fn accept_all() -> Accept {
    [Basis::Listed, Basis::Sibling, Basis::Cause].into_iter().collect()
}

fn has(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Checks a record: both verdicts are equal, only this event is benign, the prefilter finds every
/// candidate, and the filter follows the verdict.
pub fn check(record: &[u8]) {
    let policy = Policy::default();
    let (verdict, reading) = self::verdict(record, &policy);
    assert_eq!((verdict, reading.clone()), self::verdict(record, &policy), "the same twice");
    let answer = assessment::assess(record, &policy);
    if reading != Reading::Broken {
        assert_eq!(answer.record.verdict, verdict.outcome);
    }
    if verdict.outcome != Outcome::Unrelated {
        let shown = explain::card(&answer.record, Style::default());
        assert!(!shown.contains('\u{1b}'), "no escape of a terminal: {shown:?}");
    }
    // XML character references may hide letters, so such a record passes.
    let hidden = has(record, b"&#") || has(record, b"&amp;");
    if verdict.outcome != Outcome::Unrelated && reading != Reading::Broken && !hidden {
        assert!(prefilter::find(record, 0).is_some(), "the scan misses a candidate");
    }
    if verdict.outcome == Outcome::Benign && !hidden && !has(record, b"\\") {
        assert!(has(record, crypt32_filter::article::URL.as_bytes()), "benign without the URL");
    }
    if !record.contains(&b'\n') {
        filtered(record, verdict, &reading);
    }
}

/// Filters this one line: only a benign record is dropped, and a tagged record equals the input
/// with insertions.
fn filtered(record: &[u8], verdict: Verdict, reading: &Reading) {
    let line = [record, b"\n"].concat();
    let all = Policy { accept: accept_all(), ..Policy::default() };
    let (dropped, insertions) = run(&line, Policy { action: Action::Drop, ..all.clone() });
    if dropped < line.len() && !record.starts_with(b"\xEF\xBB\xBF") && !record.ends_with(b"\r") {
        assert_eq!(dropped, 0, "a record is dropped as a whole");
        assert_eq!(insertions, [], "nothing takes its place");
        assert_eq!(verdict.outcome, Outcome::Benign, "dropped");
        assert_ne!(*reading, Reading::Broken, "dropped");
    }
    let (kept, insertions) = run(&line, all.clone());
    assert_eq!(kept, line.len(), "tagging keeps every byte");
    if insertions.is_empty() {
        return;
    }
    let mut tagged = line;
    for (at, text) in insertions.iter().rev() {
        tagged.splice(at..at, text.iter().copied());
    }
    let again = run(&tagged, all.clone());
    assert_eq!(again, (tagged.len(), Vec::new()), "tagging twice is tagging once");
    is_the_same_and_a_tag(record, &tagged);
}

/// Whether the object in a tagged line is the original with a tag.
pub fn is_the_same_and_a_tag(record: &[u8], tagged: &[u8]) {
    let object = |bytes: &[u8]| {
        let text = core::str::from_utf8(bytes).expect("tagged records are text").trim_end();
        // A syslog header may precede it.
        let starts = text.match_indices('{').map(|(at, _)| at);
        starts.into_iter().find_map(|at| tree(&text[at..]))
    };
    // Values that `serde_json` cannot represent (lone surrogates, large numbers) are skipped.
    let Some(Tree::Map(before)) = object(record) else { return };
    let Some(Tree::Map(after)) = object(tagged) else { panic!("no JSON any more") };
    let new = &after[before.len()..];
    assert_eq!(new[0].0, "kb");
    for (old, new) in before.iter().zip(&after) {
        assert_eq!(old.0, new.0);
        match (&old.1, &new.1) {
            (Tree::List(old), Tree::List(new)) => assert_eq!(old[..], new[..old.len()]),
            (old, new) => assert_eq!(old, new),
        }
    }
    assert!(new[1..].iter().all(|(key, _)| key == "tags") && new.len() <= 2);
}

/// The filter's output for one chunk: how many bytes of the chunk it returned, all in order, and
/// the insertions between them.
pub fn run(chunk: &[u8], policy: Policy) -> (usize, Vec<(usize, Vec<u8>)>) {
    let mut filter = Filter::new(policy);
    // The beginning of a stream is held while it may be that of a binary file. Below a line of
    // text, it is not.
    let first = chunk.trim_ascii_start().split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.iter().any(|byte| byte.is_ascii_control()) {
        filter.push(b"text\n", &mut |_| {});
    }
    let (mut at, mut given) = (0, 0);
    let mut between = Vec::new();
    filter.push(chunk, &mut |piece| match piece {
        Piece::Chunk(span) => {
            assert!(span.start >= at && span.end <= chunk.len(), "in order");
            given += span.len();
            at = span.end;
        }
        Piece::Bytes(bytes) => between.push((at, bytes.to_vec())),
    });
    filter.finish(&mut |piece| match piece {
        // The filter returns its own copy of a mark before a dropped record, and of a beginning
        // that could have been a binary file.
        Piece::Bytes(held) if held == b"\xEF\xBB\xBF" || held == chunk => given += held.len(),
        piece => panic!("{piece:?} at the end of whole lines"),
    });
    (given, between)
}
