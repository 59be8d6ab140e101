//! The search in vectors, for instruction sets that differ only in how they call things.
//!
//! A branch that the processor cannot foresee costs as much as looking at a hundred bytes, and the
//! sum of a pair is met by chance about twice in a record. So nothing branches on it: where a step met
//! one is written down, and looked at when a whole block is through.

use super::confirm;

/// How many steps a block has at most: what a lane of eight bits can count line ends of. The first
/// blocks are short, so that not much is looked at again where mentions are many.
const STEPS: u8 = 63;
const FIRST_STEPS: u8 = 4;

/// The search in vectors of `$lanes` bytes. The last few bytes are looked at one by one.
macro_rules! vectors {
    ($hay:ident, $from:ident, $passed:ident, $lanes:literal, $splat:ident, $bits:ident, $any:ident) => {{
        /// Vectors a step.
        const VECTORS: usize = 4;
        const STEP: usize = VECTORS * $lanes;
        // The vectors that begin there and a byte later, and where the sum of a pair is met.
        // SAFETY: whoever calls it keeps `at + $lanes + 1` within `$hay`; loads need no alignment.
        let vector = |at: usize| unsafe {
            let at = $hay.as_ptr().add(at);
            let (first, second) = (load(at.cast()), load(at.add(1).cast()));
            let sum = add(or(first, $splat(LOWER)), second);
            (first, second, eq(or(sum, $splat(EITHER)), $splat(SUM)))
        };
        let mut at = $from;
        let mut steps = FIRST_STEPS;
        while at + STEP < $hay.len() {
            steps = u8::try_from(($hay.len() - at - 1) / STEP).unwrap_or(STEPS).min(steps);
            let (mut ends, mut others) = ($splat(0), $splat(0));
            // Which steps met a sum: the first `count` of these.
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
                // Four bytes can be the second of a pair. Most sums are met with another one.
                let mut any = $splat(0);
                let mut places = [$splat(0); VECTORS];
                for (i, places) in places.iter_mut().enumerate() {
                    let (_, second, pairs) = vector(start + i * $lanes);
                    let is = |byte: u8| eq(second, $splat(byte));
                    *places = and(pairs, or(or(is(b'3'), is(b':')), or(is(b'.'), is(b'0'))));
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
        search_plain::<COUNT>($hay, at, $passed)
    }};
}

/// The first pair that belongs to a mention, of those that a step found: a bit each, and a number a
/// vector.
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

/// The sum of a vector's lanes.
fn sum_of<const LANES: usize, V>(vector: &V) -> u64 {
    const { assert!(size_of::<V>() == LANES) }
    // SAFETY: vectors are as many bytes, all of which are values.
    let lanes: [u8; LANES] = unsafe { core::mem::transmute_copy(vector) };
    lanes.into_iter().map(u64::from).sum()
}

// They use the macro and the functions above.
#[cfg_attr(target_arch = "aarch64", path = "simd/aarch64.rs")]
#[cfg_attr(target_arch = "wasm32", path = "simd/wasm32.rs")]
#[cfg_attr(target_arch = "x86_64", path = "simd/x86_64.rs")]
mod instructions;

pub use instructions::search;
