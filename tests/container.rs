//! Detects the kind of a file and decodes its text: whole, cut, damaged, and too large.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use crypt32_filter::logs::container::{Content, Decoder, Fault, Limits, Packing, content};
use proptest::prelude::*;

struct Decoded {
    bytes: Vec<u8>,
    done: Result<(), Fault>,
    packing: Option<Packing>,
    content: Option<Content>,
    replaced: u64,
}

fn decode_with(limits: Limits, bytes: &[u8], chunk: usize) -> Decoded {
    let mut decoder = Decoder::new(limits);
    let mut out = Vec::new();
    let mut sink = |piece: &[u8]| out.extend_from_slice(piece);
    let mut done = Ok(());
    for chunk in bytes.chunks(chunk.max(1)) {
        done = decoder.push(chunk, &mut sink);
        if done.is_err() {
            break;
        }
    }
    let end = decoder.finish(&mut sink);
    if done.is_err() {
        assert_eq!(done, end, "the fault is told again");
    }
    Decoded {
        done: end,
        packing: decoder.packing(),
        content: decoder.content(),
        replaced: decoder.replaced(),
        bytes: out,
    }
}

fn decode(bytes: &[u8], chunk: usize) -> Decoded {
    decode_with(Limits::default(), bytes, chunk)
}

