import { sha256Bytes } from "../base/sha256.ts";
import { bytesOfName, type ByteName } from "../git/byte-name.ts";
import type { StageEntry, UnmergedPath } from "../git/index-stages.ts";
import { lastTouchSeconds } from "../git/last-touch.ts";
import type { MergeSides } from "../git/merge-sides.ts";
import { pathAttributes } from "../git/path-attributes.ts";
import { type Blob, readBlobs } from "../git/read-blobs.ts";
import { type GitCall, tryGit } from "../git/run-git.ts";
import { readWorkTreeFile, type WorkTreeFile } from "../git/work-tree-file.ts";
import type { Choice, Decision, OpenConflict } from "../merge/merge-result.ts";
import { parsePolicyConfig } from "../model/policy-config.ts";
import { findDataProblems } from "../model/data-problems.ts";
import { driverFor } from "../model/driver-paths.ts";
import { type DriverKind, driverKinds, type Policy } from "../model/policy.ts";
import { type ConflictedContent, holdsMarkers, resolveContent } from "./resolve-content.ts";
import { type LeftFile, recordKey, removedMark, type ResolveRecord } from "./resolve-record.ts";
import { isUntouched, markerLabels } from "./untouched.ts";
import type { Wish } from "./wish.ts";

/** What is to become of one file in conflict; nothing has been written. */
export interface FilePlan {
  readonly unmerged: UnmergedPath;
  readonly kind: DriverKind | null;
  /** What stood in the work tree when it was planned. */
  readonly seen: WorkTreeFile;
  readonly mode: string;
  readonly left: LeftFile | undefined;
  /** Somebody's own content that is replaced by force. */
  readonly replaces: Buffer | null;
  readonly outcome: PlannedOutcome;
}

export type PlannedOutcome =
  | {
      readonly kind: "resolved";
      readonly bytes: Buffer;
      readonly decisions: readonly Decision[];
      readonly used: ReadonlySet<string>;
    }
  | { readonly kind: "removed"; readonly decisions: readonly Decision[]; readonly used: ReadonlySet<string> }
  | {
      readonly kind: "conflict";
      readonly bytes: Buffer | null;
      readonly open: readonly OpenConflict[];
      readonly decisions: readonly Decision[];
      readonly used: ReadonlySet<string>;
      readonly answered: ReadonlyMap<string, Choice>;
      readonly given: Readonly<Record<string, string>>;
    }
  | { readonly kind: "edited"; readonly reason: string }
  | { readonly kind: "left"; readonly reason: string };

export interface PlanOptions {
  /** git runs at the top of the work tree. */
  readonly call: GitCall;
  readonly workTree: string;
  readonly wish: Wish;
  readonly policy: Policy;
  readonly force: boolean;
  readonly sides: MergeSides;
  readonly record: ResolveRecord;
}

/** Plans every file on its own. */
export function planFiles(unmerged: readonly UnmergedPath[], options: PlanOptions): readonly FilePlan[] {
  const names = unmerged.map(({ name }) => name);
  const attributes = pathAttributes(options.call, names, ["merge", "conflict-marker-size"]);
  const policies = otherPolicies(options.call);
  return unmerged.map((file) => {
    const [merge = "", size = ""] = attributes.get(file.name) ?? [];
    const kind = kindOf(merge, options.policy, file.path);
    return planFile(file, { ...options, kind, markerSize: markerSizeOf(size), policies });
  });
}

interface FileOptions extends PlanOptions {
  readonly kind: DriverKind | null;
  readonly markerSize: number;
  readonly policies: readonly Policy[];
}

function planFile(unmerged: UnmergedPath, options: FileOptions): FilePlan {
  const { kind, record } = options;
  const seen = readWorkTreeFile(options.workTree, unmerged.name);
  const left = record.get(recordKey(unmerged));
  const plan = {
    unmerged,
    kind,
    seen,
    left,
    mode: mergedMode(unmerged),
    replaces: null,
  } satisfies Partial<FilePlan>;
  const reason = reasonToLeave(unmerged, kind, seen);
  if (kind === null || reason !== null) {
    return { ...plan, outcome: { kind: "left", reason: reason ?? "no merge driver covers it" } };
  }
  const found = readContent(unmerged, kind, options.call);
  if (found === null)
    return { ...plan, outcome: { kind: "left", reason: "a version of it is not in this clone" } };
  const edit = editOf(plan, found, options);
  if (edit.kind === "valid") return { ...plan, outcome: { kind: "edited", reason: "resolved by hand" } };
  if (edit.kind === "unfinished" && !options.force)
    return { ...plan, outcome: { kind: "left", reason: edit.reason } };
  const replaces = edit.kind === "unfinished" && seen.kind === "file" ? seen.bytes : null;
  return { ...plan, replaces, outcome: resolveFile(unmerged, found.content, left, seen, options) };
}

