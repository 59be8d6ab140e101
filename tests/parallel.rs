//! Several threads do what one does: the same bytes and the same ledger, wherever the blocks are cut.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code)]
mod command;
mod filtered;

use std::{fs, process::Command};

use command::{COMMAND, folder, samples};
use crypt32_filter::{
    filter::{Filter, Piece},
    ledger::Ledger,
    parallel::Crew,
    policy::{Action, Policy},
};
use filtered::filtered;
use proptest::prelude::*;
use serde_json::Value;

/// A record of one computer, with a date that can be read in two ways or only in one.
fn dated(computer: usize, day: usize) -> Vec<u8> {
    format!(
        r#"{{"SourceName":"crypt32","EventID":8,"ComputerName":"PC{computer}","TimeGenerated":"{}/{}/2010 11:27:57","Message":"Failed auto update retrieval of third-party root list sequence number from: <{}> with error: The server name or address could not be resolved"}}"#,
        1 + day / 28,
        1 + day % 28,
        crypt32_filter::article::URL
    )
    .into_bytes()
}

/// Lines in which much depends on what comes before and after.
fn lines() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let samples = samples();
    let openers = [
        "\"a row",
        "\"",
        "a,b,c,\"d",
        "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"open",
        "3/15/2010\t11:27:57 AM\tcrypt32\tError\tNone\t8\tN/A\tA\tFailed",
        "Event Type:\tError",
        "Event Source:\tcrypt32",
        "Description:",
        "LogName=Application",
        "EventCode=8",
        "<Event>",
        "</Event",
        ">",
        "<!--",
        "-->",
    ];
    let line = prop_oneof![
        8 => (0..samples.len()).prop_map(move |i| samples[i].clone().into_bytes()),
        4 => (0..9_usize, 0..300_usize).prop_map(|(computer, day)| dated(computer, day)),
        2 => Just(br#"{"index":{"_index":"x"}}"#.to_vec()),
        1 => Just(br#"{"create":{}}"#.to_vec()),
        1 => Just(b"\xEF\xBB\xBF".to_vec()),
        1 => Just(b"[".to_vec()),
        1 => Just(b" ,\t".to_vec()),
        1 => Just(b"]".to_vec()),
        1 => Just(b"\xFF\xFE".to_vec()),
        4 => (0..openers.len()).prop_map(move |i| openers[i].into()),
        1 => (0..900_usize).prop_map(|count| format!("{count} <13>a frame").into_bytes()),
        1 => (0..1200_usize).prop_map(|length| vec![b' '; length]),
        1 => Just(Vec::new()),
        1 => (1..4000_usize).prop_map(|length| vec![b'x'; length]),
        2 => prop::collection::vec(any::<u8>(), 0..90),
    ];
    let end = prop_oneof![6 => Just("\n"), 1 => Just("\r\n"), 1 => Just("")];
    let ended = (line, end).prop_map(|(line, end)| [&line[..], end.as_bytes()].concat());
    prop::collection::vec(ended, 0..40)
}

fn policies() -> impl Strategy<Value = Policy> {
    let action = prop_oneof![Just(Action::Tag), Just(Action::Drop), Just(Action::Observe)];
    let max = prop_oneof![3 => Just(1 << 20), 2 => 20..1500_usize];
    (action, max, any::<bool>()).prop_map(|(action, max_record, tags)| Policy {
        action,
        max_record,
        tags,
        ..Policy::default()
    })
}

/// What one filter makes of a stream.
fn alone(input: &[u8], policy: &Policy) -> (Vec<u8>, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let out = filtered(&mut filter, [input]);
    (out, filter.ledger().clone())
}

/// What threads make of it, in blocks of these sizes, over and over.
fn together(input: &[u8], blocks: &[usize], policy: &Policy, threads: usize) -> (Vec<u8>, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let mut crew = Crew::new(policy, threads).unwrap().expect("threads can do it");
    let mut out = Vec::new();
    let mut rest = input;
    let mut sizes = blocks.iter().cycle();
    loop {
        while !rest.is_empty() && !crew.is_full() {
            let (block, after) = rest.split_at((*sizes.next().unwrap()).min(rest.len()));
            let mut buffer = crew.buffer();
            buffer.extend_from_slice(block);
            crew.give(buffer).unwrap();
            rest = after;
        }
        if !crew.take(&mut filter, &mut |bytes| out.extend_from_slice(bytes)).unwrap() {
            break;
        }
    }
    filter.finish(&mut |piece| match piece {
        Piece::Chunk(_) => panic!("there is no chunk"),
        Piece::Bytes(bytes) => out.extend_from_slice(bytes),
    });
    (out, filter.ledger().clone())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn threads_do_what_one_does(
        lines in lines(),
        policy in policies(),
        blocks in prop::collection::vec(prop_oneof![1..60_usize, 1..3000_usize, 1000..20_000_usize], 1..5),
        threads in 2..5_usize,
        mark in any::<bool>(),
        end in any::<bool>(),
    ) {
        let mut input = lines.concat();
        if mark {
            input.splice(0..0, *b"\xEF\xBB\xBF");
        }
        if end {
            input.pop();
        }
        let (one, one_ledger) = alone(&input, &policy);
        let (many, many_ledger) = together(&input, &blocks, &policy, threads);
        prop_assert_eq!(many.escape_ascii().to_string(), one.escape_ascii().to_string());
        prop_assert_eq!(many_ledger, one_ledger);
    }
}

#[test]
fn computers_that_no_longer_fit_are_the_same_ones() {
    // The names come in no order, and share one row from somewhere in the middle on.
    let input: Vec<u8> = (0..12_000_usize)
        .flat_map(|i| [dated(i * 7919 % 12_000, i % 300), b"\n".to_vec()].concat())
        .collect();
    let policy = Policy::default();
    let (one, one_ledger) = alone(&input, &policy);
    let (many, many_ledger) = together(&input, &[50_000], &policy, 3);
    assert!(many == one);
    assert_eq!(many_ledger, one_ledger);
    assert!(one_ledger.computers.iter().any(|(name, row)| name == "other" && row.benign > 1000));
}

#[test]
fn what_depends_on_all_before_is_left_to_one_thread() {
    let keeping = Policy { action: Action::Drop, keep_every: 3, ..Policy::default() };
    assert!(Crew::new(&keeping, 4).unwrap().is_none());
    assert!(Crew::new(&Policy::default(), 1).unwrap().is_none());
    assert!(Crew::new(&Policy { action: Action::Tag, ..keeping }, 4).unwrap().is_some());
}

#[test]
fn the_command_gives_the_same_with_any_number_of_threads() {
    let folder = folder("threads");
    let log = folder.join("large.log");
    let mut input = Vec::new();
    for i in 0.. {
        for sample in samples() {
            input.extend([sample.as_bytes(), b"\n"].concat());
        }
        input.extend([dated(i % 50, i % 300), b"\n{\"index\":{}}\n".to_vec()].concat());
        if input.len() > 4_000_000 {
            break;
        }
    }
    // Too long to be read, and over several blocks; and no line end at the end.
    input.extend(vec![b'y'; 1_500_000]);
    input.extend([b"\n".to_vec(), dated(1, 1)].concat());
    fs::write(&log, &input).unwrap();
    let run = |threads: &[&str], action: &[&str]| {
        let ledger = folder.join("ledger.json");
        let output = Command::new(COMMAND)
            .args(["filter", "--ledger"])
            .arg(&ledger)
            .args([threads, action].concat())
            .arg(&log)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0));
        (output.stdout, fs::read_to_string(&ledger).unwrap())
    };
    for action in [&["--action", "drop"][..], &["--action", "drop", "--keep-every", "5"], &[]] {
        let one = run(&["--threads", "1"], action);
        for threads in [&["--threads", "3"][..], &[]] {
            let many = run(threads, action);
            assert!(many.0 == one.0, "{threads:?} {action:?}");
            assert_eq!(many.1, one.1, "{threads:?} {action:?}");
        }
    }
    let ledger: Value = serde_json::from_str(&run(&[], &[]).1).unwrap();
    assert_eq!(ledger["oversized"], 1);
    assert_eq!(ledger["bytes_in"], input.len());
}
