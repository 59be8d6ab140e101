//! The verdict cache: which verdicts are reused, and which are not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod filtered;
/// The parts of the fuzz targets that need no other features than this test.
#[allow(dead_code)]
mod fuzz {
    #[path = "../oracle/mod.rs"]
    pub mod oracle;
    #[path = "src/repeat.rs"]
    pub mod repeat;
    #[path = "src/seeds.rs"]
    pub mod seeds;
    #[path = "src/take.rs"]
    pub mod take;
}

use crypt32_filter::{
    engine::{filter::Filter, ledger::Ledger},
    policy::{Action, Policy},
};
use filtered::filtered;
use fuzz::{
    oracle::dice::Dice,
    repeat::{Both, NAMES, VALUES, change, spans},
    seeds::TWINS,
};

const MESSAGE: &str = r"Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> with error: The server name or address could not be resolved\r\n";

/// A record with these members, as some shipper writes them.
fn record(number: &str, time: &str, computer: &str, more: &str) -> String {
    format!(
        r#"{{"RecordNumber":{number},"EventTime":"{time}","ComputerName":"{computer}","SourceName":"crypt32","EventID":8,"SeverityValue":4,"Message":"{MESSAGE}","Note":"{more}"}}"#
    )
}

/// The ledger of a dropping filter for these records.
fn dropped(records: &[String]) -> serde_json::Value {
    let mut filter = Filter::new(Policy { action: Action::Drop, ..Policy::default() });
    for record in records {
        filter.push(format!("{record}\n").as_bytes(), &mut |_| {});
    }
    serde_json::to_value(filter.ledger()).unwrap()
}

#[test]
fn each_record_counts_for_its_own_computer_and_time() {
    let ledger = dropped(&[
        record("1", "2010-03-15 11:27:57", "SERVER1", "a"),
        record("22", "2010-03-15 11:37:57", "SERVER2", "bb"),
        record("333", "2010-03-16 11:37:57", "SERVER1", ""),
        record("4", "2010-03-14 11:37:57", "SERVER1", "longer than before"),
    ]);
    assert_eq!(ledger["dropped"], 4);
    let one = &ledger["computers"]["SERVER1"];
    assert_eq!((&one["dropped"], &one["errors"]["12007"]), (&3.into(), &3.into()));
    assert_eq!(one["first"], "2010-03-14T11:37:57");
    assert_eq!(one["last"], "2010-03-16T11:37:57");
    let two = &ledger["computers"]["SERVER2"];
    assert_eq!((&two["dropped"], &two["first"]), (&1.into(), &"2010-03-15T11:37:57".into()));
}

