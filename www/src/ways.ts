// What to do: first about other events that show a real problem, then the article's resolutions, and
// which of them fit the log.
import { h } from "./dom.ts";
import { sectionLink } from "./explain.ts";
import { type LinkActions, rowsLink } from "./links.ts";
import type { Advice, Article, Counts, Summary } from "./protocol.ts";
import { line, number } from "./text.ts";

/** Returns the elements of the list. */
export function ways(
  article: Article,
  summary: Summary,
  counts: Counts,
  actions: LinkActions,
): Node[] {
  const { advice } = summary;
  const said = ({ words, guide }: Advice) => [
    line(words),
    guide !== null && " ",
    guide !== null && sectionLink(guide, "Runbook"),
  ];
  const repairs = advice.filter(({ resolution }) => resolution === "repair");
  const noisy = counts.benign + counts.review > 0;
  const cards = (noisy ? article.resolutions : []).map((text, index) => {
    const fits = advice.filter((one) => one.resolution === article.advice.resolutions[index]);
    return h(
      "li",
      { class: fits.length > 0 ? "fits" : "" },
      h("p", {}, index === 2 ? `${text} ${article.cost}` : text),
      ...fits.map((one) => h("p", { class: "why" }, h("strong", {}, "Fits. "), ...said(one))),
    );
  });
  const { link, note, id, sibling } = article;
  const out = (href: string, text: string) =>
    h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
  return [
    h("h2", {}, article.advice.title),
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
    h(
      "ol",
      { class: "ways" },
      ...repairs.map((one) => h("li", { class: "fits" }, h("p", {}, ...said(one)))),
      ...cards,
    ),
    noisy &&
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
