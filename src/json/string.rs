//! A JSON string: its raw text and its decoded value.

use std::borrow::Cow;

/// A string as the record writes it between quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a> {
    /// The raw text, with its escapes.
    pub raw: &'a str,
    /// Whether the text has an escape.
    pub escaped: bool,
}

impl<'a> Str<'a> {
    /// Whether the decoded value is `text`.
    #[inline]
    pub fn is(self, text: &str) -> bool {
        if self.escaped { self.decode().is_some_and(|s| s == text) } else { self.raw == text }
    }

    /// The decoded value. A lone surrogate becomes U+FFFD. Returns `None` if memory ran out.
    pub fn decode(self) -> Option<Cow<'a, str>> {
        if !self.escaped {
            return Some(Cow::Borrowed(self.raw));
        }
        let mut out = String::new();
        out.try_reserve_exact(self.raw.len()).ok()?;
        let mut rest = self.raw;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            out.push_str(&rest[..at]);
            let kind = *rest.as_bytes().get(at + 1)?;
            rest = &rest[at + 2..];
            out.push(match kind {
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => {
                    let unit = hex4(rest)?;
                    rest = &rest[4..];
                    if (0xD800..0xDC00).contains(&unit)
                        && let Some(low) = rest.strip_prefix("\\u").and_then(hex4)
                        && (0xDC00..0xE000).contains(&low)
                    {
                        rest = &rest[6..];
                        let code = 0x1_0000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
                    } else {
                        char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
                    }
                }
                other => char::from(other),
            });
        }
        out.push_str(rest);
        Some(Cow::Owned(out))
    }
}

fn hex4(text: &str) -> Option<u32> {
    crate::swar::number_32(text.get(..4)?, 16)
}
