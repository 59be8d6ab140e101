//! The exports that `ClickHouse` calls.

use core::{alloc::Layout, ptr};
use std::alloc;

use super::{Columns, Function};
use crypt32_filter::engine::preflight;
use crypt32_host::static_cell::StaticCell;

/// A buffer. `ClickHouse` reads only the first two members.
#[repr(C)]
struct Buffer {
    data: *mut u8,
    size: u32,
    capacity: u32,
}

static COLUMNS: StaticCell<Option<Columns>> = StaticCell::new(None);

/// Creates a buffer of this size. Returns null if there is no memory, which `ClickHouse` reports.
#[unsafe(no_mangle)]
extern "C" fn clickhouse_create_buffer(size: u32) -> *mut Buffer {
    let mut data = Vec::<u8>::new();
    let capacity = size as usize;
    if data.try_reserve_exact(capacity).is_err() {
        return ptr::null_mut();
    }
    data.resize(capacity, 0);
    give(data)
}

/// Moves bytes into a buffer for the host.
fn give(data: Vec<u8>) -> *mut Buffer {
    let (Ok(size), Ok(capacity)) = (u32::try_from(data.len()), u32::try_from(data.capacity()))
    else {
        return ptr::null_mut();
    };
    #[allow(clippy::cast_ptr_alignment)] // The alignment is that of the layout.
    // SAFETY: the size of the layout is not zero.
    let buffer = unsafe { alloc::alloc(Layout::new::<Buffer>()) }.cast::<Buffer>();
    if !buffer.is_null() {
        let data = core::mem::ManuallyDrop::new(data).as_mut_ptr();
        // SAFETY: the memory was just allocated for a buffer.
        unsafe { buffer.write(Buffer { data, size, capacity }) };
    }
    buffer
}

/// Frees a buffer.
#[unsafe(no_mangle)]
extern "C" fn clickhouse_destroy_buffer(buffer: *mut Buffer) {
    if buffer.is_null() {
        return;
    }
    // SAFETY: `give` made the buffer from a vector of this capacity (its length does not matter for
    // bytes), and ClickHouse frees each buffer once.
    unsafe {
        let Buffer { data, capacity, .. } = buffer.read();
        drop(Vec::from_raw_parts(data, 0, capacity as usize));
        alloc::dealloc(buffer.cast(), Layout::new::<Buffer>());
    }
}

/// Handles one call of the host.
fn call(function: Function, block: *const Buffer, rows: u32) -> *mut Buffer {
    if block.is_null() {
        return ptr::null_mut();
    }
    // SAFETY: `give` made the buffer, ClickHouse filled it, and nothing else writes to it.
    let bytes = unsafe {
        let Buffer { data, size, capacity } = block.read();
        core::slice::from_raw_parts(data.cast_const(), size.min(capacity) as usize)
    };
    // SAFETY: there is one thread, and the host does not call again before this returns.
    let columns = unsafe { &mut *COLUMNS.0.get() };
    if columns.is_none() && !preflight::can_reserve(0) {
        return ptr::null_mut();
    }
    let mut out = Vec::new();
    let answered = columns.get_or_insert_default().answer(function, rows as usize, bytes, &mut out);
    if answered.is_some() { give(out) } else { ptr::null_mut() }
}

/// `crypt32_verdict(line String) -> String`
#[unsafe(no_mangle)]
extern "C" fn crypt32_verdict(block: *const Buffer, rows: u32) -> *mut Buffer {
    call(Function::Verdict, block, rows)
}

/// `crypt32_benign(line String) -> UInt8`
#[unsafe(no_mangle)]
extern "C" fn crypt32_benign(block: *const Buffer, rows: u32) -> *mut Buffer {
    call(Function::Benign, block, rows)
}
