//! The tree of names, with one node per path component. It is built at compile time.
//!
//! Members are looked up one by one, and most are unknown. A lookup must therefore not read or
//! build a whole path: it continues at the node of the object above.

use super::{NAMES, PATHS, Role, row};

/// A node in the tree of names: the path so far. [`Node::TOP`] is the record itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node(u16);

impl Node {
    /// The empty path.
    pub const TOP: Self = Self(0);
    /// A path that is not the start of any name.
    pub const NONE: Self = Self(u16::MAX);

    fn entry(self) -> Option<&'static Entry> {
        ENTRIES.get(usize::from(self.0.checked_sub(1)?))
    }

    /// The representative node of all paths that differ from this one only in case, among the names
    /// that decide.
    fn in_any_case(self) -> Self {
        if self == Self::TOP { self } else { self.entry().map_or(Self::NONE, |e| Self(e.twin)) }
    }

    /// The name that the node is, if only some shapes have it.
    pub fn generic(self) -> Option<u16> {
        let row = self.entry().map_or(NO_ROW, |entry| entry.row & NO_ROW);
        (row != NO_ROW && super::row(row).is_generic()).then_some(row)
    }

    /// The path in its exact spelling.
    pub fn path(self) -> &'static str {
        let path = self.entry().map(|entry| {
            let part = usize::from(entry.part);
            PATHS.get(part - usize::from(entry.before)..part + usize::from(entry.length))
        });
        path.flatten().unwrap_or_default()
    }
}

/// The meaning of a path: a name, the start of longer names, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The row in [`NAMES`], if the path is a name.
    pub row: Option<u16>,
    /// Whether longer names start with this path.
    pub inner: bool,
    /// The node where longer names continue.
    pub node: Node,
}

impl Known {
    /// The meaning of a node, for its exact spelling or for any case.
    fn of(node: Node, exact: bool) -> Option<Self> {
        let entry = node.entry()?;
        let row = if exact { entry.row } else { entry.any_row };
        let (inner, row) = (row & INNER != 0, row & NO_ROW);
        Some(Self { row: (row != NO_ROW).then_some(row), inner, node })
    }

    /// The meaning of this path when case is ignored.
    pub fn in_any_case(self) -> Option<Self> {
        Self::of(self.node.in_any_case(), false)
    }
}

/// The result of following a key.
#[derive(Clone, Copy)]
pub enum Step<'k> {
    /// The path is known.
    Known(Known),
    /// The path is unknown, but it starts with the name of insertion strings; the rest names one of
    /// them.
    Within(u16, &'k str),
    /// The path is unknown, but it starts with a name that has no longer names.
    Below(u16),
    /// The path is unknown.
    Unknown,
}

/// Follows a key from a node: one step down the tree, or several steps if the key has dots.
pub fn step(from: Node, key: &str) -> Step<'_> {
    match below(from, Node::NONE, key) {
        Some((known, _)) => Step::Known(known),
        None => dot(key).map_or(Step::Unknown, |dot| dotted(from, true, key, dot)),
    }
}

/// Like [`step`], but ignores case and only finds names that decide: a program that ignores case
/// would read such a key. `from` must come from such a step or from [`Known::in_any_case`].
pub fn step_in_any_case(from: Node, key: &str) -> Step<'_> {
    match below(Node::NONE, from, key) {
        Some((known, _)) => Step::Known(known),
        None => dot(key).map_or(Step::Unknown, |dot| dotted(from, false, key, dot)),
    }
}

/// Follows the exact spelling first and then any case. The flag is true if case was ignored.
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

/// The offset of the first dot in a key. A plain loop is fast enough, because most keys are short.
pub(in crate::record) fn dot(key: &str) -> Option<usize> {
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

/// Follows a dotted key; `dot` is the offset of its first dot.
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

/// Finds a child node by its name. The flag is true for the exact spelling below `exact`, and false
/// for any case below `folded`.
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

/// The hash slot of a name below a node. It uses only a few bytes of the name, because hashing all
/// bytes would cost more than the comparison.
const fn slot(parent: u16, name: &[u8]) -> usize {
    let (first, last) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u32::from_le_bytes(*first), u32::from_le_bytes(*last)),
        _ => match *name {
            [first, .., last] => (first as u32, last as u32),
            _ => (0, 0),
        },
    };
    // Sets the bit that makes ASCII letters lower-case.
    let (first, last) = (first | 0x2020_2020, last | 0x2020_2020);
    #[allow(clippy::cast_possible_truncation)]
    let mixed = first ^ last.rotate_left(13) ^ ((parent as u32) << 9 | name.len() as u32 & 0xFF);
    (mixed.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// A node of the tree. The tree is built at compile time, so that a module starts without delay.
#[derive(Clone, Copy)]
struct Entry {
    /// The number of the parent node plus one; 0 is the top.
    parent: u16,
    /// The number plus one of the representative of all nodes that differ from this one only in
    /// case, if a name that decides passes through one of them. The first such node represents
    /// itself.
    twin: u16,
    /// The row of the name or [`NO_ROW`], with the bit [`INNER`] if longer names continue below.
    row: u16,
    /// Like `row`, for names in any case, on a representative node. A name of all shapes takes
    /// precedence.
    any_row: u16,
    /// The offset of this component in [`PATHS`], and the length of the path before it.
    part: u16,
    before: u8,
    length: u8,
}

impl Entry {
    fn part(&self) -> &'static [u8] {
        let start = usize::from(self.part);
        PATHS.as_bytes().get(start..start + usize::from(self.length)).unwrap_or_default()
    }

    /// Like [`Self::part`], at compile time.
    const fn spelled(&self) -> &'static [u8] {
        PATHS.as_bytes().split_at(self.part as usize).1.split_at(self.length as usize).0
    }
}

const INNER: u16 = 1 << 15;
const NO_ROW: u16 = INNER - 1;
const SLOT_COUNT: usize = 1024;
/// The value of an empty slot. Other slots hold the number of a node plus one.
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
        // When case is ignored, only names count that no other program uses for something else.
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

/// The end of the path component that starts at `start`.
const fn end_of_part(path: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < path.len() && path[end] != b'.' {
        end += 1;
    }
    end
}

#[allow(clippy::cast_possible_truncation)]
impl Built {
    /// The slot of an exactly spelled component below a node, or the empty slot where it belongs.
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

    /// Adds a name in its exact spelling; `begin` is the offset of its path in [`PATHS`].
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
                assert!(entry.row & NO_ROW == NO_ROW, "a name occurs twice");
                entry.row = entry.row & INNER | row as u16;
            }
            start = end + 1;
        }
    }

    /// The representative of a component in any case, below the representative of its parent; or
    /// the empty slot.
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

    /// The compile-time version of [`Node::in_any_case`].
    const fn above(&self, parent: u16) -> u16 {
        if parent == 0 { 0 } else { self.entries[parent as usize - 1].twin }
    }

    /// Adds a name that is found in any case.
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
                    // Lookups search below the representative of the parent.
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

    /// Finds the representative of a node that no deciding name passes through in this spelling.
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
