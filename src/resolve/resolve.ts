import { GotError } from "../base/errors.ts";
import { sha256Bytes } from "../base/sha256.ts";
import type { GitCall } from "../git/run-git.ts";
import { mergeSides, type MergeSides } from "../git/merge-sides.ts";
import { unmergedPaths } from "../git/index-stages.ts";
import {
  changeIndex,
  type IndexChange,
  refuseLockedIndex,
  stageFiles,
  writeBlob,
} from "../git/update-index.ts";
import { readWorkTreeFile, removeWorkTreeFile, smudged, writeWorkTreeFile } from "../git/work-tree-file.ts";
import type { Decision, OpenConflict } from "../merge/merge-result.ts";
import type { DriverKind, Policy } from "../model/policy.ts";
import { keepContent } from "./keep-content.ts";
import { type FilePlan, planFiles, storedOid } from "./plan-files.ts";
import { type ResolvedEvent, resolvedEvent } from "./resolved-event.ts";
import {
  type LeftFile,
  readResolveRecord,
  recordKey,
  removedMark,
  writeResolveRecord,
} from "./resolve-record.ts";
import type { Wish } from "./wish.ts";

export interface ResolveOptions {
  /** Where pathspecs are read from. */
  readonly call: GitCall;
  readonly workTree: string;
  readonly gitDir: string;
  /** None is every file in conflict. */
  readonly pathspecs: readonly string[];
  readonly wish: Wish;
  readonly policy: Policy;
  /** Look, and write nothing. */
  readonly dryRun: boolean;
  /**
   * Writes down what is about to be staged. Called before the index changes: killed in between, the next run says the same again,
   * with the same ids.
   */
  readonly record: (events: readonly ResolvedEvent[]) => void;
  /** Resolve files that somebody has edited by hand, too; their content is kept in `<git-dir>/got/kept`. */
  readonly force: boolean;
}

export interface FileReport {
  readonly path: string;
  readonly kind: DriverKind | null;
  /**
   * - `resolved`, `removed`: staged so; - `edited`: somebody's own resolution, checked and staged;
   * - `conflict`: everything else of it is merged; - `left`: not touched, `reason` says why.
   */
  readonly outcome: "resolved" | "removed" | "edited" | "conflict" | "left";
  readonly reason: string | null;
  readonly decisions: readonly Decision[];
  readonly open: readonly OpenConflict[];
  /** Where the content that was replaced by force is kept. */
  readonly kept: string | null;
}

export interface ResolveReport {
  readonly sides: MergeSides;
  readonly files: readonly FileReport[];
  readonly dryRun: boolean;
}

/**
 * Resolves the files in conflict by meaning, from the stages of the index. Nothing that somebody wrote is overwritten, and at
 * any moment of a kill the next run goes on from there: first the record of what is written, then the files, then the index.
 *
 * @throws GotError USAGE for paths without a conflict and places that nothing has; LOCK_UNAVAILABLE while another git
 *   process holds the index; WRITE_FAILED; GIT_FAILED.
 */
export function resolveConflicts(options: ResolveOptions): ResolveReport {
  const { call, workTree, gitDir } = options;
  const top: GitCall = { cwd: workTree, env: call.env };
  // Without any it is all of the work tree, from wherever we are.
  const unmerged = unmergedPaths(options.pathspecs.length === 0 ? top : call, options.pathspecs);
  if (unmerged.length === 0 && options.pathspecs.length > 0) refuseUnmatched(options.pathspecs);
  const record = readResolveRecord(gitDir);
  const sides = mergeSides(top, gitDir);
  const plans = planFiles(unmerged, { ...options, call: top, sides, record });
  refuseUnused(options.wish, plans);
  const kept = options.dryRun ? new Map<string, string>() : apply(plans, { ...options, top, sides });
  const files = plans.map((plan) => reportOf(plan, kept.get(plan.unmerged.name) ?? null));
  return { sides, files, dryRun: options.dryRun };
}

function reportOf(plan: FilePlan, kept: string | null): FileReport {
  const { outcome } = plan;
  const { path: file } = plan.unmerged;
  const common = { path: file, kind: plan.kind, kept };
  switch (outcome.kind) {
    case "left":
    case "edited":
      return { ...common, outcome: outcome.kind, reason: outcome.reason, decisions: [], open: [] };
    case "resolved":
    case "removed":
      return { ...common, outcome: outcome.kind, reason: null, decisions: outcome.decisions, open: [] };
    case "conflict":
      return {
        ...common,
        outcome: "conflict",
        reason: null,
        decisions: outcome.decisions,
        open: outcome.open,
      };
  }
}

