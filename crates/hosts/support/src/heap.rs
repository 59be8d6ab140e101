//! The allocator of the modules for hosts: a free list in the order of addresses. Rust's own
//! allocator is four times as large, and is made for programs with many blocks. A module keeps few
//! blocks from one record to the next, and needs few for a record, so the list stays short.
//!
//! All unsafe code about free memory is here. There is one thread.

use core::{
    alloc::{GlobalAlloc, Layout},
    cell::Cell,
    ptr,
};

#[cfg(all(target_arch = "wasm32", feature = "allocator"))]
mod pages;

/// The alignment of all blocks. Their sizes are multiples of it.
const UNIT: usize = 16;

/// The source of memory.
pub trait Source {
    /// Adds at least `size` bytes, aligned to [`UNIT`]. Returns their address and their number.
    /// Later bytes have higher addresses.
    fn more(&self, size: usize) -> Option<(*mut u8, usize)>;
    /// The address of the next bytes.
    fn end(&self) -> usize;
}

/// The header of a free block, at its start.
#[repr(C)]
struct Free {
    size: usize,
    next: *mut Free,
}

/// An allocator with a free list.
pub struct Heap<S> {
    first: Cell<*mut Free>,
    source: S,
}

impl<S: Source> Heap<S> {
    /// Creates an allocator without memory.
    pub const fn new(source: S) -> Self {
        Self { first: Cell::new(ptr::null_mut()), source }
    }

    /// Allocates a block of this size, which is a multiple of [`UNIT`]. Returns null if memory ran out.
    ///
    /// # Safety
    ///
    /// Nothing else uses the free memory.
    #[inline(never)]
    unsafe fn take(&self, size: usize) -> *mut u8 {
        loop {
            let (mut link, mut last) = (self.first.as_ptr(), ptr::null_mut::<Free>());
            // SAFETY: the list has only memory that nothing else uses, and ends with null.
            unsafe {
                while let Some(&Free { size: there, next }) = (*link).as_ref() {
                    last = *link;
                    if there >= size {
                        *link = next;
                        if there > size {
                            let rest = last.wrapping_byte_add(size);
                            rest.write(Free { size: there - size, next });
                            *link = rest;
                        }
                        return last.cast();
                    }
                    link = &raw mut (*last).next;
                }
                let more = match last.as_ref() {
                    Some(free) if last.addr() + free.size == self.source.end() => size - free.size,
                    _ => size,
                };
                let Some((start, length)) = self.source.more(more) else { return ptr::null_mut() };
                self.give(start, length);
            }
        }
    }

    /// Frees a block.
    ///
    /// # Safety
    ///
    /// The block is from this allocator, has this size, which is a multiple of [`UNIT`], and is no
    /// longer used.
    #[inline(never)]
    #[allow(clippy::cast_ptr_alignment)] // Blocks are aligned to a unit.
    unsafe fn give(&self, block: *mut u8, size: usize) {
        let block = block.cast::<Free>();
        let (mut link, mut before) = (self.first.as_ptr(), ptr::null_mut::<Free>());
        // SAFETY: as in `take`. The block is free now, and not in the list yet.
        unsafe {
            while !(*link).is_null() && *link < block {
                before = *link;
                link = &raw mut (*before).next;
            }
            block.write(Free { size, next: *link });
            *link = block;
            for part in [block, before] {
                if let Some(&Free { size, next }) = part.as_ref()
                    && part.wrapping_byte_add(size) == next
                {
                    let behind = next.read();
                    part.write(Free { size: size + behind.size, next: behind.next });
                }
            }
        }
    }

    /// Extends a block in place, if the memory after it is free.
    ///
    /// # Safety
    ///
    /// As for `take`. `end` is the end of a block, and `more` is a multiple of [`UNIT`].
    #[inline(never)]
    unsafe fn extend(&self, end: *mut u8, more: usize) -> bool {
        let mut link = self.first.as_ptr();
        // SAFETY: as in `take`.
        unsafe {
            while let Some(&Free { size, next }) = (*link).as_ref() {
                let free = *link;
                if free.cast() >= end {
                    if free.cast() != end || size < more {
                        return false;
                    }
                    *link = next;
                    if size > more {
                        let rest = free.wrapping_byte_add(more);
                        rest.write(Free { size: size - more, next });
                        *link = rest;
                    }
                    return true;
                }
                link = &raw mut (*free).next;
            }
        }
        false
    }
}

/// The size of a block for this many bytes. It cannot overflow, because a layout has a size limit.
const fn units(size: usize) -> usize {
    (size + (UNIT - 1)) & !(UNIT - 1)
}

