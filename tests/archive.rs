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
