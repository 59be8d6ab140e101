//! The bindings of the triage page: files in, rows out.
//!
//! A row is `row::WIDTH` numbers (`Row::put`). Its texts are interned, and the row holds their
//! numbers, because a million records share a few different messages. Unrelated events are only
//! counted. The worker in `www/src` keeps the rows; this module does not keep the file.

// The page also uses the exports of the npm package.
use crypt32_npm as _;
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    engine::unjudged::told,
    framing::Format,
    logs::{
        container::{Content, Packing},
        reader::{Keep, LogReader, Timed as _},
    },
    policy::Policy,
    report::{Place, REVIEWS, Report, Review, Seen, View, assessment::Assessment},
    time::Time,
    verdict::{Outcome, Verdict},
};

mod article;
mod known;
mod pattern;
mod row;
mod savings;
mod texts;
mod unpack;
mod words;

pub use article::article_json;
pub use pattern::Pattern;
pub use unpack::Unpack;

use known::Known;
use row::{Row, Waiting, number};
use savings::Savings;
use texts::Texts;

/// Reads files, one after another.
#[wasm_bindgen]
pub struct Triage {
    policy: Policy,
    reader: LogReader<Waiting>,
    report: Report,
    /// The name of the current file.
    file: String,
    /// How many more records to review the report will list.
    reviews: usize,
    texts: Texts,
    known: Known,
    savings: Savings,
    records: f64,
    /// Whether the order of month and day in some date is unknown.
    ambiguous: bool,
}

