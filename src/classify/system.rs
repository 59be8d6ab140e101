//! The conditions about the log and about the operating system of the computer.

use super::met;
use crate::{
    event::{Event, Field, Kind, Said, same_machine},
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
    let versions = texts(&event.os_version).map(version_fits);
    let names = texts(&event.os_name).filter_map(name_fits);
    let said = versions.chain(names).reduce(|some, others| some & others);
    let none = said.is_none() || !texts(&event.host).any(own);
    // All names and versions must be of one system.
    let fits = none || said != Some(0);
    // A second name of the log or the computer is no proof, and does not override the first one.
    if !fits && (event.log.is_empty() || event.log.texts().any(here)) {
        State::Failed
    } else if none || !texts(&event.host).all(own) || !event.log.texts().all(here) {
        unknown
    } else {
        State::Met
    }
}

/// The values of a field about the system, also those of a copy of the record.
fn texts<'e>(field: &'e Field<'_>) -> impl Iterator<Item = &'e str> {
    field.values(|said| !said.value.is_empty() && said.kind != Kind::Other).map(|said| &*said.value)
}

/// The systems that the article covers, as a set of bits. XP x64 and Server 2003, with R2, have the
/// same version.
const XP: u8 = 1;
const XP_X64: u8 = 2;
const SERVER: u8 = 4;
const ALL: u8 = XP | XP_X64 | SERVER;

/// The words of any Windows. One of the first three must be in a name.
const FAMILY: [&str; 9] =
    ["windows", "microsoft", "win", "server", "nt", "r", "tm", "winnt", "win32nt"];

/// The systems that a version can be of: 5.1 is XP; 5.2 is XP x64, Server 2003 and 2003 R2. The
/// build, the service pack and, in brackets, the branch of the build may follow the number.
fn version_fits(version: &str) -> u8 {
    let text = Text::of(version);
    let whole = version.starts_with(|c: char| c.is_ascii_alphanumeric());
    if whole && text.version && !text.product { text.systems } else { 0 }
}

/// The systems that a name can be of; `None` if it only says Windows.
fn name_fits(name: &str) -> Option<u8> {
    let text = Text::of(name);
    let vendor = |word: &str| FAMILY[..3].iter().any(|known| word.eq_ignore_ascii_case(known));
    let whole = words(name).any(vendor) || name.trim_ascii().eq_ignore_ascii_case("XP");
    let known = whole && (text.product || text.version);
    (!text.general).then_some(if known { text.systems } else { 0 })
}

/// What the words of a name or a version say.
struct Text {
    /// The systems that all words can belong to. None, if two words name different systems, or a
    /// word is unknown, because it may belong to the name of another system.
    systems: u8,
    /// Whether a word names a product or a version.
    product: bool,
    version: bool,
    /// Whether all words are those of any Windows.
    general: bool,
}

impl Text {
    fn of(text: &str) -> Self {
        let mut found = Self { systems: ALL, product: false, version: false, general: true };
        let mut before = "";
        for word in words(text) {
            let is = |known: &[&str]| known.iter().any(|known| word.eq_ignore_ascii_case(known));
            let after = |known: &[&str]| known.iter().any(|k| before.eq_ignore_ascii_case(k));
            if !is(&FAMILY) {
                found.general = false;
                let (product, version) = (product(word), of_version(word));
                found.product |= product.is_some();
                found.version |= version != 0;
                let known = is_part_of_a_name(word)
                    || is_build(word)
                    // The year of an edition of XP, the service pack, the time behind the date of a
                    // build.
                    || matches!(word, "2002" | "2005") && found.systems & SERVER == 0
                    || is_digits(word, 1) && after(&["pack", "sp"])
                    || is_digits(word, 4) && before.has(b'.') && is_build(before);
                found.systems &= product.unwrap_or(if known { ALL } else { version });
            }
            before = word;
        }
        found
    }
}

/// The systems with this product.
fn product(word: &str) -> Option<u8> {
    let xp = word.eq_ignore_ascii_case("XP").then_some(XP | XP_X64);
    xp.or_else(|| (word == "2003").then_some(SERVER))
}

/// The systems with this version, such as `5.1.2600.5512`; some write nothing but the build.
fn of_version(word: &str) -> u8 {
    let of = |number: &str, build: &str, systems: u8| {
        let rest = match word.strip_prefix(number) {
            Some("") => return systems,
            Some(rest) => rest.strip_prefix('.'),
            None => Some(word),
        };
        let revision = rest.and_then(|rest| rest.strip_prefix(build));
        // .NET writes the service pack into six digits.
        let digits = |revision: &str| (1..=6).any(|count| is_digits(revision, count));
        let whole = revision
            .is_some_and(|rest| rest.is_empty() || rest.strip_prefix('.').is_some_and(digits));
        if whole { systems } else { 0 }
    };
    of("5.1", "2600", XP) | of("5.2", "3790", XP_X64 | SERVER)
}

/// Splits a name into words at white space and punctuation, without trademark signs.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '(', ')', ',', '_', '-', '[', ']', ':', '\t'])
        .map(|word| word.trim_end_matches(['\u{ae}', '\u{2122}']))
        .filter(|word| !word.is_empty())
}

/// Whether a word names an edition, a service pack or a release of a product.
fn is_part_of_a_name(word: &str) -> bool {
    const WORDS: [&str; 38] = [
        "professional",
        "pro",
        "home",
        "edition",
        "n",
        "kn",
        "n/a",
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
        || matches!(word, "32" | "64" | "x86_64" | "amd64" | "ia64")
}

/// Whether a word belongs to the name of a build, such as `srv03_sp2_gdr.080813`, with its date.
fn is_build(word: &str) -> bool {
    let mut parts = word.split('.');
    let name = parts.next().unwrap_or_default();
    let branch = matches!(
        name,
        "xpsp" | "xpclnt" | "xpsp1" | "xpsp2" | "xpsp3" | "srv03" | "sp1" | "sp2" | "sp3"
    ) || matches!(name, "rtm" | "gdr" | "qfe" | "escrow" | "client");
    branch && parts.all(|date| is_digits(date, 6))
}

fn is_digits(word: &str, count: usize) -> bool {
    word.len() == count && word.bytes().all(|byte| byte.is_ascii_digit())
}
