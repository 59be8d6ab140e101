//! What the modules for several hosts share. Hosts themselves know nothing of each other.

pub mod arena;
pub mod edits;
pub mod heap;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod memcmp;
#[cfg(target_arch = "wasm32")]
pub mod static_cell;
pub mod stream_engine;
