import type { Conflict } from "../../store/store.ts";
import { printable } from "../printable.ts";
import type { ShownTransaction } from "../transactions.ts";

/** A line for each transaction: when, what became of it, its id, whose it was, what it changed or why it could not. */
export function transactionsText(data: {
  readonly since: string;
  readonly transactions: readonly ShownTransaction[];
  readonly matched: number;
}): string {
  if (data.matched === 0) return `No transactions ended since ${data.since}.\n`;
  const lines = data.transactions.map(
    (one) => `${one.at}  ${one.state.padEnd(9)}  ${one.tx}  ${one.agent}  ${whatOf(one)}`,
  );
  if (data.matched > lines.length) lines.push(`(${lines.length} of ${data.matched})`);
  return printable(`${lines.join("\n")}\n`);
}

function whatOf(transaction: ShownTransaction): string {
  if (transaction.state === "COMMITTED") {
    const changes = transaction.changes.map(({ ref, event, version }) =>
      event === "entity.deleted" ? `${ref} deleted` : `${ref} v${version}`,
    );
    return firstOf(changes);
  }
  switch (transaction.reason) {
    case "conflict":
      return `conflict: ${firstOf(transaction.conflicts.map(conflictText))}`;
    case "rolledBack":
      return `rolled back: ${firstOf(transaction.refs)}`;
    case "failed":
      return `failed: ${firstOf(transaction.refs)}`;
  }
}

function conflictText({ ref, reason, expected, actual, fields }: Conflict): string {
  if (reason === "snapshot") return "what it read was forgotten";
  const changed = fields.length === 0 ? "" : ` (${fields.join(", ")})`;
  return `${ref} ${versionText(expected)} became ${versionText(actual)}${changed}`;
}

const versionText = (version: number | null): string => (version === null ? "nothing" : `v${version}`);

const shown = 5;

function firstOf(texts: readonly string[]): string {
  const more = texts.length - shown;
  return `${texts.slice(0, shown).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
