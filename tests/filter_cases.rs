//! Streams for which the oracle, or a comparison of the filter with the design, once found an
//! error.

mod filtered;

use crypt32_filter::{
    engine::{
        filter::{Filter, Piece},
        ledger::Ledger,
        unjudged::{Unjudged, told},
    },
    policy::{Action, OnlyComputers, Policy},
};

const BENIGN: &str = concat!(
    r#"{"SourceName":"crypt32","EventID":8,"EventType":"Error","Channel":"Application","#,
    r#""ComputerName":"SERVER1","Message":"Failed auto update retrieval of third-party root list "#,
    r"sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/",
    r"trustedr/en/authrootseq.txt> with error: The server name or address could not be ",
    r#"resolved\r\n"}"#,
);

/// The output for a stream in chunks of this size.
fn filter(input: &[u8], size: usize, policy: &Policy) -> (String, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let out = filtered::filtered(&mut filter, input.chunks(size));
    (String::from_utf8(out).unwrap(), filter.ledger().clone())
}

/// The same for all chunk sizes.
fn in_any_cut(input: &str, policy: &Policy) -> (String, Ledger) {
    let input = input.as_bytes();
    let whole = filter(input, input.len(), policy);
    for size in [1, 2, 7, 31, 64, input.len() - 1] {
        assert_eq!(filter(input, size, policy), whole, "pieces of {size}");
    }
    whole
}

fn dropping() -> Policy {
    Policy { action: Action::Drop, ..Policy::default() }
}

