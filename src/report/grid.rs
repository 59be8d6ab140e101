//! The tables of a report, shared by the renderings for people.

use super::{Computer, ErrorCount, Pace, Span, Summary, findings::duration};
use crate::{article, time::Moment};

/// One table, with the columns that hold numbers.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) head: Vec<&'static str>,
    /// Whether the column is aligned to the right.
    pub(super) right: Vec<bool>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table; a column whose head begins with `#` holds numbers.
    fn new(title: &str, head: &[&'static str], rows: Vec<Vec<String>>) -> Self {
        Self {
            title: title.to_owned(),
            right: head.iter().map(|name| name.starts_with('#')).collect(),
            head: head.iter().map(|name| name.trim_start_matches('#')).collect(),
            rows,
        }
    }
}

/// What stands where there is nothing.
pub(super) const NONE: &str = "-";

pub(super) fn time(moment: Option<Moment>) -> String {
    moment.map_or_else(|| NONE.to_owned(), |moment| moment.to_string())
}

/// The first line: everything in one sentence.
pub(super) fn headline(summary: &Summary) -> String {
    let totals = &summary.totals;
    let events = match totals.records {
        1 => "1 event".to_owned(),
        count => format!("{count} events"),
    };
    let unjudged = match totals.unjudged {
        0 => String::new(),
        1 => " 1 unjudged: it mentions the event and could not be judged.".to_owned(),
        count => format!(" {count} unjudged: they mention the event and could not be judged."),
    };
    if totals.benign + totals.review == 0 {
        return format!("No crypt32 event 8 in {events}.{unjudged}");
    }
    let carved = match totals.carved {
        0 => String::new(),
        count => format!(" ({count} of both carved)"),
    };
    format!(
        "crypt32 event 8: {} benign by {} (listed {}, sibling {}, cause {}), {} to review{carved}, in \
         {events}; first {}, last {}.{unjudged}",
        totals.benign,
        article::ID,
        totals.listed,
        totals.sibling,
        totals.cause,
        totals.review,
        time(totals.first),
        time(totals.last),
    )
}

/// All tables that have rows.
pub(super) fn grids(summary: &Summary) -> Vec<Grid> {
    let all = [
        computers(summary),
        errors(summary),
        reasons(summary),
        timeline(summary),
        findings(summary),
    ];
    all.into_iter().filter(|grid| !grid.rows.is_empty()).collect()
}

fn computers(summary: &Summary) -> Grid {
    let rows = summary.computers.iter().map(|computer| {
        let interval = match (computer.interval.seconds, computer.interval.jitter) {
            (Some(seconds), Some(0)) => duration(seconds),
            (Some(seconds), Some(jitter)) => {
                format!("{} \u{b1} {}", duration(seconds), duration(jitter))
            }
            _ => computer.interval.pace.to_string(),
        };
        vec![
            computer.name.clone(),
            computer.benign.to_string(),
            computer.review.to_string(),
            time(computer.first),
            time(computer.last),
            codes(&computer.errors),
            if computer.other { NONE.to_owned() } else { interval },
        ]
    });
    let head = ["Computer", "#Benign", "#Review", "First", "Last", "Errors", "Interval"];
    Grid::new("By computer", &head, rows.collect())
}

/// `12007 x140, 2250 x3`.
fn codes(errors: &[ErrorCount]) -> String {
    let code = |error: &ErrorCount| match error.code {
        Some(code) => format!("{code} x{}", error.count),
        None => format!("{} x{}", error.symbol, error.count),
    };
    let codes: Vec<_> = errors.iter().map(code).collect();
    if codes.is_empty() { NONE.to_owned() } else { codes.join(", ") }
}

fn errors(summary: &Summary) -> Grid {
    let rows = summary.errors.iter().map(|error| {
        vec![
            error.code.map_or_else(|| NONE.to_owned(), |code| code.to_string()),
            error.symbol.to_owned(),
            error.basis.map_or_else(|| NONE.to_owned(), |basis| basis.to_string()),
            error.count.to_string(),
        ]
    });
    Grid::new("By error", &["#Code", "Name", "Basis", "#Events"], rows.collect())
}

