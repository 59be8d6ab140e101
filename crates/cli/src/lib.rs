//! The command line. [`args`] parses the arguments, a [`session::Session`] runs the command without
//! file access, and [`native`] (or Node) does the input and output.

#![allow(missing_docs, reason = "only the programs of this workspace use it")]

pub mod args;
pub mod classify;
mod explain;
mod filter;
#[cfg(not(target_family = "wasm"))]
pub mod native;
mod ndjson;
pub mod reading;
pub mod report;
mod rsyslog;
pub mod session;
mod summary;
