//! Reads CSV rows whose columns are the members of JSON records, as Kibana, Splunk, Azure's portal
//! and others export them. A row is converted to JSON and read as such a record.

use super::row::Row;
use crate::{
    event::{Event, Kind, Place},
    json::write_string,
    record::{
        Nesting,
        block::put,
        json,
        names::{self, Node, Role, Seen, Step},
        say,
        typed::{self, Type},
    },
};

use super::names::{COLUMNS, is_machine};

/// The shapes whose exporters also write CSV with their own column names. Those columns are read
/// one by one.
const OWN: [&str; 6] = [
    "windows",
    "wmi",
    "powershell-eventlog",
    "powershell-winevent",
    "evtxecmd",
    "fluentbit-winlog",
];

/// The column that holds the record as Splunk indexed it.
const RAW: &str = "_raw";

/// The names of the members; `None` if the columns of the header are not those of a JSON record.
pub fn of<'n>(names: impl Iterator<Item = &'n str> + Clone) -> Option<Vec<String>> {
    let spelled: Vec<_> = names.map(names::as_spelled).collect();
    let names = spelled.iter().map(|name| &**name);
    let mut seen = Seen::default();
    let (mut embedded, mut dotted, mut other) = (false, false, false);
    for name in names.clone() {
        let own = COLUMNS.iter().any(|(known, _)| *known == name);
        let Step::Known(names::Known { row: Some(row), .. }) = names::step(Node::TOP, name) else {
            other |= own;
            continue;
        };
        seen.insert(row);
        let role = names::row(row).role;
        embedded |= matches!(role, Role::EmbeddedCopy | Role::NestedRecord) && !own;
        dotted |= name.contains('.') && matches!(role, Role::Id | Role::Source | Role::Message);
    }
    let shape = seen.shapes().0;
    let raw = names.clone().any(|name| name == RAW);
    let json = embedded || dotted || !(other || OWN.contains(&shape));
    let known = raw || (!shape.is_empty() && json);
    // In an export of Graylog, the source is a machine.
    let source = is_machine("source", || names.clone()) && !names.clone().any(|n| n == "Hostname");
    known.then(|| {
        names
            .map(|name| match name {
                "source" if source => "Hostname",
                name => name,
            })
            .map(str::to_owned)
            .collect()
    })
}

/// Reads a row as a JSON record.
pub fn read(
    names: &[String],
    fields: &Row,
    utc: &[usize],
    part: u8,
    event: &mut Event<'_>,
) -> Option<()> {
    // Kibana writes a dash if a record does not have the member.
    let dash = names.iter().any(|name| name.contains('.') || name == "@timestamp");
    let mut object = String::from("{");
    for (i, (name, field)) in names.iter().zip(fields.iter()).enumerate() {
        if field.is_empty() || (dash && field == "-") {
            continue;
        }
        object.push_str(if object.len() > 1 { "," } else { "" });
        write_string(&mut object, name);
        object.push(':');
        let zone = if utc.contains(&i) { " UTC" } else { "" };
        let value = format!("{field}{zone}");
        write_string(&mut object, &value);
        typed::check(event, "a column", type_of(name), value);
    }
    object.push('}');
    if names.iter().any(|name| name == RAW) {
        object = format!("{{\"result\":{object}}}");
        extracted(names, fields, event);
    }
    of_tables(names, fields, dash, event);
    let (mut count, mut copied) = (0, None);
    json::read(&object, "", Nesting::default(), None, &mut |read| {
        count += 1;
        copied = event.say_copy(read, part);
    })
    .ok()?;
    if count > 1 {
        event.leave_unread("a row of several events", object);
    }
    copied
}

/// Adds the columns that no JSON record has a member for, but that have the name of a column in the
/// tables of other programs. They must agree with the record.
fn of_tables(names: &[String], fields: &Row, dash: bool, event: &mut Event<'_>) {
    for (name, field) in names.iter().zip(fields.iter()) {
        let (step, _) = names::step_or_in_any_case(Node::TOP, Node::TOP, name);
        let column = COLUMNS.iter().position(|(known, _)| known.eq_ignore_ascii_case(name));
        if let (Step::Unknown, Some(row)) = (step, column)
            && typed::decides(COLUMNS[row].1)
            && !(dash && field == "-")
        {
            put(event, Place::BESIDE, row, COLUMNS[row].1, field.to_owned());
        }
    }
}

/// Adds the fields that Splunk extracted from its record, because they must agree with it. As
/// members next to the record they would only be labels.
fn extracted(names: &[String], fields: &Row, event: &mut Event<'_>) {
    use Role::{Category, Data, Level, Log, Qualifiers};
    for (name, field) in names.iter().zip(fields.iter()) {
        match (0..).zip(COLUMNS).find(|(_, (known, _))| known == name) {
            Some((row, (_, role @ (Category | Data | Level(_) | Log | Qualifiers)))) => {
                let place = Place { part: Place::BESIDE, row };
                say(event, place, *role, Kind::Text, field.to_owned().into());
            }
            None if name == "Keywords" => {
                typed::check(event, "Keywords", Type::Keyword, field.to_owned());
            }
            _ => {}
        }
    }
}

/// The type of a column, whatever the record in the row says.
fn type_of(name: &str) -> Type {
    let role = match names::step(Node::TOP, name) {
        _ if name == "_time" => Role::Time,
        Step::Known(names::Known { row: Some(row), .. }) => names::row(row).role,
        _ => return Type::Text,
    };
    match role {
        Role::Time => Type::Time,
        Role::Computer | Role::Host => Type::Computer,
        // In Azure, this column can be the name of a table.
        Role::Level(_) => Type::NAME,
        _ => Type::Text,
    }
}
