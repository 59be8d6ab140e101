//! The exports that Fluent Bit calls. No export traps, because the host loses the record on a trap.

use core::ptr;

use super::{Answer, Function, Functions};
use crypt32_host::{arena::Arena, static_cell::StaticCell};

static ARENA: StaticCell<Arena> = StaticCell::new(Arena::new());
static FUNCTIONS: StaticCell<Functions> = StaticCell::new(Functions::new());

/// The empty string, which drops a record.
static NOTHING: [u8; 1] = [0];

/// The replacement for a record that the host had no memory to hand over. The record is lost, so
/// this makes the loss visible.
static LOST: &[u8] =
    b"{\"message\":\"crypt32-filter: the host had no memory to hand this record over\"}\0";

/// Allocates memory for the host. Returns null if memory ran out.
#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut u8 {
    // SAFETY: there is one thread, and nothing else refers to the arena during this call.
    unsafe { &mut *ARENA.0.get() }.alloc(size)
}

/// Frees memory of `malloc`.
#[unsafe(no_mangle)]
extern "C" fn free(block: *mut u8) {
    // SAFETY: as above, and the host frees only what it got from `malloc`.
    unsafe { (*ARENA.0.get()).free(block) }
}

/// Handles one call of the host. The fast path for most records is in this one function, because to
/// an interpreter another function call costs as much as a hundred bytes of search.
#[allow(clippy::inline_always)] // See above.
#[inline(always)]
fn call(function: Function, seconds: u32, record: *const u8, length: usize) -> *const u8 {
    if record.is_null() {
        return LOST.as_ptr();
    }
    let memory = core::arch::wasm32::memory_size::<0>() << 16;
    let inside = record.addr().checked_add(length).is_some_and(|end| end <= memory);
    if !inside || isize::try_from(length).is_err() {
        return record;
    }
    // SAFETY: the bytes are within the module's memory, and nothing writes to them during this
    // call: they are a block of `malloc`, and the arena does not change.
    let bytes = unsafe { core::slice::from_raw_parts(record, length) };
    // SAFETY: there is one thread, and the host does not call again before this returns.
    let functions = unsafe { &mut *FUNCTIONS.0.get() };
    if functions.passes(function, bytes) { record } else { judged(function, seconds, bytes) }
}

/// The slow path, for records that mention a candidate.
#[inline(never)]
fn judged(function: Function, seconds: u32, record: &[u8]) -> *const u8 {
    // SAFETY: as in `call`, whose reference is no longer in use.
    let functions = unsafe { &mut *FUNCTIONS.0.get() };
    match functions.candidate(function, seconds, record) {
        Answer::Unchanged => record.as_ptr(),
        Answer::Nothing => ptr::from_ref(&NOTHING).cast(),
        Answer::Instead(text) => text.as_ptr(),
    }
}

macro_rules! exports {
    ($($name:ident: $function:ident),*) => { $(
        #[doc = concat!("`Function_Name ", stringify!($name), "`")]
        #[unsafe(no_mangle)]
        extern "C" fn $name(
            _tag: *const u8,
            _tag_length: usize,
            seconds: u32,
            _nanoseconds: u32,
            record: *const u8,
            length: usize,
        ) -> *const u8 {
            call(Function::$function, seconds, record, length)
        }
    )* };
}

exports!(
    crypt32_observe: Observe,
    crypt32_tag: Tag,
    crypt32_drop: Drop,
    crypt32_drop_cause: DropCause,
    crypt32_drop_ledger: DropLedger,
    crypt32_drop_cause_ledger: DropCauseLedger
);
