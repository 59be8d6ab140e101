//! The push body of Loki: `streams[].values[]`. A value has a time, a line and optionally an object
//! of labels.

use std::borrow::Cow;

use crate::{
    event::NOTHING,
    json::{Invalid, Token, Tokens},
    record::{Emit, Nesting, json::says_nothing},
};

/// Emits the record in every line of a push body. A part of unknown form is emitted as an empty
/// event. Both loops are in one function, because hosts have a small call stack.
#[inline(never)]
pub(super) fn records(streams: &str, nesting: Nesting, emit: Emit<'_>) {
    let mut streams = Elements::of(streams);
    while let Some(stream) = streams.next(emit) {
        let Some(values) = values(stream) else {
            emit(&NOTHING);
            continue;
        };
        let mut values = Elements::of(values);
        while let Some(value) = values.next(emit) {
            match line(value) {
                Some(line) => nesting.record(&line, emit),
                None => emit(&NOTHING),
            }
        }
    }
}

/// The values of a stream. Its other members may only be labels, which are texts, or empty values.
fn values(stream: &str) -> Option<&str> {
    let (mut labels, mut values) = (None, None);
    members(stream, &mut |name, value| match name {
        "stream" => {
            labels.replace(value).is_none().then_some(())?;
            members(value, &mut |_, label| label.starts_with('"').then_some(()))
        }
        "values" => values.replace(value).is_none().then_some(()),
        // Other members include the form of Loki's first releases.
        _ => says_nothing(value).then_some(()),
    })?;
    values
}

/// The line of a value; `None` if the value has another form.
fn line(value: &str) -> Option<Cow<'_, str>> {
    let mut tokens = Tokens::new(value);
    let start = tokens.next() == Ok(Token::ArrayStart);
    let (Ok(Token::String(time)), Ok(Token::String(line))) = (tokens.next(), tokens.next()) else {
        return None;
    };
    let labels = match tokens.peek()? {
        b']' => true,
        _ => tokens.next() == Ok(Token::ObjectStart) && tokens.skip_rest().is_ok(),
    };
    let whole = labels && tokens.next() == Ok(Token::ArrayEnd) && tokens.end().is_ok();
    let digits = !time.raw.is_empty() && time.raw.bytes().all(|byte| byte.is_ascii_digit());
    if start && digits && whole { line.decode() } else { None }
}

/// An iterator over the elements of an array in an envelope.
pub(super) struct Elements<'a> {
    tokens: Tokens<'a>,
    begun: bool,
}

impl<'a> Elements<'a> {
    pub(super) fn of(array: &'a str) -> Self {
        Self { tokens: Tokens::new(array), begun: false }
    }

    /// The next element. Invalid JSON is emitted as an empty event and ends the array.
    pub(super) fn next(&mut self, emit: Emit<'_>) -> Option<&'a str> {
        let start = self.begun || self.tokens.next() == Ok(Token::ArrayStart);
        self.begun = true;
        match self.tokens.element() {
            Ok(element) if start => element,
            _ => {
                emit(&NOTHING);
                None
            }
        }
    }
}

/// Whether a value is a list for whose every element `is` holds.
pub(super) fn every(list: &str, is: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut tokens = Tokens::new(list);
    if tokens.next() != Ok(Token::ArrayStart) {
        return false;
    }
    loop {
        match tokens.element() {
            Ok(Some(element)) if is(element) => {}
            Ok(None) => return true,
            _ => return false,
        }
    }
}

/// Calls `read` with the name and the value of every member of an object. Stops with `None` when
/// `read` returns `None` or the object is invalid.
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
