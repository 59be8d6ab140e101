//! Regular expressions of the search. They have the syntax of the option `only_computers`, and take
//! linear time, so that no pattern can stop the page.

use regex_lite::{Regex, RegexBuilder};
use wasm_bindgen::prelude::*;

/// A regular expression, for letters in either case.
#[wasm_bindgen]
pub struct Pattern(Regex);

#[wasm_bindgen]
impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The message says what is wrong with the pattern.
    #[wasm_bindgen(constructor)]
    pub fn new(pattern: &str) -> Result<Pattern, String> {
        let regex = RegexBuilder::new(pattern).case_insensitive(true).build();
        regex.map(Self).map_err(|error| error.to_string())
    }

    /// Whether the pattern matches a part of a text.
    #[wasm_bindgen(js_name = isMatch)]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}
