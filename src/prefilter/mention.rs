//! Decides whether a record mentions the event itself. Only records that could not be judged get
//! this check, so that reports can name them. The search of [`super::find`] is wider, because it
//! must not miss a candidate; reports would otherwise name every download from Windows Update and
//! every `crypt32.dll` in a list.

use std::borrow::Cow;

use super::{SOURCE, find};

/// The maximum distance between the source and the number of the event, in bytes.
const NEAR: usize = 1024;
/// The number of bytes of a piece that are kept for a mention that continues in the next piece.
const KEPT: usize = 2 * NEAR;
/// The file name that follows the host in the known URL, and the maximum distance between the two.
const FILE: &[u8] = b"authrootseq";
const FAR: usize = 200;
/// The number of times that escapes are decoded: a string inside a string inside a record.
const ESCAPES: u8 = 3;
/// The event id, alone and with the high bits for severity and source.
const NUMBERS: [&[u8]; 4] = [b"8", b"131080", b"3221356552", b"0020008"];

/// Whether a record has the template, the known URL, or the source with the event id near it, in
/// UTF-8 or UTF-16. If it has the source in UTF-16, it may be binary, and then the id is not in
/// digits.
pub fn names_event(record: &[u8]) -> bool {
    if names_event_in_utf8(record) {
        return true;
    }
    if memchr::memchr(0, record).is_none() {
        return false;
    }
    let narrow = narrow(record);
    let wide_source = memchr::memmem::find(record, b"3\x002").is_some();
    names_event_in_utf8(&narrow) || (wide_source && has_source(&narrow))
}

/// Converts UTF-16 to ASCII as far as possible: removes the NULs of letters, and replaces a NUL
/// that ends a string by a blank.
fn narrow(record: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(record.len() / 2);
    for part in record.split(|byte| *byte == 0) {
        // An empty part is a NUL that follows the NUL of a letter.
        if part.is_empty() && out.last().is_some_and(|last| *last != b' ') {
            out.push(b' ');
        }
        out.extend_from_slice(part);
    }
    out
}

/// Whether the source occurs as a word of its own.
fn has_source(record: &[u8]) -> bool {
    let next = |from| find(record, from);
    let mut places = core::iter::successors(next(0), |at| next(at + 1));
    places.any(|at| {
        let start = at.saturating_sub(4);
        let source = record.get(start..start + SOURCE.len());
        source.is_some_and(|text| text.eq_ignore_ascii_case(SOURCE)) && is_source(record, start)
    })
}

fn names_event_in_utf8(record: &[u8]) -> bool {
    let mut record = Cow::Borrowed(record);
    for _ in 0..ESCAPES {
        let mut escaped = false;
        if is_named(&record, &mut escaped) {
            return true;
        }
        if !escaped {
            return false;
        }
        record = Cow::Owned(unescaped(&record));
    }
    is_named(&record, &mut false)
}

fn is_named(record: &[u8], escaped: &mut bool) -> bool {
    // The position of the next event id that is not too far before the source, once it was searched
    // for.
    let mut next = None;
    let mut from = 0;
    while let Some(at) = find(record, from) {
        from = at + 1;
        match record.get(from) {
            Some(b'0') => *escaped = true,
            Some(b':') => return true,
            Some(b'.') => {
                let rest = &record[at..record.len().min(at + FAR)];
                if memchr::memmem::find(rest, FILE).is_some() {
                    return true;
                }
            }
            _ => {
                let mut near = *next.get_or_insert_with(|| number(record, at.saturating_sub(NEAR)));
                while let Some(before) = near.filter(|before| before + NEAR < at) {
                    near = number(record, before + 1);
                }
                next = Some(near);
                if near.is_some_and(|near| near < at + NEAR)
                    && is_source(record, at.saturating_sub(4))
                {
                    return true;
                }
            }
        }
    }
    false
}

/// Whether the source at `start` is a word and not part of a file name.
fn is_source(record: &[u8], start: usize) -> bool {
    let inside = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let before = start.checked_sub(1).and_then(|at| record.get(at));
    let behind = &record[start + SOURCE.len()..];
    let file = behind.get(..4).is_some_and(|end| end.eq_ignore_ascii_case(b".dll"));
    !before.is_some_and(inside) && !behind.first().is_some_and(inside) && !file
}

/// The position of the next event id that is not part of a word, a date, a time or a version.
fn number(record: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += record.get(at..)?.iter().position(u8::is_ascii_digit)?;
        let digits = record[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let end = at + digits;
        if NUMBERS.contains(&&record[at..end]) && !is_part(record, at, end) {
            return Some(at);
        }
        at = end;
    }
}

