//! Evasions with the fields of one JSON object: forged events, contradictions, parser
//! differentials.

use crypt32_filter::{article, verdict::Condition};
use serde_json::{Value, json};

use crate::{ERROR, Trick, bad, before, behind, good, message, review, set, unrelated};

pub fn tricks() -> Vec<Trick> {
    let mut tricks = forged();
    tricks.extend(identities());
    tricks.extend(disagreements());
    tricks.extend(differentials());
    tricks.extend(too_many());
    tricks
}

/// Cases 1 to 3: events that another program wrote under the name crypt32.
fn forged() -> Vec<Trick> {
    let strings = |third: &str| json!([article::URL, ERROR, third]);
    let mut windows10 = json!({
        "winlog": {"provider_name": "crypt32", "event_id": "8", "channel": "Application",
            "computer_name": "PC1"},
        "event": {"code": "8", "provider": "crypt32"}, "log": {"level": "error"},
        "message": message(article::URL, ERROR),
        "host": {"name": "PC1", "os": {"name": "Windows 10 Pro", "version": "10.0"}},
    });
    let on_windows10 = windows10.to_string();
    windows10["host"]["os"] = json!({"family": "windows", "kernel": "10.0.19041.1"});
    vec![
        review("1 a third string", "ReportEvent takes any strings", Condition::Integrity, set("StringInserts", strings("payload")).to_string()),
        review("1 an empty third string", "the event has two", Condition::Integrity, set("StringInserts", strings("")).to_string()),
        review("1 the payload as error text", "the error text is free", Condition::Error, {
            let mut record = set("StringInserts", json!([article::URL, "cmd /c calc.exe"]));
            record["Message"] = message(article::URL, "cmd /c calc.exe").into();
            record.to_string()
        }),
        review("1 one string, the payload", "the strings must agree with the message", Condition::Url, set("StringInserts", json!(["payload"])).to_string()),
        review("2 eventcreate", "it writes the bare id: Qualifiers are 0", Condition::EventId, set("Qualifiers", 0).to_string()),
        review("2 eventcreate with a text of its own", "the message is not the article's", Condition::Message, {
            let mut record = set("Message", "User x was added to Administrators.");
            record["StringInserts"] = json!(["User x was added to Administrators."]);
            record.to_string()
        }),
        review("2 eventcreate on Windows 10", "the article does not apply there", Condition::System, on_windows10),
        review("2 Windows 10 by its kernel", "the article does not apply there", Condition::System, windows10.to_string()),
        review("2 eventcreate at level Information", "Windows writes event 8 as Error", Condition::Severity, set("EventType", "Information").to_string()),
        review("2 eventcreate into System", "Windows writes it to Application", Condition::Log, set("Channel", "System").to_string()),
        review("3 raw data", "Write-EventLog -RawData hides bytes", Condition::Integrity, set("Data", "TVqQAAMAAAAEAAAA").to_string()),
        review("3 raw data as a list", "Get-EventLog prints bytes so", Condition::Integrity, set("Data", json!([77, 90])).to_string()),
        review("3 Binary", "event XML calls it so", Condition::Integrity, set("Binary", "4D5A").to_string()),
        review("3 a named datum", "event 8 has no names", Condition::Integrity, json!({
            "source_name": "crypt32", "event_id": 8, "log_name": "Application", "level": "Error",
            "message": message(article::URL, ERROR),
            "event_data": {"param1": article::URL, "param2": ERROR, "ScriptBlockText": "iex"},
        }).to_string()),
        review("3 user data", "event 8 has none", Condition::Integrity, json!({
            "winlog": {"provider_name": "crypt32", "event_id": 8, "channel": "Application",
                "event_data": {"param1": article::URL, "param2": ERROR},
                "user_data": {"Command": "calc.exe"}},
            "message": message(article::URL, ERROR),
        }).to_string()),
        review("3 a category", "event 8 has none", Condition::Integrity, set("EventCategory", 8).to_string()),
        unrelated("12 the threshold event", "after it crypt32 is silent: never drop it", json!({"SourceName": "crypt32", "EventID": 6, "EventType": "Warning", "Message": "Reached crypt32 threshold of 50 events and will suspend logging for 60 minutes"}).to_string()),
        unrelated("13 a proxy log", "implants probe with the very URL", json!({"url": article::URL, "status": 404, "source": "crypt32", "id": 8}).to_string()),
    ]
}

