//! Lower bounds for the filter's time, and what a programmer would write instead of the filter.

use std::{hint::black_box, io};

use grep_regex::RegexMatcherBuilder;
use grep_searcher::{Searcher, SearcherBuilder, Sink, SinkMatch};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Contestant, Done};

/// The beginning of the message, which only this event has.
pub const MESSAGE: &str = "Failed auto update retrieval of third-party root list sequence number from: \
     <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> \
     with error: ";
/// The errors of the articles that the records of the benchmark contain.
pub const ERRORS: [&str; 3] = [
    "The server name or address could not be resolved",
    "This network connection does not exist",
    "This operation returned because the timeout period expired",
];

/// Copies the bytes, chunk by chunk, into a buffer with the size of a chunk.
pub fn memcpy() -> Contestant {
    let mut buffer = Vec::new();
    Box::new(move |log| {
        buffer.resize(log.chunk, 0);
        for chunk in log.chunks() {
            buffer[..chunk.len()].copy_from_slice(chunk);
            black_box(&buffer);
        }
        Done { out: log.bytes.len() as u64, ..Done::default() }
    })
}

/// Searches for the name of the event source, which the filter must find in every case.
pub fn memmem() -> Contestant {
    let finder = memchr::memmem::Finder::new("crypt32");
    Box::new(move |log| {
        let hits = finder.find_iter(&log.bytes).count() as u64;
        Done { hits, ..Done::default() }
    })
}

/// Counts the lines and bytes that it receives.
struct Count(Done);

impl Sink for &mut Count {
    type Error = io::Error;

    fn matched(&mut self, _: &Searcher, found: &SinkMatch<'_>) -> io::Result<bool> {
        self.0.hits += 1;
        self.0.out += black_box(found.bytes()).len() as u64;
        Ok(true)
    }
}

/// ripgrep's library: `observe` counts the lines with the event's message, and `drop` outputs all
/// other lines (`rg -v`).
pub fn ripgrep(variant: &str) -> Contestant {
    let invert = variant == "drop";
    let matcher = RegexMatcherBuilder::new()
        .fixed_strings(true)
        .line_terminator(Some(b'\n'))
        .build("authrootseq.txt")
        .expect("a text");
    let mut searcher = SearcherBuilder::new().line_number(false).invert_match(invert).build();
    Box::new(move |log| {
        let mut count = Count(Done::default());
        searcher.search_slice(&matcher, &log.bytes, &mut count).expect("memory");
        if invert {
            count.0.hits = log.records as u64 - count.0.hits;
        }
        count.0
    })
}

/// The fields that the rule reads, in the shapes of the benchmark.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "SourceName", borrow)]
    source: Option<std::borrow::Cow<'a, str>>,
    #[serde(rename = "EventID")]
    id: Option<u32>,
    #[serde(alias = "Message", borrow)]
    message: Option<std::borrow::Cow<'a, str>>,
    #[serde(borrow)]
    winlog: Option<Winlog<'a>>,
}

#[derive(Deserialize)]
struct Winlog<'a> {
    #[serde(borrow)]
    provider_name: Option<std::borrow::Cow<'a, str>>,
    event_id: Option<u32>,
}

impl Record<'_> {
    fn is_benign(&self) -> bool {
        let winlog = self.winlog.as_ref();
        let source = self.source.as_deref().or(winlog.and_then(|w| w.provider_name.as_deref()));
        let id = self.id.or(winlog.and_then(|winlog| winlog.event_id));
        id == Some(8)
            && source.is_some_and(|source| source.eq_ignore_ascii_case("crypt32"))
            && self.message.as_deref().is_some_and(|message| {
                let error = message.strip_prefix(MESSAGE).map(str::trim_end);
                error.is_some_and(|error| ERRORS.contains(&error.trim_end_matches('.')))
            })
    }
}

/// The tag that each contestant writes.
#[derive(Serialize)]
struct Tag {
    verdict: &'static str,
    id: &'static str,
}

/// A Rust program with typed, borrowed fields. It parses a benign record a second time to tag it.
pub fn serde(variant: &str) -> Contestant {
    let tag = variant == "tag";
    let mut out = Vec::new();
    Box::new(move |log| {
        let mut done = Done::default();
        for line in log.lines() {
            out.clear();
            let record: Record<'_> = serde_json::from_slice(line).expect("JSON");
            if !record.is_benign() {
                done.out += black_box(line).len() as u64;
                continue;
            }
            done.hits += 1;
            if tag {
                let mut record: Map<String, Value> = serde_json::from_slice(line).expect("JSON");
                let kb = serde_json::to_value(Tag { verdict: "benign", id: "KB2253680" });
                record.insert("kb".to_owned(), kb.expect("a tag"));
                record.insert("tags".to_owned(), vec!["benign", "KB2253680"].into());
                serde_json::to_writer(&mut out, &record).expect("JSON");
                done.out += black_box(&out).len() as u64;
            }
        }
        done
    })
}
