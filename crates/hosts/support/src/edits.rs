//! A record with its tag, in memory that may run out.

use crypt32_filter::engine::tag::Edits;

/// Appends a record with its insertions, and gives how many bytes were inserted. `None` if memory
/// ran out; then nothing is of use.
pub fn splice(
    out: &mut Vec<u8>,
    record: &[u8],
    object: usize,
    insertions: &Edits,
) -> Option<usize> {
    let inserted = length(insertions);
    // One more, for hosts that want a NUL behind it.
    out.try_reserve(record.len() + inserted + 1).ok()?;
    let mut from = 0;
    for (offset, text) in insertions.iter() {
        let to = object + offset;
        out.extend_from_slice(record.get(from..to)?);
        out.extend_from_slice(text.as_bytes());
        from = to;
    }
    out.extend_from_slice(record.get(from..)?);
    Some(inserted)
}

/// How many bytes are inserted.
pub fn length(insertions: &Edits) -> usize {
    insertions.iter().map(|(_, text)| text.len()).sum()
}
