//! A second implementation of the stream filter, to hold the real one against.
//!
//! It is written from the design and the description of the shapes alone, and is as slow and as
//! obvious as it can be: the whole input at once, every line by itself, no scan, everything parsed
//! into a tree that keeps the order, duplicate keys, numbers as text and lone surrogates.

pub mod bytes;
pub mod closed;
pub mod compare;
pub mod dice;
pub mod embedded;
pub mod event;
pub mod everything;
pub mod filter;
pub mod generator;
pub mod message;
pub mod shapes;
pub mod tag;
pub mod tree;
pub mod typed;
pub mod verdict;
pub mod xml;
