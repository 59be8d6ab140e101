//! The fields of one event as read from a record: borrowed values, each with its place.
//!
//! A record can give the same field in several places (`winlog.event_id` and `event.code`), or
//! twice in one place (a duplicate JSON key). A reader therefore never chooses: it passes every
//! value to [`Field::say`], and the classifier checks all of them. Everything has a fixed size, so
//! reading allocates only when a string must be decoded.

mod strings;
pub(crate) mod typed;

use std::borrow::Cow;

pub use strings::{Lists, Strings};

use crate::{STREAMS, swar::Words};

/// A set of shapes, as a bit mask. Only shapes that have names of their own have a bit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shapes(pub(crate) u32);

impl Shapes {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// Whether the set holds exactly one shape.
    pub fn is_one(self) -> bool {
        self.0.is_power_of_two()
    }
}

/// The place of a value in a record. Two values with the same place are duplicates of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The part of the record: 0 is the record itself; other numbers are records or fragments
    /// inside its strings.
    pub part: u8,
    /// The number of the field within the part, as the reader assigns it.
    pub row: u16,
}

impl Place {
    /// The part for names whose case differs from the known name. A program that ignores case may
    /// read such a value as the event's. The value must agree with the event, but does not make a
    /// record an event.
    pub const BESIDE: u8 = 0x80;
    /// Like [`Self::BESIDE`], for a copy of the event: inside a record that has its own names, or
    /// next to the nested records of an envelope.
    pub const COPY: u8 = 0x81;

    /// Like [`Self::BESIDE`], for names that only some shapes have, until the shape is known.
    pub const SHAPED: u8 = 0x82;

    /// Whether the part is one of these three.
    pub fn is_beside(self) -> bool {
        matches!(self.part, Self::BESIDE..=Self::SHAPED)
    }
}

/// The type of a value in the source format, where the format has types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, including text that looks like a number.
    Text,
    /// A number without quotes.
    Number,
    /// A list of one text or number. It counts as that value only where all known names of the
    /// record have lists.
    Listed,
    /// A boolean, a list or an object. No field of an event has such a value.
    Other,
}

/// How to read a number as a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Legacy event types: 1 is Error.
    Legacy,
    /// Levels of Windows Vista and later: 2 is Error.
    Modern,
    /// `NXLog`'s `SeverityValue`: 4 is Error.
    Nxlog,
    /// OpenTelemetry severity numbers: 17 to 20 are Error.
    Otlp,
    /// Azure Monitor's `EventLevel`. Error can be 1 or 2 there, so the level's name decides.
    Azure,
    /// Syslog severities as GELF uses them: 3 is Error.
    Gelf,
    /// Numbers have no meaning; only words count.
    Words,
}

/// One value and its place.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// The place of the value in the record.
    pub place: Place,
    /// The type of the value in the source format.
    pub kind: Kind,
    /// The scale of a numeric level; unused for other fields.
    pub scale: Scale,
    /// The decoded value.
    pub value: Cow<'a, str>,
}

/// The maximum number of values per field. A record with more counts as contradicting itself.
const PLACES: usize = 6;

/// All values that the record gives for one field.
#[derive(Debug, Default)]
pub struct Field<'a> {
    said: [Option<Said<'a>>; PLACES],
    /// The number of values. Most fields have one, and the fields are iterated often.
    count: usize,
    /// One place gave two different values, or the record has more values than fit.
    pub repeated: bool,
    full: bool,
}

impl Clone for Field<'_> {
    /// Most fields are empty, so copying them must be cheap: an envelope can emit one event for
    /// every two bytes.
    fn clone(&self) -> Self {
        let mut copy = Self::EMPTY;
        copy.clone_from(self);
        copy
    }

    #[inline(never)]
    fn clone_from(&mut self, other: &Self) {
        (self.count, self.repeated, self.full) = (other.count, other.repeated, other.full);
        for (to, said) in self.said.iter_mut().zip(&other.said) {
            to.clone_from(said);
        }
    }
}

impl<'a> Field<'a> {
    /// A list of one empty text.
    pub(crate) const LIST: &'static str = "[\"\"]";
    const EMPTY: Self =
        Self { said: [const { None }; PLACES], count: 0, repeated: false, full: false };

