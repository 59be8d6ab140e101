//! Converts UTF-16 to UTF-8, with chunk boundaries anywhere. An invalid unit becomes U+FFFD and is
//! counted.
//!
//! The detection of UTF-16 can be wrong, and other programs append UTF-8 to UTF-16 files. So the
//! bytes of all units outside ASCII are searched for mentions of the event in another encoding.

use super::Sink;
use crate::prefilter::Trail;

/// How many bytes are decoded before they are output.
const BUFFER: usize = 8192;

/// The state of the decoder between two chunks.
#[derive(Default)]
pub(super) struct Utf16 {
    /// The number of invalid units.
    pub replaced: u64,
    /// The first byte of an incomplete unit.
    half: Option<u8>,
    /// The first unit of an incomplete surrogate pair.
    high: Option<u16>,
    pub strays: Strays,
}

/// The search for lines in another encoding.
#[derive(Default)]
pub(super) struct Strays {
    /// How many lines mention the event.
    pub count: u64,
    /// The offset of the end of the first such line, in bytes.
    pub first: Option<u64>,
    /// The number of bytes so far.
    at: u64,
    /// The bytes of the current line without zeros. Zeros are the high bytes of ASCII in UTF-16
    /// with the other byte order.
    line: Vec<u8>,
    trail: Trail,
}

impl Strays {
    fn unit(&mut self, bytes: [u8; 2], unit: u16) {
        self.at += 2;
        if unit == u16::from(b'\n') {
            self.end();
        } else if unit > 0x7F {
            for byte in bytes {
                match byte {
                    0 => {}
                    b'\n' => self.end(),
                    byte => self.line.push(byte),
                }
            }
            if self.line.len() >= BUFFER {
                self.search();
            }
        }
    }

    fn search(&mut self) {
        if !self.line.is_empty() {
            self.trail.add(&self.line);
            self.line.clear();
        }
    }

    fn end(&mut self) {
        self.search();
        if self.trail.end() {
            self.count += 1;
            self.first.get_or_insert(self.at);
        }
    }
}

impl Utf16 {
    pub fn push(&mut self, mut bytes: &[u8], order: fn([u8; 2]) -> u16, out: &mut Sink<'_>) {
        let mut text = String::with_capacity(BUFFER + 8);
        if let (Some(half), Some((&first, rest))) = (self.half, bytes.split_first()) {
            self.half = None;
            self.take([half, first], order, &mut text);
            bytes = rest;
        }
        let (units, rest) = bytes.as_chunks::<2>();
        for &unit in units {
            self.take(unit, order, &mut text);
            if text.len() >= BUFFER {
                out(text.as_bytes());
                text.clear();
            }
        }
        self.half = rest.first().copied().or(self.half);
        if !text.is_empty() {
            out(text.as_bytes());
        }
    }

    fn take(&mut self, bytes: [u8; 2], order: fn([u8; 2]) -> u16, text: &mut String) {
        let unit = order(bytes);
        self.strays.unit(bytes, unit);
        self.unit(unit, text);
    }

    fn unit(&mut self, unit: u16, text: &mut String) {
        let pair = self.high.take().map(|high| char::decode_utf16([high, unit]).next());
        match pair {
            Some(Some(Ok(c))) => return text.push(c),
            // The high surrogate has no low surrogate, so this unit is decoded separately.
            Some(_) => self.replace(text),
            None => {}
        }
        match unit {
            0xD800..=0xDBFF => self.high = Some(unit),
            _ => match char::from_u32(unit.into()) {
                Some(c) => text.push(c),
                None => self.replace(text),
            },
        }
    }

    fn replace(&mut self, text: &mut String) {
        self.replaced += 1;
        text.push(char::REPLACEMENT_CHARACTER);
    }

    pub fn finish(&mut self, out: &mut Sink<'_>) {
        self.strays.line.extend(self.half);
        self.strays.end();
        let mut text = String::new();
        if self.high.take().is_some() {
            self.replace(&mut text);
        }
        if self.half.take().is_some() {
            self.replace(&mut text);
        }
        if !text.is_empty() {
            out(text.as_bytes());
        }
    }
}
