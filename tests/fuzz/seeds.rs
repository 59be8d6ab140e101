//! Writes libFuzzer's initial corpus: a folder for each target, and a dictionary for all.
//!
//! cargo run --example seeds -- FOLDER

use std::{fs, io, path::PathBuf};

use crypt32_filter_fuzz::{TARGETS, seeds::WORDS};

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("corpus"), PathBuf::from);
    for target in TARGETS {
        let folder = folder.join(target.name);
        fs::create_dir_all(&folder)?;
        for (i, seed) in (target.seeds)().iter().enumerate() {
            fs::write(folder.join(format!("seed-{i:03}")), seed)?;
        }
    }
    let quoted = |word: &&str| {
        let hex: String = word.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        format!("\"{hex}\"\n")
    };
    fs::write(folder.join("words.dict"), WORDS.iter().map(quoted).collect::<String>())
}
