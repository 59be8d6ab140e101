//! The insertion strings of an event: one list for each place that gives them.

use std::borrow::Cow;

use super::{Place, owned};

/// The number of insertion strings that are kept. The event has two; a third one shows that there
/// are too many.
const STRINGS: usize = 3;

/// One list of insertion strings, from one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings<'a> {
    items: [Option<Cow<'a, str>>; STRINGS],
    /// The list holds something that is not an insertion string of this event.
    pub extra: bool,
    repeated: bool,
    /// The list was given as empty. This alone says nothing, but it contradicts a full list in the
    /// same place.
    empty: bool,
    /// Like `empty`, for each single string.
    nulls: [bool; STRINGS],
    /// How the strings were spelled.
    pub spelling: Spelling,
}

/// How the strings of a list were spelled.
#[allow(clippy::struct_excessive_bools)] // Any of them can be true together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spelling {
    /// At least one string was in a list of its own.
    pub listed: bool,
    /// At least one string was not in a list of its own.
    pub plain: bool,
    /// At least one string had its own name.
    pub named: bool,
    /// The list has the form of the properties of a WMI class.
    pub class: bool,
    /// The names for whole lists that occurred, and those of them that were empty, as two bit
    /// masks.
    holders: (u8, u8),
}

/// The spelling does not count when two lists are compared.
impl PartialEq for Spelling {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Spelling {}

impl<'a> Strings<'a> {
    /// Sets the string with this index; index 0 is `%1`.
    pub fn set(&mut self, index: usize, value: Cow<'a, str>) {
        self.spelling.named = true;
        // A list with strings of its own, next to named strings, gives the strings twice.
        let (there, nothing) = self.spelling.holders;
        self.repeated |= there & !nothing != 0;
        self.repeated |= self.nulls.get(index) == Some(&true);
        self.put(index, value);
    }

    fn put(&mut self, index: usize, value: Cow<'a, str>) {
        self.repeated |= self.empty;
        match self.items.get_mut(index) {
            Some(slot @ None) => *slot = Some(value),
            Some(Some(old)) => self.repeated |= *old != value,
            None => self.extra = true,
        }
    }

    /// Records that the string with this index was given as null.
    pub fn set_null(&mut self, index: usize) {
        if let Some(null) = self.nulls.get_mut(index) {
            *null = true;
        }
        self.repeated |= self.spelling.named && self.get(index).is_some();
    }

    /// Appends a string.
    pub fn push(&mut self, value: Cow<'a, str>) {
        let next = self.items.iter().position(Option::is_none).unwrap_or(STRINGS);
        self.put(next, value);
    }

    /// The string with this index.
    pub fn get(&self, index: usize) -> Option<&str> {
        self.items.get(index)?.as_deref()
    }

    /// The string, if there is exactly one.
    pub fn only(&self) -> Option<&str> {
        if self.items[1].is_none() && self.items[2].is_none() { self.get(0) } else { None }
    }

    /// Like [`Self::only`], but takes the string out of the list.
    pub fn take_only(self) -> Option<Cow<'a, str>> {
        let [first, None, None] = self.items else { return None };
        first.filter(|_| !self.extra)
    }

    /// Whether there are more strings than the two of this event.
    pub fn too_many(&self) -> bool {
        self.extra || self.items[2].is_some()
    }

    /// An owned copy; `None` if memory runs out.
    pub fn to_owned(&self) -> Option<Strings<'static>> {
        let mut copy = Strings { items: Default::default(), ..*self };
        for (to, from) in copy.items.iter_mut().zip(&self.items) {
            if let Some(from) = from {
                *to = Some(Cow::Owned(owned(from)?));
            }
        }
        Some(copy)
    }

    /// Appends the strings of a list that has a shorter lifetime.
    pub fn absorb(&mut self, other: Strings<'_>) {
        self.extra |= other.too_many();
        for item in other.items.into_iter().flatten() {
            self.push(Cow::Owned(item.into_owned()));
        }
        self.repeated |= other.repeated;
        self.spelling.plain |= other.spelling.plain;
        self.spelling.listed |= other.spelling.listed;
    }

    /// Adds the list that the name with number `holder` gives. It must be the same list again, or,
    /// where the name `appends`, one more string. An empty list does not contradict the list of
    /// another name.
    pub fn hold(&mut self, holder: usize, list: Self, appends: bool) {
        let (mut there, mut nothing) = self.spelling.holders;
        let (bit, empty) = (1 << holder, list.is_empty());
        let differs = there & bit != 0 && (nothing & bit != 0) != empty;
        there |= bit;
        nothing |= if empty { bit } else { 0 };
        if empty {
        } else if appends {
            self.absorb(list);
        } else if self.is_empty() {
            *self = Self { empty: self.empty, ..list };
        } else {
            self.repeated |= self.spelling.named || *self != list;
        }
        self.repeated |= differs;
        self.spelling.holders = (there, nothing);
    }

    /// Whether the list has no string, nothing extra and no contradiction.
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(Option::is_none) && !self.extra && !self.repeated
    }

    /// Whether one string was given twice with different values.
    pub fn repeated(&self) -> bool {
        self.repeated
    }

    /// The strings, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| item.as_deref())
    }
}

