//! Records inside records: copies of a record, and envelopes.

use crypt32_filter::record::names::Role;

use super::{
    event::{self, Entry, Event, Held, List, entries, held},
    message,
    tree::{self, Tree, Value},
    typed, xml,
};

/// The content of a text.
pub enum Read {
    /// Records, none of which may be missing.
    Events(Vec<Event>),
    /// Possibly a record of a text shape, which the oracle does not read.
    Unknown,
    /// Not a record.
    Nothing,
}

/// The maximum nesting of records.
const DEPTH: usize = 6;

/// An event without values: a part of an envelope that was not understood.
fn nothing() -> Event {
    Event::default()
}

/// Reads the records of a text.
pub fn read(text: &[u8], depth: usize) -> Read {
    let Ok(string) = std::str::from_utf8(text) else { return Read::Nothing };
    let bare = string.trim_matches([' ', '\t', '\r', '\n']);
    if depth > DEPTH || bare.is_empty() {
        return Read::Nothing;
    }
    if let Some(tree) = tree::parse(bare.as_bytes()) {
        return match tree.value(0) {
            Value::Map(_) => Read::Events(object(&tree, 0, depth)),
            _ => Read::Nothing,
        };
    }
    if bare.starts_with("<Event") || bare.starts_with("<?xml") {
        return xml::event(bare).map_or(Read::Nothing, |event| Read::Events(vec![event]));
    }
    let low = bare.to_ascii_lowercase();
    if low.contains("crypt32") || low.contains("winevtlog") || low.contains("windowsupdate") {
        Read::Unknown
    } else {
        Read::Nothing
    }
}

/// The members that contain other records, with their roles.
fn holders(entries: &[Entry]) -> Vec<(Role, &'static str, usize)> {
    let mut found = Vec::new();
    for entry in entries {
        let Some(name) = event::named(&entry.path) else { continue };
        if matches!(
            name.role,
            Role::NestedRecord
                | Role::EmbeddedCopy
                | Role::RecordList
                | Role::Loki
                | Role::Otlp
                | Role::Fields
        ) {
            // Equal values count once; rule 3.1.2 reports different ones.
            if !found.iter().any(|(_, path, _)| *path == name.path) {
                found.push((name.role, name.path, entry.node));
            }
        }
    }
    found
}

/// The member of an object with this key.
fn member(tree: &Tree, node: usize, key: &str) -> Option<usize> {
    tree.members(node)?.iter().find(|m| m.key == key.as_bytes()).map(|m| m.node)
}

/// Whether a key names a list of records.
fn names_records(key: &str) -> bool {
    let lists = [Role::RecordList, Role::Loki, Role::Otlp];
    event::named(key).is_some_and(|name| lists.contains(&name.role))
}

/// Whether an object has a name of a list of records, whatever the list is.
fn is_list_of_records(tree: &Tree, node: usize) -> bool {
    let list = |key: &str| key == "hits" || names_records(key);
    tree.members(node)
        .unwrap_or_default()
        .iter()
        .any(|m| list(&String::from_utf8_lossy(&m.key)) && event::says(tree, m.node))
}

/// Whether an object has a list or an object under a name of a list of records.
fn has_list_of_records(tree: &Tree, node: usize) -> bool {
    let list = |m: &tree::Member| {
        let list = matches!(tree.value(m.node), Value::List(_) | Value::Map(_));
        list && names_records(&String::from_utf8_lossy(&m.key)) && event::says(tree, m.node)
    };
    tree.members(node).unwrap_or_default().iter().any(list)
}

