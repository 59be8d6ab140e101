//! ZIP archives. JavaScript reads the archive at the requested places, so no archive is in memory
//! as a whole.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sizes of files in JavaScript are integers below 2^53"
)]

use std::io::{self, Read};

use wasm_bindgen::prelude::*;

use crypt32_filter::{
    input_kind::Kind,
    logs::archive::{Archive, File, ReaderAt},
};

#[wasm_bindgen(typescript_custom_section)]
const SOURCE: &str = "
/** An archive that is read at any place. */
export interface Source {
  /** The size in bytes. */
  readonly size: number;
  /** Returns up to `length` bytes from this place; none at the end. Throws a text. */
  read(at: number, length: number): Uint8Array;
}
";

#[wasm_bindgen]
extern "C" {
    /// An archive in JavaScript.
    #[wasm_bindgen(typescript_type = "Source")]
    pub type Source;
    #[wasm_bindgen(method, getter)]
    fn size(this: &Source) -> f64;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Source, at: f64, length: usize) -> Result<Vec<u8>, JsValue>;
}

impl ReaderAt for Source {
    fn read_at(&self, buffer: &mut [u8], at: u64) -> io::Result<usize> {
        let bytes = self.read(at as f64, buffer.len()).map_err(|why| {
            io::Error::other(why.as_string().unwrap_or_else(|| "it cannot be read".to_owned()))
        })?;
        let mut rest = bytes.as_slice();
        rest.read(buffer)
    }
}

/// The number of bytes per read, as in the native command.
const CHUNK: usize = 256 << 10;

/// A ZIP archive of logs.
#[wasm_bindgen]
pub struct Zip(Archive<Source>);

#[wasm_bindgen]
impl Zip {
    /// Opens an archive.
    ///
    /// # Errors
    /// The message says why it cannot be read.
    #[wasm_bindgen(constructor)]
    pub fn new(source: Source) -> Result<Zip, String> {
        let size = source.size() as u64;
        Archive::open(source, size).map(Self)
    }

    /// Whether a file with these first bytes is an archive.
    pub fn begins(head: &[u8]) -> bool {
        Kind::of(head) == Kind::Zip
    }

    /// The names of the files.
    pub fn names(&self) -> Vec<String> {
        self.0.names().map(str::to_owned).collect()
    }

    /// Opens the file with this place in the list of names.
    ///
    /// # Errors
    /// The message says why the file cannot be read.
    pub fn open(&self, place: usize) -> Result<ZippedFile, String> {
        Ok(ZippedFile { file: self.0.file(place)?, chunk: vec![0; CHUNK] })
    }
}

/// A file in an archive, which is unpacked while it is read.
#[wasm_bindgen]
pub struct ZippedFile {
    file: File<Source>,
    chunk: Vec<u8>,
}

#[wasm_bindgen]
impl ZippedFile {
    /// The next bytes, which are none at the end.
    ///
    /// # Errors
    /// The message says why the file cannot be read further.
    pub fn chunk(&mut self) -> Result<Vec<u8>, String> {
        let length = self.file.read(&mut self.chunk).map_err(|error| error.to_string())?;
        Ok(self.chunk.get(..length).unwrap_or_default().to_vec())
    }
}
