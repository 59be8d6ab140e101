//! The whole library as a module, so that an interpreter can count the steps that an input takes.
//! Fuel is the same on every machine, which no clock is.

use std::cell::RefCell;

#[cfg(not(target_family = "wasm"))]
pub mod inputs;

use crypt32_cli::{args::Cli, session::Session};
use crypt32_filter::report::style::Style;
use crypt32_host as _;

/// The commands that are measured, as they are run: `explain` with a card for every event.
pub const COMMANDS: [&[&str]; 5] = [
    &["filter"],
    &["filter", "--output", "ndjson"],
    &["report"],
    &["classify"],
    &["explain", "--only", "benign,review,unrelated"],
];

/// How much is read at once.
const CHUNK: usize = 256 << 10;

/// A command at work on an input.
pub struct Work {
    session: Session,
    input: Vec<u8>,
}

impl Work {
    /// What is done once, however long the input is.
    pub fn new(command: &[&str], input: Vec<u8>) -> Self {
        let cli = Cli::parse_from_args(command).unwrap_or_else(|ended| panic!("{}", ended.text));
        let session = Session::new(&cli, Style::default());
        let session = session.unwrap_or_else(|ended| panic!("{}", ended.text));
        Self { session, input }
    }

    /// Runs it; says how many bytes came out.
    pub fn run(mut self) -> usize {
        let mut bytes = 0;
        let mut write = |out: &[u8]| bytes += out.len();
        self.session.begin_input("-");
        for chunk in self.input.chunks(CHUNK) {
            self.session.push(chunk, &mut write);
            flush(&mut self.session, &self.input, &mut write);
        }
        self.session.end_input(&mut write);
        flush(&mut self.session, &self.input, &mut write);
        self.session.next_input();
        self.session.finish(&mut write);
        bytes + self.session.warnings().len()
    }
}

/// Lets out what was read; looks through the whole input first, where its dates ask for that.
fn flush(session: &mut Session, input: &[u8], write: &mut dyn FnMut(&[u8])) {
    if session.wants_survey() {
        let _ = input.chunks(CHUNK).any(|chunk| session.survey(chunk));
    }
    session.flush(write);
}

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static WORK: RefCell<Option<Work>> = const { RefCell::new(None) };
}

/// Where an input of this length is to be written.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; length];
        input.as_mut_ptr()
    })
}

/// Makes one of [`COMMANDS`] ready for the input.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(command: usize) {
    let work = Work::new(COMMANDS[command], INPUT.take());
    WORK.set(Some(work));
}

/// Runs it; says how many bytes came out.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    WORK.take().map_or(0, Work::run)
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
