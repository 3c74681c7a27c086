import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import type { InputIdentity } from "./input-identity.ts";

/** A snapshot: a state, and which events are in it. */
export interface StateSnapshot {
  readonly reducer: string;
  readonly reducerVersion: number;
  readonly workTree: string;
  readonly takenMs: number;
  readonly events: number;
  readonly through: { readonly ts: string; readonly id: string } | null;
  /** The files whose events are in it, by name. */
  readonly inputs: Readonly<Record<string, InputIdentity>>;
  readonly state: unknown;
  /** Bits of an `IdSet` with the ids of all the events. */
  readonly ids: Uint8Array;
}

const stateVersion = 1;

/** Where the snapshots of a reducer over one work tree are kept: beside the repository, never tracked. */
export function stateFile(place: {
  readonly commonDir: string;
  readonly workTree: string;
  readonly reducer: string;
  readonly version: number;
}): string {
  const tree = createHash("sha256").update(place.workTree).digest("hex").slice(0, 16);
  return path.join(place.commonDir, "got", "cache", `state-${place.reducer}-${place.version}-${tree}`);
}

/** Writes a snapshot: a line with the SHA-256 of the rest, a line of JSON, then the bits. @throws GotError WRITE_FAILED. */
export function writeStateFile(file: string, snapshot: StateSnapshot): void {
  const { ids, ...head } = snapshot;
  const rest = Buffer.concat([Buffer.from(`${JSON.stringify({ version: stateVersion, ...head })}\n`), ids]);
  const checksum = createHash("sha256").update(rest).digest("hex");
  mkdirSync(path.dirname(file), { recursive: true });
  // Not synced: what a power cut leaves fails its checksum and is made again.
  writeFileAtomic(file, [Buffer.from(`${checksum}\n`), rest], { durable: false });
}

/** Reads a snapshot back; null for what is missing, broken, or of another version: it is only ever a saving. */
export function readStateFile(file: string): StateSnapshot | null {
  try {
    const bytes = readFileSync(file);
    const rest = bytes.subarray(checksumBytes + 1);
    if (createHash("sha256").update(rest).digest("hex") !== bytes.toString("latin1", 0, checksumBytes))
      return null;
    const end = rest.indexOf("\n");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its checksum says that we have written it
    const head = JSON.parse(rest.toString("utf8", 0, end)) as Omit<StateSnapshot, "ids"> & {
      version: number;
    };
    return head.version === stateVersion ? { ...head, ids: rest.subarray(end + 1) } : null;
  } catch {
    return null;
  }
}

/** SHA-256 in hex. */
const checksumBytes = 64;
