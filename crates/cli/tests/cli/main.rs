//! The native command as a user meets it: bytes, messages and exit codes.

mod asked;
#[path = "../command/mod.rs"]
mod command;
mod files;
mod inputs;
mod looking;
mod replies;
mod running;
mod summary;
mod unjudged;
#[path = "../../../../tests/zipped/mod.rs"]
mod zipped;

use std::{
    fs::{self, File},
    io::{Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use command::{COMMAND, folder};
use serde_json::Value;

fn run(args: &[&str], input: &[u8]) -> Output {
    command::run(Command::new(COMMAND).args(args), input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The sample records of one line, as a log.
fn samples() -> Vec<u8> {
    command::samples().iter().flat_map(|record| [record.as_bytes(), b"\n"].concat()).collect()
}

fn ledger(path: &Path) -> Value {
    let ledger: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let n = |name: &str| ledger[name].as_u64().unwrap();
    assert_eq!(n("records"), n("unrelated") + n("benign") + n("review") + n("oversized"));
    assert_eq!(n("bytes_out"), n("bytes_in") - n("bytes_dropped") + n("bytes_inserted"));
    ledger
}

#[test]
fn observe_is_the_identity_for_any_file() {
    let junk: Vec<u8> =
        (0u32..100_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_dirty.evt").unwrap();
    let gzip = [&[0x1F, 0x8B, 8, 0][..], &junk].concat();
    let utf16: Vec<u8> = text(&samples()).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for input in [samples(), junk, evt, gzip, utf16, b"\n\n\r\n".to_vec(), Vec::new()] {
        let output = run(&["filter", "--action", "observe"], &input);
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout == input);
    }
}

#[test]
fn tagging_only_inserts_and_the_ledger_adds_up() {
    let folder = folder("tag");
    let path = folder.join("ledger.json");
    let input = samples();
    let output = run(&["filter", "--ledger", path.to_str().unwrap()], &input);
    assert_eq!(output.status.code(), Some(0));
    let ledger = ledger(&path);
    assert_eq!(ledger["bytes_in"], input.len());
    assert_eq!(ledger["bytes_out"], output.stdout.len());
    assert_eq!(ledger["dropped"], 0);
    assert!(ledger["tagged"].as_u64().unwrap() > 25, "{ledger}");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "a temporary file was left behind");
    // Every tagged line is its input line with text inserted.
    let tagged = text(&output.stdout);
    for (before, after) in text(&input).lines().zip(tagged.lines()) {
        let mut rest = before.chars().peekable();
        after.chars().for_each(|c| {
            if rest.peek() == Some(&c) {
                rest.next();
            }
        });
        assert_eq!(rest.next(), None, "{before}\n{after}");
    }
    // Filtering twice equals filtering once. Tagging first and dropping later equals dropping.
    assert!(run(&["filter"], &output.stdout).stdout == output.stdout);
    let dropped = run(&["filter", "--action", "drop"], &input).stdout;
    assert!(run(&["filter", "--action", "drop"], &output.stdout).stdout == dropped);
}

#[test]
fn several_files_are_one_stream_of_records() {
    let folder = folder("files");
    let (a, b) = (folder.join("a"), folder.join("b"));
    fs::write(&a, "{\"no\":\"line end\"}").unwrap();
    fs::write(&b, samples()).unwrap();
    let output = run(&["filter", a.to_str().unwrap(), b.to_str().unwrap()], b"");
    let expected = [&b"{\"no\":\"line end\"}"[..], &run(&["filter"], &samples()).stdout].concat();
    assert!(output.stdout == expected);
}

#[test]
fn unreadable_inputs_are_named_and_the_others_filtered() {
    let folder = folder("unreadable");
    let good = folder.join("good");
    fs::write(&good, samples()).unwrap();
    for bad in [folder.join("missing"), folder.clone()] {
        let output = run(&["filter", bad.to_str().unwrap(), good.to_str().unwrap()], b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains(bad.to_str().unwrap()));
        assert!(output.stdout == run(&["filter"], &samples()).stdout);
    }
}

#[test]
fn a_closed_pipe_is_a_normal_end() {
    let input = samples().repeat(500);
    let (mut child, writer) = command::start(Command::new(COMMAND).arg("filter"), &input);
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let mut child = Command::new(COMMAND)
        .arg("filter")
        .stdin(Stdio::piped())
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(&samples());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("cannot write the output"));
}

#[cfg(unix)]
#[test]
fn a_limited_file_ends_at_a_record() {
    let folder = folder("limit");
    let (input, output) = (folder.join("in"), folder.join("out"));
    fs::write(&input, samples().repeat(20)).unwrap();
    // The limit of the shell counts blocks of 512 or 1024 bytes, and neither is a record boundary.
    // The script ignores the signal of the limit, so that the write fails.
    let script = format!(
        "trap '' XFSZ; ulimit -f 100; exec '{COMMAND}' filter '{}' > '{}'",
        input.display(),
        output.display()
    );
    let run = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("whole records"), "{}", text(&run.stderr));
    let written = fs::read(&output).unwrap();
    let whole = Command::new(COMMAND).arg("filter").arg(&input).output().unwrap().stdout;
    assert!(written.len() > 40_000 && written.ends_with(b"\n"));
    assert!(whole.starts_with(&written));
}

#[cfg(unix)]
#[test]
fn a_signal_writes_the_ledger_and_gives_out_what_is_held() {
    let folder = folder("signal");
    let path = folder.join("ledger.json");
    let mut child = Command::new(COMMAND)
        .args(["filter", "--ledger", path.to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"{\"a\":1}\nno line end").unwrap();
    let mut first = [0; 8];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    let kill = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), "no line end");
    assert_eq!(ledger(&path)["records"], 2);
    drop(stdin);
}

