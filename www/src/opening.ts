// The ways to open files: a button, a drop anywhere on the window, a paste, or the sample.
import { h } from "./dom.ts";
import { dropped } from "./dropped.ts";

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

export class Opening {
  private readonly pick = h("input", {
    type: "file",
    multiple: true,
    hidden: true,
    "aria-label": "Files",
  });

  constructor(
    private readonly open: (files: File[]) => void,
    private readonly fail: (why: string) => void,
  ) {
    this.pick.addEventListener("change", () => {
      open([...(this.pick.files ?? [])]);
      this.pick.value = "";
    });
    document.body.append(this.pick);
    this.listen();
  }

  /** A button that opens files. */
  button(): HTMLButtonElement {
    const click = () => this.pick.click();
    return h("button", { type: "button", class: "main", click }, "Open files");
  }

  /** A button that opens the sample. */
  sample(label: string): HTMLButtonElement {
    const click = async () => {
      try {
        this.open([new File([await asset("sample.ndjson.gz")], "sample.ndjson.gz")]);
      } catch (error) {
        this.fail(String(error));
      }
    };
    return h("button", { type: "button", class: "quiet", click }, label);
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
      if (files.length > 0) this.open(files);
      else if (text.trim()) this.open([new File([text], "pasted text")]);
    } catch {
      this.fail("this browser does not show the contents of a folder here; open the files in it");
    }
  }
}
