//! Turns the fields of one JSON object into events: decides which generic names count, reads copies
//! of the event, and reads nested records.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Field, Kind, NOTHING, Place, Said, Scale, Shapes, Strings, Unread, Values},
    json::{Token, Tokens},
    record::{
        Emit, Nesting, TOO_DEEP, class,
        csv::plaso,
        emit_too_deep,
        json::{self, Outline, Part, Parts},
        line::rfc5424_data,
        loki,
        names::{self, Known, Node, Nothing, Role, Row, Step},
        otlp, prefix, text,
        typed::{self, Type},
    },
};

/// Emits the event of an object, or the events inside it. Returns whether the only event is that of
/// the object's own members.
///
/// Nested records outrank their envelope. If the outer object gives its own source or id, it is an
/// event too: a record may quote another one, and must not be mistaken for it. The quoted record
/// must then agree with it.
pub(super) fn finish<'a>(
    event: &mut Event<'a>,
    parts: &'a Parts<'a>,
    outline: Outline,
    nesting: Nesting,
    emit: Emit<'_>,
) -> bool {
    let bare = settle(event, parts, outline, nesting);
    let own = !event.source.is_empty() || !event.id.is_empty();
    let copied = copies(event, parts, own, nesting);
    if own {
        source_text(event, parts, bare, nesting);
    }
    identity(event, own);
    let (outside, labels) = (&*event, event.has_labels());
    let unread = if own { None } else { unread_label(outside) };
    let (count, messages, texts) = (0, 0, 0);
    let mut inside = Inside {
        outside,
        labels,
        unread,
        silent: None,
        parts,
        emit,
        count,
        messages,
        texts,
        unknown: false,
    };
    if let Some(nesting) = nesting.deeper() {
        for (i, part) in parts.iter().flatten().enumerate() {
            // A copy that is not a record is not read again.
            if !own || copied.is_record(i) {
                let before = inside.count;
                if role(part) != Role::Fields || !is_copy(part, parts) {
                    inner(part, nesting, &mut |event| inside.emit(event));
                }
                let none = !own && inside.count == before;
                let more = || !part.owned && says_more(part, nesting);
                inside.unknown |= none && part.tree && (part.apart || more());
                // A text that is a record does not have to be the message of another one.
                inside.texts |= u32::from(inside.count > before) << i;
            }
        }
        if !own {
            inside.messages(nesting);
            if inside.count == 0 {
                copied.emit_fields(parts, nesting, &mut |event| inside.emit(event));
            }
            if inside.count > 0 {
                inside.rest();
            }
        } else if is_another(&outside.source) || is_another(&outside.id) {
            copied.emit_fields(parts, nesting, &mut |event| inside.emit(event));
        }
    }
    let Inside { count, emit, .. } = inside;
    // A nested record that was not read could say anything, so it must not be lost.
    let envelope = |part: &Part<'_>| {
        !matches!(role(part), Role::EmbeddedCopy | Role::Fields | Role::ShapeMarker)
    };
    let too_deep = nesting.deeper().is_none() && parts.iter().flatten().any(envelope);
    let too_many = count > 0 && !own && event.strings.repeated;
    if too_deep || too_many {
        emit_too_deep(emit);
    }
    if !own && count == 0 {
        unread_texts(event, parts);
    }
    if own || count == 0 {
        if event.shape.is_empty() {
            event.shape = json::JSON;
        }
        emit(event);
    }
    own && count == 0
}

/// Whether a copy says this field, but not what the record itself says.
fn is_another(field: &Field<'_>) -> bool {
    let own = |copy: &Said<'_>| field.iter().any(|said| said.value == copy.value);
    field.beside().next().is_some() && !field.beside().any(own)
}

/// Detects a copy of another record by its different record number. In an envelope, a source or an
/// id in another case is a copy and not a label.
#[inline(never)]
fn identity(event: &mut Event<'_>, own: bool) {
    let shape = event.shape;
    if !own {
        let beside = |said: &Said<'_>| said.place.is_beside();
        event.source.move_to(Place::COPY, &beside);
        // `CloudWatch` numbers its own events.
        if shape != "cloudwatch-logs" {
            event.id.move_to(Place::COPY, &beside);
        }
        return;
    }
    let other = {
        let mut numbers = event.others.iter().filter(|(_, name, value)| {
            // The position of a record in its file is a different number.
            let place = shape == "evtxecmd" && *name == "RecordNumber";
            !place && !value.is_empty() && typed::is_record_number(name)
        });
        let first = numbers.next().map(|first| first.2.clone());
        numbers.find(|number| Some(&number.2) != first.as_ref()).cloned()
    };
    if let Some((_, name, value)) = other {
        event.leave_unread(name, value);
    }
}

