//! ZIP archives, which is how people send logs from Windows. Each file in one is a log.
//!
//! What comes out of an archive is bounded, as for other compressed logs: no byte of the archive is
//! used by two files, and all files together have at most 16 MiB beyond 500 times the size of their
//! compressed data.
//!
//! Bytes of the archive that no file has are listed like a file that cannot be read, because other
//! programs find files in them.

use core::{cell::Cell, fmt};
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
use crate::prefilter;

/// The maximum number of bytes behind the archive in its file, such as its comment.
const TRAILER: u64 = 64 << 10;
/// The number of compressed bytes per read.
const BUFFER: usize = 64 << 10;
/// The length of the mark before the first file of an archive that once had several parts.
const MARK: u64 = 4;
/// The maximum length of the sizes and the checksum behind the data of a file.
const DESCRIPTOR: u64 = 24;
/// The lengths of the fixed parts of the directory's entries, of the records behind the directory of
/// a large archive, and of the record at the end.
const ENTRY: usize = 46;
const LARGE: u64 = 56 + 20;
const END: u64 = 22;
/// The maximum length of the data of a folder: a deflate stream of nothing.
const NOTHING: u64 = 2;

/// An archive whose files can be read in any order.
pub struct Archive<R> {
    zip: ZipArchive<Rc<R>>,
    files: Vec<Entry>,
    /// The names of the files, then of the ranges of bytes that no file has.
    names: Vec<String>,
    /// How many more bytes may come out of all files beyond the ratio.
    allowed: Rc<Cell<u64>>,
}

/// A file according to the archive's directory.
struct Entry {
    name: String,
    place: ZipArchiveEntryWayfinder,
    encrypted: bool,
    method: CompressionMethod,
    /// How many bytes beyond its ratio the file had when it was read before.
    beyond: Rc<Cell<u64>>,
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
        let mut parts = Vec::new();
        let mut entries = zip.entries(&mut buffer);
        while let Some(entry) = entries.next_entry().map_err(damaged)? {
            count += 1;
            let (place, start) = (entry.wayfinder(), entry.local_header_offset());
            let data = zip.get_entry(place).map_err(damaged)?.compressed_data_range();
            ranges.push((start, data.1));
            parts.push((start, data.1, DESCRIPTOR));
            let described = entry.file_path().len()
                + entry.extra_fields().remaining_bytes().len()
                + entry.comment().as_bytes().len();
            let begin = entry.central_directory_offset();
            parts.push((begin, begin + (ENTRY + described) as u64, LARGE));
            // A name can end in a slash although the entry has content.
            let empty = data.1 - data.0 <= NOTHING && entry.uncompressed_size_hint() == 0;
            if !(entry.is_dir() && empty) {
                files.push(Entry {
                    name: String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned(),
                    place,
                    encrypted: entry.flags().is_encrypted(),
                    method: entry.compression_method(),
                    beyond: Rc::default(),
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
        if !ranges.is_sorted_by(|(_, end), (start, _)| end <= start) {
            return Err("files in the zip archive overlap, as in no archive of logs".to_owned());
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        parts.push(end_of(&zip, size));
        let names = files.iter().map(|file| file.name.clone()).chain(strays(parts, size)).collect();
        Ok(Self { zip, files, names, allowed: Rc::new(Cell::new(ALLOWED)) })
    }

    /// The names of the files, in their order. Two files can have the same name. Ranges of bytes that
    /// no file has follow, with a name such as `bytes 40 to 90`.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Opens the file with this place in [`Self::names`].
    ///
    /// # Errors
    /// Says why it cannot be read: it is encrypted, or its compression is unknown.
    pub fn file(&self, place: usize) -> Result<File<R>, String> {
        let about = self.files.get(place).ok_or("they belong to no file of the archive")?;
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
            left: (end - start).saturating_mul(ratio).min(total),
            over: 0,
            beyond: Rc::clone(&about.beyond),
            allowed: Rc::clone(&self.allowed),
            bytes: entry.verifying_reader(bytes),
        })
    }
}

/// A part of the archive: its beginning, its end, and how many bytes may follow it.
type Part = (u64, u64, u64);

/// The record at the end of the archive, with the comment. The comment is left out if it mentions
/// the event.
fn end_of<R: ReaderAt>(zip: &ZipArchive<Rc<R>>, size: u64) -> Part {
    let start = zip.eocd_offset();
    let mut tail = Vec::new();
    // What cannot be read is no comment.
    let _ = RangeReader::new(zip.get_ref(), start + END - 2..size).read_to_end(&mut tail);
    let (length, comment) = tail.split_first_chunk().unwrap_or((&[0; 2], &[]));
    let length = usize::from(u16::from_le_bytes(*length));
    let comment = comment.get(..length).unwrap_or_default();
    let quiet = !prefilter::names_event(comment);
    (start, start + END + if quiet { comment.len() as u64 } else { 0 }, 0)
}

/// The ranges between these parts, and before and behind them.
fn strays(mut parts: Vec<Part>, size: u64) -> impl Iterator<Item = String> {
    parts.sort_unstable();
    parts.push((size, size, 0));
    let mut done = (0, MARK);
    parts.into_iter().filter_map(move |(start, end, more)| {
        let (at, allowed) = core::mem::replace(&mut done, (end, more));
        (start > at + allowed).then(|| format!("bytes {at} to {start}"))
    })
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
    /// How many more bytes may come out within the ratio.
    left: u64,
    /// How many bytes came out beyond it.
    over: u64,
    beyond: Rc<Cell<u64>>,
    allowed: Rc<Cell<u64>>,
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
        let within = self.left.min(length as u64);
        self.left -= within;
        self.over += length as u64 - within;
        // A file can be read again.
        let more = self.over.saturating_sub(self.beyond.get());
        let allowed = self.allowed.get().checked_sub(more).ok_or_else(|| {
            io::Error::other("it unpacks to more than 500 times its size, which no log does")
        })?;
        self.allowed.set(allowed);
        self.beyond.set(self.beyond.get() + more);
        Ok(length)
    }
}

impl<R: ReaderAt> fmt::Debug for File<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("size", &self.size).finish_non_exhaustive()
    }
}
