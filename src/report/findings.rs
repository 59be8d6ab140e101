//! Derives the findings of a report from the collected state, and words them.

use core::{cmp::Reverse, fmt::Write as _};
use std::collections::BTreeMap;

use super::{
    COMPUTERS, Computer, ErrorCount, Explained, Gap, Interval, Neighbour, Pace, ReasonCount,
    Report, Side, Start, StartKind, Summary, Together, Totals,
    advice::Advice,
    host::{Group, Host, Neighbours, Tally},
    interval::{Folded, Histogram},
};
use crate::{classify::related::RelatedKind, engine::ledger, time::Moment, verdict::Condition};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// The range around ten minutes, the article's example of a regular interval, that counts as equal
/// to it.
const ARTICLE: core::ops::RangeInclusive<u64> = 9 * MINUTE..=11 * MINUTE;
/// The minimum share of similar intervals that makes a computer regular, in percent.
const MOSTLY: u8 = 60;
/// The minimum number of intervals for a statement about them.
const ENOUGH: u64 = 3;
/// The maximum number of gaps that are shown for one computer.
const GAPS: usize = 8;
/// The minimum number of computers that began together for a line about them, and the maximum
/// number of them that are named.
const TOGETHER: usize = 3;
const NAMED: usize = 10;

/// Builds the finished report.
pub(super) fn summary(report: Report) -> Summary {
    let Report {
        records,
        related,
        carved,
        unjudged,
        reviews,
        merged,
        total,
        hosts,
        other,
        timeline,
        ..
    } = report;
    let mut rows: Vec<_> = hosts.into_values().map(computer).collect();
    // The rows come sorted by name, and the sort is stable.
    rows.sort_by_key(|(computer, _)| Reverse(computer.benign + computer.review));
    let in_order = rows.iter().all(|(_, in_order)| *in_order);
    let mut computers: Vec<_> = rows.into_iter().map(|(computer, _)| computer).collect();
    let together = together(&computers);
    let mut remarks = remarks(&total, in_order, other.is_some());
    if merged {
        remarks.push(
            "Lower bounds: some of these records come from a tool (DDS) that omits events with the \
             same text. There were at least as many as counted here, possibly at shorter intervals."
                .to_owned(),
        );
    }
    if carved > 0 {
        remarks.push(format!(
            "Carved: {carved} of the events 8 were found outside their log's own list. They were \
             deleted, or follow damaged data."
        ));
    }
    if !unjudged.is_empty() {
        remarks.push(
            "What could not be judged may hide the event: use a saved log (.evt, .evtx), or export it as \
             XML, CSV or JSON."
                .to_owned(),
        );
    }
    computers.extend(other.map(|tally| {
        let interval = interval(&Histogram::default());
        Computer { other: true, ..row("other".to_owned(), &tally, interval) }
    }));
    let [listed, sibling, cause] = total.bases;
    let (hours, timeline) = timeline.finish();
    let advice = Advice::of(&computers);
    Summary {
        totals: Totals {
            records,
            unrelated: records - total.candidates(),
            related,
            benign: total.benign,
            review: total.review,
            carved,
            unjudged: unjudged.iter().map(|row| row.count).sum(),
            listed,
            sibling,
            cause,
            untimed: total.untimed,
            first: total.first,
            last: total.last,
        },
        reviews,
        unjudged,
        computers,
        errors: errors(&total),
        reasons: reasons(&total),
        hours,
        timeline,
        together,
        advice,
        remarks,
    }
}

fn remarks(total: &Tally, in_order: bool, other: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if total.candidates() > 0 {
        remarks.push(
            "An interval alone proves nothing: the article allows continuous, regular and occasional \
             records."
                .to_owned(),
        );
    }
    if total.untimed > 0 {
        let untimed = total.untimed;
        remarks.push(format!(
            "Events without a readable time (no time, no year, or ambiguous month and day): \
             {untimed}."
        ));
    }
    if [total.first, total.last].into_iter().flatten().any(|moment| !moment.has_zone()) {
        remarks.push("Times without Z have no time zone in the record.".to_owned());
    }
    if !in_order {
        remarks.push(
            "Some times are not in order; intervals and gaps of these computers are approximate."
                .to_owned(),
        );
    }
    if other {
        remarks.push(format!(
            "Only the first {COMPUTERS} computers are listed individually; the rest are grouped as \"other\"."
        ));
    }
    remarks
}