/// Records a text where a record is expected, if it is neither a record nor the message.
#[inline(never)]
fn unread_texts<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>) {
    for part in parts.iter().flatten() {
        let record = role(part) == Role::NestedRecord && !part.tree;
        if record && !event.message.texts().any(|message| message == part.text) {
            leave(event, part);
        }
    }
}

/// Whether an object that is not a record still says something about an event.
fn says_more(part: &Part<'_>, nesting: Nesting) -> bool {
    let mut more = false;
    let read = json::read(&part.text, "", nesting, None, &mut |event| {
        more |= !event.message.is_empty()
            || !event.log.is_empty()
            || !event.data.is_empty()
            || !event.qualifiers.is_empty()
            || [&event.source, &event.id, &event.data].iter().any(|f| f.beside().next().is_some())
            || event.strings.iter().next().is_some();
    });
    match role(part) {
        Role::NestedRecord => more || read.is_err() || is_record_only(part),
        // A list of records that cannot be read may hold any record.
        Role::Fields => json::has_record(&part.text, true),
        _ => false,
    }
}

/// Whether a non-empty part has a name that only holds records.
fn is_record_only(part: &Part<'_>) -> bool {
    !names::SHARED.contains(&name(part).path()) && !json::says_nothing(&part.text)
}

/// A value of an envelope that cannot be a label of the nested records.
fn unread_label<'e>(outside: &'e Event<'_>) -> Option<Unread<'e>> {
    let of = |said: &'e Said<'_>, name: &'static str| Unread {
        place: Cow::Borrowed(name),
        held: Cow::Borrowed(&*said.value),
    };
    if let Some(Unread { place, held }) = &outside.unread {
        return Some(Unread { place: Cow::Borrowed(&**place), held: Cow::Borrowed(&**held) });
    }
    for field in outside.fields() {
        if let Some(said) = field.beside().find(|_| field.repeated) {
            return Some(of(said, "a copy"));
        }
        for said in field {
            let Some(name) = name_at(said.place) else { continue };
            let no_time = name.role == Role::Time && !Type::Time.fits(&said.value);
            if field.repeated || is_wrong(name, said) || no_time || name.role == Role::Data {
                return Some(of(said, name.path()));
            }
        }
    }
    None
}

/// The events inside a record, while they are emitted.
struct Inside<'e, 'o> {
    outside: &'o Event<'o>,
    /// Whether the events inside inherit anything from the envelope.
    labels: bool,
    /// A value of the envelope that was not understood.
    unread: Option<Unread<'o>>,
    /// A cached event for empty parts, with the labels of the envelope.
    silent: Option<Box<Event<'o>>>,
    parts: &'o Parts<'o>,
    emit: Emit<'e>,
    count: usize,
    /// A bit mask of the envelope's messages that belong to events inside it.
    messages: u32,
    /// A bit mask of the parts that are records, or texts that are the message of an event.
    texts: u32,
    /// Whether something next to the events was not understood.
    unknown: bool,
}

