//! The reader of JSON records: one pass over the tokens. Names are looked up by their dotted path,
//! and all other members are skipped. The recursion depth does not depend on the input, because
//! known names are at most [`DEPTH`] deep.

use std::borrow::Cow;

use crate::{
    STREAMS,
    event::{Event, Field, Kind, Lists, Place, Scale, Shapes, Strings},
    json::{Invalid, Str, Token, Tokens},
    message,
    record::{
        Emit, Nesting, TOO_DEEP, class, emit_too_deep, envelope, loki,
        names::{self, Known, Node, Role, Seen, Step},
        say, strings, syslog,
        typed::{self, Type},
        wildcards::{Wildcard, WildcardSpans},
    },
    swar::Words,
};

/// The maximum depth of a known name.
const DEPTH: usize = 8;

/// The names that syslog parsers use for the name of the program.
const PROGRAMS: [&str; 3] = ["program", "ident", "appname"];

/// The object in which Elasticsearch returns its list of records.
const HITS: &str = "hits";

/// The maximum number of members that may occur only once: objects on the path to a name, texts and
/// lists of records. No shape has as many.
const ONCE: usize = 24;

/// Where the tag goes, and the members that are already there. Offsets are bytes from the start of
/// the object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The end of the last member's value, or the byte after `{` if there is no member.
    pub end: usize,
    /// Whether the object has any member.
    pub members: bool,
    /// The value of the member that holds tags.
    pub key: Member,
    /// The value of the member `tags`.
    pub tags: Member,
    /// Whether another member can be mistaken for the tag: its name differs in case, or it starts
    /// with the tag's name and a dot.
    pub claimed: bool,
}

/// A top-level member that matters for the tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Member {
    /// The member does not occur.
    #[default]
    Absent,
    /// The member occurs once; this is the span of its value.
    Once(core::ops::Range<usize>),
    /// The member occurs more than once.
    Twice,
}

impl Layout {
    /// Adjusts the offsets after a value at `at` was replaced: the old length is `old`, the new one
    /// is `new`.
    pub fn shift(&mut self, at: usize, old: usize, new: usize) {
        let spans = [&mut self.key, &mut self.tags].into_iter().filter_map(|member| match member {
            Member::Once(span) => Some([&mut span.start, &mut span.end]),
            _ => None,
        });
        for place in spans.flatten().chain([&mut self.end]) {
            if *place > at {
                *place = place.saturating_sub(old) + new;
            }
        }
    }
}

impl Member {
    fn add(&mut self, span: core::ops::Range<usize>) {
        *self = if *self == Self::Absent { Self::Once(span) } else { Self::Twice };
    }
}

/// A part of the record that is read after the record itself, with the row of its name.
pub(super) struct Part<'a> {
    pub row: u16,
    pub text: Cow<'a, str>,
    /// Whether the part is an object or a list, not text.
    pub tree: bool,
    /// Whether the part is an object with names that belong to the record around it.
    pub owned: bool,
    /// Whether the part has a member that only a nested record can have.
    pub apart: bool,
}

impl<'a> Part<'a> {
    /// A part without further properties.
    fn of(row: u16, text: impl Into<Cow<'a, str>>, tree: bool) -> Self {
        Self { row, text: text.into(), tree, owned: false, apart: false }
    }
}

/// What the members of an object have in common.
#[derive(Clone, Copy, Default)]
pub(super) struct Outline {
    /// The names that occurred, of those that define shapes.
    pub seen: Seen,
    /// At least one known name has a list of one value.
    pub list: bool,
    /// At least one known name has a value outside a list.
    plain: bool,
    /// The row of a name that feeds no field and has a list of one value.
    pub listed: Option<u16>,
    /// The names that only some shapes have, whose values have the wrong type there.
    misfits: Misfits,
}

/// The shapes of names whose values have the wrong type.
#[derive(Clone, Copy, Default)]
struct Misfits {
    /// In every record of these shapes.
    always: Shapes,
    /// In a record of these shapes, unless every known name has a list.
    listed: Shapes,
    /// The row of the last such name.
    row: u16,
}

impl Outline {
    /// The name of a value that has the wrong type in a record of these shapes.
    pub fn misfit(&self, shapes: Shapes, strings: &Lists<'_>) -> Option<&'static str> {
        let Misfits { always, listed, row } = self.misfits;
        let wrong =
            always.0 & shapes.0 != 0 || (listed.0 & shapes.0 != 0 && !self.is_lists(strings));
        wrong.then(|| names::row(row).path())
    }

    /// Whether no known name has a value.
    fn is_unknown(self) -> bool {
        self.seen.is_empty() && !self.list && !self.plain && self.listed.is_none()
    }

    /// Records the value of a name. `tree` says whether it is a list or an object.
    fn note_value(&mut self, tree: bool, kind: Kind, text: &str) {
        if tree {
            self.list |= kind == Kind::Listed || (!text.is_empty() && !text.starts_with('{'));
        } else {
            self.plain |= !text.is_empty();
        }
    }

    /// Records the value of a name that feeds no field.
    fn note(&mut self, row: u16, kind: Kind, text: &str) {
        if kind == Kind::Listed {
            self.list = true;
            self.listed = Some(row);
        } else {
            self.plain |= !text.is_empty();
        }
    }

    /// Whether every known name has a list, as in `fields` and alerts of Elasticsearch and Kibana.
    /// Then a list of one value counts as that value.
    pub fn is_lists(self, strings: &Lists<'_>) -> bool {
        let list = self.list || strings.iter().any(|list| list.spelling.listed);
        let plain = self.plain || strings.iter().any(|list| list.spelling.plain);
        list && !plain
    }
}

/// An object that is being read.
#[derive(Clone, Copy, Default)]
struct Frame {
    /// The node where its names continue, in their exact spelling.
    node: Node,
    /// Like `node`, for names in any case.
    folded: Node,
    /// The offset where the object starts.
    start: usize,
    /// The row of the object's name, if the object may be a nested record.
    inner: Option<u16>,
    /// Whether the object has a member of a record or of an envelope. Of other objects than nested
    /// records: whether it contains records.
    record: bool,
    /// Whether the object has a name that belongs to the record around it.
    owned: bool,
    /// Whether the object has a member that only a nested record can have.
    apart: bool,
}

/// The parts of one record. No shape has as many.
pub(super) type Parts<'a> = [Option<Part<'a>>; 6];

