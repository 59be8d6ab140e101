//! The same event gives the same verdict, computer and time in every shape of one line, and each
//! condition that a shape can express fails in it. The layouts come from the sources named in the
//! readers' documentation; every record here is constructed.

#![allow(clippy::unwrap_used, clippy::panic)]

use crypt32_filter::{
    classify::classify,
    engine::filter::Filter,
    policy::{Action, Policy},
    record,
    time::Time,
    verdict::{Basis, Condition, Outcome, Verdict},
};

#[path = "../filtered/mod.rs"]
mod filtered;
mod hostile;
mod places;
#[path = "../recorded/mod.rs"]
mod recorded;
mod records;
mod table;
mod twice;
#[path = "../whole/mod.rs"]
mod whole;

use records::{CAUSE, EVENT, Facts, LISTED, SIBLING, cef_full, nxlog_5424};
use table::{Has, SHAPES, Shape};

/// The result of reading a record.
struct Read {
    verdict: Verdict,
    shape: String,
    computer: Option<String>,
    time: Option<String>,
    events: usize,
}

fn read(record: &str) -> Read {
    recorded::keep(record);
    let mut read = Read {
        verdict: Verdict::UNRELATED,
        shape: String::new(),
        computer: None,
        time: None,
        events: 0,
    };
    record::read(record.as_bytes(), "kb", &mut |event| {
        let verdict = classify(event, &Policy::default());
        if read.events == 0 {
            read.verdict = verdict;
            event.shape.clone_into(&mut read.shape);
            read.computer = event.computer().map(str::to_owned);
            read.time = event.time.first().map(str::to_owned);
        } else {
            read.verdict.merge(&verdict);
        }
        read.events += 1;
    });
    read
}

/// The reasons of a review; empty for a benign record; `unrelated` alone.
fn outcome(record: &str) -> String {
    let verdict = read(record).verdict;
    match verdict.outcome {
        Outcome::Review => {
            let reasons: Vec<&str> = verdict.reasons().map(Condition::as_str).collect();
            reasons.join(" ")
        }
        other => other.as_str().to_owned(),
    }
}

/// Values that a shape can never express count against every record in it.
fn expected(shape: &Shape, reason: &str) -> String {
    let mut reasons: Vec<&str> = Vec::new();
    for (has, code) in [(Has::Source, "source"), (Has::Id, "event-id")] {
        if !shape.has.contains(&has) {
            reasons.push(code);
        }
    }
    reasons.push(reason);
    reasons.retain(|reason| !reason.is_empty());
    let order = |code: &str| Condition::ALL.iter().position(|known| known.as_str() == code);
    reasons.sort_by_key(|code| order(code));
    if reasons.is_empty() { "benign".to_owned() } else { reasons.join(" ") }
}

#[test]
fn every_basis_in_every_shape() {
    for shape in SHAPES {
        for (error, basis) in
            [(LISTED, Basis::Listed), (SIBLING, Basis::Sibling), (CAUSE, Basis::Cause)]
        {
            let record = (shape.write)(&Facts { error, ..EVENT });
            let read = read(&record);
            let reasons = outcome(&record);
            assert_eq!(reasons, expected(shape, ""), "{error}\n{record}");
            assert_eq!(read.events, 1, "{record}");
            assert_eq!(read.shape, shape.name, "{record}");
            if reasons == "benign" {
                assert_eq!(read.verdict.basis, Some(basis), "{record}");
            }
        }
    }
}

#[test]
fn the_same_computer_and_time_in_every_shape() {
    for shape in SHAPES {
        let record = (shape.write)(&EVENT);
        let read = read(&record);
        assert_eq!(read.computer.as_deref(), shape.computer.then_some("SERVER1"), "{record}");
        assert_eq!(read.time.as_deref(), Some(shape.time), "{record}");
        let time =
            Time::parse(shape.time).unwrap_or_else(|| panic!("{} {}", shape.name, shape.time));
        if let Some(moment) = time.resolve(None) {
            let moment = moment.to_string();
            let other = shape.name == "wazuh-eventlog";
            assert!(moment.starts_with("2010-03-15T11:27:57") || other, "{moment} {record}");
        }
    }
}

