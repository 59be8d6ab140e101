//! A module without imports that takes options: it judges a column of records for the processor for
//! the OpenTelemetry Collector, and a message of Apache Camel.
//!
//! Source: `org.apache.camel.wasm.WasmFunction` and `WasmSupport` of Apache Camel 4.14.0.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use crypt32_filter::{
    engine::{
        decide::{Context, Decision, Engine, Judgement},
        ledger::Ledger,
        preflight,
    },
    policy::{Action, Policy},
    record::without_line_end,
    verdict::Outcome,
};
use serde_json::Value;

#[cfg(target_arch = "wasm32")]
mod abi;

/// The bit of a judgement that says that the record is dropped.
pub const DROP: u8 = 1 << 4;

/// Judges records.
#[derive(Debug)]
pub struct Records {
    engine: Engine,
    /// The ledger is never shown, because the hosts count.
    ledger: Ledger,
}

impl Default for Records {
    fn default() -> Self {
        Self::new(Policy { action: Action::Drop, ..Policy::default() })
    }
}

impl Records {
    /// Creates a judge with this policy.
    pub fn new(policy: Policy) -> Self {
        Self { engine: Engine::in_little_memory(policy), ledger: Ledger::bounded(0) }
    }

    /// Creates a judge with the options of a JSON object.
    ///
    /// # Errors
    /// Says which option is wrong, and what it takes.
    pub fn with_options(json: &[u8]) -> Result<Self, String> {
        let options: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        Policy::from_json(&options).map(Self::new).map_err(|error| error.to_string())
    }

    fn decide(&mut self, record: &[u8]) -> Judgement<'_> {
        // A record may contain a line end, while a line of a file does not.
        self.engine.decide(without_line_end(record), Context::default(), &mut self.ledger)
    }

    /// Appends a byte for each record of a column, in which each record follows its length (four
    /// bytes, little-endian). Its lowest two bits are 1 for benign and 2 for review, the next two
    /// are 1 to 3 for the bases in their order, and [`DROP`] is set if the record is dropped. Stops
    /// at a length that is wrong, or without memory for the answer.
    pub fn judge(&mut self, mut column: &[u8], out: &mut Vec<u8>) {
        while let Some((record, rest)) = take(column) {
            let judgement = self.decide(record);
            let (verdict, basis) = match judgement.marks {
                Some(marks) => (marks.verdict, marks.basis.map_or(0, |basis| 1 + basis as u8)),
                None => (judgement.outcome, 0),
            };
            let drop = if judgement.decision == Decision::Drop { DROP } else { 0 };
            if out.try_reserve(1).is_err() {
                return;
            }
            out.push(verdict as u8 | basis << 2 | drop);
            column = rest;
        }
    }

    /// The action (`drop` or `pass`) and the verdict for a message of Camel. A message that cannot
    /// be read passes.
    pub fn camel(&mut self, message: &[u8]) -> (&'static str, &'static str) {
        let (mut action, mut verdict) = ("pass", Outcome::Unrelated.as_str());
        // The message, its body as text, and its bytes are in memory at the same time.
        if message.len().checked_mul(3).is_some_and(preflight::can_reserve)
            && let Ok(message) = serde_json::from_slice::<Value>(message)
            && let Some(body) = message.get("body").and_then(Value::as_str)
            && let Ok(body) = STANDARD.decode(body)
        {
            let judgement = self.decide(&body);
            if judgement.decision == Decision::Drop {
                action = "drop";
            }
            verdict = judgement.outcome.as_str();
        }
        (action, verdict)
    }
}

/// Takes the next record of a column.
fn take(column: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = column.split_first_chunk()?;
    rest.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
}
