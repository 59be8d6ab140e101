//! Records that are nearly the event: with inserted or appended text, quoted, contradictory, cut,
//! and mutated.

use proptest::prelude::*;

use crate::{expected, outcome, read, records::*, table::SHAPES};

/// Text after the message, wherever the message is in the shape.
#[test]
fn text_in_the_message_is_not_dropped() {
    for shape in SHAPES {
        for appended in [
            " and then it crashed",
            " Exploit blocked.",
            ". The service stopped",
            " 66 77 x",
            " with error: The data is invalid",
            " (EventID 9)x",
        ] {
            let record = (shape.write)(&Facts { appended, ..EVENT });
            let outcome = outcome(&record);
            assert!(!["benign", "unrelated"].contains(&&*outcome), "{outcome}\n{record}");
        }
    }
}

/// Text after the whole record.
#[test]
fn text_behind_the_record_is_not_dropped() {
    for shape in SHAPES {
        for more in [" and then it crashed", "\tmore", " EventID=7", "; (EventID 8) no", ", \"x\""]
        {
            let record = (shape.write)(&EVENT) + more;
            let outcome = outcome(&record);
            assert_ne!(outcome, "benign", "{record}");
        }
        // White space does not count as text.
        for more in ["\r", " ", "\r\n"] {
            let record = (shape.write)(&EVENT) + more;
            assert_eq!(outcome(&record), expected(shape, ""), "{record:?}");
        }
    }
}

/// A record whose message is another record.
#[test]
fn quoted_records_are_not_found() {
    let quoted = SHAPES.iter().map(|shape| (shape.write)(&EVENT));
    // JSON at the end of a syslog line is the record of that line.
    for inner in quoted.filter(|record| !record.starts_with('{')) {
        for outer in [
            format!("<34>Oct 11 22:14:15 web1 sshd[4711]: Invalid user {inner} from 192.0.2.1"),
            format!("<34>Oct 11 22:14:15 web1 app: {inner} {inner}"),
            format!(
                "2010 Mar 15 11:27:57 WinEvtLog: Application: ERROR(1000): Application Error: (no user): no domain: SERVER1: Faulting application {inner}"
            ),
            format!(
                "SERVER1\tMSWinEventLog\t3\tApplication\t1\t{ASCTIME}\t1000\tApplication Error\tN/A\tN/A\tError\tSERVER1\tNone\t\tsaid {inner}\t5"
            ),
            format!("<27>Mar 15 11:27:57 SERVER1 foo: 8: {inner}"),
            format!(
                "<131>Mar 15 11:27:57 SERVER1 N/A: Application foo: [Error] {inner} (EventID 1)"
            ),
            format!("CEF:0|Vendor|Product|1|100|Name|5|msg={inner}"),
            format!("LEEF:1.0|Vendor|Product|1|100|msg={inner}"),
            format!("some words: {inner}"),
            format!("\"{inner}\""),
            format!("GET /?q={inner} HTTP/1.1"),
        ] {
            assert_ne!(outcome(&outer), "benign", "{outer}");
        }
    }
}

