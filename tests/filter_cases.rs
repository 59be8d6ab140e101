//! Streams that the oracle, or reading the filter against the design, once found wrong.

mod filtered;

use crypt32_filter::{
    filter::Filter,
    ledger::Ledger,
    policy::{Action, Policy},
};

const BENIGN: &str = concat!(
    r#"{"SourceName":"crypt32","EventID":8,"EventType":"Error","Channel":"Application","#,
    r#""ComputerName":"SERVER1","Message":"Failed auto update retrieval of third-party root list "#,
    r"sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/",
    r"trustedr/en/authrootseq.txt> with error: The server name or address could not be ",
    r#"resolved\r\n"}"#,
);

/// What comes out of a stream that is cut in pieces of this size.
fn filter(input: &[u8], size: usize, policy: &Policy) -> (String, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let out = filtered::filtered(&mut filter, input.chunks(size));
    (String::from_utf8(out).unwrap(), filter.ledger().clone())
}

/// The same for all cuts.
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

#[test]
fn a_document_stays_behind_an_action_with_a_byte_order_mark() {
    let input = format!("\u{feff}{{\"index\":{{}}}}\n{BENIGN}\n");
    let (_, ledger) = in_any_cut(&input, &dropping());
    assert_eq!((ledger.benign, ledger.dropped, ledger.tagged), (1, 0, 1));
}

#[test]
fn a_line_that_is_too_long_is_no_action() {
    let long = format!("{{\"index\":{{\"_id\":\"{}\"}}}}", "x".repeat(600));
    let input = format!("{long}\n{BENIGN}\n");
    let policy = Policy { max_record: 500, ..dropping() };
    let (_, ledger) = in_any_cut(&input, &policy);
    assert_eq!((ledger.oversized, ledger.dropped), (1, 1));
}

#[test]
fn counted_frames_are_read_and_stay_as_they_are() {
    let message = format!("<11>Mar 15 11:27:57 SERVER1 nxWinEvt: {BENIGN}");
    let input = format!("{} {message}\n", message.len());
    for action in [Action::Tag, Action::Drop] {
        let policy = Policy { action, ..Policy::default() };
        let (out, ledger) = in_any_cut(&input, &policy);
        assert_eq!(out, input);
        assert_eq!((ledger.benign, ledger.untagged, ledger.unrelated), (1, 1, 0));
    }
}

#[test]
fn xml_that_cannot_be_read_is_no_reason_to_pass_a_record_by() {
    let input =
        BENIGN.replace("\"ComputerName\"", "\"event_data\":\"<Data>x</Dat>\",\"ComputerName\"");
    let (_, ledger) = in_any_cut(&format!("{input}\n"), &dropping());
    assert_eq!((ledger.review, ledger.unparsed, ledger.tagged), (1, 0, 1));
}

/// The tag of a record whose `tags` are these: what stands there afterwards.
fn tags(before: &str) -> String {
    let input = format!("{},\"tags\":{before}}}\n", BENIGN.strip_suffix('}').unwrap());
    let (out, ledger) = in_any_cut(&input, &Policy::default());
    assert_eq!(ledger.tagged, 1, "{before}");
    let (_, rest) = out.split_once("\"tags\":").unwrap();
    let (tags, kb) = rest.split_once(",\"kb\":{\"verdict\":\"benign\"").unwrap();
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
        // Only what is directly in the list is a tag.
        (r#"[["benign"],"KB2253680"]"#, r#"[["benign"],"KB2253680","benign"]"#),
        (r#"[{"a":["KB2253680"]},"benign"]"#, r#"[{"a":["KB2253680"]},"benign","KB2253680"]"#),
        (r#"[["x"]]"#, r#"[["x"],"benign","KB2253680"]"#),
        ("[[]]", r#"[[],"benign","KB2253680"]"#),
        // What is no list is left alone.
        ("\"benign\"", "\"benign\""),
        ("null", "null"),
        (r#"{"a":[]}"#, r#"{"a":[]}"#),
    ] {
        assert_eq!(tags(before), after);
    }
}

/// What stands before it names the event.
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
