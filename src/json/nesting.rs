//! The stack of open objects and arrays, without recursion or allocation.

use super::Invalid;

/// The maximum nesting depth of objects and arrays. Event records are never this deep, not even in
/// members that no reader knows. The bound keeps the stack independent of a record's nesting. All
/// readers share it, so that no surface judges a record that another one refuses.
pub const DEEPEST: u32 = 512;

/// The kinds of the open containers: one bit for each, the outermost one first, set for an object.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nesting {
    depth: u32,
    objects: [u64; (DEEPEST / u64::BITS) as usize],
}

impl Nesting {
    /// Opens an object or an array, unless it would be too deep.
    pub fn push(&mut self, object: bool) -> Result<(), Invalid> {
        if self.depth == DEEPEST {
            return Err(Invalid);
        }
        if let Some(word) = self.objects.get_mut((self.depth / u64::BITS) as usize) {
            let bit = 1 << (self.depth % u64::BITS);
            *word = if object { *word | bit } else { *word & !bit };
        }
        self.depth += 1;
        Ok(())
    }

    /// Closes the innermost container.
    pub fn pop(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Whether the innermost container is an object.
    #[inline]
    pub fn in_object(&self) -> bool {
        let Some(last) = self.depth.checked_sub(1) else { return false };
        let word = self.objects.get((last / u64::BITS) as usize);
        word.is_some_and(|word| word >> (last % u64::BITS) & 1 == 1)
    }

    /// How many containers are open.
    pub fn depth(&self) -> usize {
        self.depth as usize
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Tokens;

    /// Objects and arrays alternate in threes and twos, so that no two words of bits are alike.
    #[test]
    fn brackets_must_match_however_deep_they_are() {
        for depth in [1_usize, 63, 64, 65, 126, 127, 128, 510, 511] {
            let is_object = |level: usize| level % 5 < 3;
            let mut text = String::from("{\"a\":");
            let mut ends = vec!['}'];
            for level in 0..depth {
                text.push_str(if is_object(level) { "{\"b\":" } else { "[" });
                ends.push(if is_object(level) { '}' } else { ']' });
            }
            text.push('0');
            let close = |ends: &[char]| text.clone() + &ends.iter().rev().collect::<String>();
            assert!(Tokens::new(&close(&ends)).whole_object(), "{depth}");
            for wrong in 0..ends.len() {
                let mut ends = ends.clone();
                ends[wrong] = if ends[wrong] == '}' { ']' } else { '}' };
                assert!(!Tokens::new(&close(&ends)).whole_object(), "{wrong} of {depth}");
            }
        }
    }

    #[test]
    fn what_is_deeper_than_the_bound_is_refused() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let levels = open.matches(['[', '{']).count();
            for (depth, read) in [(512, true), (514, false), (60_000, false)] {
                let text = open.repeat(depth / levels) + "0" + &close.repeat(depth / levels);
                let mut tokens = Tokens::new(&text);
                assert_eq!(tokens.skip_value().is_ok(), read, "{depth} of {open}");
            }
        }
    }
}
