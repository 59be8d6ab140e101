//! The log that all contestants read.

use std::fs;

/// A log in memory.
#[derive(Default)]
pub struct Log {
    pub bytes: bytes::Bytes,
    pub records: usize,
    /// The number of bytes per read.
    pub chunk: usize,
}

/// The default number of bytes per read.
pub const CHUNK: usize = 64 * 1024;

impl Log {
    pub fn read(path: &str) -> Self {
        let bytes = fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let records = memchr::memchr_iter(b'\n', &bytes).count();
        Self { bytes: bytes.into(), records, chunk: CHUNK }
    }

    /// Its chunks, like those of a file or a pipe.
    pub fn chunks(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks(self.chunk)
    }

    /// Its lines, without their ends.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        lines(&self.bytes)
    }

    /// Its first lines, about this many bytes, for slow contestants.
    pub fn head(&self, bytes: usize) -> &[u8] {
        let end = bytes.min(self.bytes.len());
        let end = memchr::memchr(b'\n', &self.bytes[end..]).map_or(end, |at| end + at + 1);
        &self.bytes[..end]
    }
}

/// Lines without their ends.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    memchr::memchr_iter(b'\n', bytes).map(move |end| {
        let line = &bytes[from..end];
        from = end + 1;
        line
    })
}
