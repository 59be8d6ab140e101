//! Tests of deeply nested records. No record stops or hides another one, in the library and in the
//! command, on a stack of a few kilobytes.

#[path = "command/mod.rs"]
mod command;
#[path = "../../../tests/filtered/mod.rs"]
mod filtered;

use std::{fs, process::Command, thread};

use command::{COMMAND, folder};
use crypt32_filter::{
    engine::filter::Filter,
    framing::Format,
    json::DEEPEST,
    logs::log::Log,
    policy::{Action, Policy},
    record::names::NAMES,
    report::assessment::{self, RecordAssessment},
};
use filtered::filtered;
use serde_json::Value;

const ERROR: &str = "The server name or address could not be resolved";

/// A record with this level and id.
fn record(level: &str, id: u32) -> String {
    let url = crypt32_filter::article::URL;
    let message = format!("{}<{url}> with error: {ERROR}", crypt32_filter::article::PREFIX);
    let (kind, log) = ("SourceName", "Channel");
    serde_json::json!({kind: "crypt32", "EventID": id, "EventType": level, log: "Application",
        "ComputerName": "SERVER1", "Message": message})
    .to_string()
}

/// The good records after every hostile record, and their verdicts.
fn good() -> ([String; 3], [&'static str; 3]) {
    let records = [record("Error", 8), record("Information", 8), record("Error", 9)];
    (records, ["benign", "review", "unrelated"])
}

/// A member with this dotted name, as nested objects around a value.
fn member(name: &str, value: &str) -> String {
    let open: String = name.split('.').map(|part| format!("{{\"{part}\":")).collect();
    format!("{open}{value}{}", "}".repeat(name.split('.').count()))
}

/// Arrays, objects and both at this depth, and the same without their ends.
fn values(depth: usize) -> Vec<String> {
    let mut values = Vec::new();
    for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"event\":", "}]"), ("{\"x\":[", "]}")]
    {
        let levels = open.matches(['[', '{']).count();
        let open = open.repeat(depth / levels);
        values.push(format!("{open}0{}", close.repeat(depth / levels)));
        values.push(open);
    }
    values
}

/// Records that mention the event and have a deep value under every name that a reader knows.
fn hostile(depth: usize) -> Vec<String> {
    let names = NAMES.iter().map(|name| name.path).chain(["x"]);
    let mut records: Vec<String> = names
        .flat_map(|name| {
            let record =
                |value: &String| format!("{{\"y\":\"crypt32\",{}", &member(name, value)[1..]);
            values(depth).iter().map(record).collect::<Vec<_>>()
        })
        .collect();
    for value in values(depth) {
        // The value after a header, as the record itself, and as text in a member.
        records.push(format!("<13>Mar 15 11:27:57 A crypt32: {{\"a\":{value}}}"));
        records.push(format!("{value}crypt32"));
        records.push(format!("{{\"message\":{}}}", Value::from(format!("{value}crypt32"))));
        records.push(format!("{{\"message\":{}}}", Value::from(format!("[crypt32,{value}]"))));
        let tags = value.replace("{\"a\":", "<a>").replace('[', "<Data>").replace('}', "</a>");
        records.push(format!("<Event>crypt32{}</Event>", tags.replace(']', "</Data>")));
    }
    records
}

/// Each record followed by the good ones, line by line.
fn log(hostile: &[String]) -> String {
    let (good, _) = good();
    hostile.iter().map(|record| format!("{record}\n{}\n", good.join("\n"))).collect()
}

/// The output of a filter that drops.
fn dropping(input: &str) -> Vec<u8> {
    let policy = Policy { action: Action::Drop, ..Policy::default() };
    filtered(&mut Filter::new(policy), [input.as_bytes()])
}

/// The expected output for such a log: of the good records, the benign one is dropped and the one
/// to review is tagged.
fn left(hostile: &[String]) -> String {
    let (good, _) = good();
    let review = String::from_utf8(dropping(&good[1])).unwrap();
    hostile.iter().map(|record| format!("{record}\n{review}\n{}\n", good[2])).collect()
}

/// The events that `classify` finds after each hostile record.
fn verdicts(log: &str) -> Vec<String> {
    let (policy, mut found) = (Policy::default(), Vec::new());
    let mut reader = Log::new(Format::Auto);
    let mut see = |item: crypt32_filter::logs::stream::Found<'_>| {
        let verdict = crypt32_filter::classify::classify(item.event_read, &policy);
        found.push(verdict.outcome.to_string());
    };
    reader.push(log.as_bytes(), &mut see);
    reader.finish(&mut see);
    found
}

