// The computers, with their interval and the article's, gaps and neighbours. The roles are
// explicit, because narrow screens show the rows as cards, which removes the implicit roles.
import { h, put } from "./dom.ts";
import type { Summary } from "./protocol.ts";
import { line, number, plural } from "./text.ts";

const HEAD = [
  "Computer",
  "Benign",
  "Review",
  "First and last",
  "Interval (article’s example: 10 min)",
  "Other findings",
];

/** How many computers are shown, and how many rows are created at a time. */
const SHOWN = 200;
const AT_ONCE = 20;

type Computer = Summary["computers"][number];

/** Returns the steps that show the computers in an element, in order. */
export function computers(place: HTMLElement, summary: Summary): (() => void)[] {
  const shown = summary.computers.slice(0, SHOWN);
  if (shown.length === 0) return [];
  const body = h("tbody", { role: "rowgroup" });
  const pieces = [() => put(place, ...around(body, summary, summary.computers.length - SHOWN))];
  for (let at = 0; at < shown.length; at += AT_ONCE)
    pieces.push(() => body.append(...shown.slice(at, at + AT_ONCE).map(computer)));
  return pieces;
}

function computer(row: Computer): HTMLElement {
  const facts = [
    ...(row.start ? [row.start.words] : []),
    ...row.gaps.map((gap) => `${gap.from.slice(0, 16).replace("T", " ")}: ${gap.words}`),
  ];
  const item = (text: string, kind = "") => h("li", { class: kind }, line(text));
  const neighbours = row.neighbours.map((event) =>
    item(`${event.event} (${event.count}): ${event.words}`, event.contradicts ? "against" : ""),
  );
  const cells: [string, Node | string][] = [
    ["count", number(row.benign)],
    [row.review > 0 ? "count review" : "count", number(row.review)],
    ["when", `${short(row.first)} to ${short(row.last)}`],
    ["", line(row.interval.words)],
    ["", h("ul", {}, ...neighbours, ...facts.map((fact) => item(fact)))],
  ];
  return h(
    "tr",
    { role: "row" },
    h("th", { scope: "row", role: "rowheader" }, line(row.name)),
    ...cells.map(([kind, text], index) =>
      h("td", { role: "cell", class: kind, "data-name": HEAD[index + 1] }, text),
    ),
  );
}

/** The table around the rows. */
function around(body: HTMLElement, summary: Summary, more: number): Node[] {
  const heads = HEAD.map((name) => h("th", { scope: "col", role: "columnheader" }, name));
  const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...heads));
  return [
    h("h2", {}, "Computers"),
    h(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": "Computers" },
      h("table", { role: "table" }, head, body),
    ),
    more > 0 && h("p", { class: "about" }, `${plural(more, "more computer")} in the report.`),
    h(
      "ul",
      { class: "remarks" },
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

const short = (time: string | null) => (time ? time.slice(0, 16).replace("T", " ") : "?");