#[wasm_bindgen]
impl Triage {
    /// Creates a reader. `options` is a JSON object of policy options. `order` is `month-first`,
    /// `day-first` or empty.
    ///
    /// # Errors
    /// The message says which option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, order: &str) -> Result<Triage, String> {
        let options = serde_json::from_str(options).map_err(|error| error.to_string())?;
        Ok(Self {
            policy: Policy::from_json(&options).map_err(|error| error.to_string())?,
            reader: LogReader::new(Format::Auto, order.parse().ok()).skip_unrelated(),
            report: Report::default(),
            file: String::new(),
            reviews: REVIEWS,
            texts: Texts::default(),
            known: Known::default(),
            savings: Savings::default(),
            records: 0.0,
            ambiguous: false,
        })
    }

    /// Reads the next bytes of the current file.
    pub fn push(&mut self, chunk: &[u8]) {
        self.read(|reader, keep| reader.push(chunk, keep));
    }

    /// Ends the current file. Returns the notes about it, one per line.
    #[wasm_bindgen(js_name = endFile)]
    pub fn end_file(&mut self) -> Vec<String> {
        self.read(|reader, keep| reader.finish(keep));
        let input = Some(&*self.file).filter(|name| !name.is_empty());
        for similar in self.reader.log().unjudged() {
            self.report.leave_unjudged(input, similar);
        }
        self.savings.end_line();
        self.reader.log().notes().to_vec()
    }

    /// Prepares for the next file. The report uses `name` for it, unless `name` is empty.
    #[wasm_bindgen(js_name = nextFile)]
    pub fn next_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
        self.reader.next_log();
        self.records = 0.0;
    }

    /// Whether the pending events need a pre-scan of the whole file, for the order of month and
    /// day.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&self) -> bool {
        self.reader.needs_prescan()
    }

    /// Pre-scans the next chunk of the file, from its beginning. Returns whether the order is
    /// known, so that the pre-scan can stop.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.reader.look(chunk)
    }

    /// Returns the rows since the last call; each has `row::WIDTH` numbers.
    pub fn rows(&mut self) -> Vec<f64> {
        let (waiting, order) = self.reader.take();
        let mut out = Vec::new();
        for waiting in waiting {
            let time = waiting.time();
            self.ambiguous |= order.is_none() && time.is_some_and(Time::is_ambiguous);
            let when = time.and_then(|time| time.resolve(order));
            let seen = match &waiting {
                Waiting::Row(row) => Seen {
                    computer: row.computer.as_deref(),
                    when,
                    verdict: &row.answer.verdict,
                    related: row.answer.related,
                    carved: row.carved,
                },
                Waiting::Unrelated(computer, _) => Seen {
                    computer: computer.as_deref(),
                    when,
                    verdict: &Verdict::UNRELATED,
                    related: None,
                    carved: false,
                },
            };
            self.report.see(seen);
            if let Waiting::Row(row) = waiting {
                row.put(when, &mut out);
                self.report.name_reviews(row.review.map(|review| Review { time: when, ..*review }));
            }
        }
        out
    }

    /// Returns the texts since the last call, in the order of their numbers.
    pub fn texts(&mut self) -> Vec<String> {
        self.texts.take()
    }

    /// How much dropping would save in all files so far, as five numbers: records and bytes with
    /// the basis `listed` or `sibling`, then records and bytes with any basis, then the benign
    /// records that the filter passes, because they are not lines.
    pub fn savings(&self) -> Vec<f64> {
        self.savings.numbers().map(number).to_vec()
    }

    /// The number of records in the current file so far. Each event counts, as in the report.
    #[wasm_bindgen(getter)]
    pub fn records(&self) -> f64 {
        self.records
    }

    /// Whether the order of month and day in some date so far is unknown.
    #[wasm_bindgen(getter)]
    pub fn ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The kind of the file: `plain` for text whose records can be sliced from the file, `gzip`,
    /// `zstd` or `utf-16` for text that must be decoded first, and `evt` or `evtx` for a binary
    /// log.
    pub fn container(&self) -> String {
        let decoder = self.reader.log().decoder();
        let name = match (decoder.content(), decoder.packing()) {
            (Some(Content::Evt), _) => "evt",
            (Some(Content::Evtx), _) => "evtx",
            (_, Some(Packing::Gzip)) => "gzip",
            (_, Some(Packing::Zstd)) => "zstd",
            (Some(Content::Utf16Le | Content::Utf16Be), _) => "utf-16",
            _ => "plain",
        };
        name.to_owned()
    }

    /// The number of places in the current file that mention the event and could not be judged. It
    /// is complete after [`Self::end_file`].
    pub fn unjudged(&self) -> f64 {
        number(self.reader.log().unjudged().iter().map(|similar| similar.count).sum())
    }

    /// The reason why the current file could not be read to its end. It is also one of the notes.
    pub fn fault(&self) -> Option<String> {
        self.reader.log().fault().map(str::to_owned)
    }

    /// Whether the current file was read completely. The answer is final after [`Self::end_file`].
    #[wasm_bindgen(js_name = isWhole)]
    pub fn is_whole(&self) -> bool {
        self.reader.log().is_whole()
    }

    /// Returns the report on all files so far. `format` is a format of the command `report`.
    pub fn report(&self, format: &str) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let view = View { top: usize::MAX, ..View::default() };
        let summary = self.report.clone().finish();
        let _ = summary.write(format.parse().unwrap_or_default(), view, &mut out);
        out
    }

    fn read(&mut self, run: impl FnOnce(&mut LogReader<Waiting>, Keep<'_, Waiting>)) {
        let Self { reader, policy, texts, known, savings, records, report, file, reviews, .. } =
            self;
        run(reader, &mut |found, time, waiting| {
            let event = found.event_read;
            *records += 1.0;
            let answer = known.answer(event, found.carved, policy, texts);
            found.told.add(told(event, &answer.verdict));
            if answer.verdict.outcome != Outcome::Unrelated {
                report.see_shape(event.shape);
            }
            savings.see(&found, &answer.verdict);
            let computer = event.computer().map(str::to_owned);
            if answer.verdict.outcome == Outcome::Unrelated && answer.related.is_none() {
                waiting.push(Waiting::Unrelated(computer, time));
                return;
            }
            let line = found.line.unwrap_or_default();
            let carved = found.carved;
            let named = answer.verdict.outcome == Outcome::Review && *reviews > 0;
            *reviews -= usize::from(named);
            let review = named.then(|| {
                let place = found.line.map_or(Place::Offset(found.offset), Place::Line);
                let finding = Assessment::of(event, policy, None);
                let file = Some(file.clone()).filter(|file| !file.is_empty());
                Box::new(Review::of(finding, place, file))
            });
            let raw =
                if found.bytes.is_empty() { row::plain(event, carved) } else { String::new() };
            waiting.push(Waiting::Row(Box::new(Row {
                found: [found.record, line, found.event, found.offset, found.length].map(number),
                answer,
                time,
                computer,
                carved,
                raw: texts.add(&raw),
                review,
            })));
        });
        let skipped = reader.take_skipped();
        *records += number(skipped);
        report.pass(skipped);
    }
}
