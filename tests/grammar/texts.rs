//! The public text samples: every place of each.

use std::fs;

use serde_json::Value;

use crate::{message, places};

/// Names that no shape knows, and columns with free content.
const FREE: [&str; 6] = [
    "eventId",
    "WindowsKeyMapFamily",
    "WindowsParserFamily",
    "WindowsVersion",
    "cs2Label",
    "cs3Label",
];

#[test]
fn nothing_may_be_put_into_a_sample() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/records.jsonl");
    let samples = fs::read_to_string(path).unwrap();
    let samples: Vec<Value> =
        samples.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let texts: Vec<_> = samples
        .iter()
        .filter_map(|sample| Some((sample["id"].as_str()?, sample["payload"].as_str()?.to_owned())))
        .filter(|(_, text)| !text.starts_with(['{', '<', '[']) || text.starts_with("<1"))
        .filter(|(_, text)| places::is_benign(text, 1))
        .collect();
    println!("{:?}", texts.iter().map(|(id, _)| id).collect::<Vec<_>>());
    assert!(texts.len() > 20, "only {} samples", texts.len());
    places::try_all(&texts, is_free, 20_000);
}

fn is_free(record: &str, at: usize) -> bool {
    let before = &record[..at];
    // JSON has its own rules.
    let json = before.find(" {\"").is_some();
    let named = before.rfind('=').is_some_and(|end| {
        let name = before[..end].trim_end_matches('\\');
        let start = name.rfind([' ', '&']).map_or(0, |at| at + 1);
        FREE.contains(&&name[start..])
    });
    // The columns of EvtxECmd's maps and of its file name, and an empty member of its JSON.
    let row = before.rsplit('\n').next().unwrap_or_default();
    let column = row.matches(',').count();
    let unknown = match record.as_bytes() {
        [b'R', ..] => row.starts_with("1,") && column >= 11,
        _ => false,
    };
    json || named || unknown
}

/// The record after a header, as `NXLog` writes it.
fn json() -> String {
    serde_json::json!({
        "EventTime": "2010-03-15 11:27:57", "Hostname": "SERVER1", "EventType": "ERROR",
        "SeverityValue": 4, "Severity": "ERROR", "EventID": 8, "SourceName": "crypt32",
        "FileName": "Application", "Message": message(),
    })
    .to_string()
}

#[test]
fn structured_data_must_say_what_the_record_says() {
    let record = |parameters: &str| {
        format!("<13>1 2010-03-15T11:27:57Z SERVER1 app - - [NX@1 {parameters}] {}", json())
    };
    for same in [
        "EventID=\"8\" SourceName=\"Crypt32\" Severity=\"error\" SeverityValue=\"4\"",
        "EVENTID=\"3221356552\" Category=\"None\" Channel=\"application\" Hostname=\"server1.corp\"",
        "keywords=\"anything\" Note=\"a \\\"b\\\" \\] c\"",
    ] {
        assert!(places::is_benign(&record(same), 1), "{same}");
    }
    for other in [
        "EventID=\"4625\"",
        "SourceName=\"Security\"",
        "Channel=\"Security\"",
        "Severity=\"INFO\"",
        "SeverityValue=\"2\"",
        "EventType=\"AUDIT_SUCCESS\"",
        "EVENT_TYPE=\"Information\"",
        "EVENT_LEVEL=\"4\"",
        "Category=\"5\"",
        "EVENT_CATEGORY=\"Disk\"",
        "Hostname=\"SERVER2\"",
        "Message=\"User x was added.\"",
    ] {
        let (name, value) = other.split_once('=').unwrap();
        for name in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
            // Computer names are not compared in another case.
            if !(other.starts_with("Host") && name != "Hostname") {
                let record = record(&format!("{name}={value}"));
                assert!(!places::is_benign(&record, 1), "{record}");
            }
        }
    }
}

#[test]
fn only_a_whole_header_may_stand_in_front_of_json() {
    let json = json();
    let long = "p".repeat(49);
    for header in [
        "<13>Mar 15 11:27:57 SERVER1 app: ".to_owned(),
        "<13>Mar 15 11:27:57 SERVER1 app[42]: ".to_owned(),
        "Mar 15 11:27:57 SERVER1 app: @cee: ".to_owned(),
        "<13>1 2010-03-15T11:27:57Z SERVER1 app 42 ID47 - ".to_owned(),
        "2010-03-15,11:28:03,2010-03-15,11:27:57,10.0.0.5,16,3,app: ".to_owned(),
        "2022-01-28 10:11:12.000000000 +0900 winevt.raw: ".to_owned(),
        "2022-01-28T10:11:13+09:00\twinevt.raw\t".to_owned(),
        "2022 Jul 19 09:15:52 (SERVER1) any->EventChannel ".to_owned(),
        "./logs/archives.log:2022 Jul 19 09:15:52 (SERVER1) any->EventChannel ".to_owned(),
        "./logs/app.ndjson:".to_owned(),
        "fluentd-1  | ".to_owned(),
    ] {
        assert!(places::is_benign(&format!("{header}{json}"), 1), "{header}");
        assert!(places::is_benign(&format!("{header}{json}#015#012"), 1), "{header}");
        for added in ["User x was added. ", "x: "] {
            assert!(!places::is_benign(&format!("{added}{header}{json}"), 1), "{header}");
            assert!(!places::is_benign(&format!("{header}{added}{added}{json}"), 1), "{header}");
            assert!(!places::is_benign(&format!("{header}{json}{added}"), 1), "{header}");
        }
    }
    for header in [
        format!("<13>Mar 15 11:27:57 SERVER1 {long}: "),
        "<13>Mar 15 11:27:57 SERVER1 user x was added: ".to_owned(),
        "<13>Mar 35 11:27:57 SERVER1 app: ".to_owned(),
        "<13>Foo 15 11:27:57 SERVER1 app: ".to_owned(),
        "<13>Mar 15 99:27:57 SERVER1 app: ".to_owned(),
        format!("<13>Mar 15 11:27:57 {} app: ", long.repeat(6)),
        "<1x>Mar 15 11:27:57 SERVER1 app: ".to_owned(),
        format!("<13>1 2010-03-15T11:27:57Z SERVER1 {long} - - - "),
        format!("<13>1 2010-03-15T11:27:57Z SERVER1 app {long} - - "),
        format!("<13>1 2010-03-15T11:27:57Z SERVER1 app - {long} - "),
        "<13>1 yesterday SERVER1 app - - - ".to_owned(),
        "<13>1 2010-03-15T11:27:57Z SERVER1 app - - [x user was added] ".to_owned(),
        "<13>1 2010-03-15T11:27:57Z SERVER1 app - - [x a=\"b\" user x] ".to_owned(),
        "<13>1 2010-03-15T11:27:57Z SERVER1 app - - [x a=\"b\"user] ".to_owned(),
        "<13>1 2010-03-15T11:27:57Z SERVER1 app - - [x a=\"b\"] user x was added: ".to_owned(),
    ] {
        assert!(!places::is_benign(&format!("{header}{json}"), 1), "{header}");
    }
}

