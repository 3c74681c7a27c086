import { isDeepStrictEqual } from "node:util";
import { GotError } from "../base/errors.ts";
import { unmergedPaths, type UnmergedPath } from "../git/index-stages.ts";
import { mergeSides } from "../git/merge-sides.ts";
import { pathAttributes } from "../git/path-attributes.ts";
import { readBlobs } from "../git/read-blobs.ts";
import { changeIndex, stageFiles } from "../git/update-index.ts";
import { readWorkTreeFile, writeWorkTreeFile } from "../git/work-tree-file.ts";
import { keepContent } from "./keep-content.ts";
import { storedOid } from "./plan-files.ts";
import { holdsMarkers } from "./resolve-content.ts";
import { differences, fingerprint, type FingerprintPlace } from "./repository-fingerprint.ts";
import { resolverLimits } from "./resolver-limits.ts";
import { runResolver } from "./run-resolver.ts";

export interface ResolveCodeOptions extends FingerprintPlace {
  /** Paths that `resolveConflicts` left because no driver covers them. */
  readonly paths: ReadonlySet<string>;
  readonly command: string;
  readonly timeoutMs: number;
  readonly temporary: string;
  readonly nowMs: () => number;
  /** Writes down what a resolver did; called before the index changes. */
  readonly record: (event: ResolverEvent) => void;
  /** Hears what is being worked on. */
  readonly onStart: (path: string) => void;
  /** Ends the resolver at work, and lets no other begin. */
  readonly signal: AbortSignal;
}

/** The event `merge.resolver`: what a resolver made of one file, and whether it was taken. */
export type ResolverEvent = Readonly<Record<string, unknown>> & {
  readonly event: "merge.resolver";
  readonly path: string;
  readonly outcome: "resolved" | "refused";
  readonly reason: string | null;
  /** Where that is kept which had come into the file's place when it was put back: somebody may have worked on it meanwhile. */
  readonly kept: string | null;
};

/**
 * Gives files of code in conflict to a resolver, one after the other. Its result is taken if it ended well and in time, left no
 * conflict marker and touched nothing else; else the file is put back byte for byte, in conflict as it was. When it touched
 * something else, no further file is given to it.
 */
export async function resolveCode(options: ResolveCodeOptions): Promise<readonly ResolverEvent[]> {
  const { call, paths } = options;
  const files = unmergedPaths(call, []).filter((file) => paths.has(file.path) && isText(file));
  const attributes = pathAttributes(
    call,
    files.map(({ name }) => name),
    ["conflict-marker-size"],
  );
  const events: ResolverEvent[] = [];
  for (const file of files) {
    if (options.signal.aborted) break;
    const size = Number(attributes.get(file.name)?.[0]);
    const event = await resolveOne(file, Number.isInteger(size) && size > 0 ? size : 7, options);
    if (event === null) continue;
    events.push(event);
    if (event["touched"] !== null) break;
  }
  return events;
}

/** Both sides have a plain file there. */
function isText({ base, ours, theirs }: UnmergedPath): boolean {
  return (
    ours?.mode.startsWith("100") === true &&
    theirs?.mode.startsWith("100") === true &&
    base?.mode.startsWith("100") !== false
  );
}

