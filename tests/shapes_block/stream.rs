//! Every shape is read correctly from a log that also contains the others.

use crypt32_filter::{
    classify::classify,
    engine::unjudged::told,
    logs::stream::{Events, Found, MAX_RECORD},
    policy::Policy,
    record::csv,
    verdict::Outcome,
};

use crate::{record, records::Spec, shapes};

/// The verdicts of a stream.
fn stream(text: &str, chunk: usize) -> Vec<String> {
    let mut verdicts = Vec::new();
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = |found: Found<'_>| {
        let verdict = classify(found.event_read, &Policy::default());
        found.told.add(told(found.event_read, &verdict));
        verdicts.push(verdict.outcome.to_string());
    };
    for piece in text.as_bytes().chunks(chunk) {
        events.push(piece, &mut found);
    }
    events.finish(&mut found);
    verdicts
}

#[test]
fn every_shape_comes_out_of_a_stream() {
    for shape in shapes() {
        let benign = (shape.write)(&Spec::new());
        let added = Spec { error: "no known error".into(), ..Spec::new() };
        let review = (shape.write)(&added);
        let other = "{\"SourceName\":\"crypt32\",\"EventID\":7}";
        for (text, want) in [
            (benign.clone(), vec!["benign"]),
            (format!("{other}\n{benign}"), vec!["unrelated", "benign"]),
            (format!("{}\n{other}\n", benign.trim_end()), vec!["benign", "unrelated"]),
            (format!("{}\n\n{review}", benign.trim_end()), vec!["benign", "review"]),
            (format!("{}\r\n\r\n\r\n{benign}", review.trim_end()), vec!["review", "benign"]),
        ] {
            for chunk in [1, 50, 10_000] {
                assert_eq!(stream(&text, chunk), want, "{}, {chunk}:\n{text}", shape.name);
            }
        }
    }
}

#[test]
fn every_two_shapes_stand_in_one_file() {
    for a in shapes() {
        for b in shapes() {
            let text =
                format!("{}\n\n{}\n", (a.write)(&Spec::new()).trim_end(), (b.write)(&Spec::new()));
            assert_eq!(
                stream(&text, 4096),
                ["benign", "benign"],
                "{}, {}:\n{text}",
                a.name,
                b.name
            );
        }
    }
}

/// Text after the last record of a section, or of a command's output, does not belong to the
/// record.
#[test]
fn the_head_of_another_section_ends_a_record() {
    let heads = [
        "==================== Memory info ===========================",
        "=========================== Installed Programs ============================",
        "==================== End of Addition.txt ============================",
        "==========",
        "CodeIntegrity:\n========================",
        "======Environment variables======",
        "-----------------EOF-----------------",
        "< End of report >",
        "========== Files ==========",
    ];
    let prompts = ["C:\\>", "C:\\Documents and Settings\\jo.doe>", "PS C:\\>"];
    for shape in shapes() {
        let ends: &[&str] = match shape.name {
            "FRST" | "RSIT" | "OTL" => &heads,
            "wevtutil" | "Get-EventLog | Format-List *" => &prompts,
            _ => continue,
        };
        for end in ends {
            let text = format!("{}\n\n{end}\n", (shape.write)(&Spec::new()).trim_end());
            assert_eq!(stream(&text, 4096), ["benign"], "{text}");
        }
    }
}

/// Such a column may be the first of an export.
#[test]
fn a_message_is_the_first_column_of_a_table() {
    let message = Spec::new().message();
    for table in [
        format!("Message,EventID,Source\n\"{message}\",8,crypt32\n"),
        format!("Message,EventID,Source\n{message},8,crypt32\n").replace("\r\n", ""),
        format!("Message\tEventID\tSource\n{message}\t8\tcrypt32\n").replace("\r\n", ""),
    ] {
        assert_eq!(stream(&table, 4096), ["benign"], "{table}");
    }
}

/// Fields that Splunk extracted from a record agree with the record.
#[test]
fn what_is_extracted_beside_a_record_counts() {
    let message = Spec::new().message();
    let raw = format!(
        "03/15/2010 11:27:57 AM\nLogName=Application\nSourceName=crypt32\nEventCode=8\nEventType=1\n\
         Type=Error\nComputerName=S\nCategory=0\nMessage={message}"
    );
    for (name, value, want) in [
        ("Type", "Error", "benign"),
        ("Category", "0", "benign"),
        ("Type", "Information", "review"),
        ("LogName", "Security", "review"),
        ("Logfile", "Security", "review"),
        ("Category", "7", "review"),
        ("TaskCategory", "Logon", "review"),
        ("Keywords", "Audit Failure", "review"),
        ("LevelDisplayName", "Information", "review"),
    ] {
        let text = format!(
            "\"_raw\",\"_time\",\"host\",\"{name}\"\n\"{raw}\",\"2010-03-15T11:27:57Z\",\"S\",\"{value}\"\n"
        );
        assert_eq!(stream(&text, 4096), [want], "{name} {value}");
    }
}

