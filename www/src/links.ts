// Links to the rows of the table: a click filters them and goes there.
import { fragment, fresh } from "./address.ts";
import { h } from "./dom.ts";
import type { Facet, Row } from "./protocol.ts";

export interface LinkActions {
  /** Shows only the rows with these values, and goes to the table. */
  rows(filters: [Facet, string][]): void;
  /** Selects a row and goes to its explanation. */
  row(row: Row): void;
}

/** A link to the rows with these values. */
export function rowsLink(
  actions: LinkActions,
  filters: [Facet, string][],
  ...children: (Node | string)[]
): HTMLAnchorElement {
  const choices = filters.map(([facet, value]) => ({ facet, value, exclude: false }));
  const href = fragment({ view: { ...fresh(), choices }, row: null, sample: false }) || "#";
  return link(href, () => actions.rows(filters), ...children);
}

/** A link to a row. */
export function rowLink(actions: LinkActions, row: Row, text: string): HTMLAnchorElement {
  const href = fragment({ view: fresh(), row: row.index, sample: false });
  return link(href, () => actions.row(row), text);
}

/** A link to a part of the page. */
export const partLink = (id: string, ...children: (Node | string)[]): HTMLAnchorElement =>
  link(`#${id}`, () => goTo(document.getElementById(id)), ...children);

/** Scrolls to an element and focuses it. */
export function goTo(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: "start" });
  element?.focus({ preventScroll: true });
}

/** The address is the page's own state, so the browser does not follow the link. */
function link(href: string, act: () => void, ...children: (Node | string)[]): HTMLAnchorElement {
  const click = (event: MouseEvent) => {
    event.preventDefault();
    act();
  };
  return h("a", { href, click }, ...children);
}
