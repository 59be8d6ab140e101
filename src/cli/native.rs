//! The native program around a [`Session`]: files, standard streams, signals, the ledger's file.

use std::{
    env,
    fs::{self, File},
    io::{self, IsTerminal, Read, Write},
    path::{Path, PathBuf},
    process::{self, ExitCode},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    args::{Cli, Color, Ended},
    blocks,
    output::{Output, again_later},
    session::Session,
};

/// How much is read at once.
const CHUNK: usize = 256 * 1024;
/// How old the ledger's file may become.
const LEDGER_EVERY: Duration = Duration::from_secs(10);

/// What the signal handler and the clock share with the work.
pub(super) struct Shared {
    pub session: Session,
    pub output: Output,
    ledger: Option<PathBuf>,
    /// Output did not get out. The ledger counts it, and so is not written any more.
    lost: bool,
}

/// Runs the command that the arguments ask for.
pub fn main() -> ExitCode {
    match Cli::parse_from_args(env::args_os().skip(1)).and_then(|cli| run(&cli)) {
        Ok(code) => ExitCode::from(code),
        Err(Ended { text, exit_code: 0 }) => {
            // Help into a closed pipe is a normal end too.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(Ended { text, exit_code }) => {
            eprint!("{text}");
            ExitCode::from(exit_code)
        }
    }
}

fn run(cli: &Cli) -> Result<u8, Ended> {
    let color = match cli.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    let shared = Arc::new(Mutex::new(Shared {
        session: Session::new(cli, color)?,
        output: Output::stdout()?,
        ledger: cli.ledger().map(PathBuf::from),
        lost: false,
    }));
    // A ledger that cannot be written must be known before the first record is dropped.
    lock(&shared).write_ledger()?;
    if cli.ledger().is_some() {
        stop_with_ledger(&shared)?;
    }
    let mut failed = None;
    for file in cli.files() {
        if let Err(error) = read_input(file, cli, &shared) {
            eprint!("{}", error.text);
            // A closed pipe, or a full disk.
            if lock(&shared).lost {
                return Ok(error.exit_code);
            }
            failed = Some(error.exit_code);
        }
        lock(&shared).say_warnings(file, cli.quiet);
    }
    let mut shared = lock(&shared);
    shared.finish()?;
    shared.write_ledger()?;
    Ok(failed.unwrap_or_else(|| shared.session.exit_code()))
}

pub(super) fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On SIGINT and SIGTERM: what is held goes out, the ledger is written, the program ends. And every
/// ten seconds the ledger is written, also while nothing comes in.
fn stop_with_ledger(shared: &Arc<Mutex<Shared>>) -> Result<(), Ended> {
    let stopped = Arc::clone(shared);
    ctrlc::set_handler(move || {
        let mut shared = lock(&stopped);
        let ended = shared.end_input(None).and_then(|()| shared.write_ledger());
        let code = ended.map_or_else(
            |error| {
                eprint!("{}", error.text);
                error.exit_code
            },
            |()| 0,
        );
        process::exit(code.into());
    })
    .map_err(|error| ended(&format!("cannot handle signals: {error}")))?;
    let clock = Arc::clone(shared);
    thread::spawn(move || {
        loop {
            thread::sleep(LEDGER_EVERY);
            if let Err(error) = lock(&clock).write_ledger() {
                eprint!("{}", error.text);
            }
        }
    });
    Ok(())
}

impl Shared {
    fn push(&mut self, chunk: &[u8], file: Option<&str>) -> Result<(), Ended> {
        let Self { session, output, .. } = self;
        session.push(chunk, &mut |bytes| output.add(bytes));
        self.flush(file)
    }

    pub fn end_input(&mut self, file: Option<&str>) -> Result<(), Ended> {
        let Self { session, output, .. } = self;
        session.end_input(&mut |bytes| output.add(bytes));
        let flushed = self.flush(file);
        self.session.next_input();
        flushed
    }

    fn finish(&mut self) -> Result<(), Ended> {
        let Self { session, output, .. } = self;
        session.finish(&mut |bytes| output.add(bytes));
        self.write()
    }

    /// Writes what was collected.
    pub fn write(&mut self) -> Result<(), Ended> {
        let written = self.output.flush();
        self.lost |= written.is_err();
        written
    }

