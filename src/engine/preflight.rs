//! Checks that there is enough memory to read a record.

/// The memory that any record may need for fields, ledger rows and similar, in bytes.
const BASE: usize = 64 << 10;

/// Checks that there is memory to read a record of this length. Large decoded values are allocated
/// fallibly, but small ones are not, so their memory is checked in advance: a module without memory
/// must pass the record and not stop.
pub fn can_reserve(length: usize) -> bool {
    let Some(size) = length.checked_add(BASE) else {
        return false;
    };
    Vec::<u8>::new().try_reserve_exact(size).is_ok()
}