/// Repeated records come from the cache, envelopes do not.
#[test]
fn only_the_records_of_matching_computers_are_dropped() {
    let named = |name: &str| BENIGN.replace("SERVER1", name);
    let only_computers = OnlyComputers::new(&[r"till-\d{1,2}", "kiosk"]).unwrap();
    let policy = Policy { only_computers, ..dropping() };
    let nameless = BENIGN.replace(r#""ComputerName":"SERVER1","#, "");
    let both = |a: &str, b: &str| {
        format!(r#"{{"hits":{{"hits":[{{"_source":{}}},{{"_source":{}}}]}}}}"#, named(a), named(b))
    };
    for (record, dropped) in [
        (named("TILL-07"), true),
        (named("till-7"), true),
        (named("Kiosk"), true),
        (named("till-007"), false),
        (named("kiosk.example.com"), false),
        (nameless, false),
        (both("till-1", "kiosk"), true),
        (both("till-1", "SERVER1"), false),
        (both("SERVER1", "till-1"), false),
    ] {
        // The neighbours fill the cache.
        let lines = [&named("till-1"), &named("SERVER1"), &record, &record, &named("till-1")];
        let input: String = lines.map(|line| format!("{line}\n")).concat();
        let (out, ledger) = in_any_cut(&input, &policy);
        let kept = if dropped { 1 } else { 3 };
        assert_eq!(out.lines().count(), kept, "{record}");
        assert_eq!((ledger.benign, ledger.dropped), (5, 5 - kept as u64), "{record}");
        assert_eq!(out.matches(r#""tags":["benign","KB2253680"]"#).count(), kept, "{record}");
    }
}

/// Fluent Bit writes the path of a file under a name of the user's choice. Only `NXLog` has the name
/// `FileName`, for the log.
#[test]
fn the_path_of_a_file_is_a_label() {
    let named = |name: &str| BENIGN.replacen('{', &format!("{{\"{name}\":\"/var/log/x\","), 1);
    for (name, dropped) in [("filename", 1), ("path", 1), ("CHANNEL", 0)] {
        let (_, ledger) = in_any_cut(&format!("{}\n", named(name)), &dropping());
        assert_eq!(ledger.dropped, dropped, "{name}");
    }
}

#[test]
fn a_document_stays_behind_an_action_with_a_byte_order_mark() {
    let input = format!("\u{feff}{{\"index\":{{}}}}\n{BENIGN}\n");
    let (_, ledger) = in_any_cut(&input, &dropping());
    assert_eq!((ledger.benign, ledger.dropped, ledger.tagged), (1, 0, 1));
}

/// The long action passes unread, and its document must not be dropped either.
#[test]
fn an_action_that_is_too_long_is_one() {
    let policy = Policy { max_record: 500, ..dropping() };
    for (head, dropped) in [
        ("{\"index\":{\"_id\":\"", 1),
        ("\u{feff} { \"cr\\u0065ate\" : {\"_id\":\"", 1),
        ("{\"message\":{\"index\":\"", 2),
        ("index", 2),
    ] {
        for length in [500, 600, 2000] {
            let long = format!("{head}{}\"}}}}", "x".repeat(length));
            for before in ["", "{}\n"] {
                let input = format!("{before}{long}\n{BENIGN}\n{BENIGN}\n");
                let (_, ledger) = in_any_cut(&input, &policy);
                assert_eq!((ledger.oversized, ledger.dropped), (1, dropped), "{head}");
            }
        }
    }
}

/// A record that was cut off must not keep the filter from all that follows.
#[test]
fn an_event_that_was_cut_off_ends_where_no_xml_follows() {
    let records = format!("{BENIGN}\n").repeat(5);
    for (begin, dropped) in [
        ("<Event xmlns='a'><System>", 4),
        ("<Event xmlns='a", 4),
        ("<Event><EventData><Data>a <b@example.com>", 5),
        ("<Event><EventData><Data>a <1>", 5),
        // This is XML so far.
        ("<Event><![CDATA[", 0),
        ("<Event><!--", 0),
    ] {
        let (_, ledger) = in_any_cut(&format!("{begin}\n{records}"), &dropping());
        assert_eq!(ledger.dropped, dropped, "{begin}");
    }
}

#[test]
fn no_line_of_a_declared_format_begins_a_longer_record() {
    use crypt32_filter::Format;
    let records = format!("{BENIGN}\n").repeat(5);
    for (begin, counted) in [
        ("<Event><!--", false),
        ("3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"x", false),
        ("a,\"b", false),
        ("99999 <13>x", true),
        ("Computer Name: A\nEvent Code: 8\nMessage: ", false),
    ] {
        let input = format!("{begin}\n{records}");
        for (format, reads) in [(Format::Json, true), (Format::Syslog, !counted)] {
            let mut filter = Filter::new(dropping()).with_format(format);
            filtered::filtered(&mut filter, [input.as_bytes()]);
            assert_eq!(filter.ledger().dropped, if reads { 5 } else { 0 }, "{begin}");
            // The next input has the same format.
            let mut filter = filter.next_input();
            filtered::filtered(&mut filter, [input.as_bytes()]);
            assert_eq!(filter.ledger().dropped, if reads { 5 } else { 0 }, "{begin}");
        }
        let (_, ledger) = in_any_cut(&input, &dropping());
        assert!(ledger.dropped < 5, "{begin}");
    }
}

#[test]
fn a_note_names_the_line_that_opens_a_record() {
    for (begin, what) in [
        ("99999 <13>x", "a frame with an octet count"),
        ("3/15/2010,11:27:57 AM,x,Error,None,1,N/A,A,\"x", "a row with an open quote"),
        ("<Event><![CDATA[", "an <Event>"),
        ("<!-- x", "a comment (<!--)"),
        ("Computer Name: A\nEvent Code: 8\nMessage: ", "a block of text"),
        ("2010-03-15T11:27:57.1Z stdout P x", "a split line"),
    ] {
        let mut filter = Filter::new(dropping());
        let rest = format!("{BENIGN}\n{BENIGN}\n");
        filtered::filtered(&mut filter, [format!("{{}}\n\n{begin}\n{rest}").as_bytes()]);
        let unjudged = filter.unjudged();
        let inside = format!("inside {what} that begins on line 3)");
        let note = unjudged.note().unwrap();
        assert!(note.ends_with(&inside), "{note}");
        let line = 3 + begin.lines().count();
        let first =
            format!("1 record mentions the event and could not be judged (line {line}; it is");
        assert_eq!(unjudged.first().note().unwrap(), format!("{first} {inside}"));
    }
    let mut filter = Filter::new(dropping());
    let open = format!("{{}}\n3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"x\n{BENIGN}\n");
    filtered::filtered(&mut filter, [open.as_bytes()]);
    let note = filter.unjudged().note().unwrap();
    assert!(note.ends_with("(lines 2, 3; the first begins a row with an open quote)"), "{note}");
}

/// The ledger has the count of the note, and every such record is also counted as unrelated or
/// oversized.
#[test]
fn the_ledger_counts_what_could_not_be_judged() {
    let cut = &BENIGN[..BENIGN.len() - 1];
    let unknown = r#"{"zq":"crypt32","zr":8}"#;
    let another = r#"{"SourceName":"crypt32","EventID":7,"Message":"crypt32 8"}"#;
    let wide: String = BENIGN.chars().flat_map(|c| [c, '\0']).collect();
    let long = format!("{{\"a\":\"{}\",{}", "x".repeat(2000), &BENIGN[1..]);
    let long_other = format!("{{\"a\":\"{}\"}}", "x".repeat(3000));
    let policy = Policy { max_record: 2000, ..dropping() };
    let mut sum = Ledger::default();
    for (input, unjudged, unrelated, oversized) in [
        (format!("{BENIGN}\n"), 0, 0, 0),
        (format!("{{}}\n{another}\n"), 0, 2, 0),
        (format!("{cut}\n{unknown}\n{{}}\n{cut}"), 3, 4, 0),
        (format!("{{}}\n{wide}\n{wide}"), 2, 3, 0),
        (format!("{long}\n{long_other}\n{{}}\n{long}"), 2, 1, 3),
        (format!("<!--\n{BENIGN}\n{{}}\n{BENIGN}\n"), 2, 4, 0),
        (format!("{long}\n<!--\n{BENIGN}\n{cut}\n-->\n{BENIGN}\n"), 3, 4, 1),
    ] {
        let (_, ledger) = in_any_cut(&input, &policy);
        let counts = (ledger.unjudged, ledger.unrelated, ledger.oversized);
        assert_eq!(counts, (unjudged, unrelated, oversized), "{input}");
        let mut filter = Filter::new(policy.clone());
        filtered::filtered(&mut filter, [input.as_bytes()]);
        assert_eq!(filter.unjudged().count, unjudged, "{input}");
        let before = sum.unjudged;
        sum.merge(&ledger);
        assert_eq!(sum.unjudged, before + unjudged);
    }
    assert_eq!(serde_json::to_value(&sum).unwrap()["unjudged"], sum.unjudged);
}

/// A ledger of an earlier version has fewer counts.
#[test]
fn a_saved_ledger_is_recognised() {
    let ledger = serde_json::to_value(Ledger::default()).unwrap();
    let without = |name: &str| {
        let mut ledger = ledger.clone();
        assert!(ledger.as_object_mut().unwrap().remove(name).is_some());
        Ledger::is_in(ledger.to_string().as_bytes())
    };
    assert!(Ledger::is_in(ledger.to_string().as_bytes()));
    assert!(without("unjudged"));
    assert!(!without("records"));
    let mut other = ledger.clone();
    other["unjudged"] = "none".into();
    assert!(!Ledger::is_in(other.to_string().as_bytes()));
}

/// Nothing is removed from an open record, however long it is, and each place is counted.
#[test]
fn an_open_record_has_no_limit() {
    let filler = "no quote and no bracket\n".repeat(200);
    let policy = Policy { max_record: 1000, ..dropping() };
    let tabs = "3/15/2010\t11:27:57 AM\tcrypt32\tError\tNone\t8\tN/A\tSERVER1\t";
    let line = format!("{tabs}{}", &BENIGN[BENIGN.find("Failed").unwrap()..BENIGN.len() - 6]);
    for begin in ["a,b,c,\"x", "<Event><![CDATA[", "<Event><!--", "<!--"] {
        let input = format!("{begin}\n{filler}{line}\n{filler}{line}\n");
        let (out, ledger) = in_any_cut(&input, &policy);
        assert_eq!((ledger.dropped, ledger.unjudged), (0, 2), "{begin}");
        assert!(out == input);
    }
    // The same line alone is dropped.
    assert_eq!(in_any_cut(&format!("{line}\n"), &policy).1.dropped, 1);
}

/// The outputs of several inputs are concatenated.
#[test]
fn what_an_input_ends_with_matters_for_the_next() {
    for (end, dropped) in [
        ("{\"index\":{}}\n", 1),
        ("{\"index\":{}}", 1),
        ("[\n", 1),
        ("{},", 1),
        ("3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,A,\"open\n", 2),
        ("9999 <13>x\n", 2),
        ("{}\n", 2),
        // The first line continues the last one, so without it another line would.
        ("{}", 1),
        ("a line", 1),
    ] {
        let behind = format!("{BENIGN}\n{BENIGN}\n");
        // With the same ledger.
        let mut filter = Filter::new(dropping());
        filtered::filtered(&mut filter, [end.as_bytes()]);
        filtered::filtered(&mut filter, [behind.as_bytes()]);
        assert_eq!(filter.ledger().dropped, dropped, "{end}");
        // With separate ledgers.
        let mut filter = Filter::new(dropping());
        filtered::filtered(&mut filter, [end.as_bytes()]);
        filtered::filtered(&mut filter, []);
        let mut next = filter.next_input();
        filtered::filtered(&mut next, [behind.as_bytes()]);
        assert_eq!((next.ledger().records, next.ledger().dropped), (2, dropped), "{end}");
    }
}

/// A line is an action in any spelling.
#[test]
fn neither_an_action_nor_its_document_is_dropped() {
    let event = BENIGN.strip_prefix('{').unwrap();
    for action in [
        r#"{"index":{}}"#.to_owned(),
        r#"{"\u0069ndex":{}}"#.to_owned(),
        r#"{"\u0063\u0072\u0065\u0061\u0074\u0065":{"_index":"x"}}"#.to_owned(),
        "  {\t\"upd\\u0061te\"\t: { \"_id\": 1 } }  ".to_owned(),
        "\u{feff}{\"create\":{}}".to_owned(),
        format!("{{{}\"\\u0069ndex\":{{}}}}", " ".repeat(400)),
        r#"{"index":{},"more":1}"#.to_owned(),
        r#"{"index":{"broken""#.to_owned(),
        // The action itself contains the event.
        format!(r#"{{"index":{{}},{event}"#),
    ] {
        for before in ["", "{}\n"] {
            let input = format!("{before}{action}\n{BENIGN}\n{BENIGN}\n");
            let (out, ledger) = in_any_cut(&input, &dropping());
            assert_eq!(ledger.dropped, 1, "{action}");
            assert!(out.contains(r#""kb":{"verdict":"benign""#), "{action}");
            assert!(out.starts_with(before));
        }
    }
    for other in
        [r#"{"delete":{}}"#, r#"{"index":1}"#, r#"{"a":{"index":{}}}"#, r#"{"\u0049ndex":{}}"#]
    {
        let (_, ledger) = in_any_cut(&format!("{other}\n{BENIGN}\n"), &dropping());
        assert_eq!(ledger.dropped, 1, "{other}");
    }
}

/// The count may have any length, and need not be correct.
#[test]
fn counted_frames_stay_as_they_are() {
    let message = format!("<11>Mar 15 11:27:57 SERVER1 nxWinEvt: {BENIGN}");
    let length = message.len();
    let counts = [
        length.to_string(),
        format!("{length:08}"),
        format!("{length:030}"),
        format!("+{length}"),
        format!("{length}{length}{length}"),
        "1".to_owned(),
        "0".repeat(5000),
    ];
    for count in counts {
        for action in [Action::Tag, Action::Drop] {
            let input = format!("{count} {message}\n");
            let (out, _) = in_any_cut(&input, &Policy { action, ..Policy::default() });
            assert_eq!(out, input);
        }
    }
    let (_, ledger) = in_any_cut(&format!("{length:030} {message}\n"), &dropping());
    assert_eq!((ledger.benign, ledger.untagged, ledger.unrelated), (1, 1, 0));
    let (out, _) = in_any_cut(&format!("{message}\n"), &dropping());
    assert_eq!(out, "");
}

/// Arrays over several lines in all usual layouts.
fn arrays() -> Vec<String> {
    let one = BENIGN;
    let many = [
        format!("[\n{one}\n]"),
        format!("[\n{one},\n{one},\n{one}\n]"),
        format!("[{one},\n{one},\n{one}]"),
        format!("[{one}\n,\n{one}\n,{one}\n]"),
        format!("[\n{one}\n,{one}\n, {one}\n]"),
        format!("[\n{one}\n,\n{one}\n,\n{one}\n]"),
        format!("  [  \n    {one}  ,\t\n\n \t\n    {one}  \n\n  ]  "),
        format!("[\n\n\u{feff}\n{one}\n\u{feff}\n ,\n{one}\n \u{feff}]"),
        format!("[\n[\n{one}\n],\n[\n{one}\n]\n]"),
        format!("{{\"value\": [\n{one},\n{one}\n],\n\"more\": [\n{one}\n]}}"),
        format!("[\n{{\"a\":\n{one}\n,\"b\":\n{one}\n}},{{\"c\":\n{one}\n}}\n]"),
        format!("[\n{one}{}\n]", "\n".repeat(1020)),
        format!("[\n{one},{}{one}\n]", " \n".repeat(5000)),
    ];
    many.iter().flat_map(|array| [array.clone(), array.replace('\n', "\r\n")]).collect()
}

#[test]
fn nothing_is_dropped_out_of_an_array() {
    let value = |text: &str| -> serde_json::Value {
        serde_json::from_str(&text.replace('\u{feff}', "")).unwrap()
    };
    for array in arrays() {
        for policy in [dropping(), Policy { max_record: 700, ..dropping() }] {
            // Records before and after it are dropped.
            let input = format!("{BENIGN}\n{array}\n\n{BENIGN}\n{{\"a\":[]}}\n{array}\n{array}");
            let (out, ledger) = in_any_cut(&input, &policy);
            assert_eq!(ledger.dropped, 2, "{array}");
            let rest = out.strip_prefix('\n').unwrap_or(&out);
            assert!(!rest.starts_with(BENIGN), "{array}");
            let (one, two) = rest.split_once("{\"a\":[]}\n").unwrap();
            assert!(value(one).as_array().is_none_or(|all| !all.is_empty()), "{one}");
            serde_json::Deserializer::from_str(&two.replace('\u{feff}', ""))
                .into_iter::<serde_json::Value>()
                .for_each(|value| drop(value.unwrap()));
            let count = |text: &str| text.matches("\"SourceName\"").count();
            assert_eq!(count(one), count(&array), "{array}");
            assert_eq!(count(two), 2 * count(&array), "{array}");
        }
    }
}

/// If the beginning of the array is not visible, its continuation decides.
#[test]
fn what_goes_on_as_an_array_is_one() {
    for rest in ["]", ",", "}", "\n]", "  \n\t,", "\u{feff}]", ",{\"a\":1}", "] x"] {
        for end in ["", "\n"] {
            let input = format!("{BENIGN}\n{rest}{end}");
            let (out, ledger) = in_any_cut(&input, &dropping());
            assert_eq!((ledger.benign, ledger.dropped, ledger.tagged), (1, 0, 1), "{rest:?}");
            assert!(out.ends_with(&format!("\n{rest}{end}")), "{out}");
        }
    }
    for rest in ["", "\n", "{}", "\n \n[", "a,", "\u{feff}{}"] {
        let (out, ledger) = in_any_cut(&format!("{BENIGN}\n{rest}"), &dropping());
        assert_eq!((out.as_str(), ledger.dropped), (rest, 1));
    }
    // The filter looks ahead only this far.
    for (blanks, dropped) in [(1023, 1), (1024, 0), (9000, 0)] {
        let input = format!("{BENIGN}\n{}{{}}", "\n".repeat(blanks));
        assert_eq!(in_any_cut(&input, &dropping()).1.dropped, dropped, "{blanks}");
    }
}

/// An array may also contain text.
#[test]
fn strings_stay_in_an_array_too() {
    let rows = include_str!("fixtures/records.jsonl").lines();
    let mut rows = rows.map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
    let row = rows.find(|row| row["id"] == "nodesc-pywin32").unwrap();
    // Its line end is escaped as in JSON.
    let text = format!("\"{}\"", row["payload"].as_str().unwrap());
    assert_eq!(in_any_cut(&format!("{text}\n"), &dropping()).1.dropped, 1);
    for input in [format!("[\n{text}\n]"), format!("{text}\n,"), format!("[{{}},\n{text}\n{text}]")]
    {
        let (out, ledger) = in_any_cut(&input, &dropping());
        assert_eq!((out, ledger.dropped, ledger.untagged), (input, 0, 1));
    }
}

/// A line of text is not an element, whatever its neighbours are.
#[test]
fn text_between_commas_is_dropped() {
    let message: serde_json::Value = serde_json::from_str(BENIGN).unwrap();
    let message = message["Message"].as_str().unwrap().trim_end();
    let line = format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {message}");
    let (out, ledger) = in_any_cut(&format!("a,\n{line}\n,b\n"), &dropping());
    assert_eq!((out.as_str(), ledger.dropped), ("a,\n,b\n", 1));
}

/// Only a record that will be dropped waits for the next line.
#[test]
fn only_what_is_dropped_waits() {
    let review = BENIGN.replace("\"Error\"", "\"Information\"");
    let mut filter = Filter::new(dropping());
    let mut push = |line: &str| {
        let mut length = 0;
        filter.push(line.as_bytes(), &mut |piece| match piece {
            Piece::Chunk(span) => length += span.len(),
            Piece::Bytes(bytes) => length += bytes.len(),
        });
        (length, filter.ledger().dropped)
    };
    assert!(push(&format!("{review}\n")).0 > review.len());
    assert_eq!(push("{}\n"), (3, 0));
    // A reader that stops here gets nothing of the record, so it is counted.
    assert_eq!(push(&format!("{BENIGN}\n")), (0, 1));
    assert_eq!(push("\n"), (0, 1));
    assert_eq!(push("{"), (1, 1));
    assert_eq!(push("}\n"), (3, 1));
    assert_eq!(push(&format!("{BENIGN}\n")), (0, 2));
    let (length, dropped) = push("]\n");
    assert!(length > BENIGN.len() + 3);
    assert_eq!(dropped, 1);
    let rows = filter.ledger().computers.iter();
    assert_eq!(rows.map(|(_, row)| row.dropped).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_computer_called_like_another_row_has_its_own() {
    let input: String = ["", "-", "other", "\"-\"", "OTHER", "--"]
        .iter()
        .map(|name| {
            let name = serde_json::to_string(name).unwrap();
            BENIGN.replace("\"SERVER1\"", &name) + "\n"
        })
        .collect();
    let (_, ledger) = in_any_cut(&input, &dropping());
    let mut twice = Ledger::default();
    twice.merge(&ledger);
    twice.merge(&ledger);
    for (ledger, count) in [(&ledger, 1), (&twice, 2)] {
        let rows = ledger.computers.iter();
        let rows: Vec<_> = rows.map(|(name, row)| (name, row.benign, row.dropped)).collect();
        let names = ["\"\"-\"\"", "\"-\"", "\"other\"", "-", "--", "OTHER"];
        // A computer's name has no quotes, so the first record is `review`.
        let expected = names.map(|name| (name, count, count));
        assert_eq!(rows[0], (names[0], 0, 0));
        assert_eq!(rows[1..], expected[1..]);
    }
}

#[test]
fn xml_that_cannot_be_read_is_no_reason_to_pass_a_record_by() {
    let input =
        BENIGN.replace("\"ComputerName\"", "\"event_data\":\"<Data>x</Dat>\",\"ComputerName\"");
    let (_, ledger) = in_any_cut(&format!("{input}\n"), &dropping());
    assert_eq!((ledger.review, ledger.unparsed, ledger.tagged), (1, 0, 1));
}

/// The resulting `tags` of a tagged record.
fn tags(before: &str) -> String {
    let input = format!("{},\"tags\":{before}}}\n", BENIGN.strip_suffix('}').unwrap());
    let (out, ledger) = in_any_cut(&input, &Policy::default());
    assert_eq!(ledger.tagged, 1, "{before}");
    let (_, rest) = out.split_once("\"tags\":").unwrap();
    let (tags, kb) = rest.split_once(",\"kb\":{\"verdict\":\"").unwrap();
    assert!(!kb.contains("\"tags\""), "{kb}");
    tags.to_owned()
}

#[test]
fn words_go_into_the_tags_that_are_there_once() {
    for (before, after) in [
        ("[]", r#"["benign","KB2253680"]"#),
        ("[ ]", r#"[ "benign","KB2253680"]"#),
        (r#"["x"]"#, r#"["x","benign","KB2253680"]"#),
        (r#"["benign"]"#, r#"["benign","KB2253680"]"#),
        (r#"["KB2253680"]"#, r#"["KB2253680","benign"]"#),
        (r#"["KB2253680","x","benign"]"#, r#"["KB2253680","x","benign"]"#),
        (r#"["\u0062enign"]"#, r#"["\u0062enign","KB2253680"]"#),
        (r#"["benign","benign"]"#, r#"["benign","benign","KB2253680"]"#),
        // Only direct elements of the list are tags.
        (r#"[["benign"],"KB2253680"]"#, r#"[["benign"],"KB2253680","benign"]"#),
        (r#"[["a",["KB2253680"]],"benign"]"#, r#"[["a",["KB2253680"]],"benign","KB2253680"]"#),
        (r#"[["x"]]"#, r#"[["x"],"benign","KB2253680"]"#),
        ("[[]]", r#"[[],"benign","KB2253680"]"#),
        // A value that is not a list is not changed.
        ("\"benign\"", "\"benign\""),
        ("null", "null"),
        (r#"{"a":[]}"#, r#"{"a":[]}"#),
    ] {
        assert_eq!(tags(before), after);
    }
}

/// The text before the record names the event.
#[test]
fn an_object_without_members_gets_its_tag_inside() {
    let head = "<11>1 2010-03-15T11:27:57.000Z SERVER1 Crypt32 - - \
                [NXLOG@14506 EventID=\"8\" SourceName=\"crypt32\"] ";
    let (out, ledger) = in_any_cut(&format!("{head}{{ }}\r\n"), &Policy::default());
    assert_eq!((ledger.review, ledger.tagged), (1, 1));
    let object: serde_json::Value = serde_json::from_str(&out[head.len()..]).unwrap();
    assert_eq!(object["tags"], serde_json::json!(["review", "KB2253680"]));
    assert!(out.ends_with("] }\r\n"), "{out}");
}

#[test]
fn a_record_of_several_events_counts_for_the_computer_of_the_first() {
    let other = BENIGN.replace("SERVER1", "SERVER2");
    let input =
        format!("{{\"hits\":{{\"hits\":[{{\"_source\":{BENIGN}}},{{\"_source\":{other}}}]}}}}\n");
    let (out, ledger) = in_any_cut(&input, &dropping());
    assert_eq!((out.as_str(), ledger.dropped), ("", 1));
    let computers = serde_json::to_value(&ledger).unwrap();
    let computers = computers["computers"].as_object().unwrap();
    assert_eq!(computers.keys().collect::<Vec<_>>(), ["SERVER1"]);
}

/// Whether a record is dropped.
fn is_dropped(record: &str) -> bool {
    in_any_cut(&format!("{record}\n"), &dropping()).1.dropped == 1
}

/// Azure's `category` is the name of a table. A list of one text says that text only where every
/// known name has a list, and here the record has none.
#[test]
fn a_list_of_one_is_no_label_of_a_record() {
    for (category, dropped) in [
        (r#""WindowsEventLogsTable""#, true),
        (r#"["WindowsEventLogsTable"]"#, false),
        (r#"["malware"]"#, false),
    ] {
        let record = format!(r#"{{"records":[{{"category":{category},"properties":{BENIGN}}}]}}"#);
        assert_eq!(is_dropped(&record), dropped, "{category}");
    }
}

/// Splunk's `fields` have names and texts of the user's choice, but a list of records in them may
/// hold another event.
#[test]
fn a_list_of_records_in_the_fields_of_splunk_is_not_ignored() {
    let hec = |name: &str, value: &str| {
        format!(
            r#"{{"time":1268652477,"sourcetype":"x","event":{BENIGN},"fields":{{"{name}":{value},"env":"x"}}}}"#
        )
    };
    for name in ["hits", "records", "streams", "documents", "resourceLogs"] {
        for value in ["7", r#"["malware"]"#, r#"[{"a":1}]"#, r#"{"a":1}"#] {
            assert!(!is_dropped(&hec(name, value)), "{name} {value}");
        }
        assert!(is_dropped(&hec(name, "[]")), "{name}");
    }
    assert!(is_dropped(&hec("host", "\"x\"")));
}

/// The qualifiers of a class are a list of names, and those of an event are a number.
#[test]
fn a_list_of_an_empty_text_describes_no_class() {
    let class = |qualifiers: &str| {
        let members = format!(
            r#","__CLASS":"Win32_NTLogEvent","EventIdentifier":3221356552,"Qualifiers":{qualifiers}}}"#
        );
        format!("{}{members}", BENIGN.strip_suffix('}').unwrap())
    };
    for (qualifiers, dropped) in
        [("[]", true), (r#"["dynamic","Locale"]"#, true), (r#"[""]"#, false)]
    {
        assert_eq!(is_dropped(&class(qualifiers)), dropped, "{qualifiers}");
    }
}

/// Wazuh writes `No message` for an empty message. Said twice and otherwise, it contradicts itself,
/// also if a value of another shape is left out later.
#[test]
fn a_message_that_was_said_twice_stays_one() {
    let wazuh = |more: &str| {
        let strings = BENIGN.find("http").map(|at| &BENIGN[at..]).unwrap();
        let url = &strings[..strings.find('>').unwrap()];
        format!(
            concat!(
                r#"{{"EventChannel":{{"System":{{"ProviderName":"crypt32","EventID":"8","Level":"2","#,
                r#""Channel":"Application","Computer":"SERVER1","Message":"No message"}},"#,
                r#""EventData":{{"Data":"{}","Data":"The server name or address could not be resolved"}}}}{}}}"#,
            ),
            url, more
        )
    };
    let twice = r#","EventChannel.System.Message":null"#;
    for (more, dropped) in [
        (String::new(), true),
        (r#","value":"malware x""#.to_owned(), true),
        (twice.to_owned(), false),
        (format!(r#","value":"malware x"{twice}"#), false),
    ] {
        assert_eq!(is_dropped(&wazuh(&more)), dropped, "{more}");
    }
}

/// A line that is a record by itself.
fn line_of_ossec() -> String {
    let message = &BENIGN[BENIGN.find("Failed").unwrap()..BENIGN.find("\\r").unwrap()];
    format!(
        "2010 Mar 15 11:27:57 WinEvtLog: Application: ERROR(8): crypt32: (no user): no domain: \
         SERVER1: {message}"
    )
}

/// Records of another event whose text has a line that reads as a record: what is above that line,
/// and what is below it.
const AROUND: &[(&str, &str)] = &[
    // A brace does not end what is open, and neither does an end that is inside a string.
    (
        "[0] win: [1632321564.23, {\"SourceName\"=>\"Security\", \"EventID\"=>4688, \"Message\"=>\"A\n{",
        "end\"}]",
    ),
    (
        "[0] win: [1632321564.23, {\"SourceName\"=>\"Security\", \"EventID\"=>4688, \"Message\"=>\"A }]",
        "end\"}]",
    ),
    (
        "[0] win: [1632321564.23, {\"EventID\"=>4688, \"Message\"=>\"A\nnew }]\nprocess",
        "end\", \"SourceName\"=>\"Security\"}]",
    ),
    ("[Security] [INFORMATION] [4688] [Security] [S] [A new process\n{", "end]"),
    (
        "instance of Win32_NTLogEvent\n{\n\tEventCode = 4688;\n\tMessage = \"A \\\"new\n};",
        "end\";\n\tSourceName = \"Security\";\n};",
    ),
    (
        "  instance of Win32_NTLogEvent\n  {\n\tEventCode = 4688;\n\tMessage = \"A",
        "end\";\n\tSourceName = \"Security\";\n  };",
    ),
    (
        "Error: (03/15/2010 11:27:57 AM) (Source: Security) (EventID: 4688) (User: )\n{ \"state\": 1 }",
        "end",
    ),
    ("- <Event xmlns='a'>\n{ x", "- <System>\n  <EventID>4688</EventID>\n  </System>\n  </Event>"),
    // The sign of a tree can be another one.
    (
        "\u{2212} <Event xmlns='a'>\n<System><EventID>4688</EventID></System><EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    (
        "\u{2013}<Event xmlns='a'>\n<System><EventID>4688</EventID></System><EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    (
        "- System \n\n  - Provider \n\n   [ Name]  Security \n \n   EventID 4688 \n \n\n- EventData \n\n  CommandLine cmd",
        "  TokenElevationType %%1936 ",
    ),
    // The header of syslog, with or without a priority, and those of programs that write files.
    (
        "Mar 15 11:27:57 S app: <Event xmlns='a'>\n<System><EventID>4688</EventID></System><EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    (
        "2010-03-15T11:27:57Z S app: <Event xmlns='a'><System><EventID>4688</EventID></System><EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    (
        "2010-03-15 11:27:57\tDaemon.Error\tS\t<Event xmlns='a'>\n<EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    (
        "2010-03-15,11:27:57,2010-03-15,11:27:57,S,3,3,<Event xmlns='a'>\n<EventData><Data>A",
        "</Data></EventData></Event>",
    ),
    ("3/15/2010,11:27:57 AM,Security,Error,None,4688,N/A,SERVER1, \"A", "\""),
    (
        "my_events,Computer=S,Source=Security,host=S EventID=4688i,Message=\"A",
        "end\" 1268652477000000000",
    ),
    (
        " Event number\t\t: 1\nEvent identifier\t: 0x00001250 (4688)\nSource name\t\t: Security\n\
         Number of strings\t: 1\nString: 1\t\t: A",
        "end\n",
    ),
    // Event Viewer translates its labels.
    (
        "Logboeknaam: Beveiliging\nBron: Sec\nDatum: 1-11-2023 10:00:00\nGebeurtenis-id: 4688\n\
         Taakcategorie: Geen\nNiveau: Fout\nComputer: PC1\nOmschrijving:\nEen proces",
        "einde",
    ),
    (
        "Protokollname: Security\nQuelle:        Sec\nDatum:         15.03.2010 11:27:57\nEreignis-ID:   4688\n\
         Aufgabenkategorie:Keine\nEbene:         Fehler\nSchlüsselwörter:Klassisch\nBeschreibung:",
        "Ende",
    ),
    (
        "イベントの種類: エラー\nイベント ソース: Sec\nイベント カテゴリ: なし\nイベント ID: 4688\n\
         日付: 2010/04/16\n時刻: 11:27:57\nユーザー: N/A\n説明:\nx",
        "end",
    ),
    // The line ends of a forum are doubled.
    (
        "[04242] Security\n\n   Type:     ERROR\n\n   Computer: S\n\n   Time:     3/15/2010 11:27:57 AM   ID:       4688\n\nA\n",
        "end\n",
    ),
    (
        "Computer Name: S\n\nEvent Code: 4688\n\nMessage: A\n",
        "end\n\nRecord Number: 4242\nSource Name: Security",
    ),
    (
        "\tComputer Name: S\nEvent Code: 4688\nMessage: A",
        "end\n\nRecord Number: 4242\nSource Name: Security",
    ),
    (
        "TimeCreated  : 3/15/2010 11:27:57 AM\n\nProviderName : Security\n\nId           : 4688\n\nMessage      : A\n",
        "               end\n",
    ),
];

#[test]
fn a_line_of_another_record_stays() {
    let line = line_of_ossec();
    assert_eq!(in_any_cut(&format!("{line}\n"), &dropping()).1.dropped, 1);
    for (above, below) in AROUND {
        let input = format!("{above}\n{line}\n{below}\n");
        let (out, ledger) = in_any_cut(&input, &dropping());
        assert_eq!((ledger.dropped, out), (0, input), "{above}");
    }
}

/// The end of the input says nothing about a record that has no end of its own, or not yet. Whatever
/// the action is, nothing is judged then.
#[test]
fn a_line_behind_an_open_record_stays_at_the_end_too() {
    let line = line_of_ossec();
    for (above, _) in AROUND {
        for (blanks, below) in [("\n", ""), ("\n\n", "\n"), ("\n\n\n", "\n\n"), ("\n\n", "\n{}\n")]
        {
            let input = format!("{}{blanks}{line}{below}", above.trim_end());
            for action in [Action::Drop, Action::Tag, Action::Observe] {
                let policy = Policy { action, ..Policy::default() };
                let (out, ledger) = in_any_cut(&input, &policy);
                assert_eq!((ledger.dropped, out), (0, input.clone()), "{input}");
                assert_eq!((ledger.benign, ledger.unjudged), (0, 1), "{input}");
            }
        }
    }
    // Many records prove that the block has ended.
    let many = format!("Event Type: Error\nEvent Source: a\n\n{}", format!("{line}\n").repeat(40));
    let (_, ledger) = in_any_cut(&many, &dropping());
    assert_eq!(ledger.benign + ledger.unjudged, 40);
    assert!(ledger.dropped == ledger.benign && ledger.dropped > 20, "{ledger:?}");
}

/// What such a record is followed by is judged.
#[test]
fn a_record_that_has_an_end_ends_there() {
    let line = line_of_ossec();
    for (above, below) in AROUND.iter().filter(|(_, below)| below.ends_with(['}', ';', ']', '>'])) {
        for more in [format!("{line}\n"), format!("{line}\n{BENIGN}\n")] {
            let input = format!("{above}\n{below}\n{more}");
            let (_, ledger) = in_any_cut(&input, &dropping());
            assert_eq!(ledger.dropped, more.lines().count() as u64, "{above}");
        }
    }
}

/// A stream judges such a line alone only where the filter does, too.
#[test]
fn a_line_of_another_record_is_unjudged_everywhere() {
    let line = line_of_ossec();
    let mut count = 0;
    for (above, below) in AROUND {
        let input = format!("{above}\n{line}\n{below}\n");
        let mut filter = Filter::new(dropping());
        filtered::filtered(&mut filter, [input.as_bytes()]);
        // A stream does not read these records as one if they have several lines.
        let lines = ["Mar", "2010", "3/15", "my_"].iter().any(|start| above.starts_with(start));
        // It does not read them if all their line ends are doubled.
        let doubled = above.lines().nth(1) == Some("");
        if doubled || lines {
            continue;
        }
        assert_eq!(filter.unjudged().count, 1, "{above}");
        let (verdicts, unjudged) = stream(&input);
        assert!(!verdicts.contains(&"benign".to_owned()), "{above}: {verdicts:?}");
        assert_eq!(unjudged.lines, filter.unjudged().lines, "{above}");
        assert_eq!(unjudged.inside(), filter.unjudged().inside(), "{above}");
        count += 1;
    }
    assert!(count > 10);
}

/// A line in a frame that counts its octets, or in a comment, is a part of it everywhere.
#[test]
fn a_line_in_a_frame_or_a_comment_is_unjudged_everywhere() {
    let line = line_of_ossec();
    let header = "<13>1 2010-03-15T11:27:57Z S app - - - An account failed";
    let whole = header.len() + 1 + line.len();
    let frame = format!("{whole} {header}");
    // A frame can begin where another one ends.
    let two = format!("7 <13>a b{frame}");
    for (above, below, lines) in [
        (&*frame, "", vec![2]),
        (&two, "", vec![2]),
        ("<Events>\n<!--", "-->\n</Events>", vec![2]),
        ("<!-- a", "b", vec![2]),
        ("<!-- a -->", "", vec![]),
        ("7 <13>a b", "", vec![]),
    ] {
        let input = format!("{above}\n{line}\n{below}\n{BENIGN}\n");
        let mut filter = Filter::new(dropping());
        filtered::filtered(&mut filter, [input.as_bytes()]);
        let (verdicts, unjudged) = stream(&input);
        assert_eq!(verdicts.len(), if below == "b" { 0 } else { 2 - lines.len() }, "{input}");
        assert_eq!(unjudged.count, filter.unjudged().count, "{input}");
        assert!(unjudged.lines.starts_with(&lines), "{input}: {unjudged:?}");
    }
}

/// The verdicts of the records in a stream.
fn verdicts(input: &str) -> Vec<String> {
    stream(input).0
}

/// The verdicts, and the records that could not be judged.
fn stream(input: &str) -> (Vec<String>, Unjudged) {
    use crypt32_filter::{
        classify::classify,
        logs::stream::{Events, MAX_RECORD},
    };
    let read = |size: usize| {
        let mut events = Events::new(None, MAX_RECORD);
        let mut verdicts = Vec::new();
        let mut found = |found: crypt32_filter::logs::stream::Found<'_>| {
            let verdict = classify(found.event_read, &dropping());
            found.told.add(told(found.event_read, &verdict));
            verdicts.push(verdict.outcome.to_string());
        };
        input.as_bytes().chunks(size).for_each(|chunk| events.push(chunk, &mut found));
        events.finish(&mut found);
        (verdicts, events.summary().unjudged.clone())
    };
    let whole = read(input.len());
    assert_eq!(read(1), whole, "{input}");
    whole
}

/// A block that something cuts off within its labels is a part of a record, and so is the rest.
#[test]
fn a_block_that_was_cut_off_is_not_benign() {
    let message = &BENIGN[BENIGN.find("Failed").unwrap()..BENIGN.find("\\r").unwrap()];
    let viewer = format!(
        "Log Name:      Security\nSource:        crypt32\nDate:          3/15/2010 11:27:57 AM\n\
         Event ID:      8\nTask Category: None\nLevel:         Error\nComputer:      SERVER1\n\
         Description:\n{message}\n"
    );
    let list = format!(
        "EntryType          : Information\nInstanceId         : 3221356552\n\
         Message            : {message}\nSource             : crypt32\n\
         TimeGenerated      : 3/15/2010 11:27:57 AM\n"
    );
    let xml = "<Event xmlns='a'><System><EventID>1</EventID></System></Event>";
    for (block, lines) in [(viewer, 1), (list, 2)] {
        for (at, _) in block.match_indices('\n').skip(lines - 1).take(2) {
            let (above, below) = block.split_at(at + 1);
            for cut in [
                "{\n",
                "{\n\n",
                "[\n",
                xml,
                "{\"a\":1}\n",
                "Event[1]:\n",
                "<13>Mar 15 11:27:57 S a: b\n",
            ] {
                let input = format!("{above}{cut}\n{below}").replace("\n\n\n", "\n\n");
                let verdicts = verdicts(&input);
                assert!(!verdicts.contains(&"benign".to_owned()), "{input}: {verdicts:?}");
            }
        }
    }
}

/// A list behind a record on its line may say more about it, whatever it holds.
#[test]
fn a_record_with_a_list_behind_it_is_unjudged() {
    for behind in
        [" [An account failed to log on]", " [", "[x", " []", " [\"text\"]", " [{\"a\":1}]"]
    {
        let input = format!("{BENIGN}{behind}\n{BENIGN}\n");
        let (verdicts, unjudged) = stream(&input);
        assert_eq!((verdicts, unjudged.lines), (vec!["benign".to_owned()], vec![1]), "{input}");
        assert_eq!(in_any_cut(&input, &dropping()).1.unjudged, 1, "{input}");
    }
}

/// A row below a header that denies its layout, or cannot be read, is neither benign nor dropped.
#[test]
fn a_header_that_says_otherwise_is_not_ignored() {
    let message = &BENIGN[BENIGN.find("Failed").unwrap()..BENIGN.find("\\r").unwrap()];
    let url = &message[message.find("http").unwrap()..message.find('>').unwrap()];
    let error = &message[message.find("The server").unwrap()..];
    let xp = format!("3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,SERVER1,\"{message}\"");
    let vista = format!("Error,3/15/2010 11:27:57 AM,crypt32,8,None,\"{message}\"");
    let adiscon = format!("8,N/A,crypt32,Application,[ERR],0,{message}");
    let evtparse = format!("Mon Mar 15 11:27:57 2010 Z,SERVER1,N/A,crypt32,8,Error,{url};{error}");
    let tln = format!("1268652477|EVT|SERVER1|N/A|crypt32/8;Error;{url},{error}");
    let fits = "Level,Date and Time,Source,Event ID,Task Category";
    let german = "Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie";
    for row in [&xp, &vista, &adiscon, &evtparse, &tln] {
        for above in [
            "",
            "some text\n",
            "a record, or text\n",
            "the last line, of a message, with many, commas.\n",
            "{\"a\":1,\"b\":2,\"c\":3}\n",
            "\u{feff}",
        ] {
            let input = format!("{above}{row}\n{row}\n");
            assert_eq!(in_any_cut(&input, &dropping()).1.dropped, 2, "{input}");
        }
    }
    for header in [fits, german] {
        let input = format!("{header}\r\n{vista}\r\n{vista}\r\n");
        assert_eq!(in_any_cut(&input, &dropping()).1.dropped, 2, "{input}");
        assert_eq!(verdicts(&input), ["benign", "benign"], "{input}");
    }
    for (header, row) in [
        // The first name begins with any character, or is empty.
        ("#Date,Time,SourceName,EventType,Category,RecordNumber,User,ComputerName,Message", &xp),
        ("#Date,Time,Category,Type,Source,Event,User,Computer,Description", &xp),
        ("Дата,Time,Category,Type,Source,Event,User,Computer,Description", &xp),
        (",Time,Category,Type,Source,Event,User,Computer,Description", &xp),
        ("[Date,Time,Category,Type,Source,Count,User,Computer,Description", &xp),
        ("Уровень,Дата и время,Источник,Код события,Категория задачи", &vista),
        ("\u{feff}レベル,日付と時刻,タスクのカテゴリ,イベント ID,ソース", &vista),
        // A name has an unusual character, or a line break.
        ("Date,Time,SourceName,EventType,Category,Record:Number,User,ComputerName,Message", &xp),
        ("Date,Time,SourceName,EventType,Category,Record{1},User,ComputerName,Message", &xp),
        (
            "Date,Time,SourceName,EventType,Category,Record\u{a0}Number,User,ComputerName,Message",
            &xp,
        ),
        ("Date,Time,SourceName,EventType,Category,Record\0Number,User,ComputerName,Message", &xp),
        ("Date,Time,Category,Type,Source,Event,User,Computer,2nd Description", &xp),
        (
            " \"Date\",\"Time\",\"Process\",\"Type\",\"Category\",\"Count\",\"User\",\"Computer\",\"Text\"",
            &xp,
        ),
        ("Date,Time,\"Cate\ngory\",Type,Source,Event,User,Computer,Description", &xp),
        // There are more or fewer names than cells.
        (
            "Date,Time,SourceName,EventType,Category,RecordNumber,User,ComputerName,Message,EventID",
            &xp,
        ),
        ("Date,Time,Category,Type,Source,Event,User,Computer,Description,More", &xp),
        ("Level,Date and Time,Source,RecordNumber,Task Category,Message,Event ID", &vista),
        ("Level,Date and Time,Source,RecordNumber", &vista),
        ("a,b,c,d,e,f,g", &vista),
        // The rows of other programs.
        ("RecordNumber,User,SourceName,Channel,Level,Task,Message", &adiscon),
        ("TimeGenerated,Computer,User,SourceName,RecordNumber,EventID,Message", &evtparse),
        ("TimeGenerated|Channel|Computer|User|Message", &tln),
        ("a,b,c,d,e,f,g", &adiscon),
        (&"a name,".repeat(1000), &xp),
        // The row is behind blank lines.
        ("when,where,who,what,which,how,why,box,text\n", &xp),
        ("when,where,who,what,which\n \n\n", &vista),
    ] {
        let input = format!("{header}\n{row}\n{row}\n");
        let (out, ledger) = in_any_cut(&input, &dropping());
        assert_eq!((ledger.dropped, out), (0, input.clone()), "{header}");
        let verdicts = verdicts(&input);
        assert!(verdicts.iter().all(|verdict| verdict != "benign"), "{header}: {verdicts:?}");
    }
}

/// Some programs write a blank behind each delimiter.
#[test]
fn a_field_in_quotes_may_be_behind_a_blank() {
    let message = &BENIGN[BENIGN.find("Failed").unwrap()..BENIGN.find("\\r").unwrap()];
    let line = format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {message}");
    for (header, row) in [
        (
            "\"TimeCreated\", \"Id\", \"ProviderName\", \"Message\"",
            "\"1/1/2026\", \"4625\", \"Security\", \"x",
        ),
        ("TimeCreated, Id, ProviderName, Message", "\"1/1/2026\", 4625, \"Security\", \"x"),
        ("TimeCreated,Id,ProviderName,Message", "\"1/1/2026\",4625, \"Security\", \"x"),
        ("Message,Id,ProviderName", " \"x"),
        (
            "\"when\"; \"what\"; \"who\"; \"which\"; \"text\"",
            "\"1/1/2026\"; \"4625\"; \"x\"; \"y\"; \"x",
        ),
    ] {
        let input = format!("{header}\n{row}\n{line}\nAccount Name: evil\",1,2,3\n{line}\n");
        let (out, ledger) = in_any_cut(&input, &dropping());
        assert_eq!((ledger.dropped, out.matches("crypt32").count()), (1, 1), "{input}");
        if header.contains("Id") {
            let verdicts = verdicts(&input);
            let benign = verdicts.iter().filter(|verdict| *verdict == "benign").count();
            assert_eq!(benign, 1, "{verdicts:?}: {input}");
        }
    }
    // Programs split such a row at different places.
    let row = format!("\"3/15/2010 11:27:57 AM\", \"8\", \"crypt32\", \"{message}\"");
    let input = format!("\"TimeCreated\", \"Id\", \"ProviderName\", \"Message\"\n{row}\n");
    assert_eq!(
        (verdicts(&input), in_any_cut(&input, &dropping()).0),
        (vec!["review".into()], input)
    );
}

/// An alert of Kibana has only lists. They may hold the original text, if it is that of the event,
/// and nothing.
#[test]
fn an_alert_with_the_text_of_its_event_is_dropped() {
    let url = "http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/\
        authrootseq.txt";
    let error = "The server name or address could not be resolved";
    let message = format!(
        "Failed auto update retrieval of third-party root list sequence number from: <{url}> \
        with error: {error}"
    );
    let xml = |id: u16| {
        format!(
            "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
            <Provider Name='crypt32'/><EventID Qualifiers='49154'>{id}</EventID><Level>2</Level>\
            <Channel>Application</Channel><Computer>SERVER1</Computer></System><EventData>\
            <Data>{url}</Data><Data>{error}</Data></EventData></Event>"
        )
    };
    for (original, computer, dropped) in [
        (&*message, r#"[ "SERVER1"]"#, true),
        (&xml(8), r#"["SERVER1"],"host.name":[]"#, true),
        (&xml(11), r#"["SERVER1"]"#, false),
        (&message, "[ 1]", false),
    ] {
        for alert in ["kibana.alert", "signal"] {
            let record = format!(
                r#"{{"winlog.provider_name":["crypt32"],"winlog.event_id":["8"],"log.level":["error"],"message":["{message}"],"winlog.computer_name":{computer},"{alert}.original_event.original":["{original}"]}}"#
            );
            let (out, _) = filter(record.as_bytes(), record.len(), &dropping());
            assert_eq!(out.is_empty(), dropped, "{record}");
        }
    }
}
