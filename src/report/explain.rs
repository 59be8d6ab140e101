//! Explains a verdict to a person: each condition, its value in the record, its source, and the
//! changes that would matter.

use core::fmt::Write;

use std::borrow::Cow;

use crate::{
    article,
    classify::Evidence,
    report::{advice, assessment::Assessment, escape::visible, style::Style},
    verdict::{Basis, Condition, Outcome, State},
};

/// Appends a text in a colour.
fn paint(out: &mut String, style: Style, code: &str, text: &[&str]) {
    painted(out, style, code, |out| add(out, text));
}

/// Writes a text in a colour.
fn painted(out: &mut String, style: Style, code: &str, write: impl FnOnce(&mut String)) {
    if style.color {
        add(out, &["\x1b[", code, "m"]);
    }
    write(out);
    if style.color {
        out.push_str("\x1b[0m");
    }
}

/// The minimum number of columns of the first line of a text behind another one.
const LEAST: usize = 20;

/// Appends a text. On a terminal, the text wraps into lines that fit.
/// The first line already has `used` columns, and the others begin with `indent`.
fn flow(out: &mut String, style: Style, used: usize, indent: &str, text: &[&str]) {
    let fits = |width: &usize| used + LEAST <= *width;
    let filled = style.width.filter(fits).map_or(0, |_| used.saturating_sub(indent.len()));
    if style.width.is_none() {
        add(out, text);
    } else {
        let whole = ["-".repeat(filled), text.concat()].concat();
        let lines = style.wrap(&whole, indent.len()).join(&["\n", indent].concat());
        out.push_str(lines.get(filled..).unwrap_or_default());
    }
}

fn outcome_word(out: &mut String, style: Style, outcome: Outcome) {
    let code = match outcome {
        Outcome::Benign => "1;32",
        Outcome::Review => "1;33",
        Outcome::Unrelated => "1",
    };
    paint(out, style, code, &[outcome.as_str()]);
}

fn state_word(out: &mut String, style: Style, state: State) {
    let (code, word) = match state {
        State::Met => ("32", "met    "),
        State::Assumed => ("2", "assumed"),
        State::Failed => ("1;33", "FAILED "),
    };
    paint(out, style, code, &[word]);
}

/// Appends texts. A log can hold a hundred thousand events in a megabyte, so cards do not use the
/// slower formatting machinery.
fn add(out: &mut String, texts: &[&str]) {
    for text in texts {
        out.push_str(text);
    }
}

/// The card of one assessment.
pub fn card(finding: &Assessment, style: Style) -> String {
    let mut out = String::new();
    write_card(&mut out, finding, style);
    out
}

/// Appends the card of one assessment to a text.
pub fn write_card(out: &mut String, finding: &Assessment, style: Style) {
    let line = out.rfind('\n').map_or(0, |at| at + 1);
    let used = out.get(line..).map_or(0, |place| place.chars().count());
    outcome_word(out, style, finding.verdict);
    let mut head = String::new();
    if let Some(basis) = finding.basis {
        add(&mut head, &[" (", basis.as_str(), ": ", basis.label(), ")"]);
    }
    if let Some(computer) = &finding.computer {
        add(&mut head, &[", from ", &visible(computer)]);
    }
    if let Some(time) = finding.time {
        // Writing to a string cannot fail.
        let _ = write!(head, ", at {time}");
    }
    if let Some(shape) = &finding.shape {
        add(&mut head, &[", format ", shape]);
    }
    if finding.carved {
        head.push_str(", carved: found outside the log's own list");
    }
    flow(out, style, used + finding.verdict.as_str().len(), "", &[&head]);
    out.push_str("\n\n");
    if finding.verdict == Outcome::Unrelated {
        return write_unrelated(out, finding, style);
    }
    flow(out, style, 0, "", &[meaning(finding.verdict, finding.basis)]);
    out.push_str("\n\n");
    let failed = |evidence: &&Evidence| evidence.state == State::Failed;
    let others = finding.evidence.iter().filter(|evidence| !failed(evidence));
    for evidence in finding.evidence.iter().filter(failed).chain(others) {
        write_condition(out, evidence, finding.error, style);
    }
    out.push('\n');
    paint(out, style, "1", &[CHANGES]);
    out.push_str("\n  ");
    flow(out, style, 2, "  ", &[change(finding.verdict)]);
    out.push_str("\n\n");
    paint(out, style, "1", &["Article"]);
    // Addresses do not wrap, so that a terminal can open them.
    add(out, &["\n  ", article::ID, ": ", article::LINK, "\n"]);
    if finding.basis == Some(Basis::Sibling) {
        add(out, &["  ", article::SIBLING_ID, ": ", article::SIBLING_LINK, "\n"]);
    }
    out.push_str("  ");
    flow(out, style, 2, "  ", &[article::LINK_NOTE]);
    out.push('\n');
}

fn write_unrelated(out: &mut String, finding: &Assessment, style: Style) {
    let Some(related) = &finding.related else {
        let what = "Not this event: its source is not crypt32, its id is not 8, or it has neither and another \
             message. The filter never touches it.";
        flow(out, style, 0, "", &[what]);
        return out.push('\n');
    };
    let what = related.to_string();
    let text = ["A related event, not event 8 of crypt32: ", &what, ". ", related.means];
    flow(out, style, 0, "", &text);
    out.push_str("\nThe filter never touches it.\n");
    if let Some(page) = advice::runbook(&what, related.kind) {
        add(out, &["What to do: ", &page, "\n"]);
    }
}

