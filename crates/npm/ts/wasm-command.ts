/**
 * The command in WASM: its arguments and sessions are Rust, and this file opens the files. Texts
 * and exit codes equal those of `crates/cli/src/native.rs` and `output.rs`; a test compares both.
 *
 * @module
 */
import {
  closeSync,
  createReadStream,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import process, { argv, env, exit, stderr, stdin, stdout } from "node:process";
import { setTimeout } from "node:timers/promises";
import { isatty } from "node:tty";
import { Arguments, initSync, Program, Screen, Stop, visible } from "./crypt32_full.js";
import { filesBelow, isArchive, ZipFiles } from "./inputs.js";
import { type FileId, fileId, LedgerFile, noLedger, type Path, soon } from "./ledger-file.js";
import { Ended, ended, Output, reason } from "./output.js";
import { Progress } from "./progress.js";

/** The number of bytes per read. */
const CHUNK = 256 * 1024;

interface Input {
  path: Path;
  /** The name of the input in messages. */
  name: string;
  stdin: boolean;
}

/** The state of one run. */
interface Run {
  program: Program;
  output: Output;
  ledger: LedgerFile | undefined;
  /** A signal came, so no more input is read. */
  stopped: boolean;
  /** Whether an input is a file, rather than standard input. */
  files: boolean;
  /** Whether there are several inputs. */
  several: boolean;
  /** The name of the current input in messages. */
  input: string;
}

/** The exit code of an interrupted program. */
const INTERRUPTED = 130;

async function main(args: string[]): Promise<number> {
  initSync({ module: readFileSync(new URL("./crypt32_full_bg.wasm", import.meta.url)) });
  const output = new Output(1);
  const paths = new Paths();
  let program: Program;
  try {
    const parsed = new Arguments(args);
    const policy = parsed.policyFile();
    if (policy !== undefined) parsed.usePolicy(contentOf(paths.of(policy), visible(policy)));
    program = new Program(parsed, screen(1), screen(2));
  } catch (thrown) {
    if (!(thrown instanceof Stop)) throw thrown;
    if (thrown.code !== 0) throw new Ended(thrown.text, thrown.code);
    await output.write(Buffer.from(thrown.text));
    return 0;
  }
  const ledgerPath = program.ledgerFile();
  const errors: Ended[] = [];
  const inputs = program.files().flatMap((file): Input[] => {
    const [stdin, path] = [file === "-", paths.of(file)];
    if (stdin) return [{ path, name: "standard input", stdin }];
    const files = program.opensInputs ? filesBelow(path, errors) : undefined;
    if (!files) return [{ path, name: visible(file), stdin }];
    stderr.write(program.note(file, files.length));
    return files.map((path) => ({ path, name: visible(path.toString()), stdin }));
  });
  const ledger =
    ledgerPath === undefined
      ? undefined
      : ledgerFile(paths.of(ledgerPath), visible(ledgerPath), inputs, program, output);
  const files = inputs.some(({ stdin }) => !stdin);
  const several = inputs.length > 1;
  const run = { program, output, ledger, stopped: false, files, several, input: "" };
  // An unwritable ledger must be detected before the first record is dropped.
  ledger?.write();
  ledger?.keep(program.replies);
  if (ledger || program.summarises)
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop(run));
  let failed: number | undefined;
  const fail = (thrown: unknown) => {
    if (!(thrown instanceof Ended)) throw thrown;
    stderr.write(thrown.text);
    failed = thrown.code;
  };
  errors.forEach(fail);
  for (const input of inputs) {
    try {
      await read(input, run, fail);
    } catch (thrown) {
      fail(thrown);
      // The pipe is closed, or the disk is full.
      if (output.lost) return failed ?? 0;
    }
    warn(run);
  }
  await output.write(program.finish());
  ledger?.write();
  stderr.write(program.closing(stderr.isTTY === true));
  return program.exitCode(failed);
}

/** How to write for a person on a standard stream. */
function screen(file: 1 | 2): Screen {
  // Node's stream must not be opened for a pipe: two streams on one pipe block each other.
  if (!isatty(file)) return new Screen(false, 0);
  return new Screen(!env.NO_COLOR, (file === 1 ? stdout : stderr).columns ?? 0);
}

/**
 * Opens the ledger file, unless its path names a file that must not be replaced. This runs before
 * any input is read.
 */
