//! The imports and exports of the engines' ABI. No export traps, because a trap fails a whole
//! batch, and the instance is used again.
//!
//! `allocate` is the only allocator: an engine that finds two calls both. There is no `deallocate`,
//! because the engine would call it with every address that the module returns, including those of
//! constants.

use super::{Function, Processor};
use crypt32_filter::engine::preflight;
use crypt32_host::{static_cell::StaticCell, stream_engine};

// There is one module per engine, because each engine has a different import name.
#[cfg_attr(feature = "bento", link(wasm_import_module = "bento_wasm"))]
#[cfg_attr(not(feature = "bento"), link(wasm_import_module = "benthos_wasm"))]
unsafe extern "C" {
    /// The body, in memory of `allocate`: its address in the high half, its length in the low half.
    safe fn v0_msg_as_bytes() -> u64;
    fn v0_msg_set_bytes(bytes: *const u8, length: usize);
    /// A value, in memory of `allocate`. Its length is 0 if there is no value.
    fn v0_msg_get_meta(key: *const u8, key_length: usize) -> u64;
    fn v0_msg_set_meta(key: *const u8, key_length: usize, value: *const u8, length: usize);
}

/// The maximum capacity of a buffer that is kept after a message, in bytes.
const KEPT: usize = 1 << 20;

/// The last value that the engine wrote. There is only one at a time.
static INBOUND: StaticCell<Vec<u8>> = StaticCell::new(Vec::new());
static PROCESSOR: StaticCell<Option<Processor>> = StaticCell::new(None);

/// Allocates memory that is valid until the next call. If there is no memory, it returns an address
/// that the engine refuses to write to. Then the engine marks the message as failed, and passes it
/// unchanged.
#[unsafe(no_mangle)]
extern "C" fn allocate(size: usize) -> *mut u8 {
    // SAFETY: there is one thread, and no reference into the buffer is alive during this call.
    let inbound = unsafe { &mut *INBOUND.0.get() };
    inbound.clear();
    if inbound.capacity() < size || inbound.capacity() > size.max(KEPT) {
        *inbound = Vec::new();
    }
    if inbound.try_reserve_exact(size).is_err() {
        return core::ptr::without_provenance_mut(usize::MAX);
    }
    inbound.as_mut_ptr()
}

/// The bytes of an answer of the engine, or no bytes if they are not in the allocated memory.
fn inbound(answer: u64) -> &'static [u8] {
    // SAFETY: there is one thread, and the engine is not called while the bytes are in use.
    let inbound = unsafe { &mut *INBOUND.0.get() };
    let address = usize::try_from(answer >> 32).unwrap_or_default();
    let length = usize::try_from(answer & u64::from(u32::MAX)).unwrap_or_default();
    if address != inbound.as_ptr().addr() || length > inbound.capacity() {
        return &[];
    }
    // SAFETY: the length is within the capacity, and the engine wrote that many bytes.
    unsafe { inbound.set_len(length) };
    inbound
}

/// Whether the message has metadata with this name. Also true if there is no memory for the value.
fn is_set(key: &str) -> bool {
    // SAFETY: the engine copies the string.
    let answer = unsafe { v0_msg_get_meta(key.as_ptr(), key.len()) };
    answer == 0 || answer & u64::from(u32::MAX) != 0
}

/// Sets metadata. An engine has no function to remove it.
fn set(key: &str, value: &str) {
    // SAFETY: the engine copies the strings.
    unsafe { v0_msg_set_meta(key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
}

/// Judges the current message of the engine.
fn call(function: Function) {
    // SAFETY: there is one thread, and before this returns, the engine calls only `allocate`.
    let processor = unsafe { &mut *PROCESSOR.0.get() };
    // Metadata from the sender is cleared first, so that it does not survive a failure.
    for key in stream_engine::NAMES {
        if is_set(key) {
            set(key, "");
        }
    }
    if processor.is_none() && !preflight::can_reserve(0) {
        return;
    }
    let message = inbound(v0_msg_as_bytes());
    let answer = processor.get_or_insert_default().call(function, message);
    for (key, value) in answer.metadata.into_iter().flatten() {
        set(key, value);
    }
    if let Some(body) = answer.body {
        // SAFETY: the engine copies the bytes.
        unsafe { v0_msg_set_bytes(body.as_ptr(), body.len()) };
    }
}

/// `function: process`
#[unsafe(no_mangle)]
extern "C" fn process() {
    call(Function::Process);
}

/// `function: process_metadata`
#[unsafe(no_mangle)]
extern "C" fn process_metadata() {
    call(Function::ProcessMetadata);
}
