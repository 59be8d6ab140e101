//! The functions that hosts call for a record or for a column of records, in one module.

pub mod clickhouse;
pub mod fluent_bit;

/// The allocator of the module.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static HEAP: crypt32_host::heap::Heap<crypt32_host::heap::Pages> =
    crypt32_host::heap::Heap::new(crypt32_host::heap::Pages);
