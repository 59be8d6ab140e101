//! The native program around a [`Session`]: files, standard streams, signals, and the ledger file.

use std::{
    env,
    fs::{self, File},
    io::{self, IsTerminal, Read, Seek, Write},
    path::Path,
    process::{self, ExitCode},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use terminal_size::{Height, Width, terminal_size_of};

mod inputs;
mod ledger_file;
mod output;
#[cfg_attr(unix, path = "native/sys/unix.rs")]
#[cfg_attr(windows, path = "native/sys/windows.rs")]
mod sys;

use crate::{
    args::{Cli, Color, Exit, STDIN},
    session::Session,
};
use crypt32_filter::{
    input_kind::Kind,
    report::{escape::visible, style::Style},
};
use ledger_file::{Account, LedgerFile};
use output::{Output, is_retryable};
use sys::FileId;

/// The number of bytes per read.
const CHUNK: usize = 256 * 1024;
/// The interval between writes of the ledger file.
const LEDGER_EVERY: Duration = Duration::from_secs(10);

/// How long the ledger and a signal wait for an output that nobody reads.
const PATIENCE: Duration = Duration::from_secs(2);

/// The state that the main thread shares with the signal handler and the ledger timer.
struct Shared {
    session: Session,
    output: Output,
    account: Option<Arc<Account>>,
    /// Some output was lost. The ledger already counts it, so the ledger is no longer written.
    lost: bool,
    /// The name of the current input in messages.
    input: String,
    quiet: bool,
    start: Instant,
}

/// Runs the command in the program's arguments.
pub fn main() -> ExitCode {
    let done = match Cli::parse_from_args(env::args_os().skip(1)).and_then(run) {
        Err(Exit { text, exit_code: 0 }) => print(&text),
        done => done,
    };
    ExitCode::from(done.unwrap_or_else(|ended| tell(&ended)))
}

/// Prints a help text or a completion script.
fn print(text: &str) -> Result<u8, Exit> {
    let mut output = Output::stdout()?;
    output.add(text.as_bytes());
    output.flush().map(|()| 0)
}

/// Prints an error, and returns the exit code. A failure to print is ignored.
fn tell(ended: &Exit) -> u8 {
    say(&ended.text);
    ended.exit_code
}

/// Writes to standard error, and ignores failures.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// The style of texts on a stream.
fn style(cli: &Cli, is_terminal: bool, size: Option<(Width, Height)>) -> Style {
    let color = match cli.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => is_terminal && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    Style { color, width: size.map(|(Width(columns), _)| columns.into()) }
}

/// The style of texts on standard error.
fn stderr_style(cli: &Cli) -> Style {
    style(cli, io::stderr().is_terminal(), terminal_size_of(io::stderr()))
}

fn run(mut cli: Cli) -> Result<u8, Exit> {
    if let Some(path) = cli.policy_file() {
        let read = fs::read(path);
        let policy =
            read.map_err(|error| ended(&format!("cannot read {}: {error}", name(path))))?;
        cli.use_policy(&policy)?;
    }
    let cli = &cli;
    let stdout = style(cli, io::stdout().is_terminal(), terminal_size_of(io::stdout()));
    let shared = Arc::new(Mutex::new(Shared {
        session: Session::new(cli, stdout)?,
        output: Output::stdout()?,
        account: None,
        lost: false,
        input: String::new(),
        quiet: cli.quiet,
        start: Instant::now(),
    }));
    if let Some(path) = cli.ledger() {
        let file = ledger_file(path, cli, &lock(&shared).output)?;
        let account = Arc::new(Account::new(file, !lock(&shared).output.is_file()));
        lock(&shared).account = Some(Arc::clone(&account));
        // If the ledger cannot be written, the command must fail before it drops the first record.
        lock(&shared).write_ledger()?;
        write_now_and_then(&shared, &account, cli.replies());
    }
    if cli.ledger().is_some() || cli.summary() {
        stop_in_order(&shared, cli)?;
    }
    let (inputs, errors) = inputs::expand(cli);
    let mut failed = None;
    for error in &errors {
        failed = Some(tell(error));
    }
    let several = inputs.len() > 1;
    for file in &inputs {
        if let Err(error) = read_input(file, several, cli, &shared) {
            failed = Some(tell(&error));
            // The output is a closed pipe, or the disk is full.
            if lock(&shared).lost {
                return Ok(error.exit_code);
            }
        }
        say_warnings(&shared, &ProgressBar::hidden());
    }
    let mut shared = lock(&shared);
    shared.finish()?;
    shared.write_ledger()?;
    if let Some(summary) = shared.session.summary(stderr_style(cli)) {
        say(&summary);
    } else if io::stderr().is_terminal() && !cli.quiet {
        let line = shared.session.closing_line().filter(|_| shared.session.has_read());
        say(&line.map_or_else(String::new, |line| format!("{line}\n")));
    }
    Ok(shared.session.exit_code(failed))
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a signal ends the program. A mutex is not fair, so the reading thread could take it again
/// and again before the thread of the signal does.
static STOPPING: AtomicBool = AtomicBool::new(false);

/// Takes the lock for the next part of an input, unless the program is being ended.
fn lock_to_read(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    while STOPPING.load(Ordering::Relaxed) {
        thread::park();
    }
    lock(shared)
}

/// The exit code after an interrupt.
const INTERRUPTED: u8 = 130;

/// Installs a handler for SIGINT and SIGTERM. It writes the buffered output, the ledger and the
/// summary, and ends the program. If nobody reads the output, it writes the ledger of the last
/// chunk that was written.
fn stop_in_order(shared: &Arc<Mutex<Shared>>, cli: &Cli) -> Result<(), Exit> {
    let stopped = Arc::clone(shared);
    let last = lock(shared).account.clone();
    let may_wait = !lock(shared).output.is_file();
    let style = stderr_style(cli);
    // An interrupt is the normal end of a stream. If the input is a file, its rest was not read.
    let stopped_code = if cli.files().iter().all(|file| is_stdin(file)) { 0 } else { INTERRUPTED };
    ctrlc::set_handler(move || {
        STOPPING.store(true, Ordering::Relaxed);
        let ended = stop(&stopped, may_wait, style).unwrap_or_else(|| {
            say("warning: nobody reads the output; its end is lost\n");
            last.as_ref().map_or(Ok(()), |last| last.write(None))
        });
        let code = ended.map_or_else(|error| tell(&error), |()| stopped_code);
        process::exit(code.into());
    })
    .map_err(|error| ended(&format!("cannot handle signals: {error}")))
}

/// Starts a thread that writes the ledger every ten seconds, even without new input. With `silent`,
/// only the end of the run says that it cannot be written.
fn write_now_and_then(shared: &Arc<Mutex<Shared>>, account: &Arc<Account>, silent: bool) {
    let (clock, last) = (Arc::clone(shared), Arc::clone(account));
    thread::spawn(move || {
        loop {
            thread::sleep(LEDGER_EVERY);
            let soon = if last.may_wait { lock_soon(&clock) } else { Some(lock(&clock)) };
            let written = soon.map_or_else(|| last.write(None), |shared| shared.write_ledger());
            if let Err(error) = written
                && !silent
            {
                tell(&error);
            }
        }
    });
}

/// Writes the buffered output and the ledger, and prints the summary. Returns `None` if `may_wait`
/// is set and nobody reads the output.
fn stop(shared: &Arc<Mutex<Shared>>, may_wait: bool, style: Style) -> Option<Result<(), Exit>> {
    let (done, ended) = mpsc::channel();
    let stopped = Arc::clone(shared);
    thread::spawn(move || {
        let mut shared = lock(&stopped);
        let ended = shared.end_input(None).and_then(|()| shared.write_ledger());
        shared.warnings().iter().for_each(|warning| say(warning));
        if let Some(summary) = shared.session.summary(style).filter(|_| ended.is_ok()) {
            say(&summary);
        }
        let _ = done.send(ended);
        // This thread keeps the lock, so that no more input is read.
        loop {
            thread::park();
        }
    });
    if may_wait { ended.recv_timeout(PATIENCE).ok() } else { ended.recv().ok() }
}

/// Takes the lock; `None` if a blocked write holds it for longer than [`PATIENCE`].
fn lock_soon(shared: &Mutex<Shared>) -> Option<MutexGuard<'_, Shared>> {
    let start = Instant::now();
    loop {
        match shared.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(error)) => return Some(error.into_inner()),
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => return None,
            Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
        }
    }
}

