//! Whole logs: what a file is, its bytes unpacked and decoded, and its records one after another.

pub mod binary;
pub mod container;
pub mod date_order;
pub mod evt;
pub mod evtx;
pub mod log;
pub mod reader;
pub mod stream;
