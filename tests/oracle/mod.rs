//! A second implementation of the stream filter, to compare with the real one.
//!
//! It is written only from the design and the description of the shapes, and is as slow and simple
//! as possible: it reads the whole input at once and every line separately, has no prefilter, and
//! parses everything into a tree that keeps the order, duplicate keys, numbers as text and lone
//! surrogates.

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
