// The column heads and the column widths.
import type { Column } from "./columns.ts";
import { h, put } from "./dom.ts";
import type { SortKey } from "./protocol.ts";

export interface Sorted {
  key: SortKey;
  down: boolean;
}

export class Head {
  private readonly row = h("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
  readonly element = h("div", { role: "rowgroup", class: "grid-top" }, this.row);

  constructor(private readonly sort: (key: SortKey) => void) {}

  show(grid: HTMLElement, columns: Column[], sorted: Sorted): void {
    const wide = columns.reduce((sum, { width }) => sum + width, 0);
    const last = columns.length - 1;
    const track = ({ width }: Column, index: number) =>
      index === last ? `minmax(${width}px, 1fr)` : `${width}px`;
    grid.style.setProperty("--columns", columns.map(track).join(" "));
    grid.style.setProperty("--wide", `${wide}px`);
    grid.setAttribute("aria-colcount", String(columns.length));
    put(this.row, ...columns.map((column, index) => this.cell(column, index, sorted)));
  }

  private cell({ key, name }: Column, index: number, sorted: Sorted): HTMLElement {
    return h(
      "div",
      {
        role: "columnheader",
        class: `c-${key}`,
        "aria-colindex": index + 1,
        "aria-sort": sorted.key === key && (sorted.down ? "descending" : "ascending"),
        "data-key": key,
      },
      h("button", { type: "button", tabindex: -1, click: () => this.sort(key) }, name),
    );
  }

  /** The left and right edge of a column, in pixels. */
  place(index: number): [number, number] {
    const cell = this.row.children[index] as HTMLElement | undefined;
    const left = cell?.offsetLeft ?? 0;
    return [left, left + (cell?.offsetWidth ?? 0)];
  }
}
