//! Tests the report of a small log in which everything happens once, in all output formats, and the
//! reports of other kinds of logs.
//!
//! `BLESS=1 cargo test --test report` writes the golden files in `tests/report/`.
#![allow(clippy::expect_used, clippy::panic)]

use crypt32_filter::{
    article,
    classify::{classify, related::related},
    engine::unjudged::Similar,
    event::{self, Event, Kind},
    policy::Policy,
    report::{
        COMPUTERS, Computer, Explained, Failed, Format, Pace, Place, Report, Review, Seen, Side,
        StartKind, Summary, View, style::Style,
    },
    time::{DateOrder, Moment, Time},
    verdict::Condition,
};
use proptest::prelude::*;

const START: i64 = 1_268_611_200; // 2010-03-15T00:00:00Z
const DAY: i64 = 86_400;

fn at(seconds: i64) -> Option<Moment> {
    Moment::unix(seconds, 0)
}

/// A time without a zone.
fn wall(text: &str) -> Option<Moment> {
    Time::parse(text)?.resolve(Some(DateOrder::MonthFirst))
}

/// Adds a classified event to the report.
fn see(report: &mut Report, computer: &str, when: Option<Moment>, id: &str, error: &str) {
    let place = event::Place { part: 0, row: 0 };
    let mut event = Event::default();
    event.source.say(place, Kind::Text, "crypt32".into());
    event.id.say(place, Kind::Number, id.into());
    event.level.say(place, Kind::Text, "Error".into());
    let message = format!("{}<{}> with error: {error}", article::PREFIX, article::URL);
    event.message.say(place, Kind::Text, message.into());
    let verdict = classify(&event, &Policy::default());
    let computer = (!computer.is_empty()).then_some(computer);
    report.see(Seen { computer, when, verdict: &verdict, related: related(&event), carved: false });
}

const NAME: &str = "The server name or address could not be resolved";
const GONE: &str = "This network connection does not exist.";
const TIMEOUT: &str = "This operation returned because the timeout period expired.";
const REFUSED: &str = "No connection could be made because the target machine actively refused it.";

fn everything() -> Summary {
    let mut report = Report::default();
    // Every ten minutes for a day, with a suspension in the morning and one success.
    for n in (0..144).filter(|n| !(60..68).contains(n)) {
        let error = if n % 10 == 0 { GONE } else { NAME };
        see(&mut report, "SERVER1", at(START + n * 600 + n % 3), "8", error);
    }
    see(&mut report, "server1", at(START + 59 * 600 + 1), "6", "");
    see(&mut report, "SERVER1", at(START + 100 * 600 + 30), "7", "");
    // A laptop with a local clock, which had reached Windows Update before, and later received a
    // bad cab file.
    for text in [
        "3/10/2010 9:12:44 AM",
        "3/10/2010 9:13:50 AM",
        "3/12/2010 6:01:02 PM",
        "3/15/2010 8:00:00 AM",
        "3/15/2010 8:59:59 AM",
    ] {
        see(&mut report, "XP-LAPTOP", wall(text), "8", TIMEOUT);
    }
    see(&mut report, "XP-LAPTOP", wall("3/9/2010 7:00:00 AM"), "2", "");
    see(&mut report, "XP-LAPTOP", wall("3/16/2010 7:00:00 AM"), "11", "The data is invalid.");
    // Three computers that were quiet for two days and began within one minute.
    for (seconds, name) in [(5, "APP3"), (7, "APP1"), (59, "APP2")] {
        see(&mut report, name, at(START - 2 * DAY), "9999", "");
        see(&mut report, name, at(START + seconds), "8", REFUSED);
    }
    // A forged record whose computer name tries to be a formula, markup and another line.
    let hostile = "=cmd|' /C calc'!A0,\"<b>\u{202e}\u{1b}[31m`|\n[x](http://e.example)";
    see(&mut report, hostile, at(START + 7200), "8", "Access is denied.");
    report.name_reviews([Review {
        input: Some("a\u{1b}[31m|log".to_owned()),
        place: Place::Line(163),
        computer: Some(hostile.to_owned()),
        time: at(START + 7200),
        failed: vec![
            Failed { reason: Condition::Error, seen: Some("Access is denied.".to_owned()) },
            Failed { reason: Condition::Url, seen: None },
            Failed { reason: Condition::EventId, seen: Some("11 / 8".to_owned()) },
        ],
    }]);
    // Places that could not be judged, in a text and in a binary log.
    for (input, like, places, offsets) in [
        (Some("a\u{1b}[31m|log"), "JSON with unknown names", &[3, 9][..], false),
        (None, "bytes without a readable record", &[4096][..], true),
    ] {
        let count = 30 * places.len() as u64;
        let places = places.to_vec();
        report.leave_unjudged(input, &Similar { like, count, places, offsets });
    }
    // A record without computer and time.
    see(&mut report, "", None, "8", NAME);
    report.finish()
}

