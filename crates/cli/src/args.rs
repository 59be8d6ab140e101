//! The command-line arguments, parsed by clap, for the native command and `npx crypt32-filter`.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    str::FromStr,
    string::ToString,
};

use clap::{
    Args, CommandFactory, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser, ValueParser},
    error::{ContextKind, ErrorKind},
};
use serde_json::Value;

use crypt32_filter::{
    policy::{Action, MAX_RECORD, Policy},
    report::{self, escape},
    time::DateOrder,
    verdict::{Basis, Outcome},
};

/// The file name that means standard input.
pub const STDIN: &str = "-";

const ABOUT: &str = "\
Tags or drops the Crypt32 event 8 records of Windows XP and Server 2003 that Microsoft's article \
KB2253680 explains, and no others. Each condition of the article is checked separately; a record that \
is not proven benign passes.";

const AFTER_HELP: &str = concat!(
    "'crypt32-filter help COMMAND' shows the options and examples of a command.\n",
    "The exit code is 0, or 2 after an error; with --check it is 1 if a record needs review.\n",
    "The guide: ",
    env!("CARGO_PKG_REPOSITORY"),
    "/tree/main/docs"
);

const FILTER_HELP: &str = "\
Examples:
  crypt32-filter filter winlogbeat.ndjson > tagged.ndjson
  tail -F app.ndjson | crypt32-filter filter --action drop --ledger ledger.json
  crypt32-filter filter --action drop --accept listed,sibling,cause - < in > out
  crypt32-filter filter --output ndjson syslog.log
  crypt32-filter filter --summary app.ndjson > tagged.ndjson

Each line is a record. The output equals the input byte for byte, except for the tags and the dropped
records; the ledger counts both.";

const CLASSIFY_HELP: &str = "\
Examples:
  crypt32-filter classify --candidates app.ndjson
  crypt32-filter classify --check app.ndjson || echo 'something to review'

Writes one JSON object per event to standard output.";

const EXPLAIN_HELP: &str = "\
Examples:
  crypt32-filter explain record.json
  crypt32-filter explain --line 2726 app.ndjson
  crypt32-filter explain --only benign --limit 3 app.ndjson

Prints each condition, what the record says about it, its source, and what would change the verdict.
For a log, explains every record to review and one example of each other kind.";

