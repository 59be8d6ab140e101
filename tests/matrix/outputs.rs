//! The output of programs for records of others: Graylog's names, Azure's diagnostics, responses of
//! log stores, and XML converted to JSON. Sources: the producers named with each.

use serde_json::{Value, json};

use crate::{
    event::Said,
    shapes::{
        ALL, ISO, ISO7, ISO9, LEVEL, LOG, SPACED, STRINGS, Shape, TEXT, ecs, nxlog, promtail, shape,
    },
};

const SPLUNK: &str = "03/15/2010 11:27:57 AM";

pub static SHAPES: &[Shape] = &[
    shape("graylog-winlogbeat6", TEXT | STRINGS | LEVEL | LOG, ISO, graylog6),
    shape("graylog-winlogbeat7", TEXT | STRINGS | LEVEL | LOG, ISO, graylog7),
    shape("azure-diagnostics", ALL, ISO7, |s| azure_diagnostics(s).to_string()),
    shape("azure-event-hub", ALL, ISO7, |s| {
        json!({"records": [{
            "time": "2010-03-15T11:28:00.0000000Z", "category": "WindowsEventLogsTable",
            "level": s.level.word(), "properties": azure_diagnostics(s),
        }]})
        .to_string()
    }),
    shape("xmltodict", ALL & !TEXT, ISO9, |s| xmltodict(s, &json!(s.strings())).to_string()),
    shape("python-evtx", ALL & !TEXT, ISO9, |s| {
        let strings: String =
            s.strings().iter().map(|text| format!("<string>{text}</string>\n")).collect();
        xmltodict(s, &strings.into()).to_string()
    }),
    shape("insightidr", STRINGS, ISO9, insight_idr),
    // A line of evtsys, parsed by Logstash's syslog input, fluentd's and Fluent Bit's, and
    // Vector's.
    shape("syslog-logstash", TEXT, ISO, |s| {
        json!({
            "@timestamp": ISO, "host": "192.0.2.5", "logsource": "SERVER1", "program": s.source,
            "priority": 27, "severity": 3, "severity_label": "Error", "message": evtsys(s),
        })
        .to_string()
    }),
    shape("syslog-ident", TEXT, ISO, |s| {
        json!({"pri": "27", "time": ISO, "host": "SERVER1", "ident": s.source, "pid": null,
            "message": evtsys(s)})
        .to_string()
    }),
    shape("syslog-vector", TEXT, ISO, |s| {
        json!({"appname": s.source, "facility": "daemon", "hostname": "SERVER1", "host": "SERVER1",
            "severity": "err", "source_type": "syslog", "timestamp": ISO, "message": evtsys(s)})
        .to_string()
    }),
    // Envelopes.
    shape("cloudwatch-subscription", TEXT | LEVEL | LOG, "1268652477000", |s| {
        json!({
            "messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s",
            "subscriptionFilters": ["f"], "logEvents": [cloudwatch(s)],
        })
        .to_string()
    }),
    shape("cloudwatch-filter-log-events", TEXT | LEVEL | LOG, "1268652477000", |s| {
        json!({"events": [cloudwatch(s)], "searchedLogStreams": []}).to_string()
    }),
    shape("loki-query", TEXT | STRINGS | LEVEL | LOG, ISO9, |s| {
        let values = json!([["1268652477000000000", promtail(s).to_string()]]);
        let result = json!([{"stream": {"job": "eventlog"}, "values": values}]);
        json!({"status": "success", "data": {"resultType": "streams", "result": result}})
            .to_string()
    }),
    shape("journald", TEXT | LEVEL | LOG, SPACED, |s| {
        json!({
            "__CURSOR": "s=x", "__REALTIME_TIMESTAMP": "1268652478000000", "_HOSTNAME": "collector",
            "PRIORITY": "3", "SYSLOG_IDENTIFIER": "nxlog", "MESSAGE": nxlog(s).to_string(),
        })
        .to_string()
    }),
    shape("splunk-results", TEXT | LEVEL | LOG, SPLUNK, |s| {
        json!({"preview": false, "results": [{"_raw": splunk(s), "sourcetype": "WinEventLog"}]})
            .to_string()
    }),
    shape("kafka-connect", TEXT | STRINGS | LEVEL | LOG, ISO, |s| {
        json!({"schema": {"type": "struct"}, "payload": ecs(s, s.bare_id().into())}).to_string()
    }),
];

