// What is shown before anything is opened.
import { h } from "./dom.ts";
import type { Opening } from "./opening.ts";

const KINDS = [
  ["Event logs", ".evt and .evtx, also damaged ones"],
  ["From shippers", "Winlogbeat, NXLog, Fluent Bit, Snare, Splunk, syslog, CEF, CSV …"],
  ["Packed or not", "gzip, zstd, UTF-16; many files at once, of any size"],
];

export function welcome(opening: Opening): HTMLElement {
  return h(
    "section",
    { class: "welcome" },
    h("h2", {}, "How much of this log is noise?"),
    h(
      "p",
      {},
      "Windows XP and Server 2003 write Crypt32 event 8 again and again when they cannot reach Windows Update. Microsoft’s article KB2253680 calls it benign under stated conditions. Open a log to see which records are that, and which are not.",
    ),
    h(
      "p",
      { class: "example" },
      "Such a record says:",
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
      h("p", {}, opening.button(), " ", opening.sample("Try the sample")),
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
