import { lstatSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { writeFileAtomic } from "../base/atomic-write.ts";
import { sha256Hex } from "../base/sha256.ts";

/**
 * What a repository proposes to run and its user has approved, once per exact text: `<git-common-dir>/got/trust.json`, which only
 * its owner may read and write. A repository can't carry it, and one byte of difference is another text.
 */
export interface Approval {
  /** sha256 over kind and text. */
  readonly hash: string;
  readonly kind: string;
  readonly text: string;
  /** ISO-8601 UTC. */
  readonly since: string;
}

/** What something would be approved as. */
export function approvalHash(kind: string, text: string): string {
  return sha256Hex(`${kind}\0${text}`);
}

/** Approvals that hold; none where the file is not the user's alone: somebody else may have written it. */
export function readApprovals(commonDir: string): readonly Approval[] {
  const file = trustFile(commonDir);
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || !isOwnersAlone(stat)) return [];
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (!isObject(value) || value["version"] !== 1 || !Array.isArray(value["approvals"])) return [];
    return value["approvals"].flatMap((entry: unknown): Approval[] => {
      if (!isObject(entry)) return [];
      const { kind, text, since } = entry;
      if (typeof kind !== "string" || typeof text !== "string" || typeof since !== "string") return [];
      // The text is what counts; a hash that does not fit it is not looked at.
      return [{ hash: approvalHash(kind, text), kind, text, since }];
    });
  } catch {
    return [];
  }
}

export function isApproved(commonDir: string, kind: string, text: string): boolean {
  const hash = approvalHash(kind, text);
  return readApprovals(commonDir).some((approval) => approval.hash === hash);
}

/** Approves one text; again, it changes nothing. */
export function approve(commonDir: string, { kind, text }: Proposal, now: Date): Approval {
  const known = readApprovals(commonDir);
  const hash = approvalHash(kind, text);
  const found = known.find((approval) => approval.hash === hash);
  if (found !== undefined) return found;
  const added: Approval = { hash, kind, text, since: now.toISOString() };
  write(commonDir, [...known, added]);
  return added;
}

/** Takes approvals back: all of a kind, or those whose hash begins so. @returns what was taken back. */
export function revoke(commonDir: string, what: string): readonly Approval[] {
  const known = readApprovals(commonDir);
  const isMeant = ({ kind, hash }: Approval): boolean =>
    kind === what || (what.length >= shortestPrefix && hash.startsWith(what));
  const revoked = known.filter(isMeant);
  if (revoked.length > 0)
    write(
      commonDir,
      known.filter((approval) => !isMeant(approval)),
    );
  return revoked;
}

/** Something that a repository would like to have run. */
export interface Proposal {
  readonly kind: string;
  readonly text: string;
}

/** Characters of a hash that name an approval among those there are. */
export const shortestPrefix = 8;

/** Characters that approve a text: so many that nobody can make another text which begins so, to put it in the place of what was read. */
export const approvingPrefix = 16;

function write(commonDir: string, approvals: readonly Approval[]): void {
  const file = trustFile(commonDir);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomic(file, `${JSON.stringify({ version: 1, approvals }, null, 2)}\n`, { mode: 0o600 });
}

function trustFile(commonDir: string): string {
  return path.join(commonDir, "got", "trust.json");
}

function isOwnersAlone({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  // oxlint-disable-next-line no-restricted-globals -- who we are is no input that a caller could choose
  const own = process.getuid?.();
  // Windows has neither.
  return own === undefined || (uid === own && (mode & 0o022) === 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