/// A row that has only the counts.
fn row(name: String, tally: &Tally, interval: Interval) -> Computer {
    Computer {
        name,
        other: false,
        benign: tally.benign,
        review: tally.review,
        carved: tally.carved,
        untimed: tally.untimed,
        first: tally.first,
        last: tally.last,
        errors: errors(tally),
        reasons: reasons(tally),
        interval,
        gaps: Vec::new(),
        neighbours: Vec::new(),
        start: None,
    }
}

/// The row of all records that name no computer. Their intervals and their order mean nothing,
/// because they may come from many computers.
fn unnamed(name: String, tally: &Tally, neighbours: &Neighbours) -> Computer {
    let words = "no interval: records without a computer name may come from several computers";
    let interval = Interval { words: words.to_owned(), ..interval(&Histogram::default()) };
    let alone = Tally::default();
    let neighbours = neighbours.values().map(|group| neighbour(group, &alone)).collect();
    Computer { neighbours, ..row(name, tally, interval) }
}

/// The row of a computer, and whether its times were in order.
fn computer(host: Host) -> (Computer, bool) {
    let Host { name, tally, rhythm, zone, neighbours, present } = host;
    if name == ledger::UNNAMED {
        return (unnamed(name, &tally, &neighbours), true);
    }
    let folded = rhythm.finish();
    let interval = interval(&folded.intervals);
    let gaps = gaps(&folded, &interval, &neighbours, zone.unwrap_or(true));
    let start = start(&tally, &interval, &neighbours, present);
    let neighbours = neighbours.values().map(|group| neighbour(group, &tally)).collect();
    let computer = Computer { gaps, neighbours, start, ..row(name, &tally, interval) };
    (computer, folded.in_order)
}

fn errors(tally: &Tally) -> Vec<ErrorCount> {
    let rows = tally.errors.values().map(|&(error, count)| ErrorCount {
        code: error.and_then(|error| error.code),
        symbol: error.map_or("unknown", |error| error.symbol),
        basis: error.and_then(|error| error.tier.basis()),
        count,
    });
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|row| Reverse(row.count));
    rows
}

fn reasons(tally: &Tally) -> Vec<ReasonCount> {
    let rows = Condition::ALL.into_iter().zip(tally.reasons);
    rows.filter(|&(_, count)| count > 0)
        .map(|(reason, count)| ReasonCount { reason, count })
        .collect()
}

/// The interval of a computer, next to the article's statement about it.
fn interval(lengths: &Histogram) -> Interval {
    let range = lengths.range();
    let mut interval = Interval {
        pace: Pace::Few,
        seconds: None,
        jitter: None,
        share: None,
        count: lengths.count(),
        shortest: range.map(|(shortest, _)| shortest),
        median: lengths.quantile(50),
        longest: range.map(|(_, longest)| longest),
        words: "too few events to find an interval".to_owned(),
    };
    if interval.count < ENOUGH {
        return interval;
    }
    if let Some(typical) = lengths.typical().filter(|typical| typical.share >= MOSTLY) {
        interval.pace = Pace::Regular;
        interval.seconds = Some(typical.seconds);
        interval.jitter = Some(typical.jitter);
        interval.share = Some(typical.share);
        let article = pace(&interval).unwrap_or_default();
        interval.words = format!("every {}", duration(typical.seconds));
        if typical.jitter > 0 {
            let _ = write!(interval.words, " \u{b1} {}", duration(typical.jitter));
        }
        let _ = write!(interval.words, " ({} % of the intervals): {article}", typical.share);
    } else if let (Some(quarter), Some(three)) = (lengths.quantile(25), lengths.quantile(75)) {
        interval.pace = Pace::Irregular;
        interval.words = format!(
            "no fixed interval (half of them {} to {}): {}",
            duration(quarter),
            duration(three),
            pace(&interval).unwrap_or_default()
        );
    }
    interval
}

