import path from "node:path";
import type { MergeOptions } from "../src/merge/merge-result.ts";
import type { DriverKind } from "../src/model/policy.ts";

/** What the shim asks for: its own arguments, then what it has found out. */
export interface MergeCall {
  readonly kind: DriverKind;
  readonly baseFile: string;
  readonly oursFile: string;
  readonly theirsFile: string;
  readonly markerSize: number;
  readonly path: string;
  readonly labels: MergeOptions["labels"];
  /** Where the result is written, beside ours. */
  readonly newFile: string;
  /** `<git-common-dir>/got`. */
  readonly gotDirectory: string;
  /** Where shim and bundle stand. */
  readonly programDirectory: string;
  /** Process id of the git that runs the driver, as text. */
  readonly gitProcess: string;
  /** Ids of this merge's inputs; null where there is no memo. */
  readonly ids: MergeIds | null;
}

/** Stands for the id of a configuration file that is not there; as the shim writes it. */
export const noConfig = "0".repeat(40);

/** Blob ids, and the memo's own id of kind, path and the like. */
export interface MergeIds {
  readonly context: string;
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
  readonly config: string;
}

/** Parses `process.argv`; null when it is not a call of the shim. */
export function parseMergeCall(kind: DriverKind, argv: readonly string[]): MergeCall | null {
  const [, program, baseFile, oursFile, theirsFile, size, file, baseLabel, ourLabel, theirLabel, ...rest] =
    argv;
  const [newFile, gotDirectory, gitProcess, ids] = rest;
  const markerSize = Number(size);
  if (program === undefined || !Number.isInteger(markerSize) || markerSize < 1) return null;
  if (baseFile === undefined || oursFile === undefined || theirsFile === undefined || file === undefined)
    return null;
  if (baseLabel === undefined || ourLabel === undefined || theirLabel === undefined) return null;
  if (newFile === undefined || gotDirectory === undefined || gitProcess === undefined) return null;
  return {
    kind,
    baseFile,
    oursFile,
    theirsFile,
    markerSize,
    path: file,
    labels: { base: baseLabel, ours: ourLabel, theirs: theirLabel },
    newFile,
    gotDirectory,
    programDirectory: path.dirname(program),
    gitProcess,
    ids: parseIds(ids ?? ""),
  };
}

function parseIds(text: string): MergeIds | null {
  const [context, base, ours, theirs, config, ...more] = text.split("\n");
  if (more.length > 0 || config === undefined) return null;
  if (context === undefined || base === undefined || ours === undefined || theirs === undefined) return null;
  return { context, base, ours, theirs, config };
}
