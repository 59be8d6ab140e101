//! What a file is, by its content, and its bytes as UTF-8 text (or as the binary log inside).
//!
//! Two layers are peeled off, neither by the file's name: a packing (gzip, RFC 1952; zstd,
//! RFC 8878) and an encoding (UTF-8 with or without a BOM, UTF-16 of either order with or without
//! one: Event Viewer, `wevtutil` and PowerShell's `>` write it). Binary logs pass as they are.
//!
//! [`Decoder`] does no input or output: chunks go in, decoded pieces come out. Its memory is
//! bounded whatever the input: a head of [`HEAD`] bytes, and for zstd a window of
//! [`WINDOW`] bytes, which every decoder must have. What was decoded before a fault has been given
//! out before the fault is told.

mod gzip;
mod utf16;
mod zstd;

use core::fmt;

use crate::input_kind::{HEAD, Kind};

use utf16::Utf16;

/// The largest zstd window. RFC 8878 asks decoders for 8 MiB; `zstd` needs more only with `--long`
/// and `--ultra`.
pub const WINDOW: u64 = 8 << 20;
/// Output that is always allowed, whatever the ratio.
const ALLOWED: u64 = 16 << 20;
/// Input that may hold nothing. Beyond it, a packed file must unpack to half its size: each part of one
/// costs its tables, so that parts which hold nothing would take many times longer than their bytes.
const HOLLOW: u64 = 32 << 10;

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip, of one member or more.
    Gzip,
    /// Zstandard, of one frame or more.
    Zstd,
}

/// What is inside the packing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text in UTF-8, or in something that is taken for it.
    Utf8,
    /// Text in UTF-16, little endian.
    Utf16Le,
    /// Text in UTF-16, big endian.
    Utf16Be,
    /// A legacy event log; its bytes are given as they are.
    Evt,
    /// An event log of Windows Vista or later; its bytes are given as they are.
    Evtx,
    /// Nothing that is read, of any other [`Kind`].
    Unread,
}

/// How a file that begins like this is packed.
pub fn packing(head: &[u8]) -> Packing {
    match Kind::of(head) {
        Kind::Gzip => Packing::Gzip,
        Kind::Zstd => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// What bytes that begin like this are, once they are unpacked.
pub fn content(head: &[u8]) -> Content {
    match Kind::of(head) {
        Kind::Utf16Le => Content::Utf16Le,
        Kind::Utf16Be => Content::Utf16Be,
        Kind::Evt => Content::Evt,
        Kind::Evtx => Content::Evtx,
        // Text may begin with zeros.
        Kind::Text | Kind::Binary => Content::Utf8,
        _ => Content::Unread,
    }
}

/// How much may come out of a packed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes in all.
    pub total: u64,
    /// Bytes for each byte that went in, beyond the first 16 MiB.
    pub ratio: u64,
}

impl Default for Limits {
    /// 64 GiB, and 500 to 1: logs pack 10 to 100 to 1, a bomb of zeros 1,000 to 1 and more.
    fn default() -> Self {
        Self { total: 64 << 30, ratio: 500 }
    }
}

/// What is wrong with a file, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How many bytes of the file (packed as it is) were read without fault.
    pub offset: u64,
    /// What is wrong, for a person.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.why)
    }
}

impl std::error::Error for Fault {}

/// Takes decoded bytes.
pub type Sink<'s> = dyn FnMut(&[u8]) + 's;

/// Decodes a file whose bytes come piece by piece.
#[derive(Default)]
pub struct Decoder {
    limits: Limits,
    unpacker: Unpacker,
    text: Text,
    bytes_in: u64,
    bytes_out: u64,
    fault: Option<Fault>,
}

impl Decoder {
    /// A decoder at the beginning of a file.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes in the next bytes. After a fault nothing more comes out, and the fault is told again.
    pub fn push(&mut self, bytes: &[u8], out: &mut Sink<'_>) -> Result<(), Fault> {
        self.step(Some(bytes), out)
    }

    /// Gives out what is left, and says whether the file was whole.
    pub fn finish(&mut self, out: &mut Sink<'_>) -> Result<(), Fault> {
        self.step(None, out)
    }

    /// How the file is packed; `None` as long as too few bytes have come.
    pub fn packing(&self) -> Option<Packing> {
        match &self.unpacker {
            Unpacker::Head(_) => None,
            Unpacker::Plain => Some(Packing::Plain),
            Unpacker::Gzip(_) => Some(Packing::Gzip),
            Unpacker::Zstd(_) => Some(Packing::Zstd),
        }
    }

    /// What is inside; `None` as long as too few bytes have come.
    pub fn content(&self) -> Option<Content> {
        self.text.content
    }

    /// How many broken UTF-16 units became U+FFFD.
    pub fn replaced(&self) -> u64 {
        self.text.utf16.replaced
    }

    /// How many lines among UTF-16 text mention the event in another encoding, and up to which byte the
    /// first of them was read.
    pub fn strays(&self) -> Option<(u64, u64)> {
        let strays = &self.text.utf16.strays;
        strays.first.map(|first| (strays.count, first))
    }

    /// How many bytes came out of the packing.
    pub fn unpacked(&self) -> u64 {
        self.bytes_out
    }

    fn step(&mut self, bytes: Option<&[u8]>, out: &mut Sink<'_>) -> Result<(), Fault> {
        if let Some(fault) = &self.fault {
            return Err(fault.clone());
        }
        let mut meter = Meter {
            limits: self.limits,
            bytes_in: &mut self.bytes_in,
            bytes_out: &mut self.bytes_out,
            text: &mut self.text,
            out,
        };
        let done = match bytes {
            Some(bytes) => self.unpacker.push(bytes, &mut meter),
            None => self.unpacker.finish(&mut meter),
        };
        // What came out before a fault is given out before the fault is told.
        let ended = if bytes.is_none() || done.is_err() { meter.end() } else { Ok(()) };
        let done = done.and(ended).map_err(|why| Fault { offset: self.bytes_in, why });
        self.fault = done.clone().err();
        done
    }
}

