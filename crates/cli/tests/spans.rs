//! Tests of records that span lines: the filter removes nothing from inside a record.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code)]
mod command;
#[path = "../../../tests/filtered/mod.rs"]
mod filtered;

use crypt32_filter::{
    engine::{filter::Filter, ledger::Ledger},
    policy::{Action, Policy},
};
use filtered::filtered;

const MESSAGE: &str = concat!(
    "Failed auto update retrieval of third-party root list sequence number from: ",
    "<http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt>",
    " with error: The server name or address could not be resolved",
);

/// Records of one line. Each is benign by itself.
fn records() -> Vec<String> {
    vec![
        format!(
            r#"{{"SourceName":"crypt32","EventID":8,"EventType":"Error","Message":"{MESSAGE}"}}"#
        ),
        format!(
            "2010 Mar 15 11:27:57 WinEvtLog: Application: ERROR(8): crypt32: (no user): no domain: \
             SERVER1: {MESSAGE}"
        ),
        format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {MESSAGE}"),
        format!("3/15/2010,11:27:57 AM,crypt32,Error,None,8,N/A,SERVER1,\"{MESSAGE}\""),
        format!("3/15/2010\t11:27:57 AM\tcrypt32\tError\tNone\t8\tN/A\tSERVER1\t{MESSAGE}"),
    ]
}

/// Records that quote a record: the text before it and after it.
fn quotes() -> Vec<(&'static str, String, &'static str)> {
    let row = "3/15/2010,11:27:57 AM,Forwarder,Information,None,1,N/A,SERVER2,";
    let labels = "Event Type:\tInformation\nEvent Source:\tForwarder\nEvent Category:\tNone\n\
                  Event ID:\t1\nDate:\t\t3/15/2010\nTime:\t\t11:27:57 AM\nUser:\t\tN/A\n\
                  Computer:\tSERVER2\nDescription:\n";
    vec![
        ("xp row", format!("{row}\"It sent:\n"), "\"\n"),
        ("xp row, text before", format!("{row}\"It sent:\n\none\ntwo\n"), "\n\"\n"),
        ("vista row", "Error,3/15/2010 11:27:57 AM,Forwarder,1,None,\"It sent:\n".into(), "\"\n"),
        ("vista row, tabs", "Error\t3/15/2010 11:27:57 AM\tX\t1\tNone\t\"It sent:\n".into(), "\"\n"),
        ("psloglist", "1,Application,X,ERROR,SERVER2,3/15/2010 11:27:57 AM,1,,\"It\n".into(), "\"\n"),
        ("export", "\"Message\",\"Id\",\"ProviderName\"\n\"It sent:\n".into(), "\",\"1\",\"X\"\n"),
        ("export, last", "Id;Source;Type;Text\n1;X;Error;\"It sent:\n".into(), "\"\n"),
        ("xp", format!("{labels}It sent:\n"), "and so on\n"),
        ("xp, first line", labels.into(), "and so on\n"),
        ("xp, below a blank line", format!("{labels}\n"), "and so on\n"),
        (
            "psloglist, blocks",
            "[0001] X\n   Type:     ERROR\n   Computer: SERVER2\n   Time:     3/15/2010 11:27:57 AM   \
             ID:       1\nIt sent:\n"
                .into(),
            "and so on\n",
        ),
        (
            "mof",
            "instance of Win32_NTLogEvent\n{\n\tEventCode = 1;\n\tMessage = \"It sent:\n".into(),
            "\";\n\tSourceName = \"X\";\n};\n",
        ),
        (
            "cloudwatch",
            "[Security] [INFO] [528] [Security] [SERVER2] [An account was logged on:\n".into(),
            "]\n",
        ),
        ("chosen properties", "EventCode=528\nLogfile=Security\nMessage=It:\n".into(), "Type=x\n"),
        ("xml comment", "<!-- as it was:\n".into(), "-->\n"),
        (
            "line protocol",
            "win_eventlog,EventID=1,Source=X,host=a Message=\"It sent:\n".into(),
            "\",Version=0i 1268652477000000000\n",
        ),
        (
            "rsit",
            "Computer Name: SERVER2\nEvent Code: 1\nMessage: It sent:\n".into(),
            "\nRecord Number: 1\nSource Name: X\nTime Written: 20100315112757.000000+000\n\
             Event Type: error\nUser: \n",
        ),
        (
            "vista",
            "Log Name:      Application\nSource:        X\nDate:          3/15/2010 11:27:57 AM\n\
             Event ID:      1\nLevel:         Error\nDescription:\nIt sent:\n"
                .into(),
            "and so on\n",
        ),
        (
            "splunk",
            "03/15/2010 11:27:57 AM\nLogName=Application\nSourceName=X\nEventCode=1\nMessage=It:\n"
                .into(),
            "and so on\n",
        ),
        (
            "xml",
            "<Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n<EventData>\n\
             <Data><![CDATA[\n"
                .into(),
            "]]></Data>\n</EventData>\n</Event>\n",
        ),
        ("ticket", "id,title\n17,\"It sent:\n".into(), "\"\n"),
        (
            "alert",
            "** Alert 1268652477.1234: - windows,\n2010 Mar 15 11:27:57 (A) any->WinEvtLog\n\
             Rule: 18103 (level 5) -> 'Windows error event.'\nUser: (no user)\n"
                .into(),
            "\n",
        ),
        (
            "xml behind a header",
            "<13>Mar 15 11:27:57 A app: <Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n\
             <EventData>\n<Data><![CDATA[\n"
                .into(),
            "]]></Data>\n</EventData>\n</Event>\n",
        ),
        (
            "xml tree",
            "- <Event xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\">\n- <System>\n  \
             <Provider Name=\"X\" />\n  <EventID>1</EventID>\n  </System>\n- <EventData>\n  <Data>It:\n"
                .into(),
            "end</Data>\n  </EventData>\n  </Event>\n",
        ),
        (
            "xml, fluent bit with a long first line",
            format!("[0] w: [1268652477.0, {{\"Message\"=>\"{}\n", "It sent ".repeat(99)),
            "end\"}]\n",
        ),
        ("xml, a comment", "<Events><Event>\n<!--\n</Event>\n".into(), "-->\n</Event\n>\n"),
    ]
}

