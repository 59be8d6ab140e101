//! UTF-16 to UTF-8, cut anywhere. A broken unit becomes U+FFFD and is counted.

use super::Sink;

/// How much is decoded before it is given out.
const BUFFER: usize = 8192;

/// A decoder between two pieces.
#[derive(Default)]
pub(super) struct Utf16 {
    /// How many broken units there were.
    pub replaced: u64,
    /// The first byte of a unit that was cut.
    half: Option<u8>,
    /// The first unit of a pair.
    high: Option<u16>,
}

impl Utf16 {
    pub fn push(&mut self, mut bytes: &[u8], order: fn([u8; 2]) -> u16, out: &mut Sink<'_>) {
        let mut text = String::with_capacity(BUFFER + 8);
        if let (Some(half), Some((&first, rest))) = (self.half, bytes.split_first()) {
            self.half = None;
            self.unit(order([half, first]), &mut text);
            bytes = rest;
        }
        let (units, rest) = bytes.as_chunks::<2>();
        for &unit in units {
            self.unit(order(unit), &mut text);
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

    fn unit(&mut self, unit: u16, text: &mut String) {
        let pair = self.high.take().map(|high| char::decode_utf16([high, unit]).next());
        match pair {
            Some(Some(Ok(c))) => return text.push(c),
            // The first of a pair without its second; this unit stands for itself.
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
