//! The reader of `.evtx` logs: a real file, files generated from [MS-EVEN6], and damaged ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::{fs, ops::ControlFlow, path::Path};

use crypt32_filter::{
    article,
    classify::classify,
    engine::unjudged,
    event::Strings,
    framing::Format,
    logs::{
        binary::{Found, Loss, Summary},
        evtx::{self, Reader},
        log::Log,
    },
    policy::Policy,
    verdict::{
        Basis,
        Outcome::{self, Benign, Review, Unrelated},
    },
};

#[path = "binxml/mod.rs"]
mod binxml;

use binxml::{CHUNK, HEADER, chunk, file};

#[derive(Debug, Clone, PartialEq)]
struct Row {
    offset: u64,
    number: u64,
    carved: bool,
    source: Option<String>,
    id: Option<String>,
    computer: Option<String>,
    time: Option<String>,
    strings: Vec<String>,
    outcome: Outcome,
    basis: Option<Basis>,
}

fn row(found: &Found<'_>) -> Row {
    let event = found.event;
    assert_eq!(event.shape, "evtx");
    let verdict = classify(event, &Policy::default());
    let strings = event.strings.iter().flat_map(Strings::iter).map(str::to_owned).collect();
    Row {
        offset: found.offset,
        number: found.number,
        carved: found.carved,
        source: event.source.first().map(str::to_owned),
        id: event.id.first().map(str::to_owned),
        computer: event.computer.first().map(str::to_owned),
        time: event.time.first().map(str::to_owned),
        strings,
        outcome: verdict.outcome,
        basis: verdict.basis,
    }
}

fn rows(bytes: &[u8]) -> (Vec<Row>, Summary) {
    let mut rows = Vec::new();
    let summary = evtx::read(bytes, &mut |found| {
        rows.push(row(found));
        ControlFlow::Continue(())
    });
    assert_eq!(summary.records(), rows.len() as u64);
    (rows, summary)
}

fn pushed(bytes: &[u8], chunk: usize) -> (Vec<Row>, Summary) {
    let mut rows = Vec::new();
    let mut reader = Reader::new();
    let mut visit = |found: &Found<'_>| {
        rows.push(row(found));
        ControlFlow::Continue(())
    };
    for chunk in bytes.chunks(chunk) {
        assert!(reader.push(chunk, &mut visit).is_continue());
    }
    let summary = reader.finish(&mut visit);
    (rows, summary)
}

fn real() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evtx");
    fs::read(folder.join("omerbenamram-Application_no_crc32.evtx")).unwrap()
}

#[test]
fn a_real_log_is_read_completely() {
    let (rows, summary) = rows(&real());
    assert_eq!((rows.len(), summary.damaged, summary.complete()), (17, 0, true));
    assert!(rows.iter().all(|row| {
        row.outcome == Unrelated
            && row.source.is_some()
            && row.id.is_some()
            && row.computer.is_some()
            && row.time.is_some()
    }));
    let bytes = real();
    for row in &rows {
        let at = usize::try_from(row.offset).unwrap();
        assert_eq!(&bytes[at..at + 4], b"\x2a\x2a\0\0", "the offset is that of the record");
    }
    for chunk in [1000, HEADER, CHUNK, usize::MAX] {
        assert_eq!(pushed(&bytes, chunk), (rows.clone(), summary.clone()));
    }
}

const LISTED: &str = "The server name or address could not be resolved\r\n";

fn good(first: u64) -> Vec<u8> {
    chunk(first, &[("8", "2", &[article::URL, LISTED]), ("8", "2", &[article::URL, LISTED])])
}

#[test]
fn a_converted_record_gets_the_verdict_of_the_original() {
    let url = article::URL;
    let bytes = file(&[chunk(
        1,
        &[
            ("8", "2", &[url, LISTED]),
            ("7", "4", &[url]),
            ("8", "4", &[url, LISTED]),
            ("8", "2", &[url, LISTED, "more"]),
            ("8", "2", &["http://example.test/", LISTED]),
            ("8", "2", &[url, "something else"]),
            // A line end as two characters, which only a text has.
            ("8", "2", &[url, "The server name or address could not be resolved\\r\\n"]),
        ],
    )]);
    let (rows, summary) = rows(&bytes);
    assert_eq!((summary.read, summary.damaged, summary.unverified), (7, 0, 0), "{summary:?}");
    let outcomes: Vec<_> = rows.iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [Benign, Unrelated, Review, Review, Review, Review, Review]);
    let first = &rows[0];
    assert_eq!(first.basis, Some(Basis::Listed));
    assert_eq!((first.offset, first.number), ((HEADER + 512) as u64, 1));
    assert_eq!(first.computer.as_deref(), Some("SERVER1"));
    assert_eq!(first.time.as_deref(), Some("2010-03-15T11:27:57.000000Z"));
    assert_eq!(first.strings, [url, LISTED]);
}

