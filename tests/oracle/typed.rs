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

/// Groups of hexadecimal digits, in braces or without them.
pub fn guid(text: &str) -> bool {
    let braces = text.strip_prefix('{').map(|rest| rest.strip_suffix('}').unwrap_or("no end"));
    let bare = braces.unwrap_or(text);
    let groups: Vec<usize> = bare.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && bare.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// The GUID of a provider: `crypt32` has none, so any other would be a second source.
pub fn no_guid(text: &str) -> bool {
    guid(text) && !text.contains(|c: char| c.is_ascii_hexdigit() && c != '0')
}

/// A number of 64 bits, in which neither audit keyword is set.
pub fn bits(text: &str) -> bool {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |hex| (hex, 16));
    let bits = u64::from_str_radix(digits, radix);
    !digits.starts_with('+') && bits.is_ok_and(|bits| bits >> 52 & 3 == 0)
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

/// The systems of the article: product, version and build.
pub const SYSTEMS: [[&str; 3]; 3] =
    [["xp", "5.1", "2600"], ["xp", "5.2", "3790"], ["2003", "5.2", "3790"]];

/// Words that may stand in the name of each of them: vendor, edition, service pack, architecture.
const OTHERS: &str = "microsoft windows nt server r2 professional home media center tablet pc \
    standard enterprise datacenter web edition small business x64 x86 64-bit 32-bit itanium based \
    systems for embedded starter storage compute cluster version amd64 x64-based itanium-based n \
    kn service pack build n/a sp1 sp2 sp3";

/// Which of [`SYSTEMS`] an operating system can be by its name (vendor, Windows, product, edition,
/// service pack, architecture) or by its version; none if the text only says Windows. Two products
/// or versions that differ are of no system.
pub fn os(text: &str, is_version: bool) -> Option<[bool; 3]> {
    let text = text.to_lowercase().replace("(r)", "").replace('®', "");
    let words: Vec<&str> =
        text.split(|c: char| " ,()[]\t".contains(c)).filter(|word| !word.is_empty()).collect();
    let says = |word: &&&str| !["microsoft", "windows", "server", "nt"].contains(*word);
    words.iter().find(says)?;
    let digits = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
    Some(SYSTEMS.map(|[product, version, build]| {
        let is_number = |word: &str| {
            let full = format!("{version}.{build}");
            let rest = [&*full, build].iter().find_map(|known| word.strip_prefix(known));
            word == version
                || rest.is_some_and(|rest| {
                    rest.is_empty()
                        || rest.strip_prefix('.').is_some_and(|rest| digits(rest) && rest.len() < 7)
                })
        };
        // The branch of a build, with its date and time.
        let is_branch = |word: &str| {
            ["xpsp", "xpclnt", "srv03"].iter().any(|branch| word.starts_with(branch))
                && word.split_once('.').is_some_and(|(_, date)| form(date, "999999-9999"))
        };
        let is_year = |word: &str| product == "xp" && ["2002", "2005"].contains(&word);
        let fits = |(at, word): (usize, &&str)| {
            is_number(word)
                || *word == product && !is_version
                || is_year(word) && !is_version
                || is_branch(word)
                || OTHERS.split(' ').any(|other| other == *word)
                || digits(word) && word.len() == 1 && at > 0 && words[at - 1] == "pack"
        };
        let named = words.iter().any(|word| is_number(word) || *word == product && !is_version);
        named && words.iter().enumerate().all(fits)
    }))
}