/** @returns null for a file that a resolver can do nothing about. */
async function resolveOne(
  file: UnmergedPath,
  markerSize: number,
  options: ResolveCodeOptions,
): Promise<ResolverEvent | null> {
  const { call, workTree, gitDir, command, timeoutMs, temporary } = options;
  const seen = readWorkTreeFile(workTree, file.name);
  if (seen.kind !== "file" || seen.bytes.length > resolverLimits.fileBytes) return null;
  if (!holdsMarkers(seen.bytes, markerSize)) return null;
  const oids = [file.base, file.ours, file.theirs].map((entry) => entry?.oid);
  const blobs = readBlobs(
    call,
    oids.flatMap((oid) => oid ?? []),
  );
  const [base, ours, theirs] = oids.map((oid) =>
    oid === undefined ? null : (blobs.get(oid)?.bytes ?? null),
  );
  options.onStart(file.path);
  const { operation } = mergeSides(call, gitDir);
  const before = fingerprint(options);
  const startMs = options.nowMs();
  const result = await runResolver({
    command,
    path: file.path,
    base: base ?? null,
    ours: ours ?? null,
    theirs: theirs ?? null,
    conflicted: seen.bytes,
    markerSize,
    operation,
    workTree,
    temporary,
    env: call.env,
    timeoutMs,
    signal: options.signal,
  });
  const durationMs = Math.max(0, options.nowMs() - startMs);
  const touched = differences(before, fingerprint(options));
  const event = (
    outcome: "resolved" | "refused",
    reason: string | null,
    rest: { readonly oid: string | null; readonly kept: string | null },
  ): ResolverEvent => ({
    event: "merge.resolver",
    path: file.path,
    outcome,
    reason,
    touched: touched.length === 0 ? null : touched.join(", "),
    during: operation,
    command,
    duration_ms: durationMs,
    base: file.base?.oid ?? null,
    ours: file.ours?.oid ?? null,
    theirs: file.theirs?.oid ?? null,
    result: rest.oid,
    kept: rest.kept,
    output: result.output,
  });
  const refuse = (reason: string): ResolverEvent => {
    const kept = putBack(options, file, seen);
    const refused = event("refused", reason, { oid: null, kept });
    options.record(refused);
    // What it has staged would go into the next commit. Where it has made one itself there is no conflict to go back to.
    if (touched.includes("the index") && !touched.includes("HEAD") && !touched.includes("refs"))
      putBackStages(options, file);
    return refused;
  };
  if (touched.length > 0) return refuse(`it touched ${touched.join(", ")}`);
  if (result.kind === "refused") return refuse(result.reason);
  // It was given the file as it is checked out, with its line ends, and that is what comes back: git add undoes them.
  const resolved = event("resolved", null, { oid: storedOid(call, file, result.bytes), kept: null });
  writeWorkTreeFile(workTree, file.name, result.bytes, seen.isExecutable);
  options.record(resolved);
  stageFiles(call, gitDir, [file.name]);
  return resolved;
}

/** @returns where what stood in the file's place is kept; null where it was as it should be, or gone. */
function putBack(
  { workTree, gitDir }: Pick<FingerprintPlace, "workTree" | "gitDir">,
  file: UnmergedPath,
  seen: { readonly bytes: Buffer; readonly isExecutable: boolean },
): string | null {
  const now = readWorkTreeFile(workTree, file.name);
  if (now.kind === "file" && now.bytes.equals(seen.bytes)) return null;
  if (now.kind === "other") {
    throw new GotError("WRITE_FAILED", `${file.path} can't be put back: ${now.reason}`, {
      facts: { path: file.path },
      hint: `git checkout --merge -- ${file.path} makes the conflict anew.`,
    });
  }
  const kept = now.kind === "file" ? keepContent(gitDir, file.path, now.bytes) : null;
  writeWorkTreeFile(workTree, file.name, seen.bytes, seen.isExecutable);
  return kept;
}

function putBackStages(
  { call, gitDir }: Pick<FingerprintPlace, "call" | "gitDir">,
  file: UnmergedPath,
): void {
  const now = unmergedPaths(call, []).find(({ name }) => name === file.name);
  if (!isDeepStrictEqual(now, file)) changeIndex(call, gitDir, [{ kind: "conflict", file }]);
}

/** Reads `got.resolverTimeout`, in seconds. @throws GotError USAGE */
export function resolverTimeoutMs(configured: string | undefined): number {
  if (configured === undefined) return resolverLimits.timeoutMs;
  const timeoutMs = Number(configured) * 1000;
  if (timeoutMs >= 1 && timeoutMs <= resolverLimits.timeoutMaxMs) return timeoutMs;
  throw new GotError(
    "USAGE",
    `got.resolverTimeout is ${configured}: it must be seconds, at most ${resolverLimits.timeoutMaxMs / 1000}`,
    {
      facts: { configured },
    },
  );
}
