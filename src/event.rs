//! What a record says, read out of it: borrowed fields, each value with the place it stood in.
//!
//! A record can say the same thing in several places (`winlog.event_id` and `event.code`), or
//! twice in one place (a duplicate JSON key). Readers therefore never choose: they [`Field::say`]
//! every value they meet, and the classifier looks at all of them. Everything has a fixed size, so
//! that reading allocates nothing unless a string has to be decoded.

mod strings;
pub(crate) mod typed;

use std::borrow::Cow;

pub use strings::{Lists, Strings};

use crate::swar::Words;

/// Some of the shapes that have names to themselves: a bit each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shapes(pub(crate) u32);

impl Shapes {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// Whether it is one and no more.
    pub fn is_one(self) -> bool {
        self.0.is_power_of_two()
    }
}

/// Where in a record a value stood. Two values from one place are one thing said twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which part: 0 is the record itself, others are records or fragments inside its strings.
    pub part: u8,
    /// Which field of that part, as the reader numbers them.
    pub row: u16,
}

impl Place {
    /// The part of names in another case: what they say may be taken for the event, and must not be
    /// anything else, but does not make the event.
    pub const BESIDE: u8 = 0x80;
    /// The same for a copy inside a record that has names of its own, or beside the records inside it.
    pub const COPY: u8 = 0x81;

    /// The same as [`Self::BESIDE`] for names that only some shapes have, until the shape is known.
    pub const SHAPED: u8 = 0x82;

    /// Whether it is one of these parts.
    pub fn is_beside(self) -> bool {
        matches!(self.part, Self::BESIDE..=Self::SHAPED)
    }
}

/// What kind of value it was, where the format tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, also text that looks like a number.
    Text,
    /// A bare number.
    Number,
    /// A list that holds one text or number, which is the value: only where every name has a list.
    Listed,
    /// A boolean, a list or an object: nothing that a field of an event can be.
    Other,
}

/// What a number means as a level.
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
    /// Azure Monitor's `EventLevel`: 1 or 2, its name decides.
    Azure,
    /// Syslog severities as GELF has them: 3 is Error.
    Gelf,
    /// Numbers say nothing here.
    Words,
}

/// One value and where it stood.
#[derive(Clone, Debug)]
pub struct Said<'a> {
    /// Where.
    pub place: Place,
    /// What kind of value.
    pub kind: Kind,
    /// What its number would mean, for levels.
    pub scale: Scale,
    /// The decoded value.
    pub value: Cow<'a, str>,
}

/// How many places one field can be said in before the record counts as contradicting itself.
const PLACES: usize = 6;

/// Everything that the record says about one field.
#[derive(Debug, Default)]
pub struct Field<'a> {
    said: [Option<Said<'a>>; PLACES],
    /// How many there are: most fields are said once, and every one is gone through many times.
    count: usize,
    /// One place gave two different values, or there were more places than any shape has.
    pub repeated: bool,
    full: bool,
}

