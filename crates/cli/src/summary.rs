//! The result of `filter` in words: one line, or the whole summary.

use core::{cmp::Reverse, fmt::Write as _};

use crypt32_filter::{
    article,
    engine::ledger::{Computer, Ledger},
    policy::{Action, Policy},
    report::{
        ErrorCount, Summary,
        escape::visible,
        style::{Style, bar, counted, middle, number},
        table::Table,
        text,
    },
    time::Moment,
    verdict::Basis,
};

const GREEN: &str = "32";
const YELLOW: &str = "33";
const RED: &str = "31";
const DIM: &str = "2";
const BOLD: &str = "1";

/// The maximum number of listed computers, and of listed records to review.
const SHOWN: usize = 20;
/// The maximum width of a computer's name.
const NAME: usize = 24;
/// The width of bars and paragraphs if the terminal's width is unknown.
const WIDTH: usize = 100;
/// The width of a row of totals without its bar.
const BESIDE_BAR: usize = 56;

/// The results of a run of the filter.
pub struct Found<'f> {
    pub ledger: &'f Ledger,
    pub policy: &'f Policy,
    /// Notes about what could not be judged, each with the name of its input.
    pub left: &'f [String],
    /// The report on the same inputs.
    pub whole: &'f Summary,
    /// The report's notes about what could not be read.
    pub notes: &'f [String],
}

/// The result of the run in one line.
pub fn closing_line(ledger: &Ledger) -> String {
    let Ledger { benign, review, unrelated, tagged, dropped, unjudged, .. } = ledger;
    let mut line = format!(
        "{}: {} benign, {} to review, {} unrelated; {} tagged, {} dropped",
        counted(ledger.records, "record", "records"),
        number(*benign),
        number(*review),
        number(*unrelated),
        number(*tagged),
        number(*dropped)
    );
    if *unjudged > 0 {
        let _ = write!(line, "; {} could not be judged", number(*unjudged));
    }
    line
}

