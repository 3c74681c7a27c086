import t from "tap";
import type { LockAdapter } from "./lock-adapter.ts";
import { expectGrant, uniqueName, waitUntil } from "./support.ts";

/** What one lock promises to callers that do one thing at a time. */
export function singleContract(adapter: LockAdapter): void {
  void t.test(`${adapter.name}: one resource`, async (t) => {
    const locks = await adapter.open();
    const others = await adapter.open();
    t.teardown(async () => Promise.all([locks.close(), others.close()]));

    await t.test("refuses a second holder until the first releases", async (t) => {
      const name = uniqueName("refuses");
      const first = await expectGrant(
        locks.acquire(name, { holder: { agent: "ada", session: "s1", what: "sums" } }),
      );
      const refused = await others.try(name);
      t.equal(refused.kind, "timedOut");
      if (refused.kind === "timedOut") {
        t.match(refused.holders, [
          { agent: "ada", session: "s1", what: "sums", token: first.token, mode: "exclusive" },
        ]);
        t.type(refused.holders[0]?.pid, "number");
      }
      t.strictSame(await first.release(), { kind: "released" });
      const second = await expectGrant(others.try(name));
      t.ok(second.token > first.token, "the token grows");
      await second.release();
    });

    await t.test("gives tokens that only grow", async (t) => {
      const name = uniqueName("tokens");
      let last = 0;
      for (let round = 0; round < 40; round += 1) {
        const grant = await expectGrant((round % 2 === 0 ? locks : others).acquire(name));
        t.ok(grant.token > last);
        last = grant.token;
        await grant.release();
      }
    });

    await t.test(
      "answers a second release of one grant as the first, and leaves the next holder alone",
      async (t) => {
        const name = uniqueName("twice");
        const grant = await expectGrant(locks.acquire(name));
        t.strictSame(await grant.release(), { kind: "released" });
        const next = await expectGrant(others.try(name));
        t.strictSame(await grant.release(), { kind: "released" });
        t.equal((await locks.try(name)).kind, "timedOut");
        await next.release();
      },
    );

    await t.test("times out by the time asked for", async (t) => {
      const name = uniqueName("timeout");
      const grant = await expectGrant(locks.acquire(name));
      const startMs = performance.now();
      const refused = await others.acquire(name, { timeoutMs: 120 });
      t.equal(refused.kind, "timedOut");
      t.ok(performance.now() - startMs >= 119, "not before its time");
      if (refused.kind === "timedOut") t.ok(refused.waitedMs >= 119);
      await grant.release();
    });

    await t.test("ends a wait when its signal fires, and leaves nothing behind", async (t) => {
      const name = uniqueName("abort");
      const grant = await expectGrant(locks.acquire(name));
      for (const fair of [false, true]) {
        const controller = new AbortController();
        const waiting = others.acquire(name, { signal: controller.signal, fair });
        await waitUntil(async () => (await others.try(name)).kind === "timedOut");
        controller.abort("enough");
        const outcome = await waiting;
        t.match(outcome, { kind: "aborted", reason: "enough" });
      }
      await grant.release();
      await (await expectGrant(others.try(name, { fair: true }))).release();
    });

    await t.test("breaks a lock: the holder is told, its release changes nothing", async (t) => {
      const name = uniqueName("break");
      const grant = await expectGrant(locks.acquire(name, { holder: { agent: "slow" }, leaseMs: 1_000 }));
      const { signal } = grant;
      const outcome = await others.break(name, { agent: "boss", reason: "it hangs" });
      t.match(outcome, { kind: "broken", holders: [{ agent: "slow" }] });
      const next = await expectGrant(others.acquire(name));
      t.ok(next.token > grant.token + 1 || outcome.kind === "broken");
      await waitUntil(() => signal.aborted);
      t.strictSame(await grant.release(), { kind: "lost", resources: [name] });
      t.equal((await locks.try(name)).kind, "timedOut", "the new holder still has it");
      t.strictSame(await next.release(), { kind: "released" });
      t.match(await others.break(name, { reason: "again" }), { kind: "notHeld" });
    });

    await t.test("tells of a loss that happened during the work", async (t) => {
      const name = uniqueName("lost");
      const outcome = await locks.withLock(name, {}, async () => {
        await others.break(name, { reason: "test" });
        return 7;
      });
      t.strictSame(outcome, { kind: "lost", value: 7, resources: [name] });
    });

    await t.test("gives the lock back when the work throws", async (t) => {
      const name = uniqueName("throws");
      await t.rejects(
        locks.withLock(name, {}, () => {
          throw new Error("no luck");
        }),
        { message: "no luck" },
      );
      await (await expectGrant(others.try(name))).release();
    });

    await t.test("lists holders", async (t) => {
      const name = uniqueName("list");
      const grant = await expectGrant(locks.acquire(name, { holder: { agent: "ada" } }));
      const found = (await others.list()).find((state) => state.resource === name);
      t.match(found, { resource: name, token: grant.token, holders: [{ agent: "ada", state: "alive" }] });
      await grant.release();
      t.strictSame((await others.list()).find((state) => state.resource === name)?.holders ?? [], []);
    });

    await t.test("keeps odd names apart", async (t) => {
      const base = uniqueName("odd");
      const names = [
        "a/b",
        "a%2Fb",
        "a%2fb",
        "..",
        ".",
        "../..",
        "a b",
        "a",
        "É",
        "E\u0301",
        "é",
        "%",
        "*",
        "-",
        "\n",
        "🦊",
      ];
      const resources = names.map((name) => `${base}${name}`).concat([`..${base}`, `.${base}`]);
      const grants = await Promise.all(resources.map((name) => expectGrant(locks.try(name))));
      for (const name of resources) t.equal((await others.try(name)).kind, "timedOut", JSON.stringify(name));
      t.equal(
        (await others.list()).filter((state) => resources.includes(state.resource)).length,
        resources.length,
      );
      for (const grant of grants) await grant.release();
    });

    await t.test("refuses what is no name, and times that mean nothing", async (t) => {
      for (const name of ["", "a\0b", "x".repeat(1_000), "é".repeat(200), "\uD800"]) {
        await t.rejects(locks.try(name), { code: "USAGE" }, JSON.stringify(name.slice(0, 10)));
      }
      await t.rejects(locks.try([]), { code: "USAGE" });
      await t.rejects(locks.acquire("a", { timeoutMs: -1 }), { code: "USAGE" });
      await t.rejects(locks.acquire("a", { timeoutMs: Number.NaN }), { code: "USAGE" });
      await t.rejects(locks.acquire("a", { leaseMs: 1 }), { code: "USAGE" });
    });

    await t.test("measures waits and holds", async (t) => {
      const name = uniqueName("metrics");
      const grant = await expectGrant(others.acquire(name));
      await others.try(name);
      await grant.release();
      t.match(
        others.metrics().find((entry) => entry.resource === name),
        { attempts: 2, granted: 1, timedOut: 1, contended: 1, holdMs: { count: 1 }, waitMs: { count: 2 } },
      );
    });
  });
}
