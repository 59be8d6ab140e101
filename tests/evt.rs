//! The reader of legacy event logs: whole files, and damaged or modified ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{fs, ops::ControlFlow, path::Path};

use crypt32_filter::{
    classify::classify,
    logs::{
        binary::{Found, Loss, SPANS, Summary},
        evt,
    },
    policy::Policy,
    verdict::{
        Basis,
        Outcome::{self, Benign, Review},
    },
};
use proptest::prelude::*;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evt").join(name)).unwrap()
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    offset: u64,
    number: u64,
    carved: bool,
    id: String,
    outcome: Outcome,
    basis: Option<Basis>,
}

fn rows(bytes: &[u8]) -> (Vec<Row>, Summary) {
    let mut rows = Vec::new();
    let policy = Policy::default();
    let summary = evt::read(bytes, &mut |found: &Found<'_>| {
        let verdict = classify(found.event, &policy);
        rows.push(Row {
            offset: found.offset,
            number: found.number,
            carved: found.carved,
            id: found.event.id.first().unwrap().to_owned(),
            outcome: verdict.outcome,
            basis: verdict.basis,
        });
        ControlFlow::Continue(())
    });
    assert_eq!(summary.records(), rows.len() as u64);
    assert_eq!(summary.carved, rows.iter().filter(|row| row.carved).count() as u64);
    (rows, summary)
}

fn row(offset: u64, number: u64, id: u32, outcome: Outcome) -> Row {
    let basis = (outcome == Outcome::Benign).then_some(Basis::Listed);
    Row { offset, number, carved: false, id: id.to_string(), outcome, basis }
}

/// The ids of crypt32 7, 8 and 11 with their high words.
const UPDATED: u32 = 0x4002_0007;
const FAILED: u32 = 0xC002_0008;
const EXTRACT: u32 = 0xC002_000B;

fn four() -> Vec<Row> {
    vec![
        row(48, 1, UPDATED, Outcome::Unrelated),
        row(332, 2, FAILED, Outcome::Benign),
        row(716, 3, FAILED, Outcome::Benign),
        row(1084, 4, EXTRACT, Outcome::Unrelated),
    ]
}

#[test]
fn a_closed_log_is_read_and_classified() {
    let (rows, summary) = rows(&fixture("crypt32_event8_clean.evt"));
    assert_eq!(rows, four());
    let expected = Summary { read: 4, expected: Some(4), ..Summary::default() };
    assert_eq!(summary, expected);
    assert!(summary.complete());
}

#[test]
fn the_end_of_file_record_is_believed_over_a_stale_header() {
    let (rows, summary) = rows(&fixture("crypt32_event8_dirty.evt"));
    assert_eq!(rows, four());
    let expected =
        Summary { read: 4, expected: Some(4), dirty: true, stale: true, ..Summary::default() };
    assert_eq!(summary, expected);
}

#[test]
fn a_record_split_at_the_end_of_the_file_is_joined() {
    let (rows, summary) = rows(&fixture("crypt32_event8_wrapped.evt"));
    let expected =
        [row(1780, 3, FAILED, Outcome::Benign), row(148, 4, EXTRACT, Outcome::Unrelated)];
    assert_eq!(rows, expected);
    let expected = Summary { read: 2, expected: Some(2), wrapped: true, ..Summary::default() };
    assert_eq!(summary, expected);
}

