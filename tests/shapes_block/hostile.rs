//! Added content never goes unnoticed, and text that only looks like a record is not one.

use crate::{reasons, record, records::Spec, rows::cells, shapes, verdict};

#[test]
fn text_added_to_the_message_fails_it() {
    for shape in shapes().filter(|shape| !shape.silent.contains(&"after")) {
        for after in [
            "An intruder was here.",
            "\r\nEvent ID: 9",
            "\r\n\r\nEvent Type: Warning\r\nSource: x\r\nLevel: y",
            "RecordNumber=1\r\nSourceName=crypt32",
            "\r\nRecord Number: 1\r\nSource Name: crypt32",
            "Event Xml:\r\n<nothing/>",
            "Data:\r\nnot a dump",
            "Computer: SERVER2",
        ] {
            let spec = Spec { after: after.into(), ..Spec::new() };
            let record = (shape.write)(&spec);
            let got = reasons(&record);
            let expected =
                got.contains(&"message") || got.contains(&"error") || got.contains(&"integrity");
            assert!(expected, "{}: {got:?}\n{record}", shape.name);
        }
    }
}

#[test]
fn text_added_to_the_record_fails_it() {
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        for added in ["An intruder was here.", "x,y,z\r\nand more"] {
            let record = format!("{}\r\n{added}\r\n", record.trim_end());
            let got = verdict(&record);
            assert!(!got.starts_with("benign"), "{}: {got}\n{record}", shape.name);
        }
    }
}

#[test]
fn a_label_that_stands_twice_is_said_twice() {
    let xp = record("Event Viewer of XP, copied");
    let vista = record("Event Viewer of Vista, copied");
    let splunk = record("Splunk on XP");
    for (record, line, other) in [
        (&xp, "Event Type:\tError\r\n", "Event Type:\tWarning\r\n"),
        (&xp, "Event Source:\tcrypt32\r\n", "Event Source:\tcrypt33\r\n"),
        (&xp, "Event ID:\t8\r\n", "Event ID:\t7\r\n"),
        (&xp, "Computer:\tSERVER1\r\n", "Computer:\tSERVER2\r\n"),
        (&xp, "Date:\t\t3/15/2010\r\n", "Date:\t\t3/16/2010\r\n"),
        (&vista, "Event ID:      8\n", "Event ID:      7\n"),
        (&vista, "Level:         Error\n", "Level:         Warning\n"),
        (&vista, "Log Name:      Application\n", "Log Name:      Security\n"),
        (&splunk, "EventCode=8\n", "EventCode=7\n"),
        (&splunk, "SourceName=crypt32\n", "SourceName=crypt33\n"),
        (&splunk, "ComputerName=SERVER1\n", "ComputerName=SERVER2\n"),
    ] {
        assert!(record.contains(line));
        for both in [format!("{line}{other}"), format!("{other}{line}")] {
            let got = reasons(&record.replacen(line, &both, 1));
            assert!(got.contains(&"integrity"), "{both}: {got:?}");
        }
        // Repeating the same line is harmless.
        let twice = record.replacen(line, &line.repeat(2), 1);
        assert_eq!(verdict(&twice), "benign listed");
        // An unknown label may have any value.
        let unknown = if line.contains('=') { "Shelf=3" } else { "Rack: 12" };
        let known = record.replacen(line, &format!("{line}{unknown}\n"), 1);
        assert_eq!(verdict(&known), "integrity");
        let got = reasons(&record.replacen(line, &format!("{line}An intruder was here.\n"), 1));
        assert!(got.contains(&"message"), "{got:?}");
    }
}

#[test]
fn a_third_insertion_string_is_seen() {
    let changed = |name: &str, from: &str, to: &str| {
        let record = record(name);
        assert!(record.contains(from), "{record}");
        verdict(&record.replacen(from, to, 1))
    };
    assert_eq!(changed("Log Parser", "resolved,SERVER1", "resolved|third,SERVER1"), "integrity");
    assert_eq!(changed("plaso", "resolved']", "resolved'  'third']"), "integrity");
    let xml = "Event Viewer of Vista, copied with XML";
    assert_eq!(changed(xml, "</EventData>", "<Data>third</Data></EventData>"), "integrity");
    assert_eq!(changed("EvtxECmd", "resolved\"\"", "resolved, third\"\""), "error");
}