    /// Writes what there is; first looks through the file for dates, if need be.
    fn flush(&mut self, file: Option<&str>) -> Result<(), Ended> {
        let Self { session, output, .. } = self;
        if session.wants_survey()
            && let Some(mut file) = file.and_then(|name| File::open(name).ok())
        {
            let mut chunk = vec![0; CHUNK];
            while let Ok(length @ 1..) = file.read(&mut chunk) {
                if session.survey(&chunk[..length]) {
                    break;
                }
            }
        }
        session.flush(&mut |bytes| output.add(bytes));
        self.write()
    }

    fn say_warnings(&mut self, file: &str, quiet: bool) {
        let name = if file == "-" { "standard input" } else { file };
        for warning in self.session.warnings().iter().filter(|_| !quiet) {
            eprintln!("warning: {name}: {warning}");
        }
    }

    /// Writes the ledger beside its place and moves it there, so that no reader sees half of it.
    fn write_ledger(&self) -> Result<(), Ended> {
        let Some(path) = self.ledger.as_deref().filter(|_| !self.lost) else { return Ok(()) };
        let mut json = self.session.ledger().unwrap_or_default();
        json.push('\n');
        replace(path, &json)
            .map_err(|error| ended(&format!("cannot write the ledger {}: {error}", path.display())))
    }
}

/// Gives a file this content, at once. A link stays, and so does what is no file.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|about| !about.is_file() && !about.is_dir()) {
        return File::options().write(true).open(&path)?.write_all(content.as_bytes());
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", process::id()));
    let temporary = path.with_file_name(name);
    fs::write(&temporary, content).and_then(|()| fs::rename(&temporary, &path)).inspect_err(|_| {
        let _ = fs::remove_file(&temporary);
    })
}

pub(super) fn ended(message: &str) -> Ended {
    Ended { text: format!("error: {message}\n"), exit_code: 2 }
}

fn read_input(name: &str, cli: &Cli, shared: &Mutex<Shared>) -> Result<(), Ended> {
    if name == "-" {
        return copy(
            &mut io::stdin().lock(),
            "standard input",
            None,
            &ProgressBar::hidden(),
            shared,
        )
        .map(drop);
    }
    let fail = |what: &str, error: &io::Error| ended(&format!("cannot {what} {name}: {error}"));
    let mut file = File::open(name).map_err(|error| fail("open", &error))?;
    let about = file.metadata().map_err(|error| fail("open", &error))?;
    if about.is_dir() {
        return Err(ended(&format!("cannot read {name}: it is a folder; name the files in it")));
    }
    let size = about.is_file().then_some(about.len());
    let progress = progress(Path::new(name), size.filter(|_| !cli.quiet));
    let read = match blocks::crew(size, cli.threads(), shared) {
        Some(mut crew) => blocks::copy(&mut file, name, &mut crew, &progress, shared),
        None => copy(&mut file, name, size, &progress, shared),
    }?;
    progress.finish_and_clear();
    match size {
        Some(size) if read < size => Err(ended(&format!(
            "{name} shrank while it was read: {read} of {size} bytes were left; run again over the \
             whole file"
        ))),
        _ => Ok(()),
    }
}

/// A bar on standard error, for a file on a terminal.
fn progress(path: &Path, size: Option<u64>) -> ProgressBar {
    let Some(size) = size.filter(|_| io::stderr().is_terminal()) else {
        return ProgressBar::hidden();
    };
    let style = ProgressStyle::with_template(
        "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    );
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())).with_message(name)
}

/// Reads an input to its end; gives how many bytes it had.
fn copy(
    input: &mut dyn Read,
    name: &str,
    size: Option<u64>,
    progress: &ProgressBar,
    shared: &Mutex<Shared>,
) -> Result<u64, Ended> {
    let mut chunk = vec![0; CHUNK];
    let mut read = 0;
    // A file can be read twice.
    let again = size.map(|_| name);
    loop {
        let length = match input.read(&mut chunk) {
            Ok(length) => length,
            Err(error) if again_later(&error) => continue,
            Err(error) => {
                // What was read so far is whole records and a rest; none of it is lost.
                lock(shared).end_input(again)?;
                return Err(ended(&format!("cannot read {name} beyond byte {read}: {error}")));
            }
        };
        if length == 0 {
            break;
        }
        lock(shared).push(&chunk[..length], again)?;
        read += length as u64;
        if size.is_some() {
            progress.set_position(read);
        }
    }
    lock(shared).end_input(again)?;
    Ok(read)
}
