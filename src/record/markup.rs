//! Splits XML into tags, text and references, if it is well-formed. The reader
//! ([`crate::record::xml`]) checks whether tags match and what they may contain.

use crate::swar::{BLANKS, Words, trim, trim_end, until};

/// One token of XML.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A start tag: its name, its raw attributes, and whether it is an empty element.
    Start(&'a str, &'a str, bool),
    /// An end tag, with its name.
    End(&'a str),
    /// Text without markup and references.
    Text(&'a str),
    /// A reference: the text between `&` and `;`.
    Reference(&'a str),
    /// A CDATA section, with its text.
    Section(&'a str),
    /// Any other markup, with the name for it in reports.
    Other(&'static str),
    /// The end of the text.
    Nothing,
}

/// The tokenizer of an XML text.
pub struct Pieces<'a> {
    text: &'a str,
    /// The byte offset of the next token.
    pub at: usize,
}

impl<'a> Pieces<'a> {
    /// Starts at the beginning of this text.
    pub fn of(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next token. `None` if the text is not well-formed there.
    pub fn next(&mut self) -> Option<Piece<'a>> {
        let rest = self.text.get(self.at..)?;
        let bytes = rest.as_bytes();
        let (piece, length) = match bytes {
            [] => (Piece::Nothing, 0),
            [b'&', name @ ..] => {
                let end = until(name, *b";&<") + 1;
                (*bytes.get(end)? == b';').then_some(())?;
                (Piece::Reference(rest.get(1..end)?), end + 1)
            }
            [b'<', b'!', ..] => declaration(rest)?,
            [b'<', b'?', ..] => {
                let end = rest.get(1..)?.find_words("?>")? + 1;
                // In `<?>`, the `?` cannot both start and end the instruction.
                (end > 1).then_some((Piece::Other("an XML instruction"), end + 2))?
            }
            [b'<', _, ..] => {
                let end = tag_end(bytes)?;
                (tag(rest.get(1..end)?), end + 1)
            }
            [b'<'] => return None,
            _ => {
                let end = until(bytes, *b"<&&");
                (Piece::Text(rest.get(..end)?), end)
            }
        };
        self.at += length;
        Some(piece)
    }
}

/// Reads the text between `<` and `>`.
fn tag(inside: &str) -> Piece<'_> {
    if let Some(name) = inside.strip_prefix('/') {
        return Piece::End(trim_end(name, BLANKS));
    }
    let open = inside.strip_suffix('/').unwrap_or(inside);
    let end = open.bytes().position(|byte| BLANKS.contains(&byte)).unwrap_or(open.len());
    let (name, attributes) = open.split_at(end);
    Piece::Start(name, attributes, open.len() < inside.len())
}

/// The offset of the `>` that ends a tag. A `>` inside quotes does not count.
fn tag_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += until(bytes.get(at..)?, *b">'\"");
        match *bytes.get(at)? {
            b'>' => return Some(at),
            quote => at += until(bytes.get(at + 1..)?, [quote; 3]) + 2,
        }
    }
}

/// Reads markup that starts with `<!`. Returns the token and its length.
fn declaration(rest: &str) -> Option<(Piece<'_>, usize)> {
    let behind = |begin: usize, end| Some(rest.get(begin..)?.find_words(end)? + begin);
    if rest.starts_with("<!--") {
        return Some((Piece::Other("an XML comment"), behind(4, "-->")? + 3));
    }
    if rest.starts_with("<![CDATA[") {
        let end = behind(9, "]]>")?;
        return Some((Piece::Section(rest.get(9..end)?), end + 3));
    }
    rest.get(2..9)?.eq_ignore_ascii_case("DOCTYPE").then_some(())?;
    let (mut at, mut inside) = (9, false);
    let end = loop {
        let from = rest.get(at..)?;
        at += match from.as_bytes().first()? {
            b'>' if !inside => break at,
            b'[' if !inside => {
                inside = true;
                1
            }
            // After the internal subset, quotes have no meaning.
            b']' if inside => break behind(at, ">")?,
            quote @ (b'"' | b'\'') if !inside => until(from.as_bytes().get(1..)?, [*quote; 3]) + 2,
            b'<' if inside && from.starts_with("<!--") => from.get(4..)?.find_words("-->")? + 7,
            b'<' if inside && from.starts_with("<?") => from.get(1..)?.find_words("?>")? + 3,
            b'<' if inside => tag_end(from.as_bytes())? + 1,
            byte if byte.is_ascii() => 1,
            _ => from.chars().next()?.len_utf8(),
        };
    };
    (!trim(rest.get(9..end)?).is_empty()).then_some((Piece::Other("a document type"), end + 1))
}

