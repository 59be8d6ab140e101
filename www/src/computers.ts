// The computers, one line each: counts, a small chart, the interval and other findings. A line opens
// to show the details. The roles are explicit, because narrow screens show the rows as cards, which
// removes the implicit roles.
import { h, put } from "./dom.ts";
import { type LinkActions, rowsLink } from "./links.ts";
import type { Facet, Summary } from "./protocol.ts";
import { line, number, plural } from "./text.ts";

/** The names of the cells on narrow screens, where only counts need one. */
const NAMES = ["Benign", "Review"];
const HEAD = [
  "Computer",
  "Benign",
  "Review",
  "Over time",
  "Interval (article’s example: 10 min)",
  "Other findings",
];

/** How many computers are shown, and how many rows are created at a time. */
const SHOWN = 200;
const AT_ONCE = 20;

type Computer = Summary["computers"][number];

/** Returns the steps that show the computers in an element, in order. */
export function computers(
  place: HTMLElement,
  summary: Summary,
  actions: LinkActions,
): (() => void)[] {
  const shown = summary.computers.slice(0, SHOWN);
  if (shown.length === 0) return [];
  const body = h("tbody", { role: "rowgroup" });
  const most = Math.max(1, ...shown.flatMap((row) => row.spark));
  const pieces = [() => put(place, ...around(body, summary, actions))];
  for (let at = 0; at < shown.length; at += AT_ONCE) {
    const rows = shown.slice(at, at + AT_ONCE);
    pieces.push(() => body.append(...rows.flatMap((row) => computer(row, most, actions))));
  }
  return pieces;
}

/** The two rows of a computer: the line, and its hidden details. */
function computer(row: Computer, most: number, actions: LinkActions): HTMLElement[] {
  const name = line(row.name);
  const detail = h(
    "tr",
    { role: "row", class: "detail", hidden: true },
    h("td", { role: "cell", colspan: HEAD.length }, details(row)),
  );
  const opens = h("button", { type: "button", class: "opens", "aria-expanded": "false" }, name);
  opens.addEventListener("click", () => {
    detail.hidden = !detail.hidden;
    opens.setAttribute("aria-expanded", String(!detail.hidden));
  });
  const count = (value: number, verdict: string) => {
    const text = number(value);
    const filters: [Facet, string][] = [["verdict", verdict]];
    for (const name of row.spellings) filters.push(["computer", name]);
    return value > 0 && !row.other ? rowsLink(actions, filters, text) : text;
  };
  const badges = [
    ...row.neighbours.map((event) =>
      badge(`${event.event} × ${event.count}`, event.contradicts ? "against" : ""),
    ),
    row.gaps.length > 0 && badge(plural(row.gaps.length, "gap")),
    row.start && badge("began in this log"),
  ];
  const cells: [string, Node | string | false][] = [
    ["count", count(row.benign, "benign")],
    [row.review > 0 ? "count review" : "count", count(row.review, "review")],
    ["spark", spark(row.spark, most)],
    ["when", brief(row.interval.words)],
    ["badges", h("ul", {}, ...badges)],
  ];
  return [
    h(
      "tr",
      { role: "row" },
      h("th", { scope: "row", role: "rowheader" }, opens),
      ...cells.map(([kind, text], index) =>
        h("td", { role: "cell", class: kind, "data-name": NAMES[index] }, text),
      ),
    ),
    detail,
  ];
}

const badge = (text: string, kind = "") => h("li", { class: `badge ${kind}` }, line(text));

/** The interval without its explanation. */
export const brief = (words: string) => line(words.split(/ \(|: /)[0] ?? "");

function details(row: Computer): HTMLElement {
  const moment = (time: string | null) => (time ? time.slice(0, 16).replace("T", " ") : "?");
  const during = ({ first, last }: { first: string | null; last: string | null }) =>
    moment(first) === moment(last) ? moment(first) : `${moment(first)} to ${moment(last)}`;
  const item = (text: string, kind = "") => h("li", { class: kind }, line(text));
  return h(
    "ul",
    { class: "facts" },
    item(`Event 8, ${during(row)}: ${row.interval.words}.`),
    ...row.neighbours.map((event) =>
      item(
        `${event.event} (${event.count}, ${during(event)}): ${event.words}`,
        event.contradicts ? "against" : "",
      ),
    ),
    row.start && item(row.start.words),
    ...row.gaps.map((gap) => item(`${moment(gap.from)}: ${gap.words}`)),
  );
}

/** A chart of one line. Its height is the same scale for all computers. */
function spark(counts: number[], most: number): Node {
  const path = counts
    .map((count, i) => count > 0 && `M${i + 0.5} 16v${-Math.max(1.5, (16 * count) / most)}`)
    .filter(Boolean)
    .join("");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.setAttribute("viewBox", `0 0 ${Math.max(1, counts.length)} 16`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

/** The table around the rows, and what its badges mean. */
function around(body: HTMLElement, summary: Summary, actions: LinkActions): Node[] {
  const heads = HEAD.map((name) => h("th", { scope: "col", role: "columnheader" }, name));
  const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads));
  const count = summary.computers.length;
  const more = count - SHOWN;
  return [
    h("h2", { id: "computers", tabindex: -1 }, `Computers (${number(count)})`),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Computers" },
      h("table", { role: "table" }, head, body),
    ),
    more > 0 && h("p", { class: "about" }, `${plural(more, "more computer")} in the report.`),
    h(
      "ul",
      { class: "remarks facts" },
      ...meanings(summary, actions),
      ...summary.unjudged.map(({ words }) => h("li", {}, line(words))),
      ...summary.remarks.map((remark) => h("li", {}, line(remark))),
      ...summary.together.map((row) =>
        h(
          "li",
          {},
          line(
            `${row.minute.replace("T", " ")}: ${row.count} computers began together (${row.computers.join(", ")}), probably because of one change in the network.`,
          ),
        ),
      ),
    ),
  ].filter((node) => node !== false);
}

/** Each related event with what it says, once for all computers about which it says the same. */
function meanings({ computers }: Summary, actions: LinkActions): HTMLElement[] {
  const groups = new Map<
    string,
    { event: string; words: string; against: boolean; count: number }
  >();
  for (const { event, words, contradicts: against } of computers.flatMap((row) => row.neighbours)) {
    const key = `${event}: ${words}`;
    const group = groups.get(key) ?? { event, words, against, count: 0 };
    group.count++;
    groups.set(key, group);
  }
  return [...groups.values()].map(({ event, words, against, count }) =>
    h(
      "li",
      { class: against ? "against" : "" },
      rowsLink(actions, [["error", event]], event),
      line(` on ${plural(count, "computer")}: ${words}`),
    ),
  );
}