/// The article's statement about a computer with this interval.
pub(super) fn pace(interval: &Interval) -> Option<&'static str> {
    match interval.pace {
        Pace::Regular if interval.seconds.is_some_and(|seconds| ARTICLE.contains(&seconds)) => {
            Some("the article's own example of a regular interval")
        }
        Pace::Regular => Some("regular, as the article allows (its example is every 10 minutes)"),
        Pace::Irregular => Some(
            "irregular, as the article also allows (for example at each start of an application)",
        ),
        Pace::Few => None,
    }
}

/// The silences that are long compared with the computer's interval.
fn gaps(folded: &Folded, interval: &Interval, neighbours: &Neighbours, zone: bool) -> Vec<Gap> {
    let long = match interval.seconds {
        Some(seconds) => (3 * seconds).max(seconds + 30 * MINUTE),
        None if interval.pace == Pace::Irregular => {
            DAY.max(6 * folded.intervals.quantile(75).unwrap_or(0))
        }
        None => return Vec::new(),
    };
    let moments = folded.gaps.iter().filter_map(|&(from, to)| {
        Some((Moment::at(from, zone)?, Moment::at(to, zone)?, to.abs_diff(from)))
    });
    let mut gaps: Vec<_> = moments.filter(|&(.., seconds)| seconds > long).collect();
    gaps.sort_by_key(|&(from, _, seconds)| (Reverse(seconds), from));
    gaps.retain(|&(from, to, seconds)| zone || seconds > long + HOUR || !skips_an_hour(from, to));
    gaps.truncate(GAPS);
    gaps.sort_unstable();
    let within = |kind, from: Moment, to: Moment| {
        let mut groups = neighbours.values().filter(move |group| group.related.kind == kind);
        groups.find_map(|group| {
            let mut times = group.times();
            // The notice may come just before the last event that is still logged.
            let found = times.any(|time| {
                time.has_zone() == zone && time.seconds() >= from.seconds() - 60 && time <= to
            });
            found.then_some(group.related)
        })
    };
    let gap = |(from, to, seconds)| {
        let length = duration(seconds);
        let (explained, words) = if let Some(by) = within(RelatedKind::Suspended, from, to) {
            (
                Explained::Suspended,
                format!(
                    "silent for {length} after {by}: crypt32 had suspended its logging, so this is not a recovery"
                ),
            )
        } else if let Some(by) = within(RelatedKind::Reached, from, to) {
            (
                Explained::Reached,
                format!(
                    "silent for {length}, and {by} shows that Windows Update was reached meanwhile"
                ),
            )
        } else {
            (
                Explained::Open,
                format!(
                    "silent for {length}; this log does not show why (switched off, or missing records)"
                ),
            )
        };
        Gap { from, to, seconds, explained, words }
    };
    gaps.into_iter().map(gap).collect()
}

/// Whether a wall clock may have been put forward between these two times: on a Sunday in spring or
/// autumn, early in the morning, as in most countries.
fn skips_an_hour(from: Moment, to: Moment) -> bool {
    (0..4).any(|hour| {
        let start = from.at_hour(hour);
        let starts = [start, start.and_then(Moment::next_day)];
        starts.into_iter().flatten().any(|start| {
            let end = start.seconds() + 3600;
            from <= start && to.seconds() >= end && start.may_change_clocks()
        })
    })
}

fn comparable(a: Moment, b: Moment) -> bool {
    a.has_zone() == b.has_zone()
}

