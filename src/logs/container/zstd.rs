//! zstd (RFC 8878): a sequence of frames, each with a header, blocks of at most 128 KiB, and an
//! optional checksum. The decoder receives one complete part at a time, because it cannot wait for
//! more input.

use std::io::Read;

use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::{Meter, WINDOW, Why};

/// The maximum number of input bytes and of output bytes per step.
const PIECE: usize = 1 << 15;
/// The maximum length of a block.
const BLOCK: usize = 1 << 17;

/// An empty raw block with the flag for the last block, and space for a checksum.
const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// The part that comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// A frame, or the end.
    Frame,
    /// A block of a frame.
    Block,
    /// The rest of a skippable frame, with the number of bytes left.
    Skip(u64),
}

pub(super) struct Zstd {
    at: At,
    decoder: FrameDecoder,
    /// The bytes of an incomplete part.
    pending: Vec<u8>,
    /// Whether this frame ends in a checksum.
    checked: bool,
    /// The number of frames with data.
    frames: u64,
    piece: Vec<u8>,
}

impl Default for Zstd {
    fn default() -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(WINDOW);
        let (at, pending, piece) = (At::Frame, Vec::new(), vec![0; PIECE]);
        Self { at, decoder, pending, checked: false, frames: 0, piece }
    }
}

impl Zstd {
    pub fn push(&mut self, bytes: &[u8], meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        for piece in bytes.chunks(PIECE) {
            self.pending.extend_from_slice(piece);
            let pending = core::mem::take(&mut self.pending);
            let (used, done) = self.parts(&pending, meter);
            self.pending = pending;
            self.pending.drain(..used);
            if done.is_err() {
                self.salvage(meter)?;
            }
            done?;
        }
        Ok(())
    }

    pub fn finish(&mut self, meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        if self.at == At::Frame && self.pending.is_empty() {
            return match self.frames {
                0 => Err("holds no data: all its zstd frames are such as are skipped".to_owned()),
                _ => Ok(()),
            };
        }
        self.salvage(meter)?;
        Err("the zstd file is cut off".to_owned())
    }

    /// Reads all complete parts, and returns the number of bytes in them.
    fn parts(&mut self, bytes: &[u8], meter: &mut Meter<'_, '_>) -> (usize, Result<(), Why>) {
        let mut used = 0;
        loop {
            let rest = bytes.get(used..).unwrap_or_default();
            match self.part(rest, meter) {
                Ok(0) => return (used, Ok(())),
                Ok(length) => used += length,
                Err(why) => return (used, Err(why)),
            }
        }
    }

