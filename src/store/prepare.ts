import { GotError } from "../base/errors.ts";
import {
  changedFields,
  type Entity,
  type EntityDraft,
  envelopeMembers,
  formatEntity,
  isSame,
} from "../model/entity.ts";
import { entityChecksum } from "../model/entity-checksum.ts";
import { parseJson } from "../model/json/parse-json.ts";
import type { Engine, Seen } from "./engine.ts";
import { requireEntity, requireRef } from "./entity-files.ts";
import { entityEvent } from "./entity-event.ts";
import { storeLimits } from "./store-limits.ts";
import type { Conflict, Isolation } from "./store.ts";
import type { Change, StoreEvent, TransactionRecord } from "./wal-record.ts";

/** A listing as a transaction has made it: whatever it matches counts as read, also what comes later. */
export interface Scan {
  readonly type: string;
  readonly matches: (entity: Entity) => boolean;
}

/** What a transaction rests on and what it wants, by reference. */
export interface Footprint {
  readonly id: string;
  readonly snapshot: number;
  readonly generation: number;
  readonly isolation: Isolation;
  readonly reads: ReadonlyMap<string, Seen>;
  /** What listings returned. */
  readonly listed: ReadonlyMap<string, Seen>;
  readonly scans: readonly Scan[];
  /** New states; null deletes. Each has a `Seen` in `bases`. */
  readonly writes: ReadonlyMap<string, EntityDraft | null>;
  readonly bases: ReadonlyMap<string, Seen>;
  /** What was made of writes so far; see `sealOnce`. */
  readonly sealed: Map<string, SealedBefore>;
}

/** What `seal` was given and what it answered. */
interface SealedBefore {
  readonly input: SealInput;
  readonly answer: Sealed;
}

export interface Author {
  readonly agent: string;
  readonly now: () => Date;
}

export type Prepared =
  | { readonly kind: "conflict"; readonly conflicts: readonly Conflict[] }
  /** Records to append, in order; the last one is the transaction's unless nothing was written. */
  | {
      readonly kind: "ready";
      readonly records: readonly TransactionRecord[];
      readonly versions: Readonly<Record<string, number | null>>;
    };

/**
 * Checks a transaction against what is there now, and makes its record. Under the lock and caught up; changes nothing.
 *
 * @param edits what was edited from outside and is to be adopted with it, used or not.
 * @throws GotError INVALID_ENTITY for a file in between that is no entity, LIMIT_EXCEEDED.
 */
export function prepare(
  engine: Engine,
  footprint: Footprint,
  author: Author,
  edits: readonly Change[] = [],
): Prepared {
  const { conflicts, adopted: used } = validate(engine, footprint);
  if (conflicts.length > 0) return { kind: "conflict", conflicts };
  const usedRefs = new Set(used.map(({ ref }) => ref));
  const adopted = [...used, ...edits.filter(({ ref }) => !usedRefs.has(ref))];
  let lsn = engine.wal.lastLsn();
  const at = author.now().toISOString();
  const records: TransactionRecord[] = [];
  if (adopted.length > 0) records.push(adoptionRecord(++lsn, at, adopted));
  const versions: Record<string, number | null> = {};
  const changes: Change[] = [];
  const events: StoreEvent[] = [];
  for (const [ref, draft] of footprint.writes) {
    const base = footprint.bases.get(ref);
    const before = base?.text ?? null;
    const last = footprint.sealed.get(ref)?.input;
    const old = last?.before === before ? last.old : requireEntity(ref, before, engine.files.path(ref));
    const next =
      draft === null
        ? null
        : sealOnce(footprint.sealed, { ref, draft, old, before, at, agent: author.agent });
    if (next === "unchanged" || (next === null && old === null)) continue;
    const after = next?.text ?? null;
    changes.push({ ref, before, after });
    versions[ref] = next?.entity.version ?? null;
    events.push(
      entityEvent({
        ref,
        tx: footprint.id,
        by: author.agent,
        before: old,
        after: next?.entity ?? null,
        fields: next?.fields ?? [],
        number: events.length,
      }),
    );
  }
  if (changes.length > 0) {
    lsn++;
    records.push({ k: "tx", lsn, id: footprint.id, at, by: author.agent, changes, events });
  }
  return { kind: "ready", records, versions };
}