    /// Adds a value. The same value in the same place is added only once.
    pub fn say(&mut self, place: Place, kind: Kind, value: Cow<'a, str>) {
        self.say_on(place, kind, Scale::Words, value);
    }

    /// Adds a value of a level, with the scale of its number.
    pub fn say_on(&mut self, place: Place, kind: Kind, scale: Scale, value: Cow<'a, str>) {
        let mut repeated = false;
        for said in self.all() {
            if said.place == place {
                let nothing = said.value.is_empty();
                if said.value == value && (nothing || said.kind == kind) {
                    return;
                }
                repeated = true;
            }
        }
        self.repeated |= repeated;
        if let Some(slot) = self.said.get_mut(self.count) {
            *slot = Some(Said { place, kind, scale, value });
            self.count += 1;
            return;
        }
        let said = |said: &Said<'_>| {
            (said.kind, said.scale, &said.value) == (kind, scale, &value)
                && said.place.is_beside() == place.is_beside()
        };
        // A duplicate or an empty value can be dropped without loss.
        if !value.is_empty() && !self.all().any(said) {
            self.contradict();
        }
    }

    /// Marks the field as contradicting itself, whichever values are removed from it later.
    pub fn contradict(&mut self) {
        (self.full, self.repeated) = (true, true);
    }

    /// Like [`Self::retain`], for values that the event says in another field or form as well. A
    /// name among them that was given twice with different values still contradicts itself.
    pub fn retain_known(&mut self, keep: &dyn Fn(&Said<'a>) -> bool) {
        self.full |= self.repeated;
        self.retain(keep);
    }

    fn all(&self) -> Values<'_, 'a> {
        self.values(|_| true)
    }

    /// The values for which `which` is true.
    pub(crate) fn values(&self, which: fn(&Said<'a>) -> bool) -> Values<'_, 'a> {
        Values { left: self.said.get(..self.count).unwrap_or_default().iter(), which }
    }

    /// All non-empty values, in the order of insertion. An empty text only matters where it
    /// differs from another value in the same place.
    pub fn iter(&self) -> Values<'_, 'a> {
        self.values(|said| !said.value.is_empty() && !said.place.is_beside())
    }

    /// The first non-empty value for which `is` is true.
    #[inline(never)]
    pub fn find(&self, is: &dyn Fn(&Said<'a>) -> bool) -> Option<&Said<'a>> {
        self.iter().find(|said| is(said))
    }

    /// The non-empty values beside the event, in the parts [`Place::BESIDE`] to [`Place::SHAPED`].
    pub fn beside(&self) -> Values<'_, 'a> {
        self.values(|said| !said.value.is_empty() && said.place.is_beside())
    }

    /// Gives every list of one value this kind: [`Kind::Text`] to accept it as the value,
    /// [`Kind::Other`] to reject it. A rejected list of one empty text is not an empty value.
    pub fn settle_lists(&mut self, kind: Kind) {
        for said in self.said.iter_mut().flatten().filter(|said| said.kind == Kind::Listed) {
            said.kind = kind;
            if kind == Kind::Other && said.value.is_empty() {
                said.value = Cow::Borrowed(Self::LIST);
            }
        }
    }

    /// All values that a field of an event can have, as text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let is = |said: &Said<'a>| {
            !said.value.is_empty() && !said.place.is_beside() && said.kind != Kind::Other
        };
        self.values(is).map(|said| &*said.value)
    }

    /// The first of [`Self::texts`].
    pub fn first(&self) -> Option<&str> {
        self.texts().next()
    }

    /// Whether there is no non-empty value.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Changes the scale of the values for which `which` is true.
    pub fn rescale(&mut self, which: &dyn Fn(&Said<'a>) -> bool, to: Scale) {
        for said in self.said.iter_mut().flatten() {
            if which(said) {
                said.scale = to;
            }
        }
    }

    /// Moves the values for which `which` is true to another part.
    pub fn move_to(&mut self, part: u8, which: &dyn Fn(&Said<'a>) -> bool) {
        for said in self.said.iter_mut().flatten() {
            if which(said) {
                said.place.part = part;
            }
        }
    }

    /// Keeps only the values for which `keep` is true.
    pub fn retain(&mut self, keep: &dyn Fn(&Said<'a>) -> bool) {
        if self.all().all(keep) {
            return;
        }
        let mut kept = 0;
        for i in 0..self.count {
            if self.said[i].as_ref().is_some_and(keep) {
                self.said.swap(kept, i);
                kept += 1;
            }
        }
        for slot in &mut self.said[kept..] {
            *slot = None;
        }
        self.count = kept;
        // A removed value no longer contradicts the others.
        let places = || self.all().map(|said| said.place);
        self.repeated = self.full
            || places().enumerate().any(|(i, place)| places().skip(i + 1).any(|p| p == place));
    }
}

/// An iterator over values of a field. It is a type of its own because the loop, inlined at every
/// use, would be a tenth of a small module.
#[derive(Clone, Debug)]
pub struct Values<'f, 'a> {
    left: core::slice::Iter<'f, Option<Said<'a>>>,
    which: fn(&Said<'a>) -> bool,
}

impl<'f, 'a> IntoIterator for &'f Field<'a> {
    type Item = &'f Said<'a>;
    type IntoIter = Values<'f, 'a>;

    fn into_iter(self) -> Values<'f, 'a> {
        self.iter()
    }
}

impl<'f, 'a> Iterator for Values<'f, 'a> {
    type Item = &'f Said<'a>;

    // Inlining makes a module larger, and the native program faster.
    #[cfg_attr(target_family = "wasm", inline(never))]
    fn next(&mut self) -> Option<&'f Said<'a>> {
        self.left.find_map(|said| said.as_ref().filter(|said| (self.which)(said)))
    }
}

/// A value at a known place that the reader could not understand.
///
/// Unknown names, places and grammars are ignored, because they say nothing about the event. But an
/// unreadable value at a known place could mean anything, so an event with such a value is never
/// benign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread<'a> {
    /// The name of the member, element, column or part of the text.
    pub place: Cow<'a, str>,
    /// The text that was not understood.
    pub held: Cow<'a, str>,
}

/// An event without any value.
pub static NOTHING: Event<'static> = Event::nothing("");

/// All values that a record gives for one event.
///
/// ```
/// use crypt32_filter::{Format, Log};
///
/// let mut log = Log::new(Format::Json);
/// let mut sources = Vec::new();
/// let mut see = |found: crypt32_filter::Found<'_>| {
///     sources.extend(found.event_read.source.texts().map(str::to_owned));
/// };
/// // The event keeps both values, although they contradict each other.
/// log.push(br#"{"SourceName":"crypt32","source_name":"MsiInstaller"}"#, &mut see);
/// log.finish(&mut see);
///
/// assert_eq!(sources, ["crypt32", "MsiInstaller"]);
/// ```
#[derive(Debug)]
pub struct Event<'a> {
    /// The name of the record's shape; empty if no shape was recognised.
    pub shape: &'static str,
    /// All shapes that the record may have, of those that have names of their own.
    pub shapes: Shapes,
    /// The event source (provider).
    pub source: Field<'a>,
    /// The event id, in any of its renderings.
    pub id: Field<'a>,
    /// The high word of the id, where the record gives it separately.
    pub qualifiers: Field<'a>,
    /// The level, as a word or a number.
    pub level: Field<'a>,
    /// The log (channel).
    pub log: Field<'a>,
    /// The computer that wrote the event.
    pub computer: Field<'a>,
    /// The machine that the record itself describes; it can be a collector.
    pub host: Field<'a>,
    /// The time; the places are ordered by preference.
    pub time: Field<'a>,
    /// The rendered message.
    pub message: Field<'a>,
    /// The insertion strings.
    pub strings: Lists<'a>,
    /// The category or task.
    pub category: Field<'a>,
    /// Binary data of the event.
    pub data: Field<'a>,
    /// Version numbers of the operating system of [`Self::host`].
    pub os_version: Field<'a>,
    /// Names of the operating system of [`Self::host`].
    pub os_name: Field<'a>,
    /// The first value that was not understood.
    pub unread: Option<Unread<'a>>,
    /// The values of names that feed no field, as (part, name, value); see [`Self::say_other`].
    pub others: Vec<(u8, &'static str, Cow<'a, str>)>,
}

/// Out of line, because an event has hundreds of words to initialise and every reader starts with
/// one.
impl Default for Event<'_> {
    #[inline(never)]
    fn default() -> Self {
        Self::nothing("")
    }
}

impl Event<'_> {
    /// An empty event of this shape.
    pub(crate) fn of(shape: &'static str) -> Self {
        Self { shape, ..Self::default() }
    }
}

impl Clone for Event<'_> {
    #[inline(never)]
    fn clone(&self) -> Self {
        let mut copy = Self::of(self.shape);
        copy.shapes = self.shapes;
        for (to, from) in copy.fields_mut().into_iter().zip(self.fields()) {
            to.clone_from(from);
        }
        copy.strings.clone_from(&self.strings);
        copy.unread.clone_from(&self.unread);
        copy.others.clone_from(&self.others);
        copy
    }
}

