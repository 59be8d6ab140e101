//! Changes every offset, length, count and gap in one record of a legacy log.

use std::ops::Range;

use crypt32_filter::verdict::Outcome::{Benign, Review};

use crate::{ERROR, Row, URL, moved, read, share};

const SYSTEM: [u8; 12] = [1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The parts of a record between its fixed part and its last length.
struct Parts {
    names: Vec<u8>,
    sid: Vec<u8>,
    strings: Vec<u8>,
    data: Vec<u8>,
    padding: Vec<u8>,
    /// The bytes before each part, which belong to no part.
    gaps: [Vec<u8>; 5],
}

impl Parts {
    fn new(sid: &[u8]) -> Self {
        let text = |parts: [&str; 2]| wide(&parts.map(|part| format!("{part}\0")).concat());
        let names = text(["crypt32", "SERVER1"]);
        let strings = text([URL, ERROR]);
        let padding = vec![0; 4 - (names.len() + sid.len() + strings.len()) % 4];
        let (sid, data, gaps) = (sid.to_vec(), Vec::new(), Default::default());
        Self { names, sid, strings, data, padding, gaps }
    }

    fn record(&self) -> Vec<u8> {
        let mut body: Vec<u8> = Vec::new();
        let mut at = [0; 5];
        let parts = [&self.names, &self.sid, &self.strings, &self.data, &self.padding];
        for ((part, gap), at) in parts.into_iter().zip(&self.gaps).zip(&mut at) {
            body.extend(gap);
            *at = u32::try_from(56 + body.len()).unwrap();
            body.extend(part);
        }
        let length = u32::try_from(56 + body.len() + 4).unwrap();
        let count = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
        let time = 1_268_652_477;
        let [_, sid, strings, data, _] = at;
        let words = [
            length,
            u32::from_le_bytes(*b"LfLe"),
            1,
            time,
            time,
            0xC002_0008,
            1 | 2 << 16,
            0,
            0,
            strings,
            count(&self.sid),
            sid,
            count(&self.data),
            data,
        ];
        let mut record: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
        record.extend(body);
        record.extend(length.to_le_bytes());
        record
    }
}

/// A log with this record, followed by a plain one.
fn log(record: &[u8]) -> Vec<u8> {
    let next = Parts::new(&[]).record();
    let end = u32::try_from(48 + record.len() + next.len()).unwrap();
    let words =
        |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
    let signature = u32::from_le_bytes(*b"LfLe");
    let header = words(&[48, signature, 1, 1, 48, end, 3, 1, end + 40, 0, 0, 48]);
    let marks = [40, 0x1111_1111, 0x2222_2222, 0x3333_3333, 0x4444_4444, 48, end, 3, 1, 40];
    [&header[..], record, &next, &words(&marks)].concat()
}

/// Returns the first record of a log, if it was judged, and whether anything before the second
/// record was reported as unjudged.
fn judged(log: &[u8]) -> (Option<Row>, bool) {
    let (mut rows, summary) = read(log);
    let last = rows.pop();
    assert_eq!(last.map(|row| row.outcome), Some(Benign), "the record behind it");
    (if rows.is_empty() { None } else { Some(rows.remove(0)) }, summary.unjudged > 0)
}

/// Whether the byte does not affect the event: the record number, both times, the reserved fields,
/// the closing number, offsets of absent parts, and the value of the SID.
fn is_free(at: usize, parts: &Parts) -> bool {
    let sid = 56 + parts.names.len();
    let fields: [(Range<usize>, bool); 5] = [
        (sid + 2..sid + parts.sid.len(), true),
        (8..20, true),
        (30..36, true),
        (44..48, parts.sid.is_empty()),
        (52..56, parts.data.is_empty()),
    ];
    fields.iter().any(|(field, free)| *free && field.contains(&at))
}

/// Checks that the record is not benign, unless its values are unchanged.
fn check(record: &[u8], plain: &Row, free: bool, what: &dyn Fn() -> String) {
    let (row, told) = judged(&log(record));
    match row {
        // The name of the computer does not matter.
        Some(row) if row.outcome == Benign => {
            assert!(free, "{}: benign", what());
            let same = Row { source: row.source.to_lowercase(), ..row.clone() };
            assert_eq!(&same, plain, "{}", what());
        }
        Some(row) => assert!(row.outcome == Review || !row.is_event_8() || told, "{}", what()),
        None => assert!(told, "{}: lost without a word", what()),
    }
}

fn plain(parts: &Parts) -> Row {
    let (row, told) = judged(&log(&parts.record()));
    let row = row.unwrap();
    assert_eq!((row.outcome, told), (Benign, false));
    row
}

#[test]
fn a_record_with_a_moved_number_is_not_benign() {
    let mut tried = 0;
    for sid in [&[][..], &SYSTEM] {
        let parts = Parts::new(sid);
        let (record, plain) = (parts.record(), plain(&parts));
        let computer = 72..86;
        for at in 0..record.len() {
            for bit in 0..8 {
                let mut other = record.clone();
                other[at] ^= 1 << bit;
                // The source in another case, or the other high word of the id.
                let same = (56..70).contains(&at) && at % 2 == 0 && bit == 5;
                let free = is_free(at, &parts) || computer.contains(&at) || same;
                let free = free || (20..24).contains(&at);
                check(&other, &Row { id: id(&other), ..plain.clone() }, free, &|| {
                    format!("bit {bit} of byte {at}")
                });
                tried += 1;
            }
        }
        for (width, step) in [(2, 2), (4, 2)] {
            for at in (0..56).chain(record.len() - 4..record.len() - 3).step_by(step) {
                let Some(bytes) = record.get(at..at + width) else { continue };
                let mut number = [0; 8];
                number[..width].copy_from_slice(bytes);
                let number = u64::from_le_bytes(number);
                for other in moved(number, 8 * u32::try_from(width).unwrap()) {
                    let before = &record;
                    let mut record = record.clone();
                    record[at..at + width].copy_from_slice(&other.to_le_bytes()[..width]);
                    let free = |at| is_free(at, &parts) || (20..24).contains(&at);
                    let mut changed = (at..at + width).filter(|&at| record[at] != before[at]);
                    // Zeros at the end are proven to be padding by the bytes after them.
                    let free = changed.all(free) || (at >= 56 && other == 0);
                    let what = || format!("{number} is {other} at byte {at}");
                    check(&record, &Row { id: id(&record), ..plain.clone() }, free, &what);
                    tried += 1;
                }
            }
        }
    }
    println!("{tried} records");
}

/// Two numbers that agree can move a field over another one.
#[test]
fn a_record_with_several_moved_numbers_is_not_benign() {
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    // Counts, lengths and offsets. The offset of the data is included, so that the data can be
    // moved.
    const NUMBERS: [(usize, usize); 6] = [(26, 2), (36, 4), (40, 4), (44, 4), (48, 4), (52, 4)];
    let mut tried = 0;
    for sid in [&[][..], &SYSTEM] {
        let parts = Parts::new(sid);
        let (record, plain) = (parts.record(), plain(&parts));
        for _ in 0..20_000 / share(4) {
            let mut other = record.clone();
            for _ in 0..2 + random(2) {
                let (at, width) = NUMBERS[usize::try_from(random(6)).unwrap()];
                let number = match random(3) {
                    0 => random(5),
                    1 => random(record.len() as u64 + 8),
                    _ => 56 + 2 * random(record.len() as u64 / 2 - 28),
                };
                other[at..at + width].copy_from_slice(&number.to_le_bytes()[..width]);
            }
            let mut changed = (0..record.len()).filter(|&at| record[at] != other[at]);
            let what = || format!("{:02x?}", &other[24..56]);
            check(&other, &plain, changed.all(|at| is_free(at, &parts)), &what);
            tried += 1;
        }
    }
    println!("{tried} records");
}

/// The record that needs review is found or reported as unjudged, whatever the lengths of records
/// and the offsets of the file are.
#[test]
fn no_record_is_lost_by_what_a_log_says_about_itself() {
    let mut parts = Parts::new(&[]);
    parts.strings = wide(&format!("{URL}/other\0{ERROR}\0"));
    let (plain, review) = (Parts::new(&[]).record(), parts.record());
    let bytes = log(&[&plain[..], &review].concat());
    let mut tried = 0;
    let mut told = |bytes: &[u8], what: &dyn Fn() -> String| {
        let (rows, summary) = read(bytes);
        let reviewed = rows.iter().any(|row| row.outcome == Review);
        assert!(reviewed || summary.unjudged > 0, "{}: {rows:?} {summary:?}", what());
        tried += 1;
    };
    told(&bytes, &|| "as it is".to_owned());
    let second = 48 + plain.len();
    let ends = [second - 4, second + review.len() - 4];
    let numbers =
        (0..48).chain(48..64).chain(second..second + 64).chain(bytes.len() - 40..bytes.len());
    // A record is event 8 by its id and its source.
    let numbers = numbers.filter(|at| {
        !(second + 20..second + 24).contains(at) && !(second + 56..second + 64).contains(at)
    });
    for at in numbers.chain(ends).filter(|at| at % 4 == 0 && at + 4 <= bytes.len()) {
        let number = u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        for other in moved(number.into(), 32).chain((0..bytes.len() as u64 + 8).step_by(share(7))) {
            let mut bytes = bytes.clone();
            bytes[at..at + 4].copy_from_slice(&other.to_le_bytes()[..4]);
            told(&bytes, &|| format!("{number} is {other} at byte {at}"));
        }
    }
    // The first record covers the second one, and both have the same end.
    let mut over = bytes.clone();
    let length = u32::try_from(plain.len() + review.len()).unwrap().to_le_bytes();
    over[48..52].copy_from_slice(&length);
    over[ends[1]..ends[1] + 4].copy_from_slice(&length);
    told(&over, &|| "over the second".to_owned());
    println!("{tried} logs");
}

fn id(record: &[u8]) -> String {
    u32::from_le_bytes(record[20..24].try_into().unwrap()).to_string()
}

#[test]
fn a_record_with_more_bytes_than_its_fields_is_not_benign() {
    let texts = ["trojan found", "x", "crypt32", URL];
    let mut more: Vec<Vec<u8>> =
        texts.iter().flat_map(|text| [wide(text), text.as_bytes().to_vec()]).collect();
    more.extend(texts.iter().map(|text| wide(&format!("{text}\0"))));
    more.extend([1, 2, 3, 4, 7, 8, 60].map(|count| vec![0xEE; count]));
    // Bytes after zeros.
    more.extend([1, 2, 4, 40].map(|count| [vec![0; count], wide("hidden")].concat()));
    more.push(Parts::new(&[]).record());
    let mut tried = 0;
    for sid in [&[][..], &SYSTEM] {
        let parts = Parts::new(sid);
        let plain = plain(&parts);
        for gap in 0..5 {
            for bytes in &more {
                let mut parts = Parts::new(sid);
                parts.gaps[gap] = bytes.clone();
                check(&parts.record(), &plain, false, &|| format!("{bytes:02x?} in gap {gap}"));
                // The bytes as a part of a field: the names, the SID, the strings, the data or the
                // padding.
                let mut parts = Parts::new(sid);
                match gap {
                    0 => parts.names.extend(bytes),
                    1 => parts.sid = bytes.clone(),
                    2 => parts.strings.extend(bytes),
                    3 => parts.data = bytes.clone(),
                    _ => parts.padding.extend(bytes),
                }
                check(&parts.record(), &plain, false, &|| format!("{bytes:02x?} in field {gap}"));
                tried += 2;
            }
            // Zeros are padding.
            for count in [2, 4, 40].into_iter().filter(|_| gap > 0) {
                let mut parts = Parts::new(sid);
                parts.gaps[gap] = vec![0; count];
                check(&parts.record(), &plain, true, &|| format!("{count} zeros in gap {gap}"));
                tried += 1;
            }
        }
    }
    println!("{tried} records");
}

#[test]
fn every_name_of_a_computer_is_one() {
    let long = "x".repeat(256);
    for name in
        ["SER VER", "SERVER1\n", "a\tb", "a\u{85}b", "\u{2028}", "\u{7f}", "\u{0}hidden", &long]
    {
        let mut parts = Parts::new(&[]);
        parts.names = wide(&format!("crypt32\0{name}\0"));
        let (row, _) = judged(&log(&parts.record()));
        assert_eq!(row.unwrap().outcome, Review, "{name:?}");
    }
    for name in ["SERVER1", "server1.corp.example", "rechner-ä", "10.0.0.1", "fe80::1", ""] {
        let mut parts = Parts::new(&[]);
        parts.names = wide(&format!("crypt32\0{name}\0"));
        let (row, _) = judged(&log(&parts.record()));
        assert_eq!(row.unwrap().outcome, Benign, "{name:?}");
    }
}

/// A binary log has line ends. Only a text prints them as two characters each.
#[test]
fn an_escape_in_a_string_is_not_a_line_end() {
    let error = ERROR.trim_end();
    for (end, outcome) in [
        ("", Benign),
        ("\r\n", Benign),
        (".\r\n", Benign),
        ("\\r\\n", Review),
        ("\\n", Review),
        ("\\r", Review),
        (".\\r\\n.\r\n", Review),
    ] {
        let mut parts = Parts::new(&[]);
        parts.strings = wide(&format!("{URL}\0{error}{end}\0"));
        let (row, _) = judged(&log(&parts.record()));
        assert_eq!(row.unwrap().outcome, outcome, "{end:?}");
    }
}

/// Text and unreadable records are reported as unjudged, wherever they are in a file.
#[test]
fn what_mentions_the_event_behind_the_records_is_told() {
    let plain = Parts::new(&[]).record();
    let text = br#"{"SourceName":"crypt32","EventID":8}"#.to_vec();
    let two = wide(r#"{"SourceName":"crypt32","EventID":8}"#);
    let mut cut = plain.clone();
    cut.truncate(plain.len() - 6);
    let mut closed = plain.clone();
    *closed.last_mut().unwrap() = 9;
    let rest = plain[100..].to_vec();
    let mut unsigned = plain.clone();
    unsigned[4] ^= 1;
    // Nothing overwrote the bytes after the zeros.
    let [whole, beheaded] = [0, 12].map(|from| [&[0; 64], &unsigned[from..]].concat());
    let lines = wide(&"{\"SourceName\":\"crypt32\"}\n".repeat(20));
    for (more, oldest, unjudged) in [
        (text, 2, 1),
        (two, 2, 1),
        (cut, 2, 1),
        (closed, 2, 1),
        (unsigned, 2, 1),
        (whole, 2, 1),
        (beheaded, 2, 1),
        (lines, 2, 1),
        (rest.clone(), 2, 0),
        // A log that has its first record has overwritten none.
        (rest, 1, 1),
        (vec![7; 90], 1, 0),
    ] {
        let mut log = log(&plain);
        let number = log.len() - 8;
        log[number] = oldest;
        let (rows, summary) = read(&[log, more.clone(), vec![0; 64]].concat());
        assert_eq!(rows.len(), 2);
        assert_eq!(summary.unjudged, unjudged, "{more:02x?}");
        // The rest of an overwritten record may mention the event. It is reported, but no record is
        // missing.
        assert_eq!(summary.spans.iter().any(|span| span.mentions), more.len() != 90);
    }
}