/** What has changed under a transaction, and which edits from outside it has already seen and so adopts. */
export function validate(
  engine: Engine,
  footprint: Footprint,
): { readonly conflicts: readonly Conflict[]; readonly adopted: readonly Change[] } {
  const conflicts: Conflict[] = [];
  const adopted: Change[] = [];
  if (footprint.generation !== engine.generation()) {
    const ref = [...footprint.writes.keys(), ...footprint.reads.keys()][0] ?? "";
    return {
      conflicts: [{ ref, reason: "snapshot", expected: null, actual: null, fields: [], clashes: [] }],
      adopted,
    };
  }
  const checked = new Set<string>();
  const check = (ref: string, seen: Seen, reason: Conflict["reason"]): void => {
    if (checked.has(ref)) return;
    checked.add(ref);
    const { known, text } = engine.current(ref);
    if ((known?.lsn ?? 0) !== seen.lsn || text !== seen.text) {
      conflicts.push(describeConflict(engine, footprint, { ref, seen, text, reason }));
    } else if (known !== undefined && known.text !== text)
      adopted.push({ ref, before: known.text, after: text });
  };
  for (const [ref, seen] of footprint.bases) if (footprint.writes.has(ref)) check(ref, seen, "write");
  if (footprint.isolation === "snapshot") return { conflicts, adopted };
  for (const [ref, seen] of footprint.reads) check(ref, seen, "read");
  for (const [ref, seen] of footprint.listed) {
    const known = engine.index.newest(ref);
    if (checked.has(ref) || (known?.lsn ?? 0) === seen.lsn) continue;
    checked.add(ref);
    conflicts.push(
      describeConflict(engine, footprint, { ref, seen, text: known?.text ?? null, reason: "listed" }),
    );
  }
  if (footprint.scans.length > 0) {
    for (const ref of engine.index.changedSince(footprint.snapshot)) {
      if (checked.has(ref) || !entersListing(engine, footprint.scans, ref)) continue;
      const seen = { lsn: 0, text: null };
      const text = engine.index.newest(ref)?.text ?? null;
      conflicts.push(describeConflict(engine, footprint, { ref, seen, text, reason: "listed" }));
    }
  }
  return { conflicts, adopted };
}

/** Whether an entity that a listing did not return would be in it now. */
function entersListing(engine: Engine, scans: readonly Scan[], ref: string): boolean {
  const { type } = requireRef(ref);
  const scansOfType = scans.filter((scan) => scan.type === type);
  if (scansOfType.length === 0) return false;
  const entity = requireEntity(ref, engine.index.newest(ref)?.text ?? null, engine.files.path(ref));
  return entity !== null && scansOfType.some(({ matches }) => matches(entity));
}

function describeConflict(
  engine: Engine,
  footprint: Footprint,
  found: {
    readonly ref: string;
    readonly seen: Seen;
    readonly text: string | null;
    readonly reason: Conflict["reason"];
  },
): Conflict {
  const { ref, reason } = found;
  const file = engine.files.path(ref);
  const expected = requireEntity(ref, found.seen.text, file);
  const actual = requireEntity(ref, found.text, file);
  const fields = changedFields(expected, actual);
  const draft = footprint.writes.get(ref);
  const clashes =
    draft === undefined || draft === null
      ? []
      : fields.filter(
          (field) => !isSame(draft[field], expected?.[field]) && !isSame(draft[field], actual?.[field]),
        );
  return {
    ref,
    reason,
    expected: expected?.version ?? null,
    actual: actual?.version ?? null,
    fields,
    clashes,
  };
}

interface SealInput {
  readonly ref: string;
  readonly draft: EntityDraft;
  readonly old: Entity | null;
  readonly before: string | null;
  readonly at: string;
  readonly agent: string;
}

type Sealed =
  | { readonly text: string; readonly entity: Entity; readonly fields: readonly string[] }
  | "unchanged";

