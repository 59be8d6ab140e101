//! The option `only_computers`: the computers whose records may be dropped.

use regex_lite::{Regex, RegexBuilder};

/// Regular expressions, one of which must match the whole name of a computer. ASCII case does not
/// matter. The syntax is that of the crate `regex` without Unicode classes.
#[derive(Clone, Debug, Default)]
pub struct OnlyComputers(Vec<Regex>);

/// The parts around a pattern that make it match the whole name.
const WHOLE: (&str, &str) = (r"\A(?:", r")\z");

impl OnlyComputers {
    /// Parses the patterns.
    ///
    /// # Errors
    /// Returns the first invalid pattern, and what is wrong with it.
    pub fn new(patterns: &[&str]) -> Result<Self, String> {
        let parse = |pattern: &&str| {
            let wrong = |error| format!("\"{pattern}\" is not valid: {error}");
            // A pattern such as `a)|(b` is valid only inside the group.
            Regex::new(pattern).map_err(wrong)?;
            let whole = [WHOLE.0, pattern, WHOLE.1].concat();
            RegexBuilder::new(&whole).case_insensitive(true).build().map_err(wrong)
        };
        patterns.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the records of a computer may be dropped. The name, which is needed only if there are
    /// patterns, is empty if the record does not name its computer.
    pub fn includes<'n>(&self, computer: impl FnOnce() -> &'n str) -> Included {
        if self.0.is_empty() {
            return Included(true);
        }
        let name = computer();
        Included(!name.is_empty() && self.0.iter().any(|pattern| pattern.is_match(name)))
    }

    /// The patterns.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        let whole = self.0.iter().map(Regex::as_str);
        whole.filter_map(|whole| whole.strip_prefix(WHOLE.0)?.strip_suffix(WHOLE.1))
    }
}

impl PartialEq for OnlyComputers {
    fn eq(&self, other: &Self) -> bool {
        self.patterns().eq(other.patterns())
    }
}

impl Eq for OnlyComputers {}

/// Whether all computers of a record are included.
#[derive(Clone, Copy)]
pub struct Included(bool);

impl Default for Included {
    fn default() -> Self {
        Self(true)
    }
}

impl Included {
    /// Adds the answer about another computer.
    pub fn add(&mut self, other: Self) {
        self.0 &= other.0;
    }

    /// The answer.
    pub fn holds(self) -> bool {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The guide promises the syntax of the crate `regex`. The two engines must agree about it.
    #[test]
    fn patterns_mean_the_same_in_the_crate_regex() {
        let patterns = [
            "TILL-[0-9]+",
            r"till-\d{2,3}",
            r"(?:shop|till)-\w+(?:\.corp\.example)?",
            "a|ab",
            "",
            ".*",
            "[^a-m]*",
            r"server\d\b.*",
            "(?i)Server1|(?-i)Till-07",
            "(?x) till - \\d+ ",
            "^till-07$",
            "(?P<site>[[:alpha:]]+)-\\d+?",
            "\\x54ILL-07",
            "((a*)*)*b",
            "TILL-",
            "SERVER?1.?",
        ];
        let names = [
            "TILL-07",
            "till-7",
            "till-007",
            "SHOP-a_b",
            "shop-a.corp.example",
            "SERVER1",
            "server1.corp.example",
            "a",
            "ab",
            "aab",
            "xTILL-07",
            "TILL-07x",
            "-",
            "till - 07",
        ];
        for pattern in patterns {
            let ours = OnlyComputers::new(&[pattern]).unwrap();
            let whole = [WHOLE.0, pattern, WHOLE.1].concat();
            let theirs = regex::bytes::RegexBuilder::new(&whole)
                .unicode(false)
                .case_insensitive(true)
                .build()
                .unwrap();
            for name in names {
                let want = theirs.is_match(name.as_bytes());
                assert_eq!(ours.includes(|| name).holds(), want, "{pattern} {name}");
            }
            assert_eq!(ours.patterns().collect::<Vec<_>>(), [pattern]);
        }
        for wrong in ["a)|(b", "(", "[", "*", "a{2,1}", "(?<n>a)(?<n>b)", "(?x)a#", r"\"] {
            assert!(OnlyComputers::new(&[wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn any_pattern_may_match_the_whole_name() {
        let only = OnlyComputers::new(&["till-.*", "server1"]).unwrap();
        for (name, included) in
            [("TILL-", true), ("Server1", true), ("server12", false), ("my-till-1", false)]
        {
            assert_eq!(only.includes(|| name).holds(), included, "{name}");
        }
        assert!(!OnlyComputers::new(&[".*"]).unwrap().includes(|| "").holds());
        assert!(OnlyComputers::default().includes(|| "").holds());
        assert_ne!(only, OnlyComputers::default());
    }
}
