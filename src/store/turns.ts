import { createHash } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import { pid } from "node:process";
import type { Locks } from "../lock/lock.ts";
import type { ContentionLog } from "../lock/metrics/contention-log.ts";
import type { Turns } from "./run-transaction.ts";
import { storeLimits } from "./store-limits.ts";

/** Turns as fair file locks, shared with the other processes of the work tree; loaded when the first conflict happens. */
export function openTurns(options: {
  readonly locksDirectory: string;
  readonly resource: string;
  readonly agent: string;
  readonly session: string | undefined;
}): Turns {
  let locks: Promise<Locks> | undefined;
  const contended = new Map<string, number>();
  /** Waits behind somebody else so far, by resource. */
  const waits = new Map<string, number>();
  const { resource, agent, session } = options;

  const load = async (): Promise<Locks> => {
    const [{ createLocks }, { createFileBackend }, { openContentionLog }] = await Promise.all([
      import("../lock/create-locks.ts"),
      import("../lock/file/file-backend.ts"),
      import("../lock/metrics/contention-log.ts"),
    ]);
    return createLocks({
      backend: createFileBackend({ directory: options.locksDirectory }),
      process: { pid, host: hostname() },
      parentsOf: () => [],
      contentionLog: counting(
        openContentionLog(path.join(path.dirname(options.locksDirectory), "metrics"), {
          now: () => new Date(),
        }),
      ),
    });
  };
  const counting = (log: ContentionLog): ContentionLog => ({
    ...log,
    note: (sample) => {
      if (sample.kind === "wait" && sample.contended)
        waits.set(sample.resource, (waits.get(sample.resource) ?? 0) + 1);
      log.note(sample);
    },
  });
  const waitsFor = (resources: readonly string[]): number =>
    resources.reduce((sum, one) => sum + (waits.get(one) ?? 0), 0);
  const resourceOf = (ref: string): string =>
    `${resource}.turn.${(createHash("sha256").update(ref).digest()[0] ?? 0) % storeLimits.turns}`;

  return {
    contended: () => {
      const oldest = performance.now() - storeLimits.contendedMs;
      for (const [ref, atMs] of contended) if (atMs < oldest) contended.delete(ref);
      return [...contended.keys()];
    },
    noteConflict: (refs) => {
      for (const ref of refs) contended.set(ref, performance.now());
    },
    take: async (refs) => {
      const resources = [...new Set(refs.map(resourceOf))];
      if (resources.length === 0) return { contended: false, leave: async () => {} };
      const waitsBefore = waitsFor(resources);
      const outcome = await (
        await (locks ??= load())
      ).acquire(resources, {
        holder: { agent, session, what: "transaction" },
        timeoutMs: storeLimits.turnTimeoutMs,
        fair: true,
      });
      const wasContended = waitsFor(resources) > waitsBefore;
      if (outcome.kind !== "granted") return { contended: wasContended, leave: async () => {} };
      for (const ref of refs) contended.set(ref, performance.now());
      return {
        contended: wasContended,
        leave: async () => {
          await outcome.grant.release();
        },
      };
    },
    close: async () => {
      await (await locks)?.close();
    },
  };
}
