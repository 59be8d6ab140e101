//! Bindings for the texts and escapes of the library, so that the page has no wording of its own.

use serde_json::Value;
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    classify::{Evidence, related},
    report::{
        assessment::Assessment,
        escape,
        explain::{self, card},
        style::Style,
    },
    time::Moment,
};

/// Escapes a CSV field, so that no spreadsheet reads it as a formula.
#[wasm_bindgen(js_name = csvField)]
pub fn csv_field(text: &str) -> String {
    escape::csv(text)
}

/// Replaces hidden characters in JSON by escape sequences.
#[wasm_bindgen(js_name = plainJson)]
pub fn plain_json(json: &str) -> String {
    escape::json(json).into_owned()
}

/// Escapes a text for Markdown, so that nothing in it is markup.
#[wasm_bindgen(js_name = plainMarkdown)]
pub fn plain_markdown(text: &str) -> String {
    escape::markdown(text)
}

/// Returns the card that `explain` prints for an event. `finding` is the JSON text of its row.
/// `seconds` is its Unix time, or NaN if the time is unknown.
#[wasm_bindgen]
pub fn explanation(finding: &str, seconds: f64, zone: bool) -> String {
    let finding = serde_json::from_str(finding).ok().and_then(|finding| read(&finding));
    let time = Some(seconds).filter(|seconds| !seconds.is_nan());
    #[allow(clippy::cast_possible_truncation)] // Years have four digits.
    let time = time.map(|seconds| seconds as i64).and_then(|seconds| Moment::at(seconds, zone));
    let finding = finding.map(|finding| Assessment { time, ..finding });
    finding.map_or_else(String::new, |finding| card(&finding, Style::default()))
}

/// Returns in words what was found instead of the value that a failed condition requires.
#[wasm_bindgen]
#[allow(clippy::needless_pass_by_value)] // JavaScript gives texts away.
pub fn found(condition: &str, seen: Option<String>) -> String {
    let condition = condition.parse();
    condition.map_or_else(|()| String::new(), |code| explain::found(code, seen.as_deref()).into())
}

/// Parses the JSON text of a finding.
fn read(finding: &Value) -> Option<Assessment> {
    let text = |name: &str| finding[name].as_str();
    let evidence = finding["evidence"].as_array()?.iter().map(|evidence| {
        let text = |name: &str| evidence[name].as_str();
        Some(Evidence {
            code: text("code")?.parse().ok()?,
            state: text("state")?.parse().ok()?,
            seen: text("seen").map(str::to_owned),
        })
    });
    let number = |value: &Value| value.as_u64().and_then(|number| u32::try_from(number).ok());
    let event = &finding["related"];
    Some(Assessment {
        verdict: text("verdict")?.parse().ok()?,
        basis: text("basis").and_then(|basis| basis.parse().ok()),
        reasons: Vec::new(),
        evidence: evidence.collect::<Option<_>>()?,
        error: number(&finding["error"]),
        hresult: None,
        computer: text("computer").map(str::to_owned),
        time: None,
        shape: text("shape").map(|shape| shape.to_owned().into()),
        related: event["source"]
            .as_str()
            .zip(number(&event["id"]))
            .and_then(|(s, id)| related::named(s, id)),
        carved: finding["carved"].as_bool().unwrap_or_default(),
    })
}
