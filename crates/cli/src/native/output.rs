//! Standard output that never ends in half a record, as far as that can be had.

use std::{
    fs::File,
    io::{self, Seek, Write},
    thread,
    time::Duration,
};

use super::{
    ended,
    sys::{self, FileId},
};
use crate::args::Exit;

/// Whether reading or writing is only to be tried once more: after a signal, or, where another
/// program with the same pipe made it one that does not wait, after waiting here.
pub fn is_retryable(error: &io::Error) -> bool {
    if error.kind() == io::ErrorKind::WouldBlock {
        thread::sleep(Duration::from_millis(1));
    }
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

/// A piece that is longer is written as it is: collecting it would cost a copy.
const LONG: usize = 16 * 1024;
/// How much is collected: `explain` writes a hundred times what it reads.
const MOST: usize = 256 * 1024;

/// Collects the short pieces of what a chunk gives, and writes them at once, as far as they are not many.
pub struct Output {
    /// The stream itself, without the buffer that Rust puts in front of it.
    file: File,
    buffer: Vec<u8>,
    /// How much was written since the last line end.
    open: usize,
    /// Where the file was after the last write. Others may write to it too.
    end: Option<u64>,
    /// Something of others stands within what was written since the last line end.
    mixed: bool,
    /// Why nothing is written any more.
    failed: Option<Exit>,
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Result<Self, Exit> {
        if sys::stdout_was_closed() {
            return Err(ended("standard output is closed"));
        }
        match sys::stdout() {
            Ok(file) => Ok(Self {
                file,
                buffer: Vec::new(),
                open: 0,
                end: None,
                mixed: false,
                failed: None,
            }),
            Err(error) => Err(ended(&format!("standard output is not open: {error}"))),
        }
    }

    /// Which file it goes to.
    pub fn id(&self) -> Option<FileId> {
        FileId::of_file(&self.file)
    }

    /// Whether it goes to a regular file, which takes all that it has room for.
    pub fn is_file(&self) -> bool {
        self.file.metadata().is_ok_and(|about| about.is_file())
    }

    /// Takes output.
    pub fn add(&mut self, bytes: &[u8]) {
        if bytes.len() < LONG {
            self.buffer.extend_from_slice(bytes);
            if self.buffer.len() >= MOST {
                self.write_buffer();
            }
        } else {
            self.write_buffer();
            self.write(bytes);
        }
    }

    /// Writes what was collected. A closed pipe ends with exit code 0.
    pub fn flush(&mut self) -> Result<(), Exit> {
        self.write_buffer();
        self.failed.take().map_or(Ok(()), Err)
    }

    fn write_buffer(&mut self) {
        let mut buffer = core::mem::take(&mut self.buffer);
        self.write(&buffer);
        buffer.clear();
        self.buffer = buffer;
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && self.failed.is_none() {
            match self.file.write(rest) {
                Ok(0) => self.failed = Some(self.fail(&io::ErrorKind::WriteZero.into())),
                Ok(length) => {
                    let (written, after) = rest.split_at(length);
                    self.note(written);
                    rest = after;
                }
                Err(error) if is_retryable(&error) => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    self.failed = Some(Exit { text: String::new(), exit_code: 0 });
                }
                Err(error) => self.failed = Some(self.fail(&error)),
            }
        }
    }

    /// Notes what was written, and whether it stands behind what was written before.
    fn note(&mut self, written: &[u8]) {
        // A pipe has no position, and nothing can be taken back from it.
        let end = self.file.stream_position().ok();
        let before = end.and_then(|end| end.checked_sub(written.len() as u64));
        if let Some(at) = memchr::memrchr(b'\n', written) {
            self.open = written.len() - at - 1;
            self.mixed = false;
        } else {
            self.mixed |= self.open > 0 && self.end != before;
            self.open += written.len();
        }
        self.end = end;
    }

    /// Takes the record that was only half written back, where the output is a file.
    fn fail(&mut self, error: &io::Error) -> Exit {
        let whole = self.open == 0 || self.cut_back(self.open).is_ok();
        self.open = 0;
        let state = if whole {
            "the output has only whole records"
        } else {
            "its last record may be incomplete"
        };
        Exit { text: format!("error: cannot write the output: {error}; {state}\n"), exit_code: 2 }
    }

    /// Takes the last bytes back, if they went to a regular file and nothing of others would go with
    /// them.
    fn cut_back(&mut self, bytes: usize) -> io::Result<()> {
        let about = self.file.metadata()?;
        let end = self.file.stream_position()?;
        let ours = !self.mixed && self.end == Some(end) && about.len() == end;
        if !about.is_file() || !ours {
            return Err(io::ErrorKind::Unsupported.into());
        }
        self.file.set_len(end.saturating_sub(bytes as u64))
    }
}
