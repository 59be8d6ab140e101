//! Compares a judge with a verdict cache to one that reads every record.

use crypt32_filter::{
    engine::{
        cache::LONGEST,
        decide::{Context, Engine},
        ledger::Ledger,
    },
    policy::{Action, Policy},
};

use super::take::Take;

/// Replacements for a value: other values, other types, and invalid text.
pub const VALUES: [&str; 48] = [
    r#""""#,
    r#""a""#,
    r#""SERVER1""#,
    r#""SERVER2""#,
    r#""server1.example.com""#,
    r#""2010-03-15 11:27:57""#,
    r#""2011-04-16T12:28:58Z""#,
    r#""3/4/2010 11:27:57 AM""#,
    r#""13/4/2010 11:27:57""#,
    r#"" 2010-03-15 11:27:57 ""#,
    r#""\u0053ERVER1""#,
    r#""a\\""#,
    r#""a\"""#,
    r#""a\""#,
    r#""a\x""#,
    r#""é""#,
    "\"\u{7f}\"",
    "\"\t\"",
    "\"\u{feff}\"",
    "0",
    "7",
    "8",
    "-0",
    "00",
    "01",
    "-1",
    "-",
    "1.5",
    "1.",
    ".5",
    "1e5",
    "1E+400",
    "12x",
    "1 2",
    "1268652477",
    "3221356552",
    "123456789012345678901234567890",
    "null",
    "true",
    "{}",
    "[]",
    r#"{"EventID":7}"#,
    r#"{"EventID":8,"SourceName":"crypt32"}"#,
    r#""{\"EventID\":7,\"SourceName\":\"crypt32\"}""#,
    r#""a","EventID":7"#,
    r#"1,"SourceName":"x""#,
    r#""a","kb":1"#,
    r#"1,"tags":["x"]"#,
];

/// Replacements for a name.
pub const NAMES: [&str; 24] = [
    "kb",
    "tags",
    "EventTime",
    "time",
    "@timestamp",
    "Computer",
    "ComputerName",
    "host",
    "host.name",
    "winlog.computer_name",
    "event",
    "event.original",
    "_source",
    "body",
    "System",
    "message",
    "SourceName",
    "EventID",
    "Qualifiers",
    "Data",
    "event_data.param3",
    "note",
    "",
    "kb\\u0020",
];

/// One engine with a cache, and one that can never use it.
pub struct Both {
    remembers: (Engine, Ledger),
    reads: (Engine, Ledger),
    padded: Vec<u8>,
}

impl Both {
    pub fn new(policy: &Policy) -> Self {
        let new = || (Engine::new(policy.clone()), Ledger::default());
        Self { remembers: new(), reads: new(), padded: Vec::new() }
    }

    /// Checks that both return the same result for a record.
    pub fn judge(&mut self, record: &[u8]) {
        // A record of this length is not cached, and white space after JSON has no meaning.
        self.padded.clear();
        self.padded.extend_from_slice(record);
        if record.trim_ascii_start().starts_with(b"{") {
            self.padded.resize(record.len() + LONGEST, b' ');
        }
        let decide = |(engine, ledger): &mut (Engine, Ledger), text: &[u8]| {
            let judgement = engine.decide(text, Context::default(), ledger);
            let edits: Vec<_> =
                judgement.edits.iter().map(|(at, text)| (at, text.to_owned())).collect();
            // The padding counts as dropped bytes too.
            ledger.bytes_dropped = 0;
            (judgement.decision, judgement.outcome, judgement.marks, edits)
        };
        let anew = decide(&mut self.reads, &self.padded);
        let again = decide(&mut self.remembers, record);
        let shown = || String::from_utf8_lossy(record);
        assert_eq!(again, anew, "{}", shown());
        assert!(
            self.remembers.1 == self.reads.1,
            "{}\n{:?}\n{:?}",
            shown(),
            self.remembers.1,
            self.reads.1
        );
    }

    pub fn ledger(&self) -> &Ledger {
        &self.remembers.1
    }
}

/// Finds the positions of all values and names in a record without a JSON parser: each span from
/// one quote to the next, and each number.
pub fn spans(record: &[u8]) -> (Vec<core::ops::Range<usize>>, Vec<core::ops::Range<usize>>) {
    let (mut values, mut names) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < record.len() {
        let start = at;
        match record[at] {
            b'"' => {
                at += 1;
                while at < record.len() && record[at] != b'"' {
                    at += if record[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(record.len());
                let behind = record[at..].trim_ascii_start();
                (if behind.starts_with(b":") { &mut names } else { &mut values }).push(start..at);
            }
            b'0'..=b'9' | b'-' => {
                let more = |b: &&u8| b.is_ascii_alphanumeric() || b".+-".contains(b);
                at += record[at..].iter().take_while(more).count();
                values.push(start..at);
            }
            _ => at += 1,
        }
    }
    (values, names)
}

/// Changes a value, a name, or some bytes of a record.
pub fn change(record: &mut Vec<u8>, kind: u8, place: usize, with: usize) {
    let (values, names) = spans(record);
    let value = |place: usize| values.get(place % values.len().max(1)).cloned();
    match kind % 8 {
        0..=2 => {
            if let Some(span) = value(place) {
                record.splice(span, VALUES[with % VALUES.len()].bytes());
            }
        }
        // Copies text from another position.
        3 => {
            if let (Some(span), Some(other)) = (value(place), value(with)) {
                let other = record[other].to_vec();
                record.splice(span, other);
            }
        }
        4 if !names.is_empty() => {
            let span = names[place % names.len()].clone();
            record.splice(span.start + 1..span.end - 1, NAMES[with % NAMES.len()].bytes());
        }
        // Adds a member.
        5 if !names.is_empty() => {
            let at = names[place % names.len()].start;
            let (name, value) =
                (NAMES[with % NAMES.len()], VALUES[with / NAMES.len() % VALUES.len()]);
            record.splice(at..at, format!("\"{name}\":{value},").into_bytes());
        }
        6 if !record.is_empty() => {
            let at = place % record.len();
            record[at] = with as u8;
        }
        _ => {
            let at = place % (record.len() + 1);
            let end = (at + with / 256 % 4).min(record.len());
            let new = b"\"\\{}[],: 0189-.eE\x01\x7f\xc3a\r"[with % 21];
            record.splice(at..end, [new].into_iter().take(1 + with / 1024 % 2));
        }
    }
}

/// A record, and copies with changes that the bytes choose.
pub fn repeat(data: &[u8]) {
    let mut take = Take::from(data);
    let policy = Policy { max_record: 1 << 20, ..take.policy() };
    let policy = match policy.action {
        Action::Observe => Policy { action: Action::Tag, key: "event".to_owned(), ..policy },
        _ => policy,
    };
    let changes: Vec<_> = (0..1 + take.below(6))
        .map(|_| {
            let more = take.below(3);
            let change =
                |take: &mut Take<'_>| (take.byte(), take.number() as usize, take.number() as usize);
            (0..=more).map(|_| change(&mut take)).collect::<Vec<_>>()
        })
        .collect();
    let record = take.rest();
    let mut both = Both::new(&policy);
    for changes in changes {
        both.judge(record);
        let mut other = record.to_vec();
        for (kind, place, with) in changes {
            change(&mut other, kind, place, with);
        }
        both.judge(&other);
    }
}
