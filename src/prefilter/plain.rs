//! The search where there are no vectors.

pub(super) use super::search_plain as search;
