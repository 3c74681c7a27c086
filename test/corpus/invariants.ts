import { canonicalJson } from "../../src/model/json/canonical-json.ts";
import type { JsonNode } from "../../src/model/json/json-node.ts";
import { parseJson } from "../../src/model/json/parse-json.ts";

export interface CaseTexts {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** What is wrong with a merge result, each in one line; empty when all invariants hold. */
export function brokenJson(texts: CaseTexts, result: string): string[] {
  const parsed = parseJson(result);
  if (parsed.kind === "invalid") return [`does not parse: ${parsed.problem.reason}`];
  const [base, ours, theirs] = [leaves(texts.base), leaves(texts.ours), leaves(texts.theirs)];
  return brokenMap(base, ours, theirs, leaves(result));
}

/**
 * Checks JSONL: lines parse that parsed before, no line or record that a side added is missing, one-sided changes stand,
 * no id is doubled.
 */
export function brokenLines(texts: CaseTexts, result: string): string[] {
  const problems: string[] = [];
  const [base, ours, theirs] = [toRecords(texts.base), toRecords(texts.ours), toRecords(texts.theirs)];
  const merged = toRecords(result);
  const known = new Set([...base.bad, ...ours.bad, ...theirs.bad]);
  for (const line of merged.bad)
    if (!known.has(line)) problems.push(`a line does not parse: ${line.slice(0, 60)}`);
  for (const [id, count] of merged.counts) {
    const before = Math.max(base.counts.get(id) ?? 0, ours.counts.get(id) ?? 0, theirs.counts.get(id) ?? 0);
    if (count > 1 && before <= 1) problems.push(`id ${id} stands ${count} times`);
  }
  return [...problems, ...brokenMap(base.byKey, ours.byKey, theirs.byKey, merged.byKey)];
}

function brokenMap(
  base: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
  theirs: ReadonlyMap<string, string>,
  result: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  for (const key of new Set([...base.keys(), ...ours.keys(), ...theirs.keys(), ...result.keys()])) {
    const [o, a, b, r] = [base.get(key), ours.get(key), theirs.get(key), result.get(key)];
    if (a === b && r !== a) problems.push(`${key.slice(0, 80)}: both sides agree, the result does not`);
    else if (o === a && r !== b) problems.push(`${key.slice(0, 80)}: lost a change of theirs`);
    else if (o === b && r !== a) problems.push(`${key.slice(0, 80)}: lost a change of ours`);
    else if (o === undefined && a !== undefined && b !== undefined && r === undefined)
      problems.push(`${key.slice(0, 80)}: lost`);
  }
  return problems;
}

/** Every leaf of a document by its path; list elements count by value, so that a shifted index is no change. */
function leaves(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const parsed = parseJson(text);
  if (parsed.kind === "invalid") throw new Error(`the case itself does not parse: ${parsed.problem.reason}`);
  const walk = (path: string, node: JsonNode): void => {
    if (node.kind === "scalar") found.set(path, node.raw);
    if (node.kind === "object") {
      for (const member of node.members) walk(`${path}/${member.key}`, member.value);
    }
    if (node.kind === "array") {
      for (const element of node.elements) {
        if (element.value.kind === "scalar") found.set(`${path}[${element.value.raw}]`, "present");
        else walk(`${path}[${idOf(element.value) ?? canonicalJson(element.value)}]`, element.value);
      }
    }
  };
  walk("", parsed.document.root);
  return found;
}

function toRecords(text: string): { byKey: Map<string, string>; counts: Map<string, number>; bad: string[] } {
  const entries: { id: string | undefined; line: string; value: string }[] = [];
  const bad: string[] = [];
  const counts = new Map<string, number>();
  for (const line of text.split("\n").filter((candidate) => candidate.trim() !== "")) {
    const parsed = parseJson(line);
    if (parsed.kind === "invalid") {
      bad.push(line);
      continue;
    }
    const id = idOf(parsed.document.root);
    if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
    entries.push({ id, line, value: canonicalJson(parsed.document.root) });
  }
  const byKey = new Map<string, string>();
  for (const { id, value } of entries)
    byKey.set(id !== undefined && counts.get(id) === 1 ? id : value, value);
  for (const line of bad) byKey.set(line, line);
  return { byKey, counts, bad };
}

function idOf(node: JsonNode): string | undefined {
  if (node.kind !== "object") return undefined;
  const id = node.members.find((member) => member.key === "id");
  return id === undefined ? undefined : canonicalJson(id.value);
}

/** The text that taking one side's hunk at every conflict gives. */
export function takeSide(marked: string, side: "ours" | "theirs"): string {
  let state: "both" | "ours" | "theirs" = "both";
  const kept: string[] = [];
  for (const line of marked.split(/(?<=\n)/)) {
    if (/^<{7}( |\n|$)/.test(line)) state = "ours";
    else if (/^={7}(\r?\n|$)/.test(line) && state === "ours") state = "theirs";
    else if (/^>{7}( |\n|$)/.test(line) && state === "theirs") state = "both";
    else if (state === "both" || state === side) kept.push(line);
  }
  return kept.join("");
}
