//! Code that the modules for several hosts share. Host crates do not depend on each other.

pub mod arena;
pub mod edits;
pub mod heap;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod memcmp;
#[cfg(target_arch = "wasm32")]
pub mod static_cell;
pub mod stream_engine;
