//! What a record says, found by the full path of every leaf.

use super::tree::{Tree, Value};

/// One thing said: the path, and the value, numbers as written.
#[derive(Debug)]
pub struct Leaf {
    pub path: String,
    /// The list that holds it, if a list does.
    pub list: Option<usize>,
    pub said: Said,
}

#[derive(Debug, PartialEq)]
pub enum Said {
    Null,
    Text(Vec<u8>),
    Number(Vec<u8>),
    /// A boolean, an empty object or list: it says something, but nothing that can be read.
    Odd(&'static str),
}

/// Insertion strings by their number; a named one may be missing.
pub type List = Vec<Option<Vec<u8>>>;

/// Where shapes have objects.
const OBJECTS: [&str; 5] = ["host", "TimeCreated", "event_id", "provider", "Event.System.EventID"];

/// Where shapes have objects of strings.
const HOLDERS: [&str; 4] = ["event_data", "winlog.event_data", "Event.EventData", "win.eventdata"];

/// Where shapes have lists.
const STRINGS: [&str; 8] = [
    "StringInserts",
    "string_inserts",
    "InsertionStrings",
    "ReplacementStrings",
    "message_inserts",
    "EventData",
    "Event.EventData.Data",
    "Event.EventData.Data.#text",
];

/// No known name is deeper than this.
const DEPTH: usize = 12;

/// All leaves in the order of the record, by paths joined with dots; `[]` is any element.
pub fn leaves(tree: &Tree, root: usize) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let mut todo = vec![(root, String::new(), None, 0)];
    while let Some((node, path, list, depth)) = todo.pop() {
        let said = match tree.value(node) {
            Value::Map(members) if !members.is_empty() => {
                if depth < DEPTH {
                    for member in members.iter().rev() {
                        let key = String::from_utf8_lossy(&member.key);
                        let dot = if path.is_empty() { "" } else { "." };
                        todo.push((member.node, format!("{path}{dot}{key}"), list, depth + 1));
                    }
                }
                continue;
            }
            Value::List(items) if !items.is_empty() => {
                if depth < DEPTH {
                    for &item in items.iter().rev() {
                        todo.push((item, format!("{path}[]"), Some(node), depth + 1));
                    }
                }
                continue;
            }
            Value::Text(text) => Said::Text(text.clone()),
            Value::Number(text) => Said::Number(text.clone().into_bytes()),
            // An empty object where some shape has a full one says nothing.
            Value::Map(_) if OBJECTS.contains(&path.as_str()) => continue,
            Value::List(_) if path == "Data" => continue,
            Value::List(_) if STRINGS.contains(&path.as_str()) => Said::Null,
            Value::Bool(value) => Said::Odd(value),
            Value::Map(_) => Said::Odd("{}"),
            Value::List(_) => Said::Odd("[]"),
            Value::Null => Said::Null,
        };
        leaves.push(Leaf { path, list, said });
    }
    leaves
}

/// The number that means Error where numbers mean nothing.
pub const WORDS: &str = "";

/// What a field is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Source,
    Id,
    Qualifiers,
    /// A level; the number that means Error in this field.
    Severity(&'static str),
    Log,
    Computer,
    Host,
    OsName,
    OsVersion,
    Message,
    Category,
    Binary,
    Time,
    /// An insertion string at its place in a list.
    Insert,
    /// An insertion string with its number in the name.
    Param,
    /// One string with both.
    Joined,
    /// XML with `<Data>` elements.
    Fragment,
}

