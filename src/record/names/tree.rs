//! Names by their paths: a tree, one step per member, built when the program is.
//!
//! A record's members are looked up one by one, and most of them lead nowhere. So a look-up must not
//! walk over all the bytes of a path, nor build one: it starts where the object above ended.

use super::{NAMES, PATHS, Role, row};

/// A place in the tree of names: the path so far. [`Node::TOP`] is that of a whole record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node(u16);

impl Node {
    /// The empty path.
    pub const TOP: Self = Self(0);
    /// A path that no name begins with.
    pub const NONE: Self = Self(u16::MAX);

    fn entry(self) -> Option<&'static Entry> {
        ENTRIES.get(usize::from(self.0.checked_sub(1)?))
    }

    /// What stands for this path and all that differ from it in case alone: the names that decide.
    fn in_any_case(self) -> Self {
        if self == Self::TOP { self } else { self.entry().map_or(Self::NONE, |e| Self(e.twin)) }
    }

    /// Whether it is a name that only some shapes have.
    pub fn is_generic(self) -> bool {
        let row = self.entry().map_or(NO_ROW, |entry| entry.row & NO_ROW);
        row != NO_ROW && super::row(row).is_generic()
    }

    /// The path as it is spelled.
    pub fn path(self) -> &'static str {
        let path = self.entry().map(|entry| {
            let part = usize::from(entry.part);
            PATHS.get(part - usize::from(entry.before)..part + usize::from(entry.length))
        });
        path.flatten().unwrap_or_default()
    }
}

/// What a path is: a name, the beginning of names, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its row in [`NAMES`].
    pub row: Option<u16>,
    /// Whether longer names begin with it.
    pub inner: bool,
    /// Where those go on.
    pub node: Node,
}

impl Known {
    /// What a node is, as it is spelled or in any case.
    fn of(node: Node, exact: bool) -> Option<Self> {
        let entry = node.entry()?;
        let row = if exact { entry.row } else { entry.any_row };
        let (inner, row) = (row & INNER != 0, row & NO_ROW);
        Some(Self { row: (row != NO_ROW).then_some(row), inner, node })
    }

    /// What a path, as it is spelled, is in any case.
    pub fn in_any_case(self) -> Option<Self> {
        Self::of(self.node.in_any_case(), false)
    }
}

/// Where a key leads.
#[derive(Clone, Copy)]
pub enum Step<'k> {
    /// To this.
    Known(Known),
    /// Nowhere, but its beginning is the name of insertion strings, and the rest one of theirs.
    Within(u16, &'k str),
    /// Nowhere, but its beginning is a name below which there is none.
    Below(u16),
    /// Nowhere.
    Unknown,
}

/// Follows a key from a node: one step down the tree, or, where the key is dotted, several.
pub fn step(from: Node, key: &str) -> Step<'_> {
    match below(from, Node::NONE, key) {
        Some((known, _)) => Step::Known(known),
        None => dot(key).map_or(Step::Unknown, |dot| dotted(from, true, key, dot)),
    }
}

/// The same for a key in any case, among the names that decide: what other programs would take for one of
/// them. `from` is a node that such a step, or [`Known::in_any_case`], led to.
pub fn step_in_any_case(from: Node, key: &str) -> Step<'_> {
    match below(Node::NONE, from, key) {
        Some((known, _)) => Step::Known(known),
        None => dot(key).map_or(Step::Unknown, |dot| dotted(from, false, key, dot)),
    }
}

/// Both: the key as it is spelled, or else in any case, which the flag says.
pub fn step_or_in_any_case(exact: Node, folded: Node, key: &str) -> (Step<'_>, bool) {
    if let Some((known, exact)) = below(exact, folded, key) {
        return (Step::Known(known), !exact);
    }
    let Some(dot) = dot(key) else { return (Step::Unknown, true) };
    match dotted(exact, true, key, dot) {
        Step::Unknown => (dotted(folded, false, key, dot), true),
        found => (found, false),
    }
}

