import { GotError } from "../base/errors.ts";
import { unmergedPaths, type UnmergedPath } from "../git/index-stages.ts";
import { mergeSides } from "../git/merge-sides.ts";
import { pathAttributes } from "../git/path-attributes.ts";
import { readBlobs } from "../git/read-blobs.ts";
import { changeIndex, writeBlob } from "../git/update-index.ts";
import { readWorkTreeFile, smudged, writeWorkTreeFile } from "../git/work-tree-file.ts";
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
}

/** The event `merge.resolver`: what a resolver made of one file, and whether it was taken. */
export type ResolverEvent = Readonly<Record<string, unknown>> & {
  readonly event: "merge.resolver";
  readonly path: string;
  readonly outcome: "resolved" | "refused";
  readonly reason: string | null;
};

/**
 * Gives files of code in conflict to a resolver, one after the other. Its result is taken if it ended well and in time, left no
 * conflict marker and touched nothing else; else the file is put back byte for byte. When it touched something else, no further
 * file is given to it.
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
  });
  const durationMs = Math.max(0, options.nowMs() - startMs);
  const touched = differences(before, fingerprint(options));
  const event = (
    outcome: "resolved" | "refused",
    reason: string | null,
    oid: string | null,
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
    result: oid,
    output: result.output,
  });
  const refuse = (reason: string): ResolverEvent => {
    putBack(workTree, file, seen);
    const refused = event("refused", reason, null);
    options.record(refused);
    return refused;
  };
  if (touched.length > 0) return refuse(`it touched ${touched.join(", ")}`);
  if (result.kind === "refused") return refuse(result.reason);
  const oid = writeBlob(call, result.bytes);
  const resolved = event("resolved", null, oid);
  writeWorkTreeFile(workTree, file.name, smudged(call, oid, file.name), seen.isExecutable);
  options.record(resolved);
  changeIndex(call, gitDir, [
    { kind: "set", name: file.name, mode: seen.isExecutable ? "100755" : "100644", oid },
  ]);
  return resolved;
}

function putBack(
  workTree: string,
  file: UnmergedPath,
  seen: { readonly bytes: Buffer; readonly isExecutable: boolean },
): void {
  const now = readWorkTreeFile(workTree, file.name);
  if (now.kind === "file" && now.bytes.equals(seen.bytes)) return;
  if (now.kind === "other") {
    throw new GotError("WRITE_FAILED", `${file.path} can't be put back: ${now.reason}`, {
      facts: { path: file.path },
      hint: `git checkout --merge -- ${file.path} makes the conflict anew.`,
    });
  }
  writeWorkTreeFile(workTree, file.name, seen.bytes, seen.isExecutable);
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
