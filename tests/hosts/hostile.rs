//! Input that a host should never pass, and hostile content from senders.

use crate::{
    driver::{Back, Host},
    functions, samples,
};

/// Records that must come back unchanged.
fn records() -> Vec<Vec<u8>> {
    let (_, sample) = samples().swap_remove(0);
    let inside = |text: &str| sample.replacen('{', &format!("{{\"x\":{text},"), 1).into_bytes();
    let nested = |open: &str, close: &str| {
        inside(&format!("{}1{}", open.repeat(5000), close.repeat(4999))) // one is missing
    };
    let mut records: Vec<Vec<u8>> = [
        "",
        "{}",
        "[]",
        "null",
        "NaN",
        "1",
        "\"crypt32\"",
        "crypt32",
        "{\"crypt32\"",
        "{\"a\":crypt32}",
        "{\"SourceName\":\"crypt32\",\"EventID\":8",
        "{\"SourceName\":\"crypt32\",\"EventID\":NaN}",
        "{\"SourceName\":\"crypt32\",\"EventID\":8e0}",
        "[{\"SourceName\":\"crypt32\",\"EventID\":8}",
        "{\"log\":\"crypt32\"}",
        "{\"log\":\"{\\\"crypt32\\\"\"}",
        "{\"System\":\"<Event><crypt32\"}",
        "{\"System\":\"<!DOCTYPE a [<!ENTITY b 'crypt32'>]><Event>&b;</Event>\"}",
    ]
    .into_iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    records.extend([
        inside("\"\0\""),
        inside("\"\u{7}\""),
        [&b"\xFF\xFE"[..], sample.as_bytes()].concat(),
        [sample.as_bytes(), b"\0"].concat(),
        [sample.as_bytes(), b"\xC3"].concat(),
        [sample.as_bytes(), sample.as_bytes()].concat(),
        inside("\"\\ud800\\x\""),
        nested("[", "]"),
        nested("{\"a\":", "}"),
        vec![b'{'; 100_000],
        b"crypt32".repeat(100_000),
        format!("{{\"System\":\"{}crypt32\"}}", "<Event>".repeat(5000)).into_bytes(),
        format!("{{\"System\":\"<Event {}/>crypt32\"}}", "a='1' ".repeat(20_000)).into_bytes(),
    ]);
    records
}

#[test]
fn hostile_records_come_back_and_the_next_one_is_read() {
    let mut host = Host::new();
    let (_, sample) = samples().swap_remove(0);
    for record in records() {
        for (function, _) in functions() {
            let shown = String::from_utf8_lossy(&record[..record.len().min(200)]).into_owned();
            assert_eq!(host.record(function, 0, &record), Back::Same, "{function} of {shown}");
        }
        assert_eq!(
            host.record("crypt32_drop", 0, sample.as_bytes()),
            Back::Text(Vec::new()),
            "after a hostile one"
        );
    }
}

/// A record that is deep and long, but within the limits of all readers, is read normally.
#[test]
fn deep_and_long_records_are_read() {
    let mut host = Host::new();
    let (_, sample) = samples().swap_remove(0);
    let with = |text: &str| sample.replacen('{', &format!("{{\"x\":{text},"), 1).into_bytes();
    for text in [
        format!("{}1{}", "[".repeat(127), "]".repeat(127)),
        format!("{}1{}", "{\"a\":".repeat(127), "}".repeat(127)),
        format!("\"{}\"", "\\u0000".repeat(10_000)),
        "\"\\ud800\"".to_owned(),
        "\"NaN\"".to_owned(),
        format!("\"{}\"", "a".repeat(1_000_000)),
        format!("[{}1]", "\"crypt32\",".repeat(50_000)),
    ] {
        let back = host.record("crypt32_drop", 0, &with(&text));
        assert_eq!(back, Back::Text(Vec::new()), "{}", &text[..text.len().min(100)]);
    }
}

/// A host may abort a call: ClickHouse if its fuel runs out, Fluent Bit if its own stack does. It
/// then calls the same instance again.
#[test]
fn a_call_that_was_ended_takes_nothing_from_later_ones() {
    let mut host = Host::new();
    let samples = samples();
    let (_, benign) = &samples[0];
    let review = benign.replace("authrootseq.txt", "other.txt");
    let mut ended = 0;
    for i in 0..5000_usize {
        let (_, record) = &samples[i * 7 % samples.len()];
        let steps = i as u64 * 31 % 60_000;
        let (function, _) = functions()[i % 6];
        ended += usize::from(host.ended_after(steps, function, record.as_bytes()));
        let left = host.record("crypt32_drop", 0, benign.as_bytes());
        assert_eq!(left, Back::Text(Vec::new()), "after {i}");
        let left = host.record("crypt32_drop", 0, review.as_bytes());
        assert!(matches!(left, Back::Text(text) if !text.is_empty()), "after {i}");
    }
    assert!(ended > 1000, "{ended}");
}

#[test]
fn wrong_lengths_and_pointers_are_no_trap() {
    let mut host = Host::new();
    let (_, sample) = samples().swap_remove(0);
    let length = u32::try_from(sample.len()).expect("short");
    for wrong in [0, 1, length - 1, length + 1, length + 300, 1 << 20, i32::MAX as u32, u32::MAX] {
        for (function, _) in functions() {
            let back = host.record_of_length(function, 0, sample.as_bytes(), wrong);
            assert_eq!(back, Back::Same, "{function} with length {wrong}");
        }
    }
    let end = u32::try_from(host.memory_size()).expect("32 bits");
    for (function, _) in functions() {
        for record in [end - 1, end, end + 1, u32::MAX] {
            let back: u32 = host.run(function, (0_u32, 0_u32, 0_u32, 0_u32, record, 100_u32));
            assert_eq!(back, record, "{function}");
        }
        // There is no record to return, so the result is a string that says so.
        let back: u32 = host.run(function, (0_u32, 0_u32, 0_u32, 0_u32, 0_u32, 100_u32));
        assert_ne!(back, 0);
    }
    assert_eq!(host.record("crypt32_drop", 0, sample.as_bytes()), Back::Text(Vec::new()));
}

#[test]
fn odd_allocations_are_no_trap() {
    let mut host = Host::new();
    let (_, sample) = samples().swap_remove(0);
    let size = host.memory_size();
    for size in [u32::MAX, u32::MAX - 15, i32::MAX as u32, 1 << 30] {
        assert_eq!(host.malloc(size), 0);
    }
    let blocks: Vec<u32> = [0, 1, 7, 100_000, 16, 70_000].map(|size| host.malloc(size)).into();
    assert!(blocks.iter().all(|&block| block != 0));
    for block in blocks.iter().chain(&blocks).chain(&[0, 1, 4, 16, 1024, u32::MAX]) {
        host.free(*block);
    }
    for _ in 0..1000 {
        assert_eq!(host.record("crypt32_drop", 0, sample.as_bytes()), Back::Text(Vec::new()));
    }
    assert!(host.memory_size() < size + (1 << 20));
}
