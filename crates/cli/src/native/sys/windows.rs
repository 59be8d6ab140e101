//! Files and standard streams of Windows.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::windows::io::AsHandle as _,
    path::{Path, PathBuf},
};

/// Standard input, without the buffer that Rust puts in front of it.
pub fn stdin() -> io::Result<File> {
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Standard output, without the buffer that Rust puts in front of it.
pub fn stdout() -> io::Result<File> {
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}

/// A closed standard output is found when it is opened.
pub fn stdout_was_closed() -> bool {
    false
}

/// Which file a path is. A file that is open cannot be asked for its number with the standard library, so
/// two are the same only if they were opened by the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(PathBuf);

impl FileId {
    /// What a path leads to.
    pub fn of_path(path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }

    /// What is open.
    pub fn of_file(_: &File) -> Option<Self> {
        None
    }
}

/// A new file has the permissions of its folder.
pub fn for_this_user(_: &mut OpenOptions) {}

/// A new file has the owner of its folder.
pub fn keep_owner(_: &File, _: &Metadata) -> io::Result<()> {
    Ok(())
}
