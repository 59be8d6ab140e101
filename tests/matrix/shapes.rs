//! Every JSON shape of collectors, as a function from an event to a record. Sources: the producers
//! named with each, which the guide lists (`docs/shapes.md`).

use serde_json::{Value, json};

use crate::event::Said;

/// The values of a shape in addition to source, id and insertion strings or message.
pub const TEXT: u8 = 1;
/// Each insertion string separately.
pub const STRINGS: u8 = 2;
pub const LEVEL: u8 = 4;
pub const LOG: u8 = 8;
/// The high word of the identifier separately.
pub const QUALIFIERS: u8 = 16;
pub const ALL: u8 = 31;
/// The source.
pub const SOURCE: u8 = 32;
/// All insertion strings joined.
pub const JOINED: u8 = 64;

pub struct Shape {
    pub name: &'static str,
    pub carries: u8,
    /// The time in the record's spelling.
    pub time: &'static str,
    pub make: fn(&Said) -> String,
}

pub const fn shape(
    name: &'static str,
    carries: u8,
    time: &'static str,
    make: fn(&Said) -> String,
) -> Shape {
    Shape { name, carries: carries | SOURCE, time, make }
}

/// The times in the shapes' spellings.
pub const ISO: &str = "2010-03-15T11:27:57.000Z";
pub const ISO7: &str = "2010-03-15T11:27:57.0000000Z";
pub const ISO9: &str = "2010-03-15T11:27:57.000000000Z";
pub const SPACED: &str = "2010-03-15 11:27:57";
const ZONED: &str = "2010-03-15 11:27:57 +0000";
const WMI: &str = "20100315112757.000000+000";
const DATE: &str = "/Date(1268652477000)/";
const UNIX: &str = "1268652477";

/// All shapes. [`crate::wrapped`] has those of forensic tools and the envelopes.
pub static SHAPES: &[Shape] = &[
    shape("winlogbeat1.0", TEXT | LEVEL | LOG, ISO, winlogbeat1),
    shape("winlogbeat1.0-nomsg", STRINGS | LEVEL | LOG, ISO, winlogbeat1_inserts),
    shape("winlogbeat5", TEXT | STRINGS | LEVEL | LOG, ISO, winlogbeat5),
    shape("winlogbeat6-nomsg", STRINGS | LEVEL | LOG, ISO, winlogbeat6),
    shape("winlogbeat7-int", TEXT | STRINGS | LEVEL | LOG, ISO, |s| {
        ecs(s, s.bare_id().into()).to_string()
    }),
    shape("winlogbeat8", TEXT | STRINGS | LEVEL | LOG, ISO, |s| {
        ecs(s, s.bare_id().to_string().into()).to_string()
    }),
    shape("winlogbeat8-original", ALL, ISO, ecs_original),
    shape("ecs-dotted", TEXT | STRINGS | LEVEL | LOG, ISO, ecs_dotted),
    shape("nxlog-mseventlog", TEXT | LEVEL | LOG, SPACED, nxlog_legacy),
    shape("nxlog-msvistalog", TEXT | LEVEL | LOG, SPACED, nxlog_modern),
    shape("nxlog-gelf", TEXT | LEVEL | LOG, UNIX, nxlog_gelf),
    shape("fluentbit-winlog", ALL, ZONED, fluentbit_legacy),
    shape("fluentbit-winevtlog", ALL, ZONED, |s| fluentbit(s, &s.message()).to_string()),
    shape("fluentbit-winevtlog-nomsg", ALL & !TEXT, ZONED, |s| fluentbit(s, "").to_string()),
    shape("fluentbit-xml", ALL, ISO7, |s| {
        json!({"System": s.xml(false), "Message": s.message(), "StringInserts": s.strings()})
            .to_string()
    }),
    shape("fluentbit-xml-bare", ALL, ISO7, |s| {
        json!({"System": s.xml(false), "Message": s.message()}).to_string()
    }),
    shape("fluentbit-text", TEXT | LEVEL | LOG | QUALIFIERS, ZONED, fluentbit_text),
    shape("fluentd-old", TEXT | STRINGS | LEVEL | LOG, ZONED, |s| fluentd(s, "description")),
    shape("fluentd-parsed", TEXT | STRINGS | LEVEL | LOG, ZONED, |s| {
        fluentd(s, "description_title")
    }),
    shape("fluentd2-default", ALL & !QUALIFIERS, "2010/03/15 11:27:57.0", |s| fluentd2(s, false)),
    shape("fluentd2-preserve", ALL, "2010/03/15 11:27:57.0", |s| fluentd2(s, true)),
    shape("otel-v1", ALL & !STRINGS, ISO7, |s| otel(s, json!({})).to_string()),
    shape("otel-v2", ALL, ISO7, |s| {
        let data: Vec<Value> = s.strings().into_iter().map(|text| json!({"": text})).collect();
        otel(s, json!({"data": data})).to_string()
    }),
    shape("otel-v3", ALL, ISO7, |s| otel(s, numbered(s, "Data")).to_string()),
    shape("vector", ALL, "2010-03-15T11:27:57Z", |s| vector(s, s.message()).to_string()),
    shape("vector-nomsg", ALL & !TEXT, "2010-03-15T11:27:57Z", |s| {
        vector(s, s.url.to_owned()).to_string()
    }),
    shape("promtail", TEXT | STRINGS | LEVEL | LOG, ISO9, |s| promtail(s).to_string()),
    shape("telegraf-json", TEXT | STRINGS | LEVEL | LOG, UNIX, |s| telegraf(s).to_string()),
    shape("azure-event", TEXT | STRINGS | LEVEL | LOG, "2010-03-15T11:27:57Z", azure),
    shape("azure-windowsevent", STRINGS | LEVEL | LOG, "2010-03-15T11:27:57Z", |s| {
        azure_windows(s, json!({"Data": s.strings()}))
    }),
    shape("azure-windowsevent-names", STRINGS | LEVEL | LOG, "2010-03-15T11:27:57Z", |s| {
        azure_windows(s, numbered(s, "param"))
    }),
    shape("datadog", ALL, ISO9, datadog),
    shape("wmi-ntlogevent", ALL & !QUALIFIERS, WMI, |s| wmi(s).to_string()),
    shape("logstash-eventlog", ALL & !QUALIFIERS, WMI, logstash),
    shape("ps-geteventlog", ALL & !LOG & !QUALIFIERS, DATE, ps_geteventlog),
    shape("ps-getwinevent", ALL, DATE, |s| {
        let values: Vec<Value> = s.strings().into_iter().map(|t| json!({"Value": t})).collect();
        ps_getwinevent(s, json!(values))
    }),
    shape("ps-getwinevent-shallow", ALL & !STRINGS, DATE, |s| {
        let class = "System.Diagnostics.Eventing.Reader.EventProperty";
        ps_getwinevent(s, json!([class, class]))
    }),
];

