//! The second implementation of the filter: it reads the whole input at once, every line
//! separately.

use std::collections::BTreeMap;

use crypt32_filter::{
    policy::{Action, Policy},
    verdict::Outcome,
};

use super::{
    embedded,
    tag::{self, Tagged},
    tree::{self, Tree},
    verdict::{self, Verdict},
};

/// One computer: benign, review, dropped, errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub benign: u64,
    pub review: u64,
    pub dropped: u64,
    pub errors: BTreeMap<String, u64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ledger {
    pub records: u64,
    pub unrelated: u64,
    pub benign: u64,
    pub review: u64,
    pub oversized: u64,
    pub tagged: u64,
    pub dropped: u64,
    pub untagged: u64,
    pub conflicts: u64,
    /// The minimum: records that begin like JSON, mention the event plainly, and are not whole.
    pub unparsed_least: u64,
    /// The maximum: those, and records that could hide a mention in an escape.
    pub unparsed_most: u64,
    pub bytes_in: u64,
    pub bytes_out: u64,
    pub bytes_dropped: u64,
    pub bytes_inserted: u64,
    pub computers: BTreeMap<String, Row>,
}

/// The position of a line's JSON object.
struct Record {
    start: usize,
    tree: Tree,
    /// The line has an octet count, so its length must not change.
    counted: bool,
}

/// The JSON object of a line, or at the end of a syslog line.
fn record(line: &[u8]) -> Option<Record> {
    let object = |start: usize| {
        let tree = tree::parse(&line[start..])?;
        tree.members(0).is_some().then_some(tree)
    };
    if let Some(tree) = object(0) {
        return Some(Record { start: 0, tree, counted: false });
    }
    let digits = line.iter().take_while(|b| b.is_ascii_digit()).count();
    let counted = digits > 0 && line[digits..].starts_with(b" <");
    let rest = if counted { &line[digits + 1..] } else { line };
    let before = line.len() - rest.len();
    let starts = (before..line.len()).filter(|&at| line[at] == b'{');
    starts.into_iter().find_map(|start| {
        embedded::header(&line[before..start])?;
        Some(Record { start, tree: object(start)?, counted })
    })
}

/// The verdict about a record, including the structured data before it, and whether the policy lets
/// the records of all its computers be dropped.
fn judge(head: &[u8], tree: &Tree, policy: &Policy) -> (Verdict, bool) {
    let mut events = embedded::object(tree, 0, 0);
    let head = &head[head.iter().position(|byte| *byte == b'<').unwrap_or(0)..];
    if let Some(data) = embedded::header(head) {
        events[0].absorb(data);
    }
    let verdicts: Vec<_> = events.iter().map(|event| verdict::classify(event, policy)).collect();
    let included = verdicts.iter().all(|verdict| includes(policy, &verdict.computer));
    (verdict::of_all(verdicts), included)
}

/// Whether the records of this computer may be dropped. The engine is another one than the filter's.
fn includes(policy: &Policy, computer: &[u8]) -> bool {
    let matches = |pattern: &str| {
        let whole =
            regex::bytes::Regex::new(&format!(r"(?i-u)\A(?:{pattern})\z")).expect("a pattern");
        whole.is_match(computer)
    };
    let mut patterns = policy.only_computers.patterns().peekable();
    patterns.peek().is_none() || !computer.is_empty() && patterns.any(matches)
}

/// Whether a line begins like an action of a `_bulk` body with a following document. A broken
/// action counts too, because a kept record is not lost.
fn is_action(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let line = line.strip_prefix('\u{feff}').unwrap_or(&line);
    let compact: String = line.split_ascii_whitespace().collect();
    let Some((name, rest)) = compact.strip_prefix("{\"").and_then(|rest| rest.split_once('"'))
    else {
        return false;
    };
    let name: String = serde_json::from_str(&format!("\"{name}\"")).unwrap_or_default();
    ["index", "create", "update"].contains(&name.as_str()) && rest.starts_with(":{")
}

/// Whether the input is UTF-16, from a mark or from its zeros. The generator makes no other input
/// that is not text.
fn is_wide(input: &[u8]) -> bool {
    let head = &input[..input.len().min(1024)];
    let first = |byte| head.iter().position(|b| *b == byte);
    let text = first(0).is_none_or(|zero| first(b'\n').is_some_and(|end| end < zero));
    let units = head.len() / 2;
    let zeros = |place: usize| (0..units).filter(|unit| head[2 * unit + place] == 0).count();
    let (few, many) = (zeros(0).min(zeros(1)), zeros(0).max(zeros(1)));
    head.starts_with(b"\xFF\xFE")
        || (!text && units >= 4 && few <= units / 16 && many >= units - units / 4)
}

/// Whether a line with an object is an element of a JSON array over several lines, judged from its
/// neighbours: an array continues or begins before it, or continues or ends after it. Blank lines
/// are skipped, after it only up to a limit.
fn is_element(before: &[u8], line: &[u8], after: &[u8]) -> bool {
    let blank = |byte: &u8| b" \t\r\n\x0C\xEF\xBB\xBF".contains(byte);
    let filled = |bytes: &[u8]| bytes.iter().copied().find(|byte| !blank(byte));
    let last = before.iter().rev().copied().find(|byte| !blank(byte));
    let near = &after[..after.len().min(1024)];
    let ahead = filled(near);
    matches!(filled(line), Some(b'{' | b'[' | b'"'))
        && (matches!(last, Some(b',' | b'['))
            || matches!(ahead, Some(b',' | b']' | b'}'))
            || (ahead.is_none() && near.len() == 1024))
}

