import type { DriverKind, Policy } from "../model/policy.ts";
import { type AuditRecord, readRecords } from "./records.ts";

/** One value that two versions of a file do not share; null where a version has none. */
export interface Difference {
  readonly at: string;
  readonly expected: string | null;
  readonly committed: string | null;
}

export type ComparedRecords =
  | { readonly kind: "compared"; readonly differences: readonly Difference[] }
  | { readonly kind: "unreadable"; readonly reason: string };

/** Compares what a merge gives with what was committed, value by value; white space and order don't count. */
export function compareRecords(
  kind: DriverKind,
  files: { readonly expected: Uint8Array | null; readonly committed: Uint8Array | null },
  options: { readonly path: string; readonly policy: Policy },
): ComparedRecords {
  const read = readRecords(kind, [files.expected, files.committed], options);
  if (read.kind === "unreadable") {
    const which = read.version === 0 ? "what the drivers give" : "what was committed";
    return { kind: "unreadable", reason: `${which}: ${read.reason}` };
  }
  const [expected = new Map(), committed = new Map()] = read.versions;
  const keys = new Set([...expected.keys(), ...committed.keys()]);
  return {
    kind: "compared",
    differences: [...keys].flatMap((key) => differencesOf(expected.get(key), committed.get(key))),
  };
}

function differencesOf(expected: AuditRecord | undefined, committed: AuditRecord | undefined): Difference[] {
  if (expected?.text === committed?.text) return [];
  if (expected === undefined || committed === undefined) {
    const { at } = expected ?? committed ?? { at: "" };
    return [{ at, expected: expected?.text ?? null, committed: committed?.text ?? null }];
  }
  const [left, right] = [expected.leaves(), committed.leaves()];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [was, is] = [left.get(key), right.get(key)];
    if (was?.value === is?.value) return [];
    return [{ at: (was ?? is)?.at ?? "", expected: was?.value ?? null, committed: is?.value ?? null }];
  });
}
