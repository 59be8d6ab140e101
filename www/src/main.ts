// The page: what is shown when, and the talk with the worker.
import { Answer } from "./answer.ts";
import { h, line, number, plural, put, size } from "./dom.ts";
import { Explain } from "./explain.ts";
import { Facets } from "./facets.ts";
import type { Article, Ask, Choice, Counts, Facet, SortKey, Tell, View } from "./protocol.ts";
import "./style.css";
import { Table } from "./table.ts";
import { TakeAway } from "./takeaway.ts";
import { Chart } from "./timeline.ts";
import Reader from "./worker.ts?worker&inline";

/** A file of the page: inside it in the single-file build, beside it otherwise. */
async function asset(name: string): Promise<ArrayBuffer> {
  const inside = document.getElementById(`file-${name}`)?.textContent;
  if (inside) return Uint8Array.from(atob(inside.trim()), (c) => c.charCodeAt(0)).buffer;
  const answer = await fetch(new URL(name, document.baseURI));
  if (!answer.ok) throw new Error(`${name} is missing beside this page`);
  return answer.arrayBuffer();
}

const fresh = (): View => {
  return { choices: [], search: "", from: null, to: null, sort: "time", down: false };
};

class Page {
  private readonly worker = new Reader();
  private view = fresh();
  private counts: Counts | undefined;
  private reading = false;
  private waiting: File[] | undefined;
  private ready = false;
  private readonly pick = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Files",
  });
  private readonly status = h("div", { class: "status" });
  private readonly live = h("p", { class: "unseen", role: "status" });
  private readonly search = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search in the records",
  });
  private readonly order = h(
    "select",
    { "aria-label": "Dates such as 3/4/2010" },
    h("option", { value: "" }, "3/4/2010: as the file shows"),
    h("option", { value: "month-first" }, "3/4/2010: month first"),
    h("option", { value: "day-first" }, "3/4/2010: day first"),
  );
  private readonly main = h("main", { id: "main" });
  private answer!: Answer;
  private explain!: Explain;
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
    const open = h(
      "button",
      { type: "button", class: "main", click: () => this.pick.click() },
      "Open files",
    );
    const sample = h(
      "button",
      { type: "button", class: "quiet", click: () => this.sample() },
      "Sample",
    );
    put(
      root,
      h("a", { class: "skip", href: "#main" }, "To the results"),
      h(
        "header",
        {},
        h(
          "div",
          { class: "brand" },
          h("h1", {}, "Crypt32 event 8 triage"),
          h("p", {}, "Nothing leaves this computer"),
        ),
        h("div", { class: "actions" }, this.order, sample, open, this.pick),
      ),
      this.status,
      this.live,
      this.main,
      h(
        "footer",
        {},
        h(
          "p",
          {},
          "The log is read in this browser, by this page alone: it cannot connect anywhere, and it keeps nothing once closed.",
        ),
      ),
    );
    this.welcome();
    this.pick.addEventListener("change", () => {
      this.open([...(this.pick.files ?? [])]);
      this.pick.value = "";
    });
    this.order.addEventListener("change", () => {
      if (this.last.length > 0) this.open(this.last);
    });
    let typing: ReturnType<typeof setTimeout>;
    this.search.addEventListener("input", () => {
      clearTimeout(typing);
      typing = setTimeout(() => this.change({ search: this.search.value.trim() }), 150);
    });
    this.listen();
    this.worker.addEventListener("message", ({ data }: MessageEvent<Tell>) => this.hear(data));
    this.worker.addEventListener("error", (event) => this.fail(event.message));
    asset("crypt32_page.wasm")
      .then((bytes) => WebAssembly.compile(bytes))
      .then((module) => this.ask({ ask: "start", module }))
      .catch((error: unknown) => this.fail(String(error)));
  }

  private last: File[] = [];

  private ask(ask: Ask): void {
    this.worker.postMessage(ask);
  }

  private listen(): void {
    const over = (on: boolean) => document.documentElement.classList.toggle("over", on);
    addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) over(false);
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.openAll(event.dataTransfer);
    });
    addEventListener("paste", (event) => {
      const target = event.target as Element | null;
      if (target?.closest("input, textarea")) return;
      this.openAll(event.clipboardData);
    });
    addEventListener("keydown", (event) => {
      if (event.key === "/" && !(event.target as Element).closest("input, textarea, select")) {
        event.preventDefault();
        this.search.focus();
      }
    });
  }

  private openAll(data: DataTransfer | null): void {
    const files = [...(data?.files ?? [])];
    const text = data?.getData("text/plain") ?? "";
    if (files.length > 0) this.open(files);
    else if (text.trim()) this.open([new File([text], "pasted text")]);
  }

  private async sample(): Promise<void> {
    try {
      this.open([new File([await asset("sample.ndjson.gz")], "sample.ndjson.gz")]);
    } catch (error) {
      this.fail(String(error));
    }
  }

  private welcome(): void {
    put(
      this.main,
      h(
        "section",
        { class: "welcome" },
        h("h2", {}, "How much of this log is noise?"),
        h(
          "p",
          {},
          "Windows XP and Server 2003 write Crypt32 event 8 again and again when they cannot reach Windows Update. Microsoft’s article KB2253680 calls it benign under stated conditions. Open a log to see which records are that, and which are not.",
        ),
        h(
          "div",
          { class: "drop" },
          h("p", { class: "big" }, "Drop files anywhere on this page"),
          h(
            "p",
            {},
            h(
              "button",
              { type: "button", class: "main", click: () => this.pick.click() },
              "Open files",
            ),
            " ",
            h(
              "button",
              { type: "button", class: "quiet", click: () => this.sample() },
              "Try the sample",
            ),
          ),
          h("p", { class: "about" }, "or paste records with Ctrl+V"),
        ),
        h(
          "ul",
          { class: "kinds" },
          ...[
            ["Event logs", ".evt and .evtx, also damaged ones"],
            ["From shippers", "Winlogbeat, NXLog, Fluent Bit, Snare, Splunk, syslog, CEF, CSV …"],
            ["Packed or not", "gzip, zstd, UTF-16; many files at once, of any size"],
          ].map(([name, about]) => h("li", {}, h("strong", {}, name), h("span", {}, about))),
        ),
      ),
    );
  }

  private open(files: File[]): void {
    if (files.length === 0) return;
    if (!this.ready || this.reading) {
      this.waiting = files;
      if (this.reading) this.ask({ ask: "cancel" });
      return;
    }
    this.last = files;
    this.reading = true;
    this.view = fresh();
    this.search.value = "";
    this.counts = undefined;
    this.explain.element.hidden = true;
    put(
      this.main,
      this.answer.element,
      this.chart.element,
      h(
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
      ),
      this.take.element,
    );
    this.ask({ ask: "open", files, order: this.order.value });
    this.change({});
  }

  private change(part: Partial<View>): void {
    this.view = { ...this.view, ...part };
    const { choices, search, from, to } = this.view;
    const text = (time: number) =>
      new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");
    const range = from !== null && to !== null ? `${text(from)} to ${text(to)}` : "";
    this.facets.showChips(choices, search, range);
    this.take.show(
      this.last.map((file) => file.name),
      this.view,
    );
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
        if (this.counts) this.answer.summary(told.summary, this.counts);
        this.pendingSummary = told.summary;
        break;
      case "view":
        this.facets.show(told.facets, this.view.choices);
        this.chart.show(told.timeline, this.view.from !== null);
        this.table.show(told.length, told.serial, this.view.sort, this.view.down);
        break;
      case "rows":
        this.table.take(told.from, told.rows, told.serial);
        break;
      case "explain":
        this.explain.show(told);
        this.explain.focus();
        break;
      case "taken":
        this.take.taken(told);
        break;
    }
  }

  private pendingSummary: Extract<Tell, { tell: "summary" }>["summary"] | undefined;

  private start(article: Article): void {
    this.ready = true;
    this.answer = new Answer(article);
    this.explain = new Explain(article, () =>
      this.table.element.querySelector<HTMLElement>("[role=grid]")?.focus(),
    );
    document.documentElement.dataset.state = "ready";
    this.next();
  }

  private next(): void {
    const files = this.waiting;
    this.waiting = undefined;
    if (files) this.open(files);
  }

  private progress({ files, counts, done, cancelled }: Extract<Tell, { tell: "progress" }>): void {
    this.counts = counts;
    this.answer.progress(files, counts, done);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const read = files.reduce((sum, file) => sum + file.read, 0);
    document.documentElement.dataset.state = done ? "done" : "reading";
    if (done) {
      this.reading = false;
      const name = files.length === 1 ? line(files[0]?.name ?? "") : plural(files.length, "file");
      put(
        this.status,
        h(
          "p",
          {},
          `${name}: ${size(counts.bytes)}, ${plural(counts.records, "record")}${cancelled ? ", stopped before the end" : ""}`,
        ),
      );
      this.live.textContent = `Read ${plural(counts.records, "record")}: ${number(counts.benign)} benign, ${number(counts.review)} to review.`;
      if (this.pendingSummary) this.answer.summary(this.pendingSummary, counts);
      this.pendingSummary = undefined;
      this.next();
      return;
    }
    const bar = h("progress", {
      max: Math.max(1, total),
      value: read,
      "aria-label": "Read so far",
    });
    const stop = h(
      "button",
      { type: "button", class: "quiet", click: () => this.ask({ ask: "cancel" }) },
      "Cancel",
    );
    put(
      this.status,
      bar,
      h("p", {}, `${size(read)} of ${size(total)}, ${plural(counts.records, "record")}`),
      stop,
    );
  }

  private fail(why: string): void {
    document.documentElement.dataset.state = "failed";
    put(this.status, h("p", { class: "failed", role: "alert" }, `This cannot go on: ${line(why)}`));
  }
}

const root = document.getElementById("page");
if (root) new Page(root);