#[test]
fn label_and_xml_must_say_the_same() {
    let record = record("Event Viewer of Vista, copied with XML");
    for (from, to, want) in [
        ("<Provider Name=\"crypt32\" />", "<Provider Name=\"crypt33\" />", "source"),
        (">8</EventID>", ">7</EventID>", "event-id"),
        ("<Level>2</Level>", "<Level>4</Level>", "benign listed"),
        ("<Computer>SERVER1<", "<Computer>SERVER2<", "integrity"),
        ("</Event>", "</Evil>", "message"),
        ("<Event ", "<!DOCTYPE x><Event ", "message"),
    ] {
        assert!(record.contains(from));
        let got = verdict(&record.replacen(from, to, 1));
        assert_eq!(got, want, "{to}");
    }
}

#[test]
fn near_misses_are_none() {
    for record in [
        "From: someone\nSubject: Event ID 8\nDate: today\n\nEvent Source: crypt32 was in my log",
        "The following similar event may also be recorded:",
        "Level,Date and Time,Source,Event ID,Task Category",
        "Event ID:",
        "Type: Error",
        "[ Application Events ]",
        "[1] crypt32",
        "Error: (03/15/2010 11:27:57 AM) Source crypt32",
        "3/15/2010,11:27:57 AM,crypt32,Error,None,eight,N/A,SERVER1,x",
        "N,Source,EventID,Message",
        "N,Source,EventID,Message\n1,crypt32,[8],x",
        "[8 / crypt32] Source Name: crypt32",
        "a=b\nc=d",
    ] {
        assert_eq!(verdict(record), "unrelated", "{record}");
    }
}

