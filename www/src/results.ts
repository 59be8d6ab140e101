// The results of a log, from the answer to the exports.
import * as nothing from "./ahead.ts";
import { Answer } from "./answer.ts";
import { h } from "./dom.ts";
import { Explain } from "./explain.ts";
import { Facets } from "./facets.ts";
import { Keys } from "./keys.ts";
import { goTo } from "./links.ts";
import type {
  Article,
  Ask,
  Choice,
  Counts,
  Facet,
  FileState,
  SortKey,
  Summary,
  Tell,
  View,
} from "./protocol.ts";
import { Table } from "./table.ts";
import { TakeAway } from "./takeaway.ts";
import { soon } from "./tasks.ts";
import { Chart } from "./timeline.ts";

export interface ResultActions {
  /** Changes the view. */
  change(part: Partial<View>): void;
  /** Selects a row, or none. */
  select(index: number | null): void;
  choose(facet: Facet, value: string, exclude: boolean): void;
  drop(choice: Choice): void;
  sort(key: SortKey): void;
  ask(ask: Ask): void;
}

const minute = (time: number) => new Date(time * 1000).toISOString().slice(0, 16).replace("T", " ");

export class Results {
  readonly element = h("div", { class: "results ahead" });
  private readonly answer: Answer;
  private readonly chart: Chart;
  private readonly facets: Facets;
  private readonly table: Table;
  private readonly explain: Explain;
  private readonly take: TakeAway;
  private readonly search = h("input", {
    type: "search",
    placeholder: "Search",
    "aria-label": "Search in the records",
    "aria-keyshortcuts": "/",
    "aria-describedby": "search-wrong",
  });
  private readonly wrong = h("p", { class: "failed", id: "search-wrong", role: "status" });
  private readonly title = h("h2", { id: "records-title", tabindex: -1 }, "Records");
  private readonly list: HTMLElement;
  /** What was in focus before the explanation, while its record is loading or shown. */
  private from: HTMLElement | undefined;
  private zone = 0;

  constructor(
    article: Article,
    private readonly actions: ResultActions,
  ) {
    const { change, choose, drop, sort, ask } = actions;
    this.answer = new Answer(article, {
      rows: (filters) => {
        const choices = filters.map(([facet, value]) => ({ facet, value, exclude: false }));
        this.search.value = "";
        change({ choices, search: "", from: null, to: null });
        goTo(this.title);
      },
      row: (row) => this.select(row.index),
    });
    this.chart = new Chart(
      (from, to) => change({ from, to }),
      // The old range would name other times.
      (zone) => change({ zone, from: null, to: null }),
    );
    const dropSearch = (rest: Partial<View>) => {
      this.search.value = "";
      change({ ...rest, search: "" });
    };
    this.facets = new Facets(
      {
        choose,
        drop,
        clear: () => dropSearch({ choices: [], from: null, to: null }),
        dropSearch: () => dropSearch({}),
        dropRange: () => change({ from: null, to: null }),
      },
      this.title,
    );
    this.table = new Table({
      rows: (from, to, serial) => ask({ ask: "rows", from, to, serial }),
      sort,
      choose,
      select: (index) => this.select(index),
    });
    this.explain = new Explain(article, () => {
      actions.select(null);
      if (this.from?.isConnected) this.from.focus();
      else this.table.focus();
    });
    this.take = new TakeAway((what, drops) => ask({ ask: "take", what, drops }));
    this.list = this.records();
    this.listen();
    soon(
      () => this.element.append(this.answer.element),
      () => this.element.append(this.chart.element),
      () => this.element.append(this.list),
      () => this.element.append(this.take.element),
    );
  }

