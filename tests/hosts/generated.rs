//! Records that try to stop a reader: deep content under every name that opens a record, all kinds
//! of nested records, a single repeated byte, cut records, and records of the maximum length.

use crypt32_filter::record::names::{NAMES, Role};
use serde_json::json;

use crate::samples;

/// A record, and a description of what is unusual about it.
pub type Odd = (String, Vec<u8>);

const DEPTHS: [usize; 6] = [20, 60, 512, 513, 1000, 60_000];

/// A repeated beginning and its end. `NAME` is replaced by the name of the member.
const CONTAINERS: [(&str, &str); 6] = [
    ("[", "]"),
    ("{\"a\":", "}"),
    ("{\"NAME\":", "}"),
    ("[{\"a\":", "}]"),
    ("{\"NAME\":[", "]}"),
    ("[[{\"NAME\":", "}]]"),
];

/// Every name that can have another record, several records or the event's own text.
fn names() -> impl Iterator<Item = &'static str> {
    let opens = |role| {
        use Role::{EmbeddedCopy, Loki, Message, NestedRecord, Otlp, RecordList, Strings};
        matches!(role, EmbeddedCopy | NestedRecord | Loki | RecordList | Message | Otlp | Strings)
    };
    NAMES.iter().filter(move |name| opens(name.role)).map(|name| name.path)
}

fn odd(label: impl Into<String>, record: impl Into<Vec<u8>>) -> Odd {
    (label.into(), record.into())
}

/// The first benign sample of one JSON object.
fn sample() -> String {
    samples().swap_remove(0).1
}

/// Arrays, objects and mixtures, around nothing or around the event, open and closed; directly, in
/// a string, and after a header.
fn deep() -> impl Iterator<Item = Odd> {
    let cases = names().flat_map(|name| CONTAINERS.map(|container| (name, container)));
    let cases = cases.enumerate().flat_map(|(i, case)| DEPTHS.map(|depth| (i, case, depth)));
    // The deepest ones are long, so each name has only one or two.
    let cases = cases.filter(|(i, _, depth)| *depth <= 1000 || i % 4 == 0);
    cases.flat_map(|(i, (name, (open, close)), depth)| {
        let open = open.replace("NAME", name.rsplit('.').next().expect("a part"));
        // All combinations would take too long in an interpreter, so these alternate.
        let inside = if i / 7 % 2 == 0 { "1".to_owned() } else { sample() };
        let times = depth.div_ceil(close.len());
        let closed = if i / 5 % 2 == 0 { 0 } else { times };
        let value = format!("{}{inside}{}", open.repeat(times), close.repeat(closed));
        let record = |value: &str| format!("{{\"x\":\"crypt32\",\"{name}\":{value}}}");
        let label = |how: &str| format!("{name}: {depth} of {open} {how}");
        [
            odd(label("as it is"), record(&value)),
            odd(label("in a string"), record(&json!(value).to_string())),
            odd(
                label("behind a header"),
                format!("<11>1 2010-03-15T11:27:57Z A crypt32 - - - {}", record(&value)),
            ),
        ]
        .into_iter()
        .skip(if depth > 1000 { i / 4 % 2 } else { 0 })
        .take(if depth > 1000 { 1 } else { 3 })
    })
}

/// Records in strings in records: each level doubles the escapes of the inner one.
fn strings() -> impl Iterator<Item = Odd> {
    names().flat_map(|name| {
        (1..14).scan(sample(), move |record, level| {
            *record = format!("{{\"{name}\":{}}}", json!(record));
            (record.len() < 60_000).then(|| odd(format!("{name}: string {level}"), &**record))
        })
    })
}

/// Functions that put a record into another one.
const ENVELOPES: [(&str, fn(&str) -> String); 10] = [
    ("log", |record| json!({ "log": record }).to_string()),
    ("message", |record| json!({ "message": record, "EventID": 8 }).to_string()),
    ("full_log", |record| json!({ "full_log": record, "SourceName": "crypt32" }).to_string()),
    ("event", |record| format!("{{\"event\":{record}}}")),
    ("events", |record| format!("{{\"event\":[[{record}]]}}")),
    ("hits", |record| format!("{{\"hits\":{{\"hits\":[{{\"_source\":{record}}},1]}}}}")),
    ("loki", |record| loki(&json!(["1", record]).to_string())),
    ("otlp", |record| otlp(&json!({ "stringValue": record }).to_string())),
    ("otlp list", |record| {
        otlp(&json!({"arrayValue": {"values": [{ "stringValue": record }]}}).to_string())
    }),
    ("header", |record| {
        let line = format!("<11>1 2010-03-15T11:27:57Z A crypt32 - - [a@1 EventID=\"8\"] {record}");
        json!({ "line": line }).to_string()
    }),
];

