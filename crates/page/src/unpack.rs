//! Decodes compressed and UTF-16 files to UTF-8, to filter them and to show their records.

use wasm_bindgen::prelude::*;

use crypt32_filter::logs::container::{Decoder, Limits};

/// Decodes a file.
#[wasm_bindgen]
pub struct Unpack(Decoder);

#[wasm_bindgen]
impl Unpack {
    /// Creates a decoder for one file.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Unpack {
        Self(Decoder::new(Limits::default()))
    }

    /// Decodes the next bytes.
    ///
    /// # Errors
    /// The message says what is wrong with the file.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let done = self.0.push(chunk, &mut |bytes| out.extend_from_slice(bytes));
        done.map(|()| out).map_err(|fault| fault.to_string())
    }

    /// Returns the rest of the text.
    ///
    /// # Errors
    /// The message says what is wrong with the file.
    pub fn finish(&mut self) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let done = self.0.finish(&mut |bytes| out.extend_from_slice(bytes));
        done.map(|()| out).map_err(|fault| fault.to_string())
    }
}
