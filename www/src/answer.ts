// The answer: one sentence, its figures, the records to review, and the best of the article's
// workarounds. Everything that is counted is a link to its rows.
import { computers } from "./computers.ts";
import { h, put } from "./dom.ts";
import { sentence } from "./headline.ts";
import { type LinkActions, partLink, rowsLink } from "./links.ts";
import type { Article, Counts, FileState, Summary } from "./protocol.ts";
import { reviews } from "./reviews.ts";
import { line, number, plural, size } from "./text.ts";
import { ways } from "./ways.ts";

const NONE = { records: 0, bytes: 0 };
const NOTHING: Counts = {
  records: 0,
  benign: 0,
  review: 0,
  related: 0,
  unread: 0,
  unjudged: 0,
  partial: 0,
  bytes: 0,
  accepted: NONE,
  droppable: NONE,
  passed: 0,
};

export class Answer {
  readonly element = h("section", { class: "answer", "aria-labelledby": "answer-title" });
  private readonly title = h("h2", { id: "answer-title", class: "sentence", tabindex: -1 });
  private readonly figures = h("dl", { class: "figures" });
  private readonly reviews = h("div", { class: "reviews" });
  private readonly notes = h("div", { class: "notes", id: "notes", tabindex: -1 });
  private readonly todo = h("div", { class: "todo" });
  private readonly hosts = h("div", { class: "hosts" });

  constructor(
    private readonly article: Article,
    private readonly actions: LinkActions,
  ) {
    const skip = partLink("records-title", "Skip to the records");
    skip.classList.add("skip");
    const { title, figures, reviews, notes, todo, hosts } = this;
    put(this.element, title, skip, figures, reviews, notes, todo, hosts);
  }

  /** Goes to the first sentence. */
  focus(): void {
    scrollTo(0, 0);
    this.title.focus({ preventScroll: true });
  }

  /** Shows the state before anything is known. */
  clear(): void {
    this.progress([], NOTHING, false);
  }

  /** Shows the results so far while files are still read. */
  progress(files: FileState[], counts: Counts, done: boolean): void {
    if (!done) {
      put(this.title, ...sentence(this.article, counts, undefined, this.actions));
      this.element.classList.add("reading");
      put(this.reviews);
      put(this.todo);
      put(this.hosts);
    } else this.element.classList.remove("reading");
    this.showFigures(files.length, counts, undefined);
    this.figures.hidden = done && counts.records === 0;
    const notes = files.flatMap((file) => file.notes.map((note) => `${file.name}: ${note}`));
    const items = notes.slice(0, 50).map((note) => h("li", {}, line(note)));
    put(this.notes, items.length > 0 && h("ul", { "aria-label": "About the files" }, ...items));
  }

  summary(summary: Summary, files: number, counts: Counts): void {
    put(this.title, ...sentence(this.article, counts, summary, this.actions));
    this.showFigures(files, counts, summary);
    reviews(this.reviews, this.article, summary.reviews, counts.review, files > 1, this.actions);
    if (counts.benign + counts.review > 0 || summary.advice.length > 0)
      put(this.todo, ...ways(this.article, summary, counts, this.actions));
  }

  /** Returns the steps that show the computers, in order. */
  computers(summary: Summary): (() => void)[] {
    return computers(this.hosts, summary, this.actions);
  }

  private showFigures(files: number, counts: Counts, summary: Summary | undefined): void {
    const share = counts.records > 0 ? (100 * counts.benign) / counts.records : 0;
    const days = summary ? span(summary) : 0;
    const perDay = days >= 1;
    const { records, bytes } = counts.accepted;
    // The filter also passes a line that may continue a record before it, and elements of arrays.
    const most = records > 0 ? "at most " : "";
    const [rate, saved] = perDay ? [records / days, bytes / days] : [records, bytes];
    const also = counts.droppable.records - records;
    const over = perDay ? " a day" : "";
    const rows = (verdict: string, count: number) =>
      count > 0 ? rowsLink(this.actions, [["verdict", verdict]], number(count)) : number(count);
    const figures: [string, string, Node | string, string][] = [
      ["benign", "Benign", rows("benign", counts.benign), `${percent(share)} of the records`],
      ["review", "To review", rows("review", counts.review), "never dropped"],
      ["related", "Related", rows("related", counts.related), "related Crypt32 and CAPI2 events"],
      [
        "",
        perDay ? "Saved per day by dropping" : "Saved by dropping",
        saved > 0 ? partLink("take", size(Math.round(saved))) : size(0),
        `${most}${plural(Math.round(rate), "record")}${over}${also > 0 ? `; ${number(also)} more with inferred ones` : ""}`,
      ],
      [
        "",
        "Records",
        number(counts.records),
        `${files > 1 ? `${number(files)} files, ${size(counts.bytes)}` : `${size(counts.bytes)} file`}; unrelated ones are not in the table`,
      ],
    ];
    put(
      this.figures,
      ...figures.map(([kind, name, value, about]) =>
        h(
          "div",
          { class: kind },
          h("dt", {}, name),
          h("dd", { class: "value" }, value),
          h("dd", { class: "about" }, about),
        ),
      ),
    );
  }
}

function percent(share: number): string {
  if (share > 0 && share < 0.1) return "under 0.1 %";
  if (share > 99.9 && share < 100) return "over 99.9 %";
  return `${share.toFixed(share >= 10 ? 0 : 1)} %`;
}

function span(summary: Summary): number {
  const { first, last } = summary.totals;
  if (!first || !last) return 0;
  const at = (time: string) => Date.parse(`${time.replace(/Z$/, "")}Z`);
  return (at(last) - at(first)) / 86_400_000;
}
