//! After any record, the next one gets the correct result: in every built module, within the limits
//! of its host.

use crypt32_filter::policy::{Action, Policy};

use crate::{
    benthos,
    clickhouse::{block, words},
    driver::{Back, Host},
    functions,
    generated::{self, Odd},
    native, redpanda, samples,
};

/// The output of a module for a record, or nothing if it is dropped.
type Left = Option<Vec<u8>>;

fn dropping() -> Policy {
    Policy { action: Action::Drop, ..Policy::default() }
}

/// One record of each verdict, and the native output for it.
fn next() -> [(Vec<u8>, Left); 3] {
    let benign = samples().swap_remove(0).1;
    let review = benign.replace("authrootseq.txt", "other.txt");
    let unrelated = "{\"SourceName\":\"crypt32\",\"EventID\":7,\"Message\":\"x\"}".to_owned();
    let next = [benign, review, unrelated].map(|record| {
        let left = native(dropping(), record.as_bytes());
        (record.into_bytes(), left)
    });
    assert!(next[0].1.is_none() && next[1].1.as_ref() != Some(&next[1].0));
    assert_eq!(next[2].1.as_ref(), Some(&next[2].0));
    next
}

/// A record may pass although the native command reads it, because a module reads less. Partially
/// read records get `review`. There must be no other difference.
fn assert_passes_or_as_natively(label: &str, record: &[u8], left: &Left, policy: Policy) {
    let is_review = |text: &[u8]| {
        let tag = b"\"kb\":{\"verdict\":\"review\"";
        text.windows(tag.len()).any(|window| window == tag)
    };
    let review = |left: &Vec<u8>| {
        let start = record.trim_ascii_end().strip_suffix(b"}").unwrap_or(record);
        left.starts_with(start) && is_review(left) && !is_review(record)
    };
    let fine = left.as_deref() == Some(record)
        || left.as_ref().is_some_and(review)
        || *left == native(policy, record);
    assert!(fine, "{label}: neither unchanged nor as natively");
}

/// The output of Fluent Bit's functions for these records.
fn fluent_bit(mut host: Host, records: impl Iterator<Item = Odd>) {
    let next = next();
    let mut left = |function, record: &[u8]| match host.record(function, 0, record) {
        Back::Same => Some(record.to_vec()),
        Back::Text(text) => Some(text).filter(|text| !text.is_empty()),
    };
    for ((label, record), (function, policy)) in records.zip(functions().iter().cycle()) {
        assert_passes_or_as_natively(&label, &record, &left(function, &record), policy.clone());
        for (record, expected) in &next {
            assert_eq!(left("crypt32_drop", record), *expected, "after {label}");
        }
    }
}

#[test]
fn in_fluent_bits_functions() {
    fluent_bit(Host::new(), generated::records());
}

/// The same with a check of the stack, because Fluent Bit lets a call use a fifth of it. A long
/// record needs no more stack than a short one, only more time.
#[test]
fn in_a_fifth_of_the_stack() {
    let short = generated::records().filter(|(_, record)| record.len() < 20_000);
    fluent_bit(Host::with_stack_in(6), short);
}

#[test]
fn in_clickhouses_functions() {
    let mut host = Host::new();
    let next = next();
    // Here the search decodes escapes and is slow in an interpreter, so only every eighth of the
    // longest records is tested.
    let records = generated::records().enumerate();
    for (i, (label, record)) in records.filter(|(i, odd)| odd.1.len() < 1 << 20 || i % 8 == 0) {
        let rows: Vec<&[u8]> =
            [&record[..]].into_iter().chain(next.iter().map(|(row, _)| &row[..])).collect();
        let block = block(&rows);
        let mut column =
            |function| host.column(function, &block, 4).unwrap_or_else(|| panic!("{label}"));
        if i % 2 == 0 {
            let words = words(&column("crypt32_verdict"));
            assert_eq!(words[1..], ["benign", "review", "unrelated"], "after {label}");
        } else {
            let column = column("crypt32_benign");
            assert_eq!(column[1..], [1, 0, 0], "after {label}");
            assert!(column[0] == 0 || native(dropping(), &record).is_none(), "{label}");
        }
    }
}

#[test]
fn in_redpanda_connect_and_bento() {
    let next = next();
    for (name, import) in benthos::ENGINES {
        let mut host = benthos::Host::new(name, import, 64 << 20);
        let mut left = |record: &[u8]| {
            let (body, metadata) = host.message("process", record, &[]);
            Some(body).filter(|_| !benthos::dropped(&metadata, &["listed", "sibling"]))
        };
        for (label, record) in generated::records() {
            assert_passes_or_as_natively(&label, &record, &left(&record), dropping());
            for (record, expected) in &next {
                assert_eq!(left(record), *expected, "after {label}");
            }
        }
    }
}

/// In a broker's default memory, with records of a topic's default size.
#[test]
fn in_a_broker() {
    let mut records = generated::records().filter(|(_, record)| record.len() <= 1 << 20);
    loop {
        let some: Vec<Odd> = records.by_ref().take(500).collect();
        if some.is_empty() {
            return;
        }
        in_one_run(&some);
    }
}

fn in_one_run(records: &[Odd]) {
    let next = next();
    let batches = records.iter().map(|(_, record)| {
        let all = [&record[..]].into_iter().chain(next.iter().map(|(record, _)| &record[..]));
        all.map(|value| redpanda::Record::of(value).bytes()).collect()
    });
    let (written, _) =
        redpanda::run("redpanda_drop", redpanda::BROKER, batches.collect()).expect("no trap");
    let mut written = written.iter().map(|bytes| redpanda::Record::read(bytes).value);
    for (label, record) in records {
        // The next record shows whether this one was dropped.
        let mut first = written.next().expect("one more");
        if first == next[1].1 {
            first = None;
        } else {
            assert_eq!(written.next().expect("one more"), next[1].1, "after {label}");
        }
        assert_passes_or_as_natively(label, record, &first, dropping());
        assert_eq!(written.next().expect("one more"), next[2].1, "after {label}");
    }
    assert_eq!(written.next(), None);
}
