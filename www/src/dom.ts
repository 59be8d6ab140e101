// Elements by hand. Text of a log only ever becomes a text node.
type Child = Node | string | null | undefined | false;
type Props = Record<
  string,
  string | number | boolean | null | undefined | ((event: never) => void)
>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value as EventListener);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  put(element, ...children);
  return element;
}

export function put(element: Element, ...children: Child[]): void {
  element.replaceChildren(
    ...children.filter((child): child is Node | string => child instanceof Node || !!child),
  );
}

/** Control characters and those that turn text around are shown, not obeyed. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => {
    if (c === "\n" || c === "\t") return c;
    if (c === "\r") return "";
    return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** The same in one line. */
export const line = (text: string) => visible(text).replace(/\s+/g, " ");

export const number = (value: number) => value.toLocaleString("en-US");

export function size(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

export function clock(time: number | null, zone: boolean): string {
  if (time === null) return "no time";
  return `${new Date(time * 1000).toISOString().slice(0, 19).replace("T", " ")}${zone ? "Z" : ""}`;
}

/** 3 March 2010 */
export function day(time: string | number): string {
  const date = new Date(typeof time === "number" ? time * 1000 : `${time.replace(/Z$/, "")}Z`);
  return date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
}

export function save(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function copyButton(text: () => string, label = "Copy"): HTMLButtonElement {
  const button = h("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Copying was refused";
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}
