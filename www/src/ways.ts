// What to do: the article's resolutions, and which of them fits the log best.
import { h } from "./dom.ts";
import { type LinkActions, rowsLink } from "./links.ts";
import type { Article, Counts, Summary } from "./protocol.ts";
import { number } from "./text.ts";

/** Returns the elements of the list. */
export function ways(
  article: Article,
  summary: Summary,
  counts: Counts,
  actions: LinkActions,
): Node[] {
  const { advice } = summary;
  const fit = advice ? article.advice.resolutions.indexOf(advice.resolution) : -1;
  const cards = article.resolutions.map((text, index) =>
    h(
      "li",
      { class: index === fit ? "fits" : "" },
      h("p", {}, index === 2 ? `${text} ${article.cost}` : text),
      index === fit && h("p", { class: "why" }, h("strong", {}, "Fits best. "), advice?.words),
    ),
  );
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