/// `{"param1": ..., "param2": ...}` and similar lists.
pub fn numbered(s: &Said, word: &str) -> Value {
    let strings = s.strings().into_iter().enumerate();
    strings.map(|(i, text)| (format!("{word}{}", i + 1), Value::from(text))).collect()
}

/// Adds members to an object.
pub fn with(mut object: Value, more: Value) -> Value {
    if let (Some(object), Value::Object(more)) = (object.as_object_mut(), more) {
        object.extend(more);
    }
    object
}

// beats: winlogbeat/sys/eventlogging, exported fields of 1.2 and 5; PR 1227 for the full id.
fn winlogbeat_base(s: &Said, id: u32) -> Value {
    json!({
        "@timestamp": ISO, "beat": {"hostname": "SERVER1", "name": "SERVER1"},
        "category": "None", "computer_name": "SERVER1", "event_id": id, "level": s.level.word(),
        "log_name": s.log, "record_number": "4242", "source_name": s.source,
        "type": "eventlogging",
    })
}

fn winlogbeat1(s: &Said) -> String {
    let more = json!({"message": s.message(), "count": 1});
    with(winlogbeat_base(s, s.full_id()), more).to_string()
}

fn winlogbeat1_inserts(s: &Said) -> String {
    let more = json!({"message_inserts": s.strings(), "count": 1});
    with(winlogbeat_base(s, s.full_id()), more).to_string()
}

fn winlogbeat5(s: &Said) -> String {
    let more = json!({"message": s.message(), "event_data": numbered(s, "param")});
    with(winlogbeat_base(s, s.bare_id()), more).to_string()
}

fn winlogbeat6(s: &Said) -> String {
    let error = "The system cannot find message text for message number 3221356552 in the message \
                 file for C:\\WINDOWS\\System32\\crypt32.dll.";
    let more = json!({"message_error": error, "event_data": numbered(s, "param")});
    with(winlogbeat_base(s, s.bare_id()), more).to_string()
}

