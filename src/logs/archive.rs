//! ZIP archives, which is how people send logs from Windows. Each file in one is a log.
//!
//! What comes out of an archive is bounded, as for other compressed logs: no byte of the archive is
//! used by two files, and all files together have at most 500 times the size of the archive.

use core::fmt;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use zip::{CompressionMethod, ZipArchive, read::ZipFile, result::ZipError};

use super::container::{ALLOWED, Limits};
use crate::input_kind::{HEAD, Kind};

/// An archive whose files can be read one after another.
pub struct Archive<R> {
    zip: ZipArchive<R>,
    /// The names of the files, and their indexes in the archive.
    files: Vec<(String, usize)>,
    /// How many more bytes may come out of the archive.
    left: u64,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive.
    ///
    /// # Errors
    /// Says why it cannot be read: it is damaged, or some of its files would be hidden.
    pub fn open(mut reader: R) -> Result<Self, String> {
        let size = reader.seek(SeekFrom::End(0)).map_err(|error| error.to_string())?;
        let damaged = |error: ZipError| format!("the zip archive is damaged: {error}");
        let mut zip = ZipArchive::new(reader).map_err(damaged)?;
        if zip.has_duplicate_names() {
            return Err("two files in the zip archive have the same name: unpack it first".into());
        }
        if zip.has_overlapping_files().map_err(damaged)? {
            return Err("files in the zip archive overlap, as in no archive of logs".into());
        }
        let mut files = Vec::new();
        for index in 0..zip.len() {
            let entry = zip.by_index_data(index).map_err(damaged)?;
            let name = entry.name().unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()));
            if !entry.is_dir() {
                files.push((name.into_owned(), index));
            }
        }
        files.sort_unstable();
        let Limits { total, ratio } = Limits::default();
        let left = size.saturating_mul(ratio).clamp(ALLOWED, total);
        Ok(Self { zip, files, left })
    }

    /// The names of the files, in their order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.files.iter().map(|(name, _)| name.as_str())
    }

    /// Opens the file with this place in [`Self::names`].
    ///
    /// # Errors
    /// Says why it cannot be read: it is encrypted, its compression is unknown, or it is packed
    /// twice.
    pub fn file(&mut self, place: usize) -> Result<File<'_, R>, String> {
        let Self { zip, files, left } = self;
        let index = files.get(place).map_or(usize::MAX, |(_, index)| *index);
        let about = zip.by_index_data(index).map_err(|error| error.to_string())?;
        if about.encrypted() {
            return Err("it is encrypted".to_owned());
        }
        let method = about.compression();
        if !matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(format!("its compression {method} is not read: unpack it first"));
        }
        let mut inner = zip.by_index(index).map_err(|error| error.to_string())?;
        let size = inner.size();
        let mut head = Vec::new();
        inner.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|e| e.to_string())?;
        if matches!(Kind::of(&head), Kind::Gzip | Kind::Zstd) {
            return Err("it is packed twice: unpack it once first".to_owned());
        }
        Ok(File { head: Cursor::new(head), inner, size, left })
    }
}

impl<R> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("files", &self.files).finish_non_exhaustive()
    }
}

/// A file in an archive, which is unpacked while it is read.
pub struct File<'a, R: Read> {
    /// The first bytes, which were read to detect the kind of the file.
    head: Cursor<Vec<u8>>,
    inner: ZipFile<'a, R>,
    size: u64,
    left: &'a mut u64,
}

impl<R: Read> File<'_, R> {
    /// The number of bytes that the file has according to the archive.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<R: Read> Read for File<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match self.head.read(buffer)? {
            0 => self.inner.read(buffer)?,
            length => length,
        };
        *self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            io::Error::other(
                "the archive unpacks to more than 500 times its size, which no log does",
            )
        })?;
        Ok(length)
    }
}