fn wide(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

const TEXT: &str =
    "Event Type:\tError\r\nEvent Source:\tcrypt32\r\nComputer:\tSRV-ÄÖ-\u{1F4A5}\r\n";

#[test]
fn text_of_every_encoding_comes_out_as_utf_8() {
    let le = u16::to_le_bytes;
    let be = u16::to_be_bytes;
    let cases = [
        (TEXT.as_bytes().to_vec(), Content::Utf8),
        ([b"\xEF\xBB\xBF", TEXT.as_bytes()].concat(), Content::Utf8),
        (wide(TEXT, le), Content::Utf16Le),
        (wide(TEXT, be), Content::Utf16Be),
        ([b"\xFF\xFE".to_vec(), wide(TEXT, le)].concat(), Content::Utf16Le),
        ([b"\xFE\xFF".to_vec(), wide(TEXT, be)].concat(), Content::Utf16Be),
    ];
    for (bytes, content) in cases {
        for chunk in 1..12 {
            let decoded = decode(&bytes, chunk);
            assert_eq!(decoded.bytes, TEXT.as_bytes(), "{content:?} in chunks of {chunk}");
            assert_eq!((decoded.content, decoded.packing), (Some(content), Some(Packing::Plain)));
            assert_eq!((decoded.replaced, decoded.done), (0, Ok(())));
        }
    }
}

#[test]
fn long_utf_16_text_is_decoded_as_a_whole() {
    let text = TEXT.repeat(3000);
    let decoded = decode(&wide(&text, u16::to_le_bytes), 4097);
    assert_eq!(decoded.bytes, text.as_bytes());
}

#[test]
fn broken_utf_16_units_are_replaced_and_counted() {
    // A low surrogate alone, a high surrogate before a letter, two high surrogates, and half a
    // unit.
    let units = [0xFEFF, 0x41, 0xDC00, 0xD83D, 0x42, 0xD83D, 0xD83D, 0xDCA5];
    let mut bytes: Vec<u8> = units.into_iter().flat_map(u16::to_le_bytes).collect();
    bytes.push(0x43);
    for chunk in [1, 2, 3, 100] {
        let decoded = decode(&bytes, chunk);
        let text = String::from_utf8(decoded.bytes).unwrap();
        assert_eq!(text, "A\u{FFFD}\u{FFFD}B\u{FFFD}\u{1F4A5}\u{FFFD}");
        assert_eq!(decoded.replaced, 4);
    }
    let decoded = decode(&[0xFF, 0xFE, 0x3D, 0xD8], 1);
    assert_eq!((decoded.bytes, decoded.replaced), ("\u{FFFD}".as_bytes().to_vec(), 1));
}

#[test]
fn what_is_not_text_passes_as_it_is() {
    let evt = include_bytes!("fixtures/evt/crypt32_event8_wrapped.evt");
    let evtx = [b"ElfFile\0".to_vec(), vec![0; 5000]].concat();
    for (bytes, content) in [(&evt[..], Content::Evt), (&evtx, Content::Evtx)] {
        let decoded = decode(bytes, 333);
        assert_eq!(decoded.bytes, bytes);
        assert_eq!(decoded.content, Some(content));
    }
    // NULs alone do not make UTF-16, and the record readers handle invalid UTF-8.
    for bytes in [&b""[..], b"a", b"{}", b"\0\0\0\0\0\0\0\0\0\0", b"a\0b", b"\xFF\xC0 latin 1 \xE4"]
    {
        let decoded = decode(bytes, 2);
        assert_eq!((decoded.bytes.as_slice(), decoded.done), (bytes, Ok(())));
        assert_eq!(decoded.content, Some(Content::Utf8));
    }
    assert_eq!(content(b"Task: None\0\r\nLevel: Error\0\r\n"), Content::Utf8);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_utf_16(text in any::<String>(), chunk in 1..50usize, big in any::<bool>()) {
        let (mark, order): (_, fn(u16) -> [u8; 2]) =
            if big { (b"\xFE\xFF", u16::to_be_bytes) } else { (b"\xFF\xFE", u16::to_le_bytes) };
        let decoded = decode(&[mark.to_vec(), wide(&text, order)].concat(), chunk);
        prop_assert_eq!(String::from_utf8(decoded.bytes).unwrap(), text);
    }

    #[test]
    fn any_bytes_give_the_same_in_any_chunks(
        bytes in proptest::collection::vec(any::<u8>(), 0..3000),
        chunk in 1..400usize,
    ) {
        let (one, cut) = (decode(&bytes, usize::MAX), decode(&bytes, chunk));
        prop_assert_eq!(one.bytes, cut.bytes);
        prop_assert_eq!((one.content, one.done), (cut.content, cut.done));
    }
}

mod packed {
    use std::io::Write;

    use flate2::{Compression, GzBuilder, write::GzEncoder};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    /// About 200 KB of different lines.
    fn lines() -> Vec<u8> {
        (0..4000u64)
            .flat_map(|n| format!("line {n} {} {TEXT}", n * n * 7919 % 10_007).into_bytes())
            .collect()
    }

    #[test]
    fn packed_text_comes_out() {
        let text = lines();
        let wide: Vec<u8> = wide(std::str::from_utf8(&text).unwrap(), u16::to_le_bytes);
        for inner in [&text, &wide] {
            for (packed, packing) in [(gzip(inner), Packing::Gzip), (zstd(inner), Packing::Zstd)] {
                for chunk in [1, 7, 1000, usize::MAX] {
                    let decoded = decode(&packed, chunk);
                    assert_eq!(decoded.done, Ok(()));
                    assert!(decoded.bytes == text, "{packing:?} in chunks of {chunk}");
                    assert_eq!(decoded.packing, Some(packing));
                }
            }
        }
    }

    /// Each block needs its tables: a megabyte of them took a second and a half.
    #[test]
    fn a_packed_file_that_holds_next_to_nothing_is_not_read_to_its_end() {
        let one = gzip(b"\n");
        // Blocks of ten bits, none of which is the last one.
        let header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3];
        let blocks = [header.to_vec(), [0x02, 0x08, 0x20, 0x80, 0].repeat(100_000)].concat();
        for hollow in [gzip(b"").repeat(50_000), one.repeat(50_000), blocks] {
            for chunk in [1000, usize::MAX] {
                let fault = decode(&hollow, chunk).done.unwrap_err();
                assert!(fault.why.contains("less than half its size"), "{fault}");
                assert!(fault.offset < 50_000, "{fault}");
            }
        }
        // Some empty members, as in rotated logs, and many small ones, are allowed.
        let small =
            gzip(b"2010-03-15T11:27:57Z SERVER1 a line of a log that is packed by itself\n");
        for fine in [gzip(b"").repeat(1000), small.repeat(10_000)] {
            assert_eq!(decode(&fine, usize::MAX).done, Ok(()));
        }
    }

    #[test]
    fn several_members_and_all_header_fields_are_read() {
        let mut full = GzBuilder::new()
            .filename("a.log")
            .comment("with a comment")
            .extra(vec![1, 2, 3])
            .write(Vec::new(), Compression::best());
        full.write_all(b"two ").unwrap();
        let mut bytes = [gzip(b"one "), full.finish().unwrap(), gzip(b""), gzip(b"three")].concat();
        bytes.extend([0; 100]);
        let frames = [
            zstd(b"one "),
            // A skippable frame of three bytes.
            b"\x50\x2A\x4D\x18\x03\0\0\0abc".to_vec(),
            b"\x5F\x2A\x4D\x18\0\0\0\0".to_vec(),
            zstd(b"two three"),
        ];
        for bytes in [bytes, frames.concat(), frames[1..].concat()] {
            for chunk in 1..20 {
                let decoded = decode(&bytes, chunk);
                assert_eq!(decoded.done, Ok(()));
                assert!(matches!(&decoded.bytes[..], b"one two three" | b"two three"));
            }
        }
    }

    #[test]
    fn a_header_checksum_is_passed_over() {
        // FHCRC is flag 2; its two bytes follow the fixed header.
        let mut bytes = gzip(b"text");
        bytes[3] |= 2;
        bytes.splice(10..10, [0, 0]);
        assert_eq!(decode(&bytes, 1).bytes, b"text");
    }

    #[test]
    fn a_binary_log_inside_is_told() {
        let evt = include_bytes!("fixtures/evt/crypt32_event8_clean.evt");
        let decoded = decode(&gzip(evt), 100);
        assert_eq!((decoded.content, decoded.packing), (Some(Content::Evt), Some(Packing::Gzip)));
        assert_eq!(decoded.bytes, evt);
    }

    #[test]
    fn what_was_decoded_before_a_cut_is_kept() {
        let text = lines();
        for packed in [gzip(&text), zstd(&text)] {
            let mut most = 0;
            for cut in (5..packed.len()).step_by(packed.len() / 97) {
                let decoded = decode(&packed[..cut], 1 << 16);
                let fault = decoded.done.unwrap_err();
                assert!(fault.why.contains("cut off"), "{fault}");
                assert!(fault.offset <= cut as u64);
                assert!(text.starts_with(&decoded.bytes), "cut at {cut}");
                most = most.max(decoded.bytes.len());
            }
            assert!(most > text.len() / 2, "only {most} bytes of {}", text.len());
            // The last byte is missing: all text is decoded, but the file is still incomplete.
            let decoded = decode(&packed[..packed.len() - 1], 1 << 16);
            assert!(decoded.done.is_err());
        }
    }

    #[test]
    fn damage_is_never_silent() {
        let text = lines();
        for packed in [gzip(&text), zstd(&text)] {
            for at in (0..packed.len()).step_by(packed.len() / 211) {
                let mut bytes = packed.clone();
                bytes[at] ^= 0x10;
                let decoded = decode(&bytes, 5000);
                // Time stamp and system in the gzip header do not change the text.
                let harmless = decoded.bytes == text || decoded.packing == Some(Packing::Plain);
                assert!(harmless || decoded.done.is_err(), "damage at {at} was not seen");
            }
        }
        let mut bytes = gzip(b"some text");
        let last = bytes.len() - 8;
        bytes[last] ^= 1;
        let decoded = decode(&bytes, 3);
        assert_eq!(decoded.bytes, b"some text");
        assert!(decoded.done.unwrap_err().why.contains("checksum of gzip member 1"));
        let mut bytes = zstd(b"some text");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        let decoded = decode(&bytes, 3);
        assert_eq!(decoded.bytes, b"some text");
        assert!(decoded.done.unwrap_err().why.contains("checksum"));
        let decoded = decode(&[gzip(b"text"), b"more".to_vec()].concat(), 3);
        assert_eq!(decoded.bytes, b"text");
        let fault = decoded.done.unwrap_err();
        assert!(fault.why.contains("no gzip member") && fault.offset == 24, "{fault}");
    }

    #[test]
    fn the_limits_stop_a_bomb() {
        let zeros = vec![0; 24 << 20];
        for packed in [gzip(&zeros), zstd(&zeros)] {
            let decoded = decode_with(Limits { ratio: 100, ..Limits::default() }, &packed, 1 << 16);
            let fault = decoded.done.unwrap_err();
            assert!(fault.why.contains("100 times"), "{fault}");
            assert!((1 << 20..17 << 20).contains(&decoded.bytes.len()));
            let decoded = decode_with(Limits { total: 1 << 20, ratio: 1 << 20 }, &packed, 1 << 16);
            let fault = decoded.done.unwrap_err();
            assert!(fault.why.contains("1048576 bytes") && fault.offset > 0, "{fault}");
            assert!(decoded.bytes.len() <= 1 << 20);
        }
    }

    #[test]
    fn a_window_that_is_too_large_is_refused() {
        // The magic number, a descriptor without options, and a window of 2^(10 + 14) bytes.
        let fault = decode(&[0x28, 0xB5, 0x2F, 0xFD, 0, 14 << 3, 1, 0, 0], 100).done.unwrap_err();
        assert!(fault.why.contains("window of 16777216 bytes"), "{fault}");
    }

    #[test]
    fn a_file_that_is_packed_twice_is_refused() {
        for bytes in [gzip(&gzip(b"text")), zstd(&gzip(b"text")), gzip(&zstd(b"text"))] {
            assert!(decode(&bytes, 9).done.unwrap_err().why.contains("packed twice"));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_packed_bytes_give_an_answer(
            magic in prop_oneof![
                Just(b"\x1F\x8B\x08".to_vec()),
                Just(b"\x28\xB5\x2F\xFD".to_vec()),
                Just(zstd(&lines()[..3000])),
                Just(gzip(&lines()[..3000])),
            ],
            keep in 3..2000usize,
            rest in proptest::collection::vec(any::<u8>(), 0..300),
            chunk in 1..600usize,
        ) {
            let head = &magic[..keep.min(magic.len())];
            let bytes = [head, &rest[..]].concat();
            let (one, cut) = (decode(&bytes, usize::MAX), decode(&bytes, chunk));
            prop_assert_eq!(one.bytes, cut.bytes);
            prop_assert_eq!(one.done.is_ok(), cut.done.is_ok());
        }
    }
}

#[test]
fn what_a_file_is_does_not_depend_on_how_much_comes_at_once() {
    let start = wide(&"crypt32 8 ".repeat(60), u16::to_le_bytes);
    let file = [start, b"plain text ".repeat(1000)].concat();
    let whole = decode(&file, file.len());
    assert_eq!(whole.content, Some(Content::Utf16Le));
    for size in [7, 100, 1023, 1024, 1025, 5000] {
        let cut = decode(&file, size);
        assert_eq!((cut.content, cut.replaced), (whole.content, whole.replaced), "{size}");
        assert!(cut.bytes == whole.bytes, "{size}");
    }
}
