//! The filter as a Rust library.

use std::hint::black_box;

use crypt32_filter::{
    engine::filter::{Filter, Piece},
    policy::{Action, Policy},
};

use crate::{Contestant, Done};

/// The policy of a contestant. The first word of its variant is the action.
pub fn policy(variant: &str) -> Policy {
    let action = match variant.split_once(' ').map_or(variant, |(action, _)| action) {
        "observe" => Action::Observe,
        "tag" => Action::Tag,
        "drop" => Action::Drop,
        other => panic!("no action {other}"),
    };
    Policy { action, ..Policy::default() }
}

/// The variant is `observe`, `tag` or `drop`, for which the output pieces are not copied, or one of
/// these with `push`, for which the pieces of each chunk are joined in a buffer that is reused.
pub fn filter(variant: &str) -> Contestant {
    let policy = policy(variant);
    let together = variant.ends_with(" push");
    let mut out = Vec::new();
    Box::new(move |log| {
        let mut filter = Filter::new(policy.clone());
        for chunk in log.chunks() {
            if together {
                out.clear();
                filter.push(chunk, &mut |piece| match piece {
                    Piece::Chunk(span) => out.extend_from_slice(&chunk[span]),
                    Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                });
                black_box(&out);
            } else {
                filter.push(chunk, &mut |piece| drop(black_box(piece)));
            }
        }
        filter.finish(&mut |piece| drop(black_box(piece)));
        let ledger = filter.ledger();
        Done { hits: ledger.benign, out: ledger.bytes_out, ..Done::default() }
    })
}
