//! Generates cases for the closed-world rule: each known name with each kind of value in each place
//! and spelling, each part of an envelope, each place in XML, each place in a line of text.

use std::fmt::Write as _;

use crypt32_filter::record::names::{NAMES, Name, Role};

use super::{
    closed::{self, Known},
    shapes::{self, Json},
    tree,
};

/// A generated record, and how it was made.
pub struct Case<'c> {
    pub kind: &'static str,
    /// The inserted content, for messages.
    pub made: &'c str,
    pub record: &'c str,
    /// With this content, the record is never benign, whatever the rest is.
    pub never: bool,
}

/// Receives the cases. It is asked first, because most are skipped if only a share is tested.
pub trait Visit {
    fn wants(&mut self) -> bool;
    fn case(&mut self, case: &Case);
}

pub const PROSE: &str = "User x was added to Administrators";
const OTHER: &str =
    r#"{"SourceName":"Security","EventID":4625,"Message":"An account failed to log on."}"#;

/// Every kind of value.
fn values() -> Vec<(&'static str, Json)> {
    let raw = |text: &str| Json::Raw(text.to_owned());
    vec![
        ("null", raw("null")),
        ("true", raw("true")),
        ("number", raw("7")),
        ("text", Json::Text(PROSE.to_owned())),
        ("word", Json::Text("malware".to_owned())),
        ("level", Json::Text("Information".to_owned())),
        ("id", raw("4625")),
        ("empty text", Json::Text(String::new())),
        ("list of 0", raw("[]")),
        ("list of 1", raw("[\"malware\"]")),
        ("list of 2", raw("[\"malware\",\"x\"]")),
        ("list of objects", raw(&format!("[{OTHER}]"))),
        ("object", raw(OTHER)),
        ("empty object", raw("{}")),
        ("record as text", Json::Text(OTHER.to_owned())),
    ]
}

/// Every name and every beginning of a name, and the content of insertion strings.
fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    for name in NAMES {
        paths.extend(name.path.match_indices('.').map(|(at, _)| name.path[..at].to_owned()));
        paths.push(name.path.to_owned());
        if name.role == Role::Strings {
            for inner in
                ["param1", "param3", "Data", "Data.#text", "Name", "#attributes.x", "Binary"]
            {
                paths.push(format!("{}.{inner}", name.path));
            }
        }
    }
    let more = [
        "fields.Data_4",
        "fields.UserData_x",
        "tags.Data_3",
        "Event.System.EventID_1",
        "Event.System_1",
        "Event.System.#text",
        "event.EventID",
        "fields.message",
    ];
    paths.extend(more.map(str::to_owned));
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    paths
}

fn write(json: &Json, out: &mut String) {
    match json {
        Json::Raw(raw) => out.push_str(raw),
        Json::Text(text) => out.push_str(&serde_json::to_string(text).expect("a string")),
        Json::List(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                write(item, out);
            }
            out.push(']');
        }
        Json::Map(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at > 0 { "," } else { "" });
                // A raw key already has its quotes.
                if key.starts_with('"') {
                    out.push_str(key);
                } else {
                    out.push_str(&serde_json::to_string(key).expect("a string"));
                }
                out.push(':');
                write(value, out);
            }
            out.push('}');
        }
    }
}

fn text(json: &Json) -> String {
    let mut out = String::new();
    write(json, &mut out);
    out
}

/// The deepest existing object along a path, and the rest of the path.
fn deepest<'j, 'p>(json: &'j mut Json, path: &'p str) -> (&'j mut Vec<(String, Json)>, &'p str) {
    let steps = path.split_once('.');
    // The borrow checker does not accept returning the inner borrow, so this only checks first.
    let inner = steps.is_some_and(|(first, _)| match json {
        Json::Map(members) => members.iter().any(|(k, v)| k == first && matches!(v, Json::Map(_))),
        _ => false,
    });
    let Json::Map(members) = json else { panic!("an object") };
    match steps {
        Some((first, rest)) if inner => {
            let at = members.iter().position(|(k, v)| k == first && matches!(v, Json::Map(_)));
            deepest(&mut members[at.expect("it is there")].1, rest)
        }
        _ => (members, path),
    }
}

