//! The command-line arguments, parsed by clap, for the native command and `npx crypt32-filter`.

use std::{
    collections::HashSet,
    ffi::OsString,
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    string::ToString,
};

use clap::{
    Args, CommandFactory, Parser, Subcommand, ValueEnum, ValueHint,
    builder::{PossibleValuesParser, TypedValueParser, ValueParser},
    error::{ContextKind, ContextValue, ErrorKind},
};
use clap_complete::Shell;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crypt32_filter::{
    input_kind::Kind,
    policy::{Action, MAX_RECORD, OptionError, Policy},
    report::{self, Place, escape, style},
    time::DateOrder,
    verdict::{Basis, Outcome},
};

/// The name of the program.
const NAME: &str = "crypt32-filter";

/// The file name that means standard input.
pub const STDIN: &str = "-";

const ABOUT: &str = "\
Tags or drops the Crypt32 event 8 records of Windows XP and Server 2003 that Microsoft's article \
KB2253680 explains, and no others. Each condition of the article is checked separately; a record that \
is not proven benign passes.";

const AFTER_HELP: &str = concat!(
    "'crypt32-filter help COMMAND' shows the options and examples of a command.\n",
    "The exit code is 0, or 2 after an error; with --check it is 1 if a record needs \
     review or could not be judged.\n",
    "The guide: ",
    env!("CARGO_PKG_REPOSITORY"),
    "/tree/main/docs"
);

const FILTER_HELP: &str = "\
Examples:
  crypt32-filter filter winlogbeat.ndjson > tagged.ndjson
  tail -F app.ndjson | crypt32-filter filter --action drop --ledger ledger.json
  crypt32-filter filter --action drop --accept listed,sibling,cause - < in > out
  crypt32-filter filter --policy policy.json app.ndjson > out.ndjson
  crypt32-filter filter --output ndjson syslog.log
  crypt32-filter filter --action drop --only-computers 'till-\\d+' in > out
  crypt32-filter filter --summary app.ndjson > tagged.ndjson

Each line is a record. The output equals the input byte for byte, except for the tags and \
the dropped records. The ledger counts both. Compressed, binary and UTF-16 files pass unchanged; \
use report or classify for them.";

const CLASSIFY_HELP: &str = "\
Examples:
  crypt32-filter classify --candidates app.ndjson
  crypt32-filter classify --check app.ndjson || echo 'something to review'
  crypt32-filter classify --only review --limit 10 collected.zip

Writes one JSON object per event to standard output.";

const EXPLAIN_HELP: &str = "\
Examples:
  crypt32-filter explain record.json
  crypt32-filter explain --line 2726 app.ndjson
  crypt32-filter explain --only benign --limit 3 app.ndjson

Prints each condition, what the record says about it, its source, and what would change the \
verdict. For a log, explains every record to review and one example of each other kind.";

const COMPLETIONS_HELP: &str = "\
Examples:
  source <(crypt32-filter completions bash)
  crypt32-filter completions zsh > _crypt32-filter

The script completes commands and options, and their values in bash, fish and zsh. Your \
shell must read it at start.";

