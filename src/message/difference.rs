//! Finds the place where a message leaves the grammar, so that a person sees the difference and not
//! two texts that begin alike.

use super::{LAST_LINES, WORDINGS, strip_start, swar, trim_end};
use crate::{article, policy::Localised};

/// The minimum length in bytes of a part that fits. A text that has less in common with the grammar
/// is another text.
const LEAST: usize = 40;
/// The white space that may stand between two words.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The part of a message that follows the longest beginning that fits the template, a localised
/// template or a wording. `None` if the whole text is another one, or nothing follows.
pub fn difference<'m>(text: &'m str, localised: &[Localised]) -> Option<&'m str> {
    let inner = text.strip_prefix('"').unwrap_or(text);
    let mut rest = beyond_template(inner, article::PREFIX, article::BEFORE_ERROR, "");
    let mut shorten = |part: &'m str| rest = if part.len() < rest.len() { part } else { rest };
    for entry in localised {
        let (before, between, after) = entry.parts();
        shorten(beyond_template(inner, before, between, after));
    }
    for wording in WORDINGS {
        shorten(beyond_wording(inner, wording));
    }
    let rest = trim_end(rest);
    (!rest.is_empty() && rest.len() + LEAST <= inner.len()).then_some(rest)
}

#[inline(never)]
fn beyond_template<'m>(text: &'m str, prefix: &str, between: &str, after: &str) -> &'m str {
    let mut rest = text;
    for part in [prefix, "<", article::URL, ">", between] {
        rest = match strip_start(rest, part) {
            Some(rest) => rest,
            // The brackets may be missing.
            None if part.len() == 1 => rest,
            None => return beyond_common(rest, part),
        };
    }
    beyond_error(rest, after)
}

fn beyond_wording<'m>(text: &'m str, wording: &str) -> &'m str {
    let mut rest = text;
    for part in wording.split('{') {
        let (name, words) = part.split_once('}').unwrap_or(("", part));
        if name == "strings" {
            return beyond_strings(rest);
        }
        if !name.is_empty() {
            let end = rest.find([' ', '\'', '"']).unwrap_or(rest.len());
            rest = rest.get(end..).unwrap_or_default();
        }
        for word in words.split(' ') {
            rest = rest.trim_start_matches(SPACES);
            match rest.strip_prefix(word) {
                Some(after) => rest = after,
                None => return rest,
            }
        }
    }
    rest
}

fn beyond_strings(strings: &str) -> &str {
    let between = |c: char| SPACES.contains(&c) || matches!(c, ',' | '\'');
    let error = strings.trim_start_matches(between).strip_prefix(article::URL);
    error.map_or(strings, |error| beyond_error(error.trim_start_matches(between), ""))
}

/// The text from the first word that differs from `expected`.
fn beyond_common<'m>(text: &'m str, expected: &str) -> &'m str {
    let pairs = text.char_indices().zip(expected.chars());
    let same = pairs.take_while(|((_, c), expected)| c == expected);
    let end = same.last().map_or(0, |((at, c), _)| at + c.len_utf8());
    let word = text.get(..end).and_then(|same| same.rfind(' ')).map_or(0, |blank| blank + 1);
    text.get(word..).unwrap_or_default()
}

/// The text after the line of the error and after a valid tail.
#[inline(never)]
fn beyond_error<'m>(text: &'m str, after: &str) -> &'m str {
    let mut rest = text.get(line_end(text)..).unwrap_or_default();
    let [help, support] = article::HELP_LINES;
    let [a, b, c, _] = LAST_LINES;
    let after = after.trim_start_matches(' ');
    let parts = [" ", "\t", "\r", "\n", "\\r", "\\n", "\\t", ".", help, support, a, b, c, after];
    loop {
        let before = rest.len();
        for part in parts {
            rest = rest.strip_prefix(part).unwrap_or(rest);
        }
        if rest.len() == before {
            return rest;
        }
    }
}

/// The offset of the first line end, as a character or as an escape, or other control character.
fn line_end(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        at += swar::unescaped(rest);
        match text.as_bytes().get(at..) {
            Some([b'\\', after @ ..]) if !matches!(after, [b'r' | b'n', ..]) => at += 1,
            _ => return at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FITS: &str = "Failed auto update retrieval of third-party root list sequence number from: \
        <http://www.download.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootseq.txt> \
        with error: The server name or address could not be resolved";

    #[test]
    fn the_added_text_is_found() {
        let viewer = WORDINGS[1].replace("{id}", "8").replace("{source}", "crypt32");
        let strings =
            format!("{}, This operation returned because the timeout period expired", article::URL);
        let help = article::HELP_LINES[0];
        for (text, want) in [
            (FITS.to_owned(), None),
            ("something else".to_owned(), None),
            ("Failed to start".to_owned(), None),
            (format!("Note: {FITS}"), None),
            (format!("{FITS}.\r\n\r\nadded\r\n"), Some("added")),
            ("The description for EventID 8 from source crypt32 cannot be found.".to_owned(), None),
            (format!("{FITS}.\\r\\nadded"), Some("added")),
            (format!("\"{FITS}\nadded\""), Some("added\"")),
            (format!("{FITS}\n\n{help}\nadded"), Some("added")),
            (
                FITS.replace("with error", "and errors"),
                Some("and errors: The server name or address could not be resolved"),
            ),
            (viewer.replace("{strings}", &format!("{strings}.\r\n added")), Some("added")),
            (viewer.replace("{strings}", "x"), Some("x")),
            (
                viewer.replace("details. The", "details, the"),
                Some("details, the following information is part of the event: {strings}"),
            ),
        ] {
            assert_eq!(difference(&text, &[]), want, "{text}");
        }
    }

    #[test]
    fn a_localised_template_is_known() {
        let german = serde_json::json!([{"template": "Fehler beim automatischen Abruf von <%1>. Fehler: %2 Ende", "errors": {}}]);
        let mut policy = crate::policy::Policy::default();
        policy.set("localised", &german).unwrap();
        let text = format!(
            "Fehler beim automatischen Abruf von <{}>. Fehler: x\nEnde\nadded",
            article::URL
        );
        assert_eq!(difference(&text, &policy.localised), Some("added"));
    }
}
