//! The conditions of the design's table, in order.

use crypt32_filter::{
    article::{self, Tier},
    policy::Policy,
    verdict::{Basis, Outcome},
};

use super::{
    event::{Event, List},
    message::{self, Message, URL},
    typed,
};

#[derive(Debug)]
pub struct Verdict {
    pub outcome: Outcome,
    pub reasons: Vec<&'static str>,
    pub error: Option<&'static article::Error>,
    pub basis: Option<Basis>,
    pub computer: Vec<u8>,
}

/// The low 16 bits of a plain integer, and its high 16 bits if it has 32.
fn id(text: &str) -> Option<(u64, Option<u64>)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    if let Some(hex) = hex.filter(|hex| !negative && !hex.is_empty() && hex.len() <= 16) {
        let n = u64::from_str_radix(hex, 16).ok()?;
        return Some((n & 0xFFFF, (n >> 32 == 0).then_some(n >> 16)));
    }
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    let low = digits.bytes().fold(0, |low, b| (low * 10 + u64::from(b - b'0')) & 0xFFFF);
    let low = if negative { low.wrapping_neg() & 0xFFFF } else { low };
    let n: Option<i64> = text.parse().ok();
    let bits = n.filter(|&n| n >= i64::from(i32::MIN) && n <= i64::from(u32::MAX));
    Some((low, bits.map(|n| n.cast_unsigned() >> 16 & 0xFFFF)))
}

fn same<T: PartialEq>(values: impl Iterator<Item = T>) -> bool {
    let values: Vec<T> = values.collect();
    values.windows(2).all(|pair| pair[0] == pair[1])
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// A computer without its domain, in lower case.
pub fn short(name: &[u8]) -> String {
    let name = lossy(name);
    // An address has no domain.
    if name.contains(':') || name.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return name.to_lowercase();
    }
    name.split('.').next().unwrap_or_default().to_ascii_lowercase()
}

/// Whether text has a control character or anything non-ASCII. The message grammar handles line
/// ends and tabs in a message.
fn strange(text: &[u8], message: bool) -> bool {
    text.iter().any(|&b| {
        let blank = message && matches!(b, b'\r' | b'\n' | b'\t');
        !blank && !(0x20..0x7F).contains(&b)
    })
}

