//! OTLP log bodies: `resourceLogs[].scopeLogs[].logRecords[]`, whose body is a string or a tree of
//! typed values. The tree is written out as plain JSON and read as that.

use std::borrow::Cow;

use crate::{
    event::{Event, Kind, Place, Scale},
    json::{Invalid, Token, Tokens, write_string},
    reader::{Emit, Nesting},
};

/// How deep a body is followed; Windows events need six.
const DEPTH: u8 = 12;

/// Emits every log record of an OTLP body.
#[inline(never)]
pub(super) fn records(resource_logs: &str, nesting: Nesting, emit: Emit<'_>) {
    let mut tokens = Tokens::new(resource_logs);
    while let Ok(token) = tokens.next() {
        match token {
            Token::End => return,
            Token::Key(name) if name.is("logRecords") => {
                let Ok(array) = tokens.skip_value() else { return };
                let mut elements = Tokens::new(array);
                if elements.next() != Ok(Token::ArrayStart) {
                    continue;
                }
                while let Ok(Some(element)) = elements.element() {
                    if record(element, nesting, emit).is_err() {
                        emit(&Event::default());
                    }
                }
            }
            _ => {}
        }
    }
}

fn record(element: &str, nesting: Nesting, emit: Emit<'_>) -> Result<(), Invalid> {
    let mut tokens = Tokens::new(element);
    if tokens.next()? != Token::ObjectStart {
        return Err(Invalid);
    }
    let mut body = None;
    let mut labels = Event::default();
    while let Token::Key(name) = tokens.next()? {
        let value = tokens.skip_value()?;
        let text = || match Tokens::new(value).next()? {
            Token::String(string) => string.decode().ok_or(Invalid),
            Token::Number(number) => Ok(Cow::Borrowed(number)),
            _ => Ok(Cow::Borrowed("")),
        };
        let place = |row| Place { part: 0, row };
        match &*name.decode().ok_or(Invalid)? {
            "body" if body.is_none() => body = Some(value),
            // A second body: what it says cannot be told from the first.
            "body" => return Err(Invalid),
            "timeUnixNano" => labels.time.say(place(0), Kind::Text, text()?),
            "severityNumber" => {
                labels.level.say_on(place(1), Kind::Number, Scale::Otlp, text()?);
            }
            "severityText" => labels.level.say_on(place(2), Kind::Text, Scale::Words, text()?),
            _ => {}
        }
    }
    let mut plain = String::new();
    any_value(body.ok_or(Invalid)?, &mut plain, DEPTH)?;
    let mut emitted = false;
    nesting.try_record(&as_text(&plain), &mut |event| {
        emitted = true;
        let mut event = event.clone();
        if event.time.is_empty() {
            event.time = labels.time.clone();
        }
        if event.level.is_empty() {
            event.level = labels.level.clone();
        }
        if event.shape == "otel" {
            event.shape = "otlp";
        }
        emit(&event);
    });
    if emitted { Ok(()) } else { Err(Invalid) }
}

/// A body that is a string is the record itself.
fn as_text(json: &str) -> Cow<'_, str> {
    match Tokens::new(json).next() {
        Ok(Token::String(string)) => string.decode().unwrap_or_default(),
        _ => Cow::Borrowed(json),
    }
}

/// Writes one `AnyValue` as plain JSON.
fn any_value(value: &str, out: &mut String, depth: u8) -> Result<(), Invalid> {
    let depth = depth.checked_sub(1).ok_or(Invalid)?;
    let mut tokens = Tokens::new(value);
    if tokens.next()? != Token::ObjectStart {
        return Err(Invalid);
    }
    let Token::Key(kind) = tokens.next()? else {
        out.push_str("null");
        return Ok(());
    };
    let inner = tokens.skip_value()?;
    // An `AnyValue` has one member.
    if tokens.next()? != Token::ObjectEnd {
        return Err(Invalid);
    }
    out.try_reserve(inner.len()).map_err(|_| Invalid)?;
    match &*kind.decode().ok_or(Invalid)? {
        "stringValue" | "doubleValue" | "boolValue" | "bytesValue" => out.push_str(inner),
        // 64-bit integers are strings in OTLP/JSON.
        "intValue" => out.push_str(inner.trim_matches('"')),
        "arrayValue" => {
            out.push('[');
            for (i, element) in values(inner)?.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                any_value(element, out, depth)?;
            }
            out.push(']');
        }
        "kvlistValue" => {
            out.push('{');
            for (i, element) in values(inner)?.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                key_value(element, out, depth)?;
            }
            out.push('}');
        }
        _ => return Err(Invalid),
    }
    Ok(())
}

fn key_value(element: &str, out: &mut String, depth: u8) -> Result<(), Invalid> {
    let (mut key, mut value) = (None, None);
    let mut tokens = Tokens::new(element);
    if tokens.next()? != Token::ObjectStart {
        return Err(Invalid);
    }
    while let Token::Key(name) = tokens.next()? {
        let inner = tokens.skip_value()?;
        let slot = if name.is("key") {
            &mut key
        } else if name.is("value") {
            &mut value
        } else {
            continue;
        };
        if slot.replace(inner).is_some() {
            return Err(Invalid);
        }
    }
    let Ok(Token::String(name)) = Tokens::new(key.ok_or(Invalid)?).next() else {
        return Err(Invalid);
    };
    write_string(out, &name.decode().ok_or(Invalid)?);
    out.push(':');
    any_value(value.ok_or(Invalid)?, out, depth)
}

/// The elements of `{"values": [...]}`.
fn values(object: &str) -> Result<Vec<&str>, Invalid> {
    let mut tokens = Tokens::new(object);
    if tokens.next()? != Token::ObjectStart {
        return Err(Invalid);
    }
    let mut elements = Vec::new();
    while let Token::Key(name) = tokens.next()? {
        if !name.is("values") || tokens.next()? != Token::ArrayStart {
            return Err(Invalid);
        }
        while let Some(element) = tokens.element()? {
            elements.try_reserve(1).map_err(|_| Invalid)?;
            elements.push(element);
        }
    }
    Ok(elements)
}