/// The events of one object: its own, or those of the records in it.
pub fn object(tree: &Tree, root: usize, depth: usize) -> Vec<Event> {
    if depth > DEPTH {
        return vec![nothing()];
    }
    // Elasticsearch's `fields`, in which every value is a list, has the same content as `_source`.
    let fields = member(tree, root, "fields").filter(|node| is_lists(tree, *node));
    let mut entries = entries(tree, root);
    // A hit of Elasticsearch: `fields` repeats values of `_source`, whatever their form.
    let hit = member(tree, root, "_source").is_some_and(|node| tree.members(node).is_some());
    let of_hit = member(tree, root, "fields")
        .filter(|node| hit && fields.is_none() && tree.members(*node).is_some());
    if of_hit.is_some() {
        // Telegraf's names are still those of the outer record.
        let data = ["Data_", "UserData", "Binary"];
        let telegraf = |e: &Entry, name: &str| {
            event::is_any_name(&e.path) || data.iter().any(|data| name.starts_with(data))
        };
        entries.retain(|entry| {
            let name = entry.path.strip_prefix("fields.");
            entry.key || name.is_none_or(|name| telegraf(entry, name))
        });
    }
    let mut own = event::event(tree, entries.clone(), fields);
    let mut inner: Vec<Event> = Vec::new();
    let mut texts: Vec<Vec<u8>> = Vec::new();
    let is_own = own.is_own();
    let holders = holders(&entries);
    // Copies of the event, and content that must only not contradict it.
    let (mut copies, mut beside) = (Vec::new(), Vec::new());
    let mut data = Vec::new();
    // Texts where a record can be, that are none.
    let mut others: Vec<(Vec<u8>, &str)> = Vec::new();
    for &(role, path, node) in &holders {
        let list = match tree.value(node) {
            Value::List(items) => Some(items),
            _ => None,
        };
        let held = match event::only_text(tree, &entries, node) {
            Some(text) if role == Role::EmbeddedCopy => Held::Text(text),
            _ => held(tree, node),
        };
        match (role, held) {
            (_, Held::Nothing) => {}
            // The structured data of a line of syslog that a parser split.
            (Role::Fields, Held::Text(text)) if path != "fields" => {
                match std::str::from_utf8(&text).ok().and_then(structured) {
                    Some(structured) => data.push(structured),
                    None => own.leave("3.1.5", path),
                }
            }
            (Role::Fields, _) if path != "fields" && tree.members(node).is_some() => {
                // It is one record.
                if is_list_of_records(tree, node) {
                    own.leave("3.3", path);
                }
                data.extend(object(tree, node, depth + 1));
            }
            (Role::Fields, _) if path == "fields" && fields.or(of_hit).is_some() => {}
            // The columns of Splunk's results.
            (Role::Fields, _)
                if list.is_some_and(|list| list.iter().all(|i| event::is_name(tree, *i))) => {}
            (Role::RecordList | Role::Loki | Role::Otlp, _) => {
                let Some(items) = list else {
                    own.leave("3.1.1", path);
                    if !is_own {
                        inner.push(nothing());
                    }
                    continue;
                };
                // A request body with several records is not a part of a record.
                if is_own && role == Role::RecordList && !items.is_empty() {
                    own.leave("3.3", path);
                    continue;
                }
                for item in items {
                    match role {
                        Role::Loki => stream(tree, *item, depth, &mut inner),
                        Role::Otlp => resource(tree, *item, depth, &mut inner),
                        _ => inner.extend(element(tree, *item, depth)),
                    }
                }
            }
            (_, Held::Other) if tree.members(node).is_some() => {
                let events = object(tree, node, depth + 1);
                let ours = event::is_owned(&entries, path);
                // The Elastic Common Schema and people use these names for other things too.
                let ecs = ["event", "log", "fields"].contains(&path);
                let data = |event: &Event| {
                    event.unread.iter().any(|left| left.contains("3 integrity, binary"))
                };
                let said = |event: &Event| {
                    !ours
                        && !(event.messages.is_empty()
                            && event.logs.is_empty()
                            && (ecs || event.severities.is_empty())
                            && (ecs || event.categories.is_empty())
                            && event.lists.is_empty()
                            && !data(event))
                };
                // In another case, or a copy that cannot be read.
                let twin = |event: &Event| {
                    let twin = event.twin.as_ref();
                    twin.is_some_and(|twin| {
                        let named = !twin.sources.is_empty() || !twin.ids.is_empty();
                        named || twin.odd.iter().any(|odd| ["source", "event-id"].contains(odd))
                    })
                };
                let copies = |left: &&String| {
                    let own = left.rsplit_once(": ").filter(|_| !left.starts_with("3.1.3"));
                    let place = own.and_then(|(_, place)| event::named(place));
                    let holds = |name: &crypt32_filter::record::names::Name| {
                        use Role::{EmbeddedCopy, Id, NestedRecord, Source};
                        matches!(name.role, EmbeddedCopy | NestedRecord | Source | Id)
                    };
                    place.is_some_and(holds)
                };
                // What stands beside a record is one record.
                let several = events.len() > 1 && events.iter().any(Event::is_own)
                    || has_list_of_records(tree, node);
                if is_own && matches!(role, Role::NestedRecord | Role::Fields) && several {
                    own.leave("3.3", path);
                }
                if is_own && matches!(role, Role::NestedRecord | Role::Fields) {
                    let unread = events.iter().flat_map(|event| &event.unread);
                    own.unread.extend(unread.filter(copies).cloned());
                }
                let unread =
                    events.iter().flat_map(|event| &event.unread).any(|left| copies(&left));
                let records =
                    events.iter().any(|event| event.is_own() || said(event) || twin(event));
                match role {
                    Role::NestedRecord if !is_own && (records || unread || !ecs) => {
                        inner.extend(events);
                    }
                    Role::Fields
                        if !is_own
                            && !ours
                            && (events.iter().any(|event| event.is_own() || event.unknown)
                                || unread
                                || is_list_of_records(tree, node)) =>
                    {
                        inner.extend(events);
                    }
                    Role::NestedRecord | Role::Fields if is_own && records => {
                        // What is no record has no system either.
                        beside.extend(events.into_iter().map(|mut event| {
                            if !event.is_own() {
                                event.os_names.clear();
                                event.os_versions.clear();
                                event.hosts.clear();
                            }
                            event
                        }));
                    }
                    Role::NestedRecord if is_own && !ecs => own.leave("3.1.4", path),
                    // Such a name does not make a record, or it is only the beginning of names.
                    Role::NestedRecord | Role::Fields => {}
                    Role::EmbeddedCopy if event::is_prefix(path) => {}
                    _ => own.leave("3.1.4", path),
                }
            }
            (Role::EmbeddedCopy, Held::Text(text)) => {
                copy(&text, path, depth, &mut own, &mut copies)
            }
            (Role::NestedRecord, Held::Text(text)) if is_own => {
                copy(&text, path, depth, &mut own, &mut beside);
            }
            (Role::NestedRecord, Held::Text(text)) => match read(&text, depth + 1) {
                Read::Events(events) => {
                    texts.push(text);
                    inner.extend(events);
                }
                Read::Unknown => own.unknown = true,
                Read::Nothing => others.push((text, path)),
            },
            _ if is_own => own.leave("3.1.1", path),
            _ => own.leave("3.1.1", path),
        }
    }
    let twice = |m: &&tree::Member| m.key == b"fields";
    if fields.is_some() && tree.members(root).unwrap_or_default().iter().filter(twice).count() > 1 {
        own.leave("3.1.2", "fields");
    }
    // Other signals, and other spellings of logs.
    for entry in &entries {
        let name = event::named(&entry.path).filter(|name| {
            name.path != "message_error"
                || !matches!(held(tree, entry.node), Held::Text(text)
                if message::is_missing(&String::from_utf8_lossy(&text)))
        });
        if name.is_some_and(|name| name.role == Role::Foreign) && event::says(tree, entry.node) {
            own.leave("3.3", &entry.path);
            if !is_own {
                inner.push(nothing());
            }
        }
    }
    if let Some(node) = fields.or(of_hit) {
        // Telegraf has no lists here.
        if own.shape == "telegraf" {
            own.leave("3.1.1", "fields");
        }
        let events = object(tree, node, depth + 1);
        // Another event than that of the record around it is one by itself.
        let others = events.iter().filter(|event| {
            let source = |source: &Vec<u8>| own.sources.contains(source);
            let other_source = !event.sources.is_empty() && !event.sources.iter().any(source);
            let other_id =
                !event.ids.is_empty() && !event.ids.iter().any(|id| own.ids.contains(id));
            is_own && (other_source || other_id)
        });
        inner.extend(others.cloned());
        // It is one record, so it has no list of them.
        if events.len() > 1 || is_list_of_records(tree, node) {
            own.leave("3.3", "fields");
        }
        beside.extend(events);
    }
    if holders.iter().any(|(role, ..)| matches!(role, Role::Otlp | Role::Loki))
        && tree
            .members(root)
            .unwrap_or_default()
            .iter()
            .any(|m| is_signal(&m.key) && event::says(tree, m.node))
    {
        inner.push(nothing());
    }
    // The message itself may be a record.
    if !is_own && inner.is_empty() {
        // If nothing else is a record, `fields` alone may be one.
        if beside.iter().any(Event::is_own) {
            inner.append(&mut beside);
        }
    }
    if !is_own && inner.is_empty() && copies.is_empty() {
        for text in own.messages.clone() {
            match read(&text, depth + 1) {
                Read::Events(events) => {
                    texts.push(text);
                    inner.extend(events);
                }
                Read::Unknown => own.unknown = true,
                Read::Nothing => {}
            }
        }
    }
    beside.append(&mut data);
    // A copy makes the record one of its own, which no list of records is a part of.
    let lists = [Role::RecordList, Role::Loki, Role::Otlp];
    let list = |(role, _, node): &(Role, &str, usize)| {
        lists.contains(role) && !matches!(held(tree, *node), Held::Nothing)
    };
    if !copies.is_empty() && holders.iter().any(list) {
        own.leave("3.3", "records beside a copy");
    }
    if inner.is_empty() {
        others.iter().for_each(|(_, path)| own.leave("3.1.4", path));
    }
    if inner.is_empty() || is_own {
        copies.into_iter().for_each(|copy| own.absorb_copy(copy));
        beside.into_iter().for_each(|part| own.stand_beside(part));
        inner.push(own);
        return inner;
    }
    copies.into_iter().for_each(|copy| inner[0].absorb_copy(copy));
    beside.into_iter().for_each(|part| inner[0].stand_beside(part));
    // The envelope's own message is the record, or the record's message.
    let same = |text: &Vec<u8>| {
        let bare = |text: &[u8]| text.trim_ascii().to_vec();
        texts.iter().any(|inner| bare(inner) == bare(text))
            || inner.iter().any(|e| e.messages.iter().any(|m| bare(m) == bare(text)))
    };
    // A message in another case also counts, because some programs accept it.
    let stranger = !own.messages.iter().all(same)
        || own
            .twin
            .as_ref()
            .is_some_and(|twin| twin.odd.contains(&"message") || !twin.messages.iter().all(same));
    // Labels never contradict the inner record, but a value that cannot be a label was not read.
    inner[0].unread.extend(own.unread.into_iter().filter(|place| {
        // Names in another case do not contradict it either.
        !place.starts_with("3.2:") && !place.starts_with("3.1.3")
    }));
    // A source or an id in another case is no label; CloudWatch numbers its own events.
    if let Some(mut twin) = own.twin.take() {
        if own.shape == "cloudwatch-logs" {
            twin.ids.clear();
        }
        let (sources, ids) = (twin.sources, twin.ids);
        let odd = twin.odd.into_iter().filter(|odd| ["source", "event-id"].contains(odd)).collect();
        inner[0].stand_beside(Event { sources, ids, odd, ..nothing() });
    }
    inner[0].lists.append(&mut own.lists);
    inner[0].odd.append(&mut own.odd);
    inner[0].unknown |= own.unknown;
    // So is such a text. Another copy of it, which nobody understood either, is no proof.
    let said = |text: &Vec<u8>| inner.iter().any(|event| event.messages.contains(text));
    if stranger || !others.iter().all(|(text, _)| said(text)) {
        inner.push(nothing());
    }
    inner
}

