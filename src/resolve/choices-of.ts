import { mergeRecord } from "../merge/json/merge-record.ts";
import { segmentsOf, sideText } from "../merge/json/output.ts";
import type { Choice, Choices, OpenConflict } from "../merge/merge-result.ts";
import { compareValues } from "../merge/rules/compare.ts";
import type { JsonNode } from "../model/json/json-node.ts";
import { parseJson } from "../model/json/parse-json.ts";
import type { DriverKind, Policy } from "../model/policy.ts";
import { conflictKey, type Wish } from "./wish.ts";

/** A wish, as the merge engine asks for it, with what was asked. */
export interface AskedChoices extends Choices {
  /** Conflicts that nobody has decided, by `conflictKey`. */
  readonly open: ReadonlyMap<string, OpenConflict>;
  /** Answers given, by `conflictKey`. */
  readonly answered: ReadonlyMap<string, Choice>;
  /** Places of `wish.given` that a line's merge has used. */
  readonly used: ReadonlySet<string>;
}

/** Makes the choices for one file. The engine may ask for a conflict more than once, and gets the same answer. */
export function choicesOf(wish: Wish, kind: DriverKind, policy: Policy): AskedChoices {
  const open = new Map<string, OpenConflict>();
  const answered = new Map<string, Choice>();
  const used = new Set<string>();
  const choose = (conflict: OpenConflict): Choice | undefined => {
    const key = conflictKey(conflict);
    const choice =
      wish.answers.get(key) ??
      (kind === "log" ? givenLine(conflict, wish, policy, used) : undefined) ??
      sideFor(conflict, wish, kind);
    if (choice === undefined) open.set(key, conflict);
    else answered.set(key, choice);
    return choice;
  };
  return { given: wish.given, choose, open, answered, used };
}

function sideFor(conflict: OpenConflict, { side }: Wish, kind: DriverKind): Choice | undefined {
  if (side === "latest") return (kind === "log" ? laterLine(conflict) : conflict.newer) ?? undefined;
  return side ?? undefined;
}

/** A log's conflict is about a whole line; a field of it is given by merging the line's versions as records. */
function givenLine(
  { at, base, ours, theirs }: OpenConflict,
  wish: Wish,
  policy: Policy,
  used: Set<string>,
): Choice | undefined {
  const whole = wish.given.get(at);
  if (whole !== undefined) {
    used.add(at);
    return { text: whole };
  }
  const places = [...wish.given.keys()].filter((place) => place.startsWith(`${at}.`));
  if (places.length === 0) return undefined;
  const merged = mergeRecord(
    { base: rootOf(base), ours: rootOf(ours), theirs: rootOf(theirs) },
    {
      policy,
      pathType: undefined,
      place: at,
      choices: { given: wish.given, choose: (inner) => sideFor(inner, wish, "table") },
    },
  );
  for (const decision of merged.decisions) if (places.includes(decision.at)) used.add(decision.at);
  if (merged.output === undefined || merged.conflicts.length > 0) return undefined;
  return { text: sideText(segmentsOf(merged.output), "ours") };
}

const stampFields = ["updated_at", "updatedAt", "ts"];

/** The side whose line says that it is later. */
function laterLine({ ours, theirs }: OpenConflict): "ours" | "theirs" | undefined {
  for (const field of stampFields) {
    const [a, b] = [memberOf(rootOf(ours), field), memberOf(rootOf(theirs), field)];
    const order = a === undefined || b === undefined ? undefined : compareValues(a, b);
    if (order !== undefined && order !== 0) return order > 0 ? "ours" : "theirs";
  }
  return undefined;
}

function rootOf(text: string | null): JsonNode | undefined {
  const parsed = text === null ? undefined : parseJson(text);
  return parsed?.kind === "parsed" ? parsed.document.root : undefined;
}

function memberOf(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.find((member) => member.key === key)?.value : undefined;
}
