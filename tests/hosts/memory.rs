//! Memory is bounded and constant, and a lack of memory causes no trap.

use serde_json::json;

use crate::{
    driver::{Back, Host},
    functions, samples,
};

/// A candidate of about that many bytes: `fill` is the content of an additional member, or of the
/// message and an insertion string.
fn large(bytes: usize, fill: &str, member: bool) -> Vec<u8> {
    let written = json!(fill).to_string().len() - 2;
    let filler = fill.repeat(bytes / written / if member { 1 } else { 2 });
    let (message, extra) = if member { ("", &*filler) } else { (&*filler, "") };
    let record = json!({
        "EventID": 8, "SourceName": "crypt32", "ComputerName": "A",
        "Message": message, "StringInserts": [message, "x"], "Extra": extra
    });
    let record = record.to_string().into_bytes();
    assert!(record.len().abs_diff(bytes) < 300);
    record
}

#[test]
fn a_hundred_thousand_records_in_one_instance() {
    let mut host = Host::new();
    let samples = samples();
    let other = br#"{"EventID":7036,"SourceName":"Service Control Manager","Message":"running"}"#;
    let big = [
        large(255 << 10, "x", true),
        large(255 << 10, "\n\"", false),
        large(255 << 10, "crypt32 ", true),
        large(255 << 10, "y", false),
    ];
    let mut sizes = Vec::new();
    for i in 0..100_000_usize {
        let function = functions()[i / 7 % 6].0;
        let record = match i % 1000 {
            999 => &big[i / 1000 % 4],
            odd if odd % 20 == 1 => samples[i / 20 % samples.len()].1.as_bytes(),
            _ => &other[..],
        };
        let back = host.record(function, 0, record);
        assert!(record.len() > 100 || back == Back::Same);
        if i % 10_000 == 9999 {
            sizes.push(host.memory_size());
        }
    }
    assert!(sizes.iter().all(|&size| size == sizes[0]), "not flat: {sizes:?}");
    println!("{} bytes of memory", sizes[0]);
    assert!(sizes[0] < 2 << 20, "{} bytes", sizes[0]);
}

#[test]
fn a_record_of_a_megabyte_is_read_and_a_larger_one_passes() {
    let mut host = Host::new();
    let (_, sample) = &samples()[0];
    let tail = format!(",\"x\":\"{}\"}}", "z".repeat((1 << 20) - sample.len() - 7));
    let mut record = sample.strip_suffix('}').expect("an object").to_owned() + &tail;
    assert_eq!(record.len(), 1 << 20);
    assert_eq!(host.record("crypt32_drop", 0, record.as_bytes()), Back::Text(Vec::new()));
    let Back::Text(tagged) = host.record("crypt32_tag", 0, record.as_bytes()) else {
        panic!("not tagged")
    };
    assert!(tagged.starts_with(record.strip_suffix('}').expect("an object").as_bytes()));
    record.push(' ');
    assert_eq!(host.record("crypt32_drop", 0, record.as_bytes()), Back::Same);
}

/// Memory may end at any point: a record that does not fit comes back unchanged (if the host could
/// pass it at all), and the next record is read.
#[test]
fn running_out_of_memory_is_no_trap() {
    let start = Host::new().memory_size();
    let samples = samples();
    let records = [
        large(40 << 10, "x", true),
        large(100 << 10, "\n", false),
        large(300 << 10, "x", true),
        json!({"log": samples[0].1.replace('}', &format!("{}}}", " ".repeat(90_000)))})
            .to_string()
            .into_bytes(),
    ];
    let (mut same, mut changed, mut lost) = (0, 0, 0);
    for pages in (0..24).step_by(3) {
        let mut host = Host::with_memory(start + pages * (64 << 10));
        for i in 0..300 {
            let (id, sample) = &samples[i % samples.len()];
            let record = if i % 9 == 0 { &records[i / 9 % 4][..] } else { sample.as_bytes() };
            match host.record(functions()[i % 6].0, 0, record) {
                Back::Same => same += 1,
                Back::Text(text) if text.starts_with(b"{\"message\":\"crypt32-filter") => lost += 1,
                Back::Text(text) if text.is_empty() => changed += 1,
                Back::Text(text) => {
                    let tagged = text.windows(6).any(|window| window == b"\"kb\":{");
                    assert!(tagged, "{id} with {pages} pages: {}", String::from_utf8_lossy(&text));
                    changed += 1;
                }
            }
        }
    }
    assert!(same > 300 && changed > 300 && lost > 3, "{same} same, {changed} changed, {lost} lost");
}

/// In Fluent Bit, WAMR divides the stack by five, with a fifth for each of four threads that never
/// start. A call that needs more than its fifth is aborted; this test allows only a sixth.
#[test]
fn a_fifth_of_the_stack_is_enough() {
    let mut host = Host::with_stack_in(6);
    for (_, sample) in samples() {
        let mut nested = sample;
        for key in ["log", "message", "body", "event", "log", "message", ""] {
            host.record("crypt32_tag", 0, nested.as_bytes());
            nested = json!({ key: nested }).to_string();
        }
    }
}

/// This verifies that the stack check above works.
#[test]
#[should_panic(expected = "unreachable")]
fn a_hundredth_of_the_stack_is_too_little() {
    Host::with_stack_in(100).record("crypt32_tag", 0, samples()[0].1.as_bytes());
}

/// A host with only 2 MiB: every record of up to 256 KiB is read. If memory is still too small, a
/// record comes back unchanged, and the next one is read.
#[test]
fn two_mebibytes_are_enough_for_records_of_256_kib() {
    let mut host = Host::with_memory(2 << 20);
    let samples = samples();
    let (_, sample) = &samples[0];
    let records: Vec<Vec<u8>> =
        [(40 << 10, "x"), (100 << 10, "\n\""), (255 << 10, "x"), (255 << 10, "\n\"")]
            .into_iter()
            .flat_map(|(size, fill)| [true, false].map(|member| large(size, fill, member)))
            .collect();
    let (mut changed, mut same) = (0, 0);
    for record in records {
        for (function, policy) in functions() {
            let back = host.record(function, 0, &record);
            // The record may come back unchanged for lack of memory, or with the correct result,
            // but nothing else.
            match crate::native(policy, &record) {
                None => assert!([Back::Same, Back::Text(Vec::new())].contains(&back)),
                Some(native) if native == record => assert_eq!(back, Back::Same),
                Some(native) => {
                    same += usize::from(back == Back::Same);
                    changed += usize::from(back != Back::Same);
                    assert!(back == Back::Same || back == Back::Text(native));
                }
            }
            let next = host.record("crypt32_drop", 0, sample.as_bytes());
            assert_eq!(next, Back::Text(Vec::new()), "after {} bytes", record.len());
        }
    }
    assert!(host.memory_size() <= 2 << 20);
    println!("{changed} changed, {same} unchanged for lack of memory");
    assert!(changed > 20 && same * 2 < changed, "{changed} changed, {same} unchanged");
}