/// Whether all members of an object are lists or empty, and none is one of Telegraf's strings.
fn is_lists(tree: &Tree, node: usize) -> bool {
    let members = tree.members(node).unwrap_or_default();
    let list = |m: &tree::Member| matches!(tree.value(m.node), Value::List(_));
    let fits = |m: &tree::Member| {
        matches!(held(tree, m.node), Held::Nothing) || list(m) && !m.key.starts_with(b"Data_")
    };
    members.iter().any(list) && members.iter().all(fits)
}

/// A copy next to a record must be readable and agree, or repeat the message.
fn copy(text: &[u8], path: &str, depth: usize, own: &mut Event, copies: &mut Vec<Event>) {
    if own.messages.iter().any(|message| message.as_slice() == text) {
        return;
    }
    match read(text, depth + 1) {
        Read::Events(events) if events.len() == 1 && events[0].is_own() => copies.extend(events),
        Read::Unknown => own.unknown = true,
        _ => own.leave("3.1.4", path),
    }
}

/// One element of a list of records: a record, or an Elasticsearch hit.
fn element(tree: &Tree, node: usize, depth: usize) -> Vec<Event> {
    match tree.value(node) {
        Value::Map(_) => {
            let mut events = object(tree, node, depth + 1);
            if member(tree, node, "inner_hits").is_some_and(|node| event::says(tree, node)) {
                events.push(nothing());
            }
            events
        }
        Value::Text(text) => line(text, depth),
        _ => vec![nothing()],
    }
}

