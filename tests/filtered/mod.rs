//! The output of a filter.

use crypt32_filter::engine::filter::{Filter, Piece};

/// Pushes the chunks of a stream, and ends it.
pub fn filtered<'c>(filter: &mut Filter, chunks: impl IntoIterator<Item = &'c [u8]>) -> Vec<u8> {
    let mut out = Vec::new();
    for chunk in chunks {
        filter.push(chunk, &mut |piece| match piece {
            Piece::Chunk(span) => out.extend_from_slice(&chunk[span]),
            Piece::Bytes(bytes) => out.extend_from_slice(bytes),
        });
    }
    filter.finish(&mut |piece| match piece {
        Piece::Chunk(_) => panic!("there is no chunk"),
        Piece::Bytes(bytes) => out.extend_from_slice(bytes),
    });
    out
}
