import t from "tap";
import { lockContractRounds, type LockAdapter } from "./lock-adapter.ts";
import { expectGrant, uniqueName } from "./support.ts";

/** Many callers inside one process. */
export function concurrencyContract(adapter: LockAdapter): void {
  void t.test(`${adapter.name}: many callers in one process`, async (t) => {
    const locks = await adapter.open();
    t.teardown(locks.close);

    await t.test("fifty callers never overlap, and all get their turn", async (t) => {
      const name = uniqueName("fifty");
      let [inside, most, done] = [0, 0, 0];
      const outcomes = await Promise.all(
        Array.from({ length: 50 }, () =>
          locks.withLock(name, {}, async () => {
            inside += 1;
            most = Math.max(most, inside);
            await Promise.resolve();
            done += 1;
            inside -= 1;
          }),
        ),
      );
      t.equal(most, 1);
      t.equal(done, 50);
      t.ok(outcomes.every((outcome) => outcome.kind === "granted"));
    });

    await t.test("random pairs in opposite orders never deadlock", async (t) => {
      const names = Array.from({ length: 4 }, () => uniqueName("pair"));
      const rounds = lockContractRounds(20);
      const caller = async (): Promise<void> => {
        for (let round = 0; round < rounds; round += 1) {
          const pair = names.toSorted(() => Math.random() - 0.5).slice(0, 2);
          const outcome = await locks.withLock(pair, {}, () => Promise.resolve());
          if (outcome.kind !== "granted") t.fail(JSON.stringify(outcome));
        }
      };
      await Promise.all(Array.from({ length: 10 }, caller));
      t.pass(`${rounds * 10} pairs`);
    });

    await t.test("a waiter of this process goes on when the holder's lock is broken", async (t) => {
      const name = uniqueName("broken");
      const held = await expectGrant(locks.acquire(name, { leaseMs: 1_000 }));
      const waiting = locks.acquire(name, { timeoutMs: 20_000 });
      await locks.break(name, { reason: "test" });
      const next = await expectGrant(waiting);
      t.match(await held.release(), { kind: "lost" });
      t.match(await next.release(), { kind: "released" });
    });
  });
}