impl<'a> Event<'a> {
    /// An empty event of this shape. It is `const`, because an event is expensive to initialise.
    pub const fn nothing(shape: &'static str) -> Self {
        Self {
            shape,
            shapes: Shapes::NONE,
            source: Field::EMPTY,
            id: Field::EMPTY,
            qualifiers: Field::EMPTY,
            level: Field::EMPTY,
            log: Field::EMPTY,
            computer: Field::EMPTY,
            host: Field::EMPTY,
            time: Field::EMPTY,
            message: Field::EMPTY,
            strings: Lists::NONE,
            category: Field::EMPTY,
            data: Field::EMPTY,
            os_version: Field::EMPTY,
            os_name: Field::EMPTY,
            unread: None,
            others: Vec::new(),
        }
    }

    /// Records a value that was not understood, and its place. Only the first one is kept: it
    /// already prevents the verdict benign, and it is shown to the user.
    pub fn leave_unread(&mut self, place: impl Into<Cow<'a, str>>, held: impl Into<Cow<'a, str>>) {
        self.unread.get_or_insert_with(|| Unread { place: place.into(), held: held.into() });
    }

    /// Like [`Self::leave_unread`], for a place where a record can be. It replaces an earlier
    /// value, because objects that hold something other than a record have unread values too.
    pub fn leave_copy(&mut self, place: impl Into<Cow<'a, str>>, held: impl Into<Cow<'a, str>>) {
        self.unread = Some(Unread { place: place.into(), held: held.into() });
    }