// beats: winlogbeat/eventlog ToEvent(), winevent Fields().
pub fn ecs(s: &Said, id: Value) -> Value {
    json!({
        "@timestamp": ISO,
        "event": {"created": "2010-03-15T11:28:01.123Z", "kind": "event", "code": id,
            "provider": s.source},
        "log": {"level": s.level.lower()},
        "message": s.short_message().replace("\r\n", "\n"),
        "host": {"name": "SERVER1"},
        "agent": {"type": "winlogbeat", "version": "8.12.0", "name": "WEC01"},
        "ecs": {"version": "8.0.0"},
        "winlog": {"api": "wineventlog", "channel": s.log, "computer_name": "SERVER1",
            "event_id": id, "provider_name": s.source, "record_id": 4242, "keywords": ["Classic"],
            "event_data": numbered(s, "param")},
    })
}

/// With `include_xml`.
fn ecs_original(s: &Said) -> String {
    let mut record = ecs(s, s.bare_id().to_string().into());
    record["event"]["original"] = s.xml(false).into();
    record.to_string()
}

/// The same with dotted keys.
fn ecs_dotted(s: &Said) -> String {
    fn flatten(prefix: &str, value: Value, flat: &mut serde_json::Map<String, Value>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                    flatten(&path, value, flat);
                }
            }
            other => {
                flat.insert(prefix.to_owned(), other);
            }
        }
    }
    let mut flat = serde_json::Map::new();
    flatten("", ecs(s, s.bare_id().to_string().into()), &mut flat);
    Value::Object(flat).to_string()
}

// NXLog reference: im_mseventlog, im_msvistalog, xm_gelf.
pub fn nxlog(s: &Said) -> Value {
    json!({
        "EventTime": SPACED, "EventTimeWritten": SPACED, "Hostname": "SERVER1",
        "EventType": s.level.upper(), "SeverityValue": s.level.nxlog(),
        "Severity": s.level.upper(), "EventID": s.bare_id(), "SourceName": s.source,
        "FileName": s.log, "RecordNumber": 4242, "Category": "None", "Message": s.message(),
        "EventReceivedTime": "2010-03-15 11:27:58", "SourceModuleName": "eventlog",
        "SourceModuleType": "im_mseventlog",
    })
}

fn nxlog_legacy(s: &Said) -> String {
    nxlog(s).to_string()
}

fn nxlog_modern(s: &Said) -> String {
    json!({
        "EventTime": SPACED, "Hostname": "SERVER1", "Keywords": 36_028_797_018_963_968_i64,
        "EventType": s.level.upper(), "SeverityValue": s.level.nxlog(),
        "Severity": s.level.upper(), "EventID": s.bare_id(), "SourceName": s.source,
        "ProviderGuid": "", "Version": 0, "Task": 0, "OpcodeValue": 0, "RecordNumber": 4242,
        "ProcessID": 0, "ThreadID": 0, "Channel": s.log, "Message": s.message(),
        "EventReceivedTime": "2010-03-15 11:27:58", "SourceModuleName": "in",
        "SourceModuleType": "im_msvistalog",
    })
    .to_string()
}

fn nxlog_gelf(s: &Said) -> String {
    let message = s.message();
    json!({
        "version": "1.1", "host": "SERVER1", "short_message": &message[..64],
        "full_message": message, "timestamp": 1_268_652_477, "level": s.level.gelf(),
        "_EventID": s.bare_id(), "_SourceName": s.source, "_FileName": s.log,
        "_EventType": s.level.upper(), "_SourceModuleType": "im_mseventlog",
    })
    .to_string()
}

// fluent-bit: plugins/in_winlog/pack.c, plugins/in_winevtlog/pack.c.
fn fluentbit_legacy(s: &Said) -> String {
    json!({
        "RecordNumber": 4242, "TimeGenerated": ZONED, "TimeWritten": ZONED, "EventID": s.id,
        "Qualifiers": s.qualifiers, "EventType": s.level.word(), "EventCategory": 0,
        "Channel": s.log, "SourceName": s.source, "ComputerName": "SERVER1", "Data": "",
        "Sid": "", "Message": s.message(), "StringInserts": s.strings(),
    })
    .to_string()
}

pub fn fluentbit(s: &Said, message: &str) -> Value {
    json!({
        "ProviderName": s.source, "ProviderGuid": "", "Qualifiers": s.qualifiers, "EventID": s.id,
        "Version": 0, "Level": s.level.modern(), "Task": 0, "Opcode": 0,
        "Keywords": "0x80000000000000", "TimeCreated": ZONED, "EventRecordID": 4242,
        "ActivityID": "", "RelatedActivityID": "", "ProcessID": 0, "ThreadID": 0,
        "Channel": s.log, "Computer": "SERVER1", "UserID": "", "Message": message,
        "StringInserts": s.strings(),
    })
}

