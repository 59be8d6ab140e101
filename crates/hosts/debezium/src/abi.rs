//! The imports and exports of Debezium's ABI. The host refers to objects of the JVM by numbers.
//!
//! The host frees what it gets, and this module frees what it gets. `memory` is exported by the
//! linker.

use core::ffi::CStr;

use super::Transform;
use crypt32_filter::engine::preflight;
use crypt32_host::{arena::Arena, static_cell::StaticCell};

#[cfg_attr(feature = "review", path = "abi/review.rs")]
mod process;

/// An object of the JVM.
type Object = u32;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// A member of an object. Throws for an object without members.
    fn get(object: Object, name: *mut u8) -> Object;
    /// The text of a string. Throws for another object.
    fn get_string(object: Object) -> *mut u8;
    /// The text of bytes. Throws for another object.
    fn get_bytes(object: Object) -> *mut u8;
    /// The name of the type of a schema. Throws for another object.
    fn get_schema_type(object: Object) -> *mut u8;
    safe fn is_null(object: Object) -> u32;
}

static ARENA: StaticCell<Arena> = StaticCell::new(Arena::new());
/// The size of the last block that the host asked for.
static ASKED: StaticCell<usize> = StaticCell::new(0);
static TRANSFORM: StaticCell<Option<Transform>> = StaticCell::new(None);

/// Allocates memory. The host asks for as many bytes as a text has units of UTF-16, and then writes
/// UTF-8, so a block is three times as large. Without memory, it returns an address that the host
/// refuses to write to; then the task fails, and no record is lost.
#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut u8 {
    // SAFETY: there is one thread, and nothing else refers to these during this call.
    let block = unsafe {
        *ASKED.0.get() = size;
        size.checked_mul(3).map(|size| (*ARENA.0.get()).alloc(size))
    };
    match block {
        Some(block) if !block.is_null() => block,
        _ => core::ptr::without_provenance_mut(usize::MAX),
    }
}

/// Frees memory of `malloc`.
#[unsafe(no_mangle)]
extern "C" fn free(block: *mut u8) {
    // SAFETY: as above, and only blocks of `malloc` are freed.
    unsafe { (*ARENA.0.get()).free(block) }
}

/// A text for the host, which frees it. `None` if there is no memory.
fn text(parts: &[&[u8]]) -> Option<*mut u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let block = malloc(length + 1);
    if block.addr() == usize::MAX {
        return None;
    }
    let mut at = block;
    for part in parts.iter().chain([&&b"\0"[..]].iter().copied()) {
        // SAFETY: the block has room for all parts and the zero byte.
        unsafe {
            at.copy_from_nonoverlapping(part.as_ptr(), part.len());
            at = at.add(part.len());
        }
    }
    Some(block)
}

/// A member of the record.
fn member(record: Object, name: &str) -> Option<Object> {
    let name = text(&[name.as_bytes()])?;
    // SAFETY: the name ends with a zero byte, and the host frees it.
    let object = unsafe { get(record, name) };
    (is_null(object) == 0).then_some(object)
}

/// Calls `read` with the text that the host wrote, and the length that it announced.
fn with<T>(block: *mut u8, read: impl FnOnce(&[u8], usize) -> T) -> T {
    // SAFETY: the host asked for this block last, and wrote a text with a zero byte to it.
    let (bytes, asked) = unsafe { (CStr::from_ptr(block.cast()).to_bytes(), *ASKED.0.get()) };
    let answer = read(bytes, asked.saturating_sub(1));
    free(block);
    answer
}

/// Calls `read` with the value of a record, if it is text or bytes. Other values have members that
/// cannot be listed.
fn value<T>(record: Object, read: impl FnOnce(&[u8], usize) -> T) -> Option<T> {
    let schema = member(record, "valueSchema")?;
    // SAFETY: it is a schema.
    let kind = with(unsafe { get_schema_type(schema) }, |kind, _| match kind {
        b"string" => Some(true),
        b"bytes" => Some(false),
        _ => None,
    })?;
    let value = member(record, "value")?;
    // SAFETY: a value has the type of its schema.
    let block = unsafe { if kind { get_string(value) } else { get_bytes(value) } };
    Some(with(block, read))
}

fn transform() -> Option<&'static mut Transform> {
    // SAFETY: there is one thread, and no other reference is alive.
    let transform = unsafe { &mut *TRANSFORM.0.get() };
    if transform.is_none() && !preflight::can_reserve(0) {
        return None;
    }
    Some(transform.get_or_insert_default())
}