/// Runs in a thread with a stack of this size. A stack overflow ends the test.
fn on_stack<T: Send>(bytes: usize, run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(bytes).spawn_scoped(scope, run);
        thread.unwrap().join().unwrap()
    })
}

#[test]
fn every_name_may_hold_something_deep() {
    for depth in [20, 60, DEEPEST as usize - 2, DEEPEST as usize + 2, 1000] {
        let records = hostile(depth);
        assert!(records.len() > 1500);
        // One line is one record, so each good record is seen.
        let out = on_stack(256 << 10, || dropping(&log(&records)));
        assert!(out == left(&records).as_bytes(), "{depth}: the filter");
        for record in &records {
            let (good, wanted) = good();
            let text = format!("{record}\n{}\n", good.join("\n"));
            let found = on_stack(256 << 10, || verdicts(&text));
            let behind = &found[found.len().saturating_sub(3)..];
            assert_eq!(behind, wanted, "{depth}: {}", &record[..record.len().min(200)]);
            assert!(!found[..found.len() - 3].contains(&"benign".to_owned()), "{record:.200}");
        }
    }
}

#[test]
fn sixty_thousand_levels_are_no_more_than_a_thousand() {
    let names = ["event", "message", "hits.hits", "streams", "resourceLogs", "winlog", "x"];
    let known = |name: &str| NAMES.iter().any(|n| n.path == name || n.path.starts_with(name));
    assert!(names[..6].iter().all(|name| known(name)), "a name that opens a record is gone");
    let values = values(60_000);
    let records: Vec<String> = names
        .iter()
        .flat_map(|name| {
            values.iter().map(|v| format!("{{\"y\":\"crypt32\",{}", &member(name, v)[1..]))
        })
        .collect();
    // Runs the command on a file and on standard input.
    let folder = folder("deep");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("deep.ndjson");
    let log = log(&records);
    assert!(log.len() > 8 << 20, "{}", log.len());
    fs::write(&path, &log).unwrap();
    let mut file = Command::new(COMMAND);
    file.args(["filter", "--action", "drop"]).arg(&path);
    let mut stdin = Command::new(COMMAND);
    stdin.args(["filter", "--action", "drop"]);
    for (mut run, input) in [(file, &b""[..]), (stdin, log.as_bytes())] {
        let output = command::run(&mut run, input);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout == left(&records).as_bytes());
    }
    let output = command::run(Command::new(COMMAND).args(["classify"]).arg(&path), b"");
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8(output.stdout).unwrap();
    let count = |verdict: &str| text.matches(&format!("\"verdict\":\"{verdict}\"")).count();
    assert_eq!((count("benign"), count("review")), (records.len(), records.len()));
    for command in ["report", "explain"] {
        let output = command::run(Command::new(COMMAND).arg(command).arg(&path), b"");
        assert_eq!(output.status.code(), Some(0), "{command}");
    }
}

/// The filter and `classify` must see the same records.
#[test]
fn a_record_has_the_same_depth_everywhere() {
    let benign = record("Error", 8);
    for depth in 100..140 {
        let value = "[".repeat(depth) + &"]".repeat(depth);
        let text = format!("{},\"deep\":{value}}}", &benign[..benign.len() - 1]);
        let dropped = dropping(&text).is_empty();
        assert_eq!(dropped, verdicts(&text)[0] == "benign", "{depth}");
        let answer = assessment::assess(text.as_bytes(), &Policy::default());
        assert_eq!(dropped, outcome(&answer) == "benign", "{depth}");
        assert_eq!(dropped, depth < DEEPEST as usize);
    }
}

fn outcome(answer: &RecordAssessment) -> String {
    serde_json::to_value(answer).unwrap()["verdict"].as_str().unwrap_or_default().to_owned()
}

/// Texts nested in texts: as JSON strings, and as the messages of syslog lines.
#[test]
fn texts_may_stand_in_each_other() {
    let mut text = record("Error", 8);
    for level in 0..10 {
        for member in ["message", "event.original", "log", "body", "line"] {
            let inside = format!("{{\"{member}\":{}}}", Value::from(text.clone()));
            on_stack(256 << 10, || {
                dropping(&inside);
                verdicts(&inside);
            });
        }
        text = format!("{{\"message\":{}}}", Value::from(text));
        let log = format!("{text}\n{}\n", record("Error", 8));
        assert!(dropping(&log).len() <= text.len() + 1, "{level}");
    }
}
