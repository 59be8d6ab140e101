//! Where the event was written: the log, and the system of the computer.

use super::met;
use crate::{
    event::{Event, Kind, Said, same_machine},
    policy::Policy,
    verdict::State,
};

/// Whether the log is one that the event is written to, or collected in.
pub(super) fn log(event: &Event<'_>, policy: &Policy) -> State {
    let accepted = |log: &str| {
        ["Application", "ForwardedEvents"].iter().any(|name| log.eq_ignore_ascii_case(name))
            || policy.logs.iter().any(|name| log.eq_ignore_ascii_case(name))
    };
    // A list or an object is no name.
    let holds = |said: &Said<'_>| said.kind != Kind::Other && accepted(&said.value);
    if event.log.is_empty() { State::Assumed } else { met(event.log.iter().all(holds)) }
}

/// Whether the computer runs a system that the article covers.
pub(super) fn system(event: &Event<'_>, policy: &Policy) -> State {
    let unknown = if policy.require_system { State::Failed } else { State::Assumed };
    let forwarded = event.log.texts().any(|log| log.eq_ignore_ascii_case("ForwardedEvents"));
    let own = match event.computer.first() {
        Some(computer) => {
            !event.host.is_empty() && event.host.texts().all(|host| same_machine(host, computer))
        }
        None => false,
    };
    if forwarded || !own {
        return unknown;
    }
    let versions = event.os_version.texts().map(version_fits);
    let names = event.os_name.texts().filter_map(name_fits);
    let mut said = versions.chain(names).peekable();
    if said.peek().is_none() { unknown } else { met(said.all(|fits| fits)) }
}

/// XP is 5.1; XP x64, Server 2003 and 2003 R2 are 5.2.
fn version_fits(version: &str) -> bool {
    ["5.1", "5.2"].iter().any(|known| {
        version
            .strip_prefix(known)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

/// Whether a name is of a system that the article covers; `None` where it only says Windows.
fn name_fits(name: &str) -> Option<bool> {
    let words = || name.split([' ', '(', ')', ',', '_', '-']).filter(|word| !word.is_empty());
    let has = |word: &str| words().any(|w| w.eq_ignore_ascii_case(word));
    let general = ["windows", "microsoft", "server", "nt"];
    if words().all(|word| general.iter().any(|g| word.eq_ignore_ascii_case(g))) {
        return None;
    }
    let windows = has("windows") || has("microsoft") || has("win");
    Some((has("XP") || (has("2003") && windows)) && (windows || name.eq_ignore_ascii_case("XP")))
}
