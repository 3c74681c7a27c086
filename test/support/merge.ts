import { defaultConfig, parseConfig } from "../../src/model/config.ts";
import type { Policy } from "../../src/model/policy.ts";
import type { Merge, MergeOptions, MergeResult } from "../../src/merge/merge-result.ts";

/** Merge options with plain labels; the built-in policy unless another is given. */
export function mergeOptions(overrides: Partial<MergeOptions> = {}): MergeOptions {
  return {
    path: "file.json",
    policy: defaultConfig.policy,
    markerSize: 7,
    labels: { base: "base", ours: "ours", theirs: "theirs" },
    ...overrides,
  };
}

/** A policy from the `merge` section of a configuration; throws when it is broken. */
export function policyOf(merge: unknown, paths: unknown = []): Policy {
  const parsed = parseConfig(JSON.stringify({ version: 1, merge, paths }));
  if (parsed.kind === "invalid") throw new Error(JSON.stringify(parsed.problems));
  return parsed.config.policy;
}

export interface Texts {
  readonly base: string | null;
  readonly ours: string;
  readonly theirs: string;
}

/** Runs a merge over texts. */
export function mergeTexts(
  merge: Merge,
  texts: Texts,
  options: Partial<MergeOptions> = {},
): MergeResult & { text: string } {
  const result = merge(
    {
      base: texts.base === null ? null : Buffer.from(texts.base),
      ours: Buffer.from(texts.ours),
      theirs: Buffer.from(texts.theirs),
    },
    mergeOptions(options),
  );
  return { ...result, text: textOf(result) };
}

export function textOf(result: MergeResult): string {
  return result.kind === "unmergeable" ? "" : Buffer.concat(result.chunks).toString();
}

/** Pretty JSON as entities are written. */
export function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
