//! Whole logs: detects the kind of a file, decompresses and decodes it, and reads its records.

pub mod archive;
pub mod binary;
pub mod container;
pub mod date_order;
pub mod evt;
pub mod evtx;
pub mod log;
pub mod reader;
pub mod stream;
