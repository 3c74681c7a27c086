import type { JsonNode } from "../../model/json/json-node.ts";
import { sameValue } from "../../model/json/same-value.ts";
import type { Policy } from "../../model/policy.ts";
import type { Choice, Choices, Conflict, Decision, OpenConflict } from "../merge-result.ts";
import type { Output } from "./output.ts";

/** What the merge of one document carries along. */
export interface MergeContext {
  readonly policy: Policy;
  /** The document's type, for the policy. */
  readonly type: string;
  /** Prefix of every place that is reported, e.g. a record's id; may be empty. */
  readonly place: string;
  /** Key of the list element that is being merged; see `Decision`. */
  readonly element?: string;
  /** Which side is newer by its `updated_at`: above zero ours, below zero theirs, zero undecided. */
  readonly newer: number;
  /** True when both sides changed the document, and not to the same. */
  readonly contested: boolean;
  readonly decisions: Decision[];
  readonly conflicts: Conflict[];
  /** Values that are computed, not merged: field to JSON text, undefined to leave it out. */
  readonly computed: ReadonlyMap<string, string | undefined>;
  /** Fields whose leader has been merged, and the side that it took. */
  readonly followed: Map<string, Side>;
  /** `mergeValue`, for the merges of containers that it calls itself. */
  readonly mergeValue: MergeValue;
  readonly choices: Choices | undefined;
}

export type MergeValue = (
  context: MergeContext,
  field: string,
  versions: Versions,
  options?: { readonly isElement?: boolean },
) => Output | undefined;

/** The three versions of one value; undefined where a version has none. */
export interface Versions {
  readonly base: JsonNode | undefined;
  readonly ours: JsonNode | undefined;
  readonly theirs: JsonNode | undefined;
}

export type Side = "ours" | "theirs";

/** The same value, whatever its spelling; two absent values are the same. */
export function same(a: JsonNode | undefined, b: JsonNode | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return sameValue(a, b);
}

/** True when both sides changed the value, and not to the same. */
export function isContested({ base, ours, theirs }: Versions): boolean {
  return !same(ours, theirs) && !same(base, ours) && !same(base, theirs);
}

/** The side to prefer where an order between the sides is needed: the newer, else the greater canonical value. */
export function newerSide(context: MergeContext, ours: string, theirs: string): Side {
  if (context.newer !== 0) return context.newer > 0 ? "ours" : "theirs";
  return ours > theirs ? "ours" : "theirs";
}

/** The value that somebody has chosen for a place, over what a rule would say. */
export function givenText(context: MergeContext, field: string): string | undefined {
  return context.choices?.given.get(placeOf(context, field));
}

/** Asks for a choice in a conflict; a conflict without one is noted. */
export function chooseOrConflict(
  context: Pick<MergeContext, "choices" | "conflicts" | "decisions" | "element">,
  open: OpenConflict,
): Choice | undefined {
  const choice = context.choices?.choose(open);
  const { at, reason, base, ours, theirs } = open;
  const { element } = context;
  const where = element === undefined ? { at } : { at, element };
  if (choice === undefined) context.conflicts.push({ ...where, reason });
  else {
    const result = typeof choice === "string" ? open[choice] : choice.text;
    context.decisions.push({ ...where, rule: "chosen", base, ours, theirs, result });
  }
  return choice;
}

/** The side whose document says that it was updated later. */
export function laterSide({ newer }: Pick<MergeContext, "newer">): Side | null {
  return newer === 0 ? null : newer > 0 ? "ours" : "theirs";
}

export function placeOf(context: Pick<MergeContext, "place">, field: string): string {
  return context.place === "" ? field : field === "" ? context.place : `${context.place}.${field}`;
}

export function recordDecision(
  context: Pick<MergeContext, "place" | "element" | "decisions">,
  field: string,
  rule: Decision["rule"],
  versions: Versions,
  result: string | null,
): void {
  const text = (node: JsonNode | undefined): string | null => node?.raw ?? null;
  const { base, ours, theirs } = versions;
  const { element } = context;
  context.decisions.push({
    at: placeOf(context, field),
    ...(element === undefined ? {} : { element }),
    rule,
    base: text(base),
    ours: text(ours),
    theirs: text(theirs),
    result,
  });
}
