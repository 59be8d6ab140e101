//! A report as a table for a terminal, as JSON, CSV or Markdown.

use std::io::{self, Write};

use super::{
    Summary, escape,
    grid::{self, Grid},
};
use crate::{time::Moment, words::words};

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for a terminal.
    #[default]
    Table,
    /// One JSON object: [`Summary`] as it is.
    Json,
    /// One table with a row a fact, CRLF line ends; the column `section` says which kind of fact.
    Csv,
    /// Markdown tables.
    Markdown,
}
words!(Format: Table = "table", Json = "json", Csv = "csv", Markdown = "markdown");

impl Summary {
    /// Writes the report.
    pub fn write(&self, format: Format, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Table => table(self, out),
            Format::Json => {
                let text = serde_json::to_string_pretty(self)?;
                writeln!(out, "{}", escape::json(&text))
            }
            Format::Csv => csv(self, out),
            Format::Markdown => markdown(self, out),
        }
    }
}

fn table(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{}", grid::headline(summary))?;
    for grid in grid::grids(summary) {
        writeln!(out, "\n{}", grid.title)?;
        table_of(&grid, out)?;
    }
    if let Some(bars) = grid::sparkline(summary) {
        writeln!(out, "\nBy hour of the day ({})\n{bars}", summary.hours.clock)?;
    }
    writeln!(out)?;
    summary.remarks.iter().try_for_each(|remark| writeln!(out, "* {remark}"))
}

