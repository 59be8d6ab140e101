//! Does this chunk mention a candidate? A substring scan over everything, so that most bytes are
//! only ever looked at here.
//!
//! A record can only be a candidate if it has the event source in some case, the end of the message
//! template's fixed beginning, or the host name of the known URL (see `www/guide/verdict.md`); or if
//! JSON escapes hide letters of these. A false alarm costs a parse; a miss would lose a record, so
//! the property tests hold this against a plain search.
//!
//! Each of the four has a pair of bytes that is rare in logs: `t3`, `m:`, `w.` and `u0`. The four were
//! chosen for their sums, which differ in one bit: so one addition and one comparison find them all,
//! sixteen or thirty-two at a time. What else has such a sum is sorted out where it is found.

/// The event source, in lower case.
const SOURCE: &[u8] = crate::article::SOURCE.as_bytes();
/// The end of the message template's fixed beginning.
const TEMPLATE: &[u8] = b"third-party root list sequence number from:";
/// A piece of the known URL that JSON writes in one way only, because it has no slash.
const HOST: &[u8] = b"www.download.windowsupdate.com";

/// What the pairs of the needles add up to, the first byte with [`LOWER`], the sum with [`EITHER`].
const SUM: u8 = 0xA7;
/// Makes a letter small; `:`, `.` and digits have the bit.
const LOWER: u8 = 0x20;
/// The bit in which the sums differ.
const EITHER: u8 = 0x02;

/// Where the next mention in `hay` is, from `from` on: some place inside it.
pub fn find(hay: &[u8], from: usize) -> Option<usize> {
    search::<false>(hay, from, &mut 0)
}

/// The same; and adds to `lines` how many line ends there are before it, or in all the rest where
/// there is none. To count them here costs less than to look at every byte once more.
pub fn find_counting(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    search::<true>(hay, from, lines)
}

fn search<const COUNT: bool>(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    {
        if hay.len() - from.min(hay.len()) > 256 && is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2.
            return unsafe { search_avx2::<COUNT>(hay, from, lines) };
        }
        // SAFETY: every x86-64 processor has SSE2.
        unsafe { search_sse2::<COUNT>(hay, from, lines) }
    }
    #[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
    return search_simd128::<COUNT>(hay, from, lines);
    #[cfg(not(any(
        target_arch = "x86_64",
        all(target_arch = "wasm32", target_feature = "simd128")
    )))]
    search_plain::<COUNT>(hay, from, lines)
}

/// Whether the pair at `at` belongs to a mention.
#[inline(never)]
fn confirm(hay: &[u8], at: usize) -> bool {
    let around = |before: usize, length: usize| {
        let start = at.checked_sub(before)?;
        hay.get(start..start + length)
    };
    match hay.get(at + 1) {
        Some(b'3') => around(4, SOURCE.len()).is_some_and(|text| text.eq_ignore_ascii_case(SOURCE)),
        Some(b':') => around(TEMPLATE.len() - 2, TEMPLATE.len()) == Some(TEMPLATE),
        Some(b'.') => around(2, HOST.len()) == Some(HOST),
        Some(b'0') => around(1, 6).is_some_and(hides_a_letter),
        _ => false,
    }
}