pub fn classify(event: &Event, policy: &Policy) -> Verdict {
    let unrelated = Verdict {
        outcome: Outcome::Unrelated,
        reasons: Vec::new(),
        error: None,
        basis: None,
        computer: Vec::new(),
    };
    // A message of only white space does not count.
    let texts = event.messages.iter().filter(|text| !lossy(text).trim().is_empty());
    let messages: Vec<Message> = texts.clone().map(|text| message::read(&lossy(text))).collect();
    let mut ids: Vec<_> = event.ids.iter().filter_map(|text| id(text)).collect();
    let mut sources: Vec<Vec<u8>> =
        event.sources.iter().filter(|source| !source.is_empty()).cloned().collect();
    for message in &messages {
        if let Message::Wording { source, id: n, .. } | Message::Lost { source, id: n } = message {
            if sources.is_empty() {
                sources.push(source.clone().into_bytes());
            }
            if event.ids.iter().all(|text| id(text).is_none()) {
                ids.extend(id(n));
            }
        }
    }

    // Is the record a candidate?
    let ours = |source: &Vec<u8>| source.eq_ignore_ascii_case(b"crypt32");
    let by_source = sources.iter().any(ours);
    let by_id = ids.iter().any(|&(low, _)| low == 8);
    let lists: Vec<&List> = event.lists.iter().filter(|list| !list.is_empty()).collect();
    let by_text =
        messages.iter().any(|m| matches!(m, Message::Template { .. } | Message::Wording { .. }))
            || lists.iter().any(|list| {
                list.len() == 2
                    && list[0].as_deref() == Some(URL.as_bytes())
                    && list[1].as_ref().is_some_and(|text| !message::trim(&lossy(text)).is_empty())
            });
    let candidate = match (sources.is_empty(), ids.is_empty()) {
        (false, false) => by_source && by_id,
        (true, false) => by_id && by_text,
        (false, true) => by_source && by_text,
        (true, true) => by_text,
    };
    if !candidate {
        return unrelated;
    }

    let mut failed: Vec<&'static str> = Vec::new();
    let mut fail = |code, failing: bool| {
        if failing && !failed.contains(&code) {
            failed.push(code);
        }
    };
    fail(
        "source",
        event.odd.contains(&"source") || sources.is_empty() || !sources.iter().all(ours),
    );
    let high =
        |&(low, high): &(u64, Option<u64>)| low == 8 && matches!(high, Some(0 | 0xC002 | 0x0002));
    let qualified =
        event.qualifiers.iter().all(|q| q.is_empty() || id(q) == Some((49154, Some(0))));
    let unread = event.ids.iter().any(|text| id(text).is_none());
    fail(
        "event-id",
        ["event-id", "qualifiers"].iter().any(|odd| event.odd.contains(odd))
            || unread
            || ids.is_empty()
            || !ids.iter().all(high)
            || !qualified,
    );

    // A word takes precedence over a number.
    for part in event.copied.iter().chain([&event.severities]) {
        let said = |words: bool| -> Vec<bool> {
            let levels = part.iter().filter(|(text, _)| typed::is_word(text) == words);
            levels.filter_map(|(text, scale)| typed::level(text, *scale)).collect()
        };
        let (words, numbers) = (said(true), said(false));
        let levels = if words.is_empty() { &numbers } else { &words };
        fail("severity", levels.contains(&false));
    }

    let log_fits = |log: &Vec<u8>| {
        ["Application", "ForwardedEvents"]
            .into_iter()
            .chain(policy.logs.iter().map(String::as_str))
            .any(|name| log.eq_ignore_ascii_case(name.as_bytes()))
    };
    fail(
        "log",
        event.odd.contains(&"log")
            || !event.logs.iter().filter(|log| !log.is_empty()).all(log_fits),
    );

    // Message, URL and error.
    let pair = |list: &&List| list.len() == 2 && list.iter().all(Option::is_some);
    fail(
        "message",
        event.odd.contains(&"message")
            || if messages.is_empty() {
                !lists.iter().any(&pair)
            } else {
                !messages.iter().zip(texts).all(|(message, text)| match message {
                    Message::Template { .. } | Message::Wording { .. } => true,
                    // The message is the first string.
                    Message::Lost { .. } | Message::Other => lists.iter().any(|list| {
                        pair(list)
                            && list[0].as_ref() == Some(text)
                            && list[1].as_ref().is_some_and(|e| message::is_error(&lossy(e)))
                    }),
                })
            },
    );
    let mut urls: Vec<bool> =
        lists.iter().filter_map(|list| list[0].as_ref()).map(|url| url == URL.as_bytes()).collect();
    let mut errors: Vec<String> = lists
        .iter()
        .filter_map(|list| list.get(1)?.as_ref())
        .map(|text| message::trim(&lossy(text)).to_owned())
        .collect();
    for message in &messages {
        match message {
            Message::Template { url, error } => {
                urls.push(*url);
                errors.push(error.clone());
            }
            Message::Wording { url, error, .. } => {
                urls.push(url == URL);
                errors.push(error.clone());
            }
            _ => {}
        }
    }
    fail("url", urls.is_empty() || urls.contains(&false));
    let known: Vec<_> = errors.iter().map(|text| message::known(text)).collect();
    let agreed = same(known.iter().map(|e| e.map(|e| e.hresult)));
    let error = known.first().copied().flatten().filter(|_| agreed);
    let basis = error.and_then(|error| match error.tier {
        Tier::PrintedByKb => Some(Basis::Listed),
        Tier::PrintedBySibling => Some(Basis::Sibling),
        Tier::Unreachable => Some(Basis::Cause),
        _ => None,
    });
    fail("error", basis.is_none());

    // System: the agent's machine counts only if it is the event's. If it has several names, one is
    // enough to fail, and all must match.
    let local: Vec<bool> =
        event.logs.iter().map(|log| !log.eq_ignore_ascii_case(b"ForwardedEvents")).collect();
    // A copy of the record may be the only one that names it.
    let both = || [event].into_iter().chain(event.twin.as_deref());
    let own: Vec<bool> = both()
        .flat_map(|event| &event.hosts)
        .map(|h| event.computers.first().is_some_and(|c| short(h) == short(c)))
        .collect();
    let versions = both()
        .flat_map(|event| &event.os_versions)
        .map(|version| typed::os(version, true).unwrap_or_default());
    let names = both().flat_map(|event| &event.os_names);
    let systems: Vec<[bool; 3]> =
        versions.chain(names.filter_map(|name| typed::os(name, false))).collect();
    let one = (0..3).any(|system| systems.iter().all(|can| can[system]));
    let some = own.contains(&true) && (local.is_empty() || local.contains(&true));
    let all = some && !own.contains(&false) && !local.contains(&false) && !systems.is_empty();
    fail("system", some && !one || !all && policy.require_system);

    // Integrity.
    let one_machine = event.computers.iter().all(|name| short(name) == short(&event.computers[0]));
    let whole = event.unread.is_empty()
        && one_machine
        && same(event.numbers.iter())
        && event.twin.as_ref().is_none_or(|twin| agrees(twin, event, &known, policy))
        && event.categories.iter().all(|category| typed::is_none(category))
        && lists.iter().all(|list| list.len() <= 2)
        && !sources.iter().any(|s| strange(s, false))
        && !event.messages.iter().any(|m| strange(m, true))
        && !lists.iter().any(|list| {
            list.iter()
                .flatten()
                .any(|text| strange(lossy(text).trim_end_matches(['\r', '\n']).as_bytes(), false))
        });
    fail("integrity", !whole);

    failed.sort_by_key(article_order);
    Verdict {
        outcome: if failed.is_empty() { Outcome::Benign } else { Outcome::Review },
        basis: basis.filter(|_| failed.is_empty()),
        reasons: failed,
        error,
        computer: event
            .computers
            .iter()
            .chain(&event.hosts)
            .find(|name| !name.is_empty())
            .cloned()
            .unwrap_or_default(),
    }
}