#[test]
fn a_wrapped_log_begins_with_its_oldest_chunk() {
    let bytes = file(&[good(5), good(7), good(1), good(3), vec![0; CHUNK]]);
    let (rows, summary) = rows(&bytes);
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(summary.wrapped && summary.complete());
    // Bytes that arrive in sequence keep the order of the file.
    let numbers: Vec<_> = pushed(&bytes, 9999).0.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [5, 6, 7, 8, 1, 2, 3, 4]);
}

#[test]
fn a_bad_chunk_or_record_costs_no_other() {
    let whole = [good(1), good(3), good(5)];
    let numbers = |bytes: &[u8]| {
        let (rows, summary) = rows(bytes);
        (rows.iter().map(|row| (row.number, row.carved)).collect::<Vec<_>>(), summary)
    };

    // The magic number of the second chunk is damaged; its records are still read.
    let mut bytes = file(&whole);
    bytes[HEADER + CHUNK] = b'?';
    let (found, summary) = numbers(&bytes);
    let expected = [(1, false), (2, false), (3, true), (4, true), (5, false), (6, false)];
    assert_eq!(found, expected);
    assert_eq!((summary.damaged, summary.spans[0].offset), (1, (HEADER + CHUNK) as u64));

    // Random bytes replace the second chunk.
    let bytes = file(&[good(1), vec![0xA5; CHUNK], good(5)]);
    let (found, summary) = numbers(&bytes);
    assert_eq!(found, [(1, false), (2, false), (5, false), (6, false)]);
    assert_eq!((summary.spans[0].loss, summary.spans[0].length), (Loss::Overwritten, CHUNK as u64));

    // The first token of the first record in the second chunk is damaged.
    let mut bytes = file(&whole);
    let at = HEADER + CHUNK + 512;
    bytes[at + 24] = 0xEE;
    let (found, summary) = numbers(&bytes);
    assert_eq!(found, [(1, false), (2, false), (4, false), (5, false), (6, false)]);
    let span = &summary.spans[0];
    assert_eq!((span.offset, span.loss), (at as u64, Loss::Damage));
    assert!(span.length > 28 && span.why.contains("record"), "{span:?}");
    assert!(!summary.complete());
}

#[test]
fn a_file_cut_anywhere_gives_the_records_before_the_cut() {
    let whole = file(&[good(1), good(3)]);
    let ends: Vec<usize> = rows(&whole)
        .0
        .iter()
        .map(|row| {
            let at = usize::try_from(row.offset).unwrap();
            at + u32::from_le_bytes(whole[at + 4..at + 8].try_into().unwrap()) as usize
        })
        .collect();
    for cut in (0..whole.len()).step_by(509).chain(ends.iter().flat_map(|end| [end - 5, *end])) {
        let (rows, summary) = rows(&whole[..cut]);
        let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
        // The size after a record is not needed to read it.
        let least = ends.iter().filter(|end| **end <= cut).count() as u64;
        let most = ends.iter().filter(|end| **end <= cut + 4).count() as u64;
        let count = numbers.len() as u64;
        assert_eq!(numbers, (1..=count).collect::<Vec<_>>(), "cut at {cut}");
        assert!((least..=most).contains(&count), "cut at {cut}: {numbers:?}");
        let between = [HEADER, HEADER + CHUNK].contains(&cut);
        assert!(between || !summary.complete(), "cut at {cut}");
    }
}

#[test]
fn chunks_that_the_header_counts_and_that_are_not_there_are_told() {
    let bytes = real();
    let (rows, summary) = rows(&bytes[..HEADER]);
    assert!(rows.is_empty() && !summary.complete());
    assert!(summary.spans[0].why.contains("0 of 1 chunks"), "{summary:?}");
    assert_eq!(pushed(&bytes[..HEADER], 100), (rows, summary));
}

#[test]
fn flipped_bits_never_stop_the_reading() {
    for whole in [real(), file(&[good(1), good(3)])] {
        // Every byte of the headers and the first records, then a sample.
        let near = (0..130).chain(HEADER..HEADER + 2600).step_by(7);
        for at in near.chain((HEADER + 2600..whole.len()).step_by(1999)) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            let (rows, summary) = rows(&bytes);
            assert!(rows.len() <= 40, "{at}: {summary:?}");
        }
    }
}

#[test]
fn what_is_no_log_is_told() {
    for bytes in [&b""[..], b"ElfFile\0", b"something else"] {
        let (rows, summary) = rows(bytes);
        assert!(rows.is_empty() && !summary.complete());
        assert_eq!(pushed(bytes, 3), (rows, summary));
    }
}