fn written(summary: &Summary, format: Format) -> String {
    let mut out = Vec::new();
    summary.write(format, View::default(), &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn computer<'a>(summary: &'a Summary, name: &str) -> &'a Computer {
    summary.computers.iter().find(|computer| computer.name == name).expect(name)
}

#[test]
fn golden() {
    let summary = everything();
    for (format, file) in [
        (Format::Table, "table.txt"),
        (Format::Json, "report.json"),
        (Format::Csv, "report.csv"),
        (Format::Markdown, "report.md"),
    ] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report").join(file);
        let text = written(&summary, format);
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &text).expect("tests/report/ is there");
        }
        let want = std::fs::read_to_string(&path).expect(file);
        assert_eq!(text, want, "{file}");
    }
}

#[test]
fn nothing_foreign_acts_in_any_rendering() {
    let summary = everything();
    for format in [Format::Table, Format::Json, Format::Csv, Format::Markdown] {
        let text = written(&summary, format);
        let harmless =
            |c: char| !c.is_control() || c == '\n' || (c == '\r' && format == Format::Csv);
        assert!(text.chars().all(|c| harmless(c) && c != '\u{202e}'), "{format}");
    }
    let csv = written(&summary, Format::Csv);
    assert!(csv.contains(",\"'=cmd|") && !csv.contains(",=cmd") && !csv.contains(",\"=cmd"));
    let json: serde_json::Value =
        serde_json::from_str(&written(&summary, Format::Json)).expect("valid JSON");
    let names = json["computers"].as_array().expect("a list");
    let kept = |row: &serde_json::Value| {
        row["name"].as_str().is_some_and(|n| n.contains("\u{202e}\u{1b}"))
    };
    assert!(names.iter().any(kept));
    let markdown = written(&summary, Format::Markdown);
    assert!(!markdown.contains("<b>") && !markdown.contains("](http:"));
}

/// A value that differs from the known one only in its middle must not look like it.
#[test]
fn a_list_shows_the_whole_value() {
    let url = article::URL.replace("/v3/", "/v4/");
    let mut report = Report::default();
    report.name_reviews([Review {
        input: None,
        place: Place::Line(1),
        computer: None,
        time: None,
        failed: vec![Failed { reason: Condition::Url, seen: Some(url.clone()) }],
    }]);
    see(&mut report, "A", None, "8", "Access is denied.");
    let view = View { style: Style { color: false, width: Some(80) }, ..View::default() };
    let mut out = Vec::new();
    report.finish().write(Format::Table, view, &mut out).expect("a vector takes everything");
    let text: String = String::from_utf8(out).expect("UTF-8").split_whitespace().collect();
    assert!(text.contains(&format!("Line1--url{url}")), "{text}");
}

