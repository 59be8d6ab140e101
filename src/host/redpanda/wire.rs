//! A record as brokers hand it over: key, value and headers, each length a zigzag varint, and −1
//! for what is null. The same bytes go in and come out.
//!
//! Source: the record payload of Kafka's batch format, version 2.

use core::ops::Range;

/// Where the parts of a payload are.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// Where the length of the value begins.
    pub value_length: usize,
    /// The value; empty also if it is null, as a tombstone's is.
    pub value: Range<usize>,
    /// How many headers there are.
    pub headers: i64,
    /// Where they begin, behind their number.
    pub headers_at: usize,
}

/// Reads a payload; `None` if it is none.
pub fn read(payload: &[u8]) -> Option<Record> {
    let mut rest = Rest { payload, at: 0 };
    rest.sized()?;
    let value_length = rest.at;
    let value = rest.sized()?;
    let headers = rest.number()?;
    let headers_at = rest.at;
    for _ in 0..headers {
        rest.sized()?;
        rest.sized()?;
    }
    let whole = headers >= 0 && rest.at == payload.len();
    whole.then_some(Record { value_length, value, headers, headers_at })
}

/// The last header of this name.
pub fn last_header<'a>(payload: &'a [u8], record: &Record, name: &str) -> Option<&'a [u8]> {
    let mut rest = Rest { payload, at: record.headers_at };
    let mut found = None;
    for _ in 0..record.headers {
        let (key, value) = (rest.sized()?, rest.sized()?);
        if payload.get(key) == Some(name.as_bytes()) {
            found = payload.get(value);
        }
    }
    found
}

struct Rest<'a> {
    payload: &'a [u8],
    at: usize,
}

impl Rest<'_> {
    fn number(&mut self) -> Option<i64> {
        let mut number = 0_u64;
        for (i, &byte) in self.payload.get(self.at..)?.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7F).checked_shl(u32::try_from(7 * i).ok()?)?;
            if byte < 0x80 {
                self.at += i + 1;
                return Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed());
            }
        }
        None
    }

    /// What stands behind its length; nothing if it is null.
    fn sized(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).unwrap_or_default();
        let start = self.at;
        self.at = start.checked_add(length).filter(|&end| end <= self.payload.len())?;
        Some(start..self.at)
    }
}

/// Writes a number.
pub fn write_number(out: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)).cast_unsigned();
    loop {
        let low = u8::try_from(rest & 0x7F).unwrap_or_default();
        rest >>= 7;
        if rest == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Writes a length and what it is of.
pub fn write_sized(out: &mut Vec<u8>, bytes: &[u8]) {
    write_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Writes a length.
pub fn write_length(out: &mut Vec<u8>, length: usize) {
    write_number(out, i64::try_from(length).unwrap_or(i64::MAX));
}

#[cfg(test)]
mod tests {
    use super::{Record, last_header, read, write_number, write_sized};

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 40, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            let mut rest = super::Rest { payload: &bytes, at: 0 };
            assert_eq!((rest.number(), rest.at), (Some(number), bytes.len()));
        }
        // Of the format's own examples.
        for (number, expected) in
            [(0, &[0][..]), (-1, &[1]), (1, &[2]), (-64, &[127]), (64, &[128, 1])]
        {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(bytes, expected);
        }
    }

    #[test]
    fn finds_the_parts_and_the_last_header() {
        let mut payload = Vec::new();
        write_number(&mut payload, -1);
        write_sized(&mut payload, b"value");
        write_number(&mut payload, 3);
        for (key, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
            write_sized(&mut payload, key.as_bytes());
            write_sized(&mut payload, value.as_bytes());
        }
        let record = read(&payload).unwrap();
        assert_eq!(record, Record { value_length: 1, value: 2..7, headers: 3, headers_at: 8 });
        assert_eq!(last_header(&payload, &record, "a"), Some(&b"3"[..]));
        assert_eq!(last_header(&payload, &record, "c"), None);
    }

    #[test]
    fn what_is_cut_or_wrong_is_none() {
        let mut payload = Vec::new();
        write_sized(&mut payload, b"key");
        write_sized(&mut payload, b"value");
        write_number(&mut payload, 0);
        for end in 0..payload.len() {
            assert_eq!(read(&payload[..end]), None);
        }
        assert!(read(&payload).is_some());
        payload.push(0);
        assert_eq!(read(&payload), None);
        assert_eq!(read(&[0xFF; 40]), None);
        assert!(read(&[1, 1, 0]).unwrap().value.is_empty());
    }
}
