//! Fault injection: a full disk, a closed pipe, a killed process, a kernel that does less than
//! requested, and clocks that jump. The output is always a prefix of the expected output, and ends
//! at a record boundary if the program could ensure it. The ledger never counts what did not
//! happen.
#![cfg(target_os = "linux")]
#![allow(missing_docs)]

#[path = "../command/mod.rs"]
mod command;
mod disk;
#[path = "../../../../tests/filtered/mod.rs"]
#[allow(dead_code)]
mod filtered;
mod kill;
mod system;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

use command::{COMMAND, folder, run, start};
use crypt32_filter::{
    engine::filter::{Filter, Piece},
    policy::{Action, Policy},
};
use serde_json::{Value, json};

/// Lines of every kind, from many computers: records to drop, to tag and to leave unchanged.
static INPUT: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let samples = command::samples();
    let mut lines = String::new();
    for round in 0..60 {
        for sample in &samples {
            lines += &sample.replace("SERVER1", &format!("SERVER{round}"));
            lines.push('\n');
        }
    }
    lines.into_bytes()
});

/// The policy of `filter --action drop`.
fn drop_policy() -> Policy {
    Policy { action: Action::Drop, ..Policy::default() }
}

/// The output and the ledger after this part of the input, whose last line may be incomplete.
fn after(input: &[u8]) -> (Vec<u8>, Value) {
    let mut filter = Filter::new(drop_policy());
    let mut out = Vec::new();
    filter.push(input, &mut |piece| match piece {
        Piece::Chunk(span) => out.extend_from_slice(&input[span]),
        Piece::Bytes(bytes) => out.extend_from_slice(bytes),
    });
    (out, json!(filter.ledger()))
}

/// The expected output.
static OUTPUT: LazyLock<Vec<u8>> = LazyLock::new(|| after(&INPUT).0);

/// Reads a ledger file, and checks that it is complete and true for a prefix of the input.
fn ledger(path: &Path) -> Value {
    let ledger: Value = serde_json::from_slice(&fs::read(path).unwrap()).expect("a whole ledger");
    let taken = usize::try_from(ledger["bytes_in"].as_u64().unwrap()).unwrap();
    let (_, want) = after(&INPUT[..taken]);
    // The last line counts when it is written.
    if taken < INPUT.len() || ledger["records"] == want["records"] {
        assert_eq!(ledger, want, "after {taken} bytes");
    }
    ledger
}

fn bytes_out(ledger: &Value) -> usize {
    usize::try_from(ledger["bytes_out"].as_u64().unwrap()).unwrap()
}

/// The command with injected faults.
fn faulty(faults: &str, args: &[&str]) -> Command {
    static SHIM: LazyLock<PathBuf> = LazyLock::new(|| {
        let shim = folder("shim").join("libshim.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/shim.rs");
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let built = Command::new(rustc)
            .args(["--edition", "2024", "--crate-type", "cdylib", "-O", "-o"])
            .arg(&shim)
            .arg(source)
            .output()
            .expect("rustc");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        shim
    });
    let mut command = Command::new(COMMAND);
    command.args(args).env("LD_PRELOAD", &*SHIM).env("FAULT", faults);
    command
}
