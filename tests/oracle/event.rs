//! Reads the values of a JSON record: every member by its full path, dotted and nested spellings
//! alike, then each rule of the design. It shares only the table of names with the readers, which
//! is data.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use crypt32_filter::{
    event::Scale,
    record::names::{NAMES, Name, Role, SHAPES},
};

use super::{
    embedded, message,
    tree::{Member, Tree, Value},
    typed,
    verdict::short,
};

/// One member, with its path from the top of the record, joined with dots.
#[derive(Clone)]
pub struct Entry {
    pub path: String,
    pub node: usize,
    /// Whether the path is one key of the record.
    pub key: bool,
}

/// Insertion strings in order; some may be missing.
pub type List = Vec<Option<Vec<u8>>>;

/// The values of a record's event by role.
#[derive(Clone, Debug, Default)]
pub struct Event {
    pub shape: &'static str,
    pub sources: Vec<Vec<u8>>,
    pub ids: Vec<String>,
    pub qualifiers: Vec<String>,
    /// Texts, with the scale of their numbers.
    pub severities: Vec<(String, Meaning)>,
    /// The same for each copy.
    pub copied: Vec<Vec<(String, Meaning)>>,
    pub logs: Vec<Vec<u8>>,
    pub computers: Vec<Vec<u8>>,
    pub hosts: Vec<Vec<u8>>,
    pub os_names: Vec<String>,
    pub os_versions: Vec<String>,
    pub messages: Vec<Vec<u8>>,
    pub categories: Vec<String>,
    pub lists: Vec<List>,
    /// The numbers of the record: a copy with another one is of another record.
    pub numbers: Vec<String>,
    /// Another condition than `integrity` that a value of the wrong kind fails.
    pub odd: Vec<&'static str>,
    /// Content that was not understood or contradicts itself: the rule of the design, and the
    /// place.
    pub unread: Vec<String>,
    /// The record may contain a record of a text shape, which the oracle does not read.
    pub unknown: bool,
    /// The same, from names in another case.
    pub twin: Option<Box<Event>>,
}

/// The scale of a level's number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Meaning(pub Scale);

impl Event {
    pub fn leave(&mut self, rule: &str, place: &str) {
        self.unread.push(format!("{rule}: {place}"));
    }

    /// Adds the values of a copy of the event.
    pub fn absorb_copy(&mut self, mut other: Self) {
        self.copied.push(std::mem::take(&mut other.severities));
        self.absorb(other);
    }

    /// Adds the values of another part of the record.
    pub fn absorb(&mut self, other: Self) {
        self.copied.extend(other.copied);
        self.sources.extend(other.sources);
        self.ids.extend(other.ids);
        self.qualifiers.extend(other.qualifiers);
        self.severities.extend(other.severities);
        self.logs.extend(other.logs);
        self.computers.extend(other.computers);
        self.hosts.extend(other.hosts);
        self.os_names.extend(other.os_names);
        self.os_versions.extend(other.os_versions);
        self.messages.extend(other.messages);
        self.categories.extend(other.categories);
        self.lists.extend(other.lists);
        self.odd.extend(other.odd);
        self.numbers.extend(other.numbers);
        self.unread.extend(other.unread);
        self.unknown |= other.unknown;
        if let Some(twin) = other.twin {
            self.twin.get_or_insert_default().absorb(*twin);
        }
    }

    /// Adds the values of a part that other programs may read as the record. They must agree, but
    /// do not make the record an event.
    pub fn stand_beside(&mut self, mut other: Self) {
        self.unread.append(&mut other.unread);
        // They name the machine of the record, which may name only its host.
        let host = self.hosts.first().filter(|_| self.computers.is_empty());
        let other_machine = |name: &Vec<u8>| host.is_some_and(|h| short(h) != short(name));
        if other.computers.iter().any(other_machine) {
            self.leave("3.1.4", "the computer of a copy");
        }
        self.computers.append(&mut other.computers);
        // One more level than six contradicts them, unless it repeats that of another copy.
        let copied = || self.copied.iter().flatten();
        let beside = || self.twin.iter().flat_map(|twin| &twin.severities);
        let known = self.severities.len() + copied().count() + beside().count();
        let (fit, rest) =
            other.severities.split_at(6_usize.saturating_sub(known).min(other.severities.len()));
        if !rest.iter().all(|level| beside().chain(fit).any(|known| known == level)) {
            self.leave("3.1.2", "a level");
        }
        self.numbers.append(&mut other.numbers);
        self.unknown |= other.unknown;
        self.twin.get_or_insert_default().absorb(other);
        if let Some(twin) = self.twin.as_mut().and_then(|twin| twin.twin.take()) {
            self.twin.get_or_insert_default().absorb(*twin);
        }
    }

    /// Whether it names a source or an id, which makes it a separate record.
    pub fn is_own(&self) -> bool {
        let odd = |odd: &&str| ["source", "event-id"].contains(odd);
        !self.sources.is_empty() || !self.ids.is_empty() || self.odd.iter().any(odd)
    }
}

/// The type of a value.
pub enum Held {
    Nothing,
    Text(Vec<u8>),
    Number(String),
    /// A boolean, a list or an object.
    Other,
}

pub fn held(tree: &Tree, node: usize) -> Held {
    match tree.value(node) {
        Value::Null => Held::Nothing,
        Value::Text(text) if text.is_empty() => Held::Nothing,
        Value::Map(members) if members.is_empty() => Held::Nothing,
        Value::List(items) if items.is_empty() => Held::Nothing,
        Value::Text(text) => Held::Text(text.clone()),
        Value::Number(number) => Held::Number(number.clone()),
        Value::Bool(_) | Value::List(_) | Value::Map(_) => Held::Other,
    }
}

