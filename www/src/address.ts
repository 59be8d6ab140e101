// The address of the page. Its fragment has the filters, the order and the selected record, so that
// Back and reload keep them. Each entry of the browser's history knows which files were open.
import { FACETS, type Facet, type SortKey, type View } from "./protocol.ts";

export interface Place {
  view: View;
  /** The number of the selected row. */
  row: number | null;
  /** Whether the sample is open, which the page can open again by itself. */
  sample: boolean;
}

const SORTS: SortKey[] = ["time", "record", "message", ...FACETS];
const NOT = "not-";

export const fresh = (): View => {
  return { choices: [], search: "", from: null, to: null, sort: "time", down: false, zone: 0 };
};

/** The fragment of a place. */
export function fragment({ view, row, sample }: Place): string {
  const { choices, search, from, to, sort, down, zone } = view;
  const out = new URLSearchParams();
  if (sample) out.append("sample", "yes");
  for (const { facet, value, exclude } of choices) out.append((exclude ? NOT : "") + facet, value);
  if (search) out.append("search", search);
  if (from !== null && to !== null) {
    out.append("from", String(from));
    out.append("to", String(to));
  }
  if (sort !== "time" || down) out.append("sort", (down ? "-" : "") + sort);
  if (zone !== 0) out.append("zone", String(zone));
  if (row !== null) out.append("row", String(row));
  return out.size > 0 ? `#${out}` : "";
}

/** The place that a fragment names. Unknown parts are ignored. */
function placeOf(text: string): Place {
  const view = fresh();
  const given = new URLSearchParams(text.slice(1));
  for (const [name, value] of given) {
    const facet = name.replace(NOT, "") as Facet;
    if (FACETS.includes(facet)) view.choices.push({ facet, value, exclude: name !== facet });
  }
  const whole = (name: string) =>
    /^-?\d{1,12}$/.test(given.get(name) ?? "") ? Number(given.get(name)) : null;
  const [from, to, zone] = [whole("from"), whole("to"), whole("zone") ?? 0];
  if (from !== null && to !== null && from < to) Object.assign(view, { from, to });
  if (Math.abs(zone) <= 14 * 60) view.zone = zone;
  const sort = given.get("sort") ?? "time";
  const key = sort.replace("-", "") as SortKey;
  if (SORTS.includes(key)) Object.assign(view, { sort: key, down: sort !== key });
  view.search = given.get("search") ?? "";
  return { view, row: whole("row"), sample: given.has("sample") };
}

export class Address {
  place = placeOf(location.hash);
  private entry = "";
  private count = 0;
  private readonly files = new Map<string, File[]>();

  /** `moved` is called after Back or Forward, with the files of the new entry if they differ. */
  constructor(moved: (files: File[] | undefined) => void) {
    history.replaceState({ entry: "" }, "");
    addEventListener("popstate", ({ state }) => {
      // An address that the user edited has no state and keeps the files.
      const entry: string = state?.entry ?? this.entry;
      const same = entry === this.entry;
      this.entry = entry;
      this.place = placeOf(location.hash);
      moved(same ? undefined : (this.files.get(entry) ?? []));
    });
  }

  /** Begins an entry for opened files. */
  open(files: File[], place: Place, replace: boolean): void {
    // Entries of an earlier load of the page have other names.
    this.entry = `${performance.timeOrigin} ${++this.count}`;
    this.files.set(this.entry, files);
    this.write(place, replace);
  }

  /** Changes the place. `replace` adds no entry to the history. */
  change(part: Partial<Place>, replace = false): void {
    const place = { ...this.place, ...part };
    if (fragment(place) === fragment(this.place)) this.place = place;
    else this.write(place, replace);
  }

  private write(place: Place, replace: boolean): void {
    this.place = place;
    const url = location.href.replace(/#.*/s, "") + fragment(place);
    try {
      history[replace ? "replaceState" : "pushState"]({ entry: this.entry }, "", url);
    } catch {
      // Safari refuses more than a hundred changes in half a minute. The next one has them all.
    }
  }
}