/// The records of a line of text. Other text gives an event without values.
fn line(text: &[u8], depth: usize) -> Vec<Event> {
    match read(text, depth + 1) {
        Read::Events(events) => events,
        Read::Unknown => vec![Event { unknown: true, ..nothing() }],
        Read::Nothing => vec![nothing()],
    }
}

/// Loki: `{"stream":{...},"values":[[time, line, ...], ...]}`.
fn stream(tree: &Tree, node: usize, depth: usize, events: &mut Vec<Event>) {
    let members = tree.members(node).unwrap_or_default();
    let known =
        |m: &tree::Member| m.key == b"stream" || m.key == b"values" || !event::says(tree, m.node);
    let once = |key: &[u8]| members.iter().filter(|m| m.key == key).count() <= 1;
    let values = member(tree, node, "values").map(|values| tree.value(values));
    // A label is text.
    let text = |m: &tree::Member| matches!(tree.value(m.node), Value::Text(_));
    let labels = member(tree, node, "stream")
        .is_none_or(|node| tree.members(node).is_some_and(|labels| labels.iter().all(text)));
    let (Some(Value::List(values)), true) = (values, members.iter().all(known)) else {
        return events.push(nothing());
    };
    if !labels || !once(b"values") || !once(b"stream") {
        events.push(nothing());
    }
    for value in values {
        let parts = match tree.value(*value) {
            Value::List(parts) => parts.as_slice(),
            _ => &[],
        };
        let part = |at: usize| parts.get(at).map(|part| tree.value(*part));
        let metadata = matches!(part(2), None | Some(Value::Map(_))) && parts.len() <= 3;
        match (part(0), part(1)) {
            (Some(Value::Text(time)), Some(Value::Text(text)))
                if metadata && !time.is_empty() && time.iter().all(u8::is_ascii_digit) =>
            {
                events.extend(line(text, depth));
            }
            _ => events.push(nothing()),
        }
    }
}

