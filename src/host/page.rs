//! The bindings of the triage page: files in, rows out.
//!
//! A row is a fixed number of numbers ([`Row::put`]), and its texts are numbers of interned texts:
//! a million records of the noise have a handful of different messages. What is unrelated is only
//! counted. The worker in `www/src` keeps the rows; nothing here holds the file.

use serde_json::json;
use wasm_bindgen::prelude::*;

use crate::{
    article,
    classify::classify,
    event::Event,
    explain,
    finding::Finding,
    policy::Policy,
    reader::{
        container::{Content, Decoder, Limits, Packing, content, packing},
        frame::Format,
        log::Log,
        stream::Found,
    },
    related::related,
    report::{Report, Seen},
    time::{DateOrder, DateOrderHints, Moment, Time},
    verdict::{Basis, Condition, Outcome, Verdict},
};

mod skip;
mod texts;

use skip::Skip;
use texts::{Texts, plain, shown};

/// One event that gets a row.
struct Row {
    found: [f64; 4],
    verdict: Verdict,
    related: Option<crate::related::Related>,
    time: Option<Time>,
    computer: Option<String>,
    /// Numbers of texts: computer, error or event, shape, message, finding, raw record.
    texts: [u32; 6],
}

/// What waits until the order of month and day is known.
enum Waiting {
    Row(Box<Row>),
    Unrelated(Option<String>, Option<Time>),
}