fn dropping() -> Policy {
    Policy { action: Action::Drop, ..Policy::default() }
}

fn filter(input: &[u8], size: usize, policy: &Policy) -> (String, Ledger) {
    let mut filter = Filter::new(policy.clone());
    let out = filtered(&mut filter, input.chunks(size));
    (String::from_utf8(out).unwrap(), filter.ledger().clone())
}

/// Filters the input with different chunk boundaries. The result is always the same.
fn in_any_cut(input: &str, policy: &Policy) -> (String, Ledger) {
    let input = input.as_bytes();
    let whole = filter(input, input.len(), policy);
    for size in [1, 2, 31, 64, 300, 1000] {
        assert_eq!(filter(input, size, policy), whole, "pieces of {size}");
    }
    whole
}

#[test]
fn a_byte_order_mark_hides_no_beginning() {
    let line = &records()[1];
    let input = format!("\u{feff}\"a row\n{line}\n\"\n{line}\n");
    let (_, ledger) = in_any_cut(&input, &dropping());
    assert_eq!(ledger.dropped, 1);
}

#[test]
fn nothing_is_taken_out_of_a_record_that_spans_lines() {
    let apart = &records()[0];
    for (name, before, behind) in quotes() {
        for record in records() {
            // Any number of quoted records, in any place.
            for quoted in [format!("{record}\n"), format!("x\n{record}\n{record}\n")] {
                // A quote that is not doubled may end a row, but not before the line with the
                // quote.
                let twice = quoted.len() > record.len() + 1;
                if twice && quoted.contains('"') && !name.starts_with("xml") {
                    continue;
                }
                let quote = format!("{before}{quoted}{behind}");
                for action in [Action::Drop, Action::Tag] {
                    let policy = Policy { action, ..Policy::default() };
                    // Only many records prove that a block has ended.
                    let input = format!("{apart}\n{quote}\n{}", format!("{apart}\n").repeat(15));
                    let (out, ledger) = in_any_cut(&input, &policy);
                    assert!(out.contains(&quote), "{name}: {record}\n{out}");
                    // The end of such a row is ambiguous, so the next record may stay.
                    let done = ledger.tagged + ledger.dropped;
                    let told = !quoted.contains('"') || !behind.trim_start().starts_with('"');
                    assert!(done >= 2 || (done == 1 && !told), "{name}: {record}\n{out}");
                }
            }
        }
    }
}