impl<'o> Inside<'_, 'o> {
    fn emit(&mut self, inner: &Event<'_>) {
        self.count += 1;
        let is_message = |text: &str| inner.message.texts().any(|message| message == text);
        for (i, said) in self.outer_messages().enumerate() {
            self.messages |= u32::from(is_message(&said.value)) << i;
        }
        for (i, part) in self.parts.iter().flatten().enumerate() {
            self.texts |= u32::from(!part.tree && is_message(&part.text)) << i;
        }
        if !self.labels && self.unread.is_none() {
            return (self.emit)(inner);
        }
        // The empty event is cached, because a list of one megabyte can hold half a million empty
        // parts.
        let silent = STREAMS && inner.shape.is_empty() && inner.is_untouched();
        if silent {
            let (outside, unread) = (self.outside, self.unread.as_ref());
            let event =
                self.silent.get_or_insert_with(|| Box::new(labelled(&NOTHING, outside, unread)));
            return (self.emit)(event);
        }
        (self.emit)(&labelled(inner, self.outside, self.unread.as_ref()));
    }

    /// The messages of the envelope. Names in another case are included, because a program that
    /// ignores case reads them.
    fn outer_messages(&self) -> Values<'o, 'o> {
        self.outside.message.values(|said| said.place.part != Place::COPY && !said.value.is_empty())
    }

    /// Reads the messages of the envelope as records.
    #[inline(never)] // Inlined, its locals would stay on the stack while a nested record is read.
    fn messages(&mut self, nesting: Nesting) {
        for (i, said) in self.outer_messages().enumerate() {
            // The text may have been read as a part, but it need not be a record.
            let (mut tried, mut read) = (false, self.messages & 1 << i != 0);
            for (at, part) in self.parts.iter().flatten().enumerate() {
                if role(part) == Role::NestedRecord && part.text.trim() == said.value.trim() {
                    tried = true;
                    read |= self.texts & 1 << at != 0;
                }
            }
            let text = said.kind != Kind::Other && !said.place.is_beside();
            let found = read
                || (text
                    && !tried
                    && nesting.try_record(&said.value, &mut |event| self.emit(event)))
                || (text && self.line(&said.value, nesting));
            self.messages |= u32::from(found) << i;
        }
    }

    /// Reads a message as the text of a syslog line whose program name was split off by a parser.
    #[inline(never)]
    fn line(&mut self, message: &str, nesting: Nesting) -> bool {
        let Some((line, other)) = syslog_line(self.outside, self.parts, message) else {
            return false;
        };
        if let Some(held) = other.filter(|_| self.unread.is_none()) {
            self.unread = Some(Unread { place: "program".into(), held: held.into() });
        }
        nesting.try_record(&line, &mut |event| self.emit(event))
    }

    /// Checks what is next to the records. Every message of the envelope, and every text under a
    /// name for records, must be a record or the message of one, or equal one that is. Two equal
    /// texts that were not read do not explain each other. Anything else is reported as an empty
    /// event.
    #[inline(never)]
    fn rest(&mut self) {
        let known = |text: &str| {
            let mut messages = self.outer_messages().enumerate();
            messages.any(|(i, known)| self.messages & 1 << i != 0 && known.value == text)
        };
        let mut messages = self.outer_messages();
        let other = messages.any(|said| !said.value.trim().is_empty() && !known(&said.value));
        let unknown = self.parts.iter().flatten().enumerate().any(|(i, part)| {
            let text = role(part) == Role::NestedRecord && !part.tree;
            text && self.texts & 1 << i == 0 && !known(&part.text)
        });
        if self.unknown || other || unknown {
            self.emit(&NOTHING);
        }
    }
}

/// The text of a syslog line whose program name was split off by a parser, and another name of the
/// program, if the record has two.
#[inline(never)]
fn syslog_line<'o>(
    event: &Event<'_>,
    parts: &'o Parts<'o>,
    message: &str,
) -> Option<(String, Option<&'o str>)> {
    let Event { shape: "syslog", computer, host, .. } = event else { return None };
    let programs = parts.iter().flatten().filter(|part| role(part) == Role::ShapeMarker);
    let mut programs = programs.map(|part| part.text.trim_end_matches(':'));
    let program = programs.next()?;
    let host = &*computer.iter().chain(host.iter()).next()?.value;
    let line = ["<13>1 - ", host, " ", program, " - - - ", program, ": ", message].concat();
    Some((line, programs.find(|other| !other.eq_ignore_ascii_case(program))))
}

/// Finds the shape, resolves generic names, and reads embedded copies of the event. Returns whether
/// the record itself has neither a source nor an id.
#[inline(never)]
fn settle<'a>(
    event: &mut Event<'a>,
    parts: &'a Parts<'a>,
    outline: Outline,
    nesting: Nesting,
) -> bool {
    sort_out(event, outline);
    // The small modules keep such a record.
    let bare = STREAMS && event.source.is_empty() && event.id.is_empty();
    let mut number = 0;
    for part in parts.iter().flatten() {
        number += 1;
        if role(part) == Role::EmbeddedCopy && again(event, part, number, nesting).is_none() {
            leave(event, part);
        }
    }
    if event.shape == "wazuh-eventlog" {
        alert_time(event);
    }
    bare
}

