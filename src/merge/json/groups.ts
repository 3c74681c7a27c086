import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonObject } from "../../model/json/json-node.ts";
import { ruleFor } from "../../model/rule-for.ts";
import { type MergeContext, newerSide, same, type Side, type Versions } from "./merge-context.ts";
import type { Output } from "./output.ts";

/** The followers of an object's members, as paths, by the member that leads them. */
export type Groups = ReadonlyMap<string, readonly string[]>;

/** Finds the groups that the policy has for the members of the object at `field`. */
export function groupsOf(context: MergeContext, field: string, keys: readonly string[]): Groups {
  const groups = new Map<string, readonly string[]>();
  for (const key of keys) {
    const { group } = ruleFor(context.policy, context.type, memberPath(field, key)).rule;
    // A bare name is a sibling of its leader, one with dots a path in the document.
    const paths = group?.map((name) => (name.includes(".") ? name : memberPath(field, name)));
    if (paths !== undefined) groups.set(key, paths);
  }
  return groups;
}

export function memberPath(field: string, key: string): string {
  return field === "" ? key : `${field}.${key}`;
}

/** Orders keys so that leaders are merged before what follows them. */
export function leadersFirst(keys: readonly string[], groups: Groups, field: string): readonly string[] {
  if (groups.size === 0) return keys;
  const followers = [...new Set([...groups.values()].flat())];
  const rank = (key: string): number =>
    !holdsAny(memberPath(field, key), followers) ? 0 : groups.has(key) ? 1 : 2;
  return keys.toSorted((a, b) => rank(a) - rank(b));
}

/** The side that a merged leader came from; undefined when it says nothing about its followers. */
export function leadingSide(
  context: MergeContext,
  versions: Versions,
  value: Output | undefined,
  tieBreak: (side: Side) => string,
): Side | undefined {
  const { base, ours, theirs } = versions;
  if (same(ours, theirs)) {
    // Both did the same (closed it, say): the followers must still come from one of them.
    return same(base, ours) ? undefined : newerSide(context, tieBreak("ours"), tieBreak("theirs"));
  }
  if (same(base, ours)) return "theirs";
  if (same(base, theirs)) return "ours";
  if (value === undefined) return ours === undefined ? "ours" : theirs === undefined ? "theirs" : undefined;
  if (value.kind !== "text") return undefined;
  return value.text === ours?.raw ? "ours" : value.text === theirs?.raw ? "theirs" : undefined;
}

/** What an object holds of a group's followers, to choose between sides that are equally new. */
export function followersText(object: JsonObject, field: string, followers: readonly string[]): string {
  return object.members
    .filter(({ key }) => holdsAny(memberPath(field, key), followers))
    .map(({ key, value }) => `${key}:${canonicalJson(value)}`)
    .sort()
    .join();
}

/** Whether one of `paths` is the value at `path`, or in it. */
function holdsAny(path: string, paths: readonly string[]): boolean {
  return paths.some((candidate) => candidate === path || candidate.startsWith(`${path}.`));
}
