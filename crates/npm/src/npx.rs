//! The command line for Node, with the same arguments and the same session as the native program.
//! Like [`crate::log`], it is only in the larger WASM module, `crypt32_full`.
//! `ts/wasm-command.ts` does the input and output.

use wasm_bindgen::prelude::*;

use crypt32_cli::{
    args::{Cli, Color, Exit},
    session::Session,
};
use crypt32_filter::{
    engine::ledger::Ledger,
    report::{escape, style::Style},
};

/// Escapes a text for a terminal, so that it contains no control sequences.
#[wasm_bindgen]
pub fn visible(text: &str) -> String {
    escape::visible(text).into_owned()
}

/// Whether these bytes are a saved ledger.
#[wasm_bindgen(js_name = isLedger)]
pub fn is_ledger(json: &[u8]) -> bool {
    Ledger::is_in(json)
}

/// A text that ends the program, and its exit code: help, completions, or an error.
#[wasm_bindgen]
pub struct Stop(Exit);

#[wasm_bindgen]
impl Stop {
    /// The text to print: on standard output if the code is 0, else on standard error.
    #[wasm_bindgen(getter)]
    pub fn text(&self) -> String {
        self.0.text.clone()
    }

    /// The exit code.
    #[wasm_bindgen(getter)]
    pub fn code(&self) -> u8 {
        self.0.exit_code
    }
}

/// The properties of a standard stream.
#[wasm_bindgen]
#[derive(Clone, Copy)]
pub struct Screen {
    colors: bool,
    columns: usize,
}

#[wasm_bindgen]
impl Screen {
    /// `colors` says whether the stream is a terminal whose user wants colours. `columns` is the
    /// width of the terminal, or 0.
    #[wasm_bindgen(constructor)]
    pub fn new(colors: bool, columns: usize) -> Self {
        Self { colors, columns }
    }
}

impl Screen {
    fn style(self, cli: &Cli) -> Style {
        let color = match cli.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => self.colors,
        };
        Style { color, width: Some(self.columns).filter(|columns| *columns > 0) }
    }
}

/// The arguments of the program.
#[wasm_bindgen]
pub struct Arguments(Cli);

#[wasm_bindgen]
impl Arguments {
    /// Parses the arguments, without the program's name.
    ///
    /// # Errors
    /// Returns a [`Stop`] if help was requested, or if an argument is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(args: Vec<String>) -> Result<Arguments, Stop> {
        Cli::parse_from_args(args).map(Self).map_err(Stop)
    }

    /// The path of the policy file, if one was named.
    #[wasm_bindgen(js_name = policyFile)]
    pub fn policy_file(&self) -> Option<String> {
        self.0.policy_file().map(|path| path.display().to_string())
    }

    /// Takes the content of the policy file.
    ///
    /// # Errors
    /// Returns a [`Stop`] that says what is wrong in the file.
    #[wasm_bindgen(js_name = usePolicy)]
    pub fn use_policy(&mut self, json: &[u8]) -> Result<(), Stop> {
        self.0.use_policy(json).map_err(Stop)
    }
}

/// A run of the program.
#[wasm_bindgen]
pub struct Program {
    cli: Cli,
    session: Session,
    stderr: Style,
    /// The ledger when all counted records were last known to be written.
    settled: Option<Ledger>,
    /// The output that JavaScript has not fetched yet.
    out: Vec<u8>,
}

#[wasm_bindgen]
impl Program {
    /// Starts the command for these standard streams.
    ///
    /// # Errors
    /// Returns a [`Stop`] if an option is invalid, or if the command only prints a text.
    #[wasm_bindgen(constructor)]
    pub fn new(args: Arguments, stdout: Screen, stderr: Screen) -> Result<Program, Stop> {
        let Arguments(cli) = args;
        let session = Session::new(&cli, stdout.style(&cli)).map_err(Stop)?;
        let settled = session.ledger();
        let stderr = stderr.style(&cli);
        Ok(Self { cli, session, stderr, settled, out: Vec::new() })
    }

    /// Whether the command opens folders and archives.
    #[wasm_bindgen(getter, js_name = opensInputs)]
    pub fn opens_inputs(&self) -> bool {
        self.cli.opens_inputs()
    }

    /// The note about a folder or an archive with this number of files, for standard error.
    pub fn note(&self, name: &str, files: usize) -> String {
        self.cli.note(name, files)
    }

    /// The files to read, with `-` for standard input. The list is never empty.
    pub fn files(&self) -> Vec<String> {
        self.cli.files().into_iter().map(|path| path.display().to_string()).collect()
    }

    /// The path of the ledger file, if one was requested.
    #[wasm_bindgen(js_name = ledgerFile)]
    pub fn ledger_file(&self) -> Option<String> {
        self.cli.ledger().map(|path| path.display().to_string())
    }