/// A deviation from the event, the shapes that can express it, and the conditions that then fail.
type Change = (&'static str, Option<Has>, fn(&mut Facts));

#[test]
fn each_condition_fails_where_the_shape_can_express_it() {
    let changes: &[Change] = &[
        ("severity", Some(Has::Level), |f| f.error_level = false),
        ("log", Some(Has::Log), |f| f.log = "System"),
        ("event-id", Some(Has::Id), |f| f.id = "1073872904"),
        ("error", None, |f| f.error = "Access is denied."),
        ("error", None, |f| f.error = "The data is invalid"),
        ("url", None, |f| f.url = "http://www.download.windowsupdate.com/authrootseq.txt"),
        ("url", None, |f| f.url = "http://evil.example/authrootseq.txt"),
        ("integrity", Some(Has::Category), |f| f.category = "Devices"),
        ("integrity", Some(Has::Third), |f| f.third = true),
        ("integrity", Some(Has::Data), |f| f.data = true),
        ("system", Some(Has::System), |f| f.system = "Windows Server 2008"),
    ];
    for shape in SHAPES {
        for (reason, has, change) in changes {
            if has.is_none_or(|has| shape.has.contains(&has)) {
                let mut facts = EVENT;
                change(&mut facts);
                let record = (shape.write)(&facts);
                let mut reasons = outcome(&record);
                if facts.third {
                    // If the record has only the strings, they are also the message.
                    reasons = reasons.replace("message ", "");
                }
                assert_eq!(reasons, expected(shape, reason), "{reason}\n{record}");
            }
        }
    }
}

/// The exceptions are frames with an octet count, and records of several lines.
#[test]
fn what_is_benign_is_dropped_in_every_shape() {
    let counted = |record: &str| {
        record
            .split_once(" <")
            .is_some_and(|(count, _)| count.parse() == Ok(record.len() - count.len() - 1))
    };
    let policy = Policy { action: Action::Drop, ..Policy::default() };
    let mut counts = [0, 0];
    for record in SHAPES.iter().map(|shape| (shape.write)(&EVENT)) {
        if outcome(&record) != "benign" || record.contains('\n') {
            continue;
        }
        let line = format!("{record}\n");
        let out = filtered::filtered(&mut Filter::new(policy.clone()), [line.as_bytes()]);
        let kept = counted(&record);
        assert_eq!(String::from_utf8(out).unwrap(), if kept { &*line } else { "" });
        counts[usize::from(kept)] += 1;
    }
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
}

#[test]
fn full_identifiers_are_the_same_event() {
    for shape in SHAPES.iter().filter(|shape| shape.has.contains(&Has::Id)) {
        for id in ["3221356552", "131080"] {
            let record = (shape.write)(&Facts { id, ..EVENT });
            assert_eq!(outcome(&record), expected(shape, ""), "{record}");
        }
    }
}

#[test]
fn near_misses_are_unrelated() {
    for shape in SHAPES {
        for id in ["7", "11", "80", "18"] {
            if shape.has.contains(&Has::Id) {
                let record = (shape.write)(&Facts { id, ..EVENT });
                assert_eq!(outcome(&record), "unrelated", "{record}");
            }
        }
        for source in ["crypt", "crypt321", "Sysmon", "ESENT"] {
            if shape.has.contains(&Has::Source) {
                let record = (shape.write)(&Facts { source, ..EVENT });
                assert_eq!(outcome(&record), "unrelated", "{record}");
            }
        }
    }
}

/// Names that no shape knows, or whose values are free.
const FREE: [&str; 13] = [
    "WindowsVersion",
    "WindowsKeyMapFamily",
    "WindowsParserFamily",
    "art",
    "ahost",
    "agt",
    "aid",
    "cs2Label",
    "cs3Label",
    "Note",
    "iut",
    "EVENT_USERNAME",
    "sequenceId",
];

/// In another case, names of computers and times are free, and so are tags without meaning.
#[test]
fn no_name_may_be_said_twice() {
    let records: Vec<_> = SHAPES
        .iter()
        .map(|shape| (shape.name, (shape.write)(&EVENT)))
        .filter(|(_, record)| outcome(record) == "benign" && !record.starts_with('{'))
        .collect();
    const OTHER_CASE: [&str; 5] = ["computer", "detecttime", "devtime", "eventtime", "keywords"];
    let is_free = |name: &str| {
        let name = name.trim_start_matches("ad.");
        let free = FREE.iter().any(|free| free.eq_ignore_ascii_case(name));
        free || OTHER_CASE.contains(&name)
    };
    twice::try_all(&records, is_free, 300);
}

/// Names that could belong to the event, but that the shape itself does not write.
#[test]
fn names_of_other_shapes_say_something() {
    let (sd, raw) = (nxlog_5424(&EVENT), cef_full(&EVENT));
    for pair in [
        "Qualifiers=0",
        "Level=Information",
        "LevelDisplayName=Information",
        "TaskCategory=Logon",
        "CategoryNumber=12544",
        "EventCode=4625",
        "Source=Security",
        "Provider=Security",
        "Strings=a|b|c",
        "strings=a|b|c",
        "EventData=x",
        "Data=4556494c",
        "Binary=4556494c",
        "param3=x",
        "Param3=x",
        "RecordNumber=abc",
        "Description=x",
    ] {
        let (name, value) = pair.split_once('=').unwrap();
        let record = sd.replace(" Channel=", &format!(" {name}=\"{value}\" Channel="));
        assert_ne!(record, sd);
        assert_ne!(outcome(&record), "benign", "{record}");
    }
    for pair in [
        "key[2]\\=x",
        "KEY[0]\\=http://evil.example/",
        "x\\=text that an insertion string could contain",
        "&EventID\\=4625",
        "Key[2]\\=x",
        "Key[2]\\=",
        "Key[2]\\=null",
        "Key[0]EVIL\\=",
        "Key[0EVIL]\\=",
        "Key[+0]\\=http://www.example.com/",
        "Key[00]\\=",
        "Key[]\\=",
        "text",
        "computername\\=DC1",
        "EventIndex\\=9",
        "User\\=EVIL\\\\admin",
        "Description\\=x",
        "Strings\\=a|b|c",
        "strings\\=a|b|c",
        "Binary\\=4556494C",
        "Data\\=x",
        "ComputerName\\=null",
    ] {
        let record = raw.replace("&&EventIndex", &format!("&&{pair}&&EventIndex"));
        assert_ne!(record, raw);
        assert_ne!(outcome(&record), "benign", "{record}");
    }
    let bracket = sd.replace(" Channel=", " x=\"a] evil\" Channel=");
    assert_ne!(outcome(&bracket), "benign", "{bracket}");
}

/// Whether text at this position belongs to a free value: one of an unknown name, or the path of a
/// file.
fn is_free(record: &str, at: usize) -> bool {
    let before = &record[..at];
    let named = before.rfind('=').is_some_and(|end| {
        let name = before[..end].trim_end_matches('\\');
        let start = name.rfind([' ', '&', '[', '\t', '|']).map_or(0, |at| at + 1);
        FREE.contains(&name[start..].trim_start_matches("ad."))
    });
    let file = before.rfind("OS:").is_some_and(|start| !before[start..].contains(','));
    named || file || [",winevt,", ",2,", ",OS"].iter().any(|end| before.ends_with(end))
}

#[test]
fn nothing_may_be_put_into_a_record() {
    let records: Vec<_> = SHAPES
        .iter()
        .map(|shape| (shape.name, (shape.write)(&EVENT)))
        // Shapes without a source or an id are never benign, and in JSON other members are free.
        .filter(|(_, record)| outcome(record) == "benign" && !record.contains("{\""))
        .collect();
    assert!(records.len() > 25, "only {} shapes", records.len());
    places::try_all(&records, is_free, 50_000);
}
