import { GotError } from "../base/errors.ts";
import type { Choice, OpenConflict } from "../merge/merge-result.ts";
import { parseJson } from "../model/json/parse-json.ts";

/** Which side decides what the policy leaves. */
export type SideWish = "ours" | "theirs" | "latest";

/** What somebody wants of the conflicts that rules leave. Only these are decided; everything else stays merged. */
export interface Wish {
  readonly side: SideWish | null;
  /** JSON text by place, for values that both sides changed. */
  readonly given: ReadonlyMap<string, string>;
  /** Answers to single conflicts, by `conflictKey`. */
  readonly answers: ReadonlyMap<string, Choice>;
}

export const noWish: Wish = { side: null, given: new Map(), answers: new Map() };

/** Names one conflict of one file: fields of list elements may share a place, not their values. */
export function conflictKey({ at, base, ours, theirs }: OpenConflict): string {
  return JSON.stringify([at, base, ours, theirs]);
}

/**
 * Reads `<place>=<value>`; the value is JSON where it can be read so, else text. Numbers stay as they are written.
 *
 * @throws GotError USAGE
 */
export function parseGiven(words: readonly string[]): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf("=");
    if (at < 1) {
      throw new GotError("USAGE", `${JSON.stringify(word)} is not written as <field>=<value>`, {
        facts: { word },
      });
    }
    given.set(word.slice(0, at), jsonText(word.slice(at + 1)));
  }
  return given;
}

/** A value as JSON on one line: what is no JSON is a string. */
export function jsonText(value: string): string {
  const parsed = parseJson(value);
  // A line break in JSON stands between values only.
  return parsed.kind === "parsed"
    ? parsed.document.root.raw.replaceAll(/\s*\n\s*/g, " ")
    : JSON.stringify(value);
}