/// The role of a path in the shapes of `formats/README.md`, section 2.
#[rustfmt::skip]
fn role(path: &str) -> Option<Role> {
    use Role::*;
    Some(match path {
        "provider.event_source" | "source_name" | "SourceName" | "ProviderName" | "provider_name" | "Source" | "source"
        | "provider.name" | "event.provider" | "winlog.provider_name" | "win.system.providerName"
        | "Event.System.Provider.Name" | "Event.System.Provider.#attributes.Name" => Source,
        "event_id" | "EventID" | "EventCode" | "EventIdentifier" | "InstanceId" | "event_id.id"
        | "event.code" | "winlog.event_id" | "win.system.eventID" | "Event.System.EventID"
        | "Event.System.EventID.#text" => Id,
        "Qualifiers" | "qualifiers" | "event_id.qualifiers" | "Event.System.EventIDQualifier"
        | "Event.System.EventID.#attributes.Qualifiers" => Qualifiers,
        "levelText" | "log.level" | "win.system.severityValue" | "Severity" => Severity(WORDS),
        "level" | "Level" | "level_value" | "win.system.level"
        | "Event.System.Level" => Severity("2"),
        "EventType" | "EntryType" | "event_type" | "Type" => Severity("1"),
        "SeverityValue" => Severity("4"),
        "log_name" | "channel" | "Channel" | "FileName" | "Logfile" | "winlog.channel"
        | "win.system.channel" | "Event.System.Channel" => Log,
        "computer_name" | "ComputerName" | "computer" | "Computer" | "Hostname" | "MachineName"
        | "winlog.computer_name" | "win.system.computer" | "Event.System.Computer" => Computer,
        "host.name" | "host" => Host,
        "host.os.name" => OsName,
        "host.os.version" => OsVersion,
        "message" | "Message" | "description" | "Description" | "win.system.message" => Message,
        "category" | "Category" | "CategoryString" | "CategoryNumber" | "EventCategory"
        | "event_category" | "Task" | "task" | "Event.System.Task" | "win.system.task" => Category,
        "Data" | "Data[]" => Binary,
        "@timestamp" | "EventTime" | "TimeGenerated" | "TimeCreated" | "time_generated"
        | "system_time" | "timeCreated" | "win.system.systemTime" | "timestamp"
        | "Event.System.TimeCreated.SystemTime"
        | "Event.System.TimeCreated.#attributes.SystemTime" => Time,
        "StringInserts" | "string_inserts" | "InsertionStrings" | "ReplacementStrings"
        | "message_inserts" | "EventData" | "event_data.data" => Joined,
        "StringInserts[]" | "string_inserts[]" | "InsertionStrings[]" | "ReplacementStrings[]"
        | "message_inserts[]" | "EventData[]" | "event_data.data[]." | "Event.EventData.Data[]"
        | "Event.EventData.Data" | "Event.EventData.Data.#text" | "Event.EventData.Data.#text[]"
            => Insert,
        "win.eventdata.data" => Joined,
        "event_data" => Fragment,
        _ => {
            let number = path.strip_prefix("winlog.").unwrap_or(path).strip_prefix("event_data.param")?;
            return number.parse::<u32>().is_ok().then_some(Param);
        }
    })
}

