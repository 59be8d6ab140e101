//! What lives as long as a module: hosts call into it again and again.

use core::cell::UnsafeCell;

/// A static that its one thread may change.
pub struct StaticCell<T>(pub UnsafeCell<T>);

// SAFETY: the modules are built without threads, so there is never another one.
unsafe impl<T> Sync for StaticCell<T> {}

impl<T> StaticCell<T> {
    /// With this in it.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }
}