    /// Whether to suppress everything except results and errors.
    #[wasm_bindgen(getter)]
    pub fn quiet(&self) -> bool {
        self.cli.quiet
    }

    /// Begins an input. Messages use `name` for it. Results use it too if there are several inputs.
    /// A live input can go on for hours, unlike a file.
    #[wasm_bindgen(js_name = beginInput)]
    pub fn begin_input(&mut self, name: &str, several: bool, live: bool) {
        self.session.begin_input(name, several, live);
    }

    /// Whether the files in an archive are read after the archive itself.
    #[wasm_bindgen(getter, js_name = looksIntoArchives)]
    pub fn looks_into_archives(&self) -> bool {
        self.cli.looks_into_archives()
    }

    /// The current input is an archive: the files in it follow.
    #[wasm_bindgen(js_name = beginArchive)]
    pub fn begin_archive(&mut self) {
        self.session.begin_archive();
    }

    /// The current input is a file in an archive.
    #[wasm_bindgen(js_name = beginInside)]
    pub fn begin_inside(&mut self) {
        self.session.begin_inside();
    }

    /// Reads a chunk of the current input.
    pub fn push(&mut self, chunk: &[u8]) {
        let Self { session, out, .. } = self;
        session.push(chunk, &mut |bytes| out.extend_from_slice(bytes));
    }

    /// Ends the current input.
    #[wasm_bindgen(js_name = endInput)]
    pub fn end_input(&mut self) {
        let Self { session, out, .. } = self;
        session.end_input(&mut |bytes| out.extend_from_slice(bytes));
    }

    /// Whether the order of month and day needs a pre-scan of the whole input.
    #[wasm_bindgen(js_name = wantsSurvey)]
    pub fn wants_survey(&mut self) -> bool {
        self.session.wants_survey()
    }

    /// Pre-scans the next chunk of the input, from its beginning. Returns whether the order is
    /// known, so that the pre-scan can stop.
    pub fn survey(&mut self, chunk: &[u8]) -> bool {
        self.session.survey(chunk)
    }

    /// Returns all output since the last call.
    pub fn flush(&mut self) -> Vec<u8> {
        let Self { session, out, .. } = self;
        session.flush(&mut |bytes| out.extend_from_slice(bytes));
        core::mem::take(out)
    }

    /// Prepares for the next input.
    #[wasm_bindgen(js_name = nextInput)]
    pub fn next_input(&mut self) {
        self.session.next_input();
    }

    /// Ends the command, and returns the rest of the output.
    pub fn finish(&mut self) -> Vec<u8> {
        let Self { session, out, .. } = self;
        session.finish(&mut |bytes| out.extend_from_slice(bytes));
        core::mem::take(out)
    }

    /// The ledger so far, as JSON; `undefined` for commands without a ledger.
    pub fn ledger(&self) -> Option<String> {
        serde_json::to_string(&self.session.ledger()?).ok()
    }

    /// Records that all counted records were written.
    pub fn settle(&mut self) {
        self.settled = self.session.ledger();
    }

    /// The ledger at the last call of [`Self::settle`], as JSON.
    #[wasm_bindgen(js_name = settledLedger)]
    pub fn settled_ledger(&self) -> Option<String> {
        serde_json::to_string(self.settled.as_ref()?).ok()
    }

    /// The message before standard input is read from a terminal.
    #[wasm_bindgen(getter)]
    pub fn waits(&self) -> String {
        if self.cli.quiet { String::new() } else { format!("{}\n", Session::WAITS) }
    }

    /// Whether nothing may be written to standard error before the input ends.
    #[wasm_bindgen(getter)]
    pub fn replies(&self) -> bool {
        self.cli.replies()
    }

    /// Whether a summary was requested.
    #[wasm_bindgen(getter)]
    pub fn summarises(&self) -> bool {
        self.cli.summary()
    }

    /// The final text for standard error: the summary, or one line if standard error is a terminal.
    pub fn closing(&mut self, terminal: bool) -> String {
        if let Some(summary) = self.session.summary(self.stderr) {
            return summary;
        }
        let wanted = terminal && !self.cli.quiet && self.session.has_read();
        let line = self.session.closing_line().filter(|_| wanted);
        line.map_or_else(String::new, |line| line + "\n")
    }

    /// Returns the warnings for standard error since the last call, one per line. `now` is a time in
    /// seconds.
    pub fn warnings(&mut self, now: u32) -> Vec<String> {
        self.session.warnings(now.into())
    }

    /// The exit code. `failed` is that of an error in an input.
    #[wasm_bindgen(js_name = exitCode)]
    pub fn exit_code(&mut self, failed: Option<u8>) -> u8 {
        self.session.exit_code(failed)
    }
}
