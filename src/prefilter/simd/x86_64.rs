//! x86-64: SSE2, which every processor has, and AVX2.

use super::{FIRST_STEPS, STEPS, confirmed, sum_of};
use crate::prefilter::{EITHER, LOWER, Passed, SUM, count_lines, search_plain};

/// Searches with AVX2 if the processor has it, otherwise with SSE2.
pub fn search<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    if hay.len() - from.min(hay.len()) > 256 && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { search_avx2::<COUNT, FAMILY>(hay, from, passed) };
    }
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { search_sse2::<COUNT, FAMILY>(hay, from, passed) }
}

#[target_feature(enable = "sse2")]
fn search_sse2<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    use core::arch::x86_64::{
        _mm_add_epi8 as add, _mm_and_si128 as and, _mm_cmpeq_epi8 as eq, _mm_loadu_si128 as load,
        _mm_movemask_epi8, _mm_or_si128 as or, _mm_set1_epi8, _mm_sub_epi8 as sub,
        _mm_xor_si128 as xor,
    };
    let splat = |byte: u8| _mm_set1_epi8(byte.cast_signed());
    let bits = |mask| _mm_movemask_epi8(mask).cast_unsigned();
    let any = |mask| bits(mask) != 0;
    vectors!(hay, from, passed, 16, splat, bits, any)
}

#[target_feature(enable = "avx2")]
fn search_avx2<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    use core::arch::x86_64::{
        _mm256_add_epi8 as add, _mm256_and_si256 as and, _mm256_cmpeq_epi8 as eq,
        _mm256_loadu_si256 as load, _mm256_movemask_epi8, _mm256_or_si256 as or, _mm256_set1_epi8,
        _mm256_sub_epi8 as sub, _mm256_xor_si256 as xor,
    };
    let splat = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
    let bits = |mask| _mm256_movemask_epi8(mask).cast_unsigned();
    let any = |mask| bits(mask) != 0;
    vectors!(hay, from, passed, 32, splat, bits, any)
}
