//! From the fields of one JSON object to events: which generic names count, what says the same
//! event once more, and which records are inside.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Field, Kind, NOTHING, Place, Said, Scale, Shapes, Strings, Unread, Values},
    json::{Token, Tokens},
    record::{
        Emit, Nesting, TOO_DEEP,
        csv::plaso,
        emit_too_deep,
        json::{self, Outline, Part, Parts},
        loki,
        names::{self, Known, Node, Nothing, Role, Row, Step},
        otlp, text,
        typed::{self, Type},
    },
};

/// Emits the event that an object says, or the events inside it; tells whether it is the event of
/// its own members, and there is none inside.
///
/// What is inside outranks its envelope. Where the outside names a source or an id of its own, both
/// are events: a record may quote another one, and must not be taken for it; and what it quotes must
/// not say anything else.
pub(super) fn finish<'a>(
    event: &mut Event<'a>,
    parts: &'a Parts<'a>,
    outline: Outline,
    nesting: Nesting,
    emit: Emit<'_>,
) -> bool {
    settle(event, parts, outline, nesting);
    let own = !event.source.is_empty() || !event.id.is_empty();
    let copied = copies(event, parts, own, nesting);
    if own {
        source_text(event, nesting);
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
            // A copy that was none is not read again.
            if !own || copied.is_record(i) {
                let before = inside.count;
                inner(part, nesting, &mut |event| inside.emit(event));
                let none = !own && inside.count == before;
                let more = || !part.owned && says_more(part, nesting);
                inside.unknown |= none && part.tree && (part.apart || more());
                // A text that is a record needs not be the message of one.
                inside.texts |= u32::from(inside.count > before || part.tree) << i;
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
        }
    }
    let Inside { count, emit, .. } = inside;
    // What was not read cannot be vouched for, and must not vanish with the rest.
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

/// Notes a copy of another record: its number is another one. In an envelope, a source or an id in another
/// case is no label, but that of a copy.
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
            // Where a record is in its file is another thing.
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

/// Notes a text that is no record, where one may stand, nor the message.
#[inline(never)]
fn unread_texts<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>) {
    for part in parts.iter().flatten() {
        let record = role(part) == Role::NestedRecord && !part.tree;
        if record && !event.message.texts().any(|message| message == part.text) {
            leave(event, part);
        }
    }
}

/// Whether an object that is no record says something of an event all the same.
fn says_more(part: &Part<'_>, nesting: Nesting) -> bool {
    let mut more = false;
    let read = json::read(&part.text, "", nesting, None, &mut |event| {
        more |= !event.message.is_empty()
            || !event.log.is_empty()
            || !event.data.is_empty()
            || [&event.source, &event.id, &event.data].iter().any(|f| f.beside().next().is_some())
            || event.strings.iter().next().is_some();
    });
    role(part) == Role::NestedRecord && (more || read.is_err() || is_record_only(part))
}

/// Whether a part that says something stands under a name that has nothing but records.
fn is_record_only(part: &Part<'_>) -> bool {
    !names::SHARED.contains(&name(part).path()) && !json::says_nothing(&part.text)
}

/// What an envelope says that cannot be a label of the records inside it.
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

