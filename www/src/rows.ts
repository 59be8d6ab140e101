// The row elements on the screen. There are only a few, which are reused: only changed texts are
// written.
import { type Column, filterOf, shown } from "./columns.ts";
import { h, put } from "./dom.ts";
import type { Row } from "./protocol.ts";

/** The position of the keyboard cursor. */
export interface Cursor {
  row: number;
  column: number;
}

export class Slot {
  readonly element = h("div", { role: "row", class: "grid-row" });
  private cells: HTMLElement[] = [];
  private shown: { i: number; row: Row | undefined; columns: Column[]; zone: number } | undefined;
  private marked = "";

  show(i: number, row: Row | undefined, columns: Column[], zone: number): void {
    const { shown: old } = this;
    // Until the new row arrives, its old content stays.
    const same = old?.i === i && old.columns === columns && old.zone === zone;
    if (same && (!row || old.row === row)) return;
    if (old?.columns !== columns) {
      this.cells = columns.map(({ key }, index) =>
        h("div", { role: "gridcell", class: `c-${key}`, "aria-colindex": index + 1 }),
      );
      put(this.element, ...this.cells);
    }
    this.shown = { i, row, columns, zone };
    this.marked = "";
    this.element.dataset.at = String(i);
    this.element.setAttribute("aria-rowindex", String(i + 2));
    columns.forEach((column, index) => {
      const cell = this.cells[index];
      if (cell) fill(cell, column, row, `row-${i}-${index}`, zone);
    });
  }

  /** Marks the row and the cell of the keyboard cursor. */
  mark({ row, column }: Cursor): void {
    const here = this.shown?.i === row;
    const marked = `${here} ${here ? column : ""}`;
    if (marked === this.marked) return;
    this.marked = marked;
    this.element.classList.toggle("here", here);
    this.element.setAttribute("aria-selected", String(here));
    this.cells.forEach((cell, index) => {
      cell.classList.toggle("here", here && index === column);
    });
  }

  move(top: number): void {
    this.element.style.transform = `translateY(${Math.round(top)}px)`;
  }
}

function fill(
  cell: HTMLElement,
  column: Column,
  row: Row | undefined,
  id: string,
  zone: number,
): void {
  cell.id = id;
  const filter = row && filterOf(row, column);
  if (filter) [cell.dataset.facet, cell.dataset.value] = filter;
  else {
    delete cell.dataset.facet;
    delete cell.dataset.value;
  }
  const { key } = column;
  const text = row ? shown(row, key, zone) : key === "time" ? "…" : "";
  if (cell.textContent === text) return;
  if (key === "verdict" && row) put(cell, h("span", { class: `word ${row.verdict}` }, text));
  else cell.textContent = text;
}
