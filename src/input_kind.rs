//! Detects the kind of an input by its first bytes: lines of text, or a format that cannot be
//! edited by line.

/// The number of bytes that the detection needs at most.
pub const HEAD: usize = 1024;
/// The length of the longest signature, in bytes.
const SIGNATURE: usize = 10;

/// The first bytes of an `.evt` file: the length of its header, and its signature.
pub const EVT: [u8; 8] = [48, 0, 0, 0, b'L', b'f', b'L', b'e'];

/// The kind of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Lines, in UTF-8 or in an encoding that is treated as UTF-8.
    Text,
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// LZ4, in its current or its legacy frame format.
    Lz4,
    /// An older or rarer compression format: compress, lzip, LZMA, zlib, Snappy.
    Packed,
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A 7-Zip archive.
    SevenZip,
    /// A RAR archive.
    Rar,
    /// A cabinet file.
    Cabinet,
    /// An older or rarer archive format: ar, cpio, xar.
    Archive,
    /// A legacy event log.
    Evt,
    /// An event log of Windows Vista or later.
    Evtx,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
    /// UTF-32 of either order.
    Utf32,
    /// Any other input that has NULs and bytes unlike text, and does not begin with a line of text: a
    /// database, a program.
    Binary,
}

impl Kind {
    /// The kind of an input that begins with `head`. Only the first [`HEAD`] bytes count.
    pub fn of(head: &[u8]) -> Self {
        let head = head.get(..HEAD).unwrap_or(head);
        Self::signed(head).or_else(|| Self::unsigned(head)).unwrap_or(Self::Text)
    }

    /// Like [`Self::of`], for bytes that arrive in pieces; `None` while more bytes could change the
    /// answer. A first line of UTF-8 without control characters is text as soon as it ends, so that
    /// the line does not wait for the next one. `whole` says that no more bytes will come.
    pub fn told(head: &[u8], whole: bool) -> Option<Self> {
        let head = head.get(..HEAD).unwrap_or(head);
        let text = begins_as_text(head) == Some(true);
        let enough = whole || text || head.len() == HEAD;
        // A short signature could still become a longer one with the same beginning.
        let signed = Self::signed(head).filter(|_| enough || head.len() >= SIGNATURE);
        match signed {
            None if text => Some(Self::Text),
            None if enough => Some(Self::of(head)),
            signed => signed,
        }
    }

