//! A strict reader for the attributes of an XML element: if they are not plainly a list of
//! attributes, the record is rejected. quick-xml is not used here, because its check for duplicate
//! names hashes all names, and that code is larger than this whole file in a small module.

use crate::swar::{Words, number_32};
use std::borrow::Cow;

/// The maximum number of attributes. No element of an event has as many.
const MOST: usize = 32;

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Calls `each` with the name and the raw value of every attribute. `None` if the attributes are
/// not well-formed, a name is repeated, or there are more than [`MOST`].
pub fn each<'a>(
    attributes: &'a str,
    mut each: impl FnMut(&'a str, &'a str) -> Option<()>,
) -> Option<()> {
    // Most elements have no attribute.
    if attributes.is_empty() { Some(()) } else { each_one(attributes, &mut each) }
}

#[inline(never)]
fn each_one<'a>(
    attributes: &'a str,
    each: &mut dyn FnMut(&'a str, &'a str) -> Option<()>,
) -> Option<()> {
    let mut names = [""; MOST];
    let mut rest = attributes;
    for slot in 0..=MOST {
        let start = rest.trim_start_matches(SPACE);
        if start.is_empty() {
            return Some(());
        }
        let (name, value) = start.split_once('=')?;
        let name = name.trim_end_matches(SPACE);
        let spaced = start.len() < rest.len();
        let odd = |c: char| SPACE.contains(&c) || matches!(c, '"' | '\'' | '<' | '>' | '&' | '/');
        let before = names.get(..slot)?;
        if !spaced || name.is_empty() || name.contains(odd) || before.contains(&name) {
            return None;
        }
        *names.get_mut(slot)? = name;
        let value = value.trim_start_matches(SPACE);
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = value[1..].split_once(quote)?;
        if value.has(b'<') {
            return None;
        }
        each(name, value)?;
        rest = after;
    }
    None
}

/// The value of a raw attribute: references are resolved, and line ends and tabs become blanks.
pub fn value(raw: &str) -> Option<Cow<'_, str>> {
    if !raw.contains(['&', '\t', '\r', '\n']) {
        return Some(Cow::Borrowed(raw));
    }
    let mut out = String::new();
    // A reference is longer than its character, so this is enough.
    out.try_reserve(raw.len()).ok()?;
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = &from[1..];
        if from.starts_with('&') {
            let (name, after) = rest.split_once(';')?;
            out.push(reference(name)?);
            rest = after;
        } else {
            // CR LF counts as one line end.
            rest = from.strip_prefix("\r\n").unwrap_or(rest);
            out.push(' ');
        }
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

/// The character of a reference. Only the five entities of XML are known.
pub fn reference(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let (radix, digits) = number.strip_prefix('x').map_or((10, number), |hex| (16, hex));
        if digits.starts_with('+') {
            return None;
        }
        let code = number_32(digits, radix)?;
        return char::from_u32(code).filter(|&c| c != '\0');
    }
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{each, value};

    fn all(text: &str) -> Option<Vec<(String, String)>> {
        let mut all = Vec::new();
        each(text, |name, raw| {
            all.push((name.to_owned(), value(raw)?.into_owned()));
            Some(())
        })?;
        Some(all)
    }

    /// The result of quick-xml, which accepts more than this file does.
    fn theirs(text: &str) -> Option<Vec<(String, String)>> {
        let element = format!("e{text}");
        let start = quick_xml::events::BytesStart::from_content(&*element, 1);
        start
            .attributes()
            .map(|attribute| {
                let attribute = attribute.ok()?;
                let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?;
                Some((attribute.key.into_inner().to_owned(), value.into_owned()))
            })
            .collect()
    }

    #[test]
    fn reads_what_quick_xml_reads() {
        for text in [
            "",
            " ",
            " Name='crypt32'",
            " Name=\"crypt32\" Guid='{}'\tx:y = 'a\"b' ",
            " a='&lt;&#x41;&#66;&amp;amp;'",
            " a='x\ty\r\nz\rw'",
            " a='1' a='1'",
            " a='&#0;'",
            " a='&#x110000;'",
            " a='&nbsp;'",
            " a='&lt'",
            " a='1",
            " a",
            " a=1",
            " ='1'",
            " é='ü'",
        ] {
            assert_eq!(all(text), theirs(text), "{text:?}");
        }
    }

    #[test]
    fn refuses_more_than_quick_xml_does() {
        for text in [" a='<'", " a='1'b='2'", " a b='1'"] {
            assert_eq!(all(text), None, "{text:?}");
        }
        let many: String = (0..40).map(|i| format!(" a{i}='1'")).collect();
        assert_eq!(all(&many), None);
    }
}
