//! Classifies the `Crypt32` event 8 records of Windows XP and Server 2003 that Microsoft's article
//! KB2253680 explains: tags them, drops them, or only counts them, and accounts for every one.
//!
//! Data flows one way: bytes → record → [`event`] → [`verdict`] → [`policy`] → bytes.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod article;
pub mod classify;
pub mod engine;
pub mod event;
#[cfg(feature = "streams")]
pub mod framing;
#[cfg(feature = "streams")]
pub mod input_kind;
pub mod json;
#[cfg(feature = "logs")]
pub mod logs;
pub mod policy;
pub mod prefilter;
pub mod record;
pub mod report;
mod str_enum;
mod swar;
pub mod time;
pub mod verdict;