const REPORT_HELP: &str = "\
Examples:
  crypt32-filter report AppEvent.Evt
  crypt32-filter report logs/ collected.zip
  crypt32-filter report --output markdown app.ndjson archive/*.gz > report.md
  crypt32-filter report --check --output json app.ndjson

Standard input is read only once, so ambiguous dates in it, such as 3/4/2010, need --date-order.";

/// `crypt32-filter` and its arguments.
#[derive(Debug, Parser)]
#[command(name = NAME, version, about = ABOUT, max_term_width = 100)]
#[command(after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Cli {
    /// The subcommand.
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
    /// Print the completion script for a shell
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// The shell
        shell: Shell,
    },
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
    /// Read the policy from this JSON file; options on the command line take precedence
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The policy in that file.
    #[arg(skip)]
    base: Policy,
    /// Require that a record names its operating system
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    #[arg(value_name = "true|false")]
    require_system: Option<bool>,
    /// Additional log (channel) names to accept, separated by commas
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    logs: Option<Vec<String>>,
    /// Templates and errors of a localised Windows: a JSON list of {"template", "errors"}; for a
    /// long one, use --policy
    #[arg(long, value_name = "JSON")]
    localised: Option<String>,
}

/// The options of the policy that only the filter has.
#[derive(Debug, Args)]
pub struct PolicyFlags {
    /// Tag records, drop the benign ones, or only count them (observe) [default: tag]
    #[arg(long, value_name = "ACTION", value_parser = words(Action::WORDS))]
    action: Option<String>,
    /// Bases of the records to drop or to tag as benign, separated by commas: KB2253680 prints the
    /// error (listed), KB317541 does (sibling), or the error itself shows the cause (cause)
    /// [default: listed,sibling]
    #[arg(long, value_name = "BASES", value_delimiter = ',', value_parser = words(Basis::WORDS))]
    accept: Option<Vec<String>>,
    /// With drop: keep the first benign record of each computer, then every Nth [default: 0, off]
    #[arg(long, value_name = "N")]
    keep_every: Option<u64>,
    /// With drop: drop only records of computers whose whole name matches this regular expression,
    /// in any case; may be repeated
    #[arg(long, value_name = "REGEX")]
    only_computers: Option<Vec<String>>,
    /// Name of the JSON member that holds the tag [default: kb]
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Whether to add words to the array "tags" [default: true]
    #[arg(long, value_name = "true|false")]
    tags: Option<bool>,
    /// Maximum length of a record in bytes; a longer one passes unread [default: 1048576]
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
    /// includes compressed and binary logs, and the files in ZIP archives
    #[arg(long)]
    pub summary: bool,
    /// Files to read; - or no file means standard input
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
    /// Files to read, including compressed files, .evt, .evtx and ZIP archives; folders, with all
    /// files below them; - or no file means standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// The events that a command shows.
#[derive(Clone, Debug, Default, Args)]
pub struct Selection {
    /// Show only events with these verdicts, separated by commas
    #[arg(
        long,
        value_name = "VERDICTS",
        value_delimiter = ',',
        value_parser = parsed::<Outcome>(Outcome::WORDS)
    )]
    pub only: Option<Vec<Outcome>>,
    /// Show only the record on this line, or at this byte offset in a binary log
    #[arg(long, value_name = "N")]
    pub line: Option<u64>,
    /// Show at most this many events
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

impl Selection {
    /// Whether an event with this verdict in this record is shown, apart from the limit.
    pub fn includes(&self, verdict: Outcome, place: Place) -> bool {
        let (_, number) = place.parts();
        self.line.is_none_or(|line| line == number)
            && self.only.as_ref().is_none_or(|only| only.contains(&verdict))
    }
}

/// `classify`.
#[derive(Debug, Args)]
pub struct Classify {
    #[command(flatten)]
    rules: Rules,
    /// The inputs and their format.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// Omit unrelated events
    #[arg(long)]
    pub candidates: bool,
    /// The events to print.
    #[command(flatten)]
    pub selection: Selection,
    /// Exit with 1 if a record needs review or could not be judged
    #[arg(long)]
    pub check: bool,
}

/// `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    rules: Rules,
    /// The inputs and their format.
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// The events to explain.
    #[command(flatten)]
    pub selection: Selection,
}

/// `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    rules: Rules,
    /// The inputs and their format.
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
    /// Exit with 1 if a record needs review or could not be judged
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

/// A text that ends the program: help, a completion script, or an error.
#[derive(Debug)]
pub struct Exit {
    /// The text to print.
    pub text: String,
    /// 0 for help and completions, which are printed on standard output, and 2 for an error.
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
        let first = args.first().map(|word| word.to_string_lossy().into_owned());
        args.insert(0, OsString::from(NAME));
        Self::try_parse_from(args).map_err(|mut error| {
            // Clap's suggestion to pass an unknown option as a file is not useful.
            error.remove(ContextKind::Suggested);
            let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            let mut text = error.to_string();
            let first = first.as_deref().unwrap_or_default();
            if let Some(tip) = missing_command(first, &error).or_else(|| of_value(first, &error)) {
                text = format!("{text}\n  tip: {tip}\n");
            }
            if help {
                Exit { text, exit_code: 0 }
            } else {
                Exit { text: shown(&text), exit_code: 2 }
            }
        })
    }

    /// The file with the policy, if one was named. The caller reads it, and passes its content to
    /// [`Self::use_policy`].
    pub fn policy_file(&self) -> Option<&Path> {
        match &self.command {
            Command::Filter(Filter { rules, .. })
            | Command::Classify(Classify { rules, .. })
            | Command::Explain(Explain { rules, .. })
            | Command::Report(Report { rules, .. }) => rules.policy.as_deref(),
            Command::Completions { .. } => None,
        }
    }

    /// Takes the content of the policy file.
    ///
    /// # Errors
    /// The message says what is wrong in the file.
    pub fn use_policy(&mut self, json: &[u8]) -> Result<(), Exit> {
        let (Command::Filter(Filter { rules, .. })
        | Command::Classify(Classify { rules, .. })
        | Command::Explain(Explain { rules, .. })
        | Command::Report(Report { rules, .. })) = &mut self.command
        else {
            return Ok(());
        };
        rules.base = policy_in(json).map_err(|why| {
            let path = rules.policy.as_deref().unwrap_or(Path::new("")).display();
            Exit { text: format!("error: {}\n", shown(&format!("{path}: {why}"))), exit_code: 2 }
        })?;
        Ok(())
    }

    /// Whether the command opens folders and archives. The filter does not, because its output is
    /// its input.
    pub fn opens_inputs(&self) -> bool {
        !matches!(self.command, Command::Filter(_))
    }

    /// Whether the command filters an archive and also reads the files in it, for a summary.
    pub fn looks_into_archives(&self) -> bool {
        matches!(&self.command, Command::Filter(args) if args.summary)
    }

    /// The note about a folder or an archive: how many files it has.
    pub fn note(&self, name: &str, files: usize) -> String {
        if self.quiet || files == 0 {
            return String::new();
        }
        let line = format!("{name}: {}", style::counted(files as u64, "file", "files"));
        format!("note: {}\n", escape::visible(&line))
    }

    /// The files to read. The list is never empty.
    pub fn files(&self) -> Vec<&Path> {
        let files = match &self.command {
            Command::Filter(filter) => &filter.files,
            Command::Classify(classify) => &classify.reading.files,
            Command::Explain(explain) => &explain.reading.files,
            Command::Report(report) => &report.reading.files,
            Command::Completions { .. } => return Vec::new(),
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

    /// Whether replies go to a host. It may read standard error too, so nothing may be written there
    /// before the input ends.
    pub fn replies(&self) -> bool {
        matches!(&self.command, Command::Filter(Filter { reply: Some(_), .. }))
    }

    /// Whether a summary was requested.
    pub fn summary(&self) -> bool {
        matches!(&self.command, Command::Filter(Filter { summary: true, .. }))
    }

    /// The clap command, for manual pages and completions. Only files are completed with names of
    /// files.
    pub fn clap_command() -> clap::Command {
        Self::command().mut_subcommands(|command| {
            command.mut_args(|arg| match arg.get_value_hint() {
                ValueHint::Unknown if arg.get_action().takes_values() => {
                    arg.value_hint(ValueHint::Other)
                }
                _ => arg,
            })
        })
    }
}

/// The completion script for a shell, as a text that ends the program.
pub fn completions(shell: Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::clap_command(), NAME, &mut script);
    Exit { text: String::from_utf8_lossy(&script).into_owned(), exit_code: 0 }
}

/// The unknown option that an error is about, without dashes and value.
fn unknown_option(error: &clap::Error) -> Option<&str> {
    match error.get(ContextKind::InvalidArg)? {
        ContextValue::String(option) if error.kind() == ErrorKind::UnknownArgument => {
            option.strip_prefix("--")?.split('=').next()
        }
        _ => None,
    }
}

/// The tip for an option in place of the command: the commands that have this option.
fn missing_command(first: &str, error: &clap::Error) -> Option<String> {
    let name = unknown_option(error).filter(|_| first.starts_with('-'))?;
    let command = Cli::command();
    let has =
        |command: &&clap::Command| command.get_arguments().any(|a| a.get_long() == Some(name));
    let commands = command.get_subcommands().filter(has).map(clap::Command::get_name);
    let commands: Vec<_> = commands.collect();
    let example = commands.first()?;
    Some(format!(
        "'{}' is missing: the command comes first, as in '{NAME} {example} --{name}'",
        commands.join("' or '")
    ))
}

/// The tip for a value in place of an option, such as `--json`: the option that takes this value. If
/// there are two, the one for the output comes last.
fn of_value(first: &str, error: &clap::Error) -> Option<String> {
    let word = unknown_option(error)?;
    let command = Cli::command();
    let options = command.find_subcommand(first)?.get_arguments();
    let takes = |option: &&clap::Arg| {
        option.get_possible_values().iter().any(|value| value.get_name() == word)
    };
    Some(format!("the option is '--{} {word}'", options.filter(takes).last()?.get_long()?))
}

/// The members of a JSON object, in their order. Unlike in a map, a name can occur twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object, such as {\"action\": \"drop\"}")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        json.deserialize_map(Visit)
    }
}

/// The policy in a JSON file. Its options are named like the flags, with dashes.
fn policy_in(json: &[u8]) -> Result<Policy, String> {
    let kind = Kind::of(json);
    if kind != Kind::Text {
        return Err(format!("it is {}; save the policy as JSON in UTF-8", kind.name()));
    }
    // Windows editors write a byte order mark.
    let json = json.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(json);
    let wrong = |error: serde_json::Error| {
        let what = if error.is_data() { "the policy is not valid" } else { "it is not JSON" };
        format!("{what}: {error}")
    };
    let Members(options) = serde_json::from_slice(json).map_err(wrong)?;
    let mut names = HashSet::new();
    if let Some((twice, _)) = options.iter().find(|(name, _)| !names.insert(name)) {
        return Err(format!("the option \"{twice}\" occurs twice"));
    }
    let mut policy = Policy::default();
    for (flag, value) in &options {
        let name = flag.replace('-', "_");
        let result = if flag.contains('_') {
            Err(OptionError::unknown(flag))
        } else {
            policy.set(&name, value)
        };
        result.map_err(|error| dashed(flag, error).to_string())?;
    }
    Ok(policy)
}

/// An error with the names that options have on the command line.
fn dashed(flag: &str, error: OptionError) -> OptionError {
    let dashes = |text: String| if error.unknown { text.replace('_', "-") } else { text };
    OptionError {
        option: flag.to_owned(),
        allowed: dashes(error.allowed),
        nearest: error.nearest.map(dashes),
        unknown: error.unknown,
    }
}

impl Rules {
    /// The policy of the file, or the default one, with these options.
    pub fn policy(&self) -> Result<Policy, Exit> {
        let mut policy = self.base.clone();
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
    /// A given flag that has no effect without `--action drop`.
    pub fn only_for_drop(&self) -> Option<&'static str> {
        let PolicyFlags { keep_every, only_computers, .. } = &self.flags;
        let computers = only_computers.is_some().then_some("--only-computers");
        computers.or(keep_every.is_some_and(|every| every > 0).then_some("--keep-every"))
    }

    /// The policy that the flags describe.
    pub fn policy(&self) -> Result<Policy, Exit> {
        let mut policy = self.rules.policy()?;
        let PolicyFlags { action, accept, keep_every, only_computers, key, tags, max_record } =
            &self.flags;
        set(&mut policy, "action", action.clone())?;
        set(&mut policy, "accept", accept.clone())?;
        set(&mut policy, "keep_every", *keep_every)?;
        set(&mut policy, "only_computers", only_computers.clone())?;
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
        let text = shown(&format!("error: {flag} takes {}", error.allowed));
        Exit { text: format!("{text}\n\nFor more information, try '--help'.\n"), exit_code: 2 }
    })
}
