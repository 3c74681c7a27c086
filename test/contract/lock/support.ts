import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AcquireOutcome, Grant } from "../../../src/lock/lock.ts";

/** A resource that no other test knows. */
export function uniqueName(what: string): string {
  return `${what}-${randomBytes(4).toString("hex")}`;
}

export async function expectGrant(outcome: Promise<AcquireOutcome>): Promise<Grant> {
  const got = await outcome;
  if (got.kind !== "granted") throw new Error(`expected a grant, got ${JSON.stringify(got)}`);
  return got.grant;
}

/** Waits for a condition, for ten seconds at most. */
export async function waitUntil(condition: () => Promise<boolean> | boolean): Promise<void> {
  const endMs = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error("the condition did not come true within 10 s");
    await sleep(5);
  }
}