/// The name of the shape for objects that match no row of [`names::SHAPES`].
pub(super) const JSON: &str = "json";
static MEMBERLESS: Event<'static> = Event::nothing(JSON);

/// Whether an object has no members. This is a fast path, because a line can hold very many of
/// these two-byte objects.
fn is_empty(object: &str) -> bool {
    let inside = object.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inside.is_some_and(|inside| inside.bytes().all(|byte| b" \t\r\n".contains(&byte)))
}

/// Reads one JSON object and emits its event, or the events inside it. `key` is the name of the
/// member that holds tags.
///
/// # Errors
///
/// [`Invalid`] if the text is not exactly one valid JSON object.
pub fn read(
    text: &str,
    key: &str,
    nesting: Nesting,
    mut slots: Option<&mut WildcardSpans>,
    emit: Emit<'_>,
) -> Result<Layout, Invalid> {
    // Hosts get one record at a time and need small modules, so they skip the fast path.
    let fast = STREAMS;
    if fast && is_empty(text) {
        if let Some(slots) = slots {
            slots.refuse();
        }
        emit(&MEMBERLESS);
        return Ok(Layout { end: 1, ..Layout::default() });
    }
    let mut parts = [const { None }; 6];
    let mut event = Event::default();
    let parsed = parse(text, key, &mut event, &mut parts, slots.as_deref_mut());
    // A record that is nested too deeply is emitted as an unread event, so that it is not lost.
    if parsed.is_err() && event.shape == TOO_DEEP {
        emit_too_deep(emit);
    }
    let (layout, outline) = parsed?;
    let nothing = fast && outline.is_unknown() && parts[0].is_none() && event.is_untouched();
    let alone = if nothing {
        event.shape = JSON;
        emit(&event);
        false
    } else {
        envelope::finish(&mut event, &parts, outline, nesting, emit)
    };
    if let Some(slots) = slots.filter(|_| !alone) {
        slots.refuse();
    }
    Ok(layout)
}

/// Out of line, because [`read`] stays on the stack while nested records are read, and hosts have a
/// stack of a few kilobytes. The event is filled in place, because it is too large to move.
#[inline(never)]
fn parse<'a>(
    text: &'a str,
    key: &str,
    event: &mut Event<'a>,
    parts: &mut Parts<'a>,
    slots: Option<&mut WildcardSpans>,
) -> Result<(Layout, Outline), Invalid> {
    let mut reader = Reader {
        tokens: Tokens::new(text),
        text,
        frames: [Frame::default(); DEPTH],
        depth: 0,
        event,
        parts,
        once: [(Node::NONE, ""); ONCE],
        outline: Outline::default(),
        key,
        slots,
    };
    let layout = reader.object();
    if reader.tokens.is_too_deep() {
        reader.event.shape = TOO_DEEP;
    }
    Ok((layout?, reader.outline))
}