/// The text after the name of the program.
fn evtsys(s: &Said) -> String {
    format!("{}: {}", s.bare_id(), s.short_message())
}

// graylog2-server: BeatsCodec, which adds the Beat as a prefix and replaces dots by underscores.
fn graylog6(s: &Said) -> String {
    let mut record = json!({
        "source": "server1", "timestamp": ISO, "message": s.message(), "facility": "winlogbeat",
        "winlogbeat_source_name": s.source, "winlogbeat_event_id": s.bare_id(),
        "winlogbeat_log_name": s.log, "winlogbeat_computer_name": "SERVER1",
        "winlogbeat_level": s.level.word(), "winlogbeat_record_number": "4242",
    });
    numbered(&mut record, "winlogbeat_event_data_param", s);
    record.to_string()
}

fn graylog7(s: &Said) -> String {
    let mut record = json!({
        "source": "server1", "timestamp": ISO, "message": s.message(), "beats_type": "winlogbeat",
        "winlogbeat_winlog_provider_name": s.source, "winlogbeat_event_provider": s.source,
        "winlogbeat_winlog_event_id": s.bare_id(), "winlogbeat_event_code": s.bare_id(),
        "winlogbeat_winlog_channel": s.log, "winlogbeat_winlog_computer_name": "SERVER1",
        "winlogbeat_log_level": s.level.lower(), "winlogbeat_winlog_record_id": 4242,
    });
    numbered(&mut record, "winlogbeat_winlog_event_data_param", s);
    record.to_string()
}

fn numbered(record: &mut Value, name: &str, s: &Said) {
    for (i, text) in s.strings().into_iter().enumerate() {
        record[format!("{name}{}", i + 1)] = text.into();
    }
}

// The table WADWindowsEventLogsTable of Azure's diagnostics extension.
fn azure_diagnostics(s: &Said) -> Value {
    json!({
        "ProviderGuid": "{00000000-0000-0000-0000-000000000000}", "ProviderName": s.source,
        "EventId": s.bare_id(), "Level": s.level.modern(), "Pid": 0, "Tid": 0, "Opcode": 0, "Task": 0,
        "Channel": s.log, "Description": s.message(), "RawXml": s.xml(false),
        "DeploymentId": "x", "Role": "IaaS", "RoleInstance": "_SERVER1",
    })
}

// xmltodict of Python; python-evtx writes the strings of an old event as elements in one text.
fn xmltodict(s: &Said, data: &Value) -> Value {
    json!({"Event": {
        "@xmlns": "http://schemas.microsoft.com/win/2004/08/events/event",
        "System": {"Provider": {"@Name": s.source},
            "EventID": {"@Qualifiers": s.qualifiers.to_string(), "#text": s.id.to_string()},
            "Level": s.level.modern().to_string(), "Task": "0", "Keywords": "0x80000000000000",
            "TimeCreated": {"@SystemTime": ISO9}, "EventRecordID": "4242", "Channel": s.log,
            "Computer": "SERVER1", "Security": null},
        "EventData": {"Data": data, "Binary": null},
    }})
}

// Public samples of InsightIDR's logs, with the event in source_json.
fn insight_idr(s: &Said) -> String {
    json!({"timestamp": "2010-03-15T11:28:00.000Z", "asset": "server1", "source_json": {
        "sourceName": s.source, "insertionStrings": s.strings(), "eventCode": s.bare_id(),
        "computerName": "SERVER1", "sid": "", "isDomainController": false, "eventData": null,
        "timeWritten": ISO9,
    }})
    .to_string()
}

// The text of amazon-cloudwatch-agent, in responses of CloudWatch Logs.
fn cloudwatch(s: &Said) -> Value {
    let (level, message) = (s.level.word().to_uppercase(), s.message());
    let text =
        format!("[{}] [{level}] [{}] [{}] [SERVER1] [{message}]", s.log, s.bare_id(), s.source);
    json!({"id": "3", "timestamp": 1_268_652_477_000_i64, "message": text})
}

fn splunk(s: &Said) -> String {
    format!(
        "{SPLUNK}\nLogName={}\nSourceName={}\nEventCode={}\nEventType={}\nType={}\n\
         ComputerName=SERVER1\nCategory=0\nCategoryString=none\nRecordNumber=4242\nMessage={}",
        s.log,
        s.source,
        s.bare_id(),
        s.level.legacy(),
        s.level.word(),
        s.message()
    )
}
