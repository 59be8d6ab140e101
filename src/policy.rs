//! The options that decide what happens to each verdict. They have the same names on every surface.

use core::fmt;

use serde_json::Value;

#[cfg_attr(not(feature = "streams"), path = "policy/all_computers.rs")]
mod computers;

use crate::swar::Words;
use crate::{article, str_enum::words, verdict::Basis};
pub use computers::{Included, OnlyComputers};

/// What the filter does with verdicts.
///
/// ```
/// use crypt32_filter::{Action, Policy};
///
/// assert_eq!(Policy::default().action, Action::Tag);
/// assert_eq!("drop".parse(), Ok(Action::Drop));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Action {
    /// Tag benign and review records.
    #[default]
    Tag,
    /// Drop accepted benign records. Tag the other benign records and those with the verdict
    /// review.
    Drop,
    /// Pass all records unchanged, and count them.
    Observe,
}
words!(Action: Tag = "tag", Drop = "drop", Observe = "observe");

/// The bases that `drop` drops and that get the word `benign` in `tags`.
///
/// ```
/// use crypt32_filter::{Accept, Basis};
///
/// assert!(!Accept::default().contains(Basis::Cause));
/// let all = Accept::from_iter([Basis::Listed, Basis::Sibling, Basis::Cause]);
/// assert!(all.contains(Basis::Cause));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accept([bool; 3]);

impl Accept {
    /// Whether records of this basis are accepted.
    pub fn contains(self, basis: Basis) -> bool {
        self.0[basis as usize]
    }
}

impl FromIterator<Basis> for Accept {
    fn from_iter<I: IntoIterator<Item = Basis>>(bases: I) -> Self {
        let mut accept = [false; 3];
        for basis in bases {
            accept[basis as usize] = true;
        }
        Self(accept)
    }
}

impl Default for Accept {
    fn default() -> Self {
        Self([true, true, false])
    }
}

/// A message template of a localised Windows, and the error texts in its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Localised {
    template: String,
    errors: Vec<(String, u32)>,
    none: Vec<String>,
}

impl Localised {
    /// The template's text before `%1`, between `%1` and `%2`, and after it, without angle
    /// brackets around `%1`.
    pub fn parts(&self) -> (&str, &str, &str) {
        let (before, rest) = self.template.split_words_once("%1").unwrap_or((&self.template, ""));
        let (between, after) = rest.split_words_once("%2").unwrap_or((rest, ""));
        let before = before.strip_suffix('<').unwrap_or(before);
        (before, between.strip_prefix('>').unwrap_or(between), after)
    }

    /// The error that a text in this language names.
    pub fn error(&self, text: &str) -> Option<&'static article::Error> {
        let text = text.strip_suffix('.').unwrap_or(text);
        let (_, code) = self.errors.iter().find(|(known, _)| known == text)?;
        article::Error::by_code(*code)
    }

    /// Whether a word means "no category" in this language.
    pub fn is_none(&self, word: &str) -> bool {
        self.none.iter().any(|none| none == word)
    }

    fn from_json(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        if object.keys().any(|key| !["template", "errors", "none"].contains(&&**key)) {
            return None;
        }
        let template = object.get("template")?.as_str()?;
        if !(template.find_words("%1")? < template.find_words("%2")?
            && template.matches('%').count() == 2)
        {
            return None;
        }
        let errors = object.get("errors")?.as_object()?.iter().map(|(text, code)| {
            let code = u32::try_from(code.as_u64()?).ok()?;
            let text = text.strip_suffix('.').unwrap_or(text);
            article::Error::by_code(code).filter(|_| !text.is_empty())?;
            Some((text.to_owned(), code))
        });
        let none = match object.get("none") {
            Some(words) => texts(words)?.into_iter().map(str::to_owned).collect(),
            None => Vec::new(),
        };
        Some(Self { template: template.to_owned(), errors: errors.collect::<Option<_>>()?, none })
    }
}

