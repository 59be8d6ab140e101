//! The prefilter: a substring search that finds the mentions of a candidate in a chunk. It reads
//! every byte, and most bytes are read by nothing else.
//!
//! A record can only be a candidate if it has the event source in any case, the end of the message
//! template's fixed beginning, or the host name of the known URL (see `docs/verdict.md`), or if
//! JSON escapes hide letters of these. A false positive costs one parse, but a false negative would
//! lose a record. The property tests therefore compare the prefilter with a plain search.
//!
//! Each of the four needles has a pair of bytes that is rare in logs: `t3`, `m:`, `w.` and `u0`.
//! The pairs were chosen because their sums differ in one bit only, so that one addition and one
//! comparison find them all, 16 or 32 bytes at a time (`simd.rs`). `confirm` then sorts out other
//! pairs with such a sum. Hosts that interpret the module use a table search instead (`bigram.rs`).

use memchr::memmem;

mod bigram;
mod mention;
#[cfg_attr(
    not(any(
        target_arch = "aarch64",
        target_arch = "x86_64",
        all(target_arch = "wasm32", target_feature = "simd128")
    )),
    path = "prefilter/plain.rs"
)]
mod simd;

pub use bigram::may_contain_candidate;
pub use mention::{Trail, names_event};

/// The event source, in lower case.
const SOURCE: &[u8] = crate::article::SOURCE.as_bytes();
/// The end of the message template's fixed beginning.
const TEMPLATE: &[u8] = b"third-party root list sequence number from:";
/// A piece of the known URL that JSON can only write in one way, because it has no slash.
const HOST: &[u8] = b"www.download.windowsupdate.com";

/// The source of the same family on later systems, in lower case. Only reports look for it.
const CAPI2: &[u8] = b"capi2";

/// The sum of each needle's pair, with [`LOWER`] set in the first byte and [`EITHER`] in the sum.
const SUM: u8 = 0xA7;
/// The bit that makes a letter lower case; `:`, `.` and digits have it already.
const LOWER: u8 = 0x20;
/// The bit that differs between the sums.
const EITHER: u8 = 0x02;

/// The position of the next mention in `hay`, at or after `from`. It is an offset inside the
/// mention, not its start.
pub fn find(hay: &[u8], from: usize) -> Option<usize> {
    search::<false, false>(hay, from, &mut Passed::default())
}

/// Like [`find`], and finds mentions of `CAPI2` in any case, the source of the related events of
/// later systems.
pub fn find_family(hay: &[u8], from: usize) -> Option<usize> {
    search::<false, true>(hay, from, &mut Passed::default())
}

/// The lines that the search passed before a mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// The number of line ends.
    pub lines: u64,
    /// Whether a byte other than `{` may follow one of these line ends.
    pub others: bool,
}

/// Like [`find`], and adds to `passed` what comes before the mention, or the whole rest if there is
/// no mention. Counting here costs less than reading every byte again.
pub fn find_counting(hay: &[u8], from: usize, passed: &mut Passed) -> Option<usize> {
    search::<true, false>(hay, from, passed)
}

fn search<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    simd::search::<COUNT, FAMILY>(hay, from, passed)
}

/// Every mention in the bytes of a binary log, in UTF-8 and in UTF-16. The positions are ordered
/// needle by needle.
pub fn find_in_binary(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let plain = move |from| find(bytes, from);
    let plain = core::iter::successors(plain(0), move |at| plain(at + 1));
    let tail = memmem::find_iter(bytes, b"3\x002");
    let source = tail.filter_map(|at| {
        let start = at.checked_sub(10)?;
        bytes.get(start..at)?.eq_ignore_ascii_case(b"c\0r\0y\0p\0t\0").then_some(start)
    });
    let wide = |needle: &[u8]| needle.iter().flat_map(|&byte| [byte, 0]).collect::<Vec<_>>();
    let host = memmem::Finder::new(&wide(HOST)).into_owned();
    let template = memmem::Finder::new(&wide(TEMPLATE)).into_owned();
    let all = |finder: memmem::Finder<'static>| {
        let next = move |from: usize| Some(from + finder.find(bytes.get(from..)?)?);
        core::iter::successors(next(0), move |at| next(at + 1))
    };
    plain.chain(source).chain(all(host)).chain(all(template))
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
        Some(b'2') => around(3, CAPI2.len()).is_some_and(|text| text.eq_ignore_ascii_case(CAPI2)),
        _ => false,
    }
}

/// Whether an escape encodes a character of the needles, or one that another escape, in a string
/// inside this string, could need.
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

