import { matchesPath } from "../model/path-pattern.ts";

/** One line of a `.gitattributes`: a pattern, and what it says about the attribute `merge`. */
export interface MergeAttribute {
  readonly pattern: string;
  /** The driver's name; true or false for `merge` and `-merge`, null for `!merge`. */
  readonly value: string | boolean | null;
}

/** Reads what a `.gitattributes` says about `merge`, in the order of its lines; lines that git would ignore are left out. */
export function parseMergeAttributes(text: string): readonly MergeAttribute[] {
  const macros = new Map<string, MergeAttribute["value"]>([["binary", false]]);
  return text.split("\n").flatMap((line): MergeAttribute[] => {
    const { pattern, rest } = splitLine(line.replace(/\r$/, "").trimStart());
    if (pattern === "" || pattern.startsWith("#")) return [];
    const value = mergeValueOf(rest, macros);
    if (pattern.startsWith("[attr]")) {
      if (value !== undefined) macros.set(pattern.slice("[attr]".length), value);
      return [];
    }
    // git ignores negative patterns in attributes.
    return value === undefined || pattern.startsWith("!") ? [] : [{ pattern, value }];
  });
}

/**
 * What the attributes of a folder and those above it say about `merge` for a path; undefined when they say nothing.
 *
 * @param files from the top down: the folder of each, `""` for the top, else with a slash at its end, and its lines.
 */
export function mergeAttributeOf(
  files: readonly { readonly folder: string; readonly attributes: readonly MergeAttribute[] }[],
  path: string,
): MergeAttribute["value"] | undefined {
  for (const { folder, attributes } of files.toReversed()) {
    const found = attributes.findLast(({ pattern }) => matchesPath(pattern, path.slice(folder.length)));
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** The pattern, which may stand in quotes with C escapes, and what follows it. */
function splitLine(line: string): { pattern: string; rest: string } {
  const quoted = /^"((?:[^"\\]|\\[^])*)"(?=\s|$)/.exec(line);
  if (quoted === null) {
    const pattern = /^\S*/.exec(line)?.[0] ?? "";
    return { pattern, rest: line.slice(pattern.length) };
  }
  return { pattern: unquoted(quoted[1] ?? ""), rest: line.slice(quoted[0].length) };
}

const escapes: { readonly [letter: string]: string } = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** Undoes C escapes; octal ones name bytes of UTF-8. */
function unquoted(text: string): string {
  const bytes = Buffer.from(text)
    .toString("latin1")
    .replaceAll(/\\([0-3][0-7]{2}|[^])/g, (_, escape: string) =>
      escape.length === 3 ? String.fromCharCode(Number.parseInt(escape, 8)) : (escapes[escape] ?? escape),
    );
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** What a list of attributes says about `merge`; the last one that does holds. */
function mergeValueOf(
  list: string,
  macros: ReadonlyMap<string, MergeAttribute["value"]>,
): MergeAttribute["value"] | undefined {
  let value: MergeAttribute["value"] | undefined;
  for (const word of list.split(/\s+/)) {
    if (word === "merge") value = true;
    else if (word === "-merge") value = false;
    else if (word === "!merge") value = null;
    else if (word.startsWith("merge=")) value = word.slice("merge=".length);
    else if (macros.has(word)) value = macros.get(word);
  }
  return value;
}
