//! The report on a whole log of any kind, including compressed and binary logs. It uses the same
//! code as the command `report`. JavaScript reads the log and passes its chunks. It is
//! only in the larger WASM module, `crypt32_full`, so that the filter's module stays small.

use serde_json::Value;
use wasm_bindgen::prelude::*;

use crypt32_cli::{
    args::Format,
    reading::{Findings, Reading},
    report::Reporting,
};
use crypt32_filter::{
    policy::{OPTIONS, OptionError, Policy},
    report::{self, REVIEWS},
    time::DateOrder,
};

/// Collects the report on one log.
#[wasm_bindgen]
pub struct LogReport(Reporting);

#[wasm_bindgen]
impl LogReport {
    /// Creates a report. `options` is a JSON object with the options of the policy, `format` and
    /// `date_order`.
    ///
    /// # Errors
    /// The message says which option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<LogReport, String> {
        let options: Value = serde_json::from_str(options).map_err(|error| error.to_string())?;
        let reading = reading(options).map_err(|error| error.to_string())?;
        Ok(Self(Reporting::of(reading, report::Format::Json)))
    }

    /// Reads the next chunk of the log. Chunk boundaries can be anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        self.0.reading.push(chunk);
        self.0.flush();
    }

    /// Ends the log, and returns the report as JSON.
    pub fn finish(&mut self) -> Vec<u8> {
        self.0.reading.end_input();
        self.0.flush();
        let mut report = Vec::new();
        self.0.finish(&mut |bytes| report.extend_from_slice(bytes));
        report
    }

    /// Returns notes about what could not be read, and where, one per line. Call it after
    /// [`Self::finish`].
    pub fn notes(&mut self) -> Vec<String> {
        self.0.reading.notes()
    }

    /// Whether the log could not be read to its end.
    pub fn failed(&self) -> bool {
        self.0.reading.failed()
    }
}

fn reading(mut options: Value) -> Result<Reading, OptionError> {
    let mut take = |name| options.as_object_mut().and_then(|all| all.remove(name));
    let format = match take("format") {
        None | Some(Value::Null) => Format::default(),
        Some(value) => value
            .as_str()
            .and_then(Format::from_name)
            .ok_or_else(|| wrong("format", Format::names()))?,
    };
    let order = match take("date_order") {
        None | Some(Value::Null) => None,
        Some(value) => Some(
            value
                .as_str()
                .and_then(|word| word.parse().ok())
                .ok_or_else(|| wrong("date_order", DateOrder::WORDS.join(", ")))?,
        ),
    };
    let policy = Policy::from_json(&options).map_err(|error| OptionError {
        allowed: if error.unknown {
            format!("{}, format, date_order", OPTIONS.join(", "))
        } else {
            error.allowed
        },
        ..error
    })?;
    Ok(Reading::new(policy, format, order, Findings::Reviews(REVIEWS)))
}

fn wrong(option: &str, allowed: String) -> OptionError {
    OptionError { option: option.to_owned(), allowed, ..OptionError::default() }
}
