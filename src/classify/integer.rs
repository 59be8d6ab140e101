//! Integers in the spellings of records.

use crate::{
    article,
    event::{Kind, Said},
};

/// The low 32 bits of an integer field, in two halves.
#[derive(Clone, Copy)]
pub(crate) struct Integer {
    pub(crate) low: u16,
    /// Bits 16 to 31; `None` if the number needs more than 32 bits.
    pub(super) high: Option<u16>,
}

/// Parses a plain integer: decimal without leading zeros, or `0x` hex. Returns `None` for anything
/// else.
pub(crate) fn integer(said: &Said<'_>) -> Option<Integer> {
    if said.kind == Kind::Other {
        return None;
    }
    let text = &*said.value;
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (radix, digits) = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        Some(hex) if !negative => (16, hex),
        _ => (10, digits),
    };
    if digits.is_empty() || (radix == 10 && digits.len() > 1 && digits.starts_with('0')) {
        return None;
    }
    // `bits` holds the low 32 bits of a number of any length; `wide` is set once 32 bits are too
    // few.
    let (mut bits, mut wide) = (0u32, false);
    for digit in digits.bytes() {
        let digit = char::from(digit).to_digit(radix)?;
        let next = u64::from(bits) * u64::from(radix) + u64::from(digit);
        wide |= next > u64::from(u32::MAX);
        #[allow(clippy::cast_possible_truncation)]
        {
            bits = next as u32;
        }
    }
    if negative {
        wide |= bits > 1 << 31;
        bits = bits.wrapping_neg();
    }
    let [b0, b1, b2, b3] = bits.to_le_bytes();
    let high = (!wide).then_some(u16::from_le_bytes([b2, b3]));
    Some(Integer { low: u16::from_le_bytes([b0, b1]), high })
}

/// Whether an id is 8 with a high word that this event can have. A value that is no plain integer
/// is not.
pub(super) fn is_event_8(said: &Said<'_>) -> bool {
    // The high word is zero, that of the full identifier, or that of the identifier without its
    // severity bits.
    let known = [0, article::QUALIFIERS, article::QUALIFIERS & 0x0FFF];
    integer(said).is_some_and(|id| {
        id.low == article::EVENT_ID && id.high.is_some_and(|high| known.contains(&high))
    })
}
