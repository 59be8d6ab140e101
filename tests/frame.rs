//! Framing: records are complete for all chunk sizes, and only the current record is kept.
#![allow(clippy::unwrap_used, clippy::panic)]

use crypt32_filter::{
    article,
    classify::classify,
    engine::unjudged::told,
    framing::{Format, Framer, Kind},
    logs::stream::{Events, MAX_RECORD, Summary},
    policy::Policy,
};
use proptest::prelude::*;
use serde::Deserialize;

type Framed = Vec<(u64, u64, Kind, String, String)>;

/// The frames of a stream in these chunks.
fn frames_of<'c>(chunks: impl Iterator<Item = &'c [u8]>, max: usize) -> Framed {
    let mut framed = Vec::new();
    let mut framer = Framer::new(Format::Auto, max);
    let mut give = |f: crypt32_filter::framing::Frame<'_>| {
        let bytes = String::from_utf8_lossy(f.bytes).into_owned();
        framed.push((f.offset, f.length, f.kind, f.heading.text().to_owned(), bytes));
    };
    for chunk in chunks {
        framer.push(chunk, &mut give);
    }
    framer.finish(&mut give);
    assert_eq!(framer.buffered(), 0);
    framed
}

fn frames(text: &str, max: usize) -> Framed {
    frames_of(std::iter::once(text.as_bytes()), max)
}

/// Cuts the stream into two at each position, and into pieces of each small size.
fn cut_everywhere(text: &str, max: usize) -> Framed {
    let whole = frames(text, max);
    let bytes = text.as_bytes();
    for at in 0..bytes.len() {
        let (a, b) = bytes.split_at(at);
        assert_eq!(frames_of([a, b].into_iter(), max), whole, "cut at {at}");
    }
    for size in [1, 2, 3, 7] {
        assert_eq!(frames_of(bytes.chunks(size), max), whole, "pieces of {size}");
    }
    // The offsets refer to the stream.
    for (offset, length, kind, _, shown) in &whole {
        let (from, to) =
            (usize::try_from(*offset).unwrap(), usize::try_from(offset + length).unwrap());
        let there = String::from_utf8_lossy(&bytes[from..to]);
        assert!(
            *kind == Kind::Oversized || there.starts_with(shown.as_str()),
            "{there:?} {shown:?}"
        );
    }
    whole
}

fn records(framed: &Framed) -> Vec<&str> {
    framed.iter().filter(|f| f.2 == Kind::Record).map(|f| f.4.as_str()).collect()
}

#[derive(Deserialize)]
struct Sample {
    id: String,
    want: String,
    payload: String,
}

