//! The whole library as a module, so that an interpreter can count the steps for an input. Unlike
//! time, fuel is the same on every machine.

use std::cell::RefCell;

#[cfg(not(target_family = "wasm"))]
pub mod inputs;

use crypt32_cli::{args::Cli, session::Session};
use crypt32_filter::report::style::Style;
use crypt32_host as _;

/// The measured commands with their arguments. `explain` prints a card for every event.
pub const COMMANDS: [&[&str]; 5] = [
    &["filter"],
    &["filter", "--output", "ndjson"],
    &["report"],
    &["classify"],
    &["explain", "--only", "benign,review,unrelated"],
];

/// The number of bytes per read.
const CHUNK: usize = 256 << 10;

/// A command that processes an input.
pub struct Work {
    session: Session,
    input: Vec<u8>,
}

impl Work {
    /// Parses the arguments and starts the session. This cost does not depend on the length of the
    /// input.
    pub fn new(command: &[&str], input: Vec<u8>) -> Self {
        let cli = Cli::parse_from_args(command).unwrap_or_else(|ended| panic!("{}", ended.text));
        let session = Session::new(&cli, Style::default());
        let session = session.unwrap_or_else(|ended| panic!("{}", ended.text));
        Self { session, input }
    }

    /// Runs the command, and returns the number of output bytes.
    pub fn run(mut self) -> usize {
        let mut bytes = 0;
        let mut write = |out: &[u8]| bytes += out.len();
        self.session.begin_input("-", false, false);
        for chunk in self.input.chunks(CHUNK) {
            self.session.push(chunk, &mut write);
            flush(&mut self.session, &self.input, &mut write);
        }
        self.session.end_input(&mut write);
        flush(&mut self.session, &self.input, &mut write);
        self.session.next_input();
        self.session.finish(&mut write);
        bytes + self.session.warnings(0).len()
    }
}

/// Writes the available output. First scans the whole input if its dates require it.
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

/// Allocates an input of this length, and returns its address.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(length: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; length];
        input.as_mut_ptr()
    })
}

/// Prepares one of [`COMMANDS`] for the input.
#[unsafe(no_mangle)]
pub extern "C" fn prepare(command: usize) {
    let work = Work::new(COMMANDS[command], INPUT.take());
    WORK.set(Some(work));
}

/// Runs the prepared command, and returns the number of output bytes.
#[unsafe(no_mangle)]
pub extern "C" fn run() -> usize {
    WORK.take().map_or(0, Work::run)
}

/// The hash seed of the crate `evtx`.
#[cfg(target_family = "wasm")]
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    bytes: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    // SAFETY: `getrandom` passes a buffer of this length.
    unsafe { core::slice::from_raw_parts_mut(bytes, length) }.fill(1);
    Ok(())
}
