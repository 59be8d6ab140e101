// The menu of a cell, and the button that opens it.
import { COLUMNS, type Column } from "./columns.ts";
import { h } from "./dom.ts";
import { Menu } from "./menu.ts";
import type { Facet } from "./protocol.ts";
import { label, line } from "./text.ts";

export interface CellActions {
  choose(facet: Facet, value: string, exclude: boolean): void;
  explain(): void;
  /** Moves to a cell and opens its menu. */
  more(cell: HTMLElement): void;
  columns(): Column[];
  toggle(column: Column): void;
  told(what: string): void;
  back(): void;
}

export class Cells {
  private readonly more = h(
    "button",
    {
      type: "button",
      class: "more",
      tabindex: -1,
      hidden: true,
      "aria-label": "Menu of this cell",
      click: () => this.cell && this.actions.more(this.cell),
    },
    "⋯",
  );
  private cell: HTMLElement | undefined;
  private readonly list: Menu;
  readonly elements: HTMLElement[];

  constructor(
    private readonly frame: HTMLElement,
    private readonly actions: CellActions,
  ) {
    this.list = new Menu(() => actions.back());
    this.elements = [this.more, this.list.element];
    frame.addEventListener("pointerleave", () => {
      this.more.hidden = true;
    });
  }

  /** Shows the menu button on a cell. */
  over(cell: HTMLElement): void {
    if (!this.list.element.hidden) return;
    this.cell = cell;
    this.more.hidden = false;
    const frame = this.frame.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    this.more.style.left = `${Math.min(box.right, frame.right) - frame.left - 27}px`;
    this.more.style.top = `${box.top - frame.top + 3}px`;
  }

  /** Opens the menu of a cell. */
  menu(cell: HTMLElement, name: string, text: string): void {
    const { actions } = this;
    this.more.hidden = true;
    const { facet, value = "" } = cell.dataset;
    const short = line(label(facet as Facet, value)).slice(0, 40);
    const choose = (exclude: boolean) => () => actions.choose(facet as Facet, value, exclude);
    const filters = [
      { label: `Only ${short}`, act: choose(false) },
      { label: `Not ${short}`, act: choose(true) },
    ];
    const copy = () =>
      navigator.clipboard.writeText(text).then(
        () => actions.told("Copied"),
        () => actions.told("The browser refused to copy"),
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