/// Case 9: names and numbers that look alike.
fn identities() -> Vec<Trick> {
    let mut tricks = Vec::new();
    for source in [
        "crypt32 ",
        " crypt32",
        "cry\u{440}t32",
        "crypt32\u{0}",
        "crypt\u{200b}32",
        "crypt32.dll",
        "CRYPT３２",
        "crypt32\\x",
    ] {
        tricks.push(unrelated(
            format!("9 source {source:?}"),
            "another source is another event",
            set("SourceName", source).to_string(),
        ));
    }
    for id in [
        "8.0",
        "8e0",
        "\"08\"",
        "true",
        "[8]",
        "[\"8\",\"4625\"]",
        "\"8 \"",
        "\"\u{ff18}\"",
        "{\"#text\":8}",
        "1e1000",
        "-4294967288",
        "-5368578040",
    ] {
        let record = good().to_string().replace("\"EventID\":8", &format!("\"EventID\":{id}"));
        tricks.push(review(
            format!("7 id {id}"),
            "it is no plain integer",
            Condition::EventId,
            record,
        ));
    }
    for id in ["1073741832", "65544", "4294967304", "18446744073709551624", "-65528"] {
        let record = good().to_string().replace("\"EventID\":8", &format!("\"EventID\":{id}"));
        tricks.push(review(
            format!("7 id {id}"),
            "only its low bits are 8",
            Condition::EventId,
            record,
        ));
    }
    tricks
}

/// Case 8: fields that contradict each other.
fn disagreements() -> Vec<Trick> {
    let with = |name: &str, value: Value| behind(&format!("{}:{value}", json!(name)));
    let nested = |winlog: Value, event: Value| json!({"winlog": winlog, "event": event, "message": message(article::URL, ERROR)});
    let winlog = |source: &str, id: Value| json!({"provider_name": source, "event_id": id, "channel": "Application"});
    let mut tricks = vec![
        review("8 event.code 1102", "every id field must be 8", Condition::EventId, nested(winlog("crypt32", 8.into()), json!({"code": "1102"})).to_string()),
        review("8 winlog.event_id 1102", "every id field must be 8", Condition::EventId, nested(winlog("crypt32", 1102.into()), json!({"code": "8"})).to_string()),
        review("8 event.code is a list", "every id field must be 8", Condition::EventId, nested(winlog("crypt32", 8.into()), json!({"code": ["8", "1102"]})).to_string()),
        review("8 event.provider", "every source field must be crypt32", Condition::Source, nested(winlog("crypt32", 8.into()), json!({"provider": "Microsoft-Windows-Eventlog"})).to_string()),
        review("8 event.provider is a list", "every source field must be crypt32", Condition::Source, nested(winlog("crypt32", 8.into()), json!({"provider": ["crypt32", "Security"]})).to_string()),
        review("8 provider_name", "every source field must be crypt32", Condition::Source, with("provider_name", "Security".into())),
        review("8 another log", "every log field must be accepted", Condition::Log, with("LogName", "Security".into())),
        review("8 another log in a list", "a list is no log", Condition::Log, with("LogName", json!(["Application", "Security"]))),
        review("8 another level", "every word must say Error", Condition::Severity, with("LevelDisplayName", "Information".into())),
        review("8 another message", "every message must fit", Condition::Message, with("Description", "User x was added.".into())),
        review("8 another URL in the strings", "message and strings must agree", Condition::Url, set("StringInserts", json!(["http://example.org/", ERROR])).to_string()),
        review("8 another error in the strings", "message and strings must agree", Condition::Error, set("StringInserts", json!([article::URL, "This network connection does not exist."])).to_string()),
        review("8 text and number of different errors", "they must agree", Condition::Error, set("StringInserts", json!([article::URL, "5"])).to_string()),
        review("8 strings in elements that are none of the event's", "no text but the strings", Condition::Integrity, with("event_data", json!("<DATA>iex</DATA>"))),
        review("8 the same as CDATA", "no text but the strings", Condition::Integrity, with("event_data", json!("<X><![CDATA[iex]]></X>"))),
        review("8 the same as a reference", "no text but the strings", Condition::Integrity, with("event_data", json!("<X>&#105;</X>"))),
        review("8 text beside the strings", "no text but the strings", Condition::Integrity, with("event_data", json!(format!("<EventData>iex<Data>{}</Data><Data>{ERROR}</Data></EventData>", article::URL)))),
        review("8 strings in two places", "all lists must agree", Condition::Url, with("event_data", json!({"param1": "http://example.org/", "param2": ERROR}))),
        review("8 another computer", "one event has one", Condition::Integrity, with("MachineName", "SERVER2".into())),
        review("8 another event in event.original", "it says the same event once more", Condition::EventId, with("event", json!({"original": "<Event><System><Provider Name='Security'/><EventID>1102</EventID></System></Event>"}))),
        review("8 another event in full_log", "it says the same event once more", Condition::EventId, with("full_log", json!("2010 Mar 15 11:27:57 WinEvtLog: Security: AUDIT_FAILURE(529): Security: x: y: SERVER1: Logon Failure"))),
        review("8 a sentence about another event", "a wording must not contradict the fields", Condition::Integrity, set("Message", format!("The description for Event ID ( 529 ) in Source ( Security ) could not be found. It contains the following insertion string(s): {}, {ERROR}.", article::URL)).to_string()),
    ];
    // Everything else is correct; one field belongs to the record that an attacker wants to hide.
    for (name, value) in bad().as_object().unwrap() {
        if name != "ComputerName" {
            for record in [with(name, value.clone()), before(&format!("{}:{value}", json!(name)))] {
                tricks.push(review(
                    format!("7 {name} twice"),
                    "nothing may be said twice with different values",
                    Condition::Integrity,
                    record,
                ));
            }
        }
    }
    tricks
}

