//! Runs the native command, and prepares its inputs.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::{self, JoinHandle},
};

use serde_json::Value;

pub const COMMAND: &str = env!("CARGO_BIN_EXE_crypt32-filter");

/// Starts a command with this input. The command may end before it has read everything.
pub fn start(command: &mut Command, input: &[u8]) -> (Child, JoinHandle<()>) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    (child, thread::spawn(move || drop(stdin.write_all(&input))))
}

/// Runs a command to its end.
pub fn run(command: &mut Command, input: &[u8]) -> Output {
    let (child, writer) = start(command, input);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// Creates a separate folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// The sample records that are one line each.
#[allow(dead_code, reason = "not every test that starts the command needs them")]
pub fn samples() -> Vec<String> {
    let rows = include_str!("../../../../tests/fixtures/records.jsonl").lines();
    let rows = rows.map(|row| serde_json::from_str::<Value>(row).unwrap());
    let payloads = rows.map(|row| row["payload"].as_str().unwrap().to_owned());
    payloads.filter(|payload| !payload.contains('\n')).collect()
}
