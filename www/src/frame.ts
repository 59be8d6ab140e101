// The frame of the results: the header with its controls, the status and the footer.
import { h, put } from "./dom.ts";
import { goTo } from "./links.ts";
import { isSingle, type Opening } from "./opening.ts";
import type { Article } from "./protocol.ts";
import type { Status } from "./status.ts";

export class Frame {
  readonly elements: HTMLElement[];
  /** It is shown only where a date can be read in two ways. */
  private readonly dates = h(
    "select",
    { "aria-label": "Dates such as 3/4/2010", hidden: true },
    h("option", { value: "" }, "3/4/2010 is ambiguous"),
    h("option", { value: "month-first" }, "3/4/2010 is 4 March"),
    h("option", { value: "day-first" }, "3/4/2010 is 3 April"),
  );
  private readonly links = h("p");

  /** `reorder` is called after another order of month and day was chosen. */
  constructor(opening: Opening, status: Status, main: HTMLElement, reorder: () => void) {
    this.dates.addEventListener("change", reorder);
    const skip = (event: Event) => {
      event.preventDefault();
      goTo(main);
    };
    const actions = [
      this.dates,
      opening.sample("Sample"),
      opening.add,
      opening.folder(),
      opening.button(),
    ];
    this.elements = [
      h("a", { class: "skip", href: "#main", click: skip }, "Skip to the results"),
      h(
        "header",
        {},
        h(
          "div",
          { class: "brand" },
          h("h1", {}, "Crypt32 event 8 triage"),
          h("p", {}, "Nothing leaves this computer"),
        ),
        h("div", { class: "actions" }, ...actions),
      ),
      status.element,
      status.live,
      main,
      h(
        "footer",
        {},
        h(
          "p",
          {},
          "This page reads the log in your browser. It cannot connect to any server, and it keeps nothing after you close it.",
        ),
        this.links,
      ),
    ];
  }

  /** The chosen order of month and day, or nothing. */
  get order(): string {
    return this.dates.value;
  }

  /** Says whether the order in some date is unknown. A choice can always be changed. */
  ambiguous(unknown: boolean): void {
    this.dates.hidden = !unknown && this.order === "";
  }

  /** Links to the guide, which the served page has beside it, and to the source. */
  about({ repository, version }: Article): void {
    const guide = isSingle() ? `${repository}/tree/main/docs` : "guide/index.html";
    const out = (href: string, text: string) =>
      h("a", { href, target: "_blank", rel: "noopener noreferrer" }, text);
    const label = isSingle() ? "Guide (online)" : "Guide";
    put(this.links, out(guide, label), " · ", out(repository, "Source"), ` · Version ${version}`);
  }
}