/// Whether an escape stands for a character that the needles have, or for one that another escape,
/// inside a string inside this one, could need.
fn hides_a_letter(escape: &[u8]) -> bool {
    let value = |digit: u8| char::from(digit).to_digit(16);
    match escape {
        [b'\\', b'u', b'0', b'0', high, low] => match (value(*high), value(*low)) {
            (Some(high), Some(low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                byte.is_ascii_alphanumeric() || b" -.:\\".contains(&byte)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether these could be the two bytes of a mention that are looked for.
fn is_pair(first: u8, second: u8) -> bool {
    (first | LOWER).wrapping_add(second) | EITHER == SUM
}

/// How many line ends there are.
fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// [`search`], byte by byte.
fn search_plain<const COUNT: bool>(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    let rest = hay.get(from..)?;
    let mut at = from;
    let found = loop {
        let Some([first, second]) = hay.get(at..).and_then(|rest| rest.first_chunk()) else {
            break None;
        };
        if is_pair(*first, *second) && confirm(hay, at) {
            break Some(at);
        }
        at += 1;
    };
    if COUNT {
        *lines += count_lines(&rest[..found.map_or(rest.len(), |at| at - from)]);
    }
    found
}

/// [`search`] in vectors of `$lanes` bytes, for instruction sets that differ only in how they call
/// things. The last few bytes are looked at one by one.
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
macro_rules! vectors {
    ($hay:ident, $from:ident, $lines:ident, $lanes:literal, $splat:ident, $bits:ident, $any:ident, $but_not:ident) => {{
        /// Vectors a step, and steps until a lane of eight bits could no longer count line ends.
        const STEP: usize = 4 * $lanes;
        const STEPS: usize = 63;
        // A line end and a brace have the sum of a pair too: where records meet, in most logs.
        let beside_line_ends = |at: usize, pairs: [_; 4]| {
            let mut rest = $splat(0);
            for (i, pairs) in pairs.into_iter().enumerate() {
                // SAFETY: as below.
                let first = unsafe { load($hay.as_ptr().add(at + i * $lanes).cast()) };
                rest = or(rest, $but_not(pairs, eq(first, $splat(b'\n'))));
            }
            rest
        };
        let mut at = $from;
        while at + STEP < $hay.len() {
            // Nothing is called in here, so that all of this stays in registers.
            let mut left = STEPS.min(($hay.len() - at - 1) / STEP);
            let (mut ends, mut pairs) = ($splat(0), [$splat(0); 4]);
            let hit = loop {
                let mut new = ends;
                for (i, pairs) in pairs.iter_mut().enumerate() {
                    // SAFETY: `left` keeps `at + STEP + 1` within `$hay`, and the loads need no
                    // alignment.
                    let (first, second) = unsafe {
                        let at = $hay.as_ptr().add(at + i * $lanes);
                        (load(at.cast()), load(at.add(1).cast()))
                    };
                    let sum = add(or(first, $splat(LOWER)), second);
                    *pairs = eq(or(sum, $splat(EITHER)), $splat(SUM));
                    if COUNT {
                        new = sub(new, eq(first, $splat(b'\n')));
                    }
                }
                let hit = $any(or(or(pairs[0], pairs[1]), or(pairs[2], pairs[3])))
                    && $any(beside_line_ends(at, pairs));
                left -= 1;
                if hit || left == 0 {
                    break hit.then_some(core::mem::replace(&mut ends, new));
                }
                ends = new;
                at += STEP;
            };
            let found = hit.and_then(|before| {
                let places = pairs.map(|pairs| u32::from($bits(pairs)));
                let found = confirmed($hay, at, $lanes, places)?;
                if COUNT {
                    *$lines += sum_of::<$lanes, _>(&before) + count_lines(&$hay[at..found]);
                }
                Some(found)
            });
            if found.is_some() {
                return found;
            }
            if COUNT {
                *$lines += sum_of::<$lanes, _>(&ends);
            }
            at += STEP;
        }
        search_plain::<COUNT>($hay, at, $lines)
    }};
}

/// The first pair that belongs to a mention, of those that a step found: a bit each, and a number a
/// vector.
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
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
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
fn sum_of<const LANES: usize, V>(vector: &V) -> u64 {
    const { assert!(size_of::<V>() == LANES) }
    // SAFETY: vectors are as many bytes, all of which are values.
    let lanes: [u8; LANES] = unsafe { core::mem::transmute_copy(vector) };
    lanes.into_iter().map(u64::from).sum()
}

/// [`search`], sixteen at a time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn search_simd128<const COUNT: bool>(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    use core::arch::wasm32::{
        u8x16_add as add, u8x16_bitmask as bits, u8x16_eq as eq, u8x16_splat as splat,
        u8x16_sub as sub, v128_andnot as but_not, v128_any_true as any, v128_load as load,
        v128_or as or,
    };
    vectors!(hay, from, lines, 16, splat, bits, any, but_not)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn search_sse2<const COUNT: bool>(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    use core::arch::x86_64::{
        _mm_add_epi8 as add, _mm_andnot_si128, _mm_cmpeq_epi8 as eq, _mm_loadu_si128 as load,
        _mm_movemask_epi8, _mm_or_si128 as or, _mm_set1_epi8, _mm_sub_epi8 as sub,
    };
    let but_not = |a, b| _mm_andnot_si128(b, a);
    let splat = |byte: u8| _mm_set1_epi8(byte.cast_signed());
    let bits = |mask| _mm_movemask_epi8(mask).cast_unsigned();
    let any = |mask| bits(mask) != 0;
    vectors!(hay, from, lines, 16, splat, bits, any, but_not)
}

/// As many at a time as the processor can.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn search_avx2<const COUNT: bool>(hay: &[u8], from: usize, lines: &mut u64) -> Option<usize> {
    use core::arch::x86_64::{
        _mm256_add_epi8 as add, _mm256_andnot_si256, _mm256_cmpeq_epi8 as eq,
        _mm256_loadu_si256 as load, _mm256_movemask_epi8, _mm256_or_si256 as or, _mm256_set1_epi8,
        _mm256_sub_epi8 as sub,
    };
    let but_not = |a, b| _mm256_andnot_si256(b, a);
    let splat = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
    let bits = |mask| _mm256_movemask_epi8(mask).cast_unsigned();
    let any = |mask| bits(mask) != 0;
    vectors!(hay, from, lines, 32, splat, bits, any, but_not)
}

/// Whether a record mentions a candidate, for hosts that interpret the module without SIMD.
///
/// There, the time goes with the number of bytes that are looked at, so this looks at a pair of
/// bytes in six: `crypt32` has six pairs, and wherever it stands, one of them is looked at. Of the
/// two longer needles, six pairs that are rare in logs were chosen, one for each position. Unlike
/// [`find`], it does not see through JSON escapes of letters, which the hosts in question never
/// write.
pub fn mentions(hay: &[u8]) -> bool {
    let (blocks, rest) = hay.as_chunks::<BLOCK>();
    for (i, block) in blocks.iter().enumerate() {
        let any = probe(block, 0)
            | probe(block, 6)
            | probe(block, 12)
            | probe(block, 18)
            | probe(block, 24)
            | probe(block, 30)
            | probe(block, 36)
            | probe(block, 42);
        if any != 0 && mentions_near(hay, i * BLOCK, (i + 1) * BLOCK) {
            return true;
        }
    }
    mentions_near(hay, hay.len() - rest.len(), hay.len())
}

/// What the table says of a pair. Where modules are built small, nothing is inlined by itself.
#[inline]
fn probe(block: &[u8; BLOCK], at: usize) -> u8 {
    PAIRS[usize::from(u16::from_le_bytes([block[at], block[at + 1]]))]
}

/// How many bytes are looked at in one go.
const BLOCK: usize = 8 * STRIDE;
/// From one pair that is looked at to the next.
const STRIDE: usize = 6;

/// The needles, and where in each the pairs are that are looked for: for every remainder of
/// [`STRIDE`] one.
const NEEDLES: [(&[u8], [usize; STRIDE]); 3] = [
    (SOURCE, [0, 1, 2, 3, 4, 5]),
    (HOST, [12, 19, 2, 3, 22, 11]),
    (TEMPLATE, [24, 25, 2, 27, 4, 5]),
];

/// For every pair of bytes (the first one is the low byte): 0, or 1 plus the number of the needle
/// and the remainder for which it is looked for.
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
            assert!(*entry == 0 || *entry == mark, "a pair stands for one place only");
            *entry = mark;
            case += 1;
        }
        code += 1;
        mark += 1;
    }
    table
};