impl Clone for Field<'_> {
    /// Most fields are empty, and an envelope hands on one event for each two bytes of a record.
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
    const EMPTY: Self =
        Self { said: [const { None }; PLACES], count: 0, repeated: false, full: false };

    /// Takes in one value.
    pub fn say(&mut self, place: Place, kind: Kind, value: Cow<'a, str>) {
        self.say_on(place, kind, Scale::Words, value);
    }

    /// Takes in one value of a level, with the scale of its number.
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
        // Nothing is lost of what was said before, or of nothing.
        if !value.is_empty() && !self.all().any(said) {
            self.full = true;
            self.repeated = true;
        }
    }

    fn all(&self) -> Values<'_, 'a> {
        self.values(|_| true)
    }

    /// Those that `which` chooses.
    pub(crate) fn values(&self, which: fn(&Said<'a>) -> bool) -> Values<'_, 'a> {
        Values { left: self.said.get(..self.count).unwrap_or_default().iter(), which }
    }

    /// All values that say something, in the order in which they were met. Empty text says
    /// nothing, except that it differs from another value in the same place.
    pub fn iter(&self) -> Values<'_, 'a> {
        self.values(|said| !said.value.is_empty() && !said.place.is_beside())
    }

    /// The first value that says something and is this.
    #[inline(never)]
    pub fn find(&self, is: &dyn Fn(&Said<'a>) -> bool) -> Option<&Said<'a>> {
        self.iter().find(|said| is(said))
    }

    /// What stands beside the event ([`Place::BESIDE`], [`Place::COPY`]) and says something.
    pub fn beside(&self) -> Values<'_, 'a> {
        self.values(|said| !said.value.is_empty() && said.place.is_beside())
    }

    /// Takes lists of one value for the value, or for none that a field can have.
    pub fn settle_lists(&mut self, kind: Kind) {
        for said in self.said.iter_mut().flatten().filter(|said| said.kind == Kind::Listed) {
            said.kind = kind;
        }
    }

    /// All values that can be a field of an event, as text.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let is = |said: &Said<'a>| {
            !said.value.is_empty() && !said.place.is_beside() && said.kind != Kind::Other
        };
        self.values(is).map(|said| &*said.value)
    }

    /// The first value.
    pub fn first(&self) -> Option<&str> {
        self.texts().next()
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Reads the numbers of some values on another scale.
    pub fn rescale(&mut self, which: &dyn Fn(&Said<'a>) -> bool, to: Scale) {
        for said in self.said.iter_mut().flatten() {
            if which(said) {
                said.scale = to;
            }
        }
    }

    /// Moves some values into another part.
    pub fn move_to(&mut self, part: u8, which: &dyn Fn(&Said<'a>) -> bool) {
        for said in self.said.iter_mut().flatten() {
            if which(said) {
                said.place.part = part;
            }
        }
    }

    /// Forgets the values that `keep` refuses.
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
        // What was forgotten contradicts nothing.
        let places = || self.all().map(|said| said.place);
        self.repeated = self.full
            || places().enumerate().any(|(i, place)| places().skip(i + 1).any(|p| p == place));
    }
}

/// Some of the values of a field. A type of its own, because to go through them in place, wherever that is
/// done, would be a tenth of a small module.
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

    #[inline(never)]
    fn next(&mut self) -> Option<&'f Said<'a>> {
        self.left.find_map(|said| said.as_ref().filter(|said| (self.which)(said)))
    }
}

/// Something that a reader met where only what it understands may stand.
///
/// Names, places and grammars that no reader knows are free: they say nothing about the event. What
/// touches a known one and cannot be read may say anything, so an event that holds such a thing is
/// never benign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread<'a> {
    /// The member, element, column or part of the text.
    pub place: Cow<'a, str>,
    /// What it holds.
    pub held: Cow<'a, str>,
}

/// An event that says nothing.
pub static NOTHING: Event<'static> = Event::nothing("");

/// What a record says about one event.
#[derive(Debug)]
pub struct Event<'a> {
    /// How the record spells its event; empty where no shape was recognised.
    pub shape: &'static str,
    /// All shapes that have names to themselves and that the record may have.
    pub shapes: Shapes,
    /// The event source (provider).
    pub source: Field<'a>,
    /// The event id, in any of its renderings.
    pub id: Field<'a>,
    /// The high word of the id, where it stands by itself.
    pub qualifiers: Field<'a>,
    /// The level, as word or number.
    pub level: Field<'a>,
    /// The log (channel).
    pub log: Field<'a>,
    /// The computer that wrote the event.
    pub computer: Field<'a>,
    /// The machine that the record itself describes (a collector, perhaps).
    pub host: Field<'a>,
    /// When, in the order of preference.
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
    /// The first thing that was not understood.
    pub unread: Option<Unread<'a>>,
    /// What names said that feed nothing: the part, the name and the value; see [`Self::say_other`].
    pub others: Vec<(u8, &'static str, Cow<'a, str>)>,
}

/// In one place: an event has hundreds of words to set, and every reader begins with one.
impl Default for Event<'_> {
    #[inline(never)]
    fn default() -> Self {
        Self::nothing("")
    }
}

