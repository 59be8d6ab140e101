//! Inputs that hold several logs: folders and ZIP archives.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Mutex,
};

use indicatif::ProgressBar;
use walkdir::WalkDir;

use super::{
    Again, See, Shared, copy, ended, is_stdin, lock, name, read_chunks, say, say_warnings, tell,
};
use crate::args::{Cli, Exit};
use crypt32_filter::logs::archive::Archive;

/// The files to read: each folder is replaced by the files below it, sorted by their paths. Links to
/// folders are not followed, so a loop of links does no harm. Pipes and devices are skipped, because
/// a folder can hold some that never end.
pub fn expand(cli: &Cli) -> (Vec<PathBuf>, Vec<Exit>) {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for path in cli.files() {
        if !cli.opens_inputs() || is_stdin(path) || !path.is_dir() {
            inputs.push(path.to_owned());
            continue;
        }
        let (mut files, failed) = (Vec::new(), errors.len());
        for entry in WalkDir::new(path) {
            match entry {
                Ok(entry) if fs::metadata(entry.path()).is_ok_and(|about| about.is_file()) => {
                    files.push(entry.into_path());
                }
                Ok(_) => {}
                Err(error) => {
                    let at = name(error.path().unwrap_or(path));
                    let why = error.into_io_error().map(|error| error.to_string());
                    let why = why.unwrap_or_default();
                    errors.push(ended(&format!("cannot read {at}: {why}")));
                }
            }
        }
        if files.is_empty() && errors.len() == failed {
            errors.push(ended(&format!("cannot read {}: no file is in this folder", name(path))));
        }
        files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
        say(&cli.note(&name(path), files.len()));
        inputs.append(&mut files);
    }
    (inputs, errors)
}

/// Reads the files in a ZIP archive, each as an input. `file` is the archive, and `path` its path.
pub fn read_archive(
    file: File,
    path: &Path,
    several: bool,
    cli: &Cli,
    shared: &Mutex<Shared>,
) -> Result<(), Exit> {
    let fail = |why: String| ended(&format!("cannot read {}: {why}", name(path)));
    let archive = Archive::open_file(file).map_err(fail)?;
    let names: Vec<String> = archive.names().map(|file| format!("{}/{file}", name(path))).collect();
    say(&cli.note(&name(path), names.len()));
    let several = several || names.len() > 1;
    let mut failed = None;
    for (place, name) in names.iter().enumerate() {
        let mut again = |see: See<'_>| {
            if let Ok(mut file) = archive.file(place) {
                read_chunks(&mut file, see);
            }
        };
        let again: Again<'_> = Some(&mut again);
        let fail = |why: String| ended(&format!("cannot read {name}: {why}"));
        lock(shared).begin_input(name, several, false);
        lock(shared).session.begin_inside();
        let read = archive
            .file(place)
            .map_err(fail)
            .and_then(|mut file| copy(&mut file, name, again, &ProgressBar::hidden(), shared));
        if let Err(error) = read {
            if lock(shared).lost {
                return Err(error);
            }
            tell(&error);
            failed = Some(error.exit_code);
        }
        say_warnings(shared, &ProgressBar::hidden());
    }
    match failed {
        Some(exit_code) => Err(Exit { text: String::new(), exit_code }),
        None => Ok(()),
    }
}