    /// Adds a value of a name that feeds no field. A second, different value of the same name
    /// counts as unread. The linear search is fast enough, because there are few such names.
    pub fn say_other(&mut self, part: u8, name: &'static str, value: Cow<'a, str>) {
        let before = self.others.iter().find(|said| (said.0, said.1) == (part, name));
        let same = before.map(|(.., before)| *before == value);
        if same.is_none() && self.others.try_reserve(1).is_ok() {
            self.others.push((part, name, value));
        } else if same != Some(true) {
            self.leave_unread(name, value);
        }
    }

    /// All fields that affect the verdict.
    #[inline(never)]
    pub fn fields_mut(&mut self) -> [&mut Field<'a>; 13] {
        [
            &mut self.source,
            &mut self.id,
            &mut self.qualifiers,
            &mut self.level,
            &mut self.log,
            &mut self.computer,
            &mut self.host,
            &mut self.time,
            &mut self.message,
            &mut self.category,
            &mut self.data,
            &mut self.os_version,
            &mut self.os_name,
        ]
    }

    /// Whether the events inside this envelope inherit anything from it.
    pub fn has_labels(&self) -> bool {
        let labels = [&self.computer, &self.host, &self.time, &self.level];
        let copy = |field: &&Field<'_>| field.beside().any(|s| s.place.part == Place::COPY);
        labels.iter().any(|field| field.count > 0 || field.repeated)
            || (STREAMS && !self.others.is_empty())
            || self.strings.lists[0].is_some()
            || self.fields().iter().any(copy)
    }

