//! From a record to a decision about it: the stream filter, the cache of verdicts, edits, the ledger.

pub mod cache;
#[cfg(feature = "streams")]
pub mod filter;
pub mod judge;
pub mod ledger;
pub mod tag;
#[cfg(feature = "streams")]
pub mod unjudged;
