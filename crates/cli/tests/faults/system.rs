//! Tests of a kernel that does less than requested, and of clocks that jump.

use std::fs;

use crate::{INPUT, OUTPUT, after, faulty, folder, ledger, run};

const FAULTS: [&str; 6] =
    ["short", "signals", "later", "short,signals,later", "jumps,fast", "short,signals,jumps,fast"];

#[test]
fn short_writes_interrupted_reads_and_jumping_clocks_change_nothing() {
    let folder = folder("system");
    let account = folder.join("ledger");
    let args = ["filter", "--action", "drop", "--ledger", account.to_str().unwrap()];
    let (_, want) = after(&INPUT);
    for faults in FAULTS {
        let _ = fs::remove_file(&account);
        let run = run(&mut faulty(faults, &args), &INPUT);
        assert_eq!(String::from_utf8_lossy(&run.stderr), "", "{faults}");
        assert_eq!(run.status.code(), Some(0), "{faults}");
        assert!(run.stdout == *OUTPUT, "{faults}");
        assert_eq!(ledger(&account), want, "{faults}");
    }
}

#[test]
fn other_commands_do_not_mind_either() {
    let input = &INPUT[..60_000];
    for args in [&["classify"][..], &["report", "--output", "json"], &["explain"]] {
        let right = run(&mut faulty("", args), input);
        assert_eq!(right.status.code(), Some(0), "{args:?}");
        assert!(right.stdout.len() > 100, "{args:?}");
        for faults in FAULTS {
            let run = run(&mut faulty(faults, args), input);
            assert_eq!(run.status.code(), Some(0), "{args:?} {faults}");
            assert!(run.stdout == right.stdout, "{args:?} {faults}");
        }
    }
}

#[test]
fn input_that_breaks_off_loses_nothing_before() {
    let folder = folder("broken");
    let account = folder.join("ledger");
    let args = ["filter", "--action", "drop", "--ledger", account.to_str().unwrap()];
    for most in [1, 700, 300_001] {
        let run = run(&mut faulty(&format!("short,broken={most}"), &args), &INPUT);
        assert_eq!(run.status.code(), Some(2));
        let error = String::from_utf8_lossy(&run.stderr);
        assert!(error.contains(&format!("beyond byte {most}")), "{error}");
        let (right, _) = after(&INPUT[..most]);
        // The incomplete line is written too.
        assert!(run.stdout.starts_with(&right));
        assert!(INPUT[..most].ends_with(&run.stdout[right.len()..]));
        let ledger: serde_json::Value =
            serde_json::from_slice(&fs::read(&account).unwrap()).unwrap();
        assert_eq!(ledger["bytes_in"], most);
        assert_eq!(ledger["bytes_out"], run.stdout.len());
    }
}
