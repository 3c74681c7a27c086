import type { Log } from "../log/log.ts";
import type { AbortedTransaction } from "../store/metrics/contention-line.ts";

/** A transaction that has ended, as `metrics transactions` shows it. */
export type ShownTransaction = CommittedTransaction | ({ readonly state: "ABORTED" } & AbortedTransaction);

export interface CommittedTransaction {
  readonly state: "COMMITTED";
  readonly at: string;
  readonly tx: string;
  readonly agent: string;
  readonly changes: readonly { readonly ref: string; readonly event: string; readonly version: number }[];
}

/** The transactions whose changes the event log tells of since then. */
export async function readCommitted(log: Log, since: Date): Promise<readonly CommittedTransaction[]> {
  const sinceText = since.toISOString();
  const byId = new Map<
    string,
    CommittedTransaction & { changes: CommittedTransaction["changes"][number][] }
  >();
  for await (const event of log.read()) {
    const { ts, tx, ref, version, by } = event;
    if (ts < sinceText || !event.event.startsWith("entity.")) continue;
    if (typeof tx !== "string" || typeof ref !== "string" || typeof version !== "number") continue;
    let found = byId.get(tx);
    if (found === undefined) {
      const agent = typeof by === "string" ? by : event.agent;
      byId.set(tx, (found = { state: "COMMITTED", at: ts, tx, agent, changes: [] }));
    }
    found.changes.push({ ref, event: event.event, version });
  }
  return [...byId.values()];
}
