import { hasConflictMarkers } from "../merge/conflict-markers.ts";
import { mergeRecord } from "../merge/json/merge-record.ts";
import { mergeByKind } from "../merge/merge-by-kind.ts";
import type { Choice, Decision, MergeOptions, OpenConflict } from "../merge/merge-result.ts";
import type { JsonNode } from "../model/json/json-node.ts";
import { parseJson } from "../model/json/parse-json.ts";
import { pathRuleFor } from "../model/path-pattern.ts";
import type { DriverKind } from "../model/policy.ts";
import { wholeSettings } from "../model/rule-for.ts";
import { type AskedChoices, choicesOf } from "./choices-of.ts";
import type { Wish } from "./wish.ts";

/** A file in conflict, with the versions that there are. */
export interface ConflictedContent {
  readonly kind: DriverKind;
  readonly base: Buffer | null;
  /** Null where the side has removed the file. */
  readonly ours: Buffer | null;
  readonly theirs: Buffer | null;
}

/** What the stages of one file come to. Pure: nothing is written. */
export type ContentResult =
  | ({ readonly kind: "resolved"; readonly bytes: Buffer } & Decided)
  /** The result has no such file. */
  | ({ readonly kind: "removed" } & Decided)
  | ({
      readonly kind: "conflict";
      /** Everything else merged, markers around what is left; null where the file is whole and the question is whether to keep it. */
      readonly bytes: Buffer | null;
      readonly open: readonly OpenConflict[];
    } & Decided)
  /** Not to be understood by meaning. */
  | { readonly kind: "unmergeable"; readonly reason: string };

interface Decided {
  readonly decisions: readonly Decision[];
  /** Answers to single conflicts, by `conflictKey`, to give again while others are left. */
  readonly answered: ReadonlyMap<string, Choice>;
  /** Places of the wish that were used. */
  readonly used: ReadonlySet<string>;
}

export type ContentOptions = Omit<MergeOptions, "choices"> & {
  /** For a file that one side removed: the side that touched it later; null when nobody can tell. */
  readonly laterOfRemoval: () => "ours" | "theirs" | null;
};

/** Resolves the versions of one file by its policy and a wish, with the engine of the merge drivers. */
export function resolveContent(
  content: ConflictedContent,
  wish: Wish,
  options: ContentOptions,
): ContentResult {
  const { kind, base } = content;
  const choices = choicesOf(wish, kind, options.policy);
  // As a set of lines, a log that was removed is one without lines: what the other side added stays.
  const none = kind === "log" ? Buffer.alloc(0) : null;
  const [ours, theirs] = [content.ours ?? none, content.theirs ?? none];
  if (ours === null || theirs === null) return resolveRemoval(content, wish, options, choices);
  const result = mergeByKind(kind, { base, ours, theirs }, { ...options, choices });
  if (result.kind === "unmergeable") return result;
  const bytes = Buffer.concat(result.chunks);
  const { decisions } = result;
  const { answered } = choices;
  const used = usedPlaces(wish, choices, decisions);
  if (result.kind === "conflict") {
    return { kind: "conflict", bytes, open: [...choices.open.values()], decisions, answered, used };
  }
  const isGone = bytes.length === 0 && (content.ours === null || content.theirs === null);
  return isGone
    ? { kind: "removed", decisions, answered, used }
    : { kind: "resolved", bytes, decisions, answered, used };
}

