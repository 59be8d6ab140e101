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

/// Standard input, without the buffer that Rust puts in front of it.
pub fn stdin() -> io::Result<File> {
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Standard output, without the buffer that Rust puts in front of it.
pub fn stdout() -> io::Result<File> {
    io::stdout().as_fd().try_clone_to_owned().map(File::from)
}

/// Whether standard output was closed when the program started. Rust opens `/dev/null` in the place of a
/// closed stream before `main`, where what is written is lost without a word; so it is looked at even
/// earlier.
pub fn stdout_was_closed() -> bool {
    CLOSED.load(Relaxed)
}

static CLOSED: AtomicBool = AtomicBool::new(false);

// SAFETY: the linker gathers pointers to functions in this section, and the C library calls each once,
// with its own set-up done.
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;

extern "C" fn look() {
    CLOSED.store(io::stdout().as_fd().try_clone_to_owned().is_err(), Relaxed);
}

/// Which file a path or a stream is, whatever it is called: the device, and the number on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileId(u64, u64);

impl FileId {
    /// What a path leads to. A device is none: nothing in it can be overwritten.
    pub fn of_path(path: &Path) -> Option<Self> {
        Self::of(&fs::metadata(path).ok()?)
    }

    /// What is open.
    pub fn of_file(file: &File) -> Option<Self> {
        Self::of(&file.metadata().ok()?)
    }

    fn of(about: &Metadata) -> Option<Self> {
        let device = about.file_type().is_char_device();
        (!device).then(|| Self(about.dev(), about.ino()))
    }
}

/// Has a file that is made be for this user alone.
pub fn for_this_user(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Gives a new file the owner of the old one, as far as that can be had.
pub fn keep_owner(file: &File, old: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    Ok(())
}
