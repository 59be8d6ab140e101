//! Runs the command on the files of `tests/fixtures/binary`, as a user would.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::Command,
};

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::command::{self, COMMAND, folder};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/binary")
}

fn unpacked(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let packed = fs::read(fixtures().join(format!("{name}.gz"))).unwrap();
    GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    bytes
}

/// Returns the verdicts of a file's candidates, with `+` for carved records; the exit code of
/// `--check`; and the text on standard error.
fn looked_at(input: &[u8]) -> (String, i32, String) {
    let args = ["classify", "--check", "--candidates"];
    let output = command::run(Command::new(COMMAND).args(args), input);
    let rows: Vec<String> = output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let row: Value = serde_json::from_slice(line).unwrap();
            let carved = if row["carved"] == true { "+" } else { "" };
            format!("{}{carved}", row["verdict"].as_str().unwrap())
        })
        .collect();
    let told = String::from_utf8(output.stderr).unwrap();
    (rows.join(" "), output.status.code().unwrap(), told)
}

const UNJUDGED: &str = "could not be judged";

#[test]
fn each_file_that_was_made_to_hide_something_is_seen_through() {
    for (name, verdicts, code, told) in [
        ("evtx_good.evtx", "benign", 0, ""),
        ("evtx_third.evtx", "review", 1, ""),
        ("evtx_three.evtx", "benign review benign", 1, ""),
        ("evtx_eid2.evtx", "review", 1, ""),
        ("evtx_sys2.evtx", "review", 1, ""),
        ("evtx_sys2_before.evtx", "review", 1, ""),
        ("evtx_comp2.evtx", "review", 1, ""),
        ("evtx_ed2.evtx", "review", 1, ""),
        ("evtx_ed2_same.evtx", "review", 1, ""),
        ("evtx_event2.evtx", "review", 1, ""),
        ("evtx_unk_sys.evtx", "review", 1, ""),
        ("evtx_text_in_event.evtx", "review", 1, ""),
        ("evtx_pi.evtx", "review", 1, ""),
        ("evtx_attr_on2.evtx", "review", 1, ""),
        ("evtx_binary_ev.evtx", "review", 1, ""),
        ("evtx_debug.evtx", "review", 1, ""),
        ("evtx_free_after_1.evtx", "benign review+ benign+", 1, "2 records are carved"),
        ("evtx_free_0.evtx", "benign+ review+ benign+", 1, "3 records are carved"),
        ("evtx_size_covers_second.evtx", "review benign", 1, UNJUDGED),
        ("evtx_deep.evtx", "benign benign", 1, UNJUDGED),
        ("third_gap.evt", "review", 1, ""),
        ("gap1.evt", "review", 1, ""),
        ("sid_text.evt", "review", 1, ""),
        ("src_nul.evt", "review", 1, ""),
        ("comp_nl.evt", "review", 1, ""),
        ("trailing_text.evt", "benign", 1, UNJUDGED),
        ("end_bad.evt", "benign+", 1, UNJUDGED),
        ("slack_twice.evt", "benign+ benign benign", 0, "1 record is carved"),
        ("evt_then_text.evt", "benign benign", 1, UNJUDGED),
        ("evt_candidate_inside.evt", "benign benign", 1, UNJUDGED),
        ("tiny_slack_desc.evt", "", 0, "1 record is carved"),
        ("wrap_1mb.evt", "", 0, "1 record is carved"),
    ] {
        let found = looked_at(&unpacked(name));
        assert_eq!((&*found.0, found.1), (verdicts, code), "{name}: {}", found.2);
        let silent = told.is_empty() && found.2.is_empty();
        assert!(silent || (!told.is_empty() && found.2.contains(told)), "{name}: {}", found.2);
    }
}