const REPORT_HELP: &str = "\
Examples:
  crypt32-filter report AppEvent.Evt
  crypt32-filter report --output markdown app.ndjson archive/*.gz > report.md
  crypt32-filter report --check --output json app.ndjson

Standard input is read only once, so ambiguous dates in it, such as 3/4/2010, need --date-order.";

/// `crypt32-filter` and its arguments.
#[derive(Debug, Parser)]
#[command(name = "crypt32-filter", version, about = ABOUT, max_term_width = 100)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Suppress warnings, progress and the final line
    #[arg(short, long, global = true, display_order = 900)]
    pub quiet: bool,
    /// When to colour the output
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", display_order = 901)]
    pub color: Color,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Filter logs record by record: tag, drop or count
    #[command(after_help = FILTER_HELP)]
    Filter(Filter),
    /// Print the verdict about each event, with evidence, as JSON
    #[command(after_help = CLASSIFY_HELP)]
    Classify(Classify),
    /// Explain the verdict about each event in words
    #[command(after_help = EXPLAIN_HELP)]
    Explain(Explain),
    /// Summarise a log: records to review, computers, errors, intervals and contradictions
    #[command(after_help = REPORT_HELP)]
    Report(Report),
}

/// The format of the lines or of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Detect from content
    #[default]
    Auto,
    /// JSON, one object per record
    Json,
    /// Syslog lines
    Syslog,
    /// Text: lines or blocks
    Text,
    /// Windows event XML
    Xml,
    /// CSV
    Csv,
}

impl Format {
    /// The format with this name on the command line.
    pub fn from_name(name: &str) -> Option<Self> {
        <Self as ValueEnum>::from_str(name, false).ok()
    }

    /// The names of all formats, separated by commas, for a message.
    pub fn names() -> String {
        let values = Self::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect::<Vec<_>>().join(", ")
    }
}

/// The output format of `filter`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// Unchanged records
    #[default]
    Same,
    /// Each record as a JSON object; text becomes `{"message": ...}`
    Ndjson,
}

/// The host that `filter` answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Reply {
    /// The module mmexternal, with interface.input="fulljson"
    Rsyslog,
}

/// The options that bear on a verdict.
#[derive(Debug, Args)]
pub struct Rules {
    /// Require that a record names its operating system
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL")]
    require_system: Option<bool>,
    /// Additional log (channel) names to accept, separated by commas
    #[arg(long, value_name = "NAMES")]
    logs: Option<String>,
    /// Templates and errors of a localised Windows: a JSON list of {"template", "errors"}
    #[arg(long, value_name = "JSON")]
    localised: Option<String>,
}

/// The options of the policy that only the filter has.
#[derive(Debug, Args)]
pub struct PolicyFlags {
    /// Action of the filter [default: tag]
    #[arg(long, value_name = "ACTION", value_parser = words(Action::WORDS))]
    action: Option<String>,
    /// Bases to drop and to tag as benign, separated by commas [default: listed,sibling]
    #[arg(long, value_name = "BASES", value_delimiter = ',', value_parser = words(Basis::WORDS))]
    accept: Option<Vec<String>>,
    /// With drop: keep the first benign record of each computer, then every Nth [default: 0, off]
    #[arg(long, value_name = "N")]
    keep_every: Option<u64>,
    /// Name of the member that holds the tag [default: kb]
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Whether to add words to "tags" [default: true]
    #[arg(long, value_name = "BOOL")]
    tags: Option<bool>,
    /// Length in bytes above which a record passes unread [default: 1048576]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..=MAX_RECORD))]
    max_record: Option<u64>,
}

/// `filter`.
#[derive(Debug, Args)]
pub struct Filter {
    #[command(flatten)]
    flags: PolicyFlags,
    #[command(flatten)]
    rules: Rules,
    /// Format of the lines
    #[arg(long, default_value = "auto")]
    pub format: Format,
    /// Format of the output
    #[arg(long, default_value = "same")]
    pub output: Output,
    /// Read messages from this host, and write the decision about each one instead of the record
    #[arg(long, value_name = "HOST", conflicts_with_all = ["format", "output", "summary"])]
    pub reply: Option<Reply>,
    /// Write the ledger to this file at the end, every 10 seconds, and when interrupted
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
    /// Print a summary on standard error at the end: counts, the ledger by computer and error, the
    /// unjudged lines, and the records to review. Reads each input a second time, like report, so it
    /// includes compressed and binary logs
    #[arg(long)]
    pub summary: bool,
    /// Files to read; - or no file is standard input
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// How inputs are read by the commands that look into records.
#[derive(Debug, Args)]
pub struct ReadingFlags {
    /// Format of the input
    #[arg(long, default_value = "auto")]
    pub format: Format,
    /// Order of month and day, if dates are ambiguous
    #[arg(long, value_name = "ORDER", value_parser = parsed::<DateOrder>(DateOrder::WORDS))]
    pub date_order: Option<DateOrder>,
    /// Files to read, also compressed ones, .evt and .evtx; - or no file is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// `classify`.
#[derive(Debug, Args)]
pub struct Classify {
    #[command(flatten)]
    rules: Rules,
    /// What to read, and how.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// Omit unrelated events
    #[arg(long)]
    pub candidates: bool,
    /// Print only events with these verdicts, separated by commas
    #[arg(long, value_name = "VERDICTS", value_delimiter = ',', value_parser = parsed::<Outcome>(Outcome::WORDS))]
    pub only: Option<Vec<Outcome>>,
    /// Exit with 1 if a record needs review
    #[arg(long)]
    pub check: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    rules: Rules,
    /// What to read, and how.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// Explain every event with one of these verdicts, separated by commas
    #[arg(long, value_name = "VERDICTS", value_delimiter = ',', value_parser = parsed::<Outcome>(Outcome::WORDS))]
    pub only: Option<Vec<Outcome>>,
    /// Explain only the record on this line
    #[arg(long, value_name = "N")]
    pub line: Option<u64>,
    /// Explain at most this many events
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    rules: Rules,
    /// What to read, and how.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// Format of the output
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "table",
        value_parser = parsed::<report::Format>(report::Format::WORDS)
    )]
    pub output: report::Format,
    /// Show at most this many records to review, rows and computers; 0 shows all
    #[arg(long, value_name = "N", default_value = "20")]
    pub top: usize,
    /// Also list the counts by hour
    #[arg(long)]
    pub hours: bool,
    /// Exit with 1 if a record needs review
    #[arg(long)]
    pub check: bool,
}

/// Escapes a message that quotes arguments, so that it contains no terminal control sequences.
fn shown(text: &str) -> String {
    text.split('\n').map(escape::visible).collect::<Vec<_>>().join("\n")
}

/// A parser that accepts one of these words.
fn words(words: &'static [&'static str]) -> PossibleValuesParser {
    PossibleValuesParser::new(words)
}

/// A parser that accepts one of these words and returns its value.
fn parsed<T: FromStr<Err = ()> + Clone + Send + Sync + 'static>(
    all: &'static [&'static str],
) -> ValueParser {
    ValueParser::new(words(all).try_map(|word| word.parse::<T>().map_err(|()| "is unknown")))
}

/// A message that ends the program: a help text, or an error.
#[derive(Debug)]
pub struct Exit {
    /// The text to print.
    pub text: String,
    /// 0 for help, which is printed on standard output, and 2 for an error.
    pub exit_code: u8,
}

impl Cli {
    /// Parses arguments, without the program's name. `help COMMAND` means `COMMAND --help`, and
    /// `help` alone means `--help`.
    ///
    /// # Errors
    /// Returns an [`Exit`] for help, and for invalid arguments.
    pub fn parse_from_args<I, T>(args: I) -> Result<Self, Exit>
    where
        I: IntoIterator<Item = T>,
        T: Into<OsString> + Clone,
    {
        let mut args: Vec<OsString> = args.into_iter().map(Into::into).collect();
        let helps = args.iter().take_while(|word| *word == "help").count();
        if helps > 0 {
            args.drain(..helps);
            // The option follows the subcommand, so that an unknown subcommand is an error.
            args.insert(args.len().min(1), OsString::from("--help"));
        }
        let option_first = args.first().is_some_and(|word| word.to_string_lossy().starts_with('-'));
        args.insert(0, OsString::from("crypt32-filter"));
        Self::try_parse_from(args).map_err(|mut error| {
            // Clap's suggestion to pass an unknown option as a file helps nobody.
            error.remove(ContextKind::Suggested);
            let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let mut text = error.to_string();
            let option = option_first && error.kind() == ErrorKind::UnknownArgument;
            if option {
                text.push_str(
                    "\nThe command comes first, as in 'crypt32-filter filter --action drop'.\n",
                );
            }
            if help {
                Exit { text, exit_code: 0 }
            } else {
                Exit { text: shown(&text), exit_code: 2 }
            }
        })
    }

    /// The files to read. The list is never empty.
    pub fn files(&self) -> Vec<&Path> {
        let files = match &self.command {
            Command::Filter(filter) => &filter.files,
            Command::Classify(classify) => &classify.reading.files,
            Command::Explain(explain) => &explain.reading.files,
            Command::Report(report) => &report.reading.files,
        };
        if files.is_empty() {
            vec![Path::new(STDIN)]
        } else {
            files.iter().map(PathBuf::as_path).collect()
        }
    }

    /// The path of the ledger file, if one was requested.
    pub fn ledger(&self) -> Option<&Path> {
        match &self.command {
            Command::Filter(filter) => filter.ledger.as_deref(),
            _ => None,
        }
    }

    /// Whether a summary was requested.
    pub fn summary(&self) -> bool {
        matches!(&self.command, Command::Filter(Filter { summary: true, .. }))
    }

    /// The clap command, for manual pages and completions.
    pub fn clap_command() -> clap::Command {
        Self::command()
    }
}

impl Rules {
    /// The default policy with these options.
    pub fn policy(&self) -> Result<Policy, Exit> {
        let mut policy = Policy::default();
        set(&mut policy, "require_system", self.require_system)?;
        set(&mut policy, "logs", self.logs.clone())?;
        let localised = self.localised.as_deref();
        // Invalid JSON becomes a string, so that the error message says that a list is required.
        let json = |text| serde_json::from_str(text).ok().filter(|value: &Value| !value.is_null());
        let localised = localised.map(|text| json(text).unwrap_or_else(|| Value::from(text)));
        set(&mut policy, "localised", localised)?;
        Ok(policy)
    }
}

impl Filter {
    /// The policy that the flags describe.
    pub fn policy(&self) -> Result<Policy, Exit> {
        let mut policy = self.rules.policy()?;
        let PolicyFlags { action, accept, keep_every, key, tags, max_record } = &self.flags;
        set(&mut policy, "action", action.clone())?;
        set(&mut policy, "accept", accept.clone())?;
        set(&mut policy, "keep_every", *keep_every)?;
        set(&mut policy, "key", key.clone())?;
        set(&mut policy, "tags", *tags)?;
        set(&mut policy, "max_record", *max_record)?;
        Ok(policy)
    }
}

macro_rules! rules_only {
    ($($type:ident)+) => {$(
        impl $type {
            /// The policy that the flags describe.
            pub fn policy(&self) -> Result<Policy, Exit> {
                self.rules.policy()
            }
        }
    )+};
}
rules_only!(Classify Explain Report);

/// Sets an option of the policy, if its flag was given.
fn set(policy: &mut Policy, name: &str, value: Option<impl Into<Value>>) -> Result<(), Exit> {
    let Some(value) = value else { return Ok(()) };
    policy.set(name, &value.into()).map_err(|error| {
        let flag = format!("--{}", name.replace('_', "-"));
        Exit {
            text: format!(
                "error: {flag} takes {}\n\nFor more information, try '--help'.\n",
                error.allowed
            ),
            exit_code: 2,
        }
    })
}