#[test]
fn what_a_record_says_becomes_an_event() {
    let mut events = 0;
    let bytes = fixture("crypt32_event8_clean.evt");
    evt::read(&bytes, &mut |found| {
        let text = |field: &crypt32_filter::event::Field<'_>| field.first().map(str::to_owned);
        let event = found.event;
        assert_eq!(event.shape, "evt");
        assert_eq!(text(&event.computer).as_deref(), Some("SERVER1"));
        assert_eq!(text(&event.category).as_deref(), Some("0"));
        assert!(event.log.is_empty() && event.message.is_empty() && event.data.is_empty());
        if found.number == 2 {
            assert_eq!(text(&event.source).as_deref(), Some("crypt32"));
            assert_eq!(text(&event.id).as_deref(), Some("3221356552"));
            assert_eq!(text(&event.level).as_deref(), Some("1"));
            assert_eq!(text(&event.time).as_deref(), Some("2010-03-15T11:27:57Z"));
            let strings = event.strings.iter().next().unwrap();
            assert_eq!(strings.get(0), Some(crypt32_filter::article::URL));
            let error = "The server name or address could not be resolved\r\n";
            assert_eq!(strings.get(1), Some(error));
            assert_eq!(strings.get(2), None);
        }
        events += 1;
        ControlFlow::Continue(())
    });
    assert_eq!(events, 4);
}

/// A Server 2003 log from another project, whose header ends eight records too early.
#[test]
fn a_real_log_of_server_2003_is_read_completely() {
    let (rows, summary) = rows(&fixture("moex01-System.evt"));
    // libevt 20260705 reads the same 95 records.
    let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=95).collect::<Vec<_>>());
    assert_eq!((rows[0].offset, rows[94].offset), (48, 23308));
    assert!(rows.iter().all(|row| row.outcome == Outcome::Unrelated && !row.carved));
    assert!(summary.dirty && summary.stale && !summary.wrapped && summary.complete());
    assert_eq!(summary.expected, Some(95));
}

/// A record as the service writes it, with these strings and data.
fn record(number: u32, id: u32, strings: &[&str], data: &[u8]) -> Vec<u8> {
    let wide = |text: &str| -> Vec<u8> {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
    };
    let names = [wide("crypt32"), wide("SERVER1")].concat();
    let strings_at = 56 + names.len();
    let texts: Vec<u8> = strings.iter().flat_map(|text| wide(text)).collect();
    let data_at = strings_at + texts.len();
    let unpadded = data_at + data.len();
    let length = u32::try_from((unpadded / 4 + 1) * 4 + 4).unwrap();
    let mut bytes = length.to_le_bytes().to_vec();
    bytes.extend(b"LfLe");
    let type_and_count = 1 | u32::try_from(strings.len()).unwrap() << 16;
    let time = 1_268_652_477;
    let at = |n: usize| u32::try_from(n).unwrap();
    let words = [number, time, time, id, type_and_count, 0, 0, at(strings_at), 0, at(strings_at)];
    for word in words.into_iter().chain([at(data.len()), at(data_at)]) {
        bytes.extend(word.to_le_bytes());
    }
    bytes.extend([names, texts, data.to_vec()].concat());
    bytes.resize(length as usize - 4, 0);
    bytes.extend(length.to_le_bytes());
    bytes
}

