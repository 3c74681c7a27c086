/**
 * Finds what a merge lost in one file: whatever exactly one side added or changed since the base must be in the result,
 * unless another side removed it; where several changed it, the result has one of theirs or what a rule gives, not the
 * base's value. It is no check for equality with our merge: how a person resolved a conflict is theirs to say.
 */
import type { DriverKind, Policy } from "../model/policy.ts";
import { engineOutcomes } from "./engine-outcomes.ts";
import type { Loss } from "./loss.ts";
import { type AuditRecord, type Leaf, readRecords, type Records } from "./records.ts";

export interface FileVersions {
  /** More than one in a criss-cross history: only what is lost seen from each of them is lost. */
  readonly bases: readonly (Uint8Array | null)[];
  readonly sides: readonly (Uint8Array | null)[];
  readonly result: Uint8Array | null;
}

export type FoundLosses =
  | { readonly kind: "checked"; readonly losses: readonly Loss[] }
  /** A version is not what its driver understands; the result where it is one of several. */
  | { readonly kind: "unreadable"; readonly version: "result" | "other"; readonly reason: string };

export function findLosses(
  kind: DriverKind,
  versions: FileVersions,
  options: { readonly path: string; readonly policy: Policy },
): FoundLosses {
  const { bases, sides, result } = versions;
  const [ours, theirs] = sides;
  const outcomes = bases.map((base) =>
    // A driver merges two sides that both have the file.
    sides.length === 2 && ours && theirs ? engineOutcomes(kind, { base, ours, theirs }, options) : [],
  );
  const read = readRecords(kind, [result, ...sides, ...bases, ...outcomes.flat()], options);
  if (read.kind === "unreadable") {
    const name =
      read.version === 0
        ? "the result"
        : read.version <= sides.length
          ? `parent ${read.version}`
          : "the base";
    const version = read.version === 0 ? "result" : "other";
    return { kind: "unreadable", version, reason: `${name}: ${read.reason}` };
  }
  const [merged = noRecords, ...rest] = read.versions;
  const sideRecords = rest.slice(0, sides.length);
  const baseRecords = rest.slice(sides.length, sides.length + bases.length);
  let nextOutcome = sides.length + bases.length;
  const perBase = baseRecords.map((base, index) => {
    const allowed = rest.slice(nextOutcome, (nextOutcome += outcomes[index]?.length ?? 0));
    return recordLosses({ base, sides: sideRecords, allowed, result: merged }, kind === "log");
  });
  const [first = new Map<string, Loss>(), ...others] = perBase;
  const losses = [...first].flatMap(([key, loss]) => (others.every((one) => one.has(key)) ? [loss] : []));
  return {
    kind: "checked",
    losses: [...wholeFile(versions, losses, sideRecords), ...duplicateIds(merged, rest)],
  };
}

const noRecords: Records = new Map();

interface RecordVersions {
  readonly base: Records;
  readonly sides: readonly Records[];
  /** What the drivers give. */
  readonly allowed: readonly Records[];
  readonly result: Records;
}

/** Losses by a key that is the same seen from another base. */
function recordLosses({ base, sides, allowed, result }: RecordVersions, isLog: boolean): Map<string, Loss> {
  const losses = new Map<string, Loss>();
  for (const key of new Set([base, ...sides, result].flatMap((records) => [...records.keys()]))) {
    const found = result.get(key);
    const versions = {
      base: base.get(key),
      sides: sides.map((records) => records.get(key)),
      allowed: allowed.map((records) => records.get(key)),
      result: found,
    };
    if (versions.allowed.some((one) => one?.text === found?.text)) continue;
    if (versions.sides.every((side) => side?.text === found?.text)) continue;
    const whole = wholeRecord(versions, isLog);
    if (whole === "present") {
      for (const [leaf, loss] of leafLosses(versions)) losses.set(`${key}\0${leaf}`, loss);
    } else if (whole !== null) losses.set(key, whole);
  }
  return losses;
}

interface OneRecord {
  readonly base: AuditRecord | undefined;
  readonly sides: readonly (AuditRecord | undefined)[];
  readonly allowed: readonly (AuditRecord | undefined)[];
  readonly result: AuditRecord | undefined;
}

/** What is to say about a record as a whole; null for nothing, `present` where its values have to be looked at. */
function wholeRecord({ base, sides, allowed, result }: OneRecord, isLog: boolean): Loss | "present" | null {
  const having = parentsWhere(sides, (side) => side !== undefined);
  const lacking = parentsWhere(sides, (side) => side === undefined);
  if (result === undefined) {
    // A removal by any side is one that was meant, whatever others did meanwhile.
    if (having.length === 0 || (base !== undefined && lacking.length > 0)) return null;
    const lost = sides.find((side) => side !== undefined);
    return {
      kind: isLog ? "line-lost" : "record-lost",
      at: lost?.at ?? "",
      parents: having,
      base: base?.text ?? null,
      expected: lost?.text ?? null,
      found: null,
    };
  }
  if (base === undefined || lacking.length === 0) return having.length === 0 ? null : "present";
  const isUntouched = sides.every((side) => side === undefined || sameLeaves(side, base));
  if (!isUntouched) return having.length === 0 ? null : "present";
  if (allowed.some((one) => one !== undefined)) return null;
  // Every side removed it, and the merge has something of its own under the same id.
  if (having.length === 0 && !sameLeaves(result, base)) return null;
  return {
    kind: "removal-undone",
    at: result.at,
    parents: lacking,
    base: base.text,
    expected: null,
    found: result.text,
  };
}

