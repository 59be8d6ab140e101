// The rows: only those on the screen exist. A million rows are taller than browsers allow an
// element to be, so beyond a height the scroll bar is scaled; that is why no library does it.
import { clock, h, line, plural, put } from "./dom.ts";
import type { Facet, Row, SortKey } from "./protocol.ts";

const ROW = 30;
const TALLEST = 8_000_000;
const PAGE = 100;

interface Column {
  key: SortKey;
  name: string;
  facet: Facet | null;
}
const COLUMNS: Column[] = [
  { key: "time", name: "Time", facet: null },
  { key: "computer", name: "Computer", facet: "computer" },
  { key: "verdict", name: "Verdict", facet: "verdict" },
  { key: "basis", name: "Basis", facet: "basis" },
  { key: "error", name: "Error or event", facet: "error" },
  { key: "shape", name: "Shape", facet: "shape" },
  { key: "message", name: "Message", facet: null },
];

export interface TableActions {
  rows(from: number, to: number, serial: number): void;
  sort(key: SortKey): void;
  choose(facet: Facet, value: string, exclude: boolean): void;
  select(index: number): void;
}

export class Table {
  readonly element = h("div", { class: "grid-frame" });
  private readonly head = h("div", { class: "grid-head", role: "row", "aria-rowindex": 1 });
  private readonly body = h("div", { class: "grid-body", role: "rowgroup" });
  private readonly grid = h("div", {
    class: "grid",
    role: "grid",
    tabindex: 0,
    "aria-label": "Records",
    "aria-describedby": "grid-keys",
  });
  private readonly tools = h("div", { class: "cell-tools", hidden: true });
  private readonly state = h("p", { class: "about", "aria-live": "polite" });
  private length = 0;
  private serial = 0;
  private at = 0;
  private column = 1;
  private pages = new Map<number, Row[]>();
  private asked = new Set<number>();
  private drawing = false;
  private wanted = false;

  constructor(private readonly actions: TableActions) {
    put(
      this.head,
      ...COLUMNS.map(({ key, name }, index) =>
        h(
          "div",
          { role: "columnheader", class: `c-${key}`, "aria-colindex": index + 1, "data-key": key },
          h("button", { type: "button", tabindex: -1, click: () => actions.sort(key) }, name),
        ),
      ),
    );
    put(this.grid, h("div", { role: "rowgroup", class: "grid-top" }, this.head), this.body);
    put(
      this.element,
      this.grid,
      this.tools,
      this.state,
      h(
        "p",
        { class: "about keys", id: "grid-keys" },
        "Arrow keys move, Enter explains, + keeps only what the cell says, − leaves it out, 1 to 7 sort.",
      ),
    );
    this.grid.addEventListener("scroll", () => this.later());
    this.grid.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("click", (event) => this.click(event));
    this.body.addEventListener("pointerover", (event) => {
      const cell = (event.target as Element).closest<HTMLElement>("[data-facet]");
      if (cell) this.showTools(cell);
    });
    this.element.addEventListener("pointerleave", () => {
      this.tools.hidden = true;
    });
    new ResizeObserver(() => this.later()).observe(this.grid);
  }

