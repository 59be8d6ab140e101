//! A worker of `make bench`: the native contestants, and the engines that run the modules.
//!
//! It reads one request a line on standard input and answers each with one line: `load PATH` reads a
//! log, `chunk BYTES` says how it is cut, `run NAME` lets a contestant work through it once. Only the work is timed; setting up (a
//! compiled module, a compiled program) is kept from round to round.

mod engine;
mod host;
mod log;
mod ours;
mod peers;
mod queries;

use std::{
    collections::HashMap,
    io::{self, BufRead, Write},
    time::Instant,
};

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

use log::Log;

/// What a contestant did in one round.
#[derive(Clone, Copy, Default)]
pub struct Done {
    /// Records that it found to be ours.
    pub hits: u64,
    /// Bytes that it gave out.
    pub out: u64,
    /// Bytes that it read, where that is not the whole log.
    pub read: Option<usize>,
}

/// One that can work through a log again and again.
pub type Contestant = Box<dyn FnMut(&Log) -> Done>;

/// The contestant of that name, ready to start.
fn contestant(name: &str) -> Contestant {
    let (kind, variant) = name.split_once(' ').unwrap_or((name, ""));
    match kind {
        "native" => ours::filter(variant),
        "wasmtime" => engine::core_module(variant),
        "wasmtime-host" => host::in_wasmtime(variant),
        "wasmi" => host::in_wasmi(variant),
        "memcpy" => peers::memcpy(),
        "memmem" => peers::memmem(),
        "ripgrep" => peers::ripgrep(variant),
        "serde_json" => peers::serde(variant),
        "vrl" => queries::vrl(variant),
        "jaq" => queries::jaq(variant),
        _ => panic!("no contestant {name}"),
    }
}

/// How many milliseconds this process has had a processor: on a busy machine it waits for one too.
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

fn main() {
    let mut log = Log::default();
    let mut ready: HashMap<String, Contestant> = HashMap::new();
    for line in io::stdin().lock().lines() {
        let line = line.expect("a request");
        let answer = match line.split_once(' ') {
            Some(("load", path)) => {
                log = Log::read(path);
                json!({ "bytes": log.bytes.len(), "records": log.records })
            }
            Some(("chunk", size)) => {
                log.chunk = size.parse().expect("a number");
                json!({ "size": log.chunk })
            }
            Some(("run", name)) => {
                let work = ready.entry(name.to_owned()).or_insert_with(|| contestant(name));
                // Whoever had his turn before: everybody finds the log in the same caches.
                assert_eq!(memchr::memchr(0, &log.bytes), None, "a log of text");
                let (start, before) = (Instant::now(), processor_time());
                let done = work(&log);
                let time = start.elapsed();
                json!({
                    "ms": time.as_secs_f64() * 1e3,
                    "cpu": processor_time() - before,
                    "hits": done.hits,
                    "out": done.out,
                    "read": done.read.unwrap_or(log.bytes.len()),
                })
            }
            _ => panic!("no request: {line}"),
        };
        println!("{answer}");
        io::stdout().flush().expect("an answer");
    }
}
