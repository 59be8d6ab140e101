//! Generates `.evtx` files as [MS-EVEN6] defines them.
#![allow(dead_code)] // Not every test needs all of it.

pub const HEADER: usize = 4096;
pub const CHUNK: usize = 65536;

/// Writes tokens.
type Write<'w> = &'w dyn Fn(&mut BinXml<'_>);

/// Binary XML ([MS-EVEN6] 2.2.12). Names are stored at their first use, and their offsets count
/// from the beginning of the chunk.
#[derive(Default)]
pub struct BinXml<'w> {
    base: usize,
    pub bytes: Vec<u8>,
    /// In a template, the value on which elements depend.
    pub depends: Option<u16>,
    /// The number of written tokens, and tokens to insert before one of them.
    pub step: usize,
    put: Option<(usize, Write<'w>)>,
}

impl<'w> BinXml<'w> {
    /// A fragment at this offset of a chunk.
    pub fn new(base: usize) -> Self {
        Self { base, bytes: vec![0x0F, 1, 1, 0], ..Self::default() }
    }

    /// The same, with additional tokens before the token with this number.
    pub fn with(base: usize, number: usize, more: Write<'w>) -> Self {
        Self { put: Some((number, more)), ..Self::new(base) }
    }

    fn token(&mut self, bytes: &[u8]) {
        if self.put.is_some_and(|(number, _)| number == self.step)
            && let Some((_, more)) = self.put.take()
        {
            more(self);
        }
        self.step += 1;
        self.bytes.extend(bytes);
    }

    pub fn name(&mut self, name: &str) {
        let offset = u32::try_from(self.base + self.bytes.len() + 4).unwrap();
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 6]);
        self.counted(name);
        self.bytes.extend([0; 2]);
    }

    pub fn counted(&mut self, text: &str) {
        let units: Vec<u16> = text.encode_utf16().collect();
        self.bytes.extend(u16::try_from(units.len()).unwrap().to_le_bytes());
        self.bytes.extend(units.into_iter().flat_map(u16::to_le_bytes));
    }

    pub fn text(&mut self, text: &str) {
        self.token(&[5, 1]);
        self.counted(text);
    }

    /// Writes a substitution for a template value.
    pub fn value(&mut self, index: u8, kind: u8) {
        self.token(&[0x0D, index, 0, kind]);
    }

    pub fn attribute(&mut self, name: &str) {
        self.token(&[6]);
        self.name(name);
    }

    /// Opens an element, up to its attributes.
    pub fn tag(&mut self, name: &str, attributes: bool) {
        self.token(&[if attributes { 0x41 } else { 1 }]);
        if let Some(value) = self.depends {
            self.bytes.extend(value.to_le_bytes());
        }
        self.bytes.extend([0; 4]);
        self.name(name);
        if attributes {
            self.bytes.extend([0; 4]);
        }
    }

    pub fn open(&mut self, name: &str, attribute: Option<(&str, &str)>) {
        self.tag(name, attribute.is_some());
        if let Some((name, value)) = attribute {
            self.attribute(name);
            self.text(value);
        }
        self.start();
    }

    /// Ends a start tag.
    pub fn start(&mut self) {
        self.token(&[2]);
    }

    pub fn entity(&mut self, name: &str) {
        self.token(&[9]);
        self.name(name);
    }

    /// Writes a token of any kind, or its beginning.
    pub fn raw(&mut self, token: &[u8]) {
        self.token(token);
    }

    pub fn close(&mut self) {
        self.token(&[4]);
    }

    pub fn element(&mut self, name: &str, attribute: Option<(&str, &str)>, text: &str) {
        self.open(name, attribute);
        if !text.is_empty() {
            self.text(text);
        }
        self.close();
    }

    /// Writes the token after the last one.
    pub fn end(&mut self) {
        self.token(&[0]);
    }

    /// Writes an instance of an inline template with these values: type and bytes.
    pub fn instance(&mut self, values: &[(u8, Vec<u8>)], definition: impl FnOnce(&mut Self)) {
        self.token(&[0x0C, 1, 1, 0, 0, 0]);
        let offset = u32::try_from(self.base + self.bytes.len() + 4).unwrap();
        self.bytes.extend(offset.to_le_bytes());
        self.bytes.extend([0; 20]);
        let size_at = self.bytes.len();
        self.bytes.extend([0, 0, 0, 0, 0x0F, 1, 1, 0]);
        self.depends = Some(0xFFFF);
        definition(self);
        self.depends = None;
        let size = u32::try_from(self.bytes.len() - size_at - 4).unwrap();
        self.bytes[size_at..size_at + 4].copy_from_slice(&size.to_le_bytes());
        self.bytes.extend(u32::try_from(values.len()).unwrap().to_le_bytes());
        for (kind, bytes) in values {
            self.bytes.extend(u16::try_from(bytes.len()).unwrap().to_le_bytes());
            self.bytes.extend([*kind, 0]);
        }
        for (_, bytes) in values {
            self.bytes.extend(bytes);
        }
    }

    /// An event as a newer Windows writes it when it converts an XP log.
    pub fn converted(&mut self, id: &str, level: &str, strings: &[&str]) {
        self.open("Event", None);
        self.system(id, level);
        self.open("EventData", None);
        for string in strings {
            self.element("Data", None, string);
        }
        self.close();
        self.close();
        self.end();
    }

    /// The event's first part, `System`.
    pub fn system(&mut self, id: &str, level: &str) {
        self.open("System", None);
        self.element("Provider", Some(("Name", "crypt32")), "");
        self.element("EventID", Some(("Qualifiers", "49154")), id);
        self.element("Level", None, level);
        self.element("Task", None, "0");
        self.element("TimeCreated", Some(("SystemTime", "2010-03-15T11:27:57.000000Z")), "");
        self.element("Channel", None, "Application");
        self.element("Computer", None, "SERVER1");
        self.close();
    }
}

