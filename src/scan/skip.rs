//! The search for hosts that interpret the module, without SIMD.

use super::{SOURCE, TEMPLATE};

/// Whether a record mentions a candidate.
///
/// In an interpreter, the time goes with the number of bytes that are looked at, so this looks at a pair of
/// bytes in six: `crypt32` has six pairs, and wherever it stands, one of them is looked at. Of the
/// two longer needles, six pairs that are rare in logs were chosen, one for each position. Unlike
/// [`super::find`], it does not see through JSON escapes of letters, which the hosts in question never
/// write.
pub fn mentions(hay: &[u8]) -> bool {
    let (blocks, rest) = hay.as_chunks::<BLOCK>();
    let mut at = 0;
    for block in blocks {
        let any = probe(block, 0)
            | probe(block, 6)
            | probe(block, 12)
            | probe(block, 18)
            | probe(block, 24)
            | probe(block, 30)
            | probe(block, 36)
            | probe(block, 42);
        if any != 0 && mentions_near(hay, at, at + BLOCK) {
            return true;
        }
        at += BLOCK;
    }
    let (steps, end) = rest.as_chunks::<STRIDE>();
    let mut any = end.first_chunk::<2>().map_or(0, |pair| probe(pair, 0));
    for step in steps {
        any |= probe(step, 0);
    }
    any != 0 && mentions_near(hay, at, hay.len())
}

/// What the table says of a pair. Where modules are built small, nothing is inlined by itself.
#[inline]
fn probe<const N: usize>(bytes: &[u8; N], at: usize) -> u8 {
    PAIRS[usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]))]
}

/// How many bytes are looked at in one go.
pub(super) const BLOCK: usize = 8 * STRIDE;
/// From one pair that is looked at to the next.
pub(super) const STRIDE: usize = 6;

/// The host name with the slash that is before it in the URL, however JSON writes that: a sentence
/// rarely has `/w`.
pub(super) const URL: &[u8] = b"/www.download.windowsupdate.com";

/// The needles, and where in each the pairs are that are looked for: for every remainder of
/// [`STRIDE`] one.
const NEEDLES: [(&[u8], [usize; STRIDE]); 3] =
    [(SOURCE, [0, 1, 2, 3, 4, 5]), (URL, [0, 13, 2, 3, 4, 23]), (TEMPLATE, [24, 25, 2, 27, 4, 5])];

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