/// Where the first dot of a key is. Most keys are short.
fn dot(key: &str) -> Option<usize> {
    let bytes = key.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'.' {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Follows a dotted key, whose first dot is there.
#[inline(never)]
fn dotted(from: Node, exact: bool, key: &str, dot: usize) -> Step<'_> {
    let (mut node, mut rest, mut within) = (from, key, Step::Unknown);
    let mut next = Some(dot);
    let below = |node, name| {
        let (spelled, folded) = if exact { (node, Node::NONE) } else { (Node::NONE, node) };
        below(spelled, folded, name).map(|(known, _)| known)
    };
    while let Some(dot) = next {
        let Some(known) = below(node, &rest[..dot]) else { return within };
        (node, rest) = (known.node, &rest[dot + 1..]);
        if let Some(number) = known.row.filter(|_| !known.inner) {
            let strings = matches!(row(number).role, Role::Strings);
            within = if strings { Step::Within(number, rest) } else { Step::Below(number) };
        }
        next = self::dot(rest);
        if next.is_none()
            && let Some(known) = below(node, rest)
        {
            return Step::Known(known);
        }
    }
    within
}

/// A node by its name below another one, as it is spelled (`true`), or else below that of names in any case.
#[inline(never)]
fn below(exact: Node, folded: Node, name: &str) -> Option<(Known, bool)> {
    let bytes = name.as_bytes();
    let mut found = Node::NONE;
    let mut from = if exact == Node::NONE { folded } else { exact };
    loop {
        let mut slot = slot(from.0, bytes);
        loop {
            let node = Node(SLOTS[slot & (SLOT_COUNT - 1)]);
            let Some(entry) = node.entry() else { break };
            slot += 1;
            if usize::from(entry.length) != bytes.len() {
                continue;
            }
            let part = entry.part();
            if entry.parent == exact.0 && part == bytes {
                return Some((Known::of(node, true)?, true));
            }
            let twin = entry.twin == node.0 && Node(entry.parent).in_any_case() == folded;
            if twin && part.eq_ignore_ascii_case(bytes) {
                found = node;
            }
        }
        if from == folded || folded == Node::NONE {
            return Some((Known::of(found, false)?, false));
        }
        from = folded;
    }
}

/// Where to look for a name below a node: made of a few of its bytes, because hashing all of them
/// would cost more than comparing them.
const fn slot(parent: u16, name: &[u8]) -> usize {
    let (first, last) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u32::from_le_bytes(*first), u32::from_le_bytes(*last)),
        _ => match *name {
            [first, .., last] => (first as u32, last as u32),
            _ => (0, 0),
        },
    };
    // Without the bit that makes letters small.
    let (first, last) = (first | 0x2020_2020, last | 0x2020_2020);
    #[allow(clippy::cast_possible_truncation)]
    let mixed = first ^ last.rotate_left(13) ^ ((parent as u32) << 9 | name.len() as u32 & 0xFF);
    (mixed.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// A node of the tree of names. Built at compile time, so that a module starts at once.
#[derive(Clone, Copy)]
struct Entry {
    /// The number of the node above plus one, so that the top is 0.
    parent: u16,
    /// The number plus one of the node that stands for all that differ from this in case alone, where names
    /// that decide go through one of them; this node itself, where it is the first.
    twin: u16,
    /// The row of the name, or [`NO_ROW`]; and [`INNER`] where names go on below.
    row: u16,
    /// The same for the name in any case, where this stands for it: one that all shapes have goes first.
    any_row: u16,
    /// Where this part is in [`PATHS`], in a name that goes through here, and how much of that is before it.
    part: u16,
    before: u8,
    length: u8,
}

impl Entry {
    fn part(&self) -> &'static [u8] {
        let start = usize::from(self.part);
        PATHS.as_bytes().get(start..start + usize::from(self.length)).unwrap_or_default()
    }

    /// The same at compile time.
    const fn spelled(&self) -> &'static [u8] {
        PATHS.as_bytes().split_at(self.part as usize).1.split_at(self.length as usize).0
    }
}