/// Settles all that does not need a nested record.
#[inline(never)]
fn sort_out(event: &mut Event<'_>, outline: Outline) {
    (event.shape, event.shapes) = outline.seen.shapes();
    if let Some(name) = outline.misfit(event.shapes, &event.strings) {
        event.leave_unread(name, "");
    }
    lists(event, outline);
    nothing(event);
    wrong_kinds(event);
    generic_names(event);
    if STREAMS && event.shape == "plaso" {
        plaso_message(event);
    }
}

/// Drops the time at which the manager wrote an alert, if the embedded line has the time of the
/// event.
#[inline(never)]
fn alert_time(event: &mut Event<'_>) {
    if event.time.iter().any(|said| said.place.part > 0) {
        let time = event.time.iter().find(|said| !Type::Time.fits(&said.value));
        if let Some(value) = time.map(|said| said.value.clone()) {
            event.leave_unread("timestamp", value);
        }
        event.time.retain_known(&|said| said.place.part > 0);
    }
}

/// Drops values that the shape writes under a name of the event, but that do not describe the
/// event.
#[inline(never)]
fn nothing(event: &mut Event<'_>) {
    let shape = event.shape;
    let shapes = event.shapes;
    for (_, path, what) in names::NOTHING.iter().filter(|row| row.0 == shape) {
        // If the record may also have a shape that uses the name, the value is kept for that shape.
        let is = |place: Place| {
            name_at(place).is_some_and(|name| {
                let own = !place.is_beside() || name.is_generic();
                own && name.path() == *path && !name.is_only_of(shapes)
            })
        };
        let says = |said: &Said<'_>| {
            !is(said.place)
                || match what {
                    Nothing::Any => false,
                    Nothing::Class => said.kind != Kind::Other || !class::describes(&said.value),
                    Nothing::Text(text) => said.value != *text,
                }
        };
        for field in event.fields_mut() {
            // Even a value that does not describe the event must not be repeated with a difference,
            // unless other programs use the name.
            let specific = |said: &Said<'_>| {
                is(said.place) && name_at(said.place).is_some_and(|name| !name.is_generic())
            };
            let repeated = field.repeated && field.find(&specific).is_some();
            field.retain(&says);
            if repeated {
                field.contradict();
            }
        }
    }
    if shape == "wmi-object" {
        event.strings.retain(|_, list| !list.spelling.class);
    }
}

/// Reads plaso's own message as a copy of the event, because it contains the whole event.
fn plaso_message(event: &mut Event<'_>) {
    /// A part number that no other part of a record has.
    const PART: u8 = 0x7F;
    let mut copies = Event::default();
    let read = |said: &Said<'_>| plaso::message(&said.value, 0, &mut Event::default()).is_some();
    for said in event.message.iter().filter(|said| read(said)) {
        // The filter has just read this text, so it cannot fail.
        let _ = plaso::message(&said.value, 0, &mut copies);
    }
    if !copies.is_untouched() && event.say_copy(&copies, PART).is_some() {
        event.message.retain_known(&|said| said.place.part == PART || !read(said));
    }
}

/// Accepts a list of one value as that value only if every known name has a list.
#[inline(never)]
fn lists(event: &mut Event<'_>, outline: Outline) {
    let one_each = |list: &Strings<'_>| list.spelling.listed;
    if !outline.list && !event.strings.iter().any(one_each) {
        return;
    }
    let all = outline.is_lists(&event.strings);
    for field in event.fields_mut() {
        field.settle_lists(if all { Kind::Text } else { Kind::Other });
    }
    for list in event.strings.iter_mut() {
        list.extra |= list.spelling.listed && !all;
    }
    if let Some(row) = outline.listed.filter(|_| !all) {
        event.leave_unread(names::row(row).path(), "");
    }
}

/// Whether a value has a type that its name never has.
fn is_wrong(name: Row, said: &Said<'_>) -> bool {
    said.kind == Kind::Other || (said.kind == Kind::Number && name.role.is_text())
}

/// Records a value of a wrong type. A source, an id, a log or a message is left out, because its
/// own condition fails.
#[inline(never)]
fn wrong_kinds(event: &mut Event<'_>) {
    let Event { level, computer, host, time, os_version, os_name, .. } = &*event;
    let fields = [level, computer, host, time, os_version, os_name];
    let wrong = fields.into_iter().flat_map(Field::iter).find_map(|said| {
        let name = name_at(said.place)?;
        is_wrong(name, said).then(|| (name.path(), said.value.clone()))
    });
    if let Some((path, value)) = wrong {
        event.leave_unread(path, value);
    }
}