/** Why a file is not for us; null when it is. */
function reasonToLeave(
  { base, ours, theirs }: UnmergedPath,
  kind: DriverKind | null,
  seen: WorkTreeFile,
): string | null {
  const modes = [base, ours, theirs].flatMap((entry) => entry?.mode ?? []);
  if (modes.includes("160000")) return "it is a submodule: choose a commit of it with git add";
  if (modes.includes("120000"))
    return "it is a symbolic link: choose one with git checkout --ours or --theirs";
  if (kind === null) return "no merge driver covers it: edit it, then git add";
  if (seen.kind === "other") return seen.reason;
  if (ours === undefined && theirs === undefined) return "both sides have renamed or removed it";
  if (base === undefined && (ours === undefined || theirs === undefined))
    return "only one side has it here: it was renamed, or a folder stands in its way";
  return null;
}

interface FoundContent {
  readonly content: ConflictedContent;
  /** What the merge left in the work tree, as git remembers it. */
  readonly left: Blob | null;
}

function readContent(unmerged: UnmergedPath, kind: DriverKind, call: GitCall): FoundContent | null {
  const { base, ours, theirs, name } = unmerged;
  const oids = [base, ours, theirs].flatMap((entry) => entry?.oid ?? []);
  const merged: ByteName = `AUTO_MERGE:${name}`;
  const blobs = readBlobs(call, [...oids, merged]);
  if (oids.some((oid) => !blobs.has(oid))) return null;
  const bytes = (entry: StageEntry | undefined): Buffer | null =>
    entry === undefined ? null : (blobs.get(entry.oid)?.bytes ?? null);
  return {
    content: { kind, base: bytes(base), ours: bytes(ours), theirs: bytes(theirs) },
    left: blobs.get(merged) ?? null,
  };
}

type Edit =
  | { readonly kind: "none" }
  /** Somebody has resolved it by hand. */
  | { readonly kind: "valid" }
  | { readonly kind: "unfinished"; readonly reason: string };

/** Finds out whether somebody has worked on the file since it came into conflict. */
function editOf(
  plan: Pick<FilePlan, "unmerged" | "seen" | "left">,
  found: FoundContent,
  options: FileOptions,
): Edit {
  const { unmerged, seen, left } = plan;
  const { markerSize } = options;
  if (seen.kind !== "file") {
    if (left?.written.includes(removedMark) === true) return { kind: "none" };
    const reason = "it was deleted by hand: git rm it to leave it so, or use --force";
    // Where a side has removed the file, git may leave it out of the work tree itself.
    return found.left === null && (unmerged.ours === undefined || unmerged.theirs === undefined)
      ? { kind: "none" }
      : { kind: "unfinished", reason };
  }
  if (left?.written.includes(sha256Bytes(seen.bytes)) === true) return { kind: "none" };
  // git writes the version of the side that has not removed the file, and remembers it only in some operations.
  const asked =
    found.left?.oid ??
    (unmerged.ours === undefined
      ? unmerged.theirs
      : unmerged.theirs === undefined
        ? unmerged.ours
        : undefined
    )?.oid;
  if (asked !== undefined && storedOid(options.call, unmerged, seen.bytes) === asked) return { kind: "none" };
  const labels = { base: "base", ours: "ours", theirs: "theirs" };
  const untouched = isUntouched({
    bytes: seen.bytes,
    content: found.content,
    left: found.left?.bytes ?? null,
    options: { path: unmerged.path, markerSize, labels },
    policies: [options.policy, ...options.policies],
    env: options.call.env,
  });
  if (untouched) return { kind: "none" };
  if (holdsMarkers(seen.bytes, markerSize)) {
    const reason = "it was edited by hand and still has conflict markers: finish it, or use --force";
    return { kind: "unfinished", reason };
  }
  const problem = problemOf(unmerged.path, found.content.kind, seen.bytes);
  if (problem === null) return { kind: "valid" };
  return { kind: "unfinished", reason: `it was edited by hand and can't be used: ${problem}` };
}

