//! Rows: CSV, tabs, and the one line of `psloglist -s`.

use crypt32_filter::article;

use crate::records::{Shape, Spec, quoted};

fn psloglist(s: &Spec, delimiter: char) -> String {
    [
        "4242",
        &s.log,
        &s.source,
        &s.level.to_uppercase(),
        "SERVER1",
        "3/15/2010 11:27:57 AM",
        &s.id,
        "",
        &s.message().replace("\r\n", " "),
    ]
    .join(&delimiter.to_string())
}

pub static SHAPES: &[Shape] = &[
    Shape {
        name: "psloglist -s",
        write: |s| psloglist(s, ','),
        silent: &["category", "data", "number"],
    },
    Shape {
        name: "psloglist -s -t ;",
        write: |s| psloglist(s, ';'),
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
                "System.Diagnostics.Eventing.Reader.EventBookmark",
                "System.Collections.Generic.List`1[System.Diagnostics.Eventing.Reader.EventProperty]",
            ];
            format!(
                "#TYPE System.Diagnostics.Eventing.Reader.EventLogRecord\r\n\"Message\",\"Id\",\"Task\",\"ProviderName\",\"LogName\",\"MachineName\",\"TimeCreated\",\"LevelDisplayName\",\"Bookmark\",\"Properties\"\r\n{}\r\n",
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
    Shape {
        name: "Log Parser, with functions",
        write: |s| {
            table(&[
                ("RecordNumber", "4242"),
                ("TO_UTCTIME(TimeGenerated)", "2010-03-15 11:27:57"),
                ("EventID", &s.id),
                ("EventType", &s.number),
                ("SourceName", &s.source),
                ("RESOLVE_SID(SID)", ""),
                ("ComputerName", "SERVER1"),
                ("Strings", &format!("{}|{}\r\n", s.url, s.error)),
            ])
        },
        silent: &["log", "category", "data", "after"],
    },
    Shape {
        name: "Kibana Discover",
        write: |s| {
            table(&[
                ("@timestamp", "Mar 15, 2010 @ 11:27:57.000"),
                ("winlog.provider_name", &s.source),
                ("winlog.event_id", &s.id),
                ("winlog.channel", &s.log),
                ("winlog.computer_name", "SERVER1"),
                ("winlog.task", &s.category),
                ("log.level", &s.level.to_lowercase()),
                ("winlog.event_data.param1", &s.url),
                ("winlog.event_data.param2", &s.error),
                ("host.os.name", "-"),
                ("message", &s.message()),
            ])
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Splunk, exported",
        write: |s| {
            let category = &s.category;
            let raw = format!(
                "03/15/2010 11:27:57 AM\nLogName={}\nSourceName={}\nEventCode={}\nEventType=2\nType={}\nComputerName=SERVER1\nTaskCategory={category}\nOpCode=None\nRecordNumber=4242\nKeywords=Classic\nMessage={}\n",
                s.log,
                s.source,
                s.id,
                s.level,
                s.message()
            );
            table(&[
                ("_raw", &*raw),
                ("_time", "2010-03-15T11:27:57.000+0000"),
                ("host", "SERVER1"),
            ])
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Azure's portal",
        write: |s| {
            table(&[
                ("SourceSystem", ""),
                ("TimeGenerated [UTC]", "3/15/2010, 11:27:57.000 AM"),
                ("Source", &s.source),
                ("EventLog", &s.log),
                ("Computer", "SERVER1"),
                ("EventLevelName", &s.level),
                (
                    "ParameterXml",
                    &format!("<Param>{}</Param><Param>{}\r\n</Param>", s.url, s.error),
                ),
                ("EventID", &s.id),
                ("RenderedDescription", &s.message()),
                ("EventCategory", if s.category == "None" { "0" } else { "5" }),
                ("Message", ""),
                ("Type", "Event"),
            ])
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Graylog",
        write: |s| {
            table(&[
                ("timestamp", "2010-03-15T11:27:57.000Z"),
                ("source", "SERVER1"),
                ("EventID", &s.id),
                ("SourceName", &s.source),
                ("Channel", &s.log),
                ("Severity", &s.level),
                ("Category", &s.category),
                ("message", &s.message()),
            ])
        },
        silent: &["data", "number"],
    },
    Shape {
        name: "Timesketch",
        write: |s| {
            let category = if s.category == "None" { "0" } else { "5" };
            let hex = if s.id == "8" { "0x0008" } else { "0x0007" };
            let strings = format!("['{}', '{}\\r\\n']", s.url, s.error);
            let message = format!(
                "[{} / {hex}] Severity: {} Record Number: 42 Event Type: {} event Event Category: {category} Source Name: {} Computer Name: SERVER1 Strings: {strings}",
                s.id, s.level, s.level, s.source,
            );
            format!(
                "__ts_timeline_id,computer_name,data_type,datetime,display_name,event_category,event_identifier,event_type,facility,label,message,message_identifier,offset,parser,record_number,recovered,severity,source_long,source_name,source_short,strings,tag,timestamp,timestamp_desc,user_sid\n7,SERVER1,windows:evt:record,2010-03-15T11:27:57+00:00,OS:/AppEvent.Evt,{category},{},{},2,[],{},{}.0,344,winevt,42,False,3,WinEVT,{},EVT,{},[],1268652477000000,Creation Time,\n",
                s.id,
                s.number,
                quoted(&message),
                s.id,
                s.source,
                quoted(&strings),
            )
        },
        silent: &["log", "data", "after"],
    },
];

/// The cells of the last row of a CSV text, unparsed, and the text before them.
pub fn cells(record: &str) -> Option<(&str, Vec<&str>)> {
    let record = record.trim_end();
    let (mut header, mut rest) = record.split_once('\n')?;
    if header.starts_with('#') {
        header = &record[..header.len() + 1 + rest.find('\n')?];
        rest = &record[header.len() + 1..];
    }
    if header.matches(',').count() < 3 {
        return None;
    }
    let (mut cells, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in rest.bytes().enumerate() {
        quoted ^= byte == b'"';
        if byte == b',' && !quoted {
            cells.push(&rest[start..at]);
            start = at + 1;
        }
    }
    cells.push(&rest[start..]);
    Some((&record[..=header.len()], cells))
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

/// A header and one row, all quoted.
fn table(columns: &[(&str, &str)]) -> String {
    let line = |cells: Vec<&str>| cells.into_iter().map(quoted).collect::<Vec<_>>().join(",");
    let (names, values) = columns.iter().copied().unzip();
    format!("{}\r\n{}\r\n", line(names), line(values))
}
