//! The tag and its position.

use crypt32_filter::{
    article,
    policy::Policy,
    verdict::{Basis, Outcome},
};

use super::{
    tree::{Member, Tree, Value},
    verdict::Verdict,
};

/// The result of tagging a record.
pub enum Tagged {
    /// It already has our tag.
    Ours,
    /// The key has another value.
    Conflict,
    /// Edits in order of position, counted from the record's first byte.
    Insert(Vec<(usize, Vec<u8>)>),
}

fn words(items: &[&str]) -> String {
    items.iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(",")
}

/// The value of the tag's member.
pub fn value(verdict: &Verdict) -> String {
    let (id, url) = (article::ID, article::LINK);
    let head = |word| format!("{{\"verdict\":\"{word}\",\"id\":\"{id}\",\"url\":\"{url}\"");
    let Some(basis) = verdict.basis else {
        return format!("{},\"reasons\":[{}]}}", head("review"), words(&verdict.reasons));
    };
    let see = if basis == Basis::Sibling { ",\"see\":[\"KB317541\"]" } else { "" };
    let code = verdict.error.and_then(|error| error.code).unwrap_or(0);
    let basis = match basis {
        Basis::Listed => "listed",
        Basis::Sibling => "sibling",
        Basis::Cause => "cause",
    };
    format!("{},\"basis\":\"{basis}\",\"error\":{code}{see}}}", head("benign"))
}

pub fn tag(bytes: &[u8], tree: &Tree, verdict: &Verdict, policy: &Policy) -> Tagged {
    let members = tree.members(0).expect("an object");
    let named = |name: &str| -> Vec<usize> {
        members.iter().filter(|m| m.key == name.as_bytes()).map(|m| m.node).collect()
    };
    let value = value(verdict);
    // A record must not vouch for itself, in another case or with a dotted name.
    let claims = |member: &&Member| {
        let name = String::from_utf8_lossy(&member.key).to_ascii_lowercase();
        let rest = name.strip_prefix(&policy.key.to_ascii_lowercase());
        member.key != policy.key.as_bytes()
            && rest.is_some_and(|r| r.is_empty() || r.starts_with('.'))
    };
    if members.iter().any(|member| claims(&member)) {
        return Tagged::Conflict;
    }
    match named(&policy.key).as_slice() {
        [] => {}
        [one] if &bytes[tree.nodes[*one].span.clone()] == value.as_bytes() => return Tagged::Ours,
        _ => return Tagged::Conflict,
    }
    let last = members.last().map_or(tree.nodes[0].span.start + 1, |m| tree.nodes[m.node].span.end);
    let key = serde_json::to_string(&policy.key).expect("a string");
    let comma = if members.is_empty() { "" } else { "," };
    let mut member = format!("{comma}{key}:{value}").into_bytes();
    let first = match verdict.outcome {
        Outcome::Benign if verdict.basis.is_some_and(|b| policy.accept.contains(b)) => {
            Some("benign")
        }
        Outcome::Review => Some("review"),
        _ => None,
    };
    let all: Vec<&str> = first.into_iter().chain([article::ID]).collect();
    if !policy.tags {
        return Tagged::Insert(vec![(last, member)]);
    }
    match named("tags").as_slice() {
        [] => {
            member.extend(format!(",\"tags\":[{}]", words(&all)).bytes());
            Tagged::Insert(vec![(last, member)])
        }
        [one] => {
            let Value::List(items) = tree.value(*one) else {
                return Tagged::Insert(vec![(last, member)]);
            };
            let there = |word: &&&str| {
                items
                    .iter()
                    .any(|i| matches!(tree.value(*i), Value::Text(t) if t == word.as_bytes()))
            };
            let missing: Vec<&str> = all.iter().filter(|word| !there(word)).copied().collect();
            let comma = if items.is_empty() { "" } else { "," };
            let end = tree.nodes[*one].span.end - 1;
            let mut inserts = vec![(last, member)];
            if !missing.is_empty() {
                inserts.push((end, format!("{comma}{}", words(&missing)).into_bytes()));
            }
            inserts.sort_by_key(|(at, _)| *at);
            Tagged::Insert(inserts)
        }
        _ => Tagged::Insert(vec![(last, member)]),
    }
}