fn unparsed(line: &[u8]) -> (u64, u64) {
    let blank = |b: &&u8| matches!(b, b' ' | b'\t' | b'\r');
    let first = line.iter().find(|b| !blank(b));
    if !matches!(first, Some(b'{' | b'[')) {
        return (0, u64::from(line.contains(&b'{')));
    }
    let lower = line.to_ascii_lowercase();
    let mentions = |needle: &[u8]| lower.windows(needle.len()).any(|w| w == needle);
    let plain = mentions(b"crypt32");
    let most = plain || mentions(b"windowsupdate") || mentions(b"third-party") || mentions(b"\\u");
    (u64::from(plain && first == Some(&b'{')), u64::from(most))
}

pub fn filter(input: &[u8], policy: &Policy) -> (Vec<u8>, Ledger) {
    let mut out = Vec::new();
    let mut ledger = Ledger { bytes_in: input.len() as u64, ..Ledger::default() };
    if is_wide(input) {
        ledger.bytes_out = ledger.bytes_in;
        return (input.to_vec(), ledger);
    }
    let mut document = false;
    let mut start = 0;
    for (number, whole) in input.split_inclusive(|b| *b == b'\n').enumerate() {
        ledger.records += 1;
        let line = whole.strip_suffix(b"\n").unwrap_or(whole);
        let is_document = std::mem::take(&mut document);
        let before = &input[..start];
        start += whole.len();
        let element = is_element(before, whole, &input[start..]);
        if line.len() > policy.max_record {
            document = is_action(&line[..policy.max_record]);
            ledger.oversized += 1;
            out.extend(whole);
            continue;
        }
        let mark = if number == 0 && line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let line = &line[mark..];
        document = is_action(line);
        let Some(record) = record(line) else {
            ledger.unrelated += 1;
            let (least, most) = unparsed(line);
            ledger.unparsed_least += least;
            ledger.unparsed_most += most;
            out.extend(whole);
            continue;
        };
        let (verdict, included) = judge(&line[..record.start], &record.tree, policy);
        match verdict.outcome {
            Outcome::Unrelated => {
                ledger.unrelated += 1;
                out.extend(whole);
                continue;
            }
            Outcome::Benign => ledger.benign += 1,
            Outcome::Review => ledger.review += 1,
        }
        let computer = name(&verdict.computer);
        let row = ledger.computers.entry(computer).or_default();
        let before = row.benign;
        *(if verdict.outcome == Outcome::Benign { &mut row.benign } else { &mut row.review }) += 1;
        if let Some(error) = verdict.error {
            let code = error.code.map_or(format!("0x{:08X}", error.hresult), |c| c.to_string());
            *row.errors.entry(code).or_default() += 1;
        }
        if policy.action == Action::Observe {
            out.extend(whole);
            continue;
        }
        let tagged = tag::tag(&line[record.start..], &record.tree, &verdict, policy);
        if matches!(tagged, Tagged::Conflict) {
            ledger.conflicts += 1;
            out.extend(whole);
            continue;
        }
        let accepted = verdict.basis.is_some_and(|basis| policy.accept.contains(basis));
        // An action of a `_bulk` body, its document, a counted frame and an element of an array
        // must not be dropped.
        let stays = document || is_document || record.counted || element;
        if policy.action == Action::Drop && accepted && included && !stays {
            let keep = policy.keep_every > 0 && before.is_multiple_of(policy.keep_every);
            if !keep {
                ledger.dropped += 1;
                // A byte order mark is not a part of the record.
                ledger.bytes_dropped += (whole.len() - mark) as u64;
                out.extend(&whole[..mark]);
                row.dropped += 1;
                continue;
            }
        }
        match tagged {
            Tagged::Insert(_) if record.counted => {
                ledger.untagged += 1;
                out.extend(whole);
            }
            Tagged::Insert(inserts) => {
                ledger.tagged += 1;
                let mut at = 0;
                for (place, bytes) in inserts {
                    let place = mark + record.start + place;
                    out.extend(&whole[at..place]);
                    out.extend(&bytes);
                    ledger.bytes_inserted += bytes.len() as u64;
                    at = place;
                }
                out.extend(&whole[at..]);
            }
            Tagged::Ours | Tagged::Conflict => out.extend(whole),
        }
    }
    ledger.bytes_out = out.len() as u64;
    (out, ledger)
}

/// The name of a row.
fn name(computer: &[u8]) -> String {
    let name = String::from_utf8_lossy(computer).into_owned();
    match name.trim_matches('"') {
        _ if name.is_empty() => return "-".to_owned(),
        "-" | "other" => return format!("\"{name}\""),
        _ => {}
    }
    let mut end = name.len().min(255);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name[..end].to_owned()
}