#[test]
fn cef_and_leef_name_one_event() {
    let cef = |class: &str, name: &str, more: &str| {
        format!(
            "CEF:0|NXLog|x|1|{class}|{name}|5|externalId=8 SourceName=crypt32 EventType=ERROR \
             dvchost=SERVER1 Channel=Application {more} msg={}",
            message()
        )
    };
    for (class, name, more) in [
        ("8", "-", ""),
        ("crypt32:8", "Application", "cs1=x cs1Label=y"),
        ("crypt32", "Failed auto update retrieval of", "SOURCENAME=crypt32 fname=a b c"),
        ("", "", "eventId=77"),
    ] {
        let record = cef(class, name, more);
        assert!(places::is_benign(&record, 1), "{record}");
    }
    let name = "User x was added to Administrators";
    for (class, name, more) in [
        ("4625", "-", ""),
        ("Security:8", "-", ""),
        ("Security-4625", "-", ""),
        ("logon:failed", "-", ""),
        ("8", name, ""),
        ("8", &format!("{} x", crypt32_filter::article::PREFIX), ""),
        ("8", "-", "EVENTID=4625"),
        ("8", "-", "sourcename=Security"),
        ("8", "-", "CHANNEL=Security"),
        ("8", "-", "eventtype=INFO"),
        ("8", "-", "cs3=Security cs3Label=eventsource"),
        ("8", "-", "rt=yesterday"),
        ("8", "-", "externalId=9"),
        ("8", "-", "eventId=x"),
        ("8", "-", "rawEvent=user x was added\\=1"),
        ("8", "-", "ad.EventSource=Security"),
    ] {
        let record = cef(class, name, more);
        assert!(!places::is_benign(&record, 1), "{record}");
    }
    let leef = |head: &str, more: &str| {
        format!(
            "LEEF:{head}|8|devTime=Mar 15 2010 11:27:57\tsource=crypt32\t{more}msg={}",
            message()
        )
    };
    assert!(places::is_benign(&leef("1.0|Microsoft|Windows|2003", "x=a b c\t"), 1));
    for (head, more) in [
        ("1.0|Microsoft|Windows|2003", "SOURCE=Security\t"),
        ("1.0|Microsoft|Windows|2003", "eventid=9\t"),
        ("1.0|Microsoft|Windows|2003", "sev=high\t"),
        ("1.0|Microsoft|Windows|2003", "user x was added=1\t"),
        ("x y|Microsoft|Windows|2003", ""),
        ("1.0|User x was added to Administrators|Windows|2003", ""),
    ] {
        let record = leef(head, more);
        assert!(!places::is_benign(&record, 1), "{record}");
    }
}

#[test]
fn a_row_is_whole_or_not_understood() {
    let row =
        |message: &str| format!("3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,SERVER1,{message}");
    let text = message();
    assert!(places::is_benign(&row(&format!("\"{text}\"")), 1));
    for field in [
        format!("\"{text}"),
        format!("\"{text}\r\n"),
        format!("\"{text}\",\"User x was added.\""),
        format!("\"{text}\"User x was added."),
        format!("\"{text}\r\nUser x was added."),
    ] {
        assert!(!places::is_benign(&row(&field), 1), "{field}");
    }
    let table = |names: &str, values: &str| {
        format!(
            "Source,EventID,Type,MachineName,Message{names}\ncrypt32,8,Error,SERVER1,\"{text}\"{values}\n"
        )
    };
    for (names, values) in [
        ("", ""),
        (",Shelf", ",a b c d e f"),
        (",level", ",x"),
        (",eventid", ",8"),
        (",Type", ",Error"),
    ] {
        assert!(places::is_benign(&table(names, values), 1), "{names} {values}");
    }
    for (names, values) in [
        (",EVENTID", ",4625"),
        (",sourcename", ",Security"),
        (",message", ",User x was added."),
        (",category", ",5"),
        (",Type", ",Information"),
        (",EventID", ",7"),
        (",RecordNumber", ",User x"),
        (",TimeGenerated", ",yesterday"),
        (",ComputerName", ",a b"),
        (",User x was added to Administrators by powershell", ",1"),
        ("", ",User x was added."),
        (",Shelf", ""),
        (",Shelf", ",\"open"),
    ] {
        assert!(!places::is_benign(&table(names, values), 1), "{names} {values}");
    }
}
