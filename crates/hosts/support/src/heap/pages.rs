//! The allocator of every module for hosts, with the memory of the module.

use core::ptr;

use super::{Heap, Source};

#[global_allocator]
static HEAP: Heap<Pages> = Heap::new(Pages);

/// The memory of a module.
struct Pages;

impl Source for Pages {
    fn more(&self, size: usize) -> Option<(*mut u8, usize)> {
        let pages = size.div_ceil(1 << 16);
        let before = core::arch::wasm32::memory_grow::<0>(pages);
        (before != usize::MAX)
            .then(|| (ptr::with_exposed_provenance_mut(before << 16), pages << 16))
    }

    fn end(&self) -> usize {
        core::arch::wasm32::memory_size::<0>() << 16
    }
}

// SAFETY: the modules are built without threads, so there is never another one.
unsafe impl Sync for Heap<Pages> {}
