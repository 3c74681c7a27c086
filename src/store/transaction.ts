import { GotError } from "../base/errors.ts";
import type { Entity, EntityDraft } from "../model/entity.ts";
import type { Committer } from "./committer.ts";
import type { Engine, Seen } from "./engine.ts";
import { requireEntity, requireRef } from "./entity-files.ts";
import type { MergeTexts } from "./merge-texts.ts";
import type { ContentionRecorder } from "./metrics/contention-recorder.ts";
import { type Author, type Footprint, type Scan, seal, sealOnce, validate } from "./prepare.ts";
import { storeLimits } from "./store-limits.ts";
import type {
  AbortReason,
  BeginOptions,
  CommitOutcome,
  Conflict,
  Resolution,
  StateChange,
  Transaction,
  TransactionState,
} from "./store.ts";

export interface TransactionContext {
  readonly engine: Engine;
  readonly committer: Committer;
  readonly author: Author;
  readonly newId: () => string;
  readonly loadMerge: () => Promise<MergeTexts>;
  /** Told of every change of state. */
  readonly onState: (change: StateChange) => void;
  readonly contention: Pick<ContentionRecorder, "ended">;
}

/** A snapshot could not be served: what it would read is forgotten. */
export class SnapshotTooOld extends GotError {
  readonly ref: string;
  constructor(ref: string) {
    super("STORE_UNUSABLE", `The version of ${ref} at this transaction's beginning is forgotten`, {
      facts: { ref },
      hint: "Begin a new transaction.",
    });
    this.ref = ref;
  }
}