/// A line after a blank line may look like a record and still be part of the description.
#[test]
fn a_block_may_go_on_behind_a_blank_line() {
    let records = records();
    for (name, before, behind) in quotes() {
        if !behind.starts_with("and") && name != "mof" && name != "rsit" {
            continue;
        }
        for record in &records[..3] {
            for quoted in
                [record.clone(), format!("{record}\n\n{record}"), format!("<13>x\n{record}")]
            {
                if quoted.starts_with('{') && name == "mof" {
                    continue;
                }
                let input = format!("{before}\none\n\n{quoted}\n\n{behind}");
                let (out, ledger) = in_any_cut(&input, &dropping());
                // An object may get a tag.
                let tagged = out.replace(",\"kb\":{", "\0").split('\0').count() - 1;
                assert_eq!((ledger.dropped, ledger.tagged), (0, tagged as u64), "{name}");
                assert!(out == input || (tagged > 0 && out.ends_with(behind)), "{name}\n{out}");
            }
        }
    }
}

/// If a header names the columns, a row is not read in a layout without a header.
#[test]
fn a_row_is_read_by_its_header() {
    let row = &records()[3];
    let adiscon = format!("8,N/A,crypt32,Application,[ERR],0,{MESSAGE}");
    for (header, row) in [
        ("EventID,SourceName,ComputerName,EventLog,EventTypeName,EventCategory,Message", &adiscon),
        (
            "TimeGenerated,TimeWritten,UserName,EntryType,Source,EventID,Category,MachineName,Message",
            row,
        ),
    ] {
        let input = format!("{header}\n{row}\n");
        assert_eq!(in_any_cut(&input, &dropping()).0, input);
    }
}

/// A line between tabs, or a message without quotes, continues on the next line.
#[test]
fn what_goes_on_without_a_quote_is_not_judged_by_a_line() {
    let [json, .., tabs] = &records()[..] else { panic!() };
    let lost = format!(
        "The description for Event ID ( 8 ) in Source ( crypt32 ) could not be found. It contains the \
         following insertion string(s): {}, The server name or address could not be resolved.",
        crypt32_filter::article::URL
    );
    let frst = "Error: (03/15/2010 11:27:57 AM) (Source: crypt32) (EventID: 8) (User: )";
    let otl = "Error - 3/15/2010 11:27:57 AM | Computer Name = S | Source = crypt32 | ID = 131080";
    for first in [frst, otl] {
        let input = format!("{first}\nDescription: {MESSAGE}\n");
        let ledger = in_any_cut(&input, &dropping()).1;
        assert_eq!((ledger.review, ledger.benign), (0, 0), "{first}");
    }
    for input in [
        format!("{tabs}\napp_1  | {json}\n"),
        format!("{lost}\nUser x was added\n"),
        format!("{MESSAGE}\nUser x was added\n"),
    ] {
        assert_eq!(in_any_cut(&input, &dropping()).0, input);
    }
    let input = format!("{lost}\n{lost}\n");
    assert_eq!(in_any_cut(&input, &dropping()).1.benign, 2);
}

/// Rows below a header with unknown names are not read in a known layout, because their columns may
/// be different.
#[test]
fn rows_below_an_unknown_header_are_not_judged() {
    let [json, _, _, row, _] = &records()[..] else { panic!() };
    for header in [
        "Date,Time,Source,Type,Category,RecordNumber,User,Computer,Description",
        "\"Datum\",\"Uhrzeit\",\"Quelle\",\"Typ\",\"Kategorie\",\"Nummer\",\"Benutzer\",\"Computer\",\"Text\"",
    ] {
        let input = format!("{header}\n{row}\n{row}\n");
        let (out, ledger) = in_any_cut(&format!("{input}{json}\n"), &dropping());
        assert_eq!((out, ledger.dropped), (input, 1));
    }
}

/// A container runtime splits a long line: `P` marks a part that continues on the next line.
#[test]
fn a_part_of_a_split_line_is_not_judged() {
    let [json, line, ..] = &records()[..] else { panic!() };
    let split = |flag: &str, text: &str| format!("2010-03-15T11:27:57.1Z stdout {flag} {text}\n");
    for record in [json, line] {
        for quote in [
            split("P", record) + &split("F", "User x was added"),
            split("P", "{\"msg\":\"abc") + &split("F", record),
            split("P", "{\"msg\":\"abc") + &split("P", record) + &split("F", "}"),
        ] {
            let input = format!("{quote}{json}\n");
            assert_eq!(in_any_cut(&input, &dropping()).0, quote);
        }
    }
    assert_eq!(in_any_cut(&split("F", json), &dropping()).0, "");
}

