//! Detects the kind of a file from its content, and decodes its bytes to UTF-8 text (or to the
//! binary log inside).
//!
//! Two layers are decoded, and neither is detected from the file's name. The first is the
//! compression (gzip, RFC 1952; zstd, RFC 8878). The second is the encoding (UTF-8 or UTF-16 in
//! either byte order, with or without a BOM; Event Viewer, `wevtutil` and PowerShell's `>` write
//! UTF-16). Binary logs are not changed.
//!
//! [`Decoder`] does no input or output: chunks go in, decoded pieces come out. Its memory is
//! bounded for any input: a head of [`HEAD`] bytes, and for zstd a window of [`WINDOW`] bytes,
//! which every decoder needs. A fault is reported after the output of everything that was decoded
//! before it.

mod gzip;
mod utf16;
mod zstd;

use core::fmt;

use crate::input_kind::{HEAD, Kind, has_binary};

use utf16::Utf16;

/// The maximum zstd window in bytes. RFC 8878 recommends that decoders support 8 MiB, and `zstd`
/// uses more only with `--long` and `--ultra`.
pub const WINDOW: u64 = 8 << 20;
/// The amount of output that is allowed at any ratio, in bytes.
pub(super) const ALLOWED: u64 = 16 << 20;
/// The amount of input that may give no output, in bytes. Beyond it, a compressed file must
/// decompress to at least half its size. Each block costs the time to build its tables, so blocks
/// without output would take much longer than their length justifies.
const HOLLOW: u64 = 32 << 10;

/// The compression of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// No compression.
    Plain,
    /// gzip, with one or more members.
    Gzip,
    /// Zstandard, with one or more frames.
    Zstd,
}

/// The content of a file after decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text in UTF-8, or in an encoding that is read as UTF-8.
    Utf8,
    /// Text in UTF-16, little endian.
    Utf16Le,
    /// Text in UTF-16, big endian.
    Utf16Be,
    /// A legacy event log. Its bytes are not changed.
    Evt,
    /// An event log of Windows Vista or later. Its bytes are not changed.
    Evtx,
    /// Content of another [`Kind`], which is not read.
    Unread,
}

/// Detects the compression of a file from its first bytes.
pub fn packing(head: &[u8]) -> Packing {
    match Kind::of(head) {
        Kind::Gzip => Packing::Gzip,
        Kind::Zstd => Packing::Zstd,
        _ => Packing::Plain,
    }
}

/// Detects the content from its first bytes after decompression.
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

/// Limits on the output from a compressed file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The maximum number of output bytes.
    pub total: u64,
    /// The maximum number of output bytes per input byte, after the first 16 MiB of output.
    pub ratio: u64,
}

impl Default for Limits {
    /// 64 GiB, and a ratio of 500. Logs have a ratio of 10 to 100, and a decompression bomb of
    /// zeros has 1,000 or more.
    fn default() -> Self {
        Self { total: 64 << 30, ratio: 500 }
    }
}

/// A fault in a file, and its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How many bytes of the (compressed) file were read without a fault.
    pub offset: u64,
    /// The description of the fault.
    pub why: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at byte {}: {}", self.offset, self.why)
    }
}

impl std::error::Error for Fault {}

/// Receives decoded bytes.
pub type Sink<'s> = dyn FnMut(&[u8]) + 's;

/// Decodes a file from a stream of bytes.
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
    /// Creates a decoder for one file.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Decodes the next bytes. After a fault there is no more output, and each call returns the
    /// same fault.
    pub fn push(&mut self, bytes: &[u8], out: &mut Sink<'_>) -> Result<(), Fault> {
        self.step(Some(bytes), out)
    }

    /// Outputs the rest. Returns a fault if the file is incomplete.
    pub fn finish(&mut self, out: &mut Sink<'_>) -> Result<(), Fault> {
        self.step(None, out)
    }

    /// The compression of the file; `None` until enough bytes have arrived.
    pub fn packing(&self) -> Option<Packing> {
        match &self.unpacker {
            Unpacker::Head(_) => None,
            Unpacker::Plain => Some(Packing::Plain),
            Unpacker::Gzip(_) => Some(Packing::Gzip),
            Unpacker::Zstd(_) => Some(Packing::Zstd),
        }
    }

    /// The content of the file; `None` until enough bytes have arrived.
    pub fn content(&self) -> Option<Content> {
        self.text.content
    }

    /// Whether the file begins like a program, a picture or a database. It is read as text, because
    /// a log can begin with other bytes.
    pub fn is_binary(&self) -> bool {
        self.text.binary
    }

    /// How many invalid UTF-16 units were replaced by U+FFFD.
    pub fn replaced(&self) -> u64 {
        self.text.utf16.replaced
    }

    /// How many lines in UTF-16 text mention the event in another encoding, and the offset of the
    /// end of the first such line.
    pub fn strays(&self) -> Option<(u64, u64)> {
        let strays = &self.text.utf16.strays;
        strays.first.map(|first| (strays.count, first))
    }

    /// The number of bytes after decompression.
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
        // Output from before a fault is written before the fault is returned.
        let ended = if bytes.is_none() || done.is_err() { meter.end() } else { Ok(()) };
        let done = done.and(ended).map_err(|why| Fault { offset: self.bytes_in, why });
        self.fault = done.clone().err();
        done
    }
}

/// The reason why something could not be decoded.
type Why = String;

/// Counts the bytes between decompression and decoding, and enforces the limits.
struct Meter<'m, 's> {
    limits: Limits,
    bytes_in: &'m mut u64,
    bytes_out: &'m mut u64,
    text: &'m mut Text,
    out: &'m mut Sink<'s>,
}

impl Meter<'_, '_> {
    /// Counts input bytes.
    fn read(&mut self, bytes: usize) {
        *self.bytes_in += bytes as u64;
    }

    /// Counts decompressed bytes, checks the limits, and decodes the bytes.
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

    /// Checks that there is enough output for the input.
    fn solid(&self) -> Result<(), Why> {
        let Self { bytes_in, bytes_out, .. } = self;
        if **bytes_in > HOLLOW + 2 * **bytes_out {
            return Err(format!(
                "unpacks to less than half its size ({bytes_out} of {bytes_in} bytes so far), which no log does"
            ));
        }
        Ok(())
    }

    /// Counts and decodes bytes of an uncompressed file.
    fn plain(&mut self, bytes: &[u8]) -> Result<(), Why> {
        self.read(bytes.len());
        *self.bytes_out += bytes.len() as u64;
        self.text.push(bytes, self.out)
    }

    fn end(&mut self) -> Result<(), Why> {
        self.text.finish(self.out)
    }
}

/// The first layer: decompression.
enum Unpacker {
    /// Too few bytes have arrived to detect the compression.
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
                // This recursion is one level deep, because `self` is no longer a head.
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

/// The second layer: the encoding.
#[derive(Default)]
struct Text {
    /// The first bytes, until there are enough to detect the content.
    head: Vec<u8>,
    content: Option<Content>,
    binary: bool,
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
        self.binary = content == Content::Utf8 && has_binary(&head);
        if content == Content::Unread {
            return Err(match Kind::of(&head) {
                Kind::Gzip | Kind::Zstd => "is packed twice: unpack it once first".to_owned(),
                // The command reads an archive that it can open as a file.
                Kind::Zip => {
                    "is a zip archive, which is not read here: unpack it first, or give the file \
                              itself to crypt32-filter report"
                        .to_owned()
                }
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
