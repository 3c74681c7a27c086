import type { JsonArray, JsonNode, JsonObject } from "../../model/json/json-node.ts";
import type { FieldRule } from "../../model/policy.ts";
import { ruleFor } from "../../model/rule-for.ts";
import { pick } from "../pick.ts";
import { decide } from "../rules/decide.ts";
import { mergeArray } from "./merge-array.ts";
import {
  chooseOrConflict,
  givenText,
  isContested,
  laterSide,
  type MergeContext,
  type MergeValue,
  placeOf,
  recordDecision,
  same,
  type Versions,
} from "./merge-context.ts";
import { mergeObject } from "./merge-object.ts";
import { type Output, textOutput } from "./output.ts";

/**
 * Merges three versions of one value; undefined means that the result has none.
 * What one side left alone is as the other has it; what both changed is decided by the field's rule.
 *
 * @param field dotted path of the value in its document; empty for the root.
 */
export const mergeValue: MergeValue = (context, field, versions, options = {}) => {
  const { base, ours, theirs } = versions;
  if (context.computed.has(field)) {
    const computed = context.computed.get(field);
    if (isContested(versions) || (ours?.raw !== computed && theirs?.raw !== computed))
      recordDecision(context, field, "envelope", versions, computed ?? null);
    return computed === undefined ? undefined : textOutput(computed);
  }
  const given = options.isElement === true ? undefined : givenText(context, field);
  if (given !== undefined && isContested(versions)) {
    recordDecision(context, field, "chosen", versions, given);
    return textOutput(given);
  }
  if (ours === undefined || theirs === undefined) {
    const there = ours ?? theirs;
    if (there === undefined || same(base, there)) return undefined;
    if (base === undefined) return textOutput(there.raw);
    return contested(context, field, versions, options.isElement === true);
  }
  if (options.isElement !== true && isTwoCounts(context, field, versions))
    return contested(context, field, versions, false);
  if (ours.raw === theirs.raw || theirs.raw === base?.raw) return textOutput(ours.raw);
  if (ours.raw === base?.raw) return textOutput(theirs.raw);
  // From here on all versions differ as text. Containers are entered even if only one side changed their meaning,
  // so that the other side's white space and key order are kept as well.
  const unchanged = same(ours, theirs) || same(base, ours) || same(base, theirs);
  if (unchanged) {
    const inside = { ...context, contested: false };
    if (ours.kind === "object" && theirs.kind === "object")
      return mergeObject(inside, field, objects(base, ours, theirs));
    if (ours.kind === "array" && theirs.kind === "array")
      return mergeArray(inside, field, arrays(base, ours, theirs));
    if (same(ours, theirs)) return textOutput(pick(base?.raw, ours.raw, theirs.raw));
    return textOutput((same(base, ours) ? theirs : ours).raw);
  }
  return contested(context, field, versions, options.isElement === true);
};

/** Two sides that count up to the same number have counted twice, unless the whole document is the same on both. */
function isTwoCounts(context: MergeContext, field: string, { base, ours, theirs }: Versions): boolean {
  if (!context.contested || !isNumber(base) || !isNumber(ours) || !isNumber(theirs)) return false;
  if (!same(ours, theirs) || same(base, ours)) return false;
  return ruleFor(context.policy, context.type, field).rule.rule === "counter";
}

function isNumber(node: JsonNode | undefined): boolean {
  return node?.kind === "scalar" && /^-?\d/.test(node.raw);
}

const noRule: FieldRule = { rule: "conflict" };

function contested(
  context: MergeContext,
  field: string,
  versions: Versions,
  isElement: boolean,
): Output | undefined {
  const { base, ours, theirs } = versions;
  const found = ruleFor(context.policy, context.type, field);
  // A rule that is named for a list holds the list, not each element of it.
  const rule = isElement && found.named ? noRule : found.rule;
  if (ours !== undefined && theirs !== undefined) {
    const mayEnter = !found.named || isElement || rule.rule === "object" || field === "";
    if (mayEnter && ours.kind === "object" && theirs.kind === "object") {
      return mergeObject(context, field, objects(base, ours, theirs));
    }
    if (mayEnter && rule.rule === "conflict" && ours.kind === "array" && theirs.kind === "array") {
      return mergeArray(context, field, arrays(base, ours, theirs));
    }
  }
  const decision = decide(context, field, rule, versions);
  if (decision.kind === "conflict") return conflict(context, field, versions, decision.reason);
  recordDecision(context, field, rule.rule, versions, decision.text);
  return decision.output;
}

/** Takes what a person chooses, or leaves both versions to choose from. */
function conflict(
  context: MergeContext,
  field: string,
  versions: Versions,
  reason: string,
): Output | undefined {
  const { base, ours, theirs } = versions;
  const choice = chooseOrConflict(context, {
    at: placeOf(context, field),
    reason,
    base: base?.raw ?? null,
    ours: ours?.raw ?? null,
    theirs: theirs?.raw ?? null,
    newer: laterSide(context),
  });
  if (choice === undefined) return { kind: "choice", ours, theirs };
  const text = typeof choice === "string" ? versions[choice]?.raw : choice.text;
  return text === undefined ? undefined : textOutput(text);
}

function objects(base: JsonNode | undefined, ours: JsonObject, theirs: JsonObject) {
  return { base: base?.kind === "object" ? base : undefined, ours, theirs };
}

function arrays(base: JsonNode | undefined, ours: JsonArray, theirs: JsonArray) {
  return { base: base?.kind === "array" ? base : undefined, ours, theirs };
}
