//! Compares the JSON reader with `serde_json`.

use core::fmt;

use crypt32_filter::json::{Invalid, Token, Tokens};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// A JSON value with all details that matter here: members in order, including duplicates.
#[derive(Clone, Debug)]
pub enum Tree {
    Word(Option<bool>),
    Number(f64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
}

impl PartialEq for Tree {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Word(a), Self::Word(b)) => a == b,
            // By default, `serde_json` may round the last digit differently.
            (Self::Number(a), Self::Number(b)) => {
                a == b || (a - b).abs() <= a.abs().max(b.abs()).max(f64::MIN_POSITIVE) * 1e-15
            }
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Map(a), Self::Map(b)) => a == b,
            _ => false,
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Make)
    }
}

struct Make;

#[allow(clippy::cast_precision_loss)]
impl<'de> Visitor<'de> for Make {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Word(None))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Word(Some(value)))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Number(value as f64))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Number(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Number(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Tree::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Tree::Map(map))
    }
}

/// The maximum depth of `serde_json`.
const DEEP: usize = 127;

/// The value that `serde_json` reads.
pub fn tree(text: &str) -> Option<Tree> {
    serde_json::from_str(text).ok()
}

/// The value that this library reads, or `None` if it is too deep for `serde_json`.
pub fn ours(text: &str) -> Result<Option<Tree>, Invalid> {
    let mut tokens = Tokens::new(text);
    let mut open: Vec<(Tree, Option<String>)> = Vec::new();
    let mut key = None;
    let mut deep = false;
    let mut root = None;
    loop {
        let token = tokens.next()?;
        deep |= tokens.depth() > DEEP;
        let mut done = match token {
            Token::ObjectStart => {
                open.push((Tree::Map(Vec::new()), key.take()));
                continue;
            }
            Token::ArrayStart => {
                open.push((Tree::List(Vec::new()), key.take()));
                continue;
            }
            Token::Key(name) => {
                key = Some(name.decode().expect("memory").into_owned());
                continue;
            }
            Token::ObjectEnd | Token::ArrayEnd => {
                let (tree, name) = open.pop().expect("one was open");
                key = name;
                tree
            }
            Token::String(text) => Tree::Text(text.decode().expect("memory").into_owned()),
            Token::Number(text) => Tree::Number(text.parse().expect("a number")),
            Token::Word(word) => Tree::Word(match word {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }),
            Token::End => break,
        };
        match open.last_mut() {
            Some((Tree::Map(members), _)) => {
                members.push((key.take().expect("a name"), done));
            }
            Some((Tree::List(items), _)) => items.push(done),
            _ => {
                core::mem::swap(root.get_or_insert(Tree::Word(None)), &mut done);
            }
        }
    }
    // Dropping a deep value would recurse deeply.
    if deep {
        core::mem::forget(root.take());
    }
    Ok(root)
}

/// Checks that both read the same value from a text.
pub fn compare(text: &str) {
    let valid = serde_json::from_str::<IgnoredAny>(text).is_ok();
    let (ours, theirs) = (ours(text), serde_json::from_str::<Tree>(text));
    let mut tokens = Tokens::new(text);
    let deep = tokens.skip_value().is_err() && tokens.is_too_deep();
    assert_eq!(ours.is_ok(), valid && !deep, "one of the two is wrong about {text:?}");
    let skipped = Tokens::new(text)
        .skip_value()
        .is_ok_and(|value| value == text.trim_matches([' ', '\t', '\r', '\n']));
    assert!(!valid || deep || skipped, "passing over it is reading it");
    match (ours, theirs) {
        (Ok(Some(ours)), Ok(theirs)) => assert_eq!(ours, theirs, "{text:?}"),
        // `serde_json` requires that every number fits, and that every surrogate is part of a pair.
        (Ok(Some(_)), Err(error)) => {
            let why = error.to_string();
            let known = ["out of range", "surrogate", "unexpected end of hex escape"];
            assert!(known.iter().any(|known| why.contains(known)), "{why}: {text:?}");
        }
        _ => {}
    }
}