/// No terminal width breaks a line.
#[test]
fn a_table_fits_the_terminal() {
    for width in [64, 80, 120] {
        let view = View { style: Style { color: false, width: Some(width) }, ..View::default() };
        let mut out = Vec::new();
        everything().write(Format::Table, view, &mut out).expect("a vector takes everything");
        let text = String::from_utf8(out).expect("reports are UTF-8");
        // The position of a record to review and an address are never cut.
        let whole = |line: &&str| line.starts_with("  Line") || line.starts_with("  https://");
        let mut lines = text.lines().filter(|line| !whole(line));
        assert!(lines.all(|line| line.chars().count() <= width), "{width}: {text}");
    }
}

#[test]
fn lists_are_as_long_as_was_asked() {
    let text = |top, hours| {
        let mut out = Vec::new();
        let view = View { top, hours, ..View::default() };
        everything().write(Format::Table, view, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("reports are UTF-8")
    };
    assert!(
        text(2, false).contains("and 5 more rows")
            && text(2, false).contains("and 1 more computer")
    );
    assert!(!text(20, false).contains("more row") && !text(20, false).contains("By hour\n"));
    assert!(text(2, true).contains("By hour\n"));
}

#[test]
fn a_report_of_nothing_says_nothing_more() {
    assert_eq!(
        written(&Report::default().finish(), Format::Table),
        "No crypt32 event 8 in 0 events.\n"
    );
}

#[test]
fn csv_is_rectangular() {
    let text = written(&everything(), Format::Csv);
    assert!(text.ends_with("\r\n"));
    for line in text.split_terminator("\r\n") {
        let (mut fields, mut quoted) = (1, false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => fields += 1,
                _ => {}
            }
        }
        assert_eq!((fields, quoted), (10, false), "{line}");
    }
}

#[test]
fn the_article_is_held_against_the_log() {
    let summary = everything();
    assert_eq!((summary.totals.benign, summary.totals.review), (145, 1));
    let server = computer(&summary, "SERVER1");
    assert_eq!((server.benign, server.interval.pace), (136, Pace::Regular));
    assert_eq!(server.interval.seconds, Some(600));
    assert!(server.interval.words.contains("the article's own example"));
    let [gap] = &server.gaps[..] else { panic!("one gap") };
    assert_eq!((gap.seconds, gap.explained), (9 * 600, Explained::Suspended));
    let [suspended, success] = &server.neighbours[..] else { panic!("6 and 7") };
    assert_eq!((suspended.event.as_str(), suspended.contradicts), ("crypt32 6", false));
    assert_eq!((success.side, success.contradicts), (Side::Between, true));
    let laptop = computer(&summary, "XP-LAPTOP");
    assert_eq!(laptop.interval.pace, Pace::Irregular);
    assert_eq!(laptop.start.as_ref().map(|start| start.kind), Some(StartKind::AfterSuccess));
    assert!(laptop.neighbours.iter().all(|neighbour| neighbour.contradicts));
    assert_eq!(laptop.first.map(|first| first.to_string()).as_deref(), Some("2010-03-10T09:12:44"));
    assert_eq!(
        computer(&summary, "APP1").start.as_ref().map(|start| start.kind),
        Some(StartKind::AfterQuiet)
    );
    let [together] = &summary.together[..] else { panic!("one minute") };
    assert_eq!(together.computers, ["APP1", "APP2", "APP3"]);
}

#[test]
fn a_success_during_a_silence_is_named() {
    let mut report = Report::default();
    for n in (0..20).chain(200..220) {
        see(&mut report, "A", at(START + n * 600), "8", NAME);
    }
    see(&mut report, "A", at(START + 100 * 600), "4", "");
    let summary = report.finish();
    let gaps = &computer(&summary, "A").gaps;
    assert_eq!(gaps.iter().map(|gap| gap.explained).collect::<Vec<_>>(), [Explained::Reached]);
}

#[test]
fn a_short_log_reads_the_same_backward() {
    let interval = |times: [i64; 3]| {
        let mut report = Report::default();
        for time in times {
            see(&mut report, "A", at(START + time), "8", NAME);
        }
        report.finish().computers.remove(0).interval
    };
    // The last two are one attempt, in either direction of reading.
    assert_eq!(interval([0, 190_222, 190_223]), interval([190_223, 190_222, 0]));
}

