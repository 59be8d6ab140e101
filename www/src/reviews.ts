// The first records to review, before everything else: where they are, what failed, and what each
// reason may mean.
import { place } from "./columns.ts";
import { h, put } from "./dom.ts";
import { guideLink } from "./explain.ts";
import { type LinkActions, rowLink, rowsLink } from "./links.ts";
import type { Article, Reviewed } from "./protocol.ts";
import { clock, line, number } from "./text.ts";

/**
 * Shows a list in an element; `count` is the number of all records to review. If several files are
 * open, each record names its file.
 */
export function reviews(
  element: HTMLElement,
  article: Article,
  list: Reviewed[],
  count: number,
  several: boolean,
  actions: LinkActions,
): void {
  const items = list.map(({ row, found }) =>
    h(
      "li",
      {},
      rowLink(actions, row, several ? `${line(row.file)}, ${place(row)}` : place(row)),
      h("span", {}, line(row.computer)),
      h("span", { class: "c-time" }, clock(row.time, row.zone)),
      h(
        "ul",
        { class: "failures" },
        ...Object.entries(found).map(([code, text]) =>
          h(
            "li",
            {},
            guideLink(article, code),
            " ",
            h("span", { title: line(text).slice(0, 1000) }, line(text).slice(0, 300)),
          ),
        ),
      ),
    ),
  );
  const codes = new Set(list.flatMap(({ found }) => Object.keys(found)));
  const advice = article.conditions
    .filter(({ code }) => codes.has(code))
    .map(({ code, failed }) => h("li", {}, h("strong", {}, code), `: ${failed}`));
  const more = count > list.length;
  put(
    element,
    items.length > 0 && h("h2", {}, `To review (${number(count)})`),
    items.length > 0 &&
      h("p", { class: "about" }, `${article.review} What was found for each failed condition:`),
    items.length > 0 && h("ol", { class: "listed" }, ...items),
    advice.length > 0 && h("ul", { class: "facts about advice" }, ...advice),
    more &&
      h(
        "p",
        {},
        rowsLink(actions, [["verdict", "review"]], `All ${number(count)} records to review`),
      ),
  );
}