/// An end-of-file record at offset `at`.
fn eof(at: usize, start: usize, next: u32, oldest: u32) -> Vec<u8> {
    let [at, start] = [at, start].map(|offset| u32::try_from(offset).unwrap());
    let words =
        [40, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444, start, at, next, oldest, 40];
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn header() -> Vec<u8> {
    fixture("crypt32_event8_dirty.evt")[..48].to_vec()
}

const URL: &str = crypt32_filter::article::URL;
const ERROR: &str = "This network connection does not exist.\r\n";

fn benign(number: u32) -> Vec<u8> {
    record(number, FAILED, &[URL, ERROR], &[])
}

/// A log with these records in order, and bytes after its end-of-file record.
fn log(records: &[Vec<u8>], slack: &[u8]) -> Vec<u8> {
    let mut bytes = header();
    bytes.extend(records.concat());
    let next = u32::try_from(records.len()).unwrap() + 1;
    bytes.extend(eof(bytes.len(), 48, next, 1));
    bytes.extend(slack);
    bytes
}

#[test]
fn what_the_event_never_has_is_for_review() {
    let records = [
        benign(1),
        record(2, FAILED, &[URL, ERROR, "more"], &[]),
        record(3, FAILED, &[URL, ERROR, "", "more"], &[]),
        record(4, FAILED, &[URL, ERROR], &[1, 2]),
        record(5, FAILED, &[URL], &[]),
        record(6, 0x4002_0008, &[URL, ERROR], &[]),
        record(7, 8, &[URL, ERROR], &[]),
    ];
    let outcomes = |rows: Vec<Row>| rows.into_iter().map(|row| row.outcome).collect::<Vec<_>>();
    let expected = [Benign, Review, Review, Review, Review, Review, Benign];
    assert_eq!(outcomes(rows(&log(&records, &[])).0), expected);

    // Strings or data outside of the record are missing, or cannot be trusted.
    for at in [36, 52] {
        let mut bytes = record(1, FAILED, &[URL, ERROR], if at == 52 { &[1] } else { &[] });
        bytes[at..at + 4].fill(0xFF);
        assert_eq!(outcomes(rows(&log(&[bytes], &[])).0), [Review]);
    }
    // The record counts more strings than it has, with or without padding where they would be.
    let one_text = |error: &str, count: u8| {
        let mut bytes = record(1, FAILED, &[URL, error], &[]);
        bytes[26] = count;
        outcomes(rows(&log(&[bytes], &[])).0)
    };
    for error in [ERROR, ERROR.trim_end()] {
        assert_eq!(one_text(error, 2), [Benign]);
        for count in [0, 1, 3, 4, 5, 255] {
            assert_eq!(one_text(error, count), [Review], "{count}");
        }
    }
    // A broken UTF-16 unit is not a character of the event.
    let mut bytes = benign(1);
    let last = bytes.len() - 12;
    bytes[last..last + 2].copy_from_slice(&[0, 0xD8]);
    assert_eq!(outcomes(rows(&log(&[bytes], &[])).0), [Review]);
}

#[test]
fn older_records_in_slack_are_carved_and_come_first() {
    let [one, two, three] = [benign(21), benign(22), benign(23)];
    // The end-of-file record overwrote the middle of record 20.
    let rest = vec![7; 90];
    let slack = [rest, one, two, three, vec![0; 300]].concat();
    let (rows, summary) = rows(&log(&[benign(1), benign(2)], &slack));
    let numbers: Vec<_> = rows.iter().map(|row| (row.number, row.carved)).collect();
    assert_eq!(numbers, [(21, true), (22, true), (23, true), (1, false), (2, false)]);
    assert_eq!((summary.read, summary.carved, summary.damaged), (2, 3, 0));
    assert_eq!(summary.overwritten_bytes, 90);
    assert_eq!(summary.spans[0].loss, Loss::Overwritten);
    assert!(summary.complete());
}

#[test]
fn copies_of_live_records_in_slack_do_not_count_twice() {
    let changed = record(2, FAILED, &[URL, "other"], &[]);
    let slack = [benign(1), benign(2), changed, benign(1)].concat();
    let (rows, summary) = rows(&log(&[benign(1), benign(2)], &slack));
    assert_eq!((summary.read, summary.carved, summary.copies), (2, 1, 3));
    assert!(rows[0].carved && rows[0].number == 2);
}

/// The order of records must not matter: a crafted file caused all of them to be counted again.
#[test]
fn copies_in_slack_may_stand_in_any_order_and_one_there_counts_once() {
    let live: Vec<_> = (1..200).map(benign).collect();
    let mut slack: Vec<_> = live.iter().rev().cloned().collect();
    slack.extend([benign(900), benign(900), benign(900)]);
    let (rows, summary) = rows(&log(&live, &slack.concat()));
    assert_eq!((summary.read, summary.carved, summary.copies), (199, 1, 201));
    assert!(rows[0].carved && rows[0].number == 900);
}

/// The rest of a record may reach the end of the file, or the numbers that fill it.
#[test]
fn the_rest_of_an_overwritten_record_may_be_the_last_one() {
    let rest = &benign(1)[40..];
    for filling in [0, 1, 6, 13] {
        let filling = [0x27, 0, 0, 0].repeat(filling);
        let live = [benign(2), benign(3)];
        let mut bytes = log(&live, &[rest, &filling].concat());
        let at = 48 + live.concat().len();
        bytes.splice(at..at + 40, eof(at, 48, 4, 2));
        let (rows, summary) = rows(&bytes);
        assert_eq!((rows.len(), summary.damaged), (2, 0), "{:?}", summary.spans);
        assert_eq!(summary.spans[0].loss, Loss::Overwritten);
    }
}

#[test]
fn filling_at_the_end_of_the_file_is_no_record() {
    let newer = [benign(3), benign(4)].concat();
    let at = 48 + newer.len();
    let mut bytes = header();
    bytes.extend(newer);
    let start = at + 40 + 16;
    bytes.extend(eof(at, start, 5, 1));
    bytes.extend([7; 16]);
    bytes.extend([benign(1), benign(2)].concat());
    for _ in 0..13 {
        bytes.extend([0x27, 0, 0, 0]);
    }
    let (rows, summary) = rows(&bytes);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(summary.wrapped && summary.damaged == 0);
    // The reader searched for the record after the fill bytes, because nothing else refers to it.
    assert_eq!((summary.read, summary.carved), (4, 0));
}

#[test]
fn an_end_of_file_record_split_at_the_end_of_the_file_is_found() {
    let records = [benign(1), benign(2)].concat();
    let at = 48 + 28 + records.len();
    let end = eof(at, 48 + 28, 3, 1);
    let bytes = [header(), end[12..].to_vec(), records, end[..12].to_vec()].concat();
    let (rows, summary) = rows(&bytes);
    assert_eq!(rows.len(), 2);
    assert_eq!((summary.expected, summary.damaged), (Some(2), 0));
}

#[test]
fn a_record_that_ends_in_zeros_is_read_if_what_follows_proves_its_length() {
    let mut cut = benign(2);
    let end = cut.len();
    cut[end - 6..].fill(0);
    let (rows, summary) = rows(&log(&[benign(1), cut.clone(), benign(3)], &[]));
    assert_eq!((rows.len(), summary.damaged), (3, 0));
    cut.extend([9; 60]);
    let (rows, summary) = self::rows(&log(&[benign(1), cut, benign(3)], &[]));
    assert_eq!((rows.len(), summary.damaged), (2, 1));
    assert!(!summary.complete());
}

#[test]
fn records_are_found_without_header_and_without_end() {
    let records = [benign(1), benign(2)].concat();
    for bytes in [records.clone(), [vec![0xEE; 48], records.clone()].concat()] {
        let (rows, summary) = rows(&bytes);
        assert_eq!(rows.len(), 2);
        assert!(!summary.complete());
    }
    // The log is wrapped and has no end-of-file record, so the record numbers give the order.
    let bytes = [header(), benign(3), benign(4), vec![0xEE; 40], benign(1), benign(2)].concat();
    let (rows, summary) = rows(&bytes);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(summary.wrapped && !summary.complete());
}

#[test]
fn an_empty_log_and_no_log_give_nothing() {
    let (rows, summary) = rows(&[header(), eof(48, 48, 1, 0)].concat());
    assert!(rows.is_empty() && summary.complete());
    for bytes in [&b""[..], b"0", b"no log at all", &header()] {
        let (rows, summary) = self::rows(bytes);
        assert!(rows.is_empty() && !summary.complete());
    }
}

#[test]
fn the_reading_ends_when_the_visitor_breaks() {
    let mut seen = 0;
    let bytes = fixture("moex01-System.evt");
    let summary = evt::read(&bytes, &mut |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((seen, summary.records()), (3, 3));
}

/// The log without the zeros after its end-of-file record.
fn short() -> Vec<u8> {
    fixture("crypt32_event8_dirty.evt")[..1452].to_vec()
}

#[test]
fn a_log_cut_anywhere_gives_the_records_before_the_cut() {
    let whole = short();
    let ends = [332, 716, 1084, 1412];
    for cut in 0..whole.len() {
        let (rows, summary) = rows(&whole[..cut]);
        let expected: Vec<Row> = four()
            .into_iter()
            .zip(ends)
            .filter(|(_, end)| *end <= cut)
            .map(|(row, _)| row)
            .collect();
        assert_eq!(rows, expected, "cut at {cut}");
        assert!(!summary.complete(), "cut at {cut}");
        let cut_off = summary.spans.iter().any(|span| span.offset <= cut as u64);
        assert!(cut_off, "cut at {cut}: {summary:?}");
    }
}

#[test]
fn a_wrapped_log_cut_anywhere_gives_whole_records_only() {
    let whole = fixture("crypt32_event8_wrapped.evt");
    let all = rows(&whole).0;
    for cut in 0..whole.len() {
        let (rows, summary) = rows(&whole[..cut]);
        assert!(!summary.complete(), "cut at {cut}");
        let found: Vec<u64> = rows.iter().map(|row| row.number).collect();
        assert_eq!(found, if cut < 476 { &[][..] } else { &[4] }, "cut at {cut}");
        assert!(rows.iter().all(|row| all.iter().any(|a| a.offset == row.offset)));
    }
}

#[test]
fn a_flipped_bit_costs_at_most_the_record_that_it_hits() {
    let whole = short();
    let ranges = [48..332, 332..716, 716..1084, 1084..1412];
    for byte in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[byte] ^= 1 << bit;
            let (rows, _) = rows(&bytes);
            for (row, range) in four().into_iter().zip(&ranges) {
                let mut found = rows.iter().filter(|found| found.offset == row.offset);
                if range.contains(&byte) {
                    continue;
                }
                let found = found.next().unwrap_or_else(|| panic!("{byte}.{bit} lost {row:?}"));
                assert_eq!(Row { carved: false, ..found.clone() }, row, "{byte}.{bit}");
            }
            assert!(rows.len() <= 4, "{byte}.{bit}: {rows:?}");
        }
    }
}

