// What to carry off: files made here, and the commands and configurations that do the same
// elsewhere.
import { copyButton, h, put, save } from "./dom.ts";
import type { Counts, Take, Tell, View } from "./protocol.ts";
import { line, number, plural, size } from "./text.ts";

const DOWNLOADS: [Take, string, string][] = [
  ["tag", "Log, tagged", "Every record, those of the noise and those to review with a tag"],
  [
    "drop",
    "Log without the noise",
    "Accepted benign records left out; everything else stays, byte for byte",
  ],
  ["ledger", "Ledger (JSON)", "What dropping removes: counts, computers, errors, first and last"],
  ["ndjson", "Verdicts (NDJSON)", "The records of this view with all evidence"],
  ["csv", "Verdicts (CSV)", "The same for a spreadsheet; formulas are defused"],
  ["markdown", "Report (Markdown)", "Computers, errors, intervals, gaps, contradictions"],
];

export class TakeAway {
  readonly element = h("section", { class: "take", "aria-labelledby": "take-title" });
  private readonly status = h("p", { class: "about", role: "status" });
  private readonly cause = h("input", { type: "checkbox" });
  private readonly code = h("pre", {
    class: "raw",
    tabindex: 0,
    role: "region",
    "aria-label": "Command or configuration",
  });
  private readonly tabs = h("div", {
    class: "tabs",
    role: "group",
    "aria-label": "Where it shall run",
  });
  private shown = "Command line";
  private readonly dry = h("p", { class: "dry" });
  private saved: Counts | undefined;
  private files: string[] = [];
  private view: View | undefined;
  private readonly buttons: HTMLButtonElement[] = [];

  constructor(take: (what: Take, accept: string) => void) {
    this.cause.addEventListener("change", () => {
      this.snippets();
      this.dryRun();
    });
    const items = DOWNLOADS.map(([what, name, about]) => {
      const button = h("button", { type: "button", class: "quiet", "data-take": what }, name);
      button.addEventListener("click", () => {
        this.busy(true);
        this.status.textContent = `Writing: ${name} …`;
        take(what, this.accept());
      });
      this.buttons.push(button);
      return h("li", {}, button, h("span", { class: "about" }, about));
    });
    const print = h(
      "button",
      { type: "button", class: "quiet", click: () => window.print() },
      "Print or PDF",
    );
    put(
      this.element,
      h("h2", { id: "take-title" }, "Take away"),
      h(
        "ul",
        { class: "downloads" },
        ...items,
        h("li", {}, print, h("span", { class: "about" }, "This page as a report")),
      ),
      h(
        "label",
        { class: "option" },
        this.cause,
        " Also accept the basis “cause”: the error says the server was out of reach, but no article prints it",
      ),
      this.dry,
      this.status,
      h("h3", {}, "Do the same elsewhere"),
      this.tabs,
      this.code,
      copyButton(() => this.code.textContent ?? ""),
    );
  }

  counts(counts: Counts): void {
    this.saved = counts;
    this.dryRun();
  }

  /** What dropping would do, before anything is written. */
  private dryRun(): void {
    if (!this.saved) return;
    const { droppable, accepted, records } = this.saved;
    const gone = this.cause.checked ? droppable : accepted;
    this.dry.textContent = `Dropping leaves out ${number(gone.records)} of ${plural(records, "record")}, ${size(gone.bytes)} of text; the ledger accounts for each.`;
  }

  private accept(): string {
    return this.cause.checked ? "listed,sibling,cause" : "listed,sibling";
  }

  private busy(busy: boolean): void {
    for (const button of this.buttons) button.disabled = busy;
  }

  taken({ files, note }: Extract<Tell, { tell: "taken" }>): void {
    this.busy(false);
    for (const { name, blob } of files) save(name, blob);
    const names = files.map((file) => file.name).join(", ");
    this.status.textContent = [names && `Written: ${line(names)}.`, note].filter(Boolean).join(" ");
  }

  show(files: string[], view: View): void {
    this.files = files;
    this.view = view;
    this.snippets();
  }

  private snippets(): void {
    const all = snippets(this.files, this.cause.checked, this.view);
    const names = Object.keys(all);
    if (this.tabs.childElementCount === 0) {
      put(
        this.tabs,
        ...names.map((name) =>
          h(
            "button",
            {
              type: "button",
              click: () => {
                this.shown = name;
                this.snippets();
              },
            },
            name,
          ),
        ),
      );
    }
    for (const tab of this.tabs.children) {
      tab.setAttribute("aria-pressed", String(tab.textContent === this.shown));
    }
    this.code.textContent = all[this.shown] ?? "";
  }
}

