import os from "node:os";
import process from "node:process";
import t from "tap";
import { createLocks } from "../../../src/lock/create-locks.ts";
import { openBackend } from "../../../src/lock/open-backend.ts";
import { lockContract } from "../lock-contract.ts";
import type { LockAdapter } from "./lock-adapter.ts";
import type { Started, TestServer } from "./servers.ts";
import { expectGrant, uniqueName } from "./support.ts";

/** Runs the whole suite, and what only servers can do wrong, against a server of its own; skips where there is none. */
export async function serverContract(name: string, start: () => Promise<Started>): Promise<void> {
  const server = await start();
  if ("missing" in server) {
    t.pass(`skipped: ${server.missing}`, { skip: server.missing });
    return;
  }
  const self = { pid: process.pid, host: os.hostname() };
  const adapter: LockAdapter = {
    name,
    open: async () =>
      createLocks({
        backend: await openBackend({ url: server.url, locksDirectory: "", ...self }),
        process: self,
      }),
    workers: { url: server.url, locksDirectory: "" },
    leases: true,
    dispose: server.stop,
  };
  lockContract(adapter);
  connectionContract(adapter, server);
}

function connectionContract(adapter: LockAdapter, server: TestServer): void {
  void t.test(`${adapter.name}: connections`, async (t) => {
    const locks = await adapter.open();
    t.teardown(locks.close);

    await t.test("a cut connection loses neither a grant nor a waiter", async (t) => {
      const name = uniqueName("cut");
      const other = await adapter.open();
      t.teardown(other.close);
      const grant = await expectGrant(locks.acquire(name, { leaseMs: 5_000 }));
      const waiting = other.acquire(name, { timeoutMs: 20_000 });
      await server.cut();
      t.match(await grant.release(), { kind: "released" });
      const next = await expectGrant(waiting);
      t.ok(next.token > grant.token);
      t.match(await next.release(), { kind: "released" });
    });

    await t.test("tokens go on growing after the server crashed and forgot its holders", async (t) => {
      const name = uniqueName("crash");
      const grant = await expectGrant(locks.acquire(name, { leaseMs: 2_000 }));
      await server.crash();
      const next = await expectGrant(locks.acquire(name, { timeoutMs: 20_000 }));
      t.ok(next.token > grant.token, `${next.token} > ${grant.token}`);
      t.match(await grant.release(), { kind: "lost" });
      t.match(await next.release(), { kind: "released" });
    });

    await t.test("a server that is not there is an error, not a grant", async (t) => {
      const url = server.url.replace(/:\d+/, ":1");
      const self = { pid: process.pid, host: os.hostname() };
      const none = createLocks({
        backend: await openBackend({ url, locksDirectory: "", ...self }),
        process: self,
      });
      t.teardown(none.close);
      await t.rejects(none.try("a"), { code: "LOCK_UNAVAILABLE", facts: { server: adapter.name } });
    });
  });
}
