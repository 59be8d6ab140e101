//! Input that is not text passes to its last byte, even if it contains records. Input that only
//! resembles it is filtered.

mod filtered;

use crypt32_filter::{
    engine::filter::{Filter, Piece},
    input_kind::{HEAD, Kind},
    policy::{Action, Policy},
};
use filtered::filtered;

const BENIGN: &str = concat!(
    "\n",
    r#"{"SourceName":"crypt32","EventID":8,"EventType":"Error","Channel":"Application","#,
    r#""ComputerName":"SERVER1","Message":"Failed auto update retrieval of third-party root list "#,
    r"sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/",
    r"trustedr/en/authrootseq.txt> with error: The server name or address could not be ",
    r#"resolved\r\n"}"#,
    "\n",
);

fn wide(text: &str, order: fn(u32) -> Vec<u8>) -> Vec<u8> {
    text.chars().flat_map(|c| order(c as u32)).collect()
}

/// The header of a tar member: names and numbers in fields of fixed lengths. `name` is that of the
/// format.
fn tar(format: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    let put = |header: &mut [u8], at: usize, text: &[u8]| {
        header[at..at + text.len()].copy_from_slice(text);
    };
    for (at, text) in [
        (0, &b"logs/app.ndjson"[..]),
        (100, b"0000644\0"),
        (108, b"0001750\0"),
        (116, b"0001750\0"),
        (124, b"00000000670\0"),
        (136, b"11347435775\0"),
        (148, b"        "),
        (156, b"0"),
        (257, format),
    ] {
        put(&mut header, at, text);
    }
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut header, 148, format!("{sum:06o}\0 ").as_bytes());
    header
}