fn reasons(summary: &Summary) -> Grid {
    let rows = summary.reasons.iter().map(|row| {
        let when_failed = row.reason.when_failed().to_owned();
        vec![row.reason.to_string(), row.count.to_string(), when_failed]
    });
    Grid::new(
        "To review, by condition that failed",
        &["Condition", "#Events", "Meaning"],
        rows.collect(),
    )
}

fn timeline(summary: &Summary) -> Grid {
    let most = summary.timeline.rows.iter().map(Span::total).max().unwrap_or(0);
    let rows = summary.timeline.rows.iter().map(|row| {
        vec![
            row.from.to_string(),
            row.benign.to_string(),
            row.review.to_string(),
            bar(row.total(), most),
        ]
    });
    let title = match summary.timeline.hours_per_row {
        1 => "By hour".to_owned(),
        hours => format!("By hour, {} a row", duration(hours.unsigned_abs() * 3600)),
    };
    Grid::new(&title, &["From", "#Benign", "#Review", ""], rows.collect())
}

impl Span {
    fn total(&self) -> u64 {
        self.benign + self.review
    }
}

/// A bar of up to 20 blocks; at least one where there is anything.
fn bar(count: u64, most: u64) -> String {
    let blocks = u128::from(count) * 20 / u128::from(most.max(1));
    "\u{2588}".repeat(usize::try_from(blocks).unwrap_or(20).clamp(usize::from(count > 0), 20))
}

/// The hours of the day as one line of 24 bars, of eight heights.
pub(super) fn sparkline(summary: &Summary) -> Option<String> {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let totals = summary.hours.rows.iter().map(|row| row.benign + row.review);
    let most = totals.clone().max().filter(|most| *most > 0)?;
    let height =
        |total: u64| usize::try_from(u128::from(total) * 7 / u128::from(most)).unwrap_or(7);
    let bars = totals.map(|total| match BARS.get(height(total)) {
        Some(bar) if total > 0 => *bar,
        _ => '\u{b7}',
    });
    Some(format!("00 {} 23", bars.collect::<String>()))
}

fn findings(summary: &Summary) -> Grid {
    let together = summary.together.iter().map(|row| {
        let words = format!(
            "{} computers began within this minute: look for one change in the network",
            row.count
        );
        vec![row.computers.join(", "), "together".to_owned(), row.minute.to_string(), words]
    });
    let each = summary.computers.iter().filter(|computer| !computer.other).flat_map(findings_of);
    Grid::new(
        "What stands out",
        &["Computer", "What", "When", "Meaning"],
        together.chain(each).collect(),
    )
}

fn findings_of(computer: &Computer) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut row = |what: &str, when: String, words: &str| {
        rows.push(vec![computer.name.clone(), what.to_owned(), when, words.to_owned()]);
    };
    let span = |from: String, to: String| if from == to { from } else { format!("{from} to {to}") };
    if computer.carved > 0 {
        let words = format!(
            "{} of its {} events 8 were found outside the log's own list; times, errors and intervals \
             include them",
            computer.carved,
            computer.benign + computer.review
        );
        row("carved", NONE.to_owned(), &words);
    }
    if computer.interval.pace != Pace::Few {
        row("interval", span(time(computer.first), time(computer.last)), &computer.interval.words);
    }
    if let Some(start) = &computer.start {
        row(start.kind.as_str(), start.at.to_string(), &start.words);
    }
    for gap in &computer.gaps {
        row("gap", span(gap.from.to_string(), gap.to.to_string()), &gap.words);
    }
    for neighbour in &computer.neighbours {
        let what = format!("{} x{}", neighbour.event, neighbour.count);
        let against =
            if neighbour.contradicts { "speaks against the article's cause: " } else { "" };
        let words = format!("{against}{}", neighbour.words);
        row(&what, span(time(neighbour.first), time(neighbour.last)), &words);
    }
    rows
}
