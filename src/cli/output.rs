//! Standard output that never ends in half a record, as far as that can be had.

#[cfg(unix)]
use std::os::fd::AsFd;
#[cfg(windows)]
use std::os::windows::io::AsHandle;
use std::{
    fs::File,
    io::{self, Seek, Write},
};

use super::args::Ended;

/// Collects what one chunk gives, and writes it at once.
pub struct Output {
    /// The stream itself, without the buffer that Rust puts in front of it.
    file: File,
    buffer: Vec<u8>,
}

impl Output {
    /// Standard output.
    pub fn stdout() -> Result<Self, Ended> {
        #[cfg(unix)]
        let file = io::stdout().as_fd().try_clone_to_owned().map(File::from);
        #[cfg(windows)]
        let file = io::stdout().as_handle().try_clone_to_owned().map(File::from);
        match file {
            Ok(file) => Ok(Self { file, buffer: Vec::new() }),
            Err(error) => Err(Ended {
                text: format!("error: standard output is not open: {error}\n"),
                exit_code: 2,
            }),
        }
    }

    /// Collects output.
    pub fn add(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Writes what was collected. A closed pipe ends with exit code 0.
    pub fn flush(&mut self) -> Result<(), Ended> {
        let mut written = 0;
        while written < self.buffer.len() {
            match self.file.write(&self.buffer[written..]) {
                Ok(0) => return Err(self.fail(written, &io::ErrorKind::WriteZero.into())),
                Ok(length) => written += length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                    return Err(Ended { text: String::new(), exit_code: 0 });
                }
                Err(error) => return Err(self.fail(written, &error)),
            }
        }
        self.buffer.clear();
        Ok(())
    }

    /// Takes the record that was only half written back, where the output is a file.
    fn fail(&mut self, written: usize, error: &io::Error) -> Ended {
        let whole = memchr::memrchr(b'\n', &self.buffer[..written]).map_or(0, |end| end + 1);
        let half = written - whole;
        let whole = half == 0 || self.cut_back(half).is_ok();
        self.buffer.clear();
        let state = if whole {
            "what is there are whole records"
        } else {
            "its last record may be incomplete"
        };
        Ended { text: format!("error: cannot write the output: {error}; {state}\n"), exit_code: 2 }
    }

    /// Takes the last bytes back, if they went to a regular file.
    fn cut_back(&mut self, bytes: usize) -> io::Result<()> {
        if !self.file.metadata()?.is_file() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let end = self.file.stream_position()?;
        self.file.set_len(end.saturating_sub(bytes as u64))
    }
}