/** Begins a transaction that reads as of now. */
export function beginTransaction(context: TransactionContext, options: BeginOptions): Transaction {
  const { engine, author } = context;
  engine.catchUp();
  const id = context.newId();
  const snapshot = engine.wal.lastLsn();
  const generation = engine.generation();
  const reads = new Map<string, Seen>();
  const listed = new Map<string, Seen>();
  const scans: Scan[] = [];
  const bases = new Map<string, Seen>();
  const writes = new Map<string, EntityDraft | null>();
  const changed = new Map<string, readonly string[]>();
  const settled: Conflict[] = [];
  let unsettled: readonly Conflict[] = [];
  let state: TransactionState = "ACTIVE";

  const footprint: Footprint = {
    id,
    snapshot,
    generation,
    isolation: options.isolation ?? "serializable",
    reads,
    listed,
    scans,
    writes,
    bases,
    sealed: new Map(),
  };
  const enter = (next: StateChange): void => {
    state = next.state;
    context.onState(next);
  };
  const end = (ending: "committed" | AbortReason, conflicts: readonly Conflict[]): void => {
    const isChecked = footprint.isolation === "serializable";
    context.contention.ended({
      id,
      ending,
      writes,
      changed,
      reads: isChecked ? reads.keys() : [],
      scanned: isChecked ? scans.map(({ type }) => type) : [],
      conflicts,
      settled,
    });
  };
  const abort = (reason: AbortReason, conflicts: readonly Conflict[] = []): void => {
    enter({ id, state: "ABORTED", reason, conflicts });
    end(reason, conflicts);
  };
  const requireActive = (): void => {
    if (state === "ACTIVE") return;
    throw new GotError("USAGE", `Transaction ${id} is ${state}; it takes nothing more`, {
      facts: { id, state },
    });
  };
  const see = (ref: string, isListing = false): Seen => {
    const before = bases.get(ref) ?? reads.get(ref) ?? listed.get(ref);
    if (before !== undefined) return before;
    if (!isListing) engine.catchUp();
    if (engine.generation() !== generation) throw new SnapshotTooOld(ref);
    const seen = engine.seenAt(ref, snapshot, isListing);
    if (seen === "tooOld") throw new SnapshotTooOld(ref);
    return seen;
  };
  const entityOf = (ref: string, text: string | null): Entity | null =>
    requireEntity(ref, text, engine.files.path(ref));
  const own = (ref: string): Entity | null | undefined => {
    const draft = writes.get(ref);
    if (draft === undefined || draft === null) return draft;
    const before = bases.get(ref)?.text ?? null;
    const old = entityOf(ref, before);
    const sealed = seal({ ref, draft, old, before, at: author.now().toISOString(), agent: author.agent });
    return sealed === "unchanged" ? old : sealed.entity;
  };

  const get: Transaction["get"] = async (ref) => {
    requireActive();
    requireRef(ref);
    const written = own(ref);
    if (written !== undefined) return written;
    const seen = see(ref);
    reads.set(ref, seen);
    return entityOf(ref, seen.text);
  };

  const list: Transaction["list"] = async (type, matches = () => true) => {
    requireActive();
    requireRef(`${type}:x`);
    scans.push({ type, matches });
    engine.catchUp();
    const refs = new Set([
      ...engine.files.list(type),
      ...engine.index.refsOf(type),
      ...[...writes.keys()].filter((ref) => ref.startsWith(`${type}:`)),
    ]);
    const sorted = [...refs].sort();
    const readUpTo = engine.wal.lastLsn();
    const seen = new Map<string, Seen>();
    for (const ref of sorted) if (!writes.has(ref)) seen.set(ref, see(ref, true));
    engine.catchUp();
    // A file may have been newer than the log was when it was read.
    for (const ref of engine.index.changedSince(readUpTo)) if (seen.has(ref)) seen.set(ref, see(ref));
    const found: Entity[] = [];
    for (const ref of sorted) {
      const standing = seen.get(ref);
      const entity =
        standing === undefined
          ? own(ref)
          : requireEntity(ref, standing.text, engine.files.path(ref), "quick");
      if (entity === undefined || entity === null || !matches(entity)) continue;
      if (standing !== undefined) listed.set(ref, standing);
      found.push(entity);
    }
    return found;
  };

  const write = (ref: string, draft: EntityDraft | null): void => {
    requireActive();
    if (!writes.has(ref) && writes.size >= storeLimits.changesAtOnce) {
      throw new GotError("LIMIT_EXCEEDED", `A transaction may write ${storeLimits.changesAtOnce} entities`, {
        facts: { limit: storeLimits.changesAtOnce },
        hint: "Split it.",
      });
    }
    const base = see(ref);
    const old = entityOf(ref, base.text);
    if (draft !== null) {
      if (base.text === null) refuseTwin(ref);
      // What cannot be written is told here and not at the end.
      const input = { ref, old, before: base.text, at: author.now().toISOString(), agent: author.agent };
      const copy = isFlat(draft) ? { ...draft } : undefined;
      const sealed =
        copy === undefined
          ? seal({ ...input, draft })
          : sealOnce(footprint.sealed, { ...input, draft: copy });
      changed.set(ref, sealed === "unchanged" ? [] : sealed.fields);
      bases.set(ref, base);
      writes.set(ref, copy ?? structuredClone(draft));
      return;
    }
    changed.delete(ref);
    bases.set(ref, base);
    writes.set(ref, null);
  };
  const refuseTwin = (ref: string): void => {
    const twin = engine.files.twin(ref);
    if (twin === undefined) return;
    throw new GotError(
      "INVALID_ENTITY",
      `${ref} differs from ${twin} only in case or composition: on many disks they are one file`,
      {
        facts: { ref, twin },
        hint: "Choose another id.",
      },
    );
  };

  const detectConflicts = async (): Promise<readonly Conflict[]> => {
    requireActive();
    engine.catchUp();
    unsettled = validate(engine, footprint).conflicts;
    return unsettled;
  };

  const resolve = async (ref: string, how: Resolution): Promise<readonly Conflict[]> => {
    requireActive();
    const merge = how === "MERGE" ? await context.loadMerge() : undefined;
    engine.catchUp();
    const before = validate(engine, footprint).conflicts.find((one) => one.ref === ref);
    const { known, text } = engine.current(ref);
    const now: Seen = { lsn: known?.lsn ?? 0, text };
    const draft = writes.get(ref);
    const base = bases.get(ref);
    if (draft === undefined || base === undefined) reads.set(ref, now);
    else if (how === "THEIRS") {
      writes.delete(ref);
      bases.delete(ref);
      reads.set(ref, now);
    } else if (how === "OURS" || mergeWrite({ ref, draft, base, now, merge })) {
      bases.set(ref, now);
      if (reads.has(ref)) reads.set(ref, now);
    }
    if (listed.has(ref)) listed.set(ref, now);
    const left = await detectConflicts();
    if (before !== undefined && !left.some((one) => one.ref === ref)) settled.push(before);
    return left;
  };

  /** Puts our change on top of theirs; false where the policy leaves a conflict. */
  const mergeWrite = (input: {
    readonly ref: string;
    readonly draft: EntityDraft | null;
    readonly base: Seen;
    readonly now: Seen;
    readonly merge: MergeTexts | undefined;
  }): boolean => {
    const { ref, draft, base, now, merge } = input;
    if (draft === null || now.text === null || merge === undefined) return false;
    const old = entityOf(ref, base.text);
    const at = author.now().toISOString();
    const ours = seal({ ref, draft, old, before: base.text, at, agent: author.agent });
    if (ours === "unchanged") return true;
    const merged = merge({ ref, base: base.text, ours: ours.text, theirs: now.text });
    const entity = merged === null ? null : entityOf(ref, merged);
    if (entity === null) return false;
    writes.set(ref, entity);
    return true;
  };

  const resolveAll: Transaction["resolveAll"] = async (how) => {
    let left = await detectConflicts();
    for (const { ref } of left) left = await resolve(ref, how);
    return left;
  };

  const commit = async (): Promise<CommitOutcome> => {
    requireActive();
    try {
      enter({ id, state: "PREPARING", writes: [...writes.keys()] });
      const outcome =
        writes.size === 0
          ? ({ kind: "committed", lsn: snapshot, versions: {} } as const)
          : await context.committer.commit(footprint);
      if (outcome.kind === "committed") {
        const { kind: _, ...committed } = outcome;
        enter({ id, state: "COMMITTED", ...committed });
        end("committed", []);
      } else abort("conflict", outcome.conflicts);
      return outcome;
    } catch (error) {
      // What a listener throws does not undo what is committed.
      if (state === "PREPARING") abort("failed");
      throw error;
    }
  };

  const put = async (entity: EntityDraft): Promise<void> => write(`${entity.type}:${entity.id}`, entity);
  return {
    id,
    state: () => state,
    snapshot,
    get,
    list,
    put,
    delete: async (ref) => write(ref, null),
    read: get,
    write: put,
    detectConflicts,
    resolve,
    resolveAll,
    commit,
    rollback: () => {
      // Who found conflicts and gives up gives up because of them.
      if (state === "ACTIVE") abort(unsettled.length > 0 ? "conflict" : "rolledBack", unsettled);
    },
  };
}

/** Whether a copy of the members is a copy of everything. */
function isFlat(draft: EntityDraft): boolean {
  return Object.values(draft).every((value) => typeof value !== "object" || value === null);
}
