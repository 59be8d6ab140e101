//! What is open: objects and arrays within each other, without recursion.

use super::Invalid;

/// Which of the open containers are objects: a bit each, the innermost one the lowest. On the heap
/// only when very deep.
#[derive(Default)]
pub(super) struct Nesting {
    pub(super) depth: usize,
    near: u64,
    far: Vec<u64>,
}

impl Nesting {
    pub(super) fn push(&mut self, object: bool) -> Result<(), Invalid> {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.far.try_reserve(1).map_err(|_| Invalid)?;
            self.far.push(self.near);
        }
        self.near = self.near << 1 | u64::from(object);
        self.depth += 1;
        Ok(())
    }

    pub(super) fn pop(&mut self) {
        self.near >>= 1;
        self.depth = self.depth.saturating_sub(1);
        if self.depth.is_multiple_of(64)
            && let Some(near) = self.far.pop()
        {
            self.near = near;
        }
    }

    pub(super) fn in_object(&self) -> bool {
        self.near & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use crate::json::Tokens;

    /// Objects and arrays in turn, in threes and twos, so that no word of bits is like another.
    #[test]
    fn brackets_must_match_however_deep_they_are() {
        for depth in [1_usize, 63, 64, 65, 127, 128, 129, 200] {
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
}
