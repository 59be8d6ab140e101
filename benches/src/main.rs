//! The native worker of `make bench`: it runs the native contestants and the WASM engines.
//!
//! Each line on standard input is a request, and each response is one line. `load PATH` reads a
//! log, `chunk BYTES` sets the size of its chunks, and `run NAME` lets a contestant process it
//! once. Only the processing is timed. The setup (a compiled module or program) is kept from round
//! to round.

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

/// The result of a contestant in one round.
#[derive(Clone, Copy, Default)]
pub struct Done {
    /// The number of records that it recognised as benign.
    pub hits: u64,
    /// The number of output bytes.
    pub out: u64,
    /// The number of bytes that it read, if it did not read the whole log.
    pub read: Option<usize>,
}

/// A function that processes a log once per call.
pub type Contestant = Box<dyn FnMut(&Log) -> Done>;

/// Sets up the contestant with this name.
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

/// The CPU time of this process in milliseconds. On a busy machine, wall time includes waiting for
/// a CPU.
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
                // Reading the whole log first gives every contestant the same CPU cache contents.
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