fn is_part(record: &[u8], start: usize, end: usize) -> bool {
    let before = |back: usize| start.checked_sub(back).and_then(|at| record.get(at));
    let word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphabetic);
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let glue = |byte: Option<&u8>, with: &[u8]| byte.is_some_and(|byte| with.contains(byte));
    // Some tools write `crypt32/8`.
    let source = start.checked_sub(SOURCE.len() + 1).and_then(|at| record.get(at..start - 1));
    let source = source.is_some_and(|text| text.eq_ignore_ascii_case(SOURCE));
    // Letters may come before the digits of `C0020008`.
    (word(before(1)) && end - start == 1)
        || word(record.get(end))
        || (glue(before(1), b"/-.") && digit(before(2)) && !source)
        || (glue(record.get(end), b"/-.:") && digit(record.get(end + 1)))
}

/// Decodes the JSON escapes of ASCII characters, one level only.
fn unescaped(record: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(record.len());
    let mut rest = record;
    while let Some(at) = memchr::memmem::find(rest, b"\\u00") {
        let hex = rest.get(at + 4..at + 6).and_then(|hex| core::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.extend_from_slice(&rest[..at]);
        let length = if let Some(byte) = byte {
            // In a string inside a string, another backslash comes before the backslash of the
            // escape.
            while out.last() == Some(&b'\\') {
                out.pop();
            }
            out.push(byte);
            6
        } else {
            out.extend_from_slice(&rest[at..at + 4]);
            4
        };
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
    out
}

/// Searches a record that comes in pieces and is not kept.
#[derive(Clone, Debug, Default)]
pub struct Trail {
    named: bool,
    rest: Vec<u8>,
}

impl Trail {
    /// Adds the next piece.
    pub fn add(&mut self, piece: &[u8]) {
        if self.named {
            return;
        }
        self.rest.extend_from_slice(&piece[..piece.len().min(KEPT)]);
        self.named = names_event(&self.rest) || (piece.len() > KEPT && names_event(piece));
        if piece.len() > KEPT {
            self.rest.clear();
            self.rest.extend_from_slice(&piece[piece.len() - KEPT..]);
        } else {
            self.rest.drain(..self.rest.len().saturating_sub(KEPT));
        }
    }

    /// Whether the pieces so far mention the event. The next piece belongs to another record.
    pub fn end(&mut self) -> bool {
        core::mem::take(self).named
    }
}

#[cfg(test)]
mod tests {
    use super::{Trail, names_event};
    use proptest::prelude::*;

    const URL: &str = "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt";

    #[test]
    fn the_event_is_mentioned() {
        for record in [
            URL,
            &URL.replace('/', "\\/"),
            &URL.replace('w', "\\u0077"),
            &URL.replace('w', "\\\\u0077"),
            "a third-party root list sequence number from: x",
            "crypt32 8",
            "Event ID: 8, Source: Crypt32",
            "crypt32:8:x",
            "CRYPT32,8,0",
            "\"code\":3221356552,\"source\":\"crypt32\"",
            "crypt32 0xC0020008",
            "A|CRYPT32/8;Error",
            "crypt32-8",
            "crypt32.8",
        ] {
            assert!(names_event(record.as_bytes()), "{record}");
            for order in [u16::to_le_bytes, u16::to_be_bytes] {
                let wide: Vec<u8> = format!(" {record}").encode_utf16().flat_map(order).collect();
                for cut in 0..2 {
                    assert!(names_event(&wide[cut..]), "{record}");
                }
            }
        }
        // A binary record does not write the event id in digits.
        assert!(names_event(b"\x08\0\x02\xC0c\0r\0y\0p\0t\x003\x002\0\0\0P\0C\0"));
    }

    #[test]
    fn others_are_not() {
        for record in [
            "",
            "crypt32 7",
            "crypt32 11 2010-03-15 08:18:48",
            "2010-8-15 8:15 crypt32 1.8 v8",
            "8 crypt32.dll loaded",
            "8 crypt32chain",
            "crypt32/7 crypt32/8.1 crypt32/80",
            "8 xcrypt32",
            "http://www.download.windowsupdate.com/x.cab",
            "\\u0041 8",
            &format!("8{}crypt32", " ".repeat(2000)),
        ] {
            assert!(!names_event(record.as_bytes()), "{record}");
        }
        assert!(!names_event(b"\x08\0c\0r\0y\0p\0t\x003\x002\0.\0d\0l\0l\0"));
        assert!(!names_event(b"crypt32 7\0"));
    }

    proptest! {
        #[test]
        fn a_trail_sees_what_the_whole_shows(
            before in 0..5000_usize, after in 0..5000_usize, size in 1..4000_usize,
        ) {
            let text = [&vec![b'x'; before], URL.as_bytes(), &vec![b'x'; after]].concat();
            let mut trail = Trail::default();
            text.chunks(size).for_each(|piece| trail.add(piece));
            prop_assert!(trail.end());
            prop_assert!(!trail.end());
        }
    }
}
