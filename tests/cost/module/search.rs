//! A search for slow inputs: `search MINUTES`. It changes inputs at random, and keeps those with
//! the most time per byte for further changes. It is started manually (`make fuzz-cost`), so it can
//! use a clock, which also measures caches, copies of memory, and system calls.

use std::{
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use crypt32_cost::{
    COMMANDS, Work,
    inputs::{self, Input},
};

/// The length of the compared inputs, and the length of the final measurement.
const LENGTH: usize = 64 << 10;
const WHOLE: usize = 1_000_000;
/// How many inputs are kept for each command.
const KEPT: usize = 100;
/// How often the results are printed.
const EVERY: Duration = Duration::from_secs(600);

/// A small random number generator. The search need not be reproducible.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n.max(1) as u64).expect("below a usize")
    }
}

type Kept = Vec<(f64, Input)>;

fn main() {
    let minutes = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let seeds = inputs::all();
    let kept = COMMANDS.map(|_| Mutex::new(Kept::new()));
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let tried: usize = thread::scope(|scope| {
        let (seeds, kept) = (&seeds, &kept);
        let workers: Vec<_> = (1..=threads)
            .map(|n| scope.spawn(move || worker(seeds, kept, end, n as u64)))
            .collect();
        // Results are printed regularly, so that stopping the search loses nothing.
        while Instant::now() + EVERY < end {
            thread::sleep(EVERY);
            say(kept, 1);
        }
        workers.into_iter().map(|worker| worker.join().expect("no panic")).sum()
    });
    println!("{tried} inputs tried in {minutes} minutes by {threads} threads; the slowest ones:");
    say(&kept, 10);
}

/// Prints the slowest inputs of each command.
fn say(kept: &[Mutex<Kept>; COMMANDS.len()], most: usize) {
    for (command, kept) in COMMANDS.into_iter().zip(kept) {
        let name = command.join(" ");
        let mut slow: Vec<_> = kept.lock().expect("no panic").iter().take(most).cloned().collect();
        for (cost, input) in &mut slow {
            *cost = cost_of(command, &input.of(WHOLE));
        }
        slow.sort_by(|a, b| b.0.total_cmp(&a.0));
        for (cost, input) in &slow {
            println!("{name}: {:.3} s for 1 MB: {input:?}", cost * WHOLE as f64 / 1e9);
        }
    }
}

/// Nanoseconds per byte: the minimum of three runs.
fn cost_of(command: &[&str], bytes: &[u8]) -> f64 {
    let run = |_| {
        let work = Work::new(command, bytes.to_vec());
        let start = clock();
        std::hint::black_box(work.run());
        clock() - start
    };
    (0..3).map(run).min().unwrap_or_default().as_nanos() as f64 / bytes.len() as f64
}

/// The CPU time of this thread.
#[cfg(unix)]
fn clock() -> Duration {
    use nix::time::{ClockId, clock_gettime};
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock").into()
}

#[cfg(not(unix))]
fn clock() -> Duration {
    use std::sync::LazyLock;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed()
}

fn worker(seeds: &[Input], kept: &[Mutex<Kept>; COMMANDS.len()], end: Instant, n: u64) -> usize {
    let mut random = Random((n * 0x9E37_79B9_7F4A_7C15) ^ u64::from(std::process::id()));
    let mut tried = 0;
    while Instant::now() < end {
        let which = random.below(COMMANDS.len());
        let parent = {
            let kept = kept[which].lock().expect("no panic");
            if kept.is_empty() || random.below(4) == 0 {
                seeds[random.below(seeds.len())].clone()
            } else {
                // Better inputs are chosen more often.
                let at = random.below(kept.len());
                kept[random.below(at + 1)].1.clone()
            }
        };
        let input = change(parent, seeds, &mut random);
        // A longer unit would not be repeated often enough.
        if input.before.len() + input.again.len() + input.behind.len() > LENGTH / 16 {
            continue;
        }
        let cost = cost_of(COMMANDS[which], &input.of(LENGTH));
        tried += 1;
        let mut kept = kept[which].lock().expect("no panic");
        // One input with each repeated text is enough.
        let known = kept.iter().any(|(_, known)| known.again == input.again);
        if !known && (kept.len() < KEPT || kept.last().is_some_and(|(least, _)| cost > *least)) {
            kept.push((cost, input));
            kept.sort_by(|a, b| b.0.total_cmp(&a.0));
            kept.truncate(KEPT);
        }
    }
    tried
}

/// Changes an input in one to four ways.
fn change(mut input: Input, seeds: &[Input], random: &mut Random) -> Input {
    for _ in 0..=random.below(4) {
        let other = seeds[random.below(seeds.len())].clone();
        match random.below(9) {
            0 => input.before = other.before,
            1 => input.before.push_str(&other.before),
            2 => input.before.push_str(&other.again),
            3 => input.again.push_str(&other.again),
            4 => input.again = other.again + &input.again,
            5 => input.behind = other.again + &input.behind,
            6 => cut(&mut input.again, random),
            7 => cut(&mut input.before, random),
            _ => insert(&mut input.again, &other.again, random),
        }
    }
    if input.again.is_empty() {
        input.again.push('a');
    }
    input
}

/// A position between two characters.
fn place(text: &str, random: &mut Random) -> usize {
    text.floor_char_boundary(random.below(text.len() + 1))
}

fn cut(text: &mut String, random: &mut Random) {
    let (a, b) = (place(text, random), place(text, random));
    text.replace_range(a.min(b)..a.max(b), "");
}

fn insert(text: &mut String, more: &str, random: &mut Random) {
    let at = place(text, random);
    text.insert_str(at, more);
}