/// A key without case and underscores.
fn spelled(key: &[u8]) -> String {
    String::from_utf8_lossy(key).to_lowercase().replace('_', "")
}

/// A signal other than logs, or logs in another spelling, next to logs.
fn is_signal(key: &[u8]) -> bool {
    let other = ["resourcespans", "resourcemetrics", "resourceprofiles"];
    let spelled = spelled(key);
    other.contains(&spelled.as_str())
        || ["resourcelogs", "streams"].contains(&spelled.as_str())
            && key != b"resourceLogs"
            && key != b"streams"
}

/// Whether one level of OTLP is an object that is understood: what it says of the level is said
/// once or alike, and nothing else has a name of a level or of a record, in any spelling.
fn is_level(tree: &Tree, node: usize, own: &[&str]) -> bool {
    let levels = [
        "resourcelogs",
        "resource",
        "instrumentationlibrarylogs",
        "scope",
        "attributes",
        "body",
        "timeunixnano",
        "severitynumber",
        "severitytext",
        "key",
        "value",
        "scopespans",
        "scopemetrics",
        "scopeprofiles",
        "spans",
        "profiles",
        "event",
        "log",
    ];
    let nothing = |node| matches!(held(tree, node), Held::Nothing);
    let bytes = |node: usize| &tree.bytes[tree.nodes[node].span.clone()];
    let members = tree.members(node);
    members.is_some_and(|members| {
        members.iter().all(|m| {
            let key = String::from_utf8_lossy(&m.key);
            if own.contains(&&*key) {
                let mut same = members.iter().filter(|other| other.key == m.key);
                return same.all(|other| {
                    bytes(other.node) == bytes(m.node) || nothing(other.node) && nothing(m.node)
                });
            }
            let known = levels.contains(&spelled(&m.key).as_str()) || event::is_any_name(&key);
            nothing(m.node) || !known
        })
    })
}

