// The page: decides which part is visible, and exchanges messages with the worker.
import { Address, fragment, fresh, type Place as Shown } from "./address.ts";
import { withCare } from "./care.ts";
import { h, put } from "./dom.ts";
import { Frame } from "./frame.ts";
import { numbered } from "./names.ts";
import { asset, type How, Opening } from "./opening.ts";
import type {
  Ask,
  Care,
  Choice,
  Facet,
  FileState,
  Input,
  Place,
  SortKey,
  Summary,
  Tell,
  View,
} from "./protocol.ts";
import { Results } from "./results.ts";
import { named, Status } from "./status.ts";
import "./style/main.css";
import { soon } from "./tasks.ts";
import { learn } from "./text.ts";
import { welcome } from "./welcome.ts";
import Reader from "./worker.ts?worker&inline";

/** The page's own title. With an open log, its name comes first, also as the name of a PDF. */
const TITLE = document.title;
/** How often the files are read again after an error that belongs to no file. */
const AGAIN = 2;

type Failed = Extract<Tell, { tell: "failed" }>;

class Page {
  private module: WebAssembly.Module | undefined;
  private worker = this.hire();
  /** Whether the worker has started the module. */
  private ready = false;
  private files: File[] = [];
  /** Why files from archives are not complete. */
  private readonly broken = new WeakMap<File, string | undefined>();
  /** The files to open once the current ones are no longer read. */
  private waiting: { files: File[]; place: Shown } | undefined;
  /** The files that were replaced by the current ones. */
  private before = "";
  private reading = false;
  /** The file in which the worker stopped, while another worker searches for the place. */
  private finding: (Failed & { file: number }) | undefined;
  /** For each file, the parts to skip after the worker stopped in it. */
  private care: (Care | undefined)[] = [];
  private last = Number.POSITIVE_INFINITY;
  private again = 0;
  private states: FileState[] = [];
  private summary: Summary | undefined;
  private prepared = false;
  /** The results, once the worker is ready and the page is prepared. */
  private results: Results | undefined;
  private readonly main = h("main", { id: "main", tabindex: -1 });
  private readonly opening = new Opening(
    (files, how) => this.take(files, how),
    (why) => this.fail(why),
  );
  private readonly address = new Address((files) => {
    this.before = "";
    if (files) this.open(files, this.address.place);
    else this.restore();
  });
  private readonly status = new Status(() => this.cancel());
  private readonly frame = new Frame(this.opening, this.status, this.main, () =>
    this.open(this.files, this.address.place),
  );

  constructor(root: HTMLElement) {
    put(root, ...this.frame.elements);
    this.home();
    addEventListener("beforeunload", (event) => {
      if (this.files.length > 0 && !this.address.place.sample) event.preventDefault();
    });
    asset("crypt32_page.wasm")
      .then((bytes) => WebAssembly.compile(bytes))
      .then((module) => {
        this.module = module;
        this.ask({ ask: "start", module });
      })
      .catch((error: unknown) => this.fail(String(error)));
  }

  private hire(): Worker {
    const worker = new Reader();
    const hear = (told: Tell) => {
      if (worker === this.worker) this.hear(told);
    };
    worker.addEventListener("message", ({ data }: MessageEvent<Tell>) => hear(data));
    worker.addEventListener("error", ({ message }) => {
      // The error does not name a file, so use the one that was read last.
      const file = this.states.findLastIndex(({ read }) => read > 0);
      const at = this.states[file]?.read ?? 0;
      hear({ tell: "failed", why: message, file: file < 0 ? null : file, at });
    });
    return worker;
  }

  /** Replaces a stopped worker. */
  private renew(): void {
    this.worker.terminate();
    this.worker = this.hire();
    this.ready = false;
    if (this.module) this.ask({ ask: "start", module: this.module });
  }

  private ask(ask: Ask): void {
    this.worker.postMessage(ask);
  }