const INNER: u16 = 1 << 15;
const NO_ROW: u16 = INNER - 1;
const SLOT_COUNT: usize = 1024;
/// In an empty slot; in others, the number of the node plus one.
const EMPTY: u16 = 0;

struct Built {
    entries: [Entry; 512],
    count: usize,
    slots: [u16; SLOT_COUNT],
}

static ENTRIES: [Entry; BUILT.count] = {
    let mut entries = [BUILT.entries[0]; BUILT.count];
    let mut i = 0;
    while i < BUILT.count {
        entries[i] = BUILT.entries[i];
        i += 1;
    }
    entries
};
static SLOTS: [u16; SLOT_COUNT] = BUILT.slots;
const BUILT: Built = {
    let none = Entry {
        parent: 0,
        twin: Node::NONE.0,
        row: NO_ROW,
        any_row: NO_ROW,
        part: 0,
        before: 0,
        length: 0,
    };
    let mut built = Built { entries: [none; 512], count: 0, slots: [EMPTY; SLOT_COUNT] };
    let (mut row, mut begin) = (0, 0);
    while row < NAMES.len() {
        built.add(row, begin);
        begin += NAMES[row].path.len();
        row += 1;
    }
    row = 0;
    while row < NAMES.len() {
        // In any case, only the names count that no other program uses for something else.
        if NAMES[row].decides() {
            built.decide(row);
        }
        row += 1;
    }
    let mut node = 1;
    while node <= built.count {
        built.find_twin(node);
        node += 1;
    }
    built
};

/// Where the part of a path that begins at `start` ends.
const fn end_of_part(path: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < path.len() && path[end] != b'.' {
        end += 1;
    }
    end
}

#[allow(clippy::cast_possible_truncation)]
impl Built {
    /// The slot of a part below a node as it is spelled, or the empty one where it is to go.
    const fn find(&self, parent: u16, part: &[u8]) -> usize {
        let mut slot = slot(parent, part) & (SLOT_COUNT - 1);
        while self.slots[slot] != EMPTY {
            let entry = &self.entries[self.slots[slot] as usize - 1];
            if entry.parent == parent && same(entry.spelled(), part) {
                break;
            }
            slot = (slot + 1) & (SLOT_COUNT - 1);
        }
        slot
    }

    /// Adds a name as it is spelled, whose path begins there in [`PATHS`].
    const fn add(&mut self, row: usize, begin: usize) {
        let path = NAMES[row].path.as_bytes();
        let (mut start, mut parent) = (0, 0);
        while start <= path.len() {
            let end = end_of_part(path, start);
            let part = path.split_at(end).0.split_at(start).1;
            let slot = self.find(parent, part);
            if self.slots[slot] == EMPTY {
                let entry = &mut self.entries[self.count];
                entry.parent = parent;
                (entry.part, entry.before) = ((begin + start) as u16, start as u8);
                entry.length = part.len() as u8;
                self.count += 1;
                self.slots[slot] = self.count as u16;
            }
            parent = self.slots[slot];
            let entry = &mut self.entries[parent as usize - 1];
            if end < path.len() {
                entry.row |= INNER;
            } else {
                assert!(entry.row & NO_ROW == NO_ROW, "a name stands twice");
                entry.row = entry.row & INNER | row as u16;
            }
            start = end + 1;
        }
    }

    /// What stands for a part in any case below what stands for the nodes above; or the empty slot.
    const fn twin(&self, above: u16, part: &[u8]) -> Result<u16, usize> {
        let mut slot = slot(above, part) & (SLOT_COUNT - 1);
        while self.slots[slot] != EMPTY {
            let number = self.slots[slot];
            let entry = &self.entries[number as usize - 1];
            if entry.twin == number
                && self.above(entry.parent) == above
                && entry.spelled().eq_ignore_ascii_case(part)
            {
                return Ok(number);
            }
            slot = (slot + 1) & (SLOT_COUNT - 1);
        }
        Err(slot)
    }

