//! Code that the modules for several hosts share. A host crate does not depend on another host
//! crate.

pub mod arena;
pub mod edits;
pub mod heap;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod memcmp;
#[cfg(target_arch = "wasm32")]
pub mod static_cell;
pub mod stream_engine;
