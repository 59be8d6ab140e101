//! A report as a table for a terminal, as JSON, CSV or Markdown.

use std::io::{self, Write};

use super::{
    Summary,
    advice::{Advice, TITLE},
    escape,
    grid::{self, Grid},
    groups::{Group, groups},
    table::name,
    text,
};
use crate::{
    report::{
        explain::found,
        style::{Style, counted},
    },
    str_enum::words,
    time::Moment,
};

/// The output format of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Aligned columns, for a terminal.
    #[default]
    Table,
    /// One JSON object: the [`Summary`] itself.
    Json,
    /// One table with one row per fact and CRLF line ends. The column `section` names the kind of
    /// fact.
    Csv,
    /// Markdown tables.
    Markdown,
}
words!(Format: Table = "table", Json = "json", Csv = "csv", Markdown = "markdown");

/// The options of the renderings for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The colours and the width of a table.
    pub style: Style,
    /// The maximum number of records to review, and of computers, that are listed.
    pub top: usize,
    /// Whether the counts by hour are listed.
    pub hours: bool,
}

impl Default for View {
    fn default() -> Self {
        Self { style: Style::default(), top: 20, hours: false }
    }
}

impl Summary {
    /// Writes the report. JSON and CSV contain all of it, whatever `view` says.
    pub fn write(&self, format: Format, view: View, out: &mut impl Write) -> io::Result<()> {
        match format {
            Format::Table => table(self, view, out),
            Format::Json => {
                let text = serde_json::to_string_pretty(self)?;
                writeln!(out, "{}", escape::json(&text))
            }
            Format::Csv => csv(self, out),
            Format::Markdown => markdown(self, view, out),
        }
    }
}

const BOLD: &str = "1";
const TO_REVIEW: &str = "To review";
const FINDINGS: &str = "Findings";

