import { canonicalJson, decodeString } from "../../model/json/canonical-json.ts";
import type { JsonNode } from "../../model/json/json-node.ts";
import type { FieldRule } from "../../model/policy.ts";
import { type MergeContext, newerSide, type Side, type Versions } from "../json/merge-context.ts";
import { compareValues } from "./compare.ts";
import { addDeltas, formatDecimal, parseDecimal } from "./decimal.ts";
import { mergeList, mergeSet } from "./merge-list.ts";
import { mergeText } from "./merge-text.ts";
import { decided, refuse, type RuleOutcome } from "./rule-outcome.ts";

/** Applies one rule of the policy. All are symmetric but `ours` and `theirs`. */
export function decide(
  context: MergeContext,
  field: string,
  rule: FieldRule,
  versions: Versions,
): RuleOutcome {
  const { base, ours, theirs } = versions;
  switch (rule.rule) {
    case "ours":
    case "theirs":
      return take(versions, rule.rule);
    case "latest":
      return take(versions, newerSide(context, canonical(ours), canonical(theirs)));
    case "derived":
      return { kind: "decided", output: undefined, text: null };
    case "conflict":
    case "max":
    case "min":
    case "order":
    case "counter":
    case "text":
    case "set":
    case "list":
    case "object":
      if (ours === undefined || theirs === undefined)
        return refuse("one side removed it, the other changed it");
      return combine(context, field, { ...rule, rule: rule.rule }, { base, ours, theirs });
  }
}

/** The rules that need a value on both sides. */
type CombiningRule = Exclude<FieldRule["rule"], "ours" | "theirs" | "latest" | "derived">;

function combine(
  context: MergeContext,
  field: string,
  rule: FieldRule & { readonly rule: CombiningRule },
  { base, ours, theirs }: { base: JsonNode | undefined; ours: JsonNode; theirs: JsonNode },
): RuleOutcome {
  const versions = { base, ours, theirs };
  switch (rule.rule) {
    case "conflict":
      return refuse("both sides changed it");
    case "max":
    case "min": {
      const order = compareValues(ours, theirs);
      if (order === undefined) return refuse(`rule ${rule.rule} cannot compare values of different kinds`);
      return takeGreater(versions, rule.rule === "max" ? order : -order);
    }
    case "order":
      return byOrder(rule.order ?? [], versions, ours, theirs);
    case "counter":
      return sum(base, ours, theirs);
    case "text":
      return mergeText(base, ours, theirs);
    case "set":
      return mergeSet(context, field, versions);
    case "list":
      return mergeList(context, field, rule.key ?? "id", versions);
    case "object":
      return refuse("rule object needs an object on both sides");
  }
}

function take(versions: Versions, side: Side): RuleOutcome {
  const node = versions[side];
  return node === undefined ? { kind: "decided", output: undefined, text: null } : decided(node.raw);
}

/** Takes ours where `order` is above zero, theirs below; equals that are spelled differently go by their text. */
function takeGreater(versions: Versions, order: number): RuleOutcome {
  const decisive = order || (canonical(versions.ours) > canonical(versions.theirs) ? 1 : -1);
  return take(versions, decisive > 0 ? "ours" : "theirs");
}

function canonical(node: JsonNode | undefined): string {
  return node === undefined ? "" : canonicalJson(node);
}

function byOrder(
  order: readonly string[],
  versions: Versions,
  ours: JsonNode,
  theirs: JsonNode,
): RuleOutcome {
  const rankOurs = order.indexOf(plainText(ours));
  const rankTheirs = order.indexOf(plainText(theirs));
  if (rankOurs === -1 || rankTheirs === -1) {
    return refuse(`rule order does not name ${(rankOurs === -1 ? ours : theirs).raw.slice(0, 80)}`);
  }
  return takeGreater(versions, rankOurs - rankTheirs);
}

function plainText(node: JsonNode): string {
  return node.raw.startsWith('"') ? decodeString(node.raw) : node.raw;
}

function sum(base: JsonNode | undefined, ours: JsonNode, theirs: JsonNode): RuleOutcome {
  const from = base === undefined || base.raw === "null" ? parseDecimal("0") : parseDecimal(base.raw);
  const [a, b] = [parseDecimal(ours.raw), parseDecimal(theirs.raw)];
  if (from === undefined || a === undefined || b === undefined)
    return refuse("rule counter needs numbers of reasonable size");
  return decided(formatDecimal(addDeltas(from, a, b)));
}
