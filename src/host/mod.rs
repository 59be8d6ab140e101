//! The hosts: the ABI of each, and the adapter from it to the core. Independent of each other.

#[cfg(all(feature = "js", target_family = "wasm"))]
pub mod js;
#[cfg(all(feature = "js", feature = "cli", target_family = "wasm"))]
pub mod npx;
#[cfg(all(feature = "page", target_family = "wasm"))]
pub mod page;