/// The finding about another event of the family on the computer.
fn neighbour(group: &Group, tally: &Tally) -> Neighbour {
    let Group { related, count, carved, first, last, .. } = *group;
    let noisy = tally.candidates() > 0;
    let [before, between, after] = if noisy { group.sides.counts() } else { [0; 3] };
    let sides = [(Side::Between, between), (Side::Before, before), (Side::After, after)];
    let mut sides = sides.into_iter().filter(|(_, count)| *count > 0).peekable();
    let side = sides.peek().map_or(Side::Unknown, |(side, _)| *side);
    let mut words = if related.kind == RelatedKind::Reached && side != Side::Unknown {
        let one = |(side, some): (Side, u64)| {
            let [when, so] = reached(side);
            let share = if some == count { String::new() } else { format!(" ({some} of {count})") };
            format!("Windows Update was reached {when}{share}: {so}.")
        };
        sides.map(one).collect::<Vec<_>>().join(" ")
    } else {
        related.means.to_owned()
    };
    match carved {
        0 => {}
        carved if carved == count => words.push_str(" Carved: outside the log's own list."),
        carved => {
            let _ = write!(words, " Carved, outside the log's own list: {carved} of {count}.");
        }
    }
    Neighbour {
        event: related.to_string(),
        kind: related.kind,
        cause: related.cause,
        count,
        carved,
        first,
        last,
        before,
        between,
        after,
        side,
        contradicts: noisy && matches!(related.kind, RelatedKind::Reached | RelatedKind::Problem),
        words,
    }
}

/// The time when Windows Update was reached, and its meaning.
fn reached(side: Side) -> [&'static str; 2] {
    match side {
        Side::Before => ["before the first event 8", "something has changed since"],
        Side::After => ["after the last event 8", "the failures have ended, or pause"],
        Side::Between | Side::Unknown => [
            "between the first and the last event 8",
            "the article's cause did not apply all the time",
        ],
    }
}

/// How the computer began, if the log shows it before its first event 8.
fn start(
    tally: &Tally,
    interval: &Interval,
    neighbours: &Neighbours,
    present: Option<Moment>,
) -> Option<Start> {
    let at = tally.first?;
    let successes = neighbours.values().filter(|group| group.related.kind == RelatedKind::Reached);
    let success = successes
        .filter_map(|group| Some((group.sides.last_before()?, group.related)))
        .max_by_key(|(time, _)| *time);
    if let Some((since, by)) = success {
        let length = duration(since.seconds().abs_diff(at.seconds()));
        let words = format!(
            "its first event 8 comes {length} after {by}: it could reach Windows Update before"
        );
        return Some(Start { kind: StartKind::AfterSuccess, since, at, words });
    }
    let since = present.filter(|since| comparable(*since, at) && *since < at)?;
    let quiet = since.seconds().abs_diff(at.seconds());
    if quiet < DAY.max(10 * interval.seconds.unwrap_or(0)) {
        return None;
    }
    let length = duration(quiet);
    let words = format!(
        "its first event 8 comes after {length} in this log without one: find out what changed at that time"
    );
    Some(Start { kind: StartKind::AfterQuiet, since, at, words })
}

/// The minutes when several computers began.
fn together(computers: &[Computer]) -> Vec<Together> {
    let mut minutes: BTreeMap<(i64, bool), Vec<&str>> = BTreeMap::new();
    for computer in computers {
        if let Some(start) = &computer.start {
            let minute = (start.at.seconds().div_euclid(60) * 60, start.at.has_zone());
            minutes.entry(minute).or_default().push(&computer.name);
        }
    }
    let rows = minutes.into_iter().filter(|(_, names)| names.len() >= TOGETHER);
    rows.filter_map(|((seconds, zone), mut names)| {
        names.sort_unstable();
        Some(Together {
            minute: Moment::at(seconds, zone)?,
            count: names.len(),
            computers: names.into_iter().take(NAMED).map(str::to_owned).collect(),
        })
    })
    .collect()
}

/// A duration in its two largest units: `1 h 30 min`.
pub(super) fn duration(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(DAY, "d"), (HOUR, "h"), (MINUTE, "min"), (1, "s")];
    let index = UNITS.iter().position(|&(unit, _)| seconds >= unit).unwrap_or(UNITS.len() - 1);
    let mut parts = Vec::new();
    let mut rest = seconds;
    for &(unit, name) in UNITS.iter().skip(index).take(2) {
        if rest >= unit || parts.is_empty() {
            parts.push(format!("{} {name}", rest / unit));
        }
        rest %= unit;
    }
    parts.join(" ")
}
