//! Stores every record that a test classifies, with its verdict. `tests/js/recorded.test.mjs`
//! compares the WASM package with these files. Each run starts a new file. The files lie below the
//! tree, not in `CARGO_TARGET_TMPDIR`, which a changed copy of the tree may share.

use std::{
    fs::{self, File},
    io::Write,
    sync::{LazyLock, Mutex},
};

use crypt32_filter::{policy::Policy, report::assessment};
use serde_json::json;

static FILE: LazyLock<Mutex<File>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/recorded");
    fs::create_dir_all(folder).expect("the tree can be written");
    let path = format!("{folder}/{}.jsonl", env!("CARGO_CRATE_NAME"));
    Mutex::new(File::create(path).expect("disk space"))
});

/// Stores a record.
pub fn keep(record: &str) {
    let answer = assessment::assess(record.as_bytes(), &Policy::default());
    let line = format!("{}\n", json!({ "record": record, "answer": answer }));
    FILE.lock().expect("no test panics in here").write_all(line.as_bytes()).expect("disk space");
}
