import t from "tap";
import type { Entity } from "../../src/model/entity.ts";
import { openStore } from "../../src/store/open-store.ts";
import type { Durability, Store } from "../../src/store/store.ts";
import type { StoreFiles } from "../../src/store/store-files.ts";
import { createPowerCutFiles, type PowerCutFiles } from "../support/power-cut-files.ts";

const seed = Number(process.env["GOT_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
t.comment(`seed ${seed}`);

for (const durability of ["paranoid", "balanced", "lazy"] as const) {
  await t.test(
    `${durability}: after a power cut at any step a prefix of the transactions is left`,
    async (t) => {
      const whole = createPowerCutFiles();
      await work(whole, durability);
      const steps = whole.steps();
      t.ok(steps > 60, `${steps} steps`);
      const random = mulberry(seed);
      let lost = 0;
      for (let cutAt = 2; cutAt <= steps; cutAt++) {
        for (let round = 0; round < 3; round++) {
          const disk = createPowerCutFiles();
          disk.cutAt(cutAt);
          const { reported, states } = await work(disk, durability);
          const restarted = disk.restart(random);
          const store = await open(restarted.files, durability, "second boot");
          const found = await stateOf(store);
          await store.close();
          const after = states.lastIndexOf(found);
          if (after === -1) t.fail(`cut at ${cutAt}: ${found} is no state between two transactions`);
          if (durability !== "lazy" && after < reported)
            t.fail(`cut at ${cutAt}: ${reported} reported, ${after} left`);
          if (after < reported) lost++;
          const again = await open(restarted.files, durability, "third boot");
          if ((await stateOf(again)) !== found)
            t.fail(`cut at ${cutAt}: recovery again gives something else`);
          await again.close();
        }
      }
      t.pass(`${steps * 3} power cuts; ${lost} lost what was reported`);
      if (durability !== "lazy") t.equal(lost, 0);
    },
  );
}

/** Commits until the power is off. `states[n]` is what there is after n transactions. */
async function work(
  disk: PowerCutFiles,
  durability: Durability,
): Promise<{ readonly reported: number; readonly states: string[] }> {
  const states = [""];
  let reported = 0;
  const expected = new Map<string, number>();
  const random = mulberry(7);
  try {
    const store = await open(disk.files, durability, "first boot");
    for (let n = 1; n <= 8; n++) {
      const ids = ["a", "b", "c", "d"].filter(() => random() < 0.5);
      if (ids.length === 0) ids.push("a");
      const deleted = n % 3 === 0 ? ids.pop() : undefined;
      for (const id of ids) expected.set(id, n);
      if (deleted !== undefined) expected.delete(deleted);
      states.push(format(expected));
      await store.transaction(async (tx) => {
        for (const id of ids) await tx.put({ type: "task", id, n });
        if (deleted !== undefined) await tx.delete(`task:${deleted}`);
      });
      reported = n;
      if (n === 5) await store.flush();
    }
    await store.close();
  } catch {
    // The power is off.
  }
  return { reported, states };
}

function open(files: StoreFiles, durability: Durability, boot: string): Promise<Store> {
  files.makeDirectory("/w/.git");
  for (const folder of ["/w/.git", "/w", "/"]) files.syncDirectory(folder);
  return openStore({
    workTree: "/w",
    gitDir: "/w/.git",
    commonDir: "/w/.git",
    agent: "ada",
    durability,
    ports: {
      files,
      boot,
      lock: { run: async (turn) => turn(() => true), wasContended: () => durability === "balanced" },
      turns: {
        contended: () => [],
        noteConflict: () => {},
        take: async () => ({ contended: false, leave: async () => {} }),
        close: async () => {},
      },
    },
  });
}

async function stateOf(store: Store): Promise<string> {
  return format(
    new Map((await store.list("task")).map((entity: Entity) => [entity.id, Number(entity["n"])])),
  );
}

function format(state: ReadonlyMap<string, number>): string {
  return [...state]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, n]) => `${id}=${n}`)
    .join(" ");
}

/** A small seeded generator (mulberry32), uniform in [0, 1). */
function mulberry(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
