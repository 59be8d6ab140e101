//! Text in text. What the standard library has for it is made for long needles; ours are a few bytes,
//! which it takes a module 5 KB and an interpreter many steps to look for.

/// Looking for text in text, from its beginning or (`last`) from its end.
pub trait Find {
    /// Where `what` stands first. Empty text stands everywhere.
    fn place(&self, what: &str) -> Option<usize>;
    /// Where it stands last.
    fn last_place(&self, what: &str) -> Option<usize>;
    /// Whether it stands anywhere.
    fn has(&self, what: &str) -> bool {
        self.place(what).is_some()
    }
    /// What comes before it where it stands first, and what behind.
    fn cut(&self, at: &str) -> Option<(&str, &str)>;
    /// The same where it stands last.
    fn cut_last(&self, at: &str) -> Option<(&str, &str)>;
    /// What is between one and the next, as long as there is another one; `between` is not empty.
    fn pieces<'t>(&'t self, between: &'t str) -> impl Iterator<Item = &'t str>;
}

impl Find for str {
    fn place(&self, what: &str) -> Option<usize> {
        let hay = self.as_bytes();
        let Some(first) = what.as_bytes().first() else { return Some(0) };
        let mut from = 0;
        loop {
            let at = from + memchr::memchr(*first, hay.get(from..)?)?;
            if hay.get(at..)?.starts_with(what.as_bytes()) {
                return Some(at);
            }
            from = at + 1;
        }
    }

    fn last_place(&self, what: &str) -> Option<usize> {
        let hay = self.as_bytes();
        let Some(first) = what.as_bytes().first() else { return Some(hay.len()) };
        let mut end = hay.len();
        loop {
            let at = hay.get(..end)?.iter().rposition(|byte| byte == first)?;
            if hay.get(at..)?.starts_with(what.as_bytes()) {
                return Some(at);
            }
            end = at;
        }
    }

    fn cut(&self, at: &str) -> Option<(&str, &str)> {
        around(self, self.place(at)?, at)
    }

    fn cut_last(&self, at: &str) -> Option<(&str, &str)> {
        around(self, self.last_place(at)?, at)
    }

    fn pieces<'t>(&'t self, between: &'t str) -> impl Iterator<Item = &'t str> {
        let mut rest = Some(self);
        core::iter::from_fn(move || {
            let text = rest?;
            let cut = text.cut(between).filter(|_| !between.is_empty());
            let (piece, after) = cut.map_or((text, None), |(piece, after)| (piece, Some(after)));
            rest = after;
            Some(piece)
        })
    }
}

fn around<'t>(text: &'t str, place: usize, what: &str) -> Option<(&'t str, &'t str)> {
    Some((text.get(..place)?, text.get(place + what.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::Find;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_what_the_standard_library_finds(
            text in "[ab: ü]{0,12}", what in prop_oneof!["[ab: ü]{0,3}", Just("ü".to_owned())],
        ) {
            prop_assert_eq!(text.place(&what), text.find(&what));
            prop_assert_eq!(text.last_place(&what), text.rfind(&what));
            prop_assert_eq!(text.has(&what), text.contains(&what));
            prop_assert_eq!(text.cut(&what), text.split_once(&what));
            prop_assert_eq!(text.cut_last(&what), text.rsplit_once(&what));
            if !what.is_empty() {
                let theirs: Vec<_> = text.split(&what).collect();
                prop_assert_eq!(text.pieces(&what).collect::<Vec<_>>(), theirs);
            }
        }
    }
}
