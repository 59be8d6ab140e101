//! JSON (RFC 8259) as an ordered tree: duplicate keys stay, numbers stay text, and strings are
//! bytes in which a lone surrogate is encoded like any other character (WTF-8). There is no
//! recursion, because the input controls the depth.

use std::ops::Range;

/// The kind of a node. Children are indices into the tree.
#[derive(Debug)]
pub enum Value {
    Null,
    Bool(&'static str),
    Number(String),
    Text(Vec<u8>),
    List(Vec<usize>),
    Map(Vec<Member>),
}

#[derive(Debug)]
pub struct Member {
    pub key: Vec<u8>,
    pub node: usize,
}

#[derive(Debug)]
pub struct Node {
    pub value: Value,
    /// The position of the value, without white space around it.
    pub span: Range<usize>,
}

/// The maximum number of open objects and arrays. A deeper record is not valid.
const DEEPEST: usize = 512;

/// A tree, whose root is node 0.
#[derive(Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub bytes: Vec<u8>,
}

impl Tree {
    /// The members of a node, if it is an object.
    pub fn members(&self, node: usize) -> Option<&[Member]> {
        match &self.nodes[node].value {
            Value::Map(members) => Some(members),
            _ => None,
        }
    }

    pub fn value(&self, node: usize) -> &Value {
        &self.nodes[node].value
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Parses the single value of the bytes, with optional white space around it.
pub fn parse(bytes: &[u8]) -> Option<Tree> {
    std::str::from_utf8(bytes).ok()?;
    let mut p = Parser { bytes, at: 0 };
    let mut nodes: Vec<Node> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        // A value begins here.
        p.blank();
        let start = p.at;
        let value = match p.peek()? {
            b'{' => Value::Map(Vec::new()),
            b'[' => Value::List(Vec::new()),
            b'"' => Value::Text(p.text()?),
            b'n' => p.word("null", Value::Null)?,
            b't' => p.word("true", Value::Bool("true"))?,
            b'f' => p.word("false", Value::Bool("false"))?,
            _ => p.number()?,
        };
        let node = nodes.len();
        let container = matches!(value, Value::Map(_) | Value::List(_));
        nodes.push(Node { value, span: start..p.at });
        if let Some(&parent) = open.last() {
            match &mut nodes[parent].value {
                Value::List(items) => items.push(node),
                Value::Map(members) => members.last_mut()?.node = node,
                _ => return None,
            }
        }
        if container {
            open.push(node);
            if open.len() > DEEPEST {
                return None;
            }
            p.at += 1;
            p.blank();
            let is_map = matches!(nodes[node].value, Value::Map(_));
            if p.peek()? == if is_map { b'}' } else { b']' } {
                p.at += 1;
                nodes[node].span.end = p.at;
                open.pop();
            } else {
                if is_map {
                    p.key(&mut nodes[node].value)?;
                }
                continue;
            }
        }
        // A value has ended here: close the containers that end with it.
        loop {
            p.blank();
            let Some(&parent) = open.last() else {
                return (p.at == bytes.len()).then(|| Tree { nodes, bytes: bytes.to_vec() });
            };
            let is_map = matches!(nodes[parent].value, Value::Map(_));
            match p.peek()? {
                b',' => {
                    p.at += 1;
                    p.blank();
                    if is_map {
                        p.key(&mut nodes[parent].value)?;
                    }
                    break;
                }
                b'}' if is_map => {}
                b']' if !is_map => {}
                _ => return None,
            }
            p.at += 1;
            nodes[parent].span.end = p.at;
            open.pop();
        }
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.bytes[self.at..].starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            value
        })
    }

    /// Parses a key and its colon. The value's node is set later.
    fn key(&mut self, map: &mut Value) -> Option<()> {
        let key = self.text()?;
        self.blank();
        (self.peek()? == b':').then(|| self.at += 1)?;
        if let Value::Map(members) = map {
            members.push(Member { key, node: usize::MAX });
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek()? == b'0' {
            self.at += 1
        } else {
            self.digits()?
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(Value::Number(String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()))
    }

    fn text(&mut self) -> Option<Vec<u8>> {
        (self.peek()? == b'"').then(|| self.at += 1)?;
        let mut text = Vec::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'"' => return Some(text),
                b'\\' => self.escape(&mut text)?,
                0..0x20 => return None,
                _ => text.push(byte),
            }
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        text.push(match byte {
            b'"' | b'\\' | b'/' => byte,
            b'b' => 8,
            b'f' => 12,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'u' => {
                let mut point = self.hex()?;
                if (0xD800..0xDC00).contains(&point) && self.bytes[self.at..].starts_with(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    let low = self.hex()?;
                    if (0xDC00..0xE000).contains(&low) {
                        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
                    } else {
                        self.at = back;
                    }
                }
                wtf8(point, text);
                return Some(());
            }
            _ => return None,
        });
        Some(())
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.bytes.get(self.at..self.at + 4)?;
        digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
        self.at += 4;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }
}

/// Encodes a code point as in UTF-8, including surrogates.
#[allow(clippy::cast_possible_truncation)]
fn wtf8(point: u32, out: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (point >> shift & 0x3F) as u8;
    match point {
        0..0x80 => out.push(point as u8),
        0x80..0x800 => out.extend([0xC0 | (point >> 6) as u8, tail(0)]),
        0x800..0x1_0000 => out.extend([0xE0 | (point >> 12) as u8, tail(6), tail(0)]),
        _ => out.extend([0xF0 | (point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}
