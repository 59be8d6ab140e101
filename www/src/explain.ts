// Explains a record: each condition with the record's value and its source, and the record itself.
import { place } from "./columns.ts";
import { copyButton, h, put } from "./dom.ts";
import { isSingle } from "./opening.ts";
import type { Article, Evidence, Finding, Row, Tell } from "./protocol.ts";
import { clock, label, line, visible } from "./text.ts";

type Told = Extract<Tell, { tell: "explain" }>;

export class Explain {
  readonly element = h("section", {
    class: "explain",
    "aria-labelledby": "explain-title",
    tabindex: -1,
    hidden: true,
  });

  constructor(
    private readonly article: Article,
    private readonly close: () => void,
  ) {
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.shut();
    });
  }

  private shut(): void {
    this.element.hidden = true;
    this.close();
  }

  show(told: Told, zone: number): void {
    const { row, finding, words, raw, cut, note } = told;
    const title =
      finding.related && row.verdict === "related"
        ? `${finding.related.source} ${finding.related.id}: related, not event 8`
        : `${row.verdict === "benign" ? "Benign" : "To review"}${row.basis ? ` (${label("basis", row.basis)})` : ""}`;
    const text = () => `${line(row.file)}, ${place(row)}: ${words.card}\n${raw}`;
    put(
      this.element,
      h(
        "div",
        { class: "bar" },
        h("h2", { id: "explain-title" }, h("span", { class: `dot ${row.verdict}` }), title),
        copyButton(text, "Copy all"),
        h("button", { type: "button", class: "quiet", click: () => this.shut() }, "Close"),
      ),
      h(
        "p",
        { class: "about" },
        `${line(row.computer)}, ${clock(row.time, row.zone, zone)}, ${place(row)}${row.event > 1 ? `, event ${row.event} in it` : ""} of ${line(row.file)}${row.shape ? `, format ${row.shape}` : ""}`,
      ),
      h("p", { class: "meaning" }, this.meaning(finding, row)),
      finding.evidence.length > 0 && h("h3", {}, "Conditions"),
      finding.evidence.length > 0 &&
        h(
          "ul",
          { class: "conditions" },
          ...sorted(finding.evidence).map((item) => this.condition(item, words.found)),
        ),
      finding.evidence.length > 0 && h("h3", {}, this.article.change.title),
      finding.evidence.length > 0 &&
        h("p", {}, this.article.change[row.verdict === "benign" ? "benign" : "review"]),
      h(
        "div",
        { class: "bar" },
        h("h3", { id: "raw-title" }, "The record"),
        copyButton(() => raw, "Copy record"),
      ),
      note && h("p", { class: "about" }, note),
      h(
        "pre",
        { class: "raw", tabindex: 0, role: "region", "aria-labelledby": "raw-title" },
        ...marked(raw, finding),
      ),
      cut && h("p", { class: "about" }, "Only the beginning of the record is shown."),
    );
    this.element.hidden = false;
    this.element.scrollTop = 0;
  }

  private meaning(finding: Finding, row: Row): string {
    if (finding.related && row.verdict === "related")
      return `${finding.related.means} The filter never touches it.`;
    if (row.verdict === "review") return this.article.review;
    return this.article.benign[["listed", "sibling", "cause"].indexOf(row.basis)] ?? "";
  }

  private condition({ code, state, seen }: Evidence, found: Record<string, string>): HTMLElement {
    const condition = this.article.conditions.find((one) => one.code === code);
    return h(
      "li",
      { class: state },
      h("span", { class: "state" }, state),
      h(
        "div",
        {},
        h("p", {}, `${state === "failed" ? "Expected: " : ""}${condition?.asks ?? code}`),
        state === "failed"
          ? h("p", { class: "seen" }, "Found: ", h("code", {}, visible(found[code] ?? "")))
          : seen && h("p", { class: "seen" }, "Seen: ", h("code", {}, visible(seen))),
        state === "failed" && condition?.failed && h("p", {}, condition.failed),
        h(
          "p",
          { class: "about" },
          `Reference: ${condition?.rests ?? ""}. `,
          guideLink(this.article, code),
        ),
      ),
    );
  }
}

/**
 * A link to a section of the guide, whose address in the repository is given: on this server, or in
 * the repository for the single file.
 */
export function sectionLink(address: string, text: string): HTMLElement {
  const online = isSingle();
  const href = online ? address : address.replace(/^.*\/docs\/(.*)\.md/, "guide/$1.html");
  const title = online ? "opens the guide online" : "opens the guide";
  return h("a", { href, title, target: "_blank", rel: "noopener" }, text);
}

/** A link to the guide's section about the condition. */
export const guideLink = ({ conditions }: Article, code: string): HTMLElement =>
  sectionLink(conditions.find((one) => one.code === code)?.page ?? "", code);

function sorted(evidence: Evidence[]): Evidence[] {
  const order = ["failed", "met", "assumed"];
  return [...evidence].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/** The record with the decisive parts marked. Parts of failed conditions are marked differently. */
function marked(raw: string, finding: Finding): Node[] {
  const parts = finding.evidence
    .filter(({ seen, code }) => seen && seen.length > 3 && code !== "message")
    .map(({ seen, state }) => ({ seen: (seen ?? "").replace(/\.$/, ""), state }));
  const found: { from: number; to: number; state: string }[] = [];
  for (const { seen, state } of parts) {
    for (const text of new Set([seen, JSON.stringify(seen).slice(1, -1)])) {
      for (
        let at = raw.indexOf(text);
        at >= 0 && found.length < 200;
        at = raw.indexOf(text, at + text.length)
      ) {
        found.push({ from: at, to: at + text.length, state });
      }
    }
  }
  found.sort((a, b) => a.from - b.from || b.to - a.to);
  const out: Node[] = [];
  let end = 0;
  for (const { from, to, state } of found) {
    if (from < end) continue;
    out.push(document.createTextNode(visible(raw.slice(end, from))));
    out.push(h("mark", { class: state }, visible(raw.slice(from, to))));
    end = to;
  }
  out.push(document.createTextNode(visible(raw.slice(end))));
  return out;
}