    /// Reads one part, and returns its length, or 0 if it is incomplete.
    fn part(&mut self, bytes: &[u8], meter: &mut Meter<'_, '_>) -> Result<usize, Why> {
        let corrupt = |error: &dyn core::fmt::Display| format!("the zstd data is corrupt: {error}");
        let length = match self.at {
            At::Frame => header(bytes)?,
            At::Block => block(bytes, self.checked)?,
            At::Skip(left) => Some(usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len())),
        };
        let Some(part) = length.and_then(|length| bytes.get(..length)) else {
            return Ok(0);
        };
        if part.is_empty() {
            return Ok(0);
        }
        match (self.at, part) {
            (At::Skip(left), _) => self.skip(left - part.len() as u64),
            (At::Frame, [0x50..=0x5F, _, _, _, length @ ..]) => {
                self.skip(length.first_chunk().map_or(0, |n| u32::from_le_bytes(*n)).into());
            }
            (At::Frame, _) => {
                needs(part)?;
                self.decoder.reset(part).map_err(|error| corrupt(&error))?;
                self.frames += 1;
                self.checked = part.get(4).is_some_and(|descriptor| descriptor & 4 != 0);
                self.at = At::Block;
            }
            (At::Block, _) => {
                // The input is counted first, because the limits compare the output with it.
                meter.read(part.len());
                let one = BlockDecodingStrategy::UptoBlocks(1);
                self.decoder.decode_blocks(part, one).map_err(|error| corrupt(&error))?;
                self.drain(meter)?;
                if self.decoder.is_finished() {
                    self.at = At::Frame;
                    let told = self.decoder.get_checksum_from_data().filter(|_| self.checked);
                    if told.is_some() && told != self.decoder.get_calculated_checksum() {
                        return Err("the checksum of a zstd frame differs".to_owned());
                    }
                }
                return Ok(part.len());
            }
        }
        meter.read(part.len());
        Ok(part.len())
    }

    fn skip(&mut self, left: u64) {
        self.at = if left == 0 { At::Frame } else { At::Skip(left) };
    }

    /// Outputs the data that later blocks can no longer refer to.
    fn drain(&mut self, meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        loop {
            match self.decoder.read(&mut self.piece) {
                Ok(0) => return Ok(()),
                Ok(made) => meter.unpacked(self.piece.get(..made).unwrap_or_default())?,
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Outputs everything that was decoded before a fault. For this, an empty last block ends the
    /// frame.
    fn salvage(&mut self, meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        if self.at != At::Block {
            return Ok(());
        }
        let _ = self.decoder.decode_blocks(&LAST[..], BlockDecodingStrategy::UptoBlocks(1));
        self.drain(meter)
    }
}

/// Fails if a frame with this complete header needs a dictionary or a larger window.
fn needs(header: &[u8]) -> Result<(), Why> {
    let &[_, _, _, _, descriptor, ref fields @ ..] = header else {
        return Ok(());
    };
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    let single = descriptor & 0x20 != 0;
    let (window, fields) = fields.split_at(usize::from(!single).min(fields.len()));
    let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let (dictionary, content) = fields.split_at(dictionary.min(fields.len()));
    let dictionary = number(dictionary);
    if dictionary != 0 {
        return Err(format!("needs the zstd dictionary {dictionary}, which is not in the file"));
    }
    let window = match window {
        [byte] => (1_u64 << (10 + (byte >> 3))) / 8 * u64::from(8 + (byte & 7)),
        // Without a window descriptor, the window is the size of the content.
        _ => number(content) + if content.len() == 2 { 256 } else { 0 },
    };
    if window > WINDOW {
        return Err(format!("needs a zstd window of {window} bytes; {WINDOW} is the limit"));
    }
    Ok(())
}

/// The length of the header at the beginning of these bytes; `None` if too few bytes have arrived.
fn header(bytes: &[u8]) -> Result<Option<usize>, Why> {
    let magic = bytes.first_chunk().map(|magic| u32::from_le_bytes(*magic));
    match magic {
        Some(0xFD2F_B528) => {}
        Some(magic) if magic & 0xFFFF_FFF0 == 0x184D_2A50 => return Ok(Some(8)),
        Some(_) => return Err("what follows is no zstd frame".to_owned()),
        None => return Ok(None),
    }
    Ok(bytes.get(4).map(|descriptor| {
        let single = descriptor & 0x20 != 0;
        let dictionary = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let content = match descriptor >> 6 {
            0 => usize::from(single),
            flag => 1 << flag,
        };
        5 + usize::from(!single) + dictionary + content
    }))
}

/// The length of the block at the beginning of these bytes, with the checksum after the last block;
/// `None` if too few bytes have arrived.
fn block(bytes: &[u8], checked: bool) -> Result<Option<usize>, Why> {
    let &[a, b, c, ..] = bytes else {
        return Ok(None);
    };
    let header = u32::from_le_bytes([a, b, c, 0]);
    let size = usize::try_from(header >> 3).unwrap_or(usize::MAX);
    if size > BLOCK {
        return Err("the zstd data is corrupt: a block is too long".to_owned());
    }
    // A block of one repeated byte (RLE) stores only this byte.
    let size = if header >> 1 & 3 == 1 { 1 } else { size };
    Ok(Some(3 + size + if header & 1 != 0 && checked { 4 } else { 0 }))
}