fn table(summary: &Summary, view: View, out: &mut impl Write) -> io::Result<()> {
    let View { style, top, .. } = view;
    let title = |text: &str| format!("\n{}", style.paint(BOLD, text));
    let mut lines = style.wrap(&grid::headline(summary), 0);
    if !summary.reviews.is_empty() {
        lines.push(title(TO_REVIEW));
        lines.extend(text::reviews(&summary.reviews, summary.totals.review, top, style));
    }
    for grid in grid::grids(summary, view) {
        lines.push(title(&grid.title));
        lines.extend(grid.table.lines("", style));
        lines.extend(grid.more);
    }
    let groups = groups(summary);
    if !groups.is_empty() {
        lines.push(title(FINDINGS));
    }
    for group in groups {
        let text = format!("{}: {}", group.what, group.meaning);
        lines.extend(item(&text, "* ", style));
        let members = escape::visible(&listed(&group, top)).into_owned();
        lines.extend(style.wrap(&members, 4).into_iter().map(|line| format!("    {line}")));
    }
    if let Some(bars) = grid::sparkline(summary) {
        lines.push(title(&format!("By hour of the day ({})", summary.hours.clock)));
        lines.push(bars);
    }
    if !summary.advice.is_empty() {
        lines.push(title(TITLE));
    }
    for advice in &summary.advice {
        lines.extend(item(&advice.text(), "* ", style));
        lines.extend(advice.guide.as_ref().map(|guide| format!("  {guide}")));
    }
    if !summary.remarks.is_empty() {
        lines.push(String::new());
    }
    lines.extend(summary.remarks.iter().flat_map(|remark| item(remark, "* ", style)));
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// A paragraph with a mark before its first line.
fn item(text: &str, mark: &str, style: Style) -> Vec<String> {
    let text = escape::visible(text);
    let lines = style.wrap(&text, mark.len()).into_iter().enumerate();
    lines
        .map(|(at, line)| if at == 0 { format!("{mark}{line}") } else { format!("  {line}") })
        .collect()
}

/// The first computers of a group, and the number of the others.
fn listed(group: &Group, top: usize) -> String {
    let mut names: Vec<_> = group.members.iter().take(top).cloned().collect();
    let left = group.members.len() - names.len();
    if left > 0 {
        names.push(format!("and {}", counted(left as u64, "more computer", "more computers")));
    }
    names.join(", ")
}

fn markdown(summary: &Summary, view: View, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "# crypt32 event 8\n\n{}", escape::markdown(&grid::headline(summary)))?;
    if !summary.reviews.is_empty() {
        writeln!(out, "\n## {TO_REVIEW}\n")?;
        let cells = |cells: &[&str]| {
            let cells: Vec<_> = cells.iter().map(|cell| escape::markdown(cell)).collect();
            format!("| {} |", cells.join(" | "))
        };
        writeln!(out, "| Record | Computer | Time | Condition | Found |")?;
        writeln!(out, "| --- | --- | --- | --- | --- |")?;
        for review in summary.reviews.iter().take(view.top) {
            let text::Heading { place, computer, time } = text::Heading::of(review);
            for (index, failed) in review.failed.iter().enumerate() {
                let head = if index == 0 { [&*place, &*computer, &*time] } else { [""; 3] };
                let [place, computer, time] = head;
                let found = found(failed.reason, failed.seen.as_deref());
                writeln!(
                    out,
                    "{}",
                    cells(&[place, computer, time, failed.reason.as_str(), &found])
                )?;
            }
        }
        if let Some(more) = text::more(&summary.reviews, summary.totals.review, view.top) {
            writeln!(out, "\n{more}")?;
        }
    }
    for Grid { title, table, more } in grid::grids(summary, view) {
        writeln!(out, "\n## {}\n", escape::markdown(&title))?;
        let head = table.head.iter().map(|head| name(head));
        writeln!(out, "| {} |", head.collect::<Vec<_>>().join(" | "))?;
        let rules =
            table.head.iter().map(|name| if name.starts_with('#') { "---:" } else { "---" });
        writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))?;
        for row in &table.rows {
            let cells: Vec<_> = row.iter().map(|cell| escape::markdown(cell)).collect();
            writeln!(out, "| {} |", cells.join(" | "))?;
        }
        if let Some(more) = more {
            writeln!(out, "\n{more}")?;
        }
    }
    let groups = groups(summary);
    if !groups.is_empty() {
        writeln!(out, "\n## {FINDINGS}\n")?;
    }
    for group in groups {
        let (what, meaning) = (escape::markdown(&group.what), escape::markdown(&group.meaning));
        writeln!(out, "- **{what}**: {meaning}")?;
        writeln!(out, "  {}", escape::markdown(&listed(&group, view.top)))?;
    }
    if let Some(bars) = grid::sparkline(summary) {
        writeln!(out, "\n## By hour of the day ({})\n\n`{bars}`", summary.hours.clock)?;
    }
    if !summary.advice.is_empty() {
        writeln!(out, "\n## {TITLE}\n")?;
    }
    for advice in &summary.advice {
        let guide =
            advice.guide.as_ref().map_or_else(String::new, |guide| format!(" [Runbook]({guide})"));
        writeln!(out, "- {}{guide}", escape::markdown(&advice.text()))?;
    }
    writeln!(out)?;
    summary.remarks.iter().try_for_each(|remark| writeln!(out, "- {}", escape::markdown(remark)))
}

/// The columns of the CSV rendering. A section leaves columns empty if it has no value for them.
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
    if totals.carved > 0 {
        Fact { section: "carved", count: Some(totals.carved), ..Fact::default() }.write(out)?;
    }
    for row in &summary.unjudged {
        let (count, detail) = (Some(row.count), &*row.places(usize::MAX));
        Fact { section: "unjudged", name: row.like, count, detail, ..Fact::default() }
            .write(out)?;
    }
    for review in &summary.reviews {
        csv_review(review, out)?;
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
    for Advice { resolution, words, .. } in &summary.advice {
        let name = resolution.as_str();
        Fact { section: "advice", name, detail: words, ..Fact::default() }.write(out)?;
    }
    summary.remarks.iter().try_for_each(|remark| {
        Fact { section: "remark", detail: remark, ..Fact::default() }.write(out)
    })
}

fn csv_review(review: &super::Review, out: &mut impl Write) -> io::Result<()> {
    let computer = review.computer.as_deref().unwrap_or_default();
    let place = text::Heading::of(review).place;
    for failed in &review.failed {
        let (name, seen) = (failed.reason.as_str(), failed.seen.as_deref().unwrap_or_default());
        let detail = format!("{place}: {seen}");
        let fact = Fact { section: "review", computer, name, detail: &detail, ..Fact::default() };
        Fact { first: review.time, last: review.time, ..fact }.write(out)?;
    }
    Ok(())
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
