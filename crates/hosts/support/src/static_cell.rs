//! State that lives as long as a module, because hosts call it many times.

use core::cell::UnsafeCell;

/// A static that the only thread may change.
pub struct StaticCell<T>(pub UnsafeCell<T>);

// SAFETY: the modules are built without threads, so there is only one thread.
unsafe impl<T> Sync for StaticCell<T> {}

impl<T> StaticCell<T> {
    /// Creates a cell with this value.
    pub const fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }
}
