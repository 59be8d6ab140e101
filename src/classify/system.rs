//! The conditions about the log and about the operating system of the computer.

use super::met;
use crate::{
    event::{Event, Kind, Said, same_machine},
    policy::Policy,
    swar::Words,
    verdict::State,
};

/// Whether the log is one that the event is written to, or that collects events.
pub(super) fn log(event: &Event<'_>, policy: &Policy) -> State {
    // A list or an object is not a name.
    let holds = |said: &Said<'_>| said.kind != Kind::Other && accepts(&said.value, policy);
    if event.log.is_empty() { State::Assumed } else { met(event.log.iter().all(holds)) }
}

/// Whether a log name is accepted.
pub(super) fn accepts(log: &str, policy: &Policy) -> bool {
    ["Application", "ForwardedEvents"].iter().any(|name| log.eq_ignore_ascii_case(name))
        || policy.logs.iter().any(|name| log.eq_ignore_ascii_case(name))
}

/// Whether the computer runs a system that the article covers.
pub(super) fn system(event: &Event<'_>, policy: &Policy) -> State {
    let unknown = if policy.require_system { State::Failed } else { State::Assumed };
    let here = |log: &str| !log.eq_ignore_ascii_case("ForwardedEvents");
    let own = |host: &str| event.computer.first().is_some_and(|name| same_machine(host, name));
    let versions = event.os_version.texts().map(version_fits);
    let names = event.os_name.texts().filter_map(name_fits);
    let mut said = versions.chain(names).peekable();
    let none = said.peek().is_none() || !event.host.texts().any(own);
    let fits = none || said.all(|fits| fits);
    // A second name of the log or the computer is no proof, and does not override the first one.
    if !fits && (event.log.is_empty() || event.log.texts().any(here)) {
        State::Failed
    } else if none || !event.host.texts().all(own) || !event.log.texts().all(here) {
        unknown
    } else {
        State::Met
    }
}

/// Whether a version is one of the article's: 5.1 is XP; 5.2 is XP x64, Server 2003 and 2003 R2.
/// The build, the service pack and, in brackets, the branch of the build may follow the number.
fn version_fits(version: &str) -> bool {
    let mut rest = version;
    for word in ["Microsoft", "Windows", "NT", "Version"] {
        let after = rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word));
        rest = after.map_or(rest, |_| rest[word.len()..].trim_ascii_start());
    }
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    let mut parts = number.split('.');
    // Some write nothing but the build.
    let known = match parts.next() {
        Some("5") => matches!(parts.next(), Some("1" | "2")),
        build => matches!(build, Some("2600" | "3790")),
    };
    known
        && parts.clone().count() <= 2
        && parts.all(|part| matches!(part.len(), 1..=5))
        && words(rest).all(|word| is_build(word) || is_number(word) || is_part_of_a_name(word))
}

/// Splits a name into words at white space and punctuation.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '(', ')', ',', '_', '-', '[', ']', ':', '\t']).filter(|word| !word.is_empty())
}

/// Whether a name is of a system that the article covers; `None` if it only says Windows. An
/// unknown word may belong to the name of another system, so it must not occur.
fn name_fits<'a>(name: &'a str) -> Option<bool> {
    let is = |word: &str, known: &[&str]| known.iter().any(|k| word.eq_ignore_ascii_case(k));
    let general = ["windows", "microsoft", "server", "nt", "win", "r", "tm", "winnt", "win32nt"];
    // Trademark signs do not count.
    let plain = |word: &'a str| word.trim_end_matches(['\u{ae}', '\u{2122}']);
    let words = || words(name).map(plain).filter(|word| !word.is_empty());
    if words().all(|word| is(word, &general)) {
        return None;
    }
    let has = |known: &str| words().any(|word| word.eq_ignore_ascii_case(known));
    let (xp, server) = (has("XP"), has("2003"));
    let windows = has("windows") || has("microsoft") || has("win");
    let one = xp != server && (windows || name.trim_ascii().eq_ignore_ascii_case("XP"));
    let mut known = words().scan("", |before, word| {
        let number = is_number(word) && is(before, &["pack", "build", "sp"]);
        let version = word.has(b'.') && version_fits(word);
        *before = word;
        let product = is(word, &["xp", "2003"]);
        Some(product || is(word, &general) || number || version || is_part_of_a_name(word))
    });
    Some(one && known.all(|known| known))
}

/// Whether a word names an edition, a service pack or a release of a product.
fn is_part_of_a_name(word: &str) -> bool {
    const WORDS: [&str; 35] = [
        "professional",
        "pro",
        "home",
        "edition",
        "standard",
        "enterprise",
        "datacenter",
        "web",
        "small",
        "business",
        "storage",
        "compute",
        "cluster",
        "media",
        "center",
        "tablet",
        "pc",
        "embedded",
        "starter",
        "for",
        "based",
        "systems",
        "itanium",
        "service",
        "pack",
        "sp1",
        "sp2",
        "sp3",
        "sp",
        "r2",
        "x64",
        "x86",
        "bit",
        "build",
        "version",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
        || matches!(word, "32" | "64" | "5.1" | "5.2" | "x86_64" | "amd64" | "ia64")
}

/// Whether a word belongs to the name of a build, such as `srv03_sp2_gdr.080813`.
fn is_build(word: &str) -> bool {
    let mut parts = word.split('.');
    let name = parts.next().unwrap_or_default();
    let branch = matches!(
        name,
        "xpsp" | "xpclnt" | "xpsp1" | "xpsp2" | "xpsp3" | "srv03" | "sp1" | "sp2" | "sp3"
    ) || matches!(name, "rtm" | "gdr" | "qfe" | "escrow" | "client");
    branch && parts.all(is_number)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.len() <= 6 && word.bytes().all(|byte| byte.is_ascii_digit())
}
