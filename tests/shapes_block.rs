//! The same event in every text block and CSV layout gets the same verdict, whatever in it is
//! wrong; and nothing that is added to a record goes unnoticed.
#![allow(clippy::unwrap_used)]

#[path = "recorded/mod.rs"]
mod recorded;

use crypt32_filter::{
    article,
    classify::classify,
    policy::Policy,
    reader::{
        self,
        stream::{Events, Found, MAX_RECORD},
    },
    verdict::{Condition, Verdict},
};

/// What a record is to say.
#[derive(Clone)]
struct Spec {
    source: String,
    id: String,
    level: String,
    number: String,
    log: String,
    category: String,
    url: String,
    error: String,
    after: String,
    data: bool,
}

impl Spec {
    fn new() -> Self {
        Self {
            source: "crypt32".into(),
            id: "8".into(),
            level: "Error".into(),
            number: "1".into(),
            log: "Application".into(),
            category: "None".into(),
            url: article::URL.into(),
            error: "The server name or address could not be resolved".into(),
            after: String::new(),
            data: false,
        }
    }

    fn message(&self) -> String {
        let Self { url, error, after, .. } = self;
        format!("{}<{url}>{}{error}\r\n{after}", article::PREFIX, article::BEFORE_ERROR)
    }
}

/// A way to write an event down.
struct Shape {
    name: &'static str,
    write: fn(&Spec) -> String,
    /// What it cannot say.
    silent: &'static [&'static str],
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What PowerShell prints: aligned colons, and long values broken to the width of the console.
fn list(width: usize, fields: &[(&str, String)]) -> String {
    let column = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default() + 1;
    let mut text = String::new();
    for (name, value) in fields {
        text += &format!("{name:column$}: ");
        let mut first = true;
        for line in value.split("\r\n") {
            let mut rest = line;
            loop {
                let room = width.saturating_sub(column + 2).max(20);
                let cut = if rest.len() <= room {
                    rest.len()
                } else {
                    rest[..room].rfind(' ').map_or(room, |at| at + 1)
                };
                if !first {
                    text += &" ".repeat(column + 2);
                }
                first = false;
                text += rest[..cut].trim_end();
                text += "\r\n";
                rest = &rest[cut..];
                if rest.is_empty() {
                    break;
                }
            }
        }
    }
    text
}