/// Whether the values of names in another case agree with the event, compared by meaning.
fn agrees(
    twin: &Event,
    event: &Event,
    errors: &[Option<&'static article::Error>],
    policy: &Policy,
) -> bool {
    let mut alone = twin.clone();
    let mut said = true;
    alone.messages.retain(|message| !event.messages.contains(message));
    let error = errors.first().copied().flatten();
    // Missing values do not contradict it.
    if alone.sources.is_empty() {
        alone.sources.push(b"crypt32".to_vec());
    }
    if alone.ids.is_empty() {
        alone.ids.push("8".to_owned());
    }
    if alone.messages.is_empty() && alone.lists.is_empty() {
        let error =
            error.filter(|error| error.tier.basis().is_some()).unwrap_or(&article::ERRORS[0]);
        alone.lists.push(vec![Some(URL.into()), Some(error.text.into())]);
        said = false;
    }
    alone.hosts.clear();
    // They are of different copies, so no word takes precedence over the number in another one.
    let denies = |(text, scale): &(String, _)| typed::level(text, *scale) == Some(false);
    if alone.severities.iter().any(denies) {
        return false;
    }
    let policy = Policy { require_system: false, ..policy.clone() };
    let verdict = classify(&alone, &policy);
    let same = verdict.error.map(|e| e.hresult) == error.map(|e| e.hresult);
    verdict.outcome == Outcome::Benign && (same || !said)
}

/// The verdict about a record with several events: benign only if all are, review if any is.
pub fn of_all(verdicts: Vec<Verdict>) -> Verdict {
    let outcomes: Vec<Outcome> = verdicts.iter().map(|v| v.outcome).collect();
    let outcome = if outcomes.contains(&Outcome::Review) {
        Outcome::Review
    } else if outcomes.contains(&Outcome::Unrelated) {
        Outcome::Unrelated
    } else {
        Outcome::Benign
    };
    let related: Vec<Verdict> =
        verdicts.into_iter().filter(|v| v.outcome != Outcome::Unrelated).collect();
    let mut reasons: Vec<&'static str> = related.iter().flat_map(|v| v.reasons.clone()).collect();
    reasons.sort_by_key(article_order);
    reasons.dedup();
    let same_error = same(related.iter().map(|v| v.error.map(|e| e.hresult)));
    Verdict {
        outcome,
        reasons,
        error: related.first().and_then(|v| v.error).filter(|_| same_error),
        basis: related.iter().filter_map(|v| v.basis).max().filter(|_| outcome == Outcome::Benign),
        computer: related
            .iter()
            .map(|v| v.computer.clone())
            .find(|name| !name.is_empty())
            .unwrap_or_default(),
    }
}

fn article_order(code: &&str) -> usize {
    const ORDER: [&str; 9] =
        ["source", "event-id", "severity", "log", "message", "url", "error", "system", "integrity"];
    ORDER.iter().position(|c| c == code).unwrap_or(ORDER.len())
}
