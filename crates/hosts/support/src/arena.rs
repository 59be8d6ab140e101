//! A bump arena for the blocks that a host allocates and frees. Hosts that interpret a module
//! allocate two blocks per record and free both after it. The arena makes each allocation one
//! addition.
//!
//! All unsafe code about these blocks is here. There is one thread.

use core::{alloc::Layout, ptr};
use std::alloc;

/// The size of the arena, in bytes. Most records fit, and larger blocks come from the allocator. If
/// a host gives two megabytes, a larger arena would leave too little memory for a record of 256
/// KiB.
const ARENA: usize = 24 << 10;
/// The alignment of every block.
const ALIGN: usize = 8;
/// Marks a block of the allocator, so that a stray pointer is not taken for one.
const MARK: usize = 0x3253_0C08;

/// The memory of the arena.
#[repr(C, align(8))]
struct Bytes([u8; ARENA]);

/// The allocator of the host's blocks.
pub struct Arena {
    bytes: Bytes,
    used: usize,
    live: usize,
}

/// The header before a block of the allocator.
#[repr(C, align(8))]
struct Header {
    size: usize,
    check: usize,
}

impl Arena {
    /// Creates an empty arena. It is for a static, because it is too large for a stack.
    #[allow(clippy::large_stack_arrays, clippy::new_without_default)]
    pub const fn new() -> Self {
        Self { bytes: Bytes([0; ARENA]), used: 0, live: 0 }
    }

    /// Allocates a block of this size. Returns null if there is no memory.
    pub fn alloc(&mut self, size: usize) -> *mut u8 {
        // Both are multiples of ALIGN, so one more byte fits, rounded up.
        if size < ARENA - self.used {
            let at = self.used;
            self.used += size / ALIGN * ALIGN + ALIGN;
            self.live += 1;
            return self.bytes.0.as_mut_ptr().wrapping_add(at);
        }
        alloc_large(size)
    }

    /// Frees a block. When all blocks of the arena are free, the arena starts again at its
    /// beginning. Null and unknown addresses are ignored.
    ///
    /// # Safety
    ///
    /// An address that is not a block must not look like one.
    pub unsafe fn free(&mut self, block: *mut u8) {
        let (at, start) = (block.addr(), self.bytes.0.as_ptr().addr());
        if at.wrapping_sub(start) >= ARENA {
            // SAFETY: the caller guarantees it.
            unsafe { free_large(block) }
        } else if self.live > 1 {
            self.live -= 1;
        } else {
            (self.live, self.used) = (0, 0);
        }
    }
}

/// Allocates a block with the allocator. Returns null if there is no memory.
#[inline(never)]
fn alloc_large(size: usize) -> *mut u8 {
    let Some(layout) = layout(size) else { return ptr::null_mut() };
    #[allow(clippy::cast_ptr_alignment)] // The alignment is that of the layout.
    // SAFETY: the size of the layout is not zero.
    let header = unsafe { alloc::alloc(layout) }.cast::<Header>();
    if header.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: the memory was just allocated for a header and `size` bytes after it.
    unsafe {
        header.write(Header { size, check: size ^ MARK });
        header.add(1).cast()
    }
}

/// Frees a block of the allocator. Other addresses are ignored.
///
/// # Safety
///
/// As for [`Arena::free`].
#[inline(never)]
unsafe fn free_large(block: *mut u8) {
    if block.addr() < size_of::<Header>() || !block.addr().is_multiple_of(ALIGN) {
        return;
    }
    #[allow(clippy::cast_ptr_alignment)] // Checked just above.
    let header = block.cast::<Header>().wrapping_sub(1);
    // SAFETY: every block has a header before it. The mark identifies a block, and the host passes
    // no address outside of the module's memory.
    let Header { size, check } = unsafe { header.read() };
    if size ^ MARK == check
        && let Some(layout) = layout(size)
    {
        // SAFETY: `alloc_large` allocated it with the layout of this size. The mark is cleared
        // first, so that a second call has no effect.
        unsafe {
            header.write(Header { size: 0, check: 0 });
            alloc::dealloc(header.cast(), layout);
        }
    }
}

fn layout(size: usize) -> Option<Layout> {
    let size = size.checked_add(size_of::<Header>())?;
    Layout::from_size_align(size, ALIGN).ok()
}

#[cfg(test)]
mod tests {
    use super::{ALIGN, ARENA, Arena};

    /// Frees blocks in the order of a host, and in another order. No block overlaps another one.
    /// Miri (`make miri`) finds other errors.
    #[test]
    fn blocks_are_apart_and_come_back() {
        let mut arena = Box::new(Arena::new());
        let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
        let take_back = |arena: &mut Arena, (block, size, mark): (*mut u8, usize, u8)| {
            // SAFETY: the block has this size, and is filled with this mark.
            let bytes = unsafe { core::slice::from_raw_parts(block, size) };
            // Miri is slow, so it checks only some bytes.
            let mut some = bytes.iter().step_by(if cfg!(miri) { 1009 } else { 1 });
            assert!(some.all(|byte| *byte == mark), "another block was written into");
            // SAFETY: the block was allocated, and is not freed yet.
            unsafe { arena.free(block) };
        };
        for (step, size) in [0, 1, 7, 8, 600, 20_000, 30_000, 20_000, 3, ARENA, ARENA + 1, 100_000]
            .into_iter()
            .cycle()
            .take(60)
            .enumerate()
        {
            let block = arena.alloc(size);
            assert!(!block.is_null() && block.addr().is_multiple_of(ALIGN));
            let mark = u8::try_from(step).expect("few steps");
            // SAFETY: a new block of this size.
            unsafe { block.write_bytes(mark, size) };
            blocks.push((block, size, mark));
            if step % 3 > 0 {
                let one = blocks.swap_remove(step * 7 % blocks.len());
                take_back(&mut arena, one);
            }
            if step % 20 == 19 {
                blocks.drain(..).for_each(|block| take_back(&mut arena, block));
                assert_eq!((arena.used, arena.live), (0, 0), "it begins anew");
            }
        }
    }

    #[test]
    fn there_is_no_block_larger_than_memory() {
        let mut arena = Box::new(Arena::new());
        for size in [usize::MAX, usize::MAX - ALIGN, isize::MAX.unsigned_abs()] {
            assert!(arena.alloc(size).is_null());
        }
        // SAFETY: null is ignored.
        unsafe { arena.free(core::ptr::null_mut()) };
    }
}
