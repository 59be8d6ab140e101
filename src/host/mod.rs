//! The hosts: the ABI of each, and the adapter from it to the core. Independent of each other.

#[cfg(any(feature = "bento", feature = "connect"))]
pub mod benthos;
#[cfg(feature = "clickhouse")]
pub mod clickhouse;
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod compare;
#[cfg(feature = "fluent-bit")]
pub mod fluent_bit;
#[cfg(all(feature = "global", target_arch = "wasm32"))]
mod global;
#[cfg(all(feature = "js", target_family = "wasm"))]
pub mod js;
#[cfg(all(feature = "js", feature = "cli", target_family = "wasm"))]
pub mod log;
#[cfg(feature = "fluent-bit")]
pub mod memory;
#[cfg(feature = "messages")]
mod messages;
#[cfg(all(feature = "js", feature = "cli", target_family = "wasm"))]
pub mod npx;
#[cfg(all(feature = "page", target_family = "wasm"))]
pub mod page;
#[cfg(any(feature = "redpanda-drop", feature = "redpanda-tag"))]
pub mod redpanda;
#[cfg(feature = "room")]
mod room;
#[cfg(feature = "splice")]
mod splice;