#[test]
fn what_a_packed_file_needs_is_said_in_plain_words() {
    for (name, told) in [
        ("bigwin.zst", "needs a zstd window of 4123168604160 bytes; 8388608 is the limit"),
        ("dict.zst", "needs the zstd dictionary 7, which is not in the file"),
        ("skiponly.zst", "holds no data: all its zstd frames are such as are skipped"),
    ] {
        let found = looked_at(&fs::read(fixtures().join(name)).unwrap());
        assert_eq!((&*found.0, found.1), ("", 2), "{name}");
        assert!(found.2.contains(told), "{name}: {}", found.2);
    }
}

#[test]
fn a_binary_log_passes_the_filter_whatever_is_in_it() {
    for name in ["evt_candidate_inside.evt", "evt_then_text.evt", "evtx_three.evtx"] {
        let input = unpacked(name);
        for action in ["tag", "drop"] {
            let mut command = Command::new(COMMAND);
            let output = command::run(command.args(["filter", "--action", action]), &input);
            assert!(output.stdout == input, "{name}, {action}");
        }
    }
}

/// The offset of the first carved record.
fn offset_of_carved(rows: &str) -> usize {
    let rows = rows.lines().map(|row| serde_json::from_str::<Value>(row).unwrap());
    let carved = rows.into_iter().find(|row| row["carved"] == true).unwrap();
    usize::try_from(carved["offset"].as_u64().unwrap()).unwrap()
}

/// A carved record is marked as carved, and counted separately.
#[test]
fn a_carved_record_is_said_to_be_carved_wherever_it_is_shown() {
    let path = folder("carved").join("slack.evt");
    fs::write(&path, unpacked("slack_twice.evt")).unwrap();
    let run = |args: &[&str]| {
        let output = command::run(Command::new(COMMAND).args(args).arg(&path), b"");
        String::from_utf8(output.stdout).unwrap()
    };
    let explained = run(&["explain"]);
    assert_eq!(
        explained.matches("format evt, carved: found outside the log's own list").count(),
        1
    );
    let table = run(&["report"]);
    assert!(table.contains("3 benign") && table.contains("(1 of both carved)"), "{table}");
    assert!(table.contains("* Carved: 1 of the events 8"), "{table}");
    let report: Value = serde_json::from_str(&run(&["report", "--output", "json"])).unwrap();
    assert_eq!((&report["totals"]["benign"], &report["totals"]["carved"]), (&3.into(), &1.into()));
    assert_eq!(report["totals"].get("unjudged"), None);
    assert!(run(&["report", "--output", "csv"]).contains("\r\ncarved,,,1,"));
    // Every result that rests on a carved record says so.
    assert_eq!(report["computers"][0]["carved"], 1);
    let words = "SERVER1 (1 of 3)";
    assert!(run(&["report", "--output", "csv"]).contains("\r\ncarved,SERVER1,,1,"));
    for output in ["table", "markdown"] {
        let shown = run(&["report", "--output", output]);
        assert!(shown.contains(words), "{output} {shown}");
    }

    // A deleted event 7 still counts as a success, and is marked as carved.
    let mut bytes = fs::read(&path).unwrap();
    let carved = offset_of_carved(&run(&["classify"]));
    bytes[carved + 20] = 7;
    let path = path.with_file_name("seven.evt");
    fs::write(&path, bytes).unwrap();
    let output = Command::new(COMMAND).args(["report", "--output", "json"]).arg(&path).output();
    let report: Value = serde_json::from_slice(&output.unwrap().stdout).unwrap();
    let neighbour = &report["computers"][0]["neighbours"][0];
    assert_eq!((&neighbour["event"], &neighbour["carved"]), (&"crypt32 7".into(), &1.into()));
    assert!(neighbour["words"].as_str().unwrap().contains("Carved: "), "{neighbour}");

    let path = path.with_file_name("bad.evt");
    fs::write(&path, unpacked("end_bad.evt")).unwrap();
    let output = Command::new(COMMAND).args(["report", "--check"]).arg(&path).output().unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(table.lines().next().unwrap().contains(" 1 unjudged: "), "{table}");
}
