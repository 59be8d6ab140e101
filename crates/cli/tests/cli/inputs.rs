//! Folders and ZIP archives as inputs.

use std::{fs, io::Write as _, path::Path};

use flate2::Compression;
use rawzip::CompressionMethod;
use serde_json::Value;

use crate::{folder, run, samples, text, zipped};

/// The event in the format of Event Viewer's CSV, with an ambiguous date.
fn row(date: &str) -> String {
    format!("{date},11:27:57,crypt32,Error,None,8,N/A,SERVER1,\"x\"\r\n")
}

/// Writes an archive with these files.
fn archive(path: &Path, method: CompressionMethod, files: &[(&str, &[u8])]) {
    fs::write(path, zipped::archive(method, files)).unwrap();
}

/// The output of `classify` without the names of the inputs, which are there if there are several.
fn without_input(output: &[u8]) -> String {
    let line = |line: &str| match line.strip_prefix("{\"input\":\"") {
        Some(rest) => format!("{{{}\n", rest.split_once("\",").unwrap().1),
        None => format!("{line}\n"),
    };
    text(output).lines().map(line).collect()
}

/// The logs of the tests by their names, in the order of the names.
fn logs() -> Vec<(&'static str, Vec<u8>)> {
    let evt = fs::read("../../tests/fixtures/evt/crypt32_event8_clean.evt").unwrap();
    let dates = row("3/4/2010") + &row("3/25/2010");
    vec![("a.ndjson", samples()), ("b/c.evt", evt), ("b/dates.csv", dates.into_bytes())]
}

