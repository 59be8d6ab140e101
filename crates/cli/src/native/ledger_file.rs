//! The ledger file. It is written to a temporary file in the same folder and renamed, and it never
//! replaces a file that is not a ledger.

use std::{
    fs::{self, File, Metadata},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process,
    sync::{Mutex, PoisonError},
};

use super::{
    no_ledger,
    sys::{self, FileId},
};
use crate::args::Exit;
use crypt32_filter::engine::ledger::Ledger;

/// A limit in bytes that no ledger reaches.
const MOST: u64 = 64 << 20;
/// How many names are tried for the temporary file.
const NAMES: u32 = 100;

/// The ledger file, and the last ledger that may be written to it.
pub struct Account {
    file: LedgerFile,
    /// Whether the output may block because nobody reads it.
    pub may_wait: bool,
    /// The ledger when all counted records were last known to be written.
    settled: Mutex<Ledger>,
}

impl Account {
    pub fn new(file: LedgerFile, may_wait: bool) -> Self {
        Self { file, may_wait, settled: Mutex::default() }
    }

    /// The identity of the current ledger file.
    pub fn id(&self) -> Option<FileId> {
        self.file.id()
    }

    /// Stores a ledger that counts only output that was written.
    pub fn settle(&self, ledger: Option<Ledger>) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = ledger.unwrap_or_default();
    }

    /// Writes this ledger, or the stored one.
    pub fn write(&self, ledger: Option<Ledger>) -> Result<(), Exit> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ledger) = ledger {
            *settled = ledger;
        }
        let json = serde_json::to_string(&*settled).unwrap_or_default() + "\n";
        self.file.write(&json).map_err(|error| no_ledger(&self.file.path, &error.to_string()))
    }
}

/// The destination of the ledger.
pub struct LedgerFile {
    path: PathBuf,
    /// The resolved path at the start. A link that is created there later is not followed.
    place: PathBuf,
    /// The path is a pipe or a device, which is written to and not replaced.
    special: bool,
}

impl LedgerFile {
    /// # Errors
    /// The message says why the ledger must not be written there.
    pub fn new(path: &Path) -> Result<Self, String> {
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let about = fs::metadata(&place).ok();
        if about.as_ref().is_some_and(Metadata::is_dir) {
            return Err("it is a folder".to_owned());
        }
        let special = about.is_some_and(|about| !about.is_file());
        let free = special || is_free(&place).map_err(|error| error.to_string())?;
        if !free {
            return Err("the file is neither empty nor a ledger".to_owned());
        }
        Ok(Self { path: path.to_owned(), place, special })
    }

    /// The identity of the file that is there now.
    pub fn id(&self) -> Option<FileId> {
        FileId::of_path(&self.place)
    }

    /// Writes the file atomically, so that no reader sees an incomplete ledger.
    pub fn write(&self, json: &str) -> io::Result<()> {
        // Another program may have created a file there in the meantime.
        let other = || io::Error::other("another file has taken its place");
        if self.special {
            let mut file = File::options().write(true).open(&self.place)?;
            if file.metadata()?.is_file() {
                return Err(other());
            }
            return file.write_all(json.as_bytes());
        }
        if !is_free(&self.place)? {
            return Err(other());
        }
        let old = fs::symlink_metadata(&self.place).ok().filter(Metadata::is_file);
        let (mut file, temporary) = self.create_beside(old.is_some())?;
        let written = file
            .write_all(json.as_bytes())
            .and_then(|()| old.map_or(Ok(()), |old| become_like(&file, &old)));
        drop(file);
        written.and_then(|()| fs::rename(&temporary, &self.place)).inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })
    }

    /// Creates a temporary file in the same folder. If `private` is set, only this user can access
    /// it until it gets the permissions of the old file.
    fn create_beside(&self, private: bool) -> io::Result<(File, PathBuf)> {
        let mut options = File::options();
        options.write(true).create_new(true);
        if private {
            sys::for_this_user(&mut options);
        }
        let mut taken = None;
        for number in 0..NAMES {
            let mut name = self.place.file_name().unwrap_or_default().to_owned();
            name.push(format!(".{}.{number}.tmp", process::id()));
            let temporary = self.place.with_file_name(name);
            match options.open(&temporary) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
                file => return file.map(|file| (file, temporary)),
            }
        }
        Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
    }
}

/// Whether the file does not exist, is empty, or is an earlier ledger.
fn is_free(path: &Path) -> io::Result<bool> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file?.take(MOST).read_to_end(&mut bytes)?,
    };
    Ok(bytes.is_empty() || Ledger::is_in(&bytes))
}

/// Gives a new file the permissions of the old one, and its owner if possible.
fn become_like(file: &File, old: &Metadata) -> io::Result<()> {
    sys::keep_owner(file, old)?;
    file.set_permissions(old.permissions())
}
