//! `manual DIR`: the manual pages in `DIR/man`, from the arguments as the program parses them.

use std::{env, fs, io, path::PathBuf};

use clap::{Arg, Command};
use crypt32_cli::args::Cli;

fn main() -> io::Result<()> {
    let dir: PathBuf = env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?.into();
    let man = dir.join("man");
    // A page of a subcommand that is gone would stay.
    let _ = fs::remove_dir_all(&man);
    fs::create_dir_all(&man)?;
    let mut command = Cli::clap_command();
    command.build();
    clap_mangen::generate_to(command.mut_subcommands(with_synopsis), &man)
}

/// Gives a subcommand a synopsis that names the values of its options.
fn with_synopsis(command: Command) -> Command {
    let name = command.get_bin_name().unwrap_or_default().to_owned();
    let own = command.get_arguments().filter(|arg| !arg.is_global_set());
    let usage: Vec<String> = [name].into_iter().chain(own.map(usage)).collect();
    command.override_usage(usage.join(" "))
}

/// An argument in a synopsis.
fn usage(arg: &Arg) -> String {
    let values = arg.get_value_names().unwrap_or_default().join(" ");
    let takes_values = arg.get_action().takes_values();
    match arg.get_long() {
        Some(long) if takes_values => format!("[--{long} {values}]"),
        Some(long) => format!("[--{long}]"),
        None if arg.is_required_set() => values,
        None => format!("[{values}...]"),
    }
}
