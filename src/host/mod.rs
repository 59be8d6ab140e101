//! The hosts: the ABI of each, and the adapter from it to the core. Independent of each other.

#[cfg(all(feature = "js", target_arch = "wasm32"))]
pub mod js;
