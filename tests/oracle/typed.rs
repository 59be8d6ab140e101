//! Typed fields and levels (`docs/facts/values.md`).

use crypt32_filter::event::Scale;

use super::event::Meaning;

/// A computer's name: no white space, no control characters, no quotes, at most 255 bytes.
pub fn computer(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name);
    name.len() <= 255 && !name.chars().any(|c| c == '"' || c.is_whitespace() || c.is_control())
}

/// The rest of a text after a form: `9` is any digit, `~` one to three letters, a blank one or more
/// blanks, `*` one or more digits, and any other character itself.
fn after<'t>(text: &'t str, form: &str) -> Option<&'t str> {
    let mut rest = text;
    for c in form.chars() {
        let count = |test: fn(char) -> bool, most: usize| {
            rest.chars().take(most).take_while(|c| test(*c)).count()
        };
        let length = match c {
            '9' => count(|c| c.is_ascii_digit(), 1),
            '*' => count(|c| c.is_ascii_digit(), 20),
            '~' => count(|c| c.is_ascii_alphabetic(), 9),
            ' ' => count(|c| c == ' ' || c == '\t', 9),
            c => usize::from(rest.starts_with(c)),
        };
        if length == 0 {
            return None;
        }
        rest = &rest[length..];
    }
    Some(rest)
}

/// Whether text has the form.
fn form(text: &str, form: &str) -> bool {
    after(text, form).is_some_and(str::is_empty)
}

/// A time in a spelling of the shapes' producers.
pub fn time(text: &str) -> bool {
    const DATES: [&str; 10] = [
        "9999-99-99T*:99:99",
        "9999-99-99 *:99:99",
        "9999/99/99 *:99:99",
        "~ ~ * *:99:99 9999",
        "~ * 9999 *:99:99",
        "~ *, 9999 @ *:99:99",
        "*/*/9999 *:99:99",
        "*.*.9999 *:99:99",
        "9999 ~ * *:99:99",
        "99999999999999",
    ];
    const ZONES: [&str; 9] = ["", "Z", " Z", "+99:99", "-99:99", "+9999", "-9999", "+999", "-999"];
    let zones =
        ZONES.into_iter().chain([" +9999", " -9999", " +99:99", " -99:99", " AM", " PM", " UTC"]);
    // Some readers keep white space around it.
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    // Seconds, or fractions of them, since 1970. No log is older than 1973.
    let epoch = |number: &str| number.len() >= 9 && form(number, "*");
    let numbers =
        epoch(text.split('.').next().unwrap_or_default()) && (form(text, "*") || form(text, "*.*"));
    numbers
        || form(text, "/Date(*)/")
        || DATES.iter().filter_map(|date| after(text, date)).any(|rest| {
            let parts = ["", ".*", ",*"].iter().filter_map(|part| after(rest, part));
            parts.clone().any(|rest| zones.clone().any(|zone| form(rest, zone)))
        })
}

/// Event Viewer's words for the category None (`docs/facts/events.md`).
const NONE: [&str; 16] = [
    "none", "keine", "aucune", "なし", "ninguno", "нет", "geen", "brak", "ingen", "nessuna",
    "nenhum", "žádný", "yok", "无", "無", "없음",
];

pub fn is_none(category: &str) -> bool {
    ["", "0", "(0)", "N/A"].contains(&category) || NONE.contains(&category.to_lowercase().as_str())
}

/// Whether a level is Error; none if it does not say.
pub fn level(text: &str, Meaning(scale): Meaning) -> Option<bool> {
    if !is_word(text) {
        // A number that is not a plain integer is not a level.
        let plain = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
        let Some(number) = plain else {
            return Some(false);
        };
        return match scale {
            Scale::Legacy => Some(number == 1),
            Scale::Modern => Some(number == 2),
            Scale::Nxlog => Some(number == 4),
            Scale::Otlp => Some((17..=20).contains(&number)),
            Scale::Azure => Some(number == 1 || number == 2),
            Scale::Gelf => Some(number == 3),
            // A single word without digits may be in another language.
            Scale::Words => Some(false),
        };
    }
    let text = text.trim().to_lowercase();
    if ["error", "error event", "[err]", "failure"].contains(&text.as_str()) {
        return Some(true);
    }
    let no_error = ["ok", "none", "noerror", "logalways", "unknown", "undefined", "i", "w"];
    if no_error.contains(&text.as_str()) {
        return Some(false);
    }
    let others = [
        "inf", "warn", "wrn", "fatal", "alert", "emerg", "success", "audit", "critical", "verbose",
        "debug", "notice",
    ];
    if others.iter().any(|word| text.contains(word)) {
        return Some(false);
    }
    let single = text.len() <= 24 && text.chars().all(char::is_alphabetic);
    if single { None } else { Some(false) }
}

/// Whether a level is a word rather than a number.
pub fn is_word(text: &str) -> bool {
    !text.trim().chars().all(|c| "-.".contains(c) || c.is_ascii_digit())
}

/// An operating system by its name: vendor, Windows, product, edition, service pack, architecture.
/// A name without a product does not say.
pub fn os_name(name: &str) -> Option<bool> {
    let name = name.to_lowercase().replace("(r)", "").replace('®', "");
    let mut words: Vec<&str> =
        name.split(|c: char| " ,()\t".contains(c)).filter(|word| !word.is_empty()).collect();
    words.retain(|word| !["microsoft", "windows"].contains(word));
    if words.is_empty() {
        return None;
    }
    let products = ["xp", "2003"].map(|product| words.iter().filter(|w| **w == product).count());
    let pack = |at: usize, word: &str| {
        word == "service"
            || word == "pack"
            || word
                .strip_prefix("sp")
                .is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
            || word.len() == 1
                && word.as_bytes()[0].is_ascii_digit()
                && at > 0
                && words[at - 1] == "pack"
    };
    let known = [
        "xp",
        "2003",
        "server",
        "r2",
        "professional",
        "home",
        "media",
        "center",
        "tablet",
        "pc",
        "standard",
        "enterprise",
        "datacenter",
        "web",
        "edition",
        "small",
        "business",
        "x64",
        "x86",
        "64-bit",
        "32-bit",
        "itanium",
        "based",
        "systems",
        "for",
        "embedded",
        "starter",
        "family",
        "storage",
        "compute",
        "cluster",
        "version",
        "2002",
        "amd64",
        "x64-based",
        "itanium-based",
        "n",
        "kn",
        "2005",
    ];
    let all = words.iter().enumerate().all(|(at, word)| known.contains(word) || pack(at, word));
    Some(all && products.iter().sum::<usize>() == 1)
}

/// `5.2.3790` and `5.2 (Build 3790)` are 5.2, `5.20` is not.
pub fn os_version(version: &str) -> bool {
    ["5.1", "5.2", "2600", "3790"].iter().any(|known| {
        let rest = version.strip_prefix(known);
        rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}
