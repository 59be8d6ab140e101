//! WASM with vectors.

use super::{FIRST_STEPS, STEPS, confirmed, sum_of};
use crate::prefilter::{EITHER, LOWER, Passed, SUM, count_lines, search_plain};

/// Sixteen at a time.
pub fn search<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    use core::arch::wasm32::{
        u8x16_add as add, u8x16_bitmask as bits, u8x16_eq as eq, u8x16_splat as splat,
        u8x16_sub as sub, v128_and as and, v128_any_true as any, v128_load as load, v128_or as or,
        v128_xor as xor,
    };
    vectors!(hay, from, passed, 16, splat, bits, any)
}