#[test]
fn no_label_may_be_said_twice() {
    let (mut count, mut wrong) = (0, Vec::new());
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        if !verdict(&record).starts_with("benign") {
            continue;
        }
        let mut at = 0;
        for line in record.split_inclusive('\n') {
            let text = line.trim_end();
            let sign = text.find([':', '=']).filter(|_| !line.contains("Failed auto"));
            let Some(sign) = sign else {
                at += line.len();
                continue;
            };
            let (label, value) = text.split_at(sign + 1);
            // The sign can be in a time, where it separates nothing, or at the end of the text.
            let is_label = label.starts_with(|c: char| c.is_alphabetic() || c.is_whitespace());
            if is_label && !value.trim().is_empty() {
                let end = &line[text.len()..];
                let (before, after) = record.split_at(at);
                let twice = format!("{before}{label}{value}7{end}{after}");
                count += 1;
                if verdict(&twice).starts_with("benign") {
                    wrong.push(format!("{}: {twice}", shape.name));
                }
            }
            at += line.len();
        }
    }
    assert!(count > 100, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

/// Cells of columns that no reader knows, of paths, and of unnamed machines.
const FREE: [&str; 4] = ["\"Bookmark\"", "display_name", "\"host.os.name\"", "\"SourceSystem\""];

#[test]
fn every_cell_of_a_row_is_read() {
    let (mut count, mut wrong) = (0, Vec::new());
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        let Some((header, cells)) = cells(&record) else { continue };
        if !verdict(&record).starts_with("benign") {
            continue;
        }
        let mut check = |what: &str, cells: &[&str]| {
            let record = format!("{header}{}\n", cells.join(","));
            count += 1;
            if verdict(&record).starts_with("benign") {
                wrong.push(format!("{} {what}: {record}", shape.name));
            }
        };
        let names: Vec<_> = header.lines().last().unwrap().split(',').collect();
        for (at, cell) in cells.iter().enumerate() {
            let mut other = cells.clone();
            other.insert(at, "");
            check("one more empty cell", &other);
            other[at] = "x";
            check("one more cell", &other);
            if names.get(at).is_some_and(|name| FREE.contains(name)) {
                continue;
            }
            let mut other = cells.clone();
            other[at] = "User x was added to Administrators";
            check("other text", &other);
            let inner = cell.trim_matches('"');
            let object = "{\"\"EventData\"\":{\"\"Data\"\":\"\"x\"\"}}";
            for behind in [" User x was added", if inner.ends_with('}') { object } else { " x: y" }]
            {
                let more = format!("\"{inner}{behind}\"");
                let mut other = cells.clone();
                other[at] = &more;
                check("text behind", &other);
            }
        }
    }
    assert!(count > 400, "only {count} records");
    assert!(wrong.is_empty(), "{} benign\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_known_column_must_not_say_anything_else() {
    let record = record("Timesketch");
    let (header, cells) = cells(&record).unwrap();
    let names: Vec<_> = header.trim_end().split(',').collect();
    for (name, value) in [
        ("source_name", "Security"),
        ("event_identifier", "4625"),
        ("message_identifier", "4625"),
        ("event_type", "4"),
        ("event_category", "7"),
        ("computer_name", "DC1"),
        (
            "strings",
            "\"['http://evil.example/', 'The server name or address could not be resolved']\"",
        ),
        ("strings", "x"),
    ] {
        let at = names.iter().position(|known| *known == name).unwrap();
        let mut other = cells.clone();
        other[at] = value;
        let got = verdict(&format!("{header}{}\n", other.join(",")));
        // The message has the level as a word, which takes precedence.
        assert_eq!(got.starts_with("benign"), name == "event_type", "{name} {value}: {got}");
    }
}

/// In an export of Splunk, the record is the raw text, and other columns are labels. In some tables,
/// such a column makes the row a JSON record, which has other names.
#[test]
fn a_column_of_another_shape_must_agree() {
    let (mut count, mut wrong) = (0, Vec::new());
    for shape in shapes() {
        let record = (shape.write)(&Spec::new());
        let Some((header, cells)) = cells(&record) else { continue };
        if !verdict(&record).starts_with("benign") || header.contains("_raw") {
            continue;
        }
        let (kept, row) = (header.trim_end(), cells.join(","));
        let message = Spec::new().message();
        for (name, same) in [
            ("full_log", &*message),
            ("event.original", &message),
            ("body", &message),
            ("EventXml", ""),
            ("UserData", ""),
            ("StringInserts", ""),
            ("winlog.event_data.param3", ""),
            ("Qualifiers", "49154"),
            ("LevelText", "Error"),
        ] {
            if header.contains(name) {
                continue;
            }
            for (cell, benign) in [(same, true), ("", true), ("User x was added", false)] {
                let cell = cell.trim_end().replace('"', "\"\"");
                let record = format!("{kept},\"{name}\"\n{row},\"{cell}\"\n");
                count += 1;
                let got = verdict(&record);
                let free =
                    benign && !["eventquery, CSV", "plaso", "Timesketch"].contains(&shape.name);
                if !free && got.starts_with("benign") != benign {
                    wrong.push(format!("{} {name} {cell}: {got}: {record}", shape.name));
                }
            }
        }
    }
    assert!(count > 100, "only {count} records");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_header_is_known_or_not_understood() {
    let row = "Error,3/15/2010 11:27:57 AM,crypt32,8,None,\"Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved\"";
    for (header, want) in [
        ("Level,Date and Time,Source,Event ID,Task Category", "benign listed"),
        ("Ebene,Datum und Uhrzeit,Quelle,Ereignis-ID,Aufgabenkategorie", "benign listed"),
        ("Source,Level,Date and Time,Event ID,Task Category", "integrity"),
        ("User x was added to Administrators,b,c,d,e", "integrity"),
        ("Source,EventID,Level,User,Computer", "integrity"),
    ] {
        for delimiter in [",", ";", "\t"] {
            let record = format!("{header}\n{row}").replace(',', delimiter);
            assert_eq!(verdict(&record), want, "{record}");
        }
    }
}

/// The export of a query that leaves out the id is still a table, so its rows are not lost.
#[test]
fn a_table_without_an_id_is_read() {
    let record = "TimeGenerated,Computer,EventLevelName,RenderedDescription\n2010-03-15T11:27:57Z,SERVER1,Error,\"Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved\"";
    assert_eq!(reasons(record), ["source", "event-id"]);
}
