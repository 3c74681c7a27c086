import { randomUUID } from "node:crypto";
import { GotError } from "../../base/errors.ts";
import type { Attempt, Backend, Claim, Contender, WaitBoard } from "../backend.ts";
import { lockLimits } from "../lock-limits.ts";
import type { BreakOutcome } from "../lock.ts";
import { systemTiming, type Timing } from "../timing.ts";
import { keepLease } from "./keep-lease.ts";
import type { LockServer, ServerHolder } from "./lock-server.ts";

export interface ServerBackendOptions {
  readonly name: "postgres" | "redis";
  readonly server: LockServer;
  readonly pid: number;
  readonly host: string;
  readonly timing?: Timing;
}

/** The adapter part that PostgreSQL and Redis share: leases, retries of lost answers, the board of waits. */
export function createServerBackend(options: ServerBackendOptions): Backend {
  const { name, server } = options;
  const timing = options.timing ?? systemTiming;
  const asked = <Value>(operation: () => Promise<Value>): Promise<Value> => askAgain(name, operation, timing);

  const contend = (claim: Claim): Contender => {
    const id = randomUUID();
    const leaseMs = claim.leaseMs ?? lockLimits.defaultLeaseMs;
    const holder: ServerHolder = { ...withoutUndefined(claim.holder), host: options.host, pid: options.pid };
    const { resource, mode, fair } = claim;

    const attempt = async (): Promise<Attempt> => {
      // The lease is counted from before the question: the server cannot have begun to count earlier.
      const askedMs = timing.monotonicMs();
      const taken = await asked(() => server.take({ resource, id, mode, leaseMs, fair, holder }));
      if (taken.kind === "busy") {
        const { holders, holdsGate, ahead } = taken;
        return {
          kind: "busy",
          holders,
          holdsGate,
          ...(fair ? { retryInMs: Math.min(50, 2 + 5 * ahead) } : {}),
        };
      }
      const hold = keepLease({
        token: taken.token,
        since: taken.since,
        leaseMs,
        timing,
        renewedMs: askedMs,
        renew: () => server.renew(resource, id, leaseMs),
        release: () => asked(() => server.release(resource, id)),
      });
      return { kind: "granted", hold };
    };
    return { attempt, withdraw: () => asked(() => server.withdraw(resource, id)) };
  };

  return {
    name,
    contend,
    list: () => asked(() => server.list()),
    break: async (resource): Promise<BreakOutcome> => {
      const broken = await asked(() => server.break(resource));
      return broken === undefined ? { kind: "notHeld", resource } : { kind: "broken", resource, ...broken };
    },
    waits: createServerWaitBoard(server),
    close: () => server.close(),
  };
}

/** Waits are kept alive by their process and vanish with it. */
function createServerWaitBoard(server: LockServer): WaitBoard {
  return {
    publish: async (wait) => {
      await server.publishWait(wait, lockLimits.waitLifeMs);
      const timer = setInterval(() => {
        // A wait that could not be kept alive is a cycle that ends by its timeout.
        server.publishWait(wait, lockLimits.waitLifeMs).catch(() => {});
      }, lockLimits.waitLifeMs / 3);
      timer.unref();
      return async () => {
        clearInterval(timer);
        await server.removeWait(wait.party);
      };
    },
    list: () => server.listWaits(),
  };
}

/** Every operation may be sent again; a connection that was cut is usually back at the next try. */
async function askAgain<Value>(
  name: string,
  operation: () => Promise<Value>,
  timing: Timing,
): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await operation();
    } catch (cause) {
      if (tries >= lockLimits.serverTries) {
        throw new GotError("LOCK_UNAVAILABLE", `The ${name} server of the locks does not answer`, {
          facts: { server: name, tries },
          hint: "Check GOT_LOCKS and that the server runs; without GOT_LOCKS, locks are files.",
          cause,
        });
      }
      await timing.sleep(50 * tries);
    }
  }
}

function withoutUndefined(holder: Claim["holder"]): { agent?: string; session?: string; what?: string } {
  const { agent, session, what } = holder;
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(session === undefined ? {} : { session }),
    ...(what === undefined ? {} : { what }),
  };
}