function sameLeaves(left: AuditRecord, right: AuditRecord): boolean {
  if (left.text === right.text) return true;
  const [a, b] = [left.leaves(), right.leaves()];
  return a.size === b.size && [...a].every(([key, leaf]) => b.get(key)?.value === leaf.value);
}

/** What belongs to the envelope of an entity: a merge, or whoever resolves one, writes it anew. */
const envelope = new Set(
  ["version", "updated_at", "updated_by", "created_at", "checksum"].map((name) => `\0.${name}`),
);

function* leafLosses({ base, sides, allowed, result }: OneRecord): Generator<[string, Loss]> {
  const none: ReadonlyMap<string, Leaf> = new Map();
  const found = result?.leaves() ?? none;
  const before = base?.leaves() ?? none;
  // A side without the record has no say about what is in it.
  const present = sides.flatMap((side, index) =>
    side === undefined ? [] : [{ parent: index + 1, leaves: side.leaves() }],
  );
  const permitted = allowed.map((one) => one?.leaves() ?? none);
  let containers: ReadonlySet<string> | undefined;
  // An empty list or object that has something in it now is not lost.
  const holdsInner = (key: string): boolean => (containers ??= containersOf(found)).has(key);
  for (const key of new Set(
    [before, ...present.map(({ leaves }) => leaves)].flatMap((one) => [...one.keys()]),
  )) {
    const [was, is] = [before.get(key), found.get(key)];
    if (permitted.some((leaves) => leaves.get(key)?.value === is?.value)) continue;
    const changed = present.filter(({ leaves }) => leaves.get(key)?.value !== was?.value);
    const values = [...new Set(changed.map(({ leaves }) => leaves.get(key)?.value))];
    const kind = leafLoss({ was: was?.value, is: is?.value, values, isEnvelope: envelope.has(key) });
    if (kind === null || (kind === "value-lost" && holdsInner(key))) continue;
    const wanted = values.length === 0 ? was?.value : values.find((value) => value !== undefined);
    const at = (is ?? was ?? changed.map(({ leaves }) => leaves.get(key)).find(Boolean))?.at ?? "";
    yield [
      key,
      {
        kind,
        at,
        parents: (changed.length === 0 ? present : changed).map(({ parent }) => parent),
        base: was?.value ?? null,
        expected: wanted ?? null,
        found: is?.value ?? null,
      },
    ];
  }
}

/** @param value.values the different values that sides changed it to; undefined stands for a removal. */
function leafLoss(value: {
  readonly was: string | undefined;
  readonly is: string | undefined;
  readonly values: readonly (string | undefined)[];
  readonly isEnvelope: boolean;
}): Loss["kind"] | null {
  const { was, is, values, isEnvelope } = value;
  if (values.includes(is)) return null;
  const isRemoved = values.includes(undefined);
  if (is === undefined) return isRemoved ? null : "value-lost";
  if (values.length === 0) return null;
  if (is === was) return isRemoved && values.length === 1 ? "removal-undone" : "edit-undone";
  // A third value: fine where somebody had to choose.
  return values.length > 1 || isRemoved || isEnvelope ? null : "edit-replaced";
}

/** The keys of all lists and objects that leaves are in. */
function containersOf(leaves: ReadonlyMap<string, Leaf>): ReadonlySet<string> {
  const containers = new Set<string>();
  for (const key of leaves.keys()) {
    for (let end = key.lastIndexOf("\0"); end >= 0; end = end === 0 ? -1 : key.lastIndexOf("\0", end - 1)) {
      const container = key.slice(0, end);
      if (containers.has(container)) break;
      containers.add(container);
    }
  }
  return containers;
}

/** One loss for a whole file that is gone, or there again, in place of one for each of its records. */
function wholeFile(
  { bases, sides, result }: FileVersions,
  losses: readonly Loss[],
  records: readonly Records[],
): readonly Loss[] {
  const [first] = losses;
  if (first === undefined) return losses;
  const all = [...new Set(losses.flatMap(({ parents }) => parents))].sort((a, b) => a - b);
  const whole = { at: "", parents: all, base: null };
  if (result === null) {
    const count = Math.max(...records.map(({ size }) => size));
    return [
      { ...whole, kind: "file-lost", expected: count === 1 ? "1 record" : `${count} records`, found: null },
    ];
  }
  const isBack =
    sides.includes(null) && !bases.includes(null) && losses.every(({ kind }) => kind === "removal-undone");
  return isBack ? [{ ...whole, kind: "removal-undone", expected: null, found: "the file" }] : losses;
}

/** Ids that stand several times now and in no other version. */
function duplicateIds(result: Records, others: readonly Records[]): readonly Loss[] {
  const before = others.map(countIds);
  return [...countIds(result)].flatMap(([id, count]): Loss[] =>
    count < 2 || before.some((counts) => (counts.get(id) ?? 0) > 1)
      ? []
      : [
          {
            kind: "duplicate-id",
            at: id,
            parents: [],
            base: null,
            expected: "once",
            found: `${count} times`,
          },
        ],
  );
}

function countIds(records: Records): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { id } of records.values()) if (id !== undefined) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function parentsWhere<T>(sides: readonly T[], test: (side: T) => boolean): readonly number[] {
  return sides.flatMap((side, index) => (test(side) ? [index + 1] : []));
}
