//! The program: it reads batches and records from the host until the host ends it.
//!
//! If the host fails, or if there is no memory for a record, the program stops with a trap. Then
//! the host restarts it, and nothing is lost. To skip a record would lose it.

use super::Transform;
use crypt32_filter::policy::Action;

const ACTION: Action = if cfg!(feature = "drop") { Action::Drop } else { Action::Tag };

#[link(wasm_import_module = "redpanda_transform")]
unsafe extern "C" {
    /// Does nothing. The import tells a broker the version of the ABI.
    safe fn check_abi_version_2();
    /// Waits for a batch, and returns the length of its longest record.
    fn read_batch_header(
        base_offset: *mut i64,
        record_count: *mut i32,
        partition_leader_epoch: *mut i32,
        attributes: *mut i16,
        last_offset_delta: *mut i32,
        base_timestamp: *mut i64,
        max_timestamp: *mut i64,
        producer_id: *mut i64,
        producer_epoch: *mut i16,
        base_sequence: *mut i32,
    ) -> i32;
    /// Copies the next record of the batch, and returns the number of bytes in the buffer.
    fn read_next_record(
        attributes: *mut u8,
        timestamp: *mut i64,
        offset: *mut i64,
        buffer: *mut u8,
        length: usize,
    ) -> i32;
    fn write_record(record: *const u8, length: usize) -> i32;
}

/// The default limit of a topic, and the overhead of a broker.
const LARGEST: usize = (1 << 20) + (64 << 10);

/// Waits for the next batch. Returns its number of records, and the length of the longest one, or
/// `None` if there are no more batches.
fn next_batch() -> Option<(i32, usize)> {
    let (mut count, mut wide, mut half, mut word) = (0, 0, 0, 0);
    // SAFETY: the host writes only to these variables. Unused values may share a variable.
    let longest = unsafe {
        let (wide, half, word) = (&raw mut wide, &raw mut half, &raw mut word);
        read_batch_header(wide, &raw mut count, word, half, word, wide, wide, wide, half, word)
    };
    Some((count, usize::try_from(longest).ok()?))
}

/// Copies the next record of a batch into the buffer.
fn next_record(buffer: &mut [u8]) -> Option<&mut [u8]> {
    let (mut attributes, mut timestamp, mut offset) = (0, 0, 0);
    // SAFETY: the host writes only to these variables and within the buffer.
    let length = unsafe {
        read_next_record(
            &raw mut attributes,
            &raw mut timestamp,
            &raw mut offset,
            buffer.as_mut_ptr(),
            buffer.len(),
        )
    };
    buffer.get_mut(..usize::try_from(length).ok()?)
}

/// Writes a record. Returns `None` if the host did not accept it.
fn write(record: &[u8]) -> Option<()> {
    // SAFETY: the host copies the bytes.
    let taken = unsafe { write_record(record.as_ptr(), record.len()) };
    (usize::try_from(taken) == Ok(record.len())).then_some(())
}

/// Handles one batch. Returns `None` if the host failed, or if memory ran out.
fn batch(
    transform: &mut Transform,
    buffer: &mut Vec<u8>,
    count: i32,
    longest: usize,
) -> Option<()> {
    if buffer.capacity() < longest {
        // The old and the new buffer together would exceed the limit of a broker.
        *buffer = Vec::new();
        buffer.try_reserve_exact(longest).ok()?;
    }
    buffer.resize(longest, 0);
    for _ in 0..count {
        if let Some(record) = transform.record(next_record(buffer)?) {
            write(record)?;
        }
    }
    Some(())
}

/// The program.
#[unsafe(no_mangle)]
extern "C" fn _start() {
    check_abi_version_2();
    let mut transform = Transform::new(ACTION);
    let mut buffer = Vec::new();
    // The buffer is reserved before other allocations fragment the memory. If this fails, it is
    // reserved when it is needed.
    let _ = buffer.try_reserve_exact(LARGEST);
    while let Some((count, longest)) = next_batch() {
        if batch(&mut transform, &mut buffer, count, longest).is_none() {
            core::arch::wasm32::unreachable()
        }
    }
}