/// The events inside a record, as they are emitted.
struct Inside<'e, 'o> {
    outside: &'o Event<'o>,
    /// The outside says something that the events inside take over.
    labels: bool,
    /// What the outside says that nobody understood.
    unread: Option<Unread<'o>>,
    /// The event of a part that says nothing, with what its envelope says.
    silent: Option<Box<Event<'o>>>,
    parts: &'o Parts<'o>,
    emit: Emit<'e>,
    count: usize,
    /// Which messages of the envelope are those of events inside it: a bit each.
    messages: u32,
    /// Which parts are records, or the messages of events: a bit each.
    texts: u32,
    /// Something beside the events says what nobody understood.
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
        // A list can hold half a million parts that say nothing in a megabyte.
        let silent = STREAMS && inner.shape.is_empty() && inner.is_untouched();
        if silent {
            let (outside, unread) = (self.outside, self.unread.as_ref());
            let event =
                self.silent.get_or_insert_with(|| Box::new(labelled(&NOTHING, outside, unread)));
            return (self.emit)(event);
        }
        (self.emit)(&labelled(inner, self.outside, self.unread.as_ref()));
    }

    /// The messages of the envelope, also those under names in another case: a program that does not
    /// mind the case takes them.
    fn outer_messages(&self) -> Values<'o, 'o> {
        self.outside.message.values(|said| {
            let read = !said.place.is_beside() || said.place.part == Place::BESIDE;
            read && !said.value.is_empty()
        })
    }

    /// Reads the messages of the envelope as records.
    #[inline(never)] // In an interpreter, what is inlined waits on the stack while a record is read.
    fn messages(&mut self, nesting: Nesting) {
        for (i, said) in self.outer_messages().enumerate() {
            // It was read already.
            let same = |part: &Part<'_>| {
                role(part) == Role::NestedRecord && part.text.trim() == said.value.trim()
            };
            let read = self.messages & 1 << i != 0 || self.parts.iter().flatten().any(same);
            let text = said.kind != Kind::Other && !said.place.is_beside();
            let found = read
                || (text && nesting.try_record(&said.value, &mut |event| self.emit(event)))
                || (text && self.line(&said.value, nesting));
            self.messages |= u32::from(found) << i;
        }
    }

    /// Reads a message as what a line of syslog had behind the program, whose name a parser took off.
    #[inline(never)]
    fn line(&mut self, message: &str, nesting: Nesting) -> bool {
        let Event { shape: "syslog", computer, host, .. } = self.outside else { return false };
        let program = self.parts.iter().flatten().find(|part| role(part) == Role::ShapeMarker);
        let Some((program, host)) = program.zip(computer.iter().chain(host.iter()).next()) else {
            return false;
        };
        let (program, host) = (program.text.trim_end_matches(':'), &*host.value);
        let line = ["<13>1 - ", host, " ", program, " - - - ", program, ": ", message].concat();
        nesting.try_record(&line, &mut |event| self.emit(event))
    }

    /// Beside the records, a message of the envelope must be one, or the message of one; so must a text
    /// under a name that has a record. Anything else says something that nobody read.
    #[inline(never)]
    fn rest(&mut self) {
        let (read, mut other) = (self.messages, false);
        for said in self.outer_messages() {
            let same =
                |(i, known): (usize, &Said<'_>)| read & 1 << i != 0 && known.value == said.value;
            other |= !said.value.trim().is_empty() && !self.outer_messages().enumerate().any(same);
        }
        let known = |text: &str| self.outside.message.texts().any(|message| message == text);
        let unknown = self.parts.iter().flatten().enumerate().any(|(i, part)| {
            role(part) == Role::NestedRecord && self.texts & 1 << i == 0 && !known(&part.text)
        });
        if self.unknown || other || unknown {
            self.emit(&NOTHING);
        }
    }
}

/// Names the shape, sorts out generic names, and reads what says the same event once more.
#[inline(never)]
fn settle<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>, outline: Outline, nesting: Nesting) {
    sort_out(event, outline);
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
}

/// What settles the event without reading any record in it.
#[inline(never)]
fn sort_out(event: &mut Event<'_>, outline: Outline) {
    (event.shape, event.shapes) = (outline.seen.shape(), outline.seen.shapes());
    lists(event, outline);
    nothing(event);
    wrong_kinds(event);
    generic_names(event);
    if STREAMS && event.shape == "plaso" {
        plaso_message(event);
    }
}

/// Forgets when the manager wrote an alert, where the line in it has the time of the event.
#[inline(never)]
fn alert_time(event: &mut Event<'_>) {
    if event.time.iter().any(|said| said.place.part > 0) {
        let time = event.time.iter().find(|said| !Type::Time.fits(&said.value));
        if let Some(value) = time.map(|said| said.value.clone()) {
            event.leave_unread("timestamp", value);
        }
        event.time.retain(&|said| said.place.part > 0);
    }
}