/// All options. [`Policy::default`] tags records, and accepts `listed` and `sibling`.
///
/// ```
/// use crypt32_filter::{Action, Basis, Policy};
///
/// let options = serde_json::json!({"action": "drop", "accept": ["listed"], "keep_every": 100});
/// let policy = Policy::from_json(&options).unwrap();
/// assert_eq!((policy.action, policy.keep_every), (Action::Drop, 100));
/// assert!(policy.accept.contains(Basis::Listed) && !policy.accept.contains(Basis::Sibling));
///
/// let error = Policy::from_json(&serde_json::json!({"acton": "drop"})).unwrap_err();
/// assert_eq!(error.nearest.as_deref(), Some("action"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What the filter does.
    pub action: Action,
    /// The bases that `drop` drops and that get the word `benign`.
    pub accept: Accept,
    /// With `drop`: keep the first benign record of each computer, and then every Nth. 0 turns this
    /// off.
    pub keep_every: u64,
    /// Whether a record that does not name its operating system gets the verdict review.
    pub require_system: bool,
    /// Further log names to accept.
    pub logs: Vec<String>,
    /// Templates and error texts of localised Windows.
    pub localised: Vec<Localised>,
    /// The computers whose records `drop` may drop. In an envelope, all computers must be among
    /// them.
    pub only_computers: OnlyComputers,
    /// The member that holds the tag.
    pub key: String,
    /// Whether to write words into `tags`.
    pub tags: bool,
    /// The longest record that is read, in bytes. Longer records pass unread.
    pub max_record: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            action: Action::default(),
            accept: Accept::default(),
            keep_every: 0,
            require_system: false,
            logs: Vec::new(),
            localised: Vec::new(),
            only_computers: OnlyComputers::default(),
            key: "kb".to_owned(),
            tags: true,
            max_record: 1 << 20,
        }
    }
}

/// An option that does not exist, or a value that it does not take.
///
/// ```
/// use crypt32_filter::Policy;
///
/// let error = Policy::from_json(&serde_json::json!({"action": "dropp"})).unwrap_err();
/// assert_eq!((error.option.as_str(), error.unknown), ("action", false));
/// let text = r#"option "action" takes tag, drop, observe; did you mean "drop"?"#;
/// assert_eq!(error.to_string(), text);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OptionError {
    /// The option's name.
    pub option: String,
    /// The values that the option takes, or the names of all options.
    pub allowed: String,
    /// Whether the option itself is unknown.
    pub unknown: bool,
    /// The most similar option or value that exists.
    pub nearest: Option<String>,
}

impl OptionError {
    /// The error for an option that does not exist.
    pub fn unknown(option: &str) -> Self {
        Self {
            option: option.to_owned(),
            allowed: OPTIONS.join(", "),
            unknown: true,
            nearest: nearest(option, &OPTIONS),
        }
    }
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.unknown {
            write!(f, "unknown option \"{}\"; the options are {}", self.option, self.allowed)?;
        } else {
            write!(f, "option \"{}\" takes {}", self.option, self.allowed)?;
        }
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean \"{nearest}\"?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for OptionError {}

/// The names of all options, as JSON spells them. JavaScript has them in camelCase.
pub const OPTIONS: [&str; 10] = [
    "action",
    "accept",
    "keep_every",
    "require_system",
    "logs",
    "localised",
    "only_computers",
    "key",
    "tags",
    "max_record",
];

/// The options that take a list of texts. One text alone is an error that shows it as a list.
const LISTS: [&str; 3] = ["accept", "logs", "only_computers"];

/// The least similarity of a word that is suggested in place of a wrong one. It is the one of clap.
const SIMILAR: f64 = 0.7;

/// What `only_computers` takes.
const PATTERNS: &str = "a list of regular expressions for names of computers, at least one";

/// The largest `max_record`, in bytes. A record is held in memory as a whole.
pub const MAX_RECORD: u64 = 1 << 30;

impl Policy {
    /// The policy that a JSON object of options describes. Missing and `null` options keep their
    /// defaults. An unknown option or a wrong value is an error.
    pub fn from_json(options: &Value) -> Result<Self, OptionError> {
        let mut policy = Self::default();
        let members = options.as_object().ok_or_else(|| OptionError {
            option: "options".to_owned(),
            allowed: "an object".to_owned(),
            ..OptionError::default()
        })?;
        for (name, value) in members {
            if !value.is_null() || !OPTIONS.contains(&name.as_str()) {
                policy.set(name, value)?;
            }
        }
        Ok(policy)
    }