/// Reads files, one after another.
#[wasm_bindgen]
pub struct Triage {
    policy: Policy,
    order: Option<DateOrder>,
    log: Log,
    hints: DateOrderHints,
    surveyed: bool,
    survey: Option<Box<Log>>,
    waiting: Vec<Waiting>,
    report: Report,
    texts: Texts,
    records: f64,
    /// The file holds its records as they are, so that the page can read them again.
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
            order: order.parse().ok(),
            log: Log::new(Format::Auto),
            hints: DateOrderHints::default(),
            surveyed: false,
            survey: None,
            waiting: Vec::new(),
            report: Report::default(),
            texts: Texts::default(),
            records: 0.0,
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
            return self.read(|log, found| log.push(chunk, found));
        }
        let mut skip = core::mem::take(&mut self.skip);
        let before = skip.records;
        skip.feed(chunk, &mut |skip, bytes| {
            core::mem::swap(skip, &mut self.skip);
            self.read(|log, found| log.push(bytes, found));
            core::mem::swap(skip, &mut self.skip);
        });
        self.report.pass(skip.records - before);
        self.skip = skip;
    }

    /// Ends the current file. What is to be said about it comes back, a line each.
    #[wasm_bindgen(js_name = endFile)]
    pub fn end_file(&mut self) -> Vec<String> {
        self.read(|log, found| log.finish(found));
        self.log.notes().to_vec()
    }

    /// Makes ready for the next file.
    #[wasm_bindgen(js_name = nextFile)]
    pub fn next_file(&mut self) {
        self.log = Log::new(Format::Auto);
        self.hints = DateOrderHints::default();
        self.surveyed = false;
        self.records = 0.0;
        self.stored = None;
        self.skip = Skip::default();
    }

    /// Whether what waits needs a look through the whole file, for the order of month and day.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&self) -> bool {
        let ambiguous = |waiting: &Waiting| {
            let time = match waiting {
                Waiting::Row(row) => row.time,
                Waiting::Unrelated(_, time) => *time,
            };
            time.is_some_and(Time::is_ambiguous)
        };
        !self.surveyed && !self.hints.is_decided() && self.waiting.iter().any(ambiguous)
    }

    /// Looks at a chunk of the file, from its beginning; says whether that was enough.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        let survey = self.survey.get_or_insert_with(|| Box::new(Log::new(Format::Auto)));
        let hints = &mut self.hints;
        survey.push(chunk, &mut |found| {
            if let Some(time) = found.event_read.time().and_then(Time::parse) {
                hints.see(time);
            }
        });
        self.hints.is_decided()
    }

    /// The rows since the last call: [`WIDTH`] numbers each.
    pub fn rows(&mut self) -> Vec<f64> {
        self.surveyed |= self.wants_survey();
        self.survey = None;
        let order = self.hints.order(self.order);
        let mut out = Vec::new();
        for waiting in core::mem::take(&mut self.waiting) {
            let (computer, time, verdict, related) = match &waiting {
                Waiting::Row(row) => (row.computer.as_deref(), row.time, row.verdict, row.related),
                Waiting::Unrelated(computer, time) => {
                    (computer.as_deref(), *time, Verdict::UNRELATED, None)
                }
            };
            let when = time.and_then(|time| time.resolve(order));
            self.report.see(Seen { computer, when, verdict: &verdict, related });
            if let Waiting::Row(row) = &waiting {
                row.put(when, &mut out);
            }
        }
        out
    }

    /// The texts since the last call, in the order of their numbers.
    pub fn texts(&mut self) -> Vec<String> {
        self.texts.take()
    }

    /// Records of the current file so far.
    #[wasm_bindgen(getter)]
    pub fn records(&self) -> f64 {
        self.records + number(self.skip.records)
    }

    /// What the file is: `plain` text, whose records can be read again from it, text that must be
    /// decoded first (`gzip`, `zstd`, `utf-16`), or a binary log (`evt`, `evtx`).
    pub fn container(&self) -> String {
        let decoder = self.log.decoder();
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

    /// The report on everything so far, in one of the formats of the command `report`.
    pub fn report(&self, format: &str) -> Vec<u8> {
        let mut out = Vec::new();
        // Writing to memory cannot fail.
        let _ = self.report.clone().finish().write(format.parse().unwrap_or_default(), &mut out);
        out
    }

    fn read(&mut self, run: impl FnOnce(&mut Log, &mut dyn FnMut(Found<'_>))) {
        let stored = self.stored.unwrap_or(false);
        let Self { log, policy, hints, waiting, texts, records, skip, .. } = self;
        run(log, &mut |found| {
            let event = found.event_read;
            *records = number(found.record);
            let time = event.time().and_then(Time::parse);
            if let Some(time) = time {
                hints.see(time);
            }
            let verdict = classify(event, policy);
            let related = related(event);
            if verdict.outcome == Outcome::Unrelated && related.is_none() {
                waiting.push(Waiting::Unrelated(event.computer().map(str::to_owned), time));
                return;
            }
            let (record, offset) = skip.place(found.record, found.offset);
            let length = found.bytes.len() as u64;
            let row = Row {
                found: [record, found.event, offset, length].map(number),
                verdict,
                related,
                time,
                computer: event.computer().map(str::to_owned),
                texts: texts_of(texts, &found, &verdict, policy, stored),
            };
            waiting.push(Waiting::Row(Box::new(row)));
        });
    }
}

/// The texts of a row, as numbers.
fn texts_of(
    texts: &mut Texts,
    found: &Found<'_>,
    verdict: &Verdict,
    policy: &Policy,
    stored: bool,
) -> [u32; 6] {
    let event = found.event_read;
    let finding = Finding { time: None, ..Finding::of(event, policy, None) };
    let what = match (&finding.related, verdict.error) {
        (Some(related), _) if verdict.outcome == Outcome::Unrelated => related.to_string(),
        (_, Some(error)) => error.symbol.to_owned(),
        (_, None) => "unknown".to_owned(),
    };
    let raw = if stored && !found.bytes.is_empty() {
        texts.add("")
    } else if found.bytes.is_empty() {
        texts.add(&plain(event))
    } else {
        texts.add(shown(&String::from_utf8_lossy(found.bytes)))
    };
    [
        texts.add(event.computer().map_or("-", shown)),
        texts.add(&what),
        texts.add(event.shape),
        texts.add(shown(&message(event))),
        texts.add(&serde_json::to_string(&finding).unwrap_or_default()),
        raw,
    ]
}

/// The message, or the insertion strings where there is none.
fn message(event: &Event<'_>) -> String {
    match event.message.first() {
        Some(message) => message.to_owned(),
        None => event
            .strings
            .iter()
            .flat_map(crate::event::Strings::iter)
            .collect::<Vec<_>>()
            .join(" | "),
    }
}

impl Row {
    /// record, event, offset, length, seconds (NaN: unknown), has a zone, verdict (0 benign, 1 review,
    /// 2 related), basis (1 listed, 2 sibling, 3 cause), failed conditions as bits, kind of related
    /// event (0 none, 1 reached, 2 problem, 3 suspended, 4 other), and the texts.
    fn put(&self, when: Option<Moment>, out: &mut Vec<f64>) {
        use crate::related::RelatedKind::{Problem, Reached, Suspended};
        out.extend(self.found);
        #[allow(clippy::cast_precision_loss)] // Years have four digits.
        out.push(when.map_or(f64::NAN, |when| when.seconds() as f64));
        out.push(f64::from(u8::from(when.is_some_and(Moment::has_zone))));
        out.push(match self.verdict.outcome {
            Outcome::Benign => 0.0,
            Outcome::Review => 1.0,
            Outcome::Unrelated => 2.0,
        });
        out.push(match self.verdict.basis {
            None => 0.0,
            Some(Basis::Listed) => 1.0,
            Some(Basis::Sibling) => 2.0,
            Some(Basis::Cause) => 3.0,
        });
        let candidate = self.verdict.outcome != Outcome::Unrelated;
        let failed = self.verdict.outcome == Outcome::Review;
        let bits = self.verdict.reasons().fold(0_u16, |bits, code| bits | 1 << code as u8);
        out.push(if failed { f64::from(bits) } else { 0.0 });
        out.push(match self.related.filter(|_| !candidate).map(|related| related.kind) {
            None => 0.0,
            Some(Reached) => 1.0,
            Some(Problem) => 2.0,
            Some(Suspended) => 3.0,
            Some(_) => 4.0,
        });
        out.extend(self.texts.map(f64::from));
    }
}

/// Numbers of records and offsets stay far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn number(number: u64) -> f64 {
    number as f64
}

/// The article, for the page: its conditions and ways out in our words, and its links.
#[wasm_bindgen]
pub fn article_json() -> String {
    let conditions = Condition::ALL.map(|code| {
        json!({
            "code": code,
            "asks": code.asks(),
            "rests": code.rests_on(),
            "failed": code.when_failed(),
        })
    });
    let bases = [Basis::Listed, Basis::Sibling, Basis::Cause];
    let benign = bases.map(|basis| explain::meaning(Outcome::Benign, Some(basis)));
    json!({
        "id": article::ID,
        "link": article::LINK,
        "note": article::LINK_NOTE,
        "sibling": { "id": article::SIBLING_ID, "link": article::SIBLING_LINK },
        "conditions": conditions,
        "resolutions": article::RESOLUTIONS,
        "benign": benign,
        "review": explain::meaning(Outcome::Review, None),
    })
    .to_string()
}

/// Decodes a packed or UTF-16 file, so that it can be filtered.
#[wasm_bindgen]
pub struct Unpack(Decoder);

#[wasm_bindgen]
impl Unpack {
    /// At the beginning of a file.
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Unpack {
        Self(Decoder::new(Limits::default()))
    }

    /// Takes in the next bytes.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn push(&mut self, chunk: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let done = self.0.push(chunk, &mut |bytes| out.extend_from_slice(bytes));
        done.map(|()| out).map_err(|fault| fault.to_string())
    }

    /// Gives out what is left.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn finish(&mut self) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let done = self.0.finish(&mut |bytes| out.extend_from_slice(bytes));
        done.map(|()| out).map_err(|fault| fault.to_string())
    }
}
