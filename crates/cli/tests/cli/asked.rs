//! Tests of the command line: wrong arguments, and help.

use crate::{run, text};

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
        (&["filter", "--tags", "maybe"], "true, false"),
        (&["--action", "drop"], "The command comes first"),
        (&["filter", "--format", "syslog"], "--output ndjson"),
        (&["filter", "--format", "nope"], "possible values"),
        (&["classify", "--date-order", "x"], "month-first, day-first"),
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
fn help_has_examples_and_goes_to_standard_output() {
    for command in ["filter", "classify", "explain", "report"] {
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
