// The answer: one sentence, its figures, the records to review, and the best of the article's
// workarounds. Everything that is counted is a link to its rows.
import { brief, computers } from "./computers.ts";
import { h, put } from "./dom.ts";
import { type LinkActions, partLink, rowsLink } from "./links.ts";
import type { Article, Counts, FileState, Summary } from "./protocol.ts";
import { reviews } from "./reviews.ts";
import { day, line, number, plural, size } from "./text.ts";

type Computer = Summary["computers"][number];

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
      put(this.title, ...this.sentence(counts, undefined));
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
    put(this.title, ...this.sentence(counts, summary));
    this.showFigures(files, counts, summary);
    reviews(this.reviews, this.article, summary.reviews, counts.review, this.actions);
    if (counts.benign + counts.review > 0) put(this.todo, ...this.resolutions(summary, counts));
  }

  /** Returns the steps that show the computers, in order. */
  computers(summary: Summary): (() => void)[] {
    return computers(this.hosts, summary, this.actions);
  }

  /** The answer, and the places that could not be read or judged. */
  private sentence(counts: Counts, summary: Summary | undefined): Node[] {
    const out = this.claim(counts, summary);
    const says = (count: number, one: string, many: string) => {
      if (count === 0) return;
      const place = partLink("notes", plural(count, "place"));
      const words = ` ${count === 1 ? one : many}.`;
      out.push(document.createTextNode(" "), h("strong", { class: "review" }, place, words));
    };
    says(counts.unjudged, ...this.article.unjudged);
    says(counts.unread, "was not read", "were not read");
    return out;
  }

  /** For example: 14,212 of 14,230 records are the harmless event 8 ... */
  private claim(counts: Counts, summary: Summary | undefined): Node[] {
    const strong = (text: string, verdict: string) =>
      h("strong", { class: verdict }, rowsLink(this.actions, [["verdict", verdict]], text));
    const text = (value: string) => document.createTextNode(value);
    if (counts.benign + counts.review === 0) {
      if (counts.records === 0) return [text(summary ? "No record was recognised." : "Reading …")];
      if (counts.unjudged > 0) {
        return [
          text(
            `Of ${plural(counts.records, "record")}, none that could be judged is Crypt32 event 8.`,
          ),
        ];
      }
      const none =
        counts.records === 1
          ? "The record is not"
          : `None of the ${number(counts.records)} records is`;
      return [text(`${none} Crypt32 event 8.`)];
    }
    const out: Node[] = [];
    if (counts.benign > 0) {
      out.push(
        strong(`${number(counts.benign)} of ${number(counts.records)}`, "benign"),
        text(
          ` ${counts.records === 1 ? "record" : "records"} ${counts.benign === 1 ? "is" : "are"} the harmless event 8 described in KB2253680`,
        ),
      );
      if (summary) {
        const noisy = summary.computers.filter((row) => row.benign > 0);
        const names = noisy.length <= 2 && noisy.every((row) => !row.other && row.name !== "-");
        const from = names
          ? noisy.map((row) => line(row.name)).join(" and ")
          : plural(noisy.length, "computer");
        out.push(text(", from "), partLink("computers", from));
        const pace = common(noisy);
        if (pace) out.push(text(`, about ${pace}`));
        const { first, last } = summary.totals;
        if (first && last) {
          const days = [day(first), day(last)];
          out.push(text(days[0] === days[1] ? `, on ${days[0]}` : `, ${days[0]} to ${days[1]}`));
        }
      }
      const nothing = isAll(counts, summary) ? ". Nothing else needs review." : ".";
      out.push(text(counts.review > 0 ? "; " : nothing));
    }
    if (counts.review > 0) {
      const need = counts.review === 1 ? "needs review." : "need review.";
      const of = counts.records === 1 ? "record " : "of the records ";
      out.push(
        strong(number(counts.review), "review"),
        text(` ${counts.benign > 0 ? "" : of}${need}`),
      );
    }
    return out;
  }

  private showFigures(files: number, counts: Counts, summary: Summary | undefined): void {
    const share = counts.records > 0 ? (100 * counts.benign) / counts.records : 0;
    const days = summary ? span(summary) : 0;
    const perDay = days >= 1;
    const { records, bytes } = counts.accepted;
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
        `${plural(Math.round(rate), "record")}${over}${also > 0 ? `; ${number(also)} more with inferred ones` : ""}`,
      ],
      [
        "",
        "Records",
        number(counts.records),
        files > 1 ? `${number(files)} files, ${size(counts.bytes)}` : `${size(counts.bytes)} file`,
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

  private resolutions(summary: Summary, counts: Counts): Node[] {
    const [fit, why] = fits(summary, counts);
    const cards = this.article.resolutions.map((text, index) =>
      h(
        "li",
        { class: index === fit ? "fits" : "" },
        h("p", {}, index === 2 ? `${text} ${this.article.cost}` : text),
        index === fit && h("p", { class: "why" }, h("strong", {}, "Fits best. "), why),
      ),
    );
    const { link, note, id, sibling } = this.article;
    const out = (href: string, text: string) =>
      h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
    return [
      h("h2", {}, "What to do"),
      counts.review > 0 &&
        h(
          "p",
          { class: "first" },
          "First look at the ",
          rowsLink(
            this.actions,
            [["verdict", "review"]],
            counts.review === 1 ? "record" : `${number(counts.review)} records`,
            " to review",
          ),
          counts.review === 1
            ? ": it does not match the article, and no filter drops it."
            : ": they do not match the article, and no filter drops them.",
        ),
      h("ol", { class: "ways" }, ...cards),
      h(
        "p",
        { class: "source" },
        "From Microsoft’s article ",
        out(link, id),
        ", in our words; see also ",
        out(sibling.link, sibling.id),
        `. ${note}`,
      ),
    ].filter((node) => node !== false);
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

/** Whether the answer is complete: everything was read and judged, and nothing contradicts it. */
function isAll(counts: Counts, summary: Summary | undefined): boolean {
  const { unread, unjudged, partial } = counts;
  return summary !== undefined && unread + unjudged + partial === 0 && !contradicted(summary);
}

const contradicted = (summary: Summary) =>
  summary.computers.some((row) => row.neighbours.some((event) => event.contradicts));

/** The interval of most benign records, as text. */
function common(computers: Computer[]): string {
  const regular = computers.filter((row) => row.interval.seconds !== null);
  const weight = (rows: Computer[]) => rows.reduce((sum, row) => sum + row.benign, 0);
  if (weight(regular) * 2 < weight(computers) || regular.length === 0) return "";
  const [most] = [...regular].sort((a, b) => b.benign - a.benign);
  return brief(most?.interval.words ?? "").split(" ±")[0] ?? "";
}

/** The workaround that fits the findings best, and the reason. */
function fits(summary: Summary, counts: Counts): [number, string] {
  const noisy = summary.computers.filter((row) => row.benign > 0);
  const reached = noisy.filter((row) => row.neighbours.some((event) => event.contradicts));
  if (counts.benign === 0) return [-1, ""];
  if (reached.length > 0) {
    return [
      1,
      `${plural(reached.length, "computer")} also reached Windows Update, or had a real problem with the downloaded list: the connection is not simply blocked. Look at the router and the proxy of the SYSTEM account.`,
    ];
  }
  const changed = noisy.filter((row) => row.start !== null);
  if (changed.length > 0) {
    return [
      1,
      `On ${plural(changed.length, "computer")} the event began within this log: find out what changed in the network at that time.`,
    ];
  }
  const all = isAll(counts, summary) ? "this log" : "the part that was read";
  return [
    0,
    `Every condition that a record can show is met, and nothing in ${all} contradicts the article’s cause. Tag or drop the records, and keep the ledger.`,
  ];
}
