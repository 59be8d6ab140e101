//! gzip (RFC 1952): a sequence of members, each with a header, a deflate stream, and the checksum
//! and length of the uncompressed data.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Meter, Why};

/// The maximum number of output bytes and of input bytes per step of the decompressor.
const PIECE: usize = 1 << 15;
const STEP: usize = 1 << 12;

/// The position of the next byte in a member.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before a member or the end.
    Between,
    /// In the fixed part of the header, with the number of bytes read.
    Fixed(usize),
    /// In the length of the extra field, with the number of bytes read.
    ExtraLength(usize),
    /// In the extra field, with the number of bytes left.
    Extra(usize),
    /// In the file's name.
    Name,
    /// In the comment.
    Comment,
    /// In the header's checksum, with the number of bytes read.
    HeaderCheck(usize),
    /// In the deflate stream.
    Body,
    /// In the trailer after the deflate stream, with the number of bytes read.
    Trailer(usize),
}

pub(super) struct Gzip {
    at: At,
    flags: u8,
    extra: usize,
    /// The number of complete members.
    members: u64,
    inflate: Decompress,
    check: Crc,
    trailer: [u8; 8],
    piece: Vec<u8>,
}

impl Default for Gzip {
    fn default() -> Self {
        Self {
            at: At::Between,
            flags: 0,
            extra: 0,
            members: 0,
            inflate: Decompress::new(false),
            check: Crc::new(),
            trailer: [0; 8],
            piece: vec![0; PIECE],
        }
    }
}

impl Gzip {
    pub fn push(&mut self, mut bytes: &[u8], meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.at == At::Body {
                bytes = self.body(bytes, meter)?;
            } else {
                self.frame(byte)?;
                meter.read(1);
                bytes = rest;
            }
            meter.solid()?;
        }
        Ok(())
    }

    pub fn finish(&self) -> Result<(), Why> {
        if self.at == At::Between { Ok(()) } else { Err("the gzip file is cut off".to_owned()) }
    }

    /// Reads one byte outside the deflate stream.
    fn frame(&mut self, byte: u8) -> Result<(), Why> {
        self.at = match self.at {
            // Padding with zeros after a member is common and harmless.
            At::Between if byte == 0 && self.members > 0 => At::Between,
            At::Between | At::Fixed(1 | 2) => {
                let come = if let At::Fixed(come) = self.at { come } else { 0 };
                if [0x1F, 0x8B, 8].get(come) != Some(&byte) {
                    return Err("what follows is no gzip member".to_owned());
                }
                At::Fixed(come + 1)
            }
            At::Fixed(come) => {
                if come == 3 {
                    self.flags = byte;
                }
                if self.flags & 0xE0 != 0 {
                    return Err("the gzip header has flags that do not exist".to_owned());
                }
                if come == 9 { self.fields(0) } else { At::Fixed(come + 1) }
            }
            At::ExtraLength(0) => {
                self.extra = byte.into();
                At::ExtraLength(1)
            }
            At::ExtraLength(_) => match self.extra | usize::from(byte) << 8 {
                0 => self.fields(1),
                extra => At::Extra(extra),
            },
            At::Extra(1) => self.fields(1),
            At::Extra(left) => At::Extra(left - 1),
            At::Name if byte == 0 => self.fields(2),
            At::Comment if byte == 0 => self.fields(3),
            At::HeaderCheck(0) => At::HeaderCheck(1),
            At::HeaderCheck(_) => self.fields(4),
            At::Trailer(come) => {
                if let Some(slot) = self.trailer.get_mut(come) {
                    *slot = byte;
                }
                if come < 7 { At::Trailer(come + 1) } else { self.end()? }
            }
            At::Name | At::Comment | At::Body => self.at,
        };
        Ok(())
    }

    /// The state after the first `done` of the four optional header fields.
    fn fields(&mut self, done: u8) -> At {
        let has = |field: u8, flag: u8| done <= field && self.flags & flag != 0;
        if has(0, 4) {
            At::ExtraLength(0)
        } else if has(1, 8) {
            At::Name
        } else if has(2, 16) {
            At::Comment
        } else if has(3, 2) {
            At::HeaderCheck(0)
        } else {
            self.inflate.reset(false);
            self.check.reset();
            At::Body
        }
    }

    /// Decompresses, and returns the bytes after the deflate stream.
    fn body<'b>(
        &mut self,
        mut bytes: &'b [u8],
        meter: &mut Meter<'_, '_>,
    ) -> Result<&'b [u8], Why> {
        let moved = |now: u64, before: u64| usize::try_from(now - before).unwrap_or(0);
        loop {
            let (read_before, made_before) = (self.inflate.total_in(), self.inflate.total_out());
            let none = FlushDecompress::None;
            // The steps are small, so that data without any output is detected early.
            let next = bytes.get(..STEP).unwrap_or(bytes);
            let status = self.inflate.decompress(next, &mut self.piece, none);
            let read = moved(self.inflate.total_in(), read_before);
            let made = moved(self.inflate.total_out(), made_before);
            bytes = bytes.get(read..).unwrap_or_default();
            meter.read(read);
            let piece = self.piece.get(..made).unwrap_or_default();
            self.check.update(piece);
            meter.unpacked(piece)?;
            meter.solid()?;
            match status {
                Ok(Status::StreamEnd) => {
                    self.at = At::Trailer(0);
                    return Ok(bytes);
                }
                // If the output buffer is full, these bytes may give more output.
                Ok(_) if made == PIECE || (!bytes.is_empty() && read + made > 0) => {}
                Ok(_) if bytes.is_empty() => return Ok(bytes),
                Ok(_) | Err(_) => return Err("the gzip data is corrupt".to_owned()),
            }
        }
    }

    fn end(&mut self) -> Result<At, Why> {
        let trailer = u64::from_le_bytes(self.trailer);
        let expected = u64::from(self.check.amount()) << 32 | u64::from(self.check.sum());
        self.members += 1;
        if trailer != expected {
            return Err(format!("the checksum of gzip member {} differs", self.members));
        }
        Ok(At::Between)
    }
}