/// Reads an embedded copy of the event, in any shape. `None` if the text is not a copy, and also
/// not the message or the source text of the record.
fn again<'a>(
    event: &mut Event<'a>,
    part: &'a Part<'a>,
    number: u8,
    nesting: Nesting,
) -> Option<()> {
    let text = part.text.trim_matches([' ', '\t', '\r', '\n']);
    // Logstash writes the whole record as its message and also as `event.original`.
    let same = event.message.texts().any(|message| message.trim_ascii() == text);
    if same || text::again(text, number, event).is_some() {
        return Some(());
    }
    let json = text.starts_with('{') || (STREAMS && prefix::json(text).is_some());
    let one = json && say_records(event, text, number, nesting) == Some(1);
    one.then_some(())
}

/// Adds the records in a text as copies of the event, and returns their number. `None` if memory
/// runs out.
fn say_records(event: &mut Event<'_>, text: &str, part: u8, nesting: Nesting) -> Option<usize> {
    let (mut count, mut whole) = (0, true);
    if let Some(nesting) = nesting.deeper() {
        nesting.try_record(text, &mut |copy| {
            count += 1;
            whole &= event.say_copy(copy, part).is_some();
        });
    }
    whole.then_some(count)
}

/// A bit mask of the parts that are records.
#[derive(Clone, Copy, Default)]
struct Copied(u32);

impl Copied {
    fn is_record(self, part: usize) -> bool {
        self.0 & 1 << part != 0
    }

    /// Emits the record in `fields`.
    fn emit_fields(self, parts: &Parts<'_>, nesting: Nesting, emit: Emit<'_>) {
        for (i, part) in parts.iter().flatten().enumerate() {
            if role(part) == Role::Fields && self.is_record(i) {
                nesting.try_record(&part.text, emit);
            }
        }
    }
}

/// Reads the copies next to the event of a record, or next to the events inside it. They must agree
/// with the event.
#[inline(never)]
fn copies<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>, own: bool, nesting: Nesting) -> Copied {
    let mut copied = Copied::default();
    for (i, part) in parts.iter().flatten().enumerate() {
        let copy = match role(part) {
            Role::Fields if is_copy(part, parts) => {
                let found = fields(event, part, nesting);
                copied.0 |= u32::from(found) << i;
                false
            }
            Role::ShapeMarker => false,
            Role::NestedRecord | Role::Fields => own,
            role => {
                // A list of records is not a part of a record. Graylog writes the ids of its own
                // streams under the same name.
                let names = role == Role::Loki && graylog_streams(&part.text);
                if own && role != Role::EmbeddedCopy && !names && !json::says_nothing(&part.text) {
                    leave(event, part);
                    copied.0 |= 1 << i;
                }
                false
            }
        };
        if !copy {
            continue;
        }
        if part.tree {
            let record = object(event, part, nesting);
            if part.apart && !record {
                leave(event, part);
            }
            copied.0 |= u32::from(record) << i;
            continue;
        }
        let text = part.text.trim_ascii();
        let count = say_records(event, text, Place::COPY, nesting);
        copied.0 |= u32::from(count != Some(0)) << i;
        let same = |message: &str| message.trim_ascii() == text;
        if count != Some(1) && (count != Some(0) || !event.message.texts().any(same)) {
            leave(event, part);
        }
    }
    copied
}

