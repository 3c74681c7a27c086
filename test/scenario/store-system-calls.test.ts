import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import t, { type Test } from "tap";
import { bundleWorker } from "../support/bundle-worker.ts";
import { crashedTree, killAtSystemCalls, whyNoStrace } from "../support/system-call-kills.ts";

/** `GOT_STORM=1` (npm run storm:system-calls): every call, every durability. Otherwise some of them. */
const isStorm = process.env["GOT_STORM"] === "1";
const skip = whyNoStrace() ?? false;
const durabilities = isStorm ? ["balanced", "paranoid", "lazy"] : ["balanced"];

await t.test(
  "a process killed at a system call of a commit leaves exactly the committed transactions",
  { skip },
  async (t) => {
    const folder = temporaryFolder(t);
    const worker = await bundleWorker(path.join(import.meta.dirname, "store-crash-worker.ts"), folder);
    for (const durability of durabilities) {
      const kills = new Map<string, number>();
      await killAtSystemCalls({
        worker,
        folder,
        durability,
        stride: isStorm ? 1 : 24,
        onKill: ({ call, number, damage }) => {
          kills.set(call, (kills.get(call) ?? 0) + 1);
          if (damage.length > 0) t.fail(`${durability}, ${call} number ${number}: ${damage.join("; ")}`);
        },
      });
      t.ok(sum(kills) >= (isStorm ? 100 : 10), `${durability}: ${format(kills)}`);
    }
  },
);

await t.test("recovery killed at a system call is done again", { skip }, async (t) => {
  const folder = temporaryFolder(t);
  const worker = await bundleWorker(path.join(import.meta.dirname, "store-crash-worker.ts"), folder);
  const seed = crashedTree({ worker, folder });
  for (const durability of durabilities) {
    const kills = new Map<string, number>();
    await killAtSystemCalls({
      worker,
      folder,
      durability,
      stride: isStorm ? 1 : 16,
      seed,
      onKill: ({ call, number, damage }) => {
        kills.set(call, (kills.get(call) ?? 0) + 1);
        if (damage.length > 0) t.fail(`${durability}, ${call} number ${number}: ${damage.join("; ")}`);
      },
    });
    t.ok(sum(kills) >= (isStorm ? 30 : 5), `${durability}: ${format(kills)}`);
  }
});

function temporaryFolder(test: Test): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "got-kills-")));
  test.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function sum(kills: ReadonlyMap<string, number>): number {
  return [...kills.values()].reduce((total, count) => total + count, 0);
}

function format(kills: ReadonlyMap<string, number>): string {
  return [...kills].map(([call, count]) => `${count} at ${call}`).join(", ");
}
