import { canonicalJson } from "../../model/json/canonical-json.ts";
import type { JsonMember, JsonObject } from "../../model/json/json-node.ts";
import { ruleFor } from "../../model/rule-for.ts";
import { pickAny } from "../pick.ts";
import { mergeOrder } from "../sequence/merge-order.ts";
import { type Laid, type LaidItem, laidItems, layoutOf, spaceBefore } from "./layout.ts";
import {
  isContested,
  type MergeContext,
  newerSide,
  recordDecision,
  same,
  type Side,
  type Versions,
} from "./merge-context.ts";
import { type Output, type OutputContainer, type OutputItem, textOutput } from "./output.ts";

export interface ObjectVersions {
  readonly base: JsonObject | undefined;
  readonly ours: JsonObject;
  readonly theirs: JsonObject;
}

/** Merges objects member by member; keys keep their order, and the white space around them theirs. */
export function mergeObject(context: MergeContext, field: string, objects: ObjectVersions): OutputContainer {
  const members = { base: byKey(objects.base), ours: byKey(objects.ours), theirs: byKey(objects.theirs) };
  const keys = [...new Set([...members.ours.keys(), ...members.theirs.keys()])].sort();
  const versionsOf = (key: string): Versions => ({
    base: members.base.get(key)?.member.value,
    ours: members.ours.get(key)?.member.value,
    theirs: members.theirs.get(key)?.member.value,
  });

  const values = new Map<string, Output>();
  const followed = new Map<string, Side>();
  const { leaders, followers } = splitGroups(context, field, keys);
  for (const key of [...leaders, ...followers]) {
    const versions = versionsOf(key);
    const path = join(field, key);
    const side = isContested(versions) ? followed.get(path) : undefined;
    const value =
      side === undefined
        ? context.mergeValue(context, path, versions)
        : follow(context, path, side, versions);
    if (value !== undefined) values.set(key, value);
    const group = ruleFor(context.policy, context.type, path).rule.group;
    if (group !== undefined) {
      const leading = leadingSide(context, versions, value, () => groupText(objects, group, field));
      if (leading !== undefined)
        for (const follower of group) followed.set(qualify(field, follower), leading);
    }
  }

  const order = mergeOrder({
    base: [...members.base.keys()],
    ours: [...members.ours.keys()],
    theirs: [...members.theirs.keys()],
    survivors: new Set(values.keys()),
  });
  const layout = layoutOf(
    { base: laid(objects.base), ours: laid(objects.ours), theirs: laid(objects.theirs) },
    order.length,
  );
  const items = order.flatMap((key, index): OutputItem[] => {
    const value = values.get(key);
    if (value === undefined) return [];
    const [base, ours, theirs] = [members.base.get(key), members.ours.get(key), members.theirs.get(key)];
    const textOf = (read: (member: JsonMember) => string): string =>
      pickAny(base && read(base.member), ours && read(ours.member), theirs && read(theirs.member)) ?? "";
    return [
      {
        before: spaceBefore(index, layout, { base: base?.laid, ours: ours?.laid, theirs: theirs?.laid }),
        lead: textOf((member) => member.rawKey) + textOf((member) => member.colon),
        value,
        after: textOf((member) => member.after),
        side: "both",
      },
    ];
  });
  return { kind: "object", items, close: layout.close };
}

interface PlacedMember {
  readonly member: JsonMember;
  readonly laid: LaidItem;
}

function byKey(object: JsonObject | undefined): Map<string, PlacedMember> {
  const found = new Map<string, PlacedMember>();
  const items = laidItems(object?.members ?? []);
  object?.members.forEach((member, index) => {
    const item = items[index];
    if (item !== undefined) found.set(member.key, { member, laid: item });
  });
  return found;
}

function laid(object: JsonObject | undefined): Laid {
  return { items: object?.members ?? [], close: object?.close ?? "" };
}

function join(field: string, key: string): string {
  return field === "" ? key : `${field}.${key}`;
}

/** Names in a `group` are full paths; a bare name means a sibling of the leader. */
function qualify(field: string, follower: string): string {
  return follower.includes(".") ? follower : join(field, follower);
}

/** Leaders are merged before the fields that follow them. */
function splitGroups(context: MergeContext, field: string, keys: readonly string[]) {
  const following = new Set<string>();
  for (const key of keys) {
    const group = ruleFor(context.policy, context.type, join(field, key)).rule.group ?? [];
    for (const follower of group) following.add(qualify(field, follower));
  }
  const isFollower = (key: string): boolean => following.has(join(field, key));
  return { leaders: keys.filter((key) => !isFollower(key)), followers: keys.filter(isFollower) };
}

/** The side that a merged leader came from; undefined when it says nothing about its followers. */
function leadingSide(
  context: MergeContext,
  versions: Versions,
  value: Output | undefined,
  tieBreak: () => { ours: string; theirs: string },
): Side | undefined {
  const { base, ours, theirs } = versions;
  if (same(ours, theirs)) {
    // Both did the same (closed it, say): the followers must still come from one of them.
    if (same(base, ours)) return undefined;
    const texts = tieBreak();
    return newerSide(context, texts.ours, texts.theirs);
  }
  if (same(base, ours)) return "theirs";
  if (same(base, theirs)) return "ours";
  if (value === undefined) return ours === undefined ? "ours" : theirs === undefined ? "theirs" : undefined;
  if (value.kind !== "text") return undefined;
  return value.text === ours?.raw ? "ours" : value.text === theirs?.raw ? "theirs" : undefined;
}

function groupText(objects: ObjectVersions, group: readonly string[], field: string) {
  const paths = new Set(group.map((follower) => qualify(field, follower)));
  const textOf = (object: JsonObject): string =>
    object.members
      .filter((member) => paths.has(join(field, member.key)))
      .map((member) => `${member.key}:${canonicalJson(member.value)}`)
      .sort()
      .join();
  return { ours: textOf(objects.ours), theirs: textOf(objects.theirs) };
}

function follow(context: MergeContext, field: string, side: Side, versions: Versions): Output | undefined {
  const value = versions[side];
  recordDecision(context, field, "group", versions, value?.raw ?? null);
  return value === undefined ? undefined : textOutput(value.raw);
}
