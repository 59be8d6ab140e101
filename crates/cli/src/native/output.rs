//! Standard output. After an error it does not end with an incomplete record, if that can be
//! avoided.

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

/// Whether to retry a read or a write: after a signal, or if another program made the shared pipe
/// non-blocking. In the second case, this function waits first.
pub fn is_retryable(error: &io::Error) -> bool {
    if error.kind() == io::ErrorKind::WouldBlock {
        thread::sleep(Duration::from_millis(1));
    }
    matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock)
}

/// Pieces of this length or more are written directly, because collecting them would cost a copy.
const LONG: usize = 16 * 1024;
/// The maximum number of collected bytes. It is needed because `explain` writes a hundred times
/// what it reads.
const MOST: usize = 256 * 1024;

/// Collects the short output pieces of a chunk, and writes them together.
pub struct Output {
    /// The stream itself, without the buffer of Rust's standard library.
    file: File,
    buffer: Vec<u8>,
    /// The number of bytes since the last line end.
    open: usize,
    /// The file position after the last write. Other programs may write to the file too.
    end: Option<u64>,
    /// Another program has written between the bytes since the last line end.
    mixed: bool,
    /// The error after which nothing more is written.
    failed: Option<Exit>,
}

impl Output {
    /// Opens standard output.
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

    /// The identity of the output file.
    pub fn id(&self) -> Option<FileId> {
        FileId::of_file(&self.file)
    }

    /// Whether the output is a regular file, which never blocks a write.
    pub fn is_file(&self) -> bool {
        self.file.metadata().is_ok_and(|about| about.is_file())
    }

    /// Adds output.
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

    /// Writes the collected output. If the pipe is closed, the exit code is 0.
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

    /// Updates the state after a write, and detects writes by other programs.
    fn note(&mut self, written: &[u8]) {
        // A pipe has no position, and written bytes cannot be removed from it.
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

    /// Removes an incomplete record from the output, if it is a file, and returns the error.
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

    /// Removes the last bytes, if the output is a regular file and this would remove nothing from
    /// other programs.
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
