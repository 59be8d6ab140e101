//! Evasions with records inside records, XML, and syslog lines.

use crypt32_filter::{article, verdict::Condition};
use serde_json::json;

use crate::{ERROR, Trick, bad, behind, good, message, review, unrelated};

pub fn tricks() -> Vec<Trick> {
    let mut tricks = envelopes();
    tricks.extend(otlp());
    tricks.extend(xml());
    tricks.extend(lines());
    tricks
}

/// A record that contains a benign one and other content must not be dropped with it.
fn envelopes() -> Vec<Trick> {
    let (good, bad) = (good(), bad());
    let (benign, text) = (good.to_string(), bad.to_string());
    let why = "an envelope is dropped only if all its events are benign";
    let stream = |values: &[&str]| {
        let values: Vec<_> = values.iter().map(|line| json!(["1", line])).collect();
        json!({"streams": [{"stream": {}, "values": values}]}).to_string()
    };
    let six = (0..6).map(|_| format!("\"_source\":{benign}")).collect::<Vec<_>>().join(",");
    let mut deep = bad.clone();
    for _ in 0..8 {
        deep = json!({"_source": deep});
    }
    vec![
        unrelated("two hits", why, json!({"hits": {"hits": [{"_source": good}, {"_source": bad}]}}).to_string()),
        unrelated("a hit that is nothing", why, json!({"hits": {"hits": [{"_source": good}, "user x was added"]}}).to_string()),
        unrelated("a hit that is a number", why, json!({"hits": {"hits": [{"_source": good}, 5]}}).to_string()),
        review("a source twice", why, Condition::Integrity, format!("{{\"_source\":{benign},\"_source\":{text}}}")),
        review("a source twice, bad first", why, Condition::Integrity, format!("{{\"_source\":{text},\"_source\":{benign}}}")),
        review("a source seven times", why, Condition::Integrity, format!("{{{six},\"_source\":{text}}}")),
        unrelated("two streams", why, stream(&[&benign, &text])),
        unrelated("a stream with a line of text", why, stream(&[&benign, "user x was added"])),
        unrelated("a stream with an empty line", why, stream(&[&benign, ""])),
        unrelated("a stream with a line of text, in a stream", why, stream(&[&stream(&[&benign, "user x was added"])])),
        unrelated("a hit that is nothing, in a string", why, json!({"message": json!({"hits": {"hits": [{"_source": good}, "user x was added"]}}).to_string()}).to_string()),
        unrelated("a metric that is nothing, in a metric", why, json!({"metrics": [{"metrics": [good, {"user": "x"}]}]}).to_string()),
        review("streams twice", why, Condition::Integrity, format!("{},{}", &stream(&[&benign])[..stream(&[&benign]).len() - 1], &stream(&[&text])[1..])),
        unrelated("values twice", why, json!({"streams": [{"values": [["1", benign]]}, {"values": [["1", text]]}]}).to_string()),
        unrelated("two metrics", why, json!({"metrics": [good, bad]}).to_string()),
        unrelated("two kinds of envelope", why, format!("{{\"_source\":{benign},\"event\":{text}}}")),
        unrelated("an envelope with an event of its own", "the record is another event, which quotes this one", json!({"SourceName": "Security", "EventID": 4625, "event": good}).to_string()),
        unrelated("a record that quotes one", "the record is another event, which quotes this one", json!({"SourceName": "Security", "EventID": 4625, "message": benign}).to_string()),
        unrelated("a record that quotes one as text", "the record is another event, which quotes this one", json!({"SourceName": "Application", "EventID": 1000, "Message": message(article::URL, ERROR)}).to_string()),
        review("a benign record with another inside", why, Condition::Integrity, behind(&format!("\"event\":{text}"))),
        review("a benign record with another inside a string", why, Condition::Integrity, behind(&format!("\"body\":{}", json!(text)))),
        review("a benign record with another far inside", "what is too deep to be read cannot be vouched for",
            Condition::Source, behind(&format!("\"event\":{deep}"))),
        unrelated("an array in a string", why, json!({"message": format!("[{benign},{text}]")}).to_string()),
        unrelated("a broken array in a string", "what is broken cannot be vouched for", json!({"message": format!("[{benign},user x was added")}).to_string()),
        unrelated("an array with text behind, in a string", "what is broken cannot be vouched for", json!({"message": format!("[{benign}] user x was added")}).to_string()),
        unrelated("two objects in a string", "it is no record", json!({"message": format!("{benign}{text}")}).to_string()),
        unrelated("an object with text behind, in a string", "it is no record", json!({"message": format!("{benign} user x was added")}).to_string()),
        unrelated("an array", "a line that is an array is no object", format!("[{benign},{text}]")),
        unrelated("two lines in a string", "they are two records", json!({"message": format!("{benign}\n{text}")}).to_string()),
    ]
}