#[test]
fn quotes_in_a_row_may_be_doubled() {
    let records = records();
    let json = records[0].replace('"', "\"\"");
    let before = "3/15/2010,11:27:57 AM,X,Error,None,1,N/A,SERVER2,\"It sent:\n";
    for lines in [&json, &format!("{json}\n{json}"), &format!("\"\"\n{json}\n, \"\"a\"\",")] {
        let input = format!("{before}{lines}\n{}\n\"\n{}\n", records[1], records[1]);
        let (out, ledger) = in_any_cut(&input, &dropping());
        assert_eq!((ledger.benign, ledger.dropped), (1, 1), "{out}");
        assert!(out.ends_with("\n\"\n"));
    }
}

#[test]
fn a_row_that_goes_on_is_not_judged_by_its_first_line() {
    let [_, _, _, row, tabs] = &records()[..] else { panic!() };
    let more = "User x was added to Administrators by powershell -enc SQBFAFgA";
    for end in ["\n", "\r\n"] {
        let open = row.strip_suffix('"').unwrap();
        for input in [
            open.to_owned(),
            format!("{open}{end}"),
            format!("{open}{end}\"{end}"),
            format!("{open}{end}{more}\"{end}"),
            format!("{open}{end}{more}"),
            format!("{tabs}{end}{more}{end}"),
            format!("{tabs}{end}{end} {end}{more}"),
            format!("{tabs}{end}{}{end}{more}", " ".repeat(2000)),
            format!("{tabs}{end} {{\"a\":1}}"),
            format!("{tabs}{end}{}", "x".repeat(9000)),
        ] {
            let (out, ledger) = in_any_cut(&input, &dropping());
            assert_eq!((out.as_str(), ledger.dropped), (input.as_str(), 0));
        }
        for (input, rest) in [
            (format!("{row}{end}{more}{end}"), format!("{more}{end}")),
            (tabs.clone(), String::new()),
            (format!("{tabs}{end}"), String::new()),
            (format!("{tabs}{end}{end}"), end.to_owned()),
            (format!("{tabs}{end}{tabs}{end}{row}"), String::new()),
            (format!("{tabs}{end}{{\"a\":1}}"), "{\"a\":1}".to_owned()),
        ] {
            let (out, _) = in_any_cut(&input, &dropping());
            assert_eq!(out, rest, "{input}");
        }
    }
}

/// No line inside a record is judged, however long the record and its lines are.
#[test]
fn a_record_that_is_too_long_passes_whole() {
    let line = &records()[1];
    let policy = Policy { max_record: 4000, ..dropping() };
    for (name, before, behind) in quotes() {
        for more in ["xxxxxxxxx\n".repeat(400), "x".repeat(4001) + "\n", "x".repeat(9000) + "\n"] {
            let input = format!("{before}{more}{line}\n{behind}\n");
            let (out, ledger) = in_any_cut(&input, &policy);
            assert_eq!((ledger.dropped, out), (0, input), "{name}");
        }
    }
    // The comment ends at its end, whatever chunk boundaries cut that end.
    let comment = format!("<!-- {}-->\n", "x".repeat(9000));
    for cut in 0..4 {
        let input = format!("{}{comment}{line}\n", "y".repeat(cut) + "\n");
        let (out, ledger) = in_any_cut(&input, &policy);
        assert_eq!(ledger.dropped, 1, "{out}");
    }
}

/// Lines that open no record.
#[test]
fn a_quote_alone_opens_no_row() {
    let record = &records()[0];
    for line in [
        "say \"hello",
        "a, \"b",
        "<13>Mar 15 11:27:57 A app: a,b,c,\"open",
        r#"{"a":1,"b":2,"c":3,"open"#,
        "a,b,c,d\"e",
        r#""GET / HTTP/1.1" 200 "-""#,
        r#"1,2,3,"a","b" c"#,
        "<EventData>",
        "<Event a='b'/>",
    ] {
        let (out, ledger) = in_any_cut(&format!("{line}\n{record}\n"), &dropping());
        assert_eq!((ledger.dropped, out), (1, format!("{line}\n")));
    }
}

/// In a block, a record after a blank line is a separate record if only records follow. The end of
/// the input proves nothing.
#[test]
fn a_block_ends_where_a_record_begins_by_itself() {
    let record = &records()[1];
    let labels = ["Event ID: 1\n", "Level: Error\nApplication: x\n"];
    let labels = labels.map(|labels| ("labels", labels.to_owned()));
    let blocks = quotes().into_iter().filter_map(|(name, before, behind)| {
        let ends = !name.starts_with("xp,") && behind.starts_with("and");
        ends.then(|| (name, format!("{before}{behind}\n")))
    });
    for (name, block) in blocks.chain(labels) {
        let rest = format!("{record}\n").repeat(20);
        let (out, ledger) = in_any_cut(&format!("{block}{rest}"), &dropping());
        let kept = usize::try_from(ledger.unjudged).unwrap();
        assert_eq!(ledger.dropped + ledger.unjudged, 20, "{name}");
        assert!(kept * (record.len() + 1) <= 4096 + record.len(), "{name}: {kept}");
        assert_eq!(out, format!("{block}{}", format!("{record}\n").repeat(kept)), "{name}");
    }
}