/// The beginning of an input of each kind.
fn beginnings() -> Vec<(Kind, Vec<u8>)> {
    let text = "Event Type:\tError\r\n";
    let two = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let [little, big] = [two(u16::to_le_bytes), two(u16::to_be_bytes)];
    let japanese: Vec<u8> =
        "日付,日本語の説明\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cyrillic: Vec<u8> = "Обытие\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let blank_first = [b"\n\0", &*little.repeat(30)].concat();
    let four_little = wide(text, |c| c.to_le_bytes().to_vec());
    let four_big = wide(text, |c| c.to_be_bytes().to_vec());
    vec![
        // The time in the header contains a line-end byte.
        (Kind::Gzip, b"\x1F\x8B\x08\x08\x0A\x0A\x0A\x0A\0\x03".to_vec()),
        (Kind::Zstd, b"\x28\xB5\x2F\xFD\x24\x05".to_vec()),
        (Kind::Zstd, b"\x5A\x2A\x4D\x18\x04\0\0\0abcd".to_vec()),
        (Kind::Xz, b"\xFD7zXZ\0\0\x04".to_vec()),
        (Kind::Bzip2, b"BZh91AY&SY".to_vec()),
        (Kind::Bzip2, b"BZh1\x17\x72\x45\x38\x50\x90".to_vec()),
        (Kind::Lz4, b"\x04\x22\x4D\x18\x64\x40".to_vec()),
        (Kind::Lz4, b"\x02\x21\x4C\x18".to_vec()),
        (Kind::Archive, b"!<arch>\nlogs/app.ndjson/ ".to_vec()),
        (Kind::Archive, [b"070701", &b"0000A1B2".repeat(13)[..], b"app.ndjson\0"].concat()),
        (Kind::Archive, [b"070707", &b"0012345".repeat(10)[..], b"app.ndjson\0"].concat()),
        (Kind::Packed, b"\x1F\x9D\x90".to_vec()),
        (Kind::Packed, b"LZIP\x01\x0C".to_vec()),
        (Kind::Packed, b"\x5D\0\0\x80\0\xFF".to_vec()),
        (Kind::Packed, b"\xFF\x06\0\0sNaPpY".to_vec()),
        (Kind::Zip, b"PK\x03\x04\x0A\0\0\0".to_vec()),
        (Kind::Zip, b"PK\x05\x06\0\0".to_vec()),
        (Kind::SevenZip, b"7z\xBC\xAF\x27\x1C\0\x04".to_vec()),
        (Kind::Rar, b"Rar!\x1A\x07\x01\0".to_vec()),
        (Kind::Cabinet, b"MSCF\0\0\0\0".to_vec()),
        (Kind::Evt, b"\x30\0\0\0LfLe\x01\0\0\0".to_vec()),
        (Kind::Evtx, b"ElfFile\0".to_vec()),
        (Kind::Tar, tar(b"ustar\x0000")),
        (Kind::Tar, tar(b"ustar  \0")),
        (Kind::Tar, tar(b"")),
        (Kind::Utf16Le, [b"\xFF\xFE", &*little].concat()),
        (Kind::Utf16Be, [b"\xFE\xFF", &*big].concat()),
        (Kind::Utf16Le, little.repeat(30)),
        (Kind::Utf16Le, blank_first),
        (Kind::Utf16Le, japanese.repeat(60)),
        (Kind::Utf16Be, big.repeat(30)),
        (Kind::Utf32, [b"\xFF\xFE\0\0", &*four_little].concat()),
        (Kind::Utf32, [b"\0\0\xFE\xFF", &*four_big].concat()),
        (Kind::Utf32, four_little.repeat(20)),
        (Kind::Utf32, four_big.repeat(20)),
        (Kind::Packed, b"x\x01\x01\x36\x01\xC9\xFE".to_vec()),
        (Kind::Binary, b"SQLite format 3\0\x10\0\x02\x02\0@  ".to_vec()),
        (Kind::Binary, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec()),
        (Kind::Binary, b"\xD4\xC3\xB2\xA1\x02\0\x04\0".to_vec()),
        (Kind::Binary, b"\x7FELF\x02\x01\x01\0".to_vec()),
        (Kind::Binary, b"ElfChnk\0\x01\0\0\0".to_vec()),
        (Kind::Binary, b"PAR1\x15\x04\x15".to_vec()),
        // Line ends before the first zero: a capture, a dump of Redis, a message of protobuf.
        (Kind::Binary, b"\n\r\r\n\x1C\0\0\0M<+\x1A\x01\0\0\0".to_vec()),
        (Kind::Binary, b"REDIS0009\xFA\tredis-ver\x055.0.7\xFA\nredis-bits\xC0\0".to_vec()),
        (Kind::Binary, b"\n\x07SERVER1\x12\x02\n\x08\x18\0".to_vec()),
        // A text of one word, without blanks.
        (Kind::Utf16Le, cyrillic.repeat(80)),
        (Kind::Utf32, [b"\x0A\x0A\0\0", &*four_little.repeat(20)].concat()),
        (Kind::Utf32, [b"?", &*four_little.repeat(20)].concat()),
        (Kind::Utf32, [b"??", &*four_big.repeat(20)].concat()),
        // One line of UTF-16 before others.
        (Kind::Binary, b"\n\0{\0}\0\n\0{\"a\":\"bcdefghijklm\"}\n".to_vec()),
    ]
}

fn policies() -> impl Iterator<Item = Policy> {
    let actions = [Action::Tag, Action::Drop, Action::Observe];
    let all = actions.into_iter().flat_map(|action| [1 << 20, 300, 4].map(|most| (action, most)));
    all.map(|(action, max_record)| Policy { action, max_record, ..Policy::default() })
}

#[test]
fn what_is_no_text_passes_in_any_cut() {
    for (kind, head) in beginnings() {
        let input = [&*head, BENIGN.repeat(5).as_bytes()].concat();
        assert_eq!(Kind::of(&input), kind);
        for policy in policies() {
            for size in [1, 2, 3, 7, 255, 256, 511, 512, 1023, 1024, 1025, input.len()] {
                let mut filter = Filter::new(policy.clone());
                let out = filtered(&mut filter, input.chunks(size));
                assert!(out == input, "{kind:?} in pieces of {size}: {policy:?}");
                assert_eq!(filter.kind(), Some(kind));
                let ledger = filter.ledger();
                assert_eq!((ledger.records, ledger.bytes_in), (0, input.len() as u64));
                assert_eq!(ledger.bytes_out, ledger.bytes_in);
            }
        }
    }
}

