import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonArray, JsonNode } from "../../model/json/json-node.ts";
import { arrangeElements, type PlacedElement, placeElements } from "../json/array-elements.ts";
import { segmentsOf, sideText } from "../json/output.ts";
import { pick } from "../pick.ts";
import { mergeOrder } from "../sequence/merge-order.ts";
import { refuse, type RuleOutcome } from "./rule-outcome.ts";

/** Three-way set: what either side added is in, what either side removed is out; order is merged, duplicates are not kept. */
export function mergeSet(base: JsonNode | undefined, ours: JsonNode, theirs: JsonNode): RuleOutcome {
  if (ours.kind !== "array" || theirs.kind !== "array") return refuse("rule set needs lists");
  const arrays = { base: base?.kind === "array" ? base : undefined, ours, theirs };
  const members = { base: byValue(arrays.base), ours: byValue(ours), theirs: byValue(theirs) };
  const survivors = new Set<string>();
  for (const key of [...members.ours.keys(), ...members.theirs.keys()]) {
    if (!members.base.has(key) || (members.ours.has(key) && members.theirs.has(key))) survivors.add(key);
  }
  const order = mergeOrder({
    base: [...members.base.keys()],
    ours: [...members.ours.keys()],
    theirs: [...members.theirs.keys()],
    survivors,
  });
  const output = arrangeElements(
    arrays,
    order.map((key) => {
      const [inBase, inOurs, inTheirs] = [
        members.base.get(key),
        members.ours.get(key),
        members.theirs.get(key),
      ];
      const raw = (found: PlacedElement | undefined): string | undefined => found?.element.value.raw;
      const text = pick(
        raw(inBase),
        raw(inOurs) ?? raw(inTheirs) ?? key,
        raw(inTheirs) ?? raw(inOurs) ?? key,
      );
      return {
        value: { kind: "text", text },
        side: "both",
        base: inBase?.laid,
        ours: inOurs?.laid,
        theirs: inTheirs?.laid,
      };
    }),
  );
  return { kind: "decided", output, text: sideText(segmentsOf(output), "ours") };
}

function byValue(array: JsonArray | undefined): Map<string, PlacedElement> {
  const found = new Map<string, PlacedElement>();
  for (const item of placeElements(array)) {
    const key = canonicalJson(item.element.value);
    if (!found.has(key)) found.set(key, item);
  }
  return found;
}
