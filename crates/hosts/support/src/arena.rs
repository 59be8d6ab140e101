//! Memory that a host asks for and gives back, and room to work in. Hosts that interpret a module
//! ask for two blocks per record and free both after it: the arena makes that two additions.
//!
//! All unsafe code about blocks is here; there is one thread.

use core::{alloc::Layout, ptr};
use std::alloc;

/// Records are smaller, as a rule; what is larger comes from the allocator. Where a host gives two
/// megabytes, what lies idle here is missed when a record of 256 KiB is read.
const ARENA: usize = 24 << 10;
/// Every block begins at a multiple of this.
const ALIGN: usize = 8;
/// Marks a block of the allocator's, so that a stray pointer is not taken for one.
const MARK: usize = 0x3253_0C08;

/// The memory of the arena.
#[repr(C, align(8))]
struct Bytes([u8; ARENA]);

/// Blocks for the host.
pub struct Arena {
    bytes: Bytes,
    used: usize,
    live: usize,
}

/// What stands before a block of the allocator's.
#[repr(C, align(8))]
struct Header {
    size: usize,
    check: usize,
}

impl Arena {
    /// An empty one: for a static, not for a stack.
    #[allow(clippy::large_stack_arrays, clippy::new_without_default)]
    pub const fn new() -> Self {
        Self { bytes: Bytes([0; ARENA]), used: 0, live: 0 }
    }

    /// A block of this size, or null.
    pub fn alloc(&mut self, size: usize) -> *mut u8 {
        // Both are multiples of ALIGN, so there is room for one byte more, rounded up.
        if size < ARENA - self.used {
            let at = self.used;
            self.used += size / ALIGN * ALIGN + ALIGN;
            self.live += 1;
            return self.bytes.0.as_mut_ptr().wrapping_add(at);
        }
        alloc_large(size)
    }

    /// Takes a block back. Once all blocks of the arena are back, it begins anew. Null, and what
    /// was never given out, are ignored.
    ///
    /// # Safety
    /// What is not a block must at least be no address that looks like one.
    pub unsafe fn free(&mut self, block: *mut u8) {
        let (at, start) = (block.addr(), self.bytes.0.as_ptr().addr());
        if at.wrapping_sub(start) >= ARENA {
            // SAFETY: as the caller says.
            unsafe { free_large(block) }
        } else if self.live > 1 {
            self.live -= 1;
        } else {
            (self.live, self.used) = (0, 0);
        }
    }
}

/// A block of the allocator's, or null.
#[inline(never)]
fn alloc_large(size: usize) -> *mut u8 {
    let Some(layout) = layout(size) else { return ptr::null_mut() };
    #[allow(clippy::cast_ptr_alignment)] // That of the layout.
    // SAFETY: the layout has a size.
    let header = unsafe { alloc::alloc(layout) }.cast::<Header>();
    if header.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: it was just allocated for a header and `size` bytes behind it.
    unsafe {
        header.write(Header { size, check: size ^ MARK });
        header.add(1).cast()
    }
}

/// Gives a block back to the allocator. What is none is ignored.
///
/// # Safety
/// As [`Arena::free`].
#[inline(never)]
unsafe fn free_large(block: *mut u8) {
    if block.addr() < size_of::<Header>() || !block.addr().is_multiple_of(ALIGN) {
        return;
    }
    #[allow(clippy::cast_ptr_alignment)] // Checked just above.
    let header = block.cast::<Header>().wrapping_sub(1);
    // SAFETY: blocks have a header before them; that this is one shows its mark, and the host
    // hands in nothing outside of the module's memory.
    let Header { size, check } = unsafe { header.read() };
    if size ^ MARK == check
        && let Some(layout) = layout(size)
    {
        // SAFETY: allocated above, with the layout of this size. The mark goes first, so that
        // a second call does nothing.
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

    /// In the order of a host, and in none: no block overlaps another, and Miri (`make miri`) sees
    /// what else is wrong.
    #[test]
    fn blocks_are_apart_and_come_back() {
        let mut arena = Box::new(Arena::new());
        let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
        let take_back = |arena: &mut Arena, (block, size, mark): (*mut u8, usize, u8)| {
            // SAFETY: given out with this size, and filled with this mark.
            let bytes = unsafe { core::slice::from_raw_parts(block, size) };
            // Miri takes its time over each.
            let mut some = bytes.iter().step_by(if cfg!(miri) { 1009 } else { 1 });
            assert!(some.all(|byte| *byte == mark), "another block was written into");
            // SAFETY: given out, and not taken back before.
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
            // SAFETY: a new block of that size.
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