/// The list under one key of a level.
fn otlp_list<'t>(tree: &'t Tree, node: usize, key: &str, events: &mut Vec<Event>) -> &'t [usize] {
    match member(tree, node, key).map(|list| tree.value(list)) {
        Some(Value::List(items)) => items,
        // Only an empty part has no values.
        None if tree.members(node).is_some_and(<[_]>::is_empty) => &[],
        _ => {
            events.push(nothing());
            &[]
        }
    }
}

/// OTLP: resources, scopes, records.
fn resource(tree: &Tree, node: usize, depth: usize, events: &mut Vec<Event>) {
    let attributes = |node: usize| {
        member(tree, node, "attributes").is_none_or(|inner| match tree.value(inner) {
            Value::List(items) => items.iter().all(|item| is_level(tree, *item, &["key", "value"])),
            _ => matches!(held(tree, inner), Held::Nothing),
        })
    };
    let object = |node: usize, key: &str| {
        member(tree, node, key).is_none_or(|inner| {
            is_level(tree, inner, &["attributes"]) && attributes(inner)
                || matches!(tree.value(inner), Value::Null)
        })
    };
    if !is_level(tree, node, &["scopeLogs", "resource"]) || !object(node, "resource") {
        events.push(nothing());
    }
    for scope in otlp_list(tree, node, "scopeLogs", events) {
        if !is_level(tree, *scope, &["logRecords", "scope"]) || !object(*scope, "scope") {
            events.push(nothing());
        }
        for record in otlp_list(tree, *scope, "logRecords", events) {
            let of = |key: &str| member(tree, *record, key).map(|node| held(tree, node));
            let level = match (of("severityNumber"), of("severityText")) {
                (Some(Held::Other), _) | (_, Some(Held::Other | Held::Number(_))) => false,
                (Some(Held::Text(text)), _) => typed::computer(&text) && text.len() <= 48,
                _ => true,
            };
            let own = ["body", "attributes", "timeUnixNano", "severityNumber", "severityText"];
            let body = member(tree, *record, "body").filter(|_| is_level(tree, *record, &own));
            let Some(body) = body.filter(|_| level && attributes(*record)) else {
                events.push(nothing());
                continue;
            };
            let time =
                member(tree, *record, "timeUnixNano").is_none_or(|time| match held(tree, time) {
                    Held::Nothing => true,
                    Held::Text(text) => text.iter().all(u8::is_ascii_digit),
                    Held::Number(number) => number.bytes().all(|byte| byte.is_ascii_digit()),
                    Held::Other => false,
                });
            if !time {
                events.push(nothing());
                continue;
            }
            let before = events.len();
            let levels =
                |events: &[Event]| events[before..].iter().any(|e| !e.severities.is_empty());
            let one = alone(tree, body);
            match one.map(|member| (member.key.as_slice(), tree.value(member.node))) {
                Some((b"stringValue", Value::Text(text))) => events.extend(line(text, depth)),
                Some((b"kvlistValue", Value::Map(_))) => {
                    let json = any_value(tree, body);
                    let json = json.and_then(|json| tree::parse(json.as_bytes()));
                    events.extend(
                        json.map_or_else(|| vec![nothing()], |t| self::object(&t, 0, depth + 1)),
                    );
                }
                _ => events.push(nothing()),
            }
            // The inner record takes precedence over its envelope.
            if levels(events) {
                continue;
            }
            for key in ["severityNumber", "severityText"] {
                let Some(node) = member(tree, *record, key) else { continue };
                let scale = crypt32_filter::event::Scale::Otlp;
                match held(tree, node) {
                    Held::Nothing => {}
                    Held::Number(text) => {
                        events[before].severities.push((text, event::Meaning(scale)));
                    }
                    Held::Text(text)
                        if key == "severityNumber" && !text.iter().all(u8::is_ascii_digit) =>
                    {
                        events[before].leave("3.2", key);
                    }
                    Held::Text(text) => {
                        let text = String::from_utf8_lossy(&text).into_owned();
                        events[before].severities.push((text, event::Meaning(scale)));
                    }
                    Held::Other => events[before].leave("3.1.1", key),
                }
            }
        }
    }
}