/// All combinations of envelopes, three deep; the last is deeper than a small module reads.
fn within() -> impl Iterator<Item = Odd> {
    let inmost = [
        sample(),
        samples().swap_remove(samples().len() - 2).1,
        "[[[[crypt32]]]]".to_owned(),
        json!({ "crypt32": 1, "EventData": {"Data": {"Data": {"Data": "{\"a\":1}"}}} }).to_string(),
    ];
    let each = || ENVELOPES.into_iter().enumerate();
    each().flat_map(move |(i, outer)| {
        let inmost = inmost.clone();
        each().flat_map(move |(j, middle)| {
            let inmost = inmost.clone();
            each().map(move |(k, inner)| {
                let label = format!("{} in {} in {}", inner.0, middle.0, outer.0);
                odd(label, outer.1(&middle.1(&inner.1(&inmost[(i + j + k) % inmost.len()]))))
            })
        })
    })
}

/// The envelopes of OTLP and Loki, with their own content as deep as possible.
fn envelopes() -> impl Iterator<Item = Odd> {
    let body = |open: &str, close: &str, depth: usize| {
        let inside = json!({ "stringValue": sample() });
        otlp(&format!("{}{inside}{}", open.repeat(depth), close.repeat(depth)))
    };
    let values = move |depth| {
        let [array, object] = [
            ("{\"arrayValue\":{\"values\":[", "]}}"),
            ("{\"kvlistValue\":{\"values\":[{\"key\":\"EventID\",\"value\":", "}]}}"),
        ]
        .map(|(open, close)| body(open, close, depth));
        let line = json!(format!("{}{}", "[".repeat(depth), sample()));
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        [
            odd(format!("arrayValue {depth}"), array),
            odd(format!("kvlistValue {depth}"), object),
            odd(format!("Loki, a line {depth}"), loki(&format!("[\"1\",{line}]"))),
            odd(format!("Loki, values {depth}"), loki(&format!("{open}\"1\",{line}{close}"))),
        ]
    };
    let many = [
        format!("[{}]", [&*sample()].repeat(100).join(",")),
        format!("[{}]", "{\"EventID\":8},".repeat(2000) + &sample()),
    ];
    let many = many.into_iter().flat_map(|list| {
        ["hits.hits", "documents", "event", "log"]
            .map(|name| odd(format!("many in {name}"), format!("{{\"{name}\":{list}}}")))
    });
    DEPTHS.into_iter().flat_map(values).chain(many)
}

fn otlp(body: &str) -> String {
    format!("{{\"resourceLogs\":[{{\"scopeLogs\":[{{\"logRecords\":[{{\"body\":{body}}}]}}]}}]}}")
}

fn loki(value: &str) -> String {
    format!("{{\"streams\":[{{\"stream\":{{}},\"values\":[{value}]}}]}}")
}

/// Nested elements, alone and in JSON.
fn xml() -> impl Iterator<Item = Odd> {
    let nested = DEPTHS.into_iter().flat_map(|depth| {
        // Many elements are slow in an interpreter.
        let depth = depth.min(10_000);
        let names =
            ["a", "Data", "Event", "System"].into_iter().take(if depth > 1000 { 1 } else { 4 });
        names.map(move |name| {
            let (open, close) =
                (format!("<{name}>").repeat(depth), format!("</{name}>").repeat(depth));
            format!("<Event>{open}crypt32{close}</Event>")
        })
    });
    let long = [
        format!("<Event {}>crypt32</Event>", "a='1' ".repeat(20_000)),
        format!("<Event>{}crypt32", "<!-- ".repeat(20_000)),
        format!("<Event>{}crypt32", "<![CDATA[".repeat(20_000)),
        format!("<Event>{}crypt32</Event>", "&amp;".repeat(10_000)),
        format!("<Event>{}crypt32</Event>", "&#x;".repeat(10_000)),
        format!("<Event>{}crypt32</Event>", "<Data/>".repeat(10_000)),
        format!("<Event><System>{}crypt32", "<EventID>8</EventID>".repeat(5000)),
        "<!DOCTYPE a [<!ENTITY b 'crypt32'>]><Event>&b;</Event>".to_owned(),
    ];
    nested.chain(long).flat_map(|text| {
        let label = text[..text.len().min(40)].to_owned();
        [
            odd(format!("System: {label}"), json!({"System": text}).to_string()),
            odd(
                format!("EventData: {label}"),
                json!({"EventID": 8, "EventData": text}).to_string(),
            ),
            odd(label, text),
        ]
    })
}