/// The names and their beginnings, by path and by path without case.
struct Table {
    named: HashMap<&'static str, &'static Name>,
    prefixes: HashSet<&'static str>,
    /// Names of deciding roles, the specific ones first.
    twins: HashMap<String, Vec<&'static Name>>,
    twin_prefixes: HashSet<String>,
    /// All names and all beginnings, without case.
    names: HashSet<String>,
    begins: HashSet<String>,
    /// Names of insertion strings, without case.
    strings: HashSet<String>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let beginnings = |path: &'static str| path.match_indices('.').map(move |(at, _)| &path[..at]);
    let short = ["id", "source", "type", "name", "data", "host", "log", "body", "event"];
    let deciding = || {
        NAMES
            .iter()
            .filter(|n| HOLDERS.contains(&n.path) || decides(n.role))
            .filter(move |n| !short.contains(&folded(n.path).as_str()))
    };
    let mut twins: HashMap<String, Vec<&Name>> = HashMap::new();
    for name in deciding() {
        twins.entry(folded(name.path)).or_default().push(name);
    }
    twins.values_mut().for_each(|names| names.sort_by_key(|name| !name.only.is_empty()));
    Table {
        twins,
        named: NAMES.iter().rev().map(|n| (n.path, n)).collect(),
        prefixes: NAMES.iter().flat_map(|n| beginnings(n.path)).collect(),
        twin_prefixes: deciding().flat_map(|n| beginnings(n.path).map(folded)).collect(),
        names: NAMES.iter().map(|n| folded(n.path)).collect(),
        strings: NAMES.iter().filter(|n| n.role == Role::Strings).map(|n| folded(n.path)).collect(),
        begins: NAMES.iter().flat_map(|n| beginnings(n.path).map(folded)).collect(),
    }
});

pub fn named(path: &str) -> Option<&'static Name> {
    TABLE.named.get(path).copied()
}

fn begins(name: &str, path: &str) -> bool {
    name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether longer names begin with a path.
pub fn is_prefix(path: &str) -> bool {
    TABLE.prefixes.contains(path)
}

fn folded(path: &str) -> String {
    path.to_ascii_lowercase()
}

/// The deciding roles, whose names also count in another case.
fn decides(role: Role) -> bool {
    use Role::*;
    matches!(
        role,
        RecordList
            | Loki
            | Otlp
            | Foreign
            | Source
            | Id
            | Qualifiers
            | Level(_)
            | Log
            | Message
            | Strings
            | StringAt(_)
            | Category
            | Data
    )
}

/// Names of records and of their copies that no program uses for anything else.
const HOLDERS: [&str; 9] = [
    "_source",
    "_raw",
    "full_log",
    "jsonPayload",
    "textPayload",
    "EventXml",
    "event.original",
    "winlog.xml",
    "document.data",
];

/// The name of a role that decides that differs from a path only in case, in whatever shape; no path
/// that is itself known has one.
fn twin(path: &str, shapes: &[&str]) -> Option<&'static Name> {
    if named(path).is_some_and(|name| name.only.is_empty()) || is_prefix(path) {
        return None;
    }
    let mut names = TABLE.twins.get(&folded(path))?.iter().filter(|name| name.path != path);
    // The contract's short names count only in their shapes, and so does the file of the log, which
    // pipelines write under such a name.
    let short = |name: &Name| {
        ["source", "value", "host", "level", "filename"].contains(&&*folded(name.path))
    };
    names.find(|name| name.only.is_empty() || is_of(name, shapes) || !short(name)).copied()
}

/// Whether one of these shapes has a name to itself.
fn is_of(name: &Name, shapes: &[&str]) -> bool {
    name.only.iter().any(|shape| shapes.contains(shape))
}

/// Whether a parser of binary logs writes this path for a repeated element, or for text between
/// elements (3.1.8).
fn is_repeated(path: &str) -> bool {
    let Some((above, name)) = path.rsplit_once('.') else { return false };
    let again = name.rsplit_once('_').is_some_and(|(name, number)| {
        let path = format!("{above}.{name}");
        number.bytes().all(|byte| byte.is_ascii_digit())
            && (named(&path).is_some() || is_prefix(&path))
    });
    is_prefix(above) && named(path).is_none() && (name == "#text" || again)
}

/// Whether a record may have a member of this name, in any case.
pub fn is_any_name(path: &str) -> bool {
    let low = folded(path);
    let leaf = |at: usize| {
        named(&path[..at]).is_some() && !is_prefix(&path[..at])
            || TABLE.twins.contains_key(&low[..at]) && !TABLE.twin_prefixes.contains(&low[..at])
    };
    named(path).is_some()
        || is_prefix(path)
        || TABLE.twins.contains_key(&low)
        || TABLE.twin_prefixes.contains(&low)
        || path.match_indices('.').any(|(at, _)| leaf(at))
}

/// Whether a dotted top-level key belongs to a record whose name has two meanings, or stands beside the
/// records of an object that has nothing else.
fn is_inner(path: &str) -> bool {
    use Role::*;
    let beside = ["hits.", "document."].iter().find_map(|above| path.strip_prefix(above));
    if let Some(beside) = beside {
        return named(path).is_none() && is_any_name(beside);
    }
    let inner = ["event.", "log.", "fields."].iter().find_map(|above| path.strip_prefix(above));
    inner.and_then(named).is_some_and(|name| {
        name.only.is_empty() && matches!(name.role, Source | Id | Message | Log | Strings)
    })
}

/// The same for a name that is half dotted: what follows is an object.
fn is_half_dotted(path: &str) -> bool {
    ["event.", "log.", "fields."]
        .iter()
        .filter_map(|above| path.strip_prefix(above))
        .any(|inner| is_prefix(inner) && !is_prefix(path))
}

/// Whether a path differs only in case from the beginning of such names.
fn is_twin_prefix(path: &str) -> bool {
    TABLE.twin_prefixes.contains(&folded(path))
}

/// Whether a path is within insertion strings, in any case.
fn within(path: &str) -> bool {
    let path = folded(path);
    path.match_indices('.').any(|(at, _)| TABLE.strings.contains(&path[..at]))
}

/// All members whose path is known, begins a known name, or is within insertion strings.
pub fn entries(tree: &Tree, root: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut todo = vec![(root, None::<String>)];
    while let Some((node, above)) = todo.pop() {
        let mut below = Vec::new();
        for member in tree.members(node).unwrap_or_default() {
            let key = String::from_utf8_lossy(&member.key);
            let path = above.as_ref().map_or(key.to_string(), |above| format!("{above}.{key}"));
            let low = folded(&path);
            let inner = TABLE.begins.contains(&low) || within(&path);
            let strings = TABLE.strings.contains(&low);
            let known = TABLE.names.contains(&low)
                || is_repeated(&path)
                || (above.is_none()
                    && (is_inner(&path)
                        || is_half_dotted(&path) && tree.members(member.node).is_some()))
                || is_beside_parts(&path)
                || path.split_once('\0').is_some_and(|(read, _)| is_any_name(read))
                || path.starts_with("tags.");
            if inner || strings {
                below.push((member.node, Some(path.clone())));
            }
            if inner || known || strings || path.starts_with("fields.") {
                entries.push(Entry { path, node: member.node, key: above.is_none() });
            }
        }
        todo.extend(below);
    }
    // In the order of the record.
    entries.sort_by_key(|entry: &Entry| entry.node);
    entries
}

