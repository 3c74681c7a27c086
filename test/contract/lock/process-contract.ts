import t from "tap";
import type { LockAdapter } from "./lock-adapter.ts";
import { expectGrant, uniqueName, waitUntil } from "./support.ts";
import { createWorkers } from "./worker-process.ts";

/** What happens between processes, one thing at a time. */
export function processContract(adapter: LockAdapter, reach: { url: string; locksDirectory: string }): void {
  void t.test(`${adapter.name}: between processes`, async (t) => {
    const locks = await adapter.open();
    const workers = await createWorkers(reach.url, reach.locksDirectory);
    t.teardown(async () => {
      await workers.dispose();
      await locks.close();
    });
    // A lease that is short enough to wait for, where grants have one.
    const lease = adapter.leases ? { leaseMs: 1_000 } : {};

    await t.test("another process is kept out and named", async (t) => {
      const name = uniqueName("other");
      const worker = await workers.start();
      await worker.send({
        do: "acquire",
        resources: [name],
        options: { holder: { agent: "ada", what: "work" } },
      });
      const refused = await locks.try(name);
      t.match(refused, { kind: "timedOut", holders: [{ agent: "ada", what: "work", pid: worker.pid }] });
      t.match(await worker.send({ do: "release" }), { kind: "released" });
      await (await expectGrant(locks.try(name))).release();
      await worker.end();
    });

    await t.test("a killed holder's lock is free for the one who waits", async (t) => {
      const name = uniqueName("killed");
      const worker = await workers.start();
      const held = await worker.send({ do: "acquire", resources: [name], options: lease });
      const waiting = locks.acquire(name, { timeoutMs: 20_000 });
      worker.signal("SIGKILL");
      const grant = await expectGrant(waiting);
      t.ok(grant.token > Number(held["token"]));
      await grant.release();
    });

    await t.test("a killed reader does not keep a writer out", async () => {
      const name = uniqueName("reader");
      const worker = await workers.start();
      await worker.send({ do: "acquire", resources: [name], options: { mode: "shared", ...lease } });
      worker.signal("SIGKILL");
      await worker.ended;
      await (await expectGrant(locks.acquire(name, { timeoutMs: 20_000 }))).release();
    });

    await t.test("a killed waiter in the queue does not hold up those behind it", async () => {
      const name = uniqueName("queue");
      const holder = await expectGrant(locks.acquire(name));
      const worker = await workers.start();
      const dying = worker.send({ do: "acquire", resources: [name], options: { fair: true, ...lease } });
      const other = await adapter.open();
      const behind = other.acquire(name, { fair: true, timeoutMs: 20_000 });
      worker.signal("SIGKILL");
      await dying;
      await holder.release();
      await (await expectGrant(behind)).release();
      await other.close();
    });

    await t.test("a holder that was broken while it was stopped learns of it", async (t) => {
      const name = uniqueName("stopped");
      const worker = await workers.start();
      await worker.send({ do: "acquire", resources: [name], options: lease });
      worker.signal("SIGSTOP");
      t.match(await locks.break(name, { reason: "stopped" }), { kind: "broken" });
      const grant = await expectGrant(locks.acquire(name));
      worker.signal("SIGCONT");
      t.match(await worker.send({ do: "release" }), { kind: "lost" });
      t.equal((await locks.list()).find((state) => state.resource === name)?.holders.length, 1);
      t.match(await grant.release(), { kind: "released" });
      await worker.end();
    });

    if (adapter.leases) {
      await t.test("a holder that pauses longer than its lease is fenced off", async (t) => {
        const name = uniqueName("paused");
        const worker = await workers.start();
        const held = await worker.send({ do: "acquire", resources: [name], options: lease });
        worker.signal("SIGSTOP");
        const grant = await expectGrant(locks.acquire(name, { timeoutMs: 20_000 }));
        t.ok(grant.token > Number(held["token"]), "the resource can refuse the old token");
        worker.signal("SIGCONT");
        t.match(await worker.send({ do: "release" }), { kind: "lost" });
        t.match(await grant.release(), { kind: "released" });
        await worker.end();
      });
    } else {
      await t.test("a living holder is never robbed, however long it pauses", async (t) => {
        const name = uniqueName("paused");
        const worker = await workers.start();
        await worker.send({ do: "acquire", resources: [name] });
        worker.signal("SIGSTOP");
        await waitUntil(async () => stateOf(await locks.list(), name) === "stopped");
        t.equal((await locks.acquire(name, { timeoutMs: 1_500 })).kind, "timedOut");
        worker.signal("SIGCONT");
        t.match(await worker.send({ do: "block", ms: 300 }), {});
        t.match(await worker.send({ do: "release" }), { kind: "released" });
        await worker.end();
      });
    }

    await t.test("a ring through two processes is a deadlock, not a timeout", async (t) => {
      const [a, b] = [uniqueName("a"), uniqueName("b")];
      const worker = await workers.start();
      const outcome = await locks.withLock(a, { holder: { agent: "here" } }, async () => {
        const there = worker.send({
          do: "nest",
          resources: [b, a],
          options: { holder: { agent: "there" }, timeoutMs: 20_000 },
        });
        await waitUntil(async () =>
          (await locks.list()).some((state) => state.resource === b && state.holders.length > 0),
        );
        const here = await locks.withLock(
          b,
          { holder: { agent: "here" }, timeoutMs: 20_000 },
          () => "got it",
        );
        return { here, there };
      });
      if (outcome.kind !== "granted") return t.fail(outcome.kind);
      const kinds = [outcome.value.here.kind, String((await outcome.value.there)["kind"])].sort();
      t.strictSame(kinds, ["deadlocked", "granted"]);
      await worker.end();
    });
  });
}

function stateOf(
  states: readonly { resource: string; holders: readonly { state: string }[] }[],
  name: string,
): string | undefined {
  return states.find((state) => state.resource === name)?.holders[0]?.state;
}
