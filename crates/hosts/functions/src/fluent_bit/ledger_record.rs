//! The ledger as a record, for a host that gives a module no output of its own. From time to time,
//! a ledger record replaces a dropped record.

use crypt32_filter::{
    article,
    engine::ledger::{Computer, Ledger},
    json::{write_number, write_string},
};

/// The maximum number of drops between two ledger records ...
const DROPS: u32 = 1000;
/// ... and the maximum number of seconds, by the time of the records.
const SECONDS: u32 = 3600;
/// The number of computers in a ledger record.
const COMPUTERS: usize = 20;

/// Decides when the next ledger record is due.
#[derive(Debug, Default)]
pub struct Notices {
    drops: u32,
    /// The time of the last ledger record, or of the first drop.
    last: Option<u32>,
}

impl Notices {
    /// Counts a drop, and returns whether a ledger record is due in its place.
    pub fn due(&mut self, seconds: u32) -> bool {
        self.drops += 1;
        let last = *self.last.get_or_insert(seconds);
        // Time that goes backwards does not count, because the same time would be counted twice.
        let due = self.drops >= DROPS || seconds.saturating_sub(last) >= SECONDS;
        if due {
            self.drops = 0;
            self.last = Some(seconds);
        }
        due
    }
}

/// Writes a ledger record and a NUL. Returns `false` if memory ran out. The totals are since the
/// start, so a lost ledger record does no harm.
#[inline(never)] // Otherwise each candidate clears its locals.
pub fn write(out: &mut Vec<u8>, ledger: &Ledger) -> bool {
    let ledger = ledger.summary(COMPUTERS);
    out.clear();
    let Ok(mut text) = String::from_utf8(core::mem::take(out)) else { return false };
    let written = text.try_reserve(most(&ledger)).is_ok();
    if written {
        notice(&mut text, &ledger);
    }
    *out = text.into_bytes();
    written
}

/// The maximum length of a ledger record, in bytes.
fn most(ledger: &Ledger) -> usize {
    // A number has at most 20 digits and a time 30, and an escape may need six bytes per character.
    let row =
        |(name, row): (&str, &Computer)| 6 * name.len() + 200 + 40 * row.errors.iter().count();
    1000 + ledger.computers.iter().map(row).sum::<usize>()
}

/// Writes the ledger in the format of `serde_json`, which would add 3 kB to the module. It has no
/// `unjudged`, because the search for mentions would add 7 kB.
fn notice(out: &mut String, ledger: &Ledger) {
    for text in ["{\"kb\":{\"id\":\"", article::ID, "\",\"ledger\":"] {
        out.push_str(text);
    }
    for (i, (name, number)) in [
        ("records", ledger.records),
        ("unrelated", ledger.unrelated),
        ("benign", ledger.benign),
        ("review", ledger.review),
        ("oversized", ledger.oversized),
        ("tagged", ledger.tagged),
        ("dropped", ledger.dropped),
        ("untagged", ledger.untagged),
        ("conflicts", ledger.conflicts),
        ("unparsed", ledger.unparsed),
        ("bytes_in", ledger.bytes_in),
        ("bytes_out", ledger.bytes_out),
        ("bytes_dropped", ledger.bytes_dropped),
        ("bytes_inserted", ledger.bytes_inserted),
    ]
    .into_iter()
    .enumerate()
    {
        number_member(out, i, name, number);
    }
    member(out, 1, "computers");
    for (i, (name, row)) in ledger.computers.iter().enumerate() {
        member(out, i, name);
        let counts = [("benign", row.benign), ("review", row.review), ("dropped", row.dropped)];
        for (i, (name, number)) in counts.into_iter().enumerate() {
            number_member(out, i, name, number);
        }
        for (name, time) in [("first", row.first), ("last", row.last)] {
            member(out, 1, name);
            match time {
                Some(time) => write_string(out, &time.text()),
                None => out.push_str("null"),
            }
        }
        member(out, 1, "errors");
        for (i, (number, count)) in row.errors.iter().enumerate() {
            number_member(out, i, number, count);
        }
        out.push_str(if row.errors.iter().next().is_none() { "{}}" } else { "}}" });
    }
    out.push_str(if ledger.computers.iter().next().is_none() { "{}" } else { "}" });
    out.push_str("}}}\0");
}

/// Writes the name of a member, and the start of the object before the first one.
fn member(out: &mut String, number: usize, name: &str) {
    out.push(if number == 0 { '{' } else { ',' });
    write_string(out, name);
    out.push(':');
}

fn number_member(out: &mut String, i: usize, name: &str, number: u64) {
    member(out, i, name);
    write_number(out, number);
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{most, write};
    use crypt32_filter::{
        engine::{
            decide::{Context, Engine},
            ledger::Ledger,
        },
        policy::Policy,
    };

    #[test]
    fn a_notice_is_what_serde_writes_and_no_longer_than_foreseen() {
        let (mut engine, mut counted) = (Engine::new(Policy::default()), Ledger::default());
        for computers in 0..4 {
            let mut out = vec![1; 3];
            assert!(write(&mut out, &counted));
            assert_eq!(out.pop(), Some(0));
            let notice: Value = serde_json::from_slice(&out).expect("JSON");
            let mut ledger = serde_json::to_value(&counted).expect("JSON");
            assert_eq!(
                ledger.as_object_mut().expect("an object").remove("unjudged"),
                Some(json!(0))
            );
            assert_eq!(notice, json!({"kb": {"id": "KB2253680", "ledger": ledger}}));
            assert!(out.len() <= most(&counted), "{}", out.len());
            for (time, error) in [("2010-03-15T11:27:57.25Z", 12007), ("", 12029), ("x", 58)] {
                let record = json!({
                    "SourceName": "crypt32", "EventID": 8, "EventTime": time,
                    "Computer": format!("A\"\u{1}{}", "\u{2}é".repeat(computers * 30)),
                    "StringInserts": [crypt32_filter::article::URL, error.to_string()],
                });
                engine.decide(record.to_string().as_bytes(), Context::default(), &mut counted);
            }
        }
        assert!(counted.review > 9);
    }
}