/// One byte order mark belongs to the stream, and a second one to its record. A NUL is allowed only
/// after a value. A repeated name counts twice.
#[test]
fn what_belongs_to_no_value_is_not_taken_off() {
    let message = Spec::new().message();
    let line = format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {message}").replace("\r\n", "");
    assert_eq!(stream(&format!("\u{feff}{line}\n"), 4096), ["benign"]);
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        let marked = stream(&format!("\u{feff}\u{feff}{record}"), 4096);
        // In other shapes, the lines after the first may also be a record.
        let row = matches!(shape.name, "psloglist -s" | "Event Viewer of XP, CSV");
        assert!(!row || !marked.contains(&"benign".to_owned()), "{}", shape.name);
        for found in ["Event Source:\t", "SourceName=", "Source:        "] {
            let nul = record.replace(found, &format!("{found}\0"));
            if nul != record {
                assert!(!stream(&nul, 4096).contains(&"benign".to_owned()), "{nul}");
            }
        }
        if shape.name.contains("Format-List") {
            let first = record.trim_start().lines().next().unwrap();
            let name = first.split_once(':').unwrap().0;
            let twice = format!("{}\n{name}: 7\n", record.trim_end());
            assert!(!stream(&twice, 4096).contains(&"benign".to_owned()), "{twice}");
        }
    }
}

/// `wevtutil` appends a NUL to some values that Windows translates, and to no others.
#[test]
fn only_translated_values_end_in_a_nul() {
    let record = crate::record("wevtutil");
    let record = record.replace('\0', "");
    let mut count = 0;
    for (at, _) in record.match_indices('\n') {
        let at = if record[..at].ends_with('\r') { at - 1 } else { at };
        let line = record[..at].rsplit('\n').next().unwrap().trim_start();
        let may = ["Task:", "Level:", "Opcode:", "Keyword:"];
        let may = may.iter().any(|label| line.starts_with(label));
        for (nul, may) in [("\0", may), ("\0\0", false), ("\0 ", false)] {
            let text = format!("{}{nul}{}", &record[..at], &record[at..]);
            assert_eq!(stream(&text, 4096) == ["benign"], may, "{nul:?} after {line}");
            count += usize::from(may);
        }
    }
    assert_eq!(count, 4);
}

/// The tools that write to files wrap between words, so a line break makes another URL.
#[test]
fn a_line_break_inside_the_url_of_a_file_is_another_url() {
    let url = Spec::new().url;
    for name in ["FRST", "OTL"] {
        let record = crate::record(name);
        for (at, _) in url.char_indices().skip(1) {
            let (a, b) = url.split_at(at);
            for between in ["\n", "\r\n", "\n "] {
                let broken = record.replace(&url, &format!("{a}{between}{b}"));
                assert_eq!(stream(&broken, 4096), ["review"], "{name}: {broken}");
            }
        }
    }
}

/// A record on a line about another event does not vanish: it is read or reported as unjudged.
#[test]
fn no_record_vanishes_in_another() {
    let review = "Failed auto update retrieval of third-party root list sequence number from: \
                  <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/\
                  authrootseq.txt> with error: No known error";
    let json = format!("{{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"{review}\"}}");
    let records = [
        format!("2022 Jul 19 09:15:52 (SERVER1) any->EventChannel {json}"),
        format!("app_1  | {json}"),
        format!("<27>Mar 15 11:27:57 SERVER1 crypt32: 8: {review}"),
        format!("8,N/A,crypt32,Application,[ERR],0,{review}"),
        format!("[Application] [ERROR] [8] [crypt32] [SERVER1] [{review}]"),
        format!(
            "SERVER1\tMSWinEventLog\t3\tApplication\t1\tMon Mar 15 11:27:57 2010\t8\tcrypt32\tN/A\tN/A\t\
                 Error\tSERVER1\tNone\t\t{review}\t5"
        ),
    ];
    let ruler = "-".repeat(78);
    let table = format!(
        "{ruler}\nListing the events in 'application' log of host 'A'\n{ruler}\n\
         Type          Event  Date Time               Source            ComputerName   \n\
         ------------- ------ ----------------------- ----------------- ---------------\n\
         Error         8      3/15/2010 11:27:57 AM   Security          A"
    );
    let mut befores: Vec<String> =
        shapes().map(|s| (s.write)(&Spec { source: "Security".into(), ..Spec::new() })).collect();
    befores.push(table);
    for before in befores {
        for record in &records {
            for between in ["\n", "\n\n", "\n====================\n"] {
                let text = format!("{}{between}{record}\n", before.trim_end());
                let mut review = 0;
                let mut events = Events::new(None, MAX_RECORD);
                let mut found = |found: Found<'_>| {
                    let verdict = classify(found.event_read, &Policy::default());
                    found.told.add(told(found.event_read, &verdict));
                    review += u32::from(verdict.outcome == Outcome::Review);
                };
                events.push(text.as_bytes(), &mut found);
                events.finish(&mut found);
                assert!(review > 0 || events.summary().unjudged.count > 0, "{text}");
            }
        }
    }
}

