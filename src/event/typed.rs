//! The types of values: which texts a field can hold, in every shape.

use crate::{
    STREAMS,
    swar::{self, Words},
    time::Time,
};

/// The type of a value. The empty text fits every type, because it says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Any text. The conditions of the verdict check it.
    Text,
    /// Only the empty text.
    Nothing,
    /// At most 20 decimal digits.
    Number,
    /// Decimal digits, or hexadecimal digits after `0x`, without the audit bits.
    Bits,
    /// A keyword as words or bits, but not an audit keyword, because this event is an error.
    Keyword,
    /// A time that [`Time::parse`] reads.
    Time,
    /// The name or the address of a computer.
    Computer,
    /// A GUID such as `{54849625-5478-4994-a5ba-3e3b0328c30d}`, with or without braces.
    Guid,
    /// The GUID of a provider. `crypt32` has none, so any but zeros would be a second source.
    NoGuid,
    /// A SID such as `S-1-5-18`.
    Sid,
    /// One word of at most [`LONGEST_WORD`] bytes.
    Word,
    /// One word, or at most this many words of letters, digits and some punctuation. The total
    /// length is at most [`LONGEST_WORD`] bytes.
    Words(u8),
    /// A list of words in braces, separated by commas, as PowerShell prints it.
    List,
    /// The path of a file, or one word.
    File,
    /// A language tag such as `en-US`.
    Language,
}

/// The maximum length of a tag, an agent's name or another single word, in bytes.
pub(crate) const LONGEST_WORD: usize = 48;

/// The keyword bits of `Audit Failure` and `Audit Success`.
const AUDIT: u64 = 0x0030_0000_0000_0000;

impl Type {
    /// The name of a user, a category or a keyword.
    pub(crate) const NAME: Self = Self::Words(3);

    /// Whether a value is of this type.
    pub(crate) fn fits(self, value: &str) -> bool {
        let all = |fits: fn(&u8) -> bool| value.as_bytes().iter().all(fits);
        value.is_empty()
            || match self {
                Self::Text => true,
                Self::Nothing => false,
                Self::Number => value.len() <= 20 && all(u8::is_ascii_digit),
                Self::Bits => {
                    let bits = match value.strip_prefix("0x") {
                        Some(digits) if is_hex(digits) => swar::number(digits, 16),
                        None if all(u8::is_ascii_digit) => swar::number(value, 10),
                        _ => None,
                    };
                    bits.is_some_and(|bits| bits & AUDIT == 0)
                }
                Self::Keyword if value.starts_with(|c: char| c.is_ascii_digit()) => {
                    Self::Bits.fits(value)
                }
                Self::Keyword => {
                    let audit = |word: &str| word.eq_ignore_ascii_case("audit");
                    Self::NAME.fits(value) && !value.split(' ').any(audit)
                }
                Self::Time => Time::parse(value).is_some(),
                Self::Computer => is_word(value) && !value.has(b'"') && value.len() <= 255,
                Self::Guid => {
                    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                    let lengths = [8, 4, 4, 4, 12];
                    let parts = || inner.unwrap_or(value).split('-');
                    parts().map(str::len).eq(lengths) && parts().all(is_hex)
                }
                Self::NoGuid => Self::Guid.fits(value) && all(|byte| b"{0-}".contains(byte)),
                Self::Sid => value.strip_prefix("S-1-").is_some_and(|rest| {
                    value.len() <= 184
                        && rest.split('-').all(|part| !part.is_empty() && Self::Number.fits(part))
                }),
                Self::Word => is_word(value) && value.len() <= LONGEST_WORD,
                Self::Words(most) => {
                    let plain = |c: char| {
                        c.is_alphanumeric()
                            || matches!(c, ' ' | '(' | ')' | '/' | '\\' | '|' | '-' | '_' | '\'')
                    };
                    Self::Word.fits(value)
                        || (value.len() <= LONGEST_WORD
                            && value.chars().all(plain)
                            && value.split(' ').filter(|word| !word.is_empty()).count()
                                <= most.into())
                }
                Self::List | Self::File if !STREAMS => false,
                Self::List => {
                    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                    inner.is_some_and(|inner| {
                        inner.split_words(", ").all(|item| Self::Word.fits(item))
                    })
                }
                Self::File => {
                    let first = value.split(' ').next().unwrap_or_default();
                    Self::Word.fits(value)
                        || (first.contains(['/', '\\', ':'])
                            && value.len() <= 1024
                            && !value.contains(char::is_control))
                }
                Self::Language => {
                    let language = value.split('-').next().unwrap_or_default();
                    matches!(language.len(), 2 | 3)
                        && value.len() <= 16
                        && all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
                }
            }
    }
}

fn is_hex(digits: &str) -> bool {
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_word(text: &str) -> bool {
    let ascii = text.bytes().all(|byte| byte.is_ascii_graphic());
    ascii || !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::Type;

    #[test]
    fn a_value_is_of_its_type_or_not() {
        let guid = "{54849625-5478-4994-a5ba-3e3b0328c30d}";
        let long = "x".repeat(256);
        for (kind, fitting, others) in [
            (Type::Number, vec!["0", "4242"], vec!["-1", "4 2", "x", "123456789012345678901"]),
            (
                Type::Bits,
                vec!["0x80000000000000", "36"],
                vec!["0x", "0xg", "80h", "0x8010000000000000"],
            ),
            (
                Type::Keyword,
                vec!["Classic", "0x80000000000000"],
                vec!["Audit Failure", "0x90000000000000", "9007199254740992"],
            ),
            (Type::Time, vec!["2010-03-15T11:27:57Z"], vec!["yesterday", "2010"]),
            (
                Type::Computer,
                vec!["SERVER1", "fe80::1", "ä.corp"],
                vec!["a b", "a\u{85}", "a\"", &long],
            ),
            (Type::Guid, vec![guid, &guid[1..37]], vec!["{}", &guid[1..], "-----"]),
            (Type::NoGuid, vec!["", "{00000000-0000-0000-0000-000000000000}"], vec!["0", guid]),
            (Type::Sid, vec!["S-1-5-18", "S-1-0"], vec!["S-1-", "S-1-5-x", "S-2-1", "S-1-5--1"]),
            (Type::Word, vec!["Classic"], vec!["two words", "tab\t", &long[..49]]),
            (Type::NAME, vec!["NT AUTHORITY\\SYSTEM"], vec!["a b c d", "a\u{0}", &long[..49]]),
            (Type::List, vec!["{}", "{a, b...}"], vec!["x", "{a b}", "{a"]),
            (Type::File, vec!["-", "OS:/a b/App.Evt", "C:\\x"], vec!["a b/c", "/ \n"]),
            (Type::Language, vec!["en-US"], vec!["en US", "en_US", "english", &long[..17]]),
            (Type::Nothing, vec![], vec!["x"]),
        ] {
            for value in fitting.into_iter().chain([""]) {
                assert!(kind.fits(value), "{kind:?} {value}");
            }
            for value in others {
                assert!(!kind.fits(value), "{kind:?} {value}");
            }
        }
    }
}
