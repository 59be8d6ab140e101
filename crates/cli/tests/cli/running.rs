//! A pipeline that runs for hours is told at once that an open record keeps the filter from judging.

use std::{
    fs,
    io::{BufRead, BufReader, Lines, Read, Write},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio},
};

use crypt32_cli::{args::Cli, session::Session};
use crypt32_filter::report::style::Style;

use crate::{command::COMMAND, folder, ledger, unjudged::URL};

/// A run of `filter` whose input has not ended.
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    stderr: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let mut child = Command::new(COMMAND)
            .args([&["filter", "--action", "drop"], args].concat())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap()).lines();
        let stdin = child.stdin.take().unwrap();
        let stdout = child.stdout.take().unwrap();
        Self { child, stdin, stdout, stderr }
    }

    /// Writes lines, and waits until they pass.
    fn pass(&mut self, lines: &str) {
        self.stdin.write_all(lines.as_bytes()).unwrap();
        let mut passed = vec![0; lines.len()];
        self.stdout.read_exact(&mut passed).unwrap();
        assert!(passed == lines.as_bytes());
    }

    /// The next line on standard error.
    fn said(&mut self) -> Option<String> {
        self.stderr.next().map(Result::unwrap)
    }

    /// Ends the input, and returns the rest of standard error.
    fn end(self) -> Vec<String> {
        let Self { mut child, stdin, stderr, .. } = self;
        drop(stdin);
        let rest = stderr.map(Result::unwrap).collect();
        assert!(child.wait().unwrap().success());
        rest
    }
}

/// A benign record.
fn benign() -> String {
    format!(
        "{{\"SourceName\":\"crypt32\",\"EventID\":8,\"Message\":\"Failed auto update retrieval of \
         third-party root list sequence number from: <{URL}> with error: This network connection does \
         not exist.\"}}\n"
    )
}

const UNJUDGED: &str =
    "warning: standard input: 1 record mentions the event and could not be judged";
const REMEDY: &str = "; if each line is a record, use --format json or --format syslog";

#[test]
fn an_open_record_is_reported_before_the_input_ends() {
    for (begin, what) in [
        ("<!-- x\n", "a comment (<!--)"),
        ("<Event><![CDATA[\n", "an <Event>"),
        ("3/15/2010,11:27:57 AM,x,Error,None,1,N/A,A,\"x\n", "a row with an open quote"),
    ] {
        for output in ["same", "ndjson"] {
            let mut run = Running::start(&["--output", output]);
            run.stdin.write_all(format!("{{}}\n{begin}").as_bytes()).unwrap();
            run.stdin.write_all(benign().repeat(2).as_bytes()).unwrap();
            let first =
                format!("{UNJUDGED} (line 3; it is inside {what} that begins on line 2){REMEDY}");
            assert_eq!(run.said(), Some(first), "{output}");
            // The sum of all follows at the end.
            let rest = run.end();
            let all = format!(
                "warning: standard input: 2 records mention the event and could not be judged \
                 (lines 3, 4; the first is inside {what} that begins on line 2){REMEDY}"
            );
            assert_eq!(rest, [all], "{output}");
        }
    }
}

#[test]
fn what_was_reported_is_not_repeated() {
    let mut run = Running::start(&[]);
    run.pass(&format!("at {URL}\n"));
    assert_eq!(run.said(), Some(format!("{UNJUDGED} (line 1)")));
    run.pass("{}\n");
    assert!(run.end().is_empty());
}

#[test]
fn a_quiet_run_reports_nothing() {
    let mut run = Running::start(&["-q"]);
    run.pass(&format!("at {URL}\n<!--\n{}", benign()));
    assert!(run.end().is_empty());
}

#[test]
fn an_input_that_is_not_text_is_reported_at_once() {
    let mut run = Running::start(&[]);
    run.stdin.write_all(b"\x1F\x8B\x08\0\0\0\0\0\0\0\0\0").unwrap();
    assert!(run.said().unwrap().contains("it is gzip and passes unchanged"));
    assert!(run.end().is_empty());
}

