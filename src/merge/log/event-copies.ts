import { canonicalJson, decodeString } from "../../model/json/canonical-json.ts";
import type { JsonNode, JsonObject } from "../../model/json/json-node.ts";
import { parseLine } from "./canonical-line.ts";

/** Members that say who recorded an event and when, not what happened. */
const recorderMembers: ReadonlySet<string> = new Set(["ts", "session", "agent", "worktree"]);

/**
 * Two lines that both sides added under one key may be one event recorded twice (two sessions saw the same commit).
 * Events are idempotent by id, so one copy is kept: the earlier one, then the lesser text; never by side.
 *
 * @returns which copy stays; null when the lines are not events or tell different things.
 */
export function mergeEventCopies(ours: Buffer, theirs: Buffer): "ours" | "theirs" | null {
  const left = parseLine(ours);
  const right = parseLine(theirs);
  if (!isEvent(left) || !isEvent(right) || whatHappened(left) !== whatHappened(right)) return null;
  const [leftStamp, rightStamp] = [stampOf(left), stampOf(right)];
  if (leftStamp !== rightStamp) return leftStamp < rightStamp ? "ours" : "theirs";
  return ours.compare(theirs) < 0 ? "ours" : "theirs";
}

function isEvent(node: JsonNode | null): node is JsonObject {
  if (node?.kind !== "object") return false;
  return ["id", "ts", "event"].every((key) => stringMember(node, key) !== null);
}

function whatHappened(event: JsonObject): string {
  return event.members
    .filter((member) => !recorderMembers.has(member.key))
    .map((member) => `${JSON.stringify(member.key)}:${canonicalJson(member.value)}`)
    .toSorted()
    .join(",");
}

function stampOf(event: JsonObject): string {
  return stringMember(event, "ts") ?? "";
}

function stringMember(node: JsonObject, key: string): string | null {
  const value = node.members.find((member) => member.key === key)?.value;
  return value?.kind === "scalar" && value.raw.startsWith('"') ? decodeString(value.raw) : null;
}
