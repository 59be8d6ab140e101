//! Shapes of forensic tools and of Wazuh, and envelopes around other shapes.

use serde_json::{Value, json};

use crate::{
    event::Said,
    shapes::{
        ALL, ISO, ISO7, ISO9, JOINED, LEVEL, LOG, STRINGS, Shape, TEXT, ecs, fluentbit, nxlog,
        otel, promtail, shape, telegraf,
    },
};

pub static SHAPES: &[Shape] = &[
    shape("wazuh38", TEXT | STRINGS | LEVEL | LOG, ISO9, wazuh38),
    shape("wazuh-eventchannel", TEXT | JOINED | LEVEL | LOG, ISO9, |s| wazuh(s).to_string()),
    shape("wazuh-alert", TEXT | JOINED | LEVEL | LOG, ISO9, |s| {
        json!({
            "timestamp": "2010-03-15T11:28:00.000+0000",
            "rule": {"level": 5, "id": "60602", "description": "Windows Application error event."},
            "agent": {"id": "001", "name": "SERVER1"}, "manager": {"name": "wazuh"},
            "id": "1268652480.1234", "decoder": {"name": "windows_eventchannel"},
            "data": wazuh(s), "location": "EventChannel",
        })
        .to_string()
    }),
    shape("wazuh-eventlog-alert", TEXT | LEVEL | LOG, "2010 Mar 15 11:27:57", wazuh_eventlog),
    shape("evtx_dump", ALL & !TEXT, ISO7, |s| evtx_dump(s, false).to_string()),
    shape("evtx_dump-forwarded", ALL & !TEXT, ISO7, |s| evtx_dump(s, true).to_string()),
    shape("evtx_dump-plain-data", ALL & !TEXT, ISO7, |s| {
        let mut record = evtx_dump(s, false);
        record["Event"]["EventData"]["Data"] = json!(s.strings());
        record.to_string()
    }),
    shape("evtx_dump-sepattr", ALL & !TEXT, ISO7, sepattr),
    shape("velociraptor", ALL, "1268652477", velociraptor),
    shape("chainsaw", ALL & !TEXT, ISO7, |s| {
        json!({
            "group": "Sigma", "kind": "individual", "name": "x", "level": "info", "status": "test",
            "source": "sigma", "id": "e0b06658", "timestamp": "2010-03-15T11:27:57+00:00",
            "document": {"kind": "evtx", "path": "Application.evtx", "data": evtx_dump(s, false)},
        })
        .to_string()
    }),
    shape("evtxecmd", JOINED | LEVEL | LOG, "2010-03-15T11:27:57.0000000+00:00", |s| {
        evtxecmd(s, json!(s.joined(", ")))
    }),
    shape("evtxecmd-array", STRINGS | LEVEL | LOG, "2010-03-15T11:27:57.0000000+00:00", |s| {
        evtxecmd(s, json!(s.strings()))
    }),
    shape("hayabusa-provider", JOINED | LOG, "2010-03-15 11:27:57.000 +00:00", |s| {
        let mut record = hayabusa(s);
        record["Provider"] = s.source.into();
        record["Channel"] = s.log.into();
        record.to_string()
    }),
    // Envelopes.
    shape("es-hit", TEXT | STRINGS | LEVEL | LOG, ISO, |s| {
        let source = ecs(s, s.bare_id().to_string().into());
        json!({"_index": "winlogbeat-8", "_id": "x", "_score": 1.0, "_source": source}).to_string()
    }),
    shape("es-search", TEXT | STRINGS | LEVEL | LOG, ISO, |s| {
        let source = ecs(s, s.bare_id().to_string().into());
        json!({"took": 1, "hits": {"total": {"value": 1}, "hits": [{"_id": "x", "_source": source}]}})
            .to_string()
    }),
    shape("loki-push", TEXT | STRINGS | LEVEL | LOG, ISO9, |s| loki(&promtail(s).to_string())),
    shape("loki-push-fluentbit", ALL, "2010-03-15 11:27:57 +0000", |s| {
        loki(&fluentbit(s, &s.message()).to_string())
    }),
    shape("loki-push-xml", ALL, ISO7, |s| loki(&s.xml(true))),
    shape("otlp-v1", ALL & !STRINGS, ISO7, |s| otlp(s, &any(&otel(s, json!({}))))),
    shape("otlp-v2", ALL, ISO7, |s| {
        let data: Vec<Value> = s.strings().into_iter().map(|text| json!({"": text})).collect();
        otlp(s, &any(&otel(s, json!({"data": data}))))
    }),
    shape("otlp-v3", ALL, ISO7, |s| otlp(s, &any(&otel(s, crate::shapes::numbered(s, "Data"))))),
    shape("otlp-raw-xml", ALL & !TEXT, ISO7, |s| otlp(s, &json!({"stringValue": s.xml(false)}))),
    shape("otlp-raw-xml-rendered", ALL, ISO7, |s| otlp(s, &json!({"stringValue": s.xml(true)}))),
    shape("telegraf-batch", TEXT | STRINGS | LEVEL | LOG, "1268652477", |s| {
        json!({"metrics": [telegraf(s)]}).to_string()
    }),
    shape("splunk-hec-json", TEXT | LEVEL | LOG, "2010-03-15 11:27:57", |s| {
        hec(&nxlog(s), "_json")
    }),
    shape("splunk-hec-string", TEXT | LEVEL | LOG, "2010-03-15 11:27:57", |s| {
        hec(&nxlog(s).to_string().into(), "_json")
    }),
    shape("splunk-hec-xml", ALL & !TEXT, ISO7, |s| hec(&s.xml(false).into(), "XmlWinEventLog")),
    shape("json-in-message", TEXT | LEVEL | LOG, "2010-03-15 11:27:57", |s| {
        json!({"@timestamp": ISO, "@version": "1", "host": "COLLECTOR", "type": "tcp",
            "message": nxlog(s).to_string()})
        .to_string()
    }),
    shape("syslog-json", TEXT | LEVEL | LOG, "2010-03-15 11:27:57", |s| {
        format!("<11>Mar 15 11:27:57 SERVER1 nxWinEvt: {}", nxlog(s))
    }),
    shape("xml", ALL & !TEXT, ISO7, |s| s.xml(false)),
    shape("xml-rendered", ALL, ISO7, |s| s.xml(true)),
];