/// The ledger counts the same places.
#[test]
fn the_ledger_has_the_count_of_the_warning() {
    let folder = folder("running");
    let path = folder.join("ledger.json");
    let (first, second) = (folder.join("first"), folder.join("second"));
    fs::write(&first, format!("at {URL}\n{}", benign())).unwrap();
    fs::write(&second, format!("<!--\n{}{}", benign(), benign())).unwrap();
    let path_name = path.to_str().unwrap();
    for output in ["same", "ndjson"] {
        let files = [first.to_str().unwrap(), second.to_str().unwrap()];
        let args = ["filter", "--action", "drop", "--output", output, "--ledger", path_name];
        let run = crate::run(&[&args[..], &files].concat(), b"");
        assert!(run.status.success());
        let said = crate::text(&run.stderr);
        assert!(said.contains("first: 1 record mentions") && said.contains("second: 2 records"));
        let ledger = ledger(&path);
        assert_eq!(ledger["unjudged"], 3, "{ledger}");
        assert_eq!((&ledger["unrelated"], &ledger["dropped"]), (&4.into(), &1.into()), "{ledger}");
    }
    let answers = ["--reply", "rsyslog", "--ledger", path_name];
    let mut run = Running::start(&answers);
    let message = serde_json::json!({"rawmsg": format!("at {URL}"), "msg": format!("at {URL}")});
    run.stdin.write_all(format!("{message}\n").as_bytes()).unwrap();
    assert_eq!(run.end(), [format!("{UNJUDGED} (line 1)")]);
    assert_eq!(crate::ledger(&path)["unjudged"], 1);
}

fn session(args: &[&str]) -> Session {
    let cli = Cli::parse_from_args(args).unwrap_or_else(|exit| panic!("{}", exit.text));
    let new = Session::new(&cli, Style::default());
    let mut session = new.unwrap_or_else(|exit| panic!("{}", exit.text));
    session.begin_input("log", false, true);
    session
}

/// A summary soon says the same.
#[test]
fn a_run_with_a_summary_is_warned_if_it_is_long() {
    let mut session = session(&["filter", "--summary"]);
    session.push(format!("at {URL}\n").as_bytes(), &mut |_| {});
    assert!(session.warnings(59).is_empty());
    assert_eq!(session.warnings(60).len(), 1);
}

/// Later places are summed, and reported after a minute and then less and less often.
#[test]
fn a_pipeline_is_warned_at_most_once_a_minute() {
    let mut session = session(&["filter"]);
    let mut after = |lines: &str, now: u64| {
        session.push(lines.as_bytes(), &mut |_| {});
        session.warnings(now)
    };
    let mention = format!("at {URL}\n");
    assert!(after("{}\n", 1).is_empty());
    // The first place alone, even if there are others already.
    let first = "1 record mentions the event and could not be judged (line 2)";
    assert_eq!(after(&mention.repeat(2), 1000), [first]);
    assert!(after(&mention, 1001).is_empty());
    assert!(after(&mention, 1059).is_empty());
    let sum = "4 records mention the event and could not be judged (lines 2, 3, 4, 5)";
    assert_eq!(after("{}\n", 1060), [sum]);
    // The pause doubles up to an hour.
    let minutes = (1060..1060 + 24 * 3600).step_by(60);
    let said: Vec<u64> = minutes.filter(|now| !after(&mention, *now).is_empty()).collect();
    let pauses: Vec<u64> = said.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(said[0], 1060 + 120);
    assert_eq!(pauses[..5], [240, 480, 960, 1920, 3600]);
    assert!(pauses[5..].iter().all(|pause| *pause == 3600) && pauses.len() > 20);
    session.end_input(&mut |_| {});
    assert_eq!(session.warnings(1060 + 24 * 3600).len(), 1, "the end has the whole sum");
    assert!(session.warnings(1061 + 24 * 3600).is_empty());
}

/// rsyslog reads standard error too, and would take a warning for the reply to its next message.
#[test]
fn a_host_that_reads_replies_is_warned_at_the_end() {
    let mut session = session(&["filter", "--reply", "rsyslog"]);
    let message = format!("{{\"rawmsg\":\"at {URL}\",\"msg\":\"at {URL}\",\"$!\":null}}\n");
    session.push(message.as_bytes(), &mut |_| {});
    assert!(session.warnings(1000).is_empty());
    session.end_input(&mut |_| {});
    assert_eq!(session.warnings(1000).len(), 1);
}

/// A signal is the normal end of such a pipeline.
#[cfg(unix)]
#[test]
fn an_interrupt_reports_the_sum() {
    let folder = folder("interrupted");
    let path = folder.join("ledger.json");
    let mut run = Running::start(&["--ledger", path.to_str().unwrap()]);
    run.pass("<!--\n");
    run.pass(&benign());
    assert!(run.said().unwrap().contains("1 record mentions"));
    run.pass(&benign());
    let id = run.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(run.said().unwrap().contains("2 records mention"));
    assert_eq!(run.said(), None);
    assert!(run.child.wait().unwrap().success());
    assert_eq!(ledger(&path)["unjudged"], 2);
}
