//! Reads insertion strings in all the forms that JSON records use: lists, objects with numbered
//! names, lists of objects with one member, XML elements in a string, and a JSON object in a
//! string.

use std::borrow::Cow;

use crate::{
    event::Strings,
    json::{Invalid, Str, Token, Tokens},
    record::xml,
    swar,
};

/// Reads the next value, which holds insertion strings. If `appends`, several members with the name
/// `Data` are one string each; otherwise they repeat the same list.
///
/// # Errors
///
/// [`Invalid`] if the value is not valid JSON.
pub fn read<'a>(
    list: &mut Strings<'a>,
    tokens: &mut Tokens<'a>,
    appends: bool,
) -> Result<(), Invalid> {
    // Objects and lists can contain each other, but no record nests them more deeply than this.
    level(list, tokens, appends, 3)
}

fn level<'a>(
    list: &mut Strings<'a>,
    tokens: &mut Tokens<'a>,
    appends: bool,
    depth: u8,
) -> Result<(), Invalid> {
    match tokens.next()? {
        Token::String(string) => {
            list.spelling.plain = true;
            return string_value(list, string, depth);
        }
        Token::Number(number) => list.push(Cow::Borrowed(number)),
        Token::Word("null") => {}
        Token::ObjectStart if depth > 0 => {
            while let Token::Key(name) = tokens.next()? {
                let name = name.decode().ok_or(Invalid)?;
                member_at(list, &name, tokens, appends, depth)?;
            }
        }
        Token::ArrayStart => loop {
            match tokens.next()? {
                Token::ArrayEnd => break,
                Token::String(string) => {
                    let text = string.decode().ok_or(Invalid)?;
                    // PowerShell prints a type name for values that it does not expand.
                    if text != "System.Diagnostics.Eventing.Reader.EventProperty" {
                        list.push(text);
                    }
                }
                Token::ObjectStart => item(list, tokens)?,
                Token::Number(number) => list.push(Cow::Borrowed(number)),
                // Any other element, including null, counts as one string too many.
                _ => other(list, tokens)?,
            }
        },
        _ => other(list, tokens)?,
    }
    Ok(())
}

/// Reads an object that is one insertion string: `{"": text}`, `{"Value": text}`, `{"#text":
/// text}`.
fn item<'a>(list: &mut Strings<'a>, tokens: &mut Tokens<'a>) -> Result<(), Invalid> {
    let before = list.iter().count();
    let (mut values, mut names) = (0, false);
    while let Token::Key(name) = tokens.next()? {
        let name = name.decode().ok_or(Invalid)?;
        match &*name {
            "" | "Value" | "#text" => {
                values += 1;
                list.extra |= tokens.peek() == Some(b'[');
                level(list, tokens, false, 0)?;
            }
            name => {
                names |= numbered(name).is_some();
                member_at(list, name, tokens, false, 0)?;
            }
        }
    }
    // One value must give exactly one string; null is not enough.
    let one = values == 1 && list.iter().count() == before + 1;
    list.extra |= !(one || values == 0 && names);
    Ok(())
}

/// Skips a value that is not an insertion string of this event.
fn other(list: &mut Strings<'_>, tokens: &mut Tokens<'_>) -> Result<(), Invalid> {
    list.extra = true;
    tokens.skip_rest()
}

/// Reads one member of an object that holds insertion strings.
///
/// # Errors
///
/// [`Invalid`] if the value is not valid JSON.
pub fn member<'a>(
    list: &mut Strings<'a>,
    name: &str,
    tokens: &mut Tokens<'a>,
    appends: bool,
) -> Result<(), Invalid> {
    member_at(list, name, tokens, appends, 2)
}

fn member_at<'a>(
    list: &mut Strings<'a>,
    name: &str,
    tokens: &mut Tokens<'a>,
    appends: bool,
    depth: u8,
) -> Result<(), Invalid> {
    if let Some(index) = numbered(name) {
        return string_at(list, index, tokens);
    }
    let name = name.strip_suffix(".#text").unwrap_or(name);
    let holder = ["Data", "data", "#text", "", "EventData"].iter().position(|known| *known == name);
    match name {
        _ if let Some(holder) = holder.filter(|_| depth > 0) => {
            let mut fresh = Strings::default();
            level(&mut fresh, tokens, false, depth - 1)?;
            list.hold(holder, fresh, appends && name == "Data");
        }
        "#attributes" if tokens.at_members() => {
            tokens.next()?;
            while let Token::Key(name) = tokens.next()? {
                let name = name.decode().ok_or(Invalid)?;
                let value = tokens.skip_value()?;
                attribute(list, &name, value);
            }
        }
        _ => {
            let value = tokens.skip_value()?;
            attribute(list, name.strip_prefix('@').unwrap_or(name), value);
        }
    }
    Ok(())
}

