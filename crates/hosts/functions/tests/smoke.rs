//! A short run of the fuzz targets, with the same bodies and seeds as `make fuzz`. The generator of
//! changes has a fixed seed. `FUZZ_ROUNDS` is the number of rounds, `FUZZ_SEED` changes the seed,
//! and `FUZZ_FILE` is one file to run instead, such as a finding of `make fuzz`.
#![allow(missing_docs)]

#[path = "../../../../tests/fuzz/src/lib.rs"]
#[allow(dead_code)]
mod fuzz;

use std::panic::{AssertUnwindSafe, catch_unwind};

use fuzz::{TARGETS, Target, oracle::dice::Dice, seeds::WORDS};

/// Changes the bytes of a seed once.
fn change(data: &mut Vec<u8>, seeds: &[Vec<u8>], dice: &mut Dice) {
    let at = dice.below(data.len() + 1);
    let end = at + dice.below((data.len() - at).min(64) + 1);
    match dice.below(9) {
        0 if at < data.len() => data[at] ^= 1 << dice.below(8),
        1 if at < data.len() => data[at] = dice.roll() as u8,
        2 => drop(data.drain(at..end)),
        3 => {
            let again = data[at..end].to_vec();
            data.splice(at..at, again);
        }
        4 => drop(data.splice(at..end, WORDS[dice.below(WORDS.len())].bytes())),
        5 => drop(data.splice(at..at, WORDS[dice.below(WORDS.len())].bytes())),
        6 => {
            let other = &seeds[dice.below(seeds.len())];
            let from = dice.below(other.len() + 1);
            let to = from + dice.below((other.len() - from).min(400) + 1);
            data.splice(at..end, other[from..to].iter().copied());
        }
        7 => data.truncate(at),
        _ => data.insert(at, b" \t\r\n\"\\{}[],:<>&'08\xFF"[dice.below(19)]),
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|n| n.parse().expect("a number"))
}

fn smoke(name: &str, rounds: u64) {
    let Target { body, seeds, .. } =
        TARGETS.iter().find(|target| target.name == name).expect("a target");
    if let Some(file) = std::env::var_os("FUZZ_FILE") {
        return body(&std::fs::read(file).expect("the file"));
    }
    let seeds = seeds();
    assert!(!seeds.is_empty());
    let mut dice = Dice(number("FUZZ_SEED").unwrap_or(8));
    let rounds = number("FUZZ_ROUNDS").unwrap_or(rounds);
    for round in 0..rounds + seeds.len() as u64 {
        let first = usize::try_from(round).ok().and_then(|round| seeds.get(round));
        let mut data = first.unwrap_or_else(|| &seeds[dice.below(seeds.len())]).clone();
        if first.is_none() {
            for _ in 0..=dice.below(5) {
                change(&mut data, &seeds, &mut dice);
            }
        }
        if catch_unwind(AssertUnwindSafe(|| body(&data))).is_err() {
            let path = concat!(env!("CARGO_TARGET_TMPDIR"), "/smoke-");
            let path = format!("{path}{name}");
            std::fs::write(&path, &data).expect("disk space");
            panic!("{name}, round {round}: see above; the bytes are in {path}");
        }
    }
}

macro_rules! targets {
    ($($name:ident: $rounds:literal),* $(,)?) => {
        $(#[test] fn $name() { smoke(stringify!($name), $rounds); })*

        #[test]
        fn every_target_is_here() {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
            for name in names {
                let file = format!("{}/../../../tests/fuzz/targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
                let text = std::fs::read_to_string(&file).expect(&file);
                assert!(text.contains(&format!("run(\"{name}\", data)")), "{file}");
            }
        }
    };
}

targets! {
    json: 2000,
    xml: 2000,
    block: 2000,
    line: 2000,
    csv: 2000,
    cef: 2000,
    envelope: 300,
    container: 60,
    filter: 600,
    oracle: 600,
    tag: 600,
    repeat: 4000,
    fluent_bit: 1500,
    evt: 60,
    evtx: 10,
}