    /// [`Node::in_any_case`].
    const fn above(&self, parent: u16) -> u16 {
        if parent == 0 { 0 } else { self.entries[parent as usize - 1].twin }
    }

    /// Adds a name in any case.
    const fn decide(&mut self, row: usize) {
        let path = NAMES[row].path.as_bytes();
        let (mut start, mut parent, mut above) = (0, 0, 0);
        while start <= path.len() {
            let end = end_of_part(path, start);
            let part = path.split_at(end).0.split_at(start).1;
            let node = self.slots[self.find(parent, part)];
            let twin = match self.twin(above, part) {
                Ok(twin) => twin,
                Err(slot) => {
                    // It is looked for below what stands for the nodes above.
                    if above != parent {
                        self.slots[slot] = node;
                    }
                    node
                }
            };
            self.entries[node as usize - 1].twin = twin;
            let entry = &mut self.entries[twin as usize - 1];
            if end < path.len() {
                entry.any_row |= INNER;
            } else {
                let known = entry.any_row & NO_ROW;
                let all = NAMES[row].only.is_empty();
                if known == NO_ROW || (all && !NAMES[known as usize].only.is_empty()) {
                    entry.any_row = entry.any_row & INNER | row as u16;
                }
            }
            (parent, above, start) = (node, twin, end + 1);
        }
    }

    /// What a node is in any case that no name that decides goes through as it is spelled.
    const fn find_twin(&mut self, node: usize) {
        let entry = self.entries[node - 1];
        let above = self.above(entry.parent);
        if entry.twin == Node::NONE.0
            && above != Node::NONE.0
            && let Ok(twin) = self.twin(above, entry.spelled())
        {
            self.entries[node - 1].twin = twin;
        }
    }
}

pub(super) const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

#[cfg(test)]
mod tests {
    use super::{NAMES, Node, Role, Step, step};

    #[test]
    fn every_name_is_found_nested_dotted_and_half_and_half() {
        for (row, name) in NAMES.iter().enumerate() {
            let dots = name.path.match_indices('.').map(|(at, _)| at).collect::<Vec<_>>();
            for cuts in 0_u32..1 << dots.len() {
                let (mut node, mut start) = (Node::TOP, 0);
                let cut = dots.iter().enumerate().filter(|(i, _)| cuts >> i & 1 == 1);
                for &dot in cut.map(|(_, dot)| dot) {
                    let Step::Known(known) = step(node, &name.path[start..dot]) else {
                        panic!("{} up to {dot}", name.path)
                    };
                    assert!(known.inner);
                    (node, start) = (known.node, dot + 1);
                }
                let Step::Known(known) = step(node, &name.path[start..]) else {
                    panic!("{}", name.path)
                };
                assert_eq!(known.row.map(usize::from), Some(row), "{}", name.path);
            }
        }
    }

    #[test]
    fn other_names_lead_nowhere_or_into_insertion_strings() {
        for name in NAMES {
            let within = name.role == Role::Strings;
            for (key, within) in [
                (format!("{}.", name.path), within),
                (format!("{}.param1", name.path), within),
                (format!("{}x", name.path), false),
                (format!(".{}", name.path), false),
            ] {
                match step(Node::TOP, &key) {
                    Step::Within(row, rest) => {
                        assert!(within, "{key}");
                        assert_eq!(NAMES[usize::from(row)].path, name.path);
                        assert!(key.ends_with(rest));
                    }
                    Step::Known(known) => assert_ne!(known.row.map(usize::from), None, "{key}"),
                    Step::Below(row) => {
                        assert!(!within, "{key}");
                        assert!(key.starts_with(NAMES[usize::from(row)].path), "{key}");
                    }
                    Step::Unknown => assert!(!within, "{key}"),
                }
            }
        }
    }
}
