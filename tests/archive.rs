//! ZIP archives with any bytes in them: no panic, and bounded output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod zipped;

use std::io::Read as _;

use crypt32_filter::logs::archive::Archive;
use rawzip::CompressionMethod;
use zipped::archive;

/// Each name with its content or with the reason why there is none.
type Files = Vec<(String, Result<Vec<u8>, String>)>;

fn read(bytes: &[u8]) -> Result<Files, String> {
    let archive = Archive::open(bytes, bytes.len() as u64)?;
    let names: Vec<String> = archive.names().map(str::to_owned).collect();
    let content = |place: usize| {
        let mut content = Vec::new();
        let read = archive.file(place)?.read_to_end(&mut content);
        read.map_err(|error| error.to_string()).map(|_| content)
    };
    let contents: Vec<_> = (0..names.len()).map(content).collect();
    Ok(names.into_iter().zip(contents).collect())
}

#[test]
fn no_change_of_a_byte_is_unnoticed_or_stops_the_program() {
    let files: [(&str, &[u8]); 2] = [("b.log", b"one line\n"), ("a/\u{e4}.log", b"another line\n")];
    for method in [CompressionMethod::STORE, CompressionMethod::DEFLATE] {
        let whole = archive(method, &files);
        let right = read(&whole).unwrap();
        let names: Vec<&str> = right.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["a/\u{e4}.log", "b.log"]);
        for at in 0..whole.len() {
            for value in [0, 0xFF, whole[at] ^ 1, whole[at].wrapping_add(1)] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                // A content that can be read is that of a file.
                for (name, content) in read(&bytes).unwrap_or_default() {
                    let content = content.unwrap_or_default();
                    let known = files.iter().any(|(_, known)| content == *known);
                    assert!(known || content.is_empty(), "{at} {value}: {name} {content:?}");
                }
            }
            assert!(read(&whole[..at]).is_err(), "cut at {at}");
        }
    }
}

#[test]
fn a_file_unpacks_to_a_multiple_of_its_size() {
    let blanks = vec![b' '; 20 << 20];
    let bytes = archive(CompressionMethod::DEFLATE, &[("a", &blanks[..12 << 20]), ("b", &blanks)]);
    let files = read(&bytes).unwrap();
    assert!(files[0].1.as_ref().is_ok_and(|content| content.len() == 12 << 20));
    let error = files[1].1.as_ref().unwrap_err();
    assert!(error.contains("more than 500 times its size"), "{error}");
}

#[test]
fn files_that_share_bytes_are_refused() {
    let mut bytes = archive(CompressionMethod::STORE, &[("a", b"same"), ("b", b"same")]);
    // The directory's entry of the second file leads to the first.
    let directory = bytes.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
    bytes[directory + 42..directory + 46].fill(0);
    let error = read(&bytes).unwrap_err();
    assert!(error.contains("overlap"), "{error}");
}

#[test]
fn all_files_together_unpack_to_a_multiple_of_their_size() {
    let blanks = vec![b' '; 4 << 20];
    let names: Vec<String> = (0..12).map(|number| format!("{number:02}")).collect();
    let files: Vec<_> = names.iter().map(|name| (&**name, &*blanks)).collect();
    let bytes = archive(CompressionMethod::DEFLATE, &files);
    let files = read(&bytes).unwrap();
    let whole = files.iter().filter(|(_, content)| content.is_ok()).count();
    assert!((4..12).contains(&whole), "{whole}");
    assert!(files[..whole].iter().all(|(_, content)| content.is_ok()), "the first files");

    // A file that is read again costs nothing.
    let archive = Archive::open(&*bytes, bytes.len() as u64).unwrap();
    for _ in 0..12 {
        let mut content = Vec::new();
        archive.file(0).unwrap().read_to_end(&mut content).unwrap();
        assert_eq!(content.len(), blanks.len());
    }
}

/// What is said about the files of an archive that cannot be read.
fn strays(bytes: &[u8]) -> Vec<String> {
    let files = read(bytes).unwrap();
    let told = files.into_iter().filter_map(|(name, content)| Some((name, content.err()?)));
    told.map(|(name, why)| format!("{name}: {why}")).collect()
}

#[test]
fn bytes_that_no_file_has_are_told() {
    const RECORD: &[u8] = b"{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"trojan\"}\n";
    let one = archive(CompressionMethod::STORE, &[("a.log", RECORD)]);
    let none: [String; 0] = [];
    assert_eq!(strays(&one), none);
    assert_eq!(strays(&archive(CompressionMethod::DEFLATE, &[("a", RECORD), ("b/", b"")])), none);
    let told = |from: usize, to: usize| {
        [format!("bytes {from} to {to}: they belong to no file of the archive")]
    };

    // Two archives one after the other: the last one is read.
    let first = archive(CompressionMethod::STORE, &[("the first.log", RECORD)]);
    let two = [first.as_slice(), &one].concat();
    assert_eq!(strays(&two), told(0, first.len()));
    // The mark of an archive that was once in parts.
    assert_eq!(strays(&[b"PK00", one.as_slice()].concat()), none);
    // Text behind the archive.
    let more = [one.as_slice(), RECORD].concat();
    assert_eq!(strays(&more), told(one.len(), more.len()));
    // A comment, which only counts if it mentions the event.
    for (comment, counts) in [(RECORD, true), (&[b'x'; 100], false)] {
        let mut bytes = one.clone();
        let length = bytes.len();
        bytes[length - 2..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
        bytes.extend(comment);
        let expected = if counts { told(length, bytes.len()).to_vec() } else { Vec::new() };
        assert_eq!(strays(&bytes), expected);
    }
    // A file that the directory does not have.
    let mut three = archive(CompressionMethod::STORE, &[("a", RECORD), ("b", RECORD), ("c", b"")]);
    let find = |bytes: &[u8], sign: &[u8], from: usize| {
        from + bytes[from..].windows(4).position(|four| four == sign).unwrap()
    };
    let second = find(&three, b"PK\x03\x04", 4);
    let third = find(&three, b"PK\x03\x04", second + 4);
    let at = find(&three, b"PK\x01\x02", 0);
    let entry = find(&three, b"PK\x01\x02", at + 4);
    let after = find(&three, b"PK\x01\x02", entry + 4);
    three.drain(entry..after);
    let end = three.len() - 22;
    let size = u32::from_le_bytes(three[end + 12..end + 16].try_into().unwrap());
    let size = size - u32::try_from(after - entry).unwrap();
    three[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    three[end + 8..end + 12].copy_from_slice(&[2, 0, 2, 0]);
    let shown = strays(&three);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].contains(&format!(" to {third}: they belong")), "{second}: {shown:?}");
}

#[test]
fn a_folder_with_content_is_a_file() {
    let mut bytes = archive(CompressionMethod::STORE, &[("folder.", b"content")]);
    while let Some(at) = bytes.windows(7).position(|name| name == b"folder.") {
        bytes[at + 6] = b'/';
    }
    let files = read(&bytes).unwrap();
    assert_eq!(files, [("folder/".to_owned(), Ok(b"content".to_vec()))]);
}
