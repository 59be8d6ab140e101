//! The output of commands of Windows and of Sysinternals.

use crate::records::{Shape, Spec, list};

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "MOF",
        write: |s| {
            let escaped = |text: &str| {
                format!(
                    "\"{}\"",
                    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
                )
            };
            let category = if s.category == "None" { "0" } else { "5" };
            let data = if s.data { "\tData = {1, 2};\n" } else { "" };
            format!(
                "instance of Win32_NTLogEvent\n{{\n\tCategory = {category};\n\tComputerName = \"SERVER1\";\n{data}\tEventCode = {};\n\tEventType = {};\n\tInsertionStrings = {{{}, {}}};\n\tLogfile = {};\n\tMessage = {};\n\tRecordNumber = 4242;\n\tSourceName = {};\n\tTimeGenerated = \"20100315112757.000000+000\";\n\tType = {};\n\tUser = NULL;\n}};\n",
                s.id,
                s.number,
                escaped(&s.url),
                escaped(&format!("{}\r\n", s.error)),
                escaped(&s.log),
                escaped(&s.message()),
                escaped(&s.source),
                escaped(&s.level),
            )
        },
        silent: &[],
    },
    Shape {
        name: "evtexport",
        write: |s| {
            let category = if s.category == "None" { "0" } else { "5" };
            format!(
                "Event number\t\t\t: 4242\nCreation time\t\t\t: Mar 15, 2010 11:27:57 UTC\nWritten time\t\t\t: Mar 15, 2010 11:27:57 UTC\nEvent type\t\t\t: {} event ({})\nComputer name\t\t\t: SERVER1\nSource name\t\t\t: {}\nEvent category\t\t\t: {category}\nEvent identifier\t\t: 0x{:08x} ({})\nNumber of strings\t\t: 2\nString: 1\t\t\t: {}\nString: 2\t\t\t: {}{}\r\n\n\n",
                s.level,
                s.number,
                s.source,
                s.id.parse::<u32>().unwrap(),
                s.id,
                s.url,
                s.error,
                s.after
            )
        },
        silent: &["log", "data"],
    },
    Shape {
        name: "CloudWatch agent",
        write: |s| {
            let level = s.level.to_uppercase();
            format!("[{}] [{level}] [{}] [{}] [SERVER1] [{}]\n", s.log, s.id, s.source, s.message())
        },
        silent: &["category", "data", "number", "time"],
    },
    Shape {
        name: "Fluent Bit on a terminal",
        write: |s| fluent_bit("1268652477.238334100", s),
        silent: &["number"],
    },
    Shape {
        name: "Fluent Bit 2.1 on a terminal",
        write: |s| fluent_bit("[1268652477.238334100, {}]", s),
        silent: &["number"],
    },
    Shape {
        name: "Logstash's rubydebug",
        write: |s| {
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(&members(s)).unwrap();
            let line = |(name, value): (&String, &serde_json::Value)| match value.as_array() {
                Some(items) => {
                    let items = items.iter().enumerate();
                    let items: Vec<_> = items.map(|(i, v)| format!("        [{i}] {v}")).collect();
                    format!("    {name:?} => [\n{}\n    ]", items.join(",\n"))
                }
                None => format!("    {name:?} => {value}"),
            };
            let lines: Vec<_> = object.iter().map(line).collect();
            format!(
                "{{\n    \"@timestamp\" => 2010-03-15T11:27:57.000Z,\n{}\n}}\n",
                lines.join(",\n")
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
];

/// The record of Fluent Bit's `in_winlog` as JSON.
fn members(s: &Spec) -> String {
    let category = if s.category == "None" { 0 } else { 5 };
    serde_json::json!({
        "RecordNumber": 4242, "TimeGenerated": "2010-03-15 11:27:57 +0000",
        "EventID": s.id.parse::<u32>().unwrap(), "Qualifiers": 49154, "EventType": s.level,
        "EventCategory": category, "Channel": s.log, "SourceName": s.source,
        "ComputerName": "SERVER1", "Data": if s.data { "01" } else { "" }, "Sid": "",
        "Message": s.message(), "StringInserts": [s.url, format!("{}\r\n", s.error)],
    })
    .to_string()
}

fn fluent_bit(time: &str, s: &Spec) -> String {
    let category = if s.category == "None" { "0" } else { "5" };
    format!(
        "[0] winlog.0: [{time}, {{\"RecordNumber\"=>4242, \"TimeGenerated\"=>\"2010-03-15 11:27:57 +0000\", \"EventID\"=>{}, \"Qualifiers\"=>49154, \"EventType\"=>\"{}\", \"EventCategory\"=>{category}, \"Channel\"=>\"{}\", \"SourceName\"=>\"{}\", \"ComputerName\"=>\"SERVER1\", \"Data\"=>\"{}\", \"Sid\"=>\"\", \"Message\"=>\"{}\", \"StringInserts\"=>[\"{}\", \"{}\r\n\"]}}]\n",
        s.id,
        s.level,
        s.log,
        s.source,
        if s.data { "01" } else { "" },
        s.message(),
        s.url,
        s.error
    )
}
