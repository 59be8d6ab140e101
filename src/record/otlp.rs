//! OTLP log bodies: `resourceLogs[].scopeLogs[].logRecords[]`. The body of a log record is a string
//! or a tree of typed values, which is converted to plain JSON and then read.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Field, Kind, NOTHING, Place, Scale},
    json::{Invalid, Token, Tokens, write_string},
    record::{
        Emit, Nesting,
        json::says_nothing,
        loki::{self, Elements},
        names,
        typed::Type,
    },
};

/// The maximum depth of a body. Windows events need six.
const DEPTH: u8 = 12;

/// The members of each level of OTLP/JSON that are read. Others that the format has, such as
/// `schemaUrl` and `traceId`, are free.
const RESOURCE_LOGS: &[&str] = &["scopeLogs", "resource"];
const SCOPE_LOGS: &[&str] = &["logRecords", "scope"];
const LOG_RECORD: &[&str] =
    &["body", "attributes", "timeUnixNano", "severityNumber", "severityText"];
/// Those of a resource and of a scope.
const ABOUT: &[&str] = &["attributes"];
const KEY_VALUE: &[&str] = &["key", "value"];

/// Names of any level, and of other signals and releases. Like the names of records, they are not
/// understood at another level or in another spelling. The table of names has further ones.
const ANY: [&str; 18] = [
    "resource",
    "scope",
    "attributes",
    "body",
    "timeUnixNano",
    "severityNumber",
    "severityText",
    "key",
    "value",
    "event",
    "log",
    "instrumentationLibraryLogs",
    "scopeSpans",
    "spans",
    "scopeMetrics",
    "scopeProfiles",
    "profiles",
    "resourceLogs",
];

/// The members of one level, in the order of `own`. `None` if a member has two values, or if
/// another member is not free.
fn level<'a, const N: usize>(object: &'a str, own: &[&str]) -> Option<[Option<&'a str>; N]> {
    let mut found = [None; N];
    read(object, own, &mut found)?;
    Some(found)
}

#[inline(never)]
fn read<'a>(object: &'a str, own: &[&str], found: &mut [Option<&'a str>]) -> Option<()> {
    loki::members(object, &mut |name, value| {
        let at = own.iter().position(|own| *own == name);
        let Some(slot) = at.and_then(|at| found.get_mut(at)) else {
            let known = || ANY.iter().any(|any| is_spelled(name, any)) || names::is_known(name);
            return (says_nothing(value) || !known()).then_some(());
        };
        let before = *slot.get_or_insert(value);
        (before == value || (says_nothing(before) && says_nothing(value))).then_some(())
    })
}

/// Whether two names are equal without case and underscores.
fn is_spelled(name: &str, known: &str) -> bool {
    let letters = name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
    letters.eq(known.bytes().map(|byte| byte.to_ascii_lowercase()))
}

/// Emits every log record of an OTLP body. A part of unknown form is emitted as an empty event.
#[inline(never)]
pub(super) fn records(resource_logs: &str, nesting: Nesting, emit: Emit<'_>) {
    // This reader takes as much stack as a level of nesting, and hosts have little.
    let nesting = if STREAMS { Some(nesting) } else { nesting.deeper() };
    let Some(nesting) = nesting else { return emit(&NOTHING) };
    let mut resources = Elements::of(resource_logs);
    while let Some(resource) = resources.next(emit) {
        let mut scopes = Elements::of(list(resource, RESOURCE_LOGS).unwrap_or_default());
        while let Some(scope) = scopes.next(emit) {
            let mut records = Elements::of(list(scope, SCOPE_LOGS).unwrap_or_default());
            while let Some(element) = records.next(emit) {
                if record(element, nesting, emit).is_err() {
                    emit(&NOTHING);
                }
            }
        }
    }
}

/// The list in an object that may also describe its resource or scope. `None` if the list is missing
/// and another member is there. An object without members has an empty list.
fn list<'a>(object: &'a str, own: &[&str]) -> Option<&'a str> {
    let [list, about] = level(object, own)?;
    if let Some(about) = about.filter(|about| *about != "null") {
        let [attributes] = level(about, ABOUT)?;
        objects(attributes)?;
    }
    list.or_else(|| says_nothing(object).then_some("[]"))
}

/// `Some` if attributes are a list of keys with values, or empty.
fn objects(attributes: Option<&str>) -> Option<()> {
    let Some(list) = attributes.filter(|list| !says_nothing(list)) else { return Some(()) };
    loki::every(list, &mut |element| level::<2>(element, KEY_VALUE).is_some()).then_some(())
}

fn record(element: &str, nesting: Nesting, emit: Emit<'_>) -> Result<(), Invalid> {
    let (mut time, mut level) = (Field::default(), Field::default());
    let body = fields(element, &mut time, &mut level).ok_or(Invalid)?;
    let mut plain = String::new();
    any_value(body, &mut plain, DEPTH)?;
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

/// Reads the fields of a log record, and returns its body. Out of line, because the record is on the
/// stack while the nested record is read.
#[inline(never)]
fn fields<'a>(element: &'a str, time: &mut Field<'a>, severity: &mut Field<'a>) -> Option<&'a str> {
    let [body, attributes, nanos, number, word] = level(element, LOG_RECORD)?;
    let text = |value: &'a str| match Tokens::new(value).next().ok()? {
        Token::String(string) => string.decode(),
        Token::Number(number) => Some(Cow::Borrowed(number)),
        _ => says_nothing(value).then_some(Cow::Borrowed("")),
    };
    let place = |row| Place { part: 0, row };
    objects(attributes)?;
    if let Some(nanos) = nanos {
        let nanos = text(nanos).filter(|nanos| Type::Number.fits(nanos))?;
        time.say(place(0), Kind::Text, nanos);
    }
    if let Some(number) = number {
        let number = text(number).filter(|number| Type::Word.fits(number))?;
        severity.say_on(place(1), Kind::Number, Scale::Otlp, number);
    }
    if let Some(word) = word {
        let number = matches!(word.as_bytes(), [b'-' | b'0'..=b'9', ..]);
        let word = text(word).filter(|_| !number)?;
        severity.say_on(place(2), Kind::Text, Scale::Words, word);
    }
    body
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
    let Some([Some(key), Some(value)]) = level(element, KEY_VALUE) else { return Err(Invalid) };
    let Ok(Token::String(name)) = Tokens::new(key).next() else { return Err(Invalid) };
    write_string(out, &name.decode().ok_or(Invalid)?);
    out.push(':');
    any_value(value, out, depth)
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
