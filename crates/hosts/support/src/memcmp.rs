//! A `memcmp` that compares words.
//!
//! The `memcmp` that Rust links on WASM compares single bytes. Names, URLs and messages are
//! compared all the time, and in an interpreter each byte takes a dozen steps.

/// The `memcmp` of C: the order of two blocks of this length.
///
/// # Safety
///
/// Both blocks have this length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32 {
    let mut at = 0;
    while at + 8 <= length {
        // SAFETY: `at + 8` is within both blocks, and these reads need no alignment.
        let words = unsafe {
            (a.add(at).cast::<u64>().read_unaligned(), b.add(at).cast::<u64>().read_unaligned())
        };
        if words.0 != words.1 {
            break;
        }
        at += 8;
    }
    while at < length {
        // SAFETY: `at` is within both blocks.
        let bytes = unsafe { (*a.add(at), *b.add(at)) };
        if bytes.0 != bytes.1 {
            return i32::from(bytes.0) - i32::from(bytes.1);
        }
        at += 1;
    }
    0
}
