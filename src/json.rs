//! A JSON tokenizer over borrowed text. It accepts RFC 8259 and nothing else, and knows the
//! position of every token.
//!
//! The filter cannot use `serde_json` here: it has to know where in the record a value ends, must
//! read past numbers and lone surrogates that do not fit a Rust value, must see duplicate keys, and
//! must not recurse, because hosts run it on a stack of a few kilobytes. The tests check it against
//! `serde_json`.

mod nesting;
mod string;
mod write;

pub use nesting::DEEPEST;
pub(crate) use nesting::Nesting;
pub use string::Str;
pub use write::{write_number, write_string};

use crate::swar::plain;

/// The text is not JSON, or is nested deeper than [`DEEPEST`]. Running out of memory gives the same
/// error, because the result is the same: the record passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invalid;

/// One token. Commas and colons are checked but not returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token<'a> {
    /// `{`
    ObjectStart,
    /// `}`
    ObjectEnd,
    /// `[`
    ArrayStart,
    /// `]`
    ArrayEnd,
    /// A member name.
    Key(Str<'a>),
    /// A string value.
    String(Str<'a>),
    /// A number, as written.
    Number(&'a str),
    /// `true`, `false` or `null`, as written.
    Word(&'a str),
    /// The end of the text.
    End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value, or the end of an array that has just begun.
    ValueOrEnd,
    /// A key, or the end of an object that has just begun.
    KeyOrEnd,
    CommaOrEnd,
    End,
}

/// Reads one JSON text token by token.
pub struct Tokens<'a> {
    text: &'a str,
    position: usize,
    open: Nesting,
    expect: Expect,
    too_deep: bool,
}

impl<'a> Tokens<'a> {
    /// A reader at the start of `text`.
    pub fn new(text: &'a str) -> Self {
        Self { text, position: 0, open: Nesting::default(), expect: Expect::Value, too_deep: false }
    }

    /// The offset directly after the last token, where the search for the next token starts.
    pub fn position(&self) -> usize {
        self.position
    }

    /// How many objects and arrays are open.
    pub fn depth(&self) -> usize {
        self.open.depth()
    }

    /// Whether the text was refused because it is nested deeper than [`DEEPEST`].
    pub fn is_too_deep(&self) -> bool {
        self.too_deep
    }

    /// The first byte of the next token, which is not consumed.
    #[inline]
    pub fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = self.byte()?;
            // One comparison is enough for nearly every byte that begins a token.
            if byte > b' ' || !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Some(byte);
            }
            self.position += 1;
        }
    }

    /// Reads the next token.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Result<Token<'a>, Invalid> {
        let Some(byte) = self.peek() else {
            return if self.expect == Expect::End { Ok(Token::End) } else { Err(Invalid) };
        };
        match (self.expect, byte) {
            (Expect::CommaOrEnd, b',') => {
                self.position += 1;
                let byte = self.peek().ok_or(Invalid)?;
                if self.open.in_object() { self.key(byte) } else { self.value(byte) }
            }
            (Expect::KeyOrEnd, b'"') => self.key(byte),
            (Expect::CommaOrEnd | Expect::KeyOrEnd, b'}')
            | (Expect::CommaOrEnd | Expect::ValueOrEnd, b']') => self.close(byte),
            (Expect::Value | Expect::ValueOrEnd, _) => self.value(byte),
            _ => Err(Invalid),
        }
    }

    /// Checks and skips the next value, and returns its text.
    pub fn skip_value(&mut self) -> Result<&'a str, Invalid> {
        self.peek();
        let start = self.position;
        let depth = self.open.depth();
        loop {
            self.next()?;
            if self.open.depth() <= depth {
                return Ok(&self.text[start..self.position]);
            }
        }
    }

    /// Skips the rest of the object or array that the last token began, if it began one.
    pub fn skip_rest(&mut self) -> Result<(), Invalid> {
        if matches!(self.expect, Expect::KeyOrEnd | Expect::ValueOrEnd) {
            let depth = self.open.depth();
            while self.open.depth() >= depth {
                self.next()?;
            }
        }
        Ok(())
    }

    /// Whether the next value is an object with members.
    pub fn at_members(&mut self) -> bool {
        let object = self.peek() == Some(b'{');
        let inside = self.text.as_bytes().get(self.position + 1..).unwrap_or_default();
        object && inside.trim_ascii_start().first() != Some(&b'}')
    }

    /// The text of the next element of an open array; `None` at the end of the array.
    pub fn element(&mut self) -> Result<Option<&'a str>, Invalid> {
        if self.peek() == Some(b']') {
            self.next()?;
            return Ok(None);
        }
        let element = self.skip_value()?;
        // The comma before the element is checked, but is not part of the element.
        Ok(Some(element.trim_start_matches([',', ' ', '\t', '\r', '\n'])))
    }

    /// Whether the rest is one object and nothing else. An object that is nested too deep counts as
    /// one.
    pub fn whole_object(mut self) -> bool {
        let object = self.peek() == Some(b'{') && self.skip_value().is_ok() && self.end().is_ok();
        object || self.too_deep
    }

    /// Checks that nothing but white space follows.
    pub fn end(&mut self) -> Result<(), Invalid> {
        if self.next()? == Token::End { Ok(()) } else { Err(Invalid) }
    }

    // A build for size would otherwise call this function several times per token.
    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn key(&mut self, byte: u8) -> Result<Token<'a>, Invalid> {
        if byte != b'"' {
            return Err(Invalid);
        }
        let key = self.string()?;
        if self.peek() != Some(b':') {
            return Err(Invalid);
        }
        self.position += 1;
        self.expect = Expect::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self, byte: u8) -> Result<Token<'a>, Invalid> {
        match byte {
            b'{' | b'[' => {
                self.position += 1;
                if self.open.push(byte == b'{').is_err() {
                    self.too_deep = true;
                    return Err(Invalid);
                }
                if byte == b'{' {
                    self.expect = Expect::KeyOrEnd;
                    return Ok(Token::ObjectStart);
                }
                self.expect = Expect::ValueOrEnd;
                return Ok(Token::ArrayStart);
            }
            b'"' => {
                let string = self.string()?;
                self.after_value();
                return Ok(Token::String(string));
            }
            _ => {}
        }
        let start = self.position;
        if let b'-' | b'0'..=b'9' = byte {
            self.number()?;
            self.after_value();
            return Ok(Token::Number(&self.text[start..self.position]));
        }
        let rest = &self.text[start..];
        let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
        self.position += word.ok_or(Invalid)?.len();
        self.after_value();
        Ok(Token::Word(&self.text[start..self.position]))
    }

    fn after_value(&mut self) {
        self.expect = if self.open.depth() == 0 { Expect::End } else { Expect::CommaOrEnd };
    }

    fn close(&mut self, byte: u8) -> Result<Token<'a>, Invalid> {
        if self.open.in_object() != (byte == b'}') {
            return Err(Invalid);
        }
        self.position += 1;
        self.open.pop();
        self.after_value();
        Ok(if byte == b'}' { Token::ObjectEnd } else { Token::ArrayEnd })
    }

    /// Reads the string whose opening quote is next.
    fn string(&mut self) -> Result<Str<'a>, Invalid> {
        let bytes = self.text.as_bytes();
        let start = self.position + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            at += bytes.get(at..).map_or(0, plain);
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += match bytes.get(at + 1).ok_or(Invalid)? {
                        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                        b'u' => {
                            let digits = bytes.get(at + 2..at + 6).ok_or(Invalid)?;
                            if !digits.iter().all(u8::is_ascii_hexdigit) {
                                return Err(Invalid);
                            }
                            6
                        }
                        _ => return Err(Invalid),
                    };
                }
                // A control character, or the end of the text.
                _ => return Err(Invalid),
            }
        }
        self.position = at + 1;
        Ok(Str { raw: &self.text[start..at], escaped })
    }

    fn number(&mut self) -> Result<(), Invalid> {
        if self.byte() == Some(b'-') {
            self.position += 1;
        }
        if self.byte() == Some(b'0') {
            self.position += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.position += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.position += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.position += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Invalid> {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.byte() {
            self.position += 1;
        }
        if self.position == start { Err(Invalid) } else { Ok(()) }
    }
}