/// Why something could not be decoded.
type Why = String;

/// Between unpacking and text: counts, and stops what grows beyond the limits.
struct Meter<'m, 's> {
    limits: Limits,
    bytes_in: &'m mut u64,
    bytes_out: &'m mut u64,
    text: &'m mut Text,
    out: &'m mut Sink<'s>,
}

impl Meter<'_, '_> {
    /// So many bytes of the file were read.
    fn read(&mut self, bytes: usize) {
        *self.bytes_in += bytes as u64;
    }

    /// These came out of it.
    fn unpacked(&mut self, bytes: &[u8]) -> Result<(), Why> {
        let sum = *self.bytes_out + bytes.len() as u64;
        let Limits { total, ratio } = self.limits;
        if sum > total {
            return Err(format!("unpacks to more than the limit of {total} bytes"));
        }
        if sum > ALLOWED && sum / ratio.max(1) > *self.bytes_in {
            return Err(format!(
                "unpacks to more than {ratio} times its size ({sum} bytes so far), which no log does"
            ));
        }
        *self.bytes_out = sum;
        self.text.push(bytes, self.out)
    }

    /// Whether anything comes out.
    fn solid(&self) -> Result<(), Why> {
        let Self { bytes_in, bytes_out, .. } = self;
        if **bytes_in > HOLLOW + 2 * **bytes_out {
            return Err(format!(
                "unpacks to less than half its size ({bytes_out} of {bytes_in} bytes so far), which no log does"
            ));
        }
        Ok(())
    }

    /// Bytes that were never packed.
    fn plain(&mut self, bytes: &[u8]) -> Result<(), Why> {
        self.read(bytes.len());
        *self.bytes_out += bytes.len() as u64;
        self.text.push(bytes, self.out)
    }

    fn end(&mut self) -> Result<(), Why> {
        self.text.finish(self.out)
    }
}

/// The first layer.
enum Unpacker {
    /// Too few bytes to tell.
    Head(Vec<u8>),
    Plain,
    Gzip(Box<gzip::Gzip>),
    Zstd(Box<zstd::Zstd>),
}

impl Default for Unpacker {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl Unpacker {
    fn of(packing: Packing) -> Self {
        match packing {
            Packing::Plain => Self::Plain,
            Packing::Gzip => Self::Gzip(Box::default()),
            Packing::Zstd => Self::Zstd(Box::default()),
        }
    }

    fn push(&mut self, bytes: &[u8], meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        match self {
            Self::Head(head) => {
                head.extend_from_slice(bytes);
                if head.len() < 4 {
                    return Ok(());
                }
                let head = core::mem::take(head);
                *self = Self::of(packing(&head));
                // One step deep: what is not a head does not come here again.
                self.push(&head, meter)
            }
            Self::Plain => meter.plain(bytes),
            Self::Gzip(gzip) => gzip.push(bytes, meter),
            Self::Zstd(zstd) => zstd.push(bytes, meter),
        }
    }

    fn finish(&mut self, meter: &mut Meter<'_, '_>) -> Result<(), Why> {
        match self {
            Self::Head(head) => {
                let head = core::mem::take(head);
                *self = Self::Plain;
                meter.plain(&head)
            }
            Self::Plain => Ok(()),
            Self::Gzip(gzip) => gzip.finish(),
            Self::Zstd(zstd) => zstd.finish(meter),
        }
    }
}

/// The second layer.
#[derive(Default)]
struct Text {
    /// The first bytes, until there are enough to tell what they are.
    head: Vec<u8>,
    content: Option<Content>,
    utf16: Utf16,
}

impl Text {
    fn push(&mut self, bytes: &[u8], out: &mut Sink<'_>) -> Result<(), Why> {
        if self.content.is_some() {
            self.decode(bytes, out);
            return Ok(());
        }
        self.head.extend_from_slice(bytes);
        if self.head.len() < HEAD { Ok(()) } else { self.begin(out) }
    }

    fn begin(&mut self, out: &mut Sink<'_>) -> Result<(), Why> {
        let head = core::mem::take(&mut self.head);
        let content = content(&head);
        self.content = Some(content);
        if content == Content::Unread {
            return Err(match Kind::of(&head) {
                Kind::Gzip | Kind::Zstd => "is packed twice: unpack it once first".to_owned(),
                kind => format!("is {}, which is not read: {}", kind.name(), kind.remedy()),
            });
        }
        let mark = match content {
            Content::Utf8 if head.starts_with(b"\xEF\xBB\xBF") => 3,
            Content::Utf16Le if head.starts_with(b"\xFF\xFE") => 2,
            Content::Utf16Be if head.starts_with(b"\xFE\xFF") => 2,
            _ => 0,
        };
        self.decode(head.get(mark..).unwrap_or_default(), out);
        Ok(())
    }

    fn decode(&mut self, bytes: &[u8], out: &mut Sink<'_>) {
        match self.content {
            Some(Content::Utf16Le) => self.utf16.push(bytes, u16::from_le_bytes, out),
            Some(Content::Utf16Be) => self.utf16.push(bytes, u16::from_be_bytes, out),
            _ if bytes.is_empty() => {}
            _ => out(bytes),
        }
    }

    fn finish(&mut self, out: &mut Sink<'_>) -> Result<(), Why> {
        let begun = if self.content.is_none() { self.begin(out) } else { Ok(()) };
        self.utf16.finish(out);
        begun
    }
}