/// Forgets what the shape has under a name of the event that says nothing of it.
#[inline(never)]
fn nothing(event: &mut Event<'_>) {
    let shape = event.shape;
    let shapes = event.shapes;
    for (_, path, what) in names::NOTHING.iter().filter(|row| row.0 == shape) {
        // Where the record may be of a shape that has the name, that one reads it.
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
                    Nothing::Tree => {
                        said.kind != Kind::Other || !said.value.starts_with(['{', '['])
                    }
                    Nothing::Text(text) => said.value != *text,
                }
        };
        for field in event.fields_mut() {
            // What says nothing of the event may not stand twice, either.
            let repeated = field.repeated && matches!(what, Nothing::Tree);
            field.retain(&says);
            field.repeated |= repeated;
        }
        event.strings.retain(|place| !is(place));
    }
}

/// Takes plaso's own text, which says the whole event once more, for that instead of the event's message.
fn plaso_message(event: &mut Event<'_>) {
    /// Behind the parts of a record, which have other numbers.
    const PART: u8 = 0x7F;
    let mut copies = Event::default();
    let read = |said: &Said<'_>| plaso::message(&said.value, 0, &mut Event::default()).is_some();
    for said in event.message.iter().filter(|said| read(said)) {
        // It was read just now.
        let _ = plaso::message(&said.value, 0, &mut copies);
    }
    if !copies.is_untouched() && event.say_copy(&copies, PART).is_some() {
        event.message.retain(&|said| said.place.part == PART || !read(said));
    }
}

/// Lists of one value are that value only where every name has a list.
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

/// Whether a value is of a kind that its name cannot have.
fn is_wrong(name: Row, said: &Said<'_>) -> bool {
    said.kind == Kind::Other || (said.kind == Kind::Number && name.role.is_text())
}

/// Notes a value that is nothing that its name can have. That of a source, an id, a log or a message
/// fails a condition of its own.
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

/// Reads text that says the event of its record once more: as a record of any shape. `None` where it is
/// none, and not the message or what the record was read from either.
fn again<'a>(
    event: &mut Event<'a>,
    part: &'a Part<'a>,
    number: u8,
    nesting: Nesting,
) -> Option<()> {
    let text = part.text.trim_matches([' ', '\t', '\r', '\n']);
    // Logstash gives a record as its message and as what it was read from: both are the record.
    let same = event.message.texts().any(|message| message.trim_ascii() == text);
    if same || text::again(text, number, event).is_some() {
        return Some(());
    }
    let one = text.starts_with('{') && say_records(event, text, number, nesting) == Some(1);
    one.then_some(())
}

/// Says the records in a text as copies of the event, and counts them. `None` where memory ran out.
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

/// Which parts of a record are records.
#[derive(Clone, Copy, Default)]
struct Copied(u32);

impl Copied {
    fn is_record(self, part: usize) -> bool {
        self.0 & 1 << part != 0
    }

    /// Emits the record that `fields` is.
    fn emit_fields(self, parts: &Parts<'_>, nesting: Nesting, emit: Emit<'_>) {
        for (i, part) in parts.iter().flatten().enumerate() {
            if role(part) == Role::Fields && self.is_record(i) {
                nesting.try_record(&part.text, emit);
            }
        }
    }
}

