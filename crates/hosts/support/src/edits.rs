//! A record with its tag, in memory that may run out.

use crypt32_filter::engine::tag::Edits;

/// Appends a record with its edits. `None` if memory ran out; then nothing is of use.
pub fn splice(out: &mut Vec<u8>, record: &[u8], edits: &Edits<'_>) -> Option<()> {
    // One more, for hosts that want a NUL behind it.
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
