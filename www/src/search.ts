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

/** A field and a value. The address of a page or a file is none. */
const FIELD = /^([a-z]+):([^/\\].*)$/i;

/** The terms of a search, or a text that says what is not valid in it. */
export function terms(search: string): Term[] | string {
  const out: Term[] = [];
  for (const [whole, name, quoted, pattern] of search.matchAll(TERM)) {
    const [, plain = "", rest = whole] = FIELD.exec(whole) ?? [];
    const given = name ?? plain;
    const field = FIELDS.get(given.toLowerCase());
    if (given && !field) {
      const fields = [...FIELDS.keys()].join(", ");
      return `“${given}” is no field; the fields are ${fields}. Put a text with a colon in quotes.`;
    }
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
