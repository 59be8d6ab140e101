//! WebAssembly functions for `ClickHouse`: a column of records in, a column of answers out.
//!
//! ABI `BUFFERED_V1` with `RowBinary`: one buffer per block. A String is its length (LEB128) and
//! its bytes, and a `UInt8` is a byte.
//!
//! Source: `docs/en/sql-reference/functions/wasm_udf.md` of `ClickHouse`.

use crypt32_filter::{
    engine::{
        decide::{Context, Decision, Engine, Judgement, Unread},
        ledger::Ledger,
    },
    policy::{Action, Policy},
    record::without_line_end,
    verdict::Outcome,
};

#[cfg(target_arch = "wasm32")]
mod abi;

/// The exported functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `crypt32_verdict(line) -> String`: `unrelated`, `benign` or `review`.
    Verdict,
    /// `crypt32_benign(line) -> UInt8`: 1 for a record that the filter would drop.
    Benign,
}

/// Judges blocks of records.
#[derive(Debug)]
pub struct Columns {
    engine: Engine,
    /// The ledger is never shown: a query has no use for it, and it would make the module larger.
    ledger: Ledger,
}

impl Default for Columns {
    fn default() -> Self {
        let policy = Policy { action: Action::Drop, ..Policy::default() };
        Self { engine: Engine::in_little_memory(policy), ledger: Ledger::bounded(0) }
    }
}

impl Columns {
    /// Writes one answer per announced row. If the block ends too early, the missing rows are
    /// unrelated. Returns `None` if memory ran out.
    pub fn answer(
        &mut self,
        function: Function,
        rows: usize,
        block: &[u8],
        out: &mut Vec<u8>,
    ) -> Option<()> {
        out.clear();
        let longest = match function {
            // The first byte is the length.
            Function::Verdict => 1 + Outcome::Unrelated.as_str().len(),
            Function::Benign => 1,
        };
        out.try_reserve_exact(rows.checked_mul(longest)?).ok()?;
        let mut rest = block;
        for _ in 0..rows {
            let record = take_string(&mut rest).unwrap_or_default();
            let judgement = self.decide(record)?;
            match function {
                Function::Benign => out.push(u8::from(judgement.decision == Decision::Drop)),
                Function::Verdict => {
                    let word = judgement.outcome.as_str();
                    out.push(u8::try_from(word.len()).unwrap_or_default());
                    out.extend_from_slice(word.as_bytes());
                }
            }
        }
        Some(())
    }

    /// Returns `None` if memory ran out. Then the query must fail, as any answer could be wrong.
    fn decide(&mut self, record: &[u8]) -> Option<Judgement<'_>> {
        // A value may contain a line end, while a line of a file does not.
        let record = without_line_end(record);
        let judgement = self.engine.decide(record, Context::default(), &mut self.ledger);
        (judgement.unread != Some(Unread::NoMemory)).then_some(judgement)
    }
}

/// Takes the next String of a block.
fn take_string<'a>(block: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut length = 0_u64;
    for (i, &byte) in block.iter().enumerate().take(9) {
        length |= u64::from(byte & 0x7F) << (7 * i);
        if byte < 0x80 {
            let rest = &block[i + 1..];
            let (string, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
            *block = rest;
            return Some(string);
        }
    }
    *block = &[];
    None
}

#[cfg(test)]
mod tests {
    use super::take_string;

    #[test]
    fn reads_strings_by_their_lengths() {
        let long = [&[0xAC, 0x02][..], &[b'x'; 300], b"\x00\x01y"].concat();
        let mut block = long.as_slice();
        assert_eq!(take_string(&mut block), Some(&[b'x'; 300][..]));
        assert_eq!(take_string(&mut block), Some(&b""[..]));
        assert_eq!(take_string(&mut block), Some(&b"y"[..]));
        assert_eq!(take_string(&mut block), None);
        assert_eq!(take_string(&mut &b"\x05abc"[..]), None);
        assert_eq!(take_string(&mut &[0xFF; 20][..]), None);
    }
}