/// Whether one of the pairs from `at` to `end` belongs to a mention.
#[inline(never)]
fn mentions_near(hay: &[u8], mut at: usize, end: usize) -> bool {
    while at < end
        && let Some(pair) = hay.get(at..).and_then(|rest| rest.first_chunk())
    {
        let code = usize::from(PAIRS[usize::from(u16::from_le_bytes(*pair))]);
        if code != 0 && belongs(hay, at, code - 1) {
            return true;
        }
        at += STRIDE;
    }
    false
}

/// Whether the needle of this pair stands where the pair at `at` says.
#[inline(never)]
fn belongs(hay: &[u8], at: usize, code: usize) -> bool {
    let (needle, places) = NEEDLES[code / STRIDE];
    let Some(start) = at.checked_sub(places[code % STRIDE]) else { return false };
    let Some(text) = hay.get(start..start + needle.len()) else { return false };
    // Letters of the source in lower case; its digits have the bit already.
    let fold = if code < STRIDE { 0x20 } else { 0 };
    text.iter().zip(needle).all(|(byte, wanted)| byte | fold == *wanted)
}

#[cfg(test)]
mod tests {
    use super::{
        BLOCK, HOST, SOURCE, STRIDE, TEMPLATE, find, find_counting, is_pair, mentions, search_plain,
    };
    use proptest::prelude::*;

