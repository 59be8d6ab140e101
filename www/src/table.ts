// The table. Only the rows on the screen have elements. A million rows would be taller than
// browsers allow, so the scroll bar is scaled above a limit. No library supports that.
import { Cells } from "./cells.ts";
import { COLUMNS, type Column, shown } from "./columns.ts";
import { h, put } from "./dom.ts";
import { Head, type Sorted } from "./head.ts";
import { Pages } from "./pages.ts";
import type { Facet, Row, SortKey, View } from "./protocol.ts";
import { type Cursor, Slot } from "./rows.ts";
import { plural } from "./text.ts";

const ROW = 30;
/** How many rows are created in one frame. */
const MADE = 6;
const TALLEST = 8_000_000;

export interface TableActions {
  rows(from: number, to: number, serial: number): void;
  sort(key: SortKey): void;
  choose(facet: Facet, value: string, exclude: boolean): void;
  select(index: number): void;
}

export class Table {
  readonly element = h("div", { class: "grid-frame" });
  private readonly head = new Head((key) => this.actions.sort(key));
  private readonly body = h("div", { class: "grid-body", role: "rowgroup" });
  private readonly grid = h("div", {
    class: "grid",
    role: "grid",
    tabindex: 0,
    "aria-label": "Records",
  });
  private readonly cells = new Cells(this.element, {
    choose: (facet, value, exclude) => this.actions.choose(facet, value, exclude),
    explain: () => this.open(),
    more: (cell) => this.goTo(cell) && this.showMenu(),
    columns: () => this.columns,
    toggle: (column) => this.toggle(column),
    told: (what) => {
      this.state.textContent = what;
    },
    back: () => this.grid.focus(),
  });
  private readonly state = h("p", { class: "about", "aria-live": "polite" });
  private columns = COLUMNS.filter(({ extra }) => !extra);
  private slots: (Slot | undefined)[] = [];
  private length = 0;
  private serial = 0;
  /** Whether another view was asked for. */
  private asked = false;
  private cursor: Cursor = { row: 0, column: 0 };
  private sorted: Sorted = { key: "time", down: false };
  private zone = 0;
  private readonly pages = new Pages((from, to) => this.actions.rows(from, to, this.serial));
  /** The scroll position and height, cached because reading them causes a layout. */
  private top = 0;
  private tall = 0;
  private drawing = false;
  private wanted = false;

