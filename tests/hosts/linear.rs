//! The steps of the built module are linear in the length of a record.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::{driver::Host, inputs};

/// The maximum ratio of steps for twice the length; as in `tests/cost`.
const GROWTH: f64 = 2.2;
const LENGTH: usize = 8 << 10;
/// This host passes only JSON. One in so many of these inputs is tested; `COST=all` tests all.
const SHARE: u64 = 12;

#[test]
fn twice_the_length_takes_twice_the_steps() {
    let all = std::env::var_os("COST").is_some_and(|value| value == "all");
    let mut host = Host::new();
    // Initialisation and the first allocation must not be counted.
    let first = format!(
        "{{\"SourceName\":\"crypt32\",\"EventID\":8,\"a\":\"{}\"}}",
        "a".repeat(2 * LENGTH)
    );
    host.record("crypt32_tag", 0, first.as_bytes());
    let (mut measured, mut slow) = (0, Vec::new());
    for input in inputs::all().into_iter().filter(|input| input.before.starts_with('{')) {
        let mut hasher = DefaultHasher::new();
        (&input.before, &input.again).hash(&mut hasher);
        let record = input.of(LENGTH);
        if !(all || hasher.finish().is_multiple_of(SHARE)) || record.contains(&0) {
            continue;
        }
        let mut steps = |record: &[u8]| {
            let before = host.store.get_fuel().expect("fuel is on");
            host.record("crypt32_tag", 0, record);
            (before - host.store.get_fuel().expect("fuel is on")) as f64
        };
        let growth = steps(&input.of(2 * LENGTH)) / steps(&record);
        measured += 1;
        if growth > GROWTH {
            slow.push(format!("{growth:.2} {input:?}"));
        }
    }
    assert!(measured > 300, "{measured}");
    assert!(slow.is_empty(), "{} of {measured} grow faster:\n{}", slow.len(), slow.join("\n"));
}