/// Hayabusa's default profile, which names no provider and shortens the channel.
pub fn hayabusa(s: &Said) -> Value {
    json!({
        "Timestamp": "2010-03-15 11:27:57.000 +00:00", "RuleTitle": "x", "Level": "high",
        "Computer": "SERVER1", "Channel": "App", "EventID": s.bare_id(), "RecordID": 4242,
        "Details": {"Data": s.joined(" \u{a6} ")}, "ExtraFieldInfo": {},
    })
}

// wazuh: src/logcollector/read_win_event_channel.c of 3.8, src/analysisd/decoders/winevtchannel.c.
fn wazuh38(s: &Said) -> String {
    let strings = s.strings();
    let data = strings.iter().map(|t| format!("\"Data\":{}", json!(t.trim_end())));
    format!(
        "{{\"EventChannel\":{{\"System\":{},\"Message\":{},\"EventData\":{{{}}}}}}}",
        json!({"ProviderName": s.source, "EventID": s.bare_id().to_string(),
            "Level": s.level.modern().to_string(), "Task": "0", "Keywords": "0x80000000000000",
            "SystemTime": ISO9, "EventRecordID": "4242", "Channel": s.log,
            "Computer": "SERVER1", "SeverityValue": s.level.upper()}),
        json!(s.short_message()),
        data.collect::<Vec<_>>().join(","),
    )
}

fn wazuh(s: &Said) -> Value {
    json!({"win": {
        "system": {"providerName": s.source, "eventID": s.bare_id().to_string(),
            "level": s.level.modern().to_string(), "task": "0", "keywords": "0x80000000000000",
            "systemTime": ISO9, "eventRecordID": "4242", "channel": s.log,
            "computer": "SERVER1", "severityValue": s.level.upper(),
            "message": format!("\"{}\"", s.short_message())},
        "eventdata": {"data": s.joined(", ")},
    }})
}

// ossec-hids: src/logcollector/read_win_el.c, etc/decoder.xml.
fn wazuh_eventlog(s: &Said) -> String {
    let line = format!(
        "2010 Mar 15 11:27:57 WinEvtLog: {}: {}({}): {}: (no user): no domain: SERVER1: {}",
        s.log,
        s.level.upper(),
        s.bare_id(),
        s.source,
        s.short_message(),
    );
    json!({
        "timestamp": "2010-03-15T11:28:00.000+0000", "rule": {"level": 5, "id": "18102"},
        "agent": {"id": "001", "name": "SERVER1"}, "manager": {"name": "wazuh"},
        "id": "1268652480.1234", "full_log": line,
        "decoder": {"parent": "windows", "name": "windows"},
        "data": {"dstuser": "(no user)", "id": s.bare_id().to_string(),
            "status": s.level.upper(), "data": s.source, "system_name": "SERVER1"},
        "location": "WinEvtLog",
    })
    .to_string()
}