/// Whether a list holds only ids of Graylog streams, which are 24 hexadecimal digits each.
fn graylog_streams(list: &str) -> bool {
    loki::every(list, &mut |element| {
        let id = element.strip_prefix('"').and_then(|id| id.strip_suffix('"')).unwrap_or_default();
        id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Reads a message that is the source text of the record: the whole record as JSON, before a
/// pipeline parsed it. If only a copy says that this is a record (`bare`), the message may be the
/// rest of that text, without its syslog header.
#[inline(never)]
fn source_text(event: &mut Event<'_>, parts: &Parts<'_>, bare: bool, nesting: Nesting) {
    let source = |said: &Said<'_>| {
        said.value.trim_start().starts_with('{') || (bare && said.place.part == 0)
    };
    let texts = || event.message.iter().filter(|said| said.kind != Kind::Other);
    let Some(text) = texts().find(|said| source(said)) else { return };
    let text = text.value.clone().into_owned();
    if texts().all(source) {
        return;
    }
    let mut said = Event::default();
    let mut read = |text: &str| say_records(&mut said, text, 0, nesting) == Some(1);
    let whole = read(&text)
        || STREAMS
            && syslog_line(event, parts, &text)
                .is_some_and(|(line, other)| other.is_none() && read(&line));
    if whole {
        event.message.retain(&|said| said.value != text);
        let copied = event.say_copy(&said, Place::COPY);
        if copied.is_none() {
            event.leave_unread("message", text);
        }
    }
}

/// Reads an object next to the event, and returns whether it is a record. An object without source
/// and id may still describe the event, unless its names belong to the outer record.
fn object<'a>(event: &mut Event<'a>, part: &'a Part<'a>, nesting: Nesting) -> bool {
    let Some(nesting) = nesting.deeper() else { return false };
    let (mut found, mut whole, mut count) = (false, true, 0);
    let read = json::read(&part.text, "", nesting, None, &mut |copy| {
        count += 1;
        let record = !copy.source.is_empty() || !copy.id.is_empty() || copy.shape == TOO_DEEP;
        found |= record;
        if record {
            whole &= event.say_copy(copy, Place::COPY).is_some();
        } else {
            let mut said = Event::default();
            if let Some(unread) = copy.unread.as_ref().filter(|unread| holds_record(unread)) {
                said.leave_unread(&*unread.place, &*unread.held);
            }
            // Here they come from names in another case.
            said.source.clone_from(&copy.source);
            said.id.clone_from(&copy.id);
            if !part.owned {
                said.log.clone_from(&copy.log);
                said.message.clone_from(&copy.message);
                said.strings.clone_from(&copy.strings);
                said.data.clone_from(&copy.data);
                // The Elastic Common Schema and users of shippers have a different meaning for
                // these names.
                if !names::SHARED.contains(&name(part).path()) {
                    said.level.clone_from(&copy.level);
                    said.category.clone_from(&copy.category);
                }
            }
            whole &= event.say_copy(&said, Place::COPY).is_some();
        }
    });
    let several = is_several(found, count, part);
    if read.is_err() || !whole || several || (!found && is_record_only(part)) {
        leave(event, part);
    }
    found
}

/// Whether an object with `count` events, among which a record was `found` or not, is an envelope.
/// What is next to an event is one record.
fn is_several(found: bool, count: usize, part: &Part<'_>) -> bool {
    let mut several = found && count > 1;
    // The object was read before, so it is valid.
    let _ = loki::members(&part.text, &mut |name, value| {
        if let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, name) {
            let list = matches!(names::row(row).role, Role::RecordList | Role::Loki | Role::Otlp);
            several |= list && value.starts_with(['[', '{']) && !json::says_nothing(value);
        }
        Some(())
    });
    several
}

/// Whether an unread value has the place of a record, of a copy, or of a source or an id.
pub(super) fn holds_record(unread: &Unread<'_>) -> bool {
    let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, &unread.place) else {
        return false;
    };
    let role = names::row(row).role;
    matches!(role, Role::EmbeddedCopy | Role::NestedRecord | Role::Source | Role::Id)
}

/// Whether every value in `fields` is one of the event: all of them are lists, as Elasticsearch and
/// Kibana write them, or they are next to `_source`. Structured data always is.
fn is_copy(part: &Part<'_>, parts: &Parts<'_>) -> bool {
    let hit = |part: &Part<'_>| part.tree && name(part).path() == "_source";
    is_structured_data(part) || json::is_lists(&part.text) || parts.iter().flatten().any(hit)
}

/// Whether a part is the structured data of a syslog line.
fn is_structured_data(part: &Part<'_>) -> bool {
    name(part).path() != "fields"
}

/// Reads the text of structured data. Out of line, because an event is too large for the stack on
/// which nested records are read.
#[inline(never)]
fn structured_text<'a>(event: &mut Event<'a>, part: &'a Part<'a>) {
    let mut said = Event::default();
    rfc5424_data::say_beside(&part.text, &mut said);
    if event.say_copy(&said, Place::COPY).is_none() {
        leave(event, part);
    }
}

