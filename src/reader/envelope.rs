//! From the fields of one JSON object to events: which generic names count, what says the same
//! event once more, and which records are inside.

use crate::{
    event::{Event, Field, Place, Said, Scale},
    json::{Token, Tokens},
    reader::{
        Emit, Nesting, TOO_DEEP,
        json::{Part, Parts},
        names::{NAMES, Role, Seen},
        otlp, text,
    },
};

/// Emits the event that an object says, or the events inside it; tells whether it is the event of
/// its own members, and there is none inside.
///
/// What is inside outranks its envelope. Where the outside names a source or an id of its own, both
/// are events: a record may quote another one, and must not be taken for it.
pub(super) fn finish<'a>(
    event: &mut Event<'a>,
    parts: &'a Parts<'a>,
    seen: Seen,
    nesting: Nesting,
    emit: Emit<'_>,
) -> bool {
    settle(event, parts, seen);
    let own = !event.source.is_empty() || !event.id.is_empty();
    let outside = &*event;
    let mut inside = 0;
    if let Some(nesting) = nesting.deeper() {
        let mut emit_inner = |inner: &Event<'_>| {
            inside += 1;
            emit(&with_labels(inner, outside));
        };
        for part in parts.iter().flatten() {
            inner(part, nesting, &mut emit_inner);
        }
        if !own && let Some(message) = outside.message.first() {
            nesting.try_record(message, &mut emit_inner);
        }
    }
    // What was not read cannot be vouched for, and must not vanish with the rest.
    let envelope = |part: &Part<'_>| role(part) != Role::Again;
    let too_deep = nesting.deeper().is_none() && parts.iter().flatten().any(envelope);
    let too_many = inside > 0 && !own && event.strings.repeated;
    if too_deep || too_many {
        emit(&Event { shape: TOO_DEEP, ..Event::default() });
    }
    if own || inside == 0 {
        if event.shape.is_empty() {
            event.shape = "json";
        }
        emit(event);
    }
    own && inside == 0
}

/// Names the shape, sorts out generic names, and reads what says the same event once more.
#[inline(never)]
fn settle<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>, seen: Seen) {
    event.shape = seen.shape();
    generic_names(event);
    let mut number = 0;
    for part in parts.iter().flatten() {
        number += 1;
        if role(part) == Role::Again {
            text::again(&part.text, number, event);
        }
    }
    // The time of an alert is when the manager wrote it; the line in it has the event's.
    if event.shape == "wazuh-eventlog" && event.time.iter().any(|said| said.place.part > 0) {
        event.time.retain(&|said| said.place.part > 0);
    }
}

fn role(part: &Part<'_>) -> Role {
    NAMES[usize::from(part.row)].role
}

/// Emits the records of one part.
#[inline(never)]
fn inner(part: &Part<'_>, nesting: Nesting, emit: Emit<'_>) {
    match role(part) {
        Role::Inner => {
            nesting.try_record(&part.text, emit);
        }
        Role::Many => each_record(&part.text, nesting, emit),
        Role::Loki => loki(&part.text, nesting, emit),
        Role::Otlp => otlp::records(&part.text, nesting, emit),
        _ => {}
    }
}

/// Every element of an array is a record.
#[inline(never)]
fn each_record(array: &str, nesting: Nesting, emit: Emit<'_>) {
    let mut tokens = Tokens::new(array);
    if tokens.next() != Ok(Token::ArrayStart) {
        return;
    }
    while let Ok(element) = tokens.element() {
        let Some(element) = element else { return };
        nesting.record(element, emit);
    }
}

/// `streams[].values[][1]`: each value is a time and a line.
#[inline(never)]
fn loki(streams: &str, nesting: Nesting, emit: Emit<'_>) {
    let mut tokens = Tokens::new(streams);
    let mut in_values = None;
    // Within a value: how many strings came before.
    let mut strings = 0;
    while let Ok(token) = tokens.next() {
        match (token, in_values) {
            (Token::End, _) => return,
            (Token::Key(name), None) if name.is("values") => in_values = Some(tokens.depth()),
            (Token::ArrayEnd, Some(depth)) if tokens.depth() == depth => in_values = None,
            (Token::ArrayStart, Some(_)) => strings = 0,
            (Token::String(string), Some(depth)) if tokens.depth() == depth + 2 => {
                strings += 1;
                if strings == 2 {
                    match string.decode() {
                        Some(line) => nesting.record(&line, emit),
                        None => emit(&Event::default()),
                    }
                }
            }
            _ => {}
        }
    }
}

/// An inner event, with what only its envelope knows.
#[inline(never)]
fn with_labels<'e>(inner: &'e Event<'e>, outside: &'e Event<'e>) -> Event<'e> {
    let mut event = inner.clone();
    if event.computer.is_empty() && event.host.is_empty() {
        event.computer = if outside.computer.is_empty() {
            outside.host.clone()
        } else {
            outside.computer.clone()
        };
    }
    // Insertion strings beside the text that they belong to are no label: they must agree with it.
    for (row, strings) in (0..).zip(outside.strings.iter()) {
        event.strings.say(Place { part: u8::MAX, row }, strings.clone());
    }
    if event.time.is_empty() {
        event.time = outside.time.clone();
    }
    if event.level.is_empty() {
        event.level = outside.level.clone();
    }
    event
}

/// Drops the values of generic names, except where the shape spells them so and no specific name
/// says the same.
fn generic_names(event: &mut Event<'_>) {
    let shape = event.shape;
    let specific = |said: &Said<'_>| NAMES[usize::from(said.place.row)].only.is_empty();
    let fits = |said: &Said<'_>| NAMES[usize::from(said.place.row)].only.contains(&shape);
    let choose = |field: &mut Field<'_>| {
        if field.iter().any(|said| !specific(said)) {
            let any_specific = field.iter().any(specific);
            field.retain(&|said| specific(said) || (!any_specific && fits(said)));
        }
    };
    // A word decides over a number, so a shape's own generic name counts beside a specific one.
    event.level.retain(&|said| specific(said) || fits(said));
    for field in [
        &mut event.source,
        &mut event.id,
        &mut event.log,
        &mut event.computer,
        &mut event.host,
        &mut event.message,
    ] {
        choose(field);
    }
    event.strings.retain(|place| {
        let only = NAMES.get(usize::from(place.row)).map_or(&[][..], |name| name.only);
        only.is_empty() || only.contains(&shape)
    });
    if shape == "nxlog-gelf" {
        event.level.rescale(Scale::Modern, Scale::Gelf);
    }
}
