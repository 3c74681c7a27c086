import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import type { Backend } from "../backend.ts";
import type { BreakOutcome, HolderName, LockState } from "../lock.ts";
import { decodeResource, encodeResource } from "../resource-name.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { createFileContender } from "./file-contender.ts";
import { createFileWaitBoard } from "./file-wait-board.ts";
import { holderInfo } from "./holder-info.ts";
import { formatRecord } from "./holder-record.ts";
import { type Ladder, type LadderContext, openLadder } from "./ladder.ts";
import { createLadderContext } from "./ladder-context.ts";
import { type LockFiles, systemCode, unavailable, unlessGone } from "./lock-files.ts";
import { readMembers } from "./members.ts";
import type { ProcessTable } from "./process-identity.ts";

/**
 * Locks as files in one directory, `<git-common-dir>/got/locks`, shared with the POSIX sh hooks. The protocol is
 * `docs/concurrency.md`; it needs `node:` and nothing else, so that programs which git starts may bundle it.
 */
export function createFileBackend(options: {
  /** The directory that has one directory per resource; made when it is missing. */
  readonly directory: string;
  readonly timing?: Timing;
  readonly files?: LockFiles;
  readonly processes?: ProcessTable;
}): Backend {
  const timing = options.timing ?? systemTiming;
  const context = createLadderContext(options);
  const ladderOf = (resource: string): Ladder =>
    openLadder(path.join(options.directory, encodeResource(resource)), context);

  return {
    name: "file",
    contend: (claim) => createFileContender(claim, ladderOf(claim.resource), context, timing),
    list: async () => listStates(options.directory, ladderOf, context),
    break: async (resource, by) => breakLadder({ resource, by, ladder: ladderOf(resource), context, timing }),
    waits: createFileWaitBoard(path.join(options.directory, ".waits"), context.processes),
    close: async () => {},
  };
}

function listStates(
  directory: string,
  ladderOf: (resource: string) => Ladder,
  context: LadderContext,
): LockState[] {
  const states: LockState[] = [];
  for (const name of listOrNothing(directory)) {
    const resource = decodeResource(name);
    if (resource === undefined) continue;
    const ladder = ladderOf(resource);
    if (statSync(ladder.directory, { throwIfNoEntry: false })?.isDirectory() === true)
      states.push(stateOf(resource, ladder, context));
  }
  return states.sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function listOrNothing(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if (systemCode(cause) === "ENOENT") return [];
    throw unavailable(directory, cause);
  }
}

function stateOf(resource: string, ladder: Ladder, context: LadderContext): LockState {
  try {
    const view = ladder.look();
    // It changes hands at this moment: nobody to name, and the next look will tell.
    if (view.kind === "changed") return { resource, token: 0, holders: [] };
    const inside = readMembers(ladder.directory, view.names, context, { sweep: false });
    const holders = inside.map((member) => holderInfo(member, member.mode, view.epoch));
    if (view.kind === "held") holders.unshift(holderInfo(view, "exclusive", view.epoch));
    return { resource, token: view.epoch, holders };
  } catch (cause) {
    throw unavailable(ladder.directory, cause);
  }
}

/** Fences the holders off: a newer epoch ends the exclusive one, a missing file each member. */
function breakLadder(request: {
  readonly resource: string;
  readonly by: HolderName & { readonly reason: string };
  readonly ladder: Ladder;
  readonly context: LadderContext;
  readonly timing: Timing;
}): BreakOutcome {
  const { resource, by, ladder, context, timing } = request;
  const record = (): string =>
    formatRecord({
      ...context.processes.identify(),
      since: timing.now().toISOString(),
      agent: by.agent,
      session: by.session,
      what: `lock break: ${by.reason}`,
      mode: undefined,
      leaseMs: undefined,
    });
  try {
    if (!existsSync(ladder.directory)) return { kind: "notHeld", resource };
    const { holders } = stateOf(resource, ladder, context);
    if (holders.length === 0) return { kind: "notHeld", resource };
    const taken = ladder.take(record, { over: holders[0]?.token ?? 0 });
    if (taken.kind !== "taken") return { kind: "changed", resource };
    for (const member of readMembers(ladder.directory, taken.names, context, { sweep: true })) {
      unlessGone(() => context.files.remove(path.join(ladder.directory, member.name)));
    }
    ladder.release(taken.epoch);
    return { kind: "broken", resource, token: taken.epoch, holders };
  } catch (cause) {
    throw unavailable(ladder.directory, cause);
  }
}