/// Reads `fields` as Elasticsearch and Kibana write it, or structured data. Its values are a copy of
/// the event. Returns whether it is a record, which structured data alone is not.
fn fields<'a>(event: &mut Event<'a>, part: &'a Part<'a>, nesting: Nesting) -> bool {
    let data = is_structured_data(part);
    if !part.tree {
        structured_text(event, part);
        return false;
    }
    let Some(nesting) = nesting.deeper() else { return false };
    let (mut found, mut count) = (false, 0);
    // Telegraf writes no lists in `fields`.
    let mut whole = event.shape != "telegraf" || data;
    let read = json::read(&part.text, "", nesting, None, &mut |copy| {
        count += 1;
        found |= !copy.source.is_empty() || !copy.id.is_empty();
        whole &= event.say_copy(copy, Place::COPY).is_some();
    });
    if read.is_err() || !whole || is_several(found, count, part) {
        event.leave_unread(name(part).path(), &*part.text);
    }
    found && !data
}

fn name(part: &Part<'_>) -> Row {
    names::row(part.row)
}

/// The name of the value's place, if the place has one.
#[inline(never)]
fn name_at(place: Place) -> Option<Row> {
    names::rows().get(usize::from(place.row)).copied()
}

fn role(part: &Part<'_>) -> Role {
    name(part).role
}

/// Records a part of a record as not understood.
fn leave<'a>(event: &mut Event<'a>, part: &'a Part<'a>) {
    event.leave_copy(name(part).path(), &*part.text);
}

/// Emits the records of one part.
#[inline(never)]
fn inner(part: &Part<'_>, nesting: Nesting, emit: Emit<'_>) {
    match role(part) {
        Role::NestedRecord => {
            nesting.try_record(&part.text, emit);
        }
        Role::Fields if !part.owned => {
            nesting.try_record(&part.text, emit);
        }
        Role::RecordList => each_record(&part.text, nesting, emit),
        Role::Loki => loki::records(&part.text, nesting, emit),
        Role::Otlp => otlp::records(&part.text, nesting, emit),
        _ => {}
    }
}

/// Emits every element of an array as a record.
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

/// A copy of a nested event with the labels of its envelope.
#[inline(never)]
fn with_labels<'e>(inner: &'e Event<'e>, outside: &'e Event<'e>) -> Event<'e> {
    let mut event = inner.clone();
    if event.computer.is_empty() && event.host.is_empty() {
        let named = !outside.computer.is_empty();
        event.computer.clone_from(if named { &outside.computer } else { &outside.host });
    }
    // Insertion strings of the envelope are not a label: they must agree with the event.
    for (row, strings) in (0..).zip(outside.strings.iter()) {
        event.strings.say(Place { part: u8::MAX, row }, strings.clone());
    }
    if event.time.is_empty() {
        event.time.clone_from(&outside.time);
    }
    if event.level.is_empty() {
        event.level.clone_from(&outside.level);
        // A name in another case, or a name of another shape, is not a label.
        let of_shape = |said: &Said<'_>| {
            let name = name_at(said.place);
            name.is_none_or(|name| !name.is_generic() || name.is_only_of(outside.shapes))
        };
        event.level.retain(&|said| !said.place.is_beside() && of_shape(said));
    }
    event.take_copies(outside);
    if STREAMS {
        identity(&mut event, true);
    }
    event
}

/// Like [`with_labels`], with the value of the envelope that was not understood.
fn labelled<'e>(
    inner: &'e Event<'e>,
    outside: &'e Event<'e>,
    unread: Option<&Unread<'e>>,
) -> Event<'e> {
    let mut event = with_labels(inner, outside);
    if event.unread.is_none() {
        event.unread = unread.cloned();
    }
    event
}

/// Whether a name belongs to all shapes, or to at least one of these; or, in another case, to any
/// shape.
#[inline(never)]
fn is_fitting(said: &Said<'_>, shapes: Shapes) -> bool {
    let name = names::row(said.place.row);
    !name.is_generic()
        || match said.place.part {
            // A level and the name of a file count in another case only where the shape has one. The
            // other short names are not in the tree for names in any case.
            Place::SHAPED if is_label(name) => names::rows()
                .iter()
                .any(|row| row.is_only_of(shapes) && row.path().eq_ignore_ascii_case(name.path())),
            Place::SHAPED => !is_short(name),
            part => name.is_only_of(shapes) != (part == Place::BESIDE),
        }
}

