//! The command line. [`args`] says what is asked, a [`session::Session`] does it without touching
//! files, and [`native`] (or Node) moves the bytes.

#![allow(missing_docs, reason = "only the programs of this workspace use it")]

pub mod args;
mod classify;
mod explain;
mod filter;
#[cfg(not(target_family = "wasm"))]
pub mod native;
mod ndjson;
pub mod reading;
pub mod report;
pub mod session;
mod summary;
