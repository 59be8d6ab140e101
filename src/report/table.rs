//! A table of text that fits the columns of a terminal.

use super::escape::visible;
use crate::report::style::{Style, middle};

/// The maximum width of a column other than the last one, if the table does not fit.
const WIDEST: usize = 32;
/// The minimum width of a column.
const NARROWEST: usize = 12;

/// A table. A column whose head begins with `#` holds numbers. A column whose head begins with `?`
/// is omitted if the table does not fit.
pub struct Table {
    /// The heads of the columns.
    pub head: Vec<String>,
    /// The cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// A last row, separate from the others.
    pub foot: Option<Vec<String>>,
}

/// The head of a column without the marks.
pub fn name(head: &str) -> &str {
    head.trim_start_matches(['#', '?'])
}

/// A column: its index, its width, and whether it is aligned to the right, as numbers are.
struct Column {
    index: usize,
    width: usize,
    right: bool,
}

impl Table {
    /// The lines of the table, each with `indent` before it. If the table is wider than the
    /// terminal, long cells lose their middle, and the last column wraps.
    pub fn lines(&self, indent: &str, style: Style) -> Vec<String> {
        let head: Vec<_> = self.head.iter().map(|head| name(head).to_uppercase()).collect();
        let shown = |cells: &Vec<String>| cells.iter().map(|cell| visible(cell).into()).collect();
        let rows: Vec<Vec<String>> = self.rows.iter().map(shown).collect();
        let all = || core::iter::once(&head).chain(&rows).chain(&self.foot);
        let columns = self.columns(&|at| {
            let cells = all().filter_map(|cells| cells.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        });
        let columns = fit(columns, &self.head, indent, style);
        let mut out = vec![style.paint("2", &row(&head, &columns, indent).join("\n"))];
        out.extend(rows.iter().flat_map(|cells| row(cells, &columns, indent)));
        let foot = self.foot.iter().map(|foot| row(foot, &columns, indent).join("\n"));
        out.extend(foot.map(|foot| style.paint("1", &foot)));
        out
    }

    fn columns(&self, width: &dyn Fn(usize) -> usize) -> Vec<Column> {
        let heads = self.head.iter().enumerate();
        let column = |(index, head): (usize, &String)| Column {
            index,
            width: width(index),
            right: head.starts_with('#'),
        };
        heads.map(column).collect()
    }
}

/// Fits the columns to the terminal.
fn fit(mut columns: Vec<Column>, head: &[String], indent: &str, style: Style) -> Vec<Column> {
    let Some(width) = style.width else { return columns };
    let total = |columns: &[Column]| {
        let gaps = indent.len() + 2 * columns.len().saturating_sub(1);
        gaps + columns.iter().map(|column| column.width).sum::<usize>()
    };
    if total(&columns) <= width {
        return columns;
    }
    if let Some((_, others)) = columns.split_last_mut() {
        for column in others {
            column.width = column.width.min(WIDEST);
        }
    }
    for (index, _) in head.iter().enumerate().filter(|(_, head)| head.starts_with('?')) {
        let last = columns.last().map_or(0, |column| column.width);
        if total(&columns) - last + last.min(NARROWEST) > width {
            columns.retain(|column| column.index != index);
        }
    }
    let shrink = |column: Option<&mut Column>, over: usize| {
        if let Some(column) = column {
            let narrow = column.width.min(NARROWEST);
            column.width = column.width.saturating_sub(over).max(narrow);
        }
    };
    let over = total(&columns).saturating_sub(width);
    shrink(columns.last_mut(), over);
    let over = total(&columns).saturating_sub(width);
    shrink(columns.iter_mut().max_by_key(|column| column.width), over);
    columns
}

/// The lines of one row.
fn row(cells: &[String], columns: &[Column], indent: &str) -> Vec<String> {
    let mut line = indent.to_owned();
    let mut more = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let cell = cells.get(column.index).map_or("", String::as_str);
        if place > 0 {
            line.push_str("  ");
        }
        let cell = if place + 1 == columns.len() {
            let at = line.chars().count();
            let style = Style { width: Some(column.width), ..Style::default() };
            let mut lines = style.wrap(cell, 0).into_iter();
            let cell = lines.next().unwrap_or_default();
            more.extend(lines.map(|text| format!("{}{text}", " ".repeat(at))));
            cell
        } else {
            middle(cell, column.width)
        };
        let padding = " ".repeat(column.width.saturating_sub(cell.chars().count()));
        line.extend(if column.right { [padding, cell] } else { [cell, padding] });
    }
    line.truncate(line.trim_end().len());
    more.insert(0, line);
    more
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect();
        Table {
            head: texts(&["name", "#count", "?first", "?last", "what"]),
            rows: vec![
                texts(&["A", "12", "2010-03-15", "2010-03-16", "a text that is rather long"]),
                texts(&["LONGER\u{1b}", "3", "2010-03-15", "2010-03-16", "short"]),
            ],
            foot: Some(texts(&["2 names", "15"])),
        }
    }

    #[test]
    fn a_table_fits_the_terminal() {
        let lines = |width| table().lines("  ", Style { color: false, width }).join("\n");
        let want = "  \
  NAME          COUNT  FIRST       LAST        WHAT
  A                12  2010-03-15  2010-03-16  a text that is rather long
  LONGER\\u{1b}      3  2010-03-15  2010-03-16  short
  2 names          15";
        assert_eq!(lines(None).trim_start(), want.trim_start());
        assert_eq!(lines(Some(120)), lines(None));
        let want = "  \
  NAME          COUNT  LAST        WHAT
  A                12  2010-03-16  a text that is
                                   rather long
  LONGER\\u{1b}      3  2010-03-16  short
  2 names          15";
        assert_eq!(lines(Some(52)).trim_start(), want.trim_start());
        assert!(!lines(Some(40)).contains("LAST"));
    }
}
