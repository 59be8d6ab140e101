// Shows the progress of reading with a cancel button, and its end.
import { h, put } from "./dom.ts";
import type { Tell } from "./protocol.ts";
import { line, number, plural, size } from "./text.ts";

type Progress = Extract<Tell, { tell: "progress" }>;

/** The name of one file, or the number of several. */
export const named = (files: { name: string }[]): string =>
  files.length === 1 ? line(files[0]?.name ?? "") : plural(files.length, "file");

export class Status {
  readonly element = h("div", { class: "status" });
  /** The same for screen readers: only the end. */
  readonly live = h("p", { class: "unseen", role: "status" });
  private readonly bar = h("progress", { "aria-label": "Read so far" });
  private readonly words = h("p");
  private readonly cancel: HTMLButtonElement;

  constructor(cancel: () => void) {
    this.cancel = h("button", { type: "button", class: "quiet", click: cancel }, "Cancel");
  }

  reading({ files, counts }: Progress): void {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const read = files.reduce((sum, file) => sum + file.read, 0);
    this.bar.max = Math.max(1, total);
    this.bar.value = read;
    this.words.textContent = `${size(read)} of ${size(total)}, ${plural(counts.records, "record")}`;
    // The button must not be replaced while somebody presses it.
    if (!this.bar.isConnected) put(this.element, this.bar, this.words, this.cancel);
  }

  /** Shows how much of a file in an archive is unpacked. */
  unpacking(name: string, bytes: number): void {
    this.bar.removeAttribute("value");
    this.words.textContent = `Unpacking ${line(name)}, ${size(bytes)} …`;
    if (!this.bar.isConnected) put(this.element, this.bar, this.words, this.cancel);
  }

  /** Shows that the reader stopped in a file and that the place is searched. */
  finding(name: string): void {
    this.bar.removeAttribute("value");
    this.words.textContent = `The reader stopped in ${line(name)}; searching for the place …`;
    put(this.element, this.bar, this.words, this.cancel);
  }

  /** `before` says which files were open before, if there were any. */
  done({ files, counts, cancelled }: Progress, before: string): void {
    const name = named(files);
    const ended = cancelled ? ", stopped before the end" : "";
    const left = (count: number, what: string) =>
      count > 0 ? `, ${plural(count, "place")} ${what}` : "";
    const unread = left(counts.unjudged, "not judged") + left(counts.unread, "not read");
    const back = before && `. The browser’s Back button returns to ${before}.`;
    this.words.textContent = `${name}: ${size(counts.bytes)}, ${plural(counts.records, "record")}${ended}${unread}${back}`;
    put(this.element, this.words);
    this.live.textContent = `${cancelled ? "Stopped" : "Read"} ${plural(counts.records, "record")}: ${number(counts.benign)} benign, ${number(counts.review)} to review${unread}.`;
  }

  clear(): void {
    put(this.element);
  }

  failed(why: string): void {
    put(this.element, h("p", { class: "failed", role: "alert" }, `Could not finish: ${line(why)}`));
  }
}