    /// The name of the kind, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "LZ4",
            Self::Packed => "packed",
            Self::Zip => "a zip archive",
            Self::Tar => "a tar archive",
            Self::SevenZip => "a 7-Zip archive",
            Self::Rar => "a RAR archive",
            Self::Cabinet => "a cabinet file",
            Self::Archive => "an archive",
            Self::Evt => "an .evt file",
            Self::Evtx => "an .evtx file",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Utf32 => "UTF-32",
            Self::Binary => "binary",
        }
    }

    /// Whether the library has a reader for the kind.
    pub fn is_read(self) -> bool {
        use Kind::{Binary, Evt, Evtx, Gzip, Text, Utf16Be, Utf16Le, Zip, Zstd};
        matches!(self, Text | Gzip | Zstd | Zip | Evt | Evtx | Utf16Le | Utf16Be | Binary)
    }

    /// What is said of an input of this kind that the filter passes; `None` for text.
    pub fn passes(self) -> Option<String> {
        let instead = if self.is_read() { ", or use classify" } else { "" };
        let (name, remedy) = (self.name(), self.remedy());
        (self != Self::Text)
            .then(|| format!("it is {name} and passes unchanged; {remedy}{instead}"))
    }

    /// The step that makes the input readable line by line, for messages.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::Utf16Le | Self::Utf16Be | Self::Utf32 => "make it UTF-8 first",
            Self::Evt | Self::Evtx | Self::Binary => "export it first",
            _ => "unpack it first",
        }
    }

    /// The kind that a signature identifies.
    fn signed(head: &[u8]) -> Option<Self> {
        Some(match head {
            [0x1F, 0x8B, 8, ..] => Self::Gzip,
            // A data frame or a skippable frame.
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Self::Zstd,
            [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            // A block, or the end-of-stream marker of an empty file.
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => {
                Self::Bzip2
            }
            [0x04, 0x22, 0x4D, 0x18, ..] | [0x02, 0x21, 0x4C, 0x18, ..] => Self::Lz4,
            [0x1F, 0x9D, ..]
            | [b'L', b'Z', b'I', b'P', 0 | 1, ..]
            | [0x5D, 0, 0, ..]
            // zlib.
            | [b'x', 1 | 0x9C | 0xDA, ..]
            | [0xFF, 6, 0, 0, b's', b'N', b'a', b'P', b'p', b'Y', ..] => Self::Packed,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Self::Zip,
            [b'7', b'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => Self::SevenZip,
            [b'R', b'a', b'r', b'!', 0x1A, 7, ..] => Self::Rar,
            [b'M', b'S', b'C', b'F', 0, 0, 0, 0, ..] => Self::Cabinet,
            [b'!', b'<', b'a', b'r', b'c', b'h', b'>', b'\n', ..]
            | [b'x', b'a', b'r', b'!', 0, ..] => Self::Archive,
            // A cpio header consists of octal or hex digits without gaps.
            [b'0', b'7', b'0', b'7', b'0', b'1' | b'2' | b'7', digits @ ..]
                if digits.get(..70).is_some_and(|d| d.iter().all(u8::is_ascii_hexdigit)) =>
            {
                Self::Archive
            }
            [b'E', b'l', b'f', b'F', b'i', b'l', b'e', 0, ..] => Self::Evtx,
            // Parquet, Avro, ORC; SQLite; PNG, JPEG, GIF; PDF; a program.
            [b'P', b'A', b'R', b'1', 0..=0x1F, ..]
            | [b'O', b'b', b'j', 1, ..]
            | [b'O', b'R', b'C', 0..=0x1F, ..]
            | [b'S', b'Q', b'L', b'i', b't', b'e', b' ', b'f', b'o', b'r', b'm', b'a', b't', b' ', ..]
            | [0x89, b'P', b'N', b'G', b'\r', b'\n', ..]
            | [0xFF, 0xD8, 0xFF, ..]
            | [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..]
            | [b'%', b'P', b'D', b'F', b'-', b'0'..=b'9', b'.', ..]
            | [0x7F, b'E', b'L', b'F', ..] => Self::Binary,
            // This comes first, because UTF-32LE begins like UTF-16LE.
            [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Self::Utf32,
            [0xFF, 0xFE, ..] => Self::Utf16Le,
            [0xFE, 0xFF, ..] => Self::Utf16Be,
            _ if head.starts_with(&EVT) => Self::Evt,
            _ => return None,
        })
    }

    /// The kind that the positions of NULs identify.
    fn unsigned(head: &[u8]) -> Option<Self> {
        // Tar, wide text and binary files all have NULs.
        memchr::memchr(0, head)?;
        if is_tar(head) {
            return Some(Self::Tar);
        }
        if begins_as_text(head) == Some(true) {
            return None;
        }
        let binary = matches!(head, [b'\n', 0, _, 0, ..]) || has_binary(head);
        Self::wide(head).or(binary.then_some(Self::Binary))
    }

    /// Text with two or four bytes per character and no byte order mark. Nearly every character of
    /// most logs is ASCII, so nearly every high byte is zero. In other logs, at least the low byte
    /// is never zero.
    fn wide(head: &[u8]) -> Option<Self> {
        let (units, _) = head.as_chunks::<2>();
        if units.len() < 4 {
            return None;
        }
        let zeros = |at: usize| units.iter().filter(|unit| unit[at] == 0).count();
        let (first, second) = (zeros(0), zeros(1));
        let (few, many) = (units.len() / 16, units.len() - units.len() / 4);
        let foreign = |order: fn([u8; 2]) -> u16| {
            let units = units.iter().map(|&unit| order(unit));
            let control = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n');
            // A zero of a text belongs to a line end, a blank or a digit.
            units.clone().any(|unit| unit < 0x80)
                // An alphabet can be UTF-8 too, with control characters.
                && (units.clone().all(|unit| unit < 0x2000) || core::str::from_utf8(head).is_err())
                && char::decode_utf16(units).all(|c| c.is_ok_and(|c| !control(c)))
        };
        match (first, second) {
            (0, 1..) if foreign(u16::from_le_bytes) => return Some(Self::Utf16Le),
            (1.., 0) if foreign(u16::from_be_bytes) => return Some(Self::Utf16Be),
            _ if first <= few && second >= many => return Some(Self::Utf16Le),
            _ if second <= few && first >= many => return Some(Self::Utf16Be),
            _ => {}
        }
        // A log that was cut may begin within a character.
        let like = |from: usize| {
            let (units, _) = head.get(from..).unwrap_or_default().as_chunks::<4>();
            let many = units.len() - units.len() / 4;
            let like = |is: fn(&&[u8; 4]) -> bool| units.iter().filter(is).count() >= many;
            let little = like(|unit| matches!(unit, [1..=255, _, 0, 0]));
            little || like(|unit| matches!(unit, [0, 0, _, 1..=255]))
        };
        (0..4).any(like).then_some(Self::Utf32)
    }
}

/// Whether the first line that is not blank is text without NULs; `None` while that is open. Binary
/// files can have line ends before their first NUL, but then other control characters too. In
/// UTF-16, the line end may be the only character with a NUL.
fn begins_as_text(mut head: &[u8]) -> Option<bool> {
    loop {
        let at = memchr::memchr2(b'\n', 0, head)?;
        let (line, end) = head.split_at_checked(at)?;
        if end.first() == Some(&0) {
            return Some(false);
        }
        head = end.get(1..)?;
        if line.iter().copied().any(is_control) {
            return None;
        }
        if !line.trim_ascii().is_empty() {
            let next = head.first().map(|next| *next != 0);
            return if core::str::from_utf8(line).is_ok() { Some(true) } else { next };
        }
    }
}

/// Whether the first bytes of an input have NULs and are unlike text, as in a program or a picture. A
/// log can also begin like this, if it was damaged.
pub fn has_binary(head: &[u8]) -> bool {
    memchr::memchr(0, head).is_some() && !is_printable(head)
}

/// Whether this is UTF-8 whose only control characters are NULs and white space, so that it can be
/// text between NULs. A log that was truncated while a program wrote to it begins with NULs.
fn is_printable(head: &[u8]) -> bool {
    // The last character may be cut off.
    let broken = core::str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
    !broken && !head.iter().copied().any(is_control)
}

/// Whether text does not have this byte. NULs are not counted.
fn is_control(byte: u8) -> bool {
    !matches!(byte, 0 | b'\t'..=b'\r' | 0x1B | b' '..=0x7E | 0x80..)
}

/// Whether this is the header of a tar member: it has the name of the format or, in older archives,
/// a correct checksum.
fn is_tar(head: &[u8]) -> bool {
    const SUM: core::ops::Range<usize> = 148..156;
    if head.get(257..262) == Some(b"ustar") {
        return true;
    }
    let Some(header) = head.get(..512) else { return false };
    let digits = header[SUM].trim_ascii_start();
    let digits = digits.iter().take_while(|byte| matches!(byte, b'0'..=b'7'));
    let (count, noted) =
        digits.fold((0, 0), |(n, sum), digit| (n + 1, sum * 8 + u32::from(digit - b'0')));
    let rest = header.iter().enumerate().filter(|(at, _)| !SUM.contains(at));
    // The checksum field itself counts as blanks.
    let sum: u32 = 8 * u32::from(b' ') + rest.map(|(_, byte)| u32::from(*byte)).sum::<u32>();
    count > 0 && noted == sum
}
