//! ZIP archives, which is how people send logs from Windows. Each file in one is a log.
//!
//! What comes out of an archive is bounded, as for other compressed logs: no byte of the archive is
//! used by two files, and no file has more than 500 times the size of its compressed data.

use core::fmt;
use std::{
    fs,
    io::{self, BufReader, Read},
    rc::Rc,
};

use flate2::bufread::DeflateDecoder;
pub use rawzip::ReaderAt;
use rawzip::{
    CompressionMethod, Error, FileReader, RECOMMENDED_BUFFER_SIZE, RangeReader, ZipArchive,
    ZipArchiveEntryWayfinder, ZipLocator, ZipVerifier,
};

use super::container::{ALLOWED, Limits};

/// The maximum number of bytes behind the archive in its file, such as its comment.
const TRAILER: u64 = 64 << 10;
/// The number of compressed bytes per read.
const BUFFER: usize = 64 << 10;

/// An archive whose files can be read in any order.
pub struct Archive<R> {
    zip: ZipArchive<Rc<R>>,
    files: Vec<Entry>,
}

/// A file according to the archive's directory.
struct Entry {
    name: String,
    place: ZipArchiveEntryWayfinder,
    encrypted: bool,
    method: CompressionMethod,
}

impl Archive<FileReader> {
    /// Opens an archive that is a file.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_file(file: fs::File) -> Result<Self, String> {
        let size = file.metadata().map_err(|error| error.to_string())?.len();
        Self::open(file.into(), size)
    }
}

impl<R: ReaderAt> Archive<R> {
    /// Opens an archive of `size` bytes.
    ///
    /// # Errors
    /// Says why it cannot be read: it is damaged, its files overlap, or it has none.
    pub fn open(reader: R, size: u64) -> Result<Self, String> {
        let damaged = |error: Error| format!("the zip archive is damaged: {error}");
        let mut buffer = vec![0; RECOMMENDED_BUFFER_SIZE];
        let locator = ZipLocator::new().max_search_space(TRAILER);
        let zip = locator
            .locate_in_reader(Rc::new(reader), &mut buffer, size)
            .map_err(|(_, error)| damaged(error))?;
        let (mut files, mut ranges, mut count) = (Vec::new(), Vec::new(), 0_u64);
        let mut entries = zip.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(damaged)? {
            count += 1;
            let (place, start) = (entry.wayfinder(), entry.local_header_offset());
            ranges.push((start, zip.get_entry(place).map_err(damaged)?.compressed_data_range().1));
            if !entry.is_dir() {
                files.push(Entry {
                    name: String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned(),
                    place,
                    encrypted: entry.flags().is_encrypted(),
                    method: entry.compression_method(),
                });
            }
        }
        // Old programs write the lowest 16 bits of the number.
        if count & 0xFFFF != zip.entries_hint() & 0xFFFF {
            return Err("the zip archive is damaged: its directory is incomplete".to_owned());
        }
        if files.is_empty() {
            return Err("no file is in this zip archive".to_owned());
        }
        ranges.sort_unstable();
        if ranges.is_sorted_by(|(_, end), (start, _)| end <= start) {
            files.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(Self { zip, files })
        } else {
            Err("files in the zip archive overlap, as in no archive of logs".to_owned())
        }
    }

    /// The names of the files, in their order. Two files can have the same name.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.files.iter().map(|file| file.name.as_str())
    }

    /// Opens the file with this place in [`Self::names`].
    ///
    /// # Errors
    /// Says why it cannot be read: it is encrypted, or its compression is unknown.
    pub fn file(&self, place: usize) -> Result<File<R>, String> {
        let about = self.files.get(place).ok_or("it is not in the archive")?;
        if about.encrypted {
            return Err("it is encrypted".to_owned());
        }
        let entry = self.zip.get_entry(about.place).map_err(|error| error.to_string())?;
        let (start, end) = entry.compressed_data_range();
        let bytes = RangeReader::new(Rc::clone(self.zip.get_ref()), start..end);
        let bytes = BufReader::with_capacity(BUFFER, bytes);
        let bytes = match about.method {
            CompressionMethod::STORE => Unpacked::Stored(bytes),
            CompressionMethod::DEFLATE => Unpacked::Deflated(DeflateDecoder::new(bytes)),
            method => return Err(format!("its compression {method} is not read: unpack it first")),
        };
        let Limits { total, ratio } = Limits::default();
        Ok(File {
            size: about.place.uncompressed_size_hint(),
            left: (end - start).saturating_mul(ratio).clamp(ALLOWED, total),
            bytes: entry.verifying_reader(bytes),
        })
    }
}

impl<R> fmt::Debug for Archive<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.files.iter().map(|file| &file.name);
        f.debug_list().entries(names).finish()
    }
}

enum Unpacked<R: ReaderAt> {
    Stored(BufReader<RangeReader<Rc<R>>>),
    Deflated(DeflateDecoder<BufReader<RangeReader<Rc<R>>>>),
}

impl<R: ReaderAt> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Stored(bytes) => bytes.read(buffer),
            Self::Deflated(bytes) => bytes.read(buffer),
        }
    }
}

/// A file in an archive, which is unpacked and verified while it is read.
pub struct File<R: ReaderAt> {
    bytes: ZipVerifier<Unpacked<R>>,
    size: u64,
    /// How many more bytes may come out.
    left: u64,
}

impl<R: ReaderAt> File<R> {
    /// The number of bytes that the file has according to the archive.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<R: ReaderAt> Read for File<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.left = self.left.checked_sub(length as u64).ok_or_else(|| {
            io::Error::other("it unpacks to more than 500 times its size, which no log does")
        })?;
        Ok(length)
    }
}

impl<R: ReaderAt> fmt::Debug for File<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("size", &self.size).finish_non_exhaustive()
    }
}