#[test]
fn another_input_is_told_anew() {
    let policy = Policy { action: Action::Drop, ..Policy::default() };
    let mut filter = Filter::new(policy);
    let gzip = [b"\x1F\x8B\x08", BENIGN.as_bytes()].concat();
    let marked = format!("\u{feff}{}", BENIGN.trim_start());
    for _ in 0..3 {
        assert!(filtered(&mut filter, [&*gzip]) == gzip);
        assert_eq!(filter.kind(), Some(Kind::Gzip));
        assert_eq!(filtered(&mut filter, [marked.as_bytes()]), "\u{feff}".as_bytes());
        assert_eq!(filter.kind(), Some(Kind::Text));
    }
    assert_eq!(filter.ledger().dropped, 3);
}

/// Short inputs end before enough bytes for a decision have arrived.
#[test]
fn a_beginning_alone_is_told_at_the_end() {
    for (kind, head) in beginnings() {
        let mut filter = Filter::new(Policy::default());
        assert!(filtered(&mut filter, head.chunks(1)) == head, "{kind:?}");
        assert_eq!(filter.kind(), Some(kind));
    }
}

#[test]
fn what_only_resembles_it_is_text() {
    let zeros = "\0".repeat(600);
    let no_tar = String::from_utf8(tar(b"")).unwrap().replace("0000644", "0000655");
    // The checksum is correct, and a line ends before the first zero.
    let no_name = String::from_utf8(tar(b"ustar")).unwrap().replacen("logs/a", "logs\na", 1);
    for head in [
        "",
        "\n",
        "P",
        "PK",
        "BZh9",
        "BZh9 is no archive",
        "7z",
        "ElfFile",
        "a\0b",
        "\0",
        &zeros,
        &no_tar,
        &no_name,
        "{\"a\":1}",
        "\u{feff}{\"a\":1}",
        "Task None\0\r\nLevel Error\0",
        "\n\r\n\n",
        "\n\na\0b",
        "8=FIX.4.4\u{1}9=12\u{1}",
        "\u{1b}[31mred\u{1b}[0m",
    ] {
        let input = [head, BENIGN].concat();
        for size in [1, 5, 1024, input.len()] {
            let policy = Policy { action: Action::Drop, ..Policy::default() };
            let mut filter = Filter::new(policy);
            let out = filtered(&mut filter, input.as_bytes().chunks(size));
            assert_eq!(filter.kind(), Some(Kind::Text), "{head:?}");
            assert!(out == format!("{head}\n").as_bytes(), "{head:?} in pieces of {size}");
            assert_eq!(filter.ledger().dropped, 1);
        }
    }
}

/// A slow input must not wait for its next bytes. The only exception is a blank line at the
/// beginning, because a NUL after it would make it UTF-16.
#[test]
fn a_line_of_text_does_not_wait_for_the_next() {
    for line in ["{\"a\":1}\n", "P\n", "\u{feff}\n", "ustar\r\n"] {
        let mut filter = Filter::new(Policy::default());
        let mut out = 0;
        for byte in line.as_bytes().chunks(1) {
            filter.push(byte, &mut |piece| out += length(&piece));
        }
        assert_eq!(out, line.len(), "{line:?}");
    }
    // An input of a still unknown kind waits for a few bytes only.
    let mut filter = Filter::new(Policy::default());
    let mut out = 0;
    filter.push(&[0; HEAD - 1], &mut |piece| out += length(&piece));
    assert_eq!(out, 0);
    filter.push(b"\n", &mut |piece| out += length(&piece));
    assert_eq!(out, HEAD);
}

fn length(piece: &Piece<'_>) -> usize {
    match piece {
        Piece::Chunk(span) => span.len(),
        Piece::Bytes(bytes) => bytes.len(),
    }
}