impl Shared {
    fn push(&mut self, chunk: &[u8], again: Again<'_>) -> Result<(), Exit> {
        let Self { session, output, .. } = self;
        session.push(chunk, &mut |bytes| output.add(bytes));
        self.flush(again)?;
        self.settle();
        Ok(())
    }

    fn end_input(&mut self, again: Again<'_>) -> Result<(), Exit> {
        let Self { session, output, .. } = self;
        session.end_input(&mut |bytes| output.add(bytes));
        let flushed = self.flush(again);
        self.session.next_input();
        flushed
    }

    fn finish(&mut self) -> Result<(), Exit> {
        let Self { session, output, .. } = self;
        session.finish(&mut |bytes| output.add(bytes));
        self.write()
    }

    /// Writes the collected output.
    fn write(&mut self) -> Result<(), Exit> {
        let written = self.output.flush();
        self.lost |= written.is_err();
        written
    }

    /// Writes the available output. First pre-scans the input, if the order of month and day
    /// requires it.
    fn flush(&mut self, again: Again<'_>) -> Result<(), Exit> {
        let Self { session, output, .. } = self;
        if session.wants_survey()
            && let Some(again) = again
        {
            again(&mut |chunk| session.survey(chunk));
        }
        session.flush(&mut |bytes| output.add(bytes));
        self.write()
    }