function ledgerFile(
  path: Path,
  name: string,
  inputs: Input[],
  program: Program,
  output: Output,
): LedgerFile {
  const id = fileId(path);
  const is = (other: FileId) => id !== undefined && other === id;
  if (is(fileId(output.file))) throw noLedger(name, "it is the output");
  for (const input of inputs) {
    if (is(fileId(input.stdin ? 0 : input.path))) {
      throw noLedger(name, `it is an input: ${input.name}`);
    }
  }
  return new LedgerFile(path, name, output, program);
}

/** The paths in the arguments, as the original bytes if Node decoded them differently. */
class Paths {
  #words: Buffer[] | undefined;

  of(name: string): Path {
    if (!name.includes("\ufffd")) return name;
    this.#words ??= words();
    const at = this.#words.findIndex((word) => word.toString() === name);
    // Arguments that decode to the same text are returned in their order.
    return this.#words.splice(at, at < 0 ? 0 : 1)[0] ?? name;
  }
}

/**
 * The arguments of the command line, and the parts after their first `=`, if Linux provides them.
 */
function words(): Buffer[] {
  let line: Buffer;
  try {
    line = readFileSync("/proc/self/cmdline");
  } catch {
    return [];
  }
  const all = line.toString("latin1").split("\0");
  const values = all.map((word) => word.slice(word.indexOf("=") + 1));
  return [...all, ...values].map((word) => Buffer.from(word, "latin1"));
}

/**
 * On a signal, writes out the held records and the ledger, and ends the program. If nobody reads
 * the output, the ledger describes the output up to the last written chunk.
 */
async function stop(run: Run): Promise<void> {
  run.stopped = true;
  try {
    if (await soon(lastOut(run))) {
      run.ledger?.write();
      warn(run);
      stderr.write(run.program.closing(false));
    } else {
      stderr.write("warning: nobody reads the output; its end is lost\n");
      run.ledger?.writeSettled();
    }
    // Interrupting standard input is a normal end. The rest of a file was not read.
    exit(run.files ? INTERRUPTED : 0);
  } catch (thrown) {
    exit(report(thrown));
  }
}

/** Writes the waiting bytes, and then the held records. */
async function lastOut(run: Run): Promise<void> {
  while (run.output.waiting) await setTimeout(1);
  await endInput(run, undefined);
}

/** Begins an input. A live one can go on for hours, unlike a file. */
function begin(name: string, several: boolean, live: boolean, run: Run): void {
  run.input = name;
  run.program.beginInput(name, several, live);
}

/** Prints the new warnings about the current input. */
function warn({ program, input }: Run, progress?: Progress): void {
  const warnings = program.warnings(performance.now() / 1000);
  if (warnings.length === 0 || program.quiet) return;
  progress?.clear();
  const lines = warnings.map((warning) => `warning: ${input}: ${visible(warning)}\n`);
  try {
    writeSync(2, lines.join(""));
  } catch {
    // If nobody reads standard error, Node's stream would end the program.
  }
}

/** The content of a file that is read whole. */
function contentOf(path: Path, name: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw ended(`cannot read ${name}: ${reason(error)}`);
  }
}

/** Reads one whole input. `fail` reports an error in a file of an archive. */
async function read(
  { path, name, stdin: isStdin }: Input,
  run: Run,
  fail: (thrown: unknown) => void,
): Promise<void> {
  if (isStdin) {
    begin(name, run.several, !isRegular(0), run);
    if (stdin.isTTY) stderr.write(run.program.waits);
    refuseOwn(0, name, run);
    await copy(stdin, name, undefined, undefined, run);
    return;
  }
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw ended(`cannot open ${name}: ${reason(error)}`);
  }
  try {
    const about = fstatSync(file);
    if (about.isDirectory()) {
      throw ended(`cannot read ${name}: it is a folder; name the files in it`);
    }
    refuseOwn(file, name, run);
    const size = about.isFile() ? about.size : undefined;
    const { opensInputs, looksIntoArchives } = run.program;
    const archive = size !== undefined && (opensInputs || looksIntoArchives) && isArchive(file);
    if (archive && opensInputs) return await readArchive(file, name, run, fail);
    begin(name, run.several, size === undefined, run);
    if (archive) run.program.beginArchive();
    const progress = run.program.quiet ? undefined : Progress.of(name, size);
    const input = createReadStream(path, { fd: file, autoClose: false, highWaterMark: CHUNK });
    // A file can be read twice.
    const again: Again = size === undefined ? undefined : (see) => readAgain(path, see);
    const read = await copy(input, name, again, progress, run);
    progress?.clear();
    if (archive) return await readArchive(file, name, run, fail);
    if (size !== undefined && read < size) {
      throw ended(
        `${name} shrank while it was read: ${read} of ${size} bytes were left; run again over ` +
          "the whole file",
      );
    }
  } finally {
    closeSync(file);
  }
}