/** The id under which git would store the file; null where that can't be asked. */
export function storedOid(call: GitCall, { path, name }: UnmergedPath, bytes: Buffer): string | null {
  // An argument has to be text.
  if (!Buffer.from(path).equals(bytesOfName(name))) return null;
  const asked = tryGit({ ...call, input: bytes }, ["hash-object", "--stdin", `--path=${path}`]);
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** What is wrong with a file that somebody has resolved by hand. */
function problemOf(path: string, kind: DriverKind, bytes: Buffer): string | null {
  if (kind === "snapshot") return null;
  // Path decides what is looked for; files elsewhere are looked at as what they are merged as.
  const like = path.startsWith(".got/") ? path : kind === "entity" ? "file.json" : "file.jsonl";
  const [problem] = findDataProblems(like, bytes.toString("utf8"), null);
  if (problem === undefined) return null;
  return `${problem.line === null ? "" : `line ${problem.line}: `}${problem.reason}`;
}

function resolveFile(
  unmerged: UnmergedPath,
  content: ConflictedContent,
  left: LeftFile | undefined,
  seen: WorkTreeFile,
  options: FileOptions,
): PlannedOutcome {
  const { wish, policy, markerSize, sides } = options;
  const given = new Map([...Object.entries(left?.given ?? {}), ...wish.given]);
  const answers = new Map([...Object.entries(left?.answers ?? {}), ...wish.answers]);
  const labels = (seen.kind === "file" ? markerLabels(seen.bytes, markerSize) : null) ?? {
    ours: sides.ours.branch ?? "HEAD",
    theirs: sides.theirs.branch ?? sides.theirs.commit?.slice(0, 7) ?? "theirs",
  };
  const result = resolveContent(
    content,
    { side: wish.side, given, answers },
    {
      path: unmerged.path,
      policy,
      markerSize,
      labels: { base: "base", ...labels },
      laterOfRemoval: () => laterTouch(unmerged, sides, options.call),
    },
  );
  switch (result.kind) {
    case "unmergeable":
      return {
        kind: "left",
        reason: `it can't be merged by meaning: ${result.reason}; edit it, or choose one side with git checkout --ours or --theirs`,
      };
    case "conflict": {
      const kept = [...given].filter(([place]) => result.used.has(place));
      return { ...result, given: Object.fromEntries(kept) };
    }
    case "resolved":
    case "removed":
      return result;
  }
}

/** The side that touched a file later: removing it has left no stamp in it. Null for a patch, a stash or a revert. */
function laterTouch(
  { path }: UnmergedPath,
  { ours, theirs, operation }: MergeSides,
  call: GitCall,
): "ours" | "theirs" | null {
  if (ours.commit === null || theirs.commit === null || operation === "revert") return null;
  const [our, their] = [
    lastTouchSeconds(call, ours.commit, path),
    lastTouchSeconds(call, theirs.commit, path),
  ];
  if (our === null || their === null || our === their) return null;
  return our > their ? "ours" : "theirs";
}

/** The driver that covers a path: as the attributes say, else as install would have them say. */
function kindOf(attribute: string, policy: Policy, path: string): DriverKind | null {
  const named = driverKinds.find((kind) => attribute === `got-${kind}`);
  if (named !== undefined) return named;
  return attribute === "unspecified" ? (driverFor(policy, path) ?? null) : null;
}

function markerSizeOf(attribute: string): number {
  const size = Number(attribute);
  return Number.isInteger(size) && size > 0 && size <= 1000 ? size : 7;
}

/** The permission to execute, merged. */
function mergedMode({ base, ours, theirs }: UnmergedPath): string {
  const [was, our, their] = [base?.mode, ours?.mode ?? theirs?.mode, theirs?.mode ?? ours?.mode];
  return (was === our ? their : our) ?? "100644";
}

/** The policy of HEAD: the one in the work tree may have changed since the merge. */
function otherPolicies(call: GitCall): readonly Policy[] {
  const blob = readBlobs(call, ["HEAD:.got/config.json"]).get("HEAD:.got/config.json");
  const parsed = blob === undefined ? undefined : parsePolicyConfig(blob.bytes.toString("utf8"));
  return parsed?.kind === "parsed" ? [parsed.config] : [];
}
