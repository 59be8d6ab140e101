//! ARM with 64 bits: NEON, which every processor has.

use super::{FIRST_STEPS, STEPS, confirmed, sum_of};
use crate::prefilter::{EITHER, LOWER, Passed, SUM, count_lines, search_plain};

/// Sixteen at a time.
pub fn search<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    // SAFETY: every such processor has NEON.
    unsafe { search_neon::<COUNT, FAMILY>(hay, from, passed) }
}

#[target_feature(enable = "neon")]
fn search_neon<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    use core::arch::aarch64::{
        uint8x16_t, vaddq_u8 as add, vaddv_u8, vandq_u8 as and, vceqq_u8 as eq,
        vdupq_n_u8 as splat, veorq_u8 as xor, vget_high_u8, vget_low_u8, vld1q_u8 as load,
        vmaxvq_u8, vorrq_u8 as or, vsubq_u8 as sub,
    };
    const PLACES: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];
    // SAFETY: it loads the sixteen bytes.
    let places = unsafe { load(PLACES.as_ptr()) };
    let bits = |mask: uint8x16_t| {
        let bits = and(mask, places);
        u16::from_le_bytes([vaddv_u8(vget_low_u8(bits)), vaddv_u8(vget_high_u8(bits))])
    };
    let any = |mask: uint8x16_t| vmaxvq_u8(mask) != 0;
    vectors!(hay, from, passed, 16, splat, bits, any)
}