#[test]
fn what_is_said_twice_is_seen() {
    let twice = [
        // QRadar: the same name twice, and two different names.
        (
            win_collect("\t", &EVENT).replace("Source=crypt32", "Source=crypt32\tSource=ESENT"),
            "source integrity",
        ),
        (
            win_collect("\t", &EVENT)
                .replace("Computer=SERVER1\t", "Computer=SERVER1\tComputer=SERVER2\t"),
            "integrity",
        ),
        (win_collect("\t", &EVENT).replace("EventIDCode=8", "EventIDCode=9"), "event-id"),
        (win_collect(" ", &EVENT).replace("Source=crypt32", "Source=crypt32 agent"), "message"),
        // CEF: the class, the label and the raw event disagree.
        (cef_full(&EVENT).replace("cs3=crypt32", "cs3=ESENT"), "source"),
        (cef_full(&EVENT).replace("||crypt32:8|", "||ESENT:8|"), "source"),
        (cef_full(&EVENT).replace("externalId=8", "externalId=7"), "event-id"),
        (cef_full(&EVENT).replace("cat=Application", "cat=System"), "log"),
        (cef_full(&EVENT).replace("dvchost=SERVER1", "dvchost=SERVER2"), "integrity"),
        (cef_full(&EVENT).replace("ad.Key[0]=http", "ad.Key[0]=https"), "integrity"),
        (cef_full(&EVENT).replace("&&User", "&&what&&User"), "integrity"),
        (cef_full(&EVENT).replace("ad.Key", "msg=Something else ad.Key"), "message"),
        (cef_full(&EVENT).replace(" eventId=39", " words eventId=39"), "message"),
        (
            cef_full(&EVENT)
                .replace("ad.WindowsVersion=Windows Server 2003", "ad.WindowsVersion=Windows 7"),
            "system",
        ),
        // LEEF, structured data, Telegraf, plaso, Fluent Bit.
        (
            syslog(&leef("LEEF:1.0", "\t", &EVENT))
                .replace("source=crypt32", "source=crypt32\tsource=x"),
            "source integrity",
        ),
        (
            nxlog_5424(&EVENT).replace("EventID=\"8\"", "EventID=\"8\" EventID=\"9\""),
            "event-id integrity",
        ),
        (syslog_ng_5424(&EVENT).replace("EVENT_ID=\"8\"", "EVENT_ID=\"7\""), "event-id"),
        (
            telegraf(&EVENT).replace(",Source=crypt32", ",Source=crypt32,Source=x"),
            "source integrity",
        ),
        (telegraf(&EVENT).replace(",TimeCreated", ",EventID=9i,TimeCreated"), "event-id integrity"),
        (telegraf(&EVENT).replace(",TimeCreated", ",Level=4i,TimeCreated"), "integrity"),
        (
            plaso(&EVENT).replace("Source Name: crypt32", "Source Name: crypt32 Source Name: x"),
            "source integrity",
        ),
        (plaso(&EVENT).replace("\\r\\n']", "\\r\\n'  None]"), "message integrity"),
        (plaso(&EVENT).replace("[8 / 0x0008]", "[8 / 0x0009]"), "event-id"),
        (plaso(&EVENT).replace("Event Category: 0", "Event Category: 0 by the way"), "message"),
        (fluent_bit(&EVENT).replace("EventID=8\n", "EventID=8\nEventID=9\n"), "event-id integrity"),
        (fluent_bit(&EVENT).replace("Version=0\n", "Version=0\nhello\n"), "message"),
        // The OSSEC line in an alert, and the fields of its decoder.
        (wazuh_alert(&EVENT).replace("\"data\":\"crypt32\"", "\"data\":\"ESENT\""), "source"),
        (
            wazuh_alert(&EVENT)
                .replace("\"system_name\":\"SERVER1\"", "\"system_name\":\"SERVER2\""),
            "integrity",
        ),
    ];
    for (record, reasons) in twice {
        assert_eq!(outcome(&record), reasons, "{record}");
    }
}

/// Shapes without message text, and the texts for a missing description.
#[test]
fn without_message_text() {
    let ossec = ossec(&EVENT);
    let (head, _) = ossec.split_once("Failed").unwrap();
    assert_eq!(outcome(&format!("{head}{URL} {LISTED}  ")), "benign");
    assert_eq!(outcome(&format!("{head}{URL} {LISTED} more")), "error");
    assert_eq!(outcome(&format!("{head}http://x/ {LISTED}")), "message url error");
    assert_eq!(outcome(head), "message url error");
    assert_eq!(outcome(head.trim_end()), "message url error");
    let evtsys = "<27>Mar 15 11:27:57 SERVER1 crypt32: 8: (Facility: 2, Status: Failure)";
    assert_eq!(outcome(evtsys), "message url error");
    let success = evtsys.replace("Failure", "Success");
    assert_eq!(outcome(&success), "severity message url error");
    let pywin32 = format!(
        "<The description for Event ID ( 8 ) in Source ( 'crypt32' ) could not be found. It contains the following insertion string(s):'{URL}, {LISTED}\r\n'.>"
    );
    assert_eq!(outcome(&pywin32), "benign");
    assert_eq!(outcome(&syslog(&pywin32)), "benign");
    assert_eq!(outcome(&pywin32.replace("( 8 )", "( 7 )")), "unrelated");
    assert_eq!(outcome(&pywin32.replace("'crypt32'", "'ESENT'")), "unrelated");
    assert_eq!(outcome(&pywin32.replace(LISTED, "Access is denied")), "error");
    assert_eq!(outcome(&format!("{pywin32} more")), "unrelated");
    // Only the message, or a tag that is the source.
    assert_eq!(outcome(&EVENT.text()), "source event-id");
    assert_eq!(outcome(&syslog(&EVENT.text())), "source event-id");
    assert_eq!(outcome(&syslog(&format!("crypt32: {}", EVENT.text()))), "event-id");
    assert_eq!(outcome(&syslog(&format!("nxlog[3]: {}", EVENT.text()))), "source event-id");
    assert_eq!(outcome(&format!("see {}", EVENT.text())), "unrelated");
}

/// Shapes whose only computer is in the syslog header. Kiwi Syslog puts another one in front.
const HEADED: [&str; 3] = ["leef", "syslog-ng", "evtsys"];

/// The relay's name is not the computer's if the shape itself names one.
#[test]
fn the_relay_is_not_the_computer() {
    for shape in SHAPES {
        let record = (shape.write)(&EVENT);
        let header = format!("{RFC3164} SERVER1 ");
        let named = record.matches("SERVER1").count() > 1;
        if record.contains(&header) && named && !HEADED.contains(&shape.name) {
            let relayed = record.replacen(&header, &format!("{RFC3164} relay "), 1);
            assert_eq!(read(&relayed).computer.as_deref(), Some("SERVER1"), "{relayed}");
            assert_eq!(outcome(&relayed), expected(shape, ""), "{relayed}");
        }
    }
}

