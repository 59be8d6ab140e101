//! Files and standard streams of Unix.

use std::{
    fs::{self, File, Metadata, OpenOptions},
    io,
    os::{
        fd::AsFd as _,
        unix::fs::{FileTypeExt as _, MetadataExt as _, OpenOptionsExt as _, fchown},
    },
    path::Path,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

/// Standard input, without the buffer of Rust's standard library.
pub fn stdin() -> io::Result<File> {
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Standard output, without the buffer of Rust's standard library.
pub fn stdout() -> io::Result<File> {
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

/// Whether standard output was closed when the program started. Before `main`, Rust replaces a
/// closed stream by `/dev/null`, where output would be lost silently. So a function that runs
/// earlier checks it.
pub fn stdout_was_closed() -> bool {
    CLOSED.load(Relaxed)
}

static CLOSED: AtomicBool = AtomicBool::new(false);

// SAFETY: the linker collects function pointers in this section, and the C library calls each of
// them once, after its own initialisation.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    CLOSED.store(io::stdout().as_fd().try_clone_to_owned().is_err(), Relaxed);
}

/// The identity of a file, which does not depend on its path: the device and the inode number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// The identity of the file at a path; `None` for a character device, because nothing in it can
    /// be overwritten.
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of(&fs::metadata(path).ok()?)
    }

    /// The identity of an open file.
    pub fn of_file(file: &File) -> Option<Self> {
        Self::of(&file.metadata().ok()?)
    }

    fn of(about: &Metadata) -> Option<Self> {
        let device = about.file_type().is_char_device();
        (!device).then(|| Self(about.dev(), about.ino()))
    }
}

/// Makes a new file accessible only to this user.
pub fn for_this_user(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Gives a new file the owner of the old one, if possible.
pub fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    Ok(())
}
