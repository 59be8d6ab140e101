//! What the engines call, and what they offer. Nothing here traps: a trap fails a whole batch, and
//! the instance is used again.
//!
//! `allocate` is the only allocator: an engine that finds two calls both. There is no
//! `deallocate`: it would be called with every address that is handed out, those of constants too.

use super::{Function, Processor};
use crypt32_filter::engine::preflight;
use crypt32_host::{static_cell::StaticCell, stream_engine};

// One module for each engine: the one knows nothing of the other's name.
#[cfg_attr(feature = "bento", link(wasm_import_module = "bento_wasm"))]
#[cfg_attr(not(feature = "bento"), link(wasm_import_module = "benthos_wasm"))]
unsafe extern "C" {
    /// The body, in memory of `allocate`: its address and, in the low half, its length.
    safe fn v0_msg_as_bytes() -> u64;
    fn v0_msg_set_bytes(bytes: *const u8, length: usize);
    /// A value, in memory of `allocate`; of no length where there is none.
    fn v0_msg_get_meta(key: *const u8, key_length: usize) -> u64;
    fn v0_msg_set_meta(key: *const u8, key_length: usize, value: *const u8, length: usize);
}

/// A buffer that grew beyond this for one message does not stay so large.
const KEPT: usize = 1 << 20;

/// What is handed in: one thing at a time.
static INBOUND: StaticCell<Vec<u8>> = StaticCell::new(Vec::new());
static PROCESSOR: StaticCell<Option<Processor>> = StaticCell::new(None);

/// Memory for the engine, until it asks again. Where there is none, an address that it refuses to
/// write to: it then marks the message as failed, and passes it on as it was.
#[unsafe(no_mangle)]
extern "C" fn allocate(size: usize) -> *mut u8 {
    // SAFETY: one thread, and no reference into the buffer is alive while the engine asks.
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

/// The bytes that an answer of the engine stands for; none if it is not what was allocated.
fn inbound(answer: u64) -> &'static [u8] {
    // SAFETY: one thread; the engine is asked for nothing while what is returned here is in use.
    let inbound = unsafe { &mut *INBOUND.0.get() };
    let address = usize::try_from(answer >> 32).unwrap_or_default();
    let length = usize::try_from(answer & u64::from(u32::MAX)).unwrap_or_default();
    if address != inbound.as_ptr().addr() || length > inbound.capacity() {
        return &[];
    }
    // SAFETY: within the capacity, and the engine wrote that many bytes.
    unsafe { inbound.set_len(length) };
    inbound
}

/// Whether the message has metadata under this name; also where there is no memory to hand it over.
fn is_set(key: &str) -> bool {
    // SAFETY: a string of ours, which the engine copies.
    let answer = unsafe { v0_msg_get_meta(key.as_ptr(), key.len()) };
    answer == 0 || answer & u64::from(u32::MAX) != 0
}

/// Sets metadata. An engine has no way to take it away.
fn set(key: &str, value: &str) {
    // SAFETY: strings of ours, which the engine copies.
    unsafe { v0_msg_set_meta(key.as_ptr(), key.len(), value.as_ptr(), value.len()) };
}

/// Judges the message that the engine is at.
fn call(function: Function) {
    // SAFETY: one thread, and the engine calls no export but `allocate` before this returns.
    let processor = unsafe { &mut *PROCESSOR.0.get() };
    // What came from outside goes first of all, so that it does not stand where the rest fails.
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
        // SAFETY: bytes of ours, which the engine copies.
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
