// The values with their counts, and the active filters as chips.
import { h, put } from "./dom.ts";
import type { Choice, Facet, FacetCounts } from "./protocol.ts";
import { label, line, number } from "./text.ts";

const NAMES: Record<Facet, string> = {
  verdict: "Verdict",
  computer: "Computer",
  error: "Error or event",
  basis: "By article",
  reason: "Reason to review",
  shape: "Format",
  file: "File",
};

export interface FacetActions {
  choose(facet: Facet, value: string, exclude: boolean): void;
  drop(choice: Choice): void;
  clear(): void;
  dropSearch(): void;
  dropRange(): void;
}

export class Facets {
  readonly element = h("aside", { class: "facets", "aria-label": "Filters" });
  readonly chips = h("ul", { class: "chips", "aria-label": "Active filters" });
  private open = new Map<Facet, boolean>();

  /** The heading of the records gets the focus when there is no filter left. */
  constructor(
    private readonly actions: FacetActions,
    private readonly heading: HTMLElement,
  ) {}

  show(facets: FacetCounts[], choices: Choice[]): void {
    const focus = document.activeElement?.getAttribute("data-focus");
    put(
      this.element,
      ...facets
        .filter(({ facet, values }) => values.length > (facet === "file" ? 1 : 0))
        .map((counts) => this.facet(counts, choices)),
    );
    if (focus)
      this.element.querySelector<HTMLElement>(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  }

  private facet({ facet, values, more }: FacetCounts, choices: Choice[]): HTMLElement {
    const open = this.open.get(facet) ?? !["shape", "file", "basis"].includes(facet);
    const most = Math.max(1, ...values.map(([, count]) => count));
    const items = values.slice(0, 12).map(([value, count]) => {
      const chosen = choices.find((choice) => choice.facet === facet && choice.value === value);
      const name = line(label(facet, value));
      const bar = h("span", { class: "share", "aria-hidden": "true" });
      bar.style.width = `${(100 * count) / most}%`;
      return h(
        "li",
        { class: chosen ? (chosen.exclude ? "out" : "in") : "" },
        h(
          "button",
          {
            type: "button",
            class: "value",
            "data-focus": `${facet} ${value}`,
            "aria-pressed": chosen && !chosen.exclude ? "true" : "false",
            title: name,
            click: () => this.actions.choose(facet, value, false),
          },
          bar,
          h("span", { class: "name" }, name),
          h("span", { class: "count" }, number(count)),
        ),
        h(
          "button",
          {
            type: "button",
            class: "not",
            "aria-label": `Exclude ${name}`,
            "data-focus": `not ${facet} ${value}`,
            click: () => this.actions.choose(facet, value, true),
          },
          "−",
        ),
      );
    });
    const rest = values.length - items.length + more;
    const details = h(
      "details",
      { open },
      h("summary", {}, NAMES[facet]),
      h("ul", {}, ...items),
      rest > 0 && h("p", { class: "about" }, `${number(rest)} more; search for them.`),
    );
    details.addEventListener("toggle", () => this.open.set(facet, details.open));
    return details;
  }

  showChips(choices: Choice[], search: string, range: string): void {
    const chip = (text: string, remove: () => void, out = false) =>
      h(
        "li",
        { class: out ? "out" : "" },
        h("span", {}, text),
        h(
          "button",
          { type: "button", "aria-label": `Remove the filter ${text}`, click: remove },
          "×",
        ),
      );
    const all = choices.map((choice) =>
      chip(
        `${NAMES[choice.facet]}: ${choice.exclude ? "not " : ""}${line(label(choice.facet, choice.value))}`,
        () => this.actions.drop(choice),
        choice.exclude,
      ),
    );
    if (search) all.push(chip(`Search: ${line(search)}`, () => this.actions.dropSearch()));
    if (range) all.push(chip(range, () => this.actions.dropRange()));
    const clear = h(
      "button",
      { type: "button", class: "quiet", click: () => this.actions.clear() },
      "Clear all",
    );
    const focus = this.chips.contains(document.activeElement);
    put(this.chips, ...all, all.length > 1 && h("li", { class: "plain" }, clear));
    this.chips.hidden = all.length === 0;
    // The focus would be lost with the button that was pressed.
    if (focus) (this.chips.querySelector("button") ?? this.heading).focus();
  }
}