    /// Whether something is mentioned, searched plainly; with escapes of letters or without.
    fn plain(hay: &[u8], escapes: bool) -> bool {
        let text: Vec<u8> = hay.to_ascii_lowercase();
        let has = |text: &[u8], needle: &[u8]| text.windows(needle.len()).any(|w| w == needle);
        let escape = |w: &[u8]| {
            let Ok(text) = core::str::from_utf8(w) else { return false };
            let Some(hex) = text.strip_prefix("\\u00") else { return false };
            let Ok(byte) = u8::from_str_radix(hex, 16) else { return false };
            !hex.starts_with('+') && (byte.is_ascii_alphanumeric() || b" -.:\\".contains(&byte))
        };
        has(&text, SOURCE)
            || has(hay, HOST)
            || has(hay, TEMPLATE)
            || (escapes && hay.windows(6).any(escape))
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"crypt32".to_vec()),
            Just(b"CrYPT32".to_vec()),
            Just(b"crypt3".to_vec()),
            Just(HOST.to_vec()),
            Just(HOST[1..].to_vec()),
            Just(TEMPLATE.to_vec()),
            Just(TEMPLATE[1..].to_vec()),
            Just(b"\\u0063".to_vec()),
            Just(b"\\u003c".to_vec()),
            Just(b"\\u003A".to_vec()),
            Just(b"\\\\u005C".to_vec()),
            prop::collection::vec(any::<u8>(), 0..90),
            "[a-z0-9w.m:t3\\\\u-]{0,90}".prop_map(String::into_bytes),
        ];
        prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
    }

    /// In blocks of exactly so many bytes, so that Miri (`make miri`) sees a load beyond their end.
    #[test]
    fn vectors_stay_within_what_is_searched() {
        for length in [0_usize, 1, 2, 16, 17, 18, 33, 64, 65, 66, 129, 130, 257, 258, 291] {
            let every = if cfg!(miri) { 29 } else { 1 };
            for at in (0..length).step_by(every).chain(length.checked_sub(SOURCE.len())) {
                let mut hay = vec![b'x'; length].into_boxed_slice();
                // A pair that is none, in every place; then a needle.
                for (byte, pair) in hay[at..].iter_mut().zip(*b"t3") {
                    *byte = pair;
                }
                assert_eq!(find(&hay, 0), None, "{at} of {length}");
                if let Some(place) = hay.get_mut(at..at + SOURCE.len()) {
                    place.copy_from_slice(SOURCE);
                    let found = find(&hay, 0);
                    assert!(found.is_some_and(|f| (at..at + SOURCE.len()).contains(&f)));
                }
            }
        }
    }

    /// Two pairs of the same kind in one block must not cancel each other out.
    #[test]
    fn a_mention_is_found_behind_a_pair_that_only_looks_like_one() {
        for (first, second) in (0..8).flat_map(|first| (first + 1..8).map(move |s| (first, s))) {
            // Which pair of the needle is looked at.
            for pair in 0..STRIDE {
                let start = second * STRIDE - pair;
                if start < first * STRIDE + 2 {
                    continue;
                }
                let mut hay = vec![b'x'; 2 * BLOCK];
                hay[start..start + SOURCE.len()].copy_from_slice(SOURCE);
                hay[first * STRIDE..][..2].copy_from_slice(&SOURCE[pair..pair + 2]);
                assert!(mentions(&hay), "{first}, {second}, {pair}");
            }
        }
    }

    /// The sum is what the vectors look for; each needle must have it where [`confirm`] expects it.
    #[test]
    fn every_needle_has_its_pair() {
        for pair in [b"t3", b"T3", b"m:", b"w.", b"u0"] {
            assert!(is_pair(pair[0], pair[1]), "{pair:?}");
        }
        for (needle, at) in [(SOURCE, 4), (TEMPLATE, TEMPLATE.len() - 2), (HOST, 2)] {
            assert!(is_pair(needle[at], needle[at + 1]));
            assert_eq!(search_plain::<false>(needle, 0, &mut 0), Some(at));
        }
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(hay in pieces()) {
            prop_assert_eq!(find(&hay, 0).is_some(), plain(&hay, true));
        }

        #[test]
        fn finds_the_first_one_wherever_the_vectors_begin(
            before in pieces(), after in pieces(), gap in 0usize..8000, from in 0usize..200,
        ) {
            // Long enough that the lanes that count line ends are emptied on the way.
            let between = b"\n\n.".repeat(gap);
            let hay = [before, between, after].concat();
            let from = from.min(hay.len());
            let (mut lines, mut plain) = (7, 7);
            let found = find_counting(&hay, from, &mut lines);
            prop_assert_eq!(found, search_plain::<true>(&hay, from, &mut plain));
            prop_assert_eq!(found, find(&hay, from));
            prop_assert_eq!(lines, plain);
        }

        #[test]
        fn mentions_are_those_that_a_plain_search_finds(
            hay in pieces(),
            needle in prop_oneof![Just(&b""[..]), Just(&b"cRypt32"[..]), Just(HOST), Just(TEMPLATE)],
            at in 0usize..150,
        ) {
            let mut hay = hay;
            let at = at.min(hay.len());
            hay.splice(at..at, needle.iter().copied());
            prop_assert_eq!(mentions(&hay), plain(&hay, false));
        }
    }
}
