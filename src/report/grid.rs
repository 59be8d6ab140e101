//! The tables of a report, which all renderings for people share.

use super::{
    ErrorCount, Span, Summary, View,
    findings::duration,
    groups,
    table::Table,
    text::{Times, minute},
};
use crate::{
    article,
    report::style::{bar, counted, number},
};

/// A table with its title.
pub(super) struct Grid {
    pub(super) title: String,
    pub(super) table: Table,
    /// A note about the rows that are omitted.
    pub(super) more: Option<String>,
}

impl Grid {
    /// A table of at most `most` rows. A column whose head begins with `#` holds numbers.
    fn new(title: &str, head: &[&str], mut rows: Vec<Vec<String>>, most: usize) -> Self {
        let left = rows.len().saturating_sub(most) as u64;
        rows.truncate(most);
        let more = (left > 0).then(|| format!("and {}", counted(left, "more row", "more rows")));
        let head = head.iter().map(|name| (*name).to_owned()).collect();
        Self { title: title.to_owned(), table: Table { head, rows, foot: None }, more }
    }
}

/// The text of a cell without a value.
const NONE: &str = "-";

/// The first line, a summary in one sentence.
pub(super) fn headline(summary: &Summary) -> String {
    let totals = &summary.totals;
    let events = counted(totals.records, "event", "events");
    let unjudged = match totals.unjudged {
        0 => String::new(),
        1 => " 1 unjudged: it mentions the event and could not be judged.".to_owned(),
        count => {
            format!(" {} unjudged: they mention the event and could not be judged.", number(count))
        }
    };
    if totals.benign + totals.review == 0 {
        return format!("No crypt32 event 8 in {events}.{unjudged}");
    }
    let carved = match totals.carved {
        0 => String::new(),
        count => format!(" ({} of both carved)", number(count)),
    };
    format!(
        "crypt32 event 8: {} benign by {} (listed {}, sibling {}, cause {}), {} to review{carved}, in \
         {events}; first {}, last {}.{unjudged}",
        number(totals.benign),
        article::ID,
        number(totals.listed),
        number(totals.sibling),
        number(totals.cause),
        number(totals.review),
        minute(totals.first),
        minute(totals.last),
    )
}

/// All tables that have rows.
pub(super) fn grids(summary: &Summary, view: View) -> Vec<Grid> {
    let all = [
        unjudged(summary, view.top),
        computers(summary, view.top),
        errors(summary),
        reasons(summary),
        timeline(summary, if view.hours { usize::MAX } else { 0 }),
    ];
    all.into_iter().filter(|grid| !grid.table.rows.is_empty()).collect()
}

/// The places that could not be judged, by kind.
fn unjudged(summary: &Summary, most: usize) -> Grid {
    let rows = summary.unjudged.iter();
    let rows = rows.map(|row| vec![number(row.count), row.like.to_owned(), row.places(most)]);
    Grid::new("Could not be judged", &["#Places", "Looks like", "Where"], rows.collect(), most)
}

/// The computers that wrote event 8. The events of other computers are listed in the groups of
/// findings.
fn computers(summary: &Summary, most: usize) -> Grid {
    let rows = || summary.computers.iter().filter(|row| row.benign + row.review > 0);
    let times = Times::of(rows().flat_map(|row| [row.first, row.last]));
    let body = rows().map(|computer| {
        let interval = groups::interval(&computer.interval);
        vec![
            computer.name.clone(),
            number(computer.benign),
            number(computer.review),
            times.cell(computer.first),
            times.cell(computer.last),
            if computer.other { NONE.to_owned() } else { interval },
            codes(&computer.errors),
        ]
    });
    let [first, last] = ["?First", "?Last"].map(|head| times.head(head));
    let head = ["Computer", "#Benign", "#Review", &first, &last, "Interval", "Errors"];
    Grid::new("By computer", &head, body.collect(), most)
}

/// Formats the errors as `12007 x140, 2250 x3`.
fn codes(errors: &[ErrorCount]) -> String {
    let code = |error: &ErrorCount| match error.code {
        Some(code) => format!("{code} x{}", number(error.count)),
        None => format!("{} x{}", error.symbol, number(error.count)),
    };
    let codes: Vec<_> = errors.iter().map(code).collect();
    if codes.is_empty() { NONE.to_owned() } else { codes.join(", ") }
}

fn errors(summary: &Summary) -> Grid {
    let rows = summary.errors.iter().map(|error| {
        vec![
            error.code.map_or_else(|| NONE.to_owned(), |code| code.to_string()),
            number(error.count),
            error.basis.map_or_else(|| NONE.to_owned(), |basis| basis.to_string()),
            error.symbol.to_owned(),
        ]
    });
    let head = ["#Code", "#Events", "Basis", "Name"];
    Grid::new("By error", &head, rows.collect(), usize::MAX)
}

fn reasons(summary: &Summary) -> Grid {
    let rows = summary.reasons.iter().map(|row| {
        vec![row.reason.to_string(), number(row.count), row.reason.when_failed().to_owned()]
    });
    let head = ["Condition", "#Events", "Meaning"];
    Grid::new("To review, by failed condition", &head, rows.collect(), usize::MAX)
}

fn timeline(summary: &Summary, most: usize) -> Grid {
    let largest = summary.timeline.rows.iter().map(Span::total).max().unwrap_or(0);
    let rows = summary.timeline.rows.iter().take(most).map(|row| {
        vec![
            row.from.to_string(),
            number(row.benign),
            number(row.review),
            bar(row.total(), largest, 20),
        ]
    });
    let title = match summary.timeline.hours_per_row {
        1 => "By hour".to_owned(),
        hours => format!("By hour, {} per row", duration(hours.unsigned_abs() * 3600)),
    };
    Grid::new(&title, &["From", "#Benign", "#Review", ""], rows.collect(), most)
}

impl Span {
    fn total(&self) -> u64 {
        self.benign + self.review
    }
}

/// The hours of the day as a line of 24 bars with eight heights.
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
