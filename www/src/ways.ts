// What to do: the article's workarounds, and which of them fits the log best.
import { h } from "./dom.ts";
import { isAll } from "./headline.ts";
import { type LinkActions, rowsLink } from "./links.ts";
import type { Article, Counts, Summary } from "./protocol.ts";
import { number, plural } from "./text.ts";

/** Returns the elements of the list. */
export function ways(
  article: Article,
  summary: Summary,
  counts: Counts,
  actions: LinkActions,
): Node[] {
  const [fit, why] = fits(summary, counts);
  const cards = article.resolutions.map((text, index) =>
    h(
      "li",
      { class: index === fit ? "fits" : "" },
      h("p", {}, index === 2 ? `${text} ${article.cost}` : text),
      index === fit && h("p", { class: "why" }, h("strong", {}, "Fits best. "), why),
    ),
  );
  const { link, note, id, sibling } = article;
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
          actions,
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
