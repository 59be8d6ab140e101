//! Records for the property test: the samples of every JSON shape with one or several changes.

use super::{
    dice::Dice,
    message::{PREFIX, URL},
    shapes::Json,
};

fn raw(text: &str) -> Json {
    Json::Raw(text.to_owned())
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}

/// Visits every leaf and every object, with its place.
fn walk<'j>(json: &'j mut Json, visit: &mut dyn FnMut(&str, &'j mut Json)) {
    let mut todo: Vec<(String, &'j mut Json)> = vec![(String::new(), json)];
    while let Some((key, json)) = todo.pop() {
        match json {
            Json::Map(members) => {
                todo.extend(members.iter_mut().rev().map(|(k, v)| (k.clone(), v)));
            }
            Json::List(items) => {
                todo.extend(items.iter_mut().rev().map(|v| (format!("{key}[]"), v)));
            }
            leaf => visit(&key, leaf),
        }
    }
}

/// Changes every text leaf.
fn each_text(json: &mut Json, change: &mut dyn FnMut(&str, &mut String)) {
    walk(json, &mut |key, leaf| {
        if let Json::Text(text) = leaf {
            change(key, text);
        }
    });
}

/// Changes the leaves under one of the keys: all of them, or a random one.
fn set(json: &mut Json, keys: &[&str], value: &Json, dice: &mut Dice) {
    let all = !dice.one_in(3);
    let mut at = 0;
    let only = dice.below(3);
    walk(json, &mut |key, leaf| {
        if keys.contains(&key.rsplit('.').next().unwrap_or(key)) {
            if all || at == only {
                *leaf = value.clone();
            }
            at += 1;
        }
    });
}

const OLD_ERROR: &str = "The server name or address could not be resolved";
const IDS: [&str; 12] = [
    "event_id",
    "EventID",
    "EventCode",
    "EventIdentifier",
    "InstanceId",
    "code",
    "id",
    "eventID",
    "#text",
    "EventIdentifier",
    "event_id",
    "EventID",
];
const SOURCES: [&str; 9] = [
    "source_name",
    "SourceName",
    "ProviderName",
    "provider_name",
    "Source",
    "source",
    "provider",
    "providerName",
    "Name",
];
const LEVELS: [&str; 10] = [
    "level",
    "Level",
    "level_value",
    "levelText",
    "EventType",
    "EntryType",
    "event_type",
    "Type",
    "Severity",
    "severityValue",
];
const LOGS: [&str; 5] = ["log_name", "channel", "Channel", "FileName", "Logfile"];
const MESSAGES: [&str; 4] = ["message", "Message", "description", "Description"];
const COMPUTERS: [&str; 6] =
    ["computer_name", "ComputerName", "computer", "Computer", "Hostname", "MachineName"];
const CATEGORIES: [&str; 5] =
    ["category", "Category", "CategoryString", "EventCategory", "event_category"];
const STRINGS: [&str; 6] = [
    "StringInserts",
    "string_inserts",
    "InsertionStrings",
    "ReplacementStrings",
    "EventData",
    "Data",
];

/// The object with the event's own members, or the top-level one.
fn object<'j>(json: &'j mut Json, dice: &mut Dice) -> Option<&'j mut Vec<(String, Json)>> {
    let mut at = json;
    loop {
        let Json::Map(members) = at else { return None };
        let inner: Vec<usize> = (0..members.len())
            .filter(|i| matches!(&members[*i].1, Json::Map(m) if !m.is_empty()))
            .collect();
        if inner.is_empty() || dice.one_in(2) {
            return (!members.is_empty()).then_some(members);
        }
        at = &mut members[inner[dice.below(inner.len())]].1;
    }
}

/// The number of kinds of changes.
pub const WAYS: usize = 26;