/// Content that may be hidden in a record that resembles a cached benign one, and the expected
/// result.
#[test]
fn nothing_hides_behind_a_record_that_was_benign() {
    let known = record("1", "2010-03-15 11:27:57", "SERVER1", "a");
    let like = |from: &str, to: &str| {
        let changed = known.replace(from, to);
        assert_ne!(changed, known, "{from}");
        changed
    };
    for (changed, verdict) in [
        (like("crypt32", "crypt33"), "unrelated"),
        (like(r#""EventID":8"#, r#""EventID":9"#), "unrelated"),
        (like("authrootseq", "authr00tseq"), "review"),
        (like("be resolved", "be reso1ved"), "review"),
        (like(r#""SeverityValue":4"#, r#""SeverityValue":3"#), "review"),
        // Members that follow text which looks like a value.
        (like(r#""Note":"a""#, r#""Note":"a","EventID":7"#), "review"),
        (like(r#""Note":"a""#, r#""Note":"a","SourceName":"x""#), "review"),
        (like(r#""RecordNumber":1"#, r#""RecordNumber":1,"EventID":7"#), "review"),
        // The record is no longer JSON.
        (like(r#""RecordNumber":1"#, r#""RecordNumber":01"#), "unparsed"),
        (like(r#""RecordNumber":1"#, r#""RecordNumber":"#), "unparsed"),
        (like(r#""RecordNumber":1"#, r#""RecordNumber":1."#), "unparsed"),
        (like(r#""Note":"a""#, "\"Note\":\"a\u{1}\""), "unparsed"),
        (like(r#""Note":"a""#, r#""Note":"a\x""#), "unparsed"),
        (like(r#""Note":"a"}"#, r#""Note":"a"}}"#), "unparsed"),
    ] {
        let ledger = dropped(&[known.clone(), known.clone(), changed.clone()]);
        assert_eq!(ledger["dropped"], 2, "{changed}");
        assert_eq!(ledger[verdict], 1, "{changed}");
    }
}

/// A repeated time or computer must agree, even if it agreed in the cached record.
#[test]
fn what_is_said_twice_is_compared_each_time() {
    let twice = |time: &str, computer: &str| {
        record("1", "2010-03-15 11:27:57", "SERVER1", "a").replace(
            r#""Note":"#,
            &format!(r#""EventTime":"{time}","Computer":"{computer}","Note":"#),
        )
    };
    let same = twice("2010-03-15 11:27:57", "SERVER1");
    assert_eq!(dropped(&[same.clone(), same.clone()])["dropped"], 2);
    for other in [twice("2010-03-15 11:27:58", "SERVER1"), twice("2010-03-15 11:27:57", "SERVER2")]
    {
        let ledger = dropped(&[same.clone(), same.clone(), other.clone()]);
        assert_eq!((&ledger["dropped"], &ledger["review"]), (&2.into(), &1.into()), "{other}");
    }
}

/// The position of the tag depends on the text before it.
#[test]
fn the_tag_goes_where_this_record_ends() {
    let policy = Policy { action: Action::Tag, ..Policy::default() };
    let tagged = |log: &str| filtered(&mut Filter::new(policy.clone()), [log.as_bytes()]);
    let with_tags = |number: &str, note: &str| {
        record(number, "2010-03-15 11:27:57", "SERVER1", note)
            .replace(r#""EventTime""#, r#""tags":["x"],"EventTime""#)
    };
    let records =
        [with_tags("1", "a"), with_tags("12345", ""), with_tags("7", "é"), with_tags("0", "zz")];
    let alone: Vec<u8> = records.iter().flat_map(|record| tagged(&format!("{record}\n"))).collect();
    let log = records.map(|record| format!("{record}\n")).concat();
    assert_eq!(String::from_utf8(tagged(&log)).unwrap(), String::from_utf8(alone).unwrap());
}

/// If `event` is an object, its members are read twice: as names of the record, and as a separate
/// record.
#[test]
fn nothing_hides_in_an_object_that_may_be_a_record() {
    let known = format!(
        r#"{{"@timestamp":"2010-03-15T11:27:57Z","event":{{"created":"2010-03-15T11:27:59Z","code":8,"note":"1","more":{{"n":1}}}},"message":"{MESSAGE}","winlog":{{"channel":"Application","computer_name":"SERVER1","event_id":8,"provider_name":"crypt32","record_id":7}}}}"#
    );
    let like = |from: &str, to: &str| {
        let changed = known.replace(from, to);
        assert_ne!(changed, known, "{from}");
        changed
    };
    for (changed, benign) in [
        (like("11:27:59", "11:28:03"), true),
        (like(r#""note":"1""#, r#""note":"two""#), true),
        (like(r#""n":1"#, r#""n":2"#), true),
        (like(r#""note":"1""#, r#""note":"1","SourceName":"x""#), false),
        (like(r#""note":"1""#, r#""EventID":"1""#), false),
        (like(r#""code":8"#, r#""code":7"#), false),
        (like(r#""code":8"#, r#""code":8,"Data":"x""#), true),
    ] {
        let benign = u64::from(benign);
        assert_eq!(dropped(std::slice::from_ref(&changed))["dropped"], benign, "{changed}");
        let after = dropped(&[known.clone(), known.clone(), changed.clone()]);
        assert_eq!(after["dropped"], 2 + benign, "{changed}");
    }
}

/// Every change of one place in these records, and then several changes at once: a judge with a
/// cache must always agree with one that reads the record again. `REPEAT_ROUNDS` makes the test
/// longer.
#[test]
fn what_is_remembered_is_what_would_be_read() {
    let rounds = std::env::var("REPEAT_ROUNDS").map_or(2, |rounds| rounds.parse().unwrap());
    let mut dice = Dice(8);
    let mut seen = Ledger::default();
    for (base, action, key) in [
        (0, Action::Drop, "kb"),
        (0, Action::Tag, "kb"),
        (1, Action::Tag, "kb"),
        (1, Action::Drop, "event"),
        (2, Action::Tag, "kb"),
        (3, Action::Tag, "event"),
    ] {
        let base = TWINS[base];
        let policy = Policy { action, key: key.to_owned(), keep_every: 7, ..Policy::default() };
        let mut both = Both::new(&policy);
        let mut next = |changes: &[(u8, usize, usize)]| {
            let mut record = base.as_bytes().to_vec();
            for (kind, place, with) in changes {
                change(&mut record, *kind, *place, *with);
            }
            both.judge(base.as_bytes());
            both.judge(&record);
        };
        let (values, names) = spans(base.as_bytes());
        for place in 0..values.len() {
            (0..VALUES.len()).for_each(|with| next(&[(0, place, with)]));
            (0..values.len()).for_each(|with| next(&[(3, place, with)]));
        }
        for place in 0..names.len() {
            (0..NAMES.len()).for_each(|with| next(&[(4, place, with)]));
        }
        for place in 0..base.len() {
            (0..rounds).for_each(|_| next(&[(7, place, dice.below(2048))]));
        }
        for _ in 0..rounds * 500 {
            let changes = (0..2 + dice.below(3))
                .map(|_| (dice.below(8) as u8, dice.below(1 << 16), dice.below(1 << 16)));
            next(&changes.collect::<Vec<_>>());
        }
        seen.merge(both.ledger());
    }
    // There were records of every kind.
    for count in
        [seen.unrelated, seen.benign, seen.review, seen.dropped, seen.conflicts, seen.unparsed]
    {
        assert!(count > 100, "{seen:?}");
    }
}
