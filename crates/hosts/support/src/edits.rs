//! Applies edits to a record, in memory that may run out.

use crypt32_filter::engine::tag::Edits;

/// Appends a record with its edits. Returns `None` if memory ran out. Then the output is unusable.
pub fn splice(out: &mut Vec<u8>, record: &[u8], edits: &Edits<'_>) -> Option<()> {
    // The extra byte is for hosts that need a NUL at the end.
    out.try_reserve(record.len() + edits.len() + 1).ok()?;
    let mut from = 0;
    for (to, text) in edits.iter() {
        out.extend_from_slice(record.get(from..to)?);
        out.extend_from_slice(text.as_bytes());
        from = to;
    }
    out.extend_from_slice(record.get(from..)?);
    Some(())
}
