import t from "tap";
import type { LockAdapter } from "./lock-adapter.ts";
import { expectGrant, uniqueName, waitUntil } from "./support.ts";

/** Several locks in one call, parents, shared mode, and calls inside calls. */
export function hierarchyContract(adapter: LockAdapter): void {
  void t.test(`${adapter.name}: many, nested, shared`, async (t) => {
    const locks = await adapter.open();
    const others = await adapter.open();
    t.teardown(async () => Promise.all([locks.close(), others.close()]));

    await t.test("takes all or none", async (t) => {
      const [a, b, c] = [uniqueName("a"), uniqueName("b"), uniqueName("c")];
      const blocker = await expectGrant(others.acquire(b));
      t.match(await locks.try([c, b, a]), { kind: "timedOut", resource: b });
      await (await expectGrant(others.try([a, c]))).release();
      await blocker.release();
      const grant = await expectGrant(locks.try([c, b, a]));
      t.strictSame(grant.resources, [a, b, c], "canonical order");
      t.equal(grant.tokens.size, 3);
      t.equal((await others.try(a)).kind, "timedOut");
      await grant.release();
    });

    await t.test("a name given twice is one lock", async () => {
      const a = uniqueName("a");
      await (await expectGrant(locks.try([a, a]))).release();
    });

    await t.test("lets readers in together and writers alone", async (t) => {
      const name = uniqueName("shared");
      const one = await expectGrant(locks.try(name, { mode: "shared" }));
      const two = await expectGrant(others.try(name, { mode: "shared" }));
      t.equal((await others.try(name)).kind, "timedOut");
      t.strictSame((await others.list()).find((state) => state.resource === name)?.holders.length, 2);
      await one.release();
      t.equal((await locks.try(name)).kind, "timedOut");
      await two.release();
      const writer = await expectGrant(locks.try(name));
      t.equal((await others.try(name, { mode: "shared" })).kind, "timedOut");
      t.ok(writer.token > two.token);
      await writer.release();
    });

    await t.test("does not let later readers pass a waiting writer", async (t) => {
      const name = uniqueName("writer");
      const reader = await expectGrant(locks.acquire(name, { mode: "shared" }));
      const order: string[] = [];
      const writing = others.withLock(name, { timeoutMs: 20_000 }, () => void order.push("writer"));
      // The writer stands at the gate as soon as a reader is refused.
      const late = await adapter.open();
      t.teardown(late.close);
      await waitUntil(async () => {
        const probe = await late.try(name, { mode: "shared" });
        if (probe.kind === "granted") await probe.grant.release();
        return probe.kind !== "granted";
      });
      const reading = late.withLock(
        name,
        { mode: "shared", timeoutMs: 20_000 },
        () => void order.push("reader"),
      );
      await reader.release();
      await Promise.all([writing, reading]);
      t.strictSame(order, ["writer", "reader"]);
    });

    await t.test("a lock on the repository and locks on its entities exclude each other", async (t) => {
      const type = uniqueName("task");
      const [one, two] = [`entity/${type}/1`, `entity/${type}/2`];
      const first = await expectGrant(locks.try(one));
      const second = await expectGrant(others.try(two));
      t.equal((await others.try(one)).kind, "timedOut");
      t.match(await others.try("repo"), { kind: "timedOut", resource: "repo" });
      t.match(await others.try(`entity/${type}`), { kind: "timedOut", resource: `entity/${type}` });
      await first.release();
      await second.release();
      const whole = await expectGrant(locks.try("repo"));
      t.match(await others.try(one), { kind: "timedOut", resource: "repo" });
      await whole.release();
    });

    await t.test("nested calls keep what their caller holds", async (t) => {
      const type = uniqueName("task");
      const outcome = await locks.withLock(`entity/${type}/1`, {}, () =>
        locks.withLock(`entity/${type}/2`, { timeoutMs: 0 }, () => "both"),
      );
      t.match(outcome, { kind: "granted", value: { kind: "granted", value: "both" } });
      const inside = await locks.withLock("repo", {}, () =>
        locks.withLock(`entity/${type}/1`, { timeoutMs: 0 }, () => "in"),
      );
      t.match(inside, { kind: "granted", value: { kind: "granted", value: "in" } });
    });

    await t.test("is reentrant only when asked, counted", async (t) => {
      const name = uniqueName("again");
      await locks.withLock(name, {}, async (outer) => {
        t.match(await locks.withLock(name, {}, () => 1), {
          kind: "deadlocked",
          ring: [{ wants: name, holds: [name] }],
        });
        const inner = await locks.withLock(name, { reentrant: true }, async (grant) => {
          t.equal(grant.token, outer.token);
          return await locks.withLock(name, { reentrant: true }, () => 2);
        });
        t.match(inner, { kind: "granted", value: { kind: "granted", value: 2 } });
        t.equal((await others.try(name)).kind, "timedOut", "still held after the inner calls ended");
      });
      await (await expectGrant(others.try(name))).release();
    });

    await t.test("does not take a foreign context for a nested one", async (t) => {
      const name = uniqueName("foreign");
      const grant = await expectGrant(locks.acquire(name));
      t.match(await locks.acquire(name, { reentrant: true, timeoutMs: 0 }), { kind: "timedOut" });
      await grant.release();
    });

    await t.test("reports a cycle of waits as a deadlock with its ring; the other one goes on", async (t) => {
      const [a, b] = [uniqueName("a"), uniqueName("b")];
      let inside = 0;
      let bothInside = (): void => {};
      const both = new Promise<void>((resolve) => (bothInside = resolve));
      const nest = (own: typeof locks, agent: string, first: string, second: string): Promise<unknown> =>
        own.withLock(first, { holder: { agent } }, async () => {
          inside += 1;
          if (inside === 2) bothInside();
          await both;
          return await own.withLock(second, { holder: { agent }, timeoutMs: 20_000 }, () => agent);
        });
      const startMs = performance.now();
      const outcomes = await Promise.all([nest(locks, "ada", a, b), nest(others, "bob", b, a)]);
      t.ok(performance.now() - startMs < 10_000, "long before the timeout");
      const text = JSON.stringify(outcomes);
      t.equal(text.split('"deadlocked"').length, 2, "exactly one gave way");
      t.match(text, /"ring":\[\{"agent":"(ada|bob)".*"agent":"(ada|bob)"/);
      t.match(outcomes.filter((outcome) => JSON.stringify(outcome).includes('"value":"')).length, 1);
    });
  });
}
