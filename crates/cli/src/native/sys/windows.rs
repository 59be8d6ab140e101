//! Files and standard streams of Windows.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::windows::io::AsHandle as _,
    path::{Path, PathBuf},
};

/// Standard input, without the buffer of Rust's standard library.
pub fn stdin() -> io::Result<File> {
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

/// Standard output, without the buffer of Rust's standard library.
pub fn stdout() -> io::Result<File> {
    io::stdout().as_handle().try_clone_to_owned().map(File::from)
}

/// Always false: opening a closed standard output fails.
pub fn stdout_was_closed() -> bool {
    false
}

/// The identity of a file. The standard library has no file number of an open file on Windows, so
/// two files are equal only if they have the same path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(PathBuf);

impl FileId {
    /// The identity of the file at a path.
    pub fn of_path(path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }

    /// The identity of an open file, which is unknown here.
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