/// The only member of an object, if it has exactly one.
fn alone(tree: &Tree, node: usize) -> Option<&tree::Member> {
    match tree.members(node)? {
        [member] => Some(member),
        _ => None,
    }
}

/// The JSON value of an `AnyValue`.
fn any_value(tree: &Tree, node: usize) -> Option<String> {
    // An unset value.
    if tree.members(node)?.is_empty() {
        return Some("null".to_owned());
    }
    let member = alone(tree, node)?;
    let text = |text: &[u8]| serde_json::to_string(&String::from_utf8_lossy(text)).ok();
    match (member.key.as_slice(), tree.value(member.node)) {
        (b"stringValue", Value::Text(value)) => text(value),
        (b"intValue", Value::Text(value)) if !value.contains(&b' ') => {
            Some(String::from_utf8_lossy(value).into_owned())
        }
        (b"intValue" | b"doubleValue", Value::Number(value)) => Some(value.clone()),
        (b"boolValue", Value::Bool(value)) => Some((*value).to_owned()),
        // Nothing that a field of an event can be.
        (b"bytesValue" | b"doubleValue", Value::Text(value)) => {
            Some(format!("{{\"value\":{}}}", text(value)?))
        }
        // Proto3 leaves out what is empty.
        (b"arrayValue", Value::Map(members)) if members.is_empty() => Some("[]".to_owned()),
        (b"kvlistValue", Value::Map(members)) if members.is_empty() => Some("{}".to_owned()),
        (b"arrayValue", Value::Map(_)) => {
            let Value::List(items) =
                tree.value(alone(tree, member.node).filter(|m| m.key == b"values")?.node)
            else {
                return None;
            };
            let items: Option<Vec<String>> = items.iter().map(|i| any_value(tree, *i)).collect();
            Some(format!("[{}]", items?.join(",")))
        }
        (b"kvlistValue", Value::Map(_)) => {
            let Value::List(items) =
                tree.value(alone(tree, member.node).filter(|m| m.key == b"values")?.node)
            else {
                return None;
            };
            let pair = |item: &usize| {
                if !is_level(tree, *item, &["key", "value"]) {
                    return None;
                }
                let Value::Text(key) = tree.value(self::member(tree, *item, "key")?) else {
                    return None;
                };
                let value = any_value(tree, self::member(tree, *item, "value")?)?;
                Some(format!("{}:{value}", text(key)?))
            };
            let items: Option<Vec<String>> = items.iter().map(pair).collect();
            Some(format!("{{{}}}", items?.join(",")))
        }
        _ => None,
    }
}