fn fluentbit_text(s: &Said) -> String {
    let text = format!(
        "ProviderName={}\nProviderGuid=\nQualifiers={}\nEventID={}\nVersion=0\nLevel={}\nTask=0\n\
         Opcode=0\nKeywords=0x80000000000000\nTimeCreated={ZONED}\nEventRecordID=4242\n\
         ProcessID=0\nThreadID=0\nChannel={}\nComputer=SERVER1\nUserID=\nMessage={}",
        s.source,
        s.qualifiers,
        s.id,
        s.level.modern(),
        s.log,
        s.message(),
    );
    json!({"log": text}).to_string()
}

// fluent-plugin-windows-eventlog: in_windows_eventlog.rb, README; winevt_c: winevt_utils.cpp.
fn fluentd(s: &Said, text: &str) -> String {
    let record = json!({
        "channel": s.log.to_lowercase(), "record_number": "4242", "time_generated": ZONED,
        "time_written": ZONED, "event_id": s.bare_id().to_string(),
        "event_type": s.level.lower(), "event_category": "0", "source_name": s.source,
        "computer_name": "SERVER1", "user": "", "string_inserts": s.strings(),
    });
    with(record, json!({text: s.message()})).to_string()
}

fn fluentd2(s: &Said, preserve: bool) -> String {
    let record = json!({
        "ProviderName": s.source, "ProviderGUID": "", "Level": s.level.modern().to_string(),
        "Task": "0", "Opcode": "0", "Keywords": "0x80000000000000",
        "TimeCreated": "2010/03/15 11:27:57.0", "EventRecordID": "4242", "ProcessID": "0",
        "ThreadID": "0", "Channel": s.log, "Computer": "SERVER1", "Version": "0",
        "Description": s.message(), "EventData": s.strings(),
    });
    let id = if preserve {
        json!({"EventID": s.id.to_string(), "Qualifiers": s.qualifiers.to_string()})
    } else {
        json!({"EventID": s.full_id().to_string()})
    };
    with(record, id).to_string()
}

// opentelemetry-collector-contrib: pkg/stanza/operator/input/windows/xml.go, PRs 28587 and 46034.
pub fn otel(s: &Said, data: Value) -> Value {
    json!({
        "channel": s.log, "computer": "SERVER1",
        "event_id": {"id": s.id, "qualifiers": s.qualifiers}, "keywords": ["Classic"],
        "level": s.level.word(), "message": s.message(), "opcode": "0",
        "provider": {"event_source": "", "guid": "", "name": s.source}, "record_id": 4242,
        "system_time": ISO7, "task": "0", "version": 0, "event_data": data,
    })
}

// vector: src/sources/windows_event_log/parser.rs.
pub fn vector(s: &Said, message: String) -> Value {
    json!({
        "timestamp": "2010-03-15T11:27:57Z", "message": message, "host": "SERVER1",
        "source_type": "windows_event_log", "event_id": s.id, "record_id": 4242,
        "level": s.level.word(), "level_value": s.level.modern(), "channel": s.log,
        "provider_name": s.source, "provider_guid": "", "computer": "SERVER1", "process_id": 0,
        "thread_id": 0, "keywords": "0x0080000000000000", "keyword_names": ["Classic"],
        "qualifiers": s.qualifiers, "string_inserts": s.strings(), "event_data": {},
    })
}

// loki: clients/pkg/promtail/targets/windows/format.go.
pub fn promtail(s: &Said) -> Value {
    json!({
        "source": s.source, "channel": s.log, "computer": "SERVER1", "event_id": s.bare_id(),
        "level": s.level.modern(), "levelText": s.level.word(), "keywords": "Classic",
        "timeCreated": ISO9, "eventRecordID": 4242, "event_data": s.elements("Data"),
        "message": s.message(),
    })
}

// telegraf: plugins/inputs/win_eventlog/README.md, JSON serializer.
pub fn telegraf(s: &Said) -> Value {
    let mut fields = with(
        json!({"Level": s.level.modern(), "RecordID": 4242, "UserName": "",
            "Message": s.message().lines().collect::<Vec<_>>().join("\n")}),
        numbered(s, "Data_"),
    );
    fields["Version"] = 0.into();
    json!({
        "fields": fields, "name": "win_eventlog",
        "tags": {"Channel": s.log, "Computer": "SERVER1", "EventID": s.bare_id().to_string(),
            "LevelText": s.level.word(), "Source": s.source, "host": "WEC01"},
        "timestamp": 1_268_652_477,
    })
}

