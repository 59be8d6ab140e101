// The menu of a cell, with actions for its value and the choice of columns.
import { h, put } from "./dom.ts";

export interface Item {
  label: string;
  /** The state of an entry that can be on or off. */
  checked?: boolean;
  act: () => void;
}

export class Menu {
  readonly element = h("div", { class: "menu", role: "menu", hidden: true });

  constructor(private readonly closed: () => void) {
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focusout", (event) => {
      if (!this.element.contains(event.relatedTarget as Node | null)) this.hide(false);
    });
  }

  /** Opens at a position inside the frame that contains the menu. */
  show(label: string, groups: Item[][], left: number, top: number): void {
    this.element.setAttribute("aria-label", label);
    put(
      this.element,
      ...groups
        .filter((items) => items.length > 0)
        .map((items) => h("div", { role: "group" }, ...items.map((item) => this.item(item)))),
    );
    this.element.hidden = false;
    const room = this.element.parentElement?.clientWidth ?? 0;
    const most = Math.max(0, room - this.element.offsetWidth - 4);
    this.element.style.left = `${Math.min(left, most)}px`;
    this.element.style.top = `${top}px`;
    this.items()[0]?.focus();
  }

  private item({ label, checked, act }: Item): HTMLElement {
    const role = checked === undefined ? "menuitem" : "menuitemcheckbox";
    return h(
      "button",
      {
        type: "button",
        role,
        tabindex: -1,
        "aria-checked": checked === undefined ? null : String(checked),
        click: () => {
          this.hide(true);
          act();
        },
      },
      label,
    );
  }

  private items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>("button")];
  }

  private hide(back: boolean): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    if (back) this.closed();
  }

  private key(event: KeyboardEvent): void {
    const items = this.items();
    const at = items.indexOf(document.activeElement as HTMLElement);
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + items.length,
      Home: 0,
      End: items.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) items[next % items.length]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") this.hide(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
