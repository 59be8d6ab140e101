// The results of a log, from the answer to the exports.
import * as nothing from "./ahead.ts";
import { Answer } from "./answer.ts";
import { h } from "./dom.ts";
import { Explain } from "./explain.ts";
import { Facets } from "./facets.ts";
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
  });

  constructor(
    article: Article,
    private readonly actions: ResultActions,
  ) {
    const { change, choose, drop, sort, ask } = actions;
    this.answer = new Answer(article);
    this.chart = new Chart((from, to) => change({ from, to }));
    const dropSearch = (rest: Partial<View>) => {
      this.search.value = "";
      change({ ...rest, search: "" });
    };
    this.facets = new Facets({
      choose,
      drop,
      clear: () => dropSearch({ choices: [], from: null, to: null }),
      dropSearch: () => dropSearch({}),
      dropRange: () => change({ from: null, to: null }),
    });
    this.table = new Table({
      rows: (from, to, serial) => ask({ ask: "rows", from, to, serial }),
      sort,
      choose,
      select: (index) => ask({ ask: "explain", index }),
    });
    this.explain = new Explain(article, () => this.table.focus());
    this.take = new TakeAway((what, accept) => ask({ ask: "take", what, accept }));
    this.listen();
    soon(
      () => this.element.append(this.answer.element),
      () => this.element.append(this.chart.element),
      () => this.element.append(this.records()),
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

  /** Lays out empty results invisibly. */
  prepare(then: () => void): void {
    soon(
      () => this.answer.summary(nothing.SUMMARY, nothing.COUNTS),
      ...this.answer.computers(nothing.SUMMARY),
      () => this.chart.show(nothing.TIMELINE, false),
      () => this.facets.show(nothing.FACETS, []),
      () => this.clear(),
      then,
    );
  }

  private clear(): void {
    this.answer.clear();
    this.chart.show(null, false);
    this.facets.show([], []);
  }

  /** Prepares for a number of new files. */
  open(files: number): void {
    this.element.classList.remove("ahead");
    this.clear();
    this.search.value = "";
    this.explain.element.hidden = true;
    // If there are several files, each row names its file.
    this.table.extra(files > 1 ? ["file"] : []);
  }

  /** Shows a changed view, whose rows are still loading. */
  change(view: View): void {
    const { choices, search, from, to } = view;
    const range = from !== null && to !== null ? `${minute(from)} to ${minute(to)}` : "";
    this.facets.showChips(choices, search, range);
    this.take.show(view);
  }

  view(told: Extract<Tell, { tell: "view" }>, { choices, sort, down, from }: View): void {
    this.table.show(told.length, told.serial, sort, down);
    soon(
      () => this.facets.show(told.facets, choices),
      () => this.chart.show(told.timeline, from !== null),
    );
  }

  rows({ from, rows, serial }: Extract<Tell, { tell: "rows" }>): void {
    this.table.take(from, rows, serial);
  }

  explained(told: Extract<Tell, { tell: "explain" }>): void {
    // The user closed the explanation while its record was loading.
    if (told.again && this.explain.element.hidden) return;
    this.explain.show(told);
    if (!told.again) this.explain.focus();
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
      ? [() => this.answer.summary(summary, counts), ...this.answer.computers(summary)]
      : [];
    return [...answer, () => this.take.done(files, counts)];
  }
}