/// Reads what stands beside the event of a record, or the events inside it, and may not say anything
/// else.
#[inline(never)]
fn copies<'a>(event: &mut Event<'a>, parts: &'a Parts<'a>, own: bool, nesting: Nesting) -> Copied {
    let mut copied = Copied::default();
    for (i, part) in parts.iter().flatten().enumerate() {
        let copy = match role(part) {
            Role::Fields if json::is_lists(&part.text) => {
                let found = fields(event, part, nesting);
                copied.0 |= u32::from(found) << i;
                false
            }
            Role::ShapeMarker => false,
            Role::NestedRecord | Role::Fields => own,
            role => {
                // A body of records is no part of a record. Graylog has the names of its own streams.
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
        if count.is_none() || (count == Some(0) && !event.message.texts().any(same)) {
            leave(event, part);
        }
    }
    copied
}

/// Whether a list holds nothing but ids of Graylog's streams: 24 hexadecimal digits each.
fn graylog_streams(list: &str) -> bool {
    let mut tokens = Tokens::new(list);
    let mut ids = tokens.next() == Ok(Token::ArrayStart);
    while let (true, Ok(Some(element))) = (ids, tokens.element()) {
        let id = element.strip_prefix('"').and_then(|id| id.strip_suffix('"')).unwrap_or_default();
        ids = id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    ids
}

/// Reads a message that is the record once more, as JSON: what a pipeline parsed the record from.
fn source_text(event: &mut Event<'_>, nesting: Nesting) {
    let json = |text: &str| text.trim_start().starts_with('{');
    let text = event.message.texts().find(|text| json(text)).map(str::to_owned);
    let Some(text) = text else { return };
    if !event.message.texts().any(|message| !json(message)) {
        return;
    }
    let mut said = Event::default();
    if say_records(&mut said, &text, 0, nesting).is_some_and(|count| count > 0) {
        event.message.retain(&|said| said.value != text);
        let copied = event.say_copy(&said, Place::COPY);
        if copied.is_none() {
            event.leave_unread("message", text);
        }
    }
}

/// Reads an object beside the event of its record; tells whether it is a record. One that names neither
/// source nor id may still say something of the event, unless its names belong to the record.
fn object<'a>(event: &mut Event<'a>, part: &'a Part<'a>, nesting: Nesting) -> bool {
    let Some(nesting) = nesting.deeper() else { return false };
    let (mut found, mut whole) = (false, true);
    let read = json::read(&part.text, "", nesting, None, &mut |copy| {
        let record = !copy.source.is_empty() || !copy.id.is_empty() || copy.shape == TOO_DEEP;
        found |= record;
        if record {
            whole &= event.say_copy(copy, Place::COPY).is_some();
        } else {
            let mut said = Event::default();
            if let Some(unread) = copy.unread.as_ref().filter(|unread| holds_record(unread)) {
                said.leave_unread(&*unread.place, &*unread.held);
            }
            // Under names in another case.
            said.source.clone_from(&copy.source);
            said.id.clone_from(&copy.id);
            if !part.owned {
                said.log.clone_from(&copy.log);
                said.message.clone_from(&copy.message);
                said.strings.clone_from(&copy.strings);
                said.data.clone_from(&copy.data);
                // Those of the Elastic Common Schema and of a shipper's user are another thing.
                if !names::SHARED.contains(&name(part).path()) {
                    said.level.clone_from(&copy.level);
                    said.category.clone_from(&copy.category);
                }
            }
            whole &= event.say_copy(&said, Place::COPY).is_some();
        }
    });
    if read.is_err() || !whole || (!found && is_record_only(part)) {
        leave(event, part);
    }
    found
}

/// Whether what was not understood stands where a record, a copy of one or what makes one does.
pub(super) fn holds_record(unread: &Unread<'_>) -> bool {
    let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, &unread.place) else {
        return false;
    };
    let role = names::row(row).role;
    matches!(role, Role::EmbeddedCopy | Role::NestedRecord | Role::Source | Role::Id)
}

/// Reads `fields` as Elasticsearch and Kibana give it: what it says is a copy, record or not. Tells whether
/// it is a record.
fn fields<'a>(event: &mut Event<'a>, part: &'a Part<'a>, nesting: Nesting) -> bool {
    let Some(nesting) = nesting.deeper() else { return false };
    let mut found = false;
    // Telegraf has no lists there.
    let mut whole = event.shape != "telegraf";
    let read = json::read(&part.text, "", nesting, None, &mut |copy| {
        found |= !copy.source.is_empty() || !copy.id.is_empty();
        whole &= event.say_copy(copy, Place::COPY).is_some();
    });
    if read.is_err() || !whole {
        event.leave_unread("fields", &*part.text);
    }
    found
}

fn name(part: &Part<'_>) -> Row {
    names::row(part.row)
}

/// The name that a value stood under.
#[inline(never)]
fn name_at(place: Place) -> Option<Row> {
    names::rows().get(usize::from(place.row)).copied()
}

fn role(part: &Part<'_>) -> Role {
    name(part).role
}

/// Says that a part of a record was not understood.
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
        Role::Fields if !part.owned && !json::is_lists(&part.text) => {
            nesting.try_record(&part.text, emit);
        }
        Role::RecordList => each_record(&part.text, nesting, emit),
        Role::Loki => loki::records(&part.text, nesting, emit),
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

