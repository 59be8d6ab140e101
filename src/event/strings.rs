//! The insertion strings: lists of them, each from one place.

use std::borrow::Cow;

use super::{Place, owned};

/// How many insertion strings are kept; the event has two, and one too many is enough to know.
const STRINGS: usize = 3;

/// One list of insertion strings, as one place gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strings<'a> {
    items: [Option<Cow<'a, str>>; STRINGS],
    /// Something stood there that is no insertion string of this event.
    pub extra: bool,
    repeated: bool,
    /// An empty list stood there: alone it says nothing, beside a full one it differs.
    empty: bool,
    /// The same for a single string.
    nulls: [bool; STRINGS],
    /// How the strings were spelled.
    pub spelling: Spelling,
}

/// How strings were spelled.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spelling {
    /// One stood in a list of its own.
    pub listed: bool,
    /// One did not.
    pub plain: bool,
    /// One had a name of its own.
    pub named: bool,
    /// Which of the names that hold all of them were there, and which with nothing: a bit each.
    holders: (u8, u8),
}

/// Strings are the same in every spelling.
impl PartialEq for Spelling {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Spelling {}

impl<'a> Strings<'a> {
    /// Sets the string with this index (`%1` is 0).
    pub fn set(&mut self, index: usize, value: Cow<'a, str>) {
        self.spelling.named = true;
        // A holder with strings of its own is one string too many, wherever it stands.
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

    /// Notes that the string with this index is said to be none.
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

    /// The only string, where there is exactly one.
    pub fn only(&self) -> Option<&str> {
        if self.items[1].is_none() && self.items[2].is_none() { self.get(0) } else { None }
    }

    /// The only string, taken out.
    pub fn take_only(self) -> Option<Cow<'a, str>> {
        let [first, None, None] = self.items else { return None };
        first.filter(|_| !self.extra)
    }

    /// Whether there are more than the two strings of this event.
    pub fn too_many(&self) -> bool {
        self.extra || self.items[2].is_some()
    }

    /// A copy that borrows nothing, where there is memory for it.
    pub fn to_owned(&self) -> Option<Strings<'static>> {
        let mut copy = Strings { items: Default::default(), ..*self };
        for (to, from) in copy.items.iter_mut().zip(&self.items) {
            if let Some(from) = from {
                *to = Some(Cow::Owned(owned(from)?));
            }
        }
        Some(copy)
    }

    /// Takes over what was read from a string that does not live as long.
    pub fn absorb(&mut self, other: Strings<'_>) {
        self.extra |= other.too_many();
        for item in other.items.into_iter().flatten() {
            self.push(Cow::Owned(item.into_owned()));
        }
        self.repeated |= other.repeated;
        self.spelling.plain |= other.spelling.plain;
        self.spelling.listed |= other.spelling.listed;
    }

    /// Takes in what the name with this number holds: the same list once more, or, where the name
    /// `appends`, one string more. Nothing, said once, says nothing beside what another name holds.
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

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.items.iter().all(Option::is_none) && !self.extra && !self.repeated
    }

    /// Whether one string was given twice with different values.
    pub fn repeated(&self) -> bool {
        self.repeated
    }

    /// The strings.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.items.iter().filter_map(|item| item.as_deref())
    }
}

/// All lists of insertion strings that a record gives.
#[derive(Clone, Debug, Default)]
pub struct Lists<'a> {
    pub(super) lists: [Option<(Place, Strings<'a>)>; 4],
    /// One place gave two different lists, or there were more places than any shape has.
    pub repeated: bool,
}

impl<'a> Lists<'a> {
    /// No list.
    pub(super) const NONE: Self = Self { lists: [const { None }; 4], repeated: false };

    /// Takes in a whole list. An empty one says nothing, except that it differs from another one
    /// in the same place.
    pub fn say(&mut self, place: Place, mut strings: Strings<'a>) {
        strings.empty |= strings.is_empty();
        for slot in &mut self.lists {
            match slot {
                Some((at, old)) if *at == place && *old == strings => return,
                // Only its own strings were said to be none.
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

    /// The list of this place, to be filled string by string.
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

    /// All lists that say something.
    pub fn iter(&self) -> impl Iterator<Item = &Strings<'a>> {
        let said = self.lists.iter().flatten().filter(|(place, _)| !place.is_beside());
        said.map(|(_, strings)| strings).filter(|list| !list.is_empty())
    }

    /// The lists of copies ([`Place::COPY`]).
    pub fn copies(&self) -> impl Iterator<Item = &Strings<'a>> {
        let copies = self.lists.iter().flatten().filter(|(place, _)| place.part == Place::COPY);
        copies.map(|(_, strings)| strings)
    }

    /// What stands beside the event ([`Place::BESIDE`], [`Place::COPY`]) and says something.
    pub fn beside(&self) -> impl Iterator<Item = &Strings<'a>> {
        let said = self.lists.iter().flatten().filter(|(place, _)| place.is_beside());
        said.map(|(_, strings)| strings).filter(|list| !list.is_empty())
    }

    /// Forgets the lists in places that `keep` refuses.
    pub fn retain(&mut self, keep: impl Fn(Place) -> bool) {
        let mut kept = 0;
        for i in 0..self.lists.len() {
            match &self.lists[i] {
                Some((place, _)) if keep(*place) => {
                    if kept != i {
                        self.lists.swap(kept, i);
                    }
                    kept += 1;
                }
                Some(_) => {}
                // None comes after an empty place.
                None => break,
            }
        }
        for slot in &mut self.lists[kept..] {
            *slot = None;
        }
    }

    /// Moves the lists in some places into another part.
    pub fn move_to(&mut self, part: u8, which: impl Fn(Place) -> bool) {
        for (place, _) in self.lists.iter_mut().flatten().filter(|(place, _)| which(*place)) {
            place.part = part;
        }
    }

    /// All lists, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Strings<'a>> {
        self.lists.iter_mut().flatten().map(|(_, strings)| strings)
    }
}
