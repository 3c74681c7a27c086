import { randomBytes } from "node:crypto";
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
  /** How many living waiters stand before us; 0 is the head. */
  readonly waitersAhead: (names: readonly string[]) => number;
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
  const draft = path.join(
    directory,
    `t.${context.processes.identify().pid}.${randomBytes(6).toString("hex")}`,
  );
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
    waitersAhead: (current) => countAhead(directory, current, number, context),
    remove: () => void unlessGone(() => context.files.remove(file)),
  };
}

/** Counts from the nearest: a living one before us means that we need not look further to know that we are not the head. */
function countAhead(
  directory: string,
  names: readonly string[],
  own: number,
  context: LadderContext,
): number {
  const ahead = ticketNumbers(names)
    .filter((number) => number < own)
    .sort((a, b) => b - a);
  for (const [index, number] of ahead.entries()) {
    if (standsInLine(path.join(directory, `q.${number}`), context)) return ahead.length - index;
  }
  return 0;
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
