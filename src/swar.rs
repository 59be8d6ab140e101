//! Text scans with SIMD within a register: eight bytes at a time instead of a loop over every byte
//! of every message. In a host that interprets the module, the time depends on the number of steps,
//! and such loops would take most of it.

use std::borrow::Cow;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Counts the bytes before the next quote, backslash or control character of a JSON string.
pub fn plain(bytes: &[u8]) -> usize {
    run(bytes, |word| below_space(word) | equal(word, b'"') | equal(word, b'\\'))
}

/// Counts the bytes before the next control character or non-ASCII byte.
pub fn printable(bytes: &[u8]) -> usize {
    run(bytes, |word| below_space(word) | equal(word, 0x7f) | (word & HIGH))
}

/// Counts the bytes before the next quote, backslash, control character or non-ASCII byte.
pub fn simple(bytes: &[u8]) -> usize {
    run(bytes, |word| below_space(word) | equal(word, b'"') | equal(word, b'\\') | (word & HIGH))
}

/// Counts the bytes before the next backslash or control character.
pub fn unescaped(bytes: &[u8]) -> usize {
    run(bytes, |word| below_space(word) | equal(word, 0x7f) | equal(word, b'\\'))
}

/// How many bytes come before the next of these.
pub fn until(bytes: &[u8], of: [u8; 3]) -> usize {
    run(bytes, |word| equal(word, of[0]) | equal(word, of[1]) | equal(word, of[2]))
}

/// Searching for a few words. With the standard library's search, which is quick for words that repeat
/// themselves, a module is two kilobytes larger, and an interpreter prepares it for longer than it searches.
/// To look for one character links that search, too.
pub trait Words {
    /// The offset of the first occurrence of these words.
    fn find_words(&self, words: &str) -> Option<usize>;

    /// Whether the text contains these words.
    fn has_words(&self, words: &str) -> bool {
        self.find_words(words).is_some()
    }

    /// Whether the text contains this ASCII byte.
    fn has(&self, byte: u8) -> bool;

    /// The text before and after the first occurrence.
    fn split_words_once(&self, words: &str) -> Option<(&Self, &Self)>;

    /// The parts between the occurrences.
    fn split_words<'t>(&'t self, words: &str) -> impl Iterator<Item = &'t Self>;
}

impl Words for str {
    fn find_words(&self, words: &str) -> Option<usize> {
        find(self, words)
    }

    fn has(&self, byte: u8) -> bool {
        self.as_bytes().contains(&byte)
    }

    fn split_words_once(&self, words: &str) -> Option<(&str, &str)> {
        let at = find(self, words)?;
        Some((self.get(..at)?, self.get(at + words.len()..)?))
    }

    fn split_words<'t>(&'t self, words: &str) -> impl Iterator<Item = &'t str> {
        let mut rest = Some(self);
        core::iter::from_fn(move || {
            let text = rest?;
            let (before, after) = match text.split_words_once(words) {
                Some((before, after)) => (before, Some(after)),
                None => (text, None),
            };
            rest = after;
            Some(before)
        })
    }
}

#[inline(never)]
fn find(text: &str, words: &str) -> Option<usize> {
    let (text, words) = (text.as_bytes(), words.as_bytes());
    let Some(&first) = words.first() else { return Some(0) };
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += run(rest, |word| equal(word, first));
        if text.get(at..)?.starts_with(words) {
            return Some(at);
        }
        at += 1;
    }
}

/// Decodes UTF-8 and replaces invalid bytes. Nearly all text is valid, which `from_utf8` checks
/// many bytes at a time, while `from_utf8_lossy` goes byte by byte.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    core::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Parses a number like the standard library, also with a plus sign. All widths share this code.
#[inline(never)]
pub fn number(text: &str, radix: u32) -> Option<u64> {
    let digits = text.strip_prefix('+').unwrap_or(text).as_bytes();
    let (mut number, mut any) = (0_u64, false);
    for digit in digits {
        if number > u64::MAX / u64::from(radix) {
            return None;
        }
        let digit = char::from(*digit).to_digit(radix)?;
        number = (number * u64::from(radix)).checked_add(digit.into())?;
        any = true;
    }
    any.then_some(number)
}

/// Reads a number of 32 bits, like [`number`].
pub fn number_32(text: &str, radix: u32) -> Option<u32> {
    number(text, radix)?.try_into().ok()
}

/// The set of bytes that occur in a text.
pub struct Occurring([bool; 256]);

impl Occurring {
    /// Collects the bytes of a text.
    pub fn of(text: &str) -> Self {
        let mut occurs = [false; 256];
        for byte in text.bytes() {
            occurs[usize::from(byte)] = true;
        }
        Self(occurs)
    }

    /// Whether all of these bytes occur.
    pub fn all(&self, bytes: &str) -> bool {
        bytes.bytes().all(|byte| self.0[usize::from(byte)])
    }

    /// Whether any of these bytes occurs.
    pub fn any(&self, bytes: &str) -> bool {
        bytes.bytes().any(|byte| self.0[usize::from(byte)])
    }
}