/// The indentation of the text about a condition, and the width of the condition's name.
const INDENT: &str = "                            ";
const NAME: usize = 17;

fn write_condition(out: &mut String, evidence: &Evidence, error: Option<u32>, style: Style) {
    let Evidence { code, state, seen } = evidence;
    let (name, seen) = (code.as_str(), seen.as_deref().map(visible));
    let failed = *state == State::Failed;
    let note = |out: &mut String, text: &[&str]| {
        out.push_str(INDENT);
        flow(out, style, INDENT.len(), INDENT, text);
        out.push('\n');
    };
    out.push_str("  ");
    state_word(out, style, *state);
    if failed {
        add(out, &[" ", name, "\n"]);
        note(out, &["expected: ", code.asks()]);
        note(out, &["found:    ", &found(*code, seen.as_deref())]);
    } else {
        add(out, &[" ", name, INDENT.get(..NAME.saturating_sub(name.len())).unwrap_or_default()]);
        out.push(' ');
        flow(out, style, INDENT.len(), INDENT, &[code.asks()]);
        out.push('\n');
        if let Some(seen) = seen {
            note(out, &["seen: ", &seen]);
        }
    }
    out.push_str(INDENT);
    painted(out, style, "2", |out| {
        flow(out, style, INDENT.len(), INDENT, &["reference: ", code.rests_on()]);
    });
    out.push('\n');
    if failed {
        note(out, &[code.when_failed()]);
        out.push_str(INDENT);
        paint(out, style, "2", &[PAGE, name]);
        out.push('\n');
    } else if *code == Condition::Unreachable {
        note(out, &[unreachable(*state, evidence.seen.is_some(), error)]);
    }
}

/// The text about a failed condition's value in the record.
pub fn found(condition: Condition, seen: Option<&str>) -> Cow<'_, str> {
    use Condition::{EventId, Log, Severity, Source, Url};
    let seen = seen.unwrap_or("nothing; the record does not say");
    if matches!(condition, EventId | Log | Severity | Source | Url) && seen.contains(" / ") {
        return Cow::Owned(["fields disagree: ", &seen.replace(" / ", " and ")].concat());
    }
    Cow::Borrowed(seen)
}

/// The reason why Windows Update counts as out of reach.
fn unreachable(state: State, named: bool, error: Option<u32>) -> &'static str {
    match (state, named, error) {
        (State::Met, ..) => {
            "The error shows this. It is assumed that a router or a proxy is the reason."
        }
        (_, false, _) => {
            "The record names no known error. It is assumed that Windows Update could not be reached."
        }
        (.., Some(58)) => {
            "A server answered. It is assumed that Windows Update could not be reached."
        }
        _ => "The error does not say that Windows Update could not be reached.",
    }
}

/// The address of the guide's page about changes to each condition.
const PAGE: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/verdict.md#");

/// The address of the guide's section about a condition.
pub fn page(condition: Condition) -> String {
    format!("{PAGE}{condition}")
}

/// The meaning of a verdict, in one or two sentences.
pub fn meaning(outcome: Outcome, basis: Option<Basis>) -> &'static str {
    match (outcome, basis) {
        (Outcome::Benign, Some(Basis::Listed)) => {
            "KB2253680 describes this record, with this error, and calls it benign."
        }
        (Outcome::Benign, Some(Basis::Sibling)) => {
            "KB317541 describes this record with this error, and gives the same cause as KB2253680."
        }
        (Outcome::Benign, _) => {
            "No article prints this error for the event, but it matches the cause in KB2253680: the \
             server could not be reached. The record is kept unless you accept the basis \"cause\"."
        }
        _ => {
            "By source and id this is the event of KB2253680, but it does not meet every condition. \
             It is never dropped."
        }
    }
}

/// The heading of [`change`].
pub const CHANGES: &str = "What would change the verdict";

/// The changes that would lead to another verdict.
pub fn change(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Benign => {
            "It would be review if any condition failed. One record cannot show that an application on the \
             computer fails, or that Windows Update was reached at about the time (crypt32 7)."
        }
        _ => "It would be benign only if every failed condition were met.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{policy::Policy, report::assessment::assess};

    #[test]
    fn a_card_fits_the_terminal() {
        let records = [
            r#"{"SourceName":"crypt32","EventID":8,"Computer":"SERVER1.forest.example","Message":"x"}"#,
            r#"{"SourceName":"crypt32","EventID":11}"#,
            r#"{"SourceName":"x","EventID":8}"#,
        ];
        for record in records {
            let finding = assess(record.as_bytes(), &Policy::default()).record;
            let card = |width, color| {
                let mut out = "Line 1, event 1: ".to_owned();
                write_card(&mut out, &finding, Style { color, width });
                out
            };
            let words = |text: &str| text.split_whitespace().collect::<String>();
            let wide = card(None, false);
            for width in [60, 80, 132] {
                let narrow = card(Some(width), false);
                assert_eq!(words(&narrow), words(&wide));
                for line in narrow.lines().filter(|line| !line.contains("https://")) {
                    assert!(line.chars().count() <= width, "{width}: {line}");
                }
                let colors = card(Some(width), true).replace("\x1b[0m", "");
                let plain: Vec<_> =
                    colors.split("\x1b[").map(|part| part.split_once('m')).collect();
                let plain =
                    plain.iter().map(|part| part.map_or("Line 1, event 1: ", |part| part.1));
                assert_eq!(plain.collect::<String>(), narrow);
            }
        }
    }
}