struct Reader<'r, 'a> {
    tokens: Tokens<'a>,
    text: &'a str,
    frames: [Frame; DEPTH],
    depth: usize,
    event: &'r mut Event<'a>,
    parts: &'r mut Parts<'a>,
    /// The raw values of members that may occur only once. The event itself checks the members that
    /// feed fields.
    once: [(Node, &'a str); ONCE],
    outline: Outline,
    /// The name of the member that holds tags.
    key: &'r str,
    slots: Option<&'r mut WildcardSpans>,
}

impl<'a> Reader<'_, 'a> {
    /// Reads the record. What is rare is in functions out of line, because an interpreter counts all
    /// of a loop for each member.
    fn object(&mut self) -> Result<Layout, Invalid> {
        if self.tokens.next()? != Token::ObjectStart {
            return Err(Invalid);
        }
        let mut layout = Layout { end: self.tokens.position(), ..Layout::default() };
        // The name of the current top-level member, and the offset of its value.
        let mut member = (Str { raw: "", escaped: false }, 0);
        loop {
            match self.tokens.next()? {
                Token::Key(name) => {
                    self.tokens.peek();
                    if self.depth == 0 {
                        member = (name, self.tokens.position());
                    }
                    self.member(name)?;
                }
                Token::ObjectEnd if self.depth == 0 => break,
                Token::ObjectEnd => self.close(),
                _ => return Err(Invalid),
            }
            if self.depth == 0 {
                layout.end = self.tokens.position();
                layout.members = true;
                let (name, start) = member;
                if name.is(self.key) {
                    layout.key.add(start..layout.end);
                } else if name.is("tags") {
                    layout.tags.add(start..layout.end);
                } else {
                    layout.claimed |= claims(name, self.key);
                }
            }
        }
        self.tokens.end()?;
        Ok(layout)
    }

    /// Reads the value of one member. Only an object on the path to a known name is opened.
    fn member(&mut self, name: Str<'a>) -> Result<(), Invalid> {
        let decoded;
        let name = if name.escaped {
            decoded = name.decode().ok_or(Invalid)?;
            &*decoded
        } else {
            name.raw
        };
        // Elasticsearch uses this suffix for a second index of the same value.
        let name = match name.as_bytes() {
            [.., b'd'] => name.strip_suffix(".keyword").unwrap_or(name),
            _ => name,
        };
        let spelled = STREAMS.then(|| names::as_spelled(name));
        let name = spelled.as_deref().unwrap_or(name);
        let Frame { node, folded, inner, record, .. } = self.frames[self.depth];
        if inner.is_some() && !record {
            self.frames[self.depth].record = self.makes_record(inner, name);
        }
        let known = match names::step_or_in_any_case(node, folded, name) {
            (Step::Known(known), false) => known,
            (Step::Within(row, name), false) => return self.string(row, name),
            (Step::Below(row), false) => {
                // A name with a value is not an object, so it has no members.
                let value = self.tokens.skip_value()?;
                self.event.leave_unread(names::row(row).path(), value);
                return Ok(());
            }
            (step, _) => return self.unknown(step, name),
        };
        let in_record = inner.is_some_and(|row| names::row(row).role == Role::NestedRecord);
        if in_record && self.is_of_record(known.row, name) {
            self.frames[self.depth].apart = true;
            let value = self.tokens.skip_value()?;
            self.once(known.node, value);
            return Ok(());
        }
        let first = self.tokens.peek();
        let start = self.tokens.position();
        let role = known.row.map(|row| (row, names::row(row).role));
        let frame = &mut self.frames[self.depth];
        frame.owned = true;
        frame.record |=
            matches!(role, Some((_, Role::NestedRecord | Role::RecordList | Role::Loki)));
        if let Some((row, role)) = role {
            self.mark(row, role, known.node, name);
        }
        let tree = matches!(first, Some(b'{' | b'['));
        if let Some((row, Role::Fields)) = role
            && is_lists(&self.text[start..])
        {
            // The `fields` of Elasticsearch and Kibana are a record of their own.
            let text = self.tokens.skip_value()?;
            self.part(Part::of(row, text, true));
            self.once(known.node, text);
            return Ok(());
        }
        if let Some((row, role)) = role.filter(|(_, role)| role.is_field()) {
            let plain = !tree && !known.inner && !matches!(role, Role::Strings);
            if plain {
                return self.field(row, role, shadowed(known));
            }
        }
        if let Some((row, _)) = role
            && self.tokens.at_members()
            && !known.inner
            && names::row(row).is_generic()
            && let Some(other) = known.in_any_case()
            && other.inner
        {
            // Here the name is a generic name of another shape and also, in another case, the start
            // of longer names. In the shape that has the generic name, its value is not an object.
            let (place, role) = (Place { part: 0, row }, names::row(row).role);
            say(self.event, place, role, Kind::Other, "{}".into());
            return self.unknown(Step::Known(other), name);
        }
        let strings = matches!(role, Some((_, Role::Strings)));
        if known.inner && !strings && first == Some(b'{') && self.depth + 1 < DEPTH {
            let inner = match role {
                Some((row, Role::NestedRecord | Role::Fields)) => Some(row),
                _ => None,
            };
            let folded = known.in_any_case().map_or(Node::NONE, |known| known.node);
            return self.open(Frame { node: known.node, folded, start, inner, ..Frame::default() });
        }
        let mut once = known.inner;
        match role {
            Some((row, Role::Strings)) => {
                once = true;
                self.strings(row)?;
            }
            Some((row, Role::Host)) if known.inner => self.host(row)?,
            Some((row, role)) if role.is_field() => {
                self.field(row, role, shadowed(known))?;
            }
            Some((row, role)) => {
                once = true;
                self.value(row, role, tree)?;
            }
            None => self.no_object(known.node)?,
        }
        if once {
            self.once(known.node, &self.text[start..self.tokens.position()]);
        }
        Ok(())
    }

    /// Records that the value that comes next has this name.
    fn mark(&mut self, row: u16, role: Role, node: Node, name: &str) {
        if !begins_with_nothing(&self.text[self.tokens.position()..]) {
            self.outline.seen.insert(row);
        } else if role.is_field() && self.depth == 0 && names::is_shared(name) {
            // The object of this name may say it too, for the record inside.
            self.once(node, "null");
        }
    }

    /// Whether a member belongs to the nested record and not to the record around it: its name is a
    /// name of records, and its value has a type that the outer record never has there.
    #[inline(never)]
    fn is_of_record(&mut self, row: Option<u16>, name: &str) -> bool {
        let Some(role) = row.map(|row| names::row(row).role) else { return false };
        let object = self.tokens.at_members();
        let number = matches!(self.tokens.peek(), Some(b'-' | b'0'..=b'9'));
        if !role.is_field() || role == Role::Strings || !(object || number && role.is_text()) {
            return false;
        }
        let Step::Known(own) = names::step(Node::TOP, name) else { return false };
        let role = own.row.map(|row| names::row(row).role);
        if object { own.inner } else { matches!(role, Some(Role::Level(_))) }
    }

    /// Whether an object with a member of this name may be a record or an envelope. Most objects
    /// under such names are neither, and then they are not read a second time. `row` is that of the
    /// object: `fields` may also hold a copy of any value.
    #[inline(never)]
    fn makes_record(&mut self, row: Option<u16>, name: &str) -> bool {
        let copy = row.is_some_and(|row| names::row(row).role == Role::Fields);
        let (step, _) = names::step_or_in_any_case(Node::TOP, Node::TOP, name);
        let Step::Known(known) = step else { return copy && !matches!(step, Step::Unknown) };
        let role = known.row.map(|row| names::row(row).role);
        copy || role.is_some_and(Role::makes_record)
            || (known.inner && (name == HITS || self.tokens.peek() == Some(b'{')))
    }

    /// Opens the object that comes next.
    fn open(&mut self, frame: Frame) -> Result<(), Invalid> {
        self.tokens.next()?;
        self.depth += 1;
        self.frames[self.depth] = frame;
        Ok(())
    }

    /// Processes the end of the innermost object.
    #[inline(never)]
    fn close(&mut self) {
        let Frame { node, start, inner, record, owned, apart, .. } = self.frames[self.depth];
        let object = &self.text[start..self.tokens.position()];
        if !owned && inner.is_none() && node != Node::NONE && !says_nothing(object) {
            self.not_understood(node, object);
        }
        if inner.is_none() && record {
            self.only_records(node, object);
        }
        if let Some(row) = inner.filter(|_| record) {
            self.outline.plain |= !owned;
            self.part(Part { row, text: Cow::Borrowed(object), tree: true, owned, apart });
        }
        self.once(node, object);
        self.depth -= 1;
    }

    /// Records an object if nothing in it was understood, unless other programs use its name for
    /// objects of their own.
    #[inline(never)]
    fn not_understood(&mut self, node: Node, object: &'a str) {
        let path = node.path();
        if !names::OBJECTS.contains(&path) {
            self.event.leave_unread(path, object);
        }
    }

    /// Records a name of records in an object that contains records, such as `hits` of Elasticsearch:
    /// other programs may read it as one of them.
    #[inline(never)]
    fn only_records(&mut self, node: Node, object: &'a str) {
        // The object was just read, so it is valid.
        let _ = loki::members(object, &mut |name, value| {
            let own = !matches!(names::step(node, name), Step::Unknown);
            if !own && !says_nothing(value) && names::is_known(name) {
                self.event.leave_unread(name.to_owned(), value);
            }
            Some(())
        });
    }

    /// Remembers the value of a member that may be repeated only with the same value, because
    /// programs differ in whether they use the first or the last one.
    fn once(&mut self, node: Node, value: &'a str) {
        if node == Node::NONE {
            return;
        }
        // Generic names are common in other programs, so their words may differ.
        let word = |value: &str| !value.starts_with(['{', '[']);
        let slot = self.once.iter_mut().find(|(known, _)| *known == node || *known == Node::NONE);
        match slot {
            Some((Node::NONE, _)) => {}
            Some((_, known)) if *known == value => return,
            Some((_, known)) if says_nothing(known) && says_nothing(value) => return,
            Some((_, known))
                if let Some(row) = node.generic()
                    && (!names::row(row).role.is_field() || (word(known) && word(value))) =>
            {
                return self.misfit(row, false);
            }
            _ => return self.event.leave_unread(node.path(), value),
        }
        if let Some(slot) = slot {
            *slot = (node, value);
        }
    }

    /// Reads a value where an object with longer names was expected.
    #[inline(never)]
    fn no_object(&mut self, node: Node) -> Result<(), Invalid> {
        let value = self.tokens.skip_value()?;
        let path = node.path();
        // Shippers put their own words into `tags`.
        let words = path == "tags" && value.starts_with('[') && !value.has(b'{');
        if !says_nothing(value) {
            self.outline.plain |= !value.starts_with('[');
            if !words {
                self.event.leave_unread(path, value);
            }
        }
        Ok(())
    }

    /// Reads the name of a host, where other shapes have an object.
    #[inline(never)]
    fn host(&mut self, row: u16) -> Result<(), Invalid> {
        let (kind, text) = self.scalar_noted(row, Role::Host)?;
        let name = matches!(kind, Kind::Text | Kind::Listed) && Type::Computer.fits(&text);
        if !name {
            self.event.leave_unread(names::row(row).path(), text.clone());
        }
        self.outline.note(row, kind, &text);
        say(self.event, Place { part: 0, row }, Role::Host, kind, text);
        Ok(())
    }

    /// Reads one insertion string that has its own name.
    #[inline(never)]
    fn string(&mut self, row: u16, name: &str) -> Result<(), Invalid> {
        match self.event.strings.at(Place { part: 0, row }) {
            Some(list) => strings::member(list, name, &mut self.tokens, false),
            None => self.tokens.skip_value().map(drop),
        }
    }

    /// Reads the value of a member whose exact name is unknown. In another case the name may be
    /// known.
    fn unknown(&mut self, in_any_case: Step<'_>, name: &str) -> Result<(), Invalid> {
        match in_any_case {
            Step::Known(known) => self.in_another_case(known, name)?,
            Step::Within(row, _) | Step::Below(row) => {
                let value = self.tokens.skip_value()?;
                self.strange(row, !says_nothing(value));
            }
            Step::Unknown
                if self.is_datum(name)
                    || self.is_repeated(name)
                    || self.is_inner(name)
                    || self.is_of_another(name) =>
            {
                let value = self.tokens.skip_value()?;
                if !says_nothing(value) {
                    self.event.leave_copy(name.to_owned(), value);
                }
            }
            Step::Unknown if !name.is_ascii() || name.has(b'\0') => self.look_alike(name)?,
            Step::Unknown => self.ignore(name)?,
        }
        Ok(())
    }

    /// Reads the value of a member whose name is known in another case.
    #[inline(never)]
    fn in_another_case(&mut self, known: Known, name: &str) -> Result<(), Invalid> {
        if known.inner && self.tokens.peek() == Some(b'{') && self.depth + 1 < DEPTH {
            let (node, start) = (Node::NONE, self.tokens.position());
            let mut holders = names::SHARED.iter().chain(&["document"]);
            if holders.any(|holder| holder.eq_ignore_ascii_case(name))
                && has_record(&self.text[start..], false)
            {
                // Other programs may read an object under this name as the record.
                let value = self.tokens.skip_value()?;
                self.event.leave_unread(name.to_owned(), value);
                return Ok(());
            }
            return self.open(Frame { node, folded: known.node, start, ..Frame::default() });
        }
        let Some(row) = known.row else {
            let value = self.tokens.skip_value()?;
            // Programs that ignore case also look for names in the objects of a list. The names
            // below are exempt, because they have many other meanings.
            let many = ["tags", "fields", "log", "event", "data", "hits"];
            let free = many.iter().any(|many| many.eq_ignore_ascii_case(name))
                && !(value.starts_with('[') && value.has(b'{'));
            if !free && !says_nothing(value) {
                self.event.leave_unread(name.to_owned(), value);
            }
            return Ok(());
        };
        let known = names::row(row);
        let role = known.role;
        let part = if known.is_generic() { Place::SHAPED } else { Place::BESIDE };
        let place = Place { part, row };
        if !role.is_field() {
            let value = self.tokens.skip_value()?;
            // Velociraptor puts the name of an artifact here.
            let text = name == "_Source" && value.starts_with("\"Windows.");
            if !text && !says_nothing(value) {
                self.event.leave_unread(name.to_owned(), value);
            }
            return Ok(());
        }
        if role == Role::Strings {
            let mut list = Strings::default();
            strings::read(&mut list, &mut self.tokens, false)?;
            self.event.strings.say(place, list);
            return Ok(());
        }
        let (kind, text) = self.scalar()?;
        self.beside(place, role, kind, text);
        Ok(())
    }

    /// Skips a member whose name is not ASCII or has a NUL. Some programs fold the long s and the
    /// kelvin sign to ASCII letters, and programs in C end a name at its NUL, so what they read may
    /// be known.
    fn look_alike(&mut self, name: &str) -> Result<(), Invalid> {
        let plain = plain_letters(name);
        let (read, cut) = plain.split_once('\0').map_or((&*plain, false), |(read, _)| (read, true));
        let Frame { node, folded, .. } = self.frames[self.depth];
        let exact = if cut { node } else { Node::NONE };
        let known = matches!(names::step_or_in_any_case(exact, folded, read).0, Step::Known(_));
        let value = self.tokens.skip_value()?;
        if known && !says_nothing(value) {
            self.event.leave_unread(name.to_owned(), value);
        }
        Ok(())
    }

    /// Adds the value of a name in another case.
    fn beside(&mut self, place: Place, role: Role, kind: Kind, text: Cow<'a, str>) {
        let wrong = kind == Kind::Listed || (kind == Kind::Number && role.is_text());
        let empty = kind == Kind::Listed && text.is_empty();
        let text = if empty { Cow::Borrowed(Field::LIST) } else { text };
        let kind = if wrong { Kind::Other } else { kind };
        say(self.event, place, role, kind, text);
    }

    /// If `is`, marks a value of a name in another case as one that the event never has.
    fn strange(&mut self, row: u16, is: bool) {
        if is {
            let mut strings = Strings::default();
            strings.extra = true;
            self.event.strings.say(Place { part: Place::BESIDE, row }, strings);
        }
    }

    /// Whether a member looks like the output of an EVTX parser for a repeated element, or for text
    /// where only elements are allowed.
    fn is_repeated(&self, name: &str) -> bool {
        // Nearly all names end otherwise.
        if !matches!(name.as_bytes(), [.., b'0'..=b'9' | b'_' | b't']) {
            return false;
        }
        let Frame { node, .. } = self.frames[self.depth];
        let (node, name) =
            match name.rsplit_once('.').map(|(way, name)| (names::step(node, way), name)) {
                None => (node, name),
                Some((Step::Known(known), name)) if known.inner => (known.node, name),
                Some(_) => return false,
            };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        ![Node::TOP, Node::NONE].contains(&node)
            && (name == "#text"
                || name.rsplit_once('_').is_some_and(|(name, number)| {
                    digits(number) && matches!(names::step(node, name), Step::Known(_))
                }))
    }

    /// Whether a dotted member belongs to a record under a name that the Elastic Common Schema and
    /// Splunk use in two meanings, or under the name of an object of records.
    fn is_inner(&mut self, name: &str) -> bool {
        use Role::{Id, Log, Message, Source, Strings};
        if self.depth > 0 {
            return false;
        }
        let Some(dot) = names::dot(name) else { return false };
        if names::HOLDERS.contains(&&name[..dot]) {
            return names::is_known(&name[dot + 1..]);
        }
        if !names::is_shared(name) {
            return false;
        }
        let Step::Known(known) = names::step(Node::TOP, &name[dot + 1..]) else { return false };
        if known.inner && self.tokens.peek() == Some(b'{') {
            return true;
        }
        let name = known.row.map(names::row).filter(|name| !name.is_generic());
        let role = name.map(|name| name.role);
        matches!(role, Some(Source | Id | Message | Log | Strings))
    }

    /// Whether a member of an object that leads to other names is one that only a record has.
    #[inline(never)]
    fn is_of_another(&self, name: &str) -> bool {
        self.depth > 0
            && self.frames[self.depth].inner.is_none()
            && is_own(name, &|role| matches!(role, Role::Source | Role::Id))
    }

    /// Whether a member is a datum of the event that is not among the known ones.
    fn is_datum(&self, name: &str) -> bool {
        let top = self.depth == 0;
        if top && names::dot(name).is_none() {
            return false;
        }
        let path = self.frames[self.depth].node.path();
        names::DATA.iter().any(|(object, data)| {
            let datum = if top {
                // A longer name may belong to a known object in this one.
                let known = |rest: &&str| {
                    rest.find('.').is_some_and(|dot| {
                        let inner = &name[..name.len() - rest.len() + dot];
                        matches!(names::step(Node::TOP, inner), Step::Known(_))
                    })
                };
                let rest = name.strip_prefix(object).and_then(|rest| rest.strip_prefix('.'));
                rest.filter(|rest| !known(rest))
            } else {
                Some(name).filter(|_| path == *object)
            };
            datum.is_some_and(|name| data.iter().any(|datum| name.starts_with(datum)))
        })
    }

    /// Skips the value of a member with an unknown name.
    fn ignore(&mut self, name: &str) -> Result<(), Invalid> {
        let value = self.tokens.skip_value()?;
        let end = self.tokens.position();
        let free = self.slots.is_some() && self.is_free(name);
        if free && let Some(slots) = &mut self.slots {
            let start = end - value.len();
            match value.as_bytes() {
                [b'"', .., b'"'] => slots.add(Wildcard::Ignored, start + 1..end - 1),
                [b'0'..=b'9', ..] => slots.add(Wildcard::Ignored, start..end),
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the value of a member with an unknown name has no effect. Members of the tag do have
    /// one, and an object that may be a nested record is read again.
    fn is_free(&self, name: &str) -> bool {
        let frame = &self.frames[self.depth];
        let tag = self.depth == 0 && (name == self.key || name == "tags");
        let unread = || {
            frame.inner.is_none()
                || (matches!(names::step(Node::TOP, name), Step::Unknown)
                    && matches!(names::step_in_any_case(Node::TOP, name), Step::Unknown))
        };
        !tag && !self.is_in_record(self.depth) && unread()
    }

    /// Whether one of the outermost `depth` objects may be a nested record.
    fn is_in_record(&self, depth: usize) -> bool {
        self.frames.iter().take(depth).any(|frame| frame.inner.is_some())
    }

    /// Records the span of a time, a counter or a computer that was just read.
    fn note(&mut self, row: u16, role: Role, token: &Token<'_>) {
        let why = match role {
            Role::Time | Role::OtherTime => Wildcard::Time,
            Role::Counter => Wildcard::Counter,
            Role::Computer | Role::Host => Wildcard::Computer,
            _ => return,
        };
        let end = self.tokens.position();
        let within = self.is_in_record(self.depth + 1);
        let Some(slots) = &mut self.slots else { return };
        slots.given(row);
        if within {
            return;
        }
        match token {
            Token::String(string) if !string.escaped => {
                slots.add(why, end - 1 - string.raw.len()..end - 1);
            }
            Token::Number(number) if why != Wildcard::Computer => {
                slots.add(why, end - number.len()..end);
            }
            _ => {}
        }
    }

    #[inline(never)]
    fn strings(&mut self, row: u16) -> Result<(), Invalid> {
        let place = Place { part: 0, row };
        let lists = &mut self.event.strings;
        // An empty object counts as an empty list.
        if self.tokens.at_members() {
            // Wazuh 3.8 writes the two insertion strings as two members with the name `Data`.
            let appends = names::row(row).path().starts_with("EventChannel.");
            return match lists.at(place) {
                Some(list) => strings::read(list, &mut self.tokens, appends),
                None => self.tokens.skip_value().map(drop),
            };
        }
        let mut list = Strings::default();
        let start = self.tokens.position();
        strings::read(&mut list, &mut self.tokens, false)?;
        list.spelling.class = names::row(row).path() == "Properties"
            && class::describes(&self.text[start..self.tokens.position()]);
        lists.say(place, list);
        Ok(())
    }

    /// Reads the value of a field. `shadowed` is the row of another known name that differs only in
    /// case.
    fn field(&mut self, row: u16, role: Role, shadowed: Option<u16>) -> Result<(), Invalid> {
        let tree = matches!(self.tokens.peek(), Some(b'{' | b'['));
        let (mut kind, mut text) = self.scalar_noted(row, role)?;
        if kind == Kind::Listed
            && text.is_empty()
            && matches!(role, Role::StringAt(_) | Role::Qualifiers)
        {
            text = Cow::Borrowed(Field::LIST);
        }
        self.outline.note_value(tree, kind, &text);
        if tree && text.is_empty() && matches!(role, Role::Qualifiers) {
            // An empty list here is a missing number; a list of values is not a number.
            (kind, text) = (Kind::Other, Cow::Borrowed("[]"));
        }
        if let Some(other) = shadowed {
            // The value keeps its own row: in the shape that has the exact name, it is not another
            // name's value.
            let place = Place { part: Place::BESIDE, row };
            self.beside(place, names::row(other).role, kind, text.clone());
        }
        say(self.event, Place { part: 0, row }, role, kind, text);
        Ok(())
    }

    /// Reads a value that feeds no field: a record, a list of records, or text that may be a
    /// record.
    #[inline(never)]
    fn value(&mut self, row: u16, role: Role, tree: bool) -> Result<(), Invalid> {
        let path = names::row(row).path();
        if tree && matches!(role, Role::NestedRecord | Role::RecordList | Role::Loki | Role::Otlp) {
            let raw = self.tokens.skip_value()?;
            if raw.starts_with('[') != matches!(role, Role::NestedRecord) {
                self.outline.plain |= role == Role::NestedRecord && raw.len() > 2;
                self.part(Part::of(row, raw, true));
            } else if !says_nothing(raw) {
                self.event.leave_copy(path, raw);
            }
            return Ok(());
        }
        if tree && role == Role::ShapeMarker {
            let raw = self.tokens.skip_value()?;
            if raw.has(b'{') && !says_nothing(raw) {
                self.event.leave_unread(path, raw);
            }
            return Ok(());
        }
        if tree && role == Role::Fields && is_names(&self.text[self.tokens.position()..]) {
            return self.tokens.skip_value().map(drop);
        }
        if role == Role::Fields && self.tokens.at_members() {
            let raw = self.tokens.skip_value()?;
            if !says_nothing(raw) {
                self.outline.plain = true;
                self.part(Part::of(row, raw, true));
            }
            return Ok(());
        }
        let (kind, text) = self.scalar_noted(row, role)?;
        let holds = role.unread_type();
        if let Some(holds) = holds.filter(|_| names::row(row).is_generic()) {
            self.outline.note_value(tree, kind, &text);
            let fits = holds.fits(&text);
            if matches!(kind, Kind::Listed | Kind::Other) || !fits {
                self.misfit(row, kind == Kind::Listed && !text.is_empty() && fits);
            }
            return Ok(());
        }
        self.outline.note(row, kind, &text);
        let is_text = matches!(kind, Kind::Text | Kind::Listed);
        match role {
            _ if text.is_empty() && (kind != Kind::Listed || role == Role::ShapeMarker) => {}
            // No record has a list of one empty text here, in any form.
            _ if text.is_empty() => self.event.leave_copy(path, Field::LIST),
            Role::NestedRecord | Role::EmbeddedCopy if is_text => {
                self.part(Part::of(row, text, false));
            }
            // Structured data as syslog has it.
            Role::Fields if is_text && path != "fields" && syslog::is_data(&text) => {
                self.part(Part::of(row, text, false));
            }
            Role::ShapeMarker if is_text => {
                // Splunk writes its own `eventtype`, which other programs may read as the type of
                // the event.
                let word = text.bytes().all(|byte| byte.is_ascii_alphabetic())
                    || text.bytes().all(|byte| byte.is_ascii_digit());
                if path == "eventtype" && word {
                    let place = Place { part: Place::BESIDE, row };
                    say(self.event, place, Role::Level(Scale::Legacy), kind, text);
                } else if PROGRAMS.contains(&path) {
                    self.part(Part::of(row, text, false));
                }
            }
            Role::Foreign if path == "message_error" && is_text && message::is_missing(&text) => {}
            // The counter of an envelope does not matter.
            _ if let Some(holds) = holds
                && kind != Kind::Other =>
            {
                self.strange(row, !holds.fits(&text));
                if typed::is_record_number(path) {
                    self.event.say_other(0, path, text);
                }
            }
            _ => self.event.leave_copy(path, text),
        }
        Ok(())
    }

    /// Records that a name of some shapes, which feeds no field, has a value of the wrong type, or
    /// two values; or a list of one value (`listed`).
    fn misfit(&mut self, row: u16, listed: bool) {
        let name = names::row(row);
        if !name.role.is_field() {
            let Misfits { always, listed: only, row: last } = &mut self.outline.misfits;
            if listed { only } else { always }.0 |= name.owners().0;
            *last = row;
        }
    }

    /// Like [`Self::scalar`], and records the span of a value that may vary between otherwise
    /// identical records.
    fn scalar_noted(&mut self, row: u16, role: Role) -> Result<(Kind, Cow<'a, str>), Invalid> {
        if let Some(b'{' | b'[') = self.tokens.peek() {
            let inside = self.tokens.position() + 1;
            let (mut kind, text) = self.scalar()?;
            self.note(row, role, &Token::ObjectEnd);
            // In a list, too, a number is no text.
            if kind == Kind::Listed
                && role.is_text()
                && !self.text[inside..].trim_ascii_start().starts_with('"')
            {
                kind = Kind::Other;
            }
            return Ok((kind, text));
        }
        let token = self.tokens.next()?;
        self.note(row, role, &token);
        scalar(token)
    }

    /// Reads a value that should be text or a number.
    fn scalar(&mut self) -> Result<(Kind, Cow<'a, str>), Invalid> {
        if let Some(b'{' | b'[') = self.tokens.peek() {
            let raw = self.tokens.skip_value()?;
            return Ok(match only(raw) {
                _ if says_nothing(raw) => (Kind::Text, Cow::Borrowed("")),
                Some(text) => (Kind::Listed, text),
                None => (Kind::Other, Cow::Borrowed(raw)),
            });
        }
        scalar(self.tokens.next()?)
    }

    #[inline(never)]
    fn part(&mut self, part: Part<'a>) {
        match self.parts.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => *slot = Some(part),
            // No shape has as many parts, and the extra ones are not read, so the event must not be
            // benign.
            None => self.event.strings.repeated = true,
        }
    }
}

fn scalar(token: Token<'_>) -> Result<(Kind, Cow<'_, str>), Invalid> {
    Ok(match token {
        Token::String(string) => (Kind::Text, string.decode().ok_or(Invalid)?),
        Token::Number(number) => (Kind::Number, Cow::Borrowed(number)),
        Token::Word("null") => (Kind::Text, Cow::Borrowed("")),
        Token::Word(word) => (Kind::Other, Cow::Borrowed(word)),
        _ => return Err(Invalid),
    })
}

/// Replaces the letters that some programs fold to an ASCII letter.
fn plain_letters(name: &str) -> String {
    let plain = |c| match c {
        '\u{17F}' => 's',
        '\u{212A}' => 'k',
        c => c,
    };
    name.chars().map(plain).collect()
}

/// The row of a name that differs from a generic name only in case.
fn shadowed(known: Known) -> Option<u16> {
    known.row.filter(|row| names::row(*row).is_generic())?;
    known.in_any_case()?.row.filter(|row| !names::row(*row).is_generic())
}

/// The value of a list that holds exactly one text or number.
fn only(list: &str) -> Option<Cow<'_, str>> {
    let mut tokens = Tokens::new(list);
    if tokens.next() != Ok(Token::ArrayStart) {
        return None;
    }
    let value = match tokens.next() {
        Ok(Token::String(string)) => string.decode()?,
        Ok(Token::Number(number)) => Cow::Borrowed(number),
        _ => return None,
    };
    (tokens.next() == Ok(Token::ArrayEnd)).then_some(value)
}

/// Whether an object is `fields` as Elasticsearch and Kibana write it: every member is a list, and
/// none is an insertion string as Telegraf names them.
pub(super) fn is_lists(object: &str) -> bool {
    let mut any = false;
    let whole = loki::members(object, &mut |name, value| {
        let list = value.starts_with('[');
        any |= list;
        (says_nothing(value) || (list && !name.starts_with("Data_"))).then_some(())
    });
    any && whole.is_some()
}

/// Whether a list holds the column names of Splunk's results: objects with a `name` each.
#[inline(never)]
fn is_names(list: &str) -> bool {
    loki::every(list, &mut |element| {
        let name = loki::members(element, &mut |key, value| {
            (key == "name" && value.starts_with('"') && Type::Word.fits(value)).then_some(())
        });
        name.is_some()
    })
}

/// Whether an object has a member that only a record of an event has, or a list of records; which
/// one, `list` tells. Empty members do not count.
#[inline(never)]
pub(super) fn has_record(object: &str, list: bool) -> bool {
    let mut found = false;
    // If the object is invalid, the members before the error count.
    let _ = loki::members(object, &mut |name, value| {
        let own = is_own(name, &|role| match role {
            Role::Source | Role::Id | Role::Message | Role::Strings => !list,
            Role::RecordList | Role::Loki | Role::Otlp => list,
            _ => false,
        });
        found |= (own || (list && name == HITS)) && !says_nothing(value);
        Some(())
    });
    found
}

/// Whether a name belongs only to records of events and has one of these roles.
#[inline(never)]
fn is_own(name: &str, roles: &dyn Fn(Role) -> bool) -> bool {
    let Step::Known(Known { row: Some(row), .. }) = names::step(Node::TOP, name) else {
        return false;
    };
    let name = names::row(row);
    roles(name.role) && !name.is_generic()
}

/// Whether a raw value is empty: `null`, an empty text, an empty object or an empty list.
pub(super) fn says_nothing(value: &str) -> bool {
    let empty = |open, close| {
        let inside = value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
        inside.is_some_and(|inside: &str| inside.trim_ascii().is_empty())
    };
    matches!(value, "null" | "\"\"") || empty('{', '}') || empty('[', ']')
}

/// Whether a text starts with an empty value.
#[inline(never)]
fn begins_with_nothing(text: &str) -> bool {
    let first = text.as_bytes().first_chunk();
    matches!(first, Some(b"\"\"" | b"{}" | b"[]"))
        || (first == Some(b"nu") && text.starts_with("null"))
}

/// Whether a member's name can be mistaken for the name of the tag, `key`.
fn claims(name: Str<'_>, key: &str) -> bool {
    // The first letter decides nearly always, so check it first.
    let first = |text: &str| text.bytes().next().map(|byte| byte.to_ascii_lowercase());
    if !name.escaped && name.raw.is_ascii() && first(name.raw) != first(key) {
        return false;
    }
    claims_decoded(name, key)
}

/// Like [`claims`], for a name that may be one.
#[inline(never)]
fn claims_decoded(name: Str<'_>, key: &str) -> bool {
    let Some(mut name) = name.decode() else { return false };
    // Some programs fold the kelvin sign and the long s to ASCII letters.
    if !name.is_ascii() {
        name = Cow::Owned(plain_letters(&name));
    }
    let begins = name.get(..key.len()).is_some_and(|start| start.eq_ignore_ascii_case(key));
    begins && matches!(name.as_bytes().get(key.len()), None | Some(b'.'))
}