// evtx 0.15: `evtx_dump -o jsonl`; forwarded logs have every scalar as text.
fn evtx_dump(s: &Said, texts: bool) -> Value {
    let number = |n: u32| if texts { json!(n.to_string()) } else { json!(n) };
    json!({"Event": {
        "#attributes": {"xmlns": "http://schemas.microsoft.com/win/2004/08/events/event"},
        "System": {"Provider": {"#attributes": {"Name": s.source}},
            "EventID": {"#attributes": {"Qualifiers": number(s.qualifiers)}, "#text": number(s.id)},
            "Level": number(s.level.modern()), "Task": number(0),
            "Keywords": "0x80000000000000",
            "TimeCreated": {"#attributes": {"SystemTime": ISO7}}, "EventRecordID": number(4242),
            "Channel": s.log, "Computer": "SERVER1", "Security": null},
        "EventData": {"Data": {"#text": s.strings()}},
    }})
}

fn sepattr(s: &Said) -> String {
    json!({"Event": {
        "System": {"Provider": null, "Provider_attributes": {"Name": s.source}, "EventID": s.id,
            "EventID_attributes": {"Qualifiers": s.qualifiers}, "Level": s.level.modern(),
            "Task": 0, "Keywords": "0x80000000000000",
            "TimeCreated": null, "TimeCreated_attributes": {"SystemTime": ISO7},
            "EventRecordID": 4242, "Channel": s.log, "Computer": "SERVER1", "Security": null},
        "EventData": {"Data": s.strings()},
    }})
    .to_string()
}

fn velociraptor(s: &Said) -> String {
    json!({
        "System": {"Provider": {"Name": s.source},
            "EventID": {"Value": s.id, "Qualifiers": s.qualifiers}, "Level": s.level.modern(),
            "Task": 0, "Keywords": 36_028_797_018_963_968_i64,
            "TimeCreated": {"SystemTime": 1_268_652_477}, "EventRecordID": 4242,
            "Channel": s.log, "Computer": "SERVER1", "Security": {}},
        "EventData": {"Data": s.strings()}, "Message": s.message(),
    })
    .to_string()
}

// EvtxECmd: EventRecord.cs, Program.cs; the payload is a JSON text.
fn evtxecmd(s: &Said, data: Value) -> String {
    let payload = json!({"EventData": {"Data": data, "Binary": ""}}).to_string();
    json!({
        "Computer": "SERVER1", "Payload": payload, "Channel": s.log, "Provider": s.source,
        "EventId": s.bare_id(), "EventRecordId": "4242", "ProcessId": 0, "ThreadId": 0,
        "Level": s.level.word(), "Keywords": "0x80000000000000",
        "SourceFile": "C:\\x\\Application.evtx", "ExtraDataOffset": 0, "HiddenRecord": false,
        "TimeCreated": "2010-03-15T11:27:57.0000000+00:00", "ChunkNumber": 0, "RecordNumber": 1,
    })
    .to_string()
}

fn loki(line: &str) -> String {
    let stream = json!({"job": "eventlog", "level": "info"});
    json!({"streams": [{"stream": stream, "values": [["1268652477000000000", line]]}]}).to_string()
}

// opentelemetry-proto: logs.proto as JSON.
fn otlp(s: &Said, body: &Value) -> String {
    json!({"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"scope": {},
        "logRecords": [{"timeUnixNano": "1268652477000000000", "severityNumber": s.level.otlp(),
            "severityText": s.level.word(), "body": body}]}]}]})
    .to_string()
}

/// A plain value as OTLP's `AnyValue`.
fn any(value: &Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(bool) => json!({"boolValue": bool}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::String(text) => json!({"stringValue": text}),
        Value::Array(items) => {
            json!({"arrayValue": {"values": items.iter().map(any).collect::<Vec<_>>()}})
        }
        Value::Object(members) => {
            let member = |(key, value)| json!({"key": key, "value": any(value)});
            json!({"kvlistValue": {"values": members.iter().map(member).collect::<Vec<_>>()}})
        }
    }
}

fn hec(event: &Value, sourcetype: &str) -> String {
    json!({
        "time": 1_268_652_477, "host": "SERVER1", "source": "WinEventLog:Application",
        "sourcetype": sourcetype, "index": "main", "event": event,
    })
    .to_string()
}
