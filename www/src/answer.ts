// The answer: one sentence, its figures, and the best of the article's workarounds.
import { computers } from "./computers.ts";
import { h, put } from "./dom.ts";
import type { Article, Counts, FileState, Summary } from "./protocol.ts";
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
  private readonly title = h("h2", { id: "answer-title", class: "sentence" });
  private readonly figures = h("dl", { class: "figures" });
  private readonly notes = h("div", { class: "notes" });
  private readonly todo = h("div", { class: "todo" });
  private readonly hosts = h("div", { class: "hosts" });

  constructor(private readonly article: Article) {
    put(this.element, this.title, this.figures, this.notes, this.todo, this.hosts);
  }

  /** Shows the state before anything is known. */
  clear(): void {
    this.progress([], NOTHING, false);
  }

  /** Shows the results so far while files are still read. */
  progress(files: FileState[], counts: Counts, done: boolean): void {
    if (!done) {
      put(this.title, ...sentence(this.article, counts, undefined));
      this.element.classList.add("reading");
      put(this.todo);
      put(this.hosts);
    } else this.element.classList.remove("reading");
    this.showFigures(counts, undefined);
    const notes = files.flatMap((file) => file.notes.map((note) => `${file.name}: ${note}`));
    const items = notes.slice(0, 50).map((note) => h("li", {}, line(note)));
    put(this.notes, items.length > 0 && h("ul", { "aria-label": "About the files" }, ...items));
  }

  summary(summary: Summary, counts: Counts): void {
    put(this.title, ...sentence(this.article, counts, summary));
    this.showFigures(counts, summary);
    if (counts.benign + counts.review > 0) put(this.todo, ...this.resolutions(summary, counts));
  }

  /** Returns the steps that show the computers, in order. */
  computers(summary: Summary): (() => void)[] {
    return computers(this.hosts, summary);
  }

  private showFigures(counts: Counts, summary: Summary | undefined): void {
    const share = counts.records > 0 ? (100 * counts.benign) / counts.records : 0;
    const days = summary ? span(summary) : 0;
    const perDay = days >= 1;
    const { records, bytes } = counts.accepted;
    const [rate, saved] = perDay ? [records / days, bytes / days] : [records, bytes];
    const also = counts.droppable.records - records;
    const over = perDay ? " a day" : "";
    const rows: [string, string, string, string][] = [
      ["benign", "Benign", number(counts.benign), `${percent(share)} of the records`],
      ["review", "To review", number(counts.review), "never dropped"],
      ["related", "Related", number(counts.related), "related Crypt32 and CAPI2 events"],
      [
        "",
        perDay ? "Saved per day by dropping" : "Saved by dropping",
        size(Math.round(saved)),
        `${plural(Math.round(rate), "record")}${over}${also > 0 ? `; ${number(also)} more with the basis “cause”` : ""}`,
      ],
      ["", "Records", number(counts.records), `in ${size(counts.bytes)}`],
    ];
    put(
      this.figures,
      ...rows.map(([kind, name, value, about]) =>
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
        h("p", {}, text),
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
          counts.review === 1
            ? "First look at the record to review: it does not match the article, and no filter drops it."
            : `First look at the ${number(counts.review)} records to review: they do not match the article, and no filter drops them.`,
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

/** The answer, and the places that could not be read or judged. */
function sentence({ unjudged }: Article, counts: Counts, summary: Summary | undefined): Node[] {
  const out = answer(counts, summary);
  const says = (count: number, one: string, many: string) => {
    if (count === 0) return;
    const words = `${plural(count, "place")} ${count === 1 ? one : many}.`;
    out.push(document.createTextNode(" "), h("strong", { class: "review" }, words));
  };
  says(counts.unjudged, ...unjudged);
  says(counts.unread, "was not read", "were not read");
  return out;
}

/** For example: 14,212 of 14,230 records are the harmless event 8 ... */
function answer(counts: Counts, summary: Summary | undefined): Node[] {
  const strong = (text: string, kind = "") => h("strong", { class: kind }, text);
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
      out.push(text(`, from ${from}`));
      const pace = common(noisy);
      if (pace) out.push(text(`, about every ${pace}`));
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
  const seconds = [...regular].sort((a, b) => b.benign - a.benign)[0]?.interval.seconds ?? 0;
  const minutes = Math.round(seconds / 60);
  return minutes >= 1 ? plural(minutes, "minute") : plural(seconds, "second");
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