  /** Shows the page without files. */
  private home(): void {
    const { place } = this.address;
    this.files = [];
    this.before = "";
    this.opening.add.hidden = true;
    document.title = TITLE;
    put(this.main, welcome(this.opening, fragment(place) !== ""));
  }

  /** Opens files that the user gave. */
  private take(given: File[], how: How): void {
    if (given.length === 0) return;
    const { files, address } = this;
    const { place } = address;
    const add = how === "add" && files.length > 0;
    // The first files get the filters of the address.
    const first = files.length === 0 && !this.waiting;
    const view = add || first ? place.view : fresh();
    const row = first ? place.row : null;
    const sample = how === "sample";
    this.before = add || first ? "" : named(files);
    const all = numbered(add ? [...files, ...given] : given);
    address.open(all, { view, row, sample }, first && sample && place.sample);
    this.open(all, address.place);
  }

  /** Opens files at a place of the results. Without files, the page is as it was at first. */
  private open(files: File[], place: Shown): void {
    if (!this.results || this.reading) {
      this.waiting = { files, place };
      if (this.reading) this.cancel();
      return;
    }
    if (files.length === 0) {
      this.status.clear();
      this.home();
      document.documentElement.dataset.state = "ready";
      return;
    }
    this.files = files;
    this.care = [];
    this.last = Number.POSITIVE_INFINITY;
    this.again = 0;
    this.opening.add.hidden = false;
    this.name(this.results);
    put(this.main, this.results.element);
    this.results.focus();
    this.read();
  }

  /** Shows the names of the open files. */
  private name(results: Results): void {
    document.title = `${named(this.files)} · ${TITLE}`;
    results.open(this.files.length, this.address.place.sample);
  }

  /** Takes the files to read, once the archives among them are unpacked. */
  private unpacked(inputs: Input[]): void {
    this.files = inputs.map(({ file }) => file);
    for (const { file, broken } of inputs) this.broken.set(file, broken);
    if (this.results) this.name(this.results);
  }

  /** Reads the files, for the first time or again with another worker. */
  private read(): void {
    const { files, care, last } = this;
    this.reading = true;
    this.states = [];
    this.summary = undefined;
    document.documentElement.dataset.state = "reading";
    const inputs = files.map((file) => ({ file, broken: this.broken.get(file) }));
    this.ask({ ask: "open", inputs, order: this.frame.order, care, last });
    this.show();
  }

  private cancel(): void {
    if (!this.finding) {
      this.ask({ ask: "cancel" });
    } else if (this.waiting) {
      this.finding = undefined;
      this.renew();
      this.reading = false;
      this.next();
    } else {
      // The worker that had the results is gone, so everything is read again.
      this.last = this.finding.file;
      this.found(null);
    }
  }

  /**
   * Handles a stopped worker: another one continues. If a file caused the stop, it first searches
   * for the place.
   */
  private stopped(told: Failed): void {
    const { why, file } = told;
    if (!this.ready) {
      // Another worker would stop too.
      this.reading = false;
      this.fail(why);
      return;
    }
    this.renew();
    if (this.finding) this.found(null);
    else if (this.reading && file !== null) this.find({ ...told, file });
    else if (this.files.length > 0 && this.again < AGAIN) {
      this.again++;
      this.read();
    } else this.giveUp(why);
  }

  private find(failed: Failed & { file: number }): void {
    const { file: index, at: from } = failed;
    const file = this.files[index] as File;
    this.finding = failed;
    this.status.finding(file.name);
    const care = this.care[index];
    this.ask({ ask: "find", file, order: this.frame.order, care, from });
  }

  private found(place: Place | null): void {
    const { file, at, why } = this.finding as Failed & { file: number };
    this.finding = undefined;
    this.renew();
    const care = withCare(
      this.care[file],
      place ?? { at, to: null, line: null, object: false, why },
    );
    if (!care) {
      this.giveUp(why);
      return;
    }
    this.care[file] = care;
    this.read();
  }