  show(length: number, serial: number, sort: SortKey, down: boolean): void {
    this.length = length;
    this.serial = serial;
    this.pages.clear();
    this.asked.clear();
    this.at = Math.min(this.at, Math.max(0, length - 1));
    this.grid.setAttribute("aria-rowcount", String(length + 1));
    this.grid.setAttribute("aria-colcount", String(COLUMNS.length));
    for (const cell of this.head.children) {
      const mine = cell.getAttribute("data-key") === sort;
      if (mine) cell.setAttribute("aria-sort", down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    this.body.style.height = `${this.height()}px`;
    this.state.textContent =
      length === 0 ? "No record fits these filters." : plural(length, "record");
    this.later();
  }

  take(from: number, rows: Row[], serial: number): void {
    if (serial !== this.serial) return;
    this.pages.set(from / PAGE, rows);
    if (this.wanted) this.open();
    if (this.pages.size > 40) {
      const first = this.pages.keys().next().value;
      if (first !== undefined && first !== from / PAGE) {
        this.pages.delete(first);
        this.asked.delete(first);
      }
    }
    this.later();
  }

  private height(): number {
    return Math.min(this.length * ROW, TALLEST);
  }

  private visibleRows(): number {
    return Math.max(1, Math.floor((this.grid.clientHeight - ROW) / ROW));
  }

  /** The first row on the screen, with its fraction. */
  private first(): number {
    const room = this.height() - this.visibleRows() * ROW;
    const rows = this.length - this.visibleRows();
    if (room <= 0 || rows <= 0) return 0;
    return Math.min(1, this.grid.scrollTop / room) * rows;
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
    const top = this.grid.scrollTop;
    const out: Node[] = [];
    for (let i = from; i < to; i++) {
      const page = Math.floor(i / PAGE);
      const row = this.pages.get(page)?.[i - page * PAGE];
      if (!row && !this.asked.has(page)) {
        this.asked.add(page);
        this.actions.rows(page * PAGE, (page + 1) * PAGE, this.serial);
      }
      const element = this.row(i, row);
      element.style.transform = `translateY(${Math.round(top + (i - first) * ROW)}px)`;
      out.push(element);
    }
    put(this.body, ...out);
    this.grid.setAttribute("aria-activedescendant", `row-${this.at}-${this.column}`);
  }

  private row(i: number, row: Row | undefined): HTMLElement {
    const here = i === this.at;
    const cells = COLUMNS.map(({ key, facet }, index) => {
      const text = row ? cellText(row, key) : index === 0 ? "…" : "";
      return h(
        "div",
        {
          role: "gridcell",
          id: `row-${i}-${index}`,
          "aria-colindex": index + 1,
          class: `c-${key}${here && index === this.column ? " here" : ""}`,
          "data-facet": facet,
          "data-value": facet && row ? row[key] || "none" : null,
        },
        key === "verdict" && row ? h("span", { class: `word ${row.verdict}` }, text) : text,
      );
    });
    return h(
      "div",
      {
        role: "row",
        class: here ? "grid-row here" : "grid-row",
        "aria-rowindex": i + 2,
        "aria-selected": here ? "true" : "false",
        "data-at": i,
      },
      ...cells,
    );
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>("[data-at]");
    if (!row) return;
    const cell = target.closest<HTMLElement>("[role=gridcell]");
    this.column = cell ? Number(cell.getAttribute("aria-colindex")) - 1 : this.column;
    this.move(Number(row.dataset.at));
    this.open();
  }

  private open(): void {
    const page = Math.floor(this.at / PAGE);
    const row = this.pages.get(page)?.[this.at - page * PAGE];
    // A row that is still on its way is explained when it comes.
    this.wanted = !row;
    if (row) this.actions.select(row.index);
  }

  private move(to: number): void {
    this.at = Math.max(0, Math.min(this.length - 1, to));
    const first = this.first();
    const count = this.visibleRows();
    const rows = this.length - count;
    let want = first;
    if (this.at < first) want = this.at;
    else if (this.at > first + count - 1) want = this.at - count + 1;
    if (want !== first && rows > 0) {
      this.grid.scrollTop = (want / rows) * (this.height() - count * ROW);
    }
    this.later();
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== this.grid) return;
    const count = this.visibleRows();
    const moves: Record<string, number> = {
      ArrowDown: this.at + 1,
      ArrowUp: this.at - 1,
      PageDown: this.at + count,
      PageUp: this.at - count,
      Home: 0,
      End: this.length - 1,
    };
    const to = moves[event.key];
    const sort = COLUMNS[Number(event.key) - 1];
    if (to !== undefined) this.move(to);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const step = event.key === "ArrowLeft" ? -1 : 1;
      this.column = Math.max(0, Math.min(COLUMNS.length - 1, this.column + step));
      this.later();
    } else if (event.key === "Enter" || event.key === " ") this.open();
    else if (event.key === "+" || event.key === "=") this.choose(false);
    else if (event.key === "-" || event.key === "−") this.choose(true);
    else if (sort) this.actions.sort(sort.key);
    else return;
    event.preventDefault();
  }

  private choose(exclude: boolean): void {
    const cell = this.body.querySelector<HTMLElement>(`#row-${this.at}-${this.column}`);
    const { facet, value } = cell?.dataset ?? {};
    if (facet && value !== undefined) this.actions.choose(facet as Facet, value, exclude);
  }

  private showTools(cell: HTMLElement): void {
    const { facet, value } = cell.dataset;
    if (!facet || value === undefined) return;
    const button = (text: string, label: string, exclude: boolean) =>
      h(
        "button",
        {
          type: "button",
          tabindex: -1,
          title: label,
          "aria-label": label,
          click: () => {
            this.tools.hidden = true;
            this.actions.choose(facet as Facet, value, exclude);
          },
        },
        text,
      );
    put(
      this.tools,
      button("+", `Only ${line(value)}`, false),
      button("−", `Not ${line(value)}`, true),
    );
    this.tools.hidden = false;
    const frame = this.element.getBoundingClientRect();
    const box = cell.getBoundingClientRect();
    this.tools.style.left = `${Math.min(box.right, frame.right) - frame.left - 52}px`;
    this.tools.style.top = `${box.top - frame.top + 3}px`;
  }
}

function cellText(row: Row, key: SortKey): string {
  switch (key) {
    case "time":
      return clock(row.time, row.zone);
    case "message":
      return line(row.message).slice(0, 300);
    default:
      return line(row[key]);
  }
}
