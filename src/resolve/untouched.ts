import { type ConflictStyle, mergeFile } from "../git/merge-file.ts";
import type { Environment } from "../git/git-environment.ts";
import { mergeByKind } from "../merge/merge-by-kind.ts";
import type { MergeOptions } from "../merge/merge-result.ts";
import { defaultConfig } from "../model/config.ts";
import type { Policy } from "../model/policy.ts";
import type { ConflictedContent } from "./resolve-content.ts";

export interface UntouchedQuestion {
  /** The file in the work tree, as git would store it. */
  readonly bytes: Buffer;
  readonly content: ConflictedContent;
  /** What the merge wrote, where git remembers it (`AUTO_MERGE`). */
  readonly left: Buffer | null;
  readonly options: Pick<MergeOptions, "path" | "markerSize" | "labels">;
  /** Policies that the merge may have been made with. */
  readonly policies: readonly Policy[];
  readonly env: Environment;
}

/**
 * Tells whether a file in conflict is as the merge left it, so that writing it anew loses nobody's work. Without git's own
 * memory of it (a popped stash, `git checkout --merge`), every way in which git or a driver could have written it is tried;
 * labels at conflict markers don't count.
 */
export function isUntouched(question: UntouchedQuestion): boolean {
  const { bytes, content, left, options, env } = question;
  if (left !== null && bytes.equals(left)) return true;
  const { base, ours, theirs } = content;
  if (ours === null || theirs === null) return left === null && bytes.equals(ours ?? theirs ?? bytes);
  const seen = withoutLabels(bytes, options.markerSize);
  const isSame = (candidate: Buffer): boolean => withoutLabels(candidate, options.markerSize).equals(seen);
  const inputs = { base, ours, theirs };
  for (const policy of [...question.policies, defaultConfig.policy]) {
    const merged = mergeByKind(content.kind, inputs, { ...options, policy });
    if (merged.kind !== "unmergeable" && isSame(Buffer.concat(merged.chunks))) return true;
  }
  const styles: readonly ConflictStyle[] = ["merge", "diff3", "zdiff3"];
  return styles.some((style) => {
    const merged = mergeFile(inputs, options, env, style);
    return merged.kind !== "refused" && isSame(Buffer.from(merged.bytes));
  });
}

/** The text with bare conflict markers and plain line ends. */
function withoutLabels(bytes: Buffer, markerSize: number): Buffer {
  const marker = new RegExp(`^([<|>])\\1{${markerSize - 1},}(?: .*)?$`, "gm");
  const text = bytes.toString("latin1").replaceAll("\r\n", "\n");
  return Buffer.from(
    text.replaceAll(marker, (_, sign: string) => sign.repeat(markerSize)),
    "latin1",
  );
}

/** The names that a file's conflict markers have for the two sides; null where it has none. */
export function markerLabels(bytes: Buffer, markerSize: number): { ours: string; theirs: string } | null {
  const text = bytes.toString("utf8");
  const label = (sign: string): string | undefined =>
    new RegExp(`^${sign}{${markerSize}} (.*?)\\r?$`, "m").exec(text)?.[1];
  const [ours, theirs] = [label("<"), label(">")];
  return ours === undefined || theirs === undefined ? null : { ours, theirs };
}
