//! Finds the end of a JSON object byte by byte. It knows enough of the grammar to detect invalid
//! JSON at once, so that a cut-off record takes nothing of what follows it. The reader checks the
//! rest.

use memchr::memchr3;

use crate::json::Nesting;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// The state of the parser at the end of the bytes seen so far.
#[derive(Clone, Debug)]
pub struct Machine {
    expect: Expect,
    open: Nesting,
    /// The number of containers that are open beyond the depth that a reader follows. They are only
    /// counted, to find the end.
    beyond: u32,
    string: bool,
    escape: bool,
    word: bool,
}

/// The result of feeding a piece of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The object continues.
    More,
    /// The object ended before this index.
    Done(usize),
    /// The byte at this index is not valid there.
    Broken(usize),
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// The state before an object.
    pub fn new() -> Self {
        Self {
            expect: Expect::Value,
            open: Nesting::default(),
            beyond: 0,
            string: false,
            escape: false,
            word: false,
        }
    }

    /// Continues through `bytes`.
    pub fn feed(&mut self, bytes: &[u8]) -> Step {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if self.string {
                match self.in_string(&bytes[at..]) {
                    Ok(next) => at += next,
                    Err(end) => return Step::Broken(at + end),
                }
                continue;
            }
            if self.word {
                if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) {
                    at += 1;
                    continue;
                }
                self.word = false;
            }
            if !self.byte(byte) {
                return Step::Broken(at);
            }
            at += 1;
            if self.open.depth() == 0 {
                return Step::Done(at);
            }
        }
        Step::More
    }

    /// Continues in a string. Returns the number of bytes consumed, or as an error the position of
    /// a line end in the string.
    fn in_string(&mut self, bytes: &[u8]) -> Result<usize, usize> {
        if self.escape {
            self.escape = false;
            return if bytes.first() == Some(&b'\n') { Err(0) } else { Ok(1) };
        }
        let Some(at) = memchr3(b'"', b'\\', b'\n', bytes) else { return Ok(bytes.len()) };
        match bytes[at] {
            b'"' => self.string = false,
            b'\\' => self.escape = true,
            _ => return Err(at),
        }
        Ok(at + 1)
    }

    /// Consumes one byte outside strings and words. Returns whether it is valid there.
    fn byte(&mut self, byte: u8) -> bool {
        use Expect::{Colon, CommaOrEnd, Key, KeyOrEnd, Value, ValueOrEnd};
        if self.beyond > 0 {
            match byte {
                b'{' | b'[' => self.beyond += 1,
                b'}' | b']' => self.beyond -= 1,
                b'"' => self.string = true,
                // An object that is not on one line must not take in the lines after it.
                b'\n' => return false,
                _ => {}
            }
            return true;
        }
        let in_object = self.open.in_object();
        self.expect = match (byte, self.expect) {
            (b' ' | b'\t' | b'\r' | b'\n', expect) => expect,
            (b'{' | b'[', Value | ValueOrEnd) => {
                if self.open.push(byte == b'{').is_err() {
                    self.beyond = 1;
                    CommaOrEnd
                } else if byte == b'{' {
                    KeyOrEnd
                } else {
                    ValueOrEnd
                }
            }
            (b'}', KeyOrEnd) | (b']', ValueOrEnd) => self.close(),
            (b'}', CommaOrEnd) if in_object => self.close(),
            (b']', CommaOrEnd) if !in_object => self.close(),
            (b',', CommaOrEnd) => {
                if in_object {
                    Key
                } else {
                    Value
                }
            }
            (b':', Colon) => Value,
            (b'"', Key | KeyOrEnd) => {
                self.string = true;
                Colon
            }
            (b'"', Value | ValueOrEnd) => {
                self.string = true;
                CommaOrEnd
            }
            (b'-' | b'0'..=b'9' | b't' | b'f' | b'n', Value | ValueOrEnd) => {
                self.word = true;
                CommaOrEnd
            }
            _ => return false,
        };
        true
    }

    fn close(&mut self) -> Expect {
        self.open.pop();
        Expect::CommaOrEnd
    }
}