/// A megabyte of each byte; bytes of a grammar also after a mention and in a record, so that they
/// are read.
fn of_one_byte() -> impl Iterator<Item = Odd> {
    let known = b"\"\\[]{}<>&;=,:'|%#/(-0\0\t\n\r \x0b\x7f\xc3\xff";
    (0..=255_u8).flat_map(|byte| {
        let fill = move |size| vec![byte; size];
        let read = [&b"crypt32 "[..], b"{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\""];
        let sizes = [if known.contains(&byte) { 200_000 } else { 10_000 }];
        let read = sizes.into_iter().flat_map(move |size| {
            read.map(|before| odd(format!("{size} of {byte:#x}"), [before, &fill(size)].concat()))
        });
        core::iter::once(odd(format!("a megabyte of {byte:#x}"), fill(1 << 20))).chain(read)
    })
}

/// Unclosed structures, invalid numbers, and half surrogate pairs.
fn broken() -> impl Iterator<Item = Odd> {
    let sample = sample();
    let cuts = (1..sample.len()).step_by(7).filter(|&at| sample.is_char_boundary(at));
    let mut records: Vec<Odd> = cuts.map(|at| odd(format!("cut at {at}"), &sample[..at])).collect();
    let digits = |what: &str| what.repeat(200_000);
    for value in [
        digits("1"),
        digits("-"),
        "1e999999999".to_owned(),
        format!("8.{}", digits("0")),
        format!("8e{}", digits("9")),
        format!("\"{}\"", digits("8")),
        "18446744073709551624".to_owned(),
        "[8]".to_owned(),
        "{\"Value\":8}".to_owned(),
    ] {
        for name in ["EventID", "Qualifiers", "Level", "param1", "TimeCreated", "winlog"] {
            let record = format!("{{\"SourceName\":\"crypt32\",\"{name}\":{value},");
            let label = format!("{name}: {}", &value[..value.len().min(20)]);
            records.push(odd(label, sample.replacen('{', &record, 1)));
        }
    }
    for name in ["param0", "Data_4294967297", "Data18446744073709551616", "param\u{ff18}"] {
        let event_data = format!("{{\"event_data\":{{\"{name}\":\"x\"}},");
        records.push(odd(name, sample.replacen('{', &event_data, 1)));
    }
    for text in
        ["\\ud800", "\\udc00\\ud800", "\\ud800\\u0041", "\\u0000", "\\u001f", "\\x", "\\u12"]
    {
        for name in ["SourceName", "Message", "ComputerName", "event", "log", "kb", "tags"] {
            let member = format!("{{\"{name}\":\"crypt32{}\",", text.repeat(1000));
            records.push(odd(format!("{name}: {text}"), sample.replacen('{', &member, 1)));
        }
    }
    records.into_iter()
}

/// Records of the maximum length, one byte less and one more; and very long names.
fn long() -> impl Iterator<Item = Odd> {
    let sample = sample();
    let with = move |member: &str| sample.replacen('{', &format!("{{{member},"), 1);
    let limits = {
        let with = with.clone();
        [64 << 10, 256 << 10, 1 << 20].into_iter().flat_map(move |limit: usize| {
            let base = with("\"x\":\"\"").len();
            let of = |length: usize| with(&format!("\"x\":\"{}\"", "y".repeat(length - base)));
            [limit - 1, limit, limit + 1].map(|length| odd(format!("{length} bytes"), of(length)))
        })
    };
    let names =
        ["ComputerName", "SourceName", "Message", "kb", "tags", "EventTime", "StringInserts"];
    let members = names.into_iter().flat_map(move |name| {
        [
            format!("\"{name}\":\"{}\"", "n".repeat(200_000)),
            format!("\"{}{name}\":1", "\\u0000".repeat(5000)),
            format!("\"{name}\":\"{}\"", "\\u00e9".repeat(20_000)),
            format!("\"{name}\":[{}1]", "\"benign\",".repeat(10_000)),
            vec![format!("\"{name}\":\"n\""); 20_000].join(","),
        ]
        .map(|member| odd(member[..member.len().min(40)].to_owned(), with(&member)))
    });
    limits.chain(members)
}

pub fn records() -> impl Iterator<Item = Odd> {
    deep()
        .chain(strings())
        .chain(within())
        .chain(envelopes())
        .chain(xml())
        .chain(of_one_byte())
        .chain(broken())
        .chain(long())
}
