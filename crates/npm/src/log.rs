//! Whole logs of any kind, including compressed and binary ones: the report, and the verdict about
//! each event. They use the same code as the commands `report` and `classify`. JavaScript reads the
//! log and passes its chunks. They are only in the larger WASM module, `crypt32_full`, so that the
//! filter's module stays small.
//!
//! Both are called like a `Session` of the command: `push` for each chunk and `endInput` at the end,
//! and after each of them `flush`. If `wantsSurvey` is true before `flush`, the order of month and
//! day in the dates is not known, and a caller that can read the log again passes it to `survey`
//! from its beginning, until that returns true.

use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use crypt32_cli::{
    args::{Format, Selection},
    classify::Classifying,
    reading::{Findings, Reading},
    report::Reporting,
};
use crypt32_filter::{
    report::{self, REVIEWS},
    time::DateOrder,
    verdict::Outcome,
};

use crate::options;

/// The number of bytes after which the events are counted or written. It limits the memory for
/// pending events.
const PIECE: usize = 16 << 10;

/// The options of [`LogReport`] that are not options of the policy.
const OPTIONS: [&str; 2] = ["format", "dateOrder"];

/// Collects the report on one log.
#[wasm_bindgen]
pub struct LogReport(Reporting);

#[wasm_bindgen]
impl LogReport {
    /// Creates a report. `options` is a JSON object with the options of the policy, `format` and
    /// `dateOrder`. `others` are the names of options that the caller also takes, with commas.
    ///
    /// # Errors
    /// The message says which option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, others: Option<String>) -> Result<LogReport, String> {
        let others = others.unwrap_or_default();
        let mut members = options::members(options)?;
        let names = [&OPTIONS, &*options::names(&others)].concat();
        let reading = reading(&mut members, Findings::Reviews(REVIEWS), &names)?;
        Ok(Self(Reporting::of(reading, report::Format::Json)))
    }

    /// Reads the next chunk of the log. Chunk boundaries can be anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(PIECE) {
            self.0.reading.push(piece);
            if !self.wants_survey() {
                self.flush();
            }
        }
    }

    /// Ends the log.
    #[wasm_bindgen(js_name = endInput)]
    pub fn end_input(&mut self) {
        self.0.reading.end_input();
    }

    /// Whether the order of month and day needs a pre-scan of the whole log.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&self) -> bool {
        self.0.reading.wants_survey()
    }

    /// Pre-scans the next chunk of the log, from its beginning. Returns whether the order is known.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.0.reading.survey(chunk)
    }

    /// Counts the events since the last call.
    pub fn flush(&mut self) {
        self.0.flush();
    }

    /// Returns the report as JSON.
    pub fn finish(&mut self) -> Vec<u8> {
        let mut report = Vec::new();
        self.0.finish(&mut |bytes| report.extend_from_slice(bytes));
        report
    }

    /// Returns notes about what could not be read, and where, one per line. Call it after
    /// [`Self::end_input`].
    pub fn notes(&mut self) -> Vec<String> {
        self.0.reading.notes()
    }

    /// Whether the log could not be read to its end.
    pub fn failed(&self) -> bool {
        self.0.reading.failed()
    }
}

/// Classifies each event of one log.
#[wasm_bindgen]
pub struct LogVerdicts {
    classifying: Classifying,
    /// The output that JavaScript has not fetched yet.
    out: Vec<u8>,
}

#[wasm_bindgen]
impl LogVerdicts {
    /// Creates a reader. `options` is a JSON object with the options of [`LogReport`] and `only`, a
    /// list of outcomes. `others` are the names of options that the caller also takes, with commas.
    ///
    /// # Errors
    /// The message says which option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str, others: Option<String>) -> Result<LogVerdicts, String> {
        let others = others.unwrap_or_default();
        let mut members = options::members(options)?;
        let only = take(&mut members, "only", outcomes, || {
            format!("a list of {}", Outcome::WORDS.join(", "))
        })?;
        let names = [&OPTIONS, &["only"][..], &options::names(&others)].concat();
        let reading = reading(&mut members, Findings::All, &names)?;
        let selection = Selection { only, ..Selection::default() };
        Ok(Self { classifying: Classifying::of(reading, selection), out: Vec::new() })
    }

    /// Reads the next chunk of the log. Chunk boundaries can be anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        for piece in chunk.chunks(PIECE) {
            self.classifying.reading.push(piece);
            if !self.wants_survey() {
                self.write();
            }
        }
    }

    /// Ends the log.
    #[wasm_bindgen(js_name = endInput)]
    pub fn end_input(&mut self) {
        self.classifying.reading.end_input();
    }

    /// Whether the order of month and day needs a pre-scan of the whole log.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&self) -> bool {
        self.classifying.reading.wants_survey()
    }

    /// Pre-scans the next chunk of the log, from its beginning. Returns whether the order is known.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.classifying.reading.survey(chunk)
    }

    /// Returns the verdicts since the last call: one JSON object per line.
    pub fn flush(&mut self) -> Vec<u8> {
        self.write();
        core::mem::take(&mut self.out)
    }

    /// Returns notes about what could not be read, and where, one per line. Call it after
    /// [`Self::end_input`].
    pub fn notes(&mut self) -> Vec<String> {
        self.classifying.reading.notes()
    }

    /// Whether the log could not be read to its end.
    pub fn failed(&self) -> bool {
        self.classifying.reading.failed()
    }
}

impl LogVerdicts {
    fn write(&mut self) {
        let Self { classifying, out } = self;
        classifying.flush(&mut |bytes| out.extend_from_slice(bytes));
    }
}

/// The reader that the options describe. `names` are those that are not options of the policy.
fn reading(
    members: &mut Map<String, Value>,
    findings: Findings,
    names: &[&str],
) -> Result<Reading, String> {
    let format =
        take(members, "format", |value| Format::from_name(value.as_str()?), Format::names)?;
    let order = |value: &Value| value.as_str()?.parse().ok();
    let order = take(members, "dateOrder", order, || DateOrder::WORDS.join(", "))?;
    let policy = options::from_members(members, names)?;
    Ok(Reading::new(policy, format.unwrap_or_default(), order, findings))
}

/// Removes an option, and parses its value.
fn take<T>(
    members: &mut Map<String, Value>,
    name: &str,
    parse: impl Fn(&Value) -> Option<T>,
    allowed: impl Fn() -> String,
) -> Result<Option<T>, String> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match parse(&value) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("option \"{name}\" takes {}", allowed())),
        },
    }
}

fn outcomes(list: &Value) -> Option<Vec<Outcome>> {
    list.as_array()?.iter().map(|word| word.as_str()?.parse().ok()).collect()
}