/// Case 7: content that JSON parsers read differently.
fn differentials() -> Vec<Trick> {
    let good = good();
    let text = good.to_string();
    let nested = |members: &str| {
        format!("{{{members},\"message\":{}}}", json!(message(article::URL, ERROR)))
    };
    let winlog =
        |id: &str| format!("\"winlog\":{{\"provider_name\":\"crypt32\",\"event_id\":{id}}}");
    let broken = "it is not one valid JSON object";
    let twice = "nothing may be said twice with different values";
    vec![
        review(
            "7 an object twice",
            twice,
            Condition::Integrity,
            nested(&format!("{},{}", winlog("4625"), winlog("8"))),
        ),
        review(
            "7 an object twice, good first",
            twice,
            Condition::Integrity,
            nested(&format!("{},{}", winlog("8"), winlog("4625"))),
        ),
        review(
            "7 dotted and nested",
            twice,
            Condition::Integrity,
            nested(&format!("{},\"winlog.event_id\":4625", winlog("8"))),
        ),
        review(
            "7 nested and dotted",
            twice,
            Condition::Integrity,
            nested(&format!("\"winlog.event_id\":4625,{}", winlog("8"))),
        ),
        review(
            "7 half dotted",
            twice,
            Condition::Integrity,
            behind("\"Event.System\":{\"EventID\":8},\"Event\":{\"System.EventID\":4625}"),
        ),
        review(
            "7 an object in place of a value",
            "an id is no object",
            Condition::EventId,
            nested(&winlog("{\"x\":8}")),
        ),
        review("7 an escaped key", twice, Condition::Integrity, behind("\"\\u0045ventID\":4625")),
        review(
            "7 an escaped key, nested",
            twice,
            Condition::Integrity,
            nested(&format!("{},\"winl\\u006fg\":{{\"event_id\":4625}}", winlog("8"))),
        ),
        review(
            "7 null and 4625",
            twice,
            Condition::Integrity,
            behind("\"EventID\":null,\"EventID\":4625"),
        ),
        review("7 8 and null", twice, Condition::Integrity, behind("\"EventID\":null")),
        review(
            "7 8 and \"8\"",
            "parsers keep one of them, and not the same",
            Condition::Integrity,
            behind("\"EventID\":\"8\""),
        ),
        review("7 strings twice", twice, Condition::Integrity, behind("\"StringInserts\":[\"x\"]")),
        review(
            "7 strings once more, as nothing",
            "a list and a word differ",
            Condition::Integrity,
            behind("\"StringInserts\":[true]"),
        ),
        review(
            "7 message twice, one escaped key",
            twice,
            Condition::Integrity,
            behind("\"M\\u0065ssage\":\"x\""),
        ),
        review(
            "7 a member of a string list twice",
            twice,
            Condition::Integrity,
            behind(
                "\"event_data\":{\"param1\":\"http://example.org/\",\"param1\":\"http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt\"}",
            ),
        ),
        unrelated("7 a trailing comma", broken, behind("")),
        unrelated("7 two objects", broken, format!("{text}{}", bad())),
        unrelated("7 two objects, blank between", broken, format!("{text} {}", bad())),
        unrelated("7 text behind", broken, format!("{text} user x was added")),
        unrelated("7 text in front", broken, format!("user x was added {text}")),
        unrelated("7 a comment", broken, text.replacen('{', "{/* user x */", 1)),
        unrelated("7 single quotes", broken, text.replace('"', "'")),
        unrelated("7 NaN", broken, behind("\"x\":NaN")),
        review(
            "7 a lone surrogate in a name",
            "it is another name, and nothing else names an id",
            Condition::EventId,
            text.replace("\"EventID\"", "\"EventID\\ud800\""),
        ),
        unrelated(
            "7 a control character in a string",
            broken,
            text.replace("SERVER1", "SERVER\u{1}"),
        ),
        unrelated("7 a number with zeros", broken, text.replace("\"EventID\":8", "\"EventID\":08")),
        unrelated(
            "7 a name in other case",
            "keys are compared as the shape spells them, and nothing else names an id",
            text.replace("\"EventID\"", "\"eventid\"")
                .replace("Failed", "failed")
                .replace("StringInserts", "stringinserts"),
        ),
        review(
            "7 a name with a NUL",
            "it is another name, and nothing else names an id",
            Condition::EventId,
            text.replace("\"EventID\"", "\"EventID\\u0000\""),
        ),
        review(
            "7 a name with a blank",
            "it is another name, and nothing else names an id",
            Condition::EventId,
            text.replace("\"EventID\"", "\"EventID \""),
        ),
    ]
}

