//! The ledger's file: written beside its place and moved there, and never in the place of anything
//! else.

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

/// More than any ledger takes.
const MOST: u64 = 64 << 20;
/// How many names are tried for the file that is written first.
const NAMES: u32 = 100;

/// The ledger and its file.
pub struct Account {
    file: LedgerFile,
    /// The output can be one that nobody takes.
    pub may_wait: bool,
    /// The ledger when all that it counts was last seen to be out.
    settled: Mutex<Ledger>,
}

impl Account {
    pub fn new(file: LedgerFile, may_wait: bool) -> Self {
        Self { file, may_wait, settled: Mutex::default() }
    }

    /// Which file it is now.
    pub fn id(&self) -> Option<FileId> {
        self.file.id()
    }

    /// Notes a ledger that counts only what is out.
    pub fn settle(&self, ledger: Option<Ledger>) {
        *self.settled.lock().unwrap_or_else(PoisonError::into_inner) = ledger.unwrap_or_default();
    }

    /// Writes this ledger, or the one that was noted.
    pub fn write(&self, ledger: Option<Ledger>) -> Result<(), Exit> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ledger) = ledger {
            *settled = ledger;
        }
        let json = serde_json::to_string(&*settled).unwrap_or_default() + "\n";
        self.file.write(&json).map_err(|error| no_ledger(&self.file.path, &error.to_string()))
    }
}

/// Where the ledger goes.
pub struct LedgerFile {
    path: PathBuf,
    /// What the path named at the start; a link that is put there later is not followed.
    place: PathBuf,
    /// A pipe or a device: written to, not replaced.
    special: bool,
}

impl LedgerFile {
    /// # Errors
    /// Why nothing may be written there.
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

    /// What is there now.
    pub fn id(&self) -> Option<FileId> {
        FileId::of_path(&self.place)
    }

    /// Writes it, so that no reader sees half of it.
    pub fn write(&self, json: &str) -> io::Result<()> {
        // Somebody may have put another file there meanwhile.
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

    /// A file that was not there before, in the same folder. `private`: for this user alone, until it
    /// has the permissions of the old one.
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

/// Whether there is no file, or one that is empty or an earlier ledger.
fn is_free(path: &Path) -> io::Result<bool> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        file => file?.take(MOST).read_to_end(&mut bytes)?,
    };
    Ok(bytes.is_empty() || Ledger::is_in(&bytes))
}

/// Gives a new file the owner, as far as that can be had, and the permissions of the old one.
fn become_like(file: &File, old: &Metadata) -> io::Result<()> {
    sys::keep_owner(file, old)?;
    file.set_permissions(old.permissions())
}
