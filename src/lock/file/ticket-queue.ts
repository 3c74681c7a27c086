import path from "node:path";
import { parseRecord } from "./holder-record.ts";
import { judgeHolder } from "./judge-holder.ts";
import { systemCode, unlessGone } from "./lock-files.ts";
import type { LadderContext } from "./ladder.ts";

/**
 * The queue of fair mode: `q.<n>`, each a waiter's record. Who waits looks at the ticket before its own, not at the lock. A
 * dead or stopped waiter holds nobody up. The queue only orders those who stand in it; exclusion is the ladder's affair.
 */
export interface Ticket {
  /** The file of the nearest living waiter before us; `undefined` at the head. */
  readonly predecessor: (names: readonly string[]) => string | undefined;
  readonly remove: () => void;
}

/** Takes a place at the end. `undefined` when somebody was faster: list and try again. */
export function takeTicket(
  directory: string,
  names: readonly string[],
  record: string,
  context: LadderContext,
): Ticket | undefined {
  const number = Math.max(0, ...ticketNumbers(names)) + 1;
  const file = path.join(directory, `q.${number}`);
  const draft = path.join(directory, `t.${context.uniqueTail()}`);
  try {
    context.files.create(draft, record);
    context.files.link(draft, file);
  } catch (error) {
    const code = systemCode(error);
    if (code === "EEXIST" || code === "ENOENT") return undefined;
    throw error;
  } finally {
    unlessGone(() => context.files.remove(draft));
  }
  return {
    predecessor: (current) => findPredecessor(directory, current, number, context),
    remove: () => void unlessGone(() => context.files.remove(file)),
  };
}

function findPredecessor(
  directory: string,
  names: readonly string[],
  own: number,
  context: LadderContext,
): string | undefined {
  const ahead = ticketNumbers(names)
    .filter((number) => number < own)
    .sort((a, b) => b - a);
  return ahead
    .map((number) => path.join(directory, `q.${number}`))
    .find((file) => standsInLine(file, context));
}

function standsInLine(file: string, context: LadderContext): boolean {
  try {
    const record = parseRecord(context.files.read(file).text);
    const state = record === undefined ? "unknown" : judgeHolder(record, context.processes);
    if (state === "dead") unlessGone(() => context.files.remove(file));
    return state === "alive" || state === "unknown";
  } catch (error) {
    if (systemCode(error) === "ENOENT") return false;
    throw error;
  }
}

function ticketNumbers(names: readonly string[]): number[] {
  return names.filter((name) => /^q\.[1-9]\d{0,14}$/.test(name)).map((name) => Number(name.slice(2)));
}