    /// Begins an input.
    fn begin_input(&mut self, name: &str, several: bool, live: bool) {
        name.clone_into(&mut self.input);
        self.session.begin_input(name, several, live);
    }

    /// The new warnings about the current input, as lines for standard error.
    fn warnings(&mut self) -> Vec<String> {
        let warnings = self.session.warnings(self.start.elapsed().as_secs());
        let line =
            |warning| format!("warning: {}\n", visible(&format!("{}: {warning}", self.input)));
        warnings.iter().filter(|_| !self.quiet).map(line).collect()
    }

    /// Writes the ledger, unless it counts output that was lost.
    fn write_ledger(&self) -> Result<(), Exit> {
        let Some(account) = self.account.as_ref().filter(|_| !self.lost) else { return Ok(()) };
        account.write(self.session.ledger())
    }

    /// Records that all counted records were written.
    fn settle(&self) {
        if let Some(account) = self.account.as_ref().filter(|account| account.may_wait) {
            account.settle(self.session.ledger());
        }
    }
}

pub(crate) fn no_ledger(path: &Path, why: &str) -> Exit {
    ended(&format!("cannot write the ledger {}: {why}", path.display()))
}

/// Creates the ledger file, before anything is read.
///
/// # Errors
/// Fails if the path is the output, an input, or a file that must not be replaced.
fn ledger_file(path: &Path, cli: &Cli, output: &Output) -> Result<LedgerFile, Exit> {
    let id = FileId::of_path(path);
    let is = |other: Option<FileId>| id.is_some() && other == id;
    if is(output.id()) {
        return Err(no_ledger(path, "it is the output"));
    }
    for input in cli.files() {
        let other = if is_stdin(input) {
            sys::stdin().ok().and_then(|file| FileId::of_file(&file))
        } else {
            FileId::of_path(input)
        };
        if is(other) {
            return Err(no_ledger(path, &format!("it is an input: {}", name(input))));
        }
    }
    LedgerFile::new(path).map_err(|why| no_ledger(path, &why))
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// The name of an input in messages.
fn name(path: &Path) -> String {
    if is_stdin(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// An error message, escaped for a terminal.
pub(crate) fn ended(message: &str) -> Exit {
    Exit { text: format!("error: {}\n", visible(message)), exit_code: 2 }
}

fn read_input(path: &Path, several: bool, cli: &Cli, shared: &Mutex<Shared>) -> Result<(), Exit> {
    let name = name(path);
    let fail = |what: &str, error: &io::Error| ended(&format!("cannot {what} {name}: {error}"));
    let begin = |live| lock(shared).begin_input(&name, several, live);
    if is_stdin(path) {
        // A closed standard input is empty.
        let file = sys::stdin().ok();
        begin(!file.as_ref().is_some_and(is_regular));
        if io::stdin().is_terminal() && !cli.quiet {
            say(&format!("{}\n", Session::WAITS));
        }
        if let Some(file) = file {
            refuse_own(&file, &name, shared)?;
        }
        return copy(&mut io::stdin().lock(), &name, None, &ProgressBar::hidden(), shared)
            .map(drop);
    }
    let mut file = File::open(path).map_err(|error| fail("open", &error))?;
    let about = file.metadata().map_err(|error| fail("open", &error))?;
    if about.is_dir() {
        return Err(ended(&format!("cannot read {name}: it is a folder; name the files in it")));
    }
    refuse_own(&file, &name, shared)?;
    let size = about.is_file().then_some(about.len());
    let opens = cli.opens_inputs() || cli.looks_into_archives();
    let archive = size.is_some() && opens && is_archive(&mut file);
    if archive && cli.opens_inputs() {
        return inputs::read_archive(file, path, several, cli, shared);
    }
    begin(size.is_none());
    if archive {
        lock(shared).session.begin_archive();
    }
    let progress = progress(path, size.filter(|_| !cli.quiet));
    let mut again = |see: See<'_>| {
        if let Ok(mut file) = File::open(path) {
            read_chunks(&mut file, see);
        }
    };
    let again: Again<'_> = if size.is_some() { Some(&mut again) } else { None };
    let read = copy(&mut file, &name, again, &progress, shared)?;
    progress.finish_and_clear();
    match size {
        _ if archive => inputs::read_archive(file, path, several, cli, shared),
        Some(size) if read < size => Err(ended(&format!(
            "{name} shrank while it was read: {read} of {size} bytes were left; run again over the \
             whole file"
        ))),
        _ => Ok(()),
    }
}

/// Whether a file is a ZIP archive. The file is read from its beginning afterwards.
fn is_archive(file: &mut File) -> bool {
    let mut head = Vec::new();
    let read = file.take(4).read_to_end(&mut head).and_then(|_| file.rewind());
    read.is_ok() && Kind::of(&head) == Kind::Zip
}

/// Receives chunks, and returns whether it needs no more.
type See<'a> = &'a mut dyn FnMut(&[u8]) -> bool;

/// Reads an input from its beginning for a second time, if that is possible.
type Again<'a> = Option<&'a mut dyn FnMut(See<'_>)>;

/// Reads until `see` needs no more, or until the end or an error, which the first read reports.
fn read_chunks(input: &mut dyn Read, see: See<'_>) {
    let mut chunk = vec![0; CHUNK];
    while let Ok(length @ 1..) = input.read(&mut chunk) {
        if see(&chunk[..length]) {
            break;
        }
    }
}

fn is_regular(file: &File) -> bool {
    file.metadata().is_ok_and(|about| about.is_file())
}

/// Refuses a file that is also the output, which would grow while it is read, or this run's ledger.
fn refuse_own(file: &File, name: &str, shared: &Mutex<Shared>) -> Result<(), Exit> {
    let Some(id) = FileId::of_file(file).filter(|_| is_regular(file)) else { return Ok(()) };
    let shared = lock(shared);
    let own = if shared.output.id().as_ref() == Some(&id) {
        "output"
    } else if shared.account.as_ref().and_then(|account| account.id()).as_ref() == Some(&id) {
        "ledger"
    } else {
        return Ok(());
    };
    Err(ended(&format!("cannot read {name}: it is also the {own}")))
}

/// A progress bar for a file, if standard error is a terminal.
fn progress(path: &Path, size: Option<u64>) -> ProgressBar {
    let Some(size) = size.filter(|_| io::stderr().is_terminal()) else {
        return ProgressBar::hidden();
    };
    let style = ProgressStyle::with_template(
        "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    );
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let name = visible(&path.file_name().unwrap_or_default().to_string_lossy()).into_owned();
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(name)
}

/// Reads an input to its end, and returns the number of bytes.
fn copy(
    input: &mut dyn Read,
    name: &str,
    mut again: Again<'_>,
    progress: &ProgressBar,
    shared: &Mutex<Shared>,
) -> Result<u64, Exit> {
    let mut chunk = vec![0; CHUNK];
    let mut read = 0;
    loop {
        let length = match input.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if is_retryable(&error) => continue,
            Err(error) => {
                // The records that were read before the error are not lost.
                lock(shared).end_input(again)?;
                return Err(ended(&format!("cannot read {name} beyond byte {read}: {error}")));
            }
        };
        if length == 0 {
            break;
        }
        lock_to_read(shared).push(&chunk[..length], reborrow(&mut again))?;
        read += length as u64;
        progress.set_position(read);
        say_warnings(shared, progress);
    }
    lock_to_read(shared).end_input(again)?;
    Ok(read)
}

/// Prints the new warnings. The lock is not held meanwhile, because standard error may block.
fn say_warnings(shared: &Mutex<Shared>, progress: &ProgressBar) {
    let warnings = lock(shared).warnings();
    if !warnings.is_empty() {
        progress.suspend(|| warnings.iter().for_each(|warning| say(warning)));
    }
}

/// Lends an [`Again`] for one call.
fn reborrow<'a>(again: &'a mut Again<'_>) -> Again<'a> {
    match again {
        Some(again) => Some(&mut **again),
        None => None,
    }
}