    /// Takes over the copies next to the nested records of an envelope ([`Place::COPY`]).
    pub fn take_copies(&mut self, envelope: &Event<'a>) {
        for (field, other) in self.fields_mut().into_iter().zip(envelope.fields()) {
            for said in other.beside().filter(|said| said.place.part == Place::COPY) {
                field.say_on(said.place, said.kind, said.scale, said.value.clone());
            }
        }
        for list in envelope.strings.copies() {
            self.strings.say(Place { part: Place::COPY, row: u16::MAX }, list.clone());
        }
        if STREAMS {
            let copies = envelope.others.iter().filter(|(part, ..)| *part == Place::COPY);
            self.others.extend(copies.cloned());
        }
    }

    /// Adds the values of a copy of this event that is inside the same record, under this part.
    /// `None` if memory runs out.
    pub fn say_copy(&mut self, copy: &Event<'_>, part: u8) -> Option<()> {
        for (field, copied) in self.fields_mut().into_iter().zip(copy.fields()) {
            // What is empty in one copy does not contradict another one.
            for said in copied.values(|said| !said.value.is_empty()) {
                // A value beside the copy does not become a value of the copy.
                let part = if said.place.is_beside() { Place::COPY } else { part };
                let place = Place { part, row: said.place.row };
                field.say_on(place, said.kind, said.scale, Cow::Owned(owned(&said.value)?));
            }
            field.repeated |= copied.repeated;
        }
        for (row, list) in (0..).zip(copy.strings.iter()) {
            self.strings.say(Place { part, row }, list.to_owned()?);
        }
        for (row, list) in (u16::MAX / 2..).zip(copy.strings.beside()) {
            self.strings.say(Place { part: Place::COPY, row }, list.to_owned()?);
        }
        self.strings.repeated |= copy.strings.repeated;
        for (_, name, value) in &copy.others {
            self.others.try_reserve(1).ok()?;
            self.others.push((part, name, Cow::Owned(owned(value)?)));
        }
        if let Some(Unread { place, held }) = &copy.unread {
            self.leave_unread(owned(place)?, owned(held)?);
        }
        Some(())
    }
}

/// An owned copy of a text; `None` if memory runs out, because hosts have little of it.
fn owned(text: &str) -> Option<String> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len()).ok()?;
    copy.push_str(text);
    Some(copy)
}

impl<'a> Event<'a> {
    /// Whether nothing was added yet, so that the event can be reused for another record.
    pub fn is_untouched(&self) -> bool {
        let fresh = |field: &&Field<'_>| field.count == 0 && !field.repeated;
        self.unread.is_none()
            && self.others.is_empty()
            && self.strings.lists[0].is_none()
            && !self.strings.repeated
            && self.fields().iter().all(fresh)
    }

    /// All fields that affect the verdict.
    #[inline(never)]
    pub fn fields(&self) -> [&Field<'a>; 13] {
        [
            &self.source,
            &self.id,
            &self.qualifiers,
            &self.level,
            &self.log,
            &self.computer,
            &self.host,
            &self.time,
            &self.message,
            &self.category,
            &self.data,
            &self.os_version,
            &self.os_name,
        ]
    }

    /// The computer that wrote the event. If the record does not name it, the machine that the
    /// record describes.
    pub fn computer(&self) -> Option<&str> {
        self.computer.first().or_else(|| self.host.first())
    }

    /// The text of the preferred time, which has the lowest row.
    pub fn time(&self) -> Option<&str> {
        let said = self.time.iter().filter(|said| said.kind != Kind::Other);
        said.min_by_key(|said| (said.place.part, said.place.row)).map(|said| &*said.value)
    }
}

/// Whether two names mean the same machine. ASCII case and the domain suffix are ignored.
pub fn same_machine(a: &str, b: &str) -> bool {
    fn host(name: &str) -> &str {
        // An all-digit name or a name with a colon is an address, so it has no domain suffix.
        let digits = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if digits || name.has(b':') { name } else { name.split('.').next().unwrap_or(name) }
    }
    host(a).eq_ignore_ascii_case(host(b))
}
