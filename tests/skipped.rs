//! A reader that skips lines gives the same events of the family, at the same places, as one that
//! reads every line.

use std::fmt::Write as _;

use crypt32_filter::{
    classify::{classify, related::related},
    engine::unjudged::{Similar, told},
    framing::Format,
    logs::log::Log,
    policy::Policy,
    verdict::Outcome,
};
use serde_json::Value;

/// The results of reading a log.
#[derive(Debug, Default, PartialEq)]
struct Results {
    /// The events of the family: verdict, related event, record, event, line, offset, length.
    family: Vec<String>,
    /// The number of events that were read or skipped.
    events: u64,
    skipped: u64,
    unjudged: Vec<Similar>,
    notes: Vec<String>,
}

fn results(log: &[u8], chunk: usize, skips: bool) -> Results {
    let mut reader = Log::new(Format::Auto);
    if skips {
        reader = reader.skip_unrelated();
    }
    let policy = Policy::default();
    let mut results = Results::default();
    let mut see = |found: crypt32_filter::Found<'_>| {
        let event = found.event_read;
        let verdict = classify(event, &policy);
        found.told.add(told(event, &verdict));
        results.events += 1;
        let related = related(event);
        if verdict.outcome != Outcome::Unrelated || related.is_some() {
            let (outcome, place) = (verdict.outcome, (found.record, found.event, found.line));
            let bytes = (found.offset, found.length, found.bytes.len());
            results.family.push(format!("{outcome} {related:?} {place:?} {bytes:?}"));
        }
    };
    for piece in log.chunks(chunk) {
        reader.push(piece, &mut see);
    }
    reader.finish(&mut see);
    results.skipped = reader.skipped();
    results.events += results.skipped;
    results.unjudged = reader.unjudged().to_vec();
    results.notes = reader.notes().to_vec();
    results
}

/// Lines that mention nothing, about this many bytes.
fn filler(log: &mut String, bytes: usize) {
    let end = log.len() + bytes;
    while log.len() < end {
        let number = log.len();
        let text = "x".repeat(number % 700);
        let _ = writeln!(
            log,
            "{{\"SourceName\":\"Print\",\"EventID\":{},\"Hostname\":\"PC-{}\",\"Message\":\"{text}\"}}",
            number % 4000,
            number % 97
        );
    }
}

fn records() -> Vec<String> {
    let fixtures = [
        include_str!("fixtures/records.jsonl"),
        include_str!("fixtures/adversarial.jsonl"),
        include_str!("golden/closed.jsonl"),
        include_str!("golden/message.jsonl"),
    ];
    let lines = fixtures.iter().flat_map(|file| file.lines());
    lines
        .map(|line| {
            let case: Value = serde_json::from_str(line).unwrap();
            let record = case.get("payload").unwrap_or(&case["record"]);
            record.as_str().map_or_else(|| record.to_string(), str::to_owned)
        })
        .collect()
}

