//! The search with SIMD. The instruction sets differ only in the names of their functions.
//!
//! A mispredicted branch costs as much as reading a hundred bytes, and about two pairs per record
//! have such a sum by chance. The loop therefore does not branch on a match: it notes the step, and
//! checks all noted steps at the end of the block.

use super::confirm;

/// The maximum number of steps in a block, so that a lane of eight bits can count the line ends.
/// The first blocks are short, so that little is read again if mentions are frequent.
const STEPS: u8 = 63;
const FIRST_STEPS: u8 = 4;

/// Searches in vectors of `$lanes` bytes, and the last few bytes one by one.
macro_rules! vectors {
    ($hay:ident, $from:ident, $passed:ident, $lanes:literal, $splat:ident, $bits:ident, $any:ident) => {{
        /// The number of vectors in one step.
        const VECTORS: usize = 4;
        const STEP: usize = VECTORS * $lanes;
        // Loads the vectors at `at` and at the next byte, and compares the sums of their pairs.
        // SAFETY: each caller keeps `at + $lanes + 1` within `$hay`; loads need no alignment.
        let vector = |at: usize| unsafe {
            let at = $hay.as_ptr().add(at);
            let (first, second) = (load(at.cast()), load(at.add(1).cast()));
            let lower = or(first, $splat(LOWER));
            let mut pairs = eq(or(add(lower, second), $splat(EITHER)), $splat(SUM));
            if FAMILY {
                pairs = or(pairs, and(eq(lower, $splat(b'i')), eq(second, $splat(b'2'))));
            }
            (first, second, pairs)
        };
        let mut at = $from;
        let mut steps = FIRST_STEPS;
        while at + STEP < $hay.len() {
            steps = u8::try_from(($hay.len() - at - 1) / STEP).unwrap_or(STEPS).min(steps);
            let (mut ends, mut others) = ($splat(0), $splat(0));
            // The steps with a match are the first `count` entries of `met`.
            let (mut met, mut count) = ([0; STEPS as usize + 1], 0);
            for step in 0..steps {
                let mut any = $splat(0);
                for i in 0..VECTORS {
                    let (first, second, pairs) = vector(at + usize::from(step) * STEP + i * $lanes);
                    any = or(any, pairs);
                    if COUNT {
                        let end = eq(first, $splat(b'\n'));
                        ends = sub(ends, end);
                        others = or(others, and(end, xor(second, $splat(b'{'))));
                    }
                }
                met[count & usize::from(STEPS)] = step;
                count += usize::from($any(any));
            }
            if COUNT {
                $passed.others |= !$passed.others && sum_of::<$lanes, _>(&others) > 0;
            }
            for step in &met[..count] {
                let start = at + usize::from(*step) * STEP;
                // Only few bytes can be the second byte of a pair. Most matching sums have another
                // one.
                let mut any = $splat(0);
                let mut places = [$splat(0); VECTORS];
                for (i, places) in places.iter_mut().enumerate() {
                    let (_, second, pairs) = vector(start + i * $lanes);
                    let is = |byte: u8| eq(second, $splat(byte));
                    let mut known = or(or(is(b'3'), is(b':')), or(is(b'.'), is(b'0')));
                    if FAMILY {
                        known = or(known, is(b'2'));
                    }
                    *places = and(pairs, known);
                    any = or(any, *places);
                }
                if $any(any)
                    && let Some(found) = confirmed(
                        $hay,
                        start,
                        $lanes,
                        places.map(|places| u32::from($bits(places))),
                    )
                {
                    if COUNT {
                        $passed.lines += count_lines(&$hay[at..found]);
                    }
                    return Some(found);
                }
            }
            if COUNT {
                $passed.lines += sum_of::<$lanes, _>(&ends);
            }
            at += usize::from(steps) * STEP;
            steps = (2 * steps).min(STEPS);
        }
        search_plain::<COUNT, FAMILY>($hay, at, $passed)
    }};
}

/// The first pair of a step that belongs to a mention. `places` has one number for each vector and
/// one bit for each byte.
#[inline(never)]
fn confirmed(hay: &[u8], at: usize, lanes: usize, places: [u32; 4]) -> Option<usize> {
    for (i, mut bits) in places.into_iter().enumerate() {
        while bits != 0 {
            let found = at + i * lanes + bits.trailing_zeros() as usize;
            if confirm(hay, found) {
                return Some(found);
            }
            bits &= bits - 1;
        }
    }
    None
}

/// The sum of the lanes of a vector.
fn sum_of<const LANES: usize, V>(vector: &V) -> u64 {
    const { assert!(size_of::<V>() == LANES) }
    // SAFETY: a vector consists of `LANES` bytes, and every byte value is valid.
    let lanes: [u8; LANES] = unsafe { core::mem::transmute_copy(vector) };
    lanes.into_iter().map(u64::from).sum()
}

// They use the macro and the functions above.
#[cfg_attr(target_arch = "aarch64", path = "simd/aarch64.rs")]
#[cfg_attr(target_arch = "wasm32", path = "simd/wasm32.rs")]
#[cfg_attr(target_arch = "x86_64", path = "simd/x86_64.rs")]
mod instructions;

pub use instructions::search;