/// The lines that mention the event and could not be judged.
fn unjudged(text: &str) -> Vec<u64> {
    let mut events = Events::new(None, MAX_RECORD);
    let mut found = |found: Found<'_>| {
        let verdict = classify(found.event_read, &Policy::default());
        found.told.add(told(found.event_read, &verdict));
    };
    events.push(text.as_bytes(), &mut found);
    events.finish(&mut found);
    events.summary().unjudged.lines.clone()
}

/// Lines of an unknown format behind a block about another event may not belong to it.
#[test]
fn no_line_vanishes_behind_a_block() {
    let mention = "Hostname=SERVER1 EventID=8 SourceName=crypt32 Message=\"Failed\"";
    let mut count = 0;
    for shape in shapes() {
        let related = (shape.write)(&Spec { id: "7".into(), ..Spec::new() });
        let related = related.trim_end().replace("Failed auto", "Successful auto");
        assert_eq!(unjudged(&related), [0; 0], "{}: {related}", shape.name);
        let lines = related.lines().count() as u64;
        for (between, more) in [("\n", 1), ("\n\n", 2), ("\nan ordinary line\n", 2)] {
            let text = format!("{related}{between}{mention}\n{mention}\n");
            let found = unjudged(&text);
            // Without the keys behind its message, a record of this shape has no source.
            let found = if shape.name == "Splunk through WMI" { &found[1..] } else { &found };
            assert_eq!(found, [lines + more, lines + more + 1], "{}: {text}", shape.name);
            count += 1;
        }
    }
    assert!(count > 60, "only {count} texts");
    let labelled = "Event ID: 1\nan ordinary line\n2026-03-15 11:27:57 app: crypt32 event 8: x\n";
    assert_eq!(unjudged(labelled), [3]);
    // A related event does not have the message of event 8.
    let message = Spec::new().message();
    assert_eq!(unjudged(&format!("Event Source: crypt32\nEvent ID: 7\n{message}")), [3]);
}