/// Reads the string with this index.
fn string_at<'a>(
    list: &mut Strings<'a>,
    index: usize,
    tokens: &mut Tokens<'a>,
) -> Result<(), Invalid> {
    match tokens.next()? {
        Token::String(text) => {
            list.spelling.plain = true;
            list.set(index, text.decode().ok_or(Invalid)?);
        }
        Token::Number(text) => list.set(index, Cow::Borrowed(text)),
        // The event has no third string, so even null is one too many.
        Token::Word("null") if index < 2 => list.set_null(index),
        Token::ArrayStart => {
            let mut one = Strings::default();
            let mut count = 0;
            loop {
                match tokens.next()? {
                    Token::ArrayEnd => break,
                    Token::String(text) => one.push(text.decode().ok_or(Invalid)?),
                    _ => other(&mut one, tokens)?,
                }
                count += 1;
            }
            match one.take_only() {
                Some(text) if count == 1 => {
                    list.spelling.listed = true;
                    list.set(index, text);
                }
                _ => list.extra = true,
            }
        }
        _ => other(list, tokens)?,
    }
    Ok(())
}

/// Checks an attribute of an element that holds insertion strings, or a member that is not a string
/// of this event.
fn attribute(list: &mut Strings<'_>, name: &str, value: &str) {
    let free = match name {
        "xmlns" => is_text(value, |text| text.is_empty() || text == xml::NAMESPACE),
        // A named datum belongs to another event, unless the name is the number of an insertion
        // string.
        "Name" => is_text(value, |text| text.is_empty() || numbered(text).is_some_and(|i| i < 2)),
        _ => false,
    };
    list.extra |= !free && !matches!(value, "null" | "\"\"" | "{}" | "[]");
}

fn is_text(value: &str, holds: impl Fn(&str) -> bool) -> bool {
    let mut tokens = Tokens::new(value);
    match tokens.next() {
        Ok(Token::String(text)) => text.decode().is_some_and(|text| holds(&text)),
        _ => false,
    }
}

/// The index that a name such as `param1`, `Data_2` or `data2` gives.
fn numbered(name: &str) -> Option<usize> {
    let digits = ["param", "Param", "Data_", "data_", "Data", "data"]
        .iter()
        .find_map(|word| name.strip_prefix(word))?;
    // Only plain digits are valid, because `parse` accepts a sign too.
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    usize::try_from(swar::number(digits, 10)?.checked_sub(1)?).ok()
}

fn string_value<'a>(list: &mut Strings<'a>, string: Str<'a>, depth: u8) -> Result<(), Invalid> {
    let text = string.decode().ok_or(Invalid)?;
    if text.starts_with('<') {
        // Unreadable XML is not a string of this event, but the JSON of the record is still valid.
        if xml::data(list, &text).is_none() {
            list.extra = true;
        }
        return Ok(());
    }
    if text.starts_with('{') && depth > 0 {
        let mut inner = Strings::default();
        let mut tokens = Tokens::new(&text);
        let whole = level(&mut inner, &mut tokens, false, depth - 1).and_then(|()| tokens.end());
        // Invalid JSON, text after the object and an empty object are not strings of this event
        // either.
        inner.extra |= whole.is_err() || inner.is_empty();
        list.absorb(inner);
        return Ok(());
    }
    if !matches!(&*text, "" | "System.String[]") {
        list.push(strip_label(text));
    }
    Ok(())
}

/// Removes the element name that Hayabusa writes before a string.
fn strip_label(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix("Data: ").unwrap_or(text)),
        Cow::Owned(text) => match text.strip_prefix("Data: ") {
            Some(rest) => Cow::Owned(rest.to_owned()),
            None => Cow::Owned(text),
        },
    }
}
