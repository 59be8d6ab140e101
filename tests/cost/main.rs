//! Time is linear in the length of the input for every reader, framer and detector. Steps are
//! counted, not timed, so the result is the same on every machine.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::thread;

#[path = "module/inputs.rs"]
mod inputs;
mod module;

use inputs::Input;
use module::{Code, SURFACES, Surface};

/// The maximum ratio of steps for twice the length.
const GROWTH: f64 = 2.2;
/// Longer than all bounded lookaheads (4 KiB of a line).
const LENGTH: usize = 8 << 10;
/// A run tests one in so many inputs, always the same ones. `COST=all` tests all of them, and
/// `COST=3/8` the third of eight parts.
const SHARE: u64 = 32;

#[test]
fn twice_the_length_takes_twice_the_steps() {
    let (part, parts) = part(std::env::var("COST").ok().as_deref());
    let chosen = |input: &Input| {
        let mut hasher = DefaultHasher::new();
        (&input.before, &input.again).hash(&mut hasher);
        hasher.finish() % parts == part
    };
    let inputs: Vec<Input> = inputs::all().into_iter().filter(chosen).collect();
    let code = Code::new();
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut slow = thread::scope(|scope| {
        let parts: Vec<_> = inputs
            .chunks(inputs.len().div_ceil(threads))
            .map(|part| scope.spawn(|| part.iter().flat_map(|i| growth(&code, i)).collect()))
            .collect();
        let part = |part: thread::ScopedJoinHandle<'_, Vec<_>>| part.join().expect("no panic");
        parts.into_iter().flat_map(part).collect::<Vec<(f64, Surface, Input)>>()
    });
    assert!(slow.len() > 500, "{} measured", slow.len());
    eprintln!("{} inputs measured", slow.len());
    slow.retain(|(growth, ..)| *growth > GROWTH);
    slow.sort_by(|a, b| b.0.total_cmp(&a.0));
    let lines: Vec<_> =
        slow.iter().map(|(growth, s, i)| format!("{growth:.2} {s:?} {i:?}")).collect();
    assert!(slow.is_empty(), "{} inputs grow faster:\n{}", slow.len(), lines.join("\n"));
}

/// The index of the selected part, and the number of parts.
fn part(asked: Option<&str>) -> (u64, u64) {
    let Some(asked) = asked else { return (0, SHARE) };
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("COST={asked}"));
    match asked.split_once('/') {
        None if asked == "all" => (0, 1),
        None => panic!("COST={asked}"),
        Some((part, parts)) => (number(part) - 1, number(parts)),
    }
}

/// The growth of the steps when the length doubles, for each surface.
fn growth(code: &Code, input: &Input) -> Vec<(f64, Surface, Input)> {
    // Each length has its own instance, so that the cost of initialisation counts in both.
    let steps = |surface, length| code.start().steps(surface, &input.of(length)) as f64;
    SURFACES.map(|s| (steps(s, 2 * LENGTH) / steps(s, LENGTH), s, input.clone())).to_vec()
}