  private giveUp(why: string): void {
    this.reading = false;
    this.home();
    this.fail(why);
    this.next();
  }

  private change(part: Partial<View>): void {
    const { view } = this.address.place;
    // Each letter of a search replaces the one before it.
    const typing = part.search !== undefined && part.search !== "" && view.search !== "";
    this.address.change({ view: { ...view, ...part } }, typing);
    this.show();
  }

  /** Shows the view of the address. */
  private show(): void {
    const { view } = this.address.place;
    this.results?.change(view);
    this.ask({ ask: "view", view });
  }

  /** Shows the view and the selection of the address. */
  private restore(): void {
    if (this.files.length === 0) return;
    this.show();
    this.results?.restore(this.address.place.row);
  }

  private choose(facet: Facet, value: string, exclude: boolean): void {
    const { choices: old } = this.address.place.view;
    const same = (choice: Choice) => choice.facet === facet && choice.value === value;
    const had = old.find(same);
    const choices = old.filter((choice) => !same(choice));
    if (had?.exclude !== exclude) choices.push({ facet, value, exclude });
    this.change({ choices });
  }

  private sort(key: SortKey): void {
    const { sort, down } = this.address.place.view;
    this.change({ sort: key, down: sort === key && !down });
  }

  private hear(told: Tell): void {
    switch (told.tell) {
      case "ready":
        this.start(told);
        break;
      case "failed":
        this.stopped(told);
        break;
      case "found":
        this.found(told.place);
        break;
      case "unpacking":
        this.status.unpacking(told.name, told.size);
        break;
      case "inputs":
        this.unpacked(told.inputs);
        break;
      case "progress":
        this.progress(told);
        break;
      case "summary":
        this.summary = told.summary;
        break;
      case "view":
        this.results?.view(told, this.address.place.view);
        break;
      case "rows":
        this.results?.rows(told);
        break;
      case "explain":
        this.results?.explained(told);
        break;
      case "taken":
        this.results?.taken(told);
        break;
    }
  }

  private start({ article }: Extract<Tell, { tell: "ready" }>): void {
    learn(article);
    this.ready = true;
    if (this.prepared) return;
    this.prepared = true;
    this.frame.about(article);
    const results = new Results(article, {
      change: (part) => this.change(part),
      choose: (facet, value, exclude) => this.choose(facet, value, exclude),
      drop: ({ facet, value, exclude }) => this.choose(facet, value, exclude),
      select: (row) => {
        this.address.change({ row });
        if (row !== null) this.ask({ ask: "explain", index: row });
      },
      sort: (key) => this.sort(key),
      ask: (ask) => this.ask(ask),
    });
    this.main.append(results.element);
    results.prepare(() => {
      this.results = results;
      document.documentElement.dataset.state = "ready";
      if (this.address.place.sample && !this.waiting) this.opening.openSample();
      this.next();
    });
  }

  private next(): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting) this.open(waiting.files, waiting.place);
  }

  private progress(told: Extract<Tell, { tell: "progress" }>): void {
    const { files, counts, done } = told;
    this.states = files;
    this.results?.progress(files, counts, done);
    if (!done) {
      this.status.reading(told);
      return;
    }
    this.reading = false;
    this.again = 0;
    this.frame.ambiguous(this.summary?.ambiguous ?? false);
    soon(
      () => this.status.done(told, this.before),
      ...(this.results?.done(files, counts, this.summary) ?? []),
      () => {
        document.documentElement.dataset.state = "done";
        const { row } = this.address.place;
        if (row !== null && !this.waiting && !this.results?.explains) this.results?.restore(row);
        this.next();
      },
    );
  }

  private fail(why: string): void {
    document.documentElement.dataset.state = "failed";
    this.status.failed(why);
  }
}

const root = document.getElementById("page");
if (root) new Page(root);