/// A record's event: what each role was given.
#[derive(Debug, Default)]
pub struct Event {
    pub sources: Vec<Vec<u8>>,
    pub ids: Vec<String>,
    pub qualifiers: Vec<String>,
    /// The text, and the number that would mean Error.
    pub severities: Vec<(String, &'static str)>,
    pub logs: Vec<Vec<u8>>,
    pub computers: Vec<Vec<u8>>,
    pub hosts: Vec<Vec<u8>>,
    pub os_names: Vec<String>,
    pub os_versions: Vec<String>,
    pub messages: Vec<Vec<u8>>,
    pub categories: Vec<String>,
    pub lists: Vec<List>,
    pub binary: bool,
    /// A source field holds nothing that a source can be.
    pub odd_source: bool,
    /// A message field holds nothing that a message can be.
    pub odd_message: bool,
    /// Two fields of one name say different things.
    pub twice: bool,
}

/// Names that give a record away as of a shape in which `level`, `host` and `source` are only what
/// a shipper put there.
const SPECIFIC: [&str; 7] = [
    "SourceName",
    "ProviderName",
    "Source",
    "winlog.provider_name",
    "event.provider",
    "win.system.providerName",
    "winlog.event_id",
];

pub fn event(tree: &Tree, root: usize) -> Event {
    let leaves = leaves(tree, root);
    let has =
        |names: &[&str]| leaves.iter().any(|l| names.contains(&l.path.trim_end_matches("[]")));
    let specific = has(&SPECIFIC);
    let other_source = specific || has(&["source_name", "provider_name", "provider.name"]);
    let id = has(&["event_id"]);
    // The shapes that spell a level so.
    let winlogbeat = has(&["source_name"]) && id && !has(&["channel", "event_type"]);
    let leveled = winlogbeat
        || has(&["provider_name", "source"]) && id
        || has(&["provider.name", "event_id.id"])
        || has(&["Event.System.EventIDQualifier", "Event.System.Provider.Name"]);
    let winevtlog = has(&["ProviderName"]) && has(&["EventID", "Description"]);
    let vector = has(&["provider_name"]) && id;
    let nxlog = has(&["SourceModuleType"]) || has(&["SourceName"]) && has(&["SeverityValue"]);
    let read = |path: &str| match path {
        "level" if specific || !leveled => None,
        "Level" if !winevtlog => None,
        "host" if specific || !vector => None,
        "Hostname" | "FileName" if !nxlog => None,
        "source" if other_source || !id => None,
        "Source" if !has(&["InstanceId", "EntryType", "MachineName"]) => None,
        path => role(path),
    };
    let mut event = Event::default();
    let mut lists: Vec<(&str, Option<usize>, List)> = Vec::new();
    let mut params: Vec<(&str, &Leaf)> = Vec::new();
    let mut said: Vec<(&str, &Said)> = Vec::new();
    for leaf in &leaves {
        let path = leaf.path.as_str();
        // An object of strings twice, and once without any.
        if matches!(leaf.said, Said::Odd(_)) && HOLDERS.contains(&path) {
            event.twice |= leaves.iter().any(|other| {
                other.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
                    && matches!(&other.said, Said::Text(_) | Said::Number(_))
            });
        }
        let field = path.strip_suffix('.').unwrap_or(path).trim_end_matches("[]");
        let field = field.strip_suffix(".#text").filter(|f| f.ends_with("Data")).unwrap_or(field);
        let (role, listed) = match (read(path), read(field)) {
            (Some(role), _) => (role, false),
            // A list where no shape has one.
            (None, Some(role)) => (role, true),
            (None, None) => continue,
        };
        let value = match &leaf.said {
            _ if listed => &Said::Odd("[...]"),
            // Both say nothing.
            Said::Text(text) if text.is_empty() && leaf.list.is_none() && role != Role::Param => {
                &Said::Null
            }
            said => said,
        };
        if (leaf.list.is_none() && !matches!(role, Role::Insert | Role::Joined | Role::Fragment))
            || listed
        {
            // One field twice, with different values.
            event.twice |= said.iter().any(|(other, before)| *other == field && *before != value);
            said.push((field, value));
        }
        let strings = matches!(role, Role::Insert | Role::Joined | Role::Fragment);
        let text = match value {
            // No strings, which differs from some.
            Said::Null | Said::Odd(_) if strings && leaf.list.is_none() => {
                lists.push((field, None, Vec::new()));
                continue;
            }
            Said::Text(text) | Said::Number(text) => text.clone(),
            Said::Null => continue,
            Said::Odd(_) => {
                match role {
                    Role::Id => event.ids.push("?".to_owned()),
                    Role::Qualifiers => event.qualifiers.push("?".to_owned()),
                    Role::Source => event.odd_source = true,
                    Role::Message => event.odd_message = true,
                    Role::Log => event.logs.push(b"?".to_vec()),
                    Role::Category => event.categories.push("?".to_owned()),
                    Role::Binary => event.binary = true,
                    Role::Param => params.push((path, leaf)),
                    _ => {}
                }
                continue;
            }
        };
        let string = || String::from_utf8_lossy(&text).into_owned();
        match role {
            Role::Source => event.sources.push(text),
            Role::Id if text.is_empty() => {}
            Role::Id => event.ids.push(string()),
            Role::Qualifiers => event.qualifiers.push(string()),
            Role::Severity(number) => event.severities.push((string(), number)),
            Role::Log => event.logs.push(text),
            Role::Computer => event.computers.push(text),
            Role::Host => event.hosts.push(text),
            Role::OsName => event.os_names.push(string()),
            Role::OsVersion => event.os_versions.push(string()),
            Role::Message => event.messages.push(text),
            Role::Category => event.categories.push(string()),
            Role::Binary => event.binary |= !text.is_empty(),
            Role::Time => {}
            Role::Insert => {
                let same = |(_, list, _): &&mut (&str, Option<usize>, List)| {
                    list.is_some() && *list == leaf.list
                };
                match lists.iter_mut().find(same) {
                    Some((_, _, list)) => list.push(Some(text)),
                    None if leaf.list.is_some() => {
                        lists.push((field, leaf.list, vec![Some(text)]));
                    }
                    None => lists.push((field, None, split(&text))),
                }
            }
            Role::Joined => lists.push((path, None, split(&text))),
            Role::Fragment if !text.starts_with(b"<") => lists.push((path, None, split(&text))),
            Role::Fragment => lists.push((path, None, fragment(&string()))),
            Role::Param => params.push((path, leaf)),
        }
    }
    for (path, _, list) in &lists {
        event.twice |= lists.iter().any(|(other, _, l)| other == path && l != list);
    }
    // Inside an object of strings the first one is told of; that there is another is said above.
    let inside = |path: &str| {
        ["Event.EventData.", "event_data.", "win."].iter().any(|start| path.starts_with(start))
    };
    let mut told: Vec<&str> = Vec::new();
    for (path, _, list) in lists {
        let again = inside(path) && told.contains(&path);
        if !list.is_empty() && !again {
            told.push(path);
            event.lists.push(list);
        }
    }
    if !params.is_empty() {
        let mut list: List = Vec::new();
        for (path, leaf) in params {
            let number = path.rsplit("param").next().and_then(|n| n.parse::<usize>().ok());
            let Some(number @ 1..) = number.map(|number| number.min(3)) else { continue };
            // One that is no text is one too many.
            let (Said::Text(text) | Said::Number(text)) = &leaf.said else {
                list.resize(3, None);
                continue;
            };
            list.resize(list.len().max(number), None);
            if list[number - 1].is_none() {
                list[number - 1] = Some(text.clone());
            }
        }
        if !list.is_empty() {
            event.lists.push(list);
        }
    }
    event
}

/// One string that joins two: split after the known URL.
fn split(text: &[u8]) -> List {
    let text = String::from_utf8_lossy(text).into_owned();
    if let Some(rest) = text.strip_prefix(super::message::URL) {
        for mark in [", ", " | ", " ¦ "] {
            if let Some(error) = rest.strip_prefix(mark) {
                return vec![Some(super::message::URL.into()), Some(error.into())];
            }
        }
    }
    vec![Some(text.into())]
}

/// The `<Data>` elements of an XML fragment. Text between them makes one string too many.
fn fragment(xml: &str) -> List {
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let mut list = Vec::new();
    let mut outside = false;
    for part in xml.split("<Data>") {
        let (text, rest) = part.split_once("</Data>").unwrap_or(("", part));
        outside |= !rest.trim().is_empty();
        let text = text.replace("\r\n", "\n");
        let decoded = entities.iter().fold(text, |text, (from, to)| text.replace(from, to));
        list.push(Some(decoded.into_bytes()));
    }
    list.remove(0);
    // With anything else there, nothing of it is read.
    if outside { vec![None; 3] } else { list }
}