/** Writes what was planned. @returns where content that was replaced by force is kept, by name. */
function apply(
  plans: readonly FilePlan[],
  {
    top,
    workTree,
    gitDir,
    sides,
    record,
  }: ResolveOptions & { readonly top: GitCall; readonly sides: MergeSides },
): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  if (plans.every(({ outcome }) => outcome.kind === "left")) return kept;
  refuseLockedIndex(gitDir);
  const written = new Map<FilePlan, { oid: string; bytes: Buffer } | null>();
  const left = new Map<string, LeftFile>(readResolveRecord(gitDir));
  for (const plan of plans) {
    const content = contentOf(plan);
    if (plan.outcome.kind === "removed") left.set(recordKey(plan.unmerged), leftFile(plan, removedMark));
    if (content === null) continue;
    const oid = writeBlob(top, content);
    const bytes = smudged(top, oid, plan.unmerged.name);
    written.set(plan, { oid, bytes });
    left.set(recordKey(plan.unmerged), leftFile(plan, sha256Bytes(bytes)));
  }
  writeResolveRecord(gitDir, left);
  for (const plan of plans) {
    const { name } = plan.unmerged;
    if (plan.replaces !== null) kept.set(name, keepContent(gitDir, plan.unmerged.path, plan.replaces));
    const file = written.get(plan);
    if (file !== undefined && file !== null) replaceFile(workTree, plan, file.bytes);
    else if (plan.outcome.kind === "removed") {
      refuseChanged(workTree, plan);
      removeWorkTreeFile(workTree, name);
    }
  }
  record(
    plans.flatMap((plan) => {
      const { outcome, unmerged, seen } = plan;
      if (outcome.kind === "conflict" || outcome.kind === "left") return [];
      const edited =
        outcome.kind === "edited" && seen.kind === "file" ? storedOid(top, unmerged, seen.bytes) : null;
      return [resolvedEvent(plan, sides, edited ?? written.get(plan)?.oid ?? null)];
    }),
  );
  stageFiles(
    top,
    gitDir,
    plans.flatMap(({ outcome, unmerged }) => (outcome.kind === "edited" ? [unmerged.name] : [])),
  );
  changeIndex(
    top,
    gitDir,
    plans.flatMap((plan) => indexChange(plan, written.get(plan)?.oid)),
  );
  for (const { outcome, unmerged } of plans) {
    if (outcome.kind !== "conflict" && outcome.kind !== "left") left.delete(recordKey(unmerged));
  }
  writeResolveRecord(gitDir, left);
  return kept;
}

function contentOf({ outcome }: FilePlan): Buffer | null {
  return outcome.kind === "resolved" || outcome.kind === "conflict" ? outcome.bytes : null;
}

function leftFile({ outcome, left }: FilePlan, hash: string): LeftFile {
  const written = [...new Set([...(left?.written ?? []), hash])];
  if (outcome.kind !== "conflict") return { written, given: left?.given ?? {}, answers: left?.answers ?? {} };
  return { written, given: outcome.given, answers: Object.fromEntries(outcome.answered) };
}

function indexChange({ outcome, unmerged, mode }: FilePlan, oid: string | undefined): IndexChange[] {
  const { name } = unmerged;
  if (outcome.kind === "resolved" && oid !== undefined) return [{ kind: "set", name, mode, oid }];
  if (outcome.kind !== "removed") return [];
  return [{ kind: "remove", name, oid: (unmerged.base ?? unmerged.ours ?? unmerged.theirs)?.oid ?? "" }];
}

function replaceFile(workTree: string, plan: FilePlan, bytes: Buffer): void {
  const isExecutable = plan.mode === "100755";
  const { seen } = plan;
  if (seen.kind === "file" && seen.bytes.equals(bytes) && seen.isExecutable === isExecutable) return;
  refuseChanged(workTree, plan);
  writeWorkTreeFile(workTree, plan.unmerged.name, bytes, isExecutable);
}

/** Somebody may have saved the file since we looked. */
function refuseChanged(workTree: string, { unmerged, seen }: FilePlan): void {
  const now = readWorkTreeFile(workTree, unmerged.name);
  if (now.kind === seen.kind && (now.kind !== "file" || seen.kind !== "file" || now.bytes.equals(seen.bytes)))
    return;
  throw new GotError("WRITE_FAILED", `${unmerged.path} was changed by somebody else at this moment`, {
    facts: { path: unmerged.path },
    hint: "Run the command again.",
  });
}

function refuseUnmatched(pathspecs: readonly string[]): never {
  const [first = ""] = pathspecs;
  const named = pathspecs.length === 1 ? first : `any of ${pathspecs.length} paths`;
  throw new GotError("USAGE", `No file in conflict matches ${named}`, {
    facts: { path: first },
    hint: "See all files in conflict with got-hooks resolve --dry-run.",
  });
}

/** A place that no file has, or that several have, is a mistake; nothing has been written yet. */
function refuseUnused(wish: Wish, plans: readonly FilePlan[]): void {
  for (const place of wish.given.keys()) {
    const uses = plans.flatMap(({ outcome, unmerged }) => {
      if (!("used" in outcome)) return [];
      const chosen = outcome.decisions.filter(({ at, rule }) => at === place && rule === "chosen").length;
      return Array.from({ length: outcome.used.has(place) ? Math.max(1, chosen) : 0 }, () => unmerged.path);
    });
    if (uses.length === 1) continue;
    const facts = { place, uses: uses.length };
    if (uses.length === 0) {
      throw new GotError("USAGE", `--set ${place}: both sides have changed nothing of that name`, {
        facts,
        hint: "See the places in conflict with got-hooks resolve --dry-run.",
      });
    }
    throw new GotError(
      "USAGE",
      `--set ${place} means ${uses.length} places, in ${[...new Set(uses)].join(", ")}`,
      {
        facts,
        hint: "Name one file, or decide one by one with --interactive.",
      },
    );
  }
}