/// A reader that takes no output delays neither the signal handler nor the ledger. The ledger
/// counts only the records that were written.
#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_whose_output_nobody_takes() {
    let folder = folder("blocked");
    let log = folder.join("log");
    let input = samples().repeat(40);
    fs::write(&log, input.repeat(5_000_000 / input.len() + 1)).unwrap();
    let name = log.to_str().unwrap();
    for (files, signal, code) in [(&[][..], "-TERM", 0), (&[name], "-INT", 130)] {
        let path = folder.join(format!("ledger{signal}"));
        let mut child = Command::new(COMMAND)
            .args(["filter", "--ledger", path.to_str().unwrap()])
            .args(files)
            .stdin(File::open(&log).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Waits until the run has filled the pipe and is blocked.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let kill = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(kill.success());
        let start = std::time::Instant::now();
        let ended = loop {
            if let Some(ended) = child.try_wait().unwrap() {
                break ended;
            }
            assert!(start.elapsed().as_secs() < 20, "it does not end");
            std::thread::sleep(std::time::Duration::from_millis(10));
        };
        let output = child.wait_with_output().unwrap();
        assert_eq!(ended.code(), Some(code));
        assert!(text(&output.stderr).contains("nobody reads the output"));
        let whole = run(&["filter"], &fs::read(&log).unwrap()).stdout;
        assert!(whole.starts_with(&output.stdout) && whole.len() > output.stdout.len());
        let ledger = ledger(&path);
        assert!(ledger["bytes_out"].as_u64().unwrap() <= output.stdout.len() as u64);
    }
}

#[test]
fn a_ledger_that_cannot_be_written_stops_before_the_first_record() {
    let output = run(&["filter", "--action", "drop", "--ledger", "/nonexistent/x"], &samples());
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
}

#[test]
fn text_becomes_json_on_request() {
    let input = b"plain \"text\"\r\n\n<27>Mar 15 11:27:57 SERVER1 crypt32: 8: Failed auto update \
        retrieval of third-party root list sequence number from: \
        <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> \
        with error: This network connection does not exist.\n\xFF\xFE bytes\n{\"a\":1}\n";
    let folder = folder("ndjson");
    let path = folder.join("ledger.json");
    let args = ["filter", "--output", "ndjson", "--ledger", path.to_str().unwrap()];
    let output = run(&args, input);
    let lines = text(&output.stdout);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], "{\"message\":\"plain \\\"text\\\"\"}");
    assert_eq!(lines[1], "");
    let tagged: Value = serde_json::from_str(lines[2]).unwrap();
    assert_eq!(tagged["kb"]["error"], 2250);
    assert_eq!(lines[3], "{\"message_base64\":\"//4gYnl0ZXM=\"}");
    assert_eq!(lines[4], "{\"a\":1}");
    let ledger = ledger(&path);
    assert_eq!(ledger["bytes_in"], input.len());
    assert_eq!(ledger["bytes_out"], output.stdout.len());
}

#[test]
fn packed_and_binary_input_passes_the_filter_with_a_warning() {
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let output = run(&["filter"], &evt);
    assert!(output.stdout == evt);
    assert!(text(&output.stderr).contains(".evt file"), "{}", text(&output.stderr));
    assert_eq!(text(&run(&["-q", "filter"], &evt).stderr), "");
}

/// The format of each input is detected from its own beginning, for small and large inputs.
#[test]
fn each_input_is_judged_by_its_beginning() {
    let folder = folder("beginnings");
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let lines = [&b"\n"[..], &samples()].concat();
    let dropped = run(&["filter", "--action", "drop"], &lines).stdout;
    let text_file = write("text", &lines);
    for (head, warning) in [
        (
            &b"\x1F\x8B\x08\0"[..],
            "it is gzip and passes unchanged; unpack it first, or use classify",
        ),
        (
            b"\xFF\xFE\n\0",
            "it is UTF-16 and passes unchanged; make it UTF-8 first, or use classify",
        ),
        (
            b"PK\x03\x04",
            "it is a zip archive and passes unchanged; unpack it first, or use classify",
        ),
    ] {
        for size in [0, 5_000_000] {
            let mut packed = [head, &lines].concat();
            while packed.len() < size {
                packed.extend(&lines);
            }
            let file = write("packed", &packed);
            for more in [&[][..], &["--output", "ndjson"]] {
                let more = [&["filter", "--action", "drop"], more].concat();
                let output = run(&[&more[..], &[&*text_file, &*file, &*text_file]].concat(), b"");
                let warnings = text(&output.stderr);
                assert_eq!(warnings, format!("warning: {file}: {warning}\n"));
                if !more.contains(&"ndjson") {
                    assert!(output.stdout == [&dropped[..], &packed, &dropped].concat());
                }
                let output = run(&more, &packed);
                assert_eq!(text(&output.stderr), format!("warning: standard input: {warning}\n"));
                assert!(output.stdout == packed, "{head:?} {more:?}");
            }
        }
    }
}

#[test]
fn a_byte_order_mark_belongs_to_the_first_line_only() {
    let input = "\u{feff}{\"a\":1}\n\u{feff}{\"a\":2}\n\u{feff}x\n";
    let output = run(&["filter", "--output", "ndjson"], input.as_bytes());
    let want = "\u{feff}{\"a\":1}\n{\"message\":\"\u{feff}{\\\"a\\\":2}\"}\n\
                {\"message\":\"\u{feff}x\"}\n";
    assert_eq!(text(&output.stdout), want);
    let output = run(&["filter", "--output", "ndjson"], "\u{feff}x\n".as_bytes());
    assert_eq!(text(&output.stdout), "\u{feff}{\"message\":\"x\"}\n");
}