/// An inner event, with what only its envelope knows.
#[inline(never)]
fn with_labels<'e>(inner: &'e Event<'e>, outside: &'e Event<'e>) -> Event<'e> {
    let mut event = inner.clone();
    if event.computer.is_empty() && event.host.is_empty() {
        let named = !outside.computer.is_empty();
        event.computer.clone_from(if named { &outside.computer } else { &outside.host });
    }
    // Insertion strings beside the text that they belong to are no label: they must agree with it.
    for (row, strings) in (0..).zip(outside.strings.iter()) {
        event.strings.say(Place { part: u8::MAX, row }, strings.clone());
    }
    if event.time.is_empty() {
        event.time.clone_from(&outside.time);
    }
    if event.level.is_empty() {
        event.level.clone_from(&outside.level);
        // Nor is a name in another case a label, or one of another shape.
        let of_shape = |said: &Said<'_>| {
            let name = name_at(said.place);
            name.is_none_or(|name| !name.is_generic() || name.is_only_of(outside.shapes))
        };
        event.level.retain(&|said| !said.place.is_beside() && of_shape(said));
    }
    event.take_copies(outside);
    event
}

/// The same with what nobody understood in the envelope.
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

/// Whether a name is one that all shapes have, or one of these.
#[inline(never)]
fn is_fitting(said: &Said<'_>, shapes: Shapes) -> bool {
    let name = names::row(said.place.row);
    !name.is_generic()
        || match said.place.part {
            // A name in another case is none of a shape that spells it so.
            Place::SHAPED => names::rows()
                .iter()
                .any(|row| row.is_only_of(shapes) && row.path().eq_ignore_ascii_case(name.path())),
            part => name.is_only_of(shapes) != (part == Place::BESIDE),
        }
}

/// Whether a value stands under the name of another shape, and must be the event's all the same.
#[inline(never)]
fn is_stray(said: &Said<'_>, shapes: Shapes) -> bool {
    let short = is_short(names::row(said.place.row));
    !said.place.is_beside() && !short && !is_fitting(said, shapes)
}

/// Whether a name has many meanings in other programs.
fn is_short(name: Row) -> bool {
    matches!(name.path(), "source" | "value" | "host")
}

/// Sorts out the values of generic names: they are the event's where the shape spells them so. Those of
/// other shapes must not say anything else.
#[inline(never)]
fn generic_names(event: &mut Event<'_>) {
    let shapes = event.shapes;
    let name = |said: &Said<'_>| names::row(said.place.row);
    let specific = |said: &Said<'_>| !name(said).is_generic();
    let fitting = |said: &Said<'_>| is_fitting(said, shapes);
    // What pipelines say of themselves.
    let first = names::shapes_of(event.shape);
    let of_pipeline = |said: &Said<'_>| {
        let word = names::OF_PIPELINES.iter().any(|word| word.eq_ignore_ascii_case(&said.value));
        word && name(said).path() == "level" && !name(said).is_only_of(first)
    };
    // A stray level is that of the event, where the record has no other.
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
    // Labels of an envelope say nothing of the event.
    let own = event.source.find(&fitting).or(event.id.find(&fitting)).is_some();
    let strange = |said: &Said<'_>| own && stray(said) && !Type::Computer.fits(&said.value);
    // GELF's short message is the beginning of the full one.
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
    // A word decides over a number, so a shape's own generic name counts beside a specific one.
    event.level.retain(&|said| fitting(said) || stray(said));
    let Event { source, id, log, computer, host, message, .. } = event;
    for field in [source, id, log, computer, host] {
        field.retain(&fitting);
    }
    let short = |said: &Said<'_>| any_full && !specific(said) && !said.place.is_beside();
    message.retain(&|said| fitting(said) && !short(said));
    let other =
        |place| name_at(place).is_some_and(|name| name.is_generic() && !name.is_only_of(shapes));
    event.strings.retain(|place| !place.is_beside() || !other(place));
    event.strings.move_to(Place::BESIDE, other);
    if event.shape == "nxlog-gelf" {
        let named = |said: &Said<'_>, path| name(said).path() == path;
        // Where the record may be of another shape, the number may have its scale.
        if shapes.is_one() {
            event.level.rescale(&|said| named(said, "level"), Scale::Gelf);
        }
        if let Some(host) = event.host.find(&|said| named(said, "host"))
            && event.computer.is_empty()
        {
            event.computer.say(host.place, host.kind, host.value.clone());
        }
    }
}
