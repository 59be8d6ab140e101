//! Groups the findings by meaning, so that the meaning that several computers share is printed
//! once.

use std::collections::BTreeMap;

use super::{
    Computer, Explained, Interval, Neighbour, StartKind, Summary,
    findings::{duration, pace},
    text::minute,
};
use crate::{
    report::style::{counted, number},
    time::Moment,
};

/// A finding that is true of one or more computers.
pub(super) struct Group {
    /// The finding, with the number of computers.
    pub(super) what: String,
    pub(super) meaning: String,
    /// The computers, each with its own details.
    pub(super) members: Vec<String>,
}

/// The rank of a group, its finding (`%` is replaced by the computers), and its meaning.
type Key<'s> = (u8, String, &'s str);

/// All groups, with the most important first.
pub(super) fn groups(summary: &Summary) -> Vec<Group> {
    let together = summary.together.iter().map(|row| Group {
        what: format!(
            "{} began within the minute of {}",
            counted(row.count as u64, "computer", "computers"),
            minute(Some(row.minute))
        ),
        meaning: "look for one change in the network".to_owned(),
        members: row.computers.clone(),
    });
    let mut groups: BTreeMap<Key<'_>, Vec<String>> = BTreeMap::new();
    for computer in summary.computers.iter().filter(|computer| !computer.other) {
        of_computer(computer, &mut |key, member| groups.entry(key).or_default().push(member));
    }
    let groups = groups.into_iter().map(|((_, what, meaning), members)| Group {
        what: what.replace('%', &counted(members.len() as u64, "computer", "computers")),
        meaning: meaning.trim_end_matches('.').to_owned(),
        members,
    });
    together.chain(groups).collect()
}

fn of_computer<'s>(computer: &'s Computer, add: &mut dyn FnMut(Key<'s>, String)) {
    let name = &computer.name;
    for neighbour in &computer.neighbours {
        let Neighbour { event, count, first, last, contradicts, words, .. } = neighbour;
        let against = if *contradicts { ", against the article's cause" } else { "" };
        let rank = if *contradicts { 0 } else { 3 };
        let member = format!("{name} ({} x, {})", number(*count), span(*first, *last));
        add((rank, format!("{event} on %{against}"), words), member);
    }
    if computer.carved > 0 {
        let (carved, all) = (number(computer.carved), number(computer.benign + computer.review));
        let meaning = "found outside the log's own list; times, errors and intervals include them";
        add((0, "carved events 8 of %".to_owned(), meaning), format!("{name} ({carved} of {all})"));
    }
    if let Some(start) = &computer.start {
        let (what, meaning) = match start.kind {
            StartKind::AfterSuccess => {
                ("% reached Windows Update before the first event 8", "something has changed since")
            }
            StartKind::AfterQuiet => (
                "% had no event 8 for a day or more at first",
                "find out what changed at that time",
            ),
        };
        add((1, what.to_owned(), meaning), format!("{name} ({})", minute(Some(start.at))));
    }
    for explained in [Explained::Suspended, Explained::Reached, Explained::Open] {
        let gaps = || computer.gaps.iter().filter(|gap| gap.explained == explained);
        let Some(gap) = gaps().max_by_key(|gap| gap.seconds) else { continue };
        let (what, meaning) = match explained {
            Explained::Suspended => (
                "silence on % after crypt32 6",
                "crypt32 had suspended its logging, so this is not a recovery",
            ),
            Explained::Reached => (
                "silence on %, in which Windows Update was reached",
                "the article's cause did not apply all the time",
            ),
            Explained::Open => {
                ("silence on %", "this log does not show why (switched off, or missing records)")
            }
        };
        let more = match gaps().count() {
            1 => String::new(),
            count => format!("{count} x, the longest "),
        };
        let (length, from) = (duration(gap.seconds), minute(Some(gap.from)));
        let member = format!("{name} ({more}{length} from {from})");
        add((2, what.to_owned(), meaning), member);
    }
    if let Some(meaning) = pace(&computer.interval) {
        let what = format!("{} interval on %", computer.interval.pace);
        let seconds = computer.interval.seconds.map(|_| interval(&computer.interval));
        let length = seconds.map_or_else(String::new, |length| format!(" ({length})"));
        add((4, what, meaning), format!("{name}{length}"));
    }
}

/// The interval of a computer in a few words.
pub(super) fn interval(interval: &Interval) -> String {
    match (interval.seconds, interval.jitter) {
        (Some(seconds), Some(jitter)) if jitter > 0 => {
            format!("{} \u{b1} {}", duration(seconds), duration(jitter))
        }
        (Some(seconds), _) => duration(seconds),
        _ => interval.pace.to_string(),
    }
}

fn span(first: Option<Moment>, last: Option<Moment>) -> String {
    let (first, last) = (minute(first), minute(last));
    if first == last { first } else { format!("{first} to {last}") }
}