#[test]
fn a_success_alone_contradicts_nothing() {
    let mut report = Report::default();
    see(&mut report, "A", at(START), "7", "");
    let summary = report.finish();
    let row = computer(&summary, "A");
    assert!(!row.neighbours[0].contradicts && row.neighbours[0].side == Side::Unknown);
    assert!(written(&summary, Format::Table).starts_with("No crypt32 event 8 in 1 event."));
}

#[test]
fn many_computers_become_one_row() {
    let mut report = Report::default();
    let count = COMPUTERS + 500;
    for n in 0..count {
        see(&mut report, &format!("H{n}"), at(START), "8", NAME);
    }
    let summary = report.finish();
    assert_eq!(summary.computers.len(), COMPUTERS + 1);
    let other = summary.computers.last().expect("a row");
    assert!(other.other && other.benign == 500);
    let total: u64 = summary.computers.iter().map(|computer| computer.benign).sum();
    assert_eq!(total, u64::try_from(count).expect("small"));
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let mut report = Report::default();
    see(&mut report, &"ü".repeat(5000), at(START), "8", NAME);
    assert_eq!(report.finish().computers[0].name, "ü".repeat(127));
}

#[test]
fn a_long_log_widens_its_rows() {
    let mut report = Report::default();
    for n in 0..3000 {
        see(&mut report, "A", at(START + n * 8 * 3600), "8", NAME);
    }
    let timeline = report.finish().timeline;
    assert!(timeline.hours_per_row > 1 && timeline.rows.len() <= 240);
    assert_eq!(timeline.rows.iter().map(|row| row.benign).sum::<u64>(), 3000);
}

proptest! {
    #[test]
    fn the_order_of_records_does_not_matter_within_the_window(
        mut events in prop::collection::vec((0..4_u8, 0..400_000_i64, 0..3_u8), 1..200),
    ) {
        let run = |events: &[(u8, i64, u8)]| {
            let mut report = Report::default();
            for &(computer, seconds, kind) in events {
                let id = if kind == 2 { "7" } else { "8" };
                let error = if kind == 1 { GONE } else { NAME };
                see(&mut report, &format!("H{computer}"), at(START + seconds), id, error);
            }
            let summary = report.finish();
            [Format::Table, Format::Json, Format::Csv, Format::Markdown]
                .map(|format| written(&summary, format))
        };
        let before = run(&events);
        events.reverse();
        prop_assert_eq!(&before, &run(&events));
        events.sort_unstable();
        prop_assert_eq!(&before, &run(&events));
    }

    #[test]
    fn any_name_and_time_is_rendered(name in any::<String>(), seconds in any::<i64>(), n in 1..5_u8) {
        let mut report = Report::default();
        for _ in 0..n {
            see(&mut report, &name, at(seconds), "8", NAME);
        }
        see(&mut report, &name, at(seconds.wrapping_mul(31)), "7", "");
        see(&mut report, &name, at(seconds % 250_000_000_000), "8", GONE);
        let summary = report.finish();
        let json: serde_json::Value =
            serde_json::from_str(&written(&summary, Format::Json)).expect("valid JSON");
        prop_assert_eq!(json["totals"]["benign"].as_u64(), Some(u64::from(n) + 1));
        let table = written(&summary, Format::Table);
        prop_assert!(!table.contains(|c: char| c.is_control() && c != '\n'));
    }
}

#[test]
fn records_without_a_computer_are_no_machine() {
    let mut report = Report::default();
    for n in 0..50 {
        see(&mut report, "", at(START + n * 600 + n / 30 * DAY), "8", NAME);
    }
    see(&mut report, "", at(START + 3000), "7", "");
    see(&mut report, "", at(START - 2 * DAY), "7", "");
    let summary = report.finish();
    let row = computer(&summary, "-");
    assert_eq!((row.benign, row.interval.count, row.interval.seconds), (50, 0, None));
    assert!(row.gaps.is_empty() && row.start.is_none());
    let [success] = &row.neighbours[..] else { panic!("7") };
    assert_eq!((success.count, success.side, success.contradicts), (2, Side::Unknown, false));
    let table = written(&summary, Format::Table);
    assert!(!table.contains("reached between") && !table.contains("every 10 min"), "{table}");
}