/** A name as a POSIX shell reads it back. */
const quoted = (name: string) =>
  /^[\w./+-]+$/.test(name) && !name.startsWith("-")
    ? name
    : `'${name.startsWith("-") ? "./" : ""}${name.replaceAll("'", `'\\''`)}'`;

function snippets(files: string[], cause: boolean, view: View | undefined): Record<string, string> {
  const names = files.map((name) => quoted(line(name))).join(" ") || "LOG";
  const accept = cause ? " --accept listed,sibling,cause" : "";
  const list = cause ? '["listed", "sibling", "cause"]' : '["listed", "sibling"]';
  const flow = cause ? "crypt32_drop_cause" : "crypt32_drop";
  return {
    "Command line": [
      "# the figures of this page",
      `crypt32-filter report ${names}`,
      `# its rows${filters(view)}`,
      `crypt32-filter classify --candidates ${names}${jq(view)}`,
      "# the log without the noise, and the account of what went",
      `crypt32-filter filter --action drop${accept} --ledger ledger.json ${names} > filtered.log`,
    ].join("\n"),
    "Fluent Bit": [
      "# A wrong function name makes Fluent Bit drop every record: copy it as it is.",
      "pipeline:",
      "  filters:",
      "    - name: wasm",
      "      match: '*'",
      "      event_format: json",
      "      wasm_path: crypt32_filter.wasm",
      `      function_name: ${flow}    # crypt32_tag only tags`,
    ].join("\n"),
    "Redpanda Connect": [
      "pipeline:",
      "  processors:",
      "    - wasm:",
      "        module_path: crypt32_connect.wasm",
      "    # tag first; drop what both the module and you accept",
      `    - mapping: 'root = if @kb_verdict == "benign" && ${list}.contains(@kb_basis) { deleted() }'`,
    ].join("\n"),
    Node: [
      'import { createReadStream, createWriteStream } from "node:fs";',
      'import { pipeline } from "node:stream/promises";',
      'import { createFilterStream } from "crypt32-filter";',
      "",
      "await pipeline(",
      `  createReadStream(${JSON.stringify(files[0] ?? "LOG")}),`,
      `  createFilterStream({ action: "drop", accept: ${list} }),`,
      '  createWriteStream("filtered.log"),',
      ");",
    ].join("\n"),
    ClickHouse: [
      "-- crypt32_filter.wasm is inserted into system.webassembly_modules as 'crypt32' first",
      "CREATE FUNCTION crypt32_benign LANGUAGE WASM ABI BUFFERED_V1 FROM 'crypt32'",
      "  ARGUMENTS (line String) RETURNS UInt8 DETERMINISTIC",
      "  SETTINGS serialization_format = 'RowBinary';",
      "",
      "SELECT count(), countIf(crypt32_benign(line)) AS noise FROM logs;",
      "CREATE MATERIALIZED VIEW kept_mv TO kept AS SELECT * FROM logs WHERE NOT crypt32_benign(line);",
      ...(cause ? ["-- the function drops listed and sibling; cause is kept"] : []),
    ].join("\n"),
  };
}

function filters(view: View | undefined): string {
  const { choices = [], search = "", from = null } = view ?? {};
  return choices.length > 0 || search || from !== null ? ", with its filters" : "";
}

const MEMBERS: Record<string, string> = {
  verdict: ".verdict",
  basis: '(.basis // "none")',
  computer: '(.computer // "-")',
  shape: '(.shape // "none")',
};

/** The filters of the view for jq, as far as the command's output holds them. */
function jq(view: View | undefined): string {
  const tests: string[] = [];
  const groups = new Map<string, string[]>();
  for (const { facet, value, exclude } of view?.choices ?? []) {
    const text = JSON.stringify(value);
    const member = MEMBERS[facet];
    const test =
      facet === "reason" ? `(.reasons | index(${text}) != null)` : member && `${member} == ${text}`;
    if (!test) continue;
    if (exclude) tests.push(`(${test} | not)`);
    else groups.set(facet, [...(groups.get(facet) ?? []), test]);
  }
  for (const group of groups.values()) tests.push(`(${group.join(" or ")})`);
  if (view?.from != null && view.to != null) {
    const at = (time: number) => JSON.stringify(new Date(time * 1000).toISOString().slice(0, 19));
    tests.push(`(.time != null and .time >= ${at(view.from)} and .time < ${at(view.to)})`);
  }
  if (tests.length === 0) return "";
  return ` |\n  jq -c ${`'select(${tests.join(" and ").replaceAll("'", `'\\''`)})'`}`;
}
