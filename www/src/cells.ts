// What can be done with a cell: the buttons that appear over it, and its menu.
import { COLUMNS, type Column } from "./columns.ts";
import { h, put } from "./dom.ts";
import { Menu } from "./menu.ts";
import type { Facet } from "./protocol.ts";
import { line } from "./text.ts";

export interface CellActions {
  choose(facet: Facet, value: string, exclude: boolean): void;
  explain(): void;
  /** Goes to a cell and opens its menu. */
  more(cell: HTMLElement): void;
  columns(): Column[];
  toggle(column: Column): void;
  told(what: string): void;
  back(): void;
}

export class Cells {
  private readonly bar = h("div", { class: "cell-tools", hidden: true });
  private readonly list: Menu;
  readonly elements: HTMLElement[];

  constructor(
    private readonly frame: HTMLElement,
    private readonly actions: CellActions,
  ) {
    this.list = new Menu(() => actions.back());
    this.elements = [this.bar, this.list.element];
    frame.addEventListener("pointerleave", () => {
      this.bar.hidden = true;
    });
  }

  /** Shows the buttons over a cell that can be filtered by. */
  tools(cell: HTMLElement): void {
    const { facet, value } = cell.dataset;
    if (!facet || value === undefined || !this.list.element.hidden) return;
    const choose = (exclude: boolean) => () => this.actions.choose(facet as Facet, value, exclude);
    put(
      this.bar,
      this.button("+", `Only ${line(value)}`, choose(false)),
      this.button("−", `Not ${line(value)}`, choose(true)),
      this.button("⋯", "More", () => this.actions.more(cell)),
    );
    this.bar.hidden = false;
    const frame = this.frame.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    this.bar.style.left = `${Math.min(box.right, frame.right) - frame.left - 78}px`;
    this.bar.style.top = `${box.top - frame.top + 3}px`;
  }

  private button(text: string, label: string, act: () => void): HTMLElement {
    const click = () => {
      this.bar.hidden = true;
      act();
    };
    const props = { type: "button", tabindex: -1, title: label, "aria-label": label, click };
    return h("button", props, text);
  }

  /** Opens the menu of a cell. */
  menu(cell: HTMLElement, name: string, text: string): void {
    const { actions } = this;
    this.bar.hidden = true;
    const { facet, value = "" } = cell.dataset;
    const short = line(value).slice(0, 40);
    const choose = (exclude: boolean) => () => actions.choose(facet as Facet, value, exclude);
    const filters = [
      { label: `Only ${short}`, act: choose(false) },
      { label: `Not ${short}`, act: choose(true) },
    ];
    const copy = () =>
      navigator.clipboard.writeText(text).then(
        () => actions.told("Copied"),
        () => actions.told("Copying was refused"),
      );
    const columns = COLUMNS.map((column) => {
      const checked = actions.columns().includes(column);
      return { label: column.name, checked, act: () => actions.toggle(column) };
    });
    const frame = this.frame.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    this.list.show(
      `${name}: ${text}`,
      [
        facet ? filters : [],
        [
          { label: "Explain this record", act: () => actions.explain() },
          { label: "Copy this cell", act: copy },
        ],
        columns,
      ],
      Math.max(0, box.left - frame.left),
      box.bottom - frame.top,
    );
  }
}
