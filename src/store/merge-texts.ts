import { mergeEntity } from "../merge/merge-entity.ts";
import type { Policy } from "../model/policy.ts";
import { requireRef } from "./entity-files.ts";

/** Merges three texts of one entity by the policy; null where that leaves a conflict or they are no entities. */
export type MergeTexts = (versions: {
  readonly ref: string;
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
}) => string | null;

export function createMergeTexts(policy: Policy): MergeTexts {
  return ({ ref, base, ours, theirs }) => {
    const { type, id } = requireRef(ref);
    const merged = mergeEntity(
      {
        base: base === null ? null : Buffer.from(base),
        ours: Buffer.from(ours),
        theirs: Buffer.from(theirs),
      },
      {
        path: `.got/entities/${type}/${id}.json`,
        policy,
        markerSize: 7,
        labels: { base: "base", ours: "ours", theirs: "theirs" },
      },
    );
    return merged.kind === "merged" ? Buffer.concat(merged.chunks).toString("utf8") : null;
  };
}