/// All lists of insertion strings in a record.
#[derive(Clone, Debug, Default)]
pub struct Lists<'a> {
    pub(super) lists: [Option<(Place, Strings<'a>)>; 4],
    /// One place gave two different lists, or the record has more lists than fit.
    pub repeated: bool,
}

impl<'a> Lists<'a> {
    /// No list.
    pub(super) const NONE: Self = Self { lists: [const { None }; 4], repeated: false };

    /// Adds a whole list. An empty list only matters where it differs from another list in the same
    /// place.
    pub fn say(&mut self, place: Place, mut strings: Strings<'a>) {
        strings.empty |= strings.is_empty();
        for slot in &mut self.lists {
            match slot {
                Some((at, old)) if *at == place && *old == strings => return,
                // So far this place only had single strings that were null.
                Some((at, old)) if *at == place && old.is_empty() && !old.empty => {
                    *old = strings;
                    return;
                }
                Some((at, _)) => self.repeated |= *at == place,
                None => {
                    *slot = Some((place, strings));
                    return;
                }
            }
        }
        self.repeated = true;
    }

    /// The list of this place, to be filled string by string. `None` if there is no room for
    /// another list.
    pub fn at(&mut self, place: Place) -> Option<&mut Strings<'a>> {
        let index = self.lists.iter().position(|slot| match slot {
            Some((at, _)) => *at == place,
            None => true,
        });
        let Some(index) = index else {
            self.repeated = true;
            return None;
        };
        Some(&mut self.lists[index].get_or_insert_with(|| (place, Strings::default())).1)
    }

    /// All non-empty lists of the event.
    pub fn iter(&self) -> impl Iterator<Item = &Strings<'a>> {
        let said = self.lists.iter().flatten().filter(|(place, _)| !place.is_beside());
        said.map(|(_, strings)| strings).filter(|list| !list.is_empty())
    }

    /// The lists of copies ([`Place::COPY`]).
    pub fn copies(&self) -> impl Iterator<Item = &Strings<'a>> {
        let copies = self.lists.iter().flatten().filter(|(place, _)| place.part == Place::COPY);
        copies.map(|(_, strings)| strings)
    }

    /// The non-empty lists beside the event, in the parts [`Place::BESIDE`] to [`Place::SHAPED`].
    pub fn beside(&self) -> impl Iterator<Item = &Strings<'a>> {
        let said = self.lists.iter().flatten().filter(|(place, _)| place.is_beside());
        said.map(|(_, strings)| strings).filter(|list| !list.is_empty())
    }

    /// Keeps only the lists for which `keep` is true.
    pub fn retain(&mut self, keep: impl Fn(Place, &Strings<'_>) -> bool) {
        let mut kept = 0;
        for i in 0..self.lists.len() {
            match &self.lists[i] {
                Some((place, list)) if keep(*place, list) => {
                    if kept != i {
                        self.lists.swap(kept, i);
                    }
                    kept += 1;
                }
                Some(_) => {}
                // The slots after an empty slot are empty too.
                None => break,
            }
        }
        for slot in &mut self.lists[kept..] {
            *slot = None;
        }
    }

    /// Moves the lists in places for which `which` is true to another part.
    pub fn move_to(&mut self, part: u8, which: impl Fn(Place) -> bool) {
        for (place, _) in self.lists.iter_mut().flatten().filter(|(place, _)| which(*place)) {
            place.part = part;
        }
    }

    /// All lists, mutable.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Strings<'a>> {
        self.lists.iter_mut().flatten().map(|(_, strings)| strings)
    }
}