fn samples() -> Vec<Sample> {
    include_str!("fixtures/records.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The verdicts of a stream, its shapes, and its summary.
fn verdicts(chunks: &[&[u8]]) -> (Vec<(String, String)>, Summary) {
    let mut verdicts = Vec::new();
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = |found: crypt32_filter::logs::stream::Found<'_>| {
        let verdict = classify(found.event_read, &Policy::default());
        found.told.add(told(found.event_read, &verdict));
        verdicts.push((found.event_read.shape.to_owned(), verdict.outcome.as_str().to_owned()));
    };
    for chunk in chunks {
        events.push(chunk, &mut found);
    }
    events.finish(&mut found);
    let summary = events.summary().clone();
    (verdicts, summary)
}

#[test]
fn json_objects_in_every_layout() {
    let pretty = "{\n  \"EventID\": 8,\n  \"Message\": \"} {\\\" \\\\\"\n}";
    let text = format!(
        "\u{feff}{{\"a\":1}}\n{pretty}\n\n{pretty}{{\"b\":[1,{{}}]}} {{\"c\":null}}\r\n[\n  {{\"d\":1}},\n  {pretty}\n]\n[{{\"e\":1}},{{\"e\":2}}]\n[]\n\u{1e}{{\"f\":1}}"
    );
    let framed = cut_everywhere(&text, 1 << 20);
    let want = [
        "{\"a\":1}",
        pretty,
        pretty,
        "{\"b\":[1,{}]}",
        "{\"c\":null}",
        "{\"d\":1}",
        pretty,
        "{\"e\":1}",
        "{\"e\":2}",
        "[]",
        "{\"f\":1}",
    ];
    assert_eq!(records(&framed), want);
    assert_eq!(framed.iter().filter(|f| f.2 == Kind::Blank).count(), 1);
    assert_eq!(framed.len(), want.len() + 1);
}

#[test]
fn a_broken_object_takes_nothing_with_it() {
    let text = "{\"a\":\"cut off\n{\"b\":1}\n{\"c\":{\"d\":1}\n{\"e\":1}\n{\"f\":1} and more\n{\n\"g\": 1,\n{\"h\":1}\n{\"i\":";
    let framed = cut_everywhere(text, 1 << 20);
    let good: Vec<_> = records(&framed);
    assert_eq!(good, ["{\"b\":1}", "{\"e\":1}", "\"g\": 1,", "{\"h\":1}"]);
    let broken: Vec<_> =
        framed.iter().filter(|f| f.2 == Kind::Broken).map(|f| f.4.as_str()).collect();
    assert_eq!(
        broken,
        ["{\"a\":\"cut off", "{\"c\":{\"d\":1}", "{\"f\":1} and more", "{", "{\"i\":"]
    );
}

#[test]
fn xml_events_over_lines_and_in_a_file() {
    let event = "<Event xmlns='x'>\r\n  <System><!-- </Event> --></System>\n<D><![CDATA[</Event>]]></D></Event>";
    let text = format!(
        "<?xml version=\"1.0\"?>\n<Events>\n  {event}\n{event}{event}\n</Events>\n<11>Mar 15 11:27:57 HOST x\n{event} added\n<Event><a>\n<Event><b/></Event>\n<Event/>\n<EventX>\n"
    );
    let framed = cut_everywhere(&text, 1 << 20);
    let added = format!("{event} added");
    let want = [
        event,
        event,
        event,
        "<11>Mar 15 11:27:57 HOST x",
        &added,
        "<Event><b/></Event>",
        "<Event/>",
        "<EventX>",
    ];
    assert_eq!(records(&framed), want);
    assert_eq!(framed.iter().find(|f| f.2 == Kind::Broken).unwrap().4, "<Event><a>");
}

/// If text around an event on its line is not part of a log, the record reports it.
#[test]
fn what_stands_around_an_event_is_not_lost() {
    let event =
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System/></Event>";
    let declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>";
    for (text, want) in [
        (format!("{declaration}{event}"), vec![event.to_owned()]),
        (format!("{declaration} \n<Events>{event}{event}</Events >"), vec![event.to_owned(); 2]),
        (
            format!("<?xml version=\"1.0\" encoding=\"x y\"?>{event}"),
            vec![format!("<?xml version=\"1.0\" encoding=\"x y\"?>{event}")],
        ),
        (
            format!("{declaration} {declaration}{event}\n"),
            vec![format!("{declaration} {declaration}{event}")],
        ),
        (
            format!("{event} <!-- x -->{event}"),
            vec![format!("{event} <!-- x -->"), event.to_owned()],
        ),
        (format!("{event}<?x y?>\n{event}"), vec![format!("{event}<?x y?>"), event.to_owned()]),
        (format!("{event}<EventX>\n"), vec![format!("{event}<EventX>")]),
        (format!("<Events x='y'>\n{event}"), vec!["<Events x='y'>".to_owned(), event.to_owned()]),
    ] {
        let framed = cut_everywhere(&text, 1 << 20);
        assert_eq!(records(&framed), want, "{text}");
    }
}

#[test]
fn csv_records_with_line_breaks_and_their_header() {
    let rows = [
        "1,crypt32,8,\"one\r\ntwo \"\"quoted\"\" \"",
        "2,crypt32,8,three",
        "3,\"x\n\n{\"\"a\"\":1}\",9,four",
    ];
    let text = format!(
        "#TYPE X#Application/a/1\nN,Source,EventID,Message\r\n{}\n{}\n{}\nnot,csv\n{{\"a\":1}}\n{}",
        rows[0], rows[1], rows[2], rows[1]
    );
    let framed = cut_everywhere(&text, 1 << 20);
    assert_eq!(records(&framed), [rows[0], rows[1], rows[2], "not,csv", "{\"a\":1}", rows[1]]);
    let heading = "#TYPE X#Application/a/1\nN,Source,EventID,Message";
    assert!(framed.iter().filter(|f| f.4.contains("crypt32")).all(|f| f.3 == heading));
}

#[test]
fn a_stray_quote_does_not_hide_other_records() {
    let text = "N,Source,EventID,Message\n1,crypt32,8,\"never closed\n{\"a\":1}\n";
    let framed = cut_everywhere(text, 1 << 20);
    assert_eq!(records(&framed), ["{\"a\":1}"]);
    assert_eq!(framed[1].2, Kind::Broken);
    let text =
        "N,Source,EventID,Message\n1,crypt32,8,\"never closed\n2,crypt32,8,\"x\"\n3,crypt32,8,y";
    let framed = cut_everywhere(text, 1 << 20);
    assert_eq!(records(&framed), ["2,crypt32,8,\"x\"", "3,crypt32,8,y"]);
}

#[test]
fn text_blocks_end_where_another_record_begins() {
    let samples = samples();
    let payload = |id: &str| samples.iter().find(|s| s.id == id).unwrap().payload.clone();
    let blocks = [
        "eventvwr-xp-copy",
        "kb-text-2253680",
        "nodesc-xp",
        "nodesc-vista",
        "wevtutil-text",
        "splunk-xp",
        "splunk-vista",
        "splunk-nodesc",
        "psloglist",
        "frst",
        "rsit",
        "eventvwr-xp-csv",
    ];
    for a in blocks {
        for b in blocks {
            let (a, b) = (payload(a), payload(b));
            let (a, b) = (a.trim_end(), b.trim_end());
            let framed = frames(&format!("{a}\n{b}\n"), 1 << 20);
            assert_eq!(records(&framed), [a, b]);
            let framed = frames(&format!("{a}\n\n{b}\n\n{{\"a\":1}}\n"), 1 << 20);
            let got: Vec<_> = records(&framed).into_iter().map(str::trim_end).collect();
            assert_eq!(got, [a, b, "{\"a\":1}"]);
        }
    }
}

#[test]
fn label_like_lines_in_a_message_cut_nothing() {
    let head = "Event Type:\tError\nEvent Source:\tcrypt32\nEvent ID:\t8\nDescription:\n";
    let text =
        format!("{head}one\nEvent ID: 9\nEvent Type: Warning\nLog Name: x\ntwo: 3\nComputer: y\n");
    assert_eq!(records(&cut_everywhere(&text, 1 << 20)), [text.trim_end()]);
    // A repeated label stays in its record.
    let text = "Event Type: Warning\nEvent Type: Error\nEvent Source: crypt32\nEvent ID: 8\nDescription: x";
    assert_eq!(records(&cut_everywhere(text, 1 << 20)), [text]);
}

#[test]
fn event_viewer_keeps_its_xml() {
    let samples = samples();
    let copy = &samples.iter().find(|s| s.id == "nodesc-vista").unwrap().payload;
    let xml = "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n  <System>\n    <Provider Name=\"crypt32\" />\n  </System>\n</Event>";
    let one = format!("{copy}\nEvent Xml:\n{xml}");
    let framed = cut_everywhere(&format!("{one}\n{xml}\n"), 1 << 20);
    assert_eq!(records(&framed), [&*one, xml]);
}

#[test]
fn samples_one_behind_the_other_get_their_verdicts() {
    let samples = samples();
    let mut text = String::new();
    let mut want = Vec::new();
    for sample in &samples {
        let (alone, _) = verdicts(&[sample.payload.as_bytes()]);
        let [(_, verdict)] = &alone[..] else { panic!("{}: {alone:?}", sample.id) };
        assert_eq!(*verdict, sample.want, "{}", sample.id);
        text.push_str(sample.payload.trim_end_matches(['\r', '\n']));
        text.push_str("\n\n");
        want.extend(alone);
    }
    assert!(want.len() > 50, "{}", want.len());
    let (got, summary) = verdicts(&[text.as_bytes()]);
    assert_eq!(got, want);
    assert_eq!(summary.events, want.len() as u64);
    assert_eq!((summary.broken.count, summary.oversized.count), (0, 0), "{summary:?}");
    // This holds for all chunk sizes.
    for size in [1, 61, 4096] {
        let chunks: Vec<_> = text.as_bytes().chunks(size).collect();
        assert_eq!(verdicts(&chunks), (got.clone(), summary.clone()), "pieces of {size}");
    }
}

#[test]
fn too_long_records_are_passed_over() {
    let long = "x".repeat(300);
    let part = "x".repeat(90);
    let text = format!(
        "{{\"a\":\"{long}\"}}\n{{\"b\":1}}\n{long}\n<Event><D>{long}\n</D></Event>\n<Event/>\n{{\"c\":[\n\"{long}\"\n]}}\n{{\"d\":1}}\nEvent ID: 8\nDescription:\n{part}\n{part}\n{part}\n\nEvent Type: Error\nEvent Source: x\nDescription: y\n"
    );
    let framed = cut_everywhere(&text, 200);
    let good: Vec<_> = records(&framed);
    let last = "Event Type: Error\nEvent Source: x\nDescription: y";
    // If an event has no end within the bound, only its first line is given up.
    assert_eq!(good, ["{\"b\":1}", "</D></Event>", "<Event/>", "{\"d\":1}", last]);
    let over: Vec<_> = framed.iter().filter(|f| f.2 == Kind::Oversized).collect();
    assert_eq!(over.len(), 5, "{framed:?}");
    assert_eq!(over[0].0, 0);
    assert_eq!(over[0].1, 308);
}

/// An unfinished event must not hide the lines after it.
#[test]
fn an_event_without_an_end_takes_nothing_with_it() {
    let object = "{\"a\":\"->\"}";
    for open in [
        "<Event>",
        "<Event",
        "<Event><!--",
        "<x:Event><y><![CDATA[",
        "<Event><!-- --><a>",
        "<?xml version=\"1.0\"?><Event>",
        "<Events><Event>\n<!--",
    ] {
        for (before, between, max) in [(0, 3, 1 << 20), (3, 30, 64), (3, 9, 100), (40, 9, 600)] {
            let objects = |count: usize| format!("{object}\n").repeat(count);
            let text = format!(
                "{}{}{}",
                objects(before),
                format!("{open}\n{}", objects(between)).repeat(4),
                "<Event>\n<a/></Event>\n"
            );
            let framed = cut_everywhere(&text, max);
            let found = records(&framed).iter().filter(|record| **record == object).count();
            assert_eq!(found, before + 4 * between, "{open} {max}");
            assert!(records(&framed).contains(&"<Event>\n<a/></Event>"));
            assert!(framed.iter().all(|frame| frame.2 != Kind::Oversized));
        }
    }
}

/// One more byte is too many, in pieces of any size.
#[test]
fn the_bound_of_an_event_is_exact() {
    let event = "<Event>\n<a>x</a>\n</Event>";
    for max in event.len() - 12..=event.len() + 2 {
        let framed = cut_everywhere(&format!("{event}\n{event}\n{{}}\n"), max);
        let whole = records(&framed).iter().filter(|record| **record == event).count();
        assert_eq!(whole, if max < event.len() { 0 } else { 2 }, "{max}");
        assert!(records(&framed).contains(&"{}"));
    }
}

#[test]
fn input_without_an_end_is_never_kept() {
    let piece = vec![b'x'; 1 << 16];
    for begin in [
        "",
        " ",
        "{\"a\":\"",
        "[{\"a\":\"",
        "{\"a\":1}",
        "<Event><D>",
        "<Event",
        "<Event><!--",
        "<Event>\n",
        "<11>",
        "Event ID: 8\nDescription:\n",
        "N,Source,EventID,Message\n1,a,2,\"",
        "3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,S,\"",
        "Index     : 1\nEventID   : 8\n",
    ] {
        for filler in [b'x', b'\n', b' ', b',', b'"', b'[', b'{', b'<', b'0', b'\t'] {
            let piece: Vec<u8> = piece.iter().map(|_| filler).collect();
            let mut framer = Framer::new(Format::Auto, 1 << 16);
            let mut most = 0;
            let mut seen = 0u64;
            let mut give = |f: crypt32_filter::framing::Frame<'_>| seen = f.offset + f.length;
            framer.push(begin.as_bytes(), &mut give);
            for _ in 0..4 {
                framer.push(&piece, &mut give);
                most = most.max(framer.buffered());
            }
            framer.finish(&mut give);
            assert!(most <= (1 << 16) + (1 << 16), "{begin:?} {filler}: {most}");
            let _ = seen;
        }
    }
}

#[test]
fn a_line_of_a_gigabyte_is_passed_over() {
    // Debug builds use fewer pieces, because they would need minutes.
    let pieces = if cfg!(debug_assertions) { 1 << 10 } else { 1 << 14 };
    let piece = vec![b'x'; 1 << 16];
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = 0;
    for _ in 0..pieces {
        events.push(&piece, &mut |_| found += 1);
        assert!(events.buffered() <= MAX_RECORD + (1 << 16));
    }
    let url = article::URL;
    let text = format!("\n{{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"{url}\"}}\n");
    events.push(text.as_bytes(), &mut |_| found += 1);
    events.finish(&mut |_| found += 1);
    assert_eq!(found, 1);
    assert_eq!((events.summary().oversized.count, events.summary().records), (1, 2));
    assert_eq!(events.summary().oversized.lines, [1]);
}

#[test]
fn bad_utf8_is_read_all_the_same_and_counted() {
    let mut text = b"{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"\xff\"}\n".to_vec();
    text.extend_from_slice(b"\xff\xfe\n");
    let (verdicts, summary) = verdicts(&[&text]);
    assert_eq!(verdicts, [("windows".to_owned(), "review".to_owned())]);
    assert_eq!((summary.not_utf8.count, summary.unknown.count), (2, 1));
}

/// A replacement character is longer than the bytes that it replaces.
#[test]
fn a_header_below_its_type_need_not_be_utf8() {
    let head = b"#TYPE System.Diagnostics.EventLogEntry\r\n\"EventID\",\"Source\",\"Message\",\"\xC8\xFF\"";
    for end in [&b""[..], b"\r\n8,crypt32,x,y\r\n"] {
        let text = [head, end].concat();
        let whole = frames_of([&text[..]].into_iter(), MAX_RECORD);
        assert_eq!(whole[0].2, Kind::Heading);
        assert_eq!(whole.iter().map(|frame| frame.1).sum::<u64>(), text.len() as u64);
        assert_eq!(frames_of(text.chunks(1), MAX_RECORD), whole);
    }
}

#[test]
fn an_event_that_ends_where_it_begins_takes_nothing_with_it() {
    let framed = cut_everywhere("<Event x='1'/>\n<Event/>\nuser x was added\n", MAX_RECORD);
    assert_eq!(records(&framed), ["<Event x='1'/>", "<Event/>", "user x was added"]);
}

#[test]
fn blanks_in_an_end_tag_do_not_depend_on_the_cuts() {
    for (blanks, whole) in [(0, true), (1, true), (15, true), (16, false), (40, false)] {
        let text = format!("<Event><a/></Event{}>\nuser x was added\n", "\n".repeat(blanks));
        let framed = cut_everywhere(&text, MAX_RECORD);
        assert_eq!(records(&framed)[0].starts_with("<Event>"), whole, "{blanks}");
    }
}

#[test]
fn a_named_format_takes_nothing_else() {
    let text = "{\"a\":1\n}\n";
    let count = |format| {
        let mut framer = Framer::new(format, 1000);
        let mut count = 0;
        framer.push(text.as_bytes(), &mut |_| count += 1);
        framer.finish(&mut |_| count += 1);
        count
    };
    assert_eq!(count(Format::Json), 1);
    assert_eq!(count(Format::Syslog), 2);
    assert_eq!("xml".parse(), Ok(Format::Xml));
    assert_eq!(Format::WORDS, ["auto", "json", "text", "xml", "csv", "syslog"]);
}

/// Pieces of every shape, and random text.
fn piece() -> impl Strategy<Value = String> {
    let samples: Vec<String> = samples().into_iter().map(|sample| sample.payload).collect();
    let marks = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        "\n",
        "\r\n",
        "\n\n",
        "<Event>",
        "</Event>",
        "<x:Event>",
        "<Event><!-- \n",
        "<![CDATA[",
        "<!--",
        "]]>",
        "Event Type: Error\n",
        "Event ID: 8\n",
        "Description:\n",
        "Event Xml:\n",
        "Event[0]:\n",
        "#TYPE a#b\n",
        "N,Source,EventID,Message\n",
        "a : b\n",
        "Index    : 1\n",
        "[1] x\n",
        "   Type: x\n",
        "\u{feff}",
        "\0",
        "é",
        "LogName=x\n",
        "03/15/2010 11:27:57 AM\n",
        "[ Application Events ]\n",
        "1,2,3,\"",
        "\t",
        "<Event",
    ];
    prop_oneof![
        4 => proptest::sample::select(marks.map(str::to_owned).to_vec()),
        2 => proptest::sample::select(samples.clone()),
        1 => (proptest::sample::select(samples), any::<proptest::sample::Index>()).prop_map(|(text, at)| {
            let at = at.index(text.len());
            text.char_indices().take_while(|(i, _)| *i < at).map(|(_, c)| c).collect()
        }),
        1 => "[ -~\n]{0,20}",
    ]
}