impl Event<'_> {
    /// One that says nothing, of this shape.
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
    /// An event that says nothing, of this shape: a constant, because an event is large to set up.
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

    /// Notes something that was not understood, and where it stood. One is enough: the event is then
    /// not benign, and a person is shown the first.
    pub fn leave_unread(&mut self, place: impl Into<Cow<'a, str>>, held: impl Into<Cow<'a, str>>) {
        self.unread.get_or_insert_with(|| Unread { place: place.into(), held: held.into() });
    }

    /// The same for what stands where a record may: it comes first, because objects that hold other things
    /// than a record have it, too.
    pub fn leave_copy(&mut self, place: impl Into<Cow<'a, str>>, held: impl Into<Cow<'a, str>>) {
        self.unread = Some(Unread { place: place.into(), held: held.into() });
    }

    /// Takes in what a name said that feeds nothing. Another value under the same name is not
    /// understood. No table of such names is long.
    pub fn say_other(&mut self, part: u8, name: &'static str, value: Cow<'a, str>) {
        let before = self.others.iter().find(|said| (said.0, said.1) == (part, name));
        let same = before.map(|(.., before)| *before == value);
        if same.is_none() && self.others.try_reserve(1).is_ok() {
            self.others.push((part, name, value));
        } else if same != Some(true) {
            self.leave_unread(name, value);
        }
    }

    /// Every field that feeds the verdict, to be changed.
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

    /// Whether the events inside this one, which is their envelope, take anything over from it.
    pub fn has_labels(&self) -> bool {
        let labels = [&self.computer, &self.host, &self.time, &self.level];
        let copy = |field: &&Field<'_>| field.beside().any(|s| s.place.part == Place::COPY);
        labels.iter().any(|field| field.count > 0 || field.repeated)
            || self.strings.lists[0].is_some()
            || self.fields().iter().any(copy)
    }

    /// Takes over what copies beside the records of an envelope say ([`Place::COPY`]).
    pub fn take_copies(&mut self, envelope: &Event<'a>) {
        for (field, other) in self.fields_mut().into_iter().zip(envelope.fields()) {
            for said in other.beside().filter(|said| said.place.part == Place::COPY) {
                field.say_on(said.place, said.kind, said.scale, said.value.clone());
            }
        }
        for list in envelope.strings.copies() {
            self.strings.say(Place { part: Place::COPY, row: u16::MAX }, list.clone());
        }
    }

    /// Notes what a copy of the event says that stands inside the same record, as of a part of it.
    /// `None` where memory ran out.
    pub fn say_copy(&mut self, copy: &Event<'_>, part: u8) -> Option<()> {
        for (field, copied) in self.fields_mut().into_iter().zip(copy.fields()) {
            for said in copied.all() {
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

/// A copy of a text, where there is memory for it: hosts have little.
fn owned(text: &str) -> Option<String> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len()).ok()?;
    copy.push_str(text);
    Some(copy)
}

impl<'a> Event<'a> {
    /// Whether nothing was said to it yet, so that it can be used for another record.
    pub fn is_untouched(&self) -> bool {
        let fresh = |field: &&Field<'_>| field.count == 0 && !field.repeated;
        self.unread.is_none()
            && self.others.is_empty()
            && self.strings.lists[0].is_none()
            && !self.strings.repeated
            && self.fields().iter().all(fresh)
    }

    /// Every field that feeds the verdict.
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

    /// The computer that wrote the event, or, where the record does not say, the machine that it
    /// describes.
    pub fn computer(&self) -> Option<&str> {
        self.computer.first().or_else(|| self.host.first())
    }

    /// The text of the preferred time: readers number earlier places lower.
    pub fn time(&self) -> Option<&str> {
        let said = self.time.iter().filter(|said| said.kind != Kind::Other);
        said.min_by_key(|said| (said.place.part, said.place.row)).map(|said| &*said.value)
    }
}

/// Whether two names are of one machine: ASCII case and domain suffix do not count.
pub fn same_machine(a: &str, b: &str) -> bool {
    fn host(name: &str) -> &str {
        // No name has only numbers, or a colon.
        let digits = name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if digits || name.has(b':') { name } else { name.split('.').next().unwrap_or(name) }
    }
    host(a).eq_ignore_ascii_case(host(b))
}
