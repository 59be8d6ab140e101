// The ways to open files: a button, a drop anywhere on the window, a paste, or the sample.
import { h } from "./dom.ts";
import { chosen, dropped, MOST } from "./dropped.ts";

/** Whether this is the single-file build, which has no other files. */
export const isSingle = (): boolean => document.querySelector('script[id^="file-"]') !== null;

/** A file of the page: embedded in the single-file build, otherwise fetched. */
export async function asset(name: string): Promise<ArrayBuffer> {
  const inside = document.getElementById(`file-${name}`)?.textContent;
  if (inside) return Uint8Array.from(atob(inside.trim()), (c) => c.charCodeAt(0)).buffer;
  const answer = await fetch(new URL(name, document.baseURI));
  if (!answer.ok) throw new Error(`${name} is missing in the folder of this page`);
  return answer.arrayBuffer();
}

/** `open` replaces the files, `add` adds to them, and `sample` is the page's own file. */
export type How = "open" | "add" | "sample";

export class Opening {
  private how: How = "open";
  private readonly pick = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Files",
  });
  /** From disk, Chromium reads a folder that is chosen, but not one that is dropped. */
  private readonly pickFolder = h("input", {
    type: "file",
    webkitdirectory: true,
    hidden: true,
    "aria-label": "Folder",
  });
  /** Opens further files. It is hidden until a file is open. */
  readonly add = h(
    "button",
    { type: "button", class: "quiet", hidden: true, click: () => this.choose("add") },
    "Add files",
  );

  constructor(
    private readonly open: (files: File[], how: How) => void,
    private readonly fail: (why: string) => void,
  ) {
    for (const pick of [this.pick, this.pickFolder]) {
      pick.addEventListener("change", () => {
        open(chosen([...(pick.files ?? [])].slice(0, MOST)), this.how);
        this.how = "open";
        pick.value = "";
      });
    }
    document.body.append(this.pick, this.pickFolder);
    this.listen();
  }

  private choose(how: How): void {
    this.how = how;
    this.pick.click();
  }

  /** A button that opens files. */
  button(): HTMLButtonElement {
    const click = () => this.choose("open");
    return h("button", { type: "button", class: "main", click }, "Open files");
  }

  /** A button that opens all files in a folder. */
  folder(): HTMLButtonElement {
    const click = () => {
      this.how = "open";
      this.pickFolder.click();
    };
    // Browsers of phones cannot choose a folder.
    const hidden = !("webkitdirectory" in this.pickFolder);
    return h("button", { type: "button", class: "quiet", hidden, click }, "Open folder");
  }

  /** A button that opens the sample. */
  sample(label: string): HTMLButtonElement {
    const click = () => this.openSample();
    return h("button", { type: "button", class: "quiet", click }, label);
  }

  async openSample(): Promise<void> {
    try {
      const bytes = await asset("sample.ndjson.gz");
      this.open([new File([bytes], "sample.ndjson.gz")], "sample");
    } catch (error) {
      this.fail(String(error));
    }
  }

  private listen(): void {
    const over = (on: boolean) => document.documentElement.classList.toggle("over", on);
    addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) over(false);
    });
    addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.take(event.dataTransfer);
    });
    addEventListener("paste", (event) => {
      const target = event.target as Element | null;
      if (target?.closest("input, textarea")) return;
      this.take(event.clipboardData);
    });
  }

  private async take(data: DataTransfer | null): Promise<void> {
    if (!data) return;
    const text = data.getData("text/plain");
    try {
      const files = await dropped(data);
      if (files.length > 0) this.open(files, "open");
      else if (text.trim()) this.open([new File([text], "pasted text")], "open");
    } catch {
      this.fail(
        "this browser does not show the contents of a dropped folder here; use “Open folder”",
      );
    }
  }
}