#[test]
fn folders_and_archives_give_what_their_files_give() {
    let folder = folder("inputs");
    let logs = logs();
    let below = folder.join("logs");
    fs::create_dir_all(below.join("b")).unwrap();
    let mut files = Vec::new();
    for (name, content) in &logs {
        fs::write(below.join(name), content).unwrap();
        files.push(below.join(name).to_str().unwrap().to_owned());
    }
    let mut paths = vec![below];
    let mut entries: Vec<(&str, &[u8])> = logs.iter().map(|(n, c)| (*n, c.as_slice())).collect();
    entries.push(("b/", b""));
    entries.reverse();
    for (name, method) in
        [("stored.zip", CompressionMethod::STORE), ("deflated.ZIP", CompressionMethod::DEFLATE)]
    {
        archive(&folder.join(name), method, &entries);
        paths.push(folder.join(name));
    }
    for path in paths {
        let shown = path.to_str().unwrap();
        for args in [&["classify"][..], &["explain"], &["report"], &["report", "--output", "json"]]
        {
            let each: Vec<&str> = args.iter().copied().chain(files.iter().map(|f| &**f)).collect();
            let wanted = run(&each, b"");
            let wanted_text =
                text(&wanted.stdout).replace(&folder.join("logs").display().to_string(), shown);
            let whole = run(&[args, &[shown]].concat(), b"");
            assert_eq!(text(&whole.stdout), wanted_text, "{args:?} {shown}");
            assert_eq!(whole.status.code(), wanted.status.code());
            let note = format!("note: {shown}: 3 files\n");
            let wanted_notes =
                text(&wanted.stderr).replace(&folder.join("logs").display().to_string(), shown);
            assert_eq!(text(&whole.stderr), note + &wanted_notes);
            let quiet = run(&[&["-q"], args, &[shown]].concat(), b"");
            assert_eq!(text(&quiet.stderr), "");
        }
        // The filter's output would not be a log.
        let output = run(&["filter", shown], b"");
        if path.is_dir() {
            assert_eq!(output.status.code(), Some(2));
            assert!(text(&output.stderr).contains("it is a folder; name the files in it"));
        } else {
            assert_eq!(output.status.code(), Some(0));
            assert!(output.stdout == fs::read(&path).unwrap());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_with_loops_and_pipes_comes_to_an_end() {
    use std::os::unix::fs::symlink;
    let folder = folder("loops");
    fs::create_dir(folder.join("sub")).unwrap();
    fs::write(folder.join("sub/log"), samples()).unwrap();
    symlink("..", folder.join("sub/up")).unwrap();
    symlink("me", folder.join("me")).unwrap();
    symlink("sub/log", folder.join("also")).unwrap();
    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let shown = folder.to_str().unwrap();
    let output = run(&["classify", shown], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), format!("note: {shown}: 2 files\n"));
    let one = text(&run(&["classify"], &samples()).stdout);
    assert!(without_input(&output.stdout) == one.repeat(2));
    let named = format!("{{\"input\":\"{shown}/also\",\"record\":1,");
    assert!(text(&output.stdout).starts_with(&named));
}

#[test]
fn an_empty_folder_or_archive_is_an_error() {
    let folder = folder("empty-inputs");
    archive(&folder.join("x.zip"), CompressionMethod::STORE, &[("only/", b"")]);
    fs::create_dir(folder.join("below")).unwrap();
    for (path, why) in [("below", "no file is in this folder"), ("x.zip", "no file is in this zip")]
    {
        let path = folder.join(path);
        let output = run(&["report", path.to_str().unwrap()], b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(output.stdout.is_empty());
        let error = text(&output.stderr);
        assert!(error.starts_with("error: cannot read ") && error.contains(why), "{error}");
    }
}

/// Each unreadable entry is named, and the files next to it are read.
#[test]
fn what_cannot_be_read_in_an_archive_is_named() {
    let folder = folder("bad-archives");
    let path = folder.join("x.zip");
    let shown = path.to_str().unwrap();
    let log = samples();
    let both = |name: &'static str, content: &[u8]| {
        let method = CompressionMethod::DEFLATE;
        archive(&path, method, &[("good", &log), (name, content)]);
        fs::read(&path).unwrap()
    };
    let patch = |mut bytes: Vec<u8>, name: &[u8], before: [usize; 2], value: u8| {
        // The name follows its local header, before the data. It is also in the central directory.
        let places = bytes.windows(name.len()).enumerate().filter(|(_, w)| *w == name);
        let places: Vec<usize> = places.map(|(at, _)| at).collect();
        let [local, .., central] = places[..] else { panic!("{places:?}") };
        bytes[local - before[0]] = value;
        bytes[central - before[1]] = value;
        bytes
    };
    let zeros = vec![b' '; 40 << 20];
    for (bytes, why) in [
        (patch(both("encrypted", b"x"), b"encrypted", [24, 38], 1), "it is encrypted"),
        (
            patch(both("implode", b"x"), b"implode", [22, 36], 6),
            "its compression 6 (IMPLODED) is not",
        ),
        (patch(both("checksum", b"x"), b"checksum", [16, 30], 1), "Invalid checksum"),
        (both("bomb", &zeros), "unpacks to more than 500 times its size"),
        (both("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n"), "it is a binary file, not a log"),
    ] {
        fs::write(&path, bytes).unwrap();
        let output = run(&["classify", "--candidates", shown], b"");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{why}: {said}");
        assert!(said.contains(why), "{why}: {said}");
        let good = run(&["classify", "--candidates"], &log).stdout;
        assert!(without_input(&output.stdout) == text(&good), "{why}");
        // The other file has a record to review.
        for command in ["classify", "report"] {
            let output = run(&[command, "--check", shown], b"");
            assert_eq!(output.status.code(), Some(1), "{why}: {command}");
        }
    }
    // An archive that is damaged as a whole.
    archive(&path, CompressionMethod::STORE, &[("one", &log), ("two", &log)]);
    let whole = fs::read(&path).unwrap();
    let cut = whole[..whole.len() - 30].to_vec();
    // The directory gives the second file the data of the first.
    let mut shared = whole.clone();
    let central = whole.windows(3).rposition(|bytes| bytes == b"two").unwrap();
    shared[central - 4..central].fill(0);
    let mut short = whole.clone();
    // The end record is 22 bytes, and the number of files is at its byte 10.
    short[whole.len() - 12] = 3;
    for (bytes, why) in [
        (cut, "the zip archive is damaged: "),
        (b"PK\x03\x04 and nothing else".to_vec(), "the zip archive is damaged: "),
        (shared, "files in the zip archive overlap"),
        (short, "the zip archive is damaged: its directory is incomplete"),
    ] {
        fs::write(&path, bytes).unwrap();
        let output = run(&["report", shown], b"");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(why) && output.stdout.is_empty(), "{why}: {said}");
    }
}

/// Compressed files in an archive are read, and so are files with the same name.
#[test]
fn every_file_in_an_archive_is_read() {
    let folder = folder("all-entries");
    let path = folder.join("x.zip");
    let log = samples();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&log).unwrap();
    let gzip = gzip.finish().unwrap();
    archive(&path, CompressionMethod::DEFLATE, &[("a", &log), ("a", &log), ("b.gz", &gzip)]);
    let output = run(&["classify", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let one = text(&run(&["classify"], &log).stdout);
    assert!(without_input(&output.stdout) == one.repeat(3));
}

#[test]
fn records_in_archives_are_named_with_their_file() {
    let folder = folder("named-inputs");
    let path = folder.join("x.zip");
    let review = b"{\"SourceName\":\"crypt32\",\"EventID\":8}\n";
    archive(&path, CompressionMethod::DEFLATE, &[("b.log", review), ("a.log", b"{}\n")]);
    let report = run(&["report", "--output", "json", path.to_str().unwrap()], b"");
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let input = report["reviews"][0]["input"].as_str().unwrap();
    assert_eq!(input, format!("{}/b.log", path.display()));
}
