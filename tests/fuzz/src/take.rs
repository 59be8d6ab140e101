//! Makes choices from bytes, so that a fuzzer's change of the bytes changes the choices.

use crypt32_filter::{
    policy::{Action, Policy},
    verdict::Basis,
};

/// The bytes for choices, and zeros after their end.
pub struct Take<'d> {
    rest: &'d [u8],
}

impl<'d> Take<'d> {
    pub fn from(data: &'d [u8]) -> Self {
        Self { rest: data }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        let (first, rest) = self.rest.split_first().map_or((0, self.rest), |(b, rest)| (*b, rest));
        self.rest = rest;
        first
    }

    pub fn below(&mut self, n: usize) -> usize {
        usize::from(self.byte()) % n
    }

    pub fn number(&mut self) -> u64 {
        u64::from(self.byte()) << 8 | u64::from(self.byte())
    }

    /// The remaining bytes.
    pub fn rest(self) -> &'d [u8] {
        self.rest
    }

    pub fn policy(&mut self) -> Policy {
        let (bits, more) = (self.byte(), self.byte());
        let bases = [Basis::Listed, Basis::Sibling, Basis::Cause];
        Policy {
            action: [Action::Tag, Action::Drop, Action::Observe, Action::Drop]
                [usize::from(bits & 3)],
            accept: bases
                .into_iter()
                .zip([4, 8, 16])
                .filter(|(_, b)| bits & b == 0)
                .map(|(b, _)| b)
                .collect(),
            require_system: bits & 32 != 0,
            logs: if bits & 64 == 0 { Vec::new() } else { vec!["Extra".to_owned()] },
            tags: bits & 128 == 0,
            key: if more & 1 == 0 { "kb" } else { "k\"b2" }.to_owned(),
            keep_every: u64::from(more >> 1 & 3),
            max_record: [1 << 20, 1 << 20, 1 << 20, 400, 900, 1500, 64, 1]
                [usize::from(more >> 3 & 7)],
            ..Policy::default()
        }
    }

    /// The sizes of chunks, to be repeated; none for a single chunk.
    pub fn cuts(&mut self) -> Vec<usize> {
        match self.byte() {
            0 => Vec::new(),
            n @ 1..=127 => vec![usize::from(n)],
            n => (0..=n & 3).map(|_| 1 + usize::from(self.byte()) * 4).collect(),
        }
    }
}

/// Cuts bytes into pieces of these sizes, repeated.
pub fn pieces<'b>(bytes: &'b [u8], sizes: &[usize]) -> Vec<&'b [u8]> {
    let mut sizes = sizes.iter().copied().cycle();
    let mut rest = bytes;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let size = sizes.next().unwrap_or(rest.len()).clamp(1, rest.len());
        let (piece, after) = rest.split_at(size);
        pieces.push(piece);
        rest = after;
    }
    pieces
}
