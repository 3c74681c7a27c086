import type { FieldRule, Policy } from "../model/policy.ts";

/** The three versions of one file. `base` is null when both sides added it. */
export interface MergeInputs {
  readonly base: Uint8Array | null;
  readonly ours: Uint8Array;
  readonly theirs: Uint8Array;
}

export interface MergeOptions {
  /** Path of the file in the work tree, for policy and messages; never opened. */
  readonly path: string;
  readonly policy: Policy;
  /** Length of conflict markers; git's default is 7. */
  readonly markerSize: number;
  readonly labels: { readonly base: string; readonly ours: string; readonly theirs: string };
  /** What a person or agent has chosen; git's drivers have none. */
  readonly choices?: Choices;
}

/** Choices for one file, from whoever resolves it. Pure: the same question always gets the same answer. */
export interface Choices {
  /** JSON text by place (`Decision.at`): for values that both sides changed, whether a rule would decide them or not. */
  readonly given: ReadonlyMap<string, string>;
  /** Asked for each conflict that is left; undefined leaves it. */
  readonly choose: (open: OpenConflict) => Choice | undefined;
}

/** One side's version, or a text of one's own: JSON, or the line of a log. */
export type Choice = "ours" | "theirs" | { readonly text: string };

/**
 * One field, record or line in which a rule decided what the result has. Whatever one side had and the result has not is in
 * a decision or a conflict, unless the other side removed or replaced it and this one had left it alone.
 * Values are JSON text, null where absent.
 */
export interface Decision {
  /** Record or entity id, where there is one, then the dotted field; a log line has its key. */
  readonly at: string;
  /** Key of the list element that `at` is in, as JSON; those of nested lists from the outside in, with spaces between them. */
  readonly element?: string;
  readonly rule: FieldRule["rule"] | "envelope" | "group" | "chosen" | "@strategy" | "@delete";
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
  readonly result: string | null;
}

/** One place that a person or agent has to decide. */
export interface Conflict {
  readonly at: string;
  /** As in a decision. */
  readonly element?: string;
  readonly reason: string;
}

/** A conflict with its versions: JSON text or lines, null where absent. */
export interface OpenConflict extends Conflict {
  readonly base: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
  /** The side whose document was updated later; null where they don't say. */
  readonly newer: "ours" | "theirs" | null;
}

/**
 * What a merge came to. A merge never throws for what its inputs contain.
 * - `merged`: the bytes are the result.
 * - `conflict`: everything else is merged; the bytes hold markers around what is left.
 * - `unmergeable`: the inputs are not what this driver understands (or too large); merge them as text instead.
 */
export type MergeResult =
  | {
      readonly kind: "merged";
      readonly chunks: readonly Uint8Array[];
      readonly decisions: readonly Decision[];
    }
  | {
      readonly kind: "conflict";
      readonly chunks: readonly Uint8Array[];
      readonly decisions: readonly Decision[];
      readonly conflicts: readonly Conflict[];
    }
  | { readonly kind: "unmergeable"; readonly reason: string };

export type Merge = (inputs: MergeInputs, options: MergeOptions) => MergeResult;