/// Whether these two bytes have the sum of a needle's pair.
fn is_pair(first: u8, second: u8) -> bool {
    (first | LOWER).wrapping_add(second) | EITHER == SUM
}

/// Whether these two bytes are the pair of `CAPI2`.
fn is_family_pair(first: u8, second: u8) -> bool {
    first | LOWER == b'i' && second == b'2'
}

/// Counts the line ends.
fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// Like [`search`], but byte by byte.
fn search_plain<const COUNT: bool, const FAMILY: bool>(
    hay: &[u8],
    from: usize,
    passed: &mut Passed,
) -> Option<usize> {
    let rest = hay.get(from..)?;
    let mut at = from;
    let found = loop {
        let Some([first, second]) = hay.get(at..).and_then(|rest| rest.first_chunk()) else {
            break None;
        };
        let pair = is_pair(*first, *second) || (FAMILY && is_family_pair(*first, *second));
        if pair && confirm(hay, at) {
            break Some(at);
        }
        at += 1;
    };
    if COUNT {
        let before = &rest[..found.map_or(rest.len(), |at| at - from)];
        passed.lines += count_lines(before);
        let other = |end: usize| rest.get(end + 1).is_some_and(|byte| *byte != b'{');
        passed.others |= memchr::memchr_iter(b'\n', before).any(other);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{
        CAPI2, HOST, Passed, SOURCE, TEMPLATE,
        bigram::{BLOCK, STRIDE, URL},
        find, find_counting, find_family, is_family_pair, is_pair, may_contain_candidate,
        search_plain,
    };
    use proptest::prelude::*;

    /// Whether a plain search finds a mention. `host` is the needle for the URL; `escapes` says
    /// whether escapes of letters count.
    fn plain(hay: &[u8], host: &[u8], escapes: bool) -> bool {
        let text: Vec<u8> = hay.to_ascii_lowercase();
        let has = |text: &[u8], needle: &[u8]| text.windows(needle.len()).any(|w| w == needle);
        let escape = |w: &[u8]| {
            let Ok(text) = core::str::from_utf8(w) else { return false };
            let Some(hex) = text.strip_prefix("\\u00") else { return false };
            let Ok(byte) = u8::from_str_radix(hex, 16) else { return false };
            !hex.starts_with('+') && (byte.is_ascii_alphanumeric() || b" -.:\\".contains(&byte))
        };
        has(&text, SOURCE)
            || has(hay, host)
            || has(hay, TEMPLATE)
            || (escapes && hay.windows(6).any(escape))
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"crypt32".to_vec()),
            Just(b"CrYPT32".to_vec()),
            Just(b"crypt3".to_vec()),
            Just(b"cApI2".to_vec()),
            Just(b"capi3".to_vec()),
            Just(HOST.to_vec()),
            Just(URL.to_vec()),
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

    /// The blocks have exactly these lengths, so that Miri (`make miri`) detects a load beyond
    /// their end.
    #[test]
    fn vectors_stay_within_what_is_searched() {
        for length in [0_usize, 1, 2, 16, 17, 18, 33, 64, 65, 66, 129, 130, 257, 258, 291] {
            let every = if cfg!(miri) { 29 } else { 1 };
            for at in (0..length).step_by(every).chain(length.checked_sub(SOURCE.len())) {
                let mut hay = vec![b'x'; length].into_boxed_slice();
                // A pair without a needle in every place, then a needle.
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
            // The index of the pair that the search looks at.
            for pair in 0..STRIDE {
                let start = second * STRIDE - pair;
                if start < first * STRIDE + 2 {
                    continue;
                }
                let mut hay = vec![b'x'; 2 * BLOCK];
                hay[start..start + SOURCE.len()].copy_from_slice(SOURCE);
                hay[first * STRIDE..][..2].copy_from_slice(&SOURCE[pair..pair + 2]);
                assert!(may_contain_candidate(&hay), "{first}, {second}, {pair}");
            }
        }
    }

    /// For a long needle, the search looks for one pair per remainder, so the steps must stay
    /// aligned.
    #[test]
    fn every_needle_is_found_in_every_place() {
        for (needle, length) in [SOURCE, URL, TEMPLATE]
            .into_iter()
            .flat_map(|needle| (needle.len()..4 * BLOCK).map(move |length| (needle, length)))
        {
            // The buffer has exactly this length, so that Miri (`make miri`) detects a load beyond
            // its end. Miri tries fewer places.
            for at in (0..=length - needle.len()).step_by(if cfg!(miri) { 67 } else { 1 }) {
                let mut hay = vec![b'x'; length].into_boxed_slice();
                assert!(!may_contain_candidate(&hay));
                hay[at..at + needle.len()].copy_from_slice(needle);
                assert!(may_contain_candidate(&hay), "{at} of {length}");
            }
        }
    }

    /// The vectors look for the sum, so each needle must have it where [`confirm`] expects it.
    #[test]
    fn every_needle_has_its_pair() {
        for pair in [b"t3", b"T3", b"m:", b"w.", b"u0"] {
            assert!(is_pair(pair[0], pair[1]), "{pair:?}");
        }
        for (needle, at) in [(SOURCE, 4), (TEMPLATE, TEMPLATE.len() - 2), (HOST, 2)] {
            assert!(is_pair(needle[at], needle[at + 1]));
            let found = search_plain::<false, false>(needle, 0, &mut Passed::default());
            assert_eq!(found, Some(at));
        }
        assert!(is_family_pair(CAPI2[3], CAPI2[4]) && is_family_pair(b'I', b'2'));
    }

    /// Only the source may be in any case. Setting the lower-case bit everywhere would also turn
    /// two control characters into the digits of `crypt32`.
    #[test]
    fn nothing_else_has_a_case() {
        let mut hays = vec![b"crypt3\x12".to_vec(), b"CRYPT\x132".to_vec()];
        for needle in [URL, TEMPLATE] {
            for at in (0..needle.len()).filter(|at| needle[*at].is_ascii_lowercase()) {
                let mut hay = needle.to_vec();
                hay[at].make_ascii_uppercase();
                hays.push(hay);
            }
        }
        for hay in hays {
            // The length stays the same, so that each remainder is tested: blocks are counted from
            // the end.
            for at in 0..BLOCK {
                let hay = [&vec![b'x'; at], &*hay, &vec![b'x'; 2 * BLOCK - at]].concat();
                assert!(!may_contain_candidate(&hay), "{}", hay.escape_ascii());
                assert_eq!(find(&hay, 0), None, "{}", hay.escape_ascii());
            }
        }
    }

    proptest! {
        #[test]
        fn finds_what_a_plain_search_finds(hay in pieces()) {
            prop_assert_eq!(find(&hay, 0).is_some(), plain(&hay, HOST, true));
        }

        #[test]
        fn finds_the_first_one_wherever_the_vectors_begin(
            before in pieces(), after in pieces(), gap in 0usize..8000, from in 0usize..200,
            line in prop_oneof![Just(&b"\n\n."[..]), Just(&b"\n{"[..]), Just(&b"{\n"[..])],
        ) {
            // The text is so long that the lanes that count line ends are emptied in between.
            let between = line.repeat(gap);
            let hay = [before, between, after].concat();
            let from = from.min(hay.len());
            let mut passed = Passed { lines: 7, others: false };
            let mut plain = passed;
            let found = find_counting(&hay, from, &mut passed);
            prop_assert_eq!(found, search_plain::<true, false>(&hay, from, &mut plain));
            prop_assert_eq!(found, find(&hay, from));
            prop_assert_eq!(passed.lines, plain.lines);
            prop_assert!(passed.others || !plain.others);
            let objects = !hay[from..].windows(2).any(|two| two[0] == b'\n' && two[1] != b'{');
            prop_assert!(!objects || !passed.others);
        }

        #[test]
        fn finds_the_family_wherever_the_vectors_begin(
            before in pieces(), after in pieces(), gap in 0usize..8000, from in 0usize..200,
        ) {
            let hay = [before, vec![b'.'; gap], after].concat();
            let from = from.min(hay.len());
            let found = find_family(&hay, from);
            prop_assert_eq!(found, search_plain::<false, true>(&hay, from, &mut Passed::default()));
            let named = hay.to_ascii_lowercase().windows(CAPI2.len()).any(|word| word == CAPI2);
            prop_assert_eq!(find_family(&hay, 0).is_some(), plain(&hay, HOST, true) || named);
        }

        #[test]
        fn mentions_are_those_that_a_plain_search_finds(
            hay in pieces(),
            needle in prop_oneof![Just(&b""[..]), Just(&b"cRypt32"[..]), Just(URL), Just(TEMPLATE)],
            at in 0usize..150,
        ) {
            let mut hay = hay;
            let at = at.min(hay.len());
            hay.splice(at..at, needle.iter().copied());
            prop_assert_eq!(may_contain_candidate(&hay), plain(&hay, URL, false));
        }
    }
}
