//! The wire format of a record in brokers: key, value and headers. Each length is a zigzag varint,
//! and −1 means null. Input and output have the same format.
//!
//! Source: the record payload of Kafka's batch format, version 2.

use core::ops::Range;

/// The places of the parts of a payload.
#[derive(Debug, PartialEq, Eq)]
pub struct Record {
    /// The offset of the value's length.
    pub value_length: usize,
    /// The value. It is also empty if it is null, as in a tombstone.
    pub value: Range<usize>,
    /// The number of headers.
    pub headers: i64,
    /// The offset of the first header, after the number of headers.
    pub headers_at: usize,
}

/// Parses a payload. Returns `None` if it is invalid.
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

/// Removes the headers with these names, and returns the new length of the payload. It works in
/// place, so it needs no memory.
pub fn remove_headers(payload: &mut [u8], names: &[&str]) -> usize {
    let Some(record) = read(payload) else { return payload.len() };
    let mut from = record.headers_at;
    let mut left = 0;
    for _ in 0..record.headers {
        let mut rest = Rest { payload, at: from };
        left += i64::from(rest.header_but(names));
        from = rest.at;
    }
    if left == record.headers {
        return payload.len();
    }
    // The new number of headers is never longer than the old one, so it overwrites no unread byte.
    let (mut from, mut to) = (record.headers_at, record.value.end);
    for byte in number(left) {
        payload[to] = byte;
        to += 1;
    }
    for _ in 0..record.headers {
        let mut rest = Rest { payload, at: from };
        let stays = rest.header_but(names);
        let end = rest.at;
        if stays {
            payload.copy_within(from..end, to);
            to += end - from;
        }
        from = end;
    }
    to
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

    /// The span of the bytes after their length. It is empty for null.
    fn sized(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).unwrap_or_default();
        let start = self.at;
        self.at = start.checked_add(length).filter(|&end| end <= self.payload.len())?;
        Some(start..self.at)
    }

    /// Skips a header, and returns whether its name is not in `names`.
    fn header_but(&mut self, names: &[&str]) -> bool {
        let name = self.sized().and_then(|name| self.payload.get(name));
        self.sized();
        !names.iter().any(|known| name == Some(known.as_bytes()))
    }
}

/// The bytes of a number, as a zigzag varint.
fn number(number: i64) -> impl Iterator<Item = u8> {
    let mut rest = Some(((number << 1) ^ (number >> 63)).cast_unsigned());
    core::iter::from_fn(move || {
        let bits = rest?;
        let low = u8::try_from(bits & 0x7F).unwrap_or_default();
        rest = Some(bits >> 7).filter(|&rest| rest > 0);
        Some(if rest.is_some() { low | 0x80 } else { low })
    })
}

/// Writes a number, as a zigzag varint.
pub fn write_number(out: &mut Vec<u8>, value: i64) {
    out.extend(number(value));
}

/// Writes bytes after their length.
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
    use super::{Record, read, remove_headers, write_number, write_sized};

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for number in [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 40, i64::MAX, i64::MIN] {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            let mut rest = super::Rest { payload: &bytes, at: 0 };
            assert_eq!((rest.number(), rest.at), (Some(number), bytes.len()));
        }
        // These examples are from the format's documentation.
        for (number, expected) in
            [(0, &[0][..]), (-1, &[1]), (1, &[2]), (-64, &[127]), (64, &[128, 1])]
        {
            let mut bytes = Vec::new();
            write_number(&mut bytes, number);
            assert_eq!(bytes, expected);
        }
    }

    fn payload<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<u8> {
        let names: Vec<&str> = names.into_iter().collect();
        let mut payload = Vec::new();
        write_number(&mut payload, -1);
        write_sized(&mut payload, b"value");
        write_number(&mut payload, i64::try_from(names.len()).unwrap());
        for (index, name) in names.into_iter().enumerate() {
            write_sized(&mut payload, name.as_bytes());
            write_sized(&mut payload, &vec![b'x'; index]);
        }
        payload
    }

    #[test]
    fn finds_the_parts() {
        let record = read(&payload(["a", "b", "a"])).unwrap();
        assert_eq!(record, Record { value_length: 1, value: 2..7, headers: 3, headers_at: 8 });
    }

    /// This includes cases with a shorter number of headers.
    #[test]
    fn headers_are_removed_and_all_else_stays() {
        for count in [0, 1, 2, 63, 64, 65, 127, 128, 129, 300] {
            for marked in [[].as_slice(), &[0], &[1, 2], &[62, 63, 64, 299]] {
                let name = |index| if marked.contains(&index) { "mark" } else { "other" };
                let mut bytes = payload((0..count).map(name));
                let all = bytes.clone();
                let length = remove_headers(&mut bytes, &["no", "mark"]);
                let left = read(&bytes[..length]).expect("a payload");
                let gone = marked.iter().filter(|&&index| index < count).count();
                assert_eq!(usize::try_from(left.headers), Ok(count - gone));
                assert_eq!(bytes[..7], all[..7]);
                let bytes = &bytes[left.headers_at..length];
                let expected = (0..count).filter(|index| !marked.contains(index)).flat_map(|i| {
                    let mut header = Vec::new();
                    write_sized(&mut header, b"other");
                    write_sized(&mut header, &vec![b'x'; i]);
                    header
                });
                assert!(bytes.iter().copied().eq(expected), "{count} with {marked:?}");
            }
        }
        for mut none in [vec![], vec![0xFF; 40], b"\x01\x01\x02\x08mark".to_vec()] {
            assert_eq!(remove_headers(&mut none, &["mark"]), none.len());
        }
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
