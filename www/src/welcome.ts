// The page before any file is opened.
import { h } from "./dom.ts";
import type { Opening } from "./opening.ts";

const KINDS = [
  ["Event logs", ".evt and .evtx, also damaged ones"],
  ["From shippers", "Winlogbeat, NXLog, Fluent Bit, Snare, Splunk, syslog, CEF, CSV …"],
  ["Compressed or not", "ZIP, gzip, zstd, UTF-16; many files at once, of any size"],
];

/** `kept` says that the address has filters for a log that must be opened again. */
export function welcome(opening: Opening, kept: boolean): HTMLElement {
  return h(
    "section",
    { class: "welcome" },
    h("h2", {}, "How much of this log is noise?"),
    kept &&
      h(
        "p",
        { class: "kept" },
        "The filters in the address are kept. Open the log again to apply them; the page does not store it.",
      ),
    h(
      "p",
      {},
      "Windows XP and Server 2003 repeatedly write Crypt32 event 8 when they cannot reach Windows Update. Microsoft’s article KB2253680 calls it benign under stated conditions. Open a log to see which of its records match the article.",
    ),
    h(
      "p",
      { class: "example" },
      "Such a record contains:",
      h(
        "code",
        {},
        "Failed auto update retrieval of third-party root list sequence number from: <http://www.download.windowsupdate.com/…/authrootseq.txt> with error: …",
      ),
    ),
    h(
      "div",
      { class: "drop" },
      h("p", { class: "big" }, "Drop files anywhere on this page"),
      h("p", {}, opening.button(), " ", opening.folder(), " ", opening.sample("Try the sample")),
      h("p", { class: "about" }, "or paste records with Ctrl+V"),
    ),
    h(
      "ul",
      { class: "kinds" },
      ...KINDS.map(([name = "", about = ""]) =>
        h("li", {}, h("strong", {}, name), h("span", {}, about)),
      ),
    ),
  );
}