// SAFETY: a block has the size of its layout, is aligned to a unit, and overlaps no other block;
// see the test.
unsafe impl<S: Source> GlobalAlloc for Heap<S> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > UNIT {
            return ptr::null_mut();
        }
        // SAFETY: only this allocator uses the free memory.
        unsafe { self.take(units(layout.size())) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller guarantees it.
        unsafe { self.give(block, units(layout.size())) }
    }

    #[inline(never)]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let (old, new) = (units(layout.size()), units(size));
        // SAFETY: the caller guarantees that the block has the layout, and that `size` is valid.
        unsafe {
            if new < old {
                self.give(block.wrapping_add(new), old - new);
            } else if new > old && !self.extend(block.wrapping_add(old), new - old) {
                let moved = self.take(new);
                if !moved.is_null() {
                    ptr::copy_nonoverlapping(block, moved, layout.size());
                    self.give(block, old);
                }
                return moved;
            }
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use core::{
        alloc::{GlobalAlloc, Layout},
        cell::Cell,
    };

    use super::{Free, Heap, Source, UNIT};

    /// A limited amount of memory.
    struct Bytes {
        start: *mut u8,
        used: Cell<usize>,
    }

    const ALL: usize = 1 << 16;
    const PAGE: usize = 1 << 10;

    impl Source for Bytes {
        fn more(&self, size: usize) -> Option<(*mut u8, usize)> {
            let (used, more) = (self.used.get(), size.div_ceil(PAGE) * PAGE);
            (more <= ALL - used).then(|| {
                self.used.set(used + more);
                (self.start.wrapping_add(used), more)
            })
        }

        fn end(&self) -> usize {
            self.start.addr() + self.used.get()
        }
    }

    /// All free blocks.
    fn free(heap: &Heap<Bytes>) -> Vec<(usize, usize)> {
        let (mut parts, mut next) = (Vec::new(), heap.first.get());
        while !next.is_null() {
            // SAFETY: this is a block of the list.
            let Free { size, next: behind } = unsafe { next.read() };
            parts.push((next.addr(), size));
            next = behind;
        }
        parts
    }

    /// Allocates, frees and resizes at random, and keeps a list of the blocks. Every block keeps
    /// its content, and the blocks and the free memory together are the whole memory, without
    /// overlap. Miri finds other errors.
    #[test]
    fn blocks_and_what_is_free_are_all_the_memory() {
        let mut memory = vec![0_u128; ALL / UNIT];
        let heap = Heap::new(Bytes { start: memory.as_mut_ptr().cast::<u8>(), used: Cell::new(0) });
        let mut blocks: Vec<(*mut u8, Layout, u8)> = Vec::new();
        let mut seed = 8_u32;
        let mut random = |below: usize| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as usize % below
        };
        let (mut refused, mut moved) = (0, 0);
        for step in 0..if cfg!(miri) { 300 } else { 20_000 } {
            let most = if random(8) == 0 { 12_000 } else { 200 };
            let size = 1 + random(most);
            let align = 1 << random(5);
            let layout = Layout::from_size_align(size, align).expect("a layout");
            let mark = u8::try_from(step % 251).expect("a byte");
            let filled = |(block, layout, mark): &(*mut u8, Layout, u8), size: usize| {
                // SAFETY: the block has at least this size.
                let bytes = unsafe { core::slice::from_raw_parts(*block, size.min(layout.size())) };
                assert!(bytes.iter().all(|byte| byte == mark), "another block was written into");
            };
            match random(5) {
                0 | 1 if !blocks.is_empty() => {
                    let one = blocks.swap_remove(random(blocks.len()));
                    filled(&one, usize::MAX);
                    // SAFETY: the block has this layout, and is not used again.
                    unsafe { heap.dealloc(one.0, one.1) };
                }
                2 if !blocks.is_empty() => {
                    let at = random(blocks.len());
                    let (block, old, mark) = blocks[at];
                    // SAFETY: as above, and the new size is valid.
                    let new = unsafe { heap.realloc(block, old, size) };
                    if new.is_null() {
                        refused += 1;
                        continue;
                    }
                    moved += usize::from(new != block);
                    let new = (new, Layout::from_size_align(size, old.align()).expect("one"), mark);
                    filled(&new, old.size());
                    // SAFETY: the block has this size now.
                    unsafe { new.0.write_bytes(mark, size) };
                    blocks[at] = new;
                }
                _ => {
                    // SAFETY: the size is not 0.
                    let block = unsafe { heap.alloc(layout) };
                    if block.is_null() {
                        refused += 1;
                        continue;
                    }
                    assert!(block.addr().is_multiple_of(align));
                    // SAFETY: a new block of this size.
                    unsafe { block.write_bytes(mark, size) };
                    blocks.push((block, layout, mark));
                }
            }
            let taken = blocks.iter().map(|(b, l, _)| (b.addr(), super::units(l.size())));
            let free = free(&heap);
            let mut all: Vec<_> = taken.chain(free.iter().copied()).collect();
            all.sort_unstable();
            let mut at = heap.source.start.addr();
            for (start, size) in all {
                assert_eq!(start, at, "a gap, or two in one place");
                at += size;
            }
            assert_eq!(at, heap.source.end());
            assert!(free.windows(2).all(|two| two[0].0 + two[0].1 < two[1].0), "not joined");
        }
        assert!(cfg!(miri) || (refused > 100 && moved > 100), "{refused} {moved}");
        for (block, layout, _) in blocks {
            // SAFETY: as above.
            unsafe { heap.dealloc(block, layout) };
        }
        assert_eq!(free(&heap).len(), 1);
        let layout = Layout::from_size_align(8, 32).expect("a layout");
        // SAFETY: the size is not 0.
        assert!(unsafe { heap.alloc(layout) }.is_null(), "no block is aligned so");
    }
}
