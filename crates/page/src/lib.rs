//! The bindings of the triage page: files in, rows out.
//!
//! A row is a fixed number of numbers ([`Row::put`]), and its texts are numbers of interned texts:
//! a million records of the noise have a handful of different messages. What is unrelated is only
//! counted. The worker in `www/src` keeps the rows; nothing here holds the file.

// Its exports are the page's too.
use crypt32_npm as _;
use wasm_bindgen::prelude::*;

use crypt32_filter::{
    engine::unjudged::told,
    framing::Format,
    logs::{
        container::{Content, Packing, content, packing},
        reader::{Keep, LogReader, Timed as _},
    },
    policy::Policy,
    report::{Place, REVIEWS, Report, Review, Seen, View, assessment::Assessment},
    verdict::{Outcome, Verdict},
};

mod article;
mod known;
mod row;
mod savings;
mod skip;
mod texts;
mod unpack;
mod words;

pub use article::article_json;
pub use unpack::Unpack;

use known::Known;
use row::{Row, Waiting, number};
use savings::Savings;
use skip::Skip;
use texts::Texts;

/// Reads files, one after another.
#[wasm_bindgen]
pub struct Triage {
    policy: Policy,
    reader: LogReader<Waiting>,
    report: Report,
    /// The name of the current file.
    file: String,
    /// How many records to review are still to be named in the report.
    reviews: usize,
    texts: Texts,
    known: Known,
    savings: Savings,
    records: f64,
    /// How many lines the reader was told of that were skipped.
    passed: u64,
    /// The file holds its records as they are, so that lines of it can be skipped.
    stored: Option<bool>,
    skip: Skip,
}

#[wasm_bindgen]
impl Triage {
    /// A reader with these policy options, which are a JSON object. `order` is `month-first`,
    /// `day-first` or empty.
    ///
    /// # Errors
    /// What is wrong with the options.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, order: &str) -> Result<Triage, String> {
        let options = serde_json::from_str(options).map_err(|error| error.to_string())?;
        Ok(Self {
            policy: Policy::from_json(&options).map_err(|error| error.to_string())?,
            reader: LogReader::new(Format::Auto, order.parse().ok()),
            report: Report::default(),
            file: String::new(),
            reviews: REVIEWS,
            texts: Texts::default(),
            known: Known::default(),
            savings: Savings::default(),
            records: 0.0,
            passed: 0,
            stored: None,
            skip: Skip::default(),
        })
    }

    /// Takes in the next bytes of the current file; first of all enough to tell what it is.
    pub fn push(&mut self, chunk: &[u8]) {
        let stored = *self.stored.get_or_insert_with(|| {
            packing(chunk) == Packing::Plain && content(chunk) == Content::Utf8
        });
        if !stored {
            return self.read(|reader, keep| reader.push(chunk, keep));
        }
        let mut skip = core::mem::take(&mut self.skip);
        let before = skip.records;
        skip.feed(chunk, &mut |skip, bytes| {
            let skipped = skip.records - core::mem::replace(&mut self.passed, skip.records);
            self.reader.pass_lines(skipped);
            core::mem::swap(skip, &mut self.skip);
            self.read(|reader, keep| reader.push(bytes, keep));
            core::mem::swap(skip, &mut self.skip);
        });
        self.report.pass(skip.records - before);
        self.skip = skip;
    }

    /// Ends the current file. What is to be said about it comes back, a line each.
    #[wasm_bindgen(js_name = endFile)]
    pub fn end_file(&mut self) -> Vec<String> {
        self.read(|reader, keep| reader.finish(keep));
        self.report.leave_unjudged(self.reader.log().unjudged());
        self.savings.end_record();
        self.reader.log().notes().to_vec()
    }

    /// Makes ready for a file; the report names it so, unless that is empty.
    #[wasm_bindgen(js_name = nextFile)]
    pub fn next_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
        self.reader.next_log();
        self.records = 0.0;
        self.passed = 0;
        self.stored = None;
        self.skip = Skip::default();
    }

    /// Whether what waits needs a look through the whole file, for the order of month and day.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&self) -> bool {
        self.reader.needs_prescan()
    }

    /// Looks at a chunk of the file, from its beginning; says whether that was enough.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.reader.look(chunk)
    }

    /// The rows since the last call, [`row::WIDTH`] numbers each.
    pub fn rows(&mut self) -> Vec<f64> {
        let (waiting, order) = self.reader.take();
        let mut out = Vec::new();
        for waiting in waiting {
            let when = waiting.time().and_then(|time| time.resolve(order));
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

    /// The texts since the last call, in the order of their numbers.
    pub fn texts(&mut self) -> Vec<String> {
        self.texts.take()
    }

    /// What dropping saves, in all files so far: records and bytes with the basis `listed` or
    /// `sibling`, and records and bytes with any basis.
    pub fn savings(&self) -> Vec<f64> {
        self.savings.numbers().map(number).to_vec()
    }

    /// Records of the current file so far.
    #[wasm_bindgen(getter)]
    pub fn records(&self) -> f64 {
        self.records + number(self.skip.records)
    }

    /// What the file is: `plain` text, whose records can be read again from it, text that must be
    /// decoded first (`gzip`, `zstd`, `utf-16`), or a binary log (`evt`, `evtx`).
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

    /// How many places of the current file mention the event and could not be judged. Complete after
    /// [`Self::end_file`].
    pub fn unjudged(&self) -> f64 {
        number(self.reader.log().unjudged())
    }

    /// Why the current file could not be read to its end; one of its notes.
    pub fn fault(&self) -> Option<String> {
        self.reader.log().fault().map(str::to_owned)
    }

    /// Whether all that the current file holds was read. Complete after [`Self::end_file`].
    #[wasm_bindgen(js_name = isWhole)]
    pub fn is_whole(&self) -> bool {
        self.reader.log().is_whole()
    }

    /// The report on everything so far, in one of the formats of the command `report`.
    pub fn report(&self, format: &str) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let view = View { top: usize::MAX, ..View::default() };
        let summary = self.report.clone().finish();
        let _ = summary.write(format.parse().unwrap_or_default(), view, &mut out);
        out
    }

    fn read(&mut self, run: impl FnOnce(&mut LogReader<Waiting>, Keep<'_, Waiting>)) {
        let Self {
            reader,
            policy,
            texts,
            known,
            savings,
            records,
            skip,
            report,
            file,
            reviews,
            ..
        } = self;
        run(reader, &mut |found, time, waiting| {
            let event = found.event_read;
            *records = number(found.record);
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
            let (record, offset) = skip.place(found.record, found.offset);
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
                found: [record, line, found.event, offset, found.length].map(number),
                answer,
                time,
                computer,
                carved,
                raw: texts.add(&raw),
                review,
            })));
        });
    }
}