impl Found<'_> {
    /// The summary.
    pub fn text(&self, style: Style) -> String {
        let mut out = Vec::new();
        self.totals(style, &mut out);
        self.left(style, &mut out);
        self.ledger(style, &mut out);
        self.whole(style, &mut out);
        let reviews = text::reviews(&self.whole.reviews, self.whole.totals.review, SHOWN, style);
        if !reviews.is_empty() {
            heading(
                "To review: event 8 of crypt32 that the article does not excuse",
                style,
                &mut out,
            );
            out.extend(reviews);
        }
        out.push(String::new());
        out.join("\n")
    }

    fn totals(&self, style: Style, out: &mut Vec<String>) {
        let Ledger { records, benign, review, unrelated, oversized, .. } = *self.ledger;
        let action = self.policy.action;
        out.push(format!(
            "{}, {}; action {}",
            style.paint(BOLD, &counted(records, "record", "records")),
            size(self.ledger.bytes_in),
            style.paint(BOLD, action.as_str())
        ));
        let (done, reviewed) = match action {
            Action::Tag => ("tagged", "tagged with the reasons"),
            Action::Drop => ("dropped where accepted", "tagged with the reasons"),
            Action::Observe => ("counted", "counted"),
        };
        let most = style.width.unwrap_or(WIDTH).saturating_sub(BESIDE_BAR).min(60);
        for (word, count, code, what) in [
            ("benign", benign, GREEN, done),
            ("review", review, YELLOW, reviewed),
            ("unrelated", unrelated, DIM, "untouched"),
            ("oversized", oversized, RED, "passed unread"),
        ] {
            if count == 0 && word == "oversized" {
                continue;
            }
            out.push(format!(
                "  {word:<9} {:>13} {:>8}  {} {}",
                number(count),
                percent(count, records),
                style.paint(code, &bar(count, records, most)),
                style.paint(DIM, what)
            ));
        }
        for (count, one, many) in [
            (
                self.ledger.untagged,
                "has no place for a tag and passed unchanged: see --output ndjson",
                "have no place for a tag and passed unchanged: see --output ndjson",
            ),
            (
                self.ledger.conflicts,
                "has another value under the tag's key and passed unchanged",
                "have another value under the tag's key and passed unchanged",
            ),
            (
                self.ledger.unparsed,
                "begins like JSON, but is not one valid object, and passed unchanged",
                "begin like JSON, but are not one valid object, and passed unchanged",
            ),
        ] {
            if count > 0 {
                out.push(format!("  {}", counted(count, one, many)));
            }
        }
    }

    /// Lists what could not be judged. The sentence that there is no event is written only if that
    /// is known.
    fn left(&self, style: Style, out: &mut Vec<String>) {
        if !self.left.is_empty() {
            heading("Not judged", style, out);
            for note in self.left {
                paragraph(&visible(note), style, out);
            }
        } else if self.ledger.benign + self.ledger.review == 0 && !self.differs() {
            out.push(String::new());
            out.push("  No crypt32 event 8 found: every byte passes unchanged.".to_owned());
        }
    }

    /// Whether the report differs from the filter's ledger.
    fn differs(&self) -> bool {
        let totals = &self.whole.totals;
        (totals.benign, totals.review) != (self.ledger.benign, self.ledger.review)
            || totals.unjudged != self.ledger.unjudged
    }

    fn ledger(&self, style: Style, out: &mut Vec<String>) {
        let ledger = self.ledger;
        let rows = ledger.computers.iter().map(|(name, row)| Row::of(name, row));
        if let Some(table) = table(rows.collect(), self.policy.action == Action::Drop, style) {
            heading("The ledger: records by computer and error", style, out);
            out.extend(table);
            out.push(String::new());
            self.errors(style, out);
        }
        if ledger.bytes_dropped + ledger.bytes_inserted > 0 {
            out.push(format!(
                "  {} bytes in - {} dropped + {} inserted = {} out",
                number(ledger.bytes_in),
                number(ledger.bytes_dropped),
                number(ledger.bytes_inserted),
                number(ledger.bytes_out)
            ));
        }
    }

    /// Explains the errors in the ledger.
    fn errors(&self, style: Style, out: &mut Vec<String>) {
        let known = article::ERRORS.iter();
        for error in known.filter(|error| {
            self.ledger
                .computers
                .iter()
                .any(|(_, row)| row.errors.iter().any(|(number, _)| number == error.number()))
        }) {
            let basis = error.tier.basis();
            let word = basis.map_or("review", Basis::as_str);
            let kept = self.policy.action == Action::Drop
                && basis.is_some_and(|basis| !self.policy.accept.contains(basis));
            let kept =
                if kept { style.paint(YELLOW, " (kept: not in accept)") } else { String::new() };
            let room = style.width.unwrap_or(usize::MAX).saturating_sub(46).max(NAME);
            let text = style.paint(DIM, &middle(error.text, room));
            out.push(format!("  {:>10}  {word:<8}  {text}{kept}", error.number()));
        }
    }

    /// The results of the report, if they differ from those of the filter, which reads lines.
    fn whole(&self, style: Style, out: &mut Vec<String>) {
        if !self.differs() {
            return;
        }
        let totals = &self.whole.totals;
        heading("Read whole, like crypt32-filter report", style, out);
        out.push(format!(
            "  {} benign, {} to review, {} unjudged, in {}",
            number(totals.benign),
            number(totals.review),
            number(totals.unjudged),
            counted(totals.records, "event", "events")
        ));
        if (totals.benign, totals.review) != (self.ledger.benign, self.ledger.review) {
            let rows = self.whole.computers.iter().filter(|row| row.benign + row.review > 0);
            let rows = rows.map(|row| Row {
                name: &row.name,
                benign: row.benign,
                review: row.review,
                dropped: 0,
                errors: row
                    .errors
                    .iter()
                    .filter_map(|error| Some((number_of(error)?, error.count)))
                    .collect(),
                span: [row.first, row.last],
            });
            out.extend(table(rows.collect(), false, style).unwrap_or_default());
        }
        for note in self.notes {
            paragraph(&visible(note), style, out);
        }
    }
}

/// A row of a table: a computer.
struct Row<'r> {
    name: &'r str,
    benign: u64,
    review: u64,
    dropped: u64,
    errors: Vec<(&'r str, u64)>,
    span: [Option<Moment>; 2],
}

impl<'r> Row<'r> {
    fn of(name: &'r str, row: &'r Computer) -> Self {
        Self {
            name,
            benign: row.benign,
            review: row.review,
            dropped: row.dropped,
            errors: row.errors.iter().collect(),
            span: [row.first, row.last],
        }
    }

    fn sum(rows: &[Self]) -> Self {
        let sum = |get: fn(&Self) -> u64| rows.iter().map(get).sum();
        Self {
            name: "",
            benign: sum(|row| row.benign),
            review: sum(|row| row.review),
            dropped: sum(|row| row.dropped),
            errors: rows.iter().flat_map(|row| row.errors.iter().copied()).collect(),
            span: [None; 2],
        }
    }