    /// Sets one option. An unknown name or a wrong value is an error.
    pub fn set(&mut self, name: &str, value: &Value) -> Result<(), OptionError> {
        if !OPTIONS.contains(&name) {
            return Err(OptionError::unknown(name));
        }
        let (done, allowed) = match name {
            "action" => (put(&mut self.action, word(value)), Action::WORDS.join(", ")),
            "accept" => {
                let allowed = format!("a list of {}", Basis::WORDS.join(", "));
                (put(&mut self.accept, texts(value).and_then(|all| bases(&all))), allowed)
            }
            "keep_every" => {
                (put(&mut self.keep_every, value.as_u64()), "a whole number from 0".to_owned())
            }
            "require_system" => {
                (put(&mut self.require_system, value.as_bool()), "true or false".to_owned())
            }
            "logs" => {
                let logs = texts(value)
                    .filter(|logs| logs.iter().all(|log| !log.is_empty()))
                    .map(|logs| logs.into_iter().map(str::to_owned).collect());
                (put(&mut self.logs, logs), "a list of log names".to_owned())
            }
            "localised" => {
                let entries = value
                    .as_array()
                    .and_then(|list| list.iter().map(Localised::from_json).collect());
                let allowed = "a list of {\"template\": text with %1 and then %2, \"errors\": {text: \
                               code of a known error}, \"none\": list of words for the category None}";
                (put(&mut self.localised, entries), allowed.to_owned())
            }
            "only_computers" => {
                let patterns = texts(value).filter(|patterns| !patterns.is_empty());
                match patterns.map(|patterns| OnlyComputers::new(&patterns)).transpose() {
                    Ok(only) => (put(&mut self.only_computers, only), PATTERNS.to_owned()),
                    Err(wrong) => (false, format!("{PATTERNS}: {wrong}")),
                }
            }
            "key" => {
                let key = value
                    .as_str()
                    .filter(|key| !key.is_empty() && key.len() <= 64 && *key != "tags")
                    .map(str::to_owned);
                let allowed = "a member name of 1 to 64 bytes, neither empty nor \"tags\"";
                (put(&mut self.key, key), allowed.to_owned())
            }
            "tags" => (put(&mut self.tags, value.as_bool()), "true or false".to_owned()),
            _ => {
                let bytes = value
                    .as_u64()
                    .filter(|bytes| (1..=MAX_RECORD).contains(bytes))
                    .and_then(|bytes| usize::try_from(bytes).ok());
                (put(&mut self.max_record, bytes), format!("bytes, from 1 to {MAX_RECORD}"))
            }
        };
        if done {
            return Ok(());
        }
        let words = match name {
            "action" => Action::WORDS,
            "accept" => Basis::WORDS,
            _ => &[],
        };
        let text = value.as_str();
        let allowed = match text {
            Some(text) if LISTS.contains(&name) => format!("{allowed}: [\"{text}\"]"),
            _ => allowed,
        };
        let given = text.map(|text| vec![text]).or_else(|| texts(value)).unwrap_or_default();
        let wrong = given.into_iter().find(|word| !words.contains(word));
        let nearest = wrong.and_then(|word| nearest(word, words));
        Err(OptionError { option: name.to_owned(), allowed, unknown: false, nearest })
    }
}

fn put<T>(slot: &mut T, value: Option<T>) -> bool {
    value.map(|value| *slot = value).is_some()
}

fn word<T: core::str::FromStr>(value: &Value) -> Option<T> {
    value.as_str()?.parse().ok()
}

/// A list of strings.
fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// The word that is most similar to a wrong one, if one is similar enough to suggest it.
pub fn nearest(wrong: &str, words: &[&str]) -> Option<String> {
    let similar = words.iter().map(|word| (strsim::jaro(wrong, word), word));
    let (similarity, word) = similar.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    (similarity > SIMILAR).then(|| (*word).to_owned())
}

fn bases(words: &[&str]) -> Option<Accept> {
    words.iter().map(|word| word.parse::<Basis>().ok()).collect()
}