/// A severity of the transport is not a level of the event.
#[test]
fn transport_severities_are_not_read() {
    for shape in SHAPES {
        let record = (shape.write)(&EVENT);
        for (severity, other) in [
            ("<131>", "<134>"),
            ("<11>", "<14>"),
            ("|Unknown|", "|10|"),
            ("sev=3", "sev=7"),
            ("MSWinEventLog\t3", "MSWinEventLog\t0"),
        ] {
            let changed = record.replace(severity, other);
            assert_eq!(outcome(&changed), expected(shape, ""), "{changed}");
        }
    }
}

fn shape_index() -> impl Strategy<Value = usize> {
    0..SHAPES.len()
}

proptest! {
    /// No reader panics if text is removed, inserted or repeated. A text that differs from the
    /// event by more than white space is never benign by chance, for example because the error was
    /// cut.
    #[test]
    fn mutations_never_panic(
        index in shape_index(),
        other in shape_index(),
        at in 0.0..1.0f64,
        length in 0usize..40,
        insert in "\\PC{0,4}|[\\t\\r\\n \\\\=\"'|&\\[\\]:<>,#]{0,6}",
    ) {
        let record = (SHAPES[index].write)(&EVENT);
        let chars: Vec<char> = record.chars().collect();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let start = (at * chars.len() as f64) as usize;
        let end = (start + length).min(chars.len());
        let text = |chars: &[char]| chars.iter().collect::<String>();
        let cut = text(&chars[..start]) + &insert + &text(&chars[end..]);
        outcome(&cut);
        outcome(&text(&chars[..start]));
        outcome(&text(&chars[start..]));
        let spliced = text(&chars[..start]) + &(SHAPES[other].write)(&EVENT);
        outcome(&spliced);
    }

    /// Random text after the prefixes that identify shapes.
    #[test]
    fn noise_is_nothing(index in shape_index(), length in 0usize..60, noise in "\\PC{0,80}") {
        let record = (SHAPES[index].write)(&EVENT);
        let start: String = record.chars().take(length).collect();
        // All messages begin later than this.
        prop_assert_ne!(outcome(&(start + &noise)), "benign");
    }

    /// A message that is cut anywhere before its end is not benign.
    #[test]
    fn cut_messages_are_not_benign(index in shape_index(), length in 1usize..40) {
        let error = &LISTED[..LISTED.len() - length.min(LISTED.len() - 1)];
        let record = (SHAPES[index].write)(&EVENT).replace(LISTED, error);
        prop_assert_ne!(outcome(&record), "benign");
    }
}

/// Plaso writes blanks instead of commas within a column.
#[test]
fn columns_behind_the_last_are_not_understood() {
    for (record, more) in [
        (plaso(&EVENT), ",a,b,EV,c"),
        (plaso_l2t(&EVENT), ",EV"),
        (plaso_l2t(&EVENT).trim_end_matches('-').to_owned(), "EV: a, b"),
        (plaso_l2t(&EVENT).trim_end_matches('-').to_owned(), "two words: x"),
    ] {
        assert_eq!(outcome(&plaso(&EVENT)), "benign");
        assert_ne!(outcome(&(record.clone() + more)), "benign", "{record}{more}");
    }
}

/// A word and a colon are a tag after a header, and have no meaning without one.
#[test]
fn the_first_word_of_a_line_is_no_tag() {
    let found = format!(
        "The description for Event ID ( 8 ) in Source ( crypt32 ) cannot be found. The local computer may not have the necessary registry information or message DLL files to display messages from a remote computer. You may be able to use the /AUXSOURCE= flag to retrieve this description; see Help and Support for details. The following information is part of the event: {URL}, {LISTED}."
    );
    for record in [found, xml(&EVENT)] {
        assert_eq!(outcome(&record), "benign", "{record}");
        assert_eq!(outcome(&syslog(&format!("tag: {record}"))), "benign", "{record}");
        for front in ["User-x-was-added: ", " User-x-was-added: ", "crypt32: ", "x[1]: "] {
            assert_ne!(outcome(&format!("{front}{record}")), "benign", "{record}");
        }
    }
}

#[test]
fn the_version_in_leef_is_that_of_windows_or_of_the_agent() {
    let record = syslog(&leef("LEEF:1.0", "\t", &EVENT));
    for (version, want) in [
        ("5.2", "benign"),
        ("5.2.3790", "benign"),
        ("XP", "benign"),
        ("1.0", "benign"),
        ("7.2.9", "benign"),
        ("6.1", "system"),
        ("6.1.7601", "system"),
        ("10.0", "system"),
        ("7", "system"),
        ("2008", "system"),
    ] {
        let record = record.replace("|Windows|2003|", &format!("|Windows|{version}|"));
        assert_eq!(outcome(&record), want, "{record}");
    }
}
