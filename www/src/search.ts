// The search: words, field:value and /regular expressions/. A record must meet all of them. Runs in
// the worker.
import { Pattern } from "#wasm/crypt32_page.js";
import { type Facet, FIELDS } from "./protocol.ts";

export interface Term {
  /** The field, or nothing for every text of the record. */
  field: Facet | "message" | undefined;
  holds: (text: string) => boolean;
}

const TERM = /(?:([a-z]+):)?(?:"([^"]*)"|\/((?:\\.|[^\\/])+)\/(?!\S))|\S+/gi;

/** The terms of a search, or a text that says which regular expression is not valid. */
export function terms(search: string): Term[] | string {
  const out: Term[] = [];
  for (const [whole, name, quoted, pattern] of search.matchAll(TERM)) {
    const [, plain = "", rest = whole] = /^([a-z]+):(.+)$/i.exec(whole) ?? [];
    const field = FIELDS.get((name ?? plain).toLowerCase());
    if (pattern !== undefined) {
      try {
        const wanted = new Pattern(pattern);
        out.push({ field, holds: (text) => wanted.isMatch(text) });
      } catch (error) {
        return `/${pattern}/ is not valid: ${error}`;
      }
      continue;
    }
    const word = (quoted ?? (field ? rest : whole)).toLowerCase();
    out.push({ field, holds: (text) => text.toLowerCase().includes(word) });
  }
  return out;
}
