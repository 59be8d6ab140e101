//! Tests of the command line: wrong arguments, and help.

use std::fs;

use crate::{folder, run, samples, text};

#[test]
fn wrong_arguments_say_what_is_right() {
    for (args, hint) in [
        (&["filter", "--action", "delete"][..], "tag, drop, observe"),
        (&["filter", "--accept", "listed,all"], "listed, sibling, cause"),
        (&["filter", "--keep-every", "x"], "invalid value 'x' for '--keep-every <N>'"),
        (&["filter", "--max-record", "0"], "0 is not in 1..=1073741824"),
        (&["filter", "--key", "tags"], "--key takes"),
        (&["filter", "--localised", "[{}]"], "%1"),
        (&["filter", "--bogus"], "unexpected argument"),
        (&["filter", "--action", "dorp"], "invalid value 'dorp'"),
        (&["filter", "--action", "dorp"], "a similar value exists: 'drop'"),
        (&["filter", "--accept", "listed,siblin"], "a similar value exists: 'sibling'"),
        (&["filter", "--tags", "maybe"], "'--tags <true|false>'"),
        (&["filter", "--key", ""], "--key takes a member name of 1 to 64 bytes, neither empty nor"),
        (&["--action", "drop"], "'filter' is missing: the command comes first"),
        (&["--hours=1"], "'report' is missing: the command comes first, as in 'crypt32-filter rep"),
        (&["--check"], "'classify' or 'report' is missing"),
        (&["report", "--json"], "tip: the option is '--output json'"),
        (&["filter", "--drop"], "tip: the option is '--action drop'"),
        (&["filter", "--only-computers", "till-("], "takes a list of regular expressions for nam"),
        (&["filter", "--only-computers", "till-("], "\"till-(\" is not valid: "),
        (&["filter", "--policy", "/nonexistent/x"], "error: cannot read /nonexistent/x: "),
        (&["completions", "bsh"], "a similar value exists: 'bash'"),
        (&["filter", "--format", "syslog"], "--output ndjson"),
        (&["filter", "--format", "nope"], "possible values"),
        (&["classify", "--date-order", "x"], "month-first, day-first"),
        (&["filter", "--keep-every", "9"], "--keep-every has an effect only with --action drop"),
        (&["filter", "--action", "tag", "--only-computers", "a"], "only with --action drop"),
        (&["report", "--output", "x"], "table"),
        (&["nope"], "unrecognized subcommand"),
        (&["help", "nope"], "unrecognized subcommand 'nope'"),
        (&[], "Usage"),
    ] {
        let output = run(args, b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let error = text(&output.stderr);
        assert!(error.contains(hint), "{args:?}: {error}");
        assert!(!error.contains("panicked"), "{error}");
    }
}

#[test]
fn a_policy_in_utf_16_is_named_as_such() {
    let path = folder("utf16-policy").join("policy.json");
    fs::write(&path, b"\xFF\xFE{\0}\0").unwrap();
    let output = run(&["report", "--policy", path.to_str().unwrap()], b"");
    assert_eq!(output.status.code(), Some(2));
    let error = text(&output.stderr);
    assert!(error.contains("it is UTF-16; save the policy as JSON in UTF-8"), "{error}");
}

/// Patterns without the domain of the names are a common mistake.
#[test]
fn patterns_that_match_no_computer_are_mentioned() {
    let log = samples();
    for (pattern, hint) in [("no-such-computer", true), (".*", false)] {
        let args = ["filter", "--action", "drop", "--only-computers", pattern];
        let output = run(&args, &log);
        let said = text(&output.stderr);
        let hinted =
            said.contains("only-computers matches no computer with benign records, such as");
        assert_eq!(hinted, hint, "{said}");
    }
}

#[test]
fn help_has_examples_and_goes_to_standard_output() {
    for command in ["filter", "classify", "explain", "report", "completions"] {
        let output = run(&[command, "--help"], b"");
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains("Examples:"), "{command}");
    }
    let version = text(&run(&["--version"], b"").stdout);
    assert_eq!(version.trim(), concat!("crypt32-filter ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_is_a_command_too_in_the_same_words() {
    for command in ["filter", "classify", "explain", "report"] {
        let asked = run(&["help", command], b"");
        assert_eq!(asked.status.code(), Some(0));
        assert_eq!(text(&asked.stdout), text(&run(&[command, "--help"], b"").stdout));
    }
    let whole = text(&run(&["--help"], b"").stdout);
    for args in [&["help"][..], &["help", "help"]] {
        assert_eq!(text(&run(args, b"").stdout), whole);
    }
}

#[test]
fn a_policy_file_sets_every_option_and_flags_win() {
    let folder = folder("policy");
    let path = folder.join("policy.json");
    let file = path.to_str().unwrap();
    let log = samples();
    let filter = |args: &[&str]| {
        let output = run(&[&["filter"], args].concat(), &log);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        output.stdout
    };
    for (policy, flags) in [
        (r#"{"action": "drop"}"#, &["--action", "drop"][..]),
        (r#"{"action": "drop", "accept": ["listed"]}"#, &["--action=drop", "--accept=listed"]),
        (r#"{"action": "drop", "keep-every": 2}"#, &["--action", "drop", "--keep-every", "2"]),
        (r#"{"require-system": true}"#, &["--require-system"]),
        (r#"{"logs": ["Archive"]}"#, &["--logs", "Archive"]),
        (r#"{"key": "x", "tags": false}"#, &["--key", "x", "--tags", "false"]),
        (r#"{"max-record": 900}"#, &["--max-record", "900"]),
        (
            r#"{"action": "drop", "only-computers": ["server\\d"]}"#,
            &["--action", "drop", "--only-computers", r"server\d"],
        ),
        ("\u{feff}{\"key\": \"y\"}", &["--key", "y"]),
    ] {
        fs::write(&path, policy).unwrap();
        let wanted = filter(flags);
        assert!(wanted != filter(&[]) || policy.contains("logs"), "{policy} does nothing");
        assert!(filter(&["--policy", file]) == wanted, "{policy}");
    }
    fs::write(&path, r#"{"action": "drop", "key": "x"}"#).unwrap();
    let won = filter(&["--policy", file, "--action", "tag", "--key", "z"]);
    assert!(won == filter(&["--key", "z"]));
    // The other commands take the same file.
    fs::write(&path, r#"{"action": "drop", "require-system": true}"#).unwrap();
    for command in ["classify", "explain", "report"] {
        let wanted = run(&[command, "--require-system"], &log).stdout;
        assert!(run(&[command, "--policy", file], &log).stdout == wanted, "{command}");
        assert!(run(&[command], &log).stdout != wanted, "{command}");
        let off = ["--require-system=false"];
        let off = run(&[&[command, "--policy", file], &off[..]].concat(), &log).stdout;
        assert!(off == run(&[command], &log).stdout, "{command}");
    }
    // The flag does not take the name of a file for its value.
    let input = folder.join("app.ndjson");
    fs::write(&input, &log).unwrap();
    let named = run(&["classify", "--require-system", input.to_str().unwrap()], b"").stdout;
    assert!(named == run(&["classify", "--require-system"], &log).stdout);
}

#[test]
fn a_wrong_policy_file_says_what_is_right() {
    let folder = folder("wrong-policy");
    let path = folder.join("policy.json");
    for (policy, why) in [
        ("", "it is not JSON"),
        ("{\"action\": }", "it is not JSON: expected value at line 1 column 12"),
        ("[]", r#"expected a JSON object, such as {"action": "drop"}"#),
        (r#"{"action": "drop", "action": "tag"}"#, r#"the option "action" occurs twice"#),
        (r#"{"keep_every": 1}"#, r#"unknown option "keep_every"; the options are action, acc"#),
        (r#"{"keep_every": 1}"#, r#"max-record; did you mean "keep-every"?"#),
        (r#"{"keep-evry": 1}"#, r#"did you mean "keep-every"?"#),
        (r#"{"zzz": 1}"#, "max-record\n"),
        (
            r#"{"action": "dorp"}"#,
            r#"option "action" takes tag, drop, observe; did you mean "drop"?"#,
        ),
        (
            r#"{"accept": ["listed", "sibing"]}"#,
            r#"listed, sibling, cause; did you mean "sibling"?"#,
        ),
        (r#"{"keep-every": "x"}"#, r#"option "keep-every" takes a whole number from 0"#),
        (r#"{"only-computers": ["a", "["]}"#, r#"computers, at least one: "[" is not valid: "#),
        (
            r#"{"only-computers": 8}"#,
            "takes a list of regular expressions for names of computers, at least one\n",
        ),
        (r#"{"only-computers": []}"#, "takes a list of regular expressions"),
        (r#"{"accept": "listed"}"#, r#"takes a list of listed, sibling, cause: ["listed"]"#),
        (r#"{"accept": "sibing"}"#, r#"["sibing"]; did you mean "sibling"?"#),
        (r#"{"logs": "Archive"}"#, r#"takes a list of log names: ["Archive"]"#),
        (r#"{"only-computers": "till-\\d"}"#, r#"at least one: ["till-\d"]"#),
        (r#"{"action": null}"#, r#"option "action" takes tag, drop, observe"#),
        (r#"{"logs": null}"#, r#"option "logs" takes a list of log names"#),
        (
            r#"{"localised": [{"template": "%1 %2", "errors": {"": 12007}}]}"#,
            r#"option "localised" takes a list of {"template""#,
        ),
        (r#"{"key": ""}"#, r#"a member name of 1 to 64 bytes, neither empty nor "tags""#),
    ] {
        fs::write(&path, policy).unwrap();
        for command in ["filter", "report"] {
            let output = run(&[command, "--policy", path.to_str().unwrap()], b"{}\n");
            assert_eq!(output.status.code(), Some(2), "{policy}");
            assert!(output.stdout.is_empty(), "{policy}");
            let error = text(&output.stderr);
            let named = format!("error: {}: ", path.display());
            assert!(error.starts_with(&named) && error.contains(why), "{policy}: {error}");
        }
    }
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&["completions", shell], b"");
        assert_eq!(output.status.code(), Some(0));
        let script = text(&output.stdout);
        assert!(script.contains("date-order"), "{shell}: {script}");
        // The scripts of the other two do not complete values.
        let values = ["bash", "fish", "zsh"].contains(&shell);
        assert_eq!(
            script.contains("drop observe") || script.contains("observe\\t"),
            values,
            "{shell}"
        );
    }
}