/// Records that span lines and hold lines that look like records, and mentions that are easily
/// missed.
const PIECES: [&str; 20] = [
    "TimeGenerated,SourceName,EventID,Message\n2010-03-15,a,1,\"quoted\n{\"\"a\"\":1}\n{\"\"b\"\":2}\n\"\n",
    "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,PC,\"a message\n{\"a\":1}\n{\"b\":2}\n{\"c\":3}\nend\"\n",
    "[\n{\"a\":1},\n{\"a\":2},\n{\"a\":3}\n]\n",
    "{\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}\n",
    "{\"a\":{\"b\":1}\n,\"SourceName\":\"crypt32\",\"EventID\":7}\n",
    "{\"a\":\n{\"b\":1}\n}\n",
    "{\"SourceName\":\"\\u0063rypt32\",\"EventID\":8}\n",
    "{\"SourceName\":\"cRyPt32\",\"EventID\":7}\n",
    "{\"ProviderName\":\"Microsoft-Windows-CApi2\",\"SourceName\":\"Capi2\",\"EventID\":4107}\n",
    "{\"SourceName\":\"\\u0043API2\",\"EventID\":11}\n",
    "{\"a\":\"c\u{0}r\u{0}y\u{0}p\u{0}t\u{0}3\u{0}2\u{0} \u{0}8\u{0}\"}\n",
    "{\"a\":1} x crypt32 8 }\n",
    "{\"a\":1}{\"SourceName\":\"crypt32\",\"EventID\":8}\n",
    "{\"crypt32\":8\n",
    "{\"a\":1}\r\n{\"a\":2}\r\n{\"SourceName\":\"crypt32\",\"EventID\":7}\r\n",
    "\n\n{\"a\":1}\n\n",
    "<Event><System><Provider Name=\"crypt32\"/><EventID>7</EventID></System>\n{\"a\":1}\n{\"b\":1}\n</Event>\n",
    "Event Type:\tError\nEvent Source:\tcrypt32\nEvent ID:\t8\nDescription:\n{ no object }\n{\"a\":1}\n{\"b\":2}\n",
    "\u{feff}{\"a\":1}\n",
    "   {\"a\":1}\n",
];

/// A log of several megabytes with all records, far enough from each other that lines are skipped.
fn log() -> String {
    let mut log = String::new();
    filler(&mut log, (1 << 20) + 5000);
    for record in records() {
        log += &record;
        log.push('\n');
        filler(&mut log, 500);
    }
    for piece in PIECES {
        filler(&mut log, (1 << 20) + 5000);
        log += piece;
    }
    filler(&mut log, (1 << 20) + 5000);
    log
}

#[test]
fn the_family_is_the_same_wherever_lines_are_skipped() {
    let log = log();
    let (all, some) =
        (results(log.as_bytes(), 1 << 16, false), results(log.as_bytes(), 1 << 16, true));
    let notes = |notes: &[String]| {
        notes.iter().filter(|note| note.contains("judged")).cloned().collect::<Vec<_>>()
    };
    assert!(all.family.len() > 500 && !all.unjudged.is_empty(), "{all:?}");
    assert_eq!(some.family, all.family);
    assert_eq!((some.events, some.unjudged), (all.events, all.unjudged));
    assert_eq!(notes(&some.notes), notes(&all.notes));
    let lines = log.lines().count() as u64;
    assert!(some.skipped > lines / 4, "{} of {lines}", some.skipped);
}

/// What is skipped does not depend on the chunks.
#[test]
fn chunks_make_no_difference() {
    let log = log();
    let log = &log[log.len() - (9 << 20)..];
    let whole = results(log.as_bytes(), log.len(), true);
    for chunk in [999, 16 << 10] {
        assert_eq!(results(log.as_bytes(), chunk, true), whole, "{chunk}");
    }
}

/// Where lines hold several events, or what no reader knows, they are read and counted.
#[test]
fn envelopes_and_broken_lines_are_read() {
    let mut log = String::new();
    filler(&mut log, (1 << 20) + 5000);
    let begin = log.lines().count() as u64;
    for _ in 0..20_000 {
        log += "{\"hits\":{\"hits\":[{\"_source\":{\"EventID\":1,\"SourceName\":\"a\"}},{\"_source\":{\"EventID\":2,\"SourceName\":\"a\"}}]}}\n";
    }
    let read = results(log.as_bytes(), 1 << 16, true);
    // The first one is in the sample.
    assert!(begin + 40_000 - read.events < 64 && read.skipped > 0, "{read:?}");

    let mut log = String::new();
    filler(&mut log, 3 << 20);
    log += "{\"a\":tru}\n";
    filler(&mut log, 3 << 20);
    let read = results(log.as_bytes(), 1 << 16, true);
    assert!(read.skipped > 0 && read.notes.iter().all(|note| note.starts_with("at least")));
}