/// Whether a value has the name of another shape, and must still agree with the event.
#[inline(never)]
fn is_stray(said: &Said<'_>, shapes: Shapes) -> bool {
    !said.place.is_beside() && !is_fitting(said, shapes) && !is_short(names::row(said.place.row))
}

/// Whether a name is too common in other programs to compare its values.
fn is_short(name: Row) -> bool {
    matches!(name.path(), "source" | "value" | "host")
}

/// Whether pipelines use a name for labels of their own, such as the file that a record is from.
fn is_label(name: Row) -> bool {
    name.path().eq_ignore_ascii_case("level") || name.path() == "FileName"
}

/// Resolves generic names. Their values belong to the event if the shape has the name. Values of
/// other shapes' names must agree with the event.
#[inline(never)]
fn generic_names(event: &mut Event<'_>) {
    let shapes = event.shapes;
    let name = |said: &Said<'_>| names::row(said.place.row);
    let specific = |said: &Said<'_>| !name(said).is_generic();
    let fitting = |said: &Said<'_>| is_fitting(said, shapes);
    // Pipelines write their own level under this name.
    let first = event.shape;
    let of_pipeline = |said: &Said<'_>| {
        let word = |word: &&str| word.eq_ignore_ascii_case(&said.value);
        name(said).is_generic()
            && name(said).path() == "level"
            && names::OF_PIPELINES.iter().any(word)
            && !name(said).is_only_of(names::shapes_of(first))
    };
    // A level under the name of another shape counts if the record has no other level.
    let none = event.level.find(&|said| fitting(said) && !of_pipeline(said)).is_none();
    let error = |said: &Said<'_>| {
        let start = said.value.trim_start().get(..3).unwrap_or(&said.value);
        let number = !start.is_empty() && Type::Number.fits(start);
        fitting(said) && (start.eq_ignore_ascii_case("err") || number)
    };
    if none || event.level.find(&error).is_some() {
        event.level.retain(&|said| !of_pipeline(said));
    }
    let stray = |said: &Said<'_>| is_stray(said, shapes);
    let any_source = event.source.find(&specific).is_some();
    event.source.retain(&|said| !any_source || specific(said) || !is_short(name(said)));
    for field in [&mut event.source, &mut event.id, &mut event.log, &mut event.message] {
        field.move_to(Place::BESIDE, &stray);
    }
    if !none {
        event.level.move_to(Place::BESIDE, &stray);
    }
    // Labels of an envelope do not describe the event.
    let own = event.source.find(&fitting).or(event.id.find(&fitting)).is_some();
    let strange = |said: &Said<'_>| own && stray(said) && !Type::Computer.fits(&said.value);
    // In GELF, the short message is the start of the full one.
    let full = |short: &str| {
        event.message.find(&|said| specific(said) && said.value.starts_with(short)).is_some()
    };
    let any_full = event.message.find(&specific).is_some();
    let cut = |said: &Said<'_>| {
        let short = said.kind == Kind::Text && full(&said.value);
        any_full && !specific(said) && !short && fitting(said)
    };
    let other = event.computer.find(&strange).or_else(|| event.message.find(&cut));
    let other = other.map(|said| (name(said).path(), said.value.clone()));
    if let Some((path, value)) = other {
        event.leave_unread(path, value);
    }
    // A word outranks a number, so the shape's generic name counts next to a specific one.
    event.level.retain(&|said| fitting(said) || stray(said));
    let Event { source, id, log, computer, host, message, .. } = event;
    for field in [source, id, log, computer, host] {
        field.retain(&fitting);
    }
    let short = |said: &Said<'_>| any_full && !specific(said) && !said.place.is_beside();
    message.retain(&fitting);
    message.retain_known(&|said| !short(said));
    let other =
        |place| name_at(place).is_some_and(|name| name.is_generic() && !name.is_only_of(shapes));
    event.strings.move_to(Place::BESIDE, other);
    if event.shape == "nxlog-gelf" {
        let named = |said: &Said<'_>, path| name(said).path() == path;
        // If the record may have another shape, the number may have that shape's scale.
        if shapes.is_one() {
            event.level.rescale(&|said| named(said, "level"), Scale::Gelf);
        }
        if let Some(host) = event.host.find(&|said| named(said, "host")) {
            event.computer.say(host.place, host.kind, host.value.clone());
        }
    }
}
