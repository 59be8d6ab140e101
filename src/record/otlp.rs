//! OTLP log bodies: `resourceLogs[].scopeLogs[].logRecords[]`. The body of a log record is a string
//! or a tree of typed values, which is converted to plain JSON and then read.

use std::borrow::Cow;

use crate::{
    event::{Field, Kind, NOTHING, Place, Scale},
    json::{Invalid, Token, Tokens, write_string},
    record::{
        Emit, Nesting,
        json::says_nothing,
        loki::{self, Elements},
        typed::Type,
    },
};

/// The maximum depth of a body. Windows events need six.
const DEPTH: u8 = 12;

/// The members that lead to log records: those of OTLP/JSON, and those of other encodings and
/// releases.
const NAMES: [&str; 4] = ["scopeLogs", "logRecords", "resource", "scope"];
const FOREIGN: [&str; 13] = [
    "entries",
    "message",
    "body",
    "event",
    "log",
    "scope_logs",
    "log_records",
    "instrumentationLibraryLogs",
    "instrumentation_library_logs",
    "scopeSpans",
    "scopeMetrics",
    "spans",
    "metrics",
];

/// The members of a log record, as OTLP/JSON and protocol buffers name them. They are compared
/// without case.
const SPELLINGS: [&str; 7] = [
    "body",
    "severityNumber",
    "severityText",
    "timeUnixNano",
    "severity_number",
    "severity_text",
    "time_unix_nano",
];

/// Emits every log record of an OTLP body. A part of unknown form is emitted as an empty event.
#[inline(never)]
pub(super) fn records(resource_logs: &str, nesting: Nesting, emit: Emit<'_>) {
    let mut resources = Elements::of(resource_logs);
    while let Some(resource) = resources.next(emit) {
        let mut scopes = Elements::of(list(resource, "scopeLogs", "resource").unwrap_or_default());
        while let Some(scope) = scopes.next(emit) {
            let mut records = Elements::of(list(scope, "logRecords", "scope").unwrap_or_default());
            while let Some(element) = records.next(emit) {
                if record(element, nesting, emit).is_err() {
                    emit(&NOTHING);
                }
            }
        }
    }
}

/// The list with this name in an object, which may also describe its resource or scope under
/// `about`. `None` if the list is missing or repeated, or if another member is not allowed. An
/// object without members has an empty list.
fn list<'a>(object: &'a str, name: &str, about: &str) -> Option<&'a str> {
    let (mut list, mut any) = (None, false);
    loki::members(object, &mut |key, value| {
        any = true;
        if key == name {
            return list.replace(value).is_none().then_some(());
        }
        if key == about {
            let of = |key: &str, value: &str| {
                if key == "attributes" { objects(value) } else { Some(()) }
            };
            return if value == "null" {
                Some(())
            } else {
                loki::members(value, &mut |k, v| of(k, v))
            };
        }
        loki::free(key, value, &NAMES)?;
        loki::free(key, value, &FOREIGN)
    })?;
    list.or(if any { None } else { Some("[]") })
}

/// `Some` if attributes are a list of objects or an empty value.
fn objects(value: &str) -> Option<()> {
    let mut tokens = Tokens::new(value);
    if says_nothing(value) {
        return Some(());
    }
    (tokens.next() == Ok(Token::ArrayStart)).then_some(())?;
    while let Some(element) = tokens.element().ok()? {
        element.starts_with('{').then_some(())?;
    }
    Some(())
}

fn record(element: &str, nesting: Nesting, emit: Emit<'_>) -> Result<(), Invalid> {
    let mut body = None;
    let (mut time, mut level) = (Field::default(), Field::default());
    loki::members(element, &mut |name, value| {
        let text = || match Tokens::new(value).next().ok()? {
            Token::String(string) => string.decode(),
            Token::Number(number) => Some(Cow::Borrowed(number)),
            _ => says_nothing(value).then_some(Cow::Borrowed("")),
        };
        let place = |row| Place { part: 0, row };
        match name {
            // With two bodies, it is unknown which one counts.
            "body" => return body.replace(value).is_none().then_some(()),
            "timeUnixNano" => {
                let said = text()?;
                Type::Number.fits(&said).then_some(())?;
                time.say(place(0), Kind::Text, said);
            }
            "severityNumber" => {
                let said = text().filter(|said| Type::Word.fits(said))?;
                level.say_on(place(1), Kind::Number, Scale::Otlp, said);
            }
            "severityText" => {
                value.starts_with(['"', 'n']).then_some(())?;
                level.say_on(place(2), Kind::Text, Scale::Words, text()?);
            }
            "attributes" => return objects(value),
            _ => return loki::free(name, value, &SPELLINGS),
        }
        Some(())
    })
    .ok_or(Invalid)?;
    if time.repeated || level.repeated {
        return Err(Invalid);
    }
    let mut plain = String::new();
    any_value(body.ok_or(Invalid)?, &mut plain, DEPTH)?;
    let mut emitted = false;
    nesting.try_record(&as_text(&plain), &mut |event| {
        emitted = true;
        let mut event = event.clone();
        if event.time.is_empty() {
            event.time.clone_from(&time);
        }
        if event.level.is_empty() {
            event.level.clone_from(&level);
        }
        if event.shape == "otel" {
            event.shape = "otlp";
        }
        emit(&event);
    });
    if emitted { Ok(()) } else { Err(Invalid) }
}

/// The text of a body that is a string; otherwise the JSON itself.
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
    // An `AnyValue` has exactly one member.
    if tokens.next()? != Token::ObjectEnd {
        return Err(Invalid);
    }
    out.try_reserve(inner.len()).map_err(|_| Invalid)?;
    match &*kind.decode().ok_or(Invalid)? {
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
        kind => out.push_str(&scalar(kind, inner, value).ok_or(Invalid)?),
    }
    Ok(())
}

/// The plain JSON of a scalar value; `None` if it is not valid.
#[inline(never)]
fn scalar<'a>(kind: &str, inner: &'a str, value: &'a str) -> Option<Cow<'a, str>> {
    let text = inner.starts_with('"');
    let number = |text: &str| text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit());
    Some(match kind {
        "stringValue" if text => inner.into(),
        "boolValue" if matches!(inner, "true" | "false") => inner.into(),
        "doubleValue" if inner.get(..1).is_some_and(number) => inner.into(),
        // A field of an event cannot have such a value, so it stays an object.
        "doubleValue" | "bytesValue" if text => value.into(),
        // OTLP/JSON writes 64-bit integers as strings.
        "intValue" => match Tokens::new(inner).next().ok()? {
            Token::String(text) => text.decode().filter(|text| number(text))?,
            _ => Some(inner).filter(|text| number(text))?.into(),
        },
        _ => return None,
    })
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
            let name = name.decode().ok_or(Invalid)?;
            loki::free(&name, inner, &["key", "value"]).ok_or(Invalid)?;
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

/// The elements of `{"values": [...]}`. An object without members has none.
fn values(object: &str) -> Result<Vec<&str>, Invalid> {
    let mut tokens = Tokens::new(object);
    if tokens.next()? != Token::ObjectStart {
        return Err(Invalid);
    }
    let mut elements = Vec::new();
    let mut names = 0;
    while let Token::Key(name) = tokens.next()? {
        names += 1;
        if names > 1 || !name.is("values") || tokens.next()? != Token::ArrayStart {
            return Err(Invalid);
        }
        while let Some(element) = tokens.element()? {
            elements.try_reserve(1).map_err(|_| Invalid)?;
            elements.push(element);
        }
    }
    Ok(elements)
}
