//! Names by their paths: a tree, one step per member, built when the program is.
//!
//! A record's members are looked up one by one, and most of them lead nowhere. So a look-up must not
//! walk over all the bytes of a path, nor build one: it starts where the object above ended.

use super::{NAMES, Role};

/// A place in the tree of names: the path so far. [`Node::TOP`] is that of a whole record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Node(u16);

impl Node {
    /// The empty path.
    pub const TOP: Self = Self(0);
    /// A path that no name begins with.
    pub const NONE: Self = Self(u16::MAX);

    /// The entry of a node in the tree of names as they are spelled.
    fn entry(self) -> Option<&'static Entry> {
        EXACT.entries.get(usize::from(self.0.checked_sub(1)?))
    }

    /// Whether it is a name that only some shapes have.
    pub fn is_generic(self) -> bool {
        let row = self.entry().and_then(|entry| NAMES.get(usize::from(entry.row)));
        row.is_some_and(|name| !name.only.is_empty())
    }

    /// The path, of a node in the tree of names as they are spelled.
    pub fn path(self) -> &'static str {
        let path = self.entry().map(|entry| {
            let end = usize::from(entry.start) + usize::from(entry.length);
            NAMES[usize::from(entry.name)].path.get(..end)
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
    match EXACT.below(from, key) {
        Some(known) => Step::Known(known),
        None => dot(key).map_or(Step::Unknown, |dot| EXACT.dotted(from, key, dot)),
    }
}

/// The same for a key in any case, in the tree of the names that decide: what other programs would
/// take for one of them. Its nodes are those of another tree.
pub fn step_in_any_case(from: Node, key: &str) -> Step<'_> {
    step_without_case(from, key, dot(key))
}

/// Both: the key as it is spelled, or else in any case.
pub fn step_or_in_any_case(exact: Node, folded: Node, key: &str) -> (Step<'_>, bool) {
    if let Some(known) = EXACT.below(exact, key) {
        return (Step::Known(known), false);
    }
    let dot = dot(key);
    match dot.map_or(Step::Unknown, |dot| EXACT.dotted(exact, key, dot)) {
        Step::Unknown => (step_without_case(folded, key, dot), true),
        found => (found, false),
    }
}

fn step_without_case(from: Node, key: &str, dot: Option<usize>) -> Step<'_> {
    if from == Node::NONE || (from == Node::TOP && !may_begin(key, dot.unwrap_or(key.len()))) {
        return Step::Unknown;
    }
    match FOLDED.below(from, key) {
        Some(known) => Step::Known(known),
        None => dot.map_or(Step::Unknown, |dot| FOLDED.dotted(from, key, dot)),
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

/// Whether a name that decides may begin like this key: most keys have another first letter, or another
/// length up to the first dot than the names with that letter.
fn may_begin(key: &str, length: usize) -> bool {
    let first = key.as_bytes().first().copied().unwrap_or_default();
    FIRST[usize::from(first & 0x1F)] >> (length % 32) & 1 == 1
}

/// The lengths, modulo 32, of the first parts of the names that decide, by the first letter.
static FIRST: [u32; 32] = {
    let mut lengths = [0; 32];
    let mut row = 0;
    while row < NAMES.len() {
        let path = NAMES[row].path.as_bytes();
        let mut end = 0;
        while end < path.len() && path[end] != b'.' {
            end += 1;
        }
        if NAMES[row].decides() {
            lengths[(path[0] & 0x1F) as usize] |= 1 << (end % 32);
        }
        row += 1;
    }
    lengths
};

/// The nodes of a tree, and where to look for them.
struct Tree {
    entries: &'static [Entry],
    slots: &'static [u16; SLOT_COUNT],
    folded: bool,
}

impl Tree {
    /// Follows a dotted key, whose first dot is there.
    fn dotted<'k>(&self, from: Node, key: &'k str, dot: usize) -> Step<'k> {
        let (mut node, mut rest, mut within) = (from, key, Step::Unknown);
        let mut next = Some(dot);
        while let Some(dot) = next {
            let Some(known) = self.below(node, &rest[..dot]) else { return within };
            (node, rest) = (known.node, &rest[dot + 1..]);
            if let Some(row) = known.row.filter(|_| !known.inner) {
                let strings = matches!(NAMES[usize::from(row)].role, Role::Strings);
                within = if strings { Step::Within(row, rest) } else { Step::Below(row) };
            }
            if let Some(known) = self.below(node, rest) {
                return Step::Known(known);
            }
            next = self::dot(rest);
        }
        within
    }

    /// A node by its name below another one.
    fn below(&self, from: Node, name: &str) -> Option<Known> {
        let bytes = name.as_bytes();
        let mut slot = slot(from.0, bytes, self.folded);
        loop {
            let number = self.slots[slot & (SLOT_COUNT - 1)];
            let entry = self.entries.get(usize::from(number.checked_sub(1)?))?;
            if entry.parent == from.0 && usize::from(entry.length) == bytes.len() {
                let start = usize::from(entry.start);
                let path = NAMES[usize::from(entry.name)].path.as_bytes();
                let same = |known: &[u8]| {
                    known == bytes || (self.folded && known.eq_ignore_ascii_case(bytes))
                };
                if path.get(start..start + bytes.len()).is_some_and(same) {
                    let row = (entry.row != NO_ROW).then_some(entry.row);
                    return Some(Known { row, inner: entry.inner, node: Node(number) });
                }
            }
            slot += 1;
        }
    }
}

