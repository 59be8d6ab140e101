//! Classifies the `Crypt32` event 8 records of Windows XP and Server 2003 that Microsoft's article
//! KB2253680 explains: tags them, drops them, or only counts them, and accounts for every one.
//!
//! Data flows one way: bytes → record → [`event`] → [`verdict`] → [`policy`] → bytes.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod article;
mod bytes;
pub mod classify;
pub mod event;
#[cfg(feature = "streams")]
pub mod explain;
#[cfg(feature = "streams")]
pub mod filter;
#[cfg(feature = "streams")]
pub mod finding;
pub mod json;
pub mod judge;
pub mod ledger;
pub mod message;
pub mod policy;
pub mod reader;
pub mod related;
pub mod repeat;
#[cfg(feature = "streams")]
pub mod report;
pub mod scan;
#[cfg(feature = "streams")]
pub mod style;
pub mod tag;
pub mod time;
#[cfg(feature = "streams")]
pub mod unjudged;
pub mod verdict;
mod words;
