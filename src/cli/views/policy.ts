import type { ConfigProblem } from "../../model/config-sections.ts";
import type { FieldRule } from "../../model/policy.ts";
import type { FoundRule } from "../../model/rule-for.ts";
import { printable } from "../printable.ts";

export interface CheckData {
  readonly file: string | null;
  readonly problems: readonly ConfigProblem[];
  readonly types: readonly string[];
  readonly paths: number;
}

export function checkView(data: CheckData): string {
  if (data.file === null) return "No .got/config.json from here upward: the built-in policy applies.\n";
  if (data.problems.length === 0) {
    const types = data.types.length === 0 ? "no types of its own" : `rules for ${data.types.join(", ")}`;
    return printable(
      `${data.file} is sound: ${types}, ${data.paths} path ${data.paths === 1 ? "rule" : "rules"}.\n`,
    );
  }
  return printable(data.problems.map(({ at, reason }) => `${data.file}: ${at} ${reason}\n`).join(""));
}

export interface ExplainData {
  /** What was asked. */
  readonly type: string;
  readonly field: string;
  readonly found: FoundRule;
  readonly file: string | null;
  readonly whole: { readonly strategy: string; readonly deletion: string };
}

export function explainView(data: ExplainData): string {
  const { rule } = data.found;
  const lines = [`${data.field}: ${rule.rule} – ${meaningOf(rule)}`];
  if (rule.group !== undefined)
    lines.push(`  with it go ${rule.group.join(", ")}: from the side that it is taken from`);
  lines.push(`  from ${originOf(data.found, data.file)}`);
  if (data.whole.strategy !== "merge")
    lines.push(`  but an entity that both sides changed is taken whole: ${data.whole.strategy}`);
  return printable(`${lines.join("\n")}\n`);
}

function originOf(found: FoundRule, file: string | null): string {
  const place = `"${found.type}" "${found.pattern}"`;
  switch (found.source) {
    case "config":
      return `${file ?? "the configuration"}: merge ${place}`;
    case "built-in":
      return `the built-in policy: ${place}`;
    case "default":
      return "nothing: no rule names it, and what no rule names is left to you";
  }
}

/** What a rule does to a field that both sides changed differently. */
function meaningOf(rule: FieldRule): string {
  switch (rule.rule) {
    case "conflict":
      return "both changed: a conflict with git's markers";
    case "latest":
      return "the value of the entity with the later updated_at; a tie is decided by the value, never by the side";
    case "max":
      return "the greater value";
    case "min":
      return "the smaller value";
    case "counter":
      return "the base plus what either side added";
    case "set":
      return "what either side added is in, what either side removed is out";
    case "list":
      return `element by element, told apart by ${rule.key ?? "id"}; added, moved, edited and removed ones all count`;
    case "text":
      return "line by line, as git merges text";
    case "order":
      return `the one that comes last in ${(rule.order ?? []).join(" < ")}`;
    case "object":
      return "member by member";
    case "derived":
      return "computed from other fields: dropped, to be computed again";
    case "ours":
      return "always ours";
    case "theirs":
      return "always theirs";
  }
}
