//! `manual DIR`: the manual pages in `DIR/man`, from the arguments as the program parses them.

use std::{env, fs, io, path::PathBuf};

use clap::{Arg, ArgAction, Command};
use crypt32_cli::args::Cli;

fn main() -> io::Result<()> {
    let dir: PathBuf = env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?.into();
    let man = dir.join("man");
    // Otherwise, the page of a removed subcommand would stay.
    let _ = fs::remove_dir_all(&man);
    fs::create_dir_all(&man)?;
    let mut command = Cli::clap_command();
    command.build();
    clap_mangen::generate_to(command.mut_subcommands(with_synopsis), &man)
}

/// Gives a subcommand a synopsis that names the values of its options.
fn with_synopsis(command: Command) -> Command {
    let name = command.get_bin_name().unwrap_or_default().to_owned();
    // The synopsis of the program has the options that all subcommands have.
    let own = |arg: &&Arg| !arg.is_global_set() && !arg.is_positional() && arg.get_id() != "help";
    let own = command.get_arguments().filter(own);
    let usage = own.chain(command.get_positionals()).map(usage);
    let usage: Vec<String> = [name].into_iter().chain(usage).collect();
    command.override_usage(usage.join(" "))
}

/// An argument in a synopsis.
fn usage(arg: &Arg) -> String {
    let mut usage = arg.get_long().map_or_else(String::new, |long| format!("--{long} "));
    if arg.get_action().takes_values() {
        usage += &arg.get_value_names().unwrap_or_default().join(" ");
    }
    let usage = usage.trim_end();
    let lists =
        matches!(arg.get_action(), ArgAction::Append) && arg.get_value_delimiter().is_none();
    let more = if lists { "..." } else { "" };
    if arg.is_required_set() { usage.to_owned() } else { format!("[{usage}]{more}") }
}
