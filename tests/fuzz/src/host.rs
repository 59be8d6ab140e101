//! Compares Fluent Bit's functions with the native filter, record by record, and checks their
//! memory.

use crypt32_filter::{
    engine::filter::{Filter, Piece},
    policy::{Accept, Action, Policy},
    prefilter,
    verdict::Basis,
};
use crypt32_functions::fluent_bit::{Answer, Function, Functions};
use crypt32_host::arena::Arena;

use super::{record, take::Take};

/// Sends lines as records to functions that the bytes choose.
pub fn fluent_bit(data: &[u8]) {
    let mut take = Take::from(data);
    let choice = take.byte();
    if choice == 255 {
        return arena(take);
    }
    let seconds = u32::from(take.byte()) << 8;
    let mut functions = Functions::new();
    for (number, record) in (0..).zip(take.rest().split(|b| *b == b'\n')) {
        let function = Function::ALL[(usize::from(choice) + number) % Function::ALL.len()];
        let answer = functions.call(function, seconds.wrapping_mul(number as u32), record);
        if !prefilter::may_contain_candidate(record) {
            assert_eq!(answer, Answer::Unchanged);
            continue;
        }
        // A stream can have a mark before the record and a carriage return after it; a call has
        // neither.
        if record.starts_with(b"\xEF\xBB\xBF") || record.ends_with(b"\r") {
            continue;
        }
        let (native, dropped) = native(function, record);
        match answer {
            Answer::Unchanged => assert!(native == record && !dropped),
            Answer::Nothing => assert!(dropped),
            Answer::Instead(text) => {
                let text = text.strip_suffix(b"\0").expect("a NUL ends it");
                if dropped {
                    let notice: serde_json::Value = serde_json::from_slice(text).expect("a notice");
                    assert!(notice["kb"]["ledger"]["dropped"].as_u64() > Some(0));
                } else {
                    assert!(text == native);
                }
            }
        }
    }
}

fn native(function: Function, record: &[u8]) -> (Vec<u8>, bool) {
    use Function::{Drop, DropCause, DropCauseLedger, DropLedger, Observe, Tag};
    let accept = match function {
        DropCause | DropCauseLedger => record::accept_all(),
        Observe | Tag | Drop | DropLedger => {
            [Basis::Listed, Basis::Sibling].into_iter().collect::<Accept>()
        }
    };
    let action = match function {
        Observe => Action::Observe,
        Tag => Action::Tag,
        _ => Action::Drop,
    };
    let mut filter = Filter::new(Policy { action, accept, ..Policy::default() });
    let mut out = Vec::new();
    let mut take = |piece: Piece<'_>| match piece {
        Piece::Chunk(span) => out.extend_from_slice(&record[span]),
        Piece::Bytes(bytes) => out.extend_from_slice(bytes),
    };
    filter.push(record, &mut take);
    filter.finish(&mut take);
    (out, filter.ledger().dropped == 1)
}

/// Allocates and frees blocks like a host; no two blocks overlap.
pub fn arena(mut take: Take<'_>) {
    let mut arena = Box::new(Arena::new());
    let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
    let mut mark = 0_u8;
    let give = |arena: &mut Arena, (block, size, mark): (*mut u8, usize, u8)| {
        // SAFETY: This is a block of the arena with that size, filled below.
        let bytes = unsafe { core::slice::from_raw_parts(block, size) };
        assert!(bytes.iter().all(|byte| *byte == mark), "another block was written into");
        // SAFETY: The arena returned this block, and it was not freed before.
        unsafe { arena.free(block) };
    };
    while !take.is_empty() {
        let choice = take.byte();
        if choice & 1 == 0 && !blocks.is_empty() {
            let block = blocks.swap_remove(usize::from(choice >> 1) % blocks.len());
            give(&mut arena, block);
        } else {
            let size = usize::try_from(take.number()).expect("16 bits")
                + usize::from(choice >> 7) * 65_000;
            let block = arena.alloc(size);
            assert!(!block.is_null() && block.addr().is_multiple_of(8));
            mark = mark.wrapping_add(1);
            // SAFETY: This is a new block of that size.
            unsafe { block.write_bytes(mark, size) };
            blocks.push((block, size, mark));
        }
    }
    for block in blocks.drain(..) {
        give(&mut arena, block);
    }
}
