//! Tests of full disks and closed pipes.

use std::{
    fs::{self, File},
    io::{Read, Write},
    process::{Command, Stdio},
};

use crate::{COMMAND, INPUT, OUTPUT, bytes_out, faulty, folder, ledger, start};

/// Runs `filter --action drop` over the input into a file, with a ledger.
fn into_file(name: &str, faults: &str) -> (Vec<u8>, Option<i32>, String, serde_json::Value) {
    let folder = folder(name);
    let [input, output, account] = ["in", "out", "ledger"].map(|name| folder.join(name));
    fs::write(&input, &*INPUT).unwrap();
    let args = ["filter", "--action", "drop", "--ledger", account.to_str().unwrap()];
    let run = faulty(faults, &args)
        .arg(&input)
        // A second input. It must not be read if nothing can be written.
        .arg(&input)
        .stdout(File::create(&output).unwrap())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&run.stderr).into_owned();
    (fs::read(&output).unwrap(), run.status.code(), error, ledger(&account))
}

#[test]
fn a_full_disk_leaves_whole_records_and_a_true_ledger() {
    let mut ends = 0;
    for part in [1, 7, 25, 50, 77, 99] {
        let fits = OUTPUT.len() * part / 100;
        let (written, code, error, ledger) = into_file("full", &format!("full={fits}"));
        assert_eq!(code, Some(2), "{error}");
        assert!(error.contains("cannot write the output"), "{error}");
        assert!(error.contains("whole records"), "{error}");
        assert!(OUTPUT.starts_with(&written), "{fits}");
        assert!(written.is_empty() || written.ends_with(b"\n"), "{fits}");
        assert!(written.len() <= fits && bytes_out(&ledger) <= written.len(), "{fits}");
        ends += usize::from(!written.is_empty());
    }
    assert!(ends > 3, "the disk was always full at once");
}

/// Writes into the middle of a file with other content. The content after it must stay.
#[test]
fn a_full_disk_takes_nothing_of_others() {
    let folder = folder("others");
    let [input, output] = ["in", "out"].map(|name| folder.join(name));
    fs::write(&input, &*INPUT).unwrap();
    let others = vec![b'x'; 4 * OUTPUT.len()];
    for part in [1, 33, 77] {
        fs::write(&output, &others).unwrap();
        let fits = OUTPUT.len() * part / 100;
        let run = faulty(&format!("full={fits}"), &["filter", "--action", "drop"])
            .arg(&input)
            .stdout(File::options().write(true).open(&output).unwrap())
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(2));
        let left = fs::read(&output).unwrap();
        assert_eq!(left.len(), others.len());
        assert!(left.ends_with(&others[OUTPUT.len()..]));
    }
}

#[test]
fn what_never_got_out_is_in_no_ledger() {
    let folder = folder("dev-full");
    let account = folder.join("ledger");
    let mut child = Command::new(COMMAND)
        .args(["filter", "--action", "drop", "--ledger", account.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(&INPUT);
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(ledger(&account)["records"], 0);
}

#[test]
fn a_disk_without_room_for_the_ledger_keeps_the_old_one() {
    let folder = folder("ledger");
    let account = folder.join("ledger");
    let args = ["filter", "--action", "drop", "--ledger", account.to_str().unwrap()];
    let run = |faults: &str| {
        let mut child = faulty(faults, &args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(&INPUT[..100]);
        child.wait_with_output().unwrap()
    };
    assert_eq!(run("").status.code(), Some(0));
    let old = fs::read(&account).unwrap();
    let full = run("full=0");
    assert_eq!(full.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&full.stderr).contains("cannot write the ledger"));
    assert_eq!(fs::read(&account).unwrap(), old);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a temporary file was left behind");
}

/// `--ledger` may name a pipe or a link. Neither is replaced by a file.
#[test]
fn a_ledger_that_is_no_file_stays_what_it_is() {
    let folder = folder("special");
    let [pipe, file, link] = ["pipe", "file", "link"].map(|name| folder.join(name));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    // Opens the pipe for reading and writing, so that the writer finds a reader.
    let mut reader = File::options().read(true).write(true).open(&pipe).unwrap();
    for ledger in [&pipe, &link] {
        let args = ["filter", "--ledger", ledger.to_str().unwrap(), "/dev/null"];
        assert!(Command::new(COMMAND).args(args).status().unwrap().success());
    }
    let mut read = [0; 12];
    reader.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"{\"records\":0");
    assert!(!fs::metadata(&pipe).unwrap().is_file());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("{\"records\":0"));
}

#[test]
fn a_closed_pipe_is_a_normal_end_with_a_true_ledger() {
    for wanted in [10, 5000, 100_000] {
        let folder = folder("pipe");
        let account = folder.join("ledger");
        let mut command = faulty("fast", &["filter", "--action", "drop"]);
        command.arg("--ledger").arg(&account);
        let (mut child, writer) = start(&mut command, &INPUT);
        let mut read = vec![0; wanted];
        child.stdout.take().unwrap().read_exact(&mut read).unwrap();
        let end = child.wait_with_output().unwrap();
        writer.join().unwrap();
        assert_eq!(end.status.code(), Some(0));
        assert_eq!(String::from_utf8_lossy(&end.stderr), "");
        assert!(OUTPUT.starts_with(&read));
        // The part that was read, and the part that is in the pipe.
        assert!(bytes_out(&ledger(&account)) <= wanted + (1 << 17));
    }
}
