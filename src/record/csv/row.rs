//! Parses one CSV record of a text. `csv-core` is the parser of the crate `csv`. `csv` itself would
//! build its tables again for every single record.

use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{DELIMITERS, unquoted};
use crate::swar;

/// The fields of one record.
pub(super) struct Row {
    text: String,
    ends: Vec<usize>,
    /// Whether there is a blank between a delimiter and a quote. Some programs read such a field as
    /// one in quotes.
    pub(super) spaced: bool,
}

impl Row {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).unwrap_or(&0);
        self.text.get(*start..end)
    }

    /// The row with the fields that are in quotes after a blank.
    fn unquoted(self) -> Self {
        let spaced = |field: &str| field.starts_with(' ') && swar::trim(field).starts_with('"');
        if !self.iter().any(spaced) {
            return self;
        }
        let mut row = Self::new(self.text.len(), self.len());
        row.spaced = true;
        for field in self.iter() {
            row.text.push_str(if spaced(field) { unquoted(field) } else { field });
            row.ends.push(row.text.len());
        }
        row
    }

    fn new(length: usize, fields: usize) -> Self {
        let (text, ends) = (String::with_capacity(length), Vec::with_capacity(fields));
        Self { text, ends, spaced: false }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

thread_local! {
    /// One reader per delimiter, which is reused: `csv-core` 0.1.13 clones a reader without its
    /// states, so a clone cannot be used.
    static READERS: RefCell<[Reader; 4]> =
        RefCell::new(DELIMITERS.map(|byte| ReaderBuilder::new().delimiter(byte).build()));
}

/// The fields of the first record, and the text after it.
pub(super) fn record(text: &str, delimiter: u8) -> Option<(Row, &str)> {
    fields(text, delimiter).map(|(row, rest)| (row.unquoted(), rest))
}

fn fields(text: &str, delimiter: u8) -> Option<(Row, &str)> {
    if let Some(plain) = plain(text, delimiter) {
        return Some(plain);
    }
    let index = DELIMITERS.iter().position(|known| *known == delimiter)?;
    READERS.with(|readers| {
        let mut readers = readers.try_borrow_mut().ok()?;
        let reader = readers.get_mut(index)?;
        reader.reset();
        read(reader, text)
    })
}

/// Fast path: parses a record whose quotes are all at the ends of fields, or doubled. `None` leaves
/// any other text to the parser.
fn plain(text: &str, delimiter: u8) -> Option<(Row, &str)> {
    if text.is_empty() || text.starts_with(['\r', '\n', '\u{feff}']) {
        return None;
    }
    let mut row = Row::new(text.len(), 16);
    let mut rest = text;
    loop {
        if let Some(mut quoted) = rest.strip_prefix('"') {
            loop {
                let end = memchr::memchr(b'"', quoted.as_bytes())?;
                row.text.push_str(quoted.get(..end)?);
                rest = quoted.get(end + 1..)?;
                // Two quotes are one in the text.
                let Some(more) = rest.strip_prefix('"') else { break };
                row.text.push('"');
                quoted = more;
            }
        } else {
            let end = memchr::memchr3(delimiter, b'\r', b'\n', rest.as_bytes());
            let (field, more) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
            row.text.push_str(field);
            rest = more;
        }
        row.ends.push(row.text.len());
        match rest.as_bytes().first() {
            Some(byte) if *byte == delimiter => rest = rest.get(1..)?,
            None | Some(b'\r' | b'\n') => break,
            Some(_) => return None,
        }
    }
    Some((row, rest.trim_matches(['\r', '\n', ' ', '\t'])))
}

fn read<'a>(reader: &mut Reader, text: &'a str) -> Option<(Row, &'a str)> {
    let mut output = vec![0; text.len() + 8];
    let mut ends = vec![0; 64];
    let (mut read, mut written, mut fields) = (0, 0, 0);
    loop {
        // An empty input tells the reader that the text has ended.
        let (result, read_now, written_now, fields_now) = reader.read_record(
            text.as_bytes().get(read..)?,
            output.get_mut(written..)?,
            ends.get_mut(fields..)?,
        );
        read += read_now;
        written += written_now;
        fields += fields_now;
        match result {
            ReadRecordResult::Record => break,
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::OutputEndsFull if ends.len() < text.len() + 2 => {
                ends.resize(ends.len() * 2, 0);
            }
            _ => return None,
        }
    }
    output.truncate(written);
    ends.truncate(fields);
    let rest = text.get(read..)?.trim_matches(['\r', '\n', ' ', '\t']);
    Some((Row { text: String::from_utf8(output).ok()?, ends, spaced: false }, rest))
}

#[cfg(test)]
mod tests {
    use super::{DELIMITERS, READERS, plain, read, record};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_fast_path_agrees_with_the_parser(text in "([,\t;|\"\r\n aé\u{feff}]|\"\"|,\"){0,24}", index in 0usize..4) {
            if let Some((row, rest)) = plain(&text, DELIMITERS[index]) {
                let (parsed, behind) = READERS.with(|readers| {
                    let reader = &mut readers.borrow_mut()[index];
                    reader.reset();
                    read(reader, &text).unwrap()
                });
                prop_assert_eq!((row.text, row.ends, rest), (parsed.text, parsed.ends, behind));
            }
        }
    }

    #[test]
    fn the_end_of_the_text_ends_a_record() {
        for (text, want, more) in [
            ("a,b", &["a", "b"][..], ""),
            ("2,x,\"y\"", &["2", "x", "y"], ""),
            ("\"y\"\r\nmore,", &["y"], "more,"),
            ("\"a \"\"b\"\"\nc\",d", &["a \"b\"\nc", "d"], ""),
            ("a,\"open\nto the end", &["a", "open\nto the end"], ""),
            ("é,,", &["é", "", ""], ""),
        ] {
            let (row, rest) = record(text, b',').unwrap();
            assert_eq!((row.iter().collect::<Vec<_>>().as_slice(), rest), (want, more), "{text}");
        }
        assert!(record("", b',').is_none());
        let (row, _) = record(&"x,".repeat(1000), b',').unwrap();
        assert_eq!(row.len(), 1001);
    }
}