fn otlp() -> Vec<Trick> {
    let string = |text: &str| json!({"stringValue": text});
    let body = |members: &[(&str, serde_json::Value)]| {
        let values: Vec<_> = members.iter().map(|(k, v)| json!({"key": k, "value": v})).collect();
        json!({"kvlistValue": {"values": values}})
    };
    let event = |source: &str, id: i64, more: &[(&str, serde_json::Value)]| {
        let mut members = vec![
            ("channel", string("Application")),
            ("event_id", body(&[("id", json!({"intValue": id.to_string()}))])),
            ("level", string("Error")),
            ("message", string(&message(article::URL, ERROR))),
            ("provider", body(&[("name", string(source))])),
        ];
        members.extend_from_slice(more);
        body(&members)
    };
    let push = |records: serde_json::Value| {
        json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).to_string()
    };
    let good = event("crypt32", 8, &[]);
    let why = "an envelope is dropped only if all its events are benign";
    let twice = "nothing may be said twice with different values";
    let one = push(json!([{"body": good}]));
    vec![
        unrelated("OTLP: two records", why, push(json!([{"body": good}, {"body": event("Security", 4625, &[])}]))),
        unrelated("OTLP: a record without body", why, push(json!([{"body": good}, {"severityText": "x"}]))),
        unrelated("OTLP: a record of text", why, push(json!([{"body": good}, {"body": string("user x was added")}]))),
        unrelated("OTLP: two scopes", why, json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": good}]}, {"logRecords": [{"body": string("x")}]}]}]}).to_string()),
        unrelated("OTLP: a body twice", twice, one.replacen("{\"body\":", "{\"body\":{\"stringValue\":\"x\"},\"body\":", 1)),
        review("OTLP: a key twice", twice, Condition::Integrity, push(json!([{"body": event("crypt32", 8, &[("message", string("user x was added"))])}]))),
        review("OTLP: a provider twice", twice, Condition::Integrity, push(json!([{"body": event("crypt32", 8, &[("provider", body(&[("name", string("Security"))]))])}]))),
        unrelated("OTLP: a value of two kinds", "a value has one kind", one.replacen("{\"stringValue\":\"crypt32\"", "{\"stringValue\":\"Security\",\"stringValue\":\"crypt32\"", 1)),
        unrelated("OTLP: a key of two names", "a member has one name", one.replacen("\"key\":\"provider\"", "\"key\":\"x\",\"key\":\"provider\"", 1)),
    ]
}

