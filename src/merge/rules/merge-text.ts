import { decodeString } from "../../model/json/canonical-json.ts";
import type { JsonNode } from "../../model/json/json-node.ts";
import { pick } from "../pick.ts";
import { diff3 } from "../sequence/diff3.ts";
import { decided, refuse, type RuleOutcome } from "./rule-outcome.ts";

/** Merges two edits of one string line by line; every line keeps the escapes that its side wrote it with. */
export function mergeText(base: JsonNode | undefined, ours: JsonNode, theirs: JsonNode): RuleOutcome {
  const [o, a, b] = [linesOf(base?.raw ?? '""'), linesOf(ours.raw), linesOf(theirs.raw)];
  if (o === undefined || a === undefined || b === undefined) return refuse("rule text needs strings");
  const merged: string[] = [];
  for (const region of diff3({ base: o.values, ours: a.values, theirs: b.values })) {
    const { kind, base: was, ours: left, theirs: right } = region;
    if (kind === "clash") return refuse("both sides changed the same lines");
    const length = kind === "theirs" ? right.end - right.start : left.end - left.start;
    for (let offset = 0; offset < length; offset++) {
      const [ourLine, theirLine] = [a.raw[left.start + offset] ?? "", b.raw[right.start + offset] ?? ""];
      if (kind === "ours") merged.push(ourLine);
      else if (kind === "theirs") merged.push(theirLine);
      else merged.push(pick(kind === "same" ? o.raw[was.start + offset] : undefined, ourLine, theirLine));
    }
  }
  return decided(`"${merged.join("")}"`);
}

/** The lines of a string token with their line breaks, as written and as meant; undefined when it is no string. */
function linesOf(token: string): { raw: string[]; values: string[] } | undefined {
  if (!token.startsWith('"')) return undefined;
  const text = token.slice(1, -1);
  const raw: string[] = [];
  let start = 0;
  for (let at = text.indexOf("\\"); at !== -1; at = text.indexOf("\\", at + 2)) {
    if (text[at + 1] !== "n") continue;
    raw.push(text.slice(start, at + 2));
    start = at + 2;
  }
  if (start < text.length) raw.push(text.slice(start));
  return { raw, values: raw.map((line) => (line.includes("\\") ? decodeString(`"${line}"`) : line)) };
}