#[cfg(test)]
mod tests {
    use super::{Piece, Pieces};
    use proptest::prelude::*;
    use quick_xml::{Reader, events::Event};

    /// The tokens of a text, and whether it is well-formed to its end.
    fn ours(text: &str) -> (Vec<String>, bool) {
        let (mut pieces, mut all, mut open) = (Pieces::of(text), Vec::new(), Vec::new());
        loop {
            all.push(match pieces.next() {
                None => return (all, false),
                Some(Piece::Nothing) => return (all, true),
                Some(Piece::Start(name, attributes, ends)) => {
                    if !ends {
                        open.push(name);
                    }
                    format!("start {name} {attributes} {ends}")
                }
                Some(Piece::End(name)) if open.pop() == Some(name) => format!("end {name}"),
                Some(Piece::End(_)) => return (all, false),
                Some(Piece::Text(text)) => format!("text {text}"),
                Some(Piece::Reference(name)) => format!("reference {name}"),
                Some(Piece::Section(text)) => format!("section {text}"),
                Some(Piece::Other(what)) => what.to_owned(),
            });
        }
    }

    fn theirs(text: &str) -> (Vec<String>, bool) {
        let (mut reader, mut all) = (Reader::from_str(text), Vec::new());
        loop {
            let start = |tag: &quick_xml::events::BytesStart<'_>, ends| {
                let (name, attributes) = (tag.name().into_inner(), tag.attributes_raw());
                format!("start {name} {attributes} {ends}")
            };
            all.push(match reader.read_event() {
                Err(_) => return (all, false),
                Ok(Event::Eof) => return (all, true),
                Ok(Event::Start(tag)) => start(&tag, false),
                Ok(Event::Empty(tag)) => start(&tag, true),
                Ok(Event::End(tag)) => format!("end {}", tag.name().into_inner()),
                Ok(Event::Text(text)) => format!("text {}", &*text),
                Ok(Event::GeneralRef(name)) => format!("reference {}", &*name),
                Ok(Event::CData(text)) => format!("section {}", &*text),
                Ok(Event::Comment(_)) => "an XML comment".to_owned(),
                Ok(Event::Decl(_) | Event::PI(_)) => "an XML instruction".to_owned(),
                Ok(Event::DocType(_)) => "a document type".to_owned(),
            });
        }
    }

    #[test]
    fn ends_and_pieces_of_pieces_are_as_quick_xml_has_them() {
        for text in [
            "<a b='>' c=\">\"/>x&amp;y</a >",
            "<a></b>",
            "</a>",
            "<a/></a>",
            "<!---->",
            "<!--->",
            "<!-->",
            "<!-- > -- -->",
            "<![CDATA[]]>",
            "<![CDATA[]>",
            "<![CDATA[ ]]] > ]]]>",
            "<![CDAT[ ]]>",
            "<?>",
            "<??>",
            "<? > ?>x",
            "<?xml version='1.0'?>",
            "<!DOCTYPE>",
            "<!DOCTYPE >",
            "<!doctype a>",
            "<!DOCTYPE a '>' \"[\">",
            "<!DOCTYPE a [ ' <!ENTITY b '>]'> <!-- ]> --> <? ]> ?> ] ' >é",
            "<!DOCTYPE a [ <!ELEMENT b (c)> é ",
            "<!x>",
            "< a>",
            "<>",
            "</>",
            "<a/ >",
            "<a",
            "<",
            "&",
            "&;",
            "&a&b;",
            "&a<",
            "é<é ü='ö'/>",
        ] {
            assert_eq!(ours(text), theirs(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_cut_and_mixed_is_as_quick_xml_has_it(
            parts in prop::collection::vec(
                prop_oneof![
                    "[<>&;!?/='\"\\[\\]a -]{1,4}",
                    prop::sample::select(vec![
                        "<a>", "</a>", "<a b='", "'/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>",
                        "&lt;", "&#", "text", "é", "\n", "</a\t>",
                    ]).prop_map(str::to_owned),
                ],
                0..12,
            )
        ) {
            let text = parts.concat();
            prop_assert_eq!(ours(&text), theirs(&text), "{}", text);
        }
    }
}
