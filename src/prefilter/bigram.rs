//! The prefilter for hosts that interpret the module, without SIMD: a table search over sampled
//! bigrams.

use core::ops::Range;

use super::{SOURCE, TEMPLATE};

/// Whether a record mentions a candidate.
///
/// In an interpreter, the time depends on the number of bytes that are read, so this search reads
/// one pair of bytes in six. `crypt32` has six pairs, and the search reads one of them wherever the
/// word starts. For each of the two longer needles, six pairs that are rare in logs were chosen,
/// one for each position. Unlike [`super::find`], this search does not see through JSON escapes of
/// letters, which the hosts in question never write.
#[allow(clippy::inline_always)] // Each exported function gets its own copy.
#[inline(always)]
pub fn may_contain_candidate(hay: &[u8]) -> bool {
    if hay.len() < BLOCK {
        return mentions_short(hay);
    }
    let Range { start, end } = hay.as_ptr_range();
    // The first two blocks overlap, so that no bytes remain after the last block. A long needle has
    // one pair for each remainder, so both blocks must read the same pairs: they begin whole
    // strides apart.
    const { assert!(BLOCK.is_multiple_of(STRIDE)) }
    // SAFETY: the bytes of `hay` beyond one block have the same remainder, so `hay` is at least
    // that long.
    let mut block = unsafe { start.add(hay.len() % STRIDE) };
    // SAFETY: `hay` is at least one block long, which is more than the remainder.
    let mut next = unsafe { start.add(hay.len() % BLOCK) };
    loop {
        // SAFETY: from here to the end, there is at least one block.
        let bytes = unsafe { &*block.cast::<[u8; BLOCK]>() };
        if probes(bytes) != 0 && mentions_near(hay, bytes) {
            return true;
        }
        if next == end {
            return false;
        }
        block = next;
        // SAFETY: from `next` to the end, there are whole blocks, and `next` is not the end.
        next = unsafe { next.add(BLOCK) };
    }
}

/// Handles inputs shorter than one block by padding them with zeros, which match nothing.
#[cold]
fn mentions_short(hay: &[u8]) -> bool {
    let mut block = [0; BLOCK];
    block[..hay.len()].copy_from_slice(hay);
    mentions_near(&block, &block)
}

/// Combines the table entries of the pairs of a block.
#[allow(clippy::inline_always)] // As above: a call costs as much as four pairs.
#[inline(always)]
fn probes(block: &[u8; BLOCK]) -> u32 {
    let probe = |at: usize| {
        // SAFETY: all offsets below are within the block. Reading two separate bytes would need one
        // more operation.
        let pair = unsafe { block.as_ptr().add(at).cast::<u16>().read_unaligned() };
        u32::from(PAIRS[usize::from(u16::from_le(pair))])
    };
    probe(0) | probe(6) | probe(12) | probe(18) | probe(24) | probe(30) | probe(36) | probe(42)
}

/// The number of bytes that one step covers.
pub(super) const BLOCK: usize = 8 * STRIDE;
/// The distance between two pairs that are read.
pub(super) const STRIDE: usize = 6;

/// The host name with the slash before it in the URL, which JSON may write as `/` or `\/`. A
/// sentence rarely has `/w`.
pub(super) const URL: &[u8] = b"/www.download.windowsupdate.com";

/// The needles, and the offsets of the pairs to look for: one for each remainder of [`STRIDE`].
/// This is a static, because each access to a constant would copy it.
static NEEDLES: [(&[u8], [usize; STRIDE]); 3] =
    [(SOURCE, [0, 1, 2, 3, 4, 5]), (URL, [0, 13, 2, 3, 4, 23]), (TEMPLATE, [24, 25, 2, 27, 4, 5])];

/// For every pair of bytes (the first one is the low byte): 0, or 1 plus the index of the needle
/// and the remainder that the pair belongs to.
static PAIRS: [u8; 1 << 16] = {
    let mut table = [0; 1 << 16];
    let (mut code, mut mark) = (0, 1);
    while code < NEEDLES.len() * STRIDE {
        let (needle, places) = NEEDLES[code / STRIDE];
        let place = places[code % STRIDE];
        assert!(place % STRIDE == code % STRIDE, "each remainder has its pair");
        // Only the source may be in any case.
        let mut case = 0;
        while case < if code < STRIDE { 4 } else { 1 } {
            let (first, second) = (needle[place], needle[place + 1]);
            let first = if case & 1 == 0 { first } else { first.to_ascii_uppercase() };
            let second = if case & 2 == 0 { second } else { second.to_ascii_uppercase() };
            let entry = &mut table[(second as usize) << 8 | first as usize];
            assert!(*entry == 0 || *entry == mark, "a pair is used at one offset only");
            *entry = mark;
            case += 1;
        }
        code += 1;
        mark += 1;
    }
    table
};

/// Whether one of the sampled pairs in a block of `hay` belongs to a mention. Many records have
/// such a pair by chance, so this function has to be fast, too.
#[inline(never)]
fn mentions_near(hay: &[u8], block: &[u8; BLOCK]) -> bool {
    let mut at = block.as_ptr().addr() - hay.as_ptr().addr();
    for stride in block.as_chunks::<STRIDE>().0 {
        let code = PAIRS[usize::from(u16::from_le_bytes([stride[0], stride[1]]))];
        if code != 0 && belongs(hay, at, usize::from(code) - 1) {
            return true;
        }
        at += STRIDE;
    }
    false
}

/// Whether the needle of this pair is really around the pair at `at`.
#[inline(never)]
fn belongs(hay: &[u8], at: usize, code: usize) -> bool {
    let (needle, places) = &NEEDLES[code / STRIDE];
    let Some(start) = at.checked_sub(places[code % STRIDE]) else { return false };
    let Some(text) = hay.get(start..start + needle.len()) else { return false };
    // Only letters have this bit, and only they have a case. Half of it makes them lower case.
    let letter = if code < STRIDE { 0x40 } else { 0 };
    text.iter().zip(*needle).all(|(byte, wanted)| byte | (wanted & letter) >> 1 == *wanted)
}