/// Whether two values are equal. Objects and lists must have equal bytes, which is stricter than
/// the rule, but nobody writes them in two ways. Within insertion strings (`inside`), their values
/// are compared.
fn same(tree: &Tree, a: usize, b: usize, inside: bool) -> bool {
    let bytes = |node: usize| &tree.bytes[tree.nodes[node].span.clone()];
    match (tree.value(a), tree.value(b)) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::List(a), Value::List(b)) if inside => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(tree, *a, *b, inside))
        }
        (Value::Map(a), Value::Map(b)) if inside => {
            let mut pairs = a.iter().zip(b);
            a.len() == b.len()
                && pairs.all(|(a, b)| a.key == b.key && same(tree, a.node, b.node, inside))
        }
        _ => bytes(a) == bytes(b),
    }
}

/// Whether members of an object at `path` are names of the record around it.
pub fn is_owned(entries: &[Entry], path: &str) -> bool {
    let below = |e: &Entry| e.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
    let known = |e: &Entry| named(&e.path).is_some() || is_prefix(&e.path);
    entries.iter().any(|e| below(e) && known(e))
}

/// Whether a value is not empty. A list of one empty text is not (3.1.1).
pub fn says(tree: &Tree, node: usize) -> bool {
    !matches!(held(tree, node), Held::Nothing)
}

/// The rule for specific names: they count only in their shapes, and only if no more specific name
/// of the same role is present.
struct Reading<'e> {
    entries: &'e [Entry],
    tree: &'e Tree,
    shape: &'static str,
    /// All shapes that the record may have: one more name hides nothing that another shape reads.
    shapes: &'e [&'static str],
    /// Every known name holds a list, as in Elasticsearch's `fields` and Kibana's alerts.
    lists: bool,
}

impl Reading<'_> {
    fn reads(&self, name: &Name) -> bool {
        let message = |entry: &Entry| {
            named(&entry.path).is_some_and(|n| n.only.is_empty() && n.role == Role::Message)
                && says(self.tree, entry.node)
        };
        let source = |entry: &Entry| {
            named(&entry.path).is_some_and(|n| n.only.is_empty() && n.role == Role::Source)
                && says(self.tree, entry.node)
                && self.tree.members(entry.node).is_none()
        };
        let any = |is: &dyn Fn(&Entry) -> bool| self.entries.iter().any(is);
        let short =
            name.role == Role::Message && any(&message) || name.path == "source" && any(&source);
        name.only.is_empty() || is_of(name, self.shapes) && !short
    }

    /// The value of an entry. If all values are lists, it is the single scalar of the list.
    fn value(&self, entry: &Entry) -> usize {
        let node = entry.node;
        match self.tree.value(node) {
            // Classification ignores tags.
            Value::List(items) if self.lists && items.len() == 1 && entry.path != "tags" => {
                match self.tree.value(items[0]) {
                    Value::List(_) | Value::Map(_) | Value::Null => node,
                    // Only a field can be empty there.
                    Value::Text(text) if text.is_empty() && !is_field(&entry.path) => node,
                    _ => items[0],
                }
            }
            _ => node,
        }
    }
}

/// Whether a path is the name of one value of the event.
fn is_field(path: &str) -> bool {
    use Role::*;
    named(path).is_some_and(|name| {
        let value = matches!(name.role, Source | Id | Log | Computer | Host | Time | Message);
        value || matches!(name.role, Level(_) | Category | Data | OsVersion | OsName)
    })
}

/// Whether every known name in the record has a list.
fn all_lists(tree: &Tree, entries: &[Entry]) -> bool {
    let mut known = entries.iter().filter(|entry| {
        !matches!(held(tree, entry.node), Held::Nothing)
            && (named(&entry.path).is_some() || within(&entry.path))
            && tree.members(entry.node).is_none()
    });
    let is_list = |entry: &Entry| matches!(tree.value(entry.node), Value::List(_));
    let mut none = true;
    !entries.iter().any(|entry| is_record(tree, entries, entry))
        && known.all(|entry| {
            none = false;
            is_list(entry)
        })
        && !none
}

