//! The whole library as a module, so that an interpreter can count the steps that an input takes.
//! Fuel is the same on every machine, which no clock is.

use std::cell::RefCell;

#[cfg(not(target_family = "wasm"))]
pub mod inputs;

use crypt32_filter::{
    classify::classify,
    explain::{Style, card},
    filter::{Filter, Piece},
    finding::Finding,
    policy::{Action, Policy},
    reader::{frame::Format, log::Log, survey::Survey},
    related::related,
    report::{self, Report, Seen},
    time::Time,
};
use crypt32_host as _;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Where an input of this length is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; length];
        input.as_mut_ptr()
    })
}

/// Gives the input to a surface: 0 is the filter, 1 what `classify`, `explain` and `report` do with a
/// log. Says how many bytes came out.
#[unsafe(no_mangle)]
pub extern "C" fn run(surface: u32) -> usize {
    INPUT.with_borrow(|input| if surface == 0 { filter(input) } else { read(input, &ALL) })
}

/// Filters a stream.
pub fn filter(input: &[u8]) -> usize {
    let mut filter = Filter::new(Policy { action: Action::Tag, ..Policy::default() });
    let mut bytes = 0;
    let mut out = |piece: Piece<'_>| {
        bytes += match piece {
            Piece::Chunk(span) => span.len(),
            Piece::Bytes(bytes) => bytes.len(),
        };
    };
    filter.push(input, &mut out);
    filter.finish(&mut out);
    bytes
}

/// What is said about the events of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Report,
    Classify,
    Explain,
}

/// All of it.
pub const ALL: [Said; 3] = [Said::Report, Said::Classify, Said::Explain];

/// Reads a log, and says this about it.
pub fn read(input: &[u8], said: &[Said]) -> usize {
    let policy = Policy::default();
    let (mut log, mut survey) = (Log::new(Format::Auto), Survey::new(Format::Auto));
    let (mut report, mut bytes) = (Report::default(), 0);
    let mut found = |found: crypt32_filter::reader::stream::Found<'_>| {
        let event = found.event_read;
        let time = event.time().and_then(Time::parse);
        survey.see(time);
        let verdict = classify(event, &policy);
        if said.contains(&Said::Classify) {
            let finding = Finding::of(event, &policy, None);
            bytes += serde_json::to_string(&finding).map_or(0, |text| text.len());
        }
        if said.contains(&Said::Explain) {
            let finding = Finding::of(event, &policy, None);
            bytes += card(&finding, Style { color: false }).len();
        }
        report.see(Seen {
            computer: event.computer(),
            when: time.and_then(|time| time.resolve(None)),
            verdict: &verdict,
            related: related(event),
            carved: found.carved,
        });
    };
    log.push(input, &mut found);
    log.finish(&mut found);
    let mut text = Vec::new();
    // Writing to memory cannot fail.
    let _ = report.finish().write(report::Format::default(), &mut text);
    bytes + text.len() + log.notes().len()
}

/// What the crate `evtx` seeds its hashes with.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    bytes: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: `getrandom` gives a buffer of this length.
    unsafe { core::slice::from_raw_parts_mut(bytes, length) }.fill(1);
    Ok(())
}
