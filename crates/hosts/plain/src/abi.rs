//! The exports. Each function takes the address and the length of its input, and returns the address
//! of its answer in the high half and the length in the low half. Bit 31 of the length marks the text
//! of an error. The host frees both. No export traps.

use super::Records;
use crypt32_filter::engine::preflight;
use crypt32_host::{arena::Arena, static_cell::StaticCell};

/// The bit of a length that marks the text of an error.
const ERROR: u64 = 1 << 31;

static ARENA: StaticCell<Arena> = StaticCell::new(Arena::new());
static RECORDS: StaticCell<Option<Records>> = StaticCell::new(None);

/// Allocates memory for an input. Without memory, it returns an address that the host refuses to
/// write to.
#[unsafe(no_mangle)]
extern "C" fn alloc(size: usize) -> *mut u8 {
    // SAFETY: there is one thread, and nothing else refers to the arena during this call.
    let block = unsafe { (*ARENA.0.get()).alloc(size) };
    if block.is_null() { core::ptr::without_provenance_mut(usize::MAX) } else { block }
}

/// Frees memory of an input or of an answer.
#[unsafe(no_mangle)]
extern "C" fn dealloc(block: *mut u8, _size: usize) {
    // SAFETY: as above, and the host frees only inputs and answers.
    unsafe { (*ARENA.0.get()).free(block) }
}

/// An answer for the host. It is empty if there is no memory for it.
fn give(bytes: &[u8]) -> u64 {
    // SAFETY: as in `alloc`.
    let block = unsafe { (*ARENA.0.get()).alloc(bytes.len()) };
    if block.is_null() {
        return 0;
    }
    // SAFETY: the block has this size.
    unsafe { block.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
    (block.addr() as u64) << 32 | bytes.len() as u64
}

/// The bytes of an input.
///
/// # Safety
///
/// The host wrote that many bytes there, and changes none of them before the call ends.
unsafe fn input<'a>(address: *const u8, length: usize) -> &'a [u8] {
    // SAFETY: the caller guarantees it.
    unsafe { core::slice::from_raw_parts(address, length) }
}

/// The judge, or `None` without memory for it.
fn records() -> Option<&'static mut Records> {
    // SAFETY: there is one thread, and no other reference is alive.
    let records = unsafe { &mut *RECORDS.0.get() };
    if records.is_none() && !preflight::can_reserve(0) {
        return None;
    }
    Some(records.get_or_insert_default())
}

/// Sets the options, as a JSON object. The answer is empty, or an error.
#[unsafe(no_mangle)]
extern "C" fn crypt32_options(address: *const u8, length: usize) -> u64 {
    // SAFETY: the input is in memory of `alloc`.
    match Records::with_options(unsafe { input(address, length) }) {
        Ok(new) => {
            // SAFETY: as in `records`.
            unsafe { *RECORDS.0.get() = Some(new) };
            0
        }
        Err(error) => give(error.as_bytes()) | ERROR,
    }
}

/// Judges a column of records.
#[unsafe(no_mangle)]
extern "C" fn crypt32_judge(address: *const u8, length: usize) -> u64 {
    let mut out = Vec::new();
    if let Some(records) = records() {
        // SAFETY: as above.
        records.judge(unsafe { input(address, length) }, &mut out);
    }
    give(&out)
}

/// What to do with a message of Camel: `drop` or `pass`.
#[unsafe(no_mangle)]
extern "C" fn camel_action(address: *const u8, length: usize) -> u64 {
    // SAFETY: as above.
    let message = unsafe { input(address, length) };
    give(records().map_or("pass", |records| records.camel(message).0).as_bytes())
}

/// The verdict about a message of Camel.
#[unsafe(no_mangle)]
extern "C" fn camel_verdict(address: *const u8, length: usize) -> u64 {
    // SAFETY: as above.
    let message = unsafe { input(address, length) };
    give(records().map_or("unrelated", |records| records.camel(message).1).as_bytes())
}