  private listen(): void {
    let typing: ReturnType<typeof setTimeout>;
    this.search.addEventListener("input", () => {
      clearTimeout(typing);
      const tell = () => this.actions.change({ search: this.search.value.trim() });
      typing = setTimeout(tell, 150);
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || (event.target as Element).closest("input, textarea, select")) return;
      event.preventDefault();
      this.search.focus();
    });
  }

  /** Explains a row, and goes to the explanation once it is there. */
  private select(index: number): void {
    this.from = document.activeElement as HTMLElement;
    this.actions.select(index);
  }

  private records(): HTMLElement {
    const keys = new Keys();
    return h(
      "section",
      { class: "records", "aria-labelledby": "records-title" },
      h(
        "div",
        { class: "bar" },
        this.title,
        this.search,
        h(
          "button",
          { type: "button", class: "quiet", "aria-keyshortcuts": "?", click: () => keys.show() },
          "Keys (?)",
        ),
      ),
      this.wrong,
      keys.element,
      this.facets.chips,
      h(
        "div",
        { class: "columns" },
        this.facets.element,
        h("div", { class: "center" }, this.table.element, this.explain.element),
      ),
    );
  }

  /** Lays out empty results invisibly. */
  prepare(then: () => void): void {
    soon(
      () => this.answer.summary(nothing.SUMMARY, 1, nothing.COUNTS),
      ...this.answer.computers(nothing.SUMMARY),
      () => this.chart.show(nothing.TIMELINE, false, 0),
      () => this.facets.show(nothing.FACETS, []),
      () => this.clear(),
      then,
    );
  }

  private clear(): void {
    this.answer.clear();
    this.chart.show(null, false, 0);
    this.facets.show([], []);
  }

  /** Prepares for a number of new files. */
  open(files: number, sample: boolean): void {
    this.element.classList.remove("ahead");
    this.clear();
    this.list.hidden = false;
    this.take.element.hidden = true;
    this.take.sample = sample;
    this.explain.element.hidden = true;
    // If there are several files, each row names its file.
    this.table.extra(files > 1 ? ["file"] : []);
  }

  /** Goes to the beginning of the results. */
  focus(): void {
    this.answer.focus();
  }

  /** Whether a record is explained. */
  get explains(): boolean {
    return !this.explain.element.hidden;
  }

  /** Shows the selection of an address. The focus stays where it is. */
  restore(row: number | null): void {
    this.from = undefined;
    if (row === null) this.explain.element.hidden = true;
    else this.actions.ask({ ask: "explain", index: row });
  }

  /** Shows a changed view, whose rows are still loading. */
  change(view: View): void {
    const { choices, search, from, to, zone } = view;
    this.table.ask();
    this.zone = zone;
    if (this.search.value.trim() !== search) this.search.value = search;
    const range = from !== null && to !== null ? `${minute(from)} to ${minute(to)}` : "";
    this.facets.showChips(choices, search, range);
    this.take.show(view);
  }

  view(told: Extract<Tell, { tell: "view" }>, view: View): void {
    this.table.show(told.length, told.serial, view);
    this.take.rows(told.length);
    this.wrong.textContent = told.wrong;
    this.search.setAttribute("aria-invalid", String(told.wrong !== ""));
    soon(
      () => this.facets.show(told.facets, view.choices),
      () => this.chart.show(told.timeline, view.from !== null, view.zone),
    );
  }

  rows({ from, rows, serial }: Extract<Tell, { tell: "rows" }>): void {
    this.table.take(from, rows, serial);
  }

  explained(told: Extract<Tell, { tell: "explain" }>): void {
    // The user closed the explanation while its record was loading.
    if (told.again && this.explain.element.hidden) return;
    this.explain.show(told, this.zone);
    this.table.moveTo(told.at);
    if (!told.again && this.from) goTo(this.explain.element);
  }

  taken(told: Extract<Tell, { tell: "taken" }>): void {
    this.take.taken(told);
  }

  progress(files: FileState[], counts: Counts, done: boolean): void {
    this.answer.progress(files, counts, done);
  }

  /** Returns the steps that show the complete results, in order. */
  done(files: FileState[], counts: Counts, summary: Summary | undefined): (() => void)[] {
    const answer = summary
      ? [
          () => this.answer.summary(summary, files.length, counts),
          ...this.answer.computers(summary),
        ]
      : [];
    // Without rows there is nothing to search, and without records nothing to export.
    this.list.hidden = counts.benign + counts.review + counts.related === 0;
    return [...answer, () => this.take.done(files, counts)];
  }
}
