//! Tests of a process that is killed in the middle of its work.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    process::{Child, ChildStdin, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{INPUT, OUTPUT, bytes_out, faulty, folder, ledger};

/// Waits until the condition is true. Fails the test after a minute.
fn wait_for(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(2));
    }
}

/// Starts a filter with a piped input, and with its output and its ledger in files.
fn filter(faults: &str, output: &Path, account: &Path) -> (Child, ChildStdin) {
    let mut child = faulty(faults, &["filter", "--action", "drop", "--ledger"])
        .arg(account)
        .stdin(Stdio::piped())
        .stdout(File::create(output).unwrap())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take().unwrap();
    (child, stdin)
}

/// The program cannot handle this signal. The output is still a prefix of the expected output. The
/// ledger is complete, and counts no more than the output has.
#[test]
fn a_kill_anywhere_leaves_a_true_ledger() {
    let mut claimed = 0;
    for round in 0..24_usize {
        let folder = folder(&format!("kill-{round}"));
        let [output, account] = ["out", "ledger"].map(|name| folder.join(name));
        let (mut child, mut stdin) = filter("fast,short", &output, &account);
        let written = INPUT.len() * (round + 1) / 30;
        stdin.write_all(&INPUT[..written]).unwrap();
        if round % 2 == 0 {
            // Waits for the first timed write of the ledger.
            wait_for("no ledger", || account.exists() && bytes_out(&ledger(&account)) > 0);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let output = fs::read(&output).unwrap();
        assert!(OUTPUT.starts_with(&output), "round {round}");
        if account.exists() {
            let claims = bytes_out(&ledger(&account));
            assert!(claims <= output.len(), "round {round}: {claims} of {}", output.len());
            claimed += usize::from(claims > 0);
        }
    }
    assert!(claimed >= 12, "{claimed} ledgers that claim anything");
}

/// The ledger is written at least every ten seconds, also without input. (The shim stops a program
/// that sleeps longer.) The output then has only whole records.
#[test]
fn the_ledger_is_ten_seconds_behind_at_most() {
    let folder = folder("behind");
    let [output, account] = ["out", "ledger"].map(|name| folder.join(name));
    let (mut child, mut stdin) = filter("fast", &output, &account);
    let mut sent = 0;
    for part in [1000, 50_000, 300_000] {
        stdin.write_all(&INPUT[sent..part]).unwrap();
        sent = part;
        wait_for("the ledger stays behind", || {
            account.exists() && ledger(&account)["bytes_in"] == sent
        });
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let output = fs::read(&output).unwrap();
    assert_eq!(bytes_out(&ledger(&account)), output.len());
    assert!(output.ends_with(b"\n") && OUTPUT.starts_with(&output));
}

/// The ledger is written on time even if the reader takes no output.
#[test]
fn a_reader_that_takes_nothing_does_not_stop_the_clock() {
    let folder = folder("taken");
    let account = folder.join("ledger");
    let mut child = faulty("fast", &["filter", "--action", "drop", "--ledger"])
        .arg(&account)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let feed = thread::spawn(move || drop(stdin.write_all(&INPUT)));
    for _ in 0..2 {
        wait_for("no ledger", || account.exists());
        thread::sleep(Duration::from_millis(100));
        fs::remove_file(&account).unwrap();
    }
    wait_for("no ledger", || account.exists());
    let claims = bytes_out(&ledger(&account));
    child.kill().unwrap();
    feed.join().unwrap();
    let output = child.wait_with_output().unwrap().stdout;
    assert!(claims <= output.len(), "{claims} of {}", output.len());
}
