// The search: words, field:value and /regular expressions/. A record must meet all of them.
import type { Facet } from "./protocol.ts";

/** The fields by their names in a search. */
const FIELDS: Record<string, Facet | "message"> = {
  verdict: "verdict",
  computer: "computer",
  error: "error",
  reason: "reason",
  format: "shape",
  file: "file",
  message: "message",
};
export const NAMES = Object.keys(FIELDS);

export interface Term {
  /** The field, or nothing for every text of the record. */
  field: Facet | "message" | undefined;
  holds: (text: string) => boolean;
}

const TERM = /(?:([a-z]+):)?(?:"([^"]*)"|\/((?:\\.|[^\\/])+)\/(?!\S))|\S+/gi;

/**
 * The terms of a search.
 *
 * @throws SyntaxError if a regular expression is not valid
 */
export function terms(search: string): Term[] {
  return [...search.matchAll(TERM)].map(([whole, name, quoted, pattern]) => {
    if (pattern !== undefined) {
      const wanted = new RegExp(pattern, "i");
      return { field: FIELDS[name?.toLowerCase() ?? ""], holds: (text) => wanted.test(text) };
    }
    const [, plain = "", rest = whole] = /^([a-z]+):(.+)$/i.exec(whole) ?? [];
    const field = FIELDS[(name ?? plain).toLowerCase()];
    const word = (quoted ?? (field ? rest : whole)).toLowerCase();
    return { field, holds: (text) => text.toLowerCase().includes(word) };
  });
}

/** What is wrong with a search, if anything is. */
export function wrong(search: string): string {
  try {
    terms(search);
    return "";
  } catch (error) {
    return String((error as Error).message);
  }
}