/// The classification of a line must not depend on whether the next line has arrived.
#[test]
fn a_block_behind_a_tab_is_one_however_it_is_cut() {
    let text = "\t[04242] crypt32\n   Type:     ERROR\n   Computer: SERVER1\n   Time:     x\n\n";
    let bytes = text.as_bytes().chunks(1);
    assert_eq!(frames_of(bytes, 64), frames(text, 64));
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn cuts_change_nothing(pieces in proptest::collection::vec(piece(), 1..12), cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12), max in prop_oneof![Just(64usize), Just(600), Just(1 << 20)]) {
        let text = pieces.concat();
        let whole = frames(&text, max);
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len().max(1))).collect();
        at.extend([0, text.len()]);
        at.sort_unstable();
        let chunks: Vec<&[u8]> = at.windows(2).map(|w| &text.as_bytes()[w[0]..w[1]]).collect();
        prop_assert_eq!(&frames_of(chunks.iter().copied(), max), &whole);
        prop_assert_eq!(&frames_of(text.as_bytes().chunks(1), max), &whole);
        // The frames are in order, do not overlap, and have only separators between them.
        let mut end = 0;
        for (offset, length, ..) in &whole {
            prop_assert!(*offset >= end);
            let gap = &text[usize::try_from(end).unwrap()..usize::try_from(*offset).unwrap()];
            let between = |c: char| "\u{feff}\u{1e} \t\r\n,[]".contains(c);
            prop_assert!(gap.chars().all(between) || gap.contains('<'), "{:?}", gap);
            end = offset + length;
        }
    }
}
