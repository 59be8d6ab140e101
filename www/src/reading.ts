// Reads files chunk by chunk with the WASM module into a store. Runs in the worker.
import type { Triage } from "#wasm/crypt32_page.js";
import { notes } from "./care.ts";
import { chunks, isPacked, lines, pieces, Turns } from "./chunks.ts";
import type { Care, Counts, FileState, Input } from "./protocol.ts";
import { MOST, type Store } from "./store.ts";

/** The module stopped in this file after this many bytes, and cannot be used again. */
export class Stopped extends Error {
  constructor(
    readonly why: unknown,
    readonly file: number,
    readonly at: number,
  ) {
    super(String(why));
  }
}

/** One reading of all opened files, until it ends or is cancelled. */
export class Reading {
  readonly states: FileState[];
  readonly counts: Counts = {
    records: 0,
    benign: 0,
    review: 0,
    related: 0,
    unread: 0,
    unjudged: 0,
    partial: 0,
    bytes: 0,
    accepted: { records: 0, bytes: 0 },
    droppable: { records: 0, bytes: 0 },
    passed: 0,
  };
  cancelled = false;
  done = false;
  private readonly turns = new Turns();
  /** The number of records in the files before the current one. */
  private before = 0;

  /** The file `last` is the last one. From the byte `slow` on, a file is read line by line. */
  constructor(
    private readonly inputs: Input[],
    private readonly triage: Triage,
    private readonly store: Store,
    readonly care: (Care | undefined)[],
    private readonly last = Number.POSITIVE_INFINITY,
    private readonly slow = Number.POSITIVE_INFINITY,
  ) {
    this.states = inputs.map(({ file: { name, size } }) => {
      return { name, size, read: 0, records: 0, container: "", notes: [], unread: [] };
    });
  }

  /**
   * Reads everything, and calls `after` after each piece.
   *
   * @throws Stopped if the module stops
   */
  async run(after: () => void): Promise<void> {
    for (const [index, { file }] of this.inputs.entries()) {
      const state = this.states[index] as FileState;
      this.triage.nextFile(this.inputs.length > 1 ? file.name : "");
      this.before = this.counts.records;
      try {
        await this.read(file, state, index, after);
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        const why = "the file was changed, moved or removed while it was read";
        this.unread(state, `stopped at byte ${state.read}: ${why}`);
      }
      await this.end(state, index);
      this.cancelled ||= index >= this.last;
      if (this.cancelled) break;
    }
    this.done = true;
  }

  private async read(
    file: File,
    state: FileState,
    index: number,
    after: () => void,
  ): Promise<void> {
    for await (const chunk of chunks(file, this.care[index])) {
      for (const piece of this.cut(chunk, state)) {
        if (this.cancelled) return;
        await this.ask(state, index, async () => {
          this.triage.push(piece);
          if (this.triage.wantsSurvey()) await this.survey(file, index);
          this.take(state, index);
        });
        state.read += piece.length;
        this.counts.bytes += piece.length;
        after();
        await this.turns.pause();
      }
    }
  }

  /** Calls the module for a file. */
  private async ask(
    state: FileState,
    index: number,
    work: () => Promise<void> | void,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw error instanceof DOMException ? error : new Stopped(error, index, state.read);
    }
  }

  /** The first piece of a file identifies its kind. */
  private *cut(
    chunk: Uint8Array<ArrayBuffer>,
    state: FileState,
  ): Generator<Uint8Array<ArrayBuffer>> {
    const fast = Math.min(chunk.length, Math.max(0, this.slow - state.read));
    const rest = chunk.subarray(fast);
    if (state.container === "" || isPacked(state.container)) yield* pieces(chunk.subarray(0, fast));
    else if (fast > 0) yield chunk.subarray(0, fast);
    yield* lines(rest, state.read === 0);
  }

  /** Notes the parts of a file that were not read. */
  private unread(state: FileState, ...notes: string[]): void {
    state.notes.push(...notes);
    state.unread.push(...notes);
    this.counts.unread += notes.length;
  }

  private async end(state: FileState, index: number): Promise<void> {
    const { triage } = this;
    if (this.cancelled) this.unread(state, `stopped at byte ${state.read}, as you asked`);
    const care = this.care[index];
    if (care) this.unread(state, ...notes(care));
    const broken = this.inputs[index]?.broken ?? "";
    if (broken) this.unread(state, broken);
    await this.ask(state, index, () => {
      state.container = triage.container();
      // An empty file that stands for one that was not read says nothing else.
      const ended = triage.endFile();
      const notes = broken && state.size === 0 ? [] : ended;
      const fault = triage.fault();
      state.notes.push(...notes.filter((note) => note !== fault));
      if (fault !== undefined) this.unread(state, fault);
      this.counts.unjudged += triage.unjudged();
      this.take(state, index);
      state.container ||= triage.container();
      const nothing = state.records === 0 && state.size > 0;
      if (nothing || state.unread.length > 0 || !triage.isWhole()) this.counts.partial++;
      if (nothing && state.unread.length === 0) {
        // What is wrong with each of its lines does not matter, unless one mentions the event.
        const why = "no record was recognised in it; is it a log?";
        state.notes = triage.unjudged() > 0 ? [...state.notes, why] : [why];
      }
    });
    if (this.store.full) {
      state.notes.push(
        `the table holds the first ${MOST.toLocaleString("en-US")} rows; counts and reports include all rows`,
      );
    }
  }

  /** Scans the file for a date that shows the order of month and day. */
  private async survey(file: File, index: number): Promise<void> {
    for await (const chunk of chunks(file, this.care[index])) {
      for (const piece of pieces(chunk)) {
        if (this.cancelled || this.triage.survey(piece)) return;
        await this.turns.pause();
      }
    }
  }

  private take(state: FileState, file: number): void {
    const { triage, store, counts } = this;
    const rows = triage.rows();
    store.texts.push(...triage.texts());
    const [benign, review, related] = store.add(file, rows);
    counts.benign += benign;
    counts.review += review;
    counts.related += related;
    const [a = 0, b = 0, c = 0, d = 0, passed = 0] = triage.savings();
    counts.accepted = { records: a, bytes: b };
    counts.droppable = { records: c, bytes: d };
    counts.passed = passed;
    state.container ||= state.read > 0 ? triage.container() : "";
    state.records = triage.records;
    counts.records = this.before + state.records;
  }
}
