//! Insertion strings, in all the ways in which JSON records hold them: lists, objects of numbered
//! names, lists of one-member objects, XML elements in a string, a JSON object in a string.

use std::borrow::Cow;

use crate::{
    event::Strings,
    json::{Invalid, Str, Token, Tokens},
    reader::xml,
};

/// Reads a value that holds insertion strings. `appends`: several members called `Data` are one
/// string each, not one list said twice.
pub fn read<'a>(list: &mut Strings<'a>, value: &'a str, appends: bool) -> Result<(), Invalid> {
    // Objects hold lists, and lists hold objects, but not deeper than this.
    level(list, value, appends, 3)
}

fn level<'a>(
    list: &mut Strings<'a>,
    value: &'a str,
    appends: bool,
    depth: u8,
) -> Result<(), Invalid> {
    let mut tokens = Tokens::new(value);
    match tokens.next()? {
        Token::String(string) => return string_value(list, string, depth),
        Token::Number(number) => list.push(Cow::Borrowed(number)),
        Token::Word("null") => {}
        Token::ObjectStart if depth > 0 => {
            while let Token::Key(name) = tokens.next()? {
                let name = name.decode().ok_or(Invalid)?;
                let value = tokens.skip_value()?;
                member_at(list, &name, value, appends, depth)?;
            }
        }
        Token::ArrayStart => loop {
            match tokens.next()? {
                Token::ArrayEnd => break,
                Token::String(string) => {
                    let text = string.decode().ok_or(Invalid)?;
                    // PowerShell prints the type of what it does not expand.
                    if text != "System.Diagnostics.Eventing.Reader.EventProperty" {
                        list.push(text);
                    }
                }
                // The object's own members: `{"": text}`, `{"Value": text}`, `{"#text": text}`.
                Token::ObjectStart => {
                    while let Token::Key(name) = tokens.next()? {
                        let name = name.decode().ok_or(Invalid)?;
                        let value = tokens.skip_value()?;
                        match &*name {
                            "" | "Value" | "#text" => level(list, value, false, 0)?,
                            name => member_at(list, name, value, false, 0)?,
                        }
                    }
                }
                Token::Number(number) => list.push(Cow::Borrowed(number)),
                Token::Word("null") => {}
                Token::ArrayStart => {
                    list.extra = true;
                    while tokens.depth() > 1 {
                        tokens.next()?;
                    }
                }
                _ => list.extra = true,
            }
        },
        _ => list.extra = true,
    }
    Ok(())
}

/// Reads one member of an object that holds insertion strings.
pub fn member<'a>(
    list: &mut Strings<'a>,
    name: &str,
    value: &'a str,
    appends: bool,
) -> Result<(), Invalid> {
    member_at(list, name, value, appends, 2)
}

fn member_at<'a>(
    list: &mut Strings<'a>,
    name: &str,
    value: &'a str,
    appends: bool,
    depth: u8,
) -> Result<(), Invalid> {
    if let Some(index) = numbered(name) {
        match Tokens::new(value).next()? {
            Token::String(text) => list.set(index, text.decode().ok_or(Invalid)?),
            Token::Number(text) => list.set(index, Cow::Borrowed(text)),
            Token::Word("null") => list.set_null(index),
            _ => list.extra = true,
        }
        return Ok(());
    }
    match name {
        "Data" | "data" | "#text" | "" | "EventData" if depth > 0 => {
            if appends {
                return level(list, value, false, depth - 1);
            }
            let mut fresh = Strings::default();
            level(&mut fresh, value, false, depth - 1)?;
            list.merge(fresh);
        }
        // Attributes of XML elements.
        "#attributes" | "@Name" | "Name" | "xmlns" | "xml_name" => {}
        _ => list.extra |= !matches!(value, "null" | "\"\"" | "{}" | "[]"),
    }
    Ok(())
}

/// The index that names such as `param1`, `Data_2` or `data2` give.
fn numbered(name: &str) -> Option<usize> {
    let digits = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let word = &name[..name.len() - digits.len()];
    let known = ["param", "Param", "Data", "data", "Data_", "data_"].contains(&word);
    digits.parse::<usize>().ok().filter(|_| known)?.checked_sub(1)
}

fn string_value<'a>(list: &mut Strings<'a>, string: Str<'a>, depth: u8) -> Result<(), Invalid> {
    let text = string.decode().ok_or(Invalid)?;
    if text.starts_with('<') {
        // What cannot be read is nothing that this event has; the record itself is whole.
        if xml::data(list, &text).is_none() {
            list.extra = true;
        }
        return Ok(());
    }
    if text.starts_with('{') && depth > 0 {
        let mut inner = Strings::default();
        level(&mut inner, &text, false, depth - 1)?;
        list.absorb(inner);
        return Ok(());
    }
    if !matches!(&*text, "" | "System.String[]") {
        list.push(strip_label(text));
    }
    Ok(())
}

/// Hayabusa writes the name of the element in front.
fn strip_label(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix("Data: ").unwrap_or(text)),
        Cow::Owned(text) => match text.strip_prefix("Data: ") {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => Cow::Owned(text),
        },
    }
}
