//! Does this chunk mention a candidate? A substring scan over everything, so that most bytes are
//! only ever looked at here.
//!
//! A record can only be a candidate if it has the event source in some case, a piece of the message
//! template, or the file name of the known URL (see `design.md`, section 3); or if JSON escapes hide
//! letters of these. Each of the four is found by a pair of bytes that is rare in logs, and then
//! confirmed. A false alarm costs a parse; a miss would lose a record, so the property tests hold
//! this against a plain search.

/// The file that the known URL names.
const FILE: &[u8] = b"authrootseq.txt";
/// A piece of the message template.
const TEMPLATE: &[u8] = b"third-party root list sequence number";
/// The event source, in lower case.
const SOURCE: &[u8] = crate::article::SOURCE.as_bytes();

/// Where the next mention in `hay` is, from `from` on.
pub fn find(hay: &[u8], from: usize) -> Option<usize> {
    let mut from = from;
    while let Some(at) = next_pair(hay, from) {
        if confirm(hay, at) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// Whether the pair at `at` belongs to a mention.
fn confirm(hay: &[u8], at: usize) -> bool {
    let around = |before: usize, length: usize| {
        let start = at.checked_sub(before)?;
        hay.get(start..start + length)
    };
    match hay[at] {
        b'\\' => around(0, 6).is_some_and(|escape| hides_a_letter(&escape[2..])),
        b'q' => around(10, FILE.len()) == Some(FILE),
        b'-' => around(5, TEMPLATE.len()) == Some(TEMPLATE),
        _ => around(4, SOURCE.len()).is_some_and(|text| text.eq_ignore_ascii_case(SOURCE)),
    }
}

/// Whether the four digits of an escape stand for a character that the needles have, or for one
/// that another escape, inside a string inside this one, could need.
fn hides_a_letter(digits: &[u8]) -> bool {
    let value = |digit: u8| char::from(digit).to_digit(16);
    match digits {
        [b'0', b'0', high, low] => match (value(*high), value(*low)) {
            (Some(high), Some(low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                byte.is_ascii_alphanumeric() || b" -.\\".contains(&byte)
            }
            _ => false,
        },
        _ => false,
    }
}

/// The first byte of a pair that a mention has: `t3` of `crypt32` (in any case), `q.` of the file
/// name, `-p` of the template, `\u` of an escape.
fn is_pair(first: u8, second: u8) -> bool {
    matches!((first | 0x20, second), (b't', b'3') | (b'q', b'.'))
        || matches!((first, second), (b'-', b'p') | (b'\\', b'u'))
}

/// Where the next pair is, byte by byte.
fn plain_pair(hay: &[u8], from: usize) -> Option<usize> {
    let pairs = hay.get(from..)?.windows(2);
    pairs.into_iter().position(|pair| is_pair(pair[0], pair[1])).map(|at| from + at)
}

/// Where the next pair is, in vectors of `$lanes` bytes, for instruction sets that differ only in how
/// they call things. The last few bytes are looked at one by one.
#[cfg(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128")))]
macro_rules! search {
    ($hay:ident, $from:ident, $lanes:literal, $splat:ident) => {{
        let mask = |at: usize| {
            debug_assert!(at + $lanes < $hay.len());
            // SAFETY: the loops below keep `at + $lanes + 1` within `$hay`, and the loads need no
            // alignment.
            let (a, b) = unsafe {
                let at = $hay.as_ptr().add(at);
                (load(at.cast()), load(at.add(1).cast()))
            };
            let lower = or(a, $splat(0x20));
            let both = |v, first: u8, second: u8| and(eq(v, $splat(first)), eq(b, $splat(second)));
            or(
                or(both(lower, b't', b'3'), both(lower, b'q', b'.')),
                or(both(a, b'-', b'p'), both(a, b'\\', b'u')),
            )
        };
        let first = |at: usize, mask| match bits(mask) {
            0 => None,
            bits => Some(at + bits.trailing_zeros() as usize),
        };
        let mut at = $from;
        let mut found = None;
        while found.is_none() && at + 4 * $lanes < $hay.len() {
            let masks = [mask(at), mask(at + $lanes), mask(at + 2 * $lanes), mask(at + 3 * $lanes)];
            if bits(or(or(masks[0], masks[1]), or(masks[2], masks[3]))) != 0 {
                found = masks.into_iter().zip(0..).find_map(|(m, i)| first(at + i * $lanes, m));
            }
            at += 4 * $lanes;
        }
        while found.is_none() && at + $lanes < $hay.len() {
            found = first(at, mask(at));
            at += $lanes;
        }
        found.or_else(|| plain_pair($hay, at))
    }};
}

/// Where the next pair is.
#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
fn next_pair(hay: &[u8], from: usize) -> Option<usize> {
    plain_pair(hay, from)
}

/// Where the next pair is, sixteen at a time.
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
fn next_pair(hay: &[u8], from: usize) -> Option<usize> {
    use core::arch::wasm32::{
        u8x16_bitmask as bits, u8x16_eq as eq, u8x16_splat as splat, v128_and as and,
        v128_load as load, v128_or as or,
    };
    search!(hay, from, 16, splat)
}

/// Where the next pair is, as many at a time as the processor can.
#[cfg(target_arch = "x86_64")]
fn next_pair(hay: &[u8], from: usize) -> Option<usize> {
    if hay.len() - from.min(hay.len()) > 256 && is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { next_pair_avx2(hay, from) };
    }
    // SAFETY: every x86-64 processor has SSE2.
    unsafe { next_pair_sse2(hay, from) }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "sse2")]
fn next_pair_sse2(hay: &[u8], from: usize) -> Option<usize> {
    use core::arch::x86_64::{
        _mm_and_si128 as and, _mm_cmpeq_epi8 as eq, _mm_loadu_si128 as load,
        _mm_movemask_epi8 as bits, _mm_or_si128 as or, _mm_set1_epi8,
    };
    let splat = |byte: u8| _mm_set1_epi8(byte.cast_signed());
    search!(hay, from, 16, splat)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn next_pair_avx2(hay: &[u8], from: usize) -> Option<usize> {
    use core::arch::x86_64::{
        _mm256_and_si256 as and, _mm256_cmpeq_epi8 as eq, _mm256_loadu_si256 as load,
        _mm256_movemask_epi8 as bits, _mm256_or_si256 as or, _mm256_set1_epi8,
    };
    let splat = |byte: u8| _mm256_set1_epi8(byte.cast_signed());
    search!(hay, from, 32, splat)
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

/// A piece of the host name in the known URL: unlike the file name, it has rare pairs.
const HOST: &[u8] = b"www.download.windowsupdate.com";

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
    use super::{HOST, find, is_pair, mentions, next_pair};
    use proptest::prelude::*;

    /// Every mention, searched plainly.
    fn plain(hay: &[u8]) -> bool {
        let text: Vec<u8> = hay.to_ascii_lowercase();
        let has = |text: &[u8], needle: &[u8]| text.windows(needle.len()).any(|w| w == needle);
        let escape = hay.windows(6).any(|w| {
            let Ok(text) = core::str::from_utf8(w) else { return false };
            let Some(hex) = text.strip_prefix("\\u00") else { return false };
            let Ok(byte) = u8::from_str_radix(hex, 16) else { return false };
            !hex.starts_with('+') && (byte.is_ascii_alphanumeric() || b" -.\\".contains(&byte))
        });
        has(&text, b"crypt32")
            || has(hay, b"authrootseq.txt")
            || has(hay, b"third-party root list sequence number")
            || escape
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"crypt32".to_vec()),
            Just(b"CrYPT32".to_vec()),
            Just(b"crypt3".to_vec()),
            Just(b"authrootseq.txt".to_vec()),
            Just(b"third-party root list sequence number".to_vec()),
            Just(b"-party root list sequence number".to_vec()),
            Just(b"\\u0063".to_vec()),
            Just(b"\\u003c".to_vec()),
            Just(b"\\\\u005C".to_vec()),
            prop::collection::vec(any::<u8>(), 0..90),
            "[a-z0-9q.t3\\\\u-]{0,90}".prop_map(String::into_bytes),
        ];
        prop::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(hay in pieces()) {
            prop_assert_eq!(find(&hay, 0).is_some(), plain(&hay));
        }

        #[test]
        fn mentions_are_those_that_a_plain_search_finds(
            hay in pieces(),
            needle in prop_oneof![
                Just(&b""[..]),
                Just(&b"cRypt32"[..]),
                Just(HOST),
                Just(&b"third-party root list sequence number"[..]),
            ],
            at in 0usize..150,
        ) {
            let mut hay = hay;
            let at = at.min(hay.len());
            hay.splice(at..at, needle.iter().copied());
            let text = hay.to_ascii_lowercase();
            let has = |text: &[u8], needle: &[u8]| text.windows(needle.len()).any(|w| w == needle);
            let plain = has(&text, b"crypt32")
                || has(&hay, HOST)
                || has(&hay, b"third-party root list sequence number");
            prop_assert_eq!(mentions(&hay), plain);
        }

        #[test]
        fn finds_every_pair_in_order(hay in pieces(), from in 0usize..100) {
            let from = from.min(hay.len());
            let found = next_pair(&hay, from);
            let plain = (from..hay.len().saturating_sub(1)).find(|&i| is_pair(hay[i], hay[i + 1]));
            prop_assert_eq!(found, plain);
        }
    }
}