/// A record at this offset of a chunk: its number, a function that writes its tokens, and bytes
/// after them.
pub fn record(at: usize, number: u64, write: impl FnOnce(usize) -> Vec<u8>) -> Vec<u8> {
    let xml = write(at + 24);
    let size = u32::try_from(xml.len() + 28).unwrap();
    let mut bytes = b"\x2a\x2a\0\0".to_vec();
    bytes.extend(size.to_le_bytes());
    bytes.extend(number.to_le_bytes());
    // 2010-03-15 in units of 100 ns since 1601.
    bytes.extend(129_131_260_770_000_000_u64.to_le_bytes());
    bytes.extend(xml);
    bytes.extend(size.to_le_bytes());
    bytes
}

/// A chunk with the records of these functions, numbered from `first`, without checksums.
pub fn chunk_of<'w>(
    first: u64,
    records: impl IntoIterator<Item = &'w dyn Fn(usize) -> Vec<u8>>,
) -> Vec<u8> {
    let mut bytes = vec![0; 512];
    let (mut last_at, mut next) = (512, first);
    for write in records {
        last_at = bytes.len();
        bytes.extend(record(last_at, next, write));
        next += 1;
    }
    let free = u32::try_from(bytes.len()).unwrap();
    bytes[..8].copy_from_slice(b"ElfChnk\0");
    for (at, number) in [(8, first), (16, next - 1), (24, first), (32, next - 1)] {
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    let words = [(40, 128), (44, u32::try_from(last_at).unwrap()), (48, free), (120, 4)];
    for (at, word) in words {
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

/// A chunk with these events.
pub fn chunk(first: u64, events: &[(&str, &str, &[&str])]) -> Vec<u8> {
    let writes: Vec<_> = events
        .iter()
        .map(|(id, level, strings)| {
            |base: usize| {
                let mut xml = BinXml::new(base);
                xml.converted(id, level, strings);
                xml.bytes
            }
        })
        .collect();
    let writes = writes.iter().map(|write| write as &dyn Fn(usize) -> Vec<u8>);
    let mut bytes = chunk_of(first, writes);
    bytes.resize(CHUNK, 0);
    bytes
}

pub fn file(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut header = vec![0; HEADER];
    header[..8].copy_from_slice(b"ElfFile\0");
    [header, chunks.concat()].concat()
}