/** Reads the files in an open ZIP archive, each as an input. */
async function readArchive(
  archive: number,
  name: string,
  run: Run,
  fail: (thrown: unknown) => void,
): Promise<void> {
  const { program } = run;
  const zip = new ZipFiles(archive, name);
  stderr.write(program.note(name, zip.names.length));
  for (const [place, file] of zip.names.entries()) {
    const inside = `${name}/${visible(file)}`;
    begin(inside, run.several || zip.names.length > 1, false, run);
    program.beginInside();
    const again: Again = (see) => {
      for (const chunk of zip.open(place, inside)) if (see(chunk)) break;
    };
    try {
      await copy(zip.open(place, inside), inside, again, undefined, run);
    } catch (thrown) {
      if (run.output.lost) throw thrown;
      fail(thrown);
    }
    warn(run);
  }
}

/** Whether an open file is a file and no pipe. */
function isRegular(file: number): boolean {
  try {
    return fstatSync(file).isFile();
  } catch {
    // A closed file has no bytes.
    return false;
  }
}

/** Refuses an input that is also the output or the ledger of this run. */
function refuseOwn(file: number, name: string, { output, ledger }: Run): void {
  const id = isRegular(file) ? fileId(file) : undefined;
  if (id === undefined) return;
  const own = id === fileId(output.file) ? "output" : id === ledger?.id() ? "ledger" : undefined;
  if (own !== undefined) throw ended(`cannot read ${name}: it is also the ${own}`);
}

/** Reads an input again from its beginning, until `see` returns true, if that is possible. */
type Again = ((see: (chunk: Uint8Array) => boolean) => void) | undefined;

/** Copies the bytes of one input, and returns their number. */
async function copy(
  input: AsyncIterable<Uint8Array> | Generator<Uint8Array, void>,
  name: string,
  again: Again,
  progress: Progress | undefined,
  run: Run,
): Promise<number> {
  let read = 0;
  const chunks = Symbol.asyncIterator in input ? input[Symbol.asyncIterator]() : input;
  for (;;) {
    let chunk: IteratorResult<Uint8Array>;
    try {
      chunk = await chunks.next();
    } catch (error) {
      // The bytes read so far are whole records and an incomplete one. None of them is lost.
      await endInput(run, again);
      throw ended(`cannot read ${name} beyond byte ${read}: ${reason(error)}`);
    }
    // The signal handler ends the program.
    if (run.stopped) await new Promise(() => {});
    if (chunk.done) break;
    run.program.push(chunk.value);
    await flush(run, again);
    read += chunk.value.length;
    progress?.at(read);
    warn(run, progress);
  }
  await endInput(run, again);
  return read;
}

/** Ends an input. */
async function endInput(run: Run, again: Again): Promise<void> {
  run.program.endInput();
  try {
    await flush(run, again);
  } finally {
    run.program.nextInput();
  }
}

/** Writes the available output. First scans the input for dates if necessary. */
async function flush({ program, output, ledger }: Run, again: Again): Promise<void> {
  if (again && program.wantsSurvey()) again((chunk) => program.survey(chunk));
  await output.write(program.flush());
  ledger?.settle();
}

function readAgain(path: Path, see: (chunk: Uint8Array) => boolean): void {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return;
  }
  try {
    const chunk = Buffer.alloc(CHUNK);
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) {
      if (see(chunk.subarray(0, length))) break;
    }
  } catch {
    // The first read of the input reports the error.
  } finally {
    closeSync(file);
  }
}

/** Reports the error that ended the program, and returns its exit code. */
function report(thrown: unknown): number {
  if (thrown instanceof Ended) {
    stderr.write(thrown.text);
    return thrown.code;
  }
  stderr.write(`error: ${thrown instanceof Error ? thrown.message : thrown}\n`);
  return 2;
}

exit(await main(argv.slice(2)).catch(report));