    fn error(&self, number: &str) -> u64 {
        self.errors.iter().filter(|(known, _)| *known == number).map(|(_, count)| count).sum()
    }
}

/// The table of computers with their errors, sorted by the number of records in descending order.
fn table(mut rows: Vec<Row<'_>>, drop: bool, style: Style) -> Option<Vec<String>> {
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(|row| Reverse(row.benign + row.review));
    let known = article::ERRORS.iter().map(article::Error::number);
    let named = |number: &&str| rows.iter().any(|row| row.error(number) > 0);
    let columns: Vec<&str> = known.filter(named).collect();
    let cell = |count: u64| if count > 0 { number(count) } else { "\u{b7}".to_owned() };
    let counts = |row: &Row<'_>| {
        let errors = columns.iter().map(|column| row.error(column));
        let dropped = drop.then_some(row.dropped);
        let all = errors.chain([row.benign]).chain(dropped).chain([row.review]);
        all.map(cell).collect::<Vec<_>>()
    };
    let when = text::Times::of(rows.iter().flat_map(|row| row.span));
    let mut head = vec!["computer".to_owned()];
    head.extend(columns.iter().map(|column| format!("#{column}")));
    head.push("#benign".to_owned());
    if drop {
        head.push("#dropped".to_owned());
    }
    head.push("#review".to_owned());
    head.extend(["?first", "?last"].map(|word| when.head(word)));
    let body = rows.iter().take(SHOWN).map(|row| {
        let mut cells = vec![middle(&visible(row.name), NAME)];
        cells.extend(counts(row));
        cells.extend(row.span.map(|moment| when.cell(moment)));
        cells
    });
    let body = body.collect();
    let mut foot = vec![counted(rows.len() as u64, "computer", "computers")];
    foot.extend(counts(&Row::sum(&rows)));
    foot.extend([String::new(), String::new()]);
    let mut lines = Table { head, rows: body, foot: Some(foot) }.lines("  ", style);
    if rows.len() > SHOWN {
        let more = (rows.len() - SHOWN) as u64;
        let more = format!("  and {}", counted(more, "more computer", "more computers"));
        lines.push(style.paint(DIM, &more));
    }
    Some(lines)
}

/// The number of an error in tags and ledgers; `None` for an unknown error.
fn number_of(error: &ErrorCount) -> Option<&'static str> {
    let known = article::ERRORS.iter().find(|known| known.symbol == error.symbol);
    known.map(article::Error::number)
}

fn heading(text: &str, style: Style, out: &mut Vec<String>) {
    out.extend([String::new(), style.paint(BOLD, text), String::new()]);
}

fn paragraph(text: &str, style: Style, out: &mut Vec<String>) {
    let style = Style { width: Some(style.width.unwrap_or(WIDTH)), ..style };
    out.extend(style.wrap(text, 2).into_iter().map(|line| format!("  {line}")));
}

/// A percentage with one decimal place.
fn percent(count: u64, all: u64) -> String {
    let tenths = (u128::from(count) * 2000 / u128::from(all.max(1))).div_ceil(2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A number of bytes with three significant digits and a unit.
fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    let Some((unit, name)) = UNITS.into_iter().find(|(unit, _)| bytes >= *unit) else {
        return counted(bytes, "byte", "bytes");
    };
    let (scale, decimals) = match bytes / unit {
        0..10 => (100_u64, 2),
        10..100 => (10, 1),
        _ => (1, 0),
    };
    let scaled = u128::from(bytes) * u128::from(scale) + u128::from(unit / 2);
    let scaled = u64::try_from(scaled / u128::from(unit)).unwrap_or(u64::MAX);
    if decimals == 0 {
        return format!("{} {name}", number(scaled));
    }
    format!("{}.{:0width$} {name}", scaled / scale, scaled % scale, width = decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let sizes = [0, 1, 999, 1000, 167_400, 3_629_472, 203_000_000, 4_200_000_000_000].map(size);
        let want = [
            "0 bytes",
            "1 byte",
            "999 bytes",
            "1.00 kB",
            "167 kB",
            "3.63 MB",
            "203 MB",
            "4,200 GB",
        ];
        assert_eq!(sizes, want);
    }

    #[test]
    fn shares_are_rounded() {
        let shares = [(0, 0), (1, 3), (2, 3), (7, 7), (1, 2000)].map(|(a, b)| percent(a, b));
        assert_eq!(shares, ["0.0 %", "33.3 %", "66.7 %", "100.0 %", "0.1 %"]);
    }
}
