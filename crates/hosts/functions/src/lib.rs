//! The functions that hosts call for a record or for a column of records, in one module.

pub mod clickhouse;
pub mod fluent_bit;
