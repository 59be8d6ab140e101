//! The second module of the npm package: whole logs of any kind, packed and binary ones too. The
//! session is that of the command `report`; what Node or a browser reads goes in piece by piece.

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

/// A report that is being gathered from one log.
#[wasm_bindgen]
pub struct LogReport(Reporting);

#[wasm_bindgen]
impl LogReport {
    /// A report with these options, which are a JSON object: those of the policy, `format` and
    /// `date_order`.
    ///
    /// # Errors
    /// What is wrong with the options.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<LogReport, String> {
        let options: Value = serde_json::from_str(options).map_err(|error| error.to_string())?;
        let reading = reading(options).map_err(|error| error.to_string())?;
        Ok(Self(Reporting::of(reading, report::Format::Json)))
    }

    /// Takes in a piece of the log, cut anywhere.
    pub fn push(&mut self, chunk: &[u8]) {
        self.0.reading.push(chunk);
        self.0.flush();
    }

    /// Ends the log. Gives the report as JSON.
    pub fn finish(&mut self) -> Vec<u8> {
        self.0.reading.end_input();
        self.0.flush();
        let mut report = Vec::new();
        self.0.finish(&mut |bytes| report.extend_from_slice(bytes));
        report
    }

    /// What could not be read, and where: a line each. To be asked after the end.
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
    OptionError { option: option.to_owned(), allowed, unknown: false }
}
