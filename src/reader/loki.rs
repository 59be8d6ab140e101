//! Loki's push body: `streams[].values[]`, each a time, a line and, perhaps, an object of labels.

use crate::{
    event::Event,
    json::{Invalid, Str, Token, Tokens},
    reader::{Emit, Nesting, json::says_nothing},
};

/// Emits the record in every line of a push body. A part that is of no known form is an event that says
/// nothing.
#[inline(never)]
pub(super) fn records(streams: &str, nesting: Nesting, emit: Emit<'_>) {
    each(streams, emit, &mut |stream, emit| {
        let mut values = None;
        members(stream, &mut |name, value| match name {
            "stream" => members(value, &mut |_, label| label.starts_with('"').then_some(())),
            "values" => values.replace(value).is_none().then_some(()),
            // The form of the first releases, for one.
            _ => says_nothing(value).then_some(()),
        })?;
        each(values?, emit, &mut |value, emit| {
            let mut line = None;
            let mut count = 0;
            elements(value, &mut |element| {
                count += 1;
                match (count, Tokens::new(element).next()) {
                    (1, Ok(Token::String(time))) => is_number(time).then_some(()),
                    (2, Ok(Token::String(text))) => {
                        line = Some(text.decode()?);
                        Some(())
                    }
                    (3, Ok(Token::ObjectStart)) => Some(()),
                    _ => None,
                }
            })?;
            nesting.record(&line?, emit);
            Some(())
        });
        Some(())
    });
}

fn is_number(text: Str<'_>) -> bool {
    !text.raw.is_empty() && text.raw.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lets a member pass that has no name in an envelope, unless some programs would take it for one and it
/// says something.
pub(super) fn free(name: &str, value: &str, known: &[&str]) -> Option<()> {
    let known = known.iter().any(|known| known.eq_ignore_ascii_case(name));
    (!known || says_nothing(value)).then_some(())
}

/// Calls `read` with every element of an array; what it does not read is an event that says nothing,
/// and so is what is no array.
pub(super) fn each(
    array: &str,
    emit: Emit<'_>,
    read: &mut dyn FnMut(&str, Emit<'_>) -> Option<()>,
) {
    let whole = elements(array, &mut |element| {
        if read(element, emit).is_none() {
            emit(&Event::default());
        }
        Some(())
    });
    if whole.is_none() {
        emit(&Event::default());
    }
}

/// Calls `read` with every element of an array, as long as it reads them.
fn elements<'a>(array: &'a str, read: &mut dyn FnMut(&'a str) -> Option<()>) -> Option<()> {
    let mut tokens = Tokens::new(array);
    if tokens.next() != Ok(Token::ArrayStart) {
        return None;
    }
    while let Some(element) = tokens.element().ok()? {
        read(element)?;
    }
    Some(())
}

/// Calls `read` with the name and the value of every member of an object, as long as it reads them.
pub(super) fn members<'a>(
    object: &'a str,
    read: &mut dyn FnMut(&str, &'a str) -> Option<()>,
) -> Option<()> {
    let mut tokens = Tokens::new(object);
    if tokens.next() != Ok(Token::ObjectStart) {
        return None;
    }
    loop {
        match tokens.next() {
            Ok(Token::Key(name)) => {
                let name = name.decode()?;
                let value = tokens.skip_value().ok()?;
                read(&name, value)?;
            }
            Ok(Token::ObjectEnd) => return Some(()),
            Ok(_) | Err(Invalid) => return None,
        }
    }
}
