//! Which file a path or a stream is, whatever it is called.

#[cfg(unix)]
use std::fs::Metadata;
#[cfg(not(unix))]
use std::path::PathBuf;
use std::{
    fs::{self, File},
    path::Path,
};

/// The same for two that are the same file, or the same pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(Id);

/// The device, and the number on it.
#[cfg(unix)]
type Id = (u64, u64);
/// A file that is open cannot be asked for its number with the standard library, so two are the same
/// only if they were opened by the same path.
#[cfg(not(unix))]
type Id = PathBuf;

impl FileId {
    /// What a path leads to. A device is none: nothing in it can be overwritten.
    #[cfg(unix)]
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of(&fs::metadata(path).ok()?)
    }

    /// What is open.
    #[cfg(unix)]
    pub fn of_file(file: &File) -> Option<Self> {
        Self::of(&file.metadata().ok()?)
    }

    #[cfg(unix)]
    fn of(about: &Metadata) -> Option<Self> {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let device = about.file_type().is_char_device();
        (!device).then(|| Self((about.dev(), about.ino())))
    }

    /// What a path leads to.
    #[cfg(not(unix))]
    pub fn of_path(path: &Path) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }

    /// What is open.
    #[cfg(not(unix))]
    pub fn of_file(_: &File) -> Option<Self> {
        None
    }
}