/** One side removed the file, the other changed it. git never asks a driver about that. */
function resolveRemoval(
  content: ConflictedContent,
  wish: Wish,
  options: ContentOptions,
  choices: AskedChoices,
): ContentResult {
  const kept = content.ours ?? content.theirs;
  const remover = content.ours === null ? "ours" : "theirs";
  if (kept === null) return { kind: "removed", decisions: [], answered: new Map(), used: new Set() };
  const decision = (rule: Decision["rule"], isKept: boolean): Decision => {
    const [base, edited] = [textOf(content.base), textOf(kept)];
    const [ours, theirs] = remover === "ours" ? [null, edited] : [edited, null];
    return { at: "", rule, base, ours, theirs, result: isKept ? edited : null };
  };
  const outcome = (decisions: readonly Decision[], isKept: boolean): ContentResult => {
    const rest = { decisions, answered: choices.answered, used: new Set<string>() };
    return isKept ? { kind: "resolved", bytes: kept, ...rest } : { kind: "removed", ...rest };
  };
  const policy = deletionPolicy(content, kept, options);
  if (policy.kind === "decided") return outcome([decision(policy.rule, policy.isKept)], policy.isKept);
  if (policy.kind === "unchanged") return outcome([], false);
  const open: OpenConflict = {
    at: "",
    reason: "one side removed the file, the other changed it",
    ...(({ base, ours, theirs }) => ({ base, ours, theirs }))(decision("conflict", false)),
    newer: wish.side === "latest" ? options.laterOfRemoval() : null,
  };
  const choice = choices.choose(open);
  if (typeof choice === "string") {
    const isKept = choice !== remover;
    return outcome([decision("chosen", isKept)], isKept);
  }
  return { kind: "conflict", bytes: null, open: [open], ...emptyDecided };
}

const emptyDecided: Decided = { decisions: [], answered: new Map(), used: new Set() };

type DeletionPolicy =
  | { readonly kind: "decided"; readonly rule: Decision["rule"]; readonly isKept: boolean }
  /** The other side has only changed how it is written. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "conflict" };

/** What the policy says about a removed file: that of the document's type, else that of its path. */
function deletionPolicy(
  content: ConflictedContent,
  kept: Buffer,
  { policy, path }: ContentOptions,
): DeletionPolicy {
  const pathType = pathRuleFor(policy, path)?.type;
  if (content.kind === "entity") {
    const [base, edited] = [parsedRoot(content.base), parsedRoot(kept)];
    if (edited === undefined) return { kind: "conflict" };
    const versions =
      content.ours === null
        ? { base, ours: undefined, theirs: edited }
        : { base, ours: edited, theirs: undefined };
    const merged = mergeRecord(versions, { policy, pathType, place: "" });
    if (merged.conflicts.length > 0) return { kind: "conflict" };
    const [decision] = merged.decisions;
    if (decision === undefined) return { kind: "unchanged" };
    return { kind: "decided", rule: decision.rule, isKept: merged.output !== undefined };
  }
  const settings = wholeSettings(policy, content.kind === "snapshot" ? "snapshot" : (pathType ?? "*"));
  const keptSide = content.ours === null ? "theirs" : "ours";
  if (settings.strategy !== "merge")
    return { kind: "decided", rule: settings.strategy, isKept: settings.strategy === keptSide };
  if (settings.deletion === "conflict") return { kind: "conflict" };
  const isKept = settings.deletion === "keep";
  return { kind: "decided", rule: isKept === (keptSide === "ours") ? "ours" : "theirs", isKept };
}

/** Places of the wish that decided something: a place that none of the files has is a mistake. */
function usedPlaces(wish: Wish, choices: AskedChoices, decisions: readonly Decision[]): Set<string> {
  const used = new Set(choices.used);
  for (const { at, rule } of decisions) if (rule === "chosen" && wish.given.has(at)) used.add(at);
  return used;
}

function parsedRoot(bytes: Buffer | null): JsonNode | undefined {
  const parsed = bytes === null ? undefined : parseJson(bytes.toString("utf8"));
  return parsed?.kind === "parsed" ? parsed.document.root : undefined;
}

function textOf(bytes: Buffer | null): string | null {
  return bytes?.toString("utf8") ?? null;
}

/** Whether a text still has a conflict in it. */
export function holdsMarkers(bytes: Buffer, markerSize: number): boolean {
  return hasConflictMarkers(bytes.toString("latin1"), markerSize);
}
