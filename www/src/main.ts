// The page: decides which part is visible, and exchanges messages with the worker.
import { withCare } from "./care.ts";
import { h, put } from "./dom.ts";
import { asset, Opening } from "./opening.ts";
import type {
  Ask,
  Care,
  Choice,
  Facet,
  FileState,
  Place,
  SortKey,
  Summary,
  Tell,
  View,
} from "./protocol.ts";
import { Results } from "./results.ts";
import { Status } from "./status.ts";
import "./style/main.css";
import { soon } from "./tasks.ts";
import { hide } from "./text.ts";
import { welcome } from "./welcome.ts";
import Reader from "./worker.ts?worker&inline";

const fresh = (): View => {
  return { choices: [], search: "", from: null, to: null, sort: "time", down: false };
};

/** How often the files are read again after an error that belongs to no file. */
const AGAIN = 2;

type Failed = Extract<Tell, { tell: "failed" }>;

class Page {
  private module: WebAssembly.Module | undefined;
  private worker = this.hire();
  /** Whether the worker has started the module. */
  private ready = false;
  private view = fresh();
  private files: File[] = [];
  private waiting: File[] | undefined;
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
  private readonly main = h("main", { id: "main" });
  private readonly opening = new Opening(
    (files) => this.open(files),
    (why) => this.fail(why),
  );
  private readonly status = new Status(() => this.cancel());
  private readonly order = h(
    "select",
    { "aria-label": "Dates such as 3/4/2010" },
    h("option", { value: "" }, "3/4/2010: as the file shows"),
    h("option", { value: "month-first" }, "3/4/2010: month first"),
    h("option", { value: "day-first" }, "3/4/2010: day first"),
  );

  constructor(root: HTMLElement) {
    const brand = h(
      "div",
      { class: "brand" },
      h("h1", {}, "Crypt32 event 8 triage"),
      h("p", {}, "Nothing leaves this computer"),
    );
    const { opening } = this;
    const actions = [this.order, opening.sample("Sample"), opening.button()];
    put(
      root,
      h("a", { class: "skip", href: "#main" }, "Skip to the results"),
      h("header", {}, brand, h("div", { class: "actions" }, ...actions)),
      this.status.element,
      this.status.live,
      this.main,
      h(
        "footer",
        {},
        "This page reads the log in your browser. It cannot connect to any server, and it keeps nothing after you close it.",
      ),
    );
    put(this.main, welcome(opening));
    this.order.addEventListener("change", () => {
      if (this.files.length > 0) this.open(this.files);
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

  private open(files: File[]): void {
    if (files.length === 0) return;
    if (!this.results || this.reading) {
      this.waiting = files;
      if (this.reading) this.cancel();
      return;
    }
    this.files = files;
    this.care = [];
    this.last = Number.POSITIVE_INFINITY;
    this.again = 0;
    this.view = fresh();
    this.results.open(files.length);
    put(this.main, this.results.element);
    this.read();
  }

  /** Reads the files, for the first time or again with another worker. */
  private read(): void {
    const { files, care, last } = this;
    this.reading = true;
    this.states = [];
    this.summary = undefined;
    document.documentElement.dataset.state = "reading";
    this.ask({ ask: "open", files, order: this.order.value, care, last });
    this.change({});
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
    this.ask({ ask: "find", file, order: this.order.value, care, from });
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
    this.files = [];
    put(this.main, welcome(this.opening));
    this.fail(why);
    this.next();
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    this.results?.change(this.view);
    this.ask({ ask: "view", view: this.view });
  }

  private choose(facet: Facet, value: string, exclude: boolean): void {
    const same = (choice: Choice) => choice.facet === facet && choice.value === value;
    const had = this.view.choices.find(same);
    const choices = this.view.choices.filter((choice) => !same(choice));
    if (had?.exclude !== exclude) choices.push({ facet, value, exclude });
    this.change({ choices });
  }

  private sort(key: SortKey): void {
    this.change({ sort: key, down: this.view.sort === key && !this.view.down });
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
      case "progress":
        this.progress(told);
        break;
      case "summary":
        this.summary = told.summary;
        break;
      case "view":
        this.results?.view(told, this.view);
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
    hide(article.hidden);
    this.ready = true;
    if (this.prepared) return;
    this.prepared = true;
    const results = new Results(article, {
      change: (part) => this.change(part),
      choose: (facet, value, exclude) => this.choose(facet, value, exclude),
      drop: (choice) => this.change({ choices: this.view.choices.filter((one) => one !== choice) }),
      sort: (key) => this.sort(key),
      ask: (ask) => this.ask(ask),
    });
    this.main.append(results.element);
    results.prepare(() => {
      this.results = results;
      document.documentElement.dataset.state = "ready";
      this.next();
    });
  }

  private next(): void {
    const files = this.waiting;
    this.waiting = undefined;
    if (files) this.open(files);
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
    soon(
      () => this.status.done(told),
      ...(this.results?.done(files, counts, this.summary) ?? []),
      () => {
        document.documentElement.dataset.state = "done";
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