#[test]
fn the_reading_ends_when_the_visitor_breaks() {
    let bytes = real();
    let mut seen = 0;
    evtx::read(&bytes, &mut |_| {
        seen += 1;
        if seen == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(seen, 3);
}

/// An array is repeated for each use in its template: a few hundred bytes can expand to a million
/// nodes.
#[test]
fn arrays_that_multiply_are_not_rendered() {
    for name in ["evtx_arrays", "evtx_bytes"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/binary");
        let packed = fs::read(path.join(format!("{name}.evtx.gz"))).unwrap();
        let mut log = Log::new(Format::Auto);
        let mut found = 0;
        log.push(&packed, &mut |_| found += 1);
        log.finish(&mut |_| found += 1);
        assert_eq!(found, 0, "{name}");
        let said = "this record shows more values than events have";
        assert!(log.notes().iter().any(|note| note.contains(said)), "{name}: {:?}", log.notes());
    }
}

/// A value is rendered for each use in its template: 45 kB can become 17 MB. The limit of 256 KiB holds
/// before a record is rendered, and ends the reading of the file after two such chunks.
#[test]
fn values_that_multiply_are_not_rendered() {
    for text in ["\u{1}", "<", "a", "\u{4e8b}"] {
        let value: Vec<u8> = text.repeat(2150).encode_utf16().flat_map(u16::to_le_bytes).collect();
        let write = |base: usize| {
            let mut xml = binxml::BinXml::new(base);
            xml.instance(&[(1, value.clone())], |xml| {
                xml.open("Event", None);
                for _ in 0..8000 {
                    xml.value(0, 1);
                }
                xml.close();
                xml.end();
            });
            xml.end();
            xml.bytes
        };
        let chunk = |number| {
            let mut bytes = binxml::chunk_of(number, [&write as &dyn Fn(usize) -> Vec<u8>]);
            bytes.resize(CHUNK, 0);
            bytes
        };
        let (rows, summary) = rows(&file(&[good(1), chunk(3), chunk(4), good(5)]));
        assert_eq!((rows.len(), summary.unjudged), (2, 3), "{text:?}: {summary:?}");
        let limit = "256 KiB as XML";
        assert!(summary.spans.iter().all(|span| span.why.contains(limit)), "{summary:?}");
    }
}

/// A record whose id cannot be read is not silently another event, as in XML.
#[test]
fn a_record_that_does_not_say_its_event_is_counted() {
    let url = article::URL;
    let three: [&str; 3] = [url, LISTED, "more"];
    for (id, strings, expected) in [
        ("8A", &three[..1], 1),
        ("", &three[..], 1),
        ("7", &three[..], 0),
        ("8", &three[..], 0),
        ("8A", &[], 1),
    ] {
        let mut log = Log::new(Format::Auto);
        let mut judge = |found: crypt32_filter::Found<'_>| {
            let verdict = classify(found.event_read, &Policy::default());
            found.told.add(unjudged::told(found.event_read, &verdict));
        };
        log.push(&file(&[chunk(1, &[(id, "2", strings)])]), &mut judge);
        log.finish(&mut judge);
        let count: u64 = log.unjudged().iter().map(|similar| similar.count).sum();
        assert_eq!(count, expected, "{id:?} {strings:?}: {:?}", log.notes());
        assert_eq!(log.notes().len() as u64, expected);
    }
}

/// As with a packed file, the rest may hold anything.
/// A copy of a record has the number of the record.
#[test]
fn a_copy_that_cannot_be_read_is_told_by_its_own_place() {
    let mut bytes = file(&[good(1)]);
    let (first, _) = rows(&bytes);
    let begin = usize::try_from(first[0].offset).unwrap();
    let length = usize::try_from(first[1].offset).unwrap() - begin;
    let behind = begin + 2 * length;
    bytes.copy_within(begin..begin + length, behind);
    bytes[behind + 24] = 0xEE;
    let (found, summary) = rows(&bytes);
    assert_eq!(found, first);
    let (span, behind) = (&summary.spans[0], behind as u64);
    assert_eq!((span.offset, span.length), (behind, length as u64), "{:?}", summary.spans);
    assert!(span.why.contains("cannot be read"), "{span:?}");
}

#[test]
fn a_file_that_is_cut_off_is_not_read_to_its_end() {
    let whole = real();
    for (length, fault) in [(whole.len(), false), (whole.len() - 9, true), (HEADER, true)] {
        let mut log = Log::new(Format::Auto);
        log.push(&whole[..length], &mut |_| ());
        log.finish(&mut |_| ());
        assert_eq!((log.failed(), log.is_whole()), (fault, !fault), "{length}");
        let expected = format!("stopped at byte {length}: the .evtx file is cut off");
        assert_eq!(log.fault(), fault.then_some(&*expected));
    }
}

#[test]
fn a_wrong_checksum_of_a_closed_log_is_told() {
    let mut bytes = file(&[good(1), good(3)]);
    for (dirty, chunks, expected) in [(0, 1, 1), (0, 2, 1), (1, 2, 0)] {
        bytes[120] = dirty;
        // The flag of a chunk that has no checksums.
        bytes[HEADER + (chunks - 1) * CHUNK + 120] = 0;
        let mut log = Log::new(Format::Auto);
        log.push(&bytes, &mut |_| ());
        log.finish(&mut |_| ());
        let told = log.notes().iter().filter(|note| note.contains("a wrong checksum"));
        assert_eq!(told.count(), expected, "{:?}", log.notes());
        assert!(log.is_whole());
    }
}
