import type { JsonMember, JsonObject } from "../../model/json/json-node.ts";
import { pickAny } from "../pick.ts";
import { mergeKeyOrder } from "../sequence/merge-order.ts";
import { followersText, groupsOf, leadersFirst, leadingSide, memberPath } from "./groups.ts";
import { type Laid, type LaidItem, laidItems, layoutOf, spaceBefore } from "./layout.ts";
import {
  givenText,
  isContested,
  type MergeContext,
  recordDecision,
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
  const groups = groupsOf(context, field, keys);
  const followed = groups.size === 0 ? context.followed : new Map(context.followed);
  const inner = { ...context, followed };
  for (const key of leadersFirst(keys, groups, field)) {
    const versions = versionsOf(key);
    const path = memberPath(field, key);
    const side = isContested(versions) ? followed.get(path) : undefined;
    const value =
      side === undefined || givenText(context, path) !== undefined
        ? context.mergeValue(inner, path, versions)
        : follow(context, path, side, versions);
    if (value !== undefined) values.set(key, value);
    const followers = groups.get(key);
    if (followers === undefined) continue;
    const leading = leadingSide(context, versions, value, (name) =>
      followersText(objects[name], field, followers),
    );
    if (leading !== undefined) for (const follower of followers) followed.set(follower, leading);
  }

  const order = mergeKeyOrder(members, new Set(values.keys()));
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

function follow(context: MergeContext, field: string, side: Side, versions: Versions): Output | undefined {
  const value = versions[side];
  recordDecision(context, field, "group", versions, value?.raw ?? null);
  return value === undefined ? undefined : textOutput(value.raw);
}
