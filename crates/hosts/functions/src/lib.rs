//! The functions that hosts call for a record or a column of records: one module for all of them.

pub mod clickhouse;
pub mod fluent_bit;

/// All that the module allocates.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: crypt32_host::heap::Heap<crypt32_host::heap::Pages> =
    crypt32_host::heap::Heap::new(crypt32_host::heap::Pages);
