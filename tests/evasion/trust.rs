//! Tags from outside, contradicting operating systems, and details that a forger gets nearly right;
//! and benign records that must stay benign despite all checks.

use crypt32_filter::{article, verdict::Condition};
use serde_json::{Value, json};

use crate::{ERROR, Trick, bad, before, behind, good, message, review, set, unrelated};

pub fn tricks() -> Vec<Trick> {
    let mut tricks = tags();
    tricks.extend(systems());
    tricks.extend(nearly());
    tricks
}

/// The filter's own text after a listed error, byte for byte.
fn ours() -> String {
    let (id, url) = (article::ID, article::LINK);
    format!(r#"{{"verdict":"benign","id":"{id}","url":"{url}","basis":"listed","error":12007}}"#)
}

/// The tag as a value, because some builds do not keep the order of members.
fn tag() -> Value {
    serde_json::from_str(&ours()).unwrap()
}

/// A tag from outside proves nothing about the record.
fn tags() -> Vec<Trick> {
    let why = "a tag that arrives is not trusted, whoever wrote it";
    let with = |record: Value, name: &str, value: Value| {
        let mut record = record;
        record[name] = value;
        record.to_string()
    };
    let other_url = || set("StringInserts", json!(["http://example.org/", ERROR]));
    let words = json!(["benign", article::ID]);
    vec![
        unrelated("tag: on another event", why, with(bad(), "kb", tag())),
        unrelated("tag: words on another event", why, with(bad(), "tags", words.clone())),
        unrelated(
            "tag: on another event, around this one",
            why,
            json!({"kb": tag(), "tags": words, "_source": bad()}).to_string(),
        ),
        unrelated(
            "tag: on text",
            why,
            json!({"kb": tag(), "message": "user x was added"}).to_string(),
        ),
        unrelated("tag: metadata as members", why, with(bad(), "kb_verdict", "benign".into())),
        review("tag: on one to review", why, Condition::Url, with(other_url(), "kb", tag())),
        review(
            "tag: words on one to review",
            why,
            Condition::Url,
            with(other_url(), "tags", words),
        ),
        review(
            "tag: twice, on one to review",
            why,
            Condition::Url,
            format!("{{\"kb\":{},{}", tag(), &with(other_url(), "kb", tag())[1..]),
        ),
        review(
            "tag: an escaped key, on one to review",
            why,
            Condition::Url,
            other_url().to_string().replacen('{', &format!("{{\"k\\u0062\":{},", tag()), 1),
        ),
    ]
}

/// The record with an operating system.
fn on(host: &str, os: Value) -> Value {
    json!({
        "winlog": {"provider_name": "crypt32", "event_id": 8, "channel": "Application",
            "computer_name": "PC1.corp.example"},
        "log": {"level": "error"}, "message": message(article::URL, ERROR),
        "host": {"name": host, "os": os},
    })
}

fn systems() -> Vec<Trick> {
    let why = "the article covers XP and Server 2003 alone";
    let mut tricks = Vec::new();
    for (name, version) in [
        ("Windows 2000", "5.0"),
        ("Windows Vista", "6.0"),
        ("Windows 7", "6.1"),
        ("Windows Server 2008 R2", "6.1.7601"),
        ("Windows 10", "10.0.19045"),
        ("Windows Server 2022", "10.0"),
        ("Linux", "5.10"),
        ("Windows XP", "10.0"),
        ("Windows 11", "5.1"),
        ("Windows Server 2003", "6.1"),
        ("Windows XP", "5.10"),
        ("Windows XP", "15.1"),
        ("Windows XP", " 5.1"),
        ("Windows XPe", "5.1"),
        ("Windows NT", "4.0"),
    ] {
        for host in ["PC1", "pc1", "PC1.corp.example", "pc1.other.example"] {
            let os = json!({"name": name, "version": version});
            tricks.push(review(
                format!("OS {name} {version} on {host}"),
                why,
                Condition::System,
                on(host, os).to_string(),
            ));
        }
    }
    tricks
}

/// Details that a forger gets nearly right.
fn nearly() -> Vec<Trick> {
    let mut tricks = Vec::new();
    for level in [
        json!("Warning"),
        json!("Critical"),
        json!("errors"),
        json!("Audit Failure"),
        json!("FailureAudit"),
        json!("Info"),
    ] {
        // An unknown word may be in another language, so it does not say anything.
        if level != "errors" {
            let record = set("EventType", level.clone()).to_string();
            tricks.push(review(
                format!("level {level}"),
                "Windows writes event 8 as Error",
                Condition::Severity,
                record,
            ));
        }
    }
    for level in [json!(0), json!(2), json!(4), json!(-1), json!("1.0"), json!(257), json!(65537)] {
        let mut record = good();
        record["EventType"] = level.clone();
        tricks.push(review(
            format!("level number {level}"),
            "Windows writes event 8 as Error, type 1",
            Condition::Severity,
            record.to_string(),
        ));
    }
    for log in [
        "Applications",
        "Application ",
        " Application",
        "Application\u{0}",
        "\u{410}pplication",
        "Application/Operational",
        "Security",
        "System",
        "ForwardedEvents2",
        "",
    ] {
        if log.is_empty() {
            continue;
        }
        tricks.push(review(
            format!("log {log:?}"),
            "a log is accepted by its whole name",
            Condition::Log,
            set("Channel", log).to_string(),
        ));
    }
    for qualifiers in [
        json!(0),
        json!(49155),
        json!(16386),
        json!(1),
        json!("49154 "),
        json!(49154.0),
        json!([49154]),
    ] {
        tricks.push(review(
            format!("qualifiers {qualifiers}"),
            "the event has 0xC002",
            Condition::EventId,
            set("Qualifiers", qualifiers).to_string(),
        ));
    }
    // EvtxECmd writes the event's data as a string.
    let data = json!({"EventData": {"Data": format!("{}, {ERROR}", article::URL)}}).to_string();
    let payload = |text: String| {
        json!({"Provider": "crypt32", "EventId": 8, "Channel": "Application", "Level": "Error",
            "Computer": "SERVER1", "Payload": text})
        .to_string()
    };
    assert!(crate::verdict(&payload(data.clone())).basis.is_some());
    for (name, text) in [
        ("text behind", format!("{data} user x was added")),
        ("another object behind", format!("{data}{{\"user\":\"x\"}}")),
        ("an open object", data[..data.len() - 1].to_owned()),
        ("what is no object", data.replacen(':', ",", 1)),
        ("another member", data.replacen('{', "{\"User\":\"x was added\",", 1)),
    ] {
        tricks.push(review(
            format!("payload: {name}"),
            "what is not read of a string cannot be vouched for",
            Condition::Integrity,
            payload(text),
        ));
    }
    // Without a message, exactly two strings replace it, not one or three.
    for strings in [json!([article::URL]), json!([article::URL, ERROR, "payload"]), json!([])] {
        let mut record = set("StringInserts", strings.clone());
        record["Message"] = "".into();
        tricks.push(review(
            format!("no message, and strings {strings}"),
            "the whole message must be the article's",
            Condition::Message,
            record.to_string(),
        ));
    }
    // Every member twice, with a different value before it and after it.
    for (name, other) in [
        ("EventID", json!(7)),
        ("SourceName", json!("Security")),
        ("Message", json!("x")),
        ("Channel", json!("Security")),
        ("EventType", json!("Information")),
        ("ComputerName", json!("SERVER2")),
        ("StringInserts", json!([article::URL])),
        ("EventCategory", json!(3)),
        ("Qualifiers", json!(0)),
    ] {
        let member = format!("{}:{other}", json!(name));
        for record in [before(&member), behind(&member), behind(&format!("{member},{member}"))] {
            tricks.push(review(
                format!("{name} twice: {record:.60}"),
                "parsers keep one of them, and not the same",
                Condition::Integrity,
                record,
            ));
        }
    }
    tricks
}

/// Benign records with unusual details.
pub fn benign() -> Vec<(String, String)> {
    let mut records = vec![
        ("a tag of ours".to_owned(), behind(&format!("\"kb\":{}", ours()))),
        ("words of ours".to_owned(), behind("\"tags\":[\"benign\",\"KB2253680\"]")),
        ("members that say nothing about an event".to_owned(), behind("\"note\":\"x\",\"_id\":1")),
        ("another case of the source".to_owned(), set("SourceName", "CRYPT32").to_string()),
        ("another case of the log".to_owned(), set("Channel", "APPLICATION").to_string()),
        ("the same value twice".to_owned(), behind("\"EventID\":8")),
        ("the full identifier".to_owned(), set("EventID", 3_221_356_552_u32).to_string()),
        ("its signed form".to_owned(), set("EventID", -1_073_610_744).to_string()),
        ("no qualifiers".to_owned(), set("Qualifiers", "").to_string()),
        ("a word of another language".to_owned(), set("EventType", "Fehler").to_string()),
        ("escapes".to_owned(), good().to_string().replace("crypt32", "\\u0063rypt32")),
        (
            "XML with its line ends as references".to_owned(),
            format!(
                "<Event>&#xD;<System><Provider Name='crypt32'/>&#13;&#10;<EventID>8</EventID></System>\
                 <EventData>&#xD;<Data>{}</Data>&#xD;<Data>{ERROR}&#xD;&#xA;</Data></EventData>&#32;</Event>",
                article::URL
            ),
        ),
        ("an error by its number".to_owned(), {
            let mut record = set("StringInserts", json!([article::URL, "12007"]));
            record["Message"] = message(article::URL, "12007").into();
            record.to_string()
        }),
    ];
    for (what, host, os) in [
        (
            "a collector's system",
            "COLLECTOR",
            json!({"name": "Windows Server 2022", "version": "10.0"}),
        ),
        (
            "a collector's Linux",
            "relay.corp.example",
            json!({"name": "Ubuntu", "version": "22.04"}),
        ),
        ("XP", "pc1", json!({"name": "Windows XP", "version": "5.1"})),
        ("XP x64", "PC1", json!({"name": "Windows XP", "version": "5.2.3790"})),
        ("Server 2003 R2", "PC1", json!({"name": "Windows Server 2003 R2", "version": "5.2"})),
        ("XP in short", "PC1", json!({"name": "Win XP"})),
        ("Server 2003 in short", "PC1", json!({"name": "Microsoft Server 2003"})),
        ("a system without a name", "PC1", json!({"family": "windows"})),
    ] {
        records.push((what.to_owned(), on(host, os).to_string()));
    }
    let mut forwarded = on("PC1", json!({"name": "Windows 10", "version": "10.0"}));
    forwarded["winlog"]["channel"] = "ForwardedEvents".into();
    records.push(("a collector's system, forwarded".to_owned(), forwarded.to_string()));
    for help in article::HELP_LINES {
        let text = format!("{}.\r\n\r\n{help}", message(article::URL, ERROR));
        records.push((format!("the line {help:?}"), set("Message", text).to_string()));
    }
    records
}