  constructor(private readonly actions: TableActions) {
    put(this.grid, this.head.element, this.body);
    put(this.element, this.grid, ...this.cells.elements, this.state);
    this.grid.addEventListener("scroll", () => {
      this.top = this.grid.scrollTop;
      this.later();
    });
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => {
      if (this.goTo(event.target as Element)) this.open();
    });
    this.grid.addEventListener("contextmenu", (event) => {
      if (!this.goTo(event.target as Element)) return;
      event.preventDefault();
      this.showMenu();
    });
    this.body.addEventListener("pointerover", (event) => {
      const cell = (event.target as Element).closest<HTMLElement>("[role=gridcell]");
      if (cell && event.pointerType !== "touch") this.cells.over(cell);
    });
    new ResizeObserver(() => {
      this.tall = this.grid.clientHeight;
      this.later();
    }).observe(this.grid);
    this.showHead();
  }

  /** Shows additional columns that are hidden by default. */
  extra(keys: SortKey[]): void {
    this.arrange(COLUMNS.filter(({ key, extra }) => !extra || keys.includes(key)));
  }

  private arrange(columns: Column[]): void {
    this.columns = columns;
    this.cursor.column = Math.min(this.cursor.column, columns.length - 1);
    this.showHead();
    this.later();
  }

  private showHead(): void {
    this.head.show(this.grid, this.columns, this.sorted);
  }

  /** Marks the rows as old until those of another view come. */
  ask(): void {
    this.asked = true;
    this.grid.ariaBusy = "true";
  }

  show(length: number, serial: number, { sort: key, down, zone }: View): void {
    this.length = length;
    this.serial = serial;
    this.asked = false;
    this.zone = zone;
    this.pages.clear();
    this.cursor.row = Math.min(this.cursor.row, Math.max(0, length - 1));
    this.grid.setAttribute("aria-rowcount", String(length + 1));
    if (this.sorted.key !== key || this.sorted.down !== down) {
      this.sorted = { key, down };
      this.showHead();
    }
    this.grid.ariaBusy = String(length > 0);
    this.body.style.height = `${this.height()}px`;
    this.grid.style.setProperty("--rows", String(Math.min(length, 100)));
    this.state.textContent =
      length === 0 ? "No record fits these filters." : plural(length, "record");
    this.later();
  }

  take(from: number, rows: Row[], serial: number): void {
    if (serial !== this.serial) return;
    this.pages.take(from, rows);
    if (this.wanted) this.open();
    this.later();
  }

  focus(): void {
    this.grid.focus();
  }

  /** Moves the cursor to a row of the view. */
  moveTo(row: number): void {
    if (row >= 0) this.move(row);
  }

  private height(): number {
    return Math.min(this.length * ROW, TALLEST);
  }

  private visibleRows(): number {
    return Math.max(1, Math.floor((this.tall - ROW) / ROW));
  }

  /** The first row on the screen, with its fraction. */
  private first(): number {
    const room = this.height() - this.visibleRows() * ROW;
    const rows = this.length - this.visibleRows();
    if (room <= 0 || rows <= 0) return 0;
    return Math.min(1, this.top / room) * rows;
  }

  private later(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.draw();
    });
  }

  private draw(): void {
    const first = this.first();
    const from = Math.max(0, Math.floor(first) - 2);
    const to = Math.min(this.length, Math.ceil(first) + this.visibleRows() + 3);
    const count = Math.max(0, to - from);
    for (const slot of this.slots.splice(count)) slot?.element.remove();
    let missing = 0;
    let made = 0;
    for (let i = from; i < to; i++) {
      const row = this.pages.want(i);
      if (!row) missing++;
      // A row keeps its element while it is on the screen.
      const slot = this.slots[i % count] ?? (row && made++ < MADE && this.make(i % count));
      if (!slot) continue;
      slot.show(i, row, this.columns, this.zone);
      slot.mark(this.cursor);
      slot.move(this.top + (i - first) * ROW);
    }
    if (made > MADE) this.later();
    this.grid.ariaBusy = String(this.asked || missing > 0 || made > MADE);
    if (count > 0) {
      const { row, column } = this.cursor;
      this.grid.setAttribute("aria-activedescendant", `row-${row}-${column}`);
    } else this.grid.removeAttribute("aria-activedescendant");
  }

  private make(at: number): Slot {
    const slot = new Slot();
    this.slots[at] = slot;
    this.body.append(slot.element);
    return slot;
  }

  /** Moves to the given cell, or to the current one after a keyboard event. */
  private goTo(target: Element): boolean {
    if (target === this.grid) return this.length > 0;
    const row = target.closest<HTMLElement>("[data-at]");
    if (!row) return false;
    const cell = target.closest<HTMLElement>("[role=gridcell]");
    if (cell) this.cursor.column = Number(cell.getAttribute("aria-colindex")) - 1;
    this.move(Number(row.dataset.at));
    return true;
  }

  private open(): void {
    const row = this.pages.at(this.cursor.row);
    // A row that is still loading is explained when it arrives.
    this.wanted = !row;
    if (row) this.actions.select(row.index);
  }

  private move(to: number): void {
    const at = Math.max(0, Math.min(this.length - 1, to));
    this.cursor.row = at;
    const first = this.first();
    const count = this.visibleRows();
    const rows = this.length - count;
    let want = first;
    if (at < first) want = at;
    else if (at > first + count - 1) want = at - count + 1;
    if (want !== first && rows > 0) {
      this.grid.scrollTop = (want / rows) * (this.height() - count * ROW);
    }
    this.later();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.grid) return;
    const count = this.visibleRows();
    const { row, column } = this.cursor;
    const moves: Record<string, number> = {
      ArrowDown: row + 1,
      ArrowUp: row - 1,
      PageDown: row + count,
      PageUp: row - count,
      Home: 0,
      End: this.length - 1,
    };
    const to = moves[event.key];
    const sort = this.columns[Number(event.key) - 1];
    if (to !== undefined) this.move(to);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      this.cursor.column = Math.max(0, Math.min(this.columns.length - 1, column + step));
      this.bringIn();
    } else if (event.key === "Enter" || event.key === " ") this.open();
    else if (event.key === "+" || event.key === "=") this.choose(false);
    else if (event.key === "-" || event.key === "−") this.choose(true);
    else if (/^m$/i.test(event.key) || event.key === "ContextMenu") this.showMenu();
    else if (event.key === "F10" && event.shiftKey) this.showMenu();
    else if (sort) this.actions.sort(sort.key);
    else return;
    event.preventDefault();
  }

  /** Scrolls the current cell into view horizontally. */
  private bringIn(): void {
    const [left, right] = this.head.place(this.cursor.column);
    const { grid } = this;
    if (left < grid.scrollLeft) grid.scrollLeft = left;
    else if (right > grid.scrollLeft + grid.clientWidth) grid.scrollLeft = right - grid.clientWidth;
    this.later();
  }

  private cell(): HTMLElement | null {
    const { row, column } = this.cursor;
    return this.body.querySelector<HTMLElement>(`#row-${row}-${column}`);
  }

  private choose(exclude: boolean): void {
    const { facet, value } = this.cell()?.dataset ?? {};
    if (facet && value !== undefined) this.actions.choose(facet as Facet, value, exclude);
  }

  private showMenu(): void {
    const row = this.pages.at(this.cursor.row);
    const column = this.columns[this.cursor.column];
    const cell = this.cell();
    if (row && column && cell)
      this.cells.menu(cell, column.name, shown(row, column.key, this.zone));
  }

  /** Shows or hides a column. At least one column stays visible. */
  private toggle(column: Column): void {
    const columns = COLUMNS.filter((one) => this.columns.includes(one) !== (one === column));
    if (columns.length > 0) this.arrange(columns);
  }
}
