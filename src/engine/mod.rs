//! From a record to a decision about it: the stream filter, the verdict cache, edits, the ledger.

pub mod cache;
pub mod decide;
pub mod filter;
pub mod ledger;
pub mod preflight;
pub mod tag;
pub mod unjudged;