fn table_of(grid: &Grid, out: &mut impl Write) -> io::Result<()> {
    let head = grid.head.iter().map(|name| name.to_uppercase()).collect();
    let body =
        grid.rows.iter().map(|row| row.iter().map(|cell| escape::visible(cell).into()).collect());
    let rows: Vec<Vec<String>> = core::iter::once(head).chain(body).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let columns: Vec<_> =
        grid.right.iter().enumerate().map(|(column, right)| (width(column), *right)).collect();
    for row in &rows {
        let mut line = String::new();
        for (cell, &(width, right)) in row.iter().zip(&columns) {
            if !line.is_empty() {
                line.push_str("  ");
            }
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            if right {
                line.push_str(&padding);
            }
            line.push_str(cell);
            if !right {
                line.push_str(&padding);
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn markdown(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# crypt32 event 8\n\n{}", escape::markdown(&grid::headline(summary)))?;
    for grid in grid::grids(summary) {
        writeln!(out, "\n## {}\n", escape::markdown(&grid.title))?;
        writeln!(out, "| {} |", grid.head.join(" | "))?;
        let rules = grid.right.iter().map(|right| if *right { "---:" } else { "---" });
        writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        for row in &grid.rows {
            let cells: Vec<_> = row.iter().map(|cell| escape::markdown(cell)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
    }
    if let Some(bars) = grid::sparkline(summary) {
        writeln!(out, "\n## By hour of the day ({})\n\n`{bars}`", summary.hours.clock)?;
    }
    writeln!(out)?;
    summary.remarks.iter().try_for_each(|remark| writeln!(out, "- {}", escape::markdown(remark)))
}

/// The columns of the CSV rendering. Sections leave those empty that they have nothing for.
const COLUMNS: [&str; 10] = [
    "section", "computer", "name", "count", "benign", "review", "first", "last", "seconds",
    "detail",
];

/// One row of the CSV rendering.
#[derive(Default)]
struct Fact<'a> {
    section: &'a str,
    computer: &'a str,
    name: &'a str,
    count: Option<u64>,
    benign: Option<u64>,
    review: Option<u64>,
    first: Option<Moment>,
    last: Option<Moment>,
    seconds: Option<u64>,
    detail: &'a str,
}

impl Fact<'_> {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let number =
            |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let time = |time: Option<Moment>| time.map(|time| time.to_string()).unwrap_or_default();
        let cells = [
            escape::csv(self.section),
            escape::csv(self.computer),
            escape::csv(self.name),
            number(self.count),
            number(self.benign),
            number(self.review),
            time(self.first),
            time(self.last),
            number(self.seconds),
            escape::csv(self.detail),
        ];
        write!(out, "{}\r\n", cells.join(","))
    }
}

fn csv(summary: &Summary, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{}\r\n", COLUMNS.join(","))?;
    let totals = &summary.totals;
    let (benign, review) = (Some(totals.benign), Some(totals.review));
    let all =
        Fact { section: "total", count: Some(totals.records), benign, review, ..Fact::default() };
    Fact { first: totals.first, last: totals.last, ..all }.write(out)?;
    for (section, count) in [("carved", totals.carved), ("unjudged", totals.unjudged)] {
        if count > 0 {
            Fact { section, count: Some(count), ..Fact::default() }.write(out)?;
        }
    }
    for computer in &summary.computers {
        csv_of(computer, out)?;
    }
    for error in &summary.errors {
        let detail = error.basis.map_or("", crate::verdict::Basis::as_str);
        let count = Some(error.count);
        Fact { section: "error", name: error.symbol, count, detail, ..Fact::default() }
            .write(out)?;
    }
    for row in &summary.reasons {
        let (name, count, detail) =
            (row.reason.as_str(), Some(row.count), row.reason.when_failed());
        Fact { section: "reason", name, count, detail, ..Fact::default() }.write(out)?;
    }
    for row in &summary.hours.rows {
        let (name, detail) = (format!("{:02}", row.hour), summary.hours.clock);
        let (benign, review) = (Some(row.benign), Some(row.review));
        Fact { section: "hour-of-day", name: &name, benign, review, detail, ..Fact::default() }
            .write(out)?;
    }
    let width = u64::try_from(summary.timeline.hours_per_row).ok().map(|hours| hours * 3600);
    for row in &summary.timeline.rows {
        let (benign, review) = (Some(row.benign), Some(row.review));
        let first = Some(row.from);
        Fact { section: "hour", benign, review, first, seconds: width, ..Fact::default() }
            .write(out)?;
    }
    for row in &summary.together {
        let (names, count) = (row.computers.join(" "), u64::try_from(row.count).ok());
        let fact = Fact { section: "together", computer: &names, count, ..Fact::default() };
        Fact { first: Some(row.minute), ..fact }.write(out)?;
    }
    summary.remarks.iter().try_for_each(|remark| {
        Fact { section: "remark", detail: remark, ..Fact::default() }.write(out)
    })
}

fn csv_of(row: &super::Computer, out: &mut impl Write) -> io::Result<()> {
    let computer = row.name.as_str();
    let (benign, review) = (Some(row.benign), Some(row.review));
    let section = if row.other { "other" } else { "computer" };
    let counts = Fact { section, computer, benign, review, ..Fact::default() };
    Fact { first: row.first, last: row.last, count: Some(row.benign + row.review), ..counts }
        .write(out)?;
    if row.carved > 0 {
        Fact { section: "carved", computer, count: Some(row.carved), ..Fact::default() }
            .write(out)?;
    }
    if !row.other {
        let (name, count, seconds) =
            (row.interval.pace.as_str(), Some(row.interval.count), row.interval.seconds);
        let fact = Fact { section: "interval", computer, name, count, seconds, ..Fact::default() };
        Fact { detail: &row.interval.words, ..fact }.write(out)?;
    }
    for error in &row.errors {
        let (name, count) = (error.symbol, Some(error.count));
        Fact { section: "computer-error", computer, name, count, ..Fact::default() }.write(out)?;
    }
    if let Some(start) = &row.start {
        let (name, first, last) = (start.kind.as_str(), Some(start.since), Some(start.at));
        let fact = Fact { section: "start", computer, name, first, last, ..Fact::default() };
        Fact { detail: &start.words, ..fact }.write(out)?;
    }
    for gap in &row.gaps {
        let (name, first, last) = (gap.explained.as_str(), Some(gap.from), Some(gap.to));
        let fact = Fact { section: "gap", computer, name, first, last, ..Fact::default() };
        Fact { seconds: Some(gap.seconds), detail: &gap.words, ..fact }.write(out)?;
    }
    for neighbour in &row.neighbours {
        let section = if neighbour.contradicts { "contradiction" } else { "neighbour" };
        let (name, count) = (neighbour.event.as_str(), Some(neighbour.count));
        let fact = Fact { section, computer, name, count, ..Fact::default() };
        let (first, last, detail) = (neighbour.first, neighbour.last, neighbour.words.as_str());
        Fact { first, last, detail, ..fact }.write(out)?;
    }
    Ok(())
}