fn xml() -> Vec<Trick> {
    let event = |system: &str, data: &str| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>{system}\
             <Level>2</Level><Channel>Application</Channel><Computer>SERVER1</Computer></System>\
             <EventData>{data}</EventData></Event>"
        )
    };
    let source = "<Provider Name='crypt32'/>";
    let id = "<EventID Qualifiers='49154'>8</EventID>";
    let strings = format!("<Data>{}</Data><Data>{ERROR}</Data>", article::URL);
    let known = event(&format!("{source}{id}"), &strings);
    assert!(crate::verdict(&known).basis.is_some(), "{known}");
    let of_system = |system: &str| event(system, &strings);
    let of_data = |data: &str| event(&format!("{source}{id}"), data);
    let broken = "it is not one well-formed <Event>";
    let behind = "nothing stands behind an <Event>";
    let twice = "nothing may be said twice with different values";
    let beside = ["<System>", "</System>", "<EventData>", "</Data>"].into_iter().flat_map(|tag| {
        ["iex", "<![CDATA[iex]]>", "&#105;"].map(|text| {
            review(
                format!("XML: {text} behind {tag}"),
                "no text stands between elements",
                Condition::Integrity,
                known.replacen(tag, &format!("{tag}{text}"), 1),
            )
        })
    });
    let mut tricks: Vec<Trick> = beside.collect();
    tricks.extend([
        review(
            "XML: two events",
            behind,
            Condition::Integrity,
            format!("{known}{}", known.replace("crypt32", "Security")),
        ),
        review(
            "XML: text behind",
            behind,
            Condition::Integrity,
            format!("{known} user x was added"),
        ),
        unrelated("XML: text in front", broken, format!("user x was added {known}")),
        unrelated(
            "XML: a document type",
            "entities are never expanded",
            format!("<!DOCTYPE Event [<!ENTITY x 'y'>]>{known}"),
        ),
        review(
            "XML: an unknown entity",
            "entities are never expanded",
            Condition::Integrity,
            known.replace("SERVER1", "&x;"),
        ),
        review(
            "XML: an id twice",
            twice,
            Condition::Integrity,
            of_system(&format!("{source}{id}<EventID>4625</EventID>")),
        ),
        review(
            "XML: an id twice, bad first",
            twice,
            Condition::Integrity,
            of_system(&format!("{source}<EventID>4625</EventID>{id}")),
        ),
        review(
            "XML: a provider twice",
            twice,
            Condition::Integrity,
            of_system(&format!("{source}<Provider Name='Security'/>{id}")),
        ),
        review(
            "XML: another EventSourceName",
            "every source field must be crypt32",
            Condition::Source,
            of_system(&format!("<Provider Name='crypt32' EventSourceName='Security'/>{id}")),
        ),
        unrelated(
            "XML: a comment in the id",
            "the id is 85",
            of_system(&format!("{source}<EventID>8<!-- -->5</EventID>")),
        ),
        unrelated(
            "XML: character references in the id",
            "the id is 85",
            of_system(&format!("{source}<EventID>8&#53;</EventID>")),
        ),
        review(
            "XML: an element in the id",
            "an id holds no elements",
            Condition::Integrity,
            of_system(&format!("{source}<EventID>8<x>4625</x></EventID>")),
        ),
        review(
            "XML: an element before the id's text",
            "an id holds no elements",
            Condition::Integrity,
            of_system(&format!("{source}<EventID><x>4625</x>8</EventID>")),
        ),
        review(
            "XML: qualifiers 0",
            "a bare id",
            Condition::EventId,
            of_system(&format!("{source}<EventID Qualifiers='0'>8</EventID>")),
        ),
        review(
            "XML: a third datum",
            "the event has two",
            Condition::Integrity,
            of_data(&format!("{strings}<Data>payload</Data>")),
        ),
        review(
            "XML: an empty third datum",
            "the event has two",
            Condition::Integrity,
            of_data(&format!("{strings}<Data/>")),
        ),
        review(
            "XML: binary data",
            "event 8 has none",
            Condition::Integrity,
            of_data(&format!("{strings}<Binary>4D5A</Binary>")),
        ),
        review(
            "XML: an element in a datum",
            "event 8 has text only",
            Condition::Integrity,
            of_data(&strings.replace("</Data><Data>", "<x>payload</x></Data><Data>")),
        ),
        review(
            "XML: a comment in the URL",
            "the text is another",
            Condition::Url,
            of_data(&strings.replace("http://", "http://x<!-- -->")),
        ),
        review(
            "XML: a marked section in a datum",
            "the text is another",
            Condition::Error,
            of_data(
                &strings
                    .replace("</Data></EventData>", "")
                    .replace(ERROR, &format!("{ERROR}<![CDATA[ user x ]]>")),
            ),
        ),
        review(
            "XML: another element of data",
            "event 8 has Data only",
            Condition::Integrity,
            of_data(&format!("{strings}<Payload>cmd</Payload>")),
        ),
        review(
            "XML: user data",
            "event 8 has none",
            Condition::Integrity,
            known.replace("</Event>", "<UserData><x>payload</x></UserData></Event>"),
        ),
        review(
            "XML: a rendered message of another event",
            "every message must fit",
            Condition::Message,
            known.replace(
                "</Event>",
                "<RenderingInfo><Message>User x was added.</Message></RenderingInfo></Event>",
            ),
        ),
        review(
            "XML: a rendered level",
            "a word decides",
            Condition::Severity,
            known.replace(
                "</Event>",
                "<RenderingInfo><Level>Information</Level></RenderingInfo></Event>",
            ),
        ),
        review(
            "XML: an event inside an event",
            "every source must be crypt32",
            Condition::Source,
            known
                .replace(source, "<Provider Name='Security'/>")
                .replace("</EventData>", &format!("</EventData>{known}")),
        ),
    ]);
    tricks
}

/// Syslog lines: the text before a record must be a header and nothing else.
fn lines() -> Vec<Trick> {
    let benign = good().to_string();
    let text = bad().to_string();
    let why = "text before the object is no part of a header, and would vanish with it";
    let mut tricks = Vec::new();
    for header in [
        "<13>Mar 15 11:27:57 web1 app: login failed for x: ",
        "<13>Mar 15 11:27:57 web1 app: ",
        "<13>1 2010-03-15T11:27:57Z web1 app - - - login failed for ",
        "Mar 15 11:27:57 web1 sshd[4242]: Invalid user ",
        "2010-03-15T11:27:57Z web1 app: user x was added ",
        "<13>user x was added: ",
    ] {
        let before =
            if header.ends_with("app: ") { format!("{header}{text} ") } else { header.to_owned() };
        tricks.push(unrelated(format!("syslog: {before}"), why, format!("{before}{benign}")));
    }
    let known = message(article::URL, ERROR);
    let appended = "the whole message must be the article's";
    for (name, line) in [
        ("evtsys", format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {known}")),
        (
            "OSSEC",
            format!(
                "2010 Mar 15 11:27:57 WinEvtLog: Application: ERROR(8): crypt32: (no user): no domain: SERVER1: {known}"
            ),
        ),
        (
            "EventReporter",
            format!("<11>EvntSLog: [ERR] Mon Mar 15 11:27:57 2010: SERVER1/crypt32 (8) - {known}"),
        ),
    ] {
        assert!(crate::verdict(&line).basis.is_some(), "{line}");
        tricks.push(review(
            format!("{name}: text behind"),
            appended,
            Condition::Error,
            format!("{line} User x was added."),
        ));
        tricks.push(review(
            format!("{name}: a second event"),
            appended,
            Condition::Error,
            format!("{line} {line}"),
        ));
        tricks.push(review(
            format!("{name}: a bell"),
            appended,
            Condition::Integrity,
            format!("{line}\u{7}"),
        ));
    }
    tricks
}
