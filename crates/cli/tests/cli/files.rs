//! Tests of files as inputs, outputs and ledgers. No file is overwritten by mistake, and each file
//! is read and named, whatever its name is.
#![cfg(unix)]

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions, Permissions},
    os::unix::{
        ffi::OsStrExt as _,
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
    },
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::{COMMAND, folder, ledger, run, samples, text};

/// Runs the command in a folder, with files by their names there.
fn run_in(folder: &Path, args: &[&str], input: Stdio, output: Stdio) -> Output {
    Command::new(COMMAND)
        .args(args)
        .current_dir(folder)
        .stdin(input)
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
        .wait_with_output()
        .unwrap()
}

#[test]
fn a_ledger_takes_the_place_of_nothing_else() {
    let folder = folder("place");
    let open = |name: &str| File::open(folder.join(name)).unwrap();
    let log = samples();
    let other = b"{\"records\":1}\n";
    let reset = || {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("log"), &log).unwrap();
        fs::write(folder.join("second"), &log).unwrap();
        fs::write(folder.join("other"), other).unwrap();
        symlink("log", folder.join("link")).unwrap();
        fs::hard_link(folder.join("log"), folder.join("same")).unwrap();
    };
    for (ledger, files, why) in [
        ("log", &["log"][..], "it is an input: log"),
        ("log", &["second", "link"], "it is an input: link"),
        ("link", &["log"], "it is an input: log"),
        ("same", &["log"], "it is an input: log"),
        ("./log", &["log"], "it is an input: log"),
        ("log", &["-"], "it is an input: standard input"),
        ("log", &[], "it is an input: standard input"),
        ("out", &["log"], "it is the output"),
        ("second", &["log"], "neither empty nor a ledger"),
        ("other", &["log"], "neither empty nor a ledger"),
        (".", &["log"], "it is a folder"),
    ] {
        reset();
        let out = File::create(folder.join("out")).unwrap();
        let args = [&["filter", "--action", "drop", "--ledger", ledger], files].concat();
        let end = run_in(&folder, &args, open("log").into(), out.into());
        let error = text(&end.stderr);
        assert_eq!(end.status.code(), Some(2), "{args:?}");
        assert!(error.contains("cannot write the ledger") && error.contains(why), "{error}");
        for (name, content) in [("log", &log[..]), ("second", &log), ("other", other), ("out", b"")]
        {
            assert!(fs::read(folder.join(name)).unwrap() == content, "{args:?}: {name}");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 6, "{args:?}");
    }
    // The ledger may replace an empty file or a ledger, or create a new file.
    reset();
    fs::write(folder.join("empty"), "").unwrap();
    symlink("empty", folder.join("to-empty")).unwrap();
    for name in ["empty", "empty", "new", "new", "to-empty", "/dev/null"] {
        let args = ["filter", "--ledger", name, "log"];
        let end = run_in(&folder, &args, Stdio::null(), Stdio::null());
        assert_eq!(end.status.code(), Some(0), "{}", text(&end.stderr));
        if name != "/dev/null" {
            assert!(ledger(&folder.join(name))["records"].as_u64() > Some(9));
        }
    }
    assert!(fs::symlink_metadata(folder.join("to-empty")).unwrap().is_symlink());
}

/// The ledger exists from the start, and would be read when its turn as an input comes.
#[test]
fn a_ledger_is_no_input_that_was_not_there() {
    let folder = folder("not-there");
    let args = ["filter", "--ledger", "new", "new"];
    let end = run_in(&folder, &args, Stdio::null(), Stdio::piped());
    assert_eq!(end.status.code(), Some(2));
    assert!(end.stdout.is_empty(), "{}", text(&end.stdout));
}

#[test]
fn a_planted_link_is_not_followed() {
    let folder = folder("planted");
    fs::write(folder.join("victim"), "precious").unwrap();
    let names = "ledger.$$.tmp ledger.$$.0.tmp ledger.$$.1.tmp .ledger.$$.tmp ledger.tmp";
    let script = format!(
        "for name in {names}; do ln -s victim \"$name\"; done; \
         exec '{COMMAND}' filter --ledger ledger /dev/null"
    );
    let run = Command::new("sh").args(["-c", &script]).current_dir(&folder).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    assert_eq!(fs::read(folder.join("victim")).unwrap(), b"precious");
    assert_eq!(ledger(&folder.join("ledger"))["records"], 0);
    assert!(!fs::symlink_metadata(folder.join("ledger")).unwrap().is_symlink());
    // The five links, the victim and the ledger. No temporary file is left.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 7);
}

