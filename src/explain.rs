//! A verdict told to a person: each condition, what was seen, what it rests on, what would change it.

use core::fmt::{self, Write};

use crate::{
    article,
    classify::Evidence,
    finding::Finding,
    report::escape::is_hidden,
    verdict::{Basis, Condition, Outcome, State},
};

/// Writes a text with or without colours.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use terminal colours.
    pub color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn outcome(self, outcome: Outcome) -> String {
        let code = match outcome {
            Outcome::Benign => "1;32",
            Outcome::Review => "1;33",
            Outcome::Unrelated => "1",
        };
        self.paint(code, outcome.as_str())
    }

    fn state(self, state: State) -> String {
        let (code, word) = match state {
            State::Met => ("32", "met    "),
            State::Assumed => ("2", "assumed"),
            State::Failed => ("1;33", "FAILED "),
        };
        self.paint(code, word)
    }
}

/// The card of one finding.
pub fn card(finding: &Finding, style: Style) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_card(&mut out, finding, style);
    out
}

fn write_card(out: &mut String, finding: &Finding, style: Style) -> fmt::Result {
    write!(out, "{}", style.outcome(finding.verdict))?;
    if let Some(basis) = finding.basis {
        write!(out, " ({basis})")?;
    }
    if let Some(computer) = &finding.computer {
        write!(out, ", from {}", printable(computer))?;
    }
    if let Some(time) = finding.time {
        write!(out, ", at {time}")?;
    }
    if let Some(shape) = finding.shape {
        write!(out, ", shape {shape}")?;
    }
    if finding.carved {
        write!(out, ", carved: found outside the log's own list")?;
    }
    writeln!(out)?;
    if finding.verdict == Outcome::Unrelated {
        return write_unrelated(out, finding);
    }
    writeln!(out, "\n{}\n", meaning(finding.verdict, finding.basis))?;
    for evidence in &finding.evidence {
        write_condition(out, evidence, style)?;
    }
    write!(out, "\n{}", style.paint("1", "What would change the verdict"))?;
    writeln!(out, "\n{}", change(finding.verdict))?;
    writeln!(out, "\n{}\n  {}: {}", style.paint("1", "Article"), article::ID, article::LINK)?;
    if finding.basis == Some(Basis::Sibling) {
        writeln!(out, "  {}: {}", article::SIBLING_ID, article::SIBLING_LINK)?;
    }
    writeln!(out, "  {}", article::LINK_NOTE)
}

fn write_unrelated(out: &mut String, finding: &Finding) -> fmt::Result {
    match &finding.related {
        Some(related) => writeln!(
            out,
            "\nAnother event of the same family: {related}. {}\nThe filter never touches it.",
            related.means
        ),
        None => writeln!(
            out,
            "\nNot this event: no source field is crypt32, or no id field is 8, and the message is \
             not the article's. The filter never touches it."
        ),
    }
}

fn write_condition(out: &mut String, evidence: &Evidence, style: Style) -> fmt::Result {
    let Evidence { code, state, seen } = evidence;
    writeln!(out, "  {} {:<17} {}", style.state(*state), code.as_str(), code.asks())?;
    if let Some(seen) = seen {
        writeln!(out, "{:28}seen: {}", "", printable(seen))?;
    }
    writeln!(out, "{:28}{}", "", style.paint("2", &format!("rests on {}", code.rests_on())))?;
    match state {
        State::Failed => {
            writeln!(out, "{:28}{}", "", code.when_failed())?;
            writeln!(out, "{:28}{}", "", style.paint("2", &page(*code)))
        }
        State::Assumed if *code == Condition::Unreachable => writeln!(
            out,
            "{:28}A server answered, so that Windows Update was out of reach is an assumption.",
            ""
        ),
        State::Met if *code == Condition::Unreachable => writeln!(
            out,
            "{:28}Met by the error; that a router or a proxy is the reason is assumed.",
            ""
        ),
        _ => Ok(()),
    }
}

/// The address of a condition: the page of the guide that says what would change it.
pub fn page(condition: Condition) -> String {
    format!("{}{}", concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/verdict.md#"), condition)
}

/// What a verdict means, in a sentence or two.
pub fn meaning(outcome: Outcome, basis: Option<Basis>) -> &'static str {
    match (outcome, basis) {
        (Outcome::Benign, Some(Basis::Listed)) => {
            "KB2253680 describes this record, with this error, and calls it benign."
        }
        (Outcome::Benign, Some(Basis::Sibling)) => {
            "KB317541 describes this record with this error, and gives the cause that KB2253680 gives."
        }
        (Outcome::Benign, _) => {
            "No article prints this error for the event, but it says what KB2253680 gives as the \
             cause: the server could not be reached. Kept unless you accept the basis \"cause\"."
        }
        _ => {
            "By source and id this is the event of KB2253680, but it does not meet every condition. \
             It is never dropped."
        }
    }
}

/// What would change it.
fn change(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Benign => {
            "  Any failed condition makes it review. Not visible in one record: an application that \
             fails on the\n  computer, or crypt32 7 near the time (Windows Update was reached)."
        }
        _ => "  It becomes benign only when every condition marked FAILED holds.",
    }
}

/// Text from a log, safe on a terminal: what is not seen there, or obeyed, is shown as an escape.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        let text = "S1\u{1b}[31m\r\n\u{202e}\u{61c}\u{ad}Zürich";
        assert_eq!(printable(text), "S1\\u{1b}[31m\\r\\n\\u{202e}\\u{61c}\\u{ad}Zürich");
    }
}