/** `seal`, but what was sealed in the same millisecond from the same draft and base is not made again. */
export function sealOnce(sealed: Map<string, SealedBefore>, input: SealInput): Sealed {
  const last = sealed.get(input.ref);
  if (
    last?.input.draft === input.draft &&
    last.input.before === input.before &&
    last.input.at === input.at &&
    last.input.agent === input.agent
  )
    return last.answer;
  const answer = seal(input);
  sealed.set(input.ref, { input, answer });
  return answer;
}

/** The text of a new state with its envelope and the fields that change, or that it changes nothing. */
export function seal(input: SealInput): Sealed {
  const { ref, draft, old, at } = input;
  const { type, id } = requireRef(ref);
  const updated_at = old?.updated_at !== undefined && old.updated_at > at ? old.updated_at : at;
  const envelope =
    old === null
      ? { version: 1, created_at: at, updated_at, updated_by: input.agent }
      : {
          version: old.version + 1,
          ...(old.created_at === undefined ? {} : { created_at: old.created_at }),
          updated_at,
          updated_by: input.agent,
        };
  const entity: Entity = { id, type, ...envelope, ...ownFields(draft) };
  const fields = changedFields(old, entity);
  if (old !== null && fields.length === 0) return "unchanged";
  // Keys stand as they did; new ones follow.
  const ordered: Record<string, Entity[string]> = {};
  for (const key of [...Object.keys(old ?? {}), ...Object.keys(entity)]) {
    if (Object.hasOwn(entity, key))
      Object.defineProperty(ordered, key, {
        value: entity[key],
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  const text = withChecksum(input.before, ordered, ref, old?.["checksum"] !== undefined);
  const size = Buffer.byteLength(text);
  if (size > storeLimits.entityBytes) {
    throw new GotError(
      "LIMIT_EXCEEDED",
      `${ref} would have ${size} bytes; ${storeLimits.entityBytes} are the most`,
      {
        facts: { ref, sizeBytes: size, limitBytes: storeLimits.entityBytes },
        hint: "Keep large content in a file of its own and its path in the entity.",
      },
    );
  }
  return { text, entity, fields };
}

function withChecksum(
  before: string | null,
  value: Readonly<Record<string, Entity[string]>>,
  ref: string,
  signed: boolean,
): string {
  const { checksum: _, ...unsigned } = value;
  const text = format(before, unsigned, ref);
  if (!signed) return text;
  const parsed = parseJson(text);
  const checksum = parsed.kind === "parsed" ? entityChecksum(parsed.document.root) : null;
  return format(before, { ...unsigned, checksum }, ref);
}

function format(before: string | null, value: Readonly<Record<string, Entity[string]>>, ref: string): string {
  const formatted = formatEntity(before, value);
  if (formatted.kind === "text") return formatted.text;
  throw new GotError("INVALID_ENTITY", `${ref} cannot be written: ${formatted.reason}`, {
    facts: { ref, reason: formatted.reason },
  });
}

const notFields: ReadonlySet<string> = new Set([...envelopeMembers, "id", "type"]);

/** What a draft says itself: no envelope, nothing undefined. */
function ownFields(draft: EntityDraft): Record<string, Entity[string]> {
  return Object.fromEntries(
    Object.entries(draft).filter(([key, value]) => value !== undefined && !notFields.has(key)),
  );
}

/** A record for files that were edited by hand or by git: what they hold becomes a version of its own. */
export function adoptionRecord(lsn: number, at: string, changes: readonly Change[]): TransactionRecord {
  const id = `outside-${lsn}-${at}`;
  const entityOf = (change: Change, text: string | null): Entity | null =>
    requireEntity(change.ref, text, change.ref);
  const events = changes.map((change, number) => {
    const before = entityOf(change, change.before);
    const after = entityOf(change, change.after);
    const fields = after === null ? [] : changedFields(before, after);
    return entityEvent({ ref: change.ref, tx: id, by: "outside", before, after, fields, number });
  });
  return { k: "tx", lsn, id, at, by: "outside", changes, events };
}