/// Makes one change of a kind.
#[allow(clippy::too_many_lines)]
pub fn change(json: &mut Json, way: usize, dice: &mut Dice) {
    match way % WAYS {
        0 => {}
        1 => {
            let errors = &crypt32_filter::article::ERRORS;
            let error = &errors[dice.below(errors.len())];
            let numbers = [
                format!("{}", error.code.unwrap_or(5)),
                format!("0x{:X}", error.hresult),
                format!("{:x}", error.hresult),
                format!("{}", error.hresult.cast_signed()),
            ];
            let new = match dice.below(8) {
                0 => numbers[dice.below(4)].as_str(),
                1 => "Something else entirely",
                _ => error.text,
            };
            let everywhere = !dice.one_in(5);
            let mut at = 0;
            let only = dice.below(2);
            each_text(json, &mut |_, text| {
                if text.contains(OLD_ERROR) {
                    if everywhere || at == only {
                        *text = text.replace(OLD_ERROR, new);
                    }
                    at += 1;
                }
            });
        }
        2 => {
            let value = dice.pick(&[
                "3221356552",
                "\"3221356552\"",
                "131080",
                "-1073610744",
                "\"8\"",
                "8",
                "7",
                "11",
                "1073872904",
                "\"0xC0020008\"",
                "8.0",
                "\"08\"",
                "true",
                "[8]",
                "8e0",
                "null",
                "\"\"",
                "4294967304",
                "-8",
                "-65528",
                "\" 8\"",
                "\"+8\"",
                "65544",
                "80",
                "1e400",
                "123456789012345678901234567890",
                "0",
                "-0",
            ]);
            set(json, &IDS, &raw(value), dice);
        }
        3 => {
            let value = dice.pick(&[
                "\"Crypt32\"",
                "\"CRYPT32\"",
                "\"crypt32 \"",
                "\"crypt32.dll\"",
                "\"\"",
                "null",
                "5",
                "\"Microsoft-Windows-CAPI2\"",
                "\"crypt\\u00332\"",
                "\"crypt32\\u0000\"",
                "[\"crypt32\"]",
                "\"cr\u{443}pt32\"",
                "\"crypt32\"",
                "false",
            ]);
            set(json, &SOURCES, &raw(value), dice);
        }
        4 => {
            let value = dice.pick(&[
                "\"Error\"",
                "\"ERROR\"",
                "\"error\"",
                "\"Information\"",
                "\"warning\"",
                "\"Fehler\"",
                "\"Audit Failure\"",
                "\"Critical\"",
                "1",
                "2",
                "4",
                "\"1\"",
                "\"2\"",
                "3",
                "null",
                "\"Success\"",
                "\"[ERR]\"",
                "\"Failure\"",
                "\"Error event\"",
                "0",
                "2.0",
                "\"\"",
            ]);
            set(json, &LEVELS, &raw(value), dice);
        }
        5 => {
            let value = dice.pick(&[
                "\"Application\"",
                "\"APPLICATION\"",
                "\"ForwardedEvents\"",
                "\"System\"",
                "\"\"",
                "null",
                "\"Extra\"",
                "\"Application \"",
            ]);
            set(json, &LOGS, &raw(value), dice);
        }
        6 => {
            let new = dice.pick(&[
                "http://evil.example/authrootseq.txt",
                "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab",
                "http://evil.example/ with error: x",
                "HTTP://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt",
                "http:",
            ]);
            let everywhere = dice.one_in(2);
            let mut at = 0;
            let only = dice.below(2);
            each_text(json, &mut |_, text| {
                if text.contains(URL) {
                    if everywhere || at == only {
                        *text = text.replace(URL, new);
                    }
                    at += 1;
                }
            });
        }
        7 => {
            // The end of the message.
            let end = dice.pick(&[
                "", ".", "..", "...", "....", " . . ", ".\r\n.\r\n", "\n\n\n", " \t ", "\r\n\t.", "x",
                ". And more", "\r\nmore", "\u{a0}", "\u{1}", "\0", "\r\n.\r\n.",
                "\r\n\r\nFor more information, see Help and Support Center at http://go.microsoft.com/fwlink/events.asp.\r\n",
                " For more information, see Help and Support Center at http://support.microsoft.com.",
                ".For more information, see Help and Support Center at http://support.microsoft.com.",
                " For more information, see Help and Support Center at http://support.microsoft.com. x",
                " For more information, see Help and Support Center at http://example.com.", "\"",
                "\\r\\n", "\u{2028}", "\u{7f}",
            ]);
            let keep = dice.one_in(3);
            each_text(json, &mut |key, text| {
                if MESSAGES.contains(&key.rsplit('.').next().unwrap_or(key))
                    && text.contains(PREFIX)
                {
                    let kept = if keep { text.as_str() } else { text.trim_end() };
                    *text = format!("{kept}{end}");
                }
            });
        }
        8 => {
            // The whole message.
            let net = format!(
                "The description for Event ID '-1073610744' in Source 'crypt32' cannot be found.  The local computer may not have the necessary registry information or message DLL files to display the message, or you may not have permission to access them.  The following information is part of the event:'{URL}', '{OLD_ERROR}\r\n'"
            );
            let xp = format!(
                "The description for Event ID ( 8 ) in Source ( crypt32 ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. You may be able to use the /AUXSOURCE= flag to retrieve this description; see Help and Support for details. The following information is part of the event: {URL}, {OLD_ERROR}\r\n."
            );
            let quoted = format!("\"{PREFIX}<{URL}> with error: {OLD_ERROR}\"");
            let half = format!("\"{PREFIX}<{URL}> with error: {OLD_ERROR}");
            let bare = format!("{PREFIX}{URL} with error: {OLD_ERROR}.");
            let left = format!("{PREFIX}<{URL} with error: {OLD_ERROR}.");
            let inside = format!("He said: {PREFIX}<{URL}> with error: {OLD_ERROR}");
            let double = format!(
                "{PREFIX}<{URL}> with error: {OLD_ERROR} {PREFIX}<{URL}> with error: {OLD_ERROR}"
            );
            let blank = format!("{PREFIX}<{URL}> with error: ");
            let value = match dice.below(14) {
                0 => text(""),
                1 => raw("null"),
                2 => text(&net),
                3 => text(&xp),
                4 => text("The description for EventID 8 from source crypt32 cannot be found."),
                5 => text(&quoted),
                6 => text(&half),
                7 => text(&bare),
                8 => text(&left),
                9 => text(&inside),
                10 => text(&double),
                11 => text(&blank),
                12 => text(URL),
                _ => text("crypt32"),
            };
            set(json, &MESSAGES, &value, dice);
        }
        9 | 10 => {
            // A repeated member.
            let Some(members) = object(json, dice) else { return };
            let at = dice.below(members.len());
            let (key, value) = members[at].clone();
            let value = match (dice.below(4), value) {
                (0, value) => value,
                // If both values are objects, only their members are changed: the shapes differ in
                // their reasons for this.
                (_, Json::Map(inner)) => Json::Map(inner),
                (1, _) => {
                    raw(dice.pick(&["null", "\"\"", "7", "8", "\"crypt32\"", "{}", "[]", "\"x\""]))
                }
                (2, Json::Text(old)) => Json::Text(format!("{old}x")),
                (3, Json::Text(old)) => Json::Text(old.to_ascii_uppercase()),
                (2, Json::Raw(old)) => Json::Text(old),
                (_, value) => value,
            };
            let to = dice.below(members.len() + 1);
            members.insert(to, (key, value));
        }
        11 | 12 => {
            let Some(members) = object(json, dice) else { return };
            let at = dice.below(members.len());
            members.remove(at);
        }
        13 => {
            let Json::Map(members) = json else { return };
            let value =
                raw(dice.pick(&["1", "null", "{}", "\"benign\"", "{\"verdict\":\"benign\"}"]));
            let at = dice.below(members.len() + 1);
            members.insert(at, (dice.pick(&["kb", "kb", "kb2", "KB"]).to_owned(), value));
        }
        14 => {
            let Json::Map(members) = json else { return };
            for _ in 0..=usize::from(dice.one_in(4)) {
                let value = raw(dice.pick(&[
                    "[]",
                    "[ ]",
                    "[\"a\"]",
                    "[\"benign\"]",
                    "[\"KB2253680\" , \"x\" ]",
                    "\"benign\"",
                    "{}",
                    "null",
                    "[\"benign\",\"KB2253680\"]",
                    "[\"review\"]",
                    "[1,{\"a\":[]},\"b\\u0065nign\"]",
                    "[[\"benign\"]]",
                ]));
                let at = dice.below(members.len() + 1);
                members.insert(at, ("tags".to_owned(), value));
            }
        }
        15 => {
            // The agent's values about its own machine.
            let Json::Map(members) = json else { return };
            let name = dice.pick(&["SERVER1", "server1.example.com", "WEC01"]);
            let version = dice.pick(&["5.1", "5.2", "6.1", "10.0", "5.2.3790"]);
            let system =
                dice.pick(&["Windows XP Professional", "Windows Server 2003 R2", "Windows 10 Pro"]);
            let os = vec![("name".to_owned(), text(system)), ("version".to_owned(), text(version))];
            let os = if dice.one_in(2) { os[..1].to_vec() } else { os };
            members.retain(|(key, _)| key != "host");
            let host = vec![("name".to_owned(), text(name)), ("os".to_owned(), Json::Map(os))];
            members.push(("host".to_owned(), Json::Map(host)));
        }
        16 => {
            let value = dice.pick(&[
                "\"None\"",
                "0",
                "\"(0)\"",
                "\"\"",
                "null",
                "1",
                "\"(1)\"",
                "\"Devices\"",
                "\"0\"",
                "\"none\"",
            ]);
            set(json, &CATEGORIES, &raw(value), dice);
        }
        17 => {
            // The insertion strings as a list.
            let url = format!("\"{URL}\"");
            let error = format!("\"{OLD_ERROR}\\r\\n\"");
            let items = match dice.below(8) {
                0 => vec![raw(&url)],
                1 => vec![raw(&url), raw(&error), raw("\"\"")],
                2 => vec![raw(&url), raw(&error), raw("\"third\"")],
                3 => vec![],
                4 => vec![raw(&error), raw(&url)],
                5 => vec![raw(&url), raw("12007")],
                6 => vec![raw(&url), raw(&error), raw("null")],
                _ => vec![raw(&url), raw(&error)],
            };
            let mut todo = vec![json];
            while let Some(at) = todo.pop() {
                let Json::Map(members) = at else { continue };
                for (key, value) in members {
                    match value {
                        Json::List(list) if STRINGS.contains(&key.as_str()) && !list.is_empty() => {
                            items.clone_into(list);
                        }
                        Json::Map(_) => todo.push(value),
                        _ => {}
                    }
                }
            }
        }
        18 => {
            // An unusual character in a text.
            let strange = dice.pick(&["\u{1}", "\0", "\u{fc}", "\u{7f}", "\t", "\n", "\u{2028}"]);
            let which = dice.below(8);
            let mut at = 0;
            let deep = dice.below(40);
            each_text(json, &mut |_, text| {
                if at == which && !text.starts_with('<') {
                    let place = (deep..=text.len()).find(|i| text.is_char_boundary(*i));
                    text.insert_str(place.unwrap_or(0), strange);
                }
                at += 1;
            });
        }
        19 => {
            // Dotted keys.
            let Json::Map(members) = json else { return };
            if members.iter().any(|(key, _)| key == "_source" || key == "Event") {
                return;
            }
            let mut flat = Vec::new();
            for (key, value) in std::mem::take(members) {
                match value {
                    Json::Map(inner) if !inner.is_empty() => {
                        flat.extend(inner.into_iter().map(|(k, v)| (format!("{key}.{k}"), v)));
                    }
                    value => flat.push((key, value)),
                }
            }
            *members = flat;
        }
        20 => {
            // Members in another order.
            let Some(members) = object(json, dice) else { return };
            for at in (1..members.len()).rev() {
                members.swap(at, dice.below(at + 1));
            }
        }
        21 => {
            // Additional members.
            let Json::Map(members) = json else { return };
            let (key, value) = [
                ("id", "7"),
                ("name", "\"x\""),
                ("type", "\"Information\""),
                ("labels", "{\"level\":\"Information\",\"id\":7}"),
                ("n", "-0.0e-400"),
                ("big", "123456789012345678901234567890.5E+99"),
                ("s", "\"\\ud800\\udc00\\udfff\\ud83d\""),
                ("EVENTID", "7"),
                ("eventid", "7"),
                ("note", "\"Failed auto update retrieval of third-party root list\""),
                ("offset", "12"),
                ("", "\"\""),
            ][dice.below(12)];
            let at = dice.below(members.len() + 1);
            members.insert(at, (key.to_owned(), raw(value)));
        }
        22 => {
            let Json::Map(members) = json else { return };
            let depth = [3, 130, 5000][dice.below(3)];
            let nested = if dice.one_in(2) {
                format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
            } else {
                format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth))
            };
            members.insert(dice.below(members.len() + 1), ("deep".to_owned(), raw(&nested)));
        }
        23 => {
            let value = dice.pick(&[
                "\"server2\"",
                "\"\"",
                "null",
                "\"SERVER1.example.com\"",
                "\"\u{44f}\"",
                "\"x\\\"y\"",
            ]);
            let long = format!("\"{}\u{e9}\"", "n".repeat(254));
            let value = if dice.one_in(6) { long.as_str() } else { value };
            set(json, &COMPUTERS, &raw(value), dice);
        }
        24 => {
            let keys = ["Qualifiers", "qualifiers", "EventIDQualifier"];
            let value = dice.pick(&[
                "49154",
                "\"49154\"",
                "0",
                "\"\"",
                "16386",
                "null",
                "\"x\"",
                "49154.0",
            ]);
            set(json, &keys, &raw(value), dice);
        }
        _ => {
            // Binary data.
            let value = dice.pick(&["\"\"", "null", "[]", "[1,2]", "\"0000\"", "[ ]", "{}"]);
            let Json::Map(members) = json else { return };
            if let Some((_, data)) = members.iter_mut().find(|(key, _)| key == "Data") {
                *data = raw(value);
            }
        }
    }
}
