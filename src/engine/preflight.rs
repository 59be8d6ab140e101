//! Whether there is memory to read a record in.

/// What reading any record may take, for fields, rows of the ledger and the like.
const BASE: usize = 64 << 10;

/// Makes sure that reading a record of this length finds memory. Where a record is large, what is
/// decoded of it is allocated fallibly; small things are not, so they get their room beforehand: a
/// module that runs out of memory must not stop, but pass the record.
pub fn can_reserve(length: usize) -> bool {
    let Some(size) = length.checked_add(BASE) else {
        return false;
    };
    Vec::<u8>::new().try_reserve_exact(size).is_ok()
}
