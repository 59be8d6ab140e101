// The page: what is shown when, and the talk with the worker.
import { h, put } from "./dom.ts";
import { asset, Opening } from "./opening.ts";
import type { Ask, Choice, Facet, SortKey, Summary, Tell, View } from "./protocol.ts";
import { Results } from "./results.ts";
import { Status } from "./status.ts";
import "./style/main.css";
import { soon } from "./tasks.ts";
import { welcome } from "./welcome.ts";
import Reader from "./worker.ts?worker&inline";

const fresh = (): View => {
  return { choices: [], search: "", from: null, to: null, sort: "time", down: false };
};

class Page {
  private readonly worker = new Reader();
  private view = fresh();
  private files: File[] = [];
  private waiting: File[] | undefined;
  private reading = false;
  private summary: Summary | undefined;
  /** There once the worker is ready, and they are prepared. */
  private results: Results | undefined;
  private readonly main = h("main", { id: "main" });
  private readonly opening = new Opening(
    (files) => this.open(files),
    (why) => this.fail(why),
  );
  private readonly status = new Status(() => this.ask({ ask: "cancel" }));
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
      h("a", { class: "skip", href: "#main" }, "To the results"),
      h("header", {}, brand, h("div", { class: "actions" }, ...actions)),
      this.status.element,
      this.status.live,
      this.main,
      h(
        "footer",
        {},
        "The log is read in this browser, by this page alone: it cannot connect anywhere, and it keeps nothing once closed.",
      ),
    );
    put(this.main, welcome(opening));
    this.worker.addEventListener("message", ({ data }: MessageEvent<Tell>) => this.hear(data));
    this.worker.addEventListener("error", (event) => this.fail(event.message));
    this.order.addEventListener("change", () => {
      if (this.files.length > 0) this.open(this.files);
    });
    asset("crypt32_page.wasm")
      .then((bytes) => WebAssembly.compile(bytes))
      .then((module) => this.ask({ ask: "start", module }))
      .catch((error: unknown) => this.fail(String(error)));
  }

  private ask(ask: Ask): void {
    this.worker.postMessage(ask);
  }

  private open(files: File[]): void {
    if (files.length === 0) return;
    if (!this.results || this.reading) {
      this.waiting = files;
      if (this.reading) this.ask({ ask: "cancel" });
      return;
    }
    this.files = files;
    this.reading = true;
    this.view = fresh();
    this.summary = undefined;
    document.documentElement.dataset.state = "reading";
    this.results.open(files.length);
    put(this.main, this.results.element);
    this.ask({ ask: "open", files, order: this.order.value });
    this.change({});
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
        this.reading = false;
        this.fail(told.why);
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
    this.results?.progress(files, counts, done);
    if (!done) {
      this.status.reading(told);
      return;
    }
    this.reading = false;
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
