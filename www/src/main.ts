// The page: what is shown when, and the talk with the worker.
import { COUNTS, FACETS, SUMMARY, TIMELINE } from "./ahead.ts";
import { Answer } from "./answer.ts";
import { h, put } from "./dom.ts";
import { Explain } from "./explain.ts";
import { Facets } from "./facets.ts";
import { asset, Opening } from "./opening.ts";
import type { Article, Ask, Choice, Facet, SortKey, Summary, Tell, View } from "./protocol.ts";
import { Status } from "./status.ts";
import "./style/main.css";
import { Table } from "./table.ts";
import { TakeAway } from "./takeaway.ts";
import { soon } from "./tasks.ts";
import { Chart } from "./timeline.ts";
import { welcome } from "./welcome.ts";
import Reader from "./worker.ts?worker&inline";

const fresh = (): View => {
  return { choices: [], search: "", from: null, to: null, sort: "time", down: false };
};
const minute = (time: number) => new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");

class Page {
  private readonly worker = new Reader();
  private view = fresh();
  private files: File[] = [];
  private waiting: File[] | undefined;
  private ready = false;
  private reading = false;
  private summary: Summary | undefined;
  private answer!: Answer;
  private explain!: Explain;
  private readonly main = h("main", { id: "main" });
  private readonly results = h("div", { class: "results ahead" });
  private readonly opening = new Opening(
    (files) => this.open(files),
    (why) => this.fail(why),
  );
  private readonly status = new Status(() => this.ask({ ask: "cancel" }));
  private readonly search = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search in the records",
    "aria-keyshortcuts": "/",
  });
  private readonly order = h(
    "select",
    { "aria-label": "Dates such as 3/4/2010" },
    h("option", { value: "" }, "3/4/2010: as the file shows"),
    h("option", { value: "month-first" }, "3/4/2010: month first"),
    h("option", { value: "day-first" }, "3/4/2010: day first"),
  );
  private readonly chart = new Chart((from, to) => this.change({ from, to }));
  private readonly facets = new Facets({
    choose: (facet, value, exclude) => this.choose(facet, value, exclude),
    drop: (choice) => this.change({ choices: this.view.choices.filter((one) => one !== choice) }),
    clear: () => {
      this.search.value = "";
      this.change({ choices: [], search: "", from: null, to: null });
    },
    dropSearch: () => {
      this.search.value = "";
      this.change({ search: "" });
    },
    dropRange: () => this.change({ from: null, to: null }),
  });
  private readonly table = new Table({
    rows: (from, to, serial) => this.ask({ ask: "rows", from, to, serial }),
    sort: (key) => this.sort(key),
    choose: (facet, value, exclude) => this.choose(facet, value, exclude),
    select: (index) => this.ask({ ask: "explain", index }),
  });
  private readonly take = new TakeAway((what, accept) => this.ask({ ask: "take", what, accept }));

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
    this.listen();
    asset("crypt32_page.wasm")
      .then((bytes) => WebAssembly.compile(bytes))
      .then((module) => this.ask({ ask: "start", module }))
      .catch((error: unknown) => this.fail(String(error)));
  }

  private ask(ask: Ask): void {
    this.worker.postMessage(ask);
  }

  private listen(): void {
    this.worker.addEventListener("message", ({ data }: MessageEvent<Tell>) => this.hear(data));
    this.worker.addEventListener("error", (event) => this.fail(event.message));
    this.order.addEventListener("change", () => {
      if (this.files.length > 0) this.open(this.files);
    });
    let typing: ReturnType<typeof setTimeout>;
    this.search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.change({ search: this.search.value.trim() }), 150);
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || (event.target as Element).closest("input, textarea, select")) return;
      event.preventDefault();
      this.search.focus();
    });
  }

  private open(files: File[]): void {
    if (files.length === 0) return;
    if (!this.ready || this.reading) {
      this.waiting = files;
      if (this.reading) this.ask({ ask: "cancel" });
      return;
    }
    this.files = files;
    this.reading = true;
    this.view = fresh();
    this.search.value = "";
    this.summary = undefined;
    this.explain.element.hidden = true;
    document.documentElement.dataset.state = "reading";
    // Of several files, a row says from which it is.
    this.table.extra(files.length > 1 ? ["file"] : []);
    this.clear();
    this.results.classList.remove("ahead");
    put(this.main, this.results);
    this.ask({ ask: "open", files, order: this.order.value });
    this.change({});
  }

  private records(): HTMLElement {
    return h(
      "section",
      { class: "records", "aria-labelledby": "records-title" },
      h("div", { class: "bar" }, h("h2", { id: "records-title" }, "Records"), this.search),
      this.facets.chips,
      h(
        "div",
        { class: "columns" },
        this.facets.element,
        h("div", { class: "center" }, this.table.element, this.explain.element),
      ),
    );
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    const { choices, search, from, to } = this.view;
    const range = from !== null && to !== null ? `${minute(from)} to ${minute(to)}` : "";
    this.facets.showChips(choices, search, range);
    this.take.show(this.view);
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
        this.start(told.article);
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
        this.table.show(told.length, told.serial, this.view.sort, this.view.down);
        soon(
          () => this.facets.show(told.facets, this.view.choices),
          () => this.chart.show(told.timeline, this.view.from !== null),
        );
        break;
      case "rows":
        this.table.take(told.from, told.rows, told.serial);
        break;
      case "explain":
        // Who closed it while its record was looked for wants no more of it.
        if (told.again && this.explain.element.hidden) break;
        this.explain.show(told);
        if (!told.again) this.explain.focus();
        break;
      case "taken":
        this.take.taken(told);
        break;
    }
  }

  private start(article: Article): void {
    this.ready = true;
    this.answer = new Answer(article);
    this.explain = new Explain(article, () => this.table.focus());
    document.documentElement.dataset.state = "ready";
    this.main.append(this.results);
    soon(
      () => this.results.append(this.answer.element),
      () => this.results.append(this.chart.element),
      () => this.results.append(this.records()),
      () => this.results.append(this.take.element),
    );
    if (this.waiting) this.next();
    else soon(...this.ahead());
  }

  /** Shows results of nothing while nobody sees them. */
  private ahead(): (() => void)[] {
    const pieces = [
      () => this.answer.summary(SUMMARY, COUNTS),
      ...this.answer.computers(SUMMARY),
      () => this.chart.show(TIMELINE, false),
      () => this.facets.show(FACETS, []),
      () => this.clear(),
    ];
    return pieces.map((piece) => () => {
      if (this.files.length === 0) piece();
    });
  }

  private clear(): void {
    this.answer.clear();
    this.chart.show(null, false);
    this.facets.show([], []);
  }

  private next(): void {
    const files = this.waiting;
    this.waiting = undefined;
    if (files) this.open(files);
  }

  private progress(told: Extract<Tell, { tell: "progress" }>): void {
    const { files, counts, done } = told;
    this.answer.progress(files, counts, done);
    if (!done) {
      this.status.reading(told);
      return;
    }
    this.reading = false;
    const { summary } = this;
    soon(
      () => this.status.done(told),
      () => summary && this.answer.summary(summary, counts),
      ...(summary ? this.answer.computers(summary) : []),
      () => this.take.done(files, counts),
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
