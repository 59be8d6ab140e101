//! The facts of the article, for the page.

use serde_json::json;
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    article,
    engine::unjudged,
    report::{
        advice::{self, Resolution},
        escape::HIDDEN,
        explain,
    },
    verdict::{Basis, Condition, Outcome},
};

/// The cost of the last resolution, which the article does not mention.
const COST: &str = "This also ends every later update of the root list, including the removal of distrusted \
roots, so the list gets older every day.";

/// The article's links, conditions and resolutions, the standard explanations, the names of the
/// bases and the program itself, as a JSON object. The texts are this project's words, not quotes.
#[wasm_bindgen]
pub fn article_json() -> String {
    let conditions = Condition::ALL.map(|code| {
        json!({
            "code": code,
            "asks": code.asks(),
            "rests": code.rests_on(),
            "failed": code.when_failed(),
            "page": explain::page(code),
        })
    });
    let bases = [Basis::Listed, Basis::Sibling, Basis::Cause];
    let benign = bases.map(|basis| explain::meaning(Outcome::Benign, Some(basis)));
    json!({
        "id": article::ID,
        "link": article::LINK,
        "note": article::LINK_NOTE,
        "sibling": { "id": article::SIBLING_ID, "link": article::SIBLING_LINK },
        "conditions": conditions,
        "resolutions": article::RESOLUTIONS,
        "cost": COST,
        "advice": { "title": advice::TITLE, "resolutions": [Resolution::Ignore, Resolution::Reach] },
        "benign": benign,
        "bases": bases.map(Basis::label),
        "review": explain::meaning(Outcome::Review, None),
        "unjudged": unjudged::SAID,
        "change": {
            "title": explain::CHANGES,
            "benign": explain::change(Outcome::Benign),
            "review": explain::change(Outcome::Review),
        },
        "hidden": hidden(),
        "version": env!("CARGO_PKG_VERSION"),
        "repository": env!("CARGO_PKG_REPOSITORY"),
    })
    .to_string()
}

/// A JavaScript regular expression that matches one hidden character.
fn hidden() -> String {
    let ranges =
        HIDDEN.map(|(from, to)| format!("{}-{}", from.escape_unicode(), to.escape_unicode()));
    format!("[{}]", ranges.concat())
}
