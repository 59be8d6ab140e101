//! Texts of a log are untrusted, because the writer of a record chooses them. Each rendering
//! escapes them so that its reader (a terminal, a spreadsheet, a Markdown viewer) cannot take them
//! for anything but text.

use core::fmt::Write as _;
use std::borrow::Cow;

use crate::swar;

/// Characters that move the cursor, change the direction of text, or are invisible.
pub const HIDDEN: [(char, char); 25] = [
    ('\0', '\u{1f}'),
    ('\u{7f}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{110bd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character is hidden.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || (c >= '\u{ad}' && HIDDEN.iter().any(|&(from, to)| from <= c && c <= to))
}

/// The text with hidden characters written as `\u{202e}`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if swar::printable(text.as_bytes()) == text.len() || !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_hidden(c) { shown.extend(c.escape_unicode()) } else { shown.push(c) }
    }
    Cow::Owned(shown)
}

/// A CSV field (RFC 4180). A spreadsheet evaluates text that begins like a formula, so such text
/// gets an apostrophe before it.
pub fn csv(text: &str) -> String {
    let shown = visible(text);
    // The last four are the full-width forms. Some programs skip blanks first.
    let formula = |text: &str| {
        text.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
    };
    // This searches for TAB and CR before they are made visible, because text that begins with them
    // is suspect.
    let guarded = formula(shown.trim_start()) || text.starts_with(['\t', '\r']);
    let guard = if guarded { "'" } else { "" };
    if shown.contains(['"', ',', ';']) || shown.starts_with(' ') || shown.ends_with(' ') {
        format!("\"{guard}{}\"", shown.replace('"', "\"\""))
    } else {
        format!("{guard}{shown}")
    }
}

/// Text for a Markdown table. Nothing in it acts as markup, HTML, a link or a column.
pub fn markdown(text: &str) -> String {
    let text = visible(text);
    let mut escaped = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        let (before, rest) = (text.get(..index).unwrap_or(""), text.get(index..).unwrap_or(""));
        // Viewers turn bare addresses into links.
        let address = match c {
            '.' => {
                before.get(index.saturating_sub(3)..).is_some_and(|w| w.eq_ignore_ascii_case("www"))
            }
            ':' => rest.starts_with("://"),
            _ => false,
        };
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '$' | '@' => escaped.extend(['\\', c]),
            c if address => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// JSON text whose strings have hidden characters written as `\uXXXX`.
pub fn json(text: &str) -> Cow<'_, str> {
    // Line feeds are the only hidden characters outside strings, and strings contain no line feed.
    let hidden = |c: char| c != '\n' && is_hidden(c);
    // Fast path: in most texts, every line is printable ASCII.
    let plain = text.split('\n').all(|line| swar::printable(line.as_bytes()) == line.len());
    if plain || !text.contains(hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_hidden() {
        let all = || '\0'..=char::MAX;
        assert!(
            all().filter(|c| c.is_control()).all(|c| HIDDEN.iter().any(|r| r.0 <= c && c <= r.1))
        );
        assert!(HIDDEN.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn hidden_characters_are_shown() {
        for (text, want) in [
            ("SERVER1", "SERVER1"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\u{9b}31mb", "a\\u{9b}31mb"),
            ("a\u{202e}b\u{200b}\u{feff}", "a\\u{202e}b\\u{200b}\\u{feff}"),
            ("a\nb\t\u{2028}", "a\\u{a}b\\u{9}\\u{2028}"),
            ("Zürich-東京", "Zürich-東京"),
        ] {
            assert_eq!(visible(text), want);
        }
    }

    #[test]
    fn a_spreadsheet_gets_no_formula() {
        for (text, want) in [
            ("SERVER1", "SERVER1"),
            ("-", "'-"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\\u{9}=1"),
            ("\r1", "'\\u{d}1"),
            (" =1", "\"' =1\""),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
        ] {
            assert_eq!(csv(text), want);
        }
    }

    #[test]
    fn markdown_gets_text_only() {
        for (text, want) in [
            ("SERVER-1.corp", "SERVER-1.corp"),
            ("a|b", "a\\|b"),
            ("<img src=x>", "&lt;img src=x&gt;"),
            ("[x](http://e)", "\\[x\\](http\\://e)"),
            ("x www.evil.example", "x www\\.evil.example"),
            ("`a`*b*_c_~d~&amp;", "\\`a\\`\\*b\\*\\_c\\_\\~d\\~&amp;amp;"),
            ("a\\|b", "a\\\\\\|b"),
            ("\u{202e}\n", "\\\\u{202e}\\\\u{a}"),
        ] {
            assert_eq!(markdown(text), want);
        }
    }

    #[test]
    fn json_keeps_its_values() {
        let text = "{\n  \"a\": \"\u{9b}\u{202e}\u{7f}\u{e0041}ü\"\n}";
        let escaped = json(text);
        assert_eq!(escaped, "{\n  \"a\": \"\\u009b\\u202e\\u007f\\udb40\\udc41ü\"\n}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&escaped), value(text));
    }
}