#[test]
fn a_ledger_keeps_its_permissions() {
    let folder = folder("permissions");
    let path = folder.join("ledger");
    let mode = || fs::metadata(&path).unwrap().mode() & 0o7777;
    let run = |mask: &str| {
        let script = format!("umask {mask}; exec '{COMMAND}' filter --ledger ledger /dev/null");
        let run = Command::new("sh").args(["-c", &script]).current_dir(&folder).output().unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    };
    for (mask, new) in [("077", 0o600), ("022", 0o644), ("027", 0o640)] {
        let _ = fs::remove_file(&path);
        run(mask);
        assert_eq!(mode(), new, "umask {mask}");
    }
    for old in [0o600, 0o640, 0o666, 0o400] {
        fs::set_permissions(&path, Permissions::from_mode(old)).unwrap();
        run("022");
        assert_eq!(mode(), old);
    }
}

#[test]
fn an_input_that_is_the_output_is_refused() {
    let folder = folder("grows");
    let path = folder.join("log");
    let appended = || OpenOptions::new().append(true).open(&path).unwrap();
    fs::write(folder.join("good"), "{}\n").unwrap();
    fs::hard_link(folder.join("good"), folder.join("hard")).unwrap();
    symlink("log", folder.join("link")).unwrap();
    for command in ["filter", "classify", "report", "explain"] {
        for files in [&["log"][..], &["link"], &["-"], &[]] {
            fs::write(&path, samples()).unwrap();
            let args = [&[command], files].concat();
            let input = File::open(&path).unwrap();
            let end = run_in(&folder, &args, input.into(), appended().into());
            assert_eq!(end.status.code(), Some(2), "{args:?}");
            assert!(text(&end.stderr).contains("it is also the output"), "{}", text(&end.stderr));
            assert!(fs::read(&path).unwrap() == samples(), "{args:?}");
        }
    }
    // The other inputs are read.
    let args = ["filter", "log", "good", "hard"];
    let end = run_in(&folder, &args, Stdio::null(), appended().into());
    assert_eq!(end.status.code(), Some(2));
    assert!(fs::read(&path).unwrap() == [&samples()[..], b"{}\n{}\n"].concat());
    // An endless input is not a file: a terminal, a device, or one pipe for both input and output.
    let null = || File::options().read(true).write(true).open("/dev/null").unwrap();
    let end = run_in(&folder, &["filter", "-", "/dev/null"], null().into(), null().into());
    assert_eq!(end.status.code(), Some(0), "{}", text(&end.stderr));
}

/// Characters that control a terminal, or that it does not show.
const NAME: &str = "a\u{1b}[31m\u{9b}2J\u{202e}\u{200b}\r\n\u{7f}b";
const SHOWN: &str = "a\\u{1b}[31m\\u{9b}2J\\u{202e}\\u{200b}\\u{d}\\u{a}\\u{7f}b";

