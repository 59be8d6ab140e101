//! The readers by family: the input goes directly to every reader, as one record, and as a stream
//! in chunks.

use crypt32_filter::{
    event::Event,
    framing::Format,
    logs::stream::{Events, Found, Summary},
    policy::{Action, Policy},
    record::{
        block, cef as heads, csv as tables,
        line::{
            message_alone, name_value, ossec, plaso, rfc5424_data, snare, syslog_agents, telegraf,
            tln,
        },
        prefix, syslog,
        text::Read,
        xml as events,
    },
    report::assessment::Assessment,
    verdict::Outcome,
};
use serde_json::{Value, json as value};

use super::{
    json::compare,
    record,
    take::{Take, pieces},
};

/// Compares JSON with `serde_json`.
pub fn json(data: &[u8]) {
    if let Ok(text) = core::str::from_utf8(data) {
        compare(text);
    }
    record::check(data);
    cut(data, Format::Json);
}

/// Event XML, whole or in pieces.
pub fn xml(data: &[u8]) {
    shapes(data, &[events::event, message_alone::xml]);
    cut(data, Format::Xml);
}

/// Blocks of text.
pub fn block(data: &[u8]) {
    use block::{
        brackets, event_viewer, eventquery, evtexport, forum_logs, mof, powershell_list, splunk,
    };
    shapes(
        data,
        &[
            powershell_list::event,
            event_viewer::query,
            event_viewer::xp,
            event_viewer::vista,
            event_viewer::wevtutil,
            splunk::event,
            forum_logs::psloglist,
            forum_logs::rsit,
            forum_logs::otl,
            forum_logs::frst,
            eventquery::event,
            mof::event,
            evtexport::event,
            brackets::cloudwatch,
            brackets::fluent_bit,
        ],
    );
    cut(data, Format::Text);
}

/// Lines of agents and of syslog.
pub fn line(data: &[u8]) {
    shapes(
        data,
        &[
            ossec::event,
            snare::event,
            name_value::win_collect,
            name_value::fluent_bit,
            syslog_agents::event_reporter,
            syslog_agents::adiscon,
            syslog_agents::log_parser,
            syslog_agents::syslog_ng,
            syslog_agents::evtsys,
            syslog_agents::ntsyslog,
            rfc5424_data::event,
            telegraf::event,
            message_alone::dds,
            message_alone::event,
            plaso::event,
            tln::event,
            tln::csv,
        ],
    );
    if let Ok(text) = core::str::from_utf8(data) {
        if let Some(prefix::Behind { at, object, .. }) = prefix::json(text) {
            assert!(text[at..].starts_with(object), "the object is where it is said to be");
        }
        let _ = syslog::header(text);
    }
    cut(data, Format::Syslog);
}

/// Tables.
pub fn csv(data: &[u8]) {
    shapes(
        data,
        &[tables::xp, tables::vista, tables::psloglist, tables::with_header, tables::plaso::event],
    );
    cut(data, Format::Csv);
}

/// CEF and LEEF, alone and after a syslog header.
pub fn cef(data: &[u8]) {
    shapes(data, &[heads::cef, heads::leef]);
    record::check(&[b"<11>Mar 15 11:27:57 SERVER1 ", data].concat());
}

/// Records inside records: a record that is benign in an envelope is also benign alone, and nothing
/// is benign together with other content.
pub fn envelope(data: &[u8]) {
    record::check(data);
    let Ok(text) = core::str::from_utf8(data) else { return };
    let other =
        r#"{"SourceName":"Security","EventID":4625,"Message":"An account failed to log on."}"#;
    let inner = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    let object = if inner.is_some() { text } else { "{}" };
    let loki = |lines: &[&str]| {
        let values: Vec<Value> = lines.iter().map(|line| value!(["1", line])).collect();
        value!({"streams": [{"stream": {"job": "x"}, "values": values}]}).to_string()
    };
    let otlp = |lines: &[&str]| {
        let records: Vec<Value> =
            lines.iter().map(|line| value!({"body": {"stringValue": line}})).collect();
        value!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).to_string()
    };
    let policy = Policy::default();
    let outcome = |record: &str| record::verdict(record.as_bytes(), &policy).0.outcome;
    let alone = outcome(text.trim_matches([' ', '\t', '\r', '\n']));
    for (with, beside) in [
        (loki(&[text]), loki(&[text, other])),
        (otlp(&[text]), otlp(&[other, text])),
        (
            value!({"message": text}).to_string(),
            value!({"message": format!("[{object},{other}]")}).to_string(),
        ),
        (
            format!("{{\"_source\":{object}}}"),
            format!("{{\"_source\":{object},\"event\":{other}}}"),
        ),
        (
            format!("{{\"hits\":{{\"hits\":[{{\"_source\":{object}}}]}}}}"),
            format!("{{\"hits\":{{\"hits\":[{{\"_source\":{object}}},{{\"_source\":{other}}}]}}}}"),
        ),
    ] {
        record::check(with.as_bytes());
        record::check(beside.as_bytes());
        if outcome(&with) == Outcome::Benign {
            assert_eq!(alone, Outcome::Benign, "an envelope made it benign: {with}");
        }
        assert_ne!(outcome(&beside), Outcome::Benign, "{beside}");
        let drop =
            Policy { action: Action::Drop, accept: record::accept_all(), ..Policy::default() };
        let line = format!("{beside}\n");
        assert_eq!(record::run(line.as_bytes(), drop).0, line.len(), "dropped: {beside}");
    }
}

/// Gives the text to every reader of a family, and to the one that accepts it.
fn shapes(data: &[u8], shapes: &[Read]) {
    if let Ok(text) = core::str::from_utf8(data) {
        for shape in shapes {
            let mut event = Event::default();
            if shape(text, 0, &mut event).is_some() {
                let finding = Assessment::of(&event, &Policy::default(), None);
                assert!(serde_json::to_string(&finding).is_ok());
            }
        }
    }
    record::check(data);
}

/// The maximum length of a record. It is short, so that some records are too long.
const MOST: usize = 2048;

/// Reads a stream whole and in chunks, whose sizes the first byte chooses. The results must be
/// equal.
fn cut(data: &[u8], format: Format) {
    let mut take = Take::from(data);
    let sizes = take.cuts();
    for format in [Some(format), None] {
        let whole = read(&[data], format);
        assert_eq!(read(&pieces(data, &sizes), format), whole, "cut in pieces of {sizes:?}");
        assert_eq!(whole.1.events, whole.0.len() as u64);
    }
}

fn read(chunks: &[&[u8]], format: Option<Format>) -> (Vec<String>, Summary) {
    let mut found = Vec::new();
    let mut events = Events::new(format, MOST);
    let mut note = |f: Found<'_>| {
        let finding = Assessment::of(f.event_read, &Policy::default(), None);
        let finding = serde_json::to_string(&finding).expect("JSON");
        found.push(format!("{} {} {} {finding}", f.record, f.event, f.offset));
    };
    for chunk in chunks {
        events.push(chunk, &mut note);
        assert!(events.buffered() <= 16 * MOST, "holds {} bytes", events.buffered());
    }
    events.finish(&mut note);
    let summary = events.summary().clone();
    (found, summary)
}
