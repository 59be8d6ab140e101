// The exports: files created here, and commands and configurations with the same result.
import { isBinary } from "./chunks.ts";
import { copyButton, h, put, save } from "./dom.ts";
import type { Counts, Drops, FileState, Take, Tell, View } from "./protocol.ts";
import { snippets } from "./snippets.ts";
import { line, number, plural, size } from "./text.ts";

const DOWNLOADS: [Take, string, string][] = [
  ["tag", "Tagged log", "All records; benign records and records to review have a tag"],
  [
    "drop",
    "Filtered log",
    "Without the accepted benign records; other benign records and records to review are tagged; the rest is unchanged",
  ],
  [
    "ledger",
    "Ledger (JSON)",
    "The removed records: counts, computers, errors, first and last times",
  ],
  ["ndjson", "Verdicts (NDJSON)", "The records of this view with all evidence"],
  ["csv", "Verdicts (CSV)", "The same, safe to open in a spreadsheet"],
  ["markdown", "Report (Markdown)", "Computers, errors, intervals, gaps, contradictions"],
];

/** Exports that need event 8 in lines, and exports of the rows. */
const LOGS = ["tag", "drop", "ledger"];
const ROWS = ["ndjson", "csv"];

export class TakeAway {
  readonly element = h("section", {
    class: "take",
    id: "take",
    tabindex: -1,
    "aria-labelledby": "take-title",
  });
  /** Whether the sample is open. */
  sample = false;
  private readonly status = h("p", { class: "about", role: "status" });
  private readonly cause = h("input", { type: "checkbox" });
  private readonly computers = h("input", {
    type: "text",
    placeholder: "every computer",
    spellcheck: "false",
  });
  private readonly code = h("pre", {
    class: "raw",
    tabindex: 0,
    role: "region",
    "aria-label": "Command or configuration",
  });
  private readonly tabs = h("div", {
    class: "tabs",
    role: "group",
    "aria-label": "Target",
  });
  private shown = "Command line";
  private readonly dry = h("p", { class: "dry" });
  /** The commands and configurations, with their options. */
  private readonly run: HTMLElement[];
  private count = 0;
  private saved: Counts | undefined;
  private files: FileState[] = [];
  private view: View | undefined;
  private readonly buttons: HTMLButtonElement[] = [];

  constructor(take: (what: Take, drops: Drops) => void) {
    for (const option of [this.cause, this.computers]) {
      option.addEventListener("input", () => {
        this.snippets();
        this.dryRun();
      });
    }
    const items = DOWNLOADS.map(([what, name, about]) => {
      const button = h("button", { type: "button", class: "quiet", "data-take": what }, name);
      button.addEventListener("click", () => {
        this.busy(true);
        this.status.textContent = `Writing: ${name} …`;
        take(what, this.drops());
      });
      this.buttons.push(button);
      return h("li", {}, button, h("span", { class: "about" }, about));
    });
    const print = h(
      "button",
      { type: "button", class: "quiet", click: () => window.print() },
      "Print or PDF",
    );
    this.run = [
      h(
        "label",
        { class: "option" },
        this.cause,
        " Also drop inferred records (basis “cause”): the error says that the server could not be reached, but no article prints it",
      ),
      h(
        "label",
        { class: "option" },
        "Drop only records of computers whose whole name matches this regular expression: ",
        this.computers,
      ),
      this.dry,
      h("h3", {}, "Run it elsewhere"),
      this.tabs,
      this.code,
      copyButton(() => this.code.textContent ?? ""),
    ];
    const [cause, computers, dry, ...elsewhere] = this.run;
    put(
      this.element,
      h("h2", { id: "take-title" }, "Export"),
      h(
        "ul",
        { class: "downloads" },
        ...items,
        h("li", {}, print, h("span", { class: "about" }, "This page as a report")),
      ),
      cause,
      computers,
      dry,
      this.status,
      ...elsewhere,
    );
  }

  /** Shows the exports for the files that were read. */
  done(files: FileState[], counts: Counts): void {
    this.files = files;
    this.saved = counts;
    this.element.hidden = counts.records === 0;
    const events = counts.benign + counts.review;
    const lines = files.some(({ container }) => !isBinary(container)) ? events : 0;
    for (const button of this.buttons) {
      const what = button.dataset.take ?? "";
      const has = LOGS.includes(what) ? lines : ROWS.includes(what) ? events + counts.related : 1;
      (button.parentElement as HTMLElement).hidden = has === 0;
    }
    for (const part of this.run) part.hidden = events === 0;
    this.dryRun();
    this.snippets();
  }

  /** Takes the number of rows in the view. */
  rows(count: number): void {
    this.count = count;
    this.busy(false);
  }

  /** Shows what dropping would remove before anything is written. */
  private dryRun(): void {
    if (!this.saved) return;
    const { droppable, accepted, records, passed } = this.saved;
    const gone = this.cause.checked ? droppable : accepted;
    // The filter also passes a line that may continue a record before it, and elements of arrays.
    const removed = `Dropping removes at most ${number(gone.records)} of ${plural(records, "record")}, ${size(gone.bytes)} of text. The ledger counts each of them.`;
    const stays = `${passed === 1 ? "1 benign record stays" : `${number(passed)} benign records stay`}, because dropping removes only lines that are whole records by themselves.`;
    this.dry.textContent = [gone.records > 0 && removed, passed > 0 && stays]
      .filter(Boolean)
      .join(" ");
  }

  private drops(): Drops {
    const { cause, computers } = this;
    return {
      accept: ["listed", "sibling", ...(cause.checked ? ["cause"] : [])],
      ...(computers.value && { onlyComputers: [computers.value] }),
    };
  }

  private busy(busy: boolean): void {
    for (const button of this.buttons) {
      const nothing = this.count === 0 && ROWS.includes(button.dataset.take ?? "");
      button.disabled = busy || nothing;
    }
  }

  taken({ files, note }: Extract<Tell, { tell: "taken" }>): void {
    this.busy(false);
    for (const { name, blob } of files) save(name, blob);
    const names = files.map((file) => file.name).join(", ");
    this.status.textContent = [names && `Written: ${line(names)}.`, note].filter(Boolean).join(" ");
  }

  show(view: View): void {
    this.view = view;
    this.snippets();
  }

  private snippets(): void {
    const all = snippets(this.files, this.drops(), this.view, this.sample);
    const names = Object.keys(all);
    if (this.tabs.childElementCount === 0) {
      put(
        this.tabs,
        ...names.map((name) =>
          h(
            "button",
            {
              type: "button",
              click: () => {
                this.shown = name;
                this.snippets();
              },
            },
            name,
          ),
        ),
      );
    }
    for (const tab of this.tabs.children) {
      tab.setAttribute("aria-pressed", String(tab.textContent === this.shown));
    }
    this.code.textContent = all[this.shown] ?? "";
  }
}
