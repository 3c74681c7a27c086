import t from "tap";
import { createCoordinate, type Attempted, type Turn } from "../../../../src/lock/coordinate/coordinate.ts";
import { isCritical } from "../../../../src/lock/coordinate/critical-resources.ts";
import { createLocks } from "../../../../src/lock/create-locks.ts";
import { createMemoryBackend } from "../../../../src/lock/memory/memory-backend.ts";

const self = { pid: 1, host: "here" };
const openLocks = () => createLocks({ backend: createMemoryBackend(self), process: self });
const kindsOf = (turns: readonly Turn[]): readonly string[] => turns.map((turn) => turn.kind);

/** Work that conflicts `conflicts` times and then is done; notes its turns. */
function workThat(conflicts: number): { turns: Turn[]; work: (turn: Turn) => Promise<Attempted<string>> } {
  const turns: Turn[] = [];
  return {
    turns,
    work: async (turn) => {
      turns.push(turn);
      return turns.length > conflicts ? { kind: "done", value: "ok" } : { kind: "conflict" };
    },
  };
}

await t.test("works without a lock where nothing conflicts", async (t) => {
  const coordinate = createCoordinate({ locks: openLocks() });
  const { turns, work } = workThat(0);
  t.strictSame(await coordinate("entity/task/1", work), {
    kind: "done",
    value: "ok",
    how: "optimistic",
    attempts: 1,
  });
  t.strictSame(kindsOf(turns), ["optimistic"]);
});

await t.test("tries again after a conflict, and locks when conflicts do not end", async (t) => {
  const coordinate = createCoordinate({ locks: openLocks() });
  t.match(await coordinate("a", workThat(2).work), { kind: "done", how: "optimistic", attempts: 3 });
  const { turns, work } = workThat(10);
  t.match(await coordinate("b", work), { kind: "done", how: "pessimistic", attempts: 11 });
  t.equal(turns.at(-1)?.kind, "pessimistic");
});

await t.test("gives up after a bounded number of attempts", async (t) => {
  const coordinate = createCoordinate({ locks: openLocks() });
  const { turns, work } = workThat(1_000);
  const outcome = await coordinate("a", work);
  t.equal(outcome.kind, "conflict");
  t.ok(turns.length <= 16, `${turns.length} attempts`);
});

await t.test(
  "turns pessimistic where attempts mostly conflict, and back when the lock is mostly free",
  async (t) => {
    const coordinate = createCoordinate({ locks: openLocks() });
    await coordinate("hot", workThat(6).work);
    t.match(
      await coordinate("hot", workThat(0).work),
      { how: "pessimistic", attempts: 1 },
      "locks from the first attempt",
    );
    t.match(await coordinate("other", workThat(0).work), { how: "optimistic" }, "only there");
    let calls = 0;
    let how = "pessimistic";
    while (how === "pessimistic" && calls < 50) {
      calls += 1;
      const outcome = await coordinate("hot", workThat(0).work);
      if (outcome.kind === "done") how = outcome.how;
    }
    t.equal(how, "optimistic", `back after ${calls} uncontended calls`);
  },
);

await t.test("locks what is critical at once, and nobody else gets in", async (t) => {
  const locks = openLocks();
  const coordinate = createCoordinate({ locks, critical: ["release/*"] });
  for (const resource of ["config", "schema", "release/1"]) {
    const outcome = await coordinate(resource, async (turn) => {
      t.equal(turn.kind, "pessimistic");
      t.equal((await locks.acquire(resource, { timeoutMs: 0, mode: "shared" })).kind, "deadlocked");
      return { kind: "done", value: 1 };
    });
    t.match(outcome, { kind: "done", how: "pessimistic" });
  }
});

await t.test("reports who has the lock when it is not granted", async (t) => {
  const locks = openLocks();
  const held = await locks.acquire("config", { holder: { agent: "ada" } });
  t.equal(held.kind, "granted");
  const outcome = await createCoordinate({ locks })("config", workThat(0).work, { timeoutMs: 5 });
  t.match(outcome, { kind: "timedOut", holders: [{ agent: "ada" }] });
});

await t.test("patterns of critical resources", async (t) => {
  for (const [resource, patterns, expected] of [
    ["config", [], true],
    ["config/a", [], true],
    ["configuration", [], false],
    ["entity/task/1", ["entity/*/1"], true],
    ["entity/task/1", ["entity/*"], false],
    ["entity/task/1", ["entity/**"], true],
    ["a.b", ["a?b"], false],
    ["aXb", ["a.b"], false],
    ["a(b", ["a(*"], true],
  ] as const) {
    t.equal(isCritical(resource, patterns), expected, `${resource} ${patterns.join(" ")}`);
  }
});