/// For any number of computers, and any order of the log.
#[test]
fn each_side_of_the_events_8_is_told() {
    let before = (0..300).map(|n| (START - DAY + n, "7"));
    let noise = (0..400).map(|n| (START + n * 600, "8"));
    let one = [(START + 200 * 600 + 5, "7")];
    let after = (0..300).map(|n| (START + 2 * 400 * 600 + n, "7"));
    let mut events: Vec<_> = before.chain(noise).chain(one).chain(after).collect();
    events.sort_unstable();
    let mut backward = events.clone();
    backward.reverse();
    let split = [&events[500..], &events[..500]].concat();
    for events in [events, backward, split] {
        let mut report = Report::default();
        for (seconds, id) in events {
            see(&mut report, "A", at(seconds), id, NAME);
        }
        let summary = report.finish();
        let [success] = &computer(&summary, "A").neighbours[..] else { panic!("7") };
        assert_eq!((success.before, success.between, success.after), (300, 1, 300));
        assert_eq!((success.side, success.contradicts), (Side::Between, true));
        for side in
            ["before the first event 8 (300 of 601)", "event 8 (1 of 601)", "after the last"]
        {
            assert!(success.words.contains(side), "{}", success.words);
        }
    }
}

#[test]
fn a_computer_with_event_8_does_not_give_way_to_others() {
    let mut report = Report::default();
    for n in 0..COMPUTERS + 500 {
        see(&mut report, &format!("H{n}"), at(START), "7", "");
    }
    for n in 0..5 {
        see(&mut report, "VICTIM", at(START + n * 600), "8", "Access is denied.");
    }
    let summary = report.finish();
    let first = &summary.computers[0];
    assert_eq!((first.name.as_str(), first.review), ("VICTIM", 5));
    assert!(summary.computers.len() <= COMPUTERS + 1);
}

#[test]
fn a_machine_has_one_row_with_and_without_its_domain() {
    let names = |seen: &[&str]| {
        let mut report = Report::default();
        for name in seen {
            see(&mut report, name, at(START), "8", NAME);
        }
        let rows = report.finish().computers.into_iter().map(|row| (row.name, row.benign));
        rows.collect::<Vec<_>>()
    };
    let row = |name: &str, count| (name.to_owned(), count);
    assert_eq!(names(&["SERVER1", "server1.corp.local", "Server1"]), [row("SERVER1", 3)]);
    assert_eq!(names(&["server1.corp.local", "SERVER1"]), [row("server1.corp.local", 2)]);
    // Two different computers.
    assert_eq!(names(&["web.a.example", "web.b.example"]).len(), 2);
    assert_eq!(names(&["10.0.0.1", "10.0.0.2", "10"]).len(), 3);
}

#[test]
fn the_change_to_summer_time_is_no_gap() {
    let gaps = |day: &str, skipped: i64| {
        let mut report = Report::default();
        let start = wall(&format!("{day} 1:00:00 AM")).expect("a time").seconds();
        for n in 0..18 {
            let seconds = start + n * 600 + if n < 6 { 0 } else { skipped };
            let text = at(seconds).expect("a time").to_string();
            see(&mut report, "A", wall(text.trim_end_matches('Z')), "8", NAME);
        }
        report.finish().computers.remove(0).gaps.len()
    };
    // The last Sunday of March 2010, one in summer, and the day before.
    assert_eq!(gaps("3/28/2010", 3600), 0);
    assert_eq!(gaps("3/27/2010", 3600), 1);
    assert_eq!(gaps("7/4/2010", 3600), 1);
    assert_eq!(gaps("3/28/2010", 3 * 3600), 1);
}