/// More values than any shape has: the values that do not fit must not be overlooked.
fn too_many() -> Vec<Trick> {
    let ids = [
        "event_id",
        "EventCode",
        "EventIdentifier",
        "InstanceId",
        "event.code",
        "winlog.event_id",
        "_EventID",
    ];
    let members: Vec<String> = ids.iter().map(|name| format!("\"{name}\":8")).collect();
    let sources = [
        "source_name",
        "ProviderName",
        "provider_name",
        "event.provider",
        "winlog.provider_name",
        "_SourceName",
    ];
    let crypt32: Vec<String> =
        sources.iter().map(|name| format!("\"{name}\":\"crypt32\"")).collect();
    let lists =
        ["string_inserts", "event_data", "EventData", "InsertionStrings", "ReplacementStrings"];
    let strings = json!([article::URL, ERROR]).to_string();
    let strings: Vec<String> = lists.iter().map(|name| format!("\"{name}\":{strings}")).collect();
    let texts = [
        "message",
        "description",
        "description_title",
        "Description",
        "RenderedDescription",
        "full_message",
    ];
    let fitting = json!(message(article::URL, ERROR)).to_string();
    let fitting: Vec<String> = texts.iter().map(|name| format!("\"{name}\":{fitting}")).collect();
    let overlooked = "what is beyond the places of a field cannot be vouched for";
    vec![
        review(
            "the last of many ids",
            overlooked,
            Condition::Integrity,
            behind(&format!("{},\"Event.System.EventID\":4625", members.join(","))),
        ),
        review(
            "the last of many sources",
            overlooked,
            Condition::Integrity,
            behind(&format!("{},\"provider.name\":\"Security\"", crypt32.join(","))),
        ),
        review(
            "the last of many lists",
            overlooked,
            Condition::Integrity,
            behind(&format!("{},\"Payload\":[\"payload\"]", strings.join(","))),
        ),
        review(
            "the last of many messages",
            overlooked,
            Condition::Integrity,
            behind(&format!("{},\"fields.Message\":\"payload\"", fitting.join(","))),
        ),
        review(
            "the last of many strings",
            "the event has two",
            Condition::Integrity,
            set(
                "StringInserts",
                (0..1000).map(|i| if i == 999 { "payload" } else { "" }).collect::<Value>(),
            )
            .to_string(),
        ),
        review(
            "the same text seven times",
            "a record does not say one event seven times",
            Condition::Integrity,
            {
                let xml = json!(
                    "<Event><System><Provider Name='crypt32'/><EventID>8</EventID></System></Event>"
                )
                .to_string();
                let other = json!("<Event><System><Provider Name='Security'/><EventID>1102</EventID></System></Event>").to_string();
                let names =
                    ["event.original", "full_log", "xml", "EventXml", "EventXML", "winlog.xml"];
                let members: Vec<String> =
                    names.iter().map(|name| format!("\"{name}\":{xml}")).collect();
                behind(&format!("{},\"System\":{other}", members.join(",")))
            },
        ),
    ]
}
