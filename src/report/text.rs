//! Parts of a text for a person that several commands print.

use super::{Review, escape::visible};
use crate::{
    report::{
        explain::found,
        style::{Style, counted},
    },
    time::Moment,
};

/// The heading of a record to review.
pub struct Heading {
    /// The line or offset, and the input.
    pub place: String,
    /// The computer that wrote the record.
    pub computer: String,
    /// The time to the minute.
    pub time: String,
}

impl Heading {
    /// The heading of this record.
    pub fn of(review: &Review) -> Self {
        let input = review.input.as_ref().map_or_else(String::new, |input| format!(" of {input}"));
        Self {
            place: format!("{}{input}", review.place),
            computer: review.computer.clone().unwrap_or_else(|| "-".to_owned()),
            time: minute(review.time),
        }
    }
}

/// The first records to review, with the conditions that failed and the values in the record.
pub fn reviews(reviews: &[Review], total: u64, most: usize, style: Style) -> Vec<String> {
    let mut out = Vec::new();
    for review in reviews.iter().take(most) {
        let Heading { place, computer, time } = Heading::of(review);
        out.push(format!(
            "  {}  {}  {}",
            style.paint("33", &visible(&place)),
            style.paint("1", &visible(&computer)),
            style.paint("2", &time)
        ));
        for failed in &review.failed {
            let found = found(failed.reason, failed.seen.as_deref());
            let names = core::iter::once(failed.reason.as_str()).chain(core::iter::repeat(""));
            let lines = names.zip(style.wrap(&visible(&found), 20));
            out.extend(lines.map(|(name, line)| format!("    {name:<16}{line}")));
        }
    }
    out.extend(more(reviews, total, most).map(|more| style.paint("2", &format!("  {more}"))));
    out
}

/// A note about the records to review that are not listed.
pub fn more(reviews: &[Review], total: u64, most: usize) -> Option<String> {
    let left = total.saturating_sub(reviews.len().min(most) as u64);
    (left > 0).then(|| format!("and {}", counted(left, "more record", "more records")))
}

/// Formats a time to the minute; `-` for no time.
pub fn minute(moment: Option<Moment>) -> String {
    moment.map_or_else(|| "-".to_owned(), minutes)
}

fn minutes(moment: Moment) -> String {
    let text = moment.to_string();
    let zone = if moment.has_zone() { "Z" } else { "" };
    format!("{}{zone}", text.get(..16).unwrap_or(&text).replace('T', " "))
}

/// Formats the times of a column: to the minute, and without the year if all times share it.
pub struct Times {
    year: Option<String>,
}

impl Times {
    /// Collects the years of the times.
    pub fn of(times: impl Iterator<Item = Option<Moment>>) -> Self {
        let mut years =
            times.flatten().filter_map(|time| time.to_string().get(..4).map(str::to_owned));
        let first = years.next();
        Self { year: first.filter(|first| years.all(|year| year == *first)) }
    }

    /// The head of the column, with the year if it is omitted in the cells.
    pub fn head(&self, word: &str) -> String {
        self.year.as_ref().map_or_else(|| word.to_owned(), |year| format!("{word} {year}"))
    }

    /// A cell of the column.
    pub fn cell(&self, moment: Option<Moment>) -> String {
        let text = minute(moment);
        let short = self.year.as_ref().and_then(|_| text.get(5..));
        short.unwrap_or(&text).to_owned()
    }
}