#[test]
fn the_list_of_spans_is_bounded_and_their_count_is_not_lost() {
    let pieces: Vec<Vec<u8>> =
        (1..=200).map(|number| [benign(number), vec![0xEE; 64]].concat()).collect();
    let (rows, summary) = rows(&log(&pieces, &[]));
    assert_eq!((rows.len(), summary.damaged, summary.spans.len()), (200, 200, SPANS));
    assert_eq!(summary.damaged_bytes, 200 * 64);
}

fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        Just(b"LfLe".to_vec()),
        Just(header()),
        (any::<u32>(), 0..4u32).prop_map(|(number, cut)| {
            let mut bytes = benign(number);
            bytes.truncate(bytes.len() - cut as usize * 40);
            bytes
        }),
        (0..2000usize, 0..2000usize, any::<u32>(), any::<u32>())
            .prop_map(|(at, start, next, oldest)| eof(at, start, next, oldest)),
        (0..200u32, any::<bool>()).prop_map(|(length, closed)| {
            let mut bytes = [&length.to_le_bytes()[..], b"LfLe"].concat();
            bytes.resize((length as usize).max(12), 0x41);
            let end = bytes.len();
            if closed {
                bytes[end - 4..].copy_from_slice(&length.to_le_bytes());
            }
            bytes
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes_give_a_summary(pieces in proptest::collection::vec(piece(), 0..24)) {
        let bytes = pieces.concat();
        let (rows, summary) = rows(&bytes);
        prop_assert!(rows.len() <= bytes.len() / 56);
        prop_assert!(summary.spans.len() <= SPANS);
        let mut offsets: Vec<u64> = rows.iter().map(|row| row.offset).collect();
        offsets.sort_unstable();
        offsets.dedup();
        prop_assert_eq!(offsets.len(), rows.len(), "a record was given twice");
        prop_assert!(summary.damaged_bytes + summary.overwritten_bytes <= bytes.len() as u64);
        // The same bytes give the same result.
        prop_assert_eq!(self::rows(&bytes), (rows, summary));
    }
}
