// The answer in one sentence. Each count is a link to its rows.
import { brief } from "./computers.ts";
import { h } from "./dom.ts";
import { type LinkActions, partLink, rowsLink } from "./links.ts";
import type { Article, Counts, Summary } from "./protocol.ts";
import { day, line, number, plural } from "./text.ts";

type Computer = Summary["computers"][number];

/** The answer, and the places that could not be read or judged. */
export function sentence(
  article: Article,
  counts: Counts,
  summary: Summary | undefined,
  actions: LinkActions,
): Node[] {
  const out = claim(counts, summary, actions);
  const says = (count: number, one: string, many: string) => {
    if (count === 0) return;
    const place = partLink("notes", plural(count, "place"));
    const words = ` ${count === 1 ? one : many}.`;
    out.push(document.createTextNode(" "), h("strong", { class: "review" }, place, words));
  };
  says(counts.unjudged, ...article.unjudged);
  says(counts.unread, "was not read", "were not read");
  return out;
}

/** For example: 14,212 of 14,230 records are the harmless event 8 ... */
function claim(counts: Counts, summary: Summary | undefined, actions: LinkActions): Node[] {
  const strong = (text: string, verdict: string) =>
    h("strong", { class: verdict }, rowsLink(actions, [["verdict", verdict]], text));
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

/** Whether the answer is complete: everything was read and judged, and nothing contradicts it. */
export function isAll(counts: Counts, summary: Summary | undefined): boolean {
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
