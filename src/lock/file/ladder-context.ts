import { randomBytes } from "node:crypto";
import { uptime } from "node:os";
import { systemTiming, type Timing } from "../timing.ts";
import { createKeptDrafts } from "./kept-drafts.ts";
import type { LadderContext } from "./ladder.ts";
import { type LockFiles, systemLockFiles } from "./lock-files.ts";
import { createProcessTable, type ProcessTable } from "./process-identity.ts";

/** What all ladders of one user of file locks share; everything has the system's as its default. */
export function createLadderContext(
  options: {
    readonly timing?: Timing | undefined;
    readonly files?: LockFiles | undefined;
    readonly processes?: ProcessTable | undefined;
  } = {},
): LadderContext {
  const timing = options.timing ?? systemTiming;
  const processes = options.processes ?? createProcessTable();
  return {
    files: options.files ?? systemLockFiles,
    processes,
    uniqueTail: createTails(processes),
    lastReleased: new Map(),
    drafts: createKeptDrafts(timing),
    bootTimeMs: () => timing.now().getTime() - uptime() * 1000,
  };
}

/** Chance once, then a counter: asking the kernel for randomness costs as much as linking a file. */
function createTails(processes: ProcessTable): () => string {
  const chance = randomBytes(6).toString("hex");
  let count = 0;
  return () => `${processes.identify().pid}.${chance}-${(count += 1)}`;
}