static SHAPES: &[Shape] = &[
    Shape {
        name: "Event Viewer of XP, copied",
        write: |s| {
            let data = if s.data { "Data:\r\n0000: 01 02 03 04   ....\r\n" } else { "" };
            format!(
                "Event Type:\t{}\r\nEvent Source:\t{}\r\nEvent Category:\t{}\r\nEvent ID:\t{}\r\nDate:\t\t3/15/2010\r\nTime:\t\t11:27:57 AM\r\nUser:\t\tN/A\r\nComputer:\tSERVER1\r\nDescription:\r\n{}\r\n\r\n{}\r\n{data}",
                s.level,
                s.source,
                s.category,
                s.id,
                s.message(),
                article::HELP_LINES[0]
            )
        },
        silent: &["log", "number"],
    },
    Shape {
        name: "the article's text, squeezed",
        write: |s| {
            format!(
                "Event Type:{}\nEvent Source:{}\nEvent ID:{}\nDescription:{}",
                s.level,
                s.source,
                s.id,
                s.message().replace(['<', '>'], "")
            )
        },
        silent: &["log", "category", "computer", "data", "number"],
    },
    Shape { name: "Event Viewer of Vista, copied", write: vista, silent: &["data", "number"] },
    Shape {
        name: "Event Viewer of Vista, copied with XML",
        write: |s| {
            let level = if s.level == "Error" { 2 } else { 4 };
            let binary = if s.data { "<Binary>0102</Binary>" } else { "" };
            let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            format!(
                "{}\nEvent Xml:\n<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n  <System>\n    <Provider Name=\"{}\" />\n    <EventID Qualifiers=\"49154\">{}</EventID>\n    <Level>{level}</Level>\n    <Task>0</Task>\n    <Channel>{}</Channel>\n    <Computer>SERVER1</Computer>\n  </System>\n  <EventData>\n    <Data>{}</Data>\n    <Data>{}\n</Data>{binary}\n  </EventData>\n</Event>\n",
                vista(s),
                s.source,
                s.id,
                s.log,
                escape(&s.url),
                escape(&s.error)
            )
        },
        silent: &["number"],
    },
    Shape {
        name: "wevtutil",
        write: |s| {
            format!(
                "Event[0]\n  Log Name: {}\n  Source: {}\n  Date: 2010-03-15T11:27:57.000\n  Event ID: {}\n  Task: {}\0\n  Level: {}\n  Opcode: N/A\0\n  Keyword: Classic\n  User: N/A\n  User Name: N/A\n  Computer: SERVER1\n  Description: \n{}\n\n",
                s.log,
                s.source,
                s.id,
                s.category,
                s.level,
                s.message()
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Get-EventLog | Format-List *",
        write: |s| {
            list(
                80,
                &[
                    ("EventID", s.id.clone()),
                    ("MachineName", "SERVER1".into()),
                    ("Data", if s.data { "{1, 2}" } else { "{}" }.into()),
                    ("Index", "4242".into()),
                    (
                        "Category",
                        if s.category == "None" { "(0)".into() } else { s.category.clone() },
                    ),
                    ("EntryType", s.level.clone()),
                    ("Message", s.message()),
                    ("Source", s.source.clone()),
                    ("ReplacementStrings", format!("{{{}, {}\r\n{}}}", s.url, s.error, s.after)),
                    ("TimeGenerated", "3/15/2010 11:27:57 AM".into()),
                    ("UserName", String::new()),
                ],
            )
        },
        silent: &["log", "number"],
    },
    Shape {
        name: "Get-WinEvent | Format-List *",
        write: |s| {
            list(
                120,
                &[
                    ("Message", s.message()),
                    ("Id", s.id.clone()),
                    ("Version", String::new()),
                    ("Level", if s.level == "Error" { "2" } else { "4" }.into()),
                    ("Task", if s.category == "None" { "0" } else { "5" }.into()),
                    ("ProviderName", s.source.clone()),
                    ("LogName", s.log.clone()),
                    ("MachineName", "SERVER1".into()),
                    ("TimeCreated", "3/15/2010 11:27:57 AM".into()),
                    ("LevelDisplayName", s.level.clone()),
                    ("Properties", "{System.Diagnostics.Eventing.Reader.EventProperty}".into()),
                ],
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk on XP",
        write: |s| {
            format!(
                "03/15/2010 11:27:57 AM\nLogName={}\nSourceName={}\nEventCode={}\nEventType={}\nType={}\nComputerName=SERVER1\nCategory=0\nCategoryString={}\nRecordNumber=4242\nMessage={}",
                s.log,
                s.source,
                s.id,
                s.number,
                s.level,
                s.category,
                s.message()
            )
        },
        silent: &["data"],
    },
    Shape {
        name: "Splunk on Vista",
        write: |s| {
            let kind = if s.level == "Error" { 2 } else { 4 };
            format!(
                "03/15/2010 11:27:57 AM\nLogName={}\nSourceName={}\nEventCode={}\nEventType={kind}\nType={}\nComputerName=SERVER1\nTaskCategory={}\nOpCode=None\nRecordNumber=4242\nKeywords=Classic\nMessage={}",
                s.log,
                s.source,
                s.id,
                s.level,
                s.category,
                s.message()
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk in one line",
        write: |s| {
            format!(
                "03/15/2010 11:27:57 AM LogName={} SourceName={} EventCode={} EventType=2 Type={} ComputerName=SERVER1 TaskCategory={} OpCode=None RecordNumber=4242 Keywords=Classic Message={}",
                s.log,
                s.source,
                s.id,
                s.level,
                s.category,
                s.message().replace("\r\n", " ")
            )
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk through WMI",
        write: |s| {
            format!(
                "20100315112757.000000\nCategory=0\nCategoryString=NULL\nComputerName=SERVER1\nEventCode={}\nEventType={}\nLogfile={}\nMessage={}\nRecordNumber=4242\nSourceName={}\nTimeGenerated=20100315112757.000000+000\nType={}\nUser=NULL\nwmi_type=WinEventLog:{}\n",
                s.id,
                s.number,
                s.log,
                s.message(),
                s.source,
                s.level,
                s.log
            )
        },
        silent: &["data", "category"],
    },
    Shape {
        name: "RSIT",
        write: |s| {
            format!(
                "Computer Name: SERVER1\nEvent Code: {}\nMessage: {}\n\nRecord Number: 4242\nSource Name: {}\nTime Written: 20100315112757.000000+000\nEvent Type: {}\nUser: ",
                s.id,
                s.message(),
                s.source,
                s.level
            )
        },
        silent: &["log", "category", "data", "number"],
    },
    Shape {
        name: "OTL",
        write: |s| {
            let id = if s.id == "8" { "131080" } else { &s.id };
            format!(
                "[ {} Events ]\nError - 3/15/2010 11:27:57 AM | Computer Name = SERVER1 | Source = {} | ID = {id}\nDescription = {}",
                s.log,
                s.source,
                s.message().replace(" from:", "\n from:")
            )
        },
        silent: &["category", "data", "number", "level"],
    },
    Shape {
        name: "FRST",
        write: |s| {
            format!(
                "{}: (03/15/2010 11:27:57 AM) (Source: {}) (EventID: {}) (User: )\nDescription: {}",
                s.level,
                s.source,
                s.id,
                s.message()
            )
        },
        silent: &["log", "category", "data", "computer", "number"],
    },
    Shape {
        name: "psloglist",
        write: |s| {
            format!(
                "[04242] {}\n   Type:     {}\n   Computer: SERVER1\n   Time:     3/15/2010 11:27:57 AM   ID:       {}\n{}\n",
                s.source,
                s.level.to_uppercase(),
                s.id,
                s.message()
            )
        },
        silent: &["log", "category", "data", "number"],
    },
    Shape {
        name: "psloglist -s",
        write: |s| {
            format!(
                "4242,{},{},{},SERVER1,3/15/2010 11:27:57 AM,{},,{}",
                s.log,
                s.source,
                s.level.to_uppercase(),
                s.id,
                s.message().replace("\r\n", " ")
            )
        },
        silent: &["category", "data", "number"],
    },
    Shape {
        name: "Event Viewer of XP, CSV",
        write: |s| {
            let text = format!("{}  {}", s.message(), article::HELP_LINES[0]);
            format!(
                "3/15/2010,11:27:57 AM,{},{},{},{},N/A,SERVER1,{}\r\n",
                s.source,
                s.level,
                s.category,
                s.id,
                quoted(&text)
            )
        },
        silent: &["log", "data", "number"],
    },
    Shape {
        name: "Event Viewer of XP, TXT",
        write: |s| {
            format!(
                "15.03.2010\t11:27:57\t{}\t{}\t{}\t{}\tN/A\tSERVER1\t{}\r\n",
                s.source,
                s.level,
                s.category,
                s.id,
                s.message()
            )
        },
        silent: &["log", "data", "number"],
    },
    Shape {
        name: "Event Viewer of Vista, CSV",
        write: |s| format!("Level,Date and Time,Source,Event ID,Task Category\r\n{}", vista_row(s)),
        silent: &["log", "data", "computer", "number"],
    },
    Shape {
        name: "Event Viewer of Vista, CSV in another language",
        write: |s| {
            format!(
                "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie\r\n{}",
                vista_row(s)
            )
        },
        silent: &["log", "data", "computer", "number"],
    },
    Shape {
        name: "Get-WinEvent | Export-Csv",
        write: |s| {
            let row = [
                &*s.message(),
                &s.id,
                "0",
                &s.source,
                &s.log,
                "SERVER1",
                "3/15/2010 11:27:57 AM",
                &s.level,
                "System.Collections.Generic.List`1[x]",
            ];
            format!(
                "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n\"Message\",\"Id\",\"Task\",\"ProviderName\",\"LogName\",\"MachineName\",\"TimeCreated\",\"LevelDisplayName\",\"Bookmark\"\r\n{}\r\n",
                row.map(quoted).join(",")
            )
        },
        silent: &["category", "data", "number"],
    },
    Shape {
        name: "EvtxECmd",
        write: |s| {
            let payload = serde_json::json!({"EventData": {"Data": format!("{}, {}", s.url, s.error), "Binary": if s.data { "01-02" } else { "" }}});
            format!(
                "RecordNumber,EventRecordId,TimeCreated,EventId,Level,Provider,Channel,Computer,MapDescription,Payload\n1,4242,2010-03-15 11:27:57.0000000,{},{},{},{},SERVER1,,{}\n",
                s.id,
                s.level,
                s.source,
                s.log,
                quoted(&payload.to_string())
            )
        },
        silent: &["category", "after", "number"],
    },
    Shape {
        name: "Log Parser",
        write: |s| {
            format!(
                "EventLog,RecordNumber,TimeGenerated,TimeWritten,EventID,EventType,EventTypeName,EventCategory,EventCategoryName,SourceName,Strings,ComputerName,SID,Message,Data\n{},4242,2010-03-15 11:27:57,2010-03-15 11:27:57,{},{},{} event,{},None,{},{}|{},SERVER1,,{},{}\n",
                s.log,
                s.id,
                s.number,
                s.level,
                if s.category == "None" { "0" } else { "5" },
                s.source,
                s.url,
                s.error,
                quoted(&s.message().replace("\r\n", " ")),
                if s.data { "0102" } else { "" }
            )
        },
        silent: &[],
    },
    Shape {
        name: "eventquery, CSV",
        write: |s| {
            let row = [
                &*s.level,
                &s.id,
                "3/15/2010 11:27:57 AM",
                &s.source,
                "SERVER1",
                &s.category,
                "N/A",
                &s.message(),
            ];
            format!(
                "\"Type\",\"Event\",\"Date Time\",\"Source\",\"ComputerName\",\"Category\",\"User\",\"Description\"\r\n{}",
                row.map(quoted).join(",")
            )
        },
        silent: &["log", "data", "number"],
    },
    Shape {
        name: "eventquery, list",
        write: |s| {
            format!(
                "Type:          {}\nEvent:         {}\nDate Time:     3/15/2010 11:27:57 AM\nSource:        {}\nComputerName:  SERVER1\nCategory:      {}\nUser:          N/A\nDescription:   {}",
                s.level,
                s.id,
                s.source,
                s.category,
                s.message()
            )
        },
        silent: &["log", "data", "number"],
    },
    Shape {
        name: "plaso",
        write: |s| {
            let message = format!(
                "[{} / 0x0008] Source Name: {} Message string: {} Strings: ['{}'  '{}'] Computer Name: SERVER1 Severity: {} Record Number: 4242 Event Type: {} event Event Category: {}",
                s.id,
                s.source,
                s.message().replace("\r\n", " "),
                s.url,
                s.error,
                s.level,
                s.level,
                if s.category == "None" { "0" } else { "5" }
            );
            let message = if s.id == "8" { message } else { message.replace("0x0008", "0x0007") };
            format!(
                "datetime,timestamp_desc,source,source_long,message,parser,display_name,tag\n2010-03-15T11:27:57.000000+00:00,Content Modification Time,EVT,WinEVT,{},winevt,x,-\n",
                quoted(&message)
            )
        },
        silent: &["log", "data", "number"],
    },
];

fn vista(s: &Spec) -> String {
    format!(
        "Log Name:      {}\nSource:        {}\nDate:          3/15/2010 11:27:57 AM\nEvent ID:      {}\nTask Category: {}\nLevel:         {}\nKeywords:      Classic\nUser:          N/A\nComputer:      SERVER1\nDescription:\n{}",
        s.log,
        s.source,
        s.id,
        s.category,
        s.level,
        s.message()
    )
}

fn vista_row(s: &Spec) -> String {
    format!(
        "{},15.03.2010 11:27:57,{},{},{},{}\r\n",
        s.level,
        s.source,
        s.id,
        s.category,
        quoted(&s.message())
    )
}

/// The verdict about a record, and the computer and the time of its event.
fn read(record: &str) -> (Verdict, Option<String>, Option<String>) {
    recorded::keep(record);
    let mut read = Vec::new();
    reader::read(record.as_bytes(), "kb", &mut |event| {
        let computer = event.computer().map(str::to_owned);
        let time = event.time.first().map(str::to_owned);
        read.push((classify(event, &Policy::default()), computer, time));
    });
    assert!(read.len() < 2, "one event only: {record}");
    read.pop().unwrap_or((Verdict::UNRELATED, None, None))
}

fn reasons(record: &str) -> Vec<&'static str> {
    read(record).0.reasons().map(Condition::as_str).collect()
}

/// `benign` with its basis, `unrelated`, or the reasons of a review.
fn verdict(record: &str) -> String {
    let (verdict, ..) = read(record);
    let reasons: Vec<_> = verdict.reasons().map(Condition::as_str).collect();
    match verdict.basis {
        Some(basis) => format!("{} {basis}", verdict.outcome),
        None if reasons.is_empty() => verdict.outcome.as_str().to_owned(),
        None => reasons.join(" "),
    }
}

/// Changes one thing, and says which condition that fails.
type Change = (&'static str, fn(&mut Spec), &'static str);

const CHANGES: &[Change] = &[
    ("nothing", |_| {}, "benign listed"),
    ("error", |s| s.error = "This network connection does not exist.".into(), "benign listed"),
    (
        "error",
        |s| s.error = "The specified server cannot perform the requested operation.".into(),
        "benign sibling",
    ),
    ("error", |s| s.error = "The operation timed out".into(), "benign cause"),
    ("error", |s| s.error = "The data is invalid.".into(), "error"),
    ("error", |s| s.error += " or so", "error"),
    ("url", |s| s.url = s.url.replace("/en/", "/de/"), "url"),
    ("id", |s| s.id = "7".into(), "unrelated"),
    ("source", |s| s.source = "crypt33".into(), "unrelated"),
    (
        "level",
        |s| {
            s.level = "Warning".into();
            s.number = "2".into();
        },
        "severity",
    ),
    ("log", |s| s.log = "System".into(), "log"),
    ("category", |s| s.category = "Disk".into(), "integrity"),
    ("data", |s| s.data = true, "integrity"),
];

#[test]
fn every_shape_fails_what_the_event_fails() {
    let mut wrong = Vec::new();
    for shape in SHAPES {
        for (what, change, want) in CHANGES {
            if shape.silent.contains(what) {
                continue;
            }
            let mut spec = Spec::new();
            change(&mut spec);
            let record = (shape.write)(&spec);
            let got = verdict(&record);
            // A joined list with another URL cannot be taken apart, nor one with bytes in it.
            let joined = shape.name == "EvtxECmd" && got.split(' ').any(|reason| reason == *want);
            if got != *want && !joined {
                wrong.push(format!("{}, {what}: {got}, want {want}\n{record}\n", shape.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_shape_gives_its_computer_and_time() {
    for shape in SHAPES {
        let (_, computer, time) = read(&(shape.write)(&Spec::new()));
        let computer_said = !shape.silent.contains(&"computer");
        assert_eq!(computer.as_deref(), computer_said.then_some("SERVER1"), "{}", shape.name);
        let time_said = !shape.name.starts_with("the article");
        assert_eq!(time.is_some(), time_said, "{}: {time:?}", shape.name);
        assert!(time.is_none_or(|time| time.contains("11:27:57") || time.contains("112757")));
    }
}

#[test]
fn text_added_to_the_message_fails_it() {
    for shape in SHAPES.iter().filter(|shape| !shape.silent.contains(&"after")) {
        for after in [
            "An intruder was here.",
            "\r\nEvent ID: 9",
            "\r\n\r\nEvent Type: Warning\r\nSource: x\r\nLevel: y",
            "RecordNumber=1\r\nSourceName=crypt32",
            "\r\nRecord Number: 1\r\nSource Name: crypt32",
            "Event Xml:\r\n<nothing/>",
            "Data:\r\nnot a dump",
            "Computer: SERVER2",
        ] {
            let spec = Spec { after: after.into(), ..Spec::new() };
            let record = (shape.write)(&spec);
            let got = reasons(&record);
            let expected =
                got.contains(&"message") || got.contains(&"error") || got.contains(&"integrity");
            assert!(expected, "{}: {got:?}\n{record}", shape.name);
        }
    }
}

#[test]
fn text_added_to_the_record_fails_it() {
    for shape in SHAPES {
        let record = (shape.write)(&Spec::new());
        for added in ["An intruder was here.", "x,y,z\r\nand more"] {
            let record = format!("{}\r\n{added}\r\n", record.trim_end());
            let got = verdict(&record);
            assert!(!got.starts_with("benign"), "{}: {got}\n{record}", shape.name);
        }
    }
}

#[test]
fn a_label_that_stands_twice_is_said_twice() {
    let xp = (SHAPES[0].write)(&Spec::new());
    let vista = vista(&Spec::new());
    let splunk = (SHAPES[7].write)(&Spec::new());
    for (record, line, other) in [
        (&xp, "Event Type:\tError\r\n", "Event Type:\tWarning\r\n"),
        (&xp, "Event Source:\tcrypt32\r\n", "Event Source:\tcrypt33\r\n"),
        (&xp, "Event ID:\t8\r\n", "Event ID:\t7\r\n"),
        (&xp, "Computer:\tSERVER1\r\n", "Computer:\tSERVER2\r\n"),
        (&xp, "Date:\t\t3/15/2010\r\n", "Date:\t\t3/16/2010\r\n"),
        (&vista, "Event ID:      8\n", "Event ID:      7\n"),
        (&vista, "Level:         Error\n", "Level:         Warning\n"),
        (&vista, "Log Name:      Application\n", "Log Name:      Security\n"),
        (&splunk, "EventCode=8\n", "EventCode=7\n"),
        (&splunk, "SourceName=crypt32\n", "SourceName=crypt33\n"),
        (&splunk, "ComputerName=SERVER1\n", "ComputerName=SERVER2\n"),
    ] {
        assert!(record.contains(line));
        for both in [format!("{line}{other}"), format!("{other}{line}")] {
            let got = reasons(&record.replacen(line, &both, 1));
            assert!(got.contains(&"integrity"), "{both}: {got:?}");
        }
        // The same once more is harmless.
        let twice = record.replacen(line, &line.repeat(2), 1);
        assert_eq!(verdict(&twice), "benign listed");
        // So is a label that nobody knows, but not a line that is none.
        let unknown = if line.contains('=') { "Shelf=3" } else { "Rack: 12" };
        let known = record.replacen(line, &format!("{line}{unknown}\n"), 1);
        assert_eq!(verdict(&known), "benign listed");
        let got = reasons(&record.replacen(line, &format!("{line}An intruder was here.\n"), 1));
        assert!(got.contains(&"message"), "{got:?}");
    }
}

#[test]
fn a_third_insertion_string_is_seen() {
    let changed = |index: usize, from: &str, to: &str| {
        let record = (SHAPES[index].write)(&Spec::new());
        assert!(record.contains(from), "{record}");
        verdict(&record.replacen(from, to, 1))
    };
    let find = |name: &str| SHAPES.iter().position(|shape| shape.name == name).unwrap();
    assert_eq!(
        changed(find("Log Parser"), "resolved,SERVER1", "resolved|third,SERVER1"),
        "integrity"
    );
    assert_eq!(changed(find("plaso"), "resolved']", "resolved'  'third']"), "integrity");
    let xml = "Event Viewer of Vista, copied with XML";
    assert_eq!(changed(find(xml), "</EventData>", "<Data>third</Data></EventData>"), "integrity");
    assert_eq!(changed(find("EvtxECmd"), "resolved\"\"", "resolved, third\"\""), "error");
}

#[test]
fn label_and_xml_must_say_the_same() {
    let record = (SHAPES[3].write)(&Spec::new());
    for (from, to, want) in [
        ("<Provider Name=\"crypt32\" />", "<Provider Name=\"crypt33\" />", "source"),
        (">8</EventID>", ">7</EventID>", "event-id"),
        ("<Level>2</Level>", "<Level>4</Level>", "benign listed"),
        ("<Computer>SERVER1<", "<Computer>SERVER2<", "integrity"),
        ("</Event>", "</Evil>", "message"),
        ("<Event ", "<!DOCTYPE x><Event ", "message"),
    ] {
        assert!(record.contains(from));
        let got = verdict(&record.replacen(from, to, 1));
        assert_eq!(got, want, "{to}");
    }
}

#[test]
fn near_misses_are_none() {
    for record in [
        "From: someone\nSubject: Event ID 8\nDate: today\n\nEvent Source: crypt32 was in my log",
        "The following similar event may also be recorded:",
        "Level,Date and Time,Source,Event ID,Task Category",
        "Event ID:",
        "Type: Error",
        "[ Application Events ]",
        "[1] crypt32",
        "Error: (03/15/2010 11:27:57 AM) Source crypt32",
        "3/15/2010,11:27:57 AM,crypt32,Error,None,eight,N/A,SERVER1,x",
        "N,Source,EventID,Message",
        "N,Source,EventID,Message\n1,crypt32,[8],x",
        "[8 / crypt32] Source Name: crypt32",
        "a=b\nc=d",
    ] {
        assert_eq!(verdict(record), "unrelated", "{record}");
    }
}

/// The verdicts of a stream.
fn stream(text: &str, chunk: usize) -> Vec<String> {
    let mut verdicts = Vec::new();
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = |found: Found<'_>| {
        verdicts.push(classify(found.event_read, &Policy::default()).outcome.to_string());
    };
    for piece in text.as_bytes().chunks(chunk) {
        events.push(piece, &mut found);
    }
    events.finish(&mut found);
    verdicts
}

#[test]
fn every_shape_comes_out_of_a_stream() {
    for shape in SHAPES {
        let benign = (shape.write)(&Spec::new());
        let added = Spec { error: "no known error".into(), ..Spec::new() };
        let review = (shape.write)(&added);
        let other = "{\"SourceName\":\"crypt32\",\"EventID\":7}";
        for (text, want) in [
            (benign.clone(), vec!["benign"]),
            (format!("{other}\n{benign}"), vec!["unrelated", "benign"]),
            (format!("{}\n{other}\n", benign.trim_end()), vec!["benign", "unrelated"]),
            (format!("{}\n\n{review}", benign.trim_end()), vec!["benign", "review"]),
            (format!("{}\r\n\r\n\r\n{benign}", review.trim_end()), vec!["review", "benign"]),
        ] {
            for chunk in [1, 50, 10_000] {
                assert_eq!(stream(&text, chunk), want, "{}, {chunk}:\n{text}", shape.name);
            }
        }
    }
}

#[test]
fn every_two_shapes_stand_in_one_file() {
    for a in SHAPES {
        for b in SHAPES {
            let text =
                format!("{}\n\n{}\n", (a.write)(&Spec::new()).trim_end(), (b.write)(&Spec::new()));
            assert_eq!(
                stream(&text, 4096),
                ["benign", "benign"],
                "{}, {}:\n{text}",
                a.name,
                b.name
            );
        }
    }
}
