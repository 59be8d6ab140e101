//! Whether standard output was closed when the program started. Rust opens `/dev/null` in the place of a
//! closed stream before `main`, where what is written is lost without a word; so it is looked at even
//! earlier.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

static CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether there never was a standard output.
pub fn stdout_was_closed() -> bool {
    CLOSED.load(Relaxed)
}

// SAFETY: the linker gathers pointers to functions in this section, and the C library calls each once,
// with its own set-up done.
#[cfg(unix)]
#[used]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
static LOOK: extern "C" fn() = look;

#[cfg(unix)]
extern "C" fn look() {
    use std::os::fd::AsFd as _;
    CLOSED.store(std::io::stdout().as_fd().try_clone_to_owned().is_err(), Relaxed);
}