/// A frame with an octet count is never changed, however many lines it has.
#[test]
fn nothing_is_taken_out_of_a_counted_frame() {
    let [json, line, ..] = &records()[..] else { panic!() };
    for (message, behind) in [
        (format!("<13>Mar 15 11:27:57 A app: it sent\n{json}\n{line}\n"), ""),
        (format!("<13>Mar 15 11:27:57 A app: it sent\r\n{line}\r\nand so on"), "\n"),
        (format!("<13>Mar 15 11:27:57 A crypt32: {json}\n{json}"), "\n"),
    ] {
        for (sign, zeros) in [("", ""), ("+", ""), ("", "000000000000000000000000")] {
            let frame = format!("{sign}{zeros}{} {message}", message.len());
            // Frames may follow each other without a separator.
            let frames = frame.repeat(3) + behind;
            for action in [Action::Drop, Action::Tag] {
                let policy = Policy { action, ..Policy::default() };
                let input = format!("{json}\n{frames}{json}\n");
                let (out, ledger) = in_any_cut(&input, &policy);
                assert!(out.contains(&frames), "{out}");
                assert_eq!(ledger.tagged + ledger.dropped, 2, "{frame}");
            }
        }
    }
    // The count is too small, or invented.
    let policy = Policy { max_record: 4000, ..dropping() };
    for count in ["0", "1", "6", "99999999999999999999999999"] {
        let more = "xxxxxxxxx\n".repeat(if count.len() > 1 { 400 } else { 0 });
        let input = format!("{count} <13>x\n{more}{json}\n{line}\n");
        assert_eq!(in_any_cut(&input, &policy).1.dropped, 2, "{count}");
    }
    let input = format!("99999999999999999999999999 <13>x\n{json}\n{line}\n");
    assert_eq!(in_any_cut(&input, &policy).1.dropped, 0);
}

/// With `--output ndjson`, the lines of a record still belong to the record.
#[test]
fn nothing_is_taken_out_of_what_becomes_json() {
    let [json, line, _, row, tabs] = &records()[..] else { panic!() };
    let wrapped = |text: &str| {
        let wrap = |line: &str| match line {
            "" => String::new(),
            _ if line.starts_with("{\"S") => line.to_owned(),
            _ => serde_json::json!({ "message": line }).to_string(),
        };
        text.split_terminator('\n').map(|line| wrap(line) + "\n").collect::<String>()
    };
    for (name, before, behind) in quotes() {
        let quote = format!("{before}{line}\n{behind}");
        let (out, dropped) = ndjson(&format!("{json}\n{quote}\n{json}\n{line}\n"));
        // A block may go on behind the last line.
        let end = if dropped == 2 { wrapped(line) } else { String::new() };
        assert_eq!(out, wrapped(&quote) + "\n" + &end, "{name}");
        assert!(dropped >= 2, "{name}");
    }
    let open = row.strip_suffix('"').unwrap();
    for (input, out) in [
        (format!("{open}\n{line}\n\"\n{json}\n"), format!("{open}\n{line}\n\"\n")),
        (format!("{tabs}\n\nmore\n{tabs}\n"), format!("{tabs}\n\nmore\n")),
        (format!("{tabs}\n\n{tabs}\n{row}\n"), "\n".to_owned()),
        (tabs.clone(), String::new()),
    ] {
        assert_eq!(ndjson(&input).0, wrapped(&out), "{input}");
    }
}

/// Returns the output of the command, and the number of records that it drops.
fn ndjson(input: &str) -> (String, u64) {
    let ledger = command::folder("spans").join("ledger.json");
    let path = ledger.to_str().unwrap();
    let args = ["filter", "--action", "drop", "--output", "ndjson", "--ledger", path];
    let mut command = std::process::Command::new(command::COMMAND);
    let output = command::run(command.args(args), input.as_bytes());
    let ledger: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&ledger).unwrap()).unwrap();
    (String::from_utf8(output.stdout).unwrap(), ledger["dropped"].as_u64().unwrap())
}
