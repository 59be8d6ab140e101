//! Stores every record that a test classifies, with its verdict. `tests/js/recorded.test.mjs`
//! compares the WASM package with these files. Each run starts a new file.

use std::{
    fs::File,
    io::Write,
    sync::{LazyLock, Mutex},
};

use crypt32_filter::{policy::Policy, report::assessment};
use serde_json::json;

static FILE: LazyLock<Mutex<File>> = LazyLock::new(|| {
    let path =
        concat!(env!("CARGO_TARGET_TMPDIR"), "/", env!("CARGO_CRATE_NAME"), ".recorded.jsonl");
    Mutex::new(File::create(path).expect("cargo made the folder"))
});

/// Stores a record.
pub fn keep(record: &str) {
    let answer = assessment::assess(record.as_bytes(), &Policy::default());
    let line = format!("{}\n", json!({ "record": record, "answer": answer }));
    FILE.lock().expect("no test panics in here").write_all(line.as_bytes()).expect("disk space");
}