/// Splits a text at the first occurrence of an ASCII byte. The standard library's search is slower
/// in short texts.
pub fn split_once(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(byte, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Splits at the last occurrence of `words`, of those that do not overlap. The search for more than one byte
/// starts from the front, because the standard library's search from the end makes a module almost a
/// kilobyte larger.
pub fn rsplit_once<'t>(text: &'t str, words: &str) -> Option<(&'t str, &'t str)> {
    if let [word] = words.as_bytes() {
        let at = text.bytes().rposition(|byte| byte == *word)?;
        return Some((text.get(..at)?, text.get(at + 1..)?));
    }
    let after = text.split_words(words).last().filter(|last| last.len() < text.len())?;
    Some((text.get(..text.len() - after.len() - words.len())?, after))
}

/// The text without these bytes, which must be ASCII, at its end.
pub fn trim_end<'t>(text: &'t str, of: &[u8]) -> &'t str {
    let mut rest = text.as_bytes();
    while let [before @ .., last] = rest
        && of.contains(last)
    {
        rest = before;
    }
    text.get(..rest.len()).unwrap_or(text)
}

/// The white space of a record. Other white space of Unicode belongs to the value next to it.
pub const BLANKS: &[u8] = b" \t\r\n";

/// The text without the white space at its start.
pub fn trim_start(text: &str) -> &str {
    let shown = text.bytes().position(|byte| !BLANKS.contains(&byte));
    text.get(shown.unwrap_or(text.len())..).unwrap_or(text)
}

/// The text without the white space at both ends. Most texts have none.
pub fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => trim_start(trim_end(text, BLANKS)),
    }
}

/// Sets the high bit of each byte below the space. The lowest mark is exact; only higher ones can
/// be false. The same holds for [`equal`], and for both combined.
#[inline]
fn below_space(word: u64) -> u64 {
    word.wrapping_sub(ONES * 0x20) & !word & HIGH
}

/// Sets the high bit of each byte that equals `byte`.
#[inline]
fn equal(word: u64, byte: u8) -> u64 {
    let zero = word ^ (ONES * u64::from(byte));
    zero.wrapping_sub(ONES) & !zero & HIGH
}

/// Counts the bytes before the first one that `marks` marks.
#[inline]
fn run(bytes: &[u8], marks: impl Fn(u64) -> u64) -> usize {
    let mut at = 0;
    loop {
        // The last few bytes come one by one, each as a word that repeats it.
        let rest = bytes.get(at..).unwrap_or_default();
        let (word, length) = match (rest.first_chunk(), rest.first()) {
            (Some(word), _) => (u64::from_le_bytes(*word), 8),
            (None, Some(byte)) => (ONES * u64::from(*byte), 1),
            (None, None) => return at,
        };
        let marks = marks(word);
        if marks != 0 {
            return at + marks.trailing_zeros() as usize / 8;
        }
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use super::{
        Words, number, number_32, plain, printable, rsplit_once, simple, trim_end, unescaped,
    };
    use proptest::prelude::*;

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof!["[ -~]{0,40}", "[a-z\"\\\\\r\n\t é\u{7f}\u{0}]{0,40}", ".{0,40}"]
    }

    proptest! {
        #[test]
        fn words_find_what_bytes_find(text in texts(), from in 0usize..9) {
            let bytes = text.as_bytes().get(from..).unwrap_or_default();
            let first = |stop: fn(u8) -> bool| {
                bytes.iter().position(|&byte| stop(byte)).unwrap_or(bytes.len())
            };
            prop_assert_eq!(plain(bytes), first(|b| b < 0x20 || b == b'"' || b == b'\\'));
            prop_assert_eq!(
                simple(bytes),
                first(|b| b < 0x20 || b == b'"' || b == b'\\' || !b.is_ascii())
            );
            prop_assert_eq!(printable(bytes), first(|b| b.is_ascii_control() || !b.is_ascii()));
            prop_assert_eq!(unescaped(bytes), first(|b| b.is_ascii_control() || b == b'\\'));
        }

        #[test]
        fn numbers_are_those_of_the_library(text in "[+-]?[0-9]{0,21}|[+-]?[0-9a-gA-F]{0,18}|.{0,3}") {
            prop_assert_eq!(number(&text, 10), text.parse().ok());
            prop_assert_eq!(number(&text, 16), u64::from_str_radix(&text, 16).ok());
            prop_assert_eq!(number_32(&text, 10), text.parse().ok());
        }

        #[test]
        fn words_are_found_as_by_the_library(text in "[aé]{0,9}|[ab :]{0,40}", words in "[ab: ]{1,3}|é") {
            prop_assert_eq!(text.find_words(&words), text.find(&words));
            prop_assert_eq!(text.split_words_once(&words), text.split_once(&words));
            let ours: Vec<&str> = text.split_words(&words).collect();
            prop_assert_eq!(ours, text.split(&words).collect::<Vec<_>>());
            let last = text.match_indices(&words).last();
            let last = last.map(|(at, found)| (&text[..at], &text[at + found.len()..]));
            prop_assert_eq!(rsplit_once(&text, &words), last);
        }

        #[test]
        fn ends_are_trimmed_as_by_the_library(text in texts()) {
            prop_assert_eq!(trim_end(&text, b" \r\n"), text.trim_end_matches([' ', '\r', '\n']));
        }
    }
}
