//! The tag, which is a few insertions into a JSON object. No other byte changes.

use crate::{
    article,
    json::{Token, Tokens, write_string},
    policy::Policy,
    record::json::{Layout, Member},
    verdict::{Basis, Outcome, Verdict},
};

/// The tag of a record. It is reused, so that no record needs an allocation.
#[derive(Debug, Default)]
pub struct Tag {
    /// The words for an existing `tags` array, and the offset to insert them at.
    words: String,
    words_at: Option<usize>,
    /// The tag's own member (and a `tags` array, if the object has no such array), and the offset
    /// to insert them at.
    members: String,
    members_at: usize,
    /// The value of the last tag, and the verdict it belongs to. Most records get the same value.
    value: String,
    about: Option<Verdict>,
}

/// The insertions into a record, ordered by offset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edits<'t>([(usize, &'t str); 2]);

impl<'t> Edits<'t> {
    /// The texts with the offsets where they are inserted.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.0.into_iter().filter(|(_, text)| !text.is_empty())
    }

    /// Whether nothing is inserted.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of bytes that are inserted.
    pub fn len(&self) -> usize {
        self.0.iter().map(|(_, text)| text.len()).sum()
    }
}

/// The decision about the tag of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagging {
    /// The tag is inserted.
    Insert,
    /// The same tag is already there, byte for byte.
    Present,
    /// The key has another value.
    Conflict,
}

impl Tag {
    /// Prepares the tag of a record with this layout. `object` is the record's JSON object, which
    /// must be valid.
    pub fn prepare(
        &mut self,
        object: &[u8],
        layout: &Layout,
        verdict: &Verdict,
        policy: &Policy,
    ) -> Tagging {
        self.words.clear();
        self.members.clear();
        self.words_at = None;
        self.members_at = layout.end;
        if self.about != Some(*verdict) {
            self.value.clear();
            write_value(&mut self.value, verdict);
            self.about = Some(*verdict);
        }
        match &layout.key {
            _ if layout.claimed => return Tagging::Conflict,
            Member::Absent => {}
            Member::Once(span) => {
                let mut name = String::new();
                write_string(&mut name, &policy.key);
                let before = object.get(..span.start).and_then(|start| start.strip_suffix(b":"));
                let named = before.is_some_and(|start| start.ends_with(name.as_bytes()));
                let same = named && object.get(span.clone()) == Some(self.value.as_bytes());
                return if same { Tagging::Present } else { Tagging::Conflict };
            }
            Member::Twice => return Tagging::Conflict,
        }
        if layout.members {
            self.members.push(',');
        }
        write_string(&mut self.members, &policy.key);
        self.members.push(':');
        self.members.push_str(&self.value);
        if policy.tags {
            let words = words(verdict, policy);
            match &layout.tags {
                Member::Absent => {
                    self.members.push_str(",\"tags\":[");
                    for (i, word) in words.iter().enumerate() {
                        self.members.push_str(if i > 0 { "," } else { "" });
                        write_string(&mut self.members, word);
                    }
                    self.members.push(']');
                }
                Member::Once(span) => {
                    let array = object.get(span.clone()).map(core::str::from_utf8);
                    if let Some(Ok(array)) = array {
                        self.append_words(array, span.start, words);
                    }
                }
                Member::Twice => {}
            }
        }
        Tagging::Insert
    }

    /// Prepares the words for an existing array, without those that it already has.
    fn append_words(&mut self, array: &str, start: usize, words: &[&str]) {
        let mut tokens = Tokens::new(array);
        if tokens.next() != Ok(Token::ArrayStart) {
            return;
        }
        let mut has = [false; 2];
        let mut empty = true;
        while let Ok(token) = tokens.next() {
            match token {
                Token::String(string) if tokens.depth() == 1 => {
                    for (has, word) in has.iter_mut().zip(words) {
                        *has |= string.is(word);
                    }
                }
                Token::ArrayEnd if tokens.depth() == 0 => break,
                _ => {}
            }
            empty = false;
        }
        for (_, word) in has.into_iter().zip(words).filter(|(has, _)| !has) {
            self.words.push_str(if empty { "" } else { "," });
            empty = false;
            write_string(&mut self.words, word);
        }
        if !self.words.is_empty() {
            self.words_at = Some(start + array.len() - 1);
        }
    }

    /// The edits for a record whose object begins at offset `object`.
    pub fn edits(&self, object: usize) -> Edits<'_> {
        let words = self.words_at.map_or((0, ""), |at| (object + at, self.words.as_str()));
        Edits([words, (object + self.members_at, &self.members)])
    }
}

/// The words for `tags`.
fn words(verdict: &Verdict, policy: &Policy) -> &'static [&'static str] {
    match (verdict.outcome, verdict.basis) {
        (Outcome::Benign, Some(basis)) if policy.accept.contains(basis) => &["benign", article::ID],
        (Outcome::Review, _) => &["review", article::ID],
        _ => &[article::ID],
    }
}

/// The tag's value.
fn write_value(out: &mut String, verdict: &Verdict) {
    out.push_str("{\"verdict\":\"");
    out.push_str(verdict.outcome.as_str());
    for text in ["\",\"id\":\"", article::ID, "\",\"url\":\"", article::LINK, "\""] {
        out.push_str(text);
    }
    if let Some(basis) = verdict.basis {
        for text in [",\"basis\":\"", basis.as_str(), "\""] {
            out.push_str(text);
        }
        if let Some(error) = verdict.error.filter(|error| error.code.is_some()) {
            for text in [",\"error\":", error.number()] {
                out.push_str(text);
            }
        }
        if basis == Basis::Sibling {
            for text in [",\"see\":[\"", article::SIBLING_ID, "\"]"] {
                out.push_str(text);
            }
        }
    } else {
        out.push_str(",\"reasons\":[");
        for (i, reason) in verdict.reasons().enumerate() {
            for text in [if i > 0 { ",\"" } else { "\"" }, reason.as_str(), "\""] {
                out.push_str(text);
            }
        }
        out.push(']');
    }
    out.push('}');
}
