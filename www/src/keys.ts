// The list of the keys and of what the search understands, in a dialog.
import { h } from "./dom.ts";
import { FIELDS } from "./protocol.ts";

const KEYS = [
  ["/", "Search"],
  ["?", "This list"],
  ["Arrow keys, Page Up, Page Down, Home, End", "Move in the table"],
  ["Enter", "Explain the record"],
  ["Escape", "Close the explanation or a menu"],
  ["+ and −", "Filter for the value of the cell, exclude it"],
  ["M", "Menu of the cell, with more columns"],
  ["1 to 9", "Sort by this column"],
  ["Alt+Left", "Undo: the earlier filters or files"],
];
const SEARCHES = [
  ["words", "Records with all of these words"],
  ['"two words"', "Records with this text"],
  ["computer:TILL-01", `Only in this field: ${[...FIELDS.keys()].join(", ")}`],
  ["/^till-0[12]$/", "A regular expression, also after a field name"],
];

export class Keys {
  readonly element = h(
    "dialog",
    { class: "help", "aria-labelledby": "keys-title" },
    h("h2", { id: "keys-title" }, "Keys"),
    list(KEYS, "kbd"),
    h("h3", {}, "Search"),
    list(SEARCHES, "code"),
    h("p", {}, "Letters in either case are equal. A record must meet every part of a search."),
    h("button", { type: "button", class: "quiet", click: () => this.element.close() }, "Close"),
  );

  constructor() {
    addEventListener("keydown", (event) => {
      if (event.key !== "?" || (event.target as Element).closest("input, textarea, select")) return;
      event.preventDefault();
      this.show();
    });
  }

  show(): void {
    if (!this.element.open) this.element.showModal();
  }
}

function list(pairs: string[][], tag: "kbd" | "code"): HTMLElement {
  const rows = pairs.flatMap(([name = "", about = ""]) => [
    h("dt", {}, h(tag, {}, name)),
    h("dd", {}, about),
  ]);
  return h("dl", {}, ...rows);
}