#[test]
fn names_are_shown_escaped() {
    let folder = folder("names");
    let path = folder.join(NAME);
    let file = path.to_str().unwrap();
    fs::write(&path, b"PK\x03\x04\n").unwrap();
    let missing = format!("{file}.missing");
    let nowhere = format!("{missing}/ledger");
    for args in [
        &["filter", file][..],
        &["filter", &missing],
        &["filter", "--ledger", &nowhere],
        &["filter", "--ledger", file, file],
        &["classify", file],
        &["explain", &missing],
        &["report", &missing],
        &[NAME],
        &["filter", &format!("--{NAME}")],
        &["classify", "--format", NAME],
    ] {
        let end = run(args, b"");
        let error = text(&end.stderr);
        assert!(
            !error.chars().any(|c| c != '\n' && (c.is_control() || c == '\u{202e}')),
            "{error:?}"
        );
        assert!(error.contains("\\u{202e}"), "{error}");
        if args.iter().any(|arg| arg.starts_with(folder.to_str().unwrap())) {
            assert!(error.contains(SHOWN), "{error}");
        }
    }
    fs::create_dir(&missing).unwrap();
    let error = text(&run(&["report", &missing], b"").stderr);
    assert!(error.contains(SHOWN) && error.contains("in this folder"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_text_is_one() {
    let folder = folder("no-text");
    let path = folder.join(OsStr::from_bytes(b"app\xFF\xC3.log"));
    let account = folder.join(OsStr::from_bytes(b"\xFEledger"));
    let log = samples();
    fs::write(&path, &log).unwrap();
    for command in ["filter", "classify", "explain", "report"] {
        let right = run(&[command], &log).stdout;
        let end = Command::new(COMMAND).arg(command).arg(&path).output().unwrap();
        assert_eq!(end.status.code(), Some(0), "{}", text(&end.stderr));
        assert!(end.stdout == right, "{command}");
        let missing = path.with_extension("missing");
        let end = Command::new(COMMAND).arg(command).arg(missing).output().unwrap();
        assert_eq!(end.status.code(), Some(2));
        assert!(text(&end.stderr).contains("app\u{fffd}\u{fffd}.missing"), "{}", text(&end.stderr));
    }
    let end = Command::new(COMMAND)
        .args(["filter", "--ledger"])
        .arg(&account)
        .arg(&path)
        .output()
        .unwrap();
    assert_eq!(end.status.code(), Some(0), "{}", text(&end.stderr));
    assert_eq!(ledger(&account)["bytes_in"], log.len());
}

/// Starts the filter with a ledger, and waits until the ledger is there.
fn started(folder: &Path, input: &str) -> std::process::Child {
    let child = Command::new(COMMAND)
        .args(["filter", "--ledger", "ledger", input])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !folder.join("ledger").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child
}

#[test]
fn what_is_put_in_the_ledgers_place_stays() {
    let folder = folder("replaced");
    let child = started(&folder, "-");
    fs::write(folder.join("ledger"), "something else\n").unwrap();
    let end = child.wait_with_output().unwrap();
    assert_eq!(end.status.code(), Some(2));
    assert!(
        text(&end.stderr).contains("another file has taken its place"),
        "{}",
        text(&end.stderr)
    );
    assert_eq!(fs::read_to_string(folder.join("ledger")).unwrap(), "something else\n");
}

/// A stream normally ends when the filter is stopped. A file was then not read to its end, and a
/// caller who did not know this would lose the rest.
#[test]
fn a_run_over_a_file_that_is_stopped_says_so() {
    for (input, code) in [("pipe", 130), ("-", 0)] {
        let folder = folder("stopped");
        let pipe = folder.join("pipe");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        // Opens the pipe for reading and writing, so that neither side waits for the other.
        let _open = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
        let mut child = started(&folder, input);
        let stdin = child.stdin.take();
        std::thread::sleep(std::time::Duration::from_millis(100));
        let id = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code), "{input}");
        drop(stdin);
    }
}

/// A closed standard error does not stop the program.
#[cfg(target_os = "linux")]
#[test]
fn errors_that_cannot_be_told_stop_nothing() {
    let folder = folder("untold");
    fs::write(folder.join("zip"), b"PK\x03\x04").unwrap();
    for (args, code) in [
        (&["filter", "missing", "zip"][..], 2),
        (&["filter", "zip"], 0),
        (&["classify", "missing"], 2),
        (&["nope"], 2),
    ] {
        let end = Command::new(COMMAND)
            .args(args)
            .current_dir(&folder)
            .stderr(File::options().write(true).open("/dev/full").unwrap())
            .output()
            .unwrap();
        assert_eq!(end.status.code(), Some(code), "{args:?}");
        assert_eq!(end.stdout, if args.contains(&"zip") { &b"PK\x03\x04"[..] } else { b"" });
    }
}

#[test]
fn without_standard_output_nothing_is_done() {
    let folder = folder("closed");
    fs::write(folder.join("log"), samples()).unwrap();
    let run = |redirection: &str| {
        let script = format!("exec '{COMMAND}' \"$@\" {redirection}");
        move |args: &[&str], folder: &Path| {
            let args = [&["-c", &*script, "sh"], args].concat();
            Command::new("sh").args(args).current_dir(folder).output().unwrap()
        }
    };
    for args in
        [&["filter", "log"][..], &["classify", "log"], &["report", "log"], &["explain", "log"]]
    {
        for closed in [">&-", ">&- <&-"] {
            let end = run(closed)(args, &folder);
            assert_eq!(end.status.code(), Some(2), "{args:?} {closed}");
            assert_eq!(text(&end.stderr), "error: standard output is closed\n");
        }
        for open in [">/dev/null", "1<>/dev/null", "<&-", "2>&-"] {
            assert_eq!(run(open)(args, &folder).status.code(), Some(0), "{args:?} {open}");
        }
    }
    assert_eq!(run(">&-")(&["--help"], &folder).status.code(), Some(2));
    let end = run(">&-")(&["filter", "--ledger", "ledger", "log"], &folder);
    assert_eq!(end.status.code(), Some(2));
    assert!(!folder.join("ledger").exists());
}