/// `a.b` and a value as `"a":{"b":value}`.
fn nested(path: &str, value: Json) -> (String, Json) {
    match path.split_once('.') {
        Some((first, rest)) => (first.to_owned(), Json::Map(vec![nested(rest, value)])),
        None => (path.to_owned(), value),
    }
}

/// A key with its first letter escaped.
fn escaped(key: &str) -> String {
    let first = key.chars().next().map_or(0, u32::from);
    let rest: String = key.chars().skip(1).collect();
    let rest = serde_json::to_string(&rest).expect("a string");
    format!("\"\\u{first:04x}{}", &rest[1..])
}

fn swapped(path: &str) -> String {
    let swap = |c: char| {
        if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
    };
    path.chars().map(swap).collect()
}

type Way = (&'static str, fn(&mut Json, &str, Json));

fn top(json: &mut Json) -> &mut Vec<(String, Json)> {
    match json {
        Json::Map(members) => members,
        _ => panic!("an object"),
    }
}

/// The ways to insert a member into a record.
const WAYS: [Way; 14] = [
    ("in place", |json, path, value| {
        let (members, rest) = deepest(json, path);
        match members.iter_mut().find(|(key, _)| key == rest) {
            Some((_, old)) => *old = value,
            None => members.push(nested(rest, value)),
        }
    }),
    ("before, inside", |json, path, value| {
        let (members, rest) = deepest(json, path);
        members.insert(0, nested(rest, value));
    }),
    ("behind, inside", |json, path, value| {
        let (members, rest) = deepest(json, path);
        members.push(nested(rest, value));
    }),
    ("before, dotted", |json, path, value| top(json).insert(0, (path.to_owned(), value))),
    ("behind, dotted", |json, path, value| top(json).push((path.to_owned(), value))),
    ("before, nested", |json, path, value| top(json).insert(0, nested(path, value))),
    ("behind, nested", |json, path, value| top(json).push(nested(path, value))),
    ("escaped, inside", |json, path, value| {
        let (members, rest) = deepest(json, path);
        let (key, value) = nested(rest, value);
        members.push((escaped(&key), value));
    }),
    ("escaped, dotted", |json, path, value| top(json).insert(0, (escaped(path), value))),
    ("up to a NUL, dotted", |json, path, value| top(json).push((format!("{path}\0x"), value))),
    ("upper case, dotted", |json, path, value| {
        top(json).push((path.to_ascii_uppercase(), value));
    }),
    ("lower case, inside", |json, path, value| {
        let (members, rest) = deepest(json, path);
        let (key, value) = nested(&rest.to_ascii_lowercase(), value);
        members.push((key, value));
    }),
    ("swapped case, inside", |json, path, value| {
        let (members, rest) = deepest(json, path);
        let (key, value) = nested(&swapped(rest), value);
        members.insert(0, (key, value));
    }),
    ("upper case, nested", |json, path, value| {
        top(json).insert(0, nested(&path.to_ascii_uppercase(), value));
    }),
];

/// Whether a value at a path in its own case can never occur in a genuine event. Names of only some
/// shapes and members of many kinds of records are excluded.
fn never(path: &str, value: &str, way: &str, own: bool) -> bool {
    let Some(name) = NAMES.iter().find(|name| name.path == path) else {
        // The beginning of a name.
        let free =
            path == "tags" || path == "host" || NAMES.iter().all(|n| !n.path.starts_with(path));
        return own
            && !way.contains("case")
            && !free
            && ["true", "list of 2", "list of objects"].contains(&value);
    };
    // The lists in Elasticsearch's `fields` have the names of all shapes.
    let lists = path == "fields.Level" && value.starts_with("list");
    let odd = !lists && ["true", "list of 2", "list of objects"].contains(&value);
    let said = value == "text" && !matches!(name.role, Role::OsName | Role::OsVersion);
    own && !way.contains("case")
        && name.only.is_empty()
        && name.role != Role::ShapeMarker
        && (odd || said)
}

/// A record as JSON, if it is JSON.
fn json(record: &str) -> Option<Json> {
    if !record.starts_with('{') {
        return None;
    }
    let tree = tree::parse(record.as_bytes())?;
    Some(shapes::made(&tree, 0, record))
}

/// The paths of all leaves. Records with the same paths look alike.
fn outline(json: &Json) -> String {
    let mut out = String::new();
    let mut todo = vec![json];
    while let Some(json) = todo.pop() {
        match json {
            Json::Map(members) => {
                for (key, value) in members {
                    let _ = write!(out, "{key},");
                    todo.push(value);
                }
            }
            Json::List(items) => todo.extend(items.iter().take(1)),
            _ => out.push(';'),
        }
    }
    out
}

/// Benign records, one of each outline, and those that are text.
pub struct Bases {
    pub json: Vec<(String, Json)>,
    pub xml: Vec<(String, String)>,
    pub csv: Vec<(String, String)>,
    pub text: Vec<(String, String)>,
}

pub fn bases() -> Bases {
    let mut bases = Bases { json: Vec::new(), xml: Vec::new(), csv: Vec::new(), text: Vec::new() };
    let mut seen = std::collections::HashSet::new();
    for Known { name, record, policy, want, .. } in closed::known() {
        if want != "benign" || !policy.localised.is_empty() || !policy.logs.is_empty() {
            continue;
        }
        match json(&record) {
            Some(json) => {
                let ours = closed::opinion(record.as_bytes(), &policy);
                let benign = ours.is_some_and(|o| o.outcome.as_str() == "benign");
                if benign && seen.insert(outline(&json)) {
                    bases.json.push((name, json));
                }
            }
            None if record.trim_start().starts_with("<Event") => bases.xml.push((name, record)),
            None if record.lines().any(|line| {
                let known = COLUMNS.iter().filter(|c| line.contains(*c)).count();
                known > 4 && line.contains(',') || line.contains("timestamp_desc")
            }) && !record.starts_with("win_")
                && !record.starts_with("CEF") =>
            {
                bases.csv.push((name, record));
            }
            None if !record.starts_with('{') => bases.text.push((name, record)),
            None => {}
        }
    }
    bases
}

/// All cases for one JSON record.
pub fn members(base: &Json, visit: &mut dyn Visit) {
    // The record itself, or the one in an Elasticsearch hit.
    let inner = match base {
        Json::Map(members) => {
            members.iter().position(|(k, v)| k == "_source" && matches!(v, Json::Map(_)))
        }
        _ => None,
    };
    let record = text(base);
    let own = [
        "\"_source\"",
        "resourceLogs",
        "\"streams\"",
        "\"log\":\"",
        "\"line\":\"",
        "\"body\"",
        "\"event\":\"",
        "\"event\":{\"channel\"",
        "hits",
        "\"documents\"",
        "\"metrics\"",
        "\"_raw\"",
        "\"document\"",
        "\"fields\"",
        // A line of syslog that a parser split.
        "\"ident\"",
        "\"appname\"",
        "\"program\"",
    ];
    let own = !own.iter().any(|holder| record.contains(holder));
    for path in paths() {
        for (kind, value) in values() {
            for (way, put) in WAYS {
                for within in [None].into_iter().chain(inner.map(Some)) {
                    if !visit.wants() {
                        continue;
                    }
                    let mut json = base.clone();
                    match within {
                        None => put(&mut json, &path, value.clone()),
                        Some(at) => put(&mut top(&mut json)[at].1, &path, value.clone()),
                    }
                    let made = format!("{path} {kind} {way}");
                    let never = never(&path, kind, way, own);
                    visit.case(&Case { kind: "member", made: &made, record: &text(&json), never });
                }
            }
        }
    }
}

/// One name too many beside what a name of some shapes says otherwise: the signs of other shapes, with
/// nothing or a word, must not hide it.
pub fn switches(base: &Json, visit: &mut dyn Visit) {
    let raw = |text: &str| Json::Raw(text.to_owned());
    let other = |name: &Name| match name.role {
        Role::Level(_) => Json::Text("Information".to_owned()),
        Role::Id => raw("4625"),
        _ => Json::Text("malware x".to_owned()),
    };
    for name in NAMES.iter().filter(|name| !name.only.is_empty()) {
        for sign in paths().iter().filter(|sign| !sign.starts_with(name.path)) {
            for value in [raw("null"), Json::Text("x".to_owned()), raw("8")] {
                for (way, put) in [WAYS[3], WAYS[4]] {
                    if !visit.wants() {
                        continue;
                    }
                    let mut json = base.clone();
                    WAYS[0].1(&mut json, name.path, other(name));
                    put(&mut json, sign, value.clone());
                    let made = format!("{} otherwise, {sign} {way}", name.path);
                    let record = text(&json);
                    visit.case(&Case {
                        kind: "switch",
                        made: &made,
                        record: &record,
                        never: false,
                    });
                }
            }
        }
    }
}

/// How many nodes a value has.
fn nodes(json: &Json) -> usize {
    match json {
        Json::Map(members) => 1 + members.iter().map(|(_, v)| nodes(v)).sum::<usize>(),
        Json::List(items) => 1 + items.iter().map(nodes).sum::<usize>(),
        _ => 1,
    }
}

/// Changes the node with this number.
fn at(json: &mut Json, number: &mut usize, change: &mut dyn FnMut(&mut Json)) {
    if *number == 0 {
        *number = usize::MAX;
        return change(json);
    }
    *number -= 1;
    let children: Vec<&mut Json> = match json {
        Json::Map(members) => members.iter_mut().map(|(_, v)| v).collect(),
        Json::List(items) => items.iter_mut().collect(),
        _ => return,
    };
    for child in children {
        at(child, number, change);
        if *number == usize::MAX {
            return;
        }
    }
}

/// Possible members of envelopes.
const PARTS: [&str; 28] = [
    "message",
    "Message",
    "entries",
    "values",
    "stream",
    "streams",
    "line",
    "log",
    "body",
    "event",
    "_raw",
    "inner_hits",
    "hits",
    "_source",
    "resource_logs",
    "scope_logs",
    "log_records",
    "resourceLogs",
    "scopeLogs",
    "logRecords",
    "instrumentationLibraryLogs",
    "resourceSpans",
    "resourceMetrics",
    "documents",
    "xml",
    "resource",
    "attributes",
    "records",
];

/// Replaces every node of a record, and extends every list and object.
pub fn parts(base: &Json, visit: &mut dyn Visit) {
    for node in 0..nodes(base) {
        for (kind, value) in values() {
            for way in ["replaced", "first", "last"].into_iter().chain(PARTS) {
                for first in [true, false] {
                    let part = PARTS.contains(&way);
                    if !part && first || !visit.wants() {
                        continue;
                    }
                    let mut json = base.clone();
                    let mut done = true;
                    at(&mut json, &mut node.clone(), &mut |node| match (way, node) {
                        ("replaced", node) => *node = value.clone(),
                        ("first", Json::List(items)) => items.insert(0, value.clone()),
                        ("last", Json::List(items)) => items.push(value.clone()),
                        (_, Json::Map(members)) if part => {
                            let at = if first { 0 } else { members.len() };
                            members.insert(at, (way.to_owned(), value.clone()));
                        }
                        _ => done = false,
                    });
                    if done {
                        let made = format!("node {node} {way} {kind}");
                        visit.case(&Case {
                            kind: "part",
                            made: &made,
                            record: &text(&json),
                            never: false,
                        });
                    }
                }
            }
        }
    }
}

/// Envelopes around one record.
pub fn envelopes(record: &Json) -> Vec<Json> {
    let map = |members: Vec<(&str, Json)>| {
        Json::Map(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    };
    let raw = |text: &str| Json::Raw(text.to_owned());
    let line = || Json::Text(text(record));
    let string = |text: &str| Json::Text(text.to_owned());
    let hit =
        || map(vec![("_index", string("w")), ("_id", string("1")), ("_source", record.clone())]);
    let loki = vec![
        ("stream", map(vec![("job", string("x"))])),
        ("values", Json::List(vec![Json::List(vec![string("1268652477000000000"), line()])])),
    ];
    let body = map(vec![("body", map(vec![("stringValue", line())]))]);
    let scope = map(vec![("scope", raw("{}")), ("logRecords", Json::List(vec![body]))]);
    let resource = map(vec![("resource", raw("{}")), ("scopeLogs", Json::List(vec![scope]))]);
    vec![
        hit(),
        map(vec![
            ("took", raw("1")),
            ("hits", map(vec![("total", raw("1")), ("hits", Json::List(vec![hit()]))])),
        ]),
        map(vec![("streams", Json::List(vec![map(loki.clone())]))]),
        map(vec![
            ("status", string("success")),
            ("data", map(vec![("result", Json::List(vec![map(loki)]))])),
        ]),
        map(vec![(
            "records",
            Json::List(vec![map(vec![
                ("category", string("WindowsEventLogsTable")),
                ("properties", record.clone()),
            ])]),
        )]),
        map(vec![
            ("messageType", string("DATA_MESSAGE")),
            (
                "logEvents",
                Json::List(vec![map(vec![
                    ("id", string("3")),
                    ("timestamp", raw("1268652477000")),
                    ("message", line()),
                ])]),
            ),
        ]),
        map(vec![("PRIORITY", string("3")), ("MESSAGE", line())]),
        map(vec![("schema", raw("{}")), ("payload", record.clone())]),
        map(vec![("resourceLogs", Json::List(vec![resource]))]),
        map(vec![
            ("time", raw("1268652477")),
            ("host", string("SERVER1")),
            ("sourcetype", string("y")),
            ("event", line()),
        ]),
        map(vec![
            ("time", raw("1268652477")),
            ("sourcetype", string("y")),
            ("event", record.clone()),
        ]),
        map(vec![
            ("log", line()),
            ("stream", string("stdout")),
            ("time", string("2010-03-15T11:28:00Z")),
        ]),
        map(vec![("line", line())]),
        map(vec![("body", record.clone())]),
        map(vec![("body", line())]),
        map(vec![("_raw", line())]),
        map(vec![("message", line())]),
        map(vec![("message", line()), ("event", map(vec![("original", line())]))]),
        map(vec![("documents", Json::List(vec![record.clone()]))]),
        map(vec![("document", map(vec![("data", record.clone())]))]),
    ]
}

/// Content to insert between XML tags.
const ELEMENTS: [&str; 22] = [
    "malware ran",
    "<!-- malware -->",
    "<?malware x?>",
    "<![CDATA[malware]]>",
    "<!DOCTYPE Event>",
    "<Note>malware</Note>",
    "<Note/>",
    "<Note x='malware'/>",
    "<EventID>4625</EventID>",
    "<EventID>8</EventID><EventID>4625</EventID>",
    "<Level>4</Level>",
    "<Channel>Security</Channel>",
    "<Computer>OTHER</Computer>",
    "<Provider Name='Security'/>",
    "<Data>malware</Data>",
    "<Data Name='x'>malware</Data>",
    "<Binary>4D5A</Binary>",
    "<EventData><Data>malware</Data></EventData>",
    "<System><EventID>4625</EventID></System>",
    "<UserData><x>malware</x></UserData>",
    "<RenderingInfo Culture='en-US'><Message>malware</Message></RenderingInfo>",
    "<y:EventID xmlns:y='u'>4625</y:EventID>",
];

/// Every place in XML.
pub fn xml(base: &str, visit: &mut dyn Visit) {
    let mut show = |record: &dyn Fn() -> String, made: &str| {
        if visit.wants() {
            visit.case(&Case { kind: "xml", made, record: &record(), never: true });
        }
    };
    // The beginning or end of a tag.
    let places: Vec<usize> = (0..=base.len())
        .filter(|&at| {
            base[at..].starts_with('<')
                || at > 0 && base.as_bytes()[at - 1] == b'>'
                || at == base.len()
        })
        .collect();
    for &place in &places {
        for element in ELEMENTS {
            let (before, after) = base.split_at(place);
            show(&|| format!("{before}{element}{after}"), &format!("{element} at {place}"));
        }
    }
    // The attributes of every start tag.
    for (place, _) in base.match_indices('<') {
        let inside = &base[place + 1..];
        if inside.starts_with(['/', '?', '!']) {
            continue;
        }
        let end = place + 1 + inside.find(['>', '/', ' ']).unwrap_or(0);
        for attribute in [
            " note='malware'",
            " Name='malware'",
            " xmlns:y='malware'",
            " xml:lang='malware'",
            " Qualifiers='0'",
            " SystemTime='malware'",
        ] {
            // A repeated attribute in one tag is not valid XML; elsewhere it is unknown.
            let (before, after) = base.split_at(end);
            show(&|| format!("{before}{attribute}{after}"), &format!("{attribute} at {place}"));
        }
    }
    // Every attribute value, and every text.
    for (open, close) in [("='", '\''), ("=\"", '"'), (">", '<')] {
        for (place, found) in base.match_indices(open) {
            let start = place + found.len();
            let Some(length) = base[start..].find(close) else { continue };
            if base[start..start + length].trim().is_empty() && open == ">" {
                continue;
            }
            for value in ["malware x", "{malware} x", "4625 8"] {
                let record = || format!("{}{value}{}", &base[..start], &base[start + length..]);
                show(&record, &format!("{value} at {start}"));
            }
        }
    }
}

/// Content to insert between the fields of a text.
const WORDS: [&str; 9] = [
    "malware.exe ran ",
    " malware.exe ran",
    "\tmalware.exe ran",
    "malware.exe ran\t",
    ",malware.exe ran",
    "malware.exe ran: ",
    "|malware.exe ran|",
    "malware.exe=ran x ",
    "\nmalware.exe ran\n",
];

/// Values of fields that no rule covers: users.
const USERS: [&str; 4] = ["Unknown User", "N/A", "(no user)", "no domain"];

/// Inserts words at every place of a text where a field can begin or end.
pub fn words(base: &str, visit: &mut dyn Visit) {
    const MARKS: &str = " \t\r\n:,|;()[]<>\"={}";
    let mut places: Vec<usize> = vec![0, base.len()];
    for (at, c) in base.char_indices().filter(|(_, c)| MARKS.contains(*c)) {
        places.extend([at, at + c.len_utf8()]);
    }
    // `members` covers JSON after a header.
    let end = base.find('{').filter(|_| base.starts_with('<')).unwrap_or(base.len());
    let user = |place: usize| {
        let around = |(at, user): (usize, &str)| (at..=at + user.len()).contains(&place);
        USERS.iter().any(|user| base.match_indices(user).any(around))
    };
    places.retain(|place| *place <= end && !user(*place));
    places.sort_unstable();
    places.dedup();
    for place in places {
        let (before, after) = base.split_at(place);
        for word in WORDS {
            if visit.wants() {
                let label: String = before.chars().rev().take(24).collect();
                let label: String = label.chars().rev().collect();
                let record = format!("{before}{word}{after}");
                let made = format!("{word:?} behind {label:?}");
                // CEF and LEEF have keys of all kinds with free values.
                let never = !base.starts_with("CEF:") && !base.contains(" LEEF:");
                visit.case(&Case { kind: "word", made: &made, record: &record, never });
            }
        }
    }
}

/// The names of every shape that no program uses for anything else than the event, or for a copy of
/// it. Wherever a record has names, another value under one of them is another event.
fn telling() -> impl Iterator<Item = &'static str> {
    use Role::*;
    let free = |role| {
        matches!(
            role,
            Computer
                | Host
                | Time
                | OtherTime
                | Counter
                | Guid
                | NoGuid
                | Bits
                | OsName
                | OsVersion
                | ShapeMarker
        )
    };
    let telling = move |name: &&Name| name.only.is_empty() && !free(name.role);
    NAMES.iter().filter(telling).map(|name| name.path)
}

/// One more pair with each of these names, in the shapes that consist of pairs.
pub fn pairs(base: &str, visit: &mut dyn Visit) {
    let behind = |mark: &str, count: usize| {
        let start = base.find(mark)?;
        base[start..].match_indices('|').nth(count).map(|(at, _)| start + at + 1)
    };
    let (at, open, close) = if let Some(at) = behind("CEF:", 6) {
        (at, "", " ")
    } else if let Some(at) = behind("LEEF:1", 4) {
        (at, "", "\t")
    } else if let Some(at) = base.strip_prefix("win_eventlog,").map(|_| "win_eventlog".len()) {
        (at, ",", "")
    } else if let Some(at) = base.find("[NXLOG@").and_then(|at| Some(at + base[at..].find(']')?)) {
        (at, " ", "\"")
    } else {
        return;
    };
    let quote = if close == "\"" { close } else { "" };
    let (before, after) = base.split_at(at);
    for name in telling() {
        if visit.wants() {
            let record = format!("{before}{open}{name}={quote}malware4625{close}{after}");
            visit.case(&Case { kind: "pair", made: name, record: &record, never: true });
        }
    }
}

/// The columns that fill the event, in the headers' spelling.
const COLUMNS: [&str; 24] = [
    "EventID",
    "MachineName",
    "Category",
    "CategoryNumber",
    "EntryType",
    "Message",
    "Source",
    "InstanceId",
    "TimeGenerated",
    "EventId",
    "Level",
    "Provider",
    "Channel",
    "Computer",
    "TimeCreated",
    "Payload",
    "Date and Time",
    "Event ID",
    "Task Category",
    "Type",
    "Event",
    "Date Time",
    "ComputerName",
    "Description",
];

/// The cells of a row, with their quotes.
fn cells(row: &str) -> Vec<&str> {
    let mut cells = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in row.char_indices() {
        quoted ^= c == '"';
        if c == ',' && !quoted {
            cells.push(&row[start..at]);
            start = at + 1;
        }
    }
    cells.push(&row[start..]);
    cells
}

/// Every column of a CSV with a header, and every quote.
pub fn columns(base: &str, visit: &mut dyn Visit) {
    let (mark, table) = match base.split_once('\n') {
        Some((first, rest)) if first.starts_with("#TYPE ") => (format!("{first}\n"), rest),
        _ => (String::new(), base),
    };
    let Some((header, row)) = table.split_once('\n') else { return };
    let (names, values) = (cells(header), cells(row.trim_end_matches(['\r', '\n'])));
    for (at, value) in values.iter().enumerate() {
        let name = names.get(at).map_or("", |name| name.trim().trim_matches('"'));
        let known = COLUMNS.contains(&name) || at >= names.len();
        let bare = value.trim_matches('"');
        for (how, cell) in [
            ("other", "malware.exe ran".to_owned()),
            ("quoted", "\"malware.exe, ran\"".to_owned()),
            ("before", format!("\"malware.exe ran {bare}\"")),
            ("behind", format!("\"{bare} malware.exe ran\"")),
            ("open", format!("\"{bare}")),
            ("half", format!("{bare}\"")),
            ("more", format!("{value},malware.exe ran")),
            ("around", format!("{value}malware.exe ran")),
        ] {
            if !visit.wants() {
                continue;
            }
            let mut changed: Vec<&str> = values.clone();
            changed[at] = &cell;
            let record = format!("{mark}{header}\n{}\n", changed.join(","));
            let made = format!("{how} {name}");
            let more = how == "more" && values.len() >= names.len();
            let never = known || more || how == "open";
            visit.case(&Case { kind: "column", made: &made, record: &record, never });
        }
    }
    // One more column with a name of another shape.
    for name in telling().filter(|name| !header.contains(name)) {
        if visit.wants() {
            let row = row.trim_end_matches(['\r', '\n']);
            let record = format!("{mark}{},{name}\n{row},malware4625\n", header.trim_end());
            visit.case(&Case { kind: "named column", made: name, record: &record, never: true });
        }
    }
}
