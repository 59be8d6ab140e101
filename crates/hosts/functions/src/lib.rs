//! The functions that hosts call for a record or a column of records: one module for all of them.

pub mod clickhouse;
pub mod fluent_bit;