/// The insertion strings in one text: XML, a nested record, two joined strings, or one string.
pub fn strings(text: &[u8], event: &mut Event) -> Option<List> {
    let string = String::from_utf8_lossy(text);
    let bare = string.trim_ascii();
    if bare.starts_with('<') {
        let list = xml::fragment(bare);
        if list.is_none() {
            event.leave("3.1.4", "XML of insertion strings");
        }
        return list;
    }
    if bare.starts_with('{') {
        match tree::parse(bare.as_bytes()) {
            Some(tree) => {
                let mut inner = event::event(&tree, entries(&tree, 0), None);
                if inner.lists.is_empty() {
                    event.leave("3 integrity, a datum", "JSON of insertion strings");
                }
                event.lists.append(&mut inner.lists);
                event.unread.append(&mut inner.unread);
            }
            None => event.leave("3.1.4", "JSON of insertion strings"),
        }
        return None;
    }
    Some(event::split(text))
}

/// The structured data of a complete syslog header before JSON. None if the text is not
/// such a header.
pub fn header(head: &[u8]) -> Option<Event> {
    let head = std::str::from_utf8(head).ok()?;
    let (priority, rest) = head.strip_prefix('<')?.split_once('>')?;
    let digits = priority.bytes().all(|b| b.is_ascii_digit());
    if !(1..=3).contains(&priority.len()) || !digits {
        return None;
    }
    if let Some(rest) = rest.strip_prefix("1 ") {
        let fields: Vec<&str> = rest.splitn(6, ' ').collect();
        let [time, _, _, _, _, data] = fields.as_slice() else { return None };
        let whole = *time == "-" || typed::time(time);
        let data = structured(data)?;
        return (whole && fields.iter().all(|field| !field.is_empty())).then_some(data);
    }
    let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
    let (time, words) = match words.as_slice() {
        [time, rest @ ..] if time.contains('T') && time.len() > 15 => ((*time).to_owned(), rest),
        [month, day, time, rest @ ..] => (format!("{month} {day} 2010 {time}"), rest),
        _ => return None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./[]:".contains(c);
    let tag = |tag: &str| tag.len() <= 49 && tag.ends_with(':') && tag.chars().all(plain);
    let whole = match words {
        [host, name] => typed::computer(host.as_bytes()) && tag(name),
        [name] => tag(name),
        _ => false,
    };
    (whole && typed::time(&time)).then(nothing)
}

/// Parses structured data: `-`, or `[id name="value" ...]` once or more.
fn structured(data: &str) -> Option<Event> {
    let mut rest = data.trim_end_matches(' ');
    if rest == "-" {
        return Some(nothing());
    }
    let mut members = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix('[')?;
        let end = rest.find([' ', ']', '"', '='])?;
        rest = &rest[end..];
        while let Some(parameter) = rest.strip_prefix(' ') {
            let (name, after) = parameter.split_once("=\"")?;
            if name.is_empty() || name.contains([' ', ']', '"', '=']) {
                return None;
            }
            let (value, after) = after.split_once('"')?;
            let text = |text| serde_json::to_string(text).ok();
            members.push(format!("{}:{}", text(name)?, text(value)?));
            rest = after;
        }
        rest = rest.strip_prefix(']')?;
    }
    let tree = tree::parse(format!("{{{}}}", members.join(",")).as_bytes())?;
    Some(event::event(&tree, entries(&tree, 0), None))
}
