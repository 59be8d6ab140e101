//! Records out of a stream of bytes: a line each, or a JSON object or array over several lines.

use crate::{
    event::Event,
    reader::{self, Reading},
};

/// The longest record that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// An event, and which one it is.
pub struct Found<'e> {
    /// The number of its record, from 1.
    pub record: u64,
    /// The number of the event in its record, from 1.
    pub event: u64,
    /// What it says.
    pub said: &'e Event<'e>,
}

/// Finds the events in a stream.
#[derive(Default)]
pub struct Events {
    held: Vec<u8>,
    records: u64,
}

impl Events {
    /// Takes in a chunk, cut anywhere.
    pub fn push(&mut self, chunk: &[u8], found: &mut dyn FnMut(&Found<'_>)) {
        for line in chunk.split_inclusive(|&byte| byte == b'\n') {
            self.held.extend_from_slice(line);
            if line.ends_with(b"\n") {
                self.record(false, found);
            }
        }
    }

    /// Ends the stream.
    pub fn finish(&mut self, found: &mut dyn FnMut(&Found<'_>)) {
        self.record(true, found);
    }

    /// Reads what is held, if it is a whole record.
    fn record(&mut self, last: bool, found: &mut dyn FnMut(&Found<'_>)) {
        let held = self.held.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.held).trim_ascii();
        if held.is_empty() {
            self.held.clear();
            return;
        }
        let (number, mut event) = (self.records + 1, 0);
        let mut emit = |said: &Event<'_>| {
            event += 1;
            found(&Found { record: number, event, said });
        };
        let reading = reader::read(held, "", &mut emit);
        let mut known = !matches!(reading, Reading::Broken | Reading::Unknown);
        if reading == Reading::Broken {
            if let Ok(text) = core::str::from_utf8(held) {
                known = reader::read_array(text, &mut emit).is_ok();
            }
            if !known && !last && self.held.len() < LONGEST {
                return;
            }
        }
        if !known {
            emit(&Event::default());
        }
        self.records = number;
        self.held.clear();
    }
}
