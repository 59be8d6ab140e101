//! Classifies the `Crypt32` event 8 records that Windows XP and Server 2003 write when they cannot
//! reach Windows Update. Microsoft's article KB2253680 explains them. The crate tags the records that
//! the article excuses, drops them, or only counts them, and it accounts for every record.
//!
//! Data flows one way:
//!
//! 1. [`Filter`] takes a stream in chunks that may be cut anywhere. A prefilter, which is a
//!    substring search, finds the lines that can be candidates. All other lines leave as spans of
//!    the chunk.
//! 2. A reader turns the bytes of one record into an [`Event`]: every value that the record gives
//!    for a field, with its place in the record.
//! 3. [`classify`] checks the conditions of the article one by one and gives a [`Verdict`].
//! 4. A [`Policy`] says what becomes of the record. A [`Ledger`] counts what was done.
//!
//! # What one record says
//!
//! ```
//! use crypt32_filter::{Basis, Outcome, Policy, assess};
//!
//! let record = br#"{"SourceName":"crypt32","EventID":8,"EventType":"ERROR",
//!   "Message":"Failed auto update retrieval of third-party root list sequence number from:
//!  <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt>
//!  with error: The server name or address could not be resolved"}"#;
//! let record = String::from_utf8_lossy(record).replace('\n', "");
//!
//! let about = assess(record.as_bytes(), &Policy::default()).record;
//! assert_eq!(about.verdict, Outcome::Benign);
//! assert_eq!(about.basis, Some(Basis::Listed));
//! assert!(about.reasons.is_empty());
//! ```
//!
//! # Filter a stream
//!
//! ```
//! use crypt32_filter::{Action, Filter, Piece, Policy};
//!
//! let mut filter = Filter::new(Policy { action: Action::Drop, ..Policy::default() });
//! let chunk = b"{\"SourceName\":\"Service Control Manager\",\"EventID\":7036}\n";
//! let mut out = Vec::new();
//! filter.push(chunk, &mut |piece| match piece {
//!     Piece::Chunk(span) => out.extend_from_slice(&chunk[span]),
//!     Piece::Bytes(bytes) => out.extend_from_slice(bytes),
//! });
//! filter.finish(&mut |piece| {
//!     if let Piece::Bytes(bytes) = piece {
//!         out.extend_from_slice(bytes);
//!     }
//! });
//!
//! assert_eq!(out, chunk);
//! assert_eq!(filter.ledger().unrelated, 1);
//! ```
//!
//! # Features
//!
//! - `logs` (default): whole logs, which may be `.evt` or `.evtx` and packed with gzip or zstd.
//! - `streams`: records of several lines, CSV, [`Filter`], and the option `only_computers`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

/// Whether records of several lines, CSV, and envelopes within envelopes are read. If not, the linker
/// omits the code that only these need.
const STREAMS: bool = cfg!(feature = "streams");

#[doc(hidden)]
pub mod article;
#[doc(hidden)]
pub mod classify;
#[doc(hidden)]
pub mod engine;
#[doc(hidden)]
pub mod event;
#[doc(hidden)]
pub mod framing;
#[doc(hidden)]
pub mod input_kind;
#[doc(hidden)]
pub mod json;
#[cfg(feature = "logs")]
#[doc(hidden)]
pub mod logs;
#[doc(hidden)]
pub mod message;
#[doc(hidden)]
pub mod policy;
#[doc(hidden)]
pub mod prefilter;
#[doc(hidden)]
pub mod record;
#[doc(hidden)]
pub mod report;
mod str_enum;
mod swar;
#[doc(hidden)]
pub mod time;
#[doc(hidden)]
pub mod verdict;

#[doc(inline)]
pub use classify::{Evidence, classify};
#[doc(inline)]
pub use engine::filter::{Filter, Out, Piece};
#[doc(inline)]
pub use engine::ledger::Ledger;
#[doc(inline)]
pub use event::Event;
#[doc(inline)]
pub use framing::Format;
#[cfg(feature = "logs")]
#[doc(inline)]
pub use logs::{log::Log, stream::Found};
#[doc(inline)]
pub use policy::{Accept, Action, OptionError, Policy};
#[doc(inline)]
pub use report::{
    Report,
    assessment::{Assessment, RecordAssessment, assess},
};
#[doc(inline)]
pub use verdict::{Basis, Condition, Outcome, State, Verdict};