// Azure Monitor: tables Event and WindowsEvent.
fn azure(s: &Said) -> String {
    let data = format!(
        "<DataItem type=\"System.XmlData\" time=\"2010-03-15T11:27:57\" sourceHealthServiceId=\"x\">\
         <EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">{}</EventData>\
         </DataItem>",
        s.elements("Data")
    );
    json!({
        "TenantId": "x", "SourceSystem": "OpsManager", "TimeGenerated": "2010-03-15T11:27:57Z",
        "Source": s.source, "EventLog": s.log, "Computer": "SERVER1",
        "EventLevel": s.level.azure(), "EventLevelName": s.level.word(),
        "ParameterXml": s.elements("Param"), "EventData": data, "EventID": s.bare_id(),
        "RenderedDescription": s.message(), "EventCategory": 0, "UserName": "N/A",
        "Type": "Event",
    })
    .to_string()
}

fn azure_windows(s: &Said, data: Value) -> String {
    json!({
        "TenantId": "x", "TimeGenerated": "2010-03-15T11:27:57Z", "Provider": s.source,
        "Channel": s.log, "Computer": "SERVER1", "EventID": s.bare_id(),
        "EventLevel": s.level.modern(), "EventLevelName": s.level.word(), "Task": 0, "Opcode": "",
        "Keywords": "0x80000000000000", "EventData": data, "Type": "WindowsEvent",
    })
    .to_string()
}

// datadog-agent: pkg/logs/tailers/windowsevent/tailer_test.go.
fn datadog(s: &Said) -> String {
    json!({
        "Event": {
            "EventData": {"Data": s.strings()},
            "System": {"Channel": s.log, "Computer": "SERVER1", "EventID": s.id.to_string(),
                "EventIDQualifier": s.qualifiers.to_string(), "EventRecordID": "4242",
                "Keywords": "0x80000000000000", "Level": s.level.modern().to_string(),
                "Provider": {"Name": s.source}, "Security": "", "Task": "0",
                "TimeCreated": {"SystemTime": ISO9}},
            "xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "level": s.level.word(), "message": s.message(),
    })
    .to_string()
}

// Microsoft: Win32_NTLogEvent; logstash-input-eventlog: eventlog.rb.
fn wmi(s: &Said) -> Value {
    json!({
        "Category": 0, "CategoryString": null, "ComputerName": "SERVER1", "Data": null,
        "EventCode": s.id, "EventIdentifier": s.full_id(), "EventType": s.level.legacy(),
        "InsertionStrings": s.strings(), "Logfile": s.log, "Message": s.message(),
        "RecordNumber": 4242, "SourceName": s.source, "TimeGenerated": WMI, "TimeWritten": WMI,
        "Type": s.level.lower(), "User": null,
    })
}

fn logstash(s: &Said) -> String {
    let more = json!({
        "@timestamp": ISO, "@version": "1", "host": "COLLECTOR", "path": "Application",
        "type": "Win32-EventLog", "message": s.message(),
    });
    with(wmi(s), more).to_string()
}

// Windows PowerShell 5.1: Get-EventLog and Get-WinEvent through ConvertTo-Json.
fn ps_geteventlog(s: &Said) -> String {
    json!({
        "EventID": s.id, "MachineName": "SERVER1", "Data": [], "Index": 4242, "Category": "(0)",
        "CategoryNumber": 0, "EntryType": s.level.legacy(), "Message": s.message(),
        "Source": s.source, "ReplacementStrings": s.strings(), "InstanceId": s.full_id(),
        "TimeGenerated": DATE, "TimeWritten": DATE, "UserName": null, "Site": null,
        "Container": null,
    })
    .to_string()
}

fn ps_getwinevent(s: &Said, properties: Value) -> String {
    json!({
        "Id": s.id, "Version": null, "Qualifiers": s.qualifiers, "Level": s.level.modern(),
        "Task": 0, "Opcode": null, "Keywords": 36_028_797_018_963_968_i64, "RecordId": 4242,
        "ProviderName": s.source, "ProviderId": null, "LogName": s.log, "ProcessId": null,
        "ThreadId": null, "MachineName": "SERVER1", "UserId": null, "TimeCreated": DATE,
        "ActivityId": null, "RelatedActivityId": null, "ContainerLog": "Application",
        "MatchedQueryIds": [], "Bookmark": {}, "LevelDisplayName": s.level.word(),
        "OpcodeDisplayName": null, "TaskDisplayName": null, "KeywordsDisplayNames": ["Classic"],
        "Properties": properties, "Message": s.message(),
    })
    .to_string()
}
