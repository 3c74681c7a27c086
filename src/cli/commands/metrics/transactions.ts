import { readAborted } from "../../../store/metrics/read-entity-contention.ts";
import type { Outcome } from "../../command.ts";
import type { Context } from "../../context.ts";
import { noteProblems, openEventLog } from "../../open-event-log.ts";
import { contentionDirectory } from "../../../workspace/open-locks.ts";
import { readCommitted, type ShownTransaction } from "../../transactions.ts";
import { transactionsText } from "../../views/transactions.ts";

/**
 * Transactions that ended since then, the newest last: committed ones from the event log, where each change names its transaction,
 * aborted ones from what stores wrote down.
 */
export async function showTransactions(
  context: Context,
  wanted: { readonly since: Date; readonly type: string | undefined; readonly limit: number },
): Promise<Outcome> {
  const { since, type, limit } = wanted;
  const { log, repository, problems } = openEventLog(context);
  const found: ShownTransaction[] = [];
  try {
    found.push(...(await readCommitted(log, since)));
  } finally {
    log.close();
  }
  noteProblems(context, problems);
  for (const aborted of readAborted(contentionDirectory(repository), since))
    found.push({ state: "ABORTED", ...aborted });
  const ofType = type === undefined ? found : found.filter((one) => concerns(one, type));
  ofType.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const data = {
    since: since.toISOString(),
    transactions: limit === 0 ? ofType : ofType.slice(-limit),
    matched: ofType.length,
  };
  return { data, text: transactionsText(data) };
}

function concerns(transaction: ShownTransaction, type: string): boolean {
  const refs =
    transaction.state === "COMMITTED"
      ? transaction.changes.map(({ ref }) => ref)
      : [...transaction.refs, ...transaction.conflicts.map(({ ref }) => ref)];
  return refs.some((ref) => ref.startsWith(`${type}:`));
}
