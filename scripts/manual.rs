//! `manual DIR`: the manual pages in `DIR/man`, and the completions of shells in `DIR/completions`,
//! from the arguments as the program parses them.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use clap_complete::Shell;
use crypt32_cli::args::Cli;

fn main() -> io::Result<()> {
    let dir: PathBuf = env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?.into();
    let folder = |name: &str| -> io::Result<PathBuf> {
        // A page of a subcommand that is gone would stay.
        let folder = dir.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    let man = folder("man")?;
    clap_mangen::generate_to(Cli::clap_command(), &man)?;
    let completions = folder("completions")?;
    for shell in Shell::value_variants() {
        complete(*shell, &completions)?;
    }
    Ok(())
}

/// A script under the name by which the shell looks for it.
fn complete(shell: Shell, dir: &Path) -> io::Result<()> {
    let mut command = Cli::clap_command();
    let name = command.get_name().to_owned();
    clap_complete::generate_to(shell, &mut command, name, dir).map(drop)
}
