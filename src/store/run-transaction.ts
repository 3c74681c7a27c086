import { setTimeout as pause } from "node:timers/promises";
import { blamed, type ContentionRecorder } from "./metrics/contention-recorder.ts";
import { storeLimits } from "./store-limits.ts";
import type {
  BeginOptions,
  CommitOutcome,
  Conflict,
  Transaction,
  TransactionOptions,
  TransactionOutcome,
} from "./store.ts";
import { SnapshotTooOld } from "./transaction.ts";

/** Where transactions that met a conflict over the same entities queue up, so that each of them succeeds at once. */
export interface Turns {
  /** Entities that were contended a moment ago. */
  readonly contended: () => readonly string[];
  readonly noteConflict: (refs: readonly string[]) => void;
  /** Waits for a turn; goes on without one after a while: it saves work, and nothing rests on it. */
  readonly take: (refs: readonly string[]) => Promise<Turn>;
  readonly close: () => Promise<void>;
}

export interface Turn {
  /** Somebody else had it. */
  readonly contended: boolean;
  readonly leave: () => Promise<void>;
}

interface RunContext {
  readonly begin: (options: BeginOptions) => Transaction;
  readonly turns: Turns;
  readonly contention: Pick<ContentionRecorder, "retried" | "waited">;
  readonly random: () => number;
}

/** Runs a transaction until it commits or its retries are used up. */
export async function runTransaction<Value>(
  context: RunContext,
  work: (tx: Transaction) => Promise<Value> | Value,
  options: TransactionOptions,
): Promise<TransactionOutcome<Value>> {
  const onConflict = options.onConflict ?? "retry";
  const retries = onConflict === "fail" ? 0 : (options.retries ?? storeLimits.retries);
  const longestMs = options.backoff?.longestMs ?? storeLimits.backoffLongestMs;
  let ceilingMs = Math.min(options.backoff?.firstMs ?? storeLimits.backoffFirstMs, longestMs);
  let wanted: readonly string[] = context.turns.contended();
  for (let attempts = 1; ; attempts++) {
    const turn = wanted.length > 0 ? await takeTurn(context, wanted) : undefined;
    let conflicts: readonly Conflict[];
    try {
      const outcome = await attempt(context, work, options);
      if (outcome.kind === "committed") return { ...outcome, attempts };
      conflicts = outcome.conflicts;
    } finally {
      await turn?.leave();
    }
    if (attempts > retries) return { kind: "conflict", conflicts, attempts };
    // A forgotten snapshot is nobody's contention.
    const refs = conflicts.filter(isContention).map(({ ref }) => ref);
    context.turns.noteConflict(refs);
    context.contention.retried([...new Set(conflicts.filter(isContention).map(blamed))]);
    wanted = refs;
    // Full jitter (Brooker, "Exponential Backoff And Jitter", 2015).
    await pause(ceilingMs * context.random());
    ceilingMs = Math.min(longestMs, ceilingMs * 2);
  }
}

const isContention = ({ reason }: Conflict): boolean => reason !== "snapshot";

async function takeTurn({ turns, contention }: RunContext, refs: readonly string[]): Promise<Turn> {
  const startMs = performance.now();
  const turn = await turns.take(refs);
  if (turn.contended) contention.waited(refs, performance.now() - startMs);
  return turn;
}

async function attempt<Value>(
  context: RunContext,
  work: (tx: Transaction) => Promise<Value> | Value,
  options: TransactionOptions,
): Promise<
  | (Extract<CommitOutcome, { kind: "committed" }> & { readonly value: Value })
  | Extract<CommitOutcome, { kind: "conflict" }>
> {
  const tx = context.begin(options);
  try {
    const value = await work(tx);
    if (options.onConflict === "merge" && (await tx.detectConflicts()).length > 0) {
      const left = await mergeWritten(tx);
      if (left.length > 0) {
        tx.rollback();
        return { kind: "conflict", conflicts: left };
      }
    }
    const outcome = await tx.commit();
    return outcome.kind === "committed" ? { ...outcome, value } : outcome;
  } catch (error) {
    tx.rollback();
    if (error instanceof SnapshotTooOld) {
      return {
        kind: "conflict",
        conflicts: [
          { ref: error.ref, reason: "snapshot", expected: null, actual: null, fields: [], clashes: [] },
        ],
      };
    }
    throw error;
  }
}

/** Puts changes on top of others' where only what is written has changed; what was merely read has to be read again. */
async function mergeWritten(tx: Transaction): Promise<readonly Conflict[]> {
  let left = await tx.detectConflicts();
  for (const { ref, reason } of left) if (reason === "write") left = await tx.resolve(ref, "MERGE");
  return left;
}