/// Where to look for a name below a node: made of a few of its bytes, because hashing all of them
/// would cost more than comparing them.
const fn slot(parent: u16, name: &[u8], folded: bool) -> usize {
    let (first, last) = match (name.first_chunk(), name.last_chunk()) {
        (Some(first), Some(last)) => (u32::from_le_bytes(*first), u32::from_le_bytes(*last)),
        _ => match *name {
            [first, .., last] => (first as u32, last as u32),
            _ => (0, 0),
        },
    };
    // Without the bit that makes letters small.
    let case = if folded { 0x2020_2020 } else { 0 };
    let (first, last) = (first | case, last | case);
    #[allow(clippy::cast_possible_truncation)]
    let mixed = first ^ last.rotate_left(13) ^ ((parent as u32) << 9 | name.len() as u32 & 0xFF);
    (mixed.wrapping_mul(0x9E37_79B1) >> 20) as usize
}

/// A node of the tree of names. Built at compile time, so that a module starts at once.
#[derive(Clone, Copy)]
struct Entry {
    /// The number of the node above plus one, so that the top is 0.
    parent: u16,
    row: u16,
    /// A name that goes through here, and where in it this part is.
    name: u16,
    start: u8,
    length: u8,
    inner: bool,
}

const NO_ROW: u16 = u16::MAX;
const SLOT_COUNT: usize = 1024;
/// In an empty slot; in others, the number of the node plus one.
const EMPTY: u16 = 0;

struct Built {
    entries: [Entry; 512],
    count: usize,
    slots: [u16; SLOT_COUNT],
}

impl Built {
    const fn first<const COUNT: usize>(&self) -> [Entry; COUNT] {
        let mut entries = [self.entries[0]; COUNT];
        let mut i = 0;
        while i < COUNT {
            entries[i] = self.entries[i];
            i += 1;
        }
        entries
    }
}

static EXACT: Tree = {
    const BUILT: Built = tree(false);
    static ENTRIES: [Entry; BUILT.count] = BUILT.first();
    static SLOTS: [u16; SLOT_COUNT] = BUILT.slots;
    Tree { entries: &ENTRIES, slots: &SLOTS, folded: false }
};

static FOLDED: Tree = {
    const BUILT: Built = tree(true);
    static ENTRIES: [Entry; BUILT.count] = BUILT.first();
    static SLOTS: [u16; SLOT_COUNT] = BUILT.slots;
    Tree { entries: &ENTRIES, slots: &SLOTS, folded: true }
};

#[allow(clippy::cast_possible_truncation)]
const fn tree(folded: bool) -> Built {
    let none = Entry { parent: 0, row: NO_ROW, name: 0, start: 0, length: 0, inner: false };
    let mut tree = Built { entries: [none; 512], count: 0, slots: [EMPTY; SLOT_COUNT] };
    let mut row = 0;
    while row < NAMES.len() {
        let path = NAMES[row].path.as_bytes();
        assert!(path.len() < 256, "a name is too long");
        let (mut start, mut end, mut parent) = (0, 0, 0);
        // In any case, only the names count that no other program uses for something else.
        let skipped = folded && !NAMES[row].decides();
        while !skipped && end <= path.len() {
            if end == path.len() || path[end] == b'.' {
                let part = path.split_at(end).0.split_at(start).1;
                let mut slot = slot(parent, part, folded) & (SLOT_COUNT - 1);
                while tree.slots[slot] != EMPTY {
                    let entry = tree.entries[tree.slots[slot] as usize - 1];
                    let other = NAMES[entry.name as usize].path.as_bytes();
                    let other = other.split_at(entry.start as usize).1;
                    let other = other.split_at(entry.length as usize).0;
                    let same =
                        if folded { other.eq_ignore_ascii_case(part) } else { same(other, part) };
                    if entry.parent == parent && same {
                        break;
                    }
                    slot = (slot + 1) & (SLOT_COUNT - 1);
                }
                if tree.slots[slot] == EMPTY {
                    let (name, start, length) = (row as u16, start as u8, part.len() as u8);
                    tree.entries[tree.count] = Entry { parent, name, start, length, ..none };
                    tree.count += 1;
                    tree.slots[slot] = tree.count as u16;
                }
                let entry = &mut tree.entries[tree.slots[slot] as usize - 1];
                if end < path.len() {
                    entry.inner = true;
                } else if entry.row == NO_ROW
                    || (folded
                        && NAMES[row].only.is_empty()
                        && !NAMES[entry.row as usize].only.is_empty())
                {
                    entry.row = row as u16;
                } else {
                    assert!(folded, "a name stands twice");
                }
                parent = tree.slots[slot];
                start = end + 1;
            }
            end += 1;
        }
        row += 1;
    }
    tree
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