/// A record must not begin at its second label because the first one has another spelling.
#[test]
fn a_first_label_in_another_spelling_is_not_lost() {
    let (mut count, mut wrong) = (0, Vec::new());
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        let first = record.lines().next().unwrap();
        let Some((label, value)) = first.split_once([':', '=']) else { continue };
        if !["Event Type", "Log Name", "LogName", "Event[0]"].contains(&label) {
            continue;
        }
        let sign = &first[label.len()..=label.len()];
        let rest = &record[first.len()..];
        let other = match label {
            "Event Type" => "Information",
            "Event[0]" => "User x was added",
            _ => "Security",
        };
        let spellings = [
            label.to_owned(),
            label.replace(' ', "\u{a0}"),
            label.to_lowercase(),
            label.to_uppercase(),
            label.replace(' ', "-"),
            format!("{label} "),
        ];
        for label in &spellings[..if label == "Event[0]" { 1 } else { spellings.len() }] {
            let text = format!("{label}{sign} {other}{rest}");
            count += 1;
            if stream(&text, 50).contains(&"benign".to_owned()) {
                wrong.push(format!("{}: {text}", shape.name));
            }
        }
        // The correct value with non-breaking spaces. On one line, nothing else separates a label.
        if label.contains(' ') && !shape.name.ends_with("in one line") {
            let text = format!("{}{sign}{value}{rest}", label.replace(' ', "\u{a0}"));
            assert_eq!(stream(&text, 50), ["benign"], "{text}");
        }
        if label == "LogName" {
            assert_eq!(stream(&format!("{first}\n{rest}"), 50), ["benign"]);
            assert_eq!(stream(&format!("LogName=Security\n{rest}"), 50), ["review"]);
        }
    }
    assert!(count > 20, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

/// The rows of a table of Splunk, where a column with a free name was added.
fn beside(name: &str) -> String {
    let raw = record("Splunk on XP");
    format!(
        "\"_raw\",\"_time\",\"host\",\"{name}\"\n\"{raw}\",\"2010-03-15T11:27:57Z\",\"S\",\"x\"\n"
    )
}

/// A column of the user's own does not make the whole table unreadable.
#[test]
fn a_column_may_have_any_name() {
    let long = "a".repeat(200);
    for name in ["tag::eventtype", "winlog.keywords{}", "a=b", "2010", "a:b", "_x", "$", &long] {
        assert_eq!(stream(&beside(name), 4096), ["benign"], "{name}");
    }
}

/// Below a header, lines are rows.
#[test]
fn text_with_the_names_of_columns_is_no_header() {
    for text in [
        "Columns: Source, EventID, Message",
        "Source, EventID, Message: three columns",
        "x: y, Source, EventID, Message",
        "{\"columns\":[\"Source\",\"EventID\",\"Message\",\"User\"]}",
        "<a>,Source,EventID,Message",
        "2010,Source,EventID,Message",
    ] {
        assert!(csv::Header::of(text).is_none(), "{text}");
    }
}

/// The portal of Azure shows the times as the user wants them.
#[test]
fn a_table_of_azure_may_have_local_times() {
    let text = record("Azure's portal").replace("[UTC]", "[Local Time]");
    assert_eq!(stream(&text, 4096), ["benign"], "{text}");
}

/// In a table of Splunk, the source is the input.
#[test]
fn a_source_gives_way_to_a_specific_name() {
    let message = Spec::new().message();
    for (name, input, want) in [
        ("SourceName", "WinEventLog:Application", "benign"),
        ("ProviderName", "x", "benign"),
        ("Source", "crypt32", "benign"),
        ("Source", "x", "review"),
    ] {
        let text = format!(
            "_time,host,source,sourcetype,EventCode,{name},Type,Message\n\
             2010-03-15T11:27:57Z,S,{input},WinEventLog,8,crypt32,Error,\"{message}\"\n"
        );
        assert_eq!(stream(&text, 4096), [want], "{name} {input}");
    }
}

/// A cell in a column with an empty name is like one behind the last column.
#[test]
fn a_cell_without_a_name_says_something() {
    let (message, raw) = (Spec::new().message(), record("Splunk on XP"));
    for (cell, want) in [("4625 evil", "review"), ("", "benign"), ("-", "benign")] {
        for text in [
            format!("Source,,Event ID,Type,Message\ncrypt32,{cell},8,Error,\"{message}\"\n"),
            format!("_raw,,_time\n\"{raw}\",{cell},2010-03-15T11:27:57Z\n"),
        ] {
            assert_eq!(stream(&text, 4096), [want], "{text}");
        }
    }
}

/// An export of Splunk may have the fields of its records. They must agree, in text and in XML.
#[test]
fn a_record_of_splunk_agrees_with_its_fields() {
    let text = record("Splunk on XP");
    let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
        <Provider Name='crypt32'/><EventID Qualifiers='49154'>8</EventID><Level>2</Level><Task>0\
        </Task><Keywords>0x80000000000000</Keywords><TimeCreated SystemTime='2010-03-15T11:27:57Z'/>\
        <EventRecordID>4242</EventRecordID><Channel>Application</Channel><Computer>SERVER1</Computer>\
        <Security/></System><EventData><Data>http://www.download.windowsupdate.com/msdownload/update\
        /v3/static/trustedr/en/authrootseq.txt</Data><Data>The server name or address could not be \
        resolved</Data></EventData></Event>";
    let message = Spec::new().message();
    for (raw, columns, cells, want) in [
        (&*text, "EventCode,SourceName", "8,crypt32", "benign"),
        (xml, "EventID", "8", "benign"),
        (xml, "EventCode,source", "8,XmlWinEventLog:Application", "benign"),
        (
            &text,
            "Message,LogName,Type,EventType",
            &format!("\"{message}\",Application,Error,1"),
            "benign",
        ),
        (&text, "EventCode,SourceName", "4625,crypt32", "review"),
        (&text, "EventCode,SourceName", "8,Security", "review"),
        (&text, "EventCode", "7", "review"),
        (xml, "EventID", "4625", "review"),
        (xml, "SourceName", "Security", "review"),
        (&text, "Message", "An account failed to log on", "review"),
        (&text, "EventCode,SourceName,Message", "4625,Security,An account", "review"),
        (
            "An account failed to log on",
            "EventCode,SourceName,Message",
            &format!("8,crypt32,\"{message}\""),
            "review",
        ),
        ("", "EventCode,SourceName,Message", &format!("8,crypt32,\"{message}\""), "benign"),
    ] {
        let text = format!(
            "_raw,_time,host,sourcetype,{columns}\n\"{raw}\",2010-03-15T11:27:57Z,SERVER1,x,{cells}\n"
        );
        assert_eq!(stream(&text, 4096), [want], "{text}");
    }
}