/// The only text of a list, in a record where every known name has a list.
pub fn only_text(tree: &Tree, entries: &[Entry], node: usize) -> Option<Vec<u8>> {
    match tree.value(node) {
        Value::List(items) if items.len() == 1 && all_lists(tree, entries) => {
            match held(tree, items[0]) {
                Held::Text(text) => Some(text),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether an entry is an object that may be a record of its own.
fn is_record(tree: &Tree, entries: &[Entry], entry: &Entry) -> bool {
    let fields = named(&entry.path).is_some_and(|name| name.role == Role::Fields);
    let names = |m: &Member| {
        let key = String::from_utf8_lossy(&m.key);
        // Elasticsearch may return any value there.
        fields && is_any_name(&key)
            || named(&key).is_some_and(|name| name.role.makes_record())
            || is_prefix(&key) && tree.members(m.node).is_some()
            || twin(&key, &[]).is_some()
    };
    let path = &entry.path;
    let members = tree.members(entry.node).unwrap_or_default();
    named(path).is_some_and(|name| matches!(name.role, Role::NestedRecord | Role::Fields))
        && members.iter().any(|m| !is_prefix(path) || names(m))
        && !is_owned(entries, path)
}

/// The event of one object. `apart` is a member that is a separate record; [`embedded`] handles
/// other separate records.
pub fn event(tree: &Tree, mut entries: Vec<Entry>, apart: Option<usize>) -> Event {
    if let Some(apart) = apart {
        let span = &tree.nodes[apart].span;
        entries.retain(|entry| !span.contains(&tree.nodes[entry.node].span.start));
    }
    // What says nothing is no sign of a shape.
    let said = |entry: &Entry| !matches!(held(tree, entry.node), Held::Nothing);
    let there = |path: &&str| entries.iter().any(|entry| entry.path == **path && said(entry));
    let mut shapes: Vec<&'static str> = SHAPES
        .iter()
        .filter(|(_, members)| members.iter().all(&there))
        .map(|(shape, _)| *shape)
        .collect();
    let shape = shapes.first().copied().unwrap_or_default();
    // What is made by hand is of no other shape.
    shapes.retain(|other| *other != "windows" || shape == "windows");
    let lists = all_lists(tree, &entries);
    let reading = Reading { entries: &entries, tree, shape, shapes: &shapes, lists };
    let owners: HashSet<&str> =
        shapes.iter().filter(|s| NAMES.iter().any(|n| n.only.contains(s))).copied().collect();
    // GELF's number has a scale of its own, unless the record may be of another shape.
    let scaled = if shape == "nxlog-gelf" && owners.len() > 1 { "" } else { shape };
    let mut event = Event { shape, ..Event::default() };

    // 3.1.2: a repeated name.
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wazuh = Vec::new();
    for entry in &entries {
        let known = named(&entry.path).is_some() || is_prefix(&entry.path) || within(&entry.path);
        if !known {
            continue;
        }
        let before = *first.entry(&entry.path).or_insert(entry.node);
        // The text of an element, and the element as text.
        let holder = entry.path.strip_suffix(".#text").filter(|_| within(&entry.path));
        let silent = |node| matches!(held(tree, node), Held::Nothing);
        let other = |e: &Entry| {
            Some(e.path.as_str()) == holder
                && (silent(e.node) != silent(entry.node)
                    || !silent(e.node)
                        && tree.members(e.node).is_none()
                        && !same(tree, e.node, entry.node, true))
                && !tree.nodes[e.node].span.contains(&tree.nodes[entry.node].span.start)
        };
        if entries.iter().any(other) {
            event.leave("3.1.2", &entry.path);
        }
        let name = named(&entry.path);
        // A name of other shapes does not count here. The shorter of two messages does.
        let foreign = named(&entry.path).is_some_and(|name| {
            let shorter = name.role == Role::Message && is_of(name, &shapes);
            // A level under any name must agree, so it says one thing. The short names have other
            // meanings.
            let short = || ["level", "type"].contains(&folded(name.path).as_str());
            let level = matches!(name.role, Role::Level(_)) && !short();
            !reading.reads(name) && !shorter && !level
        });
        let plain = |node| !matches!(tree.value(node), Value::Map(_) | Value::List(_));
        let free = foreign && (!is_prefix(&entry.path) || plain(before) && plain(entry.node));
        let sign = name.is_some_and(|name| name.role == Role::ShapeMarker);
        let bytes = |node: usize| &tree.bytes[tree.nodes[node].span.clone()];
        if sign && bytes(before) != bytes(entry.node) {
            event.leave("3.1.2", &entry.path);
            continue;
        }
        // Two empty values are equal.
        let nothing = |node| matches!(held(tree, node), Held::Nothing);
        let free = free || nothing(before) && nothing(entry.node);
        if before == entry.node || free || same(tree, before, entry.node, within(&entry.path)) {
            continue;
        }
        let text = |node| matches!(held(tree, node), Held::Text(_));
        let two = wazuh.is_empty() && text(before) && text(entry.node);
        // A record inside this one is judged by itself.
        let inside = entry.path.ends_with(".EventChannel.EventData.Data");
        if entry.path == "EventChannel.EventData.Data" && two {
            wazuh = vec![before, entry.node];
        } else if !(inside && text(before) && text(entry.node)) {
            event.leave("3.1.2", &entry.path);
        }
    }

    // A name ends at its NUL for programs in C, which then have that name twice, or for the first
    // time.
    for entry in &entries {
        let Some((read, _)) = entry.path.split_once('\0') else { continue };
        let known = named(read).is_some()
            || is_prefix(read)
            || TABLE.twins.contains_key(&folded(read))
            || is_twin_prefix(read);
        if known && says(tree, entry.node) {
            event.leave("3.1.2, as C reads it", &entry.path);
        }
    }

    let mut twins = Event::default();
    // Values under names of other shapes.
    let mut strays = Vec::new();
    for entry in &entries {
        let node = reading.value(entry);
        let path = entry.path.as_str();
        match is_apart(tree, &entries, entry) {
            Some(false) => {}
            apart => {
                if apart.is_none() {
                    event.leave("3.1.1", path);
                }
                continue;
            }
        }
        if is_prefix(path) {
            understood(tree, node, path, &mut event);
        }
        if let Some(name) = named(path) {
            let of_pipeline = path == "level"
                && !name.only.contains(&shape)
                && match held(tree, node) {
                    Held::Text(text) => is_of_pipeline(&text),
                    Held::Number(text) => is_of_pipeline(text.as_bytes()),
                    _ => false,
                };
            if reading.reads(name) && !of_pipeline {
                let prefix = is_prefix(path) && tree.members(node).is_some();
                if !prefix && !is_nothing(tree.value(node), path, shape, &shapes) {
                    take(tree, node, path, name.role, scaled, &mut event);
                }
                continue;
            }
            // A message that a shape has beside the whole one is its beginning.
            if name.role == Role::Message && is_of(name, &shapes) {
                let begins = |text: &[u8]| messages(tree, &entries).any(|m| m.starts_with(text));
                match held(tree, node) {
                    Held::Nothing => {}
                    Held::Text(text) if begins(&text) => {}
                    _ => event.leave("3 message, its beginning", path),
                }
                continue;
            }
            if is_nothing(tree.value(node), path, shape, &shapes) {
                continue;
            }
            // 3.1.1: it holds for every role, whatever the shape.
            if matches!(name.role, Role::Level(_)) && matches!(held(tree, node), Held::Other) {
                event.leave("3.1.1", path);
                continue;
            }
            if !is_prefix(path) && twin(path, &shapes).is_none_or(|twin| !twin.only.is_empty()) {
                strays.push((name, node, path));
                continue;
            }
        }
        if is_prefix(path) {
            prefix(tree, node, path, &shapes, &mut event);
        } else if is_nothing(tree.value(node), path, shape, &shapes) {
        } else if let Some(name) = twin(path, &shapes) {
            // 3.1.3: by its meaning. A list is none, wherever it is.
            let node = entry.node;
            let inner = name.role == Role::Strings || is_twin_prefix(path);
            if is_twin_prefix(path) {
                another(tree, node, path, &mut event);
            }
            let part = HOLDERS.contains(&name.path)
                || matches!(name.role, Role::RecordList | Role::Loki | Role::Otlp | Role::Foreign);
            if part && says(tree, node) {
                event.leave("3.3", path);
            }
            let empty = matches!(held(tree, node), Held::Nothing);
            if !empty && (!inner || tree.members(node).is_none()) {
                take(tree, node, path, name.role, shape, &mut twins);
            }
        } else if is_twin_prefix(path) {
            // A case-insensitive program also finds the members of objects in a list.
            let objects = match tree.value(node) {
                Value::List(items) => items.iter().any(|item| tree.members(*item).is_some()),
                _ => false,
            };
            let many = ["tags", "fields", "log", "event", "data", "hits"];
            let low = folded(path);
            let word = TABLE.twins.contains_key(&low);
            let free = word || many.contains(&low.as_str()) && !objects;
            let nothing = matches!(held(tree, node), Held::Nothing);
            if !free && !nothing && tree.members(node).is_none() {
                event.leave("3.1.1, in another case", path);
            }
            another(tree, node, path, &mut event);
            // 3.3: a record under the name of one.
            let holder = ["event", "log", "document", "fields"].contains(&low.as_str());
            let own = |m: &super::tree::Member| {
                use Role::*;
                named(&String::from_utf8_lossy(&m.key)).is_some_and(|name| {
                    name.only.is_empty() && matches!(name.role, Source | Id | Message | Strings)
                }) && says(tree, m.node)
            };
            if holder && tree.members(node).is_some_and(|members| members.iter().any(own)) {
                event.leave("3.3, in another case", path);
            }
        } else if is_repeated(path)
            || is_inner(path)
            || entry.key && is_half_dotted(path)
            || is_beside_parts(path)
        {
            if !matches!(held(tree, node), Held::Nothing) {
                event.leave("3.1.1, said once more", path);
            }
        } else if let Some(rest) =
            path.strip_prefix("fields.").or_else(|| path.strip_prefix("tags."))
        {
            // Telegraf's insertion strings after the second, and other data.
            let data = ["Data_", "UserData", "Binary"];
            let data = data.iter().any(|start| rest.starts_with(start));
            if data && !matches!(held(tree, node), Held::Nothing) {
                event.leave("3 integrity, a third string", path);
            }
        }
    }
    // 3.1.3: a level under a name of another shape, if this shape has the name in another case, or
    // if the record has no other level; also a source, an id or a log, if the record has no other.
    let none = event.severities.is_empty();
    let is_error = |(text, _): &(String, Meaning)| {
        let start: String = text.trim_start().chars().take(3).collect();
        let number = !start.is_empty() && start.bytes().all(|b| b.is_ascii_digit());
        start.eq_ignore_ascii_case("err") || number
    };
    let any_error = none || event.severities.iter().any(is_error);
    for (name, node, path) in strays {
        let text = match held(tree, node) {
            Held::Text(text) => text,
            _ => Vec::new(),
        };
        // What short names are for in other programs; and what pipelines say of themselves.
        let free = match path {
            "source" | "value" | "host" => true,
            "level" => any_error && is_of_pipeline(&text) && !name.only.contains(&shape),
            _ => false,
        };
        match name.role {
            _ if free => {}
            // Collectors add machines, but those are names.
            Role::Computer if text.is_empty() || typed::computer(&text) => {
                if matches!(held(tree, node), Held::Other | Held::Number(_)) {
                    event.leave("3.1.1", path);
                }
            }
            Role::Computer => event.leave("3.2", path),
            Role::Level(_) if none || reading.reads(name) => {
                take(tree, node, path, name.role, scaled, &mut event)
            }
            Role::Level(_) | Role::Source | Role::Id | Role::Log | Role::Message => {
                take(tree, node, path, name.role, scaled, &mut twins);
            }
            _ => {}
        }
    }
    // The host of NXLog's GELF is the computer.
    if shape == "nxlog-gelf" {
        let host = entries.iter().find(|entry| entry.path == "host").map(|e| held(tree, e.node));
        if let Some(Held::Text(host)) = host {
            event.computers.push(host);
        }
    }
    // Wazuh's words for an empty value.
    if shape == "wazuh" {
        event.messages.retain(|message| message != b"No message");
    }
    strings(tree, &reading, &wazuh, &mut event, &mut twins);
    event.unread.extend(twins.unread.drain(..).map(|place| format!("3.1.3, {place}")));
    if !twins.odd.is_empty() {
        event.leave("3.1.3, 3.1.1", twins.odd[0]);
    }
    event.twin.get_or_insert_default().absorb(twins);
    event
}

/// What a shape has under a name of the event that says nothing of it.
fn is_nothing(value: &Value, path: &str, shape: &str, shapes: &[&str]) -> bool {
    let is = |word: &str| match value {
        Value::Text(text) => text == word.as_bytes(),
        Value::Number(number) => number == word,
        _ => false,
    };
    match (shape, path) {
        // That of a rule, unless the record may be of a shape with such a level.
        ("hayabusa", "Level") => !named(path).is_some_and(|name| is_of(name, shapes)),
        // The name of the table.
        ("wmi-object", "Qualifiers") => is("System.Management.QualifierDataCollection"),
        ("azure", "Type") => is("Event"),
        ("azure-windowsevent", "Type") => is("WindowsEvent"),
        ("plaso", "severity") => is("3"),
        _ => false,
    }
}

/// An object at the beginning of names is understood: it has one of them, and none of another record.
fn understood(tree: &Tree, node: usize, path: &str, event: &mut Event) {
    let holder = |role| matches!(role, Role::NestedRecord | Role::Fields | Role::Strings);
    if named(path).is_some_and(|name| holder(name.role)) {
        return;
    }
    let members = tree.members(node).unwrap_or_default();
    let below = |m: &super::tree::Member| format!("{path}.{}", String::from_utf8_lossy(&m.key));
    let known = |m: &super::tree::Member| named(&below(m)).is_some() || is_prefix(&below(m));
    let free = ["host", "host.os", "os", "tags", "data", "winlog", "document", "hits"];
    if !members.is_empty() && !free.contains(&path) && !members.iter().any(known) {
        event.leave("3.1.1, nothing understood", path);
    }
    // 3.3: where records are, other programs may take more for one.
    let records = |m: &super::tree::Member| {
        named(&below(m)).is_some_and(|name| {
            matches!(name.role, Role::NestedRecord | Role::RecordList | Role::Loki)
        })
    };
    if members.iter().any(records) {
        for member in members.iter().filter(|m| !known(m)) {
            let key = String::from_utf8_lossy(&member.key);
            if is_any_name(&key) && !matches!(held(tree, member.node), Held::Nothing) {
                event.leave("3.3, beside records", &key);
            }
        }
    }
    another(tree, node, path, event);
}

/// An object at the beginning of names has none that only another record has.
fn another(tree: &Tree, node: usize, path: &str, event: &mut Event) {
    let below = |m: &super::tree::Member| format!("{path}.{}", String::from_utf8_lossy(&m.key));
    let known = |m: &super::tree::Member| named(&below(m)).is_some() || is_prefix(&below(m));
    for member in tree.members(node).unwrap_or_default() {
        let own = named(&String::from_utf8_lossy(&member.key)).is_some_and(|name| {
            name.only.is_empty() && matches!(name.role, Role::Source | Role::Id)
        });
        let other = !known(member)
            && !is_twin_prefix(&below(member))
            && twin(&below(member), &[]).is_none();
        if own && other && !matches!(held(tree, member.node), Held::Nothing) {
            event.leave("3.1.1, of another record", &String::from_utf8_lossy(&member.key));
        }
    }
}

fn is_of_pipeline(level: &[u8]) -> bool {
    // The numbers are those of pino.
    let words = ["info", "debug", "trace", "notice", "warn", "10", "20", "30", "40", "50", "60"];
    words.iter().any(|word| level.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether a member of an object belongs to a separate record in that object: its name is also a
/// name of the outer record, but its value never occurs there. None if it must be a separate
/// record, but the object is not one.
fn is_apart(tree: &Tree, entries: &[Entry], entry: &Entry) -> Option<bool> {
    let (above, name) = match entry.path.rsplit_once('.') {
        Some(parts) if named(parts.0).is_some_and(|name| name.role == Role::NestedRecord) => parts,
        _ => return Some(false),
    };
    let of = |other: &&Entry| {
        let members = tree.members(other.node).unwrap_or_default();
        other.path == above && members.iter().any(|member| member.node == entry.node)
    };
    let (Some(object), Some(field)) = (entries.iter().find(of), named(&entry.path)) else {
        return Some(false);
    };
    let text_only = matches!(field.role, Role::Source | Role::Level(Scale::Words) | Role::Message);
    let level = |name: &Name| matches!(name.role, Role::Level(_));
    let apart = match tree.value(entry.node) {
        Value::Map(members) => {
            !members.is_empty() && field.role.is_field() && is_prefix(name) && name != "strings"
        }
        Value::Number(_) => text_only && named(name).is_some_and(level),
        _ => false,
    };
    let own = || event(tree, self::entries(tree, object.node), None).is_own();
    if !apart { Some(false) } else { own().then_some(true) }
}

/// Whether a path is in Wazuh's UserData, outside of the known parts of the event.
fn is_beside_parts(path: &str) -> bool {
    ["win", "data.win", "EventChannel"].iter().any(|above| {
        let below = path.strip_prefix(above).and_then(|rest| rest.strip_prefix('.'));
        below.is_some_and(|name| match name.split_once('.') {
            None => true,
            // The name of a member of a known object.
            Some((object, _)) => {
                let object = format!("{above}.{object}");
                !is_prefix(&object) && named(&object).is_none()
            }
        })
    })
}

/// The messages under names that every shape has.
fn messages<'t>(tree: &'t Tree, entries: &'t [Entry]) -> impl Iterator<Item = &'t [u8]> {
    entries.iter().filter_map(|entry| {
        let name = named(&entry.path)?;
        match tree.value(entry.node) {
            Value::Text(text) if name.role == Role::Message && name.only.is_empty() => {
                Some(text.as_slice())
            }
            _ => None,
        }
    })
}

/// The beginning of names holds an object, or says nothing (3.1.1).
fn prefix(tree: &Tree, node: usize, path: &str, shapes: &[&str], event: &mut Event) {
    match (held(tree, node), path) {
        (Held::Nothing, _) => {}
        (Held::Other, _) if tree.members(node).is_some() => {}
        // Classification ignores tags, but objects hold names.
        (Held::Other, "tags") => match tree.value(node) {
            Value::List(items) if items.iter().all(|item| tree.members(*item).is_none()) => {}
            _ => event.leave("3.1.1", path),
        },
        (Held::Text(text), "host") => {
            if !typed::computer(&text) {
                event.leave("3.1.1", path);
            } else if named(path).is_some_and(|name| is_of(name, shapes)) {
                event.hosts.push(text);
            }
        }
        // For `embedded`.
        (Held::Text(_), "log" | "event" | "System" | "data") => {}
        _ => event.leave("3.1.1", path),
    }
}

/// Whether a value is the name of a column of Splunk's results.
pub fn is_name(tree: &Tree, node: usize) -> bool {
    let name = |m: &super::tree::Member| match tree.value(m.node) {
        Value::Text(text) => m.key == b"name" && typed::computer(text) && text.len() <= 46,
        _ => false,
    };
    tree.members(node).is_some_and(|members| members.iter().all(name))
}

/// One value of one role.
fn take(tree: &Tree, node: usize, path: &str, role: Role, shape: &str, event: &mut Event) {
    let odd = match role {
        Role::Source => "source",
        Role::Id => "event-id",
        Role::Qualifiers => "qualifiers",
        Role::Message => "message",
        Role::Log => "log",
        _ => "",
    };
    let text_only = matches!(
        role,
        Role::Source
            | Role::Level(Scale::Words)
            | Role::Log
            | Role::Computer
            | Role::Host
            | Role::Message
            | Role::OsName
    );
    match role {
        Role::ShapeMarker | Role::Fields => {
            let words = |items: &[usize]| items.iter().all(|item| tree.members(*item).is_none());
            match (held(tree, node), tree.value(node)) {
                (Held::Nothing, _) => {}
                (Held::Text(text), _) if role == Role::ShapeMarker => {
                    let word = text.iter().all(u8::is_ascii_alphabetic)
                        || text.iter().all(u8::is_ascii_digit);
                    if path == "eventtype" && word {
                        let text = String::from_utf8_lossy(&text).into_owned();
                        let twin = event.twin.get_or_insert_default();
                        twin.severities.push((text, Meaning(Scale::Legacy)));
                    }
                }
                (_, Value::List(items)) if role == Role::ShapeMarker && words(items) => {}
                // Structured data of syslog, for `embedded`.
                (_, Value::Text(_) | Value::Map(_)) if role == Role::Fields && path != "fields" => {
                }
                (_, Value::List(items)) if items.iter().all(|item| is_name(tree, *item)) => {}
                _ => event.leave("3.1.1", path),
            }
            return;
        }
        Role::Counter | Role::OtherTime | Role::Guid | Role::NoGuid | Role::Bits => {
            let digits =
                |text: &[u8]| text.len() <= 20 && text.iter().all(|byte| byte.is_ascii_digit());
            let fits = |text: &[u8]| match role {
                Role::Counter => digits(text),
                Role::Guid => typed::guid(&String::from_utf8_lossy(text)),
                Role::NoGuid => typed::no_guid(&String::from_utf8_lossy(text)),
                Role::Bits => typed::bits(&String::from_utf8_lossy(text)),
                _ => typed::time(&String::from_utf8_lossy(text)),
            };
            let last = path.rsplit('.').next().unwrap_or_default().replace('_', "").to_lowercase();
            // Where a record is in its file is another thing.
            let place = shape == "evtxecmd" && path == "RecordNumber";
            let names = ["recordnumber", "eventrecordid", "recordid"];
            if names.contains(&last.as_str()) && !place {
                match held(tree, node) {
                    Held::Text(text) => {
                        event.numbers.push(String::from_utf8_lossy(&text).into_owned());
                    }
                    Held::Number(number) => event.numbers.push(number),
                    _ => {}
                }
            }
            match held(tree, node) {
                Held::Nothing => {}
                Held::Text(text) if fits(&text) => {}
                Held::Number(number) if fits(number.as_bytes()) => {}
                // A name that only some shapes have is no label of theirs.
                Held::Text(_) | Held::Number(_) => {
                    let generic = named(path).is_some_and(|name| !name.only.is_empty());
                    event.leave(if generic { "3.2, of a shape" } else { "3.2" }, path);
                }
                Held::Other => event.leave("3.1.1", path),
            }
            return;
        }
        Role::Strings
        | Role::NestedRecord
        | Role::EmbeddedCopy
        | Role::RecordList
        | Role::Loki
        | Role::Otlp
        | Role::Foreign => return,
        Role::Data => {
            if !matches!(held(tree, node), Held::Nothing) {
                event.leave("3 integrity, binary data", path);
            }
            return;
        }
        _ => {}
    }
    let text = match held(tree, node) {
        // A field for qualifiers is 49154 or empty; a list is neither.
        Held::Nothing if role == Role::Qualifiers => {
            let class = path == "Qualifiers" && shape == "wmi-object";
            if !class && matches!(tree.value(node), Value::List(_) | Value::Map(_)) {
                event.odd.push(odd);
            }
            return;
        }
        // The qualifiers of a WMI class.
        Held::Other
            if path == "Qualifiers" && shape == "wmi-object" && describes_class(tree, node) =>
        {
            return;
        }
        Held::Nothing => return,
        Held::Text(text) => text,
        Held::Number(number) if !text_only => number.into_bytes(),
        held @ (Held::Number(_) | Held::Other) => {
            // If it has its own condition, that fails.
            if odd.is_empty() {
                event.leave("3.1.1", path);
            } else {
                event.odd.push(odd);
            }
            // The value exists and is not crypt32; the row in the ledger has some name.
            match (role, held) {
                (Role::Source, Held::Number(number)) => event.sources.push(number.into_bytes()),
                (Role::Computer, Held::Number(number)) => event.computers.push(number.into_bytes()),
                (Role::Host, Held::Number(number)) => event.hosts.push(number.into_bytes()),
                _ => {}
            }
            return;
        }
    };
    let string = || String::from_utf8_lossy(&text).into_owned();
    match role {
        Role::Source => event.sources.push(text),
        Role::Id => event.ids.push(string()),
        Role::Qualifiers => event.qualifiers.push(string()),
        Role::Level(_) if shape == "nxlog-gelf" && path == "level" => {
            event.severities.push((string(), Meaning(Scale::Gelf)));
        }
        Role::Level(scale) => event.severities.push((string(), Meaning(scale))),
        Role::Log => event.logs.push(text),
        Role::Computer | Role::Host => {
            if !typed::computer(&text) {
                event.leave(if path == "host" { "3.1.1" } else { "3.2" }, path);
            }
            if role == Role::Computer { &mut event.computers } else { &mut event.hosts }.push(text);
        }
        Role::Time if typed::time(&string()) => {}
        Role::Time => event.leave("3.2, a time", path),
        Role::Message => event.messages.push(text),
        Role::Category => event.categories.push(string()),
        Role::OsName => event.os_names.push(string()),
        Role::OsVersion => event.os_versions.push(string()),
        Role::StringAt(at) => {
            let at = usize::from(at.min(2));
            if event.lists.is_empty() {
                event.lists.push(Vec::new());
            }
            let list = &mut event.lists[0];
            list.resize(list.len().max(at + 1), None);
            list[at] = Some(text);
        }
        _ => {}
    }
}

/// Whether a list describes the properties or the qualifiers of a WMI class: names of types that
/// were not expanded, the qualifiers of the class of events, or objects with a name, a value of one
/// word and flags.
fn describes_class(tree: &Tree, node: usize) -> bool {
    if matches!(tree.value(node), Value::Text(text) if text == b"System.Management.PropertyDataCollection")
    {
        return true;
    }
    let Value::List(items) = tree.value(node) else { return false };
    let word = |node: usize| match tree.value(node) {
        Value::Map(_) | Value::List(_) => false,
        Value::Text(text) => {
            let text = String::from_utf8_lossy(text);
            text.len() <= 48 && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        }
        _ => true,
    };
    let flags = "Type IsLocal IsArray Origin Qualifiers IsAmended IsOverridable \
                 PropagatesToInstance PropagatesToSubclass";
    items.iter().all(|&item| match tree.value(item) {
        Value::Text(text) => [
            "System.Management.PropertyData",
            "System.Management.QualifierData",
            "dynamic",
            "Locale",
            "provider",
            "UUID",
        ]
        .iter()
        .any(|known| known.as_bytes() == text),
        Value::Map(members) => {
            let named = |member: &Member| {
                member.key == b"Name" && matches!(tree.value(member.node), Value::Text(_))
            };
            let known = |member: &Member| match &*member.key {
                b"Name" => named(member) && word(member.node),
                b"Value" => word(member.node),
                key => flags.split(' ').any(|flag| flag.as_bytes() == key),
            };
            members.iter().any(named) && members.iter().all(known)
        }
        _ => false,
    })
}

/// The insertion strings: the values under their names and below them.
fn strings(
    tree: &Tree,
    reading: &Reading<'_>,
    wazuh: &[usize],
    event: &mut Event,
    twins: &mut Event,
) {
    // The properties of a WMI object belong to its class.
    let class = |path: &str| {
        let lists = || reading.entries.iter().filter(|entry| entry.path == "Properties");
        path == "Properties"
            && reading.shape == "wmi-object"
            && lists().all(|entry| describes_class(tree, reading.value(entry)))
    };
    let has = |start: &str| reading.entries.iter().any(|entry| entry.path.starts_with(start));
    if class("Properties") && has("Properties.") {
        // Next to the list, it could mean more strings or a copy of them.
        event.unknown = true;
    }
    for name in NAMES.iter().filter(|name| name.role == Role::Strings) {
        for exact in [!class(name.path), false] {
            let own = exact && reading.reads(name);
            let event = if own { &mut *event } else { &mut *twins };
            let mut numbered: List = Vec::new();
            let mut others = Vec::new();
            let mut seen: Vec<&str> = Vec::new();
            for entry in reading.entries {
                let node = reading.value(entry);
                let is_map = tree.members(node).is_some_and(|members| !members.is_empty());
                // Equal values count once; rule 3.1.2 reports different ones.
                if entry.path != name.path && seen.contains(&entry.path.as_str()) {
                    continue;
                }
                let below = if exact {
                    entry.path.strip_prefix(name.path)
                } else {
                    let long = entry.path.get(..name.path.len());
                    let is_twin =
                        long.is_some_and(|l| l != name.path && l.eq_ignore_ascii_case(name.path));
                    let known = long.is_some_and(|l| named(l).is_some());
                    if is_twin && !known { entry.path.get(name.path.len()..) } else { None }
                };
                let Some(below) = below else { continue };
                let twice = entry.path == "EventChannel.EventData.Data" && !wazuh.is_empty();
                if !below.is_empty() && !below.starts_with('.') || twice {
                    continue;
                }
                seen.push(&entry.path);
                let below = below.strip_prefix('.').unwrap_or(below);
                // An element that contains strings or attributes is not a string itself.
                let last = below.rsplit('.').next().unwrap_or_default();
                if is_map && !["", "Data", "data", "#attributes"].contains(&last) {
                    event.leave("3 integrity, a named datum", &entry.path);
                }
                if is_map {
                    continue;
                }
                others.extend(string_member(tree, node, &entry.path, below, &mut numbered, event));
            }
            if exact && name.path == "EventChannel.EventData" && !wazuh.is_empty() {
                let two = wazuh.iter().map(|node| match held(tree, *node) {
                    Held::Text(text) => Some(text),
                    _ => None,
                });
                others.push(two.collect());
            }
            if !numbered.is_empty() && others.iter().any(|list: &List| !list.is_empty()) {
                event.leave("3 integrity, a third string", name.path);
            }
            others.push(numbered);
            others.retain(|list| !list.is_empty());
            event.lists.extend(others);
        }
    }
}

/// The strings in one member: a numbered string, or a list.
fn string_member(
    tree: &Tree,
    node: usize,
    path: &str,
    below: &str,
    numbered: &mut List,
    event: &mut Event,
) -> Option<List> {
    let nothing = matches!(held(tree, node), Held::Nothing);
    let number = below
        .strip_prefix("param")
        .or_else(|| below.strip_prefix("Data"))
        .filter(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    if let Some(number) = number {
        let at = number.parse().unwrap_or(9).clamp(0, 3);
        if at == 0 || at == 3 || number.starts_with('0') {
            event.leave("3 integrity, a third string", path);
            return None;
        }
        numbered.resize(numbered.len().max(at), None);
        match held(tree, node) {
            Held::Text(text) => numbered[at - 1] = Some(text),
            Held::Number(number) => numbered[at - 1] = Some(number.into_bytes()),
            // The string exists and is not the URL.
            Held::Nothing if matches!(tree.value(node), Value::Text(_)) => {
                numbered[at - 1] = Some(Vec::new());
            }
            Held::Nothing if matches!(tree.value(node), Value::Null) => {}
            Held::Nothing | Held::Other => event.leave("3.1.1", path),
        }
        if numbered.iter().all(Option::is_none) {
            numbered.clear();
        }
        return None;
    }
    match below {
        "" | "Data" | "data" | "Data.#text" | "data.#text" | "#text" | "Param" | "DataItem" => {
            match tree.value(node) {
                Value::Text(text) if text.is_empty() => None,
                Value::Text(text) => embedded::strings(text, event),
                Value::Number(number) => Some(vec![Some(number.clone().into_bytes())]),
                Value::List(items) if items.is_empty() => None,
                Value::List(items) if items.len() == 1 => match tree.value(items[0]) {
                    Value::Text(text) => Some(split(text)),
                    _ => Some(vec![list_item(tree, items[0], path, event)]),
                },
                Value::List(items) => {
                    Some(items.iter().map(|item| list_item(tree, *item, path, event)).collect())
                }
                Value::Map(_) | Value::Null => None,
                Value::Bool(_) => {
                    event.leave("3.1.1", path);
                    None
                }
            }
        }
        _ if nothing => None,
        _ => {
            event.leave("3 integrity, a named datum", path);
            None
        }
    }
}

/// A string in a list: text, a number, or an object with one member that contains it.
fn list_item(tree: &Tree, node: usize, path: &str, event: &mut Event) -> Option<Vec<u8>> {
    match tree.value(node) {
        Value::Text(text) => return Some(text.clone()),
        Value::Number(number) => return Some(number.clone().into_bytes()),
        Value::Map(members) => {
            let value =
                |m: &&super::tree::Member| matches!(m.key.as_slice(), b"" | b"Value" | b"#text");
            if members.iter().filter(value).count() > 1 {
                event.leave("3.1.2, an insertion string", path);
            }
            let mut full = members.iter().filter(|m| members.len() == 1 || says(tree, m.node));
            let (Some(member), None) = (full.next(), full.next()) else {
                event.leave("3.1.1, an insertion string", path);
                return None;
            };
            if matches!(member.key.as_slice(), b"" | b"Value" | b"#text")
                && !matches!(tree.value(member.node), Value::Map(_) | Value::List(_))
            {
                return list_item(tree, member.node, path, event);
            }
        }
        _ => {}
    }
    event.leave("3.1.1, an insertion string", path);
    None
}

/// One string that joins two: it is split after the known URL.
pub fn split(text: &[u8]) -> List {
    let text = String::from_utf8_lossy(text).into_owned();
    if let Some(rest) = text.strip_prefix(message::URL) {
        for mark in [", ", " | ", " ¦ ", "|"] {
            if let Some(error) = rest.strip_prefix(mark) {
                return vec![Some(message::URL.into()), Some(error.into())];
            }
        }
    }
    vec![Some(text.into())]
}
